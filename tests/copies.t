#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The generated copies between every eVMCS and every vmcs12: with all 65,536 values of
# the clean fields exactly those bytes move that the members say, each from its place
# to its place.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use Pairs;
use Test::More;
use Vmcsgen;

my @evmcs = revisions('evmcs');
my @vmcs12 = revisions('vmcs12');

# The dirty bits of which one is enough to have a member of a group copied.
my %groups = (always => 'EACH_TIME', readonly => 'EACH_TIME', any => '0xffff');
for my $layout (grep { $_->{name} eq 'evmcs' } @{ spec_json()->{layouts} }) {
	$groups{$_->{name}} = sprintf('0x%04x', 1 << $_->{bit}) for @{ $layout->{groups} };
}

# The members of an eVMCS that are copied at an entry or an exit.
sub copied { return grep { $_->{"copy_$_[1]"} } encoded($_[0]) }

# What moves at an entry, and at an exit, as rows of struct move.
sub entry_moves
{
	my ($evmcs, $vmcs12) = @_;

	return map {
		my $to = by_encoding($vmcs12, $_->{encoding});
		$to ? [$to->{offset}, $_->{offset}, bytes_of($_), $groups{$_->{group}}] : ();
	} copied($evmcs, 'entry');
}

sub exit_moves
{
	my ($evmcs, $vmcs12) = @_;

	return map {
		my $from = by_encoding($vmcs12, $_->{encoding});
		$from ? [$_->{offset}, $from->{offset}, bytes_of($_), 'EACH_TIME'] : ();
	} copied($evmcs, 'exit');
}

# The program that compares copies of some eVMCSs, compiled against a folder of generated
# files, and run.
sub compared
{
	my ($out, $cc, @of) = @_;
	my $dir = tempdir();
	my (@moves, @pairs);

	for my $evmcs (@of) {
		for my $vmcs12 (@vmcs12) {
			my ($e, $v) = map { c_name($_) } $evmcs, $vmcs12;

			push @moves,
				c_table('struct move', "${e}_to_${v}_moves",
					entry_moves($evmcs, $vmcs12)),
				c_table('struct move', "${v}_to_${e}_moves",
					exit_moves($evmcs, $vmcs12));
			push @pairs, "COPIES($e, $v)\n";
		}
	}
	spew("$dir/moves.h", @moves);
	spew("$dir/pairs.h", @pairs);
	spew("$dir/headers.h", map({ "#include \"$_.h\"\n" } @vmcs12),
	     map { "#include \"$_-copies.h\"\n" } @of);

	my $result = compile(cc => $cc, output => "$dir/copies",
			     flags => ['-O2', '-Wall', '-Wextra', '-Werror', "-I$out", "-I$dir",
				       '-DMOVES="moves.h"', '-DPAIRS="pairs.h"',
				       '-DCOPIES_HEADERS="headers.h"'],
			     source => root() . '/tests/generated/copies.c');
	die "copies.c: $result->{err}" if $result->{status} != 0;
	return run("$dir/copies")->{out};
}

# The names in the comment before a function, which say what its other side lacks.
sub commented
{
	my ($text, $function, $other) = @_;
	my ($comment) = $text =~ m{((?:^/\*\n(?: \*.*\n)+)?)^static inline void\n$function\(}m
		or die "no $function()\n";

	return [] if $comment eq '';
	my ($names) = $comment =~ m{^/\*\n \* Not in \Q$other\E, so (?:not copied|a copy leaves them as they are):\n((?: \* .*\n)+) \*/\n$}
		or return [$comment];
	return [$names =~ /(\w+)/g];
}

# What of an eVMCS a vmcs12 has nothing for.
sub lacking
{
	my ($evmcs, $vmcs12, $when) = @_;

	return [map { $_->{name} }
		grep { !by_encoding($vmcs12, $_->{encoding}) } copied($evmcs, $when)];
}

# The names in the comment before the copies for a struct, which the eVMCS has no members for.
sub left_alone
{
	my ($text, $struct, $evmcs) = @_;
	my ($names) = $text =~ m{^/\*\n \* Not in \Q$evmcs\E, so a copy leaves them as they are:\n((?: \* .*\n)+) \*/\n#ifdef VMCSGEN_\U$struct\E_H$}m;

	return [($names // '') =~ /(\w+)/g];
}

my $pairs = @evmcs * @vmcs12;
for my $cc (compilers()) {
	is(compared(out(), $cc, @evmcs), $pairs * 3 * (65536 + 1) . " comparisons\n",
	   "$cc: $pairs pairs, all clean fields, both directions");
}

for my $evmcs (@evmcs) {
	my $text = slurp(out() . "/$evmcs-copies.h");

	for my $vmcs12 (@vmcs12) {
		my ($e, $v) = map { c_name($_) } $evmcs, $vmcs12;

		is_deeply([commented($text, "${e}_to_$v", $vmcs12),
			   commented($text, "${v}_to_$e", $vmcs12)],
			  [lacking($evmcs, $vmcs12, 'entry'), lacking($evmcs, $vmcs12, 'exit')],
			  "what $vmcs12 lacks of $evmcs");
		is_deeply(left_alone($text, layout_json($vmcs12)->{struct}, $evmcs),
			  [map { $_->{name} } grep { !by_encoding($evmcs, $_->{encoding}) }
			   encoded($vmcs12)],
			  "what $evmcs lacks of $vmcs12");
	}
}
cmp_ok(scalar(@{ lacking('evmcs/tlfs-2021', 'vmcs12/linux-3.10', 'entry') }), '>', 10,
       'some lack much');

# Faults are seen.  Of the copies of evmcs/linux-6.1: what, instead of what, and what
# the program then says.
my %FAULTS = (
	'a member less where all is dirty' =>
		['(to, from, io_bitmap_a, msr_bitmap)', '(to, from, io_bitmap_a, io_bitmap_b)',
		 qr/^evmcs_linux_6_1_to_vmcs12_\S+, clean 0x0, tagging \d: byte \d+ of/],
	'a member less' =>
		['(to, from, io_bitmap_a, io_bitmap_b)', '(to, from, io_bitmap_a, io_bitmap_a)',
		 qr/^evmcs_linux_6_1_to_vmcs12_\S+, clean 0x2, tagging \d: byte \d+ of/],
	'a member more' =>
		['(to, from, io_bitmap_a, io_bitmap_b)', '(to, from, io_bitmap_a, msr_bitmap)',
		 qr/^evmcs_linux_6_1_to_vmcs12_\S+, clean 0x2, tagging \d: byte \d+ of/],
	'another member' =>
		['COPY(to, from, io_bitmap_a, io_bitmap_b)',
		 'COPY_AS(to, io_bitmap_a, from, io_bitmap_b, msr_bitmap)',
		 qr/^evmcs_linux_6_1_to_vmcs12_\S+, clean 0x2, tagging \d: byte \d+ of/],
	'another group' =>
		['_IO_BITMAP)', '_MSR_BITMAP)',
		 qr/^evmcs_linux_6_1_to_vmcs12_evmcs_first, clean 0x1, tagging 0: byte 104 of/],
	'a member not copied back' =>
		["\tVMCS_COPY(to, from, guest_physical_address, exit_qualification);\n", '',
		 qr/^vmcs12_evmcs_first_to_evmcs_linux_6_1, clean 0x0, tagging \d: byte \d+ of/],
);
for my $fault (sort keys %FAULTS) {
	my ($text, $instead, $seen) = @{ $FAULTS{$fault} };

	like(compared(with_fault('evmcs/linux-6.1-copies.h', $text, $instead), 'gcc',
		      'evmcs/linux-6.1'), $seen, "$fault is seen");
}

done_testing;
