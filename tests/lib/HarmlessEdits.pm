# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Edits of nested VMX that change nothing of what it does, and of what its comments claim: each by
# its name and a function that makes it in a tree.  Where there are several places, chance picks
# one.
package HarmlessEdits;

use strict;
use warnings;

use Chance;
use List::Util qw(shuffle);
use Planted;

my $VMX = 'arch/x86/kvm/vmx';
my $NESTED = "$VMX/nested.c";
my $VMCS12_H = "$VMX/vmcs12.h";
my $VMCS12_C = "$VMX/vmcs12.c";
my $VMX_H = 'arch/x86/include/asm/vmx.h';
my $SHADOW = "$VMX/vmcs_shadow_fields.h";
my $DOCUMENT = 'Documentation/virt/kvm/x86/nested-vmx.rst';
my $ENTRY = function_named('copy_enlightened_to_vmcs12');
my $EXIT = function_named('copy_vmcs12_to_enlightened');
my $RESTORE = function_named('vmx_set_nested_state');
my $VMWRITE = function_named('handle_vmwrite');
my $RARE = function_named('is_vmcs12_ext_field');
my $COMMENT = qr{/\*.*?\*/(*SKIP)(*FAIL)}s;

my @EDITS;

sub edit
{
	my ($name, $make, @kernels) = @_;

	push @EDITS, { name => $name, make => $make, kernels => \@kernels };
}

sub of
{
	my ($version) = @_;

	return grep { !@{ $_->{kernels} } || grep { $_ eq $version } @{ $_->{kernels} } } @EDITS;
}

sub evmcs_h { return $_[0]->first("$VMX/hyperv_evmcs.h", "$VMX/evmcs.h", "$VMX/hyperv.h") }
sub evmcs_c { return $_[0]->first("$VMX/hyperv_evmcs.c", "$VMX/evmcs.c", "$VMX/hyperv.c") }

sub selftests
{
	return $_[0]->first(map { "tools/testing/selftests/kvm/include/$_/$_[1]" } qw(x86_64 x86));
}

sub page_h
{
	return $_[0]->first($_[0]{version} eq '7.3'
		? 'include/hyperv/hvgdk.h' : 'arch/x86/include/asm/hyperv-tlfs.h');
}

# A name in a function, or in all of KVM's folder, becomes another.
sub rename_in
{
	my ($t, $file, $within, %names) = @_;

	$t->replace_all($file, $within, qr/$COMMENT|(?<![\w>.])(?<!struct )\b$_\b/, $names{$_})
		for sort keys %names;
}

sub rename_everywhere
{
	my ($t, $name, $to) = @_;

	for my $file (grep { $t->text($_) =~ /\b$name\b/ } $t->files("$VMX/*.[ch]")) {
		$t->replace_all($file, undef, qr/\b$name\b/, $to);
	}
}

# Lines of a part that match stand in another order.
sub shuffle_lines
{
	my ($t, $file, $within, $line) = @_;

	my ($place) = sort { $b->{to} - $b->{from} <=> $a->{to} - $a->{from} } $t->places($file,
		$within, qr/(?:$line){3,}/);
	die "$file of $t->{version} has no lines $line\n" if !$place;
	my $text = substr($t->text($file), $place->{from}, $place->{to} - $place->{from});
	my @lines = $text =~ /($line)/g;

	$t->put($file, $place, join('', reverse @lines));
}

# Names

edit('locals of the copy at entry are renamed',
	sub { rename_in($_[0], $NESTED, $ENTRY, vmcs12 => 'ours', evmcs => 'page',
	hv_clean_fields => 'clean') });
edit('locals of the copy at exit are renamed',
	sub { rename_in($_[0], $NESTED, $EXIT, vmcs12 => 'ours', evmcs => 'page') });
edit('locals of VMWRITE are renamed', sub { rename_in($_[0], $NESTED, $VMWRITE, field => 'encoding',
	value => 'written', offset => 'at') });
edit('locals of the look-up of struct vmcs12 are renamed',
	sub { rename_in($_[0], $VMCS12_H, function_named('get_vmcs12_field_offset'),
	field => 'encoding', index => 'idx', offset => 'at') });
edit('locals of the look-up of the eVMCS are renamed',
	sub { rename_in($_[0], evmcs_h($_[0]), function_named('evmcs_field_offset'),
	field => 'encoding', index => 'idx') });
edit('locals of the restoring function are renamed',
	sub { rename_in($_[0], $NESTED, $RESTORE, vmcs12 => 'saved',
	shadow_vmcs12 => 'saved_shadow', kvm_state => 'state', vcpu => 'cpu') }, '6.12');
edit('locals of the rare sync are renamed', sub { rename_in($_[0], $NESTED,
	function_named('sync_vmcs02_to_vmcs12_rare'), vmcs12 => 'ours') });
edit("$_ gets another name", do { my $name = $_; sub { rename_everywhere($_[0], $name,
	"planted_$name") } })
	for qw(copy_enlightened_to_vmcs12 copy_vmcs12_to_enlightened sync_vmcs02_to_vmcs12_rare sync_vmcs02_to_vmcs12 is_vmcs12_ext_field
	       is_shadow_field_rw is_shadow_field_ro vmx_set_nested_state nested_vmx_check_controls get_vmcs12_field_offset evmcs_field_offset
	       vmcs_field_readonly vmx_check_vmcs12_offsets handle_vmwrite prepare_vmcs02_rare nested_vmx_enter_non_root_mode
	       vmcs12_field_offsets vmcs_field_to_evmcs_1 CHECK_OFFSET EVMCS1_FIELD get_shadow_vmcs12);

# Order

edit('copies of a block at entry stand in another order',
	sub { shuffle_lines($_[0], $NESTED, $ENTRY, qr/\t+vmcs12->\w+ = evmcs->\w+;\n/) });
edit('copies at exit stand in another order',
	sub { shuffle_lines($_[0], $NESTED, $EXIT, qr/\tevmcs->\w+ = vmcs12->\w+;\n/) });
edit('entries of the table stand in another order',
	sub { shuffle_lines($_[0], $VMCS12_C, undef, qr/\tFIELD\(\w+, \w+\),\n/) });
edit('entries of the eVMCS\'s table stand in another order',
	sub { shuffle_lines($_[0], evmcs_c($_[0]), undef, qr/\tEVMCS1_FIELD\([^()]*\),\n/) });
edit('the shadow list stands in another order',
	sub { shuffle_lines($_[0], $SHADOW, undef, qr/SHADOW_FIELD_R[WO]\(.*\)\n/) });
edit('assertions stand in another order', sub { shuffle_lines($_[0], $VMCS12_H, undef,
	qr/\tCHECK_OFFSET\(.*\);\n/) });
edit('cases stand in another order', sub { shuffle_lines($_[0], $NESTED, $RARE,
	qr/\tcase \w+:\n/) });
edit('controls of a mask stand in another order',
	sub { shuffle_lines($_[0], evmcs_h($_[0]), undef, qr/\t SECONDARY_EXEC_\w+ \|\s*\\\n/) });
edit('encodings stand in another order', sub { shuffle_lines($_[0], $VMX_H,
	qr/^enum vmcs_field \{.*?^\};/ms, qr/\t\w+\s*= 0x\w+,\n/) });
edit('syncs stand in another order', sub { shuffle_lines($_[0], $NESTED,
	function_named('sync_vmcs02_to_vmcs12_rare'),
	qr/\tvmcs12->\w+ = vmcs_read\w+\(\w+\);\n/) });
edit('a function moves', sub {
	my $t = $_[0];
	my $text;
	my ($place) = $t->places($NESTED, undef, $RARE);
	$text = substr($t->text($NESTED), $place->{from}, $place->{to} - $place->{from});
	$t->put($NESTED, $place, '');
	$t->replace($NESTED, undef, qr/^static u32 vmx_get_preemption_timer_value\(/m,
		"$text\nstatic u32 vmx_get_preemption_timer_value(");
});
edit('conditions at entry stand in another order', sub {
	my $if = qr/^\tif \(unlikely\(!\(hv_clean_fields &\s*HV_VMX_ENLIGHTENED_CLEAN_FIELD_(?:CONTROL_PROC|CONTROL_EXCPN)\)\)\) \{\n.*?^\t\}\n/ms;
	$_[0]->replace($NESTED, $ENTRY, qr/($if)\n($if)/m, sub { "$_[1]\n$_[0]" });
});

# Form

edit('copies are wrapped', sub { $_[0]->replace_all($NESTED, $ENTRY,
	qr/^(\t+vmcs12->\w+) = (evmcs->\w+;)$/m, sub { "$_[0]\n\t\t\t\t= $_[1]" }) });
edit('copies are on one line', sub { $_[0]->replace_all($NESTED, $ENTRY,
	qr/^(\t+vmcs12->\w+) =\n\s+(evmcs->\w+;)$/m, sub { "$_[0] = $_[1]" }) });
edit('blanks for tabs', sub { $_[0]->replace_all($VMCS12_C, undef, qr/^\t(?=FIELD)/m,
	'        ') });
edit('entries are wrapped', sub { $_[0]->replace_all($VMCS12_C, undef,
	qr/^(\tFIELD(?:64)?\(\w+,) (?=host)/m, sub { "$_[0]\n\t\t" }) });
edit('assertions are wrapped', sub { $_[0]->replace_all($VMCS12_H, undef,
	qr/^(\tCHECK_OFFSET\(\w+,) (?=\d+\))/m, sub { "$_[0]\n\t\t     " }) });
edit('assertions in hexadecimal', sub { $_[0]->replace_all($VMCS12_H, undef,
	qr/^(\tCHECK_OFFSET\(\w+, )(\d+)(?=\))/m, sub { $_[0] . sprintf('0x%x', $_[1]) }) });
edit('assertions by static_assert', sub { $_[0]->replace($VMCS12_H, undef,
	qr/^(#define CHECK_OFFSET\(field, loc\))[\s\\]+(?:.*\\\n)*.*/m,
	sub { "$_[0] static_assert(offsetof(struct vmcs12, field) == (loc))" }) });
edit('assertions without a macro', sub { $_[0]->replace_all($VMCS12_H, undef,
	qr/^\tCHECK_OFFSET\((\w+), (\d+)\);/m,
	sub { "\tBUILD_BUG_ON(offsetof(struct vmcs12, $_[0]) != $_[1]);" }) });
edit('assertions at the top level', sub {
	my $t = $_[0];
	$t->replace($VMCS12_H, undef,
		qr/^static inline void vmx_check_vmcs12_offsets\(void\)\n\{\n(.*?)^\}\n/ms,
		sub { my $all =
			$_[0] =~ s/^\tCHECK_OFFSET\((\w+), (\d+)\);/static_assert(offsetof(struct vmcs12, $1) == $2);/mgr;
		      "${all}static inline void vmx_check_vmcs12_offsets(void)\n{\n}\n" });
});
edit('numbers of encodings are short', sub { $_[0]->replace_all($VMX_H,
	qr/^enum vmcs_field \{.*?^\};/ms, qr/= 0x0000([\da-f]{4}),/, sub { "= 0x$_[0]," }) });
edit('conditions without unlikely()', sub { $_[0]->replace_all($NESTED, $ENTRY,
	qr/if \(unlikely\((!\(hv_clean_fields &\s*\w+\))\)\)/, sub { "if ($_[0])" }) });
edit('conditions compare with 0', sub { $_[0]->replace_all($NESTED, $ENTRY,
	qr/if \(unlikely\(!(\(hv_clean_fields &\s*\w+\))\)\)/, sub { "if ($_[0] == 0)" }) });
edit('a condition jumps', sub {
	$_[0]->replace($NESTED, $ENTRY,
		qr/^\tif \(unlikely\(!\((hv_clean_fields &\s*HV_VMX_ENLIGHTENED_CLEAN_FIELD_GUEST_GRP2)\)\)\) \{\n(.*?)^\t\}\n/ms,
		       sub { "\tif ($_[0])\n\t\tgoto planted;\n$_[1]planted:\n" });
});
edit('conditions ask a helper', sub {
	my $t = $_[0];
	$t->replace_all($NESTED, $ENTRY, qr/unlikely\(!\(hv_clean_fields &\s*(\w+)\)\)/,
		sub { "is_dirty(hv_clean_fields, $_[0])" });
	$t->replace($NESTED, undef, qr/^static void copy_enlightened_to_vmcs12\((?=[^;]*\{)/m,
		"static bool is_dirty(u32 clean, u32 group)\n{\n\treturn !(clean & group);\n}\n\nstatic void copy_enlightened_to_vmcs12(");
});
edit('copies at entry in a helper', sub {
	my $t = $_[0];
	my $body;
	$t->replace($NESTED, $ENTRY,
		qr/^(\tif \(unlikely\(!\(hv_clean_fields &\s*HV_VMX_ENLIGHTENED_CLEAN_FIELD_GUEST_GRP2\)\)\) \{\n)(.*?)^\t\}\n/ms,
		    sub { $body = $_[1]; "$_[0]\t\tcopy_segments(vmcs12, evmcs);\n\t}\n" });
	$t->replace($NESTED, undef, qr/^static void copy_enlightened_to_vmcs12\((?=[^;]*\{)/m,
		    "static void copy_segments(struct vmcs12 *vmcs12, struct hv_enlightened_vmcs *evmcs)\n{\n$body}\n\nstatic void copy_enlightened_to_vmcs12(");
});
edit('host copies at entry in a helper', sub {
	my $t = $_[0];
	my $body;
	$t->replace($NESTED, $ENTRY,
		qr/^(\tif \(unlikely\(!\(hv_clean_fields &\s*HV_VMX_ENLIGHTENED_CLEAN_FIELD_HOST_GRP1\)\)\) \{\n)(.*?)^\t\}\n/ms,
		    sub { $body = $_[1]; "$_[0]\t\tcopy_host_state(vmcs12, evmcs);\n\t}\n" });
	$t->replace($NESTED, undef, qr/^static void copy_enlightened_to_vmcs12\((?=[^;]*\{)/m,
		    "static void copy_host_state(struct vmcs12 *vmcs12, const struct hv_enlightened_vmcs *evmcs)\n{\n$body}\n\nstatic void copy_enlightened_to_vmcs12(");
});
edit('copies at exit in a helper', sub {
	my $t = $_[0];
	my $body;
	$t->replace($NESTED, $EXIT, qr/^((?:\tevmcs->guest_\w+_selector = vmcs12->\w+;\n)+)/m,
		sub { $body = $_[0]; "\tcopy_selectors(vmcs12, evmcs);\n" },
		sub { ($_[0] =~ tr/\n//) > 5 });
	$t->replace($NESTED, undef, qr/^static void copy_vmcs12_to_enlightened\((?=[^;]*\{)/m,
		    "static void copy_selectors(struct vmcs12 *vmcs12, struct hv_enlightened_vmcs *evmcs)\n{\n$body}\n\nstatic void copy_vmcs12_to_enlightened(");
});
edit('a copy at entry by memcpy()', sub { $_[0]->replace($NESTED, $ENTRY,
	qr/^\t\tvmcs12->(guest_pdptr\d) = evmcs->\1;$/m,
	sub { "\t\tmemcpy(&vmcs12->$_[0], &evmcs->$_[0], sizeof(u64));" }) });
edit('an index is clamped where it is used', sub {
	my $t = $_[0];
	$t->replace($VMCS12_H, undef,
		qr/^\tindex = (array_index_nospec\([^;]*\));\n\toffset = (\w+)\[index\];/m,
		sub { "\toffset = $_[1]\[$_[0]];" });
});
edit('an index is clamped into another variable', sub {
	$_[0]->replace($VMCS12_H, undef,
		qr/^\tindex = (array_index_nospec\([^;]*\));\n\toffset = (\w+)\[index\];/m,
		sub { "\tsafe = $_[0];\n\toffset = $_[1]\[safe];" });
	$_[0]->replace($VMCS12_H, undef, qr/^\tunsigned int index;\n/m,
		"\tunsigned int index, safe;\n");
});
edit('a look-up by a pointer', sub { $_[0]->replace($VMCS12_H, undef,
	qr/^\toffset = (vmcs12_field_offsets)\[index\];/m,
	sub { "\toffset = *($_[0] + index);" }) });
edit('a look-up with its conditions reversed', sub {
	$_[0]->replace($VMCS12_H, function_named('get_vmcs12_field_offset'),
		qr/if \(index >= (\w+)\)/, sub { "if ($_[0] <= index)" });
});
edit('a look-up that compares by a mask', sub { $_[0]->replace($VMCS12_H, undef,
	qr/if \(field >> 15\)/, 'if (field & ~GENMASK(14, 0))') });
edit('a look-up in a helper', sub {
	$_[0]->replace($VMCS12_H, undef,
		qr/^static inline short get_vmcs12_field_offset\(unsigned long field\)\n\{/m,
		       "static inline short vmcs12_offset_at(unsigned int index)\n{\n\tindex = array_index_nospec(index, nr_vmcs12_fields);\n\treturn vmcs12_field_offsets[index];\n}\n\nstatic inline short get_vmcs12_field_offset(unsigned long field)\n{");
	$_[0]->replace($VMCS12_H, undef,
		qr/^\tindex = array_index_nospec\(index, nr_vmcs12_fields\);\n\toffset = vmcs12_field_offsets\[index\];\n(?=\tif)/m,
		"\toffset = vmcs12_offset_at(index);\n");
});
edit('whether a field is read-only, by a mask',
	sub { $_[0]->replace("$VMX/vmcs.h", undef, qr/return \(\(\(field >> 10\) & 0x3\) == 1\);/,
	'return (field & 0xc00) == 0x400;') });
edit('whether a field is read-only, by a switch',
	sub { $_[0]->replace("$VMX/vmcs.h", undef, qr/\treturn \(\(\(field >> 10\) & 0x3\) == 1\);/,
	"\tswitch ((field >> 10) & 3) {\n\tcase 1:\n\t\treturn true;\n\tdefault:\n\t\treturn false;\n\t}") });
my $AR = qr/if \(field >= GUEST_ES_AR_BYTES && field <= GUEST_TR_AR_BYTES\)\s*value &= 0x1f0ff;/;
edit('access rights by a named mask', sub { $_[0]->replace($NESTED, $VMWRITE, qr/value &= 0x1f0ff;/,
	'value &= PLANTED_AR_MASK;'); $_[0]->replace($NESTED, undef,
	qr/^static int handle_vmwrite\(/m,
		"#define PLANTED_AR_MASK 0x1f0ff\n\nstatic int handle_vmwrite(") });
edit('access rights by an assignment', sub { $_[0]->replace($NESTED, $VMWRITE,
	qr/value &= 0x1f0ff;/, 'value = value & GENMASK(16, 0) & ~0xf00;') });
edit('access rights by a switch', sub { $_[0]->replace($NESTED, $VMWRITE, $AR,
	"switch (field) {\n\tcase GUEST_ES_AR_BYTES ... GUEST_TR_AR_BYTES:\n\t\tvalue &= 0x1f0ff;\n\t\tbreak;\n\t}") });
edit('access rights by a helper', sub {
	$_[0]->replace($NESTED, $VMWRITE, $AR, "if (is_ar_field(field))\n\t\tvalue &= 0x1f0ff;");
	$_[0]->replace($NESTED, undef, qr/^static int handle_vmwrite\(/m,
		"static bool is_ar_field(unsigned long field)\n{\n\treturn field >= GUEST_ES_AR_BYTES && field <= GUEST_TR_AR_BYTES;\n}\n\nstatic int handle_vmwrite(");
});
edit('access rights with the condition reversed',
	sub { $_[0]->replace($NESTED, $VMWRITE,
	qr/field >= GUEST_ES_AR_BYTES && field <= GUEST_TR_AR_BYTES/,
	'GUEST_TR_AR_BYTES >= field && GUEST_ES_AR_BYTES <= field') });
edit('VMWRITE asks in another order', sub { $_[0]->replace($NESTED, $VMWRITE,
	qr/vmcs_field_readonly\(field\) &&\s*!nested_cpu_has_vmwrite_any_field\(vcpu\)/,
	'!nested_cpu_has_vmwrite_any_field(vcpu) && vmcs_field_readonly(field)') });
edit('VMWRITE asks in two steps', sub { $_[0]->replace($NESTED, $VMWRITE,
	qr/\tif \(vmcs_field_readonly\(field\) &&\s*!nested_cpu_has_vmwrite_any_field\(vcpu\)\)\s*return ([^;]*;)/,
	sub { "\tif (!nested_cpu_has_vmwrite_any_field(vcpu)) {\n\t\tif (vmcs_field_readonly(field))\n\t\t\treturn $_[0]\n\t}" }) });
edit('cases of a list return at once', sub { $_[0]->replace($NESTED, $RARE,
	qr/\tcase GUEST_ES_LIMIT:\n/, "\t\treturn true;\n\tcase GUEST_ES_LIMIT:\n") });
edit('a list says no in its default', sub { $_[0]->replace($NESTED, $RARE,
	qr/\tdefault:\n\t\tbreak;\n\t\}\n\n\treturn false;/,
	"\tdefault:\n\t\treturn false;\n\t}") });
edit('a list in two functions', sub {
	my $t = $_[0];
	my $cases;
	$t->replace($NESTED, $RARE, qr/^((?:\tcase GUEST_\w+_BASE:\n)+)/m,
		sub { $cases = $_[0]; '' });
	$t->replace($NESTED, $RARE, qr/return false;/, 'return is_vmcs12_base(field);');
	$t->replace($NESTED, undef, qr/^static bool is_vmcs12_ext_field\(/m,
		"static bool is_vmcs12_base(unsigned long field)\n{\n\tswitch (field) {\n$cases\t\treturn true;\n\t}\n\treturn false;\n}\n\nstatic bool is_vmcs12_ext_field(");
});

# Saved state

my $SIZE = qr/kvm_state->size < sizeof\(\*kvm_state\) \+ sizeof\(\*vmcs12\)/;
edit('a size is computed before it is compared', sub {
	$_[0]->replace($NESTED, $RESTORE, qr/^\tif \($SIZE\) \{/m,
		"\tneeded = sizeof(*kvm_state) + sizeof(*vmcs12);\n\tif (kvm_state->size < needed) {");
	$_[0]->replace($NESTED, $RESTORE, qr/^\tint ret;\n/m, "\tsize_t needed;\n\tint ret;\n");
});
edit('a size is compared the other way round',
	sub { $_[0]->replace($NESTED, $RESTORE, $SIZE,
	'sizeof(*kvm_state) + sizeof(*vmcs12) > kvm_state->size') });
edit('an id is compared the other way round',
	sub { $_[0]->replace($NESTED, $RESTORE, qr/\bvmcs12->hdr\.revision_id != VMCS12_REVISION\)/,
	'VMCS12_REVISION != vmcs12->hdr.revision_id)') });
edit('an id is compared by a helper', sub {
	$_[0]->replace($NESTED, $RESTORE, qr/\bvmcs12->hdr\.revision_id != VMCS12_REVISION\)/,
		'!is_known_revision(vmcs12))');
	$_[0]->replace($NESTED, undef, qr/^static int vmx_set_nested_state\((?=[^;]*\{)/m,
		"static bool is_known_revision(struct vmcs12 *vmcs12)\n{\n\treturn vmcs12->hdr.revision_id == VMCS12_REVISION;\n}\n\nstatic int vmx_set_nested_state(");
});
edit('checks of saved state are told apart', sub {
	$_[0]->replace($NESTED, $RESTORE,
		qr/^\tif \(nested_vmx_check_controls\(vcpu, vmcs12\) \|\|\s+nested_vmx_check_host_state\(vcpu, vmcs12\) \|\|\s+(nested_vmx_check_guest_state\([^;]*\))\)\s+goto error_guest_mode;/m,
		sub {
			"\tif (nested_vmx_check_controls(vcpu, vmcs12))\n\t\tgoto error_guest_mode;\n\n\tif (nested_vmx_check_host_state(vcpu, vmcs12) != 0)\n\t\tgoto error_guest_mode;\n\n\tif ($_[0])\n\t\tgoto error_guest_mode;" });
}, '6.1', '6.12');
edit('a check of saved state keeps its result',
	sub { $_[0]->replace($NESTED, $RESTORE,
	qr/^\tif \(nested_vmx_check_controls\(vcpu, vmcs12\) \|\|\s+/m,
	"\tret = nested_vmx_check_controls(vcpu, vmcs12);\n\tif (ret)\n\t\tgoto error_guest_mode;\n\n\tret = -EINVAL;\n\tif (") }, '6.1', '6.12');
edit('checks of saved state in a helper', sub {
	$_[0]->replace($NESTED, $RESTORE,
		qr/nested_vmx_check_controls\(vcpu, vmcs12\) \|\|\s+nested_vmx_check_host_state\(vcpu, vmcs12\) \|\|/,
		'nested_check_saved(vcpu, vmcs12) ||');
	$_[0]->replace($NESTED, undef, qr/^static int vmx_set_nested_state\((?=[^;]*\{)/m,
		"static int nested_check_saved(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)\n{\n\treturn nested_vmx_check_controls(vcpu, vmcs12) ||\n\t       nested_vmx_check_host_state(vcpu, vmcs12);\n}\n\nstatic int vmx_set_nested_state(");
}, '6.1', '6.12');
edit('saved state without a jump', sub { $_[0]->replace($NESTED, $RESTORE,
	qr/^(\t\tif \(shadow_vmcs12->hdr\.revision_id != VMCS12_REVISION \|\|\s+!shadow_vmcs12->hdr\.shadow_vmcs\)\s+)goto error_guest_mode;/m,
	sub { "$_[0]\{\n\t\t\tvmx->nested.nested_run_pending = 0;\n\t\t\treturn -EINVAL;\n\t\t}" }) }, '6.1', '6.12');

# What is new and has nothing to do with it

edit('struct nested_vmx has a new field', sub { $_[0]->replace("$VMX/vmx.h", undef,
	qr/^(struct nested_vmx \{\n)/m, sub { "$_[0]\tu64 planted_count;\n\tbool planted;\n" }) });
edit('struct vcpu_vmx has a new field', sub { $_[0]->replace("$VMX/vmx.h", undef,
	qr/^(struct vcpu_vmx \{\n\tstruct kvm_vcpu\s+vcpu;\n)/m,
	sub { "$_[0]\tunsigned long planted[3];\n" }) });
edit('a new function reads struct vmcs12', sub { $_[0]->replace($NESTED, undef,
	qr/^static int handle_vmwrite\(/m,
		"static void __maybe_unused planted_trace(struct vmcs12 *vmcs12)\n{\n\tpr_debug(\"%llx %llx\\n\", vmcs12->guest_rip, vmcs12->guest_rsp);\n}\n\nstatic int handle_vmwrite(") });
edit('a new exit is handled', sub { $_[0]->replace($NESTED, undef,
	qr/^static int handle_vmwrite\(/m,
		"static int __maybe_unused handle_planted(struct kvm_vcpu *vcpu, unsigned long field)\n{\n\tswitch (field) {\n\tcase GUEST_RIP:\n\tcase GUEST_RSP:\n\t\treturn 1;\n\tdefault:\n\t\treturn 0;\n\t}\n}\n\nstatic int handle_vmwrite(") });
edit('KVM writes what it copies back, in one more place',
	sub { $_[0]->replace($NESTED, function_named('sync_vmcs02_to_vmcs12'),
	qr/^(\tvmcs12->guest_rsp = )/m, sub {
	"\tvmcs12->guest_rip = kvm_rip_read(vcpu);\n$_[0]" }) });

# Comments

edit('a comment says the same in other words',
	sub { $_[0]->replace_all($NESTED, undef, qr/Not present in struct vmcs12:/,
	'These are not present in struct vmcs12:') }, '6.1', '6.12');
edit('a comment tells how a field is used', sub { $_[0]->replace($NESTED, undef,
	qr/^\tvmcs12->guest_rsp = kvm_rsp_read/m,
	"\t/* The CPU gives GUEST_RSP; see vmcs12->guest_rsp = below, and: SDM 26.3 */\n\tvmcs12->guest_rsp = kvm_rsp_read") });
edit('a comment gives a right number', sub { $_[0]->replace($NESTED, undef,
	qr/^static int handle_vmwrite\(/m,
		"/* GUEST_RIP = 0x681e and TSC_MULTIPLIER_HIGH = 0x2033 are for instance: */\nstatic int handle_vmwrite(") });
edit('a comment says truly what is absent', sub { $_[0]->replace($NESTED, $ENTRY,
	qr/^\t\t \* vmcs12->guest_ssp = evmcs->guest_ssp;\n/m,
	sub { "\t\t * vmcs12->guest_ssp = evmcs->guest_ssp;\n\t\t * vmcs12->guest_ia32_lbr_ctl = evmcs->guest_ia32_lbr_ctl;\n" }) }, '6.1', '6.12');
edit('a comment becomes lines', sub { $_[0]->replace($VMCS12_H, undef,
	qr{^/\*\n \* For save/restore.*?\*/\n}ms,
	"// For save/restore compatibility, the vmcs12 field offsets must not change,\n// although appending fields is allowed: vmcs12->guest_rip = 544\n") });
edit('a comment is translated into prose', sub { $_[0]->replace($NESTED, undef,
	qr/^\t \* Should not be changed by KVM:/m, "\t * KVM should not change these:") });
edit('the document has more comments', sub { $_[0]->replace($DOCUMENT, undef,
	qr/^(\t\tu64 io_bitmap_a;)/m,
		sub { "\t\t/* planted: physical addresses */\n$_[0] /* of a page */" }) });
edit('the document has other blanks', sub { $_[0]->replace_all($DOCUMENT, undef, qr/^\t\t(?=u16 )/m,
	"\t        ") });
edit('the selftests have more comments', sub { $_[0]->replace(selftests($_[0], 'evmcs.h'), undef,
	qr/^(struct hv_enlightened_vmcs \{\n)/m, sub { "$_[0]\t/* planted */\n" }) });
edit('struct vmcs12 has more comments', sub { $_[0]->replace($VMCS12_H, undef,
	qr/^(\tu64 io_bitmap_a;)\n/m,
		sub { "\n\t// planted\n$_[0]\t/* GUEST_RIP; is not here: */\n" }) });
edit('a pad has another name', sub { $_[0]->replace($VMCS12_H, undef, qr/^\tu64 padding64\[/m,
	"\tu64 padding64_planted[") });
edit('a mask in other terms', sub { $_[0]->replace(evmcs_h($_[0]), undef,
	qr/\bCPU_BASED_HLT_EXITING \|/, 'BIT(7) |') }, '6.12', '7.3');

1;
