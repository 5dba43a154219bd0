#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# L1 and userspace see no difference between an unpatched kernel and a patched one, with one
# revision or several, in either layout of struct vmcs12: images in memory, nested state, VMREAD,
# errors.  This holds with the CPU's shadow VMCS, which hides some of it, and without.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

my $program = program('vmcs12_record');
my %SHADOW = (with => '', without => 'kvm-intel.enable_shadow_vmcs=0');

# Boot a kernel; returns its log, which holds the record.
sub record
{
	my ($version, $kernel, $shadow) = @_;
	my $boot = boot("$version-record-$kernel-$shadow", kernel($version, $kernel),
			['--cmdline', $SHADOW{$shadow}], $program);

	is($boot->{status}, 0, "$version, $kernel, $shadow a shadow VMCS: recorded");
	return "$boot->{folder}/log.txt";
}

for my $version (versions()) {
	for my $shadow (sort keys %SHADOW) {
		my ($unpatched, @patched) = map { record($version, $_, $shadow) } kernels();

		for my $log (@patched) {
			is(differences($unpatched, $log), '', "$log as unpatched");
		}
	}
}

done_testing();
