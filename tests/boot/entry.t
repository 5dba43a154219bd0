#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A CPU takes what the spec says: every encoding is accepted or refused, wide, writable or
# not, as generated headers and the CPU's capability MSRs predict, and a guest whose VMCS
# is made of them runs.  kernel-glue/lab/expected/entry.txt names what the CPUs lack.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

my @MODELS = qw(corei7_haswell_4770 corei7_skylake_x);

my $dir = tempdir();
my $fields = () = slurp(out() . '/vmcs_fields.h') =~ /^VMCS_FIELD\(/mg;
my %lacking = slurp(lab() . '/expected/entry.txt') =~ /^(0x\w+)\s+(\w+)$/mg;
my $nothing = spew("$dir/nothing.c", "int main(void)\n{\n\treturn 0;\n}\n");

ok_run('gcc', '-static', '-o', "$dir/nothing", $nothing);

for my $version (versions()) {
	for my $model (@MODELS) {
		my $boot = boot("$version-entry-$model", kernel($version, 'linux'),
				['--model', $model, '--cmdline', 'vmcs_entry_test'],
				"$dir/nothing");
		my @said = $boot->{log} =~ /vmcs_entry_test: (.*)$/mg;
		my @rows = map { [/^(0x\w+) (\w+) +(.*?) +(ok|DEVIATION)$/] } grep { /^0x/ } @said;
		my %deviating = map { @$_[0, 1] } grep { $_->[3] eq 'DEVIATION' } @rows;
		my $title = "$version, $model";

		is(@rows, $fields, "$title: $fields encodings are tried");
		is_deeply(\%deviating, \%lacking, "$title: as predicted, but for what is known");
		is_deeply([grep { $_->[2] !~ /observed VMfail 12$/ && $lacking{$_->[0]} } @rows], [],
			  "$title: which the CPU does not have");
		like(join("\n", @said), qr/^\d+ of 65536 encodings accepted, ${\ scalar(keys %lacking)} not as predicted/m,
		     "$title: no other encoding is a field");
		like(join("\n", @said), qr/^guest: PASS, 5 exits$/m, "$title: the guest runs");
		note(grep { !/^0x/ } map { "$_\n" } @said);
	}
}

done_testing();
