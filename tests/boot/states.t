#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Saved states that are valid but for one or two changes.  With the default revision, KVM treats
# them like an unpatched kernel, byte for byte; with each other revision, the same after
# translation.  A refused state leaves no trace.
#
# STATES="EVERY OTHER" makes another share of all changes; "1 1" makes all.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

# KVM's messages about MSRs would appear in the middle of lines.
my $CMDLINE = 'panic_on_warn=1 kvm.report_ignored_msrs=0';

my $program = join(' ', program('vmcs12_states'), $ENV{STATES} // ());

# The lines about the states with the default revision.
sub digests
{
	my ($log) = @_;

	return join('', map { "$_\n" } $log =~ /^ *[\d.]+ (states .*)$/mg);
}

# The number of states that each revision was given, by its name, without those that failed.
sub good_states
{
	my ($log) = @_;

	return { $log =~ /^ *[\d.]+ (\S+): (\d+) states, \d+ taken by the default, 0 failed$/mg };
}

my %OTHERS = (pristine => [], off => [], linux => [qw(rfc-2017 evmcs-first)],
	      'evmcs-first' => [qw(rfc-2017 evmcs-first)]);

for my $version (versions()) {
	my $unpatched;

	for my $kernel (kernels()) {
		my $boot = boot("$version-states-$kernel", kernel($version, $kernel),
				['--cmdline', $CMDLINE, '--program-timeout', 1800], $program);
		my $states = good_states($boot->{log});
		my $digests = digests($boot->{log});

		is($boot->{status}, 0, "$version, $kernel") or diag($boot->{log} =~ /FAIL: .*/g);
		is_deeply([sort keys %$states], [sort 'linux', @{ $OTHERS{$kernel} }],
			  "$version, $kernel: its revisions");
		cmp_ok($states->{linux} // 0, '>', 1000, "$version, $kernel: states");
		$unpatched //= $digests;
		is($digests, $unpatched, "$version, $kernel: as unpatched");
		note("$version, $kernel: $1") if $boot->{log} =~ /(linux: \d+ states.*)/;
	}
}

done_testing();
