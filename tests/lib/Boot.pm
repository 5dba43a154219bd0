# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Kernels for the boot lab, built as the tests want them, and what they did there.
package Boot;

use strict;
use warnings;

use Exporter qw(import);
use Test::More;
use Vmcsgen;

our @EXPORT = qw(lab build_dir kernel selftests boot kernels);

my $BUILD = root() . '/build';

sub lab { return root() . '/kernel-glue/lab' }
sub build_dir { return $BUILD }

# The kernels that are compared: a tree, or a layout of struct vmcs12 of the patched one.
sub kernels { return qw(pristine linux evmcs-first) }

# What a command said last is shown if it fails; the test can't go on.
sub must
{
	my ($env, @command) = @_;
	my $result = run({ env => { MAKEFLAGS => undef, LC_ALL => 'C', %$env } }, @command);

	$result->{status} == 0
		or BAIL_OUT("@command: exit status $result->{status}\n$result->{err}");
	return $result->{out};
}

# Build a kernel, unless it is there; returns its bzImage.
sub kernel
{
	my ($version, $kernel) = @_;
	my ($tree, $layout) = $kernel eq 'pristine' ? ('pristine', 'linux') : ('patched', $kernel);
	my $objects = $tree eq 'pristine' ? 'objects' : "objects-$layout";

	must({ KVER => $version, KSRC => undef, LAYOUT => $layout, CONFIG => undef, B => $BUILD,
	       CC => have('ccache') ? 'ccache gcc' : 'gcc' },
	     root() . '/kernel-glue/kernel', $tree);
	return "$BUILD/linux-$version/$tree/$objects/arch/x86/boot/bzImage";
}

# Build the selftests of the kernel's own tree; returns their folder.
sub selftests
{
	my ($version, $kernel) = @_;
	my $tree = $kernel eq 'pristine' ? 'pristine' : 'patched';
	my $folder = "$BUILD/linux-$version/selftests-$tree";

	must({}, lab() . '/selftests', "$BUILD/linux-$version/$tree", $folder);
	return $folder;
}

# Boot; returns the lab's exit status, the run folder, and what it printed.
sub boot
{
	my ($name, $bzimage, $options, @programs) = @_;
	my $folder = "$BUILD/boot/$name";
	my $result = run({ env => { LC_ALL => 'C' } }, lab() . '/boot', '--directory', $folder,
			 @$options, $bzimage, @programs);

	diag($result->{err}) if $result->{status} > 1;
	return { status => $result->{status}, folder => $folder, out => $result->{out},
		 log => -e "$folder/log.txt" ? slurp("$folder/log.txt") : '' };
}

1;
