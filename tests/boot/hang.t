#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The lab detects hangs by the machine's own time.  A program may be silent for the allowed time;
# one that loops with interrupts off hangs an unpatched kernel.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

my $VERSION = '6.12';
my $dir = tempdir();

ok_run({ stdin => <<'END' }, 'gcc', '-static', '-o', "$dir/stuck", '-x', 'c', '-');
#include <sys/io.h>

int main(void)
{
	if (iopl(3))
		return 1;
	__asm__("cli");
	for (;;)
		;
}
END
spew("$dir/silent", "#!/bin/sh\nsleep 58\n");
chmod(0755, "$dir/silent");

my $boot = boot("$VERSION-hang", kernel($VERSION, 'pristine'), ['--program-timeout', 60],
		"$dir/silent", "$dir/stuck", "$dir/silent again");
my %result = slurp("$boot->{folder}/results.tsv") =~ /^(\w[^\t]*)\t\S+\t(\w+.*)/mg;

is($boot->{status}, 1, 'the boot does not go well');
like($result{silent}, qr/^PASS\t[^\t]*\t58\.\d\d\t$/, 'a program that is silent for 58 s');
like($result{stuck}, qr/^HANG\t.*\tno end in 80 emulated seconds$/, 'a program that is stuck');
like($result{'silent again'}, qr/^LOST\t\t\tnever began$/, 'the program after it');

done_testing();
