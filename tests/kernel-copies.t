#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What the spec says about copying an eVMCS to vmcs12 and back is what KVM does:
# KVM's two copy routines are run, member by member and clean-field bit by bit.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use KvmSources;
use Test::More;
use Vmcsgen;

# Members that the spec copies like the rest of their groups, although KVM copies
# nothing: vmcs12 has no member of that encoding.
my %NOT_IN_VMCS12 = map { $_ => 1 }
	qw(exit_io_instruction_ecx exit_io_instruction_esi exit_io_instruction_edi
	   exit_io_instruction_eip guest_ia32_s_cet guest_ssp guest_ia32_int_ssp_table_addr
	   guest_ia32_lbr_ctl host_ia32_s_cet host_ssp host_ia32_int_ssp_table_addr);

# Which clean-field bits make KVM copy a member of a group if they alone are not set.
my %groups = (always => 0xffff);
for my $layout (grep { $_->{name} eq 'evmcs' } @{ spec_json()->{layouts} }) {
	$groups{$_->{name}} = 1 << $_->{bit} for @{ $layout->{groups} };
}

sub copy
{
	my ($name, $entry, $groups, $exit) = @_;

	return sprintf('%s: %s%s', $name, $entry ? sprintf('entry (0x%04x)', $groups) : 'not at entry',
		       $exit ? ', exit' : '');
}

# What the spec says, in the terms of what KVM does.
sub expected
{
	my ($member) = @_;
	my $entry = $member->{copy_entry} && !$NOT_IN_VMCS12{$member->{name}};
	my $exit = $member->{copy_exit} && !$NOT_IN_VMCS12{$member->{name}};

	return copy($member->{name}, $entry, $groups{$member->{group} // ''} // 0, $exit);
}

for my $version (kernel_versions()) {
	my @members = @{ revision_json("evmcs/linux-$version")->{members} };
	my %vmcs12 = map { $_->{encoding} => 1 } grep { $_->{encoding} }
		@{ revision_json("vmcs12/linux-$version")->{members} };
	my $kernel = KvmSources->new($version);
	my $routines = $kernel->functions('arch/x86/kvm/vmx/nested.c', 'copies.h',
					  'copy_enlightened_to_vmcs12',
					  'copy_vmcs12_to_enlightened');
	my @copies = map { copy(@$_{qw(name entry)}, hex($_->{groups}), $_->{exit}) }
		$kernel->table($kernel->kernel_object('copies.c', COPIES => $routines,
						      MEMBERS => $kernel->members('m.h', @members)));

	is_deeply([map { expected($_) } @members], \@copies,
		  "linux-$version: " . @members . ' members of the eVMCS');
	cmp_ok(scalar(grep { /entry \(/ } @copies), '==', 106, 'members copied at entry');
	cmp_ok(scalar(grep { /exit$/ } @copies), '==', 72, 'members copied at exit');
	is_deeply([sort keys %NOT_IN_VMCS12],
		  [sort map { $_->{name} } grep {
			($_->{copy_entry} || $_->{copy_exit}) && !$vmcs12{$_->{encoding}}
		  } @members], 'what vmcs12 has no member for');
}

# The comparison can fail.
isnt(expected({ name => 'm', copy_entry => 1, group => 'crdr' }),
     copy('m', 1, $groups{host_grp1}, 0), 'another group is seen');

done_testing;
