#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The glue on the files that it sees of the real kernels: that it applies, once and no
# more, and that it leaves a tree alone which is not what it knows.
use strict;
use warnings;

use File::Basename qw(basename dirname);
use File::Path qw(make_path remove_tree);
use FindBin;
use lib "$FindBin::Bin/../lib";
use GlueTrees;
use Test::More;
use Vmcsgen;

my $apply = root() . '/kernel-glue/apply';
my $top = tempdir();
my $vmx = 'arch/x86/kvm/vmx';
my $LIST = '.vmcsgen-files';
my $SELFTEST = 'tools/testing/selftests/kvm/include/x86_64/evmcs.h';
our $pristine = "$top/6.12";
my $DOCUMENT = 'Documentation/virt/kvm/x86/nested-vmx.rst';

sub apply
{
	my $with = ref($_[0]) ? shift : {};

	# What is known is compared with one of these kernels, and with none that the machine has besides.
	$with->{env} = { LC_ALL => 'C', VMCSGEN => vmcsgen(), B => "$pristine-build", SOURCES => "$top/none",
			 %{ $with->{env} // {} } };
	return run($with, $apply, @_);
}

# The status and the messages of a run.
sub said
{
	my ($result) = @_;

	return "$result->{status} $result->{out}$result->{err}";
}

# The headers of a patched tree's layouts that no file of it includes, not even by others.
sub idle_headers
{
	my ($files) = @_;
	my @reached = grep { /\.[cS]$/ || (/\.h$/ && !m{/layouts/}) } keys %$files;
	my %seen;

	while (defined(my $path = shift(@reached))) {
		next if $seen{$path}++;
		for my $name ($files->{$path} =~ /^\s*#\s*include "(.*)"/mg) {
			my $included = dirname($path) . "/$name";

			1 while $included =~ s{[^/]+/\.\./}{};
			push @reached, $included if defined $files->{$included};
		}
	}
	return grep { m{/layouts/} && !$seen{$_} } sort keys %$files;
}

# What scripts/tags.sh tells ctags of C.
my @CTAGS = ('ctags', '-f', '-', '-R', '--languages=C,C++', '--langmap=c:+.h', '--c-kinds=+px',
	     '-I', '__always_inline,__maybe_unused,__packed');

# The functions, structs and types of offsets that a text names.
sub named
{
	my ($text) = @_;
	my %names;

	$text =~ s{/\*.*?\*/|//[^\n]*|"[^"]*"}{}gs;
	$names{$1}++ while $text =~ /\b([a-z]\w*)\s*\(/g;
	$names{$1}++ while $text =~ /\bstruct\s+(\w+)/g;
	$names{$1}++ while $text =~ /\b(\w+_offset_t)\b/g;
	return \%names;
}

# What a patched file names and the kernel's own does not, by whether a reader's tags have it.
sub new_names
{
	my ($tree, $file, $old) = @_;
	my %tags = map { (split(/\t/))[0] => 1 }
		split(/\n/, ok_run({ dir => "$tree/$vmx" }, @CTAGS, '.'));
	my ($before, $after) = (named($old), named(slurp("$tree/$file")));
	my %names = (found => [], lost => []);

	push @{ $names{$tags{$_} ? 'found' : 'lost'} }, $_
		for grep { !$before->{$_} } sort keys %$after;
	return \%names;
}

#
# Every kernel
#

# What a run brought into a tree that was empty, on top of the kernel that it is for.
sub laid_over
{
	my ($pristine, $brought, $tree) = @_;

	copy_tree($pristine, $tree);
	ok_run('cp', '-a', "$brought/.", $tree);
	unlink(map { "$tree/$_" } grep { !-e "$brought/$_" } split(/\n/, slurp("$brought/$LIST")));
	return $tree;
}

for my $version (source_versions()) {
	my $pristine = glue_tree($version, "$top/$version");
	make_path("$pristine-build/linux-$version", "$top/$version-brought");
	symlink($pristine, "$pristine-build/linux-$version/pristine") or die "$pristine-build: $!\n";
	my $before = times($pristine);

	# One kernel is patched where it is.
	my $tree = "$top/$version-patched";
	my $empty = $version ne '6.12';
	copy_tree($pristine, $tree) if !$empty;
	is(said(apply($pristine, $empty ? "$top/$version-brought" : $tree)), '0 ', "Linux $version: applies");
	laid_over($pristine, "$top/$version-brought", $tree) if $empty;
	keep_patched($version, $tree);
	is_deeply(times($pristine), $before, "Linux $version: PRISTINE is as it was");

	my ($old, $new) = map { contents($_) } $pristine, $tree;
	my %all = (%$old, %$new);
	my @changed = grep { ($old->{$_} // '') ne ($new->{$_} // '') } sort keys %all;
	my @listed = grep { exists $all{$_} } split(/\n/, $new->{$LIST});
	is_deeply([$LIST, @listed], \@changed, "Linux $version: the list has what has changed");
	is_deeply([files_of("$top/$version-brought")], [grep { exists $new->{$_} } @changed],
		  "Linux $version: an empty TREE gets that and no more") if $empty;

	# The layouts that a kernel of this form makes are those that one of the other has.
	my $layouts = "$top/$version-layouts";
	make_path($layouts);
	is(said(apply('--shipped', $pristine, $layouts, "$vmx/layouts/", 'tools/testing/selftests/kvm/include')),
	   '0 ', "Linux $version: its layouts");
	my $shipped = { %$new, %{ contents($layouts) } };
	is(join(' ', idle_headers($shipped)), '', "Linux $version: no header is brought in vain");
	my $idle = "$vmx/layouts/vmcs_idle.h";
	is(join(' ', idle_headers({ %$shipped, $idle => '' })), $idle, "Linux $version: one would be seen");
	ok_run('cp', '-a', "$layouts/arch", $tree);

	# Whoever reads them finds what their new lines name.
	my $names = new_names($tree, "$vmx/nested.c", $old->{"$vmx/nested.c"});
	is(join(' ', @{ $names->{lost} }), '', "Linux $version: nested.c names what tags find: " .
	   @{ $names->{found} });
	cmp_ok(@{ $names->{found} }, '>', 20, "Linux $version: many of them");
	cmp_ok(@{ new_names($tree, "$vmx/nested.c", '')->{lost} }, '>', 50,
	   "Linux $version: what is outside of KVM has no tag here");

	my %by_hand = map { $_ => 1 } grep { $old->{$_} && $new->{$_} } @changed;
	ok_run('rm', '-r', "$tree/$vmx/layouts");
	for my $path (sort keys %by_hand) {
		my $double = sub { my @at = $_[0] =~ /\n\n\n/g; return scalar(@at) };
		my $long = sub { return { map { $_ => 1 } grep {
			length(s{\t}{' ' x 8}ger) > 100 } split(/\n/, $_[0]) } };
		my $long_before = $long->($old->{$path});

		cmp_ok($double->($new->{$path}), '<=', $double->($old->{$path}),
		       "Linux $version: no blank lines are left in $path");
		is_deeply([grep { !$long_before->{$_} } keys %{ $long->($new->{$path}) }], [],
			  "Linux $version: no line has become too long in $path");
	}
	is(join(' ', grep { /\bEVMCS1_(?!VERSION)|\bVMCS12_OFFSET\b|\bCHECK_OFFSET\b/ }
		map { $new->{$_} =~ /\b\w+\b/g } grep { $by_hand{$_} && m{^arch/x86/kvm} } @changed),
	   join(' ', map { $new->{$_} =~ /\bEVMCS1_(?:UN)?SUPPORTED_\w+/g }
		grep { $by_hand{$_} && m{^arch/x86/kvm} } @changed),
	   "Linux $version: nothing of the tables is left");
}

{
	my $tree = "$top/6.12-patched";
	my $before = times($tree);

	delete $before->{$LIST};
	is(said(apply("$pristine/", "$tree/")), '0 ', 'applies again');
	my $after = times($tree);
	delete $after->{$LIST};
	is_deeply($after, $before, 'no file is touched again');
}

#
# A kernel that has changed: the message, and the tree stays as it was
#

my $copy = 0;

# A kernel with changes, and a copy of it if one is wanted.
sub changed
{
	my ($changes) = @_;
	my $changed = copy_tree($pristine, "$top/changed" . ++$copy);

	edit("$changed/$_", $changes->{$_}) for keys %$changes;
	return wantarray ? ($changed, copy_tree($changed, "$top/tree$copy")) : $changed;
}

# What apply says of a kernel with changes: it fits in so many places less.  To read and compare
# is enough; 'rules' are run only where it is they that don't fit, and TREE stays as it was.
sub refused
{
	my ($title, $changes, $parts, $places, $expected, $rules) = @_;
	my ($changed, $tree) = $rules ? changed($changes) : scalar(changed($changes));
	my $before = $rules && times($tree);
	my $result = apply($rules ? ($changed, $tree) : ('--check', $changed), @$parts);
	my $end = $places == 1 ? '1 place' : "$places places";
	my $found = join('', map { "$_\n" } split(/\n/, $result->{out}));

	is("$result->{status} $result->{err}" =~ s{\Q$changed\E}{PRISTINE}gr, "3 $expected" .
	   "apply: PRISTINE does not fit in $end; nothing was changed.  " .
	   "Next: `make port KSRC=PRISTINE`\n", $title);
	is_deeply(times($tree), $before, "$title: TREE is as it was") if $rules;
}

refused('a field is copied that was not',
	{ "$vmx/nested.c" => sub {
		s{^(\tvmcs12->guest_rip = evmcs->guest_rip;\n)}{$1\tvmcs12->new = evmcs->new;\n}m } },
	['evmcs-copies'], 1, <<"END");
apply: evmcs-copies.cocci: copy_enlightened_to_vmcs12() differs from evmcs/linux-6.1:
	has new, NONE
END
refused('a field is copied with another group, under a condition, and from another field',
	{ "$vmx/nested.c" => sub {
		s{^\t\tvmcs12->guest_rsp = evmcs->guest_rsp;\n}{}m;
		s{^(\t\t)vmcs12->msr_bitmap = evmcs->msr_bitmap;\n}
		 {$&$1vmcs12->guest_rsp = evmcs->guest_rsp;\n}m;
		s{^\t(\tvmcs12->ept_pointer = )}{\t\tif (hv_clean_fields)\n\t\t$1}m;
		s{(\tvmcs12->tsc_offset = evmcs->tsc_)offset}{$1multiplier}m } },
	['evmcs-copies'], 1, <<"END");
apply: evmcs-copies.cocci: copy_enlightened_to_vmcs12() differs from evmcs/linux-6.1:
	lacks ept_pointer, CONTROL_XLAT
	has ept_pointer, under a condition, CONTROL_XLAT
	lacks guest_rsp, GUEST_BASIC
	has guest_rsp, MSR_BITMAP
	has tsc_offset from tsc_multiplier, CONTROL_GRP2
	lacks tsc_offset, CONTROL_GRP2
END
refused('one field is copied at the exit for another',
	{ "$vmx/nested.c" => sub {
		s{^(\tevmcs->)guest_rip( = vmcs12->)guest_rip;}{$1tpr_threshold$2tpr_threshold;}m } },
	['evmcs-copies'], 1, <<"END");
apply: evmcs-copies.cocci: copy_vmcs12_to_enlightened() differs from evmcs/linux-6.1:
	lacks guest_rip
	has tpr_threshold
END
refused('other fields are rarely synced',
	{ "$vmx/nested.c" => sub {
		s{^\tvmcs12->guest_es_base = vmcs_readl\(GUEST_ES_BASE\);\n}{}m } },
	['vmcs12-fields'], 1, <<"END");
apply: vmcs12-fields.cocci: sync_vmcs02_to_vmcs12_rare() differs from vmcs12/linux-6.1:
	lacks 0x00006806
END
refused('other fields are asked for as rarely synced',
	{ "$vmx/nested.c" => sub {
		s{^\tcase GUEST_BNDCFGS:\n}{\tcase GUEST_DR7:\n}m } },
	['vmcs12-fields'], 1, <<"END");
apply: vmcs12-fields.cocci: is_vmcs12_ext_field() differs from vmcs12/linux-6.1:
	lacks 0x00002812
	has 0x0000681a
END

refused('a check looks at the vCPU, not at what it is passed',
	{ "$vmx/nested.c" => sub {
		s{^static int nested_check_vm_exit_controls\(.*?\n\{\n.*?\n\n\K}
		 {\tif (vmx->nested.nested_run_pending)\n\t\treturn -EINVAL;\n\n}ms;
		s{^static int nested_check_guest_non_reg_state\(.*?\n\{\n\K}
		 {\tif (nested_exit_on_nmi(NULL))\n\t\treturn -EINVAL;\n\n}ms } },
	['saved-state'], 2, <<"END", 1);
apply: saved-state.cocci: nested_vmx_check_controls() calls nested_check_vm_exit_controls(), which has nested_run_pending
apply: saved-state.cocci: nested_vmx_check_guest_state() calls nested_check_guest_non_reg_state() calls nested_exit_on_nmi(), which has get_vmcs12
END

refused('functions have other names',
	{ "$vmx/nested.c" => sub {
		s/\bhandle_vmread\b/handle_read/g; s/nested_vmx_calc_vmcs_enum_msr/vmcs_enum/g } },
	['vmcs12-fields'], 3, <<"END", 1);
apply: vmcs12-fields.cocci: rule 'read' has to match 1 times in handle_vmread, and matches
	$vmx/nested.c: handle_read: 1
apply: vmcs12-fields.cocci: rule 'computed' has to match 1 times in $vmx/nested.c, and matches nowhere
apply: vmcs12-fields.cocci: rule 'highest' has to match 1 times in nested_vmx_setup_ctls_msrs, and matches nowhere
END
refused('tables have another entry',
	{ "$vmx/hyperv_evmcs.c" => sub { s/^(\tEVMCS1_FIELD)/$1(NEW, new, NONE),\n$1/m },
	  "$vmx/vmcs12.c" => sub { s/^(\tFIELD)(?=\(GUEST_RIP)/$1(NEW, new),\n$1/m } },
	['evmcs-fields', 'vmcs12-structure'], 2, <<"END");
apply: evmcs-fields.cocci: $vmx/hyperv_evmcs.c:13: vmcs_field_to_evmcs_1[] differs from evmcs/linux-6.1:
	has new, NEW, NONE
apply: vmcs12-structure.cocci: $vmx/vmcs12.c:12: vmcs12_field_offsets[] differs from vmcs12/linux-6.1:
	has new, NEW
END
refused('struct vmcs12 has another member, and one less',
	{ "$vmx/vmcs12.h" => sub {
		s/^\tu64 padding64\[1\];.*\n/\tu64 brand_new;\n/m; s/natural_width guest_dr7;/u64 guest_dr8;/ } },
	['vmcs12-structure'], 1, <<"END");
apply: $vmx/vmcs12.h:27: struct vmcs12 is not that of any target; nearest is vmcs12/linux-6.1, of target linux, but
	'brand_new' is neither a field nor a member of 'vmcs12'
	'guest_dr8' is neither a field nor a member of 'vmcs12'
	`make port KSRC=PRISTINE` says how to describe it
END
refused('the enlightened VMCS has another layout',
	{ 'arch/x86/include/asm/hyperv-tlfs.h' => sub {
		s/^(\tu64 host_ia32_pat;\n)(\tu64 host_ia32_efer;\n)/$2$1/m } },
	['evmcs-structure'], 1, <<"END");
apply: arch/x86/include/asm/hyperv-tlfs.h:431: struct hv_enlightened_vmcs is not that of any target; nearest is evmcs/linux-6.1, of target linux, but
	move host_ia32_pat by 8
	move host_ia32_efer by -8
	`make port KSRC=PRISTINE` says how to describe it
END
refused('a field has moved to another clean-field group',
	{ "$vmx/hyperv_evmcs.c" => sub {
		s/(EVMCS1_FIELD\(GUEST_RSP, .*?\n\s+HV_VMX_ENLIGHTENED_CLEAN_FIELD_)\w+/$1CRDR/ } },
	['evmcs-fields'], 1, <<"END");
apply: evmcs-fields.cocci: $vmx/hyperv_evmcs.c:13: vmcs_field_to_evmcs_1[] differs from evmcs/linux-6.1:
	has guest_rsp, 0x0000681c, CRDR
	lacks guest_rsp, 0x0000681c, GUEST_BASIC
END
refused('one field is exchanged for another, or for one that is there, and a half is new',
	{ "$vmx/vmcs12.c" => sub {
		s/^\tFIELD\(GUEST_RSP, guest_rsp\)/\tFIELD(GUEST_SSP, guest_rsp)/m;
		s/^\tFIELD\(GUEST_RIP, guest_rip\)/\tFIELD(GUEST_DR7, guest_dr7)/m;
		s/^\tFIELD(\(EXCEPTION_BITMAP,)/\tFIELD64$1/m } },
	['vmcs12-structure'], 1, <<"END");
apply: vmcs12-structure.cocci: $vmx/vmcs12.c:12: vmcs12_field_offsets[] differs from vmcs12/linux-6.1:
	lacks exception_bitmap, 0x00004004
	has exception_bitmap, 0x00004004, and its high half
	lacks guest_rip, 0x0000681e
	lacks guest_rsp, 0x0000681c
	has guest_rsp, GUEST_SSP
END
refused('an encoding has another number',
	{ 'arch/x86/include/asm/vmx.h' => sub { s/^(\tGUEST_RSP\s+= 0x0000681)c/$1a/m } },
	['vmcs12-structure'], 1, <<"END");
apply: vmcs12-structure.cocci: $vmx/vmcs12.c:12: vmcs12_field_offsets[] differs from vmcs12/linux-6.1:
	has guest_rsp, 0x0000681a
	lacks guest_rsp, 0x0000681c
END
refused('a mask has one control more, another one less, and one is of another bit',
	{ "$vmx/hyperv_evmcs.h" => sub {
		s/^\t\(SECONDARY_EXEC_VIRTUALIZE_X2APIC_MODE \|/$& SECONDARY_EXEC_ENABLE_PML |/m;
		s/^\t VM_EXIT_SAVE_IA32_PAT \|.*\n//m;
		s/^(#define EVMCS1_SUPPORTED_VMFUNC) \(0\)/$1 NEW_BITS(0)/m },
	  'arch/x86/include/asm/vmxfeatures.h' => sub {
		s/^(#define VMX_FEATURE_VIRTUAL_NMIS\s+\( 0\*32\+)  5\)/$1  4)/m } },
	['evmcs-fields'], 1, <<"END");
apply: evmcs-fields.cocci: $vmx/hyperv_evmcs.h differs from the masks of target linux:
	lacks EVMCS1_SUPPORTED_2NDEXEC 0xc71998fe
	has EVMCS1_SUPPORTED_2NDEXEC 0xc71b98fe
	has EVMCS1_SUPPORTED_PINCTRL 0x1f
	lacks EVMCS1_SUPPORTED_PINCTRL 0x3f
	has EVMCS1_SUPPORTED_VMEXIT_CTRL 0x3bbffff
	lacks EVMCS1_SUPPORTED_VMEXIT_CTRL 0x3bfffff
	lacks EVMCS1_SUPPORTED_VMFUNC 0x0
	has EVMCS1_SUPPORTED_VMFUNC NEW_BITS(0)
END
refused('a clean-field group has another bit',
	{ map { $_ => sub { s/^(#define HV_VMX_ENLIGHTENED_CLEAN_FIELD_CRDR\s+BIT)\(8\)/$1(16)/m } }
		'arch/x86/include/asm/hyperv-tlfs.h', $SELFTEST },
	['evmcs-structure', 'selftests-evmcs'], 2, <<"END");
apply: evmcs-structure.cocci: arch/x86/include/asm/hyperv-tlfs.h differs from evmcs/linux-6.1:
	lacks HV_VMX_ENLIGHTENED_CLEAN_FIELD_CRDR 0x100
	has HV_VMX_ENLIGHTENED_CLEAN_FIELD_CRDR 0x10000
apply: selftests-evmcs.cocci: $SELFTEST differs from evmcs/linux-6.1:
	lacks HV_VMX_ENLIGHTENED_CLEAN_FIELD_CRDR 0x100
	has HV_VMX_ENLIGHTENED_CLEAN_FIELD_CRDR 0x10000
END
refused('a list that is replaced has another entry',
	{ "$vmx/vmcs_shadow_fields.h" => sub {
		s/^SHADOW_FIELD_RW\(TPR_THRESHOLD, tpr_threshold\)/SHADOW_FIELD_RO(TPR_THRESHOLD, tpr_threshold)/m } },
	["$vmx/vmcs_shadow_fields.h"], 1, <<"END");
apply: manifest: $vmx/vmcs_shadow_fields.h differs from out/linux/vmcs_shadow_fields.h:
	has SHADOW_FIELD_RO(TPR_THRESHOLD, tpr_threshold)
	lacks SHADOW_FIELD_RW(TPR_THRESHOLD, tpr_threshold)
END
refused('an entry of it is under a condition, and another is not written as a call',
	{ "$vmx/vmcs_shadow_fields.h" => sub {
		s{^SHADOW_FIELD_RW\(HOST_FS_BASE.*}{#ifdef CONFIG_NEW\n$&\n#endif}m;
		s{^SHADOW_FIELD_RW\(HOST_GS_BASE.*}{/*\n$&\n*/\nHOST_FIELDS}m } },
	["$vmx/vmcs_shadow_fields.h"], 1, <<"END");
apply: manifest: $vmx/vmcs_shadow_fields.h differs from out/linux/vmcs_shadow_fields.h:
	has #endif
	has #ifdef CONFIG_NEW
	has HOST_FIELDS
	lacks SHADOW_FIELD_RW(HOST_GS_BASE, host_gs_base)
END
refused('a structure that cannot be read',
	{ "$vmx/vmcs12.h" => sub { s/^(\tu64 tsc_offset;\n)/#ifdef CONFIG_NEW\n$1#endif\n/m } },
	['vmcs12-structure'], 1, <<"END");
apply: $vmx/vmcs12.h:27: struct vmcs12 is not that of any target; nearest is vmcs12/linux-6.1, of target linux, but
	PRISTINE/$vmx/vmcs12.h:43: error: '#ifdef' in the structure
	PRISTINE/$vmx/vmcs12.h:45: error: '#endif' in the structure
	`make port KSRC=PRISTINE` says how to describe it
END
{
	my $members = join('', map { "\t$_;\n" } 'u32 revision_id', 'u32 abort', 'u64 guest_rip',
			   'u64 host_cr0', 'u64 tsc_offset', 'u64 cr0_read_shadow');
	my $changed = changed({ "$vmx/vmcs12.h" => sub {
		s/^(struct __packed vmcs12 \{\n).*?^(?=\};)/$1$members/ms } });
	my $said = apply('--check', $changed, 'vmcs12-structure')->{err};

	# But for what import notes, and the name of the file that it reads.
	$said =~ s{^\t/\S+: note: .*\n(?:\t .*\n)*}{}mg;
	is($said =~ s{\Q$changed\E}{PRISTINE}gr =~ s{"\w+\.h,}{"FILE.h,}r, <<"END", 'a structure is another one');
apply: $vmx/vmcs12.h:27: struct vmcs12 is not that of any target; nearest is vmcs12/linux-6.1, of target linux, but
	it is another one:
	revision vmcs12/kernel {
	source  "FILE.h, struct vmcs12"
	id      0x11e57ed0
	u32 revision_id
	u32 abort
	guest_rip
	host_cr0
	tsc_offset
	cr0_read_shadow
	}
	`make port KSRC=PRISTINE` says how to describe it
apply: PRISTINE does not fit in 1 place; nothing was changed.  Next: `make port KSRC=PRISTINE`
END
}
refused('what is to be removed has something new',
	{ "$vmx/hyperv_evmcs.c" => sub { $_ .= "\nint evmcs_new(void)\n{\n\treturn 0;\n}\n" } },
	['evmcs-', "$vmx/hyperv_evmcs.c"], 1, <<"END");
apply: manifest: $vmx/hyperv_evmcs.c is to be removed, and nothing replaces what it has:
	$vmx/hyperv_evmcs.c:317: int evmcs_new(void)
END
refused('what is to be removed is under a condition',
	{ "$vmx/vmcs12.c" => sub { s/^#define FIELD\(.*\n/#ifdef CONFIG_NEW\n$&#endif\n/m } },
	['vmcs12-structure', "$vmx/vmcs12.c"], 1, <<"END");
apply: manifest: $vmx/vmcs12.c is to be removed, and nothing replaces what it has:
	$vmx/vmcs12.c:7: #ifdef CONFIG_NEW
	$vmx/vmcs12.c:9: #endif
END

#
# What rules delete, with another body: one of each
#

# The message for a definition that is not the one of the kernel as it is published.
sub lost
{
	my ($rules, $file, $line, $name, @lines) = @_;

	return "apply: $rules: $file:$line: $name would be replaced, and it is not that of Linux " .
		basename($pristine) . ":\n" .
		join('', map { "\t$_\n" } @lines) .
		"\tif what replaces it does the same: kernel-glue/record-bodies PRISTINE " .
		($name =~ s/\(\)//r) . "\n";
}

refused('a CPU check, and masks of reserved bits', { "$vmx/vmcs12.h" => sub {
		s/^\tindex = ROL16\(field, 6\);\n/\tif (field == EPT_POINTER && !cpu_has_vmx_ept())\n\t\treturn -ENOENT;\n\n$&/m;
		s/^\t\t\*\(u32 \*\)p = field_value;\n/\t\tif (field >= GUEST_ES_AR_BYTES)\n\t\t\tfield_value &= 0x1f0ff;\n$&/m } },
	['vmcs12-structure'], 2,
	lost('vmcs12-structure.cocci', "$vmx/vmcs12.h", 368, 'get_vmcs12_field_offset()',
	     "+\tif (field == EPT_POINTER && !cpu_has_vmx_ept())", "+\t\treturn -ENOENT;", '+',
	     " \tindex = ROL16(field, 6);") .
	lost('vmcs12-structure.cocci', "$vmx/vmcs12.h", 410, 'vmcs12_write_any()',
	     " \tcase VMCS_FIELD_WIDTH_U32:", "+\t\tif (field >= GUEST_ES_AR_BYTES)",
	     "+\t\t\tfield_value &= 0x1f0ff;", " \t\t*(u32 *)p = field_value;"));
refused('a case of a switch that includes its cases, and a check of a page', {
		"$vmx/nested.c" => sub {
			s/^(static bool is_shadow_field_rw.*?\.h"\n)/$1\tcase GUEST_BNDCFGS:\n/ms },
		"$vmx/hyperv_evmcs.h" => sub {
			s/^(\tif \(unlikely\(!evmcs_field->offset)\)\)/$1 || field == TSC_MULTIPLIER))/m } },
	['vmcs12-sync', 'evmcs-fields'], 2,
	lost('evmcs-fields.cocci', "$vmx/hyperv_evmcs.h", 129, 'evmcs_field_offset()',
	     "-\tif (unlikely(!evmcs_field->offset))",
	     "+\tif (unlikely(!evmcs_field->offset || field == TSC_MULTIPLIER))", " \t\treturn -ENOENT;") .
	lost('vmcs12-sync.edit', "$vmx/nested.c", 5682, 'is_shadow_field_rw()',
	     ' #include "vmcs_shadow_fields.h"', "+\tcase GUEST_BNDCFGS:", " \t\treturn true;"));
refused('other functions', { "$vmx/nested.c" => sub {
		s/^(static bool is_shadow_field_ro.*?define SHADOW_FIELD_RO\(x, y\)) case x:/$1 case (x) & ~1:/ms;
		s/^(static bool is_vmcs12_ext_field.*?)(?=\tdefault:)/$1\tcase VPID_NEW:\n\t\treturn enable_vpid;\n/ms;
		s/^(\tmax_idx = )0;/${1}2;/m },
		"$vmx/vmcs12.h" => sub {
			s/return \*\(\(u16 \*\)p\);/return *((u16 *)p) & 0xfff;/;
			s/^(\tCHECK_OFFSET\(guest_pml_index, 996\);\n)/$1\tBUILD_BUG_ON(PAGE_SIZE > 4096);\n/m } },
	['vmcs12-'], 6,
	"apply: vmcs12-fields.cocci: is_vmcs12_ext_field() differs from vmcs12/linux-6.1:\n\thas VPID_NEW\n" .
	lost('vmcs12-fields.cocci', "$vmx/nested.c", 4460, 'is_vmcs12_ext_field()',
	     " \treturn true;", "+\treturn enable_vpid;", " \tdefault:") .
	lost('vmcs12-fields.cocci', "$vmx/nested.c", 7003, 'nested_vmx_calc_vmcs_enum_msr()',
	     "-\tmax_idx = 0;", "+\tmax_idx = 2;", " \tfor (i = 0; i < nr_vmcs12_fields; i++) {") .
	lost('vmcs12-structure.cocci', "$vmx/vmcs12.h", 216, 'vmx_check_vmcs12_offsets()',
	     "+\tBUILD_BUG_ON(PAGE_SIZE > 4096);", ' }') .
	lost('vmcs12-structure.cocci', "$vmx/vmcs12.h", 388, 'vmcs12_read_any()',
	     " \tcase VMCS_FIELD_WIDTH_U16:", "-\t\treturn *((u16 *)p);", "+\t\treturn *((u16 *)p) & 0xfff;",
	     " \tcase VMCS_FIELD_WIDTH_U32:") .
	lost('vmcs12-sync.edit', "$vmx/nested.c", 5696, 'is_shadow_field_ro()',
	     " \tswitch (field) {", '-#define SHADOW_FIELD_RO(x, y) case x:',
	     '+#define SHADOW_FIELD_RO(x, y) case (x) & ~1:', ' #include "vmcs_shadow_fields.h"'));
refused('macros and tables', {
		"$vmx/vmcs12.c" => sub {
			s/^(#define FIELD\(number, name\).*)/$1 + 0/m; s/^(\tFIELD\(HOST_RIP.*\n)/$1\t[7] = 8,\n/m;
			s/(ARRAY_SIZE\(vmcs12_field_offsets\))/$1 - 1/ },
		"$vmx/hyperv_evmcs.c" => sub { s/(\{EVMCS1_OFFSET\(name\), clean_field)\}/$1 | 1}/ },
		"$vmx/hyperv_evmcs.h" => sub { s/(return vmcs12_read_any\(.*\));/$1 & ~0ull;/ },
		$SELFTEST => sub {
			s/^(\t\tcurrent_evmcs->guest_rip = value;\n)/$1\t\tcurrent_evmcs->guest_rsp = value;\n/m;
			s/(\t\t\*value = current_evmcs->guest_)rip;/$1rsp;/ } },
	['vmcs12-structure', 'evmcs-', 'selftests-evmcs'], 7,
	lost('evmcs-entries.edit', "$vmx/hyperv_evmcs.c", 10, 'EVMCS1_FIELD',
	     ' #define EVMCS1_FIELD(number, name, clean_field)[ROL16(number, 6)] = \\',
	     "-\t\t{EVMCS1_OFFSET(name), clean_field}", "+\t\t{EVMCS1_OFFSET(name), clean_field | 1}") .
	lost('evmcs-fields.cocci', "$vmx/hyperv_evmcs.h", 154, 'evmcs_read_any()',
	     "-\treturn vmcs12_read_any((void *)evmcs, field, offset);",
	     "+\treturn vmcs12_read_any((void *)evmcs, field, offset) & ~0ull;", ' }') .
	"apply: selftests-evmcs.cocci: evmcs_vmread() differs from evmcs/linux-6.1:\n" .
	"\tlacks GUEST_RIP, guest_rip\n\thas GUEST_RIP, guest_rsp\n" .
	lost('selftests-evmcs.cocci', $SELFTEST, 678, 'evmcs_vmwrite()',
	     " \tswitch (encoding) {",
	     map({ "+\t$_" } 'case GUEST_RIP:', "\tcurrent_evmcs->guest_rip = value;",
		 "\tcurrent_evmcs->guest_rsp = value;",
		 "\tcurrent_evmcs->hv_clean_fields &= ~HV_VMX_ENLIGHTENED_CLEAN_FIELD_NONE;", "\tbreak;"),
	     " \tdefault: return 1;") .
	lost('vmcs12-structure.cocci', "$vmx/vmcs12.c", 12, 'vmcs12_field_offsets', "+\t[7] = 8,", ' };') .
	lost('vmcs12-structure.cocci', "$vmx/vmcs12.c", 156, 'nr_vmcs12_fields',
	     '-const unsigned int nr_vmcs12_fields = ARRAY_SIZE(vmcs12_field_offsets);',
	     '+const unsigned int nr_vmcs12_fields = ARRAY_SIZE(vmcs12_field_offsets) - 1;') .
	lost('vmcs12-structure.cocci', "$vmx/vmcs12.c", 7, 'FIELD',
	     "-#define FIELD(number, name)\t[ROL16(number, 6)] = VMCS12_OFFSET(name)",
	     "+#define FIELD(number, name)\t[ROL16(number, 6)] = VMCS12_OFFSET(name) + 0"));

# What decides which fields a CPU has.
if (-d "$top/7.3") {
	local $pristine = "$top/7.3";

	refused('a field exists with another control, and an index is the highest', {
			"$vmx/vmcs12.c" => sub {
				s/cpu_has_vmx_tsc_scaling\(\)/cpu_has_vmx_vpid()/;
				s/(nr_vmcs12_fields = i) \+ 1;/$1;/ } },
		['vmcs12-structure'], 2,
		lost('vmcs12-structure.cocci', "$vmx/vmcs12.c", 167, 'cpu_has_vmcs12_field()',
		     " \tVMCS12_CASE64(TSC_MULTIPLIER):", "-\t\treturn cpu_has_vmx_tsc_scaling();",
		     "+\t\treturn cpu_has_vmx_vpid();", " \tcase TPR_THRESHOLD:") .
		lost('vmcs12-structure.cocci', "$vmx/vmcs12.c", 215, 'nested_vmx_setup_vmcs12_fields()',
		     " \t\tvmcs12_field_offsets[i] = kvm_supported_vmcs12_field_offsets[i];", "-\t\tnr_vmcs12_fields = i + 1;", "+\t\tnr_vmcs12_fields = i;", " \t}"));
}

#
# All that doesn't fit is told in one run
#

refused('a file is missing, a list has one less, and a function is another', {
		"$vmx/nested.c" => sub { s/^(\tmax_idx = )0;/${1}2;/m },
		"$vmx/vmx.h" => sub { unlink("$top/changed$copy/$DOCUMENT"); $_ .= "\n" },
		"$vmx/vmcs_shadow_fields.h" => sub { s/^SHADOW_FIELD_RW\(TPR_THRESHOLD.*\n//m } },
	[], 3, <<"END" .
apply: manifest: $vmx/vmcs_shadow_fields.h differs from out/linux/vmcs_shadow_fields.h:
	lacks SHADOW_FIELD_RW(TPR_THRESHOLD, tpr_threshold)
apply: documentation.edit: PRISTINE has no $DOCUMENT
END
	lost('vmcs12-fields.cocci', "$vmx/nested.c", 7001, 'nested_vmx_calc_vmcs_enum_msr()',
	     "-\tmax_idx = 0;", "+\tmax_idx = 2;", " \tfor (i = 0; i < nr_vmcs12_fields; i++) {"));

refused('a file that is brought is there',
	{ "$vmx/vmx.h" => sub { spew("$top/changed$copy/$vmx/vmcs12_image.h", "\n"); $_ .= "\n" } },
	["$vmx/vmcs12_image.h"], 1, "apply: manifest: PRISTINE has $vmx/vmcs12_image.h already\n");

#
# Folders that are not kernels, and a place where nothing can be done
#

my @quick = ('documentation', 'Documentation/');

is(said(apply($pristine)), "2 usage: apply [--target NAME] [--shipped] PRISTINE TREE [PART...]\n" .
   "       apply [--target NAME] [--shipped] --check PRISTINE [PART...]\n", 'too few arguments');
is(said(apply("$top/none", $pristine)), "4 apply: $top/none: no such folder\n", 'no PRISTINE');
make_path("$top/empty");
spew("$top/letters/.from", "dear\n");
for my $case (['PRISTINE is empty', "$top/empty", "$top/empty", $pristine],
	      ['TREE has other files', "$top/letters", $pristine, "$top/letters"]) {
	my ($title, $none, @trees) = @$case;

	is(said(apply(@trees)), "3 apply: $none is not a kernel tree: it has no $vmx/nested.c\n", $title);
}
is(said(apply($pristine, "$top/6.12-patched", 'documentation', 'Documentation/', 'kbuild-none')),
   "2 apply: no rule and no file is or begins with 'kbuild-none'\n", 'a PART of nothing');
is(said(apply($pristine, $pristine)),
   "2 apply: PRISTINE is TREE, and stays only if PARTs are named\n", 'PRISTINE is TREE');
is(said(apply("$top/6.12-patched", $pristine)),
   "3 apply: $top/6.12-patched is patched already: it has $vmx/vmcs12_layout.h\n", 'patched already');
{
	my ($changed, $tree) = changed({});
	my $before = times($tree);
	my $perl = tempdir();

	symlink($^X, "$perl/perl") or die "$perl/perl: $!\n";
	is(said(run({ env => { PATH => "$perl", VMCSGEN => vmcsgen() } }, $^X, $apply, $changed,
		    $tree)),
	   "4 apply: spatch is missing: install the package coccinelle, or run `make deps`\n",
	   'no spatch');
	is(said(apply({ env => { VMCSGEN => "$top/none" } }, $changed, $tree)),
	   "4 apply: $top/none is missing: run `make`, or let VMCSGEN name it\n", 'no vmcsgen');
	unlink("$changed/$DOCUMENT");
	is(said(apply($changed, $tree, 'documentation.edit', 'kbuild-')),
	   "3 apply: documentation.edit: $changed has no $DOCUMENT\n" .
	   "apply: $changed does not fit in 1 place; nothing was changed.  " .
	   "Next: `make port KSRC=$changed`\n", 'a file is missing');
	is_deeply(times($tree), $before, 'TREE is as it was');
}
SKIP: {
	my ($changed, $tree) = changed({});
	my @unprivileged = $> ? () : qw(setpriv --reuid=65534 --clear-groups);

	skip('no setpriv', 2) if @unprivileged && !have('setpriv');
	chmod(0755, "$top");
	ok_run('chmod', '-R', 'a-w', $tree);
	my $before = times($tree);
	is(said(run({ env => { VMCSGEN => vmcsgen() } }, @unprivileged, $apply, $changed, $tree, @quick)),
	   "4 apply: $tree/$LIST.new: Permission denied\n", 'TREE cannot be written');
	is_deeply(times($tree), $before, 'TREE is as it was');
	ok_run('chmod', '-R', 'u+w', $tree);
}

#
# A part, another one, and a run that was cut short
#

{
	my ($changed, $tree) = changed({});
	my $documents = join('', map { "Documentation/virt/kvm/$_\n" } 'api.rst', map { "x86/$_" }
		qw(index.rst nested-vmx.rst vmcs-layouts.rst vmcs12-revisions.txt));

	is(said(apply($changed, $tree, @quick)), '0 ', 'a part');
	is(slurp("$tree/$LIST"), $documents, 'only the part is installed');
	like(slurp("$tree/$DOCUMENT"), qr/^\.\. include:: vmcs12-revisions\.txt$/m, 'it is there');

	is(said(apply($changed, $tree, 'kbuild-choice')), '0 ', 'another part');
	my ($is, $was) = map { contents($_) } $tree, $changed;
	like($is->{'arch/x86/kvm/Kconfig'}, qr{^source "arch/x86/kvm/vmx/Kconfig\.revisions"$}m, 'it is there');
	delete $_->{'arch/x86/kvm/Kconfig'} for $is, $was;
	is(delete $is->{$LIST}, "${documents}arch/x86/kvm/Kconfig\n", 'both are listed');
	is_deeply($is, $was, 'the first part is as it was');
}
{
	my ($changed, $tree) = changed({});
	my $blocked = "$tree/$vmx/layouts/vmcs_types.h";

	make_path("$blocked/folder");
	is(said(apply('--shipped', $changed, $tree, "$vmx/layouts/")),
	   "4 apply: $blocked: Is a directory\n", 'a run that is cut short');
	ok(-e "$tree/$vmx/layouts/vmcs_access.h", 'a part of it is installed');
	remove_tree($blocked);
	is(said(apply($changed, $tree, 'kbuild-choice')), '0 ', 'the next run');
	is_deeply([glob("$tree/$vmx/layouts/vmcs_*")], [], 'removes what it does not want');
	is(said(apply('--shipped', $changed, $tree, "$vmx/layouts/")), '0 ', 'another run');
	is_deeply([sort map { m{([^/]+)$} } glob("$tree/$vmx/layouts/*.h")],
		  [sort map { m{([^/]+)$} }
			glob(root() . '/out/linux/*.h')], 'installs all');
}

done_testing();
