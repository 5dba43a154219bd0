#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The KUnit test, which runs at boot, passes in both layouts.  It tests what loading and storing an
# image changes, which fields exist, and what happens to controls whose fields a revision lacks.  An
# emulated CPU shows no more of fields that it lacks.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

my $CONFIG = "$FindBin::Bin/kunit.config";

# Its cases.  Two are for kernels in which a revision lacks fields.
my @CASES = map { "test_$_" } qw(known found exists same fields launch_state clear memory);
my @LACKING = map { "test_$_" } qw(lacks_by_cpuid lacks);

depends_on('tests/boot/kunit.config');
my $nothing = nothing();
for my $version (versions()) {
	for my $kernel (qw(linux evmcs-first)) {
		my $bzimage = kernel($version, $kernel, $CONFIG);
		my $revisions = slurp(root() . '/out/' . target_of($version) . '/vmcs12/revisions.h');
		my @cases = (@CASES, $revisions =~ /^#define VMCS12_SOME_LACK_FIELDS$/m ? @LACKING : ());
		my $boot = boot("$version-kunit-$kernel", $bzimage, [], $nothing);
		my @passed = $boot->{log} =~ /\bok \d+ (test_\w+)$/mg;

		is($boot->{status}, 0, "$version, $kernel: no complaint") or diag($boot->{out});
		is_deeply([sort @passed], [sort @cases], "$version, $kernel: KUnit passes");
		like($boot->{log}, qr/# vmcs12_image: pass:(\d+) fail:0 skip:0 total:\1$/m,
		     "$version, $kernel: and nothing else fails");
	}
}

done_testing();
