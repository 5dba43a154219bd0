#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# kernel-glue/lib/Source.pm: C as text.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../../kernel-glue/lib";
use Source qw(uncommented items normal fingerprints);
use Test::More;

# Without comments, on the lines that it had.
is(uncommented("a /* b\nc */ d // e\nf"), "a \n d \nf", 'comments go, and lines stay');
is(uncommented(qq(s = "/* no */" "//";\nc = '"'; /* x */)), qq(s = "/* no */" "//";\nc = '"'; ),
   'a string is not a comment');

# What a file defines.
my $FILE = <<'END';
// SPDX
#include "a.h"
#define MACRO(x) \
	((x) + 1)
typedef u64 natural;
struct __packed image {
	u32 id;
	struct { int inner; } part;
};
enum kind { ONE, TWO = 2, };
extern const u16 offsets[];
static const u16 table[ROWS(1)] __initconst = {
	[0] = 1,
};
unsigned int count __ro_after_init;
void __init prototype(struct image *image);
static __always_inline int function(struct image *image,
				    int (*call)(int))
{
	if (image) {
#ifdef CONFIG_A
		return '}';
	} else {
#endif
		return 1;
	}
}
static int after(void) { return 0; }
END
is(join("\n", map { "$_->{line} $_->{kind} $_->{name}" } items($FILE)), <<'END' =~ s/\n$//r, 'items');
2 directive 
3 macro MACRO
5 typedef natural
6 struct image
10 enum kind
11 declaration offsets
12 variable table
15 variable count
16 declaration prototype
17 function function
28 function after
END
is(join('', map { $_->{text} } grep { $_->{name} eq 'MACRO' } items($FILE)),
   "#define MACRO(x) \\\n\t((x) + 1)", 'the text of one');

# However it is laid out, it is the same; and a different token is another.
my @alike = ("int f(int a)\n{\n\treturn a+1; /* why */\n}\n", "int f(int a) {\n  return\ta + 1;\n}",
	     "int f(int a)\n{\n\treturn a + \\\n\t\t1; // no\n}\n");
my @others = ("int f(int a)\n{\n\treturn a + 2;\n}\n", "int f(int b)\n{\n\treturn a + 1;\n}\n",
	      "int f(int a)\n{\n#define X 1\n\treturn a + 1;\n}\n", "int f(int a)\n{\n\treturn a ++1;\n}\n",
	      "int f(int a)\n{\n#include \"x\"\n\treturn a + 1;\n}\n");
my ($one, @rest) = fingerprints(@alike);
is_deeply(\@rest, [$one, $one], 'one function in three layouts');
like($one, qr/^[0-9a-f]{20}$/, 'what stands for it');
my %seen = map { $_ => 1 } $one, fingerprints(@others);
is(keys %seen, 1 + @others, 'another token, or a directive, is another function');
is_deeply([normal("#define  A(x)  case x: /* c */\n", "a  b\n")], ["\n#define A(x) case x:\n", 'a b '],
	  'directives have lines of their own');

done_testing();
