#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The README's commands run as they are written, and print what it says.
#
# ```sh blocks are run; ```console blocks are, too, and what follows a command is its
# output; a ```c block is the file that its first line names.  A kernel is not built
# here, which tests/boot does: of a block that begins with `make kernel` it is seen that
# make knows what it says.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Document;
use Test::More;
use Vmcsgen;

my $readme = slurp(root() . '/README.md');
my @blocks = blocks_of($readme);

#
# The two commands
#

my ($start) = grep { $_->{kind} eq 'sh' } @blocks;
is($start->{text}, "make deps all\nmake test\n", 'the first block has the two commands');
is(join('', slurp(root() . '/.ci/run') =~ /^(make .*\n)/gm), $start->{text}, 'CI runs the same');

# What is being run can't be run again; that it is the tests can be seen.
my %clean = outer_make();
like(ok_run({ dir => root(), env => \%clean }, 'make', '-n', 'test'), qr{^prove .*tests/\*\.t tests/kernel-glue$}m,
     'make test runs the tests');

#
# The copy
#

my $copy = fresh_copy();

# Whether `make deps` would find what it is to install, or has nothing to do.
sub can_install
{
	my ($packages) = ok_run({ dir => root(), env => \%clean }, 'make', '-n', 'deps') =~
		m{^\./\.ci/deps (.*)$}m or return 0;

	return $> == 0 && have('apt-get') &&
		run('apt-get', '-s', '-qq', 'install', split(' ', $packages))->{status} == 0;
}

my $deps = can_install();
is_run($copy, $deps ? 'make deps all' : 'make all');
note('make deps was left out: it needs root and apt') if !$deps;
is(bash($copy, 'make -s 2>&1')->{out}, '', 'a second make does nothing');

#
# All others, in their order
#

sub is_known
{
	my ($command) = @_;
	my $head = slurp(root() . '/Makefile') =~ s/^[^#].*//msr;
	my $result = bash($copy, "set -eu\n$command --dry-run");

	is($result->{status}, 0, $command) or diag($result->{err});
	like($result->{out}, qr{kernel-glue|tests/(?:boot|bench)}, "$command has something to do");
	like($head, qr/\b$_\b/, "$command: the Makefile explains $_") for $command =~ /\b([A-Z]+)=/g;
}

# Of what the README refers to, too.
my @more = map { blocks_of(slurp(root() . "/$_")) } 'kernel-glue/README.md', 'tests/bench/README.md';
for my $block (@blocks, @more) {
	if ($block == $start) {
		next;
	} elsif ($block->{text} =~ /\Amake (?:kernel|bench|port|audit)/) {
		is_known($_) for split(/\n/, $block->{text});
	} else {
		block_is_run($copy, $block);
	}
}

#
# What else it says
#

my ($made) = slurp(root() . '/templates/README.md') =~ /^\| in `out\/TARGET\/` .*?\n\| --- .*?\n(.*?)^$/ms;
my %patterns = map { $_ => 1 } $made =~ /^\| `([^`]+)`/gm;
my %templates = map { s/SUPPORT/REVISION/r => 1 }
	split(/\n/, ok_run({ dir => root() . '/templates/out/TARGET' }, 'find', '-type', 'f', '-printf',
			   '%P\n'));
is_deeply([sort keys %patterns], [sort keys %templates], 'every kind of file is in the table');

my ($house) = $readme =~ /^\| folder \| what \|\n\| --- .*?\n(.*?)^$/ms;
my %rooms = map { $_ => 1 } $house =~ /^\| `([\w-]+)\/`/gm;
is_deeply([sort keys %rooms],
	  [sort grep { !/^(\.|LICENSES$)/ && (() = glob(root() . "/$_/*")) } @{ $copy->{entries} }],
	  'every folder is in the table');
paths_are_there($readme);
done_testing();
