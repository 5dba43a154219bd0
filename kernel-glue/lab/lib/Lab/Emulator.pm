# SPDX-License-Identifier: GPL-2.0-only
#
# The emulators: Debian's Bochs, which has VMX, and QEMU's TCG, which hasn't but
# boots the same image.  They run in the folder that has boot.iso, and write their
# serial line to file descriptor 3.
#
# In both, time is made of instructions and of nothing else, and both tell it: Bochs
# prints it once a second of it, QEMU answers when it is asked for its clock.
package Lab::Emulator;

use strict;
use warnings;

use Fcntl qw(F_SETFD);
use IO::Handle ();
use POSIX ();
use Time::HiRes qw(time);
use Time::Local qw(timegm);

use Lab;

use constant DEFAULT_MODEL => 'corei7_haswell_4770';

# What a kernel has to be told on a model: Bochs' XSAVE area of AVX-512 is not
# as large as the kernel computes it, and the kernel warns.
my %CMDLINE = (
	corei7_skylake_x => 'clearcpuid=avx512f',
);

# Instructions a second of guest time, all that Bochs' clocks count.  In QEMU one takes
# 2^3 ns, and the TSC counts nanoseconds.
my $IPS = 100_000_000;
my $QEMU_TSC_KHZ = 1_000_000;

# When a machine is turned on.
my $DATE = 946684800;
my $QEMU_DATE = '2000-01-01T00:00:00';

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

sub qemu_cmdline { return "tsc=reliable tsc_early_khz=$QEMU_TSC_KHZ" }

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
clock: sync=none, time0=$DATE
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

#
# Machines: hashes of a command; of what it prints, the lines that are its clock's and the
# emulated seconds that such a line tells; and what asks for such a line, if it must be.
#

# The display that Debian has without a screen, rfb, listens on every address:
# it gets a network of its own, which it shares with no other program.
sub bochs
{
	my ($directory, $model, $memory) = @_;
	my @user = $> == 0 ? () : '--map-root-user';

	spew("$directory/bochsrc", bochsrc($model, $memory));
	spew("$directory/debugger", "continue\n");
	return {
		command => ['unshare', '--net', @user, 'setpriv', '--pdeathsig', 'KILL', 'bochs-bin',
			    '-q', '-dumpstats', $IPS / 1_000_000, '-f', 'bochsrc', '-rc', 'debugger'],
		clock => qr/^=== statistics dump/,
		seconds => sub { $_[0] =~ /dump (\d+) ===$/ ? $1 / $IPS : undef },
	};
}

# The clock on QEMU's board.
sub qemu_seconds
{
	my ($line) = @_;
	my %tm = $line =~ /"tm_(\w+)": (\d+)/g;
	my @date = @tm{qw(sec min hour mday mon year)};

	return @date == grep({ defined } @date) ? timegm(@date) - $DATE : undef;
}

sub qemu
{
	my ($memory) = @_;

	return {
		command => ['setpriv', '--pdeathsig', 'KILL', 'qemu-system-x86_64', '-nodefaults',
			    '-no-user-config', '-display', 'none', '-accel', 'tcg', '-cpu', 'max',
			    '-m', $memory, '-cdrom', 'boot.iso', '-no-reboot',
			    '-icount', 'shift=3,sleep=off', '-rtc', "base=$QEMU_DATE,clock=vm",
			    '-qmp', 'stdio', '-serial', 'file:/dev/fd/3',
			    '-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
		clock => qr/^\{"(?:QMP|return)"/,
		seconds => \&qemu_seconds,
		greeting => qq({"execute": "qmp_capabilities"}\n),
		question => qq({"execute": "qom-get", "arguments": ) .
			    qq({"path": "/machine", "property": "rtc-time"}}\n),
	};
}

#
# An emulator that runs
#

sub become
{
	my ($directory, $command, $stdin, $stdout, $line) = @_;

	@SIG{qw(HUP INT TERM)} = ('DEFAULT') x 3;
	setpgrp(0, 0);
	chdir($directory) && open(STDIN, '<&', $stdin) && open(STDOUT, '>&', $stdout) &&
		open(STDERR, '>&', \*STDOUT) &&
		(fileno($line) == 3 ? fcntl($line, F_SETFD, 0) : POSIX::dup2(fileno($line), 3))
		or POSIX::_exit(126);
	exec { $command->[0] } @$command or POSIX::_exit(127);
}

# Start a machine in its run folder.  Both its serial line and what the emulator says end
# when the emulator does.
sub start
{
	my ($class, $directory, $machine) = @_;
	my $self = bless { %$machine, now => 0, asked => 0, left => '' }, $class;

	pipe($self->{serial}, my $line) && pipe($self->{says}, my $stdout) &&
		pipe(my $stdin, $self->{orders}) or cannot("pipe: $!");
	open($self->{out}, '>', "$directory/emulator.out")
		or cannot("$directory/emulator.out: $!");
	$self->{out}->autoflush(1);
	$self->{pid} = fork() // cannot("fork: $!");
	if (!$self->{pid}) {
		close($self->{orders});
		become($directory, $self->{command}, $stdin, $stdout, $line);
	}
	# Who never asks has nothing more to say either.
	$self->{question} ? $self->order($self->{greeting}) : close($self->{orders});
	return $self;
}

sub order
{
	my ($self, $order) = @_;
	local $SIG{PIPE} = 'IGNORE';	# it may have ended

	syswrite($self->{orders}, $order);
}

# Ask what time it is, not more often than each second.  A clock that runs by itself isn't
# asked.
sub ask
{
	my ($self) = @_;

	return if !$self->{question} || time - $self->{asked} < 1;
	$self->{asked} = time;
	$self->order($self->{question});
}

# Read what the emulator says; all but its clock goes to emulator.out.  Returns whether
# there may be more.
sub listen
{
	my ($self) = @_;

	sysread($self->{says}, $self->{left}, 65536, length($self->{left})) or return 0;
	while ($self->{left} =~ s/^([^\n]*)\n//) {
		my $line = $1 =~ s/\r$//r;

		if ($line =~ $self->{clock}) {
			$self->{now} = $self->{seconds}->($line) // $self->{now};
		} else {
			print { $self->{out} } "$line\n";
		}
	}
	return 1;
}

# The emulated seconds since the machine was turned on, as far as they were told.
sub now { return $_[0]{now} }

# Whether all of the emulator sleeps: it has nothing to do, and isn't just kept from it.
sub asleep
{
	my ($self) = @_;

	for my $stat (glob("/proc/$self->{pid}/task/*/stat")) {
		open(my $file, '<', $stat) or next;
		return 0 if (<$file> // '') !~ /^.*\) [SI] /;
	}
	return 1;
}

# End it, if it hasn't.
sub stop
{
	my ($self) = @_;

	kill('KILL', -$self->{pid}) or kill('KILL', $self->{pid});
	waitpid($self->{pid}, 0);
	print { $self->{out} } $self->{left};
	close($self->{out}) or cannot("emulator.out: $!");
}

1;
