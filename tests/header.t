#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# vmcsgen import --c: what is read of C headers, where members lie, and what is said
# of what is not understood.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $dir = tempdir();

spew("$dir/spec.vmcs", <<'END');
fields {
	0x0000  vpid
	0x2004  msr_bitmap
	0x6828  guest_s_cet  linux guest_ia32_s_cet
	0x681e  guest_rip
}
word hdr_word u32 {
	number 31
	top 1
}
layout a {
	struct  a
	size    256
	align   packed
}
revision a/one {
	source "a test"
	id     7
	u32 first
	pad u32[3] padding
	msr_bitmap
	guest_ia32_s_cet
	u32 control
	u16 last
}
revision a/other {
	source "a test"
	id     8
	hdr_word hdr
}
END

my $base = <<'END';
struct a {
	u32 first;
	u32 padding[3];
	u64 msr_bitmap;
	u64 guest_ia32_s_cet;
	u32 control;
	u16 last;
} __packed;
END

# Import a header from the base; further arguments are options.
sub import
{
	my ($text, @options) = @_;

	spew("$dir/a.h", $text);
	return run({ dir => "$dir", env => { NO_COLOR => 1 } }, vmcsgen(), 'import', '-s',
		   'spec.vmcs', '-t', root() . '/templates', '--c=a.h', '--name=a/two',
		   '--from=a/one', @options);
}

# The edits that a header makes, and the notes on standard error.
sub makes
{
	my ($title, $text, $edits, $notes) = @_;
	my $result = import($text);
	my ($body) = $result->{out} =~
		/\Arevision a\/two from one \{\n\tsource  "a\.h, struct a"\n(.*)\}\n\z/s;

	is($body, $edits, "$title: the edits") or diag($result->{out} . $result->{err});
	is($result->{err}, $notes // '', "$title: the notes");
	is($result->{status}, 0, "$title: exit status");
}

sub fails
{
	my ($title, $text, $messages) = @_;
	my $result = import($text);

	is($result->{err}, $messages, "$title: what it says");
	is($result->{out}, '', "$title: nothing on standard output");
	is($result->{status}, 3, "$title: exit status");
}

#
# What declares the base
#

makes('the base itself', $base, '');
for my $case (
	['packed behind struct', sub { s/struct a/struct __packed a/; s/ __packed;/;/ }],
	['packed in front of the brace', sub { s/struct a/struct a __packed/; s/ __packed;/;/ }],
	['an attribute', sub { s/__packed/__attribute__((packed))/ }],
	['an attribute behind struct',
	 sub { s/struct a/struct __attribute__((__packed__)) a/; s/ __packed;/;/ }],
	['comments', sub { s{\n}{ /* u64 no;\n */ // u64 no;\n}g }],
	['a line that goes on', sub { s/u32 first/u32 \\\n first/ }],
	['carriage returns', sub { s/\n/\r\n/g }],
	['no newline at the end', sub { s/\n\z// }],
	['types of userspace', sub { s/u32/uint32_t/; s/u64/__u64/; s/u16/__le16/ }],
	['types of C', sub { s/u32/unsigned int/; s/u64/unsigned long long/; s/u16/short/ }],
	['qualifiers', sub { s/u32/const volatile u32/ }],
	['a typedef', sub { s/u64/nat/; s/^/typedef u64 nat;\n/ }],
	['a typedef of a typedef', sub { s/u64/n2/; s/^/typedef u64 n1;\ntypedef n1 n2;\n/ }],
	['a number with a name', sub { s/\[3/[COUNT/; s/^/#define COUNT 3\n/ }],
	['the same number twice', sub { s/\[3/[N/; s/^/#define N 3u\n#define N 3u\n/ }],
	['a hexadecimal number', sub { s/\[3/[0x3UL/ }],
	['a define within', sub { s/\n\tu64/\n#define FLAG\t1 \\\n\t+ 1\n\tu64/ }],
	['several declarators', sub { s/u64 msr_bitmap;\n\tu64/u64 msr_bitmap,/ }],
	['a struct without a name', sub { s/(u64 msr.*?cet;)/struct {\n$1\n\t} __packed;/s }],
	['a named one of those', sub { s/(u64 msr.*?cet;)/struct inner {\n$1\n\t};/s }],
	['a union without a name',
	 sub { s/(u64 msr.*?cet;)/union {\n\tu64 raw[2];\n\tstruct {\n$1\n\t};\n\t};/s }],
	['another name of the field', sub { s/guest_ia32_s_cet/guest_s_cet/ }],
	['pads cut otherwise', sub { s/u32 padding\[3\]/u32 reserved; u64 padding64/ }],
	['other structs around', sub { s/^/struct b { void *p; char c; } *x;\n/;
				       s/\z/struct a x = { .first = 1 };\nint f(struct a *a)\n{\n}\n/ }],
	['include guards', sub { s/^/#ifndef A_H\n#define A_H\n# include <x.h>\n#\n/; s/\z/#endif\n/ }],
	['strings with braces', sub { s/^/char s[] = "struct a { \\" }", c = '{';\n/ }],
	['packed once more', sub { s/u16 last/u16 last __packed/ }],
) {
	my ($title, $change) = @$case;
	local $_ = $base;

	$change->();
	isnt($_, $base, "$title: something else is read");
	if ($title eq 'pads cut otherwise') {
		makes($title, $_, "\tat  4  pad u32 reserved\n\tat  8  pad u64 padding64\n");
		next;
	}
	makes($title, $_, '');
}

#
# What differs
#

makes('a natural struct', $base =~ s/ __packed//r, "\talign   natural\n");
makes('a natural struct in holes', <<'END', "\talign   natural\n\tat  8  guest_rip\n");
struct a {
	u32 first;
	u64 guest_rip;
	u64 msr_bitmap;
	u64 guest_ia32_s_cet;
	u32 control;
	u16 last;
};
END
makes('new members', $base =~ s/(u32 padding\[3\];)/u16 vpid; u16 more; u64 guest_rip;/r =~
	s/(u16 last;)/$1 u8 end[2];/r, <<'END');
	at  4  vpid
	at  6  u16 more
	at  8  guest_rip
	append u8 end[2]
END
makes('a word of the spec', $base =~ s/u32 first/struct hdr_word first/r,
      "\tover first hdr_word first\n");
makes('its bits alone', $base =~ s/u32 first/struct { u32 number:31, top:1; } __packed first/r,
      "\tover first hdr_word first\n");
makes('in a struct of the file',
      "struct any { u32 number : 31; u32 top : 1; };\n" . $base =~ s/u32 first/struct any first/r,
      "\tover first hdr_word first\n");
makes('in a union', $base =~
	s/u32 first/union { u32 as_u32; struct { u32 number:31; u32 top:1; }; } first/r,
      "\tover first hdr_word first\n");
makes('and with another name', $base =~ s/u32 first/struct hdr_word hdr/r, <<'END', <<'NOTES');
	over first hdr_word hdr
END
a.h:1:8: note: 'first' of 'a/one' is not in the struct
    1 | struct a {
      |        ^
NOTES
makes('a member less', $base =~ s/u64 msr_bitmap/u64 dead_space/r, <<'END', <<'NOTES');
	retire msr_bitmap as dead_space
END
a.h:1:8: note: 'msr_bitmap' of 'a/one' is not in the struct
    1 | struct a {
      |        ^
NOTES
makes('members moved', $base =~ s/\tu32 control/\tu64 guest_rip;\n\tu32 control/r, <<'END', <<'NOTES');
	move control .. last by 8
	at  32  guest_rip
END
a.h:7:6: note: 'control' is at byte 40 here, and at 32 in 'a/one'
    7 | 	u32 control;
      | 	    ^~~~~~~
a.h:8:6: note: 'last' is at byte 44 here, and at 36 in 'a/one'
    8 | 	u16 last;
      | 	    ^~~~
NOTES

#
# What is not understood
#

# A message at the first place where @span stands in the line @number of @text.
sub message
{
	my ($text, $number, $span, $message, $kind) = @_;
	my $line = (split(/\n/, $text))[$number - 1] // '';
	my $before = $span eq '' ? $line : substr($line, 0, index($line, $span));
	my $caret = '^' . '~' x (length($span) > 1 ? length($span) - 1 : 0);

	return "a.h:$number:" . (length($before) + 1) . ': ' . ($kind // 'error') . ": $message\n" .
		sprintf("%5d |%s\n", $number, $line eq '' ? '' : " $line") . '      | ' . $before =~ s/[^\t]/ /gr . "$caret\n";
}

for my $case (
	['a conditional', 'u32 control;', "u32 control;\n#ifdef X", 7, '#ifdef',
	 "which lines '#ifdef' leaves in the struct is not known"],
	['an unknown type', 'u32 control', 'widget control', 6, 'widget',
	 "the type 'widget' is not known in this file"],
	['an unknown struct', 'u32 control', 'struct widget control', 6, 'widget',
	 "'widget' is defined neither in this file nor as a word of the spec"],
	['a pointer', 'u32 control', 'u32 *control', 6, '*', 'a pointer has no place in a layout'],
	['another attribute', 'control;', 'control __attribute__((aligned(8)));', 6, 'aligned',
	 "the attribute 'aligned' is not understood; 'packed' is"],
	['a macro behind the struct', '__packed;', '__packed __aligned(8);', 8, '__aligned',
	 "'__aligned' is not understood here"],
	['a macro', 'control;', 'control __aligned(8);', 6, '__aligned',
	 "'__aligned' is not understood here"],
	['no name', 'u32 control', 'u32', 6, ';', "';' is not understood here"],
	['a semicolon that is missing', 'control;', 'control', 7, 'u16',
	 "'u16' is not understood here"],
	['a length that is no number', '[3]', '[COUNT]', 3, 'COUNT',
	 "'COUNT' is neither a number nor defined as one, and only one, in this file"],
	['an octal length', '[3]', '[03]', 3, '03',
	 "'03' is neither a number nor defined as one, and only one, in this file"],
	['a length with an operator', '[3]', '[1 + 2]', 3, '+', "'+' is not understood here"],
	['no length', '[3]', '[]', 3, ']', "']' is not understood here"],
	['an empty array', '[3]', '[0]', 3, '0', 'an array has at least one element'],
	['an array of arrays', '[3]', '[3][1]', 3, '[1', "'[' is not understood here"],
	['an array of structs', 'u32 padding[3]', 'struct hdr_word padding[3]', 3, '3',
	 'an array of structs is not understood'],
	['a bit field of its own', 'u32 control', 'u32 control:32', 2, 'first',
	 'bit fields stand in a struct of their own, and have one type'],
	['too many bits', 'u32 control', 'struct { u32 x:33; } control', 6, '33',
	 'a bit field of this type has no 33 bits'],
	['too few bits', 'u32 control', 'struct { u32 x:30; } control', 6, 'struct',
	 'the bit fields have 30 bits, not the 32 of their type'],
	['bits of two types', 'u32 control', 'struct { u32 x:16; u16 y:16; } control', 6, 'y',
	 'bit fields stand in a struct of their own, and have one type'],
	['bits without a name', 'u32 control', 'struct { u32 x:16; u32 y:16; }', 6, 'struct',
	 'bit fields without a name of their own are not understood'],
	['a struct with a name', 'u32 control', 'struct { u16 x, y; } control', 6, 'control',
	 "'control' is a struct that holds more than bit fields"],
	['a union without a struct', 'u32 control', 'union { u32 x; u16 y; } control', 6, 'union',
	 'what the union holds is not known: one of its members, and only one, has to be a struct'],
	['a struct that is too large', '[3]', '[60]', 7, 'last', undef],
	['a member twice', 'u16 last', 'u32 first', 7, 'first', "'first' is a member already"],
	['a member in another case', 'u16 last', 'u16 Last', 7, 'Last',
	 "'Last' differs from 'last' only in case"],
	['a field in another case', 'u16 last', 'u64 Guest_RIP', 7, 'Guest_RIP',
	 "'Guest_RIP' differs from 'guest_rip' only in case"],
	['a field of another width', 'u16 last', 'u32 guest_rip', 7, 'guest_rip',
	 "'guest_rip' has 4 bytes here, and 8 by its encoding 0x681e"],
	['a member of another size', 'u16 last', 'u8 last', 7, 'last',
	 "'last' has 1 bytes here, and 2 in 'a/one'"],
	['bits that no word has', 'u32 control', 'struct { u32 x:16; u32 y:16; } control', 6,
	 'control', "the spec has no word with the bit fields of 'control'"],
) {
	my ($title, $from, $to, $number, $span, $message) = @$case;
	my $text = $base =~ s/\Q$from\E/$to/r;
	my $messages;

	next if !defined $message;
	$messages = message($text, $number, $span, $message);
	$messages =~ s/~+$// if $span eq '[1';
	$messages .= message($text, 2, 'first', 'it is declared here', 'note')
		if $title eq 'a member twice';
	fails($title, $text, $messages);
}

{
	my $text = "struct a {\n\tu8 x[257];\n};\n";
	fails('a struct that is too large', $text,
	      message($text, 2, 'x', 'the struct is larger than the 256 bytes of the layout'));
	$text = "struct a {\n\tu8 x[99999999999999999999];\n};\n";
	fails('and by far', $text,
	      message($text, 2, 'x', 'the struct is larger than the 256 bytes of the layout'));
	$text = "#pragma pack(1)\n$base";
	fails('#pragma pack', $text, message($text, 1, '#pragma',
	      "'#pragma pack' is not understood; '__packed' at the struct is"));
	$text = "#ifdef X\nstruct a { u32 x; };\n#else\nstruct a { u64 x; };\n#endif\n";
	fails('a struct twice', $text,
	      message($text, 4, 'a {' =~ s/ .*//r, "'a' is defined twice, and which one holds is not known")
		=~ s/^(.*)$/$1/r .
	      message($text, 2, 'a', 'it is defined here, too', 'note'));
	$text = "typedef u32 n;\ntypedef u64 n;\n" . $base =~ s/u32 first/n first/r;
	fails('a typedef twice', $text,
	      message($text, 2, 'n', "'n' is defined twice, and which one holds is not known") .
	      message($text, 1, 'n', 'it is defined here, too', 'note'));
	$text = "typedef u32 *n;\n" . $base =~ s/u32 first/n first/r;
	fails('a typedef of a pointer', $text, message($text, 1, '*n', "'*' is not understood here")
		=~ s/~$//r);
	$text = "#define N 3\n#define N 4\n" . $base =~ s/\[3/[N/r;
	fails('a number twice', $text, message($text, 5, 'N',
	      "'N' is neither a number nor defined as one, and only one, in this file"));
	$text = "typedef n n;\n" . $base =~ s/u32 first/n first/r;
	fails('a typedef of itself', $text,
	      message($text, 1, 'n', 'types are nested more than 8 deep here') =~
		s/^a\.h:1:\d+(.*\n.*\n.*)\n/a.h:1:9$1\n/r =~ s/\|  *\^/|         ^/r);
	$text = "struct a {\n\tu32 first;\n";
	fails('no end', $text, message($text, 3, '', "the file ends inside 'struct a'") );
	fails('no struct', "struct b { u32 x; };\nstruct a;\n",
	      "vmcsgen: error: 'a.h' does not define 'struct a'\n");
	fails('nothing', '', "vmcsgen: error: 'a.h' does not define 'struct a'\n");
	$text = $base =~ s/u16 last;/u32 first_again; u64 guest_s_cet;/r;
	fails('a field twice', $text,
	      message($text, 7, 'guest_s_cet', "'guest_s_cet' is the member 'guest_ia32_s_cet' again") .
	      message($text, 5, 'guest_ia32_s_cet', 'it is declared here already', 'note'));
	$text = $base =~ s/u32 control/bad control/r =~ s/u16 last/worse last/r;
	fails('two faults', $text,
	      message($text, 6, 'bad', "the type 'bad' is not known in this file") .
	      message($text, 7, 'worse', "the type 'worse' is not known in this file"));
}

#
# The options
#

for my $case (
	[[], 2, 'import needs --tlfs PAGE or --c FILE'],
	[['--c=a.h'], 2, 'import needs --name LAYOUT/NAME'],
	[['--c=a.h', '--name=a/two'], 2, 'import needs --from LAYOUT/BASE'],
	[['--c=a.h', '--name=b/two', '--from=a/one'], 3,
	 "'b/two' is no name for a revision of 'a': say 'a/NAME'"],
	[['--c=a.h', '--name=a/', '--from=a/one'], 3,
	 "'a/' is no name for a revision of 'a': say 'a/NAME'"],
	[['--c=a.h', '--name=a/one', '--from=a/one'], 3, "the spec has a revision 'a/one' already"],
	[['--c=a.h', '--name=a/two', '--from=a/none'], 3,
	 "the spec has no revision 'a/none'; 'vmcsgen list' prints those that it has"],
	[['--c=none.h', '--name=a/two', '--from=a/one'], 3,
	 "cannot open 'none.h': No such file or directory"],
) {
	my ($options, $status, $message) = @$case;
	my $result = run({ dir => "$dir" }, vmcsgen(), 'import', '-s', 'spec.vmcs', @$options);

	is($result->{err}, "vmcsgen: error: $message\n", "import @$options");
	is($result->{out}, '', "import @$options: nothing on standard output");
	is($result->{status}, $status, "import @$options: exit status");
}
is(import($base =~ s/struct a/struct b/r, '--struct', 'b')->{status}, 0, '--struct');

#
# No end of the file makes it crash
#

my $whole = "#define N 3\ntypedef u64 nat;\n/* x */\n" . $base =~ s/\[3\]/[N]/r =~ s/u64/nat/r =~
	s/u32 first/union { u32 raw; struct { u32 number:31, top:1; } __attribute__((packed)); } first/r;

is(import($whole)->{status}, 0, 'the whole is fine');
for my $len (0 .. length($whole) - 1) {
	my $result = import(substr($whole, 0, $len));
	my $expected = $len < rindex($whole, ';') + 1 ? 3 : 0;

	ok($result->{status} == $expected, "$len bytes: exit status $expected")
		or diag("status $result->{status}, signal $result->{signal}\n$result->{err}");
	ok($result->{status} == 0 || $result->{err} =~ /\A(?:\S+: error|vmcsgen: error): /,
	   "$len bytes: a message")
		if $result->{status} != 0;
}

# The members of a header's struct, and where the compiler puts them.
sub struct_offsets
{
	my ($header) = @_;
	my @names = slurp($header) =~ /^\tu\d+ (\w+)/mg;
	my $dir = tempdir();

	spew("$dir/offsets.c", "#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n",
	     map({ "typedef uint${_}_t u$_;\n" } 8, 16, 32, 64),
	     "#define __packed __attribute__((packed))\n#include \"$header\"\nint main(void)\n{\n",
	     map({ "printf(\"%zu\\n\", offsetof(struct a, $_));\n" } @names), "return 0;\n}\n");
	my $result = compile(source => "$dir/offsets.c", output => "$dir/offsets");

	die $result->{err} if $result->{status};
	my @offsets = split(/\n/, ok_run("$dir/offsets"));
	return map { [$names[$_], $offsets[$_]] } 0 .. $#names;
}

#
# From a direct base: what one declares anew lies where the other has pads, or groups
#

for my $case (
	['a member amid reserved bytes', "\tpad u64[4] padding\n\tguest_rip\n", <<'END', <<'END'],
	u64 padding;
	u64 msr_bitmap;
	u64 reserved[2];
	u64 guest_rip;
END
	at  16  msr_bitmap
	at  24  pad u64[2] reserved
END
	['another name for a member of a group', "\tu32 clean_fields\n\tu32 enabled  clean crdr\n", <<'END', <<'END'],
	u32 clean_fields;
	u32 switched_on;
END
	rename enabled switched_on
END
	['two pads that are one', "\tpad u8[2] pad_a\n\tpad u16 pad_b\n\tu32 clean_fields\n", <<'END', <<'END'],
	u32 reserved;
	u32 clean_fields;
END
	retire pad_a .. pad_b as reserved
END
	['a pad over the end of another', "\tpad u32[2] pad_a\n\tpad u32[2] pad_b\n\tguest_rip\n", <<'END', <<'END'],
	u32 reserved1;
	u64 reserved2;
	u32 reserved3;
	u64 guest_rip;
END
	at  8   pad u32 reserved1
	at  20  pad u32 reserved3
END
) {
	my ($title, $lines, $members, $edits) = @$case;
	my $spec = <<"END";
fields {
	0x2004  msr_bitmap
	0x681e  guest_rip
}
layout a {
	struct  a
	size    256
	clean clean_fields prefix CLEAN {
		0 crdr
	}
}
revision a/one {
	source "s"
	id 7
	u32 first
	u32 second
$lines}
END
	spew("$dir/direct.vmcs", $spec);
	spew("$dir/direct.h", "struct a {\n\tu32 first;\n\tu32 second;\n$members} __packed;\n");
	my $result = run({ dir => "$dir" }, vmcsgen(), 'import', '--c', 'direct.h', '--name', 'a/two',
			 '--from', 'a/one', '-s', 'direct.vmcs', '-t', root() . '/templates', map { "-Wno-$_" }
			 qw(group-missing clean-word));

	is($result->{out}, "revision a/two from one {\n\tsource  \"direct.h, struct a\"\n$edits}\n",
	   "$title: edits");
	spew("$dir/direct.vmcs", $spec, $result->{out});
	is($result->{status}, 0, "$title: exit status");
	is(join(' ', map { "$_->{name}:$_->{offset}" } grep { $_->{name} !~ /pad|reserved/ }
		parse_csv(ok_run({ dir => "$dir" }, vmcsgen(), 'layout', 'a/two', '-s', 'direct.vmcs',
				 '--format=csv', '-t', root() . '/templates', map { "-Wno-$_" }
				 qw(group-missing clean-word)))),
	   join(' ', map { "$_->[0]:$_->[1]" } grep { $_->[0] !~ /pad|reserved/ }
		struct_offsets("$dir/direct.h")), "$title: as the compiler has it");
}

done_testing();
