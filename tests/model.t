#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# templates/README.md tells of every name that a template may use, of its kind, where it may use
# it, and of no other: just those that `vmcsgen names` prints.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $templates = root() . '/templates';

#
# What templates/README.md says
#

# The names of each list: path and kind.
my %told;
my $readme = slurp("$templates/README.md");

while ($readme =~ /^### ([^\n]*)\n[^#]*?^```\n(.*?)^```$/gms) {
	my ($title, $list) = ($1, $2);
	my $names = $told{ $title =~ s/^A target.*/spec/r } = {};
	my @around;

	for (split(/\n/, $list)) {
		my ($indent, $words, $kind, $text) = /^((?:  )*)(\w+(?: \w+)*) +(text|flag|list|map)\b *(.*)$/
			or die "templates/README.md: not a name: $_\n";
		my ($like) = $text =~ /^like (\w+)$/;

		splice(@around, length($indent) / 2);
		for my $name (split(' ', $words)) {
			my $path = join('.', @around, $name);

			$names->{$path} = $kind;
			# What another section has, or another list: that is taken in below.
			$names->{"$path.*"} = $like if $like;
		}
		push @around, $words;
	}
}

# Let a section have what one that it is like has; what is like a list has a path of that list.
for my $title (sort keys %told) {
	my $names = $told{$title};

	for my $path (grep { /\.\*$/ } sort keys %$names) {
		my $like = delete $names->{$path};
		my ($place) = $path =~ /^(.*)\.\*$/;
		my ($other) = grep { s/\.\w+$// && /(?:^|\.)\Q$like\E$/ } map { $_ } sort keys %$names;

		next if $told{$like};
		$names->{$place . substr($_, length($other))} //= $names->{$_}
			for grep { /^\Q$other\E\./ } keys %$names;
	}
}

#
# What the program says
#

# Which section tells of a name: the first whose pattern the path has, which is cut off.
my %made;

sub sort_names
{
	my ($template, @where) = @_;

	for (split(/\n/, ok_run({ dir => root() }, vmcsgen(), 'names', $template))) {
		my ($path, $kind) = /^([\w.]+)\t(text|flag|list|map)$/ or die "not a name: $_\n";
		my ($part) = grep { $path =~ $_->[0] } @where;

		$made{ $part->[1] }{ $path =~ s/$part->[0]//r } = $kind;
	}
}

# What only one template can name is what it names.
sub used
{
	return { map { $_ => 1 } grep { !/^(?:first|last)$/ }
		 map { slurp("$templates/$_") =~ /\{\{[#^]?(\w+)\}\}/g } @_ };
}

sort_names('out/TARGET/any', [qr/^layouts\.revisions\./, 'revision'], [qr/^layouts\.(?!revisions$)/, 'layout'],
	   [qr/^supports\./, 'support'], [qr//, 'spec']);
sort_names('out/TARGET/LAYOUT/any', [qr/^layout$/, 'root'], [qr/^layout\./, 'layout']);
sort_names('out/TARGET/LAYOUT/REVISION', [qr/^(?:layout|revision)$/, 'root'], [qr/^layout\./, 'layout'],
	   [qr/^revision\.(?:\w+\.)*layout\./, 'layout'], [qr/^revision\./, 'revision']);
sort_names('out/TARGET/LAYOUT/SUPPORT', [qr/^(?:layout|support)$/, 'root'], [qr/^layout\./, 'layout'],
	   [qr/^support\./, 'support']);
sort_names('templates/views/list.csv', [qr/^layouts\.revisions\./, 'revision'],
	   [qr/^layouts\.(?!revisions$)/, 'layout'], [qr/^supports\./, 'support'], [qr//, 'spec']);
sort_names('views/layout.svg', [qr/^(?:layout|revision|picture)$/, 'root'], [qr/^layout\./, 'layout'],
	   [qr/^picture\./, 'picture'], [qr/^revision\./, 'revision']);
sort_names('views/diff.html', [qr/^picture$/, 'root'], [qr/^[ab]\.layout\./, 'layout'], [qr/^[ab]\./, 'revision'],
	   [qr/^picture\./, 'picture'], [qr//, 'diff']);
sort_names('views/field.html', [qr/^history\.comparison\.[ab]\.layout\./, 'layout'],
	   [qr/^history\.comparison\.[ab]\./, 'revision'], [qr/^history\.comparison\./, 'diff'],
	   [qr/^history\.revision\.layout\./, 'layout'], [qr/^history\.revision\./, 'revision'], [qr//, 'field']);
sort_names('views/decode.text', [qr//, 'decode']);
sort_names('views/scan.text', [qr/^(?=(?:begin_hex|likely|reason|told)$)/, 'scan'], [qr//, 'decode']);
sort_names('views/transcript.text', [qr//, 'transcript']);
is_deeply(delete $made{root}, { '' => 'map' }, 'a section of a root is a map');

# The names that only one side has, or that are of two kinds.
sub difference
{
	my ($told, $made) = @_;
	my %all = (%$told, %$made);

	return map { "$_: told: " . ($told->{$_} // 'no') . ', made: ' . ($made->{$_} // 'no') }
		grep { ($told->{$_} // '') ne ($made->{$_} // '') } sort keys %all;
}

for my $part (sort keys %made) {
	cmp_ok(keys %{ $made{$part} }, '>', 3, "$part: there are names");
	is(join("\n", difference($told{$part}, $made{$part})), '', "$part: templates/README.md tells of each, and of no other");
}

# What only one template can name is what it names.
$made{import} = used(qw(views/import.vmcs partials/edit partials/item));
$made{depend} = used('views/depend.make');
for my $part ('import', 'depend') {
	is_deeply([sort { $a cmp $b } keys %{ { map { s/.*\.//r => 1 } keys %{ $told{$part} } } }],
		  [sort keys %{ $made{$part} }], "$part: each is told of, and no other");
}
is_deeply([sort keys %told], [sort keys %made], 'every list was read');

#
# Templates
#

# A template that names everything, where it may, is rendered.
my $dir = tempdir();
my ($text, @open) = ('');
for (split(/\n/, ok_run({ dir => root() }, vmcsgen(), 'names', 'out/TARGET/any'))) {
	my ($path, $kind) = split(/\t/);

	$text .= "{{#$path}}{{/$path}}\n" if $path !~ /\./;
}
ok_run('cp', '-r', $templates, "$dir/templates");
spew("$dir/templates/out/TARGET/any", $text);
is(run({ dir => root() }, vmcsgen(), 'gen', '-t', "$dir/templates", '-o', "$dir/out")->{err}, '',
   'a template may use the names');

my $result = run({ dir => root() }, vmcsgen(), 'names', 'partials/item');
is($result->{status}, 2, 'what is not a template of its own');
is($result->{err}, <<'END', 'has no names');
vmcsgen: error: 'partials/item' has no names of its own: out/FILE has, and views/VIEW.FORMAT, where VIEW is field, list, layout, diff, decode, scan or transcript
END
$result = run({ dir => root() }, vmcsgen(), 'layout', 'evmcs/linux-6.1', '--format=names');
is($result->{err}, "vmcsgen: error: layout has no format 'names'\n", 'no view is called names');

done_testing();
