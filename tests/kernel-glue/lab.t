#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The boot lab without a kernel: what it reads on a serial line, the image that it
# makes, its watchdog over an emulator that only plays back, and its messages.
use strict;
use warnings;

use Fcntl qw(:flock);
use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../../kernel-glue/lab/lib";
use Test::More;
use Vmcsgen;

use Lab::Emulator ();
use Lab::Known ();
use Lab::Serial ();

my $lab = root() . '/kernel-glue/lab';
my $dir = tempdir();

#
# The serial line
#

# What a serial line with these programs comes to, a line a second.  The last
# values say how the boot ended, if not by the last marker.
my %known = ('kernel/known.c parse' => 'two reasons', 'kernel/k2.c f' => 'another');

sub rows
{
	my ($programs, $text, @stop) = @_;
	my $serial = Lab::Serial->new(model => 'm', programs => $programs, program_timeout => 60,
				      known => \%known);
	my $second = 0;

	$serial->line($_, ++$second) for split(/\n/, $text);
	$serial->stop(@stop ? @stop : ('LOST', 'the emulator ended'), $second + 1);
	return join('', $serial->tsv);
}

my $head = "program\tmodel\tresult\tseconds\tguest_seconds\treason\n";
my $boot = "(boot)\tm\tPASS\t2.00\t1.50\t\n";

is(rows(['a', 'b 1 2', 'c', 'd', 'e', 'f'], <<'END'), $head . $boot . <<'END', 'each way to end');
[    0.000000] Linux version
@@START 1.50
@@BEGIN 1 1.60
no newline at its end@@END 1 0 1.70
@@BEGIN 2 2.00
ok 1 # SKIP - Requirement not met: foo
@@END 2 4 2.10
@@BEGIN 3 2.20
==== Test Assertion Failure ====
  x86_64/c.c:85: x == y
  pid=1 tid=1 errno=0 - Success
@@END 3 254 2.50
@@BEGIN 4 3.00
@@END 4 139 3.00
@@BEGIN 5 4.00
@@END 5 137 64.00
@@BEGIN 6 65.00
@@END 6 137 66.00
@@DONE 66.10
END
a	m	PASS	1.00	0.10	
b 1 2	m	SKIP	2.00	0.10	Requirement not met: foo
c	m	FAIL	4.00	0.30	exit status 254: x86_64/c.c:85: x == y
d	m	FAIL	1.00	0.00	signal 11
e	m	TIMEOUT	1.00	60.00	killed after 60 guest seconds
f	m	FAIL	1.00	1.00	signal 9
END

is(rows(['a', 'b', 'c'], <<'END', 'HANG', 'no end'), $head . $boot . <<'END', 'a hang');
[    0.000000] Linux version
@@START 1.50
@@BEGIN 1 1.60
@@END 1 0 1.70
@@BEGIN 2 2.00
waiting for an interrupt
END
a	m	PASS	1.00	0.10	
b	m	HANG	2.00		no end
c	m	LOST			never began
END

is(rows(['a', 'b'], <<'END'), $head . $boot . <<'END', 'a panic in a program');
[    0.000000] Linux version
@@START 1.50
@@BEGIN 1 1.60
[    1.65] Oops: Oops: 0000 [#1] SMP
[    1.70] Kernel panic - not syncing: Fatal exception
[    1.70] ---[ end Kernel panic - not syncing: Fatal exception ]---
END
a	m	PANIC	2.00		Kernel panic - not syncing: Fatal exception
b	m	LOST			never began
END

is(rows(['a'], <<'END'), $head . $boot . <<'END', 'a panic after the last program');
[    0.000000] Linux version
@@START 1.50
@@BEGIN 1 1.60
@@END 1 0 1.70
@@DONE 1.80
[    1.90] Kernel panic - not syncing: Fatal exception in interrupt
END
a	m	PANIC	1.00	0.10	Kernel panic - not syncing: Fatal exception in interrupt
END

is(rows(['a'], "[    0.1] Kernel panic - not syncing: VFS\n"), $head . <<'END', 'a panic at boot');
(boot)	m	PANIC	1.00		Kernel panic - not syncing: VFS
a	m	LOST			never began
END

is(rows(['a', 'b', 'c'], <<'END'), $head . <<'END', 'complaints belong to what ran, or ran last');
[    0.000000] WARNING: CPU: 0 PID: 1 at kernel/x.c:57 parse+0x52/0x85
@@START 1.50
@@BEGIN 1 1.60
[    1.61] WARNING: arch/x86/kvm/x.c:1 at f+0x1/0x2, CPU#0: a/1
[    1.62] BUG: sleeping function called from invalid context
@@END 1 0 1.70
@@BEGIN 2 1.80
@@END 2 0 1.90
[    1.95] BUG: a late one
@@BEGIN 3 2.00
[    2.01] WARNING: CPU: 0 PID: 9 at kernel/y.c:5 y+0x5/0x8
@@END 3 1 2.10
END
(boot)	m	WARN	2.00	1.50	WARNING: at kernel/x.c:57 parse
a	m	WARN	3.00	0.10	WARNING: arch/x86/kvm/x.c:1 at f, CPU#0: a/1
b	m	WARN	1.00	0.10	BUG: a late one
c	m	FAIL	2.00	0.10	exit status 1
END

is(rows(['a'], <<'END'), $head . <<'END', 'what is known to be warned of at boot');
[    0.000000] WARNING: CPU: 0 PID: 1 at kernel/known.c:57 parse+0x52/0x85
[    0.000001] WARNING: kernel/k2.c:5 at f+0x1/0x2, CPU#0: swapper/0
@@START 1.50
@@BEGIN 1 1.60
[    1.61] WARNING: CPU: 0 PID: 1 at kernel/known.c:57 parse+0x52/0x85
@@END 1 0 1.70
@@DONE 1.80
END
(boot)	m	PASS	3.00	1.50	parse of kernel/known.c warns: two reasons
a	m	WARN	2.00	0.10	WARNING: at kernel/known.c:57 parse
END

for my $other ('CPU: 0 PID: 1 at kernel/other.c:7 parse+0x1/0x2',
	       'CPU: 0 PID: 1 at kernel/known.c:7 other+0x1/0x2') {
	my $complaint = $other =~ s/CPU: 0 PID: 1 |\+0x.*//gr;

	is(rows([], "WARNING: CPU: 0 PID: 1 at kernel/known.c:57 parse+0x52/0x85\nWARNING: $other\n"
		    . "\@\@START 1.50\n\@\@DONE 1.60\n"),
	   "$head(boot)\tm\tWARN\t3.00\t1.50\tWARNING: $complaint\n", "what isn't: $complaint");
}

is(rows(['a', 'b', 'c', 'd'], <<'END'), $head . $boot . <<'END', 'lost markers');
[    0.000000] Linux version
@@START 1.50
@@BEGIN 1 1.60
@@EN[    1.7] a kernel's message 1 0 1.70
@@BEGIN 2 1.80
@@END 2 0 1.90
@@END 3 0 2.10
@@BEGIN 4 2.20
@@END 2 0 2.30
@@END 4 
END
a	m	LOST			its end was not seen
b	m	PASS	1.00	0.10	
c	m	LOST			never began
d	m	LOST	3.00		the emulator ended
END

is(rows(['a', 'b'], <<'END'), $head . $boot . <<'END', 'an end that comes too late');
[    0.000000] Linux version
@@START 1.50
@@BEGIN 1 1.60
@@END 1 0 81.70
END
a	m	HANG	1.00	80.10	no end in 80 emulated seconds
b	m	LOST			never began
END

is(rows([], ''), $head . "(boot)\tm\tLOST\t1.00\t\tthe emulator ended\n", 'nothing at all');

#
# The boot, with an emulator that plays a recorded serial line
#

my $kernel = spew("$dir/bzImage", "\0" x 0x202 . 'HdrS' . "\0" x 512);
my $program = spew("$dir/programs/hello", "#!/bin/sh\necho hello\n");
chmod(0755, $program);
mkdir("$dir/bin");

sub emulator
{
	my ($script) = @_;

	spew("$dir/bin/qemu-system-x86_64", "#!/bin/sh\n$script");
	chmod(0755, "$dir/bin/qemu-system-x86_64");
}

sub boot
{
	my (@arguments) = @_;

	return run({ env => { PATH => "$dir/bin:$ENV{PATH}" } }, "$lab/boot", '--without-vmx',
		   '--directory', "$dir/run", @arguments);
}

# Wall seconds differ from run to run.
sub timeless
{
	my ($text) = @_;

	return $text =~ s/\d+\.\d s/N s/gr =~ s/^(\S.*?  [A-Z]+ +)\d+\.\d\d/$1N/gmr
		     =~ s/(\t[A-Z]+\t)\d+\.\d\d/$1N/gr;
}

emulator(<<'END');
printf '\033[H\033[J[    0.0] Linux version\r\n@@START 0.50\r\n' >&3
printf '@@BEGIN 1 0.60\r\nhello\r\n@@END 1 0 0.70\r\n' >&3
printf '@@BEGIN 2 0.80\r\n@@END 2 4 0.90\r\n@@DONE 1.00\r\n' >&3
END
my $result = boot('--file', "$dir/bzImage:/some/where", $kernel, $program, "$program  with words");
is($result->{status}, 0, 'a pass and a skip: status 0');
is($result->{err}, '', 'nothing is complained of');
is(timeless($result->{out}), <<"END", 'a line for each program, and a table');
boot ... PASS, N s
1/2 hello ... PASS, N s
2/2 hello with words ... SKIP, N s

program           result   seconds    guest  reason
(boot)            PASS        N     0.50
hello             PASS        N     0.10
hello with words  SKIP        N     0.10

log: $dir/run/log.txt
END
is(timeless(slurp("$dir/run/results.tsv")), $head . <<'END', 'results.tsv');
(boot)	qemu	PASS	N	0.50	
hello	qemu	PASS	N	0.10	
hello with words	qemu	SKIP	N	0.10	
END
is(slurp("$dir/run/log.txt") =~ s/^ +\d+\.\d\d //mgr, <<'END', 'log.txt has every line, clean');
[    0.0] Linux version
@@START 0.50
@@BEGIN 1 0.60
hello
@@END 1 0 0.70
@@BEGIN 2 0.80
@@END 2 4 0.90
@@DONE 1.00
END

# What is on the CD.
ok_run('xorriso', '-osirrox', 'on', '-indev', "$dir/run/boot.iso", '-extract', '/', "$dir/cd");
is(slurp("$dir/cd/bzImage"), slurp($kernel), 'the kernel is on the CD');
like(slurp("$dir/cd/grub.cfg"),
     qr{^linux /bzImage console=ttyS0,115200 nokaslr oops=panic panic=0 tsc=reliable tsc_early_khz=1000000\ninitrd /initrd$}m,
     'GRUB is told of it');
is(ok_run({ stdin => slurp("$dir/cd/initrd") }, 'cpio', '-t', '--quiet'), <<'END', 'the initramfs');
.
bin
bin/busybox
dev
init
lab
lab/bin
lab/bin/hello
lab/bin/poweroff-emulator
lab/programs
lab/settings
some
some/where
END
is(ok_run({ stdin => slurp("$dir/cd/initrd") }, 'cpio', '-i', '--quiet', '--to-stdout', 'lab/*s'),
   "- hello\n- hello with words\nPROGRAM_TIMEOUT=120\n", 'what is to be run');

my $iso = slurp("$dir/run/boot.iso");
utime(1, 1, $kernel, $program);
boot('--image-only', '--file', "$dir/bzImage:/some/where", $kernel, $program,
     "$program  with words");
ok(slurp("$dir/run/boot.iso") eq $iso, 'the same makes the same image');

#
# Hangs.  The emulator tells the machine's time as QEMU does: what counts is that time, and
# nothing else.
#

my $CLOCK = <<'END';
clock() {
	echo '{"return": {"tm_sec": '$(($1 % 60))', "tm_min": '$(($1 / 60))', "tm_hour": 0,' \
		'"tm_mday": 1, "tm_mon": 0, "tm_year": 100}}'
}
END

# A machine whose program says something once a second for as many seconds, and the time that
# the emulator takes for each.
sub busy
{
	my ($seconds, $pace) = @_;

	emulator("$CLOCK\n" . <<"END");
printf '\@\@START 0.50\\n\@\@BEGIN 1 0.60\\n' >&3
for second in \$(seq $seconds); do
	sleep $pace
	echo "line \$second" >&3
	clock \$second
done
printf '\@\@END 1 0 $seconds.00\\n\@\@DONE $seconds.00\\n' >&3
END
}

# What a boot comes to, without what its wall clock says, and without how long what hangs
# went on until it was ended.
sub outcome
{
	my ($result) = @_;

	return $result->{status} . ' ' .
	       timeless(slurp("$dir/run/results.tsv")) =~ s/HANG\tN\t\K\S*/N/r . $result->{err};
}

my @short = ('--program-timeout', 10, $kernel, $program);

busy(30, 0.001);
my $fast = outcome(boot(@short));
is($fast, "0 $head" . <<'END', 'a machine that comes to its end in time');
(boot)	qemu	PASS	N	0.50	
hello	qemu	PASS	N	29.40	
END
busy(30, 0.1);
is(outcome(boot(@short)), $fast, 'and one that is 100 times slower');

busy(33, 0.001);
my $late = boot(@short);
like($late->{out}, qr/\n\nhello: HANG, no end in 30 emulated seconds; its last lines:\n  line \d+\n/,
     'a program without an end, though it says something');
$late = outcome($late);
is($late, "1 $head" . <<'END', 'is a hang');
(boot)	qemu	PASS	N	0.50	
hello	qemu	HANG	N	N	no end in 30 emulated seconds
END
busy(33, 0.1);
is(outcome(boot(@short)), $late, 'on a machine that is 100 times slower, too');

# Stopped for longer than it may sleep.
emulator(<<'END');
printf '@@START 0.50\n@@BEGIN 1 0.60\n' >&3
(sleep 3; kill -CONT $$) >/dev/null 3>&1 &
kill -STOP $$
printf '@@END 1 0 0.70\n@@DONE 1.00\n' >&3
END
is(outcome(boot('--asleep', 1, @short)), "0 $head" . <<'END', 'an emulator that is stopped');
(boot)	qemu	PASS	N	0.50	
hello	qemu	PASS	N	0.10	
END

# What was said before the clock's last word counts, however late it is read.
emulator($CLOCK . <<'END');
kill -STOP $PPID
printf '@@START 0.50\n@@BEGIN 1 0.60\n' >&3
clock 29
printf '@@END 1 0 28.00\n@@DONE 29.00\n' >&3
clock 31
kill -CONT $PPID
END
is(outcome(boot(@short)), "0 $head" . <<'END', 'a lab that is late');
(boot)	qemu	PASS	N	0.50	
hello	qemu	PASS	N	27.40	
END

# The end of the line hides nothing that was said on it.
emulator("printf '\@\@START 0.50\\n\@\@DONE 0.60\\n' >&3\n");
is(outcome(boot(@short)), "1 $head" . <<'END', 'an end without its markers');
(boot)	qemu	PASS	N	0.50	
hello	qemu	LOST			its markers were not seen
END

emulator(<<'END');
printf '[    0.0] Linux version\n@@START 0.50\n@@BEGIN 1 0.60\nhello\nwaiting' >&3
echo $$ >emulator.pid
exec sleep 1000
END
$result = boot('--asleep', 1, $kernel, $program);
is($result->{status}, 1, 'an emulator that sleeps: status 1');
like($result->{out}, qr/\n\nhello: HANG, the emulator slept for 1 s; its last lines:\n  hello\n  waiting\n\n/,
     'it names the program and its last lines');
ok(!kill(0, slurp("$dir/run/emulator.pid")), 'and ends the emulator');

# Machines that come to nothing: they halt for ever, or run in circles, with interrupts off.
# A kernel is what its boot sector says, and 32-bit code at 1 MB.
sub stuck_kernel
{
	my ($loop) = @_;

	ok_run({ stdin => <<"END" }, 'gcc', '-c', '-o', "$dir/stuck.o", '-x', 'assembler', '-');
	.org 0x1f1
	.byte 1			# sectors of the part that is not run
	.org 0x1fe
	.word 0xaa55
	.org 0x202
	.ascii "HdrS"
	.word 0x20c
	.org 0x211
	.byte 1			# loaded high,
	.org 0x214
	.long 0x100000		# and entered there
	.org 0x22c
	.long 0x7fffffff	# where the initramfs may end
	.long 0x1000		# alignment
	.org 0x238
	.long 0x7ff		# length of the command line
	.org 0x400
	.code32
	cli
1:	$loop
	jmp 1b
	.fill 0x300
END
	ok_run('objcopy', '-O', 'binary', '-j', '.text', "$dir/stuck.o", "$dir/stuck");
	return "$dir/stuck";
}

for (['hlt', 'QEMU', '--without-vmx'], ['nop', 'QEMU', '--without-vmx'], ['hlt', 'Bochs']) {
	my ($loop, $emulator, @options) = @$_;
	my $result = run("$lab/boot", @options, '--directory', "$dir/stuck.boot",
			 '--program-timeout', 1, stuck_kernel($loop), $program);

	like($result->{out}, qr/^\(boot\) +HANG .* no end in 21 emulated seconds\nhello +LOST /m,
	     "$emulator: $loop for ever") or diag($result->{err});
}

# Interrupted, before or after the markers were read.
emulator(<<'END');
printf '[    0.0] Linux version\n@@START 0.50\n@@BEGIN 1 0.60\n' >&3
echo $$ >emulator.pid
kill -TERM $PPID
exec sleep 1000
END
$result = boot($kernel, $program);
is($result->{status}, 143, 'interrupted: status 143');
like($result->{out}, qr/^\S+ +LOST .* interrupted by SIGTERM$/m, 'and says so');
ok(!kill(0, slurp("$dir/run/emulator.pid")), 'and ends the emulator');

emulator("echo 'qemu-system-x86_64: error: no such machine' >&2; exit 1\n");
$result = boot($kernel, $program);
is($result->{status}, 4, 'an emulator that does not start: status 4');
is($result->{err}, "boot: the emulator did not start: qemu-system-x86_64: error: no such machine;"
   . " see emulator.out and bochs.log in $dir/run\n", 'and its own words');
ok(!-e "$dir/run/results.tsv", 'no results of an earlier boot are left');

my $bochs = Lab::Emulator::bochs("$dir/run", 'm', 64);
is(join(' ', @{ $bochs->{command} }) =~ s/ --map-root-user//r,
   'unshare --net setpriv --pdeathsig KILL bochs-bin -q -dumpstats 100 -f bochsrc -rc debugger',
   'Bochs has a network of its own, and tells the time each second');
is($bochs->{seconds}->('=== statistics dump 12300000000 ==='), 123, 'of 100 million instructions');
my $qemu = Lab::Emulator::qemu(64);
like(join(' ', @{ $qemu->{command} }), qr/ -icount shift=3,sleep=off -rtc base=\S+,clock=vm /,
     "QEMU's time is made of instructions");
is($qemu->{seconds}->('{"return": {"tm_sec": 3, "tm_min": 2, "tm_hour": 1, "tm_mday": 1, "tm_mon": 0,'
		      . ' "tm_year": 100}}'), 3723, 'and its clock is read');
like(slurp("$dir/run/bochsrc"), qr/^clock: sync=none, time0=\d+$/m,
     'and time made of instructions');
is(Lab::Emulator::bochs_cmdline('corei7_skylake_x'),
   'tsc=reliable tsc_early_khz=100000 clearcpuid=avx512f', 'what a model needs');

# L1's serial line decides whether programs/l1 passes, and its markers are not L0's.
sub l1
{
	my ($text) = @_;

	spew("$dir/l1.txt", $text);
	emulator("cat $dir/l1.txt\n");
	$result = run({ env => { PATH => "$dir/bin:$ENV{PATH}" } }, 'sh', "$lab/programs/l1");
	return "$result->{status} $result->{out}";
}

my $evmcs = "[    1.9] kvm_intel: Using Hyper-V Enlightened VMCS\n";
is(l1("$evmcs\@\@BEGIN 1 1.00\n\@\@END 1 0 1.10\n"), "0 ${evmcs}L1 BEGIN 1 1.00\nL1 END 1 0 1.10\n",
   'L1 that uses the enlightened VMCS, and runs its guests');
is(l1("\@\@END 1 0 1.10\n"), "1 L1 END 1 0 1.10\nnot ok 1 L1 does not use the enlightened VMCS\n",
   'L1 that uses another VMCS');
is(l1("$evmcs\@\@END 1 1 1.10\n"),
   "1 ${evmcs}L1 END 1 1 1.10\nnot ok 2 the guests of L1 did not run to their end\n",
   'L1 whose guests fail');

#
# Messages
#

sub refused
{
	my ($name, $status, $message, @command) = @_;
	my $result = run(@command);

	is("$result->{status} $result->{out}$result->{err}", "$status $message\n", $name);
}

my $dynamic = "$dir/dynamic";
die if compile(source => "int main(void) { return 0; }\n", output => $dynamic)->{status};
chmod(0644, spew("$dir/plain", "x\n"));
spew("$dir/other/hello", "#!/bin/sh\n");
chmod(0755, "$dir/other/hello");

refused('no kernel', 2, 'boot: a kernel is wanted; see boot --help', "$lab/boot");
refused('a kernel that is not there', 3, "boot: $dir/none: no such kernel; \"make kernel\" builds"
	. ' one', "$lab/boot", "$dir/none");
refused('a file that is not a kernel', 3, "boot: $dir/plain: not a bzImage", "$lab/boot", "$dir/plain");
refused('an option that is not', 2, 'boot: unknown option: no-such; see boot --help', "$lab/boot",
	'--no-such');
refused('a time that is not a number of seconds', 2, "boot: --asleep wants a number of at least 1, not '0'",
	"$lab/boot", '--asleep', 0, $kernel);
refused('a program that is not there', 3, "boot: $dir/none: no such program", "$lab/boot", $kernel,
	"$dir/none");
refused('a file that is not a program', 3, "boot: $dir/plain: not an executable file", "$lab/boot",
	$kernel, "$dir/plain");
refused('a dynamic program', 3, "boot: $dynamic needs /lib64/ld-linux-x86-64.so.2, which is not in"
	. ' the image; link the program with -static', "$lab/boot", $kernel, $dynamic);
refused('two programs of one name', 3, "boot: $dir/other/hello and $program have the same name;"
	. ' rename one of them', "$lab/boot", $kernel, $program, "$dir/other/hello");
refused('a trace of nothing', 2, 'boot: --trace none: no such program is run', "$lab/boot",
	'--trace', 'none', $kernel, $program);
refused('a file that is not there', 3, "boot: $dir/none: no such file", "$lab/boot", '--file',
	"$dir/none", $kernel);
refused('a place without a slash', 2, "boot: --file $kernel:x: the place in the image must begin"
	. ' with a slash', "$lab/boot", '--file', "$kernel:x", $kernel);
refused('two emulators', 2, 'boot: --model is for Bochs, --without-vmx for QEMU: give one of them',
	"$lab/boot", '--model', 'x', '--without-vmx', $kernel);
like(run("$lab/boot", '--model', 'none', $kernel)->{err},
     qr/\Aboot: Bochs has no CPU model none; it has .*\bcorei7_haswell_4770\b/,
     'a model that is not');
refused('no tools', 4, 'boot: missing: cpio (package cpio), find (package findutils), gcc (package'
	. ' gcc), grub-mkimage (package grub-common), strip (package binutils), xorriso (package'
	. ' xorriso); "make deps" installs all that is needed',
	{ env => { PATH => "$dir/bin" } }, $^X, "$lab/boot", $kernel);
open(my $lock, '>', "$dir/run/lock") or die "$dir/run/lock: $!\n";
flock($lock, LOCK_EX) or die "$dir/run/lock: $!\n";
refused('a folder in use', 4, "boot: another boot runs in $dir/run; name another --directory",
	"$lab/boot", '--without-vmx', '--directory', "$dir/run", $kernel);
refused('no folder', 4, "boot: $kernel: File exists", "$lab/boot", '--without-vmx',
	'--directory', "$kernel/x", $kernel);

refused('selftests without a tree', 2, 'selftests: usage: selftests TREE OUTPUT', "$lab/selftests");
refused('selftests of a tree that is not there', 3, "selftests: $dir/none: no such tree; \"make"
	. ' kernel" makes it', "$lab/selftests", "$dir/none", "$dir/out");
refused('selftests of no kernel', 3, "selftests: $dir is not a kernel's source tree: it has no"
	. ' tools/testing/selftests/kvm', "$lab/selftests", $dir, "$dir/out");
refused('the stack without a kernel', 2,
	'stack: usage: stack [OPTION...] BZIMAGE; the options are those of boot', "$lab/stack");
refused('the stack of a kernel that is not there', 3, "stack: $dir/none: no such kernel; \"make"
	. ' kernel" builds one', "$lab/stack", "$dir/none");

#
# interrupts-on.cocci
#

# A tree whose library starts its guests in the given ways.
sub kvm_tree
{
	my ($vcpu, $l2) = @_;
	my $kvm = "$dir/tree/tools/testing/selftests/kvm/lib/x86";

	spew("$kvm/processor.c", "void vcpu(void)\n{\n\tstruct kvm_regs regs;\n\n\t$vcpu\n}\n");
	spew("$kvm/vmx.c", "void l2(void)\n{\n\t$l2\n}\n");
	return $kvm;
}

my $vcpu = 'regs.rflags = regs.rflags | 0x2;';
my $kvm = kvm_tree($vcpu, 'vmwrite(GUEST_RFLAGS, 3);');
refused('a library that starts L2 otherwise', 3, "selftests: interrupts-on.cocci matches 0 times in"
	. " $kvm/vmx.c, not once; adapt it to this kernel", "$lab/selftests", "$dir/tree", "$dir/out");
$kvm = kvm_tree("$vcpu\n\t$vcpu", 'vmwrite(GUEST_RFLAGS, 2);');
refused('a library that starts vCPUs twice', 3, "selftests: interrupts-on.cocci matches 2 times in"
	. " $kvm/processor.c, not once; adapt it to this kernel", "$lab/selftests", "$dir/tree",
	"$dir/out");
kvm_tree($vcpu, 'vmwrite(GUEST_RFLAGS, 2);');
refused('a tree without a test that is known', 3, "selftests: $dir/tree/tools/testing/selftests"
	. "/kvm/x86 has none of the tests that $lab/expected names", "$lab/selftests", "$dir/tree",
	"$dir/out");

#
# Expectations
#

spew("$dir/expected", <<'END');
# a remark

a      m  PASS
b 1 2  m  SKIP  not here
a      n  PASS
END
my $good = spew("$dir/good.tsv", $head . <<'END');
(boot)	m	PASS	1.00	1.00	
a	m	PASS	1.00	1.00	
b 1 2	m	SKIP	1.00	1.00	not here
END
my $other = spew("$dir/other.tsv", $head . <<'END');
(boot)	n	PASS	1.00	1.00	f of a.c warns: why
a	n	PASS	1.00	1.00	
END
my @compare = ("$lab/compare", "$dir/expected");

is(run(@compare, $good, $other)->{status}, 0, 'all as expected: status 0');
is(run(@compare, $good, $other)->{out}, '', 'and no word');
spew("$dir/bad.tsv", $head . <<'END');
(boot)	m	WARN	1.00	1.00	WARNING: x
a	m	SKIP	1.00	1.00	not here
b 1 2	m	SKIP	1.00	1.00	not there
c	m	PASS	1.00	1.00	
END
refused('every difference is named', 1, <<'END' =~ s/\n\z//r, @compare, "$dir/bad.tsv");
(boot) on m: WARN (WARNING: x), expected PASS
a on m: SKIP (not here), expected PASS
b 1 2 on m: SKIP (not there), expected SKIP (not here)
c on m: PASS, not expected
(boot) on n: was not run, expected PASS
a on n: was not run, expected PASS
END

refused('a later boot hides no earlier one', 1, 'a on m: SKIP (not here), expected PASS',
	@compare, $good, $other, spew("$dir/early.tsv", $head . "a\tm\tSKIP\t1.00\t1.00\tnot here\n"),
	$good);
refused('compare without results', 2, 'compare: usage: compare EXPECTED RESULTS...', @compare);
refused('a file that is not results', 3, "compare: $dir/expected: not a results.tsv of boot", @compare,
	"$dir/expected");
for (['a m PASS', 'not a program, a model, a result and its reason'],
     ['a  m  GOOD', 'not a program, a model, a result and its reason'],
     ['a  m  SKIP', 'a SKIP wants its reason'],
     ['a  m  PASS|FAIL', 'a PASS|FAIL wants its reason'],
     ['a  m  FAIL|PASS  why', 'not a program, a model, a result and its reason'],
     ["a  m  PASS\na  m  PASS", 'a on m is expected twice', 2]) {
	my ($text, $message, $line) = (@$_, 1);

	spew("$dir/bad", "$text\n");
	refused($message, 3, "compare: $dir/bad:$line: $message", "$lab/compare", "$dir/bad", $good);
}

# A program passes or fails, as chance has it.
spew("$dir/chance", "a  m  PASS|FAIL  late\n");
for (['PASS', '', 0, ''], ['FAIL', 'late', 0, ''],
     ['FAIL', 'early', 1, "a on m: FAIL (early), expected PASS|FAIL (late)\n"],
     ['SKIP', 'late', 1, "a on m: SKIP (late), expected PASS|FAIL (late)\n"]) {
	my ($did, $why, $status, $said) = @$_;
	my $results = spew("$dir/chance.tsv", $head . "(boot)\tm\tPASS\t1.00\t1.00\t\n" .
						      "a\tm\t$did\t1.00\t1.00\t$why\n");
	my $result = run("$lab/compare", "$dir/chance", $results);

	is("$result->{status} $result->{out}", "$status $said", "PASS|FAIL allows: $did $why");
}

# Kernels call a program differently: the line with its names stands for the one that ran.
spew("$dir/named", "(boot)  m  PASS\nnew|old  m  PASS\nnow|then  m  SKIP  not here\n");
for my $names (['new', 'then'], ['old', 'now']) {
	my ($first, $second) = @$names;
	my $of = sub { spew("$dir/named.tsv", $head . join('', "(boot)\tm\tPASS\t1.00\t1.00\t\n", @_)) };
	my @compare_named = ("$lab/compare", "$dir/named");

	my $same = run(@compare_named, $of->("$first\tm\tPASS\t1.00\t1.00\t\n",
					     "$second\tm\tSKIP\t1.00\t1.00\tnot here\n"));
	is("$same->{status} $same->{out}$same->{err}", '0 ', "$first and $second are expected");
	refused("$first fails, and neither name of another ran", 1,
		join("\n", sort "$first on m: FAIL (why), expected PASS",
		     'now|then on m: was not run, expected SKIP (not here)'),
		@compare_named, $of->("$first\tm\tFAIL\t1.00\t1.00\twhy\n"));
	refused("$second is given, and has another result", 1, <<"END" =~ s/\n\z//r,
new|old on m: was not run, expected PASS
$second on m: PASS, expected SKIP (not here)
END
		@compare_named, $of->("$second\tm\tPASS\t1.00\t1.00\t\n"));
}

#
# Which selftests a kernel's list names
#

my $select = "$dir/lab/select";
ok_run('mkdir', '-p', "$dir/lab/expected", "$dir/built");
ok_run('cp', '-r', "$lab/select", "$lab/lib", "$dir/lab");
spew("$dir/lab/expected/9.8.txt", "# a remark\nb  m  PASS\nnew|old  m  PASS  # why\nc  n  SKIP  not here\n");
spew("$dir/lab/expected/9.10.txt", "a  m  PASS\n");
spew("$dir/built/$_", '') for qw(a b old);

sub selects
{
	my ($title, $out, $err, @arguments) = @_;
	my $result = run($select, @arguments);

	is("$result->{status} $result->{out}$result->{err}", "0 $out$err", $title);
}

selects('the tests of a list, in its order', "$dir/built/b\n$dir/built/old\n", '', '9.8', 'm', "$dir/built");
selects('a release takes the list of its version', "$dir/built/b\n$dir/built/old\n", '', '9.8.3', 'm',
	"$dir/built");
spew("$dir/lab/expected/9.8.3.txt", "a  m  PASS\n");
selects('or its own', "$dir/built/a\n", '', '9.8.3', 'm', "$dir/built");
unlink("$dir/lab/expected/9.8.3.txt");
selects('what has none takes the newest', "$dir/built/a\n",
	"no list for Linux 9.9.1: what $dir/lab/expected/9.10.txt says is expected\n", '9.9.1', 'm', "$dir/built");
spew("$dir/built/new", '');
selects('of two names the first', "$dir/built/b\n$dir/built/new\n", '', '9.8', 'm', "$dir/built");
unlink(map { "$dir/built/$_" } qw(b old new));
refused('tests that were not built', 3,
	"select: $dir/built lacks tests that $dir/lab/expected/9.8.txt selects: b new|old",
	$select, '9.8', 'm', "$dir/built");
refused('a model without a test', 3, "select: $dir/lab/expected/9.8.txt selects no test for the model x",
	$select, '9.8', 'x', "$dir/built");
refused('select without a folder', 2, 'select: usage: select VERSION MODEL FOLDER', $select, '9.8', 'm');
ok_run('rm', '-r', "$dir/lab/expected");
refused('no list', 3, "select: $dir/lab/expected has no list", $select, '9.8', 'm', "$dir/built");

#
# kvm-unit-tests
#

refused('unit-tests without a guest', 2,
	'unit-tests: usage: unit-tests [OPTION...] BZIMAGE GUEST [ARGUMENT...]; the options are those of boot',
	"$lab/unit-tests", "$lab/boot");
refused('a guest that is not there', 3, "unit-tests: $dir/vmx.flat: no such file", "$lab/unit-tests",
	"$lab/boot", "$dir/vmx.flat");

# What the guest says decides how its run ends; a QEMU of ours says it.
{
	my $bin = "$dir/bin";
	my $ends = sub {
		my ($says) = @_;

		ok_run('mkdir', '-p', $bin);
		spew("$bin/qemu-system-x86_64", "#!/bin/sh\ncat <<'END'\n${says}END\n");
		chmod(0755, "$bin/qemu-system-x86_64");
		my $result = run({ env => { PATH => "$bin:$ENV{PATH}" } }, 'sh', "$lab/programs/unit-tests");
		return "$result->{status} $result->{out}" =~ s/^(\d) \Q$says\E/$1 /r;
	};

	is($ends->("PASS: a\nSUMMARY: 1 tests\n"), '0 ', 'all tests pass');
	is($ends->("SUMMARY: 2 tests, 1 skipped\n"), '0 ', 'some are skipped');
	is($ends->("FAIL: a\nSUMMARY: 2 tests, 1 unexpected failures\n"),
	   "1 not ok 2 some tests failed unexpectedly\n", 'one fails');
	is($ends->("PASS: a\n"), "1 not ok 1 the guest did not come to its end\n", 'it ends early');
}

#
# Known warnings
#

# boot reads the list next to it.
sub refused_list
{
	my ($text, $message) = @_;
	my $path = spew("$dir/known", $text);

	refused($message, 3, "-e: $path:$message", $^X, "-I$lab/lib", '-MLab::Known', '-e',
		'Lab::Known::read_known(shift)', $path);
}

refused_list("# x\na.c  f\n", '2: not a file, a function and a reason');
refused_list("a.c  f g  why\n", '1: not a file, a function and a reason');
refused_list("a.c  f  why\n\na.c  f  why not\n", '3: f of a.c is known twice');
is_deeply(Lab::Known::read_known(spew("$dir/known", "# x\na.c  f\twhy  so\n")),
	  { 'a.c f' => 'why  so' }, 'what a list says');
like((values %{ Lab::Known::read_known("$lab/known-warnings.txt") })[0], qr/^Bochs runs one CPU/,
     'the list can be read');

for my $list (glob("$lab/expected/*.txt")) {
	my $name = $list =~ s{.*/}{}r;

	is(run("$lab/compare", $list, $good)->{err}, '', "expected/$name can be read");
}

done_testing();
