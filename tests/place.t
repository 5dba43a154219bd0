#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Where the statements of a revision put its members, as vmcsgen-spec(5) says, and which of
# them its look-up finds.
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
# Members one after the other
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
	clean crdr {
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

# A generated name is unique.
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
	"retire y .. z as dead\nmove dead by -8\nappend u16 w\n", <<'TABLE', 'append after what has moved down');
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
changed("u32 hdr\nu32 abort\nu64 y\npad u64[2] padding\nu32 z\n", "retire padding\nmove y .. z by 16\nat 8 u64 w[2]\n",
	<<'TABLE', 'a move over a pad');
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
placed(<<'END', <<'TABLE', 'append after a range of pads');
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

# A member that another revision put into a pad is next to it here, however it came.
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

changed($padded, "append u8 new\nappend u64 other\n", <<'TABLE', 'append goes after the last');
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
	[<<'END', <<'TABLE', 'embed after other members'],
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

done_testing();
