#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Each vCPU can have its own revision, in kernels of both layouts.  L1, L2 and userspace use images
# of each revision, and KVM refuses wrong ones.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

for my $version (versions()) {
	for my $kernel (qw(linux evmcs-first)) {
		my $boot = boot("$version-revisions-$kernel", kernel($version, $kernel),
				['--program-timeout', 1200],
				program('vmcs12_revisions'),
				selftests($version, $kernel) . '/vmcs12_revision_test');

		is($boot->{status}, 0, "$version, $kernel") or diag($boot->{log} =~ /FAIL: .*/g);
		like($boot->{log}, qr/ \d{5,} passed, 0 failed$/m, "$version, $kernel: checks");
	}
}

done_testing();
