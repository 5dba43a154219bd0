# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Kernels for the boot lab, built as the tests want them, and what they did there.
package Boot;

use strict;
use warnings;

use Exporter qw(import);
use Fcntl qw(:flock);
use Test::More;
use Vmcsgen;

our @EXPORT = qw(lab build_dir versions choice kernel selftests boot kernels program differences);

my $BUILD = root() . '/build';

sub lab { return root() . '/kernel-glue/lab' }
sub build_dir { return $BUILD }

# The kernels to boot: KVERS names fewer than there are.
sub versions { return split(' ', $ENV{KVERS} // join(' ', reverse kernel_versions())) }

# What is compared of each: a tree, or what the patched one is configured to be: one with
# one revision, or with several and a layout of struct vmcs12.
sub kernels { return qw(pristine off linux evmcs-first) }

# Run a command that builds something; tests that want the same wait for each other.  If it
# fails, no test can go on.
sub must
{
	my ($env, @command) = @_;

	ok_run('mkdir', '-p', $BUILD);
	open(my $lock, '>', "$BUILD/boot.lock") or die "$BUILD/boot.lock: $!\n";
	flock($lock, LOCK_EX) or die "$BUILD/boot.lock: $!\n";
	my $result = run({ env => { MAKEFLAGS => undef, LC_ALL => 'C', %$env } }, @command);

	$result->{status} == 0
		or BAIL_OUT("@command: exit status $result->{status}: $result->{err}");
	return $result->{out};
}

# The tree of a kernel, and what its configuration is to be.
sub choice
{
	my ($kernel) = @_;

	return ($kernel eq 'pristine' ? 'pristine' : 'patched',
		REVISIONS => $kernel eq 'off' ? 0 : 1,
		LAYOUT => $kernel eq 'evmcs-first' ? $kernel : 'linux');
}

# Build a kernel, unless it is there, with a fragment of configuration if one is given;
# returns its bzImage.
sub kernel
{
	my ($version, $kernel, $config) = @_;
	my ($tree, %choice) = choice($kernel);
	my $objects = $tree eq 'pristine' ? 'objects' : "objects-$kernel";

	$objects .= "-$1" if defined $config && $config =~ m{([^/]*)\.config$};
	must({ KVER => $version, KSRC => undef, CONFIG => $config, B => $BUILD, %choice,
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

# Boot; returns the lab's exit status, 0 or 1, the run folder, and what it printed.  If the
# lab could not boot, its folder has what an earlier run left there: no test can go on.
sub boot
{
	my ($name, $bzimage, $options, @programs) = @_;
	my $folder = "$BUILD/boot/$name";
	my $result = run({ env => { LC_ALL => 'C' } }, lab() . '/boot', '--directory', $folder,
			 @$options, $bzimage, @programs);

	BAIL_OUT("boot: exit status $result->{status}: $result->{err}") if $result->{status} > 1;
	return { status => $result->{status}, folder => $folder, out => $result->{out},
		 log => -e "$folder/log.txt" ? slurp("$folder/log.txt") : '' };
}

# Build a program of the lab's own; returns its path.
sub program
{
	my ($name) = @_;

	must({}, 'make', '-C', root(), "B=$BUILD", "$BUILD/$name");
	return "$BUILD/$name";
}

# What differs in two records, each in the log of a boot; nothing if nothing does.
sub differences
{
	my $result = run(lab() . '/compare-records', out() . '/vmcs.json', @_);

	$result->{status} <= 1
		or BAIL_OUT("compare-records: exit status $result->{status}: $result->{err}");
	return $result->{status} ? $result->{out} : '';
}

1;
