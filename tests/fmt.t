#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The canonical form of a spec: what fmt makes of any other, that it changes no meaning, and
# that the files here have it.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $messy = <<'END';


# SPDX-License-Identifier: GPL-2.0-only OR MIT   
  # indented
include   "fields.vmcs"# beside
fields {   # what there is

0x0000 virtual_processor_id tlfs Vpid


    	0x2816   guest_ia32_lbr_ctl tlfs   GuestLbrCtl no   high # no half
0x6402 io_rcx linux exit_io_instruction_ecx tlfs ExitIoInstructionEcx
0x10 short

}
controls   pin_based_vm_exec_control{
default1 0x16
mask PINCTRL
0 pin_based_ext_intr_mask
5 pin_based_virtual_nmis needs pin_based_nmi_exiting
7 pin_based_posted_intr adds posted_intr_nv ,posted_intr_desc_addr,
needs secondary_exec_virtual_intr_delivery
}
bits vmcs_hdr u32 {
revision_id 31
shadow_vmcs 1
}
layout evmcs {
struct hv_enlightened_vmcs
size 1024
align natural
clean hv_clean_fields prefix HV {
0 io_bitmap
15 enlightenmentscontrol
}
}
revision evmcs/tlfs-5.0 {
source "Hyper-V  TLFS # 5.0b, { \"16.11.2\"",
"more"
u32 revision_id tlfs VersionNumber
vmcs_hdr hdr
clean crdr lookup full {
guest_cr0
guest_cr3 lookup none loss drop
pad u64 [ 3 ] padding64_1 tlfs Rsvd1
}
u8 a [ 0x10 ]
}
revision vmcs12/linux-6.1 from linux-4.18 {
at 4 a clean io_bitmap
at 128 guest_cr4
move a..b by -4
retire a .. b as gone
}
support evmcs/tlfs-5.0 from tlfs-4.0 {
lists supported as EVMCS1
role kvm_on_hyperv
unnamed pin_based_nmi_exiting, pin_based_virtual_nmis,
pin_based_ext_intr_mask
yes pin_based_ext_intr_mask because "yes"
no pin_based_posted_intr because "no"
no pin_based_virtual_nmis for kvm_on_hyperv because "never"
}
target   linux{
source "a kernel"
memory vmcs12/linux-6.1   as  kept ,
newest   vmcs12/rfc-*
images vmcs12/r*
names linux
}
END

my $canonical = <<'END';
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# indented
include "fields.vmcs"  # beside
fields {  # what there is
	0x0000  virtual_processor_id  tlfs Vpid

	0x2816  guest_ia32_lbr_ctl  tlfs GuestLbrCtl  no high  # no half
	0x6402  io_rcx              linux exit_io_instruction_ecx  tlfs ExitIoInstructionEcx
	0x10    short
}
controls pin_based_vm_exec_control {
	default1  0x16
	mask      PINCTRL
	0  pin_based_ext_intr_mask
	5  pin_based_virtual_nmis  needs pin_based_nmi_exiting
	7  pin_based_posted_intr   adds posted_intr_nv, posted_intr_desc_addr,
			needs secondary_exec_virtual_intr_delivery
}
bits vmcs_hdr u32 {
	revision_id 31
	shadow_vmcs 1
}
layout evmcs {
	struct  hv_enlightened_vmcs
	size    1024
	align   natural
	clean hv_clean_fields prefix HV {
		0   io_bitmap
		15  enlightenmentscontrol
	}
}
revision evmcs/tlfs-5.0 {
	source  "Hyper-V  TLFS # 5.0b, { \"16.11.2\"",
			"more"
	u32 revision_id  tlfs VersionNumber
	vmcs_hdr hdr
	clean crdr lookup full {
		guest_cr0
		guest_cr3               lookup none  loss drop
		pad u64[3] padding64_1  tlfs Rsvd1
	}
	u8 a[0x10]
}
revision vmcs12/linux-6.1 from linux-4.18 {
	at  4    a  clean io_bitmap
	at  128  guest_cr4
	move a .. b by -4
	retire a .. b as gone
}
support evmcs/tlfs-5.0 from tlfs-4.0 {
	lists    supported as EVMCS1
	role     kvm_on_hyperv
	unnamed  pin_based_nmi_exiting, pin_based_virtual_nmis,
			pin_based_ext_intr_mask
	yes  pin_based_ext_intr_mask  because "yes"
	no   pin_based_posted_intr    because "no"
	no   pin_based_virtual_nmis   for kvm_on_hyperv  because "never"
}
target linux {
	source  "a kernel"
	memory  vmcs12/linux-6.1 as kept,
			newest vmcs12/rfc-*
	images  vmcs12/r*
	names   linux
}
END

# What fmt prints, or the message.
sub formatted
{
	my ($text) = @_;
	my $result = run({ stdin => $text }, vmcsgen(), 'fmt', '/dev/stdin');

	return $result->{status} == 0 ? $result->{out} : $result->{err};
}

is(formatted($messy), $canonical, 'fmt: a messy file');
is(formatted($canonical), $canonical, 'fmt: twice changes nothing');
is(formatted($messy =~ s/\n\z//r), $canonical, 'fmt: without a newline at the end');
is(formatted($messy =~ s/\n/\r\n/gr), $canonical, 'fmt: with CR LF');
is(formatted(''), '', 'fmt: an empty file');
is(formatted("\n \t\n\n"), '', 'fmt: blank lines');
is(formatted("# only\n\n\n#a comment"), "# only\n\n#a comment\n", 'fmt: comments alone');

# The files themselves: -i changes what is not canonical and nothing else, --check tells.
{
	my $dir = tempdir();
	my $fmt = sub { run({ dir => "$dir" }, vmcsgen(), 'fmt', @_) };

	spew("$dir/messy.vmcs", $messy);
	spew("$dir/fine.vmcs", $canonical);
	my $before = (stat("$dir/fine.vmcs"))[1];
	my $result = $fmt->('--check', 'messy.vmcs', 'fine.vmcs');

	is($result->{out}, "messy.vmcs\n", 'fmt --check: the names of what would change');
	is($result->{status}, 1, 'fmt --check: exit status where something would');
	is(slurp("$dir/messy.vmcs"), $messy, 'fmt --check changes nothing');
	is($fmt->('-i', 'messy.vmcs', 'fine.vmcs')->{status}, 0, 'fmt -i');
	is(slurp("$dir/messy.vmcs"), $canonical, 'fmt -i changes what is not canonical');
	is(slurp("$dir/fine.vmcs"), $canonical, 'fmt -i leaves what is');
	is((stat("$dir/fine.vmcs"))[1], $before, '... the very file');
	is($fmt->('--check', 'messy.vmcs', 'fine.vmcs')->{status}, 0, 'fmt --check: then all is');
}

# A spec with its words moved about means what it meant.
sub mess_up
{
	my ($text) = @_;

	$text =~ s/^\t+//mg;
	$text =~ s/^((?:[^"#\n]|"(?:[^"\\\n]|\\.)*")*)/$1 =~ s,  +, ,gr/mge;
	return $text =~ s/^([^#\n].*\{)$/$1\n\n/mgr =~ s/$/ \t/mgr;
}

my $spec = root() . '/spec';
my @spec = map { s{.*/}{}r } glob("$spec/*.vmcs");
my $json = sub {
	my ($dir) = @_;

	ok_run({ dir => "$dir" }, vmcsgen(), 'gen', '-s', 'vmcs.vmcs', '-o', 'out', '-t',
	       root() . '/templates');
	return slurp("$dir/out/vmcs.json");
};

{
	my $dir = tempdir();

	spew("$dir/$_", mess_up(slurp("$spec/$_"))) for @spec;
	symlink("$spec/frozen", "$dir/frozen") or die $!;
	my $messy_json = $json->($dir);
	ok(slurp("$dir/$_") ne slurp("$spec/$_"), "$_ is messed up") for @spec;
	ok_run({ dir => "$dir" }, vmcsgen(), 'fmt', '-i', @spec);
	ok($json->($dir) eq $messy_json, 'fmt does not change what the spec means');
	ok(slurp("$dir/$_") eq slurp("$spec/$_"), "$_ is as it was before") for @spec;
}

is(run(vmcsgen(), 'fmt', '--check', $_)->{status}, 0, "$_ is in canonical form")
	for map { glob(root() . "/$_") } 'spec/*.vmcs', 'tests/specs/*.vmcs';

done_testing();
