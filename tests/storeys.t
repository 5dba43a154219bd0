#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The storeys of gen/: a file has one, and includes only what is in it or below.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $gen = root() . '/gen';
my ($storeys) = slurp(root() . '/Makefile') =~ /^STOREYS\s*:= (.*)$/m or die "Makefile: no STOREYS\n";
my @storeys = split(' ', $storeys);
my %level = map { ($storeys[$_] => $_) } 0 .. $#storeys;

# The last word of a path that is a storey; main.c and core.c are above all.
sub storey { my ($path) = @_; return $path =~ m{^(\w+)/} ? $1 : 'main.c' }
$level{'main.c'} = @storeys;

my @files = map { s{^\Q$gen\E/}{}r } map { glob("$gen/$_") } '*.[chly]', '*/*.[chly]', '*/*/*';
my (@lost, @up, %used);

for my $file (@files) {
	my $storey = storey($file);

	if (!exists $level{$storey} || $file =~ tr{/}{} > 1 || $storey eq 'main.c' && $file !~ /^(?:main|core)\.c$/) {
		push @lost, $file;
		next;
	}
	for my $header (slurp("$gen/$file") =~ /^#include "(.*)"/mg) {
		$used{$header} = 1;
		push @up, "$file includes $header"
			if !exists $level{ storey($header) } || $level{ storey($header) } > $level{$storey};
	}
}
is_deeply(\@lost, [], 'every file has a storey: ' . @files . ' files');
is_deeply(\@up, [], 'no file includes one from above');
is_deeply([grep { /\.h$/ && !$used{$_} } @files], [], 'every header is included');
is_deeply([grep { !glob("$gen/$_/*") } @storeys], [], 'no storey is empty');

done_testing();
