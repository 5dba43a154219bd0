#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# One fault, one message: mistakes that a tired person makes, each with the one message that it
# is to give, to the letter; two of them, which are to give two; and the project's own spec
# without each of its braces and includes.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my %right = (spec => <<'SPEC', fields => <<'FIELDS');
include "fields.vmcs"

controls cpu_based_vm_exec_control {
	default1  0x0401e172
	mask      EXEC_CTRL
	21  cpu_based_tpr_shadow                   adds tpr_threshold
	28  cpu_based_use_msr_bitmaps              adds msr_bitmap
	31  cpu_based_activate_secondary_controls  adds secondary_vm_exec_control
}

bits vmcs_hdr u32 {
	revision_id 31
	shadow_vmcs 1
}

layout evmcs {
	struct   evmcs
	size     64
	align    natural
	version  1
	lookup   full
	table    evmcs_fields, nr_evmcs_fields
	clean clean_fields prefix EVMCS_CLEAN {
		1   msr_bitmap
		4   control_proc often
		9   control_xlat
		10  guest_basic often
	}
}

layout vmcs12 {
	struct  vmcs12
	size    256
	lookup  full high
}

revision evmcs/first {
	source  "an example"
	u32 revision_id
	u32 abort
	msr_bitmap  clean msr_bitmap
	clean readonly {
		vm_exit_reason
	}
	cpu_based_vm_exec_control  clean control_proc
	guest_rip                  clean guest_basic
	u32 clean_fields
	virtual_processor_id       clean control_xlat
	tpr_threshold              clean always
	pad u32[5] reserved
}

revision evmcs/second from first {
	source  "an example"
	at  44  secondary_vm_exec_control  clean control_proc
}

revision vmcs12/one {
	source  "an example"
	id      0x11e57ed0
	vmcs_hdr hdr
	u32 abort
	msr_bitmap
	guest_rip
	virtual_processor_id
	pad u16[3] padding
}

revision vmcs12/two from one {
	source  "an example"
	append tpr_threshold
	append cpu_based_vm_exec_control
}

shadow vmcs12/two {
	rw  guest_rip
	rw  tpr_threshold
}

target guest {
	source  "an example"
	memory  vmcs12/two
	pages   newest evmcs/*
}
SPEC
fields {
	0x0000  virtual_processor_id       tlfs Vpid
	0x2004  msr_bitmap                 tlfs MsrBitmap
	0x4002  cpu_based_vm_exec_control  tlfs ProcessorControls
	0x401c  tpr_threshold              tlfs TprThreshold
	0x401e  secondary_vm_exec_control  tlfs SecondaryProcessorControls
	0x4402  vm_exit_reason             tlfs ExitReason
	0x681e  guest_rip                  tlfs Rip
}
FIELDS

# What is done, in which file, and what is said of it.
my @mistakes = (
	['open brace of revision forgotten', 'spec', sub { s/(revision evmcs\/first) \{/$1/ },
	 'spec.vmcs:37:21: error: the statement ends early, expected \'{\''],
	['open brace of fields forgotten', 'fields', sub { s/fields \{/fields/ },
	 'fields.vmcs:1:7: error: the statement ends early, expected \'{\''],
	['open brace of controls forgotten', 'spec', sub { s/(controls cpu_based_vm_exec_control) \{/$1/ },
	 'spec.vmcs:3:35: error: the statement ends early, expected \'{\''],
	['open brace of layout forgotten', 'spec', sub { s/(layout evmcs) \{/$1/ },
	 'spec.vmcs:16:13: error: the statement ends early, expected \'{\''],
	['open brace of clean word forgotten', 'spec', sub { s/(prefix EVMCS_CLEAN) \{/$1/ },
	 'spec.vmcs:23:39: error: the statement ends early, expected \'{\''],
	['open brace of clean block forgotten', 'spec', sub { s/clean readonly \{/clean readonly/ },
	 'spec.vmcs:42:16: error: the statement ends early, expected \'because\', \'clean\', \'lookup\', \'loss\', \'neutral\', \'tlfs\' or \'{\''],
	['open brace of bits forgotten', 'spec', sub { s/(bits vmcs_hdr u32) \{/$1/ },
	 'spec.vmcs:11:18: error: the statement ends early, expected \'{\''],
	['open brace of shadow forgotten', 'spec', sub { s/(shadow vmcs12\/two) \{/$1/ },
	 'spec.vmcs:75:18: error: the statement ends early, expected \'{\''],
	['open brace of target forgotten', 'spec', sub { s/(target guest) \{/$1/ },
	 'spec.vmcs:80:13: error: the statement ends early, expected \'{\''],
	['open brace of derived revision forgotten', 'spec', sub { s/(from first) \{/$1/ },
	 'spec.vmcs:53:33: error: the statement ends early, expected \'{\''],
	['brace on next line', 'spec', sub { s/(layout vmcs12) \{/$1\n{/ },
	 'spec.vmcs:31:14: error: the statement ends early, expected \'{\''],
	['close brace of revision forgotten', 'spec', sub { s/reserved\n\}/reserved/ },
	 'spec.vmcs:52:1: error: a block is not closed ahead of \'revision\''],
	['close brace of fields forgotten', 'fields', sub { s/\}\n// },
	 'fields.vmcs:9:1: error: the file ends inside a block'],
	['close brace of last', 'spec', sub { s/\}\n\z// },
	 'spec.vmcs:84:1: error: the file ends inside a block'],
	['close brace of clean block forgotten', 'spec', sub { s/vm_exit_reason\n\t\}/vm_exit_reason/ },
	 'spec.vmcs:52:1: error: a block is not closed ahead of \'revision\''],
	['close brace of clean word forgotten', 'spec', sub { s/guest_basic often\n\t\}/guest_basic often/ },
	 'spec.vmcs:30:1: error: a block is not closed ahead of \'layout\''],
	['close brace twice', 'spec', sub { s/reserved\n\}/reserved\n}\n}/ },
	 'spec.vmcs:52:1: error: no block is open that \'}\' could close'],
	['round bracket for brace', 'spec', sub { s/(layout vmcs12) \{/$1 (/ },
	 'spec.vmcs:31:15: error: \'(\' has no place outside a string or a comment: a block has braces'],
	['include lost', 'spec', sub { s/include "fields.vmcs"\n// },
	 'spec.vmcs:2:10: error: \'cpu_based_vm_exec_control\' is not a field'],
	['include commented out', 'spec', sub { s/include "fields/# include "fields/ },
	 'spec.vmcs:3:10: error: \'cpu_based_vm_exec_control\' is not a field'],
	['include of a wrong name', 'spec', sub { s/fields\.vmcs/field.vmcs/ },
	 'spec.vmcs:1:9: error: cannot open \'field.vmcs\': No such file or directory'],
	['include without quotes', 'spec', sub { s/"fields\.vmcs"/fields.vmcs/ },
	 'spec.vmcs:1:9: error: unexpected \'fields.vmcs\', expected a string'],
	['BOM', 'spec', sub { s/\A/\xef\xbb\xbf/ },
	 'spec.vmcs:1:1: error: a byte-order mark, U+FEFF, begins the file: save it without one'],
	['BOM in included', 'fields', sub { s/\A/\xef\xbb\xbf/ },
	 'fields.vmcs:1:1: error: a byte-order mark, U+FEFF, begins the file: save it without one'],
	['no-break space', 'fields', sub { s/0x2004  /0x2004\xc2\xa0 / },
	 'fields.vmcs:3:8: error: a no-break space, U+00A0, has no place in a spec'],
	['zero-width space', 'fields', sub { s/guest_rip /guest_rip\xe2\x80\x8b/ },
	 'fields.vmcs:8:19: error: a zero-width space, U+200B, has no place in a spec'],
	['typographic quotes', 'spec', sub { s/"an example"/\xe2\x80\x9can example\xe2\x80\x9d/ },
	 'spec.vmcs:38:10: error: \'“\' has no place outside a string or a comment: a string has plain quotes, \'"\''],
	['typographic dash', 'spec', sub { s/vmcs12\/one \{/vmcs12\/o\xe2\x80\x93ne {/ },
	 'spec.vmcs:58:18: error: \'–\' has no place outside a string or a comment: a plain dash is \'-\''],
	['unclosed string', 'spec', sub { s/"an example"/"an example/ },
	 'spec.vmcs:38:10: error: the string is not closed on its line'],
	['single quotes', 'spec', sub { s/"an example"/'an example'/ },
	 'spec.vmcs:38:10: error: \'\'\' has no place outside a string or a comment: a string has double quotes'],
	['semicolon', 'spec', sub { s/(u32 abort)\n/$1;\n/ },
	 'spec.vmcs:40:11: error: \';\' has no place outside a string or a comment: a statement ends with its line'],
	['C comment', 'spec', sub { s/(\tu32 abort)/\/* the abort *\/\n$1/ },
	 'spec.vmcs:40:1: error: \'/\' has no place outside a string or a comment: a comment begins with \'#\''],
	['C++ comment', 'spec', sub { s/(u32 abort)\n/$1 \/\/ abort\n/ },
	 'spec.vmcs:40:12: error: \'/\' has no place outside a string or a comment: a comment begins with \'#\''],
	['equals sign', 'spec', sub { s/size     64/size = 64/ },
	 'spec.vmcs:18:7: error: \'=\' has no place outside a string or a comment: a blank is enough between a word and its value'],
	['colon', 'spec', sub { s/size     64/size: 64/ },
	 'spec.vmcs:18:6: error: \':\' has no place outside a string or a comment: a blank is enough between a word and its value'],
	['merge conflict', 'spec', sub { s/(\tu32 abort\n)/<<<<<<< HEAD\n$1=======\n\tu32 stop\n>>>>>>> other\n/ },
	 'spec.vmcs:40:1: error: a merge conflict is not resolved'],
	['duplicate encoding', 'fields', sub { s/0x401e/0x401c/ },
	 'fields.vmcs:6:2: error: \'secondary_vm_exec_control\' has the encoding of \'tpr_threshold\', 0x401c: \'evmcs/second\' can\'t have both'],
	['encoding without 0x', 'fields', sub { s/0x401c/401c/ },
	 'fields.vmcs:5:2: error: \'401c\' is not a number: numbers are decimal, or hexadecimal with 0x'],
	['encoding with reserved bit', 'fields', sub { s/0x401c/0x1401c/ },
	 'fields.vmcs:5:2: error: the encoding of \'tpr_threshold\' has reserved bits set: 0x10000 [-Wencoding-bits]'],
	['HIGH encoding', 'fields', sub { s/0x2004/0x2005/ },
	 'fields.vmcs:3:2: error: bit 0 marks the high half of a 64-bit field, which \'msr_bitmap\' is not [-Wencoding-bits]'],
	['O for 0', 'fields', sub { s/0x401c/0x4O1c/ },
	 'fields.vmcs:5:2: error: \'0x4O1c\' is not a number: numbers are decimal, or hexadecimal with 0x'],
	['bit twice', 'spec', sub { s/28  cpu/21  cpu/ },
	 'spec.vmcs:7:2: error: bit 21 has a control already'],
	['bit 32', 'spec', sub { s/28  cpu/32  cpu/ },
	 'spec.vmcs:7:2: error: \'cpu_based_vm_exec_control\' has bits 0 to 31'],
	['bits do not add up', 'spec', sub { s/revision_id 31/revision_id 30/ },
	 'spec.vmcs:11:6: error: the bits of \'vmcs_hdr\' add up to 31, not to the 32 of its u32'],
	['group bit twice', 'spec', sub { s/9   control_xlat/4   control_xlat/ },
	 'spec.vmcs:26:3: error: the groups \'control_xlat\' and \'control_proc\' have one bit, 4 [-Wgroup-bit]'],
	['octal', 'spec', sub { s/size     64/size     064/ },
	 'spec.vmcs:18:11: error: \'064\' is not a number: numbers are decimal, or hexadecimal with 0x'],
	['field misspelled in revision', 'spec', sub { s/\tguest_rip                  clean/\tguest_rpi                  clean/ },
	 'spec.vmcs:46:2: error: \'guest_rpi\' is not a field; a member of another kind begins with its type; did you mean \'guest_rip\'?'],
	['field misspelled in fields', 'fields', sub { s/tpr_threshold /tpr_treshold / },
	 'spec.vmcs:49:2: error: \'tpr_threshold\' is not a field; a member of another kind begins with its type; did you mean \'tpr_treshold\'?'],
	['TLFS name in revision', 'spec', sub { s/\tguest_rip                  clean/\tGuestRip                  clean/ },
	 'spec.vmcs:46:2: error: \'GuestRip\' is not a field; a member of another kind begins with its type; did you mean \'guest_rip\'?'],
	['control adds misspelled', 'spec', sub { s/adds msr_bitmap/adds msr_bitmpa/ },
	 'spec.vmcs:7:50: error: \'msr_bitmpa\' is not a field; did you mean \'msr_bitmap\'?'],
	['group misspelled', 'spec', sub { s/clean guest_basic\n/clean guest_basci\n/ },
	 'spec.vmcs:46:35: error: the layout \'evmcs\' has no clean group \'guest_basci\'; did you mean \'guest_basic\'?'],
	['layout misspelled', 'spec', sub { s/revision vmcs12\/one/revision vmsc12\/one/ },
	 'spec.vmcs:58:10: error: \'vmsc12\' is not a layout; did you mean \'vmcs12\'?'],
	['base misspelled', 'spec', sub { s/from one/from noe/ },
	 'spec.vmcs:69:26: error: the layout \'vmcs12\' has no revision \'noe\'; did you mean \'one\'?'],
	['type misspelled', 'spec', sub { s/u32 abort\n\tmsr_bitmap\n/u23 abort\n\tmsr_bitmap\n/ },
	 'spec.vmcs:62:2: error: \'u23\' is not a type: u8, u16, u32, u64 or bits'],
	['statement misspelled', 'spec', sub { s/revision vmcs12\/one/revison vmcs12\/one/ },
	 'spec.vmcs:58:1: error: no statement begins with \'revison\' here; did you mean \'revision\'?'],
	['statement word misspelled in block', 'spec', sub { s/append tpr/apend tpr/ },
	 'spec.vmcs:71:2: error: \'vmcs12/two\' is from another revision: say \'at\' or \'append\''],
	['property misspelled', 'spec', sub { s/align    natural/algin    natural/ },
	 'spec.vmcs:19:2: error: unexpected \'algin\'; did you mean \'align\'?'],
	['attribute misspelled', 'spec', sub { s/tpr_threshold              clean/tpr_threshold              claen/ },
	 'spec.vmcs:49:35: error: unexpected \'always\', expected the end of the statement'],
	['field twice in fields', 'fields', sub { s/(\t0x401c.*\n)/$1$1/ },
	 'fields.vmcs:6:10: error: the field \'tpr_threshold\' is defined twice'],
	['member twice', 'spec', sub { s/\tguest_rip\n/\tguest_rip\n\tguest_rip\n/ },
	 'spec.vmcs:65:2: error: \'guest_rip\' is in \'vmcs12/one\' already'],
	['revision twice', 'spec', sub { s/(revision vmcs12\/two)/revision vmcs12\/one/ },
	 'spec.vmcs:69:10: error: the revision \'vmcs12/one\' is defined twice'],
	['shadow of unknown', 'spec', sub { s/rw  guest_rip/rw  guest_rsp/ },
	 'spec.vmcs:76:6: error: \'guest_rsp\' is not a field; did you mean \'guest_rip\'?'],
	['target of unknown', 'spec', sub { s/memory  vmcs12\/two/memory  vmcs12\/three/ },
	 'spec.vmcs:82:10: error: the layout \'vmcs12\' has no revision \'three\''],
	['at where none is free', 'spec', sub { s/at  44/at  40/ },
	 'spec.vmcs:55:10: error: \'secondary_vm_exec_control\' (bytes 40 to 43) overlaps \'tpr_threshold\' (bytes 40 to 43) in \'evmcs/second\' [-Woverlap]'],
	['at too near to end', 'spec', sub { s/at  44/at  62/ },
	 'spec.vmcs:55:10: error: \'secondary_vm_exec_control\' ends at byte 66, outside the 64 bytes of \'evmcs\''],
	['size too small', 'spec', sub { s/size     64/size     48/ },
	 'spec.vmcs:50:13: error: \'reserved\' ends at byte 64, outside the 48 bytes of \'evmcs\''],
	['pad too large', 'spec', sub { s/u32\[5\]/u32[6]/ },
	 'spec.vmcs:50:13: error: \'reserved\' ends at byte 68, outside the 64 bytes of \'evmcs\''],
	['at with hexadecimal forgotten', 'spec', sub { s/at  44/at  2c/ },
	 'spec.vmcs:55:6: error: \'2c\' is not a number: numbers are decimal, or hexadecimal with 0x'],
	['source forgotten', 'spec', sub { s/(revision vmcs12\/one \{\n)\tsource  "an example"\n/$1/ },
	 'spec.vmcs:58:10: warning: \'vmcs12/one\' does not cite its source [-Wsource]'],
	['id forgotten', 'spec', sub { s/\tid      0x11e57ed0\n// },
	 'spec.vmcs:58:10: error: \'vmcs12/one\' has no id [-Wid-missing]'],
	['size forgotten', 'spec', sub { s/\tsize     64\n// },
	 'spec.vmcs:16:8: error: the layout \'evmcs\' lacks its size'],
	['struct forgotten', 'spec', sub { s/\tstruct   evmcs\n// },
	 'spec.vmcs:16:8: error: the layout \'evmcs\' lacks its struct'],
	['group forgotten', 'spec', sub { s/\tguest_rip                  clean guest_basic/\tguest_rip/ },
	 'spec.vmcs:46:2: error: the field \'guest_rip\' is in no clean group of \'evmcs/first\' [-Wgroup-missing]'],
	['comma forgotten', 'spec', sub { s/evmcs_fields, nr/evmcs_fields nr/ },
	 'spec.vmcs:22:24: error: unexpected \'nr_evmcs_fields\', expected \',\''],
	['two statements on one line', 'spec', sub { s/u32 revision_id\n\t/u32 revision_id  / },
	 'spec.vmcs:39:19: error: unexpected \'u32\', expected the end of the statement'],
	['name with a dash', 'spec', sub { s/u32 abort\n\tmsr_bitmap\n/u32 abort-it\n\tmsr_bitmap\n/ },
	 'spec.vmcs:62:6: error: unexpected \'abort-it\', expected the end of the statement'],
	['array at the type', 'spec', sub { s/pad u32\[5\] reserved/pad u32 reserved[5]/ },
	 'spec.vmcs:50:18: error: unexpected \'[\', expected the end of the statement'],
	['word of the language as name', 'spec', sub { s/u32 abort\n\tmsr_bitmap\n/u32 size\n\tmsr_bitmap\n/ },
	 'spec.vmcs:62:6: error: unexpected \'size\', a word of the language, expected the end of the statement'],
	['tab lost: all on one line', 'spec', sub { s/\{\n\tsource  "an example"\n\tid/{ source "an example"\n\tid/ },
	 'spec.vmcs:58:23: error: unexpected \'source\', a word of the language, expected the end of the statement'],
);

my $dir = tempdir();

# The messages about a spec: their first lines.
sub messages
{
	my (%files) = @_;

	spew("$dir/$_.vmcs", $files{$_}) for keys %files;
	my $result = run({ dir => "$dir", env => { NO_COLOR => 1 } }, vmcsgen(), 'check', '-s', 'spec.vmcs');
	die "signal $result->{signal}\n" if $result->{signal};
	return grep { /^\S+ (?:error|warning): / } split(/\n/, $result->{err});
}

# The files with a mistake made in them.
sub with
{
	my ($mistake, %files) = @_;
	my (undef, $file, $make) = @$mistake;

	for ($files{$file}) {
		my $before = $_;

		$make->();
		die "nothing changed: $mistake->[0]\n" if $_ eq $before;
	}
	return %files;
}

is(join("\n", messages(%right)), '', 'the spec is right as it is');

for my $mistake (@mistakes) {
	is(join("\n", messages(with($mistake, %right))), $mistake->[3], $mistake->[0]);
}
cmp_ok(scalar(@mistakes), '>=', 60, 'there are 60 mistakes');

#
# Two in one spec: what is said of one does not hide the other
#

my %by_name = map { ($_->[0] => $_) } @mistakes;
my @apart = map { $by_name{$_} // die "$_\n" } split(/\n/, <<'NAMES');
open brace of controls forgotten
open brace of clean block forgotten
open brace of bits forgotten
open brace of shadow forgotten
open brace of target forgotten
brace on next line
close brace twice
BOM
no-break space
zero-width space
typographic quotes
typographic dash
unclosed string
single quotes
semicolon
C comment
C++ comment
equals sign
merge conflict
duplicate encoding
HIGH encoding
group bit twice
field misspelled in revision
property misspelled
NAMES
my @pairs;
for my $i (0 .. $#apart) {
	push @pairs, map { [$apart[$i], $apart[$_]] } $i + 1 .. $#apart;
}
my @wrong = map { "$_->[0][0], $_->[1][0]" } grep {
	messages(with($_->[1], with($_->[0], %right))) != 2;
} @pairs;
is_deeply(\@wrong, [], 'two mistakes give two messages: ' . @pairs . ' pairs');

#
# The project's spec
#

my $spec = root() . '/spec';
my %files = map { (m{([^/]+)\.vmcs\z} => slurp($_)) } glob("$spec/*.vmcs");
my $tried = 0;
ok_run('cp', '-r', "$spec/frozen", "$dir/frozen");
$files{spec} = delete $files{vmcs};

# What is wrong with the messages, of which one is wanted.
sub not_one
{
	my ($name, %with) = @_;
	my @messages = messages(%files, %with);

	$tried++;
	return @messages == 1 ? () : join("\n", "$name:", @messages);
}

my @many;
for my $file (sort keys %files) {
	my $text = $files{$file};

	while ($text =~ / (\{)\n|^(\t*\}\n)/gm) {
		my $without = $text;

		substr($without, $-[1] // $-[2], length($1 // $2)) = '';
		push @many, not_one("$file without a brace at byte $-[0]", $file => $without);
	}
	push @many, not_one("$file with a byte-order mark", $file => "\xef\xbb\xbf$text") if $file ne 'spec';
}
# Without these the spec is not a spec, or says less and is right.
for my $include (qw(fields controls vmcs12 evmcs support)) {
	push @many, not_one("no include of $include", spec => $files{spec} =~ s/^include "$include.*\n//mr);
	push @many, not_one("an include of x$include", spec => $files{spec} =~ s/^include "(?=$include)/include "x/mr);
}
is_deeply(\@many, [], "one mistake in the project's spec gives one message: $tried mistakes");
cmp_ok($tried, '>', 100, 'there were mistakes');

done_testing();
