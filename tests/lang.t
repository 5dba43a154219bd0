#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# That the language does what its reference says: where statements put members,
# that order means nothing where it should not, and the canonical form.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

# Checks are another test's; small specs would fail many.
my @quiet = map { ('-W', "no-$_") }
	qw(source id-missing same-id group-changed misaligned hole unused group-missing clean-word
	   in-header first-word byte-twice);

my $fields = <<'END';
fields {
	0x0000  virtual_processor_id
	0x0800  guest_es_selector        tlfs GuestEsSelector
	0x2000  io_bitmap_a
	0x2010  tsc_offset
	0x4000  pin_based_vm_exec_control
	0x4402  vm_exit_reason
	0x6402  io_rcx                   linux exit_io_instruction_ecx  tlfs ExitIoInstructionEcx
	0x6800  guest_cr0
	0x681e  guest_rip
}
bits vmcs_hdr u32 {
	revision_id  31
	shadow_vmcs  1
}
layout vmcs12 {
	struct  vmcs12
	size    256
	align   packed
	lookup  full
}
layout evmcs {
	struct   evmcs
	size     256
	align    natural
	version  1
	clean clean_fields prefix CLEAN {
		0  crdr
		1  guest_basic
	}
}
END

# The members of a revision, a line each: offset, name, and its size and count.
sub members
{
	my ($spec, $revision, @options) = @_;
	my $result = run({ stdin => $spec }, vmcsgen(), 'layout', $revision, '-s', '/dev/stdin',
			 '--format=csv', '-t', root() . '/templates', @quiet, @options);

	return $result->{err} if $result->{status} != 0;
	return join('', map {
		"$_->{offset} $_->{name} $_->{size}x$_->{count}" .
			($_->{clean_group} ne '' ? " $_->{clean_group}" : '') . "\n"
	} parse_csv($result->{out}));
}

# What a revision with these statements has; further arguments are options.
sub placed
{
	my ($statements, $expected, $name, @options) = @_;

	is(members($fields . "revision vmcs12/r {\n$statements}\n", 'vmcs12/r', @options),
	   $expected, $name);
}

# The same for statements that change a revision.
sub changed
{
	my ($base, $statements, $expected, $name, @options) = @_;

	is(members($fields . "revision vmcs12/base {\n$base}\n" .
		   "revision vmcs12/r from base {\n$statements}\n", 'vmcs12/r', @options),
	   $expected, $name);
}

#
# Members one behind the other
#

placed(<<'END', <<'TABLE', 'widths are those of the encodings');
guest_es_selector
pin_based_vm_exec_control
io_bitmap_a
guest_rip
END
0 guest_es_selector 2x1
2 pin_based_vm_exec_control 4x1
6 io_bitmap_a 8x1
14 guest_rip 8x1
TABLE

placed(<<'END', <<'TABLE', 'natural alignment makes pads, named by their offset');
align natural
guest_es_selector
pin_based_vm_exec_control
u8 a
io_bitmap_a
u16 b[3]
u32 c
END
0 guest_es_selector 2x1
2 pad_2 2x1
4 pin_based_vm_exec_control 4x1
8 a 1x1
9 pad_9 1x7
16 io_bitmap_a 8x1
24 b 2x3
30 pad_30 2x1
32 c 4x1
TABLE

placed(<<'END', <<'TABLE', 'types, arrays and words');
u8 a
u16 b
u32 c
u64 d
u8 e[3]
vmcs_hdr hdr
END
0 a 1x1
1 b 2x1
3 c 4x1
7 d 8x1
15 e 1x3
18 hdr 4x1
TABLE

placed(<<'END', <<'TABLE', 'pads, and to where they reach');
pad u32[2] first
pad u8 second
pad to 12 third
u32 a
pad to 32 fourth
pad to 37 fifth
pad u64[1] sixth
END
0 first 4x2
8 second 1x1
9 third 1x3
12 a 4x1
16 fourth 8x2
32 fifth 1x5
37 sixth 8x1
TABLE

placed(<<'END', <<'TABLE', 'a member has the name under which it is declared');
exit_io_instruction_ecx
END
0 exit_io_instruction_ecx 8x1
TABLE

placed(<<'END', <<'TABLE', 'TLFS names: a member\'s, its field\'s, or Linux\'s', '--names=tlfs');
u32 hdr             tlfs VersionNumber
io_rcx
guest_es_selector   tlfs OtherName
guest_rip
pad u16 padding     tlfs Rsvd
END
0 VersionNumber 4x1
4 ExitIoInstructionEcx 8x1
12 OtherName 2x1
14 guest_rip 8x1
22 Rsvd 2x1
TABLE

is(members($fields . <<'END', 'evmcs/r'), <<'TABLE', 'clean groups: a block\'s, a member\'s');
revision evmcs/r {
	u16 clean_fields
	clean crdr copy entry {
		guest_cr0
		pad u32 padding
		guest_rip   clean guest_basic
	}
	clean readonly {
		vm_exit_reason
	}
	tsc_offset    clean always
	io_bitmap_a   clean any
}
END
0 clean_fields 2x1
2 pad_2 2x3
8 guest_cr0 8x1 CRDR
16 padding 4x1
20 pad_20 4x1
24 guest_rip 8x1 GUEST_BASIC
32 vm_exit_reason 4x1 NONE
36 pad_36 4x1
40 tsc_offset 8x1 NONE
48 io_bitmap_a 8x1 ALL
TABLE

#
# Edits of another revision's members
#

my $padded = <<'END';
u32 hdr
pad u32[4] padding
u32 last
END

changed($padded, '', <<'TABLE', 'no edit: the same members');
0 hdr 4x1
4 padding 4x4
20 last 4x1
TABLE

changed($padded, "at 4 u32 new\n", <<'TABLE', 'at the front of a pad');
0 hdr 4x1
4 new 4x1
8 padding 4x3
20 last 4x1
TABLE

changed($padded, "at 8 u32 new\n", <<'TABLE', 'in the middle of a pad');
0 hdr 4x1
4 padding 4x1
8 new 4x1
12 padding_12 4x2
20 last 4x1
TABLE

changed($padded, "at 16 u32 new\n", <<'TABLE', 'at the end of a pad');
0 hdr 4x1
4 padding 4x3
16 new 4x1
20 last 4x1
TABLE

changed($padded, "at 6 u32 new\n", <<'TABLE', 'across two units of a pad');
0 hdr 4x1
4 padding 2x1
6 new 4x1
10 padding_10 2x5
20 last 4x1
TABLE

changed($padded, "at 4 u64 new[2]\n", <<'TABLE', 'all of a pad');
0 hdr 4x1
4 new 8x2
20 last 4x1
TABLE

changed($padded, "at 12 u16 b\nat 4 u8 a\n", <<'TABLE', 'two in one pad, in any order');
0 hdr 4x1
4 a 1x1
5 padding 1x7
12 b 2x1
14 padding_14 2x3
20 last 4x1
TABLE

# A pad in a pad has the bytes that it was given, whatever it is called.
my %nested = (
	a_pad => "0 hdr 4x1\n4 a_pad 4x1\n8 padding 4x3\n20 last 4x1\n",
	z_pad => "0 hdr 4x1\n4 z_pad 4x1\n8 padding 4x3\n20 last 4x1\n",
);
changed($padded, "at 4 pad u32 $_\n", $nested{$_}, "$_ at the front of a pad") for sort keys %nested;

my $inner = <<'TABLE';
0 hdr 4x1
4 padding 4x1
8 inner 2x1
10 x 2x1
12 inner_12 2x2
16 padding_16 4x1
20 last 4x1
TABLE
changed($padded, "at 8 pad u16[4] inner\nat 10 u16 x\n", $inner, 'a member in a pad in a pad');
changed($padded, "at 10 u16 x\nat 8 pad u16[4] inner\n", $inner, 'the same, in another order');
changed($padded, "at 4 pad u32[3] a\nat 8 pad u32[2] b\nat 8 pad u32 c\nat 14 u8 x\n", <<'TABLE',
0 hdr 4x1
4 a 4x1
8 c 4x1
12 b 2x1
14 x 1x1
15 b_15 1x1
16 padding 4x1
20 last 4x1
TABLE
	'pads four deep, each with what the one in it leaves');
like(members("${fields}revision vmcs12/r {\n$padded$_}\n", 'vmcs12/r'),
     qr/: error: .* overlaps /, "no room: $_" =~ s/\n/, /gr)
	for "at 4 pad u32[2] a\nat 8 pad u32[2] b\n", "at 8 pad u32 a\nat 10 u32 x\n",
	    "at 8 pad u32 a\nat 6 u32 x\n";

# A name that is made is nobody else's.
changed($padded, "at 8 u32 padding_12\n", <<'TABLE', 'a piece of a pad whose name is taken');
0 hdr 4x1
4 padding 4x1
8 padding_12 4x1
12 padding_12_ 4x2
20 last 4x1
TABLE
changed($padded, "rename hdr padding_12\nrename last padding_12_\nat 8 u32 x\n", <<'TABLE',
0 padding_12 4x1
4 padding 4x1
8 x 4x1
12 padding_12__ 4x2
20 padding_12_ 4x1
TABLE
	'and twice');
changed("u32 hdr\nu32 pad_8\n", "align natural\nat 16 u64 x\n", <<'TABLE', 'a hole whose name is taken');
0 hdr 4x1
4 pad_8 4x1
8 pad_8_ 8x1
16 x 8x1
TABLE

# Where something was that is retired means nothing.
changed("u32 hdr\nu32 abort\nat 16 u64 y\nu16 z\n",
	"retire y .. z as dead\nmove dead by -8\nappend u16 w\n", <<'TABLE', 'append behind what has moved down');
0 hdr 4x1
4 abort 4x1
8 dead 2x5
18 w 2x1
TABLE

# What is given up is others', or lies after the end.
changed("u32 hdr\nu32 abort\nat 16 u64 y\nu16 z\n", "retire y .. z\nat 16 u32 w\n", <<'TABLE', 'at in bytes given up');
0 hdr 4x1
4 abort 4x1
8 pad_8 8x1
16 w 4x1
TABLE
changed("u32 hdr\nu32 abort\nu64 y\npad u64[2] padding\nu32 z\n", "retire padding\nmove y .. z by 16\nat 8 u64[2] w\n"
	=~ s/u64\[2\] w/u64 w[2]/r, <<'TABLE', 'a move over a pad');
0 hdr 4x1
4 abort 4x1
8 w 8x2
24 y 8x1
32 pad_32 8x2
48 z 4x1
TABLE
changed("u32 hdr\nu64 y\npad u64 end\n", "retire y .. end\nappend u16 w\n", <<'TABLE', 'a tail given up');
0 hdr 4x1
4 w 2x1
TABLE

# What `at` has taken out of a pad stays out of it under another name, and as a pad.
changed($padded, "at 8 u32 x\nover x u16 y[2]\n", <<'TABLE', 'over what is in a pad');
0 hdr 4x1
4 padding 4x1
8 y 2x2
12 padding_12 4x2
20 last 4x1
TABLE
changed($padded, "at 8 u32 x\nretire x\n", <<'TABLE', 'give up what is in a pad');
0 hdr 4x1
4 padding 4x4
20 last 4x1
TABLE
changed($padded, "at 8 u32 x\nretire x as dead\n", <<'TABLE', 'retire what is in a pad');
0 hdr 4x1
4 padding 4x1
8 dead 4x1
12 padding_12 4x2
20 last 4x1
TABLE

# A pad that reaches beyond a range goes with it, and the structure ends where the range does.
placed(<<'END', <<'TABLE', 'append behind a range of pads');
u32 hdr
u32 abort
pad u32[4] a
pad to 40 b
at 28 u32 c
retire a .. c as dead
append u32 last
END
0 hdr 4x1
4 abort 4x1
8 dead 8x3
32 last 4x1
TABLE

# What another revision has put into a pad lies beside it here, however it came.
{
	my $base = "revision vmcs12/base {\nu32 hdr\npad u32[4] padding\nat 8 u32 x\n}\n";

	for (['from', "revision vmcs12/r from base {\nmove x by 4\n}\n"],
	     ['embed', "revision vmcs12/r {\nembed vmcs12/base\nmove x by 4\n}\n"]) {
		like(members("$fields$base$_->[1]", 'vmcs12/r'),
		     qr/: error: 'x' \(bytes 12 to 15\) overlaps 'padding_12' \(bytes 12 to 19\) in /,
		     "$_->[0]: onto a pad");
	}
}
like(members($fields . <<'END', 'vmcs12/r'), qr/: error: 'x' .* overlaps 'room' /, 'rest of: onto a pad');
revision vmcs12/base {
	u32 hdr
	pad u32[4] padding
	at 8 u32 x
}
revision vmcs12/r {
	u32 head
	pad u32[4] room
	rest of base
	move x by -16
}
END

changed($padded, "append u8 new\nappend u64 other\n", <<'TABLE', 'append goes behind the last');
0 hdr 4x1
4 padding 4x4
20 last 4x1
24 new 1x1
25 other 8x1
TABLE

changed($padded, "align natural\nappend u8 new\nappend u64 other\n", <<'TABLE',
0 hdr 4x1
4 padding 4x4
20 last 4x1
24 new 1x1
25 pad_25 1x7
32 other 8x1
TABLE
	'... and where it is aligned, if the revision says so');

my $three = "u32 a\nu32 b\nu32 c\n";

changed($three, "move c by 8\n", <<'TABLE', 'move one member');
0 a 4x1
4 b 4x1
8 pad_8 8x1
16 c 4x1
TABLE

changed($three, "move a .. c by 4\nat 0 u32 new\n", <<'TABLE', 'move a range');
0 new 4x1
4 a 4x1
8 b 4x1
12 c 4x1
TABLE

changed($three, "move b .. c by 8\nmove c by -8\n", <<'TABLE', 'move a range, and one of it back');
0 a 4x1
4 pad_4 4x1
8 c 4x1
12 b 4x1
TABLE

changed($three, "move a by 4\nmove b by -4\n", <<'TABLE', 'move two into each other\'s place');
0 b 4x1
4 a 4x1
8 c 4x1
TABLE

changed($three, "retire a .. b as gone\n", <<'TABLE', 'retire a range');
0 gone 8x1
8 c 4x1
TABLE

changed($three, "retire b as gone\nat 4 u16 b\n", <<'TABLE', 'what is retired leaves its room');
0 a 4x1
4 b 2x1
6 gone 2x1
8 c 4x1
TABLE

changed($three, "rename b d\nat 12 u32 b\n", <<'TABLE', 'rename, and the old name is free');
0 a 4x1
4 d 4x1
8 c 4x1
12 b 4x1
TABLE

changed($three, "rename b d\nrename a b\nrename d a\n", <<'TABLE', 'rename two into each other');
0 b 4x1
4 a 4x1
8 c 4x1
TABLE

changed($three, "rename b B  tlfs TheB\n", <<'TABLE', 'rename in the TLFS, too', '--names=tlfs');
0 a 4x1
4 TheB 4x1
8 c 4x1
TABLE

changed($three, "over b vmcs_hdr hdr\nover c u16 d[2]\n", <<'TABLE', 'over: another declaration');
0 a 4x1
4 hdr 4x1
8 d 2x2
TABLE

is(members($fields . <<'END', 'evmcs/r'), <<'TABLE', 'change a range, but not its pads');
revision evmcs/base {
	u16 clean_fields
	guest_cr0   clean crdr
	pad u64 padding
	guest_rip   clean crdr
	tsc_offset  clean crdr
}
revision evmcs/r from base {
	change guest_cr0 .. guest_rip clean guest_basic
}
END
0 clean_fields 2x1
2 pad_2 2x3
8 guest_cr0 8x1 GUEST_BASIC
16 padding 8x1
24 guest_rip 8x1 GUEST_BASIC
32 tsc_offset 8x1 CRDR
TABLE

#
# Members of other revisions
#

my $others = $fields . <<'END';
revision evmcs/tlfs {
	u32 revision_id
	u16 clean_fields
	guest_rip   clean guest_basic
	pad u16 rsvd
}
revision vmcs12/linux-6.1 {
	u32 hdr
	pad u32 padding
	guest_es_selector   lookup none
	guest_rip           lookup none
	u16 clean_fields
	guest_cr0
}
END

is(members("$others$_->[0]", 'vmcs12/r'), $_->[1], $_->[2]) for
	[<<'END', <<'TABLE', 'embed: its members and pads; groups are not ours'],
revision vmcs12/r {
	embed evmcs/tlfs
	u8 behind
}
END
0 revision_id 4x1
4 clean_fields 2x1
6 pad_6 2x1
8 guest_rip 8x1
16 rsvd 2x1
18 behind 1x1
TABLE
	[<<'END', <<'TABLE', 'embed behind other members'],
revision vmcs12/r {
	u64 front
	embed evmcs/tlfs
}
END
0 front 8x1
8 revision_id 4x1
12 clean_fields 2x1
14 pad_14 2x1
16 guest_rip 8x1
24 rsvd 2x1
TABLE
	[<<'END', <<'TABLE', 'rest of: what is not here by encoding or name, no pads'],
revision vmcs12/r {
	embed evmcs/tlfs
	pad to 32 gap
	rest of linux-6.1
}
END
0 revision_id 4x1
4 clean_fields 2x1
6 pad_6 2x1
8 guest_rip 8x1
16 rsvd 2x1
18 gap 2x7
32 hdr 4x1
36 guest_es_selector 2x1
38 guest_cr0 8x1
TABLE
	[<<'END', <<'TABLE', 'rest of another layout, aligned; its groups are not ours'];
revision vmcs12/r {
	align natural
	u32 hdr
	rest of evmcs/tlfs
}
END
0 hdr 4x1
4 revision_id 4x1
8 clean_fields 2x1
10 pad_10 2x3
16 guest_rip 8x1
TABLE

# A revision as the program's JSON has it.
sub read_layout
{
	my ($spec, $revision) = @_;
	my $dir = tempdir();

	spew("$dir/layout.json",
	     ok_run({ stdin => $spec }, vmcsgen(), 'layout', $revision, '-s', '/dev/stdin',
		    '--format=json', '-t', root() . '/templates', @quiet));
	return read_json("$dir/layout.json");
}

# The names of the members that a revision's look-up finds; high halves are marked.
sub looked_up
{
	my $layout = read_layout(@_);

	return join(' ', map { ($_->{lookup} ? $_->{name} : (),
				$_->{lookup_high} ? "$_->{name}+" : ()) }
			     grep { !$_->{pad} } @{ $layout->{members} });
}

is(looked_up($others . <<'END', 'vmcs12/r'), 'guest_rip guest_cr0', 'the layout\'s default');
revision vmcs12/r {
	embed evmcs/tlfs
	rest of linux-6.1
}
END
is(looked_up($others . <<'END', 'vmcs12/r'), 'guest_cr0', 'lookup as: what that revision finds');
revision vmcs12/r {
	embed evmcs/tlfs
	rest of linux-6.1
	lookup as linux-6.1
}
END
is(looked_up($others . <<'END', 'vmcs12/r'), 'guest_rip io_bitmap_a io_bitmap_a+',
revision vmcs12/r {
	tsc_offset    lookup none
	guest_rip     lookup full high
	io_bitmap_a   lookup full high
}
END
   'lookup of members; what has no high half is not looked up by it');

# What becomes of members without a counterpart.
is(join(', ', map { "$_->{name} $_->{loss} $_->{neutral}" }
	@{ read_layout($fields . <<'END', 'vmcs12/r')->{members} }),
revision vmcs12/r {
	u32 a
	u8 b[3]
	u16 c[2]  loss drop
	u16 d[2]  neutral -1
	u8 e      loss drop  neutral 7
}
END
   'a refuse 0x0, b refuse 0x0, c drop 0x0, d refuse 0xffff, e drop 0x7', 'loss and neutral');

#
# Order means nothing
#

my @statements = (
	"fields {\n\t0x681e  guest_rip\n\t0x6802  guest_cr3\n}\n",
	"fields {\n\t0x4000  pin_based_vm_exec_control\n\t0x6804  guest_cr4\n}\n",
	"controls pin_based_vm_exec_control {\n\t1  one  needs other, two\n" .
		"\t0  other  excludes two\n\t2  two\n}\n",
	"bits vmcs_hdr u32 {\n\tall  32\n}\n",
	"layout vmcs12 {\n\tlookup  full\n\tsize  256\n\tstruct  vmcs12\n\talign  natural\n}\n",
	"layout evmcs {\n\talign  natural\n\tsize  256\n\tstruct  evmcs\n\tversion  1\n}\n",
	"revision vmcs12/c from b {\n\tappend guest_cr4\n\tsource \"c\"\n}\n",
	"revision vmcs12/b from a {\n\tsource \"b\"\n\tappend guest_cr3\n}\n",
	"revision vmcs12/a {\n\tsource \"a\"\n\tid 0x11e57ed0\n\tvmcs_hdr hdr\n\tguest_rip\n}\n",
	"revision vmcs12/d same as c\n",
	"revision evmcs/a {\n\tembed vmcs12/c\n\tsource \"a\"\n}\n",
	"support evmcs/a {\n\tno two because \"never\"\n\tyes one\n\tyes other\n" .
		"\tno one for me because \"never\"\n\trole me\n\tlists supported as MASK\n}\n",
	"shadow vmcs12/d {\n\trw guest_rip\n}\n",
);

# All that the program emits for a spec of these files, the first being the root.
sub emitted_text
{
	my (%files) = @_;
	my $dir = tempdir();

	spew("$dir/$_", $files{$_}) for keys %files;
	ok_run({ dir => "$dir" }, vmcsgen(), 'gen', '-s', 'root.vmcs', '-o', 'out', '-t',
	       root() . '/templates');
	return join('', map { "$_\n" . slurp("$dir/out/$_") }
			    sort split(/\n/, ok_run({ dir => "$dir/out" }, 'find', '-type', 'f')));
}

my $straight = emitted_text('root.vmcs' => join('', @statements));

like($straight, qr/guest_cr4/, 'the spec was emitted');

# Too much to be shown where it differs.
sub same
{
	my ($text, $name) = @_;

	ok($text eq $straight, $name);
}

same(emitted_text('root.vmcs' => join('', reverse @statements)),
     'statements the other way round');
same(emitted_text('root.vmcs' => join('', @statements[7 .. 12, 0 .. 6])),
     'statements in another order');

my %parts = map { ("part-$_.vmcs" => $statements[$_]) } 0 .. $#statements;

same(emitted_text(%parts, 'root.vmcs' => join('', map { "include \"$_\"\n" } sort keys %parts)),
     'a file for each statement');
same(emitted_text(%parts, 'root.vmcs' => join('', map { "include \"$_\"\n" }
						    reverse sort keys %parts)),
     'these in another order');
same(emitted_text(%parts, 'root.vmcs' => join('', map { "include \"$_\"\ninclude \"./$_\"\n" }
						    (sort keys %parts) x 2)),
     'a file that is included again is read once');
same(emitted_text('root.vmcs' => "include \"a/a.vmcs\"\n$statements[0]",
		'a/a.vmcs' => "include \"b/b.vmcs\"\ninclude \"../a/b/b.vmcs\"\n",
		'a/b/b.vmcs' => join('', @statements[1 .. 12])),
     'a path is that from the including file');
same(emitted_text('root.vmcs' => join("\r\n", split(/\n/, join('', @statements))) . "\r\n"),
     'lines that end in CR LF');
same(emitted_text('root.vmcs' => join('', @statements) =~ s/\n\z//r),
     'no newline at the end');
same(emitted_text('root.vmcs' => "\n\n# \n" . join("\n", @statements) =~ s/\n/  # "{\n/gr),
     'comments and blank lines');
same(emitted_text('root.vmcs' => join('', @statements) =~ s/other, two/other,\n\n # so\n two/r),
     'a comma lets a statement go on');
same(emitted_text('root.vmcs' => join('', @statements) =~ s/(\w+) (\w)/$1 \t  $2/gr),
     'any blanks between words');

#
# The canonical form
#

my $messy = <<'END';


# SPDX-License-Identifier: GPL-2.0-only OR MIT   
  # indented
include   "fields.vmcs"# beside
fields {   # what there is

0x0000 virtual_processor_id tlfs Vpid


    	0x2816   guest_ia32_lbr_ctl tlfs   GuestLbrCtl no   high # no half
0x6402 io_rcx linux exit_io_instruction_ecx tlfs ExitIoInstructionEcx
0x10 short

}
controls   pin_based_vm_exec_control{
default1 0x16
mask PINCTRL
0 pin_based_ext_intr_mask
5 pin_based_virtual_nmis needs pin_based_nmi_exiting
7 pin_based_posted_intr adds posted_intr_nv ,posted_intr_desc_addr,
needs secondary_exec_virtual_intr_delivery
}
bits vmcs_hdr u32 {
revision_id 31
shadow_vmcs 1
}
layout evmcs {
struct hv_enlightened_vmcs
size 1024
align natural
clean hv_clean_fields prefix HV {
0 io_bitmap
15 enlightenmentscontrol
}
}
revision evmcs/tlfs-5.0 {
source "Hyper-V  TLFS # 5.0b, { \"16.11.2\"",
"more"
u32 revision_id tlfs VersionNumber
vmcs_hdr hdr
clean crdr copy entry {
guest_cr0
guest_cr3 lookup none copy none
pad u64 [ 3 ] padding64_1 tlfs Rsvd1
}
u8 a [ 0x10 ]
}
revision vmcs12/linux-6.1 from linux-4.18 {
at 4 a clean io_bitmap
at 128 guest_cr4
move a..b by -4
retire a .. b as gone
}
support evmcs/tlfs-5.0 {
lists supported as EVMCS1
role kvm_on_hyperv
yes pin_based_ext_intr_mask
no pin_based_posted_intr because "no"
no pin_based_virtual_nmis for kvm_on_hyperv because "never"
}
END

my $canonical = <<'END';
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# indented
include "fields.vmcs"  # beside
fields {  # what there is
	0x0000  virtual_processor_id  tlfs Vpid

	0x2816  guest_ia32_lbr_ctl  tlfs GuestLbrCtl  no high  # no half
	0x6402  io_rcx              linux exit_io_instruction_ecx  tlfs ExitIoInstructionEcx
	0x10    short
}
controls pin_based_vm_exec_control {
	default1  0x16
	mask      PINCTRL
	0  pin_based_ext_intr_mask
	5  pin_based_virtual_nmis  needs pin_based_nmi_exiting
	7  pin_based_posted_intr   adds posted_intr_nv, posted_intr_desc_addr,
			needs secondary_exec_virtual_intr_delivery
}
bits vmcs_hdr u32 {
	revision_id 31
	shadow_vmcs 1
}
layout evmcs {
	struct  hv_enlightened_vmcs
	size    1024
	align   natural
	clean hv_clean_fields prefix HV {
		0   io_bitmap
		15  enlightenmentscontrol
	}
}
revision evmcs/tlfs-5.0 {
	source  "Hyper-V  TLFS # 5.0b, { \"16.11.2\"",
			"more"
	u32 revision_id  tlfs VersionNumber
	vmcs_hdr hdr
	clean crdr copy entry {
		guest_cr0
		guest_cr3               lookup none  copy none
		pad u64[3] padding64_1  tlfs Rsvd1
	}
	u8 a[0x10]
}
revision vmcs12/linux-6.1 from linux-4.18 {
	at  4    a  clean io_bitmap
	at  128  guest_cr4
	move a .. b by -4
	retire a .. b as gone
}
support evmcs/tlfs-5.0 {
	lists  supported as EVMCS1
	role   kvm_on_hyperv
	yes  pin_based_ext_intr_mask
	no   pin_based_posted_intr   because "no"
	no   pin_based_virtual_nmis  for kvm_on_hyperv  because "never"
}
END

# What fmt prints, or the message.
sub formatted
{
	my ($text) = @_;
	my $result = run({ stdin => $text }, vmcsgen(), 'fmt', '/dev/stdin');

	return $result->{status} == 0 ? $result->{out} : $result->{err};
}

is(formatted($messy), $canonical, 'fmt: a messy file');
is(formatted($canonical), $canonical, 'fmt: twice changes nothing');
is(formatted($messy =~ s/\n\z//r), $canonical, 'fmt: without a newline at the end');
is(formatted($messy =~ s/\n/\r\n/gr), $canonical, 'fmt: with CR LF');
is(formatted(''), '', 'fmt: an empty file');
is(formatted("\n \t\n\n"), '', 'fmt: blank lines');
is(formatted("# only\n\n\n#a comment"), "# only\n\n#a comment\n", 'fmt: comments alone');

# The files themselves: -i changes what is not canonical and nothing else, --check tells.
{
	my $dir = tempdir();
	my $fmt = sub { run({ dir => "$dir" }, vmcsgen(), 'fmt', @_) };

	spew("$dir/messy.vmcs", $messy);
	spew("$dir/fine.vmcs", $canonical);
	my $before = (stat("$dir/fine.vmcs"))[1];
	my $result = $fmt->('--check', 'messy.vmcs', 'fine.vmcs');

	is($result->{out}, "messy.vmcs\n", 'fmt --check: the names of what would change');
	is($result->{status}, 1, 'fmt --check: exit status where something would');
	is(slurp("$dir/messy.vmcs"), $messy, 'fmt --check changes nothing');
	is($fmt->('-i', 'messy.vmcs', 'fine.vmcs')->{status}, 0, 'fmt -i');
	is(slurp("$dir/messy.vmcs"), $canonical, 'fmt -i changes what is not canonical');
	is(slurp("$dir/fine.vmcs"), $canonical, 'fmt -i leaves what is');
	is((stat("$dir/fine.vmcs"))[1], $before, '... the very file');
	is($fmt->('--check', 'messy.vmcs', 'fine.vmcs')->{status}, 0, 'fmt --check: then all is');
}

# A spec with its words moved about means what it meant.
sub mess_up
{
	my ($text) = @_;

	$text =~ s/^\t+//mg;
	$text =~ s/^((?:[^"#\n]|"(?:[^"\\\n]|\\.)*")*)/$1 =~ s,  +, ,gr/mge;
	return $text =~ s/^([^#\n].*\{)$/$1\n\n/mgr =~ s/$/ \t/mgr;
}

my $spec = root() . '/spec';
my @spec = map { s{.*/}{}r } glob("$spec/*.vmcs");
my $json = sub {
	my ($dir) = @_;

	ok_run({ dir => "$dir" }, vmcsgen(), 'gen', '-s', 'vmcs.vmcs', '-o', 'out', '-t',
	       root() . '/templates');
	return slurp("$dir/out/vmcs.json");
};

{
	my $dir = tempdir();

	spew("$dir/$_", mess_up(slurp("$spec/$_"))) for @spec;
	my $messy_json = $json->($dir);
	ok(slurp("$dir/$_") ne slurp("$spec/$_"), "$_ is messed up") for @spec;
	ok_run({ dir => "$dir" }, vmcsgen(), 'fmt', '-i', @spec);
	ok($json->($dir) eq $messy_json, 'fmt does not change what the spec means');
	ok(slurp("$dir/$_") eq slurp("$spec/$_"), "$_ is as it was before") for @spec;
}

is(run(vmcsgen(), 'fmt', '--check', $_)->{status}, 0, "$_ is in canonical form")
	for map { glob(root() . "/$_") } 'spec/*.vmcs', 'tests/specs/*.vmcs';

done_testing();
