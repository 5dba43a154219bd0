#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The patches that make-series writes of the files that the glue sees of the real kernels, in both
# forms: what they lead to, what the cover letter tells of them, and what checkpatch says.  The patches are shown for the newest
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
	{ type => 'MACRO_ARG_UNUSED', files => qr/^image_test\.c$/,
	  because => 'a list of revisions tells more than the test wants' },
);

my %met;

# The program for the host is not kernel code: only its errors count.
my @OF_HOST = (
	{ type => 'COMPLEX_MACRO', files => qr{^scripts/vmcsgen/check/check\.c$},
	  because => 'they make declarations, and the elements of an array, of a list' },
);

# The subjects of the steps that have a part in a form, in order.  A step ends with its parts.
sub subjects
{
	my ($form) = @_;
	my $text = slurp("$glue/series") =~ s/^#.*\n//mgr;
	my @subjects;

	while ($text =~ /\G\s*(\S.*)\n(?s:.*?)^((?:(?:parts|generator|shipped): .*\n)+)/gm) {
		my ($subject, $parts) = ($1, $2);

		push @subjects, $subject if $parts =~ /^(?:parts|$form): /m;
	}
	return @subjects;
}

# The table of the cover letter, by what git tells of the commits that the patches become.
sub table
{
	my ($repository, @subjects) = @_;
	my @sum = (0, 0);
	my $table = "  added  removed\n";

	for my $at (0 .. $#subjects) {
		my @of = (0, 0);

		for (split(/\n/, ok_run({ env => \%env, dir => $repository }, 'git', 'show', '--numstat', '--format=',
					'HEAD~' . ($#subjects - $at)))) {
			my @counts = split(/\t/);

			$of[$_] += $counts[$_] for 0, 1;
		}
		$table .= sprintf("%7d %8d  %s\n", @of, substr($subjects[$at], 0, 56));
		$sum[$_] += $of[$_] for 0, 1;
	}
	return $table . sprintf("%7d %8d\n", @sum);
}

# What checkpatch says of a patch.  Templates are not C before they are filled in: headers.t has
# what comes of them.
sub faults
{
	my ($version, $patch) = @_;
	my (@kernel, @host);

	for (grep { !m{^\S*/templates/} } checkpatch($version, $patch)) {
		if (!m{^\S*scripts/vmcsgen/\S+:(?:\d+:)? (\w+):(\w+)}) {
			push @kernel, $_;
		} elsif ($2 eq 'MISSING_SIGN_OFF') {
			# It is told with the last file, whatever that is.
			push @kernel, $_;
		} elsif ($1 eq 'ERROR') {
			push @host, $_;
		}
	}
	return (avoidable(\%met, qr{^.*/(?:layouts|vmx)/}, @kernel, \@OF_PATCHES),
		avoidable(\%met, qr{^.*?(?=scripts/vmcsgen/)}, @host, \@OF_HOST));
}

# Each form on another kernel: most steps are the same.
my ($oldest, $newest) = (kernel_versions())[0, -1];
for my $case ([$oldest, 'shipped'], [$newest, 'generator']) {
	my ($version, $form) = @$case;
	my $title = "Linux $version, $form";
	my @subjects = subjects($form);
	my $pristine = glue_tree($version, "$top/$version");
	my $patched = copy_tree($pristine, "$top/$version-patched");
	my $series = "$top/$version-series";

	ok_run({ env => \%env }, "$glue/apply", $form eq 'shipped' ? '--shipped' : (), $pristine, $patched);
	is(make_series($glue, $form eq 'shipped' ? ('--shipped', $pristine) : ($pristine, $patched), $series),
	   '0 ' . @subjects . " patches in $series\n", "$title: the patches");

	my ($cover, @patches) = sort(glob("$series/*.patch"));
	like($cover, qr{/0000-cover-letter\.patch$}, "$title: the cover letter");
	is_deeply([map { slurp($_) =~ /^Subject: \[PATCH \d+\/\d+\] ((?:.+\n)(?: .+\n)*)/m
		? $1 =~ s/\n(?: |$)/ /gr =~ s/ $//r : $_ } @patches], \@subjects, "$title: the subjects");
	is(join(' ', grep { slurp($_) =~ /^[\w-]+-by: /m } $cover, @patches), '', "$title: no sign-off");

	my $repository = copy_tree($pristine, "$top/$version-git");
	ok_run({ env => \%env, dir => $repository }, 'git', @$_)
		for ['init', '-q'], ['add', '-A'], ['commit', '-q', '-m', 'pristine'],
		    ['am', '-q', @patches];
	is((slurp($cover) =~ /^Lines by patch:\n\n(.*?\n)\n/ms)[0], table($repository, @subjects),
	   "$title: the figures of the cover letter are git's");
	my ($got, $want) = map { my $files = contents($_);
		+{ map { $_ => $files->{$_} } grep { !m{^\.git/|^\Q$LIST\E$} } keys %$files } }
		$repository, $patched;
	is_deeply($got, $want, "$title: git am leads to the patched files");

	is(join("\n", map { faults($version, $_) } @patches), '', "$title: checkpatch --strict");
}
for my $why (@OF_PATCHES, @OF_HOST) {
	ok($met{$why->{type} . $why->{files}}, "checkpatch: $why->{type} is met: $why->{because}");
}

#
# Folders that are not a series
#

my ($pristine, $patched) = ("$top/$newest", "$top/$newest-patched");
is(make_series($glue, $pristine), "2 usage: make-series PRISTINE PATCHED OUTPUT\n" .
   "       make-series --shipped PRISTINE OUTPUT\n", 'too few arguments');
is(make_series($glue, '--shipped', $pristine, $patched, "$top/series"),
   "2 usage: make-series PRISTINE PATCHED OUTPUT\n       make-series --shipped PRISTINE OUTPUT\n",
   'too many arguments');
is(make_series($glue, $pristine, $pristine, "$top/series"),
   "3 make-series: $pristine is not patched: run `make kernel`\n", 'not patched');

make_path("$top/home");
spew("$top/home/letter", "dear\n");
is(make_series($glue, $pristine, $patched, "$top/home"),
   "3 make-series: $top/home is not a series: it has $top/home/letter\n", 'a folder of somebody');
is(slurp("$top/home/letter"), "dear\n", 'who keeps it');

# The glue with another list of steps.
sub other_steps
{
	my ($name, $text) = @_;
	my $other = "$top/$name";

	ok_run('mkdir', $other);
	ok_run('cp', '-a', $glue, root() . '/out', "$other/");
	symlink(root() . "/$_", "$other/$_") for qw(gen spec templates);
	spew("$other/kernel-glue/series", $text);
	return "$other/kernel-glue";
}

# The cover letter of two small steps, to the letter.
{
	my $small = other_steps('small', "One: Say where the structure is\n\nWhy.\n\nparts: documentation.edit revision-msr\n\n" .
		"Two: Say what userspace can do about the revision of a vCPU's VMCSs\n\nparts: documentation-revisions Documentation/\n" .
		"generator: documentation-layouts\n");
	my $documented = copy_tree($pristine, "$top/documented");

	spew("$small/cover", "A cover\n\nWhat it is about.\n");
	ok_run({ env => \%env }, "$glue/apply", $pristine, $documented, 'revision-msr', 'documentation', 'Documentation/');
	is(make_series($small, $pristine, $documented, "$top/small-series"), "0 2 patches in $top/small-series\n",
	   'a small series');
	my ($cover, @patches) = sort(glob("$top/small-series/*.patch"));
	my $text = slurp($cover) =~ s/\A.*?\n(?=Subject: )//sr =~ s/^A Name \(2\):\n.*//msr;

	my $lines = 6;	# of the index and the API, and the inclusion

	$lines += () = slurp($_) =~ /\n/g for "$glue/generator/vmcs-layouts.rst",
		"$glue/files/Documentation/virt/kvm/x86/vmcs12-revisions.txt";
	is($text, "Subject: [PATCH 0/2] A cover\n\nWhat it is about.\n\nLines by patch:\n\n" .
	   "  added  removed\n" .
	   "      4      146  One: Say where the structure is\n" .
	   sprintf("%7d        0  Two: Say what userspace can do about the revision of a v\n", $lines) .
	   sprintf("%7d      146\n\n", 4 + $lines),
	   'its cover letter');
}

my $short = other_steps('short', "One\n\nparts: documentation Documentation/\n");
is(make_series($short, $pristine, $patched, "$top/series"),
   "3 make-series: the steps of $short/series don't lead to MAINTAINERS as it is in $patched\n", 'steps that lead elsewhere');
my $open = other_steps('open', "One\n\nparts: documentation\n\nTwo\n");
is(make_series($open, $pristine, $patched, "$top/series"),
   "3 make-series: $open/series ends in a step without parts\n", 'a step without parts');
ok(!-e "$top/series", 'no patches are written');

done_testing();
