#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A spec and what it was: as a commit has it, or as another file does.
use strict;
use warnings;

use File::Path qw(remove_tree);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $dir = tempdir();

my %git = map { ("GIT_$_" => undef) } qw(DIR WORK_TREE INDEX_FILE);
my $repository = "$dir/repository";

# git, in a repository of the test's own, whoever it belongs to.
sub git
{
	return ok_run({ dir => $repository, env => \%git }, 'git', '-c', 'user.name=test',
		      '-c', 'user.email=test@example.org', '-c', "safe.directory=$repository", @_);
}

sub in_repository
{
	return run({ dir => $repository,
		     env => { %git, LC_ALL => 'C', NO_COLOR => 1, GIT_CONFIG_COUNT => 1,
			      GIT_CONFIG_KEY_0 => 'safe.directory', GIT_CONFIG_VALUE_0 => '*' } },
		   vmcsgen(), '-t', root() . '/templates', @_);
}

my $fields = "fields {\n\t0x681e  rip\n\t0x681c  rsp\n}\n";
my $layout = "layout a {\n\tstruct a\n\tsize 64\n}\n";
my $before = $layout . "revision a/one {\n\tsource \"s\"\n\tid 7\n\tu32 hdr\n\tu32 abort\n\trip\n\trsp\n}\n";
my $after = $layout . "revision a/one {\n\tsource \"s\"\n\tid 7\n\tu32 hdr\n\tu32 abort\n\trsp\n\trip\n}\n";

mkdir($repository) or die "$repository: $!\n";
git('init', '-q');
spew("$repository/spec/root.vmcs", "include \"layouts/a.vmcs\"\ninclude \"../spec/./fields.vmcs\"\n");
spew("$repository/spec/fields.vmcs", $fields);
spew("$repository/spec/layouts/a.vmcs", "include \"../fields.vmcs\"\n", $before);
git('add', '.');
git('commit', '-q', '-m', 'first');
git('tag', 'v1');
git('mv', 'spec/layouts', 'spec/others');
spew("$repository/spec/root.vmcs", "include \"fields.vmcs\"\ninclude \"others/a.vmcs\"\n");
spew("$repository/spec/others/a.vmcs", $after);

my $moved = <<'END';

  from     to    by count  members
    16      8    -8     1  rsp  moved
     8     16    +8     1  rip  moved
END

for my $case (
	[['diff', '--git=v1', '-s', 'spec/root.vmcs', 'a/one'],
	 "a/one of v1 -> a/one: breaking\n2 moved, 2 identical\n$moved", '', 1, 'one revision at a commit'],
	[['diff', 'a/one', 'a/one', '-s', 'spec/root.vmcs', '--git', 'HEAD'],
	 "a/one of HEAD -> a/one: breaking\n2 moved, 2 identical\n$moved", '', 1, 'two names'],
	[['diff', '--git=v1', '-s', 'spec/others/a.vmcs', '--old-spec', 'spec/root.vmcs', 'a/one',
	  '-s', 'spec/root.vmcs'],
	 "a/one of v1 -> a/one: breaking\n2 moved, 2 identical\n$moved", '', 1, 'another root'],
	[['diff', '--git=v1', '-s', "$repository/spec/root.vmcs", 'a/one'],
	 "a/one of v1 -> a/one: breaking\n2 moved, 2 identical\n$moved", '', 1, 'an absolute path'],
	[['diff', '--git=v1', '-s', "../repository/spec/../../repository/spec/root.vmcs", 'a/one'],
	 "a/one of v1 -> a/one: breaking\n2 moved, 2 identical\n$moved", '', 1, 'a path by way of other folders'],
	[['diff', '--git=v0', '-s', 'spec/root.vmcs', 'a/one'], '',
	 "vmcsgen: error: cannot read 'v0:spec/root.vmcs': fatal: invalid object name 'v0'.\n", 3,
	 'no such commit'],
	[['diff', '--git=v1', '--old-spec=spec/none.vmcs', '-s', 'spec/root.vmcs', 'a/one'], '',
	 "vmcsgen: error: cannot read 'v1:spec/none.vmcs': " .
	 "fatal: path 'spec/none.vmcs' does not exist in 'v1'\n", 3, 'no such file'],
	[['diff', '--git=v1', '-s', 'spec/root.vmcs', 'a/two', 'a/one'], '',
	 "vmcsgen: error: the spec of v1 has no revision 'a/two'\n", 3, 'no such revision then'],
	[['diff', '--git=v1', '-s', 'spec/root.vmcs', 'a/one', 'a/two'], '',
	 "vmcsgen: error: the spec has no revision 'a/two'; " .
	 "'vmcsgen list' prints those that it has\n", 3, 'no such revision now'],
	[['diff', '--git=--help', '-s', 'spec/root.vmcs', 'a/one'], '',
	 "vmcsgen: error: cannot read '--help:spec/root.vmcs': error: unknown option " .
	 "`help:./root.vmcs'\n", 3, 'what git could take for an option'],
) {
	my ($arguments, $out, $err, $status, $what) = @$case;
	my $result = in_repository(@$arguments);

	is($result->{out}, $out, "--git, $what");
	is($result->{err}, $err, "--git, $what: messages");
	is($result->{status}, $status, "--git, $what: exit status");
}

# Faults of that spec are shown where they are.
spew("$repository/spec/others/a.vmcs", $before, "revision a/two from zero {\n\tsource \"s\"\n}\n");
git('add', '.');
git('commit', '-q', '-m', 'faulty');
spew("$repository/spec/others/a.vmcs", $after);
{
	my $result = in_repository('diff', '--git=HEAD', '-s', 'spec/root.vmcs', 'a/one');

	is($result->{err}, <<'END', '--git: a faulty spec');
HEAD:spec/others/a.vmcs:13:21: error: the layout 'a' has no revision 'zero'
   13 | revision a/two from zero {
      |                     ^~~~
END
	is($result->{status}, 3, '--git: a faulty spec: exit status');
}

# Without git, and outside of a repository.
{
	my $result = run({ dir => $repository, env => { PATH => "$dir" } }, vmcsgen(), '-t',
			 root() . '/templates', 'diff', '--git=v1', '-s', 'spec/root.vmcs', 'a/one');

	is($result->{err}, "vmcsgen: cannot run git: No such file or directory\n", 'no git');
	is($result->{status}, 4, 'no git: exit status');

	my $outside = tempdir();
	spew("$outside/root.vmcs", $fields, $after);
	$result = run({ dir => "$outside", env => { %git, LC_ALL => 'C', GIT_CEILING_DIRECTORIES => '/' } },
		      vmcsgen(), 'diff', '--git=v1', '-s', 'root.vmcs', 'a/one');
	like($result->{err}, qr/^vmcsgen: error: cannot read 'v1:root\.vmcs': fatal: not a git repository.*\n\z/,
	     'no repository');
	is($result->{status}, 3, 'no repository: exit status');
}

#
# check --against
#

my $changed = <<'END';
spec/others/a.vmcs:5:10: error: 'a/one' is not what it is in v1: what is new needs a revision of its own [-Wrevision-changed]
    5 | revision a/one {
      |          ^~~~~
v1:spec/layouts/a.vmcs:6:10: note: they differ about: rsp (moved), rip (moved)
    6 | revision a/one {
      |          ^~~~~
END

mkdir("$repository/v1") or die "$repository/v1: $!\n";
spew("$dir/faulty.vmcs", "layout a {\n\tstruct a\n}\n");
spew("$dir/unused.vmcs", $fields, $layout, "layout b {\n\tstruct b\n\tsize 64\n}\n");

for my $case (
	[['--against', 'v1'], $changed, 1, 'a commit, though there is a folder of its name'],
	[['--against=v1', '-W', 'no-revision-changed'], '', 0, 'and what is found turned off'],
	[['--against=spec/root.vmcs'], '', 0, 'the same file'],
	[["--against=$dir/unused.vmcs"], '', 0, 'a file that checks would warn of'],
	[["--against=$dir/faulty.vmcs"], "$dir/faulty.vmcs:1:8: error: the layout 'a' lacks its size\n" .
	 "    1 | layout a {\n      |        ^\n", 3, 'a faulty file'],
	[['--against=v0'], "vmcsgen: error: cannot read 'v0:spec/root.vmcs': fatal: invalid object " .
	 "name 'v0'.\nvmcsgen: note: 'v0' is not a file, so it was taken for a commit\n", 3,
	 'what is neither'],
) {
	my ($arguments, $err, $status, $what) = @$case;
	my $result = in_repository('check', '-s', 'spec/root.vmcs', @$arguments);

	is($result->{err}, $err, "--against, $what");
	is($result->{out}, '', "--against, $what: nothing on standard output");
	is($result->{status}, $status, "--against, $what: exit status");
}

# Its own faults do not keep a spec from being held against another.
spew("$repository/spec/others/a.vmcs", $after, "revision a/two from zero {\n\tsource \"s\"\n}\n");
{
	my $result = in_repository('check', '-s', 'spec/root.vmcs', '--against', 'v1');

	like($result->{err}, qr/: error: the layout 'a' has no revision 'zero'$/m, 'a fault');
	like($result->{err}, qr/ \[-Wrevision-changed\]$/m, 'and a broken promise');
	is($result->{status}, 3, 'the worse counts');
}

# Tables of frozen revisions are the commit's, too.
remove_tree("$repository/spec");
spew("$repository/spec/root.vmcs", "include \"others/a.vmcs\"\n");
spew("$repository/spec/others/a.vmcs", $fields, $before, "frozen a/one\n");
is(in_repository('check', '-s', 'spec/root.vmcs', '--against', 'v1')->{status}, 3, 'a table is missing');
git('add', '.');
git('commit', '-q', '-m', 'without the table');
is(in_repository('freeze', 'a/one', '-s', 'spec/root.vmcs')->{err}, '', 'it is written');
{
	my $result = in_repository('check', '-s', 'spec/root.vmcs', '--against', 'HEAD');

	like($result->{err}, qr{^HEAD:spec/others/a\.vmcs:17:8: error: cannot read 'HEAD:spec/others/frozen/a/one\.csv': },
	     'the commit lacks it');
	is($result->{status}, 3, 'the commit lacks it: exit status');
}
git('add', '.');
git('commit', '-q', '-m', 'with the table');
for my $root ('spec/root.vmcs', './spec/root.vmcs', "$repository/spec/root.vmcs", 'spec/others/a.vmcs') {
	my $result = in_repository('check', '-s', $root, '--against', 'HEAD');

	is($result->{err}, '', "$root is what it was");
	is($result->{status}, 0, "$root is what it was: exit status");
}
spew("$repository/spec/others/a.vmcs", $fields, $before =~ s/\trsp\n//r, "frozen a/one\n");
unlink("$repository/spec/others/frozen/a/one.csv") or die $!;
is(in_repository('freeze', 'a/one', '-s', 'spec/root.vmcs')->{err}, '', 'another table is written');
{
	my $result = in_repository('check', '-s', 'spec/root.vmcs', '--against', 'HEAD', '-W',
				   'no-revision-changed');

	is($result->{err}, <<'END', 'it is not that of the commit');
spec/others/a.vmcs:16:8: error: the table of 'a/one' is not the one that HEAD has [-Wfrozen-edited]
   16 | frozen a/one
      |        ^~~~~
HEAD:spec/others/frozen/a/one.csv:5:1: note: they differ from here on
    5 | rsp,16,8,1,0x0000681c,
      | ^~~~~~~~~~~~~~~~~~~~~~
END
	is($result->{status}, 1, 'it is not that of the commit: exit status');
}

done_testing;
