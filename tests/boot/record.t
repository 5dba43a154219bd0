#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# An L1 and userspace can't tell a patched kernel from an unpatched one, whichever layout
# struct vmcs12 has: the results of VMX instructions, the images in guest memory, saved
# state and error codes of a scripted run are the same, byte for byte.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

my $dir = tempdir();
my $program = recorder($dir);

for my $version (versions()) {
	my %log;

	for my $kernel (kernels()) {
		my $boot = boot("$version-record-$kernel", kernel($version, $kernel), [], $program);

		is($boot->{status}, 0, "$version, $kernel: the run ends") or diag($boot->{out});
		$log{$kernel} = "$boot->{folder}/log.txt";
	}
	for my $kernel (qw(linux evmcs-first)) {
		is(differences(@log{'pristine', $kernel}), '', "$version, $kernel: the same record");
	}
	cmp_ok(() = slurp($log{linux}) =~ /\n/g, '>', 5000, "$version: of so many lines");
}

done_testing();
