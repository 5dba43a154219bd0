#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The generated translations between every two revisions of struct vmcs12, through the load
# and the store of its accessors: which bytes move, what comes back, what is refused.
# Enlightened VMCSs are copied and not translated (copies.t); `convert` alone translates them
# among each other (convert.t).
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Pairs;
use Test::More;
use Vmcsgen;

my @revisions = revisions('vmcs12');
my $pairs = @revisions ** 2;
my $images = int(1e6 / $pairs) + 1;

# The tables of C that say what a translation between two revisions has to do.
sub tables
{
	my ($from, $to) = @_;
	my $name = c_name($from) . '_to_' . c_name($to =~ s{.*/}{}r);

	return c_table('struct move', "moves_$name", map {
			my ($member, $there) = @$_;
			[$there->{offset}, $member->{offset}, bytes_of($member)]
		} moved($from, $to)),
		c_table('struct loss', "losses_$name", map {
			["\"$_->{name}\"", $_->{encoding} // 0, $_->{offset}, $_->{size},
			 "$_->{neutral}ull", $_->{loss} eq 'refuse' ? 'true' : 'false']
		} lost($from, $to)),
		c_table('struct gap', "gaps_$name", map {
			[$_->{offset}, $_->{size}, "$_->{neutral}ull"]
		} gaps($from, $to));
}

# The program that translates all revisions to a canonical one and back, compiled
# against a folder of generated files, and run.
sub translated
{
	my ($out, $canonical, $images) = @_;
	my $dir = tempdir();
	my (@accessors, %tables, @pairs);

	for my $revision (@revisions) {
		my ($r, $c) = map { c_name(s{.*/}{}r) } $revision, $canonical;

		push @accessors, "#define VMCS_REVISION $r\n", "#define VMCS_CANONICAL $c\n",
			"#include \"vmcs12/accessors.h\"\n";
		$tables{"$revision $canonical"} = join('', tables($revision, $canonical));
		$tables{"$canonical $revision"} = join('', tables($canonical, $revision));
		push @pairs, "PAIR(vmcs12, $r, $c, " . layout_json($revision)->{id} . ")\n";
	}
	spew("$dir/accessors.h", @accessors);
	spew("$dir/tables.h", map { $tables{$_} } sort keys %tables);
	spew("$dir/pairs.h", @pairs);

	my $result = compile(output => "$dir/translations",
			     flags => ['-O2', '-Wall', '-Wextra', '-Werror', "-I$out", "-I$dir",
				       "-DIMAGES=$images", '-DACCESSORS="accessors.h"',
				       '-DTABLES="tables.h"', '-DPAIRS="pairs.h"'],
			     source => root() . '/tests/generated/translations.c');
	die "translations.c: $result->{err}" if $result->{status} != 0;
	return run("$dir/translations")->{out};
}

my %sums;
for my $canonical (@revisions) {
	my $said = translated(out(), $canonical, $images);

	like($said, qr/^\d+ pairs, \d+ comparisons, \d+ round trips, \d+ refusals$/,
	     "all revisions, with $canonical in memory");
	$sums{$2} += $1 while $said =~ /(\d+) (pairs|comparisons|round trips|refusals)/g;
}
is($sums{pairs}, $pairs, "$pairs ordered pairs");
cmp_ok($sums{'round trips'}, '>=', 1e6, 'a million round trips');
cmp_ok($sums{refusals}, '>', 1e5, "$sums{refusals} times something was refused");

#
# The id
#

# An image of 4.14 has the id of one of 4.0, and moved most of its members.
{
	my ($old, $new) = map { layout_json("vmcs12/linux-$_") } '4.0', '4.14';

	is($new->{id}, $old->{id}, 'two revisions with one id');
	cmp_ok(scalar(grep { counterpart('vmcs12/linux-4.14', $_)->{offset} != $_->{offset} }
		      members('vmcs12/linux-4.0')), '==', 127, 'with their members elsewhere');
}

# So no function may take an id to find out the revision: the names of all parameters.
{
	my %parameters;

	for my $header (grep { m{^vmcs_(?:move|access|translate)\.h$|/accessors\.h$} ||
			       m{-(?:map|translations|copies)\.h$} }
			emitted(qr/\.h$/)) {
		for my $list (slurp(out() . "/$header") =~ /^[^#\n*{}][^;{}#]*?\(([^()]*)\)\n\{/mg) {
			$parameters{$_} = 1 for $list =~ /(\w+)\s*(?:,|$)/g;
		}
	}
	is_deeply([sort keys %parameters],
		  [sort qw(void image encoding offset value bytes map translation to from to_offset
			   from_offset to_image from_image end clean of_16 of_32 of_64
			   of_natural)], 'no function takes an id');
}

#
# Faults are seen
#

# Of a generated file: what, instead of what, and what the program then says.
my $neutral = '0x1000000000000ULL';
my %FAULTS = (
	'a byte less in a run' =>
		['vmcs12/linux-4.0-translations.h', '{ 960, 960, 36 }', '{ 960, 960, 35 }',
		 qr/^vmcs12_linux_4_0_to_linux_6_1: byte 995$/],
	'a run of four bytes too many' =>
		['vmcs12/linux-4.0-translations.h', '{ 0, 0, 12 }', '{ 0, 0, 16 }',
		 qr/^vmcs12_linux_4_0_to_linux_6_1: byte 12$/],
	'a member that is not set on load' =>
		['vmcs12/linux-4.0-translations.h', "{ $neutral, 328, 8 }", "{ $neutral, 336, 8 }",
		 qr/^vmcs12_linux_4_0_to_linux_6_1: byte 328$/],
	'another neutral value on load' =>
		['vmcs12/linux-4.0-translations.h', "{ $neutral, 328, 8 }", '{ 0x0ULL, 328, 8 }',
		 qr/^vmcs12_linux_4_0_to_linux_6_1: byte 334$/],
	'another neutral value in what is lost' =>
		['vmcs12/linux-6.1-translations.h', "{ \"tsc_multiplier\", $neutral",
		 '{ "tsc_multiplier", 0x1ULL',
		 qr/^vmcs12_linux_6_1_to_linux_3_10: refused tsc_multiplier 0x2032, not nothing 0x0$/],
	'what is refused dropped' =>
		['vmcs12/linux-6.1-translations.h', '.refuse_count = 17', '.refuse_count = 16',
		 qr/^vmcs12_linux_6_1_to_linux_3_10: refused nothing 0x0, not guest_pml_index 0x812$/],
	'what is dropped refused' =>
		['vmcs12/linux-4.0-translations.h', '.refuse_count = 0', '.refuse_count = 1',
		 qr/^vmcs12_linux_4_0_to_linux_6_1: refused cr3_target_value0 0x6008, not nothing/],
	'another name for what is refused' =>
		['vmcs12/linux-6.1-translations.h', '{ "pml_address"', '{ "pml_addresses"',
		 qr/^vmcs12_linux_6_1_to_linux_3_10: refused pml_addresses 0x200e, not pml_address/],
	'another place of what is refused' =>
		['vmcs12/linux-6.1-translations.h', '0x00000812, 996, 2', '0x00000812, 998, 2',
		 qr/^vmcs12_linux_6_1_to_linux_3_10: refused guest_pml_index 0x812, not nothing/],
	'a write before it is refused' =>
		['vmcs_translate.h', "\tif (!refused)\n\t\tvmcs_move_shared(",
		 "\tvmcs_poke(to, 4, 4, 0);\n\tif (!refused)\n\t\tvmcs_move_shared(",
		 qr/^vmcs12_evmcs_first_to_linux_6_1: refused, but written: byte 4$/],
	'another id' =>
		['vmcs12/linux-4.0-map.h', '_revision_id = 0x11e57ed0', '_revision_id = 0x11e57ed1',
		 qr/^vmcs12_linux_4_0_to_linux_6_1: another id: 300252881$/],
);
for my $fault (sort keys %FAULTS) {
	my ($file, $text, $instead, $seen) = @{ $FAULTS{$fault} };

	like(translated(with_fault($file, $text, $instead), 'vmcs12/linux-6.1', 1),
	     $seen, "$fault is seen");
}

done_testing;
