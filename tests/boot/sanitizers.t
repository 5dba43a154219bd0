#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# KASAN, UBSAN and lockdep report nothing in either layout, whatever L1, L2 and userspace do with
# images; and the KUnit test, which runs at boot, passes.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

my $VERSION = '6.12';
my $CONFIG = "$FindBin::Bin/sanitizers.config";

for my $kernel (qw(linux evmcs-first)) {
	my $bzimage = kernel($VERSION, $kernel, $CONFIG);
	my $folder = selftests($VERSION, $kernel);
	my $boot = boot("$VERSION-sanitizers-$kernel", $bzimage,
			['--program-timeout', 1200, '--memory', 1024],
			program('vmcs12_revisions') . ' 2000', program('vmcs12_record'),
			program('vmcs12_states') . ' 60 600',
			map { "$folder/$_" } qw(hyperv_evmcs vmx_set_nested_state_test state_test));

	is($boot->{status}, 0, "$kernel: no complaint") or diag($boot->{out});
	like($boot->{log}, qr/# vmcs12_image: pass:(\d+) fail:0 skip:0 total:\1$/m, "$kernel: KUnit");
}

done_testing();
