# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's QEMU as a program of the guest, which runs an L1 on the KVM that is tested: the files
# that it needs, and where the lab's image has them.
package Lab::Qemu;

use strict;
use warnings;

use Lab;

my $QEMU = '/usr/bin/qemu-system-x86_64';

# What QEMU reads before its guest's first instruction.
my %FIRMWARE = (
	'/usr/share/seabios/bios-256k.bin' => 'seabios',
	'/usr/share/qemu/linuxboot_dma.bin' => 'qemu-system-data',
	'/usr/share/qemu/multiboot_dma.bin' => 'qemu-system-data',
	'/usr/share/qemu/kvmvapic.bin' => 'qemu-system-data',
);

sub check { need($QEMU => 'qemu-system-x86', %FIRMWARE) }

# The program, its shared libraries and the dynamic linker by the names that they are asked for,
# and the firmware in /l1, as path and place.
sub files
{
	return (map({ $_ => $_ } $QEMU, must_run('ldd', $QEMU) =~ m{(/\S+) \(0x}g),
		map({ $_ => s{.*/}{/l1/}r } keys %FIRMWARE));
}

1;
