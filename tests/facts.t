#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The spec against tables that were made without it (facts/README.md): the members
# of every layout, the encodings, the controls.  Where they differ because a table
# repeats a mistake or leaves something out, that is listed here with the reason.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use Test::More;
use Vmcsgen;

my $facts = "$FindBin::Bin/facts";

# What is compared: a revision, the table, and the names.
my @LAYOUTS = (
	map({ { revision => "vmcs12/linux-$_", table => "vmcs12/linux-$_", names => 'linux' } }
	    qw(3.10 4.0 4.14 4.18 6.1 6.12)),
	map({ { revision => "evmcs/linux-$_", table => "evmcs/linux-$_", names => 'linux' } }
	    qw(4.17 5.0 6.1 6.12)),
	{ revision => 'evmcs/tlfs-5.0', table => 'tlfs/5.0b', names => 'tlfs' },
	{ revision => 'evmcs/tlfs-6.0', table => 'tlfs/6.0b', names => 'tlfs' },
	{ revision => 'evmcs/tlfs-2021', table => 'tlfs/web-2021-05-11', names => 'tlfs' },
	{ revision => 'evmcs/tlfs-2022', table => 'tlfs/web-2022-07-06', names => 'tlfs' },
);

# Where the spec says more than a table, or otherwise: for names, what the table
# says and what the spec says of encoding and group.
my @KNOWN = (
	{
		because => 'the TLFS has no row for them; the encodings are the SDM\'s, and Linux ' .
			   'puts what Hyper-V leaves alone under all sixteen bits',
		tables => qr/^tlfs/,
		members => {
			ExitMsrStoreAddress => ['', '0x00002006 ALL'],
			ExitMsrLoadAddress => ['', '0x00002008 ALL'],
			EntryMsrLoadAddress => ['', '0x0000200a ALL'],
			Cr3Target0 => ['', '0x00006008 ALL'],
			Cr3Target1 => ['', '0x0000600a ALL'],
			Cr3Target2 => ['', '0x0000600c ALL'],
			Cr3Target3 => ['', '0x0000600e ALL'],
			PfecMask => ['', '0x00004006 ALL'],
			PfecMatch => ['', '0x00004008 ALL'],
			Cr3TargetCount => ['', '0x0000400a ALL'],
			ExitMsrStoreCount => ['', '0x0000400e ALL'],
			ExitMsrLoadCount => ['', '0x00004010 ALL'],
			EntryMsrLoadCount => ['', '0x00004014 ALL'],
		},
	},
	{
		because => 'the page gives HostRip\'s encoding to HostSysenterCsMsr, which is 32 ' .
			   'bits wide, and has no row for HostRip; the PDFs have both right',
		tables => qr/^tlfs.web/,
		members => {
			HostSysenterCsMsr => ['0x00006c16 HOST_GRP1', '0x00004c00 HOST_GRP1'],
			HostRip => ['', '0x00006c16 HOST_GRP1'],
		},
	},
);

sub place { return "$_[0]{name} $_[0]{offset} $_[0]{size} $_[0]{count}" }

sub end { return $_[0]{offset} + $_[0]{size} * $_[0]{count} }

sub meaning { return $_[0]{encoding} . ($_[0]{clean_group} eq '' ? '' : " $_[0]{clean_group}") }

# Pads are what the compiler, or who wrote the structure, puts between members.
my $PAD = qr/^(?:pad|hv_padding|hv_vmcs_rest|dead_space|Rsvd)/;
sub is_pad { return $_[0]{encoding} eq '' && $_[0]{name} =~ $PAD }

sub is_hole { return $_[0]{name} eq "pad_$_[0]{offset}" }

# The bytes between the members of a table, as the compiler fills them.
sub holes
{
	my $end = 0;
	my @holes;

	for my $row (@_) {
		push @holes, "$end to $row->{offset}" if $row->{offset} > $end;
		$end = end($row);
	}
	return @holes;
}

# A table's encodings and groups, put right; what was put right is counted.
my %met;
sub right
{
	my ($table, @rows) = @_;
	my @right;

	for my $row (@rows) {
		my $meaning = meaning($row);

		for my $known (grep { $table =~ $_->{tables} } @KNOWN) {
			my $member = $known->{members}{$row->{name}} or next;

			is($meaning, $member->[0], "$table: $row->{name} is as listed here");
			$meaning = $member->[1];
			$met{$row->{name}}++;
		}
		# A member that only the processor writes is in no group of the sixteen.
		push @right, "$row->{name} " . ($meaning =~ s/ READONLY$/ NONE/r);
	}
	return @right;
}

sub compare_layout
{
	my ($revision, $table, $names) = @_;
	my @facts = read_csv("$facts/$table.csv");
	my @rows = layout_csv($revision, $names);
	my @ours = grep { !is_hole($_) } @rows;
	my $end = 0;

	is_deeply([map { place($_) } @ours], [map { place($_) } @facts],
		  "$revision: names, offsets, sizes, counts");
	is_deeply([map { "$_->{name} " . meaning($_) } @ours], [right($table, @facts)],
		  "$revision: encodings, groups");
	is_deeply([map { "$_->{offset} to " . end($_) } grep { is_hole($_) } @rows],
		  [holes(@facts)], "$revision: the compiler's holes");
	$end = $_->{offset} == $end ? end($_) : -1 for @rows;
	is($end, end($facts[-1]), "$revision: no byte is left out of its $end");
	return scalar(@facts);
}

my $members = 0;
for my $layout (@LAYOUTS) {
	subtest $layout->{revision} => sub {
		$members += compare_layout(@$layout{qw(revision table names)});
	};
}
note("$members members compared");
for my $known (@KNOWN) {
	is_deeply([grep { !$met{$_} } sort keys %{ $known->{members} }], [], $known->{because});
}

# Linux's and Microsoft's names of the same members; pads have each their own.
{
	my %tlfs = map { $_->{offset} => $_->{name} } layout_csv('evmcs/linux-6.1', 'tlfs');
	my @ours = map { "$_->{offset} $_->{name} $tlfs{$_->{offset}}" }
		grep { !is_pad($_) } layout_csv('evmcs/linux-6.1');
	my @facts = map { "$_->{offset} $_->{linux_name} $_->{tlfs_name}" }
		grep { $_->{linux_name} !~ /^padding/ } read_csv("$facts/linux-tlfs-names.csv");

	is_deeply(\@ours, \@facts, @facts . ' pairs of names');
}

#
# A vmcs12 that begins with an eVMCS
#

# Where members would lie from byte 2048 on if each were aligned to its size.
sub aligned
{
	my $end = 2048;
	my @placed;

	for my $row (@_) {
		my $offset = int(($end + $row->{size} - 1) / $row->{size}) * $row->{size};

		push @placed, { %$row, offset => $offset };
		$end = end($placed[-1]);
	}
	return @placed;
}

# The members of today's vmcs12 that an eVMCS lacks: by encoding, the others by name.
sub rest
{
	my %there = map { ($_->{encoding} ne '' ? $_->{encoding} : $_->{name}) => 1 } @_;

	$there{hdr} = 1;
	return grep { !$there{$_->{encoding} ne '' ? $_->{encoding} : $_->{name}} && !is_pad($_) }
		read_csv("$facts/vmcs12/linux-6.12.csv");
}

# The table of the eVMCS has encodings that are in this layout, too, but no groups.
sub compare_embedding
{
	my ($revision, $embedded) = @_;
	my @rows = layout_csv($revision);
	my @facts = read_csv("$facts/$embedded.csv");
	my @low = grep { !is_pad($_) && $_->{offset} < 2048 } @rows;
	my @high = grep { !is_pad($_) && $_->{offset} >= 2048 } @rows;
	my @rest = aligned(rest(@facts));
	my $end = 0;

	$facts[0]{name} = 'hdr';
	is_deeply([map { place($_) } @low], [map { place($_) } grep { !is_pad($_) } @facts],
		  "$revision begins with the members of $embedded, under another header");
	is_deeply([map { place($_) . " $_->{encoding}" } @high],
		  [map { place($_) . " $_->{encoding}" } @rest],
		  "$revision: from 2048 on the " . @rest . ' others of vmcs12, in its order');
	$end = $_->{offset} == $end ? end($_) : -1 for @rows;
	is($end, end($rest[-1]), "$revision: no byte is left out of its $end");
}

compare_embedding('vmcs12/rfc-2017', 'evmcs/linux-4.17');
compare_embedding('vmcs12/evmcs-first', 'evmcs/linux-6.1');

# The RFC itself: what is known of it ends in the middle of the structure.
{
	my @prefix = grep { $_->{offset} >= 8 && $_->{name} ne 'hv_vmcs' }
		read_csv("$facts/vmcs12/rfc-2017-prefix.csv");
	my @ours = grep { $_->{offset} >= 8 && $_->{offset} <= $prefix[-1]{offset} && !is_hole($_) }
		layout_csv('vmcs12/rfc-2017');
	my ($hdr, $abort) = layout_csv('vmcs12/rfc-2017');
	my %cr3 = map { ("cr3_target_value$_" => sprintf('0x%08x', 0x6008 + 2 * $_)) } 0 .. 3;

	is(@prefix, 73, 'the RFC\'s prefix has 73 members');
	# The table has no encodings where Linux's own eVMCS never had any use for them.
	$_->{encoding} = $cr3{$_->{name}} // $_->{encoding} for @prefix;
	is_deeply([map { place($_) . " $_->{encoding}" } @ours],
		  [map { place($_) . " $_->{encoding}" } @prefix], 'rfc-2017: that prefix');
	is(place($hdr) . ', ' . place($abort), 'hdr 0 4 1, abort 4 4 1', 'rfc-2017: its header');
}

# Ids of revisions that only this project knows.
{
	my %ids;

	for my $revision ('rfc-2017', 'evmcs-first') {
		my $id = hex(revision_json("vmcs12/$revision")->{id});

		ok($id != 0 && $id < 1 << 31, "$revision: an id of 31 bits");
		ok($id != 0x11e57ed0 && $id != 1, "$revision: not KVM's id, nor the eVMCS's version");
		$ids{$id} = 1;
	}
	is(keys(%ids), 2, 'two ids');
	is(hex(revision_json("vmcs12/linux-$_")->{id}), 0x11e57ed0, "linux-$_: KVM's id")
		for qw(3.10 4.0 4.14 4.18 6.1 6.12);
}

#
# Encodings
#

my @encodings = read_csv("$facts/encodings.csv");
my @fields = @{ spec_json()->{fields} };
my %field = map { hex($_->{encoding}) => $_ } @fields;
my %encoding_of = map { $_->{name} => $_->{encoding} } @fields;

is(@fields, 206, '206 fields');
{
	my (@ours, @named, @facts_named, @aliased, @facts_aliased);

	for my $field (@fields) {
		my @same = @$field{qw(width kind index)};

		push @ours, join(' ', $field->{encoding}, @same, 'full');
		push @ours, join(' ', sprintf('0x%08x', hex($field->{encoding}) | 1), @same, 'high')
			if $field->{high};
	}
	is_deeply([map { $_->{name} } grep { $_->{access} ne 'read-write' } @fields],
		  [map { $_->{name} } grep { $_->{kind} eq 'read-only' } @fields],
		  'what VMWRITE may not reach is what the processor alone writes');
	is_deeply([sort @ours],
		  [sort map { join(' ', @$_{qw(encoding width type index access)}) } @encodings],
		  @encodings . ' encodings: width, kind, index, and which have a HIGH half');

	for my $row (@encodings) {
		my $field = $field{hex($row->{encoding}) & ~1} or next;
		my $high = $row->{access} eq 'high' ? '_high' : '';

		next if $row->{kernel_name} eq '';
		push @named, "$row->{encoding} $field->{name}$high";
		push @facts_named, "$row->{encoding} " . lc($row->{kernel_name});
	}
	is_deeply(\@named, \@facts_named, @named . ' names that Linux has');

	# Two names share an encoding only where the web page is wrong about one.
	for my $row (grep { $_->{tlfs_names} ne '' && $_->{access} eq 'full' } @encodings) {
		my ($name) = reverse split(' ', $row->{tlfs_names});

		push @aliased, "$row->{encoding} $field{hex($row->{encoding})}{tlfs}";
		push @facts_aliased, "$row->{encoding} $name";
	}
	is_deeply(\@aliased, \@facts_aliased, @aliased . ' names that the TLFS has');
}

# The generated constants, as a compiler sees them.
{
	my @lines;

	for my $field (@fields) {
		my $name = 'VMCS_ENC_' . uc($field->{name});

		push @lines, "_Static_assert($name == $field->{encoding}, \"$name\");\n";
		push @lines, "_Static_assert(${name}_HIGH == ($field->{encoding} | 1), \"$name\");\n"
			if $field->{high};
	}
	my %with = (flags => ['-I' . out()]);
	my $include = "#include \"vmcs_encodings.h\"\n";
	my $result = compile(%with, source => [$include, @lines]);

	is($result->{err}, '', @lines . ' constants in vmcs_encodings.h');
	isnt(compile(%with, source => [$include, $lines[0] =~ s/0x/0x1/r])->{status}, 0,
	     'another value is seen');

	# The list has their names, each high half after its field.
	my @names = map { my $name = uc($_->{name}); ($name, $_->{high} ? "${name}_HIGH" : ()) } @fields;
	my $list = "#define VMCS_FIELD(name) name\n#include \"vmcs_fields.h\"\n";

	is_deeply([split(' ', ok_run({ stdin => $list }, 'gcc', @{ $with{flags} }, '-E', '-P', '-'))],
		  \@names, @names . ' names in vmcs_fields.h');
}

#
# Controls
#

my @controls = read_csv("$facts/controls.csv");
my (%control, %adds);
for my $word (@{ spec_json()->{controls} }) {
	for my $bit (@{ $word->{bits} }) {
		$control{sprintf('0x%04x:%u', hex($word->{encoding}), $bit->{bit})} = $bit;
	}
}

sub encoded { return join(' ', sort map { $encoding_of{$_} // "no $_" } @_) }

is(@controls, 104, '104 controls');
is_deeply([sort keys %control], [sort map { "$_->{encoding}:$_->{bit}" } @controls],
	  'the same bits of the same words');
for my $row (@controls) {
	my $where = "$row->{encoding}:$row->{bit}";
	my $bit = $control{$where} or next;

	is($bit->{name}, lc($row->{kernel_name}), "$where: name") if $row->{kernel_name} ne '';
	is(encoded(@{ $bit->{adds} }, @{ $bit->{uses} }),
	   join(' ', sort split(' ', $row->{fields})), "$where $bit->{name}: fields");
	is_deeply([sort @{ $bit->{needs} }], [sort split(' ', lc($row->{needs}))],
		  "$where $bit->{name}: needs");
	is_deeply([sort @{ $bit->{excludes} }], [sort split(' ', lc($row->{excludes}))],
		  "$where $bit->{name}: excludes");
	push @{ $adds{$encoding_of{$_}} }, $where for @{ $bit->{adds} };
}
is_deeply({ map { $_ => join(' ', sort @{ $adds{$_} }) } keys %adds },
	  { map { $_->{encoding} => join(' ', sort split(' ', $_->{exists_if})) }
	    grep { $_->{access} eq 'full' && $_->{exists_if} ne '' } @encodings },
	  'which controls make a field exist');

done_testing;
