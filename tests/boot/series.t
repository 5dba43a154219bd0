#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The series for review: after each of its patches the kernel builds.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

# A copy of the unpatched tree, with its objects, for the patches to change.
sub tree_for_patches
{
	my ($version) = @_;
	my $pristine = build_dir() . "/linux-$version/pristine";
	my $tree = build_dir() . "/linux-$version/steps";

	ok_run('rm', '-rf', $tree);
	ok_run('rsync', '-a', "--link-dest=$pristine", '--exclude=/objects*', "$pristine/", $tree);
	ok_run('cp', '-a', "$pristine/objects", "$tree/objects");
	return $tree;
}

depends_on(glue_files(), map { "kernel-glue/$_" } qw(cover make-series series));
delete @ENV{qw(MAKEFLAGS MAKELEVEL)};
for my $version (versions()) {
	my $dir = build_dir() . "/linux-$version";

	kernel($version, $_) for qw(pristine linux);
	ok_run(root() . '/kernel-glue/make-series', map { "$dir/$_" } qw(pristine patched series));
	my $tree = tree_for_patches($version);

	for my $patch (grep { !m{/0000-cover-letter\.} } glob("$dir/series/*.patch")) {
		my ($name) = $patch =~ m{([^/]*)\.patch$};

		ok_run('patch', '-s', '-p1', '-d', $tree, '-i', $patch);
		my $result = run({ env => { LC_ALL => 'C' } }, 'make', '-s', '-C', $tree, 'O=objects',
				 '-j2', 'CC=' . compiler('gcc'), qw(olddefconfig bzImage));

		is($result->{status}, 0, "$version: $name") or diag($result->{err});
	}
}

done_testing();
