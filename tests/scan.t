#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Which revision an image is of: an image of each, as a hypervisor fills it in, is made, and is
# ranked among those with its id.  And pages in a memory image, which `vmcsgen decode --scan` finds.
use strict;
use warnings;
no warnings 'portable';

use FindBin;
use lib "$FindBin::Bin/lib";
use Blobs;
use JSON::PP ();
use Pairs;
use Test::More;
use Vmcsgen;

my $spec = read_json(spec_json_file());
my %kinds = map { $_->{name} => $_ } @{ $spec->{fields} };
my %words = map { $_->{word} => $_ } @{ $spec->{controls} };

# What a hypervisor may have in a field; never 0, so that it shows where it does not belong.
sub plausible
{
	my ($name) = @_;
	my $field = $kinds{$name};

	if ($words{$name}) {
		my $number = hex($words{$name}{default1} // 0);

		$number |= 1 << $_->{bit} for @{ $words{$name}{bits} };
		return $number;
	}
	return 0x10 if $name =~ /^host_.*selector$/;
	return ~0 if $name eq 'vmcs_link_pointer';
	return 0xa09b if $name =~ /_ar_bytes$/;
	return 0x80050033 if $name =~ /_cr0$/;
	return 0x26f0 if $name =~ /_cr4$/;
	return 0x202 if $name eq 'guest_rflags';
	return 1 if $name =~ /^guest_(?:activity_state|interruptibility_info)$/;
	return 0x10123405e if $name eq 'ept_pointer';
	return 0x80000b0e if $name =~ /intr_info|idt_vectoring_info/;
	return 0x30 if $name eq 'vm_exit_reason';
	return 0xffff888012345678 if $field->{width} =~ /natural/;
	return 0x123456000 if $field->{width} =~ /64/;
	return $field->{width} =~ /16/ ? 0x1b3f : 0x11223344;
}

sub filled
{
	my ($revision, %but) = @_;

	return image($revision, (map { $_->{name} => plausible($_->{field}) }
				 grep { $_->{field} && !$_->{pad} } members($revision)), %but);
}

sub fits
{
	my ($image, @options) = @_;
	my $result = try($image, 'decode', '--format=json', @options);
	my $page = JSON::PP->new->utf8->decode($result->{out});

	return ($page->{images}[0], $result->{err});
}

# Whether each byte that @revision has a member of its own for is in a member of @other.
sub holds
{
	my ($other, $revision) = @_;
	my %in = map { my $member = $_; map { $_ => 1 } $member->{offset} .. $member->{offset} + bytes_of($member) - 1 }
		grep { !$_->{pad} } members($other);

	return !grep { !$in{$_} } map { my $member = $_; $member->{offset} .. $member->{offset} + bytes_of($member) - 1 }
		grep { $_->{field} && !$_->{pad} } members($revision);
}

my %told;
for my $revision (map { revisions($_) } qw(vmcs12 evmcs)) {
	my ($image, $messages) = fits(filled($revision));
	my @fits = @{ $image->{fits} };
	my @best = map { $_->{revision} } grep { !@{ $_->{misfits} } } @fits;
	my %best = map { $_ => 1 } @best;

	ok($best{$revision}, "$revision: an image of it fits") or diag(explain([map { @{ $_->{misfits} } } grep { $_->{revision} eq $revision } @fits]));
	is_deeply([@best], [map { $_->{revision} } @fits[0 .. $#best]], "$revision: what fits is first");
	is_deeply([grep { !holds($_, $revision) } @best], [], "$revision: what fits has all of its bytes");
	is($image->{fits}[0]{revision}, $best[0]);
	$told{$revision} = [sort grep { $_ ne $revision } @best];
	if ($best{ $image->{revision} }) {
		is($messages, '', "$revision: nothing is said");
	} else {
		like($messages, qr{^vmcsgen: warning: standard input, page 1, byte 0: \Q$best[0]\E fits better than \Q$image->{revision}\E, where .* \(misfits: \d+, not \d+\)\n\z},
		     "$revision: it is said that another fits better");
	}
}
# Where nothing can tell: what is built on the revision, without taking anything from it.
is_deeply(\%told, {
	'evmcs/linux-4.17' => ['evmcs/linux-6.1', 'evmcs/tlfs-2021', 'evmcs/tlfs-2022', 'evmcs/tlfs-5.0',
				'evmcs/tlfs-6.0'],
	'evmcs/linux-5.0' => [],
	'evmcs/linux-6.1' => ['evmcs/tlfs-2021', 'evmcs/tlfs-2022'],
	'evmcs/tlfs-2021' => ['evmcs/linux-6.1', 'evmcs/tlfs-2022'],
	'evmcs/tlfs-2022' => ['evmcs/linux-6.1', 'evmcs/tlfs-2021'],
	'evmcs/tlfs-5.0' => ['evmcs/linux-4.17', 'evmcs/linux-6.1', 'evmcs/tlfs-2021', 'evmcs/tlfs-2022',
				'evmcs/tlfs-6.0'],
	'evmcs/tlfs-6.0' => ['evmcs/linux-6.1', 'evmcs/tlfs-2021', 'evmcs/tlfs-2022'],
	'vmcs12/evmcs-first' => [],
	'vmcs12/linux-3.10' => [],
	'vmcs12/linux-4.0' => ['vmcs12/linux-4.18'],
	'vmcs12/linux-4.14' => [],
	'vmcs12/linux-4.18' => [],
	'vmcs12/linux-6.1' => ['vmcs12/linux-7.3'],
	'vmcs12/linux-7.3' => [],
	'vmcs12/rfc-2017' => [],
}, 'which others fit as well');

# One that is named is checked.
{
	my $image = filled('vmcs12/linux-6.1');
	my (undef, $messages) = fits($image, '--from', 'vmcs12/linux-6.1');

	is($messages, '', 'the right one');
	(undef, $messages) = fits($image, '--from', 'vmcs12/linux-4.14');
	like($messages, qr{^vmcsgen: warning: standard input, page 1, byte 0: vmcs12/linux-\S+ fits better than vmcs12/linux-4.14, where \w+ .* \(misfits: 0, not \d+\)\n\z}, 'a wrong one');
	(undef, $messages) = fits(filled('vmcs12/linux-6.1', host_es_selector => 3), '--from', 'vmcs12/linux-6.1');
	is($messages, "vmcsgen: warning: standard input, page 1, byte 0: this may not be vmcs12/linux-6.1: host_es_selector has an RPL or TI (misfits: 1)\n", 'a misfit of the right one');
	(undef, $messages) = fits(filled('vmcs12/linux-6.1', host_es_selector => 3));
	is($messages, '', 'nothing fits better');
}

# What is a misfit, by itself.
my @MISFITS = (
	[host_cs_selector => 4, 'has an RPL or TI'], [host_cs_selector => 8], [guest_cs_selector => 3],
	[host_rip => 0x0123000000000000, 'is not canonical'], [host_rip => 0xff00000000000000], [host_rip => 0x00ffffffffffffff],
	[host_rip => 0xfe00000000000000, 'is not canonical'], [host_rip => 0x0100000000000000, 'is not canonical'],
	[guest_gs_base => 0x8000000000000000, 'is not canonical'], [guest_rsp => 0x8000000000000000],
	[guest_sysenter_eip => 0x8000000000000000, 'is not canonical'],
	[host_ia32_sysenter_esp => 0x8000000000000000, 'is not canonical'],
	[msr_bitmap => 0x1234, 'is not the address of a page'], [msr_bitmap => 0x10000000000000, 'is not the address of a page'],
	[msr_bitmap => 0xffffffffff000], [vm_exit_msr_load_addr => 0x1008, 'is not the address of a list of MSRs'], [vm_exit_msr_load_addr => 0x1010],
	[apic_access_addr => 1, 'is not the address of a page'], [virtual_apic_page_addr => 1, 'is not the address of a page'],
	[vmcs_link_pointer => 0x1001, 'is not the address of a page'], [vmcs_link_pointer => 0x1000],
	[vmcs_link_pointer => 0xffffffffffffffff], [guest_ss_ar_bytes => 0x100, 'has reserved bits'],
	[guest_ss_ar_bytes => 0x20000, 'has reserved bits'], [guest_ss_ar_bytes => 0x1c0ff],
	[guest_activity_state => 4, 'is not an activity state'], [guest_activity_state => 3],
	[guest_interruptibility_info => 0x20, 'has reserved bits'], [guest_rflags => 0x10, 'lacks bit 1'], [guest_rflags => 2],
	[guest_rflags => 0x8002, 'has reserved bits'], [guest_cr0 => 1 << 32, 'has reserved bits'],
	[host_cr4 => 1 << 63, 'has reserved bits'], [vm_exit_reason => 0x10030, 'has reserved bits'], [vm_exit_reason => 0x80000021],
	[vm_entry_intr_info_field => 0x80001000, 'has reserved bits'], [vm_entry_intr_info_field => 0x1000],
	[ept_pointer => 0x101e, undef], [ept_pointer => 0x1007, 'is not an EPT pointer'], [ept_pointer => 0x10101e | 1 << 9, 'is not an EPT pointer'],
	[pin_based_vm_exec_control => 0x100, 'has reserved bits'], [pin_based_vm_exec_control => 0x3f],
);
for my $misfit (@MISFITS) {
	my ($field, $value, $says) = @$misfit;
	my ($image) = fits(image('vmcs12/linux-7.3', $field => $value));
	my ($fit) = grep { $_->{revision} eq 'vmcs12/linux-7.3' } @{ $image->{fits} };

	is_deeply($fit->{misfits}, [defined $says ? "$field $says" : ()], sprintf('%s 0x%x', $field, $value));
}
is_deeply([map { @{ $_->{misfits} } } grep { $_->{revision} eq 'vmcs12/linux-7.3' } @{ (fits(image('vmcs12/linux-7.3', 4095 => 'z')))[0]{fits} }],
	  ['what follows the last member is not 0'], 'bytes after the last member');

#
# Memory
#

my %alive = (vmcs_link_pointer => ~0, host_cr0 => 0x80050033, host_rip => 0xffffffff81000000,
	     guest_rflags => 2, pin_based_vm_exec_control => 0x3f);

sub scanned
{
	my ($memory, @options) = @_;
	my $result = try($memory, 'decode', '--scan', @options);

	return join('', grep { !/^ +\d+ +\d+  .* 0x0+(?:  |$)/ } split(/^/, $result->{out})) . $result->{err} . "status $result->{status}\n";
}

is(scanned("\xee" x 8192 . image('vmcs12/rfc-2017', %alive) . "\0" x 4096 . image('vmcs12/rfc-2017') .
	   pack('V', 1) . "\xab" x 4092 . substr(image('vmcs12/rfc-2017', %alive), 0, 4095)), <<'END', 'pages');
page at 0x00002000: vmcs12/rfc-2017, id 0x0c9e6f16, likely
  the link pointer is none
  the host's CR0 has PE and PG
  the host's RIP is canonical
  the guest's RFLAGS have bit 1
  the pin-based controls have the bits that are always 1
  vmcs12/rfc-2017: 0 misfits
     0     4  hdr                                        0x0c9e6f16          revision_id=0xc9e6f16
    40     8  host_cr0                       0x00006c00  0x0000000080050033  pe, mp, et, ne, wp, am, pg
    80     8  host_rip                       0x00006c16  0xffffffff81000000
    92     4  pin_based_vm_exec_control      0x00004000  0x0000003f          pin_based_ext_intr_mask, bit 1, bit 2, pin_based_nmi_exiting, bit 4, pin_based_virtual_nmis
   416     8  vmcs_link_pointer              0x00002800  0xffffffffffffffff  none
   776     8  guest_rflags                   0x00006820  0x0000000000000002  fixed
page at 0x00004000: vmcs12/rfc-2017, id 0x0c9e6f16, unlikely: it holds little else than its id
page at 0x00005000: evmcs/linux-5.0, version 1, unlikely: host_es_selector has an RPL or TI (misfits: 67)
vmcsgen: warning: standard input: the last 4095 bytes are not a whole page
status 0
END
# An odd place is none.
is(scanned("\0" x 8 . image('vmcs12/rfc-2017', %alive) . "\0" x 4088), "vmcsgen: error: standard input has no page with the id of a revision\nstatus 3\n", 'not aligned');
is(scanned(''), "vmcsgen: error: standard input has no page with the id of a revision\nstatus 3\n", 'nothing');
like(try('', 'decode', '--scan=some')->{err}, qr/^vmcsgen: --scan is alone or --scan=all, not 'some'\n/, 'another word');
like(scanned(image('vmcs12/rfc-2017'), '--scan=all'), qr/^page at 0x00000000: .*, unlikely: it holds little else than its id\n     0     4  hdr/, 'unlikely, but asked for');
like(scanned(image('vmcs12/linux-7.3', %alive), '--from=vmcs12/linux-4.14'), qr{^page at 0x00000000: vmcs12/linux-4.14, id}, 'one that is named');
# Text is memory, too.
like(scanned('x' x 4096), qr/has no page/, 'text');

# Several buffers long, from a pipe, with a page in each, and as JSON.
{
	my $memory = '';
	my @at = map { $_ * 0xff000 } 0 .. 4;

	for my $at (@at) {
		$memory .= "\0" x ($at - length($memory)) . image('vmcs12/rfc-2017', %alive);
	}
	my $result = run({ dir => root(), stdin => $memory }, 'sh', '-c', 'cat | exec "$@"', 'sh', vmcsgen(), 'decode', '--scan', '--format=json');
	my $reader = JSON::PP->new->utf8;
	my @pages;

	$reader->incr_parse($result->{out});
	while (defined(my $page = $reader->incr_parse())) {
		push @pages, $page;
	}
	is_deeply([map { $_->{at} } @pages], [@at], 'pages of a large file');
	is_deeply([map { [$_->{revision}, $_->{likely} ? 1 : 0, $_->{reason}, scalar(@{ $_->{signs} })] } @pages],
		  [map { ['vmcs12/rfc-2017', 1, '', 5] } @at], 'what is said of them');
	my ($rip) = grep { $_->{name} eq 'host_rip' } @{ $pages[4]{members} };
	is($rip->{value}, '0xffffffff81000000', 'a member of the last one');
}

done_testing();
