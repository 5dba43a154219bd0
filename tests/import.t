#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# vmcsgen import --c: what is made of the structs that people write, in edits of a revision
# or whole, and what is said of those that can't be taken.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $dir = tempdir();

spew("$dir/spec.vmcs", <<'END');
fields {
	0x0000  vpid         tlfs Vpid
	0x0802  guest_cs_selector
	0x2004  msr_bitmap
	0x4802  guest_cs_limit
	0x6802  guest_cr3    tlfs GuestCr3
	0x6828  guest_s_cet  linux guest_ia32_s_cet
	0x681e  guest_rip
}
bits hdr_word u32 {
	number 31
	top 1
}
layout a {
	struct  a
	size    256
	align   packed
	lookup  full
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
layout n {
	struct  n
	size    256
	align   natural
	lookup  full
}
revision n/base {
	source "two words"
	id     0x51
	u32 revision_id
	u32 abort
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

# Import a header from a base; further arguments are options.
sub import_from
{
	my ($from, $text, @options) = @_;
	my ($layout) = split(m{/}, $from);

	spew("$dir/a.h", $text);
	return run({ dir => "$dir", env => { NO_COLOR => 1 } }, vmcsgen(), 'import', '-s',
		   'spec.vmcs', '-t', root() . '/templates', '--c=a.h', "--name=$layout/two",
		   ($from =~ m{/} ? "--from=$from" : ()), @options);
}

sub import { return import_from('a/one', $_[0], '--kernel-types', @_[1 .. $#_]) }

# What a result says, as edits, and the notes on standard error.
sub says
{
	my ($title, $result, $edits, $notes) = @_;
	my ($body) = $result->{out} =~
		/\Arevision \w\/two from \w+ \{\n\tsource +"a\.h, struct \w+"\n(.*)\}\n\z/s;

	$body = '' if $result->{out} =~ /\Arevision \w\/two same as \w+\n\z/;
	is($body, $edits, "$title: the edits") or diag($result->{out} . $result->{err});
	is($result->{err}, $notes // '', "$title: the notes");
	is($result->{status}, 0, "$title: exit status");
}

sub makes
{
	my ($title, $text, $edits, $notes) = @_;

	says($title, import($text), $edits, $notes);
}

sub fails
{
	my ($title, $messages, $result) = @_;

	is($result->{err}, $messages, "$title: what it says");
	is($result->{out}, '', "$title: nothing on standard output");
	is($result->{status}, 3, "$title: exit status");
}

#
# The same struct, written in other ways
#

makes('the base itself', $base, '');
for my $same (
	['packed after struct', sub { s/struct a/struct __packed a/; s/ __packed;/;/ }],
	['an attribute', sub { s/__packed/__attribute__((packed))/ }],
	['packed by a macro', sub { s/__packed/TIGHT/; s/^/#define TIGHT __attribute__((packed))\n/ }],
	['packed by a pragma', sub { s/ __packed//; s/^/#pragma pack(push, 1)\n/; s/\z/#pragma pack(pop)\n/ }],
	['by another one', sub { s/ __packed//; s/^/_Pragma("pack(1)")\n/ }],
	['comments', sub { s{\n}{ /* u64 no;\n */ // u64 no;\n}g }],
	['a comment that goes on', sub { s{\tu32 control}{\t// no \\\n u64 no;\n\tu32 control} }],
	['a line that goes on', sub { s/u32 first/u32 \\\n first/ }],
	['carriage returns', sub { s/u32 first/u32 FIRST/; s/^/#define FIRST \\\n first\n/; s/\n/\r\n/g }],
	['no newline at the end', sub { s/\n\z// }],
	['types of C', sub { s/u32/unsigned int/; s/u64/unsigned long long/; s/u16/short/ }],
	['qualifiers', sub { s/u32/const volatile u32/ }],
	['a typedef of a typedef', sub { s/u64/n2/; s/^/typedef u64 n1, *p1;\ntypedef n1 n2;\n/ }],
	['a typedef of the struct', sub { s/struct a/typedef struct/; s/__packed;/__packed a, *pa;/ }],
	['a length with a name', sub { s/\[3/[COUNT/; s/^/#define COUNT TWICE\n#define TWICE (3)\n/ }],
	['a length that is computed', sub { s/\[3/[2 * sizeof(u32) - FIVE/; s/^/enum { FIVE = 5 };\n/ }],
	['an array of arrays', sub { s/u32 padding\[3/u16 padding[3][2/ }],
	['several declarators', sub { s/u64 msr_bitmap;\n\tu64/u64 msr_bitmap,/ }],
	['a struct without a name', sub { s/(u64 msr.*?cet;)/struct {\n$1\n\t} __packed;/s }],
	['a union without a name', sub { s/(u64 msr.*?;)/union {\n$1\n\tu8 bytes[8];\n\t};/s }],
	['a named union', sub { s/u32 control/union { u32 all; u16 half[2]; } control/ }],
	['a named struct', sub { s/u32 control/struct { u16 low, high; } control/ }],
	['a struct around fields', sub { s/(u64 msr.*?cet;)/struct {\n$1\n\t} __packed in;/s }],
	['a union without any name', sub { s/u32 padding\[3\]/union { struct { int :32; }; }; u32 padding[2]/ }],
	['an enum', sub { s/u32 control/enum kind control/; s/^/enum kind { ONE };\n/ }],
	['a conditional', sub { s/\tu32 control/#if 1\n\tu32 control/; s/(u32 control;)/$1\n#else\n\tu64 no;\n#endif/ }],
	['members by a macro', sub { s/u64 msr_bitmap/M(u64, msr_bitmap)/; s/^/#define M(type, name) type name\n/ }],
	['a flexible array', sub { s/(u16 last;)/$1 u8 data[];/ }],
	['another name of the field', sub { s/guest_ia32_s_cet/guest_s_cet/ }],
	['other cases', sub { s/msr_bitmap/MSR_Bitmap/; s/guest_ia32_s_cet/GuestSCet/ }],
	['other structs around', sub { s/^/struct b { void *p; char c; } *x;\n/ }],
	['strings with braces', sub { s/^/char s[] = "struct a { \\" }", c = '{';\n/ }],
	['aligned as it is', sub { s/u16 last/u16 last __aligned(2)/ }],
) {
	my ($title, $change) = @$same;
	local $_ = $base;

	$change->();
	isnt($_, $base, "$title: another text");
	makes($title, $_, '');
}

#
# What differs
#

makes('pads cut otherwise', $base =~ s/u32 padding\[3\]/u32 reserved; u64 padding64/r, <<'END');
	at  4  pad u32 reserved
	at  8  pad u64 padding64
END
makes('new members', $base =~ s/(u32 padding\[3\];)/u16 vpid; u16 padding16; u64 guest_rip;/r, <<'END');
	at  4  vpid
	at  8  guest_rip
	rename padding padding16
END
says('something new', import($base =~ s/(u16 last;)/$1 u8 end[2];/r, '--bits=end'), "\tappend u8 end[2]\n");
says('of the words of the language', import($base =~ s/(u16 last;)/$1 u16 size, version;/r,
						  '--bits=size', '--bits=version'), <<'END');
	append u16 size_
	append u16 version_
END
says('in a struct', import($base =~ s/(u16 last;)/struct { u8 b, cr3; } last; struct { u16 guest_rsp; u64 guest_cr3; } __packed in;/r,
			   '--bits=in.guest_rsp'), <<'END');
	append u16 in_guest_rsp
	append guest_cr3
END
says('by another name', import($base =~ s/(u16 last;)/$1 u64 host_page_table;/r, '--map=host_page_table=guest_cr3'),
     "\tbecause  \"packed in a.h, struct a\"\n\tappend guest_cr3\n");
makes('a word of the spec', $base =~ s/u32 first/struct { u32 number:31, top:1; } hdr/r, <<'END', <<'NOTES');
	over first hdr_word hdr
END
NOTES
makes('a word by loose bits', $base =~ s/u32 control/u32 control:3, more:29/r, '');
makes('fields that are bit fields of whole bytes', $base =~ s/(u64 \w+);/$1:64;/gr, '');
makes('bytes after the last member', $base =~ s/u32 padding\[3\];/u32 padding[3]; u64 guest_rip;/r =~ s/ __packed//r,
      <<'END', <<'NOTES');
	move msr_bitmap .. last by 8
	at  16  guest_rip
	at  46  pad u16 pad_46
END
a.h:1:8: note: 8 bytes higher than in 'a/one': msr_bitmap, guest_ia32_s_cet, control, last
    1 | struct a {
      |        ^
NOTES
says('a hole that alignment makes in a packed layout', import($base =~ s/ __packed//r =~ s/u16 last/u16 last; u8 b; u32 c/r,
								'--bits=b', '--bits=c'), <<'END');
	append u8 b
	at  40  u32 c
	at  39  pad u8 pad_39
	at  44  pad u32 pad_44
END
makes('a member less', $base =~ s/u64 msr_bitmap/u64 dead_space/r, <<'END', <<'NOTES');
	retire msr_bitmap as dead_space
END
a.h:1:8: note: not in the struct, of 'a/one': msr_bitmap
    1 | struct a {
      |        ^
NOTES
makes('a shorter struct', $base =~ s/\tu32 control.*last;\n//sr, <<'END', <<'NOTES');
	retire control .. last
END
a.h:1:8: note: not in the struct, of 'a/one': control, last
    1 | struct a {
      |        ^
NOTES
makes('members moved', $base =~ s/\tu32 control/\tu64 guest_rip;\n\tu32 control/r, <<'END', <<'NOTES');
	move control .. last by 8
	at  32  guest_rip
END
a.h:1:8: note: 8 bytes higher than in 'a/one': control, last
    1 | struct a {
      |        ^
NOTES
makes('a pad moved with them', $base =~ s/u32 padding\[3\];/u64 guest_rip; u64 vpid64; u32 padding[3];/r =~
	s/u64 vpid64/u64 guest_cr3/r, <<'END', <<'NOTES');
	because  "packed in a.h, struct a"
	move padding .. last by 16
	at  4   guest_rip
	at  12  guest_cr3
END
a.h:1:8: note: 16 bytes higher than in 'a/one': msr_bitmap, guest_ia32_s_cet, control, last
    1 | struct a {
      |        ^
NOTES

makes('members moved over a pad', <<'STRUCT', <<'END', <<'NOTES');
struct a {
	u32 first;
	u64 msr_bitmap, guest_rip, guest_ia32_s_cet;
	u32 control;
	u16 last;
} __packed;
STRUCT
	retire padding
	move msr_bitmap by -12
	move guest_ia32_s_cet .. last by -4
	at  12  guest_rip
END
a.h:1:8: note: 12 bytes lower than in 'a/one': msr_bitmap
    1 | struct a {
      |        ^
a.h:1:8: note: 4 bytes lower than in 'a/one': guest_ia32_s_cet, control, last
    1 | struct a {
      |        ^
NOTES

#
# The whole revision
#

my $whole = <<'END';
revision a/two {
	source  "a.h, struct a"
	u32 first
	pad u32[3] padding
	msr_bitmap
	guest_ia32_s_cet
	u32 control
	u16 last
}
END
is(import_from('a', $base, '--kernel-types')->{out}, $whole, 'without a base');
{
	# Members in the opposite order, and pads between them.
	my @lines = reverse($base =~ /^(\t.*)$/mg);
	my $text = join("\n", 'struct a {', map({ ($lines[$_], "\tu32 pad$_;") } 0 .. $#lines), '} __packed;', '');

	says('all members elsewhere', { %{ import($text) }, err => '' }, <<'END');
	because  "packed in a.h, struct a"
	move msr_bitmap by 10
	move padding by 34
	move first by 54
	move guest_ia32_s_cet by -10
	move control by -26
	move last by -36
	at  2   pad u32 pad0
	at  10  pad u32 pad1
	at  22  pad u32 pad2
	at  34  pad u32 pad3
	at  50  pad u32 pad4
	at  58  pad u32 pad5
END
}
is(import_from('n', "struct n { unsigned revision_id, abort; unsigned short guest_cs_selector; " .
	       "unsigned guest_cs_limit __attribute__((packed)); unsigned long guest_cr3; };\n")->{out}, <<'END',
revision n/two {
	source   "a.h, struct n"
	because  "packed in a.h, struct n"
	u32 revision_id
	u32 abort
	guest_cs_selector
	at  10  guest_cs_limit
	guest_cr3
}
END
   'a natural layout with a misaligned member');
says('the same by edits', import_from('n/base', "struct n { unsigned revision_id, abort; unsigned short " .
	"guest_cs_selector; unsigned guest_cs_limit __attribute__((packed)); };\n"), <<'END');
	because  "packed in a.h, struct n"
	append guest_cs_selector
	at  10  guest_cs_limit
END

#
# Structs that can't be taken
#

# A message at the place of some text in the header.
sub message
{
	my ($text, $number, $span, $message, $kind) = @_;
	my $line = (split(/\n/, $text))[$number - 1] // '';
	my $before = substr($line, 0, index($line, $span));
	my $caret = '^' . '~' x (length($span) - 1);

	return "a.h:$number:" . (length($before) + 1) . ': ' . ($kind // 'error') . ": $message\n" .
		sprintf("%5d | %s\n", $number, $line) . '      | ' . $before =~ s/[^\t]/ /gr . "$caret\n";
}

for my $case (
	['a name that means nothing', 'u16 last', 'u16 kast', 7, 'kast',
	 "'kast' is neither a field nor a member of 'a'",
	 "vmcsgen: note: if it is 'last', say --map kast=last; if it is something new, --bits kast\n"],
	['one like no other', 'u16 last', 'u16 host_ssp_tbl', 7, 'host_ssp_tbl',
	 "'host_ssp_tbl' is neither a field nor a member of 'a'",
	 "vmcsgen: note: --map host_ssp_tbl=NAME says which it is, --bits host_ssp_tbl that it is something new\n"],
	['several', 'u16 last', 'u16 one1, two2, three3', 7, 'one1',
	 "'one1' .. 'three3', 3 members, are neither fields nor members of 'a'",
	 "vmcsgen: note: --map one1=NAME says which it is, --bits one1 that it is something new\n"],
	['a member twice', 'u16 last', 'u32 First', 7, 'First', "'First' is 'first' again",
	 \"2, 'first', 'first' is it already"],
	['a field of another width', 'u16 last', 'u32 guest_rip', 7, 'guest_rip',
	 "'guest_rip' has 4 bytes here, and 8 by its encoding 0x681e"],
	['several of another width', 'u16 last', 'u32 guest_rip, guest_cr3', 7, 'guest_rip',
	 "'guest_rip' .. 'guest_cr3', 2 members, have 4 bytes each here, and 8 by their encodings"],
	['a member of another size', 'u16 last', 'u8 last', 7, 'last',
	 "'last' has 1 bytes here, and 2 in the spec", "spec.vmcs:28:6: note: it is declared here\n" .
	 "   28 | \tu16 last\n      | \t    ^~~~\n"],
	['two views', 'u16 last', 'union { u64 guest_rip, guest_cr3; }', 7, 'guest_rip',
	 "'guest_rip' and 'guest_cr3' are views of the same bytes"],
	['other bits', 'u32 first', 'struct { u32 number:20, rest:12; } hdr', 2, 'hdr',
	 "'hdr' has other bit fields in the spec", "spec.vmcs:33:11: note: it is declared here\n" .
	 "   33 | \thdr_word hdr\n      | \t         ^~~\n"],
	['more bytes than there are', 'u16 last', 'u8 last[0x200000]', 7, 'last',
	 "'last' has 2097152 bytes, more than any region"],
	['a struct that is too large', '[3]', '[60]', 1, 'a',
	 "struct a has 266 bytes, a region of 'a' has 256"],
	['what the compiler refuses', 'u32 control', 'widget control', 6, 'widget',
	 "unknown type name 'widget'"],
	['no semicolon', 'control;', 'control', 7, 'u16',
	 "expected ':', ',', ';', '}' or '__attribute__' before 'u16'"],
) {
	my ($title, $from, $to, $line, $span, $message, $note) = @$case;
	my $text = $base =~ s/\Q$from\E/$to/r;
	my $result = import($text);

	$note = message($text, $$note =~ /^(\d), '(\w+)', (.*)/ ? ($1, $2, $3) : die, 'note') if ref($note);
	fails($title, message($text, $line, $span, $message) . ($note // ''), $result);
}
{
	# Names that differ in an underscore, and mean two things.
	spew("$dir/two.vmcs", slurp("$dir/spec.vmcs"), "revision a/third {\n\tsource \"a test\"\n\tid 9\n" .
	     "\tu32 revision_id\n\tu32 a_b\n\tu32 ab_\n}\n");
	my $text = "struct a { unsigned first, _ab; };\n";
	fails('a name that may mean two things',
	      message($text, 1, '_ab', "'_ab' differs only in case and underscores from several names"),
	      import($text, '-s', 'two.vmcs'));
}
{
	# A layout with groups, of which no struct tells.
	spew("$dir/groups.vmcs", slurp("$dir/spec.vmcs") =~ s/(layout a \{.*?)^\}/$1\tclean control prefix C {\n\t\t1 one\n\t}\n}/msr);
	is(import($base, '-s', 'groups.vmcs', '-Wno-group-missing', '-Wno-clean-word')->{err} =~ s/\A.*?(?=vmcsgen: note)//sr,
	   "vmcsgen: note: their clean fields are to be added, since no struct tells: msr_bitmap, guest_ia32_s_cet\n",
	   'groups that are to be added');
}
fails('no such struct', "vmcsgen: error: 'a.h' has no struct b\n", import($base, '--struct=b'));
{
	ok_run('mkfifo', "$dir/pipe");
	fails('a pipe', "vmcsgen: error: 'pipe' is not a regular file\n", import($base, '--c=pipe'));
	my @names = ('with a blank.h', 'q"uote.h', 'back\\slash.h', "new\nline.h", '%s.h', '-c.h');
	for my $name (@names) {
		spew("$dir/$name", $base);
		is(import($base, "--c=$name")->{out}, "revision a/two same as one\n", "a file called '$name'");
	}
}
fails('no file', "vmcsgen: error: cannot open 'none.h': No such file or directory\n",
      import($base, '--c=none.h'));
is(import("\0$base")->{status}, 3, 'no text');
fails('a name that no member has', "vmcsgen: error: --bits no: the struct has no member 'no'\n",
      import($base, '--bits=no'));
fails('nor for a map', "vmcsgen: error: --map no=last: the struct has no member 'no'\n",
      import($base, '--map=no=last'));
fails('a map to nothing', "vmcsgen: error: --map last=no: 'no' is neither a field nor a member of 'a'\n",
      import($base, '--map=last=no'));
is(import($base, '--map=last')->{status}, 2, 'a map without a name');

#
# Encodings that the file has itself
#

my $table = <<'END';
struct a { u32 first, padding[3]; u64 what, ever; u32 control; u16 last; } __packed a;
#define ROL16(val, n) ((u16)(((u16)(val) << (n)) | ((u16)(val) >> (16 - (n)))))
const u16 offsets[] = { [ROL16(0x2004, 6)] = 16, [ROL16(0x2005, 6)] = 20, [ROL16(0x6828, 6)] = 24 };
const struct { u16 offset, clean; } pairs[] = { [ROL16(0x2004, 6)] = { 16, 1 }, [ROL16(0x6828, 6)] = { 24, 2 } };
const u16 other[] = { [ROL16(0x4004, 6)] = 16 };
END
says('a table of offsets', import($table, '--encodings=offsets'), '');
says('with more in an entry', import($table, '--encodings=pairs:4'), '');
says('by clang, for 32 bits', do { local $ENV{CC} = 'clang -m32'; import($table, '--encodings=pairs:4') }, '');
fails('without it', message($table, 1, 'what', "'what' .. 'ever', 2 members, are neither fields nor members of 'a'") .
      "vmcsgen: note: --map what=NAME says which it is, --bits what that it is something new\n", import($table));
fails('an encoding that the spec lacks', "vmcsgen: error: other has 0x4004 at byte 16, which is the encoding of no field\n",
      import($table, '--encodings=other'));
fails('no such table', "vmcsgen: error: 'a.h' has no data called none\n", import($table, '--encodings=none'));
is(import($table, "--encodings=offsets$_")->{status}, 2, "a table with '$_'") for ':', ':1', ':4x', ':65';

#
# Its surroundings
#

fails('a name that is taken', "vmcsgen: error: the spec has a revision 'a/other' already\n",
      import($base, '--name=a/other'));
fails('a name of another layout',
      "vmcsgen: error: 'n/two' is not a name for a revision of 'a': say 'a/NAME'\n", import($base, '--name=n/two'));
fails('no layout', "vmcsgen: error: 'b/two' is not a LAYOUT/NAME with a layout of the spec\n",
      import_from('b', $base));
for my $name ('a/ b', 'a/1b', 'a/b..c', 'a/b-', 'a/') {
	my $result = import($base, "--name=$name");

	is($result->{status}, 3, "the name '$name'");
	is(() = $result->{err} =~ /\n/g, 1, 'a message');
}
is(import_from('a/none', $base)->{status}, 3, 'no such base');
{
	my $result = run({ dir => "$dir" }, vmcsgen(), 'import', '-s', 'spec.vmcs', '--c=a.h');

	is($result->{err}, "vmcsgen: error: import needs --name LAYOUT/NAME\n", 'no name');
	is($result->{status}, 2, 'no name: exit status');
	is(import($base, '--tlfs=page.md')->{err}, "vmcsgen: error: import needs --tlfs PAGE or --c FILE\n",
	   'a page and a struct');
}
{
	spew("$dir/part.h", "M(u64, msr_bitmap)\nM(u64, guest_s_cet)\n");
	says('an include in the struct', import($base =~ s/\tu64 msr.*cet;/#define M(t, n) t n;\n#include "part.h"/sr), '');
	ok_run('mkdir', "$dir/with a blank");
	spew("$dir/with a blank/pack.h", "#pragma pack(1)\n");
	says('a folder for the compiler', import("#include <pack.h>\n" . $base =~ s/ __packed//r, '--',
						 '-I', 'with a blank'), '');
	says('by clang', run({ dir => "$dir", env => { CC => 'clang' } }, vmcsgen(), 'import', '-s', 'spec.vmcs',
			     '-t', root() . '/templates', '--c=a.h', '--name=a/two', '--from=a/one',
			     '--kernel-types', '--', '-Iwith a blank'), '');
}
{
	ok_run('mkdir', "$dir/tmp");
	local $ENV{TMPDIR} = "$dir/tmp";
	says('another folder for what is temporary', import($base), '');
	is(import($base =~ s/u32/no/r)->{status}, 3, 'an error');
	is(join(' ', glob("$dir/tmp/*")), '', 'nothing is left behind');
	$ENV{TMPDIR} = "$dir/none";
	is(import($base)->{status}, 4, 'no such folder');
}

done_testing();
