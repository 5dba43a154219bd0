#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The generated accessors of each revision compared with the kernel's own code, which looks in
# the kernel's table for its own revision and in the generated one for the others: the
# same encodings are fields, reads give the same, writes change the same bytes.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use KvmSources;
use Pairs qw(encoded_in_every);
use Test::More;
use Vmcsgen;

# What the kernel takes for fields and we do not: get_vmcs12_field_offset() refuses
# encodings of more than 15 bits, but evmcs_field_offset() cuts them to 16 bits, so that
# 0x1681e is GUEST_RIP, too.
my %CUT_TO_16_BITS = (evmcs => 1, vmcs12 => 0);

# Each encoding of 16 bits is tried with each bit above, and with random ones.
my $WIDER = 48 + 1;

# Objects that several programs are linked of, by what they are.
my %objects;

# The kernel's access of a version: to its own revision, or by a table that is linked.
sub kernels
{
	my ($kernel, $version, $layout, $own) = @_;

	return $objects{"$version $layout $own"} //= $kernel->kernel_object("accessors-$layout.c",
		$own ? (OWN_TABLE => 1) : ());
}

# Ours to a revision, with the table that the kernel is to go by unless it has its own.
sub ours
{
	my ($kernel, $layout, $revision, $own) = @_;
	my $generated = generated("$layout->{name}/$revision->{name}");
	my $name = $generated->{c_name};

	return $kernel->our_object('accessors-ours.c', REVISION_H => "\"$generated->{header}\"",
		MAP_H => "\"$generated->{map}\"", $own ? () : (TABLE_C => "\"$generated->{table}\""),
		VMCS_STRUCT => $generated->{struct}, VMCS_MAP => "${name}_map",
		$layout->{clean_word} ? (VMCS_GROUPS => "${name}_groups",
					 CLEAN_WORD => $layout->{clean_word}) : ());
}

# What the program finds for a revision, by the kind of its rows.  The kernel's own is as
# the kernel is given it.
sub compare
{
	my ($kernel, $version, $layout, $revision, $own) = @_;
	local $ENV{VMCSGEN_OUT} = $ENV{VMCSGEN_OUT} // ($own ? root() . '/out/linux' : out());
	my $of = join(' ', out(), $layout->{name}, $revision->{name});
	my %rows = map { $_ => [] } qw(count read write value image);

	push @{ $rows{$_->{kind}} }, $_ for $kernel->table(
		kernels($kernel, $version, $layout->{name}, $own ? 1 : 0),
		$objects{$of} //= ours($kernel, $layout, $revision, $own),
		$objects{compare} //= $kernel->our_object('accessors.c'));
	return \%rows;
}

# The encodings that a revision's look-up finds.
sub lookups
{
	my ($revision) = @_;

	return map {
		my $encoding = hex($_->{encoding} || 0);

		($_->{lookup} ? $encoding : (), $_->{lookup_high} ? $encoding | 1 : ());
	} @{ $revision->{members} };
}

# Encodings that only the kernel or only we know, as their low 16 bits with a count of
# the wider ones; others stay as they are.
sub one_sided
{
	my %sides;

	for my $row (@_) {
		my ($wider, $low) = $row->{encoding} =~ /^0x(.*?)(.{1,4})$/;
		my $name = $wider eq '' ? $row->{encoding} : hex($low);

		$sides{$row->{kernel} ? 'kernel' : 'ours'}{$name}++;
	}
	return \%sides;
}

my ($runs, $encodings) = (0, 0);
my %kernels = map { $_ => KvmSources->new($_) } kernel_versions();
for my $version (kernel_versions()) {
	my $kernel = $kernels{$version};

	for my $layout (@{ spec_json()->{layouts} }) {
		for my $revision (@{ $layout->{revisions} }) {
			my $own = grep { $_ eq "linux-$version" } $revision->{name},
				@{ $revision->{aliases} };
			my $rows = compare($kernel, $version, $layout, $revision, $own);
			my %counts = map { $_->{encoding} => $_->{kernel} } @{ $rows->{count} };
			# Who takes every revision finds in each what the first one finds.
			my @lookups = lookups($own ? $revision
				: { members => [encoded_in_every("$layout->{name}/$revision->{name}")] });
			my $wider = $CUT_TO_16_BITS{$layout->{name}} ? $WIDER : 0;
			my $name = "linux-$version, $layout->{name}/$revision->{name}";
			my %only = map { $_ => $wider } $wider ? @lookups : ();

			is_deeply(one_sided(@{ $rows->{read} }), %only ? { kernel => \%only } : {},
				  "$name: " . @lookups . ' encodings, by VMREAD');
			$_ *= 2 for values %only;	# two values each
			is_deeply(one_sided(@{ $rows->{write} }), %only ? { kernel => \%only } : {},
				  "$name: the same for VMWRITE");
			is($counts{known}, @lookups * (1 + $wider), "$name: the kernel knows as many");
			is_deeply([@{ $rows->{value} }, @{ $rows->{image} }], [],
				  "$name: the same values, and the same image after each write");
			$encodings += $counts{compared};
			$runs++;
		}
	}
}
is($encodings, $runs * 65536 * (1 + $WIDER), "$runs times, $encodings encodings in all");

# Faults in what is generated are seen, in rows of some kind.
{
	my %layouts = map { $_->{name} => $_ } @{ spec_json()->{layouts} };
	my @faults = (
		['another offset', 'vmcs12', 'vmcs12/linux-map.h', 'value',
		 sub { s/GUEST_RIP\)\] = VMCS_ENDS\(\K552/544/ }],
		['a high half that is all', 'vmcs12', 'vmcs_access.h', 'value',
		 sub { s/encoding << \K5(?=\) & 63)/6/ }],
		['a write that takes what is before the field', 'vmcs12', 'vmcs_access.h', 'image',
		 sub { s/\(word & \K~\(~0ULL << bits\)/0/ }],
		['a wide encoding that is cut', 'vmcs12', 'vmcs_access.h', 'read',
		 sub { s/\(\Kvmcs_slot_encodings\[slot\] \^ encoding\)(?= > 1)/u16)(vmcs_slot_encodings[slot] ^ encoding)/ }],
		['another group', 'evmcs', 'evmcs/linux-map.h', 'image',
		 sub { s/_groups\b.*GUEST_RSP\)\] = \K\w+/0x8000/s }],
	);

	for my $fault (@faults) {
		my ($what, $layout, $file, $kind, $change) = @$fault;
		my $text = slurp(root() . "/out/linux/$file");
		my $faulty = $text;
		my $dir = tempdir();

		$change->() for $faulty;
		isnt($faulty, $text, "$what can be made");
		ok_run('cp', '-r', root() . '/out/linux/.', $dir);
		spew("$dir/$file", $faulty);
		local $ENV{VMCSGEN_OUT} = "$dir";
		my $rows = compare($kernels{'6.12'}, '6.12', $layouts{$layout},
				   revision_json("$layout/linux-6.12"), 1);

		cmp_ok(scalar(@{ $rows->{$kind} }), '>', 0, "$what is seen");
	}
}

done_testing;
