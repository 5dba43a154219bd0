#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The generated accessors, several revisions in one file: which fields they find and
# what they say to all others, what they fold to, and what the compiler and sparse refuse.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Compilers;
use Generated;
use Pairs;
use Test::More;
use Vmcsgen;

my @revisions = map { revisions($_) } qw(evmcs vmcs12);

# The lines that include the accessors of a revision.  Of a name that is undef nothing
# is said, and pages have no canonical one.
sub including
{
	my ($layout, $revision, $canonical) = @_;

	$canonical = undef if $layout eq 'evmcs';
	return join('', defined $revision ? "#define VMCS_REVISION $revision\n" : '',
		    defined $canonical ? "#define VMCS_CANONICAL $canonical\n" : '',
		    "#include \"$layout/accessors.h\"\n");
}

#
# Every encoding, in every revision
#

# The bits of the clean fields that a write of a member of a group clears.
my %groups = (any => 0xffff);
for my $layout (grep { $_->{name} eq 'evmcs' } @{ spec_json()->{layouts} }) {
	$groups{$_->{name}} = 1 << $_->{bit} for @{ $layout->{groups} };
}

# The fields that the accessors of a revision find, and their high halves, as rows of
# struct field.
sub fields
{
	my ($revision) = @_;

	return map {
		my $group = $groups{$_->{group} // ''} // 0;

		([hex($_->{encoding}), $_->{offset}, $_->{size}, $group],
		 $_->{lookup_high} ? [hex($_->{encoding}) | 1, $_->{offset} + 4, 4, $group] : ())
	} grep { $_->{lookup} } encoded($revision);
}

# The program that reads and writes some revisions, compiled against a folder of generated
# files; it goes away with the returned object, which is its folder.
sub accessing
{
	my ($out, $of, $cc, @flags) = @_;
	my $dir = tempdir();
	my (@accessors, @tables, @list);

	for my $revision (@$of) {
		my ($layout, $name) = map { c_name($_) } split(m{/}, $revision);
		my $group = $layout eq 'evmcs' ? "evmcs_${name}_group" : 'no_group';

		push @accessors, including($layout, $name, $name);
		push @tables, c_table('struct field', "fields_${layout}_$name", fields($revision));
		push @list, "REVISION(${layout}_$name, $group)\n";
	}
	spew("$dir/accessors.h", @accessors);
	spew("$dir/tables.h", @tables);
	spew("$dir/revisions.h", @list);

	my $result = compile(cc => $cc, output => "$dir/accessors",
			     flags => ['-Wall', '-Wextra', '-Werror', @flags, "-I$out",
				       "-I$dir", '-DACCESSORS="accessors.h"',
				       '-DTABLES="tables.h"', '-DREVISIONS="revisions.h"'],
			     source => root() . '/tests/generated/accessors.c');
	die "accessors.c: $result->{err}" if $result->{status} != 0;
	return $dir;
}

my $found = map { fields($_) } @revisions;
my $said = sprintf("%d revisions, %d accepted, %d refused\n", scalar(@revisions), $found,
		   @revisions * 65536 * 49 - $found);
for my $cc (compilers()) {
	for my $size ('-m64', '-m32') {
		my $dir = accessing(out(), \@revisions, $cc, '-O2', $size);

		SKIP: {
			skip('cannot run 32-bit programs here', 1) if !runs_here($size);
			is(run("$dir/accessors")->{out}, $said,
			   "$cc $size: all encodings of all revisions");
		}
	}
}

# Faults are seen.  Of a generated file: what, instead of what, and what the program
# then says.
my %FAULTS = (
	'an encoding cut to 16 bits' =>
		['vmcs_access.h', '(vmcs_slot_encodings[slot] ^ encoding) > 1',
		 '(u16)(vmcs_slot_encodings[slot] ^ encoding) > 1',
		 qr/^evmcs_linux_4_17, 0x10000: read as/],
	'a slot of another encoding' =>
		['vmcs_access.h', '(vmcs_slot_encodings[slot] ^ encoding) > 1 ||', '',
		 qr/^evmcs_linux_4_17, 0x\w+: read as/],
	'a high half of what has none' =>
		['vmcs_access.h', '!(entry >> VMCS_ENC_IS_HIGH(encoding) & 1)', '!entry',
		 qr/^evmcs_linux_4_17, 0x1: read as/],
	'a high half that is all' =>
		['vmcs_access.h', '(u32)encoding << 5', '(u32)encoding << 6',
		 qr/^vmcs12_evmcs_first, 0x2001: read as/],
	'a high half of eight bytes' =>
		['vmcs_access.h', '0x22, 0x48', '0x22, 0x88',
		 qr/^vmcs12_evmcs_first, 0x2001: not written as/],
	'a write that takes what is before the field' =>
		['vmcs_access.h', '(word & ~(~0ULL << bits)) | value', '(word & 0) | value',
		 qr/^evmcs_linux_4_17, 0x0: not written whole words as/],
	'another end' =>
		['vmcs12/linux-4.0-map.h', '(GUEST_RIP)] = VMCS_ENDS(552)', '(GUEST_RIP)] = VMCS_ENDS(560)',
		 qr/^vmcs12_linux_4_0, 0x681e: read as/],
	'a row that is elsewhere' =>
		['vmcs_encodings.h', '[26] = VMCS_ROW(GUEST_CR0)', '[26] = VMCS_ROW(GUEST_CR0) - 1',
		 qr/^evmcs_linux_4_17, 0x6800: read as/],
	'a field too many' =>
		['vmcs12/linux-3.10-map.h', "_SLOTS] = {\n", "_SLOTS] = {\n\t[VMCS_SLOT(GUEST_PML_INDEX)] = VMCS_ENDS(18),\n",
		 qr/^vmcs12_linux_3_10, 0x812: read as/],
	'another group' =>
		['evmcs/tlfs-6.0-map.h', '(HOST_ES_SELECTOR)] = 0x4000', '(HOST_ES_SELECTOR)] = 0x2000',
		 qr/^evmcs_tlfs_6_0, 0xc00: is in group 0x2000$/],
	'a value written although there is no such field' =>
		['vmcs12/accessors.h', "\tif (!offset)\n\t\treturn false;\n\tVMCS_OWN(write_at)",
		 "\tif (!offset)\n\t\treturn vmcs_poke(image, 12, 2, 0), false;\n\tVMCS_OWN(write_at)",
		 qr/^vmcs12_evmcs_first, 0xffff: some field refused, but written as 0x0$/],
);
for my $fault (sort keys %FAULTS) {
	my ($file, $text, $instead, $seen) = @{ $FAULTS{$fault} };

	# That begins with the revision, and the others need not be compiled.
	my @of = grep { "$seen" =~ /\b@{[c_name($_)]},/ } @revisions;
	my $dir = accessing(with_fault($file, $text, $instead), \@of, 'gcc', '-O1');

	is(@of, 1, "$fault is in one revision");
	like(run("$dir/accessors")->{out}, $seen, "$fault is seen");
}

#
# What does not compile
#

# The errors that a compiler reports about a file, without where; or '' if there are none.
sub errors_of
{
	my ($cc, $text, @flags) = @_;
	my $result = compile(cc => $cc, source => $text,
			     flags => [@flags, '-Wall', '-Wextra', '-Werror', '-I' . out()]);

	return [$result->{status} == 0 ? '' : (),
		map { s/^#error "(.*)"$/$1/r =~ s/^"(.*)"$/$1/r }
		$result->{err} =~ /: error: (.*)/g];
}

# What it reports about includes of accessors that nothing uses.
sub errors { return errors_of(shift, join('', @_), '-fsyntax-only') }

my %INCLUDED = (
	'define VMCS_REVISION, the revision of LAYOUT to access' => [undef, 'linux_6_1'],
	'VMCS_REVISION is no revision of LAYOUT' => ['linux_6_11', 'linux_6_1'],
	'VMCS_CANONICAL is no revision of LAYOUT' => ['linux_6_1', 'linux_6_11'],
);
for my $cc (compilers()) {
	for my $layout ('evmcs', 'vmcs12') {
		for my $error (grep { $layout ne 'evmcs' || !/CANONICAL/ } sort keys %INCLUDED) {
			my $text = $error =~ s/LAYOUT/$layout/r;

			is_deeply(errors($cc, including($layout, @{ $INCLUDED{$error} })), [$text],
				  "$cc: $text");
		}
	}
	for my $revision (@revisions) {
		my ($layout, $name) = map { c_name($_) } split(m{/}, $revision);
		my $text = including($layout, $name, $name);

		is_deeply(errors($cc, $text), [''], "$cc: $revision alone");
		is_deeply(errors($cc, including($layout, $name)), [''],
			  "$cc: $revision without a canonical one");
		is_deeply(errors($cc, $text, $text), ["$revision has its accessors already"],
			  "$cc: $revision has its accessors once");
	}
}

# Names that stand for no revision, and names that are gone after one include.
my $unknown = 'VMCS_REVISION is no revision of vmcs12';
my %MISTAKES = (
	'an alias' => [$unknown, ['linux_6_12', 'linux_6_1']],
	'a revision of another layout' => [$unknown, ['tlfs_2022', 'linux_6_1']],
	'an empty name' => [$unknown, ['', 'linux_6_1']],
	'an empty canonical name' =>
		['VMCS_CANONICAL is no revision of vmcs12', ['linux_6_1', '']],
	'the same with another canonical one' =>
		['vmcs12/linux-6.1 has its accessors already',
		 ['linux_6_1', 'linux_4_0'], ['linux_6_1', 'linux_6_1']],
	'names left from before' =>
		['define VMCS_REVISION, the revision of vmcs12 to access',
		 ['linux_6_1', 'linux_4_0'], []],
	'names that were wrong before' => [$unknown, ['linux_6_11', 'linux_6_1'],
					   ['linux_6_1', 'linux_4_0']],
);
for my $cc (compilers()) {
	for my $mistake (sort keys %MISTAKES) {
		my ($error, @names) = @{ $MISTAKES{$mistake} };

		is_deeply(errors($cc, map { including('vmcs12', @$_) } @names), [$error],
			  "$cc: $mistake");
	}
}

# A file with three revisions of vmcs12 and two of the eVMCS, and one thing to try.
sub several
{
	my ($use) = @_;

	return join('', including('vmcs12', 'linux_4_0', 'linux_6_1'),
		    including('vmcs12', 'linux_6_1', 'linux_6_1'),
		    including('vmcs12', 'evmcs_first', 'linux_6_1'),
		    including('evmcs', 'tlfs_5_0', 'linux_6_1'),
		    including('evmcs', 'linux_6_1', 'linux_6_1'), $use);
}

# A function that gets or sets a constant field.
sub get
{
	my ($function, $revision, $encoding) = @_;
	my ($layout, $name) = map { c_name($_) } split(m{/}, $revision);
	my $struct = layout_json($revision)->{struct};

	return "u64 $function(const struct $struct *image);\n" .
		"u64 $function(const struct $struct *image)\n{\n" .
		"\treturn ${layout}_${name}_get(image, $encoding);\n}\n";
}

sub set
{
	my ($function, $revision, $encoding) = @_;
	my ($layout, $name) = map { c_name($_) } split(m{/}, $revision);
	my $struct = layout_json($revision)->{struct};

	return "void $function(struct $struct *image, u64 value);\n" .
		"void $function(struct $struct *image, u64 value)\n{\n" .
		"\t${layout}_${name}_set(image, $encoding, value);\n}\n";
}

# A function that reads a page of a revision at an offset, on its last line.
sub read_at
{
	my ($function, $page, $offset) = @_;
	my $read = c_name($page) . '_read_at';
	my $struct = layout_json($page)->{struct};

	return "u64 $function(const struct $struct *image, u64 encoding);\n" .
	       "u64 $function(const struct $struct *image, u64 encoding)\n{\n" .
	       "\treturn $read(image, encoding, $offset); }\n";
}

# No field of 4.0, no high half in an eVMCS, a high half of what has none, more than
# sixteen bits or than 32, and all bits.
my @WRONG = (['vmcs12/linux-4.0', '0x2032'], ['evmcs/linux-6.1', '0x2011'],
	     ['vmcs12/linux-6.1', '0x681f'], ['vmcs12/linux-6.1', '0x1681e'],
	     ['vmcs12/linux-6.1', '0x10000681eull'], ['vmcs12/linux-6.1', '-1']);

# A file that gets and sets these encodings, or a right one of the same revisions.
sub uses
{
	my ($right) = @_;
	my $number = 0;

	return several(join('', map {
		my ($revision, $wrong) = @$_;
		my $encoding = $right // $wrong;

		$number++;
		(get("get_$number", $revision, $encoding), set("set_$number", $revision, $encoding))
	} @WRONG));
}

for my $cc (compilers()) {
	my @errors = @{ errors_of($cc, uses(), '-O2') };

	is(@errors, 2 * @WRONG, "$cc: an error for each get and set of what a revision lacks");
	is_deeply([grep { !/vmcs_no_such_field.*the revision has no such field/ } @errors], [],
		  "$cc: it says what is wrong");
	is_deeply(errors_of($cc, uses('0x681e'), '-O2'), [''], "$cc: they have another");
}

#
# What a constant folds to
#

# The instructions of each function of a file, by name.  In sections of their own there
# is nothing between functions to fill.
sub instructions
{
	my ($cc, $text) = @_;
	my $dir = tempdir();
	my $result = compile(cc => $cc, source => $text, output => "$dir/object.o",
			     flags => ['-O2', '-c', '-ffunction-sections', '-fcf-protection=none',
				       '-I' . out()]);
	my (%functions, $function);

	die "$result->{err}" if $result->{status} != 0;
	for (split(/\n/, ok_run('objdump', '-d', '--no-show-raw-insn', "$dir/object.o"))) {
		$function = $functions{$1} = [] if /<(\w+)>:$/;
		push @$function, $1 =~ s/\s+/ /gr if /^\s+[0-9a-f]+:\s+(\S.*?)\s*$/;
	}
	return \%functions;
}

# By the bytes of a field, or four of a high half: a get and a set.
my %MOVES = (2 => ['movzwl OFFSET(%rdi),%eax', 'mov %si,OFFSET(%rdi)'],
	     4 => ['mov OFFSET(%rdi),%eax', 'mov %esi,OFFSET(%rdi)'],
	     8 => ['mov OFFSET(%rdi),%rax', 'mov %rsi,OFFSET(%rdi)']);

for my $cc (compilers()) {
	for my $revision (@revisions) {
		my ($layout, $name) = map { c_name($_) } split(m{/}, $revision);
		my $text = including($layout, $name, $name);
		my %right;

		for my $field (fields($revision)) {
			my ($encoding, $offset, $bytes) = @$field;
			my ($get, $set) = map { sprintf('%s_0x%04x', $_, $encoding) } qw(get set);
			my $place = sprintf('0x%x', $offset);

			$text .= get($get, $revision, $encoding) . set($set, $revision, $encoding);
			@right{$get, $set} =
				map { [s/OFFSET/$place/r, 'ret'] } @{ $MOVES{$bytes} };
		}
		is_deeply(instructions($cc, $text), \%right,
			  "$cc: " . keys(%right) . " constants of $revision are one move each");
	}
}

my $read = read_at('f', 'vmcs12/linux-4.0', 'vmcs12_linux_4_0_offset(encoding)');
cmp_ok(@{ instructions('gcc', several($read))->{f} }, '>', 10,
       'an encoding that is no constant takes more');

#
# What sparse refuses
#

my @SEVERAL = qw(vmcs12/linux-4.0 vmcs12/linux-6.1 vmcs12/evmcs-first
		 evmcs/tlfs-5.0 evmcs/linux-6.1);
my $MIXED = 'error: incorrect type in argument 3 (different base types)';

# Of each of these reads of a page at an offset what sparse says, and nothing else in the file.
sub refused
{
	my ($reads, @flags) = @_;
	my $number = 0;
	my $text = several('') . join('', map { read_at('read_' . $number++, @$_) } @$reads);
	my $before = () = several('') =~ /\n/g;
	my @said = ('') x @$reads;

	for (split(/\n/, sparse('accessors', $text, @flags))) {
		my ($line, $message) = /\.c:(\d+):\d+: ((?:error|warning): .*)/ or next;
		my $read = ($line - $before) / 4 - 1;

		push @said, $_ and next if $read != int($read) || $read < 0 || $read >= @$reads;
		$said[$read] .= $message;
	}
	return \@said;
}

my %SPARSE = sparse_ways();
my @reads = map { my $page = $_; map { [$page, c_name($_) . '_offset(encoding)'] } @SEVERAL } @SEVERAL;
my @right = map { my $page = $_; map { $page eq $_ ? '' : $MIXED } @SEVERAL } @SEVERAL;

# Wherever sparse runs a page goes with its own offsets alone, and a number is no offset.
for my $way (sort keys %SPARSE) {
	for my $size ('-m64', '-m32') {
		is_deeply(refused([@reads, ['vmcs12/linux-4.0', '(u16)544']], $size, @{ $SPARSE{$way} }),
			  [@right, $MIXED], "sparse $size $way: offsets of " . @SEVERAL . ' revisions');
	}
}

#
# Several revisions in one file, as the kernel is compiled
#

for my $cc (compilers()) {
	my %ways = ways($cc);
	my $text = several(get('f', 'vmcs12/evmcs-first', '0x681e') .
			   set('g', 'evmcs/linux-6.1', '0x681e'));

	for my $way (sort keys %ways) {
		for my $size ('-m64', '-m32') {
			my @flags = ('-O2', '-Werror', @{ $ways{$way} }, $size, '-I' . out());

			is(compiled('accessors', $text, cc => $cc, flags => \@flags), '',
			   "$cc $size $way: several revisions");
		}
	}
}

done_testing;
