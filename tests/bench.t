#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What tests/bench times does what Linux 6.12's own code does, and what of its cost is the
# same on every machine: instructions and bytes.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Bench;
use Test::More;
use Vmcsgen;

my $dir = tempdir();
my $sources = bench_sources("$dir");

# Instructions of an operation: the kernel's, and ours, at most, as a part of these.
my @COUNTS = (
	['enter-clean', 'enters', 0.28],
	['enter-typical', 'enters', 0.80],
	['enter-dirty', 'enters', 0.72],
	['leave', 'leaves', 0.72],
	['vmread-random', 'vmreads', 1],
	['vmwrite-random', 'vmwrites', 0.82],
);

for my $layout ('linux', 'evmcs-first') {
	my $program = bench_program($sources, $layout, 'gcc', '-O2');

	is(ok_run($program, 'check'), "equal\n",
	   "$layout: all encodings and all clean fields as the kernel has them");
	my $counts = instruction_counts($program, map { $_->[0] } @COUNTS);
	my $taken = sub { $counts->{$_[0]}{"$_[1]_$_[2]"} - $counts->{$_[0]}{"nothing_$_[2]"} };

	for (@COUNTS) {
		my ($row, $function, $most) = @$_;
		my ($kernel, $ours) = map { $taken->($row, $_, $function) } qw(kernel ours);

		cmp_ok($ours, '<=', $most * $kernel, "$layout, $row: $ours of $kernel instructions");
	}
	cmp_ok($taken->('enter-clean', 'ours', 'enters'), '<=', 13, "$layout: an entry with all clean");
}

# The other compilers' code does the same.
for my $way (['gcc', '-Os'], ['clang', '-O2'], ['clang', '-Os']) {
	is(ok_run(bench_program($sources, 'linux', @$way), 'check'), "equal\n", "@$way: the same");
}

my $sizes = table_sizes($sources);
cmp_ok($sizes->{vmcs12}, '<=', $sizes->{kernel_vmcs12} / 9, "a map of vmcs12: $sizes->{vmcs12} bytes");
cmp_ok($sizes->{evmcs}, '<=', $sizes->{kernel_evmcs} / 9, "a map of the eVMCS: $sizes->{evmcs} bytes");
cmp_ok(10 * $sizes->{vmcs12} + $sizes->{shared}, '<=', 6 * 1024, 'maps of ten revisions');
for my $cc (compilers()) {
	my $bytes = revision_sizes($sources, 'linux', $cc, '-O2') + $sizes->{vmcs12} +
		$sizes->{evmcs} + $sizes->{shared};

	cmp_ok($bytes, '<=', 16 * 1024, "$cc: code and tables of three revisions");
}

# A fault in what is generated is seen.
for my $fault (['a field less at entry', 'vmcs12/linux-copies.h',
		'to->guest_rip = from->guest_rip;'],
	       ['a field that is rarely synced', 'vmcs_sync.h',
		'[VMCS_SLOT_GUEST_ES_BASE] = VMCS_SYNC_RARE,']) {
	my ($name, $file, $text) = @$fault;
	my $path = $sources->{ours}->dir . "/kvm/vmx/layouts/$file";
	my $right = slurp($path);
	my $wrong = $right =~ s/\Q$text\E//gr;

	isnt($wrong, $right, "$name can be made");
	spew($path, $wrong);
	my $result = run(bench_program($sources, 'linux', 'gcc', '-O2'), 'check');
	like($result->{out}, qr/ of ours differs at 0x/, "$name is seen");
	spew($path, $right);
}

done_testing;
