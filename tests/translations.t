#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The generated loads and stores between every two revisions of struct vmcs12, the one in memory
# and the other that of an image: which bytes move, what a member gets that the image lacks, what
# stays, and what comes back.
# Enlightened VMCSs are copied and not translated (copies.t); `convert` alone translates them
# among each other, and refuses to lose what C passes over (convert.t).
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use Pairs;
use Test::More;
use Vmcsgen;

my @revisions = rows_of_every('vmcs12');
my $pairs = @revisions * (@revisions - 1);
my $trips = int(1e6 / $pairs) + 1;

# What an image begins with as a whole: an enlightened VMCS was embedded in these.
my %BEGINS_WITH_EVMCS = map { ("vmcs12/$_" => 1) } qw(evmcs-first rfc-2017);

# The tables of C that say what a load and a store have to do, and what is known of the image.
sub tables
{
	my ($memory, $image) = @_;
	my $name = c_name($image =~ s{.*/}{}r);
	my $of = layout_json($image);
	my ($launch_state) = grep { $_->{name} eq 'launch_state' } members($image);
	my $flag = sub { $_[0] ? 'true' : 'false' };
	my @row = ("\"$image\"", "moves_$name", "gaps_$name", "nr_moves_$name", "nr_gaps_$name",
		   $of->{id}, $of->{size}, $launch_state->{offset}, $flag->($image eq $memory),
		   $flag->($BEGINS_WITH_EVMCS{$image}));

	return (join('', c_table('struct move', "moves_$name", map {
			my ($member, $there) = @$_;
			[$member->{offset}, $there->{offset}, bytes_of($member)]
		} moved($image, $memory)),
		c_table('struct gap', "gaps_$name", map {
			[$_->{offset}, $_->{size}, "$_->{neutral}ull"]
		} gaps($image, $memory))), '{ ' . join(', ', @row) . " },\n");
}

# The program that translates images of all revisions to the one in memory and back, compiled
# against a folder of generated files, and run.
sub translated
{
	my ($out, $memory, $trips) = @_;
	my $dir = tempdir();
	my (@tables, @rows);

	for my $image (@revisions) {
		my ($tables, $row) = tables($memory, $image);

		push @tables, $tables;
		push @rows, $row;
	}
	spew("$dir/tables.h", @tables, "static const struct image images[] = {\n", @rows, "};\n");

	my $result = compile(output => "$dir/translations",
			     flags => ['-O2', '-Wall', '-Wextra', '-Werror', "-I$out", "-I$dir",
				       "-DTRIPS=$trips", "-DIMAGES=\"$memory-images.c\"",
				       '-DTABLES="tables.h"'],
			     source => root() . '/tests/generated/translations.c');
	die "translations.c: $result->{err}" if $result->{status} != 0;
	return run("$dir/translations")->{out};
}

my %sums;
for my $memory (@revisions) {
	my $said = translated(out(), $memory, $trips);

	like($said, qr/^\d+ images, \d+ comparisons, \d+ round trips$/,
	     "all revisions, with $memory in memory");
	$sums{$2} += $1 while $said =~ /(\d+) (images|comparisons|round trips)/g;
}
is($sums{images}, @revisions ** 2, "$sums{images} ordered pairs, some of them in place");
cmp_ok($sums{'round trips'}, '>=', 1e6, 'a million round trips');

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

	for my $file (emitted(qr{^vmcs_(?:move|access|accessors)\.h$|-(?:map|copies)\.h$|-images\.c$})) {
		for my $list (slurp(out() . "/$file") =~ /^[^#\n*{}][^;{}#]*?\(([^()]*)\)\n\{/mg) {
			$parameters{$_} = 1 for $list =~ /(\w+)\s*(?:,|$)/g;
		}
	}
	is_deeply([sort keys %parameters],
		  [sort qw(image encoding offset value bytes map to from to_offset
			   from_offset to_image from_image end clean of_16 of_32 of_64
			   of_natural)], 'no function takes an id');
}

#
# Faults are seen
#

# Of what is generated for linux-6.1 in memory: what, instead of what, and what the program
# then says.
my $load = 'VMCS_LOAD(to, virtual_processor_id, virtual_processor_id, image, 904);';
my $store = 'VMCS_STORE(image, 904, from, virtual_processor_id, virtual_processor_id);';
my %FAULTS = (
	'a member less at the end of a run' =>
		['exit_qualification, host_rip, image, 352', 'exit_qualification, host_rsp, image, 352',
		 qr{^vmcs12/linux-3\.10: loaded byte 672$}],
	'a member that is not loaded' => [$load, '', qr{^vmcs12/linux-3\.10: loaded byte 960$}],
	'a member that is not stored' => [$store, '', qr{^vmcs12/linux-3\.10: stored byte 904$}],
	'another place in an image' =>
		[$load, $load =~ s/904/906/r, qr{^vmcs12/linux-3\.10: loaded byte 960$}],
	'another place that is written in an image' =>
		[$store, $store =~ s/904/934/r, qr{^vmcs12/linux-3\.10: stored byte 904$}],
	'bytes of an image that belong to no member' =>
		[$store, "$store ((char *)image)[936] = 0;", qr{^vmcs12/linux-3\.10: stored byte 936$}],
	'a member that is not set on load' =>
		["\tto->tsc_multiplier = 0x1000000000000ULL;\n", '',
		 qr{^vmcs12/linux-3\.10: loaded byte 328$}],
	'another neutral value' =>
		['to->tsc_multiplier = 0x1000000000000ULL;', 'to->tsc_multiplier = 0;',
		 qr{^vmcs12/linux-3\.10: loaded byte 334$}],
	'the load of another image' =>
		['.load = load_linux_4_0', '.load = 1 ? load_linux_3_10 : load_linux_4_0',
		 qr{^vmcs12/linux-4\.0: loaded byte \d+$}],
	'another id' =>
		['.id = vmcs12_rfc_2017_id', '.id = vmcs12_rfc_2017_id + 1', qr{^vmcs12/rfc-2017: another id: 211709719$}],
	'another size' => ['.size = vmcs12_linux_3_10_size', '.size = 940', qr{^vmcs12/linux-3\.10: another size: 940$}],
	'another launch state' =>
		['.launch_state = vmcs12_evmcs_first_launch_state', '.launch_state = 8',
		 qr{^vmcs12/evmcs-first: another launch state: 8$}],
	'another image in place' =>
		['.id = vmcs12_linux_6_1_id,', '.id = vmcs12_linux_6_1_id, .load = load_rfc_2017,',
		 qr{^vmcs12/linux-6\.1: in place: 0$}],
	'an eVMCS at the beginning' =>
		["\t\t.begins_with_evmcs = true,\n", '',
		 qr{^vmcs12/evmcs-first: begins with an eVMCS: 0$}],
);
for my $fault (sort keys %FAULTS) {
	my ($text, $instead, $seen) = @{ $FAULTS{$fault} };

	like(translated(with_fault('vmcs12/linux-6.1-images.c', $text, $instead),
			'vmcs12/linux-6.1', 1), $seen, "$fault is seen");
}

done_testing;
