#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A kernel that is new to the spec: what `make port` drafts for Linux 7.3, and for 6.12, from the spec as
# it was before it knew them, is what people have written since; and what it says of kernels that
# have changed in other ways.
use strict;
use warnings;

use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Generated;
use GlueTrees;
use KvmSources;
use Test::More;
use Vmcsgen;

my $top = tempdir();
my $vmx = 'arch/x86/kvm/vmx';
my @SEEN = qw(arch/x86/kvm arch/x86/include tools/testing/selftests/kvm Documentation/virt/kvm scripts/Makefile
	      scripts/dtc/Makefile
	      MAINTAINERS Makefile);
my $checkouts = 0;

# The files of a kernel that the glue sees.
sub tree_of
{
	my ($version) = @_;
	my @seen = (@SEEN, $version eq '7.3' ? 'include/hyperv' : ());
	my $tree = unpack_kernel($version, @seen);

	copy_tree("$tree/$_", "$top/linux-$version/$_") for @seen;
	return "$top/linux-$version";
}

# A copy of our repository's files with changes, as far as port needs them.
sub checkout
{
	my ($changes) = @_;
	my $dir = "$top/checkout" . ++$checkouts;

	make_path($dir);
	ok_run('cp', '-a', map({ root() . "/$_" } qw(spec templates kernel-glue)), $dir);
	symlink(root() . '/gen', "$dir/gen") or die "$dir/gen: $!\n";
	edit("$dir/$_", $changes->{$_}) for sort keys %$changes;
	ok_run({ dir => $dir }, 'git', 'init', '-q');
	made($dir);
	return $dir;
}

# What is generated from a checkout's spec.
sub made { return ok_run({ dir => $_[0] }, vmcsgen(), 'gen', '-s', 'spec/vmcs.vmcs', '-t', 'templates', '-o', 'out') }

sub glue
{
	my ($dir, @command) = @_;

	return run({ dir => $dir, env => { LC_ALL => 'C', VMCSGEN => vmcsgen(), B => "$top/build",
					   SOURCES => "$top/none", KVER => undef } }, @command);
}

# A report, in its parts: what it says of a tree, and the draft.
sub port
{
	my ($dir, $tree, @options) = @_;
	my $result = glue($dir, 'kernel-glue/port', @options, $tree);
	my ($said, $draft) = $result->{out} =~ /\A(.*?)(?:\n(--- .*))?\z/s;

	return { %$result, said => $said =~ s/\Q$tree\E/TREE/gr, draft => $draft // '' };
}

# The draft taken as it is.
sub taken
{
	my ($title, $dir, $port) = @_;

	is("$port->{status} $port->{err}", '0 ', "$title: port");
	my $apply = run({ dir => $dir, stdin => $port->{out} }, 'git', 'apply', '-');
	is("$apply->{status} $apply->{err}", '0 ', "$title: git takes the report as it is");
	my $check = run({ dir => $dir }, vmcsgen(), 'check', '-s', 'spec/vmcs.vmcs');
	is("$check->{status} $check->{err}", '0 ', "$title: the draft passes every check");
	is(ok_run({ dir => $dir }, vmcsgen(), 'fmt', '--check', glob("$dir/spec/*.vmcs")), '',
	   "$title: it has the canonical form");
	made($dir);
}

# Generated files without their comments, which give reasons and sources.
sub code_of
{
	my ($dir) = @_;
	my $files = contents($dir);

	s{/\*.*?\*/}{}gs, s{\s+}{ }g for values %$files;
	return $files;
}

sub layout_of
{
	my ($dir, $revision) = @_;

	return ok_run({ dir => $dir }, vmcsgen(), 'layout', '-s', 'spec/vmcs.vmcs', '-t', 'templates', $revision,
		      '--format=csv');
}

# What apply says of a tree that fits.
sub fits
{
	my ($title, $dir, $tree, $target) = @_;
	my $result = glue($dir, 'kernel-glue/apply', '--check', $tree);

	is("$result->{status} $result->{err}", '0 ', "$title: apply --check fits");
	like($result->{out}, qr/\Atarget \Q$target\E\n/, "$title: it is target $target");
}

# A statement taken out, with the comment above it.
sub without
{
	my ($head) = @_;

	return sub { s/^(?:#.*\n)*$head(?:[^\n]*\{\n(?:(?!\}).*\n)*\}\n|.*\n)\n?//m or die "no $head\n"; s/\n+\z/\n/ };
}

# The spec before Linux 7.3.
my %BEFORE_7_3 = (
	'spec/vmcs12.vmcs' => without('revision vmcs12/linux-7\.3'),
	'spec/evmcs.vmcs' => without('revision evmcs/linux-7\.3'),
	'spec/support.vmcs' => without('support evmcs/linux-7\.3'),
	'spec/vmcs.vmcs' => sub { s/^include "existence\.vmcs"\n//m },
	'spec/targets.vmcs' => without('target linux-7\.3'),
	'spec/frozen.vmcs' => sub { s{^frozen vmcs12/linux-7\.3\n}{}m },
	'spec/fields.vmcs' => sub { s/  linux (?:guest|host)_ssp_tbl//g },
);

#
# Linux 7.3, from the spec before it
#

my $SAID_OF_7_3 = <<'END';
Linux 7.3, TREE: nearest is target linux
	guest_ssp_tbl is guest_intr_ssp_table: arch/x86/kvm/vmx/vmcs12.c:144: FIELD(GUEST_INTR_SSP_TABLE, guest_ssp_tbl)
	host_ssp_tbl is host_intr_ssp_table: arch/x86/kvm/vmx/vmcs12.c:159: FIELD(HOST_INTR_SSP_TABLE, host_ssp_tbl)
	arch/x86/kvm/vmx/vmcs12.h:27: struct vmcs12 is not in the spec yet; nearest is vmcs12/linux-6.1
	include/hyperv/hvgdk.h:27: struct hv_enlightened_vmcs is evmcs/linux-6.1
A draft of 57 lines for `git apply` ends this report.  It makes the tree target linux-7.3.
To decide: 4

1. struct hv_enlightened_vmcs may carry controls that do not follow from its members: 4 controls
	rule: evmcs-fields.cocci, masks
	kernel: arch/x86/kvm/vmx/hyperv_evmcs.h
	spec: spec/support.vmcs:76
	  secondary_exec_mode_based_ept_exec may be carried: EVMCS1_SUPPORTED_2NDEXEC has it, arch/x86/kvm/vmx/hyperv_evmcs.h:72
	  vm_entry_load_cet_state may not be carried: EVMCS1_SUPPORTED_VMENTRY_CTRL lacks it, arch/x86/kvm/vmx/hyperv_evmcs.h:109
	  vm_exit_load_cet_state may not be carried: EVMCS1_SUPPORTED_VMEXIT_CTRL lacks it, arch/x86/kvm/vmx/hyperv_evmcs.h:95
	  vm_exit_save_ia32_perf_global_ctrl may not be carried: EVMCS1_SUPPORTED_VMEXIT_CTRL lacks it, arch/x86/kvm/vmx/hyperv_evmcs.h:95
	a. drafted: the kernel does so, and its mask is the reason
	b. a person knows why
		yes  secondary_exec_mode_based_ept_exec  because "REASON"
		no  vm_entry_load_cet_state  because "REASON"
		no  vm_exit_load_cet_state  because "REASON"
		no  vm_exit_save_ia32_perf_global_ctrl  because "REASON"
	c. a role departs by itself: one more line for each
		yes|no  CONTROL  for kvm_on_hyperv|hyperv_on_kvm  because "REASON"

2. which fields an L1 finds on a CPU departs from the controls that add them: 11 lines
	rule: vmcs12-structure.cocci
	kernel: arch/x86/kvm/vmx/vmcs12.c:167
	spec: spec/existence.vmcs:4
	  what is generated answers as the kernel does
	a. drafted: the kernel does so, and each line says what it asks
	b. a person knows why, at the end of a line
		because "REASON"
	c. the control adds the field; in spec/controls.vmcs, and no line here
		adds FIELD

3. vmcs12/rfc-2017, which the kernel can have, too, lacks host_s_cet .. guest_intr_ssp_table, 6 fields
	rule: vmcs12-set-controls.edit
	spec: spec/vmcs12.vmcs:232
	a. drafted: a vCPU of that revision is not offered the controls that add them
	b. another revision, with an id of its own, after the model of this one; then the target takes it
		rest of linux-7.3

4. nothing keeps the members of vmcs12/linux-7.3 where they are until it is frozen
	rule: vmcsgen check, -Wfrozen
	spec: spec/frozen.vmcs
	a. drafted: not yet; once the kernel is released
		build/vmcsgen freeze vmcs12/linux-7.3 >>spec/frozen.vmcs
END

# The kernel's struct, by the compiler, and the drafted one, member by member.
sub compare_structures
{
	my ($dir, @members) = @_;
	local $ENV{VMCSGEN_OUT} = "$dir/out/linux-7.3";
	my $kernel = KvmSources->new('7.3');
	my %files = (MEMBERS => $kernel->members('members.h', @members),
		     BITS => $kernel->lines('bits.h', 'BIT_FIELD(hdr.revision_id)'), STRUCT => 'vmcs12');
	my %sides = (kernel => [], ours => []);

	push @{ $sides{$_->{side}} }, "$_->{name} $_->{offset} $_->{size} $_->{count}" for $kernel->table(
		$kernel->kernel_object('structure.c', %files, SIDE => 'kernel_side', HEADER => '"kvm/vmx/vmcs12.h"'),
		$kernel->our_object('structure.c', %files, SIDE => 'our_side', HEADER => '"vmcs12/linux.h"'),
		$kernel->our_object('layouts.c'));
	is_deeply($sides{ours}, $sides{kernel}, 'Linux 7.3: ' . @members . ' members are where the compiler has them');
}

# The kernel's own table, read here by itself: each member's encoding.
sub compare_encodings
{
	my ($tree, @members) = @_;
	my %numbers = slurp("$tree/arch/x86/include/asm/vmx.h") =~ /^\t(\w+)\s*=\s*(0x[\da-fA-F]+)/mg;
	my %kernels = reverse(slurp("$tree/$vmx/vmcs12.c") =~ /^\tFIELD(?:64)?\((\w+), (\w+)\),$/mg);

	is_deeply({ map { $_->{encoding} ? ($_->{name} => $_->{encoding}) : () } @members },
		  { map { $_ => sprintf('0x%08x', hex($numbers{ $kernels{$_} })) } keys %kernels },
		  'Linux 7.3: every member has the encoding by which KVM finds it: ' . keys(%kernels));
}

if (grep { $_ eq '7.3' } source_versions()) {
	my $tree = tree_of('7.3');
	my $dir = checkout(\%BEFORE_7_3);
	my ($before, $spec) = (times($tree), contents("$dir/spec"));

	for my $file ('frozen/vmcs12/linux-7.3.csv', 'existence.vmcs') {
		unlink("$dir/spec/$file") or die "no $file: $!\n";
		delete $spec->{$file};
	}
	like(glue($dir, 'kernel-glue/apply', '--check', $tree)->{err},
	     qr/struct vmcs12 is not that of any target; nearest is vmcs12\/linux-6\.1/, 'Linux 7.3 is not known');
	my $port = port($dir, $tree);
	is($port->{said}, $SAID_OF_7_3, 'Linux 7.3: what is found, and what is to be decided');
	is_deeply(times($tree), $before, 'Linux 7.3: TREE is as it was');
	is_deeply(contents("$dir/spec"), $spec, 'Linux 7.3: the spec is as it was');
	taken('Linux 7.3', $dir, $port);
	is(layout_of($dir, 'vmcs12/linux-7.3'), layout_of(root(), 'vmcs12/linux-7.3'),
	   'Linux 7.3: its layout is what people have described');
	my @members = grep { $_->{name} !~ /^(?:pad|dead)/ } parse_csv(layout_of($dir, 'vmcs12/linux-7.3'));
	compare_structures($dir, @members);
	compare_encodings($tree, @members);
	is_deeply(code_of("$dir/out/linux-7.3"), code_of(root() . '/out/linux-7.3'),
		  'Linux 7.3: all that is generated is, but for reasons in comments, what people have described');
	fits('Linux 7.3', $dir, $tree, 'linux-7.3');
	like(port($dir, $tree)->{said}, qr/\ALinux 7\.3.*\nThe spec describes it: it is target linux-7\.3\.\nNothing is to be decided\.\n\z/,
	     'Linux 7.3: with the draft nothing is left');

	# What is drafted could be wrong, and this test sees it.
	edit("$dir/spec/existence.vmcs", sub { s/^\tyes +msr_bitmap .*\n//m });
	made($dir);
	isnt(join('', values %{ code_of("$dir/out/linux-7.3") }), join('', values %{ code_of(root() . '/out/linux-7.3') }),
	     'Linux 7.3: a missing departure is seen');

	# A body that no kernel is known to have.
	my $bodies = checkout({ %BEFORE_7_3, 'kernel-glue/bodies' => sub { s/^(\w+ function evmcs_field_offset .*) 7\.3\n//m } });
	like(port($bodies, $tree)->{said}, qr{^\d+\. evmcs_field_offset\(\) would be replaced, and it is not that of Linux 6\.1 or 6\.12 .*
	rule: evmcs-fields\.cocci
	kernel: arch/x86/kvm/vmx/hyperv_evmcs\.h:130
	spec: kernel-glue/bodies
(?:\t  .*\n)+	a\. what replaces it does the same: record it as known
		kernel-glue/record-bodies TREE evmcs_field_offset
	b\. the kernel has changed, and kernel-glue/rules/evmcs-fields\.cocci has to follow
}m, 'Linux 7.3: a body that is unknown is a decision');
}

#
# Linux 6.12, from the spec before its list of supported controls
#

my $tree = tree_of('6.12');
{
	my $dir = checkout({
		'spec/support.vmcs' => sub { s/\n+(?:#[^\n]*\n)*support evmcs\/linux-6\.12 .*\z/\n/s },
		'spec/vmcs12.vmcs' => without('revision vmcs12/linux-6\.12'),
		'spec/evmcs.vmcs' => without('revision evmcs/linux-6\.12'),
		'spec/targets.vmcs' => sub { s/, evmcs\/linux-6\.12 as supported//; without('target linux-7\.3')->() },
	});
	my $port = port($dir, $tree);

	like($port->{said}, qr/^To decide: 1\n\n1\. struct hv_enlightened_vmcs may carry controls that do not follow from its members: 5 controls\n/m,
	     'Linux 6.12: one thing is to be decided');
	like($port->{said}, qr/secondary_exec_tsc_scaling may be carried: .*; evmcs\/linux-6\.1 decides by role: no, yes for kvm_on_hyperv$/m,
	     'Linux 6.12: of TSC scaling the list before it decided by role');
	taken('Linux 6.12', $dir, $port);
	my ($drafted, $written) = map { code_of($_) } "$dir/out/linux-6.12/evmcs", root() . '/out/linux/evmcs';
	is($drafted->{'supported-controls.h'}, $written->{'supported-controls.h'}, 'Linux 6.12: its masks are what people have described');
	fits('Linux 6.12', $dir, $tree, 'linux-6.12');
}

#
# Kernels that have changed otherwise
#

my $checkout = checkout({});
my $changed = 0;

sub ported
{
	my ($changes) = @_;
	my $copy = copy_tree($tree, "$top/changed" . ++$changed);

	edit("$copy/Makefile", sub { s/^PATCHLEVEL = 12$/PATCHLEVEL = 13/m });
	edit("$copy/$_", $changes->{$_}) for keys %$changes;
	return port($checkout, $copy);
}

# One decision of a report, without its number.
sub decision
{
	my ($port, $what) = @_;

	return $port->{said} =~ /^\d+\. (\Q$what\E.*?)(?=^\d+\. |^$|\z)/ms ? $1 =~ s/\n+\z/\n/r : $port->{said};
}

{
	my $port = ported({ "$vmx/vmcs12.h" => sub { s/(\tu64 io_bitmap_b;\n)(\tu64 msr_bitmap;\n)/$2$1/ } });

	is(decision($port, 'struct vmcs12 breaks the id'), <<'END', 'a member has moved');
struct vmcs12 breaks the id 0x11e57ed0: what others hold means something else
	rule: -Wsame-id
	kernel: arch/x86/kvm/vmx/vmcs12.h:27, arch/x86/kvm/vmx/vmcs12.h:199
	spec: spec/vmcs12.vmcs:228
	  'vmcs12/linux-6.13' and 'vmcs12/linux-6.1' have one identity, 0x11e57ed0, but place 2 members differently
	  move io_bitmap_b by 8
	  move msr_bitmap by -8
	a. drafted: the kernel does so, and a person knows why
		because  "REASON"
	b. another id: the kernel changes VMCS12_REVISION, and the revision says in place of "because"
		id  0xNEW
	c. the kernel leaves the members where they were, and puts new ones into padding
END
	like($port->{draft}, qr/^\+\tbecause  "Linux 6\.13 has it so, under the old id"\n\+\tmove io_bitmap_b by 8\n\+\tmove msr_bitmap by -8\n/m,
	     'a member has moved: it is drafted');
	like(decision($port, 'vmx_check_vmcs12_offsets() differs'), qr/\thas io_bitmap_b at 48$|^\t  has io_bitmap_b at 48$/m,
	     'a member has moved: its assertions say otherwise');
}
{
	my $port = ported({
		"$vmx/vmcs12.h" => sub {
			s/(\tu64 io_bitmap_b;\n)(\tu64 msr_bitmap;\n)/$2$1/;
			s/^(#define VMCS12_REVISION) .*/$1 0x11e57ed1/m } });

	unlike($port->{said}, qr/breaks the id/, 'a member has moved, with another id: nothing breaks');
	like($port->{draft}, qr/^\+\tid      0x11e57ed1\n/m, 'a member has moved, with another id: the id is drafted');
}

my %NEW_FIELD = (
	"$vmx/vmcs12.h" => sub { s/(\tnatural_width paddingl\[)8(\].*\n)/${1}7$2\tnatural_width guest_fancy_ptr;\n/ },
	"$vmx/vmcs12.c" => sub { s/(\tFIELD\(HOST_RIP, host_rip\),\n)/$1\tFIELD(GUEST_FANCY_POINTER, guest_fancy_ptr),\n/ },
	'arch/x86/include/asm/vmx.h' => sub {
		s/(\tGUEST_SYSENTER_EIP .*\n)/$1\tGUEST_FANCY_POINTER             = 0x0000682e,\n/;
		s/(#define VM_ENTRY_LOAD_BNDCFGS.*\n)/$1#define VM_ENTRY_LOAD_FANCY 0x02000000\n/ },
);
{
	my $port = ported(\%NEW_FIELD);

	is(decision($port, 'guest_fancy_pointer,'), <<'END', 'a field that the spec lacks');
guest_fancy_pointer, 0x0000682e, is a field that the spec lacks
	rule: vmcs12-fields.cocci
	kernel: arch/x86/include/asm/vmx.h:380
	spec: spec/fields.vmcs:240
	a. drafted: no control adds it, and what changes it below L1 is what its encoding says
	b. a control adds it; in spec/controls.vmcs, after the control's name
		adds guest_fancy_pointer
	c. something else changes it, or nothing does; at the end of its line
		changed by "EVENT", or: unchanged because "REASON"
END
	is(decision($port, 'vm_entry_load_fancy,'), <<'END', 'a control that the spec lacks');
vm_entry_load_fancy, bit 25 of vm_entry_controls, is a control that the spec lacks
	rule: evmcs-fields.cocci
	kernel: arch/x86/include/asm/vmx.h:128
	spec: spec/controls.vmcs:186
	a. drafted: it adds no field and needs no other control
	b. what the SDM says of it, at the end of its line
		adds FIELD, ...  uses FIELD, ...  needs CONTROL, ...  excludes CONTROL, ...
END
	like($port->{draft}, qr/^\+\t0x682e  guest_fancy_pointer +linux guest_fancy_ptr$/m, 'its line, by the kernel\'s table');
	like($port->{draft}, qr/^\+\tat  736  guest_fancy_ptr$/m, 'where it lies');
	like($port->{draft}, qr/^\+\t25  vm_entry_load_fancy$/m, 'the control\'s line');
	my $dir = checkout({});
	taken('a new field', $dir, $port);
	fits('a new field', $dir, "$top/changed$changed", 'linux-6.13');
}
{
	my $port = ported({ "$vmx/vmcs12.h" => sub { s/\tu32 padding\[7\]/\tu32 secret;\n\tu32 padding[6]/ } });

	like(decision($port, 'secret of struct vmcs12'), qr/\Asecret of struct vmcs12 is not a field, by any table or name\n/,
	     'a member that is not a field');
	like($port->{draft}, qr/^\+\tat  12  u32 secret$/m, 'a member that is not a field is drafted');
}
{
	my $port = ported({
		"$vmx/nested.c" => sub {
			s{^(\tvmcs12->guest_rip = evmcs->guest_rip;\n)}{}m;
			s{^\tvmcs12->guest_idtr_base = vmcs_readl\(GUEST_IDTR_BASE\);\n}{}m },
		"$vmx/vmcs_shadow_fields.h" => sub { s/^SHADOW_FIELD_RW\(GUEST_CR4, guest_cr4\)\n//m } });

	like($port->{draft}, qr/^\+copies evmcs\/linux-6\.13 \{\n.*\n\+\n\+\tno  guest_rip  at entry  because "copy_enlightened_to_vmcs12\(\) does not"\n\+\}$/m,
	     'a field is not copied');
	like($port->{draft}, qr/^\+revision evmcs\/linux-6\.13 from linux-6\.1 \{$/m, 'a field is not copied: the page is the kernel\'s own');
	is(decision($port, "$vmx/vmcs_shadow_fields.h differs"), <<'END', 'a field is not shadowed');
arch/x86/kvm/vmx/vmcs_shadow_fields.h differs from out/linux-6.13/vmcs_shadow_fields.h
	rule: manifest
	kernel: arch/x86/kvm/vmx/vmcs_shadow_fields.h
	spec: spec/shadow.vmcs
	  lacks SHADOW_FIELD_RW(GUEST_CR4, guest_cr4)
	a. the spec is to say it, in the list of shadowed fields, which the kernels share:
		without: rw  guest_cr4
	b. the kernel has changed, and kernel-glue/manifest has to follow
END
	like(decision($port, 'sync_vmcs02_to_vmcs12_rare() differs'), qr/^\t  lacks 0x00006818 guest_idtr_base$/m,
	     'a field is not synced rarely');
}

#
# Kernels that the spec knows, and folders that are not trees
#

for my $version (kernel_versions()) {
	like(port($checkout, $version eq '6.12' ? $tree : tree_of($version))->{said},
	     qr/\ALinux \Q$version\E, .*\nThe spec describes it: it is target linux\.\nNothing is to be decided\.\n\z/,
	     "Linux $version is known");
}
{
	my $usage = glue($checkout, 'kernel-glue/port');
	is("$usage->{status} $usage->{err}", "2 usage: port [--rules] TREE\n", 'no tree');
	my $none = glue($checkout, 'kernel-glue/port', "$top/none");
	is("$none->{status} $none->{err}", "4 port: $top/none: no such folder\n", 'no folder');
	my $other = glue($checkout, 'kernel-glue/port', "$checkout/spec");
	is("$other->{status} $other->{err}",
	   "3 port: $checkout/spec is not a kernel tree: it has no arch/x86/kvm/vmx/nested.c\n", 'another folder');
	make_path("$top/old/$vmx");
	spew("$top/old/$vmx/nested.c", '');
	spew("$top/old/$vmx/vmcs12_layout.h", '');
	my $patched = glue($checkout, 'kernel-glue/port', "$top/old");
	is("$patched->{status} $patched->{err}",
	   "3 port: $top/old is patched already: it has arch/x86/kvm/vmx/vmcs12_layout.h\n", 'a patched tree');
}

done_testing();
