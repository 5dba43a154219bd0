#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The generated accessors, of several revisions in one file: which fields they find, how they
# read and write them, what they fold to, and what the compiler and sparse refuse.
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

# The names that the accessors of a revision are included with: those of its map, and the
# others as a function that only the map can't tell apart from those of another revision.
sub names
{
	my ($revision) = @_;
	my $name = c_name($revision);

	return (STRUCT => $name, MAP => "${name}_map", END => "${name}_end_t",
		FIND => "${name}_find", READ => "${name}_read", WRITE => "${name}_write",
		$revision =~ /^evmcs/ ? (GROUPS => "${name}_groups", CLEAN => "${name}_clean") : ());
}

# The lines that include them.  A name that is undef is not defined.
sub including
{
	my ($revision, %other) = @_;
	my %names = (names($revision), %other);

	return join('', "#include \"$revision-map.h\"\n",
		    defined $names{END} ? "typedef u16 __bitwise $names{END};\n" : '',
		    map({ "#define VMCS_$_ $names{$_}\n" } grep { defined $names{$_} } sort keys %names),
		    "#include \"vmcs_accessors.h\"\n");
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
	} grep { $_->{lookup} } encoded_in_every($revision);
}

# The program that reads and writes some revisions, compiled against a folder of generated
# files; it goes away with the returned object, which is its folder.
sub accessing
{
	my ($out, $of, $cc, @flags) = @_;
	my $dir = tempdir();
	my (@accessors, @tables, @list);

	for my $revision (@$of) {
		my %names = (CLEAN => 'no_group', names($revision));

		push @accessors, including($revision);
		push @tables, c_table('struct field', "fields_$names{STRUCT}", fields($revision));
		push @list, "REVISION($names{STRUCT}, $names{CLEAN})\n";
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
		 qr/^evmcs_linux_4_17, 0x10000: ends at 0x\w+$/],
	'a slot of another encoding' =>
		['vmcs_access.h', '(vmcs_slot_encodings[slot] ^ encoding) > 1 ||', '',
		 qr/^evmcs_linux_4_17, 0x\w+: ends at 0x\w+$/],
	'a high half of what has none' =>
		['vmcs_access.h', '!(entry >> VMCS_ENC_IS_HIGH(encoding) & 1)', '!entry',
		 qr/^evmcs_linux_4_17, 0x1: ends at 0x\w+$/],
	'a high half that is all' =>
		['vmcs_access.h', '(u32)encoding << 5', '(u32)encoding << 6',
		 qr/^vmcs12_evmcs_first, 0x2001: read as/],
	'a high half of eight bytes' =>
		['vmcs_access.h', '0x22, 0x48', '0x22, 0x88',
		 qr/^vmcs12_evmcs_first, 0x2001: is at/],
	'a write that takes what is before the field' =>
		['vmcs_access.h', '(word & ~(~0ULL << bits)) | value', '(word & 0) | value',
		 qr/^evmcs_linux_4_17, 0x0: not written as/],
	'a write of more than the field' =>
		['vmcs_access.h', '| value << bits;', '| value;',
		 qr/^evmcs_linux_4_17, 0x0: not written as/],
	'an accessor that reads another place' =>
		['vmcs_accessors.h', 'vmcs_peek_field(from, encoding, (__force u16)end)',
		 'vmcs_peek_field(from, encoding, (__force u16)end + 1)',
		 qr/^evmcs_linux_4_17, 0x0: read as/],
	'another end' =>
		['vmcs12/linux-4.0-map.h', '(GUEST_RIP)] = VMCS_ENDS(552)', '(GUEST_RIP)] = VMCS_ENDS(560)',
		 qr/^vmcs12_linux_4_0, 0x681e: read as/],
	'a row that is elsewhere' =>
		['vmcs_encodings.h', '[26] = VMCS_ROW(GUEST_CR0)', '[26] = VMCS_ROW(GUEST_CR0) - 1',
		 qr/^evmcs_linux_4_17, 0x6800: read as/],
	'a field too many' =>
		['vmcs12/linux-3.10-map.h', "_SLOTS] = {\n", "_SLOTS] = {\n\t[VMCS_SLOT(GUEST_PML_INDEX)] = VMCS_ENDS(18),\n",
		 qr/^vmcs12_linux_3_10, 0x812: ends at 0x12$/],
	'another group' =>
		['evmcs/tlfs-6.0-map.h', '(HOST_ES_SELECTOR)] = HV_VMX_ENLIGHTENED_CLEAN_FIELD_HOST_GRP1', '(HOST_ES_SELECTOR)] = 0x2000',
		 qr/^evmcs_tlfs_6_0, 0xc00: is in group 0x2000$/],
	'a group of what is not a field' =>
		['vmcs_accessors.h', 'vmcs_end(VMCS_MAP, encoding) ? VMCS_GROUPS[vmcs_slot(encoding)] : 0',
		 'VMCS_GROUPS[vmcs_slot(encoding)]', qr/^evmcs_linux_4_17, 0x10000: is in group/],
);
for my $fault (sort keys %FAULTS) {
	my ($file, $text, $instead, $seen) = @{ $FAULTS{$fault} };

	# That begins with the revision, and the others need not be compiled.
	my @of = grep { "$seen" =~ /\b@{[c_name($_)]},/ } @revisions;
	my $dir = accessing(with_fault($file, $text, $instead), \@of, 'gcc', '-O0');

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

my $missing = 'define VMCS_STRUCT, VMCS_MAP, VMCS_END, VMCS_FIND and VMCS_READ';
my $halves = 'define both of VMCS_GROUPS and VMCS_CLEAN, or none';
my ($memory, $page) = ('vmcs12/linux-6.1', 'evmcs/linux-6.1');

# Of what the first error is: a name that is missing, one left from before, or one that was used.
my %MISTAKES = (
	(map { ("no $_" => [$missing, including($memory, $_ => undef)]) }
		qw(STRUCT MAP END FIND READ)),
	'no GROUPS' => [$halves, including($page, GROUPS => undef)],
	'no CLEAN' => [$halves, including($page, CLEAN => undef)],
	'no names after an include' =>
		[$missing, including($page), "#include \"vmcs_accessors.h\"\n"],
	'the same names again' => [qr/^redefinition of \S*vmcs12_linux_6_1_find\b/,
				   including($memory), including($memory)],
);
for my $cc (compilers()) {
	for my $mistake (sort keys %MISTAKES) {
		my ($error, @text) = @{ $MISTAKES{$mistake} };
		my $first = errors($cc, @text)->[0];

		like($first, ref $error ? $error : qr/^\Q$error\E$/, "$cc: $mistake");
	}
	is_deeply(errors($cc, map { including($_) } @revisions), [''], "$cc: all revisions in one file");
	is_deeply(errors($cc, including($page, CLEAN => undef, GROUPS => undef),
			 including($memory, WRITE => undef)), [''], "$cc: no groups, and no write");
}

# A file with three revisions of vmcs12 and two of the eVMCS, and one thing to try.
my @SEVERAL = qw(vmcs12/linux-4.0 vmcs12/linux-6.1 vmcs12/evmcs-first
		 evmcs/tlfs-5.0 evmcs/linux-6.1);

sub several { return join('', map({ including($_) } @SEVERAL), @_) }

# A function that reads or writes a constant field.
sub constant
{
	my ($function, $revision, $encoding) = @_;
	my %names = names($revision);
	my $find = "$names{FIND}($encoding)";
	my ($type, $const, $arguments, $body) = $function =~ /^read/ ?
		('u64', 'const ', '', "return $names{READ}(image, $encoding, $find)") :
		('void', '', ', u64 value', "$names{WRITE}(image, $encoding, $find, value)");
	my $head = "$type $function(${const}struct $names{STRUCT} *image$arguments)";

	return "$head;\n$head\n{\n\t$body;\n}\n";
}

# A function that reads a structure at an offset, on its last line.
sub read_at
{
	my ($function, $revision, $offset) = @_;
	my %names = names($revision);
	my $head = "u64 $function(const struct $names{STRUCT} *image, u64 encoding)";

	return "$head;\n$head\n{\n\treturn $names{READ}(image, encoding, $offset); }\n";
}

#
# What a constant folds to
#

# The instructions of each function of a file, by name, without what fills up to the next one.
sub instructions
{
	my ($cc, $text) = @_;
	my $dir = tempdir();
	my $result = compile(cc => $cc, source => $text, output => "$dir/object.o",
			     flags => ['-O2', '-c', '-fcf-protection=none', '-I' . out()]);
	my (%functions, $function);

	die "$result->{err}" if $result->{status} != 0;
	for (split(/\n/, ok_run('objdump', '-d', '--no-show-raw-insn', "$dir/object.o"))) {
		$function = $functions{$1} = [] if /<(\w+)>:$/;
		push @$function, $1 =~ s/\s+/ /gr if /^\s+[0-9a-f]+:\s+(\S.*?)\s*$/;
	}
	for my $function (values %functions) {
		pop @$function while @$function && $function->[-1] =~ /\bnop|^xchg %ax,%ax$/;
	}
	return \%functions;
}

# By the bytes of a field, or four of a high half: a read and a write.
my %MOVES = (2 => ['movzwl OFFSET(%rdi),%eax', 'mov %si,OFFSET(%rdi)'],
	     4 => ['mov OFFSET(%rdi),%eax', 'mov %esi,OFFSET(%rdi)'],
	     8 => ['mov OFFSET(%rdi),%rax', 'mov %rsi,OFFSET(%rdi)']);
my (%right, @constants, %seen);

# Each field of a layout, in the newest revision that has it.
for my $revision (reverse @revisions) {
	my ($layout) = split(m{/}, $revision);

	for my $field (grep { !$seen{$layout}{$_->[0]}++ } fields($revision)) {
		my ($encoding, $offset, $bytes) = @$field;
		my $place = sprintf('0x%x', $offset);
		my @functions = map { sprintf('%s_%s_0x%04x', $_, c_name($revision), $encoding) }
			qw(read write);

		push @constants, map { constant($_, $revision, $encoding) } @functions;
		@right{@functions} = map { [s/OFFSET/$place/r, 'ret'] } @{ $MOVES{$bytes} };
	}
}
for my $cc (compilers()) {
	my $text = join('', map({ including($_) } @revisions), @constants);

	is_deeply(instructions($cc, $text), \%right, "$cc: " . keys(%right) . ' constants are one move each');
}

my $read = read_at('f', 'vmcs12/linux-4.0', 'vmcs12_linux_4_0_find(encoding)');
cmp_ok(@{ instructions('gcc', several($read))->{f} }, '>', 10,
       'an encoding that is not a constant takes more');

#
# What sparse refuses
#

my $MIXED = 'error: incorrect type in argument 3 (different base types)';

# Of each of these reads of a structure at an offset what sparse says, and nothing else in the file.
sub refused
{
	my ($reads, @flags) = @_;
	my $number = 0;
	my $text = several( map { read_at('read_' . $number++, @$_) } @$reads);
	my $before = () = several() =~ /\n/g;
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
my @reads = map { my $page = $_; map { [$page, c_name($_) . '_find(encoding)'] } @SEVERAL } @SEVERAL;
my @right = map { my $page = $_; map { $page eq $_ ? '' : $MIXED } @SEVERAL } @SEVERAL;

# Wherever sparse runs a structure goes with its own offsets alone, and a number is not an offset.
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
	my $text = several(constant('read', 'vmcs12/evmcs-first', '0x681e'),
			   constant('write', 'evmcs/linux-6.1', '0x681e'));

	for my $way (sort keys %ways) {
		for my $size ('-m64', '-m32') {
			my @flags = ('-O2', '-Werror', @{ $ways{$way} }, $size, '-I' . out());

			is(compiled('accessors', $text, cc => $cc, flags => \@flags), '',
			   "$cc $size $way: several revisions");
		}
	}
}

done_testing;
