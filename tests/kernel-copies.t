#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What the spec says about copying an eVMCS to vmcs12 and back, and what is generated
# from it, is what KVM does: KVM's two copy routines are run, member by member and
# clean-field bit by bit, and compared with ours for all values of the clean fields.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use KvmSources;
use Test::More;
use Vmcsgen;

# What the entry's copy writes of the vCPU, outside the pages, if one of some groups is not
# clean.  None of it is a matter of layouts: ours write the pages alone.
my %BESIDE = (
	'6.1' => {},
	# Controls decide which MSRs a guest may reach; vmcs12 has no place for the address of
	# the assist page and the ids of VM and vCPU, by which a guest's flushes of TLBs go.
	'6.12' => { recalc_msr_bitmap => [qw(control_grp1 control_grp2 control_proc)],
		    take_ids => [qw(enlightenmentscontrol)] },
);
$BESIDE{'7.3'} = $BESIDE{'6.12'};

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

	return copy($member->{name}, $member->{copy_entry}, $groups{$member->{group} // ''} // 0,
		    $member->{copy_exit});
}

# The generated copies of a kernel's layouts: a target with one page has them under the layouts'
# own names.
my ($ENTER, $LEAVE) = ('evmcs_to_vmcs12', 'vmcs12_to_evmcs');

sub our_copies
{
	my ($version) = @_;

	return 'vmcs12/' . taken_name('vmcs12/' . revision_json("vmcs12/linux-$version")->{name}) . '-copies.h';
}

# The bytes that were compared after the kernel's routines and after ours; what differs;
# and what the kernel's write outside the pages, with the clean-field bits that matter.
sub differing
{
	my ($version, $kernel, $kernel_object) = @_;
	my @rows = $kernel->table($kernel_object, $kernel->our_object('copies-pages.c'),
				  $kernel->our_object('copies-ours.c',
						       OUR_COPIES_H => '"' . our_copies($version) . '"'));
	my %rows = map { $_ => [] } qw(count beside difference);

	push @{ $rows{$_->{kind}} }, $_ for @rows;
	my %counts = map { $_->{what} => $_->{number} } @{ $rows{count} };
	my %beside = map { $_->{what} => $_->{number} } grep { $_->{number} } @{ $rows{beside} };

	return ($counts{bytes}, [map { "$_->{what}: $_->{number}" } @{ $rows{difference} }],
		\%beside);
}

# Each way in which the generated copies might be wrong shows.
sub faults_are_seen
{
	my ($version, $kernel, $object) = @_;
	my $header = our_copies($version);
	my $text = slurp(out() . "/$header");
	my %faults = (
		'a member too few at entry' => sub {
			s/ $ENTER\(.*?VMCS_COPY\(to, from, (\w+), \K(?!\1\b)\w+/$1/ms
		},
		'a member too few at exit' => sub {
			s/ $LEAVE\(.*?VMCS_COPY\(to, from, (\w+), \K(?!\1\b)\w+/$1/ms
		},
		'another member at exit' => sub {
			s/ $LEAVE\(.*?to->guest_rip = from->guest_\Krip/rsp/ms
		},
		'another group' => sub { s/ $ENTER\(.*?CLEAN_FIELD_\KCRDR/HOST_GRP1/ms },
		'a group that is always copied' =>
			sub { s/ $ENTER\(.*?\K~clean & \w+MSR_BITMAP/1/ms },
	);

	for my $fault (sort keys %faults) {
		my $dir = tempdir();
		my $faulty = $text;

		$faults{$fault}->() for $faulty;
		isnt($faulty, $text, "$fault can be made");
		ok_run('cp', '-r', out() . '/.', $dir);
		spew("$dir/$header", $faulty);
		local $ENV{VMCSGEN_OUT} = "$dir";
		(undef, my $different) = differing($version, $kernel, $object);
		cmp_ok(scalar(@$different), '>', 0, "$fault is seen");
	}
}

# The members of vmcs12 that KVM writes, but for the copy from an eVMCS.
sub written
{
	my ($version) = @_;
	my $tree = unpack_kernel($version, 'arch/x86/kvm/vmx');
	my $text = join('', map { slurp("$tree/arch/x86/kvm/vmx/$_") } qw(nested.c vmx.c));

	$text =~ s{/\*.*?\*/}{}gs;
	$text =~ s/^static (?:void|int) copy_enlightened_to_vmcs12\(.*?^\}//ms
		or die "$version: no copy_enlightened_to_vmcs12()\n";
	# 6.1 has guest_dr7 written through its address, 7.3 the fields of CET.
	return map { ($_ => 1) }
		$text =~ /\b(?:get_)?vmcs12(?:\(vcpu\))?->(\w+)\s*(?:(?:[-+|&^]|<<|>>)?=(?!=)|\+\+|--)/g,
		$text =~ /\*\)&vmcs12->(\w+)\);/g,
		map({ /&vmcs12->(\w+)/g } $text =~ /vmcs_read_cet_state\((.*?)\);/sg);
}

# Who changes a field is what the spec says, without the departures of a kernel: at an exit goes
# back what KVM may have written.
for my $version (source_versions()) {
	my %written = written($version);
	my %vmcs12 = map { $_->{name} => 1 } @{ revision_json("vmcs12/linux-$version")->{members} };
	my @members = grep { $_->{encoding} && $vmcs12{$_->{name}} }
		@{ revision_json('evmcs/tlfs-2022')->{members} };

	cmp_ok(scalar(grep { $written{$_->{name}} } @members), '>', 60, "linux-$version writes vmcs12");
	is_deeply([sort map { $_->{name} } grep { !$_->{copy_exit} != !$written{$_->{name}} } @members],
		  ['guest_ia32_perf_global_ctrl'],
		  'and but for what it has no control to save, just what may have changed');
}

for my $version (source_versions()) {
	local $ENV{VMCSGEN_OUT} = target_of($version);
	my @members = @{ revision_json("evmcs/linux-$version")->{members} };
	my %vmcs12 = map { $_->{encoding} => 1 } grep { $_->{encoding} }
		@{ revision_json("vmcs12/linux-$version")->{members} };
	my $kernel = KvmSources->new($version);
	my $routines = $kernel->functions('arch/x86/kvm/vmx/nested.c', 'routines.h',
					  'copy_enlightened_to_vmcs12',
					  'copy_vmcs12_to_enlightened');
	my $object = $kernel->kernel_object('copies-kernel.c', ROUTINES => $routines,
					    MEMBERS => $kernel->members('m.h', @members));
	my @copies = map { copy(@$_{qw(name entry)}, hex($_->{groups}), $_->{exit}) }
		$kernel->table($object, $kernel->our_object('copies.c'));
	my ($bytes, $different, $beside) = differing($version, $kernel, $object);
	my %beside;

	for my $what (keys %{ $BESIDE{$version} }) {
		$beside{$what} |= $groups{$_} for @{ $BESIDE{$version}{$what} };
	}

	is_deeply([map { expected($_) } @members], \@copies,
		  "linux-$version: " . @members . ' members of the eVMCS');
	cmp_ok(scalar(grep { /entry \(/ } @copies), '==', 106, 'members copied at entry');
	cmp_ok(scalar(grep { /exit$/ } @copies), '==', 72, 'members copied at exit');
	is_deeply([grep { ($_->{copy_entry} || $_->{copy_exit}) && !$vmcs12{$_->{encoding}} }
		   @members], [], 'nothing is copied that vmcs12 has no member for');
	is_deeply($different, [], "$bytes bytes after the kernel's copies and after ours");
	is($bytes, 2 * 65536 * 2 * (4096 + 1024), 'both pages, two turns for each clean field');

	is_deeply($beside, \%beside, "beside the pages: " .
		  (join(', ', sort keys %beside) || 'nothing'));

	isnt(expected({ name => 'm', copy_entry => 1, group => 'crdr' }),
	     copy('m', 1, $groups{host_grp1}, 0), 'another group is seen');
	faults_are_seen($version, $kernel, $object);

	# A kernel that wrote more would be seen, too.
	my $more = slurp($kernel->dir . '/routines.h') =~
		s/(?=\bvmcs12->tpr_threshold = )/vmx->nested.hv_evmcs_vmptr++; /r;
	my (undef, undef, $beside_more) = differing($version, $kernel,
		$kernel->kernel_object('copies-kernel.c', ROUTINES => $kernel->lines('more.h', $more),
				       MEMBERS => '"m.h"'));
	is($beside_more->{anything_else}, 0xffff, 'another write to the vCPU is seen');
}

done_testing;
