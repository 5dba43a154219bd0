#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What stands in the lists of supported controls is what does not follow: without any line of
# them something else comes out, and a line that says what follows is an error.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use Test::More;
use Vmcsgen;

my $MOST = 12;			# departures of a kernel
my $text = slurp(root() . '/spec/support.vmcs');
my $dir = tempdir();
my @SPEC = ('-s', "$dir/spec/vmcs.vmcs");

ok_run('cp', '-r', root() . '/spec', "$dir/spec");

# What a list with this text makes: the masks, without comments, and what JSON says of controls.
sub made
{
	my ($support) = @_;

	spew("$dir/spec/support.vmcs", $support);
	ok_run(vmcsgen(), 'gen', @SPEC, '-W', 'no-support-exception', '-t', root() . '/templates',
	       '-o', "$dir/out");
	my %masks = map { s{^\Q$dir\E/}{}r => slurp($_) =~ s{/\*.*?\*/}{}grs }
		glob("$dir/out/linux*/evmcs/*-controls.h");
	# Decoding all of it takes long.
	my ($lists) = slurp("$dir/out/vmcs.json") =~ /"support": (.*)/s;

	return (join('', map { "$_\n$masks{$_}" } sort keys %masks),
		join("\n", $lists =~ /^\s*,?\{("name": .*"supported": \w+)/gm));
}

my ($masks, $supported) = made($text);
my @departures = $text =~ /^(\t(?:yes|no) .*(?:(?<=,)\n.*)*\n)/gm;

cmp_ok(@departures, '>', 10, 'there are departures');
for my $departure (@departures) {
	my ($without, $listed) = made($text =~ s/\Q$departure\E//r);
	my ($name) = $departure =~ /(\w+ +\w+)/;

	# KVM asks for no mask by role.
	isnt("$without$listed", "$masks$supported", "without '$name' there are other masks, or lists");
	isnt($without, $masks, "and it is the masks") if $departure !~ / for \w+ +because/;
}

# All are in one line or another of the first list.
my ($unnamed) = $text =~ /^\tunnamed (.*(?:(?<=,)\n.*)*\n)/m;

for my $name ($unnamed =~ /\w+/g) {
	my $rest = join(', ', grep { $_ ne $name } $unnamed =~ /\w+/g);
	my (undef, $without) = made($text =~ s/\Q$unnamed\E/$rest\n/r);

	isnt($without, $supported, "if a kernel had a name for '$name', a list would differ");
}

for my $list (@{ spec_json()->{support} }) {
	my @departs = grep { $_->{departs} } @{ $list->{controls} };

	cmp_ok(@departs, '<=', $MOST, "$list->{name}: " . @departs . ' departures');
	is_deeply([grep { $_->{reason} eq '' } @departs], [], 'each with a reason');
	is_deeply([grep { !$_->{supported} && $_->{reason} eq '' } @{ $list->{controls} }], [],
		  'and so has all that is not supported');

	for my $control (grep { $_->{role} eq '' && !$_->{departs} } @{ $list->{controls} }) {
		my $says = $control->{supported} ? 'yes' : 'no';
		my $line = "\t$says $control->{name} because \"a test\"\n";

		next if $text =~ /^\t(?:yes|no) +\Q$control->{name}\E\b/m;
		spew("$dir/spec/support.vmcs", $text =~ s/^(support $list->{name} [^}]*)/$1$line/mr);
		my $result = run(vmcsgen(), 'check', @SPEC);

		like($result->{err}, qr/\A\S+ error: '$control->{name}' is (?:not )?supported anyway.*\n.*\n.*\n\z/,
		     "$list->{name}: '$says $control->{name}' is refused");
		is($result->{status}, 1, 'with one error');
	}
}
done_testing();
