#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The patches that make-series writes of the files that the glue sees of the real kernels:
# what they lead to, and what checkpatch says of them.  The patches are shown for the newest
# kernel; EVERY=1 makes those for the others, too.
use strict;
use warnings;

use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Checkpatch;
use GlueTrees;
use Test::More;
use Vmcsgen;

my $glue = root() . '/kernel-glue';
my $top = tempdir();
my $LIST = '.vmcsgen-files';
my %env = (LC_ALL => 'C', VMCSGEN => vmcsgen(), GIT_CONFIG_GLOBAL => '/dev/null',
	   GIT_CONFIG_NOSYSTEM => 1, map { ("GIT_$_" . '_NAME' => 'A Name',
					    "GIT_$_" . '_EMAIL' => 'a@name.example') }
		qw(AUTHOR COMMITTER));

sub make_series
{
	my ($glue, @arguments) = @_;
	my $result = run({ env => \%env }, "$glue/make-series", @arguments);

	return "$result->{status} $result->{out}$result->{err}";
}

# What a patch can't avoid that a generated file by itself can.
my @OF_PATCHES = (
	{ type => 'MISSING_SIGN_OFF', files => qr/./,
	  because => 'whoever sends the patches gives it' },
	{ type => 'FILE_PATH_CHANGES', files => qr/./,
	  because => 'MAINTAINERS has patterns for all of these folders' },
);

my @subjects = slurp("$glue/series") =~ /^\n((?:KVM|Documentation): .*)\n\n/mg;
my %met;
my $newest = (kernel_versions())[-1];

for my $version ($ENV{EVERY} ? kernel_versions() : $newest) {
	my $pristine = glue_tree($version, "$top/$version");
	my $patched = patched_tree($version, $pristine, "$top/$version-patched");
	my $series = "$top/$version-series";

	is(make_series($glue, $pristine, $patched, $series),
	   '0 ' . @subjects . " patches in $series\n", "Linux $version: the patches");

	my @patches = sort(glob("$series/*.patch"));
	is_deeply([map { slurp($_) =~ /^Subject: \[PATCH \d+\/\d+\] ((?:.+\n)(?: .+\n)*)/m
		? $1 =~ s/\n(?: |$)/ /gr =~ s/ $//r : $_ } @patches], \@subjects,
		  "Linux $version: the subjects");
	is(join(' ', grep { slurp($_) =~ /^[\w-]+-by: /m } @patches), '', "Linux $version: no sign-off");

	my $repository = copy_tree($pristine, "$top/$version-git");
	ok_run({ env => \%env, dir => $repository }, 'git', @$_)
		for ['init', '-q'], ['add', '-A'], ['commit', '-q', '-m', 'pristine'],
		    ['am', '-q', @patches];
	my ($got, $want) = map { my $files = contents($_);
		+{ map { $_ => $files->{$_} } grep { !m{^\.git/|^\Q$LIST\E$} } keys %$files } }
		$repository, $patched;
	is_deeply($got, $want, "Linux $version: git am leads to the patched files");

	my @left = map { avoidable(\%met, qr{^.*/(?:layouts|vmx)/}, checkpatch($version, $_),
				   \@OF_PATCHES) } @patches;
	is(join("\n", @left), '', "Linux $version: checkpatch --strict");
}
for my $why (@OF_PATCHES) {
	ok($met{$why->{type} . $why->{files}}, "checkpatch: $why->{type} is met: $why->{because}");
}

#
# What is no series
#

my ($pristine, $patched) = ("$top/$newest", "$top/$newest-patched");
is(make_series($glue, $pristine), "2 usage: make-series PRISTINE PATCHED OUTPUT\n",
   'too few arguments');
is(make_series($glue, $pristine, $pristine, "$top/series"),
   "3 make-series: $pristine is not patched: run `make kernel`\n", 'not patched');

make_path("$top/home");
spew("$top/home/letter", "dear\n");
is(make_series($glue, $pristine, $patched, "$top/home"),
   "3 make-series: $top/home is no series: it has $top/home/letter\n", 'a folder of somebody');
is(slurp("$top/home/letter"), "dear\n", 'who keeps it');

# The glue with another list of steps.
sub other_steps
{
	my ($name, $text) = @_;
	my $other = "$top/$name";

	ok_run('mkdir', $other);
	ok_run('cp', '-a', $glue, root() . '/out', "$other/");
	symlink(root() . "/$_", "$other/$_") for qw(spec templates);
	spew("$other/kernel-glue/series", $text);
	return "$other/kernel-glue";
}

my $short = other_steps('short', "One\n\nparts: documentation Documentation/\n");
is(make_series($short, $pristine, $patched, "$top/series"),
   "3 make-series: the steps of $short/series don't lead to arch/x86/include/asm/hyperv-tlfs.h" .
   " as it is in $patched\n", 'steps that lead elsewhere');
my $open = other_steps('open', "One\n\nparts: documentation\n\nTwo\n");
is(make_series($open, $pristine, $patched, "$top/series"),
   "3 make-series: $open/series ends in a step without parts\n", 'a step without parts');
ok(!-e "$top/series", 'no patches are written');

done_testing();
