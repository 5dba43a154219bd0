#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What `vmcsgen decode` says that values mean, against the numbers and names in kernels' headers.
use strict;
use warnings;
no warnings 'portable';

use FindBin;
use lib "$FindBin::Bin/lib";
use Blobs;
use JSON::PP ();
use Test::More;
use Vmcsgen;

# What is said of values of a field, in their order: the texts of each.
sub meanings
{
	my ($field, @values) = @_;
	my $result = try(join('', map { image('vmcs12/linux-7.3', $field => $_) } @values), 'decode');

	# An odd value is a misfit, too, which scan.t tests.
	is(join('', grep { !/^vmcsgen: warning: .*misfits/ } split(/^/, $result->{err})), '', "$field: no other message");
	return map { [split(/, /, $_ // '')] } $result->{out} =~ /^ +\d+ +\d+  \Q$field\E +0x\w+  0x\w+(?: +(.*))?$/mg;
}

# What is said of one value.
sub meaning { return join(', ', map { @$_ } meanings(@_)) }

# A header of a kernel.
sub header
{
	my ($version, $path) = @_;

	return slurp(unpack_kernel($version, 'arch/x86/include') . "/arch/x86/include/$path");
}

# See that each number has the name that the kernel has for it, in lower case.
sub are_named
{
	my ($field, $name, $of, %numbers) = @_;
	my @names = sort { $numbers{$a} <=> $numbers{$b} } keys %numbers;
	my @said = meanings($field, map { $numbers{$_} } @names);
	my %said = map { $names[$_] => $said[$_][0] // '' } 0 .. $#names;

	cmp_ok(scalar(@names), '>=', $of, "$name: there are names");
	is_deeply({ %said }, { map { $_ => lc } @names }, "$name: numbers have them");
}

sub bits_named
{
	my ($field, $name, $of, %bits) = @_;

	are_named($field, $name, $of, map { $_ => 1 << $bits{$_} } keys %bits);
}

for my $version (source_versions()) {
	my $uapi = header($version, 'uapi/asm/vmx.h');
	my $vmx = header($version, 'asm/vmx.h');
	my $flags = header($version, 'uapi/asm/processor-flags.h');
	my %trap = header($version, 'asm/trapnr.h') =~ /^#define X86_TRAP_(\w+)\s+(\d+)\b/mg;

	are_named('vm_exit_reason', "$version: exit reasons", 60, $uapi =~ /^#define EXIT_REASON_(\w+)\s+(\d+)$/mg);
	are_named('vm_instruction_error', "$version: errors", 20,
		  map { /^\s*VMXERR_(\w+)\s*=\s*(\d+),/ ? ($1 => $2) : () } split(/\n/, $vmx));
	are_named('guest_activity_state', "$version: activity", 4, $vmx =~ /^#define GUEST_ACTIVITY_(\w+)\s+(\d+)$/mg);
	are_named('guest_interruptibility_info', "$version: interruptibility", 4,
		  map { ref ? () : $_ } map { /^#define GUEST_INTR_STATE_(\w+)\s+(0x\w+)$/ ? ($1 => hex($2)) : () }
		  split(/\n/, $vmx));
	bits_named('guest_cr0', "$version: CR0", 11, $flags =~ /^#define X86_CR0_(\w+)_BIT\s+(\d+)/mg);
	bits_named('guest_cr4', "$version: CR4", 20,
		   map { /^#define X86_CR4_(\w+)_BIT\s+(\d+)/ ? ($1 => $2) : () } split(/\n/, $flags));
	bits_named('guest_rflags', "$version: RFLAGS", 16,
		   map { /^#define X86_EFLAGS_(?!IOPL)(\w+)_BIT\s+(\d+)/ ? ($1 => $2) : () } split(/\n/, $flags));
	bits_named('guest_ia32_efer', "$version: EFER", 4,
		   map { /^#define _EFER_(SCE|LME|LMA|NX)\s+(\d+)/ ? ($1 => $2) : () } split(/\n/, header($version, 'asm/msr-index.h')));

	# What the kernel calls otherwise, or has no name of its own for.
	$trap{XM} = delete $trap{XF};
	my @vectors = grep { $trap{$_} < 22 && !/^(?:OLD_MF|SPURIOUS)$/ } sort keys %trap;
	is_deeply({ map { $vectors[$_->[0]] => $_->[1] } map { [$_ => (meanings('vm_exit_intr_info', 0x80000300 | $trap{ $vectors[$_] }))[0][1]] } 0 .. $#vectors },
		  { map { $_ => "vector $trap{$_} (" . ($_ eq 'NMI' ? '' : '#') . "$_)" } @vectors }, "$version: vectors");

	my %types = (EXT_INTR => 'external interrupt', NMI_INTR => 'NMI', HARD_EXCEPTION => 'hardware exception',
		     SOFT_INTR => 'software interrupt', PRIV_SW_EXCEPTION => 'privileged software exception',
		     SOFT_EXCEPTION => 'software exception', OTHER_EVENT => 'other event');
	my %numbers = $vmx =~ /^#define INTR_TYPE_(\w+)\s+\((\d) << 8\)/mg;
	for my $type (grep { defined $numbers{$_} } sort keys %types) {
		is(meaning('vm_entry_intr_info_field', 0x80000020 | $numbers{$type} << 8),
		   "$types{$type}, vector 32, valid", "$version: $type");
	}

	my %mask = map { /^#define VMX_AR_(\w+)_MASK \(?(1 << \d+)\)?$/ ? ($1 => $2) : () } split(/\n/, $vmx);
	my %says = (UNUSABLE => qr/^unusable$/, P => qr/, present/, L => qr/, L$/, DB => qr{, D/B$}, G => qr/, G$/,
		    S => qr/^data, /);
	for my $bit (sort keys %says) {
		my ($shift) = ($mask{$bit} // '') =~ /<< (\d+)/;

		ok(defined $shift, "$version: VMX_AR_$bit\_MASK");
		like(meaning('guest_cs_ar_bytes', 1 << $shift), $says{$bit}, "$version: access right $bit");
	}
}

#
# To the letter
#

my @SAYS = (
	[vm_exit_reason => 0x80000021, 'invalid_state, entry failure'],
	[vm_exit_reason => 0x0c00004a, 'bus_lock, bus lock, enclave mode'],
	[vm_exit_reason => 0x1234, 'reason 4660'],
	[vm_exit_reason => 0x02010030, 'ept_violation, busy shadow stack, bit 16'],
	[vm_exit_reason => 0x30000000, 'exception_nmi, pending MTF exit, from VMX root'],
	[vm_exit_intr_info => 0x80000b0e, 'hardware exception, vector 14 (#PF), error code, valid'],
	[vm_exit_intr_info => 0x80001202, 'NMI, vector 2, NMI unblocking by IRET, valid'],
	[vm_exit_intr_info => 0x00000b0e, ''],
	[idt_vectoring_info_field => 0x80000680, 'software exception, vector 128, valid'],
	[idt_vectoring_info_field => 0x80001100, 'type 1, vector 0, valid, bit 12'],
	[vm_entry_intr_info_field => 0x80002320, 'hardware exception, vector 32, nested exception, valid'],
	[vm_instruction_error => 7, 'entry_invalid_control_field'], [vm_instruction_error => 14, 'error 14'],
	[vm_instruction_error => 0, ''],
	[guest_cs_ar_bytes => 0xa09b, 'code, readable, accessed, DPL 0, present, L, G'],
	[guest_cs_ar_bytes => 0xc0fd, 'code, execute-only, conforming, accessed, DPL 3, present, D/B, G'],
	[guest_ss_ar_bytes => 0xc0f7, 'data, writable, expand-down, accessed, DPL 3, present, D/B, G'],
	[guest_tr_ar_bytes => 0x8b, 'busy TSS, DPL 0, present'], [guest_tr_ar_bytes => 0x83, 'busy 16-bit TSS, DPL 0, present'],
	[guest_ldtr_ar_bytes => 0x1082, 'LDT, DPL 0, present, AVL'], [guest_ldtr_ar_bytes => 0x10082, 'unusable'],
	[guest_tr_ar_bytes => 0x20f89, 'system type 9, DPL 0, present, bits 8 to 11, bit 17'],
	[guest_activity_state => 0, 'active'], [guest_activity_state => 4, 'state 4'],
	[guest_interruptibility_info => 0x21, 'sti, bit 5'],
	[guest_pending_dbg_exceptions => 0x5801, 'B0, bus lock, enabled breakpoint, BS'],
	[guest_intr_status => 0x3020, 'RVI 32, SVI 48'],
	[ept_pointer => 0x10123405e, 'write-back, 4 levels, accessed and dirty, at 0x101234000'],
	[ept_pointer => 0x8000000000001fa0, 'uncacheable, 5 levels, supervisor shadow stack, at 0x1000, bits 8 to 11, bit 63'],
	[ept_pointer => 0, ''],
	[vmcs_link_pointer => 0xffffffffffffffff, 'none'], [vmcs_link_pointer => 0x1000, ''],
	[guest_rflags => 0x3002, 'fixed, iopl 3'], [guest_cr0 => 0x80000021, 'pe, ne, pg'],
	[host_cr4 => 0x8000000000002020, 'pae, vmxe, bit 63'], [cr0_guest_host_mask => 8, 'ts'],
	[guest_rip => 0x1000, ''],
);
for my $say (@SAYS) {
	my ($field, $value, $says) = @$say;

	is(meaning($field, $value), $says, sprintf('%s 0x%x', $field, $value));
}

# In every form.
my $state = try(state(image('vmcs12/linux-7.3', vm_exit_reason => 33)), 'decode')->{out};
like($state, qr/^ .* vm_exit_reason .*  0x00000021          invalid_state$/m, 'a state');
like(try(image('evmcs/tlfs-2022', vm_exit_reason => 33), 'decode')->{out},
     qr/^ .* vm_exit_reason .*  0x00000021          readonly  invalid_state$/m, 'with a group');
like(try("*** Control State ***\nreason=80000021 qualification=0000000000000000\n", 'decode')->{out},
     qr/^  vm_exit_reason      0x00004402  0x80000021          invalid_state, entry failure\n  exit_qualification  0x00006400  0x0000000000000000\n/m, 'a dump');
is(try("vm_exit_reason = 0x21\nguest_rip = 0x1\n", 'decode', '--format=json')->{out}, <<'END', 'a list in JSON');
{
	"schema": 1,
	"number": 1,
	"line": 1,
	"values": [
		{"name": "vm_exit_reason", "encoding": "0x00004402", "value": "0x00000021", "means": ["invalid_state"]},
		{"name": "guest_rip", "encoding": "0x0000681e", "value": "0x0000000000000001"}
	],
	"missing": []
}
END
like(try(image('vmcs12/linux-7.3', vm_exit_reason => 33), 'decode', '--format=json')->{out},
     qr/\{"name": "vm_exit_reason", "offset": \d+, "size": 4, "value": "0x00000021", "encoding": "0x00004402", "means": \["invalid_state"\]\},/, 'a page in JSON');

done_testing();
