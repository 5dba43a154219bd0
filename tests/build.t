#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The Makefile: what it builds, that it builds only what has to be, and what it
# installs.  All in a copy of what git tracks, so that nothing else is needed.
use strict;
use warnings;

use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $top = root();
my $dir = tempdir();
my $copy = "$dir/copy";

# Without git, as in an archive, all but what was built is taken for tracked.
make_path($copy);
my $list = -e "$top/.git" ? 'git ls-files -z --cached --others --exclude-standard' :
	'find . -path ./build -prune -o -type f -print0';
ok_run({ dir => $top }, 'sh', '-c', "$list | xargs -0 cp --parents -t \"\$1\"", 'sh', $copy);

# Targets of another make that this runs below are not this one's.
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL B PREFIX DESTDIR)};

# What optimization finds, the build that is tested has found.
sub make
{
	return run({ dir => $copy }, 'make', '--no-print-directory', 'CFLAGS=-O0', @_);
}

my $first = make('-j2');
is($first->{status}, 0, 'a copy of the tracked files builds') or diag($first->{err});
is($first->{err}, '', 'without a warning');
is(run({ dir => $copy }, 'diff', '-r', "$top/out", 'out')->{out}, '', 'and makes the same out/');

# The second time
is(make()->{out}, "make: Nothing to be done for 'all'.\n", 'a second make does nothing');
is(make('-q')->{status}, 0, 'and make -q says so');

sub remade
{
	my ($file) = @_;
	my $later = time + 5;

	utime($later, $later, "$copy/$file") or die "$file: $!\n";
	my $out = make()->{out};
	utime($later - 10, $later - 10, "$copy/$file");
	make('-s');
	return $out;
}

like(remade($_), qr/^build\/vmcsgen gen /m, "$_ is a reason to regenerate")
	for 'spec/evmcs.vmcs', 'spec/frozen/evmcs/linux-6.1.csv',
	    'templates/out/TARGET/LAYOUT/REVISION.h', 'templates/partials/generated';
spew("$copy/templates/out/vmcs.txt", "{{#layouts}}\n{{name}}\n{{/layouts}}\n");
utime(time + 5, time + 5, "$copy/templates/out");
make();
is(-f "$copy/out/vmcs.txt" && slurp("$copy/out/vmcs.txt"), "evmcs\nvmcs12\n", 'a new template makes its file');
spew("$copy/templates/out/TARGET/vmcs.txt", "{{#layouts}}\n{{name}}\n{{/layouts}}\n");
utime(time + 7, time + 7, "$copy/templates/out/TARGET");
make();
is(join('', map { -f "$copy/out/$_/vmcs.txt" ? slurp("$copy/out/$_/vmcs.txt") : "nothing\n" } qw(linux linux-7.3 tlfs)),
   "evmcs\nvmcs12\n" x 2 . "evmcs\n", 'one below TARGET makes a file of each target');
unlink("$copy/templates/out/TARGET/vmcs.txt", map { "$copy/out/$_/vmcs.txt" } qw(linux linux-7.3 tlfs));
utime(time - 5, time - 5, "$copy/templates/out/TARGET");
unlink("$copy/templates/out/vmcs.txt", "$copy/out/vmcs.txt");
utime(time - 5, time - 5, "$copy/templates/out");
make('-s');
like(remade('gen/emit/model.c'), qr/-c -o build\/gen\/emit\/model\.o/, 'gen/emit/model.c is compiled again');
like(remade('gen/language/spec.h'), qr/-c -o build\/gen\/language\/place\.o/, 'so is what includes spec.h');
unlike(remade('gen/emit/model.c'), qr/-c -o build\/gen\/language\/place\.o/, 'but no more');
like(remade('gen/language/parser.y'), qr/^bison .*-c -o build\/gen\/language\/lexer\.lex\.o/ms, 'the grammar is everything below it');
unlike(remade('README.md'), qr/build/, 'nothing depends on README.md');

# A file whose content stays the same keeps its time stamp.
my $before = (stat("$copy/out/vmcs.json"))[9];
utime($before - 1000, $before - 1000, "$copy/out/vmcs.json");
remade('spec/evmcs.vmcs');
is((stat("$copy/out/vmcs.json"))[9], $before - 1000, 'what does not change is not written');

# The spec is held against the one of the last commit, if there is one.
like(make('check')->{out}, qr/^git has no HEAD:spec\/vmcs\.vmcs, /m, 'make check says that there is no git');
my @git = ('git', '-c', 'user.name=test', '-c', 'user.email=test@example.org');
ok_run({ dir => $copy }, @git, $_->@*)
	for ['init', '-q'], ['add', 'spec'], ['commit', '-q', '-m', 'spec'];
is(make('check')->{status}, 0, 'make check: the spec is that of HEAD');
unlike(make('check')->{out}, qr/^git/m, 'and git has it');
my $statements = slurp("$copy/spec/frozen.vmcs");
spew("$copy/spec/frozen.vmcs", $statements =~ s{^frozen evmcs/linux-6\.1\n}{}mr);
like(make('check')->{err}, qr/is frozen in HEAD, but not any more \[-Wfrozen-lost\]$/m,
     'make check: a revision is not frozen any more');
spew("$copy/spec/frozen.vmcs", $statements);

# Installation
my $to = "$dir/to";
is(make('install', "DESTDIR=$to", 'PREFIX=/usr')->{status}, 0, 'installs');
my @files = qw(bin/vmcsgen share/man/man1/vmcsgen.1 share/man/man5/vmcsgen-spec.5
	       share/bash-completion/completions/vmcsgen share/vmcsgen/spec/vmcs.vmcs
	       share/vmcsgen/spec/frozen/vmcs12/linux-6.1.csv
	       share/vmcsgen/templates/out/TARGET/vmcs_types.h);
is_deeply([grep { !-f "$to/usr/$_" } @files], [], 'every file is there');
ok(-x "$to/usr/bin/vmcsgen", 'the program can be run');
is_deeply([grep { (stat("$to/usr/$_"))[2] & 022 } @files], [], 'and only the owner can change them');

my $prefix = "$dir/prefix";
is(make('install', "PREFIX=$prefix")->{status}, 0, 'installs under another prefix');
my $elsewhere = tempdir();
my $listed = run({ dir => "$elsewhere" }, "$prefix/bin/vmcsgen", 'list');
is($listed->{status}, 0, 'the installed program finds its spec and templates') or diag($listed->{err});
like($listed->{out}, qr{^vmcs12/linux-6\.1$}m, 'and lists what is in it');

# Dependencies, with names that make has to be told about
my $odd = "$dir/odd";
make_path($odd);
for my $name ('plain', 'with blank', 'with#hash', 'with$dollar') {
	spew("$odd/$name.vmcs", slurp("$top/spec/vmcs.vmcs") =~ s{include "}{include "$top/spec/}gr);
	ok_run({ dir => $odd }, vmcsgen(), 'gen', '-s', "$name.vmcs", '-t', "$top/templates", '-o', 'out',
	       '-MD', '-MP', '-MF', 'deps', '-MT', 'target');
	my $rules = slurp("$odd/deps") . "\n\ntarget:\n\t\@echo made\n";
	spew("$odd/Makefile", $rules);
	run({ dir => $odd }, 'touch', 'target');
	is(run({ dir => $odd }, 'make', 'target')->{out}, "make: 'target' is up to date.\n",
	   "$name: the target depends on files that are there");
	my $later = time + 5;
	utime($later, $later, "$odd/$name.vmcs");
	is(run({ dir => $odd }, 'make', 'target')->{out}, "made\n", "$name: and on this one");
	rename("$odd/$name.vmcs", "$odd/gone") or die $!;
	is(run({ dir => $odd }, 'make', 'target')->{out}, "made\n", "$name: which may go away, with -MP");
}

# Another compiler, another folder
my $clang = make('-j2', 'CC=clang', 'B=build/clang', 'build/clang/vmcsgen');
is($clang->{status}, 0, 'builds with clang') or diag($clang->{err});
is($clang->{err}, '', 'without a warning');
is(run({ dir => $copy }, 'build/clang/vmcsgen', 'check')->{status}, 0, 'and works');

# Without what reads compiled structs
my $bare = make('LIBBPF=0', 'build/vmcsgen');
is($bare->{status}, 0, 'builds without libbpf') or diag($bare->{err});
unlike($bare->{out}, qr/-c -o build\/gen\/language\//, 'of the same objects');
unlike(run({ dir => $copy }, 'ldd', 'build/vmcsgen')->{out}, qr/libbpf|libelf/, 'and does not want it');
is(run({ dir => $copy }, 'build/vmcsgen', 'gen', '-o', 'build/bare')->{status}, 0, 'it generates');
is(run({ dir => $copy }, 'diff', '-r', 'out', 'build/bare')->{out}, '', 'the same');
is(run({ dir => $copy }, 'build/vmcsgen', 'verify', 'vmcs12/linux-6.1', 'out/linux/vmcs12/linux.h')->{err},
   "vmcsgen: error: struct vmcs12 of 'out/linux/vmcs12/linux.h' can't be read: vmcsgen was built without libbpf\n",
   'and says what it lacks');

make('clean');
ok(!-e "$copy/build", 'clean removes what was built');
ok(-f "$copy/out/vmcs.json", 'and keeps out/');

done_testing;
