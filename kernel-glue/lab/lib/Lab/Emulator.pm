# SPDX-License-Identifier: GPL-2.0-only
#
# The emulators: Debian's Bochs, which has VMX, and QEMU's TCG, which hasn't but
# boots the same image.  They run in the folder that has boot.iso, and write their
# serial line to file descriptor 3.
package Lab::Emulator;

use strict;
use warnings;

use Fcntl qw(F_SETFD);
use POSIX ();

use Lab;

use constant DEFAULT_MODEL => 'corei7_haswell_4770';

# What a kernel has to be told on a model: Bochs' XSAVE area of AVX-512 is not
# as large as the kernel computes it, and the kernel warns.
my %CMDLINE = (
	corei7_skylake_x => 'clearcpuid=avx512f',
);

# Instructions a second of guest time, all that its clocks count.
my $IPS = 100_000_000;

my $BIOS = '/usr/share/bochs/BIOS-bochs-latest';
my $VGA = '/usr/share/bochs/VGABIOS-lgpl-latest';

sub check_bochs
{
	my ($model) = @_;

	need('bochs-bin' => 'bochs', $BIOS => 'bochsbios', $VGA => 'bochs',
	     unshare => 'util-linux', setpriv => 'util-linux');
	my (undef, $text) = command_output('bochs-bin', '--help', 'cpu');
	my @models = $text =~ /^([a-z]\w+)$/mg;
	bad_input("Bochs has no CPU model $model; it has " . join(', ', @models))
		if !grep { $_ eq $model } @models;
}

sub check_qemu { need('qemu-system-x86_64' => 'qemu-system-x86', setpriv => 'util-linux') }

# The kernel would measure the TSC against timers that the emulator runs as it
# likes; KVM turns its preemption timer off when the two disagree.
sub bochs_cmdline
{
	my ($model) = @_;

	return join(' ', 'tsc=reliable', 'tsc_early_khz=' . $IPS / 1000, $CMDLINE{$model} // ());
}

# Time is made of instructions alone (sync=none), from a fixed date, so that
# what a guest measures is the same in every run.
sub bochsrc
{
	my ($model, $memory) = @_;

	return <<"END";
config_interface: textconfig
display_library: rfb, options="timeout=0"
romimage: file=$BIOS
vgaromimage: file=$VGA
cpu: model=$model, count=1, ips=$IPS, reset_on_triple_fault=0, ignore_bad_msrs=1
memory: guest=$memory, host=$memory
clock: sync=none, time0=946684800
pci: enabled=1, chipset=i440fx
ata0-master: type=cdrom, path=boot.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=/dev/fd/3
log: bochs.log
sound: driver=dummy, waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
panic: action=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
END
}

# The display that Debian has without a screen, rfb, listens on every address:
# it gets a network of its own, in which nobody else is.
sub bochs
{
	my ($directory, $model, $memory) = @_;
	my @user = $> == 0 ? () : '--map-root-user';

	spew("$directory/bochsrc", bochsrc($model, $memory));
	spew("$directory/debugger", "continue\n");
	return ('unshare', '--net', @user, 'setpriv', '--pdeathsig', 'KILL',
		'bochs-bin', '-q', '-f', 'bochsrc', '-rc', 'debugger');
}

sub qemu
{
	my ($memory) = @_;

	return ('setpriv', '--pdeathsig', 'KILL',
		'qemu-system-x86_64', '-nodefaults', '-no-user-config', '-display', 'none',
		'-accel', 'tcg', '-cpu', 'max', '-m', $memory, '-cdrom', 'boot.iso', '-no-reboot',
		'-serial', 'file:/dev/fd/3', '-device', 'isa-debug-exit,iobase=0xf4,iosize=4');
}

# Start an emulator in its run folder.  Returns its process id and its serial
# line, which ends when the emulator does.
sub start
{
	my ($directory, @command) = @_;

	pipe(my $serial, my $line) or cannot("pipe: $!");
	my $pid = fork() // cannot("fork: $!");
	if (!$pid) {
		@SIG{qw(HUP INT TERM)} = ('DEFAULT') x 3;
		setpgrp(0, 0);
		chdir($directory) && open(STDIN, '<', '/dev/null') &&
			open(STDOUT, '>', 'emulator.out') && open(STDERR, '>&', \*STDOUT) &&
			(fileno($line) == 3 ? fcntl($line, F_SETFD, 0)
					    : POSIX::dup2(fileno($line), 3))
			or POSIX::_exit(126);
		exec { $command[0] } @command or POSIX::_exit(127);
	}
	return ($pid, $serial);
}

sub stop
{
	my ($pid) = @_;

	kill('KILL', -$pid) or kill('KILL', $pid);
	waitpid($pid, 0);
}

1;
