#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Small specs, each with one thing that is easily got wrong, through all that the program
# makes of them: what is converted, and what compiled programs do.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $specs = "$FindBin::Bin/specs/small";
my $dir = tempdir();

# What a spec makes, in a folder of its own.
sub generated
{
	my ($name) = @_;

	ok_run({ dir => root() }, vmcsgen(), 'gen', '-s', "$specs/$name.vmcs", '-o', "$dir/$name");
	return "$dir/$name";
}

# What a program says that is compiled against what the spec makes.
sub said
{
	my ($name, $program) = @_;
	my $out = generated($name);
	my $result = compile(output => "$dir/program", source => $program,
			     flags => ['-O2', '-Wall', '-Wextra', '-Werror', "-I$out"]);

	return $result->{err} if $result->{status} != 0;
	return run("$dir/program")->{out};
}

# An image of these numbers, by their offsets: "V" 32 bits and "Q" 64.
sub page
{
	my (@numbers) = @_;
	my $page = "\0" x 4096;

	while (my ($offset, $form, $number) = splice(@numbers, 0, 3)) {
		my $bytes = pack("$form<", $number);

		substr($page, $offset, length($bytes)) = $bytes;
	}
	return $page;
}

# What becomes of an image; the message, if it is refused.
sub converted
{
	my ($name, $to, $page) = @_;
	my $result = run({ stdin => $page }, vmcsgen(), 'convert', $to, '-s', "$specs/$name.vmcs");

	return $result->{status} ? $result->{err} : $result->{out};
}

#
# A member has one partner at most
#

is(converted('first-word', 'v/b', page(0, 'L', 1)), page(0, 'L', 2),
   'the first words belong together, whatever their names');
is(converted('first-word', 'v/b', page(0, 'L', 1, 4, 'L', 7)),
   "vmcsgen: error: standard input, page 1, byte 4: v/b has no y, which is 0x7\n",
   'what has the name of a first word is nobody\'s');
is(converted('two-claim-one', 'v/b', page(0, 'L', 1, 16, 'Q', 5)), page(0, 'L', 2, 8, 'Q', 5),
   'a field goes by its encoding, not by its name');
is(converted('two-claim-one', 'v/b', page(0, 'L', 1, 8, 'Q', 6, 16, 'Q', 5)),
   "vmcsgen: error: standard input, page 1, byte 8: v/b has no guest_rip, which is 0x6\n",
   'what has only its name is refused');
is(converted('two-claim-one', 'v/a', page(0, 'L', 2, 8, 'Q', 5)), page(0, 'L', 1, 16, 'Q', 5),
   'and back');
is(said('two-claim-one', <<'END'), "loaded 5\nguest_rip is lost\nstored 0 9\n", 'translations');
#include <stdio.h>
#include "v/a.h"
#include "v/b.h"
#define VMCS_REVISION a
#define VMCS_CANONICAL b
#include "v/accessors.h"

int main(void)
{
	struct v_a image = { .rip = 5 };
	struct v_b memory = { 0 };

	if (!v_a_load(&memory, &image))
		printf("loaded %d\n", (int)memory.guest_rip);
	image.guest_rip = 6;
	printf("%s is lost\n", v_a_load(&memory, &image)->name);
	image.guest_rip = 0;
	memory.guest_rip = 9;
	if (!v_a_store(&image, &memory))
		printf("stored %d %d\n", (int)image.guest_rip, (int)image.rip);
	return 0;
}
END

#
# A write to a member of every group makes all groups dirty, the frequent ones, too
#

is(said('any-group', <<'END'), "often: 1 2\nseldom: 1 0\nnone: 0 0\nall: 1 2\n", 'the group any');
#include <stdio.h>
#include "e/one.h"
#include "v/one.h"
#include "e/one-copies.h"

static void copy(const char *dirty, unsigned int clean)
{
	struct e_one e = { .tsc_offset = 1, .guest_rip = 2 };
	struct v_one v = { 0 };

	e_one_to_v_one(&v, &e, clean);
	printf("%s: %d %d\n", dirty, (int)v.tsc_offset, (int)v.guest_rip);
}

int main(void)
{
	copy("often", 0xfffe);
	copy("seldom", 0xfffd);
	copy("none", 0xffff);
	copy("all", 0);
	return 0;
}
END

done_testing;
