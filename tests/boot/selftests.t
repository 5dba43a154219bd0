#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# KVM's own selftests do in a patched kernel, whichever layout struct vmcs12 has, what they
# do in an unpatched one: what kernel-glue/lab/expected says, kernel by kernel.  Those of
# the patched trees use the generated enlightened VMCS, too.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

for my $version (versions()) {
	my $list = lab() . "/expected/$version.txt";

	ok(-e $list, "$version: what is expected is known") or next;
	my %models = map { $_ => 1 } slurp($list) =~ /^\w\S*\s+(\S+)\s+[A-Z]+\b/mg;

	for my $kernel (kernels()) {
		my $bzimage = kernel($version, $kernel);
		my $folder = selftests($version, $kernel);
		my @results;

		for my $model (sort keys %models) {
			my $boot = boot("$version-$kernel-$model", $bzimage, ['--model', $model],
					split(/\n/, ok_run(lab() . '/select', $version, $model, $folder)));

			push @results, "$boot->{folder}/results.tsv";
			note($boot->{out} =~ s/.*\n\n//sr);
		}
		my $result = run(lab() . '/compare', $list, @results);

		is($result->{out}, '', "$version, $kernel");
	}
}

done_testing();
