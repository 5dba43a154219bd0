#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The kernel's own look-up tables, compiled next to the generated ones: each of the
# 65,536 encodings gives the same offset and the same clean-field group; and the
# kernel's list of shadowed fields.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use KvmSources;
use Test::More;
use Vmcsgen;

# The members of the eVMCS that have an encoding and that Linux's look-up does
# not find, with the reason.
my %WITHOUT_LOOKUP = (
	map({ $_ => 'no KVM uses it; the table has a comment in its place' }
	    qw(guest_ia32_s_cet guest_ssp guest_ia32_int_ssp_table_addr guest_ia32_lbr_ctl
	       host_ia32_s_cet host_ssp host_ia32_int_ssp_table_addr)),
	map({ $_ => 'asm/vmx.h has no name for it; the table has a comment in its place' }
	    map { "exit_io_instruction_$_" } qw(ecx esi edi eip)),
);

# The fields of vmcs12, where that is not 141.
my %FULL = ('7.3' => 147);

# The program's rows, by what they are about.  The generated tables of the given
# revisions are compiled as units of their own, with other names than the kernel's.
sub compare
{
	my ($version, $vmcs12, $evmcs) = @_;
	my $kernel = KvmSources->new($version);
	my $asked = $kernel->asked;
	my %renamed = map { $_ => "our_$_" }
		qw(vmcs12_field_offsets nr_vmcs12_fields vmcs_field_to_evmcs_1 nr_evmcs_1_fields);
	my %rows = map { $_ => [] } qw(difference count shadowed);

	push @{ $rows{$_->{what}} }, $_ for $kernel->table(
		$kernel->kernel_object('tables-kernel.c', $asked ? (KVM_ASKED => $asked) : ()),
		$kernel->our_object('tables-ours.c',
				    VMCS12_H => '"' . generated($vmcs12)->{header} . '"',
				    VMCS12 => generated($vmcs12)->{struct}),
		map({ $kernel->our_object(generated($_)->{table}, %renamed) }
		    $vmcs12, $evmcs),
		$kernel->our_object('tables.c'));
	return %rows;
}

sub differences
{
	return map { "$_->{name}: $_->{kernel}, ours $_->{ours}" } @{ $_[0]{difference} };
}

for my $version (source_versions()) {
	my %rows = compare($version, "vmcs12/linux-$version", "evmcs/linux-$version");
	my %counts = map { $_->{name} => $_ } @{ $rows{count} };
	my %shadowed;

	is_deeply([differences(\%rows)], [],
		  "linux-$version: $counts{encodings}{kernel} encodings in both tables");
	is($counts{encodings}{ours}, 65536, 'all encodings of 16 bits');
	is($counts{$_}{ours}, $counts{$_}{kernel}, "$_ is $counts{$_}{kernel}")
		for qw(nr_vmcs12_fields nr_evmcs_1_fields);
	my $full = $FULL{$version} // 141;
	is($counts{'vmcs12 fields'}{kernel}, $full + 37, "of vmcs12, $full full and 37 HIGH encodings");
	is($counts{'evmcs fields'}{kernel}, 126, 'of the eVMCS, 126 encodings');

	push @{ $shadowed{$_->{name}} }, "$_->{kernel} at $_->{ours}" for @{ $rows{shadowed} };
	is_deeply([sort @{ $shadowed{ours} }], [sort @{ $shadowed{kernel} }],
		  @{ $shadowed{kernel} } . ' shadowed fields');
	cmp_ok(@{ $shadowed{kernel} }, '>', 30, 'there are many of them');

	# What an exit leaves in vmcs02, by the function that fetches it and by the one that asks for that.
	my $nested = slurp(unpack_kernel($version, 'arch/x86/kvm/vmx') . '/arch/x86/kvm/vmx/nested.c');
	my ($sync) = $nested =~ /^static void sync_vmcs02_to_vmcs12_rare\(.*?^(\{.*?^\})/ms;
	my ($asks) = $nested =~ /^static bool is_vmcs12_ext_field\(.*?^(\{.*?^\})/ms;
	my @rare = sort map { lc } slurp(root() . '/out/linux/vmcs_sync.h') =~ /^\t\[VMCS_SLOT_(\w+)\] = VMCS_SYNC_RARE,$/gm;

	is_deeply([sort $sync =~ /\bvmcs12->(\w+) =/g], \@rare, @rare . ' fields that are rarely synced');
	is_deeply([sort map { lc } $asks =~ /\bcase (\w+):/g], [sort @rare, 'guest_bndcfgs'],
		  'for which L1 has to ask, as for one that nothing syncs');

	my %table = map { $_->{name} => 1 } grep { $_->{lookup} }
		@{ revision_json("evmcs/linux-$version")->{members} };
	my @encoded = map { $_->{encoding} ne '' ? $_->{name} : () } layout_csv("evmcs/linux-$version");
	my @without = grep { !$table{$_} } @encoded;
	is(@encoded, 137, 'the eVMCS has 137 members with an encoding');
	is_deeply([sort @without], [sort keys %WITHOUT_LOOKUP],
		  @without . ' encoded members that the kernel does not look up, each for a reason');
}

# The comparison can fail: 4.14 had moved most of vmcs12, 5.0 the end of the eVMCS.
{
	my %rows = compare('6.12', 'vmcs12/linux-4.14', 'evmcs/linux-5.0');
	my @found = differences(\%rows);

	cmp_ok(scalar(grep { /^vmcs12 0x/ } @found), '>', 127, 'the moves of 4.14 are seen');
	ok((grep { /^evmcs 0x2812: 896, ours 892$/ } @found), 'the mistake of 5.0 is seen');
	ok((grep { /^evmcs group of 0x2032: 0x0004, ours 0x0000$/ } @found),
	   'and that it has no tsc_multiplier');
}

done_testing;
