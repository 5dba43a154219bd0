#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The README's commands run as they are written, and print what it says.  They do so
# in a copy of the tree, in its own repository, as after a clone.
#
# ```sh blocks are run; ```console blocks are, too, and what follows a command is its
# output; a ```c block is the file that its first line names.  A kernel is not built
# here, which tests/boot does: of a block that begins with `make kernel` it is seen that
# make knows what it says.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $readme = slurp(root() . '/README.md');
my @blocks;

while ($readme =~ /^( *)```(\w+)\n(.*?)^\1```$/gms) {
	my ($indent, $kind, $text) = ($1, $2, $3);

	push @blocks, { kind => $kind, text => $text =~ s/^$indent//gmr };
}
is_deeply([grep { $_->{kind} !~ /^(sh|console|c)$/ } @blocks], [], 'every block is of a known kind');
is(() = $readme =~ /^ *```/gm, 2 * @blocks, 'every block was found');

#
# The two commands
#

my ($start) = grep { $_->{kind} eq 'sh' } @blocks;
is($start->{text}, "make deps all\nmake test\n", 'the first block has the two commands');
is(join('', slurp(root() . '/.ci/run') =~ /^(make .*\n)/gm), $start->{text}, 'CI runs the same');

# What is being run can't be run again; that it is the tests can be seen.
my %clean = map { $_ => undef } qw(B MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL);
like(ok_run({ dir => root(), env => \%clean }, 'make', '-n', 'test'), qr{^prove .*tests/\*\.t tests/kernel-glue$}m,
     'make test runs the tests');

#
# The copy
#

my $top = tempdir();
my $copy = "$top/vmcsgen";
my %env = (%clean, HOME => "$top", BASH_ENV => undef, NO_COLOR => undef,
	   map({ ("GIT_$_" => undef) } qw(DIR WORK_TREE INDEX_FILE)), GIT_PAGER => 'cat',
	   map({ ("GIT_${_}_NAME" => 'test', "GIT_${_}_EMAIL" => 'test@example.org') }
	       qw(AUTHOR COMMITTER)));

sub bash
{
	my ($script) = @_;

	return run({ dir => $copy, env => \%env }, 'bash', '-c', $script);
}

mkdir($copy) or die "$copy: $!\n";
opendir(my $root, root()) or die root() . ": $!\n";
my @entries = grep { !/^(\.\.?|\.git|build)$/ } readdir($root);
ok_run('cp', '-a', map({ root() . "/$_" } @entries), $copy);
for my $command ('git init -q', 'git add .', 'git commit -qm copy') {
	my $result = bash($command);

	die "$command: $result->{err}" if $result->{status} != 0;
}

# Whether `make deps` would find what it is to install, or has nothing to do.
sub can_install
{
	my ($packages) = ok_run({ dir => root(), env => \%clean }, 'make', '-n', 'deps') =~
		m{^\./\.ci/deps (.*)$}m or return 0;

	return $> == 0 && have('apt-get') &&
		run('apt-get', '-s', '-qq', 'install', split(' ', $packages))->{status} == 0;
}

sub is_run
{
	my ($command) = @_;
	my $result = bash("set -euo pipefail\n$command");
	my ($title) = $command =~ /\A(.*)/;

	is($result->{status}, 0, $title) or diag($result->{out}, $result->{err});
}

my $deps = can_install();
is_run($deps ? 'make deps all' : 'make all');
note('make deps was left out: it needs root and apt') if !$deps;
is(bash('make -s 2>&1')->{out}, '', 'a second make does nothing');

#
# All others, in their order
#

sub is_known
{
	my ($command) = @_;
	my $head = slurp(root() . '/Makefile') =~ s/^[^#].*//msr;
	my $result = bash("set -eu\n$command --dry-run");

	is($result->{status}, 0, $command) or diag($result->{err});
	like($result->{out}, qr{kernel-glue|tests/(?:boot|bench)}, "$command has something to do");
	like($head, qr/\b$_\b/, "$command: the Makefile tells of $_") for $command =~ /\b(\w+)=/g;
}

for my $block (@blocks) {
	if ($block == $start) {
		next;
	} elsif ($block->{text} =~ /\Amake (?:kernel|bench)/) {
		is_known($_) for split(/\n/, $block->{text});
	} elsif ($block->{kind} eq 'c') {
		my ($name) = $block->{text} =~ m{\A/\* (\S+) \*/\n};

		ok($name, 'a program has a name');
		spew("$copy/$name", $block->{text});
	} elsif ($block->{kind} eq 'sh') {
		is_run($block->{text});
	} else {
		# A command goes on in the next line behind a backslash.
		for my $step (grep { $_ ne '' } split(/^\$ /m, $block->{text})) {
			my ($command, $output) = $step =~ /\A((?:[^\n]*\\\n)*[^\n]*\n)(.*)\z/s;
			my ($title) = $command =~ /\A([^\\\n]*)/;

			is(bash("exec 2>&1\n$command")->{out}, $output, $title);
		}
	}
}

#
# What else it says
#

my ($made) = $readme =~ /^\| in `out\/TARGET\/` .*?\n\| --- .*?\n(.*?)^$/ms;
my %patterns = map { $_ => 1 } $made =~ /^\| `([^`]+)`/gm;
my %templates = map { s/SUPPORT/REVISION/r => 1 }
	split(/\n/, ok_run({ dir => root() . '/templates/out/TARGET' }, 'find', '-type', 'f', '-printf',
			   '%P\n'));
is_deeply([sort keys %patterns], [sort keys %templates], 'every kind of file is in the table');

my ($house) = $readme =~ /^\| folder \| what \|\n\| --- .*?\n(.*?)^$/ms;
my %rooms = map { $_ => 1 } $house =~ /^\| `([\w-]+)\/`/gm;
is_deeply([sort keys %rooms],
	  [sort grep { !/^(\.|LICENSES$)/ && (() = glob(root() . "/$_/*")) } @entries],
	  'every folder is in the table');
for my $path ($readme =~ /`((?:gen|spec|templates|tests)\/[^`\s]*)`/g) {
	my @found = glob(root() . "/$path");

	ok(@found && -e $found[0], "$path is there");
}
is_deeply([grep { length > 80 && !/\[-W/ } split(/\n/, $readme)], [],
	  'its lines have no more than 80 columns');

done_testing();
