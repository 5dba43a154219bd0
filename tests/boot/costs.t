#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# No VMX operation of an L1 costs more instructions in a patched kernel than in an unpatched
# one.  An emulated machine counts them, so they are the same at each boot.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

my $program = program('vmcs12_cost');

# Translating the image at each VMPTRLD and VMCLEAR has no rival: an unpatched kernel only knows
# images of its own layout.
my $TRANSLATED = qr/^VMPTRLD and VMCLEAR/;

# Boot a kernel; returns what it printed about each operation.
sub costs
{
	my ($version, $kernel, $turn) = @_;
	my $boot = boot("$version-costs-$kernel-$turn", kernel($version, $kernel), [], $program);

	is($boot->{status}, 0, "$version, $kernel: measured");
	return { reverse($boot->{log} =~ /\bcost (\d+\.\d) (.*?)\s*$/mg) };
}

# What a patched kernel may need more, in instructions.  In handle_vmread() of 6.1, gcc 12 keeps one
# value more on the stack.
my %MORE = ('6.1' => { 'VMREAD of an eVMCS' => 3 });

for my $version (versions()) {
	my $unpatched = costs($version, 'pristine', 1);

	cmp_ok(scalar(keys %$unpatched), '==', 21, 'operations');
	is_deeply(costs($version, 'pristine', 2), $unpatched, "$version: another boot counts the same");
	for my $layout (qw(off linux evmcs-first)) {
		my $patched = costs($version, $layout, 1);

		for my $name (sort keys %$unpatched) {
			next if $name =~ $TRANSLATED && $layout eq 'evmcs-first';
			my $more = $MORE{$version}{$name} // 0;
			cmp_ok($patched->{$name}, '<=', $unpatched->{$name} + $more, "$version, $layout: $name");
		}
	}
}

done_testing;
