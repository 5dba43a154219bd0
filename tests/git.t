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

	my $other = tempdir();
	spew("$other/git", "#!/bin/sh\nkill -9 \$\$\n");
	chmod(0755, "$other/git");
	$result = run({ dir => $repository, env => { PATH => "$other:$ENV{PATH}" } }, vmcsgen(), '-t',
		      root() . '/templates', 'diff', '--git=v1', '-s', 'spec/root.vmcs', 'a/one');
	is($result->{err}, "vmcsgen: error: git was ended by signal 9\n", 'git is killed');
	is($result->{status}, 4, 'git is killed: exit status');

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

#
# A newer branch has more, which is no fault of an older spec; what both have is one thing
#

my $two = "revision a/two from one {\n\tsource \"s\"\n\tat 24 u64 fresh\n}\n";

sub spec_is
{
	my ($layouts, @frozen) = @_;

	remove_tree("$repository/spec/others/frozen");
	spew("$repository/spec/others/a.vmcs", $fields, $layouts, map { "frozen a/$_\n" } @frozen);
	my $result = in_repository('freeze', '-s', 'spec/root.vmcs', map { "a/$_" } @frozen);

	is($result->{err}, '', "frozen: @frozen") if @frozen;
}

sub says
{
	my ($what, $err, $status, @arguments) = @_;
	my $result = in_repository('check', '-s', 'spec/root.vmcs', @arguments);

	is(join('', $result->{err} =~ /^(.*: (?:error|note): .*\n)/mg), $err, $what);
	is($result->{status}, $status, "$what: exit status");
}

sub commit_on
{
	my ($branch, $from, @spec) = @_;

	git('checkout', '-q', '-f', '-B', $branch, $from);
	spec_is(@spec);
	git('add', '-A', '.');
	git('commit', '-q', '--allow-empty', '-m', $branch);
}

commit_on('older', 'HEAD', $before, 'one');
commit_on('newer', 'older', $before . $two, 'one', 'two');
commit_on('other', 'older', $before . $two =~ s/at 24 u64/at 24 u32/r, 'one');
my $gone = <<'END';
spec/others/a.vmcs:5:8: error: 'a/two' is frozen in newer, and is gone [-Wfrozen-lost]
newer:spec/others/a.vmcs:22:8: note: it is frozen here
END

git('checkout', '-q', 'older');
says('a newer branch has more', '', 0, '--against', 'newer');
says('a newer branch, if it is to be kept', $gone, 1, '--against', 'newer', '-W', 'error=frozen-lost');
git('checkout', '-q', 'newer');
says('an older branch has less', '', 0, '--against', 'older');
spec_is($before, 'one');
says('what the branch had is gone', $gone, 1, '--against', 'newer');
says('the same, if nobody wants to know', '', 0, '--against', 'newer', '-W', 'no-frozen-lost');
says('it is not gone from the older branch', '', 0, '--against', 'older');
spec_is($before . $two, 'one');
says('it is there, but not frozen', <<'END', 1, '--against', 'newer');
spec/others/a.vmcs:17:10: error: 'a/two' is frozen in newer, but not any more [-Wfrozen-lost]
newer:spec/others/a.vmcs:22:8: note: it is frozen here
END
git('checkout', '-q', '-f', 'other');
says('two branches, one name, two layouts', <<'END', 1, '--against', 'newer');
spec/others/a.vmcs:17:10: error: 'a/two' is not what it is in newer: what is new needs a revision of its own [-Wrevision-changed]
newer:spec/others/a.vmcs:17:10: note: they differ about: fresh (resized)
END
spec_is($before . $two =~ s/u64 fresh/u64 fresh\n\tat 32 u32 more/r, 'one');
says('one of them has more in it', <<'END', 1, '--against', 'newer');
spec/others/a.vmcs:17:10: error: 'a/two' is not what it is in newer: what is new needs a revision of its own [-Wrevision-changed]
newer:spec/others/a.vmcs:17:10: note: they differ about: more (only here)
END
spec_is($before . $two =~ s/\tat 24.*\n//r, 'one');
says('the newer one has more in it', <<'END', 1, '--against', 'newer');
spec/others/a.vmcs:17:10: error: 'a/two' is not what it is in newer: what is new needs a revision of its own [-Wrevision-changed]
newer:spec/others/a.vmcs:17:10: note: they differ about: fresh (only there)
END
spec_is($before . "revision a/three {\n\tsource \"s\"\n\tid 8\n\tu32 hdr\n\tu32 abort\n}\n", 'one');
git('add', '-A', '.');
git('commit', '-q', '-m', 'three');
git('checkout', '-q', '-f', 'newer');
spec_is($before . "revision a/two {\n\tsource \"s\"\n\tid 8\n\tu32 hdr\n\tu32 stop\n}\n", 'one');
says('two branches, one id, two lines of revisions', <<'END', 1, '--against', 'other');
spec/others/a.vmcs:19:5: error: the id of 'a/two' is in other that of 'a/three', which it is not from [-Wid-reused]
other:spec/others/a.vmcs:17:10: note: it has the id there
END

done_testing;
