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

# What the functions of a page are called, where a target has several: 'evmcs_linux_6_1'.
sub page_name { return c_name($_[0]) }

# The program that compares the copies between a vmcs12 in memory and some eVMCSs, compiled
# against a folder of generated files, and run.
sub compared
{
	my ($out, $cc, $vmcs12, @of) = @_;
	my $dir = tempdir();
	my (@moves, @pairs);

	for my $evmcs (@of) {
		my $page = page_name($evmcs);

		push @moves,
			c_table('struct move', "${page}_to_vmcs12_moves", entry_moves($evmcs, $vmcs12)),
			c_table('struct move', "vmcs12_to_${page}_moves", exit_moves($evmcs, $vmcs12));
		push @pairs, "COPIES($page)\n";
	}
	spew("$dir/moves.h", @moves);
	spew("$dir/pairs.h", @pairs);

	my $result = compile(cc => $cc, output => "$dir/copies",
			     flags => ['-O2', '-Wall', '-Wextra', '-Werror', "-I$out", "-I$dir",
				       '-DMOVES="moves.h"', '-DPAIRS="pairs.h"',
				       "-DCOPIES_H=\"$vmcs12-copies.h\""],
			     source => root() . '/tests/generated/copies.c');
	die "copies.c: $result->{err}" if $result->{status} != 0;
	return run("$dir/copies")->{out};
}

# The names in a comment before a function, which say what one of the two sides lacks.
sub commented
{
	my ($text, $function, $other) = @_;
	my ($comment) = $text =~ m{((?:^/\*\n(?: \*.*\n)+)*)^static inline void $function\(}m
		or die "no $function()\n";

	my %names;

	# Each side has one.
	for (split(m{^ \*/\n}m, $comment)) {
		next if m{^/\*\n \* Not as follows from who writes a field:\n};
		my ($lacking, $names) =
			m{^/\*\n \* No fields of (\S+), so (?:not copied|a copy leaves them as they are):\n((?: \*\t\w+\n)+)\z}
			or return [$comment];
		$names{$lacking} = $names;
	}
	return [($names{$other} // '') =~ /(\w+)/g];
}

# What of an eVMCS a vmcs12 has nothing for.
sub lacking
{
	my ($evmcs, $vmcs12, $when) = @_;

	return [map { $_->{name} }
		grep { !by_encoding($vmcs12, $_->{encoding}) } copied($evmcs, $when)];
}

for my $cc (compilers()) {
	for my $vmcs12 (@vmcs12) {
		is(compared(out(), $cc, $vmcs12, @evmcs), @evmcs * 3 * (65536 + 1) . " comparisons\n",
		   "$cc, $vmcs12: " . @evmcs . ' pages, all clean fields, both directions');
	}
}

for my $vmcs12 (@vmcs12) {
	my $text = slurp(out() . "/$vmcs12-copies.h");

	for my $evmcs (@evmcs) {
		my ($to, $back) = (page_name($evmcs) . '_to_vmcs12', 'vmcs12_to_' . page_name($evmcs));

		is_deeply([commented($text, $to, $vmcs12), commented($text, $back, $vmcs12)],
			  [lacking($evmcs, $vmcs12, 'entry'), lacking($evmcs, $vmcs12, 'exit')],
			  "what $vmcs12 lacks of $evmcs");
		is_deeply(commented($text, $to, $evmcs),
			  [map { $_->{name} } grep { !by_encoding($evmcs, $_->{encoding}) }
			   encoded_in_every($vmcs12)],
			  "what $evmcs lacks of $vmcs12");
	}
}
cmp_ok(scalar(@{ lacking('evmcs/tlfs-2021', 'vmcs12/linux-3.10', 'entry') }), '>', 10,
       'some lack much');

# A member that moves alone is assigned, and no other is.
{
	my $text = slurp(root() . '/out/linux/vmcs12/linux-copies.h');

	like($text, qr/^\tto->guest_rip = from->guest_rip;$/m, 'a member that moves alone is assigned');
	unlike($text, qr/VMCS_COPY\(to, from, (\w+), \1\)/, 'so is each that is not an array or of bits');
}

# Faults are seen.  Of the copies between evmcs/linux-6.1 and vmcs12/evmcs-first: what, instead of
# what, and what the program then says.
my $entry = 'evmcs_linux_6_1_to_vmcs12';
my %FAULTS = (
	'a member less where all is dirty' =>
		['(to, from, guest_rsp, guest_rip)', '(to, from, guest_rsp, guest_rsp)',
		 qr/^${entry}, clean 0x0, tagging \d: byte \d+ of/],
	'a member less' =>
		['(to, from, io_bitmap_a, io_bitmap_b)', '(to, from, io_bitmap_a, io_bitmap_a)',
		 qr/^${entry}, clean 0x2, tagging \d: byte \d+ of/],
	'a member more' =>
		['(to, from, io_bitmap_a, io_bitmap_b)', '(to, from, io_bitmap_a, msr_bitmap)',
		 qr/^${entry}, clean 0x2, tagging \d: byte \d+ of/],
	'another member' =>
		['COPY(to, from, io_bitmap_a, io_bitmap_b)',
		 'COPY_AS(to, io_bitmap_a, from, io_bitmap_b, msr_bitmap)',
		 qr/^${entry}, clean 0x2, tagging \d: byte \d+ of/],
	'another member that is assigned' =>
		['to->msr_bitmap = from->msr_bitmap', 'to->msr_bitmap = from->io_bitmap_b',
		 qr/^${entry}, clean 0x1, tagging \d: byte \d+ of/],
	'another group' =>
		['_IO_BITMAP)', '_MSR_BITMAP)',
		 qr/^${entry}, clean 0x1, tagging 0: byte 104 of/],
	'a member not copied back' =>
		["\tVMCS_COPY(to, from, guest_physical_address, exit_qualification);\n", '',
		 qr/^vmcs12_to_evmcs_linux_6_1, clean 0x0, tagging \d: byte \d+ of/],
);
for my $fault (sort keys %FAULTS) {
	my ($text, $instead, $seen) = @{ $FAULTS{$fault} };

	like(compared(with_fault('vmcs12/evmcs-first-copies.h', $text, $instead), 'gcc',
		      'vmcs12/evmcs-first', 'evmcs/linux-6.1'), $seen, "$fault is seen");
}

done_testing;
