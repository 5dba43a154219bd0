#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A name means one thing: a reader's tags file has one answer for each struct, union,
# enumerator, typedef and function of gen/, static ones too.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

# To ctags .h is C++, .l and .y are languages of their own.
my @WHAT = ('--languages=C', '--langmap=C:.c.h.l.y', '--kinds-C=gestuf', '-x');

# The names that ctags finds more than once in a folder, each with its places.
sub doubled
{
	my ($dir) = @_;
	my %places;

	for (split(/\n/, ok_run({ dir => $dir }, 'ctags', '-R', @WHAT, '.'))) {
		my ($name, $kind, $line, $file) = /^(\S+)\s+(\w+)\s+(\d+)\s+(\S+)/ or die "ctags: $_\n";

		push @{ $places{$name} }, $file =~ s{^\./}{}r . ":$line ($kind)";
	}
	return map { "$_: " . join(', ', sort @{ $places{$_} }) . "\n" }
		grep { @{ $places{$_} } > 1 } sort keys %places;
}

SKIP: {
	skip('there is no ctags (universal-ctags)', 2) if !have('ctags');
	# There are two programs.
	is(join('', grep { !/^main: / } doubled(root() . '/gen')), '', 'every name of gen/ means one thing');

	# Faults are seen, of each kind and across kinds; a prototype or a forward declaration is none.
	my $dir = tempdir();

	spew("$dir/a.c", <<'END');
struct both { int a; };
union either { int a; };
enum { ONE };
typedef int number;
struct declared;
static int declared(void);
static int declared(void) { return ONE; }
static int twice(void) { return 1; }
END
	spew("$dir/b/b.h", <<'END');
enum both { A };
struct either { int a; };
enum { ONE };
typedef long number;
static inline int twice(void) { return 1; }
int declared(void);
END
	is(join('', doubled("$dir")), <<'END', 'names that mean two things are seen');
ONE: a.c:3 (enumerator), b/b.h:3 (enumerator)
both: a.c:1 (struct), b/b.h:1 (enum)
either: a.c:2 (union), b/b.h:2 (struct)
number: a.c:4 (typedef), b/b.h:4 (typedef)
twice: a.c:8 (function), b/b.h:5 (function)
END
}

done_testing();
