#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# VMs with a running L2 move from kernel to kernel and back, and L2 continues.  The kernels are an
# unpatched one, a patched one with one revision, and patched ones with several revisions and either
# layout of struct vmcs12.  Revisions that only patched kernels know move among those.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

# Programs that the lab builds itself.
depends_on(map { "kernel-glue/lab/programs/$_" } qw(machine vmcs12_migrate));

# Four VMs, each with a line for each kernel.
use constant VMS => 4;

sub id
{
	my ($revision) = @_;
	my ($id) = slurp(root() . "/out/linux/vmcs12/$revision-map.h") =~ /^\tvmcs12_\w+_id = (0x[\da-f]+),$/m;

	return $id // die "vmcs12/$revision has no id\n";
}

# Move VMs with a revision along a chain of kernels, each a version and a build of it; all VMs have
# to arrive.
sub migrate
{
	my ($revision, $options, @chain) = @_;
	my $title = "$revision: " . join(', ', map { "@$_" } @chain);
	my %versions = map { $_->[0] => 1 } @chain;
	my $folder = build_dir() . '/boot/' . join('-', sort keys %versions) . "-migrate-$revision";
	my $result = run(lab() . '/migrate', '--directory', $folder, @$options,
			 map { kernel(@$_) } @chain);
	my @saved = $result->{out} =~ /: saved after \d+ rounds at .*, revision (0x\w+)$/mg;
	my @ok = $result->{out} =~ /: OK after \d+ rounds$/mg;

	is($result->{status}, 0, $title) or diag($result->{out}, $result->{err});
	is_deeply(\@saved, [(id($revision)) x (VMS * $#chain)], "$title: revision");
	is(@ok, VMS, "$title: L2 is where it has to be");
}

my @versions = versions();
for my $version (@versions) {
	migrate('linux', [], map { [$version, $_] } qw(pristine linux off evmcs-first pristine));
	for my $revision (qw(rfc-2017 evmcs-first)) {
		migrate($revision, ['--revision', id($revision)],
			map { [$version, $_] } qw(linux evmcs-first linux));
	}
}

# Between kernels, there and back.
for my $i (1 .. $#versions) {
	my ($one, $other) = @versions[$i - 1, $i];

	migrate('linux', [], [$one, 'pristine'], [$other, 'linux'], [$one, 'evmcs-first'],
		[$other, 'pristine'], [$one, 'linux']);
	migrate('evmcs-first', ['--revision', id('evmcs-first')],
		[$one, 'linux'], [$other, 'evmcs-first'], [$one, 'linux']);
}

done_testing();
