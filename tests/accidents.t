#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The accidents that these structures really had, replayed on the spec: `vmcsgen check`
# refuses each.  Where the spec gives a reason for what history did, the replay has none.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $spec = root() . '/spec';
my $dir = tempdir();

# Today's spec with more statements, as a series that only adds would make it.
sub spec_with { return spew("$dir/added.vmcs", "include \"$spec/vmcs.vmcs\"\n", @_) }

# Today's spec with a file of it changed, as a patch would.
sub spec_changed
{
	my ($file, %changes) = @_;
	my $text = slurp("$spec/$file");

	ok_run('cp', '-r', $spec, "$dir/changed") if !-e "$dir/changed";
	for my $from (sort keys %changes) {
		is($text =~ s/^\Q$from\E$/$changes{$from}/mg, 1, "'$from' is in $file once");
	}
	spew("$dir/changed/$file", $text);
	return "$dir/changed/vmcs.vmcs";
}

# A revision that a spec has, without its reason and under another name.
sub replay
{
	my ($path, $revision) = @_;
	my ($block) = slurp($path) =~ /^(revision \Q$revision\E .*?^\}\n)/ms
		or die "$path has no $revision\n";

	$block =~ s/^\tbecause (?:[^\n]*,\n)*[^\n]*\n//m or die "$revision has no reason\n";
	return $block =~ s/^revision \S+/$&-again/r;
}

# The check fails and says this; the lines of the source are left out.
sub refused
{
	my ($what, $expected, @arguments) = @_;
	my $result = run({ dir => root(), env => { NO_COLOR => 1 } }, vmcsgen(), 'check', '-s',
			 @arguments);

	$result->{err} =~ s{(?:\Q$spec\E|\Q$dir\E)/}{}g;
	is(join('', map { s/^.*?: (?=error|warning|note)//r . "\n" }
			grep { /: (?:error|warning|note): / } split(/\n/, $result->{err})),
	   $expected, $what);
	is($result->{status}, 1, "$what: exit status");
}

for my $against ([], ['--against', "$spec/vmcs.vmcs"]) {
	is(run(vmcsgen(), 'check', '-s', "$spec/vmcs.vmcs", '-Werror', @$against)->{err}, '',
	   "the spec passes: @$against");
}

# 2017, Linux 4.13 and 4.14: fields for page-modification logging and EPTP switching went
# where the manual has them, between others, though eight u64 of padding stood free.
refused('the insertions of 2017', <<'END', spec_with(replay("$spec/vmcs12.vmcs", 'vmcs12/linux-4.14')));
error: 'vmcs12/linux-4.14-again' and 'vmcs12/linux-4.0' have one identity, 0x11e57ed0, but place 127 members differently [-Wsame-id]
note: they differ about: ept_pointer .. eoi_exit_bitmap3, xss_exit_bitmap .. vmcs_link_pointer, guest_ia32_debugctl .. guest_intr_status, host_es_selector .. host_tr_selector
error: 'vmcs12/linux-4.18' and 'vmcs12/linux-4.14-again' have one identity, 0x11e57ed0, but place 4 members differently [-Wsame-id]
note: they differ about: vm_function_control, eptp_list_address, pml_address, guest_pml_index
END

# 2018, Linux 5.0: the structure became packed, one of the compiler's two holes was
# written out and the other forgotten.
refused('the packing of 2018', <<'END', spec_with(replay("$spec/evmcs.vmcs", 'evmcs/linux-5.0')));
error: 'hv_vm_id' lies at byte 844 of 'evmcs/linux-5.0-again', which 8 does not divide, while 'padding64_1' has room [-Wmisaligned]
note: 24 bytes are free from byte 296 on
note: 'pad u8[4] NAME' ahead of it aligns it and what follows
error: 'guest_bndcfgs' lies at byte 892 of 'evmcs/linux-5.0-again', which 8 does not divide, while 'padding64_1' has room [-Wmisaligned]
note: 24 bytes are free from byte 296 on
note: 'pad u8[4] NAME' ahead of it aligns it and what follows
error: 'xss_exit_bitmap' lies at byte 956 of 'evmcs/linux-5.0-again', which 8 does not divide, while 'padding64_1' has room [-Wmisaligned]
note: 24 bytes are free from byte 296 on
note: 'pad u8[4] NAME' ahead of it aligns it and what follows
error: 'evmcs/linux-5.0-again' and 'evmcs/linux-4.17' have one identity, 0x1, but place 4 members differently [-Wsame-id]
note: they differ about: hv_vm_id, partition_assist_page, guest_bndcfgs, xss_exit_bitmap
END

# The same with both of them forgotten.
refused('packing, and nothing else', <<'END', spec_with(<<'SPEC'));
error: nothing is said of the bytes 22 to 23 of 'evmcs/packed' [-Whole]
error: nothing is said of the bytes 844 to 847 of 'evmcs/packed' [-Whole]
END
revision evmcs/packed from linux-4.17 {
	source  "nothing but __packed"
	align   packed
}
SPEC

# 2022, drafts for Linux 6.1: two of the TLFS's new fields swapped, in the kernel and in
# its selftest alike.
refused('the swap of 2022', <<'END', spec_with(replay("$FindBin::Bin/specs/draft-2022.vmcs", 'evmcs/draft-2022')));
error: 'evmcs/draft-2022-again' and 'evmcs/linux-6.1' have one identity, 0x1, but place 2 members differently [-Wsame-id]
note: they differ about: host_ia32_perf_global_ctrl, encls_exiting_bitmap
END

# The same, as a change of the revision that there is.
refused('the swap of 2022, in place', <<'END',
error: 'evmcs/linux-6.1' and 'evmcs/tlfs-2022' have one identity, 0x1, but place 2 members differently [-Wsame-id]
note: they differ about: host_ia32_perf_global_ctrl, encls_exiting_bitmap
error: 'encls_exiting_bitmap' of 'evmcs/linux-6.1' is frozen, but has changed: its row would be 'encls_exiting_bitmap,976,8,1,0x0000202e,CONTROL_GRP2' [-Wfrozen]
note: its row in the table
error: 'host_ia32_perf_global_ctrl' of 'evmcs/linux-6.1' is frozen, but has changed: its row would be 'host_ia32_perf_global_ctrl,968,8,1,0x00002c04,HOST_GRP1' [-Wfrozen]
note: its row in the table
error: 'evmcs/linux-6.1' is not what it is in vmcs.vmcs: what is new needs a revision of its own [-Wrevision-changed]
note: they differ about: host_ia32_perf_global_ctrl (moved), encls_exiting_bitmap (moved)
END
	spec_changed('evmcs.vmcs',
		     "\tover cr3_target_value3 u64 cr3_target_value3 tlfs Cr3Target3" =>
		     "\tover cr3_target_value3 u64 cr3_target_value3 tlfs Cr3Target3\n" .
		     "\tmove encls_exiting_bitmap by 8\n\tmove host_ia32_perf_global_ctrl by -8"),
	'--against', "$spec/vmcs.vmcs");

# A u64 put after the last u16, at an address that eight does not divide, while there is
# padding made for it.
refused('a u64 next to a free hole', <<'END', spec_with(<<'SPEC'));
error: 'hlat_pointer' lies at byte 998 of 'vmcs12/next', which 8 does not divide, while 'padding' has room [-Wmisaligned]
note: 28 bytes are free from byte 12 on
note: 'pad u8[2] NAME' ahead of it aligns it and what follows
END
revision vmcs12/next from linux-6.1 {
	source  "an example"
	append hlat_pointer
}
SPEC

# 2019 (f9bc5227d6): fields copied under another clean-field bit than the one that the TLFS
# gives them.  The copies are generated now, so that the spec is where it can happen: in a
# new revision, in a whole one, and in one that there is.
refused('the group of 2019, in a new revision', <<'END', spec_with(<<'SPEC'));
error: 'exception_bitmap' is in the group 'control_grp1' in 'evmcs/next', but in 'control_excpn' in 'evmcs/linux-6.1' [-Wgroup-changed]
note: there it is declared here
END
revision evmcs/next from linux-6.1 {
	source  "an example"
	change exception_bitmap clean control_grp1
}
SPEC

refused('the group of 2019, of a field that both bring', <<'END', spec_with(<<'SPEC'));
error: 'hlat_pointer' is in the group 'control_grp2' in 'evmcs/tlfs-next', but in 'control_grp1' in 'evmcs/linux-next' [-Wgroup-changed]
note: there it is declared here
END
revision evmcs/tlfs-next from tlfs-2022 {
	source  "an example"
	at 944 hlat_pointer clean control_grp2
}
revision evmcs/linux-next from linux-6.1 {
	source  "an example"
	at 944 hlat_pointer clean control_grp1
}
SPEC

refused('the group of 2019, in place', <<'END',
error: 'exception_bitmap' of 'evmcs/linux-4.17' is frozen, but has changed: its row would be 'exception_bitmap,792,4,1,0x00004004,CONTROL_PROC' [-Wfrozen]
note: its row in the table
error: 'evmcs/linux-4.17' is not what it is in vmcs.vmcs: what is new needs a revision of its own [-Wrevision-changed]
note: they differ about: exception_bitmap (group)
error: 'evmcs/linux-5.0' is not what it is in vmcs.vmcs: what is new needs a revision of its own [-Wrevision-changed]
note: they differ about: exception_bitmap (group)
error: 'evmcs/linux-6.1' is not what it is in vmcs.vmcs: what is new needs a revision of its own [-Wrevision-changed]
note: they differ about: exception_bitmap (group)
error: 'evmcs/tlfs-5.0' is not what it is in vmcs.vmcs: what is new needs a revision of its own [-Wrevision-changed]
note: they differ about: exception_bitmap (group)
error: 'evmcs/tlfs-6.0' is not what it is in vmcs.vmcs: what is new needs a revision of its own [-Wrevision-changed]
note: they differ about: exception_bitmap (group)
error: 'evmcs/tlfs-2021' is not what it is in vmcs.vmcs: what is new needs a revision of its own [-Wrevision-changed]
note: they differ about: exception_bitmap (group)
error: 'evmcs/tlfs-2022' is not what it is in vmcs.vmcs: what is new needs a revision of its own [-Wrevision-changed]
note: they differ about: exception_bitmap (group)
END
	spec_changed('evmcs.vmcs',
		     "\texception_bitmap           clean control_excpn" =>
		     "\texception_bitmap           clean control_proc"),
	'--against', "$spec/vmcs.vmcs");

# Two series in flight that want the same bytes: neither is wrong by itself.
spew("$dir/theirs.vmcs", "include \"$spec/vmcs.vmcs\"\n", <<'SPEC');
revision vmcs12/theirs from linux-6.1 {
	source  "[PATCH] KVM: nVMX: HLAT"
	at 336  hlat_pointer
}
SPEC
refused('two series', <<'END', spec_with(<<'SPEC'), '--against', "$dir/theirs.vmcs");
error: 'vmcs12/ours' and 'vmcs12/theirs' of theirs.vmcs both claim bytes 336 to 343: 'low_pasid_directory_addr' and 'hlat_pointer' [-Wclaim]
note: 'hlat_pointer' is put there here
END
revision vmcs12/ours from linux-6.1 {
	source  "[PATCH] KVM: nVMX: PASID translation"
	at 336  low_pasid_directory_addr
}
SPEC

done_testing;
