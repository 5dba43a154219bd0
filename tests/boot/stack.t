#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The whole stack: on a patched kernel, QEMU runs the same kernel as a guest and looks like Hyper-V
# to it; the guest's KVM runs its own guests with the enlightened VMCS.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

for my $version (versions()) {
	for my $kernel (qw(linux evmcs-first)) {
		my $folder = build_dir() . "/boot/$version-stack-$kernel";
		my $result = run(lab() . '/stack', '--directory', $folder, kernel($version, $kernel));
		my $log = slurp("$folder/log.txt");

		is($result->{status}, 0, "$version, $kernel: L1 and L2 run") or diag($result->{out});
		like($log, qr/using Hyper-V Enlightened VMCS/i, "$version, $kernel: by the eVMCS");
	}
}

done_testing();
