#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The core of gen/, which a kernel tree takes along: it is small, needs libc and nothing
# else, has no function without a caller, and makes the same out/ as the whole program.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $top = root();
my $dir = tempdir();
my $core = "$dir/build/core/vmcsgen";

delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL B)};
my $made = run({ dir => $top }, 'make', '-s', 'core', "B=$dir/build");
is($made->{status}, 0, 'it builds, every function in it is called, and it has not too many lines')
	or diag($made->{out}, $made->{err});
like($made->{out}, qr/^the core has \d+ lines$/m, 'how many it has');

my @needed = ok_run('readelf', '-d', $core) =~ /\(NEEDED\).*\[(.*)\]/g;
is_deeply(\@needed, ['libc.so.6'], 'it needs libc and nothing else');
my @included = map { split(' ', slurp($_) =~ tr/\\\n/  /r) } glob("$dir/build/core/gen/{*/,}*.d");
ok((grep { $_ eq 'gen/base/text.h' } @included), 'what it includes is known');
is_deeply([grep { m{^gen/(?:import|image)/} } @included], [],
	  'nothing in it includes a header of another storey');

ok_run({ dir => $top }, $core, 'check', '-s', 'spec/vmcs.vmcs');
ok_run({ dir => $top }, $core, 'gen', '-s', 'spec/vmcs.vmcs', '-o', "$dir/out");
is(run('diff', '-r', "$top/out", "$dir/out")->{out}, '', 'gen makes the same out/');
is(run({ dir => $top }, $core, 'list')->{status}, 2, 'it has no other verbs');

# A function that nothing calls is noticed.
my @copied = qw(Makefile gen spec templates);
ok_run({ dir => $top }, 'cp', '-a', @copied, "$dir");
spew("$dir/gen/base/idle.c", "int idle_function(void);\n\nint idle_function(void)\n{\n\treturn 0;\n}\n");
my $idle = run({ dir => "$dir" }, 'make', '-s', 'core', 'B=build');
isnt($idle->{status}, 0, 'a function that nothing calls is a fault');
like($idle->{out}, qr/^nothing calls idle_function$/m, 'which is named');

done_testing();
