#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# coverage-report, on a program of user space that gcov counts as it counts a kernel.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Vmcsgen;

my $lab = root() . '/kernel-glue/lab';
my $dir = tempdir();
my $objects = "$dir/patched/objects";

# A file of the kernel's, of which a rule changes f and leaves g, and a file of ours.
my $source = <<'END';
int f(int x)
{
	if (x > 3)
		return x;
	return 0;
}

int g(int x)
{
	return x + 1;
}
END

spew("$dir/pristine/dir/kernel.c", $source);
spew("$dir/pristine/dir/other.c", $source =~ s/\b([fg])\b/other_$1/gr);
spew("$dir/patched/dir/other.c", slurp("$dir/pristine/dir/other.c"));
spew("$dir/patched/dir/kernel.c", "#include \"ours.h\"\n\n", $source =~ s/return x;/return ours(x);/r);
spew($_, <<'END') for "$dir/files/dir/ours.h", "$dir/patched/dir/ours.h";
static inline int ours(int x)
{
	if (x < 0)
		return -1;
	if (x == 99)
		return 99;
	return x;
}
END
spew("$dir/patched/main.c", <<'END');
#include <stdlib.h>

int f(int x), other_f(int x);

int main(int argc, char **argv)
{
	return argc == 1 ? 0 : f(atoi(argv[1])) & other_f(1) & 0;
}
END

spew("$objects/dir/.keep", '');
for my $name (qw(kernel other)) {
	ok_run({ dir => $objects }, 'gcc', '--coverage', '-c', '-o', "dir/$name.o", "../dir/$name.c");
}
ok_run({ dir => $objects }, 'gcc', '--coverage', '-o', 'program', '../main.c', 'dir/kernel.o',
       'dir/other.o');

# Run it as a boot does with a kernel; returns a log in which programs/gcda printed the counters.
sub log_of
{
	my ($name, $argument) = @_;
	my @files = map { "$objects/dir/$_.gcda" } qw(kernel other);

	ok_run("$objects/program", $argument);
	my $text = join('', map { "gcda $_\n" . ok_run('sh', '-c', "gzip -c $_ | base64") . "gcda.\n" }
			    @files);
	ok_run('rm', @files);
	return spew("$dir/$name", ($text =~ s/^/    1.00 /gmr) =~ s/^/    0.50 \@\@BEGIN 1 1.00\n/r);
}

sub report
{
	my @arguments = @_;
	my $result = run("$lab/coverage-report", '--files', "$dir/files", '--under', 'dir',
			 '--directory', "$dir/out", @arguments);

	return "$result->{status} $result->{out}$result->{err}" =~ s/\Q$dir\E/DIR/gr;
}

my @trees = ("$dir/pristine", "$dir/patched", $objects);
my $five = log_of('five', 5);
my $two = log_of('two', 2);
spew("$dir/reasons", "# what is known\nours.h  return -1;  never below 0\n"
		    . "ours.h\tnothing\tunused\n");

is(report('--unreached', "$dir/reasons", @trees, $five), <<'END', 'one boot');
1                                                      lines    of     %  branch  of     %
kernel.c: f                                              3     4  75.0      1     2  50.0
ours.h                                                   4     6  66.7      2     4  50.0
all                                                      7    10  70.0      3     6  50.0

Not reached:
  kernel.c:7: f: return 0;
	NO REASON
  ours.h:4: ours: return -1;
	never below 0
  ours.h:6: ours: return 99;
	NO REASON
DIR/reasons:3: no such line is left unreached

lines reached: less than 95 %
branches reached: less than 85 %
2 lines that were not reached have no reason
END

spew("$dir/reasons", "ours.h  return -1;  never below 0\nours.h  return 99;  nor 99\n");
is(report('--unreached', "$dir/reasons", '--lines', 80, '--branches', 66, @trees, $five, $two),
   <<'END', 'what two boots reach is one, and each other line has a reason');
0                                                      lines    of     %  branch  of     %
kernel.c: f                                              4     4 100.0      2     2 100.0
ours.h                                                   4     6  66.7      2     4  50.0
all                                                      8    10  80.0      4     6  66.7

Not reached:
  ours.h:4: ours: return -1;
	never below 0
  ours.h:6: ours: return 99;
	nor 99
END

spew("$dir/reasons", "ours.h  ours  all of it\n");
like(report('--unreached', "$dir/reasons", @trees, $five, $two),
     qr/return -1;\n\tall of it\n.*return 99;\n\tall of it\n/s, 'a reason for a function');

spew("$dir/reasons", "ours.h  ours\n");
like(report('--unreached', "$dir/reasons", @trees, $five),
     qr/^3 .*^coverage-report: DIR\/reasons:1: not a file, a function or text, and a reason\n\z/ms,
     'a list that can not be read');
is(report(@trees), "2 coverage-report: two trees, objects and logs are wanted; see coverage-report"
   . " --help\n", 'no log');
is(report(@trees, "$dir/none"), "3 coverage-report: DIR/none: no such file or folder\n",
   'a log that is not there');
is(report(@trees, spew("$dir/empty", "1.00 \@\@BEGIN 1 1.00\n")), "3 coverage-report: DIR/empty: no"
   . " counters of DIR/patched/objects; was it booted, and programs/gcda run?\n", 'a boot without');
is(report('--no-such', @trees), "2 coverage-report: unknown option: no-such; see coverage-report"
   . " --help\n", 'an option that is not');
my $result = run("$lab/coverage");
is("$result->{status} $result->{err}", "2 coverage: usage: coverage PROGRAM...\n", 'no programs');

done_testing();
