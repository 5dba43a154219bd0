#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# `vmcsgen decode`: random images of every revision by what `layout` and out/vmcs.json
# say of it, a saved state to the letter, and what is refused.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Blobs;
use JSON::PP ();
use Pairs;
use Test::More;
use Vmcsgen;

my $spec = read_json(spec_json_file());
my $dir = tempdir();

# The same bytes each time that this is run.
my $seed = 1;

sub random_byte
{
	$seed = ($seed * 1103515245 + 12345) & 0x7fffffff;
	return $seed >> 16 & 0xff;
}

sub random_bytes { return pack('C*', map { random_byte() } 1 .. $_[0]) }

sub decoded
{
	my ($input, @options) = @_;
	my $result = try($input, 'decode', '--format=json', @options);

	# What random bytes are not like, scan.t tests.
	is(join('', grep { !/^vmcsgen: warning: .*misfits/ } split(/^/, $result->{err})), '', 'no other message');
	is($result->{status}, 0, 'exit status');
	return JSON::PP->new->utf8->incr_parse($result->{out});
}

#
# Every member of every revision
#

my %control_words = map { $_->{word} => { map { $_->{bit} => $_->{name} } @{ $_->{bits} } } }
	@{ $spec->{controls} };
my %groups = map { $_->{name} => { map { $_->{bit} => $_->{name} } @{ $_->{groups} // [] } } }
	@{ $spec->{layouts} };

# The number in bytes of which the lowest is the first, in hexadecimal.
sub number { return '0x' . unpack('H*', scalar(reverse($_[0]))) }

sub bits_of
{
	my ($bytes) = @_;
	my @bits = split(//, unpack('b*', $bytes));

	return grep { $bits[$_] } 0 .. $#bits;
}

# The names of bits, or their numbers; three or more that follow each other are one item.
sub named
{
	my ($names, @bits) = @_;
	my $text = join(', ', map { $names->{$_} // "bit $_" } @bits);

	for my $first (0 .. 61) {
		for my $last (reverse $first + 2 .. 63) {
			my $run = join(', ', map { "bit $_" } $first .. $last);
			$text =~ s/\b$run\b/bits $first to $last/;
		}
	}
	return split(/, /, $text);
}

# The names of what is set in a member.
sub set_in
{
	my ($layout, $member, $bytes) = @_;
	my $names = $control_words{ $member->{field} // '' };

	$names = $groups{$layout} if $layout eq 'evmcs' && $member->{name} eq 'hv_clean_fields';

	return named($names, bits_of($bytes)) if $names;
	return grep { defined } map {
		my $bits = substr(unpack('b*', $bytes), $_->{bit}, $_->{width});
		my $value = oct('0b' . reverse($bits));

		!$value ? undef : $_->{width} == 1 ? $_->{name} :
			sprintf('%s=0x%x', $_->{name}, $value);
	} @{ $member->{bits} // [] };
}

# What of a pad is printed: lines of bytes that are not all 0.
sub pad_lines
{
	my ($image, $name, $offset, $end) = @_;
	my @lines;

	while ($offset < $end) {
		my $stop = $offset - $offset % 16 + 16;

		$stop = $end if $stop > $end;
		my $bytes = substr($image, $offset, $stop - $offset);
		push @lines, { name => $name, offset => $offset, size => $stop - $offset,
			       pad => JSON::PP::true, value => unpack('H*', $bytes) }
			if $bytes =~ /[^\0]/;
		$offset = $stop;
	}
	return @lines;
}

sub member_lines
{
	my ($revision, $image, $member, $clean) = @_;
	my ($layout) = split(m{/}, $revision);
	my $end = $member->{offset} + bytes_of($member);

	return pad_lines($image, $member->{name}, $member->{offset}, $end) if $member->{pad};
	my $bytes = substr($image, $member->{offset}, $member->{size});
	my %line = (name => $member->{name}, offset => $member->{offset}, size => $member->{size},
		    value => number($bytes));
	my @set = set_in($layout, $member, $bytes);

	$line{set} = [@set] if @set;
	$line{encoding} = $member->{encoding} if defined $member->{encoding};
	if (defined $member->{group}) {
		my %clean = map { ($groups{$layout}{$_} // $_) => 1 } @$clean;

		$line{group} = $member->{group};
		$line{clean} = $member->{group} eq 'any' ? @$clean >= 16 : $clean{$line{group}};
		$line{clean} = $line{clean} ? JSON::PP::true : JSON::PP::false;
	}
	return \%line;
}

sub image_lines
{
	my ($revision, $image) = @_;
	my $layout = layout_json($revision);
	my ($word) = grep { $_->{name} eq 'hv_clean_fields' && $layout->{layout} eq 'evmcs' }
		members($revision);
	my @clean = $word ? grep { $_ < 16 } bits_of(substr($image, $word->{offset}, 4)) : ();

	return map({ member_lines($revision, $image, $_, \@clean) } @{ $layout->{members} }),
		pad_lines($image, '', $layout->{size}, 4096);
}

for my $revision (map { revisions($_) } qw(evmcs vmcs12)) {
	my $image = image($revision, 4 => random_bytes(4092));
	my ($page, @more) = decoded($image, '--from', $revision);

	is_deeply([@more], [], "$revision: one page");
	# What values mean, values.t tests.
	delete $_->{means} for @{ $page->{images}[0]{members} };
	is($page->{images}[0]{revision}, $revision, "$revision: its name");
	is_deeply($page->{images}[0]{members}, [image_lines($revision, $image)],
		  "$revision: its members");
}

# A member of all groups is clean if all of them are.
{
	my $revision = 'evmcs/linux-6.1';
	my $image = image($revision, hv_clean_fields => 0xffff);
	my ($page) = decoded($image, '--from', $revision);

	delete $_->{means} for @{ $page->{images}[0]{members} };
	is_deeply($page->{images}[0]{members}, [image_lines($revision, $image)],
		  'all groups are clean');
	my @any = grep { ($_->{group} // '') eq 'any' } @{ $page->{images}[0]{members} };
	cmp_ok(scalar(@any), '>', 0, 'there is such a member');
	is_deeply([grep { !$_->{clean} } @any], [], 'it is clean');
}

#
# The header, as the kernel's own declares it
#

my $source = <<'END';
#include <stdio.h>
#include <asm/kvm.h>

int main(void)
{
	static union {
		struct kvm_nested_state state;
		char bytes[sizeof(struct kvm_nested_state)];
	} blob = { .state = {
		.flags = KVM_STATE_NESTED_GUEST_MODE | KVM_STATE_NESTED_RUN_PENDING |
			 KVM_STATE_NESTED_EVMCS | KVM_STATE_NESTED_MTF_PENDING |
			 KVM_STATE_NESTED_GIF_SET | 0x8000,
		.format = KVM_STATE_NESTED_FORMAT_VMX,
		.size = sizeof(blob),
		.hdr.vmx = {
			.vmxon_pa = 0x1000, .vmcs12_pa = 0x2000,
			.smm.flags = KVM_STATE_NESTED_SMM_GUEST_MODE | KVM_STATE_NESTED_SMM_VMXON,
			.flags = KVM_STATE_VMX_PREEMPTION_TIMER_DEADLINE | 2,
			.preemption_timer_deadline = 0x123456789,
		},
	} };

	blob.bytes[127] = 1;
	return fwrite(&blob, 1, sizeof(blob), stdout) != sizeof(blob) || fflush(stdout);
}
END
my $result = compile(output => "$dir/header", source => $source,
		     flags => ['-Wall', '-Wextra', '-Werror']);
is($result->{err}, '', 'a program that includes the kernel\'s header');
my $header = ok_run("$dir/header");
my $text = join('', map { <<"END" } [1, 0], [2, 128]);
state $_->[0] at byte $_->[1], 128 bytes
     0     2  flags                                  0x810f              guest_mode, run_pending, evmcs, mtf_pending, gif_set, bit 15
     2     2  format                                 0x0000
     4     4  size                                   0x00000080
     8     8  vmxon_pa                               0x0000000000001000
    16     8  vmcs12_pa                              0x0000000000002000
    24     2  smm.flags                              0x0003              guest_mode, vmxon
    28     4  vmx.flags                              0x00000003          preemption_timer_deadline, bit 1
    32     8  preemption_timer_deadline              0x0000000123456789
   112    16                                         00000000000000000000000000000001
END
is(try($header . $header, 'decode')->{out}, $text, 'two headers');

my ($state, @more) = decoded($header);
is_deeply([@more], [], 'one document');
is_deeply([map { [@$_{qw(name value)}] } @{ $state->{header} }], [
	[flags => '0x810f'], [format => '0x0000'], [size => '0x00000080'],
	[vmxon_pa => '0x0000000000001000'], [vmcs12_pa => '0x0000000000002000'],
	['smm.flags' => '0x0003'], ['vmx.flags' => '0x00000003'],
	[preemption_timer_deadline => '0x0000000123456789'],
	['' => '00000000000000000000000000000001'],
], 'its header in JSON');
is_deeply($state->{images}, [], 'it has no image');

#
# The text
#

# The lines in which something is not 0.
sub text
{
	my ($input, @options) = @_;
	my $result = try($input, 'decode', @options);

	is(join('', grep { !/^vmcsgen: warning: .*misfits/ } split(/^/, $result->{err})), '', 'no other message');
	is($result->{status}, 0, 'exit status');
	return join('', grep { !/ 0x0+(?:  |$)/ } split(/^/, $result->{out}));
}

my $plain = image('vmcs12/linux-6.1', guest_rip => 0xfff0, exception_bitmap => 3,
		  pin_based_vm_exec_control => 0x57, 950 => 'abc', 4095 => 'z');
my $shadow = image('vmcs12/linux-6.1', 0 => pack('V', 0x91e57ed0));
is(text(state($plain, $shadow)), <<'END', 'a state with two images');
state 1 at byte 0, 8320 bytes
     4     4  size                                   0x00002080
     8     8  vmxon_pa                               0x0000000000001000
    16     8  vmcs12_pa                              0x0000000000002000
image 1 of it at byte 128: vmcs12/linux-7.3, id 0x11e57ed0
     0     4  hdr                                        0x11e57ed0          revision_id=0x11e57ed0
   544     8  guest_rip                      0x0000681e  0x000000000000fff0
   744     4  pin_based_vm_exec_control      0x00004000  0x00000057          pin_based_ext_intr_mask, bit 1, bit 2, bit 4, pin_based_vmx_preemption_timer
   752     4  exception_bitmap               0x00004004  0x00000003
   944    16  padding32                                  00000000000061626300000000000000
  4080    16                                             0000000000000000000000000000007a
image 2 of it at byte 4224: vmcs12/linux-7.3, id 0x11e57ed0, shadow
     0     4  hdr                                        0x91e57ed0          revision_id=0x11e57ed0, shadow_vmcs
END
my @from = ('--from', 'vmcs12/linux-4.14');
is(try(image('vmcs12/linux-4.0') . $plain, 'decode', @from)->{err}, <<'END', 'a misfit of the one that is named');
vmcsgen: warning: standard input, page 2, byte 4096: this may not be vmcs12/linux-4.14: paddingl is not 0 (misfits: 2)
END
is(text(image('vmcs12/linux-4.0') . $plain, @from), <<'END', 'another of its id');
page 1 at byte 0: vmcs12/linux-4.14, id 0x11e57ed0
     0     4  revision_id                                0x11e57ed0
page 2 at byte 4096: vmcs12/linux-4.14, id 0x11e57ed0
     0     4  revision_id                                0x11e57ed0
   544     8  guest_idtr_base                0x00006818  0x000000000000fff0
   736    16  paddingl                                   00000000000000005700000000000000
   752    16  paddingl                                   03000000000000000000000000000000
   948     4  host_ia32_sysenter_cs          0x00004c00  0x62610000
   952     4  vmx_preemption_timer_value     0x0000482e  0x00000063
  4080    16                                             0000000000000000000000000000007a
END

my $page = image('evmcs/tlfs-2022', hv_clean_fields => 0x8005, io_bitmap_a => 0x1000,
		 msr_bitmap => 0x2000, hv_enlightenments_control => 2, vm_exit_reason => 12,
		 cpu_based_vm_exec_control => 4,
		 guest_rip => 0x3000);
is(text($page), <<'END', 'an enlightened VMCS');
page 1 at byte 0: evmcs/tlfs-2022, version 1
     0     4  revision_id                                0x00000001
   104     8  io_bitmap_a                    0x00002000  0x0000000000001000  io_bitmap (clean)
   120     8  msr_bitmap                     0x00002004  0x0000000000002000  msr_bitmap
   692     4  vm_exit_reason                 0x00004402  0x0000000c          readonly  hlt
   788     4  cpu_based_vm_exec_control      0x00004002  0x00000004          control_proc  cpu_based_intr_window_exiting
   816     8  guest_rip                      0x0000681e  0x0000000000003000  always
   824     4  hv_clean_fields                            0x00008005          io_bitmap, control_grp2, enlightenmentscontrol
   836     4  hv_enlightenments_control                  0x00000002          msr_bitmap
END
is(text($page, '--names=tlfs'), <<'END', 'with Microsoft\'s names');
page 1 at byte 0: evmcs/tlfs-2022, version 1
     0     4  VersionNumber                            0x00000001
   104     8  IoBitmapA                    0x00002000  0x0000000000001000  io_bitmap (clean)
   120     8  MsrBitmap                    0x00002004  0x0000000000002000  msr_bitmap
   692     4  ExitReason                   0x00004402  0x0000000c          readonly  hlt
   788     4  ProcessorControls            0x00004002  0x00000004          control_proc  cpu_based_intr_window_exiting
   816     8  GuestRip                     0x0000681e  0x0000000000003000  always
   824     4  CleanFields                              0x00008005          io_bitmap, control_grp2, enlightenmentscontrol
   836     4  EnlightenmentsControl                    0x00000002          msr_bitmap
END

# Arrays have a line for each element, and a control has any of 64 bits.
my $odd = spew("$dir/odd.vmcs", <<'END');
fields {
	0x2018  vm_function_control
}
controls vm_function_control {
	63  vmfunc_last
}
layout a {
	struct  a
	size    64
	align   packed
}
revision a/first {
	source  "here"
	id      0x1234
	u32 revision_id
	u16 pair[2]
	vm_function_control
}
layout b {
	struct  b
	size    8192
	align   packed
}
revision b/large {
	source  "here"
	id      0x5678
	u32 revision_id
	pad u32[1023] padding
	vm_function_control
}
END
my $image = pack('VvvQ<', 0x80001234, 1, 2, 1 << 63) . "\0" x 4080;
is(text($image, '-s', $odd), <<'END', 'an odd revision');
page 1 at byte 0: a/first, id 0x00001234, shadow
     0     4  revision_id                      0x80001234
     4     2  pair[0]                          0x0001
     6     2  pair[1]                          0x0002
     8     8  vm_function_control  0x00002018  0x8000000000000000  vmfunc_last
END

#
# What is refused
#

sub is_refused
{
	my ($input, $message, $status, @arguments) = @_;
	my $result = try($input, 'decode', @arguments);

	is($result->{err}, "vmcsgen: $message\n", "refused: $message");
	is($result->{status}, $status, 'exit status');
	is($result->{out}, '', 'nothing on standard output');
}

is_refused('', 'error: standard input is empty', 3);
is_refused("\0" x 4096, 'error: standard input, page 1, byte 0: 0x00000000 is not a ' .
	   'revision\'s id, and 0 is not a state\'s size', 3);
is_refused(substr($plain, 0, 4095), 'error: standard input, page 1, byte 4095: the file ends ' .
	   'here, after 4095 of 4096 bytes', 3);
is_refused(pack('V', 0x5678), 'error: standard input, state 1, byte 4: the file ends here, ' .
	   'after 4 of 128 bytes', 3, '-s', $odd);
is_refused(pack('VV', 0x5678, 0), 'error: standard input, page 1, byte 0: an image of ' .
	   'b/large does not fit a page', 3, '-s', $odd);
is_refused('', "error: cannot open '$dir/none': No such file or directory", 3, "$dir/none");
is_refused($plain, 'error: decode has no format \'csv\'', 2, '--format=csv');
is_refused($plain, 'error: the spec has no revision \'vmcs12/none\'; \'vmcsgen list\' prints those ' .
	   'that it has', 3, '--from=vmcs12/none');
{
	my $result = try($header . "\0" x 4095 . "\1", 'decode');

	is($result->{status}, 3, 'a page that is none after a state');
	like($result->{out}, qr/\Astate 1 at byte 0, 128 bytes\n(?: .*\n)+\z/, 'the state is printed');
}
{
	my $result = run({ dir => root(), stdin => $plain }, 'sh', '-c',
			 'exec "$@" >/dev/full', 'sh', vmcsgen(), 'decode');
	is($result->{err}, "vmcsgen: cannot write to standard output: No space left on device\n",
	   'a full disk');
	is($result->{status}, 4, 'exit status');
}

done_testing;
