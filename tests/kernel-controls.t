#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The kernel's numbers against the generated ones: encodings, control bits, and the
# masks of what an eVMCS can carry; and what KVM's own code makes of those masks,
# for a guest (Hyper-V on KVM) and for itself (KVM on Hyper-V).
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use KvmSources;
use Test::More;
use Vmcsgen;

my @encodings = read_csv("$FindBin::Bin/facts/encodings.csv");
my @controls = map { uc($_->{name}) } map { @{ $_->{bits} } } @{ spec_json()->{controls} };

# The words of controls: as masks of them are called, the names of what is always on
# in them, and whether 6.12 has KVM's own use of them filtered.
my %ALWAYSON = (
	PIN_BASED => 'PIN_BASED_VM_EXEC_CONTROL',
	CPU_BASED => 'CPU_BASED_VM_EXEC_CONTROL',
	VM_EXIT => 'VM_EXIT_CONTROLS',
	VM_ENTRY => 'VM_ENTRY_CONTROLS',
);
my @WORDS = qw(PINCTRL EXEC_CTRL 2NDEXEC VMEXIT_CTRL VMENTRY_CTRL VMFUNC);
my %MASKS = (
	'6.1' => [map { "EVMCS1_UNSUPPORTED_$_" } @WORDS],
	'6.12' => [map { "EVMCS1_SUPPORTED_$_" } @WORDS, '3RDEXEC'],
);
$MASKS{'7.3'} = $MASKS{'6.12'};

# Controls that a kernel names otherwise.
my %RENAMED = (
	'6.1' => { SECONDARY_EXEC_ENABLE_XSAVES => 'SECONDARY_EXEC_XSAVES' },
);

sub support_of
{
	my ($version) = @_;

	return (grep { $_->{name} eq "evmcs/linux-$version" } @{ spec_json()->{support} })[0];
}

# The names of fields that a kernel has.
sub fields_of
{
	my ($version) = @_;
	my $tree = unpack_kernel($version, 'arch/x86/include');
	my ($list) = slurp("$tree/arch/x86/include/asm/vmx.h") =~ /^enum vmcs_field \{\n(.*?)^\};/ms;

	return $list =~ /^\t(\w+)\s*=/mg;
}

# The kernel's names of numbers with ours.
sub numbers
{
	my ($version) = @_;
	my %unnamed = map { uc($_) => 1 } @{ support_of($version)->{unnamed} };
	my %numbers;

	# What the facts do not tell of a kernel, its own list of fields does.
	my @names = exists $encodings[0]{"in_kernel_$version"} ?
		map({ $_->{kernel_name} } grep { $_->{"in_kernel_$version"} eq 'yes' } @encodings) :
		fields_of($version);
	$numbers{$_} = "VMCS_ENC_$_" for @names;
	for my $name (grep { !$unnamed{$_} } @controls) {
		$numbers{ $RENAMED{$version}{$name} // $name } = "VMCS_CTRL_$name";
	}
	$numbers{"${_}_ALWAYSON_WITHOUT_TRUE_MSR"} = "VMCS_DEFAULT1_$ALWAYSON{$_}"
		for keys %ALWAYSON;
	$numbers{$_} = $_ for @{ $MASKS{$version} };
	return %numbers;
}

# What both compilers make of the numbers, and KVM of words of all ones.
sub values_of
{
	my ($version, %numbers) = @_;
	my $kernel = KvmSources->new($version);
	my @names = sort keys %numbers;
	my %values = map { $_ => {} } qw(kernel ours hyperv_on_kvm kvm_on_hyperv);

	$values{$_->{side}}{$_->{name}} = $_->{value} for $kernel->table(
		$kernel->kernel_object('controls-kernel.c', NUMBERS =>
				       $kernel->lines('theirs.h', map { "NUMBER($_)" } @names)),
		$kernel->our_object('controls-ours.c',
				    CONTROLS_H => '"evmcs/' . taken_name("evmcs/linux-$version", 'masks') . '-controls.h"',
				    NUMBERS => $kernel->lines('ours.h', map {
					"NUMBER($_, $numbers{$_})" } @names)),
		$kernel->our_object('controls.c'));
	return %values;
}

# What is left of a word of all ones, by the spec, for one role.
sub allowed
{
	my ($version, $role) = @_;
	my $support = support_of($version);
	my %words = map { $_->{word} => $_ } @{ spec_json()->{controls} };
	my %allowed;

	for my $mask (@{ $support->{masks} }) {
		my ($lists, $name) = $mask->{name} =~ /^EVMCS1_(SUPPORTED|UNSUPPORTED)_(\w+)$/;
		my $word = $words{$mask->{word}};
		my %bit = map { $_->{name} => 1 << $_->{bit} } @{ $word->{bits} };
		# A list of what is supported leaves out all else, but for what is always on.
		my $bits = $lists eq 'SUPPORTED' ? hex($word->{default1}) : 0xffffffff;

		for my $control (grep { $_->{word} eq $mask->{word} } @{ $support->{controls} }) {
			next if $control->{role} ne '' && $control->{role} ne $role;
			$bits |= $bit{$control->{name}} if $control->{supported};
			$bits &= ~$bit{$control->{name}} if !$control->{supported};
		}
		$allowed{$name} = sprintf('0x%08x', $bits);
	}
	return %allowed;
}

# Where KVM does not do what the spec says, and why: what KVM leaves of the word.
my %UNFILTERED = (
	'6.1 hyperv_on_kvm' => {
		# 6.1 has EVMCS1_UNSUPPORTED_EXEC_CTRL, but nothing reads it.
		EXEC_CTRL => '0xffffffff',
		# It has no list of the tertiary controls, and offers none to a guest.
		'3RDEXEC' => undef,
	},
	'6.12 hyperv_on_kvm' => {
		# A guest is offered no tertiary controls at all, so no MSR is filtered.
		'3RDEXEC' => undef,
	},
	'6.12 kvm_on_hyperv' => {
		# KVM does not use VM functions in a guest that it runs for itself.
		VMFUNC => undef,
	},
);

$UNFILTERED{"7.3 $_"} = $UNFILTERED{"6.12 $_"} for qw(hyperv_on_kvm kvm_on_hyperv);

for my $version (source_versions()) {
	local $ENV{VMCSGEN_OUT} = target_of($version);
	my %numbers = numbers($version);
	my %values = values_of($version, %numbers);
	my @masks = map { "$_ $values{kernel}{$_}" } @{ $MASKS{$version} };

	is_deeply($values{ours}, $values{kernel}, "linux-$version: " . keys(%numbers) .
		  ' encodings, control bits and masks');
	note($_) for @masks;

	# 6.1 has no rule for itself: it takes what Hyper-V offers.
	for my $role ('hyperv_on_kvm', $version eq '6.1' ? () : 'kvm_on_hyperv') {
		my %allowed = allowed($version, $role);
		my %except = %{ $UNFILTERED{"$version $role"} // {} };

		for my $word (keys %except) {
			isnt($allowed{$word}, $values{$role}{$word},
			     "linux-$version, $role: $word is not filtered");
			$allowed{$word} = $except{$word};
			delete $allowed{$word} if !defined $except{$word};
		}
		is_deeply($values{$role}, \%allowed, "linux-$version, $role: what KVM leaves of " .
			  'words of all ones is what the spec says');
	}
	cmp_ok(keys(%{ $values{hyperv_on_kvm} }), '==', @WORDS, 'KVM was asked of each word');
}

# TSC scaling is the control about which the roles differ, in either kernel.
{
	my %guest = allowed('6.12', 'hyperv_on_kvm');
	my %itself = allowed('6.12', 'kvm_on_hyperv');

	is(hex($guest{'2NDEXEC'}) ^ hex($itself{'2NDEXEC'}), 1 << 25, '6.12: TSC scaling');
	%guest = allowed('6.1', 'hyperv_on_kvm');
	%itself = allowed('6.1', 'kvm_on_hyperv');
	is(hex($guest{'2NDEXEC'}) ^ hex($itself{'2NDEXEC'}), 1 << 25, '6.1: TSC scaling');
}

# The kernel has no control and no encoding that the spec does not know.
for my $version (source_versions()) {
	my $path = 'arch/x86/include/asm/vmx.h';
	my $text = slurp(unpack_kernel($version, $path) . "/$path");
	my %known = numbers($version);
	my @controls = $text =~ /^\#define[ ]((?:PIN_BASED|CPU_BASED|SECONDARY_EXEC|TERTIARY_EXEC|
				 VM_EXIT|VM_ENTRY|VMX_VMFUNC)_\w+)[ \t]/gmx;
	my ($enum) = $text =~ /^enum vmcs_field \{\n(.*?)^\};/ms;
	my @encodings = $enum =~ /^\s+(\w+)\s+=\s+0x/gm;

	cmp_ok(@controls, '>', 80, "linux-$version: " . @controls . ' names of controls');
	is_deeply([grep { !$known{$_} } @controls], [], 'which the spec knows');
	cmp_ok(@encodings, '>', 180, "linux-$version: " . @encodings . ' names of encodings');
	is_deeply([grep { !$known{$_} } @encodings], [], 'which the spec knows');
}

# The test at boot asks the CPU for each field, also for those that no revision has.
{
	my @names = map { my $name = uc($_->{name}); ($name, $_->{high} ? "${name}_HIGH" : ()) }
		@{ spec_json()->{fields} };

	local $ENV{VMCSGEN_OUT} = target_of('6.12');
	is_deeply([slurp(out() . '/vmcs_fields.h') =~ /^VMCS_FIELD\((\w+)\)$/mg], \@names,
		  @names . ' fields are listed');
}

# The comparison can fail.
{
	local $ENV{VMCSGEN_OUT} = target_of('6.12');
	my %values = values_of('6.12', EVMCS1_SUPPORTED_2NDEXEC => 'EVMCS1_SUPPORTED_2NDEXEC ^ 1');

	isnt($values{ours}{EVMCS1_SUPPORTED_2NDEXEC}, $values{kernel}{EVMCS1_SUPPORTED_2NDEXEC},
	     'one bit more in a mask is seen');
}

done_testing;
