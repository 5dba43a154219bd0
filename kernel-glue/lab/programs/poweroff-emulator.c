// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turn the emulator off.  The lab's kernels have no ACPI, so that the emulators'
 * own ports are used: Bochs reads "Shutdown" from 0x8900, and QEMU has its
 * isa-debug-exit device at 0xf4.
 */
#include <stdio.h>
#include <sys/io.h>

int main(void)
{
	if (iopl(3)) {
		perror("poweroff-emulator: iopl (CONFIG_X86_IOPL_IOPERM)");
		return 1;
	}
	for (const char *c = "Shutdown"; *c; c++)
		outb(*c, 0x8900);
	outb(0, 0xf4);
	return 1;
}
