#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# templates/README.md tells of every name that a template can use, where it can, and of no
# other: beside what the values say of themselves, with --format=names.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Blobs;
use Test::More;
use Vmcsgen;

my $templates = root() . '/templates';

# The parts of the README, by how they begin.
my %parts = (
	'A template below' => 'spec', 'A template with `LAYOUT`' => 'layout',
	'With `REVISION`' => 'revision', '`views/diff` has' => 'diff',
	'With `SUPPORT` in the path there is `support`' => 'support',
	'`views/layout` and' => 'picture', '`views/field` has' => 'field', '`views/decode` has' => 'decode',
	'`views/import.vmcs` has' => 'import', '`views/depend.make` has' => 'depend',
);
my $begins = join('|', map { quotemeta } sort keys %parts);
my ($chapter) = slurp("$templates/README.md") =~ /^## The names\n(.*)/ms;
my %told;

for (split(/\n\n(?=$begins)/, $chapter)) {
	my ($begin, $text) = /^($begins)(.*)/s or next;

	$text =~ s/(?:each as|element\s+of) `\w+` (?:above|below)//g;
	$told{ $parts{$begin} } = { map { $_ => 1 } $text =~ /`(\w+)`/g };
}

# Which part tells of the names that a verb prints: the first whose paths they have.
my %made;

sub sort_names
{
	my ($where, $input, @command) = @_;
	my $result = try($input, @command, '--format=names');

	is($result->{err}, '', "@command: no message");
	for (split(/\n/, $result->{out})) {
		my ($path) = /^([\w.]+)\t(?:text|flag|list|map)$/ or die "not a name: $_\n";
		my ($part) = grep { $path =~ $_->[0] } @$where;

		$made{ $part->[1] }{ $path =~ s/.*\.//r } = 1;
	}
}

# What only one template can name is what it names.
sub used
{
	return { map { $_ => 1 } grep { !/^(?:first|last)$/ }
		 map { slurp("$templates/$_") =~ /\{\{[#^]?(\w+)\}\}/g } @_ };
}

sort_names([[qr/^layouts\.revisions\./, 'revision'], [qr/^layouts\.(?!revisions$)/, 'layout'],
	    [qr/^supports\./, 'support'], [qr//, 'spec']], '', 'list');
sort_names([[qr/^layout\b/, 'layout'], [qr/^picture\b/, 'picture'], [qr//, 'revision']], '',
	   'layout', 'evmcs/linux-6.1');
sort_names([[qr/^[ab]\.layout\./, 'layout'], [qr/^[ab]\./, 'revision'],
	    [qr/^picture\b/, 'picture'], [qr//, 'diff']], '',
	   'diff', 'vmcs12/linux-4.0', 'vmcs12/linux-6.1');
sort_names([[qr/^history\.comparison\.[ab]\.layout\./, 'layout'], [qr/^history\.comparison\.[ab]\./, 'revision'],
	    [qr/^history\.comparison\./, 'diff'], [qr/^history\.revision\.layout\./, 'layout'],
	    [qr/^history\.revision\./, 'revision'], [qr//, 'field']], '', 'field');
sort_names([[qr//, 'field']], '', 'field', 'vmcs12/linux-6.1@681');
sort_names([[qr//, 'decode']], state(image('evmcs/linux-6.1', guest_rip => 0xfff0)), 'decode');
$made{import} = used(qw(views/import.vmcs partials/edit partials/item));
$made{depend} = used('views/depend.make');

for my $part (sort values %parts) {
	my ($told, $made) = ($told{$part} // {}, $made{$part} // {});

	cmp_ok(keys %$made, '>', 3, "$part: there are names");
	is_deeply([grep { !$told->{$_} } sort keys %$made], [], "$part: each is told of");
	is_deeply([grep { !$made->{$_} } sort keys %$told], [], "$part: no other is");
}
done_testing();
