#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# VMs with a running L2 move from kernel to kernel, and L2 goes on where it was: between
# an unpatched one and patched ones with one revision, or several and either layout of struct
# vmcs12, and back; and with each revision that only patched ones know among those.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

# What the lab builds itself.
depends_on(map { "kernel-glue/lab/programs/$_" } qw(machine vmcs12_migrate));

# Four VMs, each with a line for each kernel.
use constant VMS => 4;

sub id
{
	my ($revision) = @_;
	my ($id) = slurp(root() . "/out/linux/vmcs12/$revision.h") =~ /^#define VMCS12_\w+_ID\s+(0x[\da-f]+)/m;

	return $id // die "vmcs12/$revision has no id\n";
}

# Move VMs along a chain of kernels; all of them have to get through as this revision.
sub migrate
{
	my ($version, $revision, $options, @kernels) = @_;
	my $title = "$version, $revision: " . join(', ', @kernels);
	my $folder = build_dir() . "/boot/$version-migrate-$revision";
	my $result = run(lab() . '/migrate', '--directory', $folder, @$options,
			 map { kernel($version, $_) } @kernels);
	my @saved = $result->{out} =~ /: saved after \d+ rounds at .*, revision (0x\w+)$/mg;
	my @ok = $result->{out} =~ /: OK after \d+ rounds$/mg;

	is($result->{status}, 0, $title) or diag($result->{out}, $result->{err});
	is_deeply(\@saved, [(id($revision)) x (VMS * $#kernels)], "$title: revision");
	is(@ok, VMS, "$title: L2 is where it has to be");
}

for my $version (versions()) {
	migrate($version, 'linux-6.1', [], qw(pristine linux off evmcs-first pristine));
	for my $revision (qw(rfc-2017 evmcs-first)) {
		migrate($version, $revision, ['--revision', id($revision)],
			qw(linux evmcs-first linux));
	}
}

done_testing();
