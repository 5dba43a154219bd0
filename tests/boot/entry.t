#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A CPU takes what the spec says: every encoding is accepted or refused, wide, writable or
# not, as generated headers and the CPU's capability MSRs predict, and a guest whose VMCS
# is made of them runs.  kernel-glue/lab/lacking-fields.txt names what the CPUs lack.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

# Of the CPUs, only Ivy Bridge refuses VMWRITE of read-only fields.
my @MODELS = qw(corei7_haswell_4770 corei7_skylake_x corei7_ivy_bridge_3770k);

# All encodings of 16 bits, and each field's encoding with each higher bit.
my $fields = () = slurp(root() . '/out/linux/vmcs_fields.h') =~ /^VMCS_FIELD\(/mg;
my $encodings = 0x10000 + $fields * 48;
my %lacking = slurp(lab() . '/lacking-fields.txt') =~ /^(0x\w+)\s+(\w+)$/mg;
my $nothing = nothing();

# The rows of the test's table, by encoding, and its other lines.
sub parse
{
	my (%row, @others);

	for (@_) {
		if (/^(0x\w+) (\S+) +predicted (.*?) +observed (.*?) +(as predicted|DEVIATES)$/) {
			$row{$1} = { name => $2, observed => $4, deviates => $5 eq 'DEVIATES' };
		} else {
			push @others, "$_\n";
		}
	}
	return (\%row, @others);
}

sub judge
{
	my ($title, $log) = @_;
	my ($row, @others) = parse($log =~ /\bvmcs_entry_test: (.*)$/mg);
	my @deviating = grep { $row->{$_}{deviates} } keys %$row;
	my $fine = $encodings - keys %lacking;

	note("$title: $_") for @others;
	is(keys %$row, $fields, "$title: $fields fields are in the table");
	is_deeply({ map { $_ => $row->{$_}{name} } @deviating }, \%lacking,
		  "$title: all are as predicted, but for what is known");
	is_deeply([grep { $row->{$_}{observed} ne 'no field' } @deviating], [],
		  "$title: which the CPU does not have");
	is($others[-1], "$encodings encodings, $fine as predicted, " . keys(%lacking) .
	   " deviations; guest: PASS\n", "$title: no other encoding is a field, the guest runs");
	return $row;
}

for my $version (versions()) {
	for my $model (@MODELS) {
		my $boot = boot("$version-entry-$model", kernel($version, 'linux'),
				['--model', $model, '--cmdline', 'vmcs_entry_test'],
				$nothing);
		my $row = judge("$version, $model", $boot->{log});
		my $refused = grep { $_->{observed} eq 'read-only' } values %$row;

		ok($model =~ /ivy_bridge/ ? $refused : !$refused,
		   "$version, $model: VMWRITE refuses $refused read-only fields");
	}
}

done_testing();
