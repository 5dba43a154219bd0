# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Specs made up for tests: one that says everything that can be said, and large ones.
package Synthetic;

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT = qw(complete_spec large_spec);

# Every statement and every clause of the language, in less than 2 KB.
sub complete_spec
{
	return <<'END';
# A spec that says everything once.
fields {
	0x0000  vpid  tlfs Vpid
	0x0800  guest_es  linux es
	0x2004  bitmap
	0x2816  lbr_ctl  no high
	0x4000  pins
	0x401e  procs
	0x4402  reason
	0x681e  rip
}
controls pins {
	default1 0x16
	mask     PIN
	0  ext_intr
	3  nmi    adds vpid
	5  vnmi   needs nmi
}
controls procs {
	mask "2ND"
	1  one  uses rip,
	        bitmap  excludes two
	2  two
}
bits hdr u32 {
	number  31
	top     1
}
dump here {
	"*** A ***"
	"RIP = %, VPID = %"  rip, vpid
	"EFER = %16 (effective)"
	"MSRs:"              rare
	"msr=%8 on %d"
	"*** B ***"
	"ES=%"               es rare
	"reason=%"           reason
}
layout a {
	struct   va
	size     256
	align    packed
	version  1
	lookup   full high
	table    a_table, nr_a
	clean dirty prefix DIRTY {
		0  one
		1  two
	}
}
layout b {
	struct   vb
	size     256
	align    natural
	table    b_table, nr_b
}
revision a/r-1 {
	source "a \"paper\"",
		"in two parts"
	hdr head
	u32 dirty  tlfs Dirty
	clean one {
		vpid
		es  lookup none
		pad u16[2] gap
	}
	u64 room[2]
	clean readonly {
		reason
	}
	bitmap  clean any  because "nobody knows"
	pad to 64 tail  tlfs Tail
	rip  clean always
	pins  clean two
	procs  clean two
}
revision a/r-2 from r-1 {
	source "more"
	align packed
	at 48 u32 put
	append u16 last
	rename room space  tlfs Space
	over head u32 head2
	change reason .. bitmap lookup full
	lookup as r-1
	retire space .. space as hole
}
target linux {
	source "who reads it"
	memory b/x as kept,
		newest b/* as last-2
	images b/y*
	pages  a/*
	masks  a/r-1
	names  tlfs
}
target other-1.2 {
	pages newest a/r-*
	names linux
}
revision b/x {
	id 0x1234
	source "x"
	because "history"
	hdr head
	u32 abort
	vpid
	rip  lookup full
	u8 one
	u64 two
	pins
	es  lookup full
}
revision b/y from x {
	id 7
	source "y"
	move pins .. es by 8
	at 40 u64 three
}
revision b/z {
	id 9
	source "z"
	embed a/r-1
	rest of x
}
revision b/w same as x
shadow b/x {
	rw rip
}
support a/r-1 {
	source "s"
	lists supported as OK
	role kvm
	unnamed vnmi
	no  nmi for kvm  because "never"
	no  two  because "so"
}
END
}

#
# A layout as a user's might be, but large: @count members in all, in four revisions.
# The first has pads, the others are from it, put members into the pads and append.
#
sub large_spec
{
	my ($count) = @_;
	my $each = int($count / 4);
	my $block = 25;			# members in a row, the last of them a pad
	my @text = ("layout large {\n\tstruct large\n\tsize " . 4 * $count . "\n" .
		    "\talign natural\n\ttable large_table, nr_large\n}\n");
	my @pads;

	push @text, "revision large/r1 {\n\tid 1\n\tsource \"synthetic\"\n" .
		    "\tu32 revision_id\n\tu32 abort\n";
	for my $i (0 .. $each - 1) {
		if ($i % $block == $block - 1) {
			push @pads, 8 * (1 + $i + 3 * @pads);
			push @text, "\tpad u64[4] pad$i\n";
		} else {
			push @text, sprintf("\tu64 m%05d\n", $i);
		}
	}
	push @text, "}\n";
	for my $r (2 .. 4) {
		push @text, sprintf("revision large/r%d from r%d {\n\tid %d\n\tsource \"more\"\n",
				    $r, $r - 1, $r);
		push @text, map { sprintf("\tat %d u64 r%d_%d\n", $_ + 8 * ($r - 2), $r, $_) } @pads;
		push @text, map { "\tappend u64 last${r}_$_\n" } 1 .. 4;
		push @text, "}\n";
	}
	return join('', @text);
}

1;
