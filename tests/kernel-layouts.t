#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The kernel's own structures, compiled next to the generated ones: every member
# has the same place and size, and no byte of the kernel's is left out.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use KvmSources;
use Test::More;
use Vmcsgen;

# The kernel's structures, and the members that hold bit fields with the names
# of these: what both compilers make of a word of which one field is all ones.
my %KERNEL = (
	vmcs12 => { struct => 'vmcs12', header => '"kvm/vmx/vmcs12.h"',
		    bits => [qw(hdr.revision_id hdr.shadow_vmcs)] },
	evmcs => { struct => 'hv_enlightened_vmcs', header => '<asm/hyperv-tlfs.h>',
		   newer => '<hyperv/hvhdk.h>',
		   bits => [map { "hv_enlightenments_control.$_" }
			    qw(nested_flush_hypercall msr_bitmap reserved)] },
);

# Both sides' view of members: the kernel's of its struct, and the compiler's of
# the struct generated for a revision.
sub compare
{
	my ($version, $layout, $revision, @members) = @_;
	my $kernel = KvmSources->new($version);
	my $ours = generated($revision);
	my %members = (MEMBERS => $kernel->members('members.h', @members),
		       BITS => $kernel->lines('bits.h',
					      map { "BIT_FIELD($_)" } @{ $KERNEL{$layout}{bits} }));
	my %sides;

	my @rows = $kernel->table(
		$kernel->kernel_object('structure.c', %members, SIDE => 'kernel_side',
				       HEADER => ($kernel->has_hvhdk() && $KERNEL{$layout}{newer}) ||
						 $KERNEL{$layout}{header},
				       STRUCT => $KERNEL{$layout}{struct}),
		$kernel->our_object('structure.c', %members, SIDE => 'our_side',
				    HEADER => "\"$ours->{header}\"", STRUCT => $ours->{struct}),
		$kernel->our_object('layouts.c'));
	push @{ $sides{$_->{side}} }, "$_->{name} $_->{offset} $_->{size} $_->{count}" for @rows;
	return @sides{qw(kernel ours)};
}

# What lies between members, of which there is one after the other.
sub holes
{
	my ($total, @members) = @_;
	my $end = 0;
	my @holes;

	for my $member (@members) {
		my ($name, $offset, $size) = split(' ', $member);

		push @holes, "$end to $offset, before $name" if $offset != $end;
		$end = $offset + $size;
	}
	push @holes, "$end to $total" if $end != $total;
	return @holes;
}

for my $version (source_versions()) {
	for my $layout (qw(vmcs12 evmcs)) {
		my $revision = "$layout/linux-$version";
		my @members = layout_csv($revision);
		my ($kernel, $ours) = compare($version, $layout, $revision, @members);

		is_deeply($ours, $kernel, "struct of $revision: " . @members . ' members and ' .
			  @{ $KERNEL{$layout}{bits} } . ' bit fields as in linux-source');
		my ($total) = $kernel->[0] =~ /^sizeof 0 (\d+)/;
		is_deeply([holes($total, @$kernel[1 .. @members])], [],
			  "the kernel's has no other member in its $total bytes");
	}
}

# The comparison can fail: 5.0 had all that follows hv_vp_id 4 bytes too low.
{
	my %here = map { $_->{name} => 1 } layout_csv('evmcs/linux-6.1');
	my @members = grep { $here{$_->{name}} && $_->{name} !~ /^pad/ }
		layout_csv('evmcs/linux-5.0');
	my ($kernel, $ours) = compare('6.1', 'evmcs', 'evmcs/linux-5.0', @members);
	my @differ = map { $kernel->[$_] ne $ours->[$_] ? $kernel->[$_] =~ s/ .*//r : () }
		1 .. $#$kernel;

	is_deeply(\@differ, [qw(hv_vm_id partition_assist_page guest_bndcfgs xss_exit_bitmap)],
		  'the mistake of 5.0 is seen against 6.1');
}

done_testing;
