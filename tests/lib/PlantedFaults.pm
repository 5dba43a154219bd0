# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Faults that people make in nested VMX, each with the rule of the audit that has to find it.
# 'plant' puts one into a tree, at a place that chance picks, and returns what the key of the
# finding has to match; 'kernels' says which have such a place, if not all.
package PlantedFaults;

use strict;
use warnings;

use Chance;
use Planted;

my $VMX = 'arch/x86/kvm/vmx';
my $NESTED = "$VMX/nested.c";
my $VMCS12_H = "$VMX/vmcs12.h";
my $VMCS12_C = "$VMX/vmcs12.c";
my $VMX_H = 'arch/x86/include/asm/vmx.h';
my $DOCUMENT = 'Documentation/virt/kvm/x86/nested-vmx.rst';
my $ENTRY = function_named('copy_enlightened_to_vmcs12');
my $EXIT = function_named('copy_vmcs12_to_enlightened');
my $RESTORE = function_named('vmx_set_nested_state');
my $STRUCT12 = qr/^struct __packed vmcs12 \{.*?^\};/ms;
my $STRUCT_PAGE = qr/^struct hv_enlightened_vmcs \{.*?^\}/ms;
my $COPY_IN = qr/^\t+vmcs12->(\w+) =\s*evmcs->(\w+);\n/m;
my $COPY_BACK = qr/^\t+evmcs->(\w+) =\s*vmcs12->(\w+);\n/m;

sub page_h
{
	return $_[0]->first('arch/x86/include/asm/hyperv-tlfs.h', 'include/hyperv/hvgdk.h')
		if $_[0]{version} ne '7.3';
	return 'include/hyperv/hvgdk.h';
}

sub evmcs_h { return $_[0]->first("$VMX/hyperv_evmcs.h", "$VMX/evmcs.h", "$VMX/hyperv.h") }
sub evmcs_c { return $_[0]->first("$VMX/hyperv_evmcs.c", "$VMX/evmcs.c", "$VMX/hyperv.c") }

sub selftests
{
	return $_[0]->first(map { "tools/testing/selftests/kvm/include/$_/$_[1]" } qw(x86_64 x86));
}

sub document { return $_[0]->first($DOCUMENT) }

my %FAULTS;

sub fault
{
	my ($rule, $name, $plant, @kernels) = @_;

	push @{ $FAULTS{$rule} }, { rule => $rule, name => $name, plant => $plant,
		kernels => \@kernels };
}

# Those of a rule that a kernel can have.
sub of
{
	my ($rule, $version) = @_;

	return grep { !@{ $_->{kernels} } || grep { $_ eq $version } @{ $_->{kernels} } }
	       @{ $FAULTS{$rule} };
}

sub rules { return sort keys %FAULTS }

#
# layout
#

my $TWO = qr/^\t((?:u16|u32|u64|natural_width) )(\w+);\n\t\1(\w+);\n/m;
my $no_pads = sub { return !grep { /padding|dead|hv_|reserved|partition/ } @_ };
my $swapped = sub { return "\t$_[0]$_[2];\n\t$_[0]$_[1];\n" };

sub either { my $names = join('|', @_); return qr/\b(?:$names)\b/ }

fault(layout => 'two members of struct vmcs12 change places', sub {
	my ($type, @names) = $_[0]->replace($VMCS12_H, $STRUCT12, $TWO, $swapped, $no_pads);
	return either(@names);
});
fault(layout => 'two members of the eVMCS change places', sub {
	my ($type, @names) = $_[0]->replace(page_h($_[0]), $STRUCT_PAGE, $TWO, $swapped, $no_pads);
	return either(@names);
});
fault(layout => 'a pad of struct vmcs12 shrinks', sub {
	my $t = $_[0];
	$t->replace($VMCS12_H, $STRUCT12, qr/^(\tu\d+ padding\w*\[)([2-9]\d*)(\];)/m,
		sub { $_[0] . ($_[1] - 1) . $_[2] });
	return qr/./;
});
fault(layout => 'a pad of the eVMCS goes', sub {
	$_[0]->replace(page_h($_[0]), $STRUCT_PAGE,
		qr/^\tu\d+ padding\w+(?:\[\d+\])?;\n(?=\t?\w)/m, '');
	return qr/./;
});
fault(layout => 'a member of the eVMCS gets wider', sub {
	my ($name) = $_[0]->replace(page_h($_[0]), $STRUCT_PAGE, qr/^\tu32 (\w+);/m,
		sub { "\tu64 $_[0];" }, sub { $_[0] !~ /padding/ });
	return either($name);
});
fault(layout => 'a member of struct vmcs12 gets narrower', sub {
	my ($name) = $_[0]->replace($VMCS12_H, $STRUCT12, qr/^\tu64 (\w+);/m,
		sub { "\tu32 $_[0];" });
	return either($name);
});
fault(layout => 'an assertion is dropped', sub {
	my ($name) = $_[0]->replace($VMCS12_H, undef, qr/^\tCHECK_OFFSET\((\w+), \d+\);\n/m, '',
		sub { $_[0] !~ /dead|^hdr$|abort|launch/ });
	return qr/\.$name is not asserted/;
});
fault(layout => 'an assertion has another number', sub {
	my ($name) = $_[0]->replace($VMCS12_H, undef, qr/^\tCHECK_OFFSET\((\w+), (\d+)\);\n/m,
		sub { "\tCHECK_OFFSET($_[0], " . ($_[1] + pick(-8, 2, 4, 8)) . ");\n" });
	return qr/\.$name is asserted wrongly/;
});
fault(layout => 'the assertions are never compiled', sub {
	$_[0]->replace($_[0]->first("$VMX/vmx.c"), undef,
		qr/^\tvmx_check_vmcs12_offsets\(\);\n/m, '');
	return qr/vmcs12/;
});
fault(layout => 'the selftests drop a member', sub {
	my ($name) = $_[0]->replace(selftests($_[0], 'evmcs.h'), $STRUCT_PAGE,
		qr/^\tu\d+ (\w+);\n/m, '', sub { $_[0] !~ /padding/ });
	return qr/evmcs\.h /;
});

#
# encodings
#

my $ENUM = qr/^enum vmcs_field \{.*?^\};/ms;
my $NUMBER = qr/^(\t([A-Z]\w+)\s*= )(0x[\da-fA-F]+)(?=,)/m;
my $hex = sub { return sprintf('0x%08x', $_[0]) };

fault(encodings => 'a field has the number of none', sub {
	my (undef, $name) = $_[0]->replace($VMX_H, $ENUM, $NUMBER,
		sub { $_[0] . $hex->(hex($_[2]) | 0x180) }, sub { $_[1] !~ /_HIGH$/ });
	return qr/\b$name$/;
});
fault(encodings => 'two fields change numbers', sub {
	my (undef, $one, undef, undef, $two) =
		$_[0]->replace($VMX_H, $ENUM, qr/$NUMBER,\n(\t([A-Z]\w+)\s*= )(0x[\da-fA-F]+)/m,
		sub { "$_[0]$_[5],\n$_[3]$_[2]" }, sub { $_[1] !~ /_HIGH$/ && $_[4] !~ /_HIGH$/ });
	return qr/\b(?:$one|$two)$/;
});
fault(encodings => 'a high half has the number of its low half', sub {
	my (undef, $name) = $_[0]->replace($VMX_H, $ENUM, $NUMBER,
		sub { $_[0] . $hex->(hex($_[2]) + 0x100) }, sub { $_[1] =~ /_HIGH$/ });
	return qr/\b$name$/;
});
fault(encodings => 'a new name has the number of another field', sub {
	$_[0]->replace($VMX_H, $ENUM, qr/^\tGUEST_RIP\b/m,
		sub { "\tGUEST_PLANTED = " . $hex->(pick(0x6a00, 0x2832, 0x4828)) .
		",\n\tGUEST_RIP" });
	return qr/GUEST_PLANTED$/;
});
fault(encodings => 'the selftests have another number', sub {
	my (undef, $name) = $_[0]->replace(selftests($_[0], 'vmx.h'), $ENUM, $NUMBER,
		sub { $_[0] . $hex->(hex($_[2]) ^ pick(2, 0x10, 0x400)) });
	return qr/vmx\.h $name$/;
});
fault(encodings => 'a name of no field appears', sub {
	$_[0]->replace($VMX_H, $ENUM, qr/^\tGUEST_RIP\b/m,
		sub { "\tGUEST_PLANTED = " . $hex->(pick(0x6a40, 0x2f00, 0x4f02)) .
		",\n\tGUEST_RIP" });
	return qr/GUEST_PLANTED$/;
});

#
# look-ups
#

my $TABLE12 = qr/^[\w ]*vmcs12_field_offsets\[\][^{]*\{.*?^\};/ms;
my $TABLE_PAGE = qr/^const struct evmcs_field vmcs_field_to_evmcs_1\[\] = \{.*?^\};/ms;
my $ENTRY12 = qr/^\tFIELD(64|)\((\w+), (\w+)\),\n/m;
my $ENTRY_PAGE = qr/^\tEVMCS1_FIELD\((\w+), (\w+),\s*HV_VMX_ENLIGHTENED_CLEAN_FIELD_(\w+)\),\n/m;
sub look_up12
{
	return $_[0]->text($VMCS12_H) =~ /get_vmcs12_field_offset/
		? function_named('get_vmcs12_field_offset') : function_named('vmcs_field_to_offset');
}

fault('look-ups' => 'an entry of the table of struct vmcs12 goes', sub {
	my (undef, undef, $member) = $_[0]->replace($VMCS12_C, $TABLE12, $ENTRY12, '');
	return qr/^memory $member\b/;
});
fault('look-ups' => 'an entry of the eVMCS\'s table goes', sub {
	my (undef, $member) = $_[0]->replace(evmcs_c($_[0]), $TABLE_PAGE, $ENTRY_PAGE, '');
	return qr/^page $member\b/;
});
fault('look-ups' => 'an entry has the next member', sub {
	my $t = $_[0];
	my @members = map { $_->{got}[2] } $t->places($VMCS12_C, $TABLE12, $ENTRY12);
	my $member;
	$t->replace($VMCS12_C, $TABLE12, $ENTRY12,
		sub { $member = $_[2]; "\tFIELD$_[0]($_[1], " .
		pick(grep { $_ ne $member } @members) . "),\n" });
	return qr/^memory $member\b/;
});
fault('look-ups' => 'a high half goes', sub {
	my (undef, undef, $member) = $_[0]->replace($VMCS12_C, $TABLE12, $ENTRY12,
		sub { "\tFIELD($_[1], $_[2]),\n" }, sub { $_[0] });
	return qr/^memory $member, its high half/;
});
fault('look-ups' => 'an entry is of a field that the structure lacks', sub {
	my $name = pick(qw(CR3_TARGET_VALUE0 CR3_TARGET_VALUE1 PLE_GAP PLE_WINDOW));
	$_[0]->replace($VMCS12_C, $TABLE12, qr/^(\tFIELD\(CR0_GUEST_HOST_MASK)/m,
		sub { "\tFIELD($name, dead_space),\n$_[0]" });
	return qr/^memory 0x\w+ finds dead_space/;
});
fault('look-ups' => 'a field has another clean-field group', sub {
	my ($name, $member, $group) = $_[0]->replace(evmcs_c($_[0]), $TABLE_PAGE, $ENTRY_PAGE, sub {
		my $other =
			pick(grep { $_ ne $_[2] } qw(NONE GUEST_BASIC HOST_GRP1 CONTROL_GRP1
				CONTROL_PROC CRDR GUEST_GRP1));
		"\tEVMCS1_FIELD($_[0], $_[1],\n\t\t     HV_VMX_ENLIGHTENED_CLEAN_FIELD_$other),\n" });
	return qr/^group of $member$/;
});
fault('look-ups' => 'not all bits of the register are compared', sub {
	$_[0]->replace($VMCS12_H, look_up12($_[0]), qr/if \(field >> 15\)/,
		pick('if ((u16)field >> 15)', 'if (field >> 17)', 'if ((u32)field >> 15)'));
	return qr/^memory compares not all bits/;
});
fault('look-ups' => 'the index is not clamped', sub {
	$_[0]->replace($VMCS12_H, look_up12($_[0]),
		qr/^\tindex = array_index_nospec\([^;]*;\n/m, '');
	return qr/clamped/;
});
fault('look-ups' => 'the index is clamped after the load', sub {
	$_[0]->replace($VMCS12_H, look_up12($_[0]),
		qr/^(\tindex = array_index_nospec\([^;]*;\n)(\toffset = [^;]*;\n)/m,
		sub { "$_[1]$_[0]" });
	return qr/clamped/;
});
fault('look-ups' => 'the clamp has another bound', sub {
	$_[0]->replace($VMCS12_H, look_up12($_[0]), qr/array_index_nospec\(index, \w+\)/,
		pick('array_index_nospec(index, 65536)',
		'array_index_nospec(index, 2 * nr_vmcs12_fields)'));
	return qr/clamped/;
});
fault('look-ups' => 'what is clamped is not used', sub {
	$_[0]->replace($VMCS12_H, look_up12($_[0]), qr/^\tindex = (array_index_nospec\([^;]*);\n/m,
		sub { "\t(void)$_[0];\n" });
	return qr/clamped/;
});

#
# copy-in
#

fault('copy-in' => 'a copy is dropped', sub {
	my ($into) = $_[0]->replace($NESTED, $ENTRY, $COPY_IN, '');
	return qr/^$into$/;
});
fault('copy-in' => 'a copy moves to another group', sub {
	my $t = $_[0];
	my ($into, $from) = $t->replace($NESTED, $ENTRY, $COPY_IN, '',
		sub { $_[0] !~ /tpr_threshold|guest_rip/ });
	$t->replace($NESTED, $ENTRY, qr/^(\t\tvmcs12->(\w+) = evmcs->\2;\n)(?=\t\})/m,
		sub { "$_[0]\t\tvmcs12->$into = evmcs->$from;\n" },
		    sub { group($_[1]) ne group($into) });
	return qr/\b$into$/;
});
fault('copy-in' => 'a copy of each entry moves to a group', sub {
	my $t = $_[0];
	my ($into) = $t->replace($NESTED, $ENTRY, $COPY_IN, '',
		sub { $_[0] =~ /tpr_threshold|guest_rip/ });
	$t->replace($NESTED, $ENTRY, qr/^(\t\tvmcs12->guest_rsp = evmcs->guest_rsp;\n)/m,
		sub { "$_[0]\t\tvmcs12->$into = evmcs->$into;\n" });
	return qr/\b$into$/;
});
fault('copy-in' => 'the source is another member', sub {
	my $t = $_[0];
	my @members = map { $_->{got}[1] } $t->places($NESTED, $ENTRY, $COPY_IN);
	my $into;
	$t->replace($NESTED, $ENTRY, $COPY_IN,
		sub { $into = $_[0]; "\tvmcs12->$_[0] = evmcs->" .
		pick(grep { $_ ne $into } @members) . ";\n" });
	return qr/^$into$/;
});
fault('copy-in' => 'a copy is cut', sub {
	my ($into) = $_[0]->replace($NESTED, $ENTRY, $COPY_IN,
		sub { "\t\tvmcs12->$_[0] = (u8)evmcs->$_[1];\n" });
	return qr/^$into$/;
});
fault('copy-in' => 'a condition is inverted', sub {
	$_[0]->replace($NESTED, $ENTRY,
		qr/if \(unlikely\(!\((hv_clean_fields &\s*HV_VMX_ENLIGHTENED_CLEAN_FIELD_(?!ENL)\w+)\)\)\)/m,
		sub { "if (unlikely($_[0]))" });
	return qr/./;
});
fault('copy-in' => 'a condition asks for another group', sub {
	my $t = $_[0];
	$t->replace($NESTED, $ENTRY,
		qr/(hv_clean_fields &\s*HV_VMX_ENLIGHTENED_CLEAN_FIELD_)((?!ENL)\w+)/m,
		    sub { my $is = $_[1]; $_[0] .
			pick(grep { $_ ne $is } qw(GUEST_BASIC HOST_GRP1 CRDR GUEST_GRP1 GUEST_GRP2
				CONTROL_GRP1)) });
	return qr/^group of /;
});
fault('copy-in' => 'a later copy replaces an earlier', sub {
	my $t = $_[0];
	my ($place) = pick($t->places($NESTED, $ENTRY, qr/^\t\tvmcs12->(\w+) = evmcs->\1;\n/m));
	my $into = $place->{got}[0];
	$t->replace($NESTED, $ENTRY, qr/^(\t\/\*\n\t \* Read only fields:)/m,
		sub { "\tvmcs12->$into = evmcs->" .
		($into eq 'guest_rsp' ? 'guest_cr0' : 'guest_rsp') . ";\n\n$_[0]" });
	return qr/\b$into$/;
});
fault('copy-in' => 'a copy depends on what is copied', sub {
	my ($into) = $_[0]->replace($NESTED, $ENTRY, $COPY_IN,
		sub { "\t\tif (evmcs->$_[1])\n\t\t\tvmcs12->$_[0] = evmcs->$_[1];\n" });
	return qr/\b$into$/;
});

sub group
{
	return $_[0] =~ /^host_\w+base|host_rsp/ ? 'pointer' : $_[0] =~ /^host/
		? 'host' : $_[0] =~ /^guest_\w+(?:base|limit|ar_bytes|selector)$/
		? 'grp2' : $_[0] =~ /^guest_(?:cr|dr)|^cr\d/ ? 'crdr' : $_[0];
}

#
# copy-back
#

fault('copy-back' => 'a copy is dropped', sub {
	my ($into) = $_[0]->replace($NESTED, $EXIT, $COPY_BACK, '');
	return qr/^$into$/;
});
fault('copy-back' => 'the source is another member', sub {
	my $t = $_[0];
	my @members = map { $_->{got}[1] } $t->places($NESTED, $EXIT, $COPY_BACK);
	my $into;
	$t->replace($NESTED, $EXIT, $COPY_BACK,
		sub { $into = $_[0]; "\tevmcs->$_[0] = vmcs12->" .
		pick(grep { $_ ne $into } @members) . ";\n" });
	return qr/^$into$/;
});
fault('copy-back' => 'a copy is cut', sub {
	my ($into) = $_[0]->replace($NESTED, $EXIT, $COPY_BACK,
		sub { "\tevmcs->$_[0] = (u8)vmcs12->$_[1];\n" });
	return qr/^$into$/;
});
fault('copy-back' => 'what was never copied in goes back', sub {
	my $name = pick(qw(cr3_target_count vm_exit_msr_store_count vm_exit_msr_load_addr
		page_fault_error_code_mask vm_entry_msr_load_count));
	$_[0]->replace($NESTED, $EXIT, qr/^(\tevmcs->guest_rsp = vmcs12->guest_rsp;\n)/m,
		sub { "$_[0]\tevmcs->$name = vmcs12->$name;\n" });
	return qr/^$name$/;
});
fault('copy-back' => 'KVM begins to write a field', sub {
	my $name = pick(qw(host_rip io_bitmap_a tsc_offset virtual_processor_id exception_bitmap
		vmcs_link_pointer cr0_read_shadow));
	$_[0]->replace($NESTED, function_named('sync_vmcs02_to_vmcs12'),
		qr/^(\tvmcs12->guest_rsp = )/m, sub { "\tvmcs12->$name = 0;\n$_[0]" });
	return qr/^$name$/;
});
fault('copy-back' => 'a copy back is conditional', sub {
	my ($into) = $_[0]->replace($NESTED, $EXIT, $COPY_BACK,
		sub { "\tif (vmcs12->$_[1] > 0xff)\n\t\tevmcs->$_[0] = vmcs12->$_[1];\n" });
	return qr/^$into$/;
});
fault('copy-back' => 'two copies change their sources', sub {
	my ($one, undef, $two) = $_[0]->replace($NESTED, $EXIT, qr/$COPY_BACK$COPY_BACK/m,
		sub { "\tevmcs->$_[0] = vmcs12->$_[3];\n\tevmcs->$_[2] = vmcs12->$_[1];\n" });
	return qr/^(?:$one|$two)$/;
});

#
# existence: only 7.3 asks the CPU.  Fields that adds() of the spec names, and that 7.3 treats
# rightly.
#

my $EXISTS = function_named('cpu_has_vmcs12_field');
my $CASES = qr/^(\t(?:case|VMCS12_CASE64\().*:\n)(\t\treturn (\w+)\(\);\n)/m;

fault(existence => 'a field has no case', sub {
	my ($name) = $_[0]->replace($VMCS12_C, $EXISTS,
		qr/^\t(?:case |VMCS12_CASE64\()(\w+)\)?:\n\t\treturn \w+\(\);\n/m, '',
		sub { $_[0] !~ /SSP|ENCLS|APIC_ACCESS/ });
	return qr/\b\L$name\E\b.* without /;
}, '7.3');
fault(existence => 'a case asks for another control', sub {
	my @asks = qw(cpu_has_vmx_ept cpu_has_vmx_vpid cpu_has_vmx_tsc_scaling cpu_has_vmx_xsaves
		cpu_has_vmx_posted_intr);
	$_[0]->replace($VMCS12_C, $EXISTS,
		qr/\breturn (\w+(?<!perf_global_ctrl)(?<!cet_ctrl)(?<!encls_vmexit)(?<!apic_accesses))\(\);/,
		sub { my $is = $_[0]; 'return ' . pick(grep { $_ ne $is } @asks) . '();' });
	return qr/ (?:with|without) /;
}, '7.3');
fault(existence => 'a field moves to the next control', sub {
	$_[0]->replace($VMCS12_C, $EXISTS,
		qr/^(\t(?:case|VMCS12_CASE64).*:\n)(\t\treturn \w+\(\);\n)/m, sub { $_[1] . $_[0] },
		       sub { $_[0] !~ /VIRTUAL_PROCESSOR_ID|PERF|SSP|ENCLS|APIC_ACCESS/ });
	return qr/ (?:with|without) /;
}, '7.3');
fault(existence => 'a question about the CPU asks for another bit', sub {
	my $t = $_[0];
	my %bits = (cpu_has_vmx_vpid => 'SECONDARY_EXEC_DESC',
		cpu_has_vmx_tsc_scaling => 'SECONDARY_EXEC_ENABLE_RDTSCP',
		    cpu_has_vmx_ept => 'SECONDARY_EXEC_UNRESTRICTED_GUEST',
			cpu_has_vmx_vmfunc => 'SECONDARY_EXEC_DESC');
	my $function = pick(sort keys %bits);
	$t->replace("$VMX/capabilities.h", function_named($function), qr/\bSECONDARY_EXEC_\w+/,
		$bits{$function});
	return qr/ (?:with|without) /;
}, '7.3');
fault(existence => 'a field of each CPU gets a case', sub {
	my $name = pick(qw(GUEST_RIP HOST_CR3 GUEST_ES_SELECTOR EXCEPTION_BITMAP VM_EXIT_REASON));
	$_[0]->replace($VMCS12_C, $EXISTS, qr/^(\tcase VIRTUAL_PROCESSOR_ID:\n)/m,
		sub { "\tcase $name:\n$_[0]" });
	return qr/^\L$name\E on no CPU/;
}, '7.3');
fault(existence => 'a function says what is not so', sub {
	my ($name) = $_[0]->replace($VMCS12_C, $EXISTS,
		qr/\breturn (cpu_has_vmx_(?:vpid|ept|xsaves|tsc_scaling))\(\);/,
		sub { "return !$_[0]();" });
	return qr/ (?:with|without) /;
}, '7.3');
fault(existence => 'only a part of a field depends on the CPU', sub {
	my ($name) = $_[0]->replace($VMCS12_C, $EXISTS,
		qr/\tVMCS12_CASE64\((TSC_MULTIPLIER|EPT_POINTER|XSS_EXIT_BITMAP)\):/,
		sub { "\tcase $_[0]:" });
	return qr/\b\L$name\E\b.* without /;
}, '7.3');

#
# support
#

my $MASK = qr/#define (EVMCS1_(UN|)SUPPORTED_\w+)\s*\\\n\t\((?:.*\\\n)*.*\)\n/;

fault(support => 'a control is left out', sub {
	my $t = $_[0];
	my ($name) = $t->replace(evmcs_h($t),
		qr/#define EVMCS1_SUPPORTED_PINCTRL.*#define EVMCS1_SUPPORTED_VMFUNC/ms,
		qr/^\t ((?:PIN_BASED|CPU_BASED|SECONDARY_EXEC|VM_EXIT|VM_ENTRY)_\w+) \|\s*\\\n/m,
		'',
		sub { $_[0] !~ /ALWAYSON|NOTIFY|RTIT/ });
	return qr/^EVMCS1_SUPPORTED/;
}, '6.12', '7.3');
fault(support => 'a control comes whose fields an eVMCS lacks', sub {
	my $name = pick(qw(SECONDARY_EXEC_ENABLE_PML SECONDARY_EXEC_ENABLE_VMFUNC
		SECONDARY_EXEC_SHADOW_VMCS SECONDARY_EXEC_PAUSE_LOOP_EXITING
		SECONDARY_EXEC_VIRTUAL_INTR_DELIVERY));
	$_[0]->replace(evmcs_h($_[0]), undef, qr/^(\t \(?SECONDARY_EXEC_WBINVD_EXITING \|)/m,
		sub { "\t $name |\t\\\n$_[0]" });
	return qr/^EVMCS1_SUPPORTED_2NDEXEC/;
}, '6.12', '7.3');
fault(support => 'posted interrupts come', sub {
	$_[0]->replace(evmcs_h($_[0]), undef, qr/^(\t PIN_BASED_NMI_EXITING \|)/m,
		sub { "\t " . pick('PIN_BASED_POSTED_INTR', 'PIN_BASED_VMX_PREEMPTION_TIMER') .
		" |\t\\\n$_[0]" });
	return qr/^EVMCS1_SUPPORTED_PINCTRL/;
}, '6.12', '7.3');
fault(support => 'a bit of no control comes', sub {
	$_[0]->replace(evmcs_h($_[0]), undef, qr/^(\t CPU_BASED_HLT_EXITING \|)/m,
		sub { "\t BIT(" . pick(0, 18) . ") |\t\\\n$_[0]" });
	return qr/^EVMCS1_SUPPORTED_EXEC_CTRL/;
}, '6.12', '7.3');
fault(support => 'bits that are always 1 are left out', sub {
	my ($mask) = $_[0]->replace(evmcs_h($_[0]), undef,
		qr/^\t\((PIN_BASED|CPU_BASED|VM_EXIT|VM_ENTRY)_ALWAYSON_WITHOUT_TRUE_MSR \|\s*\\\n\t (\w+)/m,
		sub { "\t($_[1]" });
	return qr/^EVMCS1_SUPPORTED/;
}, '6.12', '7.3');
fault(support => 'a tertiary control comes', sub {
	$_[0]->replace(evmcs_h($_[0]), undef, qr/^#define EVMCS1_SUPPORTED_3RDEXEC \(0ULL\)/m,
		'#define EVMCS1_SUPPORTED_3RDEXEC (TERTIARY_EXEC_IPI_VIRT)');
	return qr/^EVMCS1_SUPPORTED_3RDEXEC/;
}, '6.12', '7.3');
fault(support => 'a control\'s bit is another', sub {
	my $t = $_[0];
	$t->replace(evmcs_h($t), undef,
		qr/^\t (VM_EXIT_SAVE_IA32_PAT|VM_EXIT_SAVE_IA32_EFER|VM_EXIT_ACK_INTR_ON_EXIT) \|/m,
		"\t VM_EXIT_SAVE_VMX_PREEMPTION_TIMER |");
	return qr/^EVMCS1_SUPPORTED_VMEXIT/;
}, '6.12', '7.3');
fault(support => 'a control is supported that was not', sub {
	my ($name) = $_[0]->replace(evmcs_h($_[0]), undef,
		qr/(EVMCS1_UNSUPPORTED_2NDEXEC\s*\\\n.*?)\bSECONDARY_EXEC_(?:ENABLE_PML|ENABLE_VMFUNC|SHADOW_VMCS|VIRTUAL_INTR_DELIVERY|VIRTUALIZE_APIC_ACCESSES|PAUSE_LOOP_EXITING)\b/ms,
		sub { "${\$_[0]}0" });
	return qr/^EVMCS1_UNSUPPORTED_2NDEXEC/;
}, '6.1');

#
# shadow
#

my $SHADOW = "$VMX/vmcs_shadow_fields.h";
my $RARE = function_named('is_vmcs12_ext_field');
my $SYNC_RARE = function_named('sync_vmcs02_to_vmcs12_rare');
my $SYNC = function_named('sync_vmcs02_to_vmcs12');

fault(shadow => 'access rights that L1 writes', sub {
	$_[0]->replace($SHADOW, undef, qr/^SHADOW_FIELD_RO\((GUEST_[CS]S_AR_BYTES)/m,
		sub { "SHADOW_FIELD_RW($_[0]" });
	return qr/^RW GUEST_[CS]S_AR_BYTES/;
});
fault(shadow => 'a read-only field that L1 writes', sub {
	my ($name) = $_[0]->replace($SHADOW, undef, qr/^SHADOW_FIELD_RO\(((?!GUEST_.S_AR)\w+)/m,
		sub { "SHADOW_FIELD_RW($_[0]" });
	return qr/^RW $name/;
});
fault(shadow => 'a high half goes', sub {
	$_[0]->replace($SHADOW, undef, qr/^SHADOW_FIELD_RO\(GUEST_PHYSICAL_ADDRESS(?:_HIGH)?,.*\n/m,
		'');
	return qr/^RO GUEST_PHYSICAL_ADDRESS/;
});
fault(shadow => 'an entry has another member', sub {
	my ($name) = $_[0]->replace($SHADOW, undef, qr/^(SHADOW_FIELD_R[WO]\((\w+), )(\w+)/m,
		sub { $_[0] . ($_[2] eq 'guest_rsp' ? 'guest_rip' : 'guest_rsp') });
	return qr/^R[WO] /;
});
fault(shadow => 'a field that is synced rarely comes', sub {
	my $name = pick(qw(GUEST_ES_SELECTOR GUEST_DS_LIMIT GUEST_TR_BASE GUEST_GS_BASE));
	$_[0]->replace($SHADOW, undef, qr/^(SHADOW_FIELD_RW\(GUEST_RIP)/m,
		sub { "SHADOW_FIELD_RW($name, \L$name\E)\n$_[0]" });
	return qr/^RW $name/;
});
fault(shadow => 'a field that is prepared rarely comes', sub {
	my $name = pick(qw(GUEST_SYSENTER_CS GUEST_SYSENTER_ESP GUEST_SYSENTER_EIP));
	$_[0]->replace($SHADOW, undef, qr/^(SHADOW_FIELD_RW\(GUEST_RIP)/m,
		sub { "SHADOW_FIELD_RW($name, \L$name\E)\n$_[0]" });
	return qr/^RW $name/;
});
fault(shadow => 'VMREAD does not sync a field', sub {
	my ($name) = $_[0]->replace($NESTED, $RARE, qr/^\tcase (\w+):\n/m, '',
		sub { $_[0] ne 'GUEST_BNDCFGS' });
	return qr/^rare \L$name$/;
});
fault(shadow => 'VMREAD syncs what is not synced', sub {
	my $name = pick(qw(GUEST_CS_AR_BYTES GUEST_RSP GUEST_CR0 GUEST_SYSENTER_CS HOST_RIP));
	$_[0]->replace($NESTED, $RARE, qr/^\tcase GUEST_ES_SELECTOR:\n/m,
		sub { "\tcase $name:\n\tcase GUEST_ES_SELECTOR:\n" });
	return qr/^rare \L$name$/;
});
fault(shadow => 'a sync is dropped', sub {
	my ($name) = $_[0]->replace($NESTED, $SYNC_RARE,
		qr/^\tvmcs12->(\w+) =\s*vmcs_read\w+\([A-Z_]+\);\n/m, '');
	return qr/^rare $name$/;
});
fault(shadow => 'a sync becomes rare', sub {
	my $t = $_[0];
	my ($line, $name) = $t->replace($NESTED, $SYNC,
		qr/^(\tvmcs12->(guest_[cs]s_ar_bytes|guest_rflags) =\s*vmcs_read\w+\([A-Z_]+\);\n)/m,
		'');
	$t->replace($NESTED, $SYNC_RARE, qr/^\tvmcs12->guest_es_base =/m,
		sub { "$line\tvmcs12->guest_es_base =" });
	return qr/$name$/i;
});
fault(shadow => 'a field is synced from another', sub {
	my ($name) = $_[0]->replace($NESTED, $SYNC_RARE,
		qr/^(\tvmcs12->(\w+) =\s*vmcs_readl\()(\w+)\)/m,
		sub { "$_[0]GUEST_" . ($_[2] eq 'GUEST_ES_BASE' ? 'GS' : 'ES') . '_BASE)' });
	return qr/./;
});

#
# vmwrite
#

my $READ_ONLY = qr/^static inline (?:int|bool) vmcs_field_readonly\(.*?^\}\n/ms;
my $VMWRITE = function_named('handle_vmwrite');
my $AR = qr/if \(field >= GUEST_ES_AR_BYTES && field <= GUEST_TR_AR_BYTES\)\s*(\w+) &= 0x1f0ff;/;

fault(vmwrite => 'another type is read-only', sub {
	$_[0]->replace("$VMX/vmcs.h", $READ_ONLY, qr/0x3\) == 1\)/, '0x3) ' .
		pick('== 2)', '>= 1)', '== 0)', '!= 1)'));
	return qr/^[a-z]\w+$/;
});
fault(vmwrite => 'another bit is the type', sub {
	$_[0]->replace("$VMX/vmcs.h", $READ_ONLY, qr/field >> 10/, 'field >> ' . pick(9, 11, 12));
	return qr/^[a-z]\w+$/;
});
fault(vmwrite => 'a field is excepted', sub {
	my $name = pick(qw(EXIT_QUALIFICATION VM_EXIT_REASON GUEST_LINEAR_ADDRESS));
	$_[0]->replace("$VMX/vmcs.h", $READ_ONLY, qr/return \((.*)\);/,
		sub { "return $_[0] && field != 0x" .
		{ EXIT_QUALIFICATION => '6400', VM_EXIT_REASON => '4402',
		GUEST_LINEAR_ADDRESS => '640a' }->{$name} . ';' });
	return qr/^\L$name$/;
});
fault(vmwrite => 'access rights keep other bits', sub {
	$_[0]->replace($NESTED, $VMWRITE, qr/&= 0x1f0ff;/, '&= ' .
		pick('0x1f0fe', '0x1ffff', '0xf0ff', '0x1d0ff') . ';');
	return qr/^bits of guest_\w+_ar_bytes$/;
});
fault(vmwrite => 'a range of access rights ends early', sub {
	$_[0]->replace($NESTED, $VMWRITE,
		qr/field >= GUEST_ES_AR_BYTES && field <= GUEST_TR_AR_BYTES/,
		       pick('field >= GUEST_CS_AR_BYTES && field <= GUEST_TR_AR_BYTES',
			'field >= GUEST_ES_AR_BYTES && field < GUEST_TR_AR_BYTES',
			    'field > GUEST_ES_AR_BYTES && field <= GUEST_TR_AR_BYTES',
				'field >= GUEST_ES_AR_BYTES && field <= GUEST_LDTR_AR_BYTES'));
	return qr/^bits of guest_\w+_ar_bytes$/;
});
fault(vmwrite => 'access rights are not masked', sub {
	$_[0]->replace($NESTED, $VMWRITE, $AR, ';');
	return qr/^bits of guest_\w+_ar_bytes$/;
});
fault(vmwrite => 'nothing asks whether a field is read-only', sub {
	$_[0]->replace($NESTED, $VMWRITE, qr/\tif \(vmcs_field_readonly\(field\)[^;]*;\n/, '');
	return qr/./;
});
fault(vmwrite => 'the question is the other way round', sub {
	$_[0]->replace($NESTED, $VMWRITE, qr/\tif \(vmcs_field_readonly\(field\)/,
		"\tif (!vmcs_field_readonly(field)");
	return qr/./;
});
fault(vmwrite => 'access rights are masked after the write', sub {
	my ($mask) = $_[0]->replace($NESTED, $VMWRITE,
		qr/^(\tif \(field >= GUEST_ES_AR_BYTES && field <= GUEST_TR_AR_BYTES\)\s*\w+ &= 0x1f0ff;\n)(.*?)(\tvmcs12_write_any\(.*?;\n)/ms,
		sub { "$_[1]$_[2]$_[0]" });
	return qr/^bits of guest_\w+_ar_bytes$/;
});

#
# saved-state
#

fault('saved-state' => 'the size of a vmcs12 is not compared', sub {
	$_[0]->replace($NESTED, $RESTORE,
		qr/^\tif \(kvm_state->size < sizeof\(\*kvm_state\) \+ sizeof\(\*vmcs12\)\) \{.*?^\t\}\n/ms,
		'');
	return qr/size/;
});
fault('saved-state' => 'the size of the shadow is not compared', sub {
	$_[0]->replace($NESTED, $RESTORE,
		qr/^\t\tif \(kvm_state->size <\s.*?goto error_guest_mode;\n/ms, '');
	return qr/size/;
});
fault('saved-state' => 'a part of the size is left out', sub {
	$_[0]->replace($NESTED, $RESTORE, qr/ \+ sizeof\(\*(?:vmcs12|shadow_vmcs12)\)/, '');
	return qr/size/;
});
fault('saved-state' => 'the size is compared the wrong way', sub {
	$_[0]->replace($NESTED, $RESTORE, qr/kvm_state->size </, 'kvm_state->size >');
	return qr/size/;
});
fault('saved-state' => 'an id is not compared', sub {
	$_[0]->replace($NESTED, $RESTORE,
		qr/^\tif \(vmcs12->hdr\.revision_id != VMCS12_REVISION\)\s*return -EINVAL;\n|shadow_vmcs12->hdr\.revision_id != VMCS12_REVISION \|\|\s*/m,
		'');
	return qr/^id of/;
});
fault('saved-state' => 'an id is compared the wrong way', sub {
	$_[0]->replace($NESTED, $RESTORE, qr/hdr\.revision_id != VMCS12_REVISION/,
		pick('hdr.revision_id == VMCS12_REVISION', 'hdr.revision_id != 0'));
	return qr/^id of/;
});
fault('saved-state' => 'a wrong id ends nothing', sub {
	$_[0]->replace($NESTED, $RESTORE,
		qr/^(\tif \(vmcs12->hdr\.revision_id != VMCS12_REVISION\)\s*)return -EINVAL;\n/m,
		sub { "$_[0]ret = -EINVAL;\n" });
	return qr/^id of/;
});
fault('saved-state' => 'a check is dropped', sub {
	my ($name) = $_[0]->replace($NESTED, $RESTORE,
		qr/\b(nested_vmx_check_(?:controls|host_state|guest_state))\(vcpu, vmcs12(?:, &\w+)?\)/,
		'0');
	return qr/$name/;
}, '6.1', '6.12');
fault('saved-state' => 'the checks come after the entry', sub {
	$_[0]->replace($NESTED, $RESTORE,
		qr/^(\tif \(nested_vmx_check_controls.*?goto error_guest_mode;\n)(.*?)(\tif \(vmx->nested\.mtf_pending\))/ms,
		sub { "$_[1]$_[0]\n$_[2]" });
	return qr/nested_vmx_check_/;
}, '6.1', '6.12');
fault('saved-state' => 'all checks have to fail', sub {
	$_[0]->replace($NESTED, $RESTORE,
		qr/(nested_vmx_check_controls\(vcpu, vmcs12\)) \|\|(\s+nested_vmx_check_host_state\(vcpu, vmcs12\)) \|\|/,
		sub { "$_[0] &&$_[1] &&" });
	return qr/nested_vmx_check_/;
}, '6.1', '6.12');
fault('saved-state' => 'a check that fails ends nothing', sub {
	$_[0]->replace($NESTED, $RESTORE,
		qr/(nested_vmx_check_guest_state\(vcpu, vmcs12, &ignored\)\)\s*)goto error_guest_mode;/,
		sub { "$_[0]ret = -EINVAL;" });
	return qr/nested_vmx_check_/;
}, '6.1', '6.12');
fault('saved-state' => 'the size of a vmcs12 is too small', sub {
	$_[0]->replace($VMCS12_H, undef, qr/^#define VMCS12_SIZE\s+\w+/m, '#define VMCS12_SIZE ' .
		pick('512', '0x200', '996'));
	return qr/^size of a vmcs12/;
});
fault('saved-state' => 'the id is compared only for a guest', sub {
	$_[0]->replace($NESTED, $RESTORE,
		qr/^(\tif \(vmcs12->hdr\.revision_id != VMCS12_REVISION\)\s*return -EINVAL;\n)\n(\tif \(!\(kvm_state->flags & KVM_STATE_NESTED_GUEST_MODE\)\)\s*return 0;\n)/m,
		sub { "$_[1]\n$_[0]" });
	return qr/^id of/;
});

#
# words
#

my $PRESENT = qr/^(\t+ \* Not present in struct vmcs12:\n\t+ \* )(vmcs12|evmcs)->(\w+) = (vmcs12|evmcs)->\w+;/m;

fault(words => 'a comment says that struct vmcs12 lacks what it has', sub {
	my $name = pick(qw(guest_rsp host_ia32_pat guest_cr0 exception_bitmap));
	$_[0]->replace($NESTED, undef, $PRESENT, sub { "$_[0]$_[1]->$name = $_[3]->$name;" });
	return qr/: $name$/;
});
fault(words => 'a comment gives a field another\'s number', sub {
	my ($name) = $_[0]->replace(evmcs_h($_[0]), undef,
		qr/^( \*\t([A-Z]\w+)\s*= )0x([\da-fA-F]+)/m,
		sub { $_[0] . sprintf('0x%08x', hex($_[2]) + 2) });
	return qr/^number of /;
});
fault(words => 'a comment says that the eVMCS lacks what it has', sub {
	my ($name, $number) = @{ pick(['GUEST_RIP', '0x0000681e'],
		['XSS_EXIT_BITMAP', '0x0000202c'], ['HOST_IA32_PAT', '0x00002c00']) };
	$_[0]->replace(evmcs_h($_[0]), undef, qr/^ \*\tPML_ADDRESS/m,
		sub { " *\t$name\t\t= $number,\n *\tPML_ADDRESS" });
	return qr/: $name$/;
});
fault(words => 'a comment says that KVM does not change what it changes', sub {
	my $name = pick(qw(guest_rsp guest_cr3 guest_rflags vm_exit_reason guest_es_base));
	$_[0]->replace($NESTED, $EXIT, qr/^(\t \* evmcs->host_rsp = )/m,
		sub { "\t * evmcs->$name = vmcs12->$name;\n$_[0]" });
	return qr/: $name$/;
});
fault(words => 'a comment says that a function does not read what it reads', sub {
	my $name = pick(qw(guest_rsp guest_rip guest_cr0 guest_dr7));
	$_[0]->replace($NESTED, $EXIT, qr/^(\t \* evmcs->io_bitmap_b = )/m,
		sub { "\t * evmcs->$name = vmcs12->$name;\n$_[0]" });
	return qr/: $name$/;
});
fault(words => 'a comment says that a field is not used that is', sub {
	my $name = pick(qw(guest_rip exception_bitmap host_rsp cr0_read_shadow));
	$_[0]->replace($NESTED, $ENTRY, qr/^(\t \* vmcs12->cr3_target_count = )/m,
		sub { "\t * vmcs12->$name = evmcs->$name;\n$_[0]" });
	return qr/: $name$/;
});
fault(words => 'a comment says that a field is read-only that is not', sub {
	my $name = pick(qw(guest_rip exception_bitmap host_rsp cr0_read_shadow));
	$_[0]->replace($NESTED, $ENTRY, qr/^(\t \* vmcs12->vm_exit_reason = )/m,
		sub { "\t * vmcs12->$name = evmcs->$name;\n$_[0]" });
	return qr/: $name$/;
});
fault(words => 'the document lacks a member', sub {
	my ($name) = $_[0]->replace($DOCUMENT, undef,
		qr/^\t\t(?:u16|u32|u64|natural_width) (\w+);\n/m, '',
		sub { $_[0] !~ /padding|revision_id/ });
	return qr/\b$name|copy of struct vmcs12/;
});
fault(words => 'the document has another type', sub {
	my ($name) = $_[0]->replace($DOCUMENT, undef, qr/^\t\tu32 (\w+);\n/m,
		sub { "\t\tu64 $_[0];\n" }, sub { $_[0] !~ /padding|revision_id/ });
	return qr/\b$name|copy of struct vmcs12/;
});
fault(words => 'the document has another order', sub {
	$_[0]->replace($DOCUMENT, undef, qr/^(\t\tu64 \w+;\n)(\t\tu64 \w+;\n)/m,
		sub { "$_[1]$_[0]" });
	return qr/order/;
});

1;
