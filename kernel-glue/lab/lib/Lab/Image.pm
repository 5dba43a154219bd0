# SPDX-License-Identifier: GPL-2.0-only
#
# The boot medium: a CD with GRUB, a kernel, and an initramfs that holds busybox,
# programs/init and what is to be run.
package Lab::Image;

use strict;
use warnings;

use File::Basename qw(basename dirname);
use File::Copy qw(copy);
use File::Path qw(remove_tree);

use Lab;

my $HERE = dirname(dirname(dirname(__FILE__)));
my $GRUB = '/usr/lib/grub/i386-pc';

sub check_tools
{
	need('grub-mkimage' => 'grub-common', "$GRUB/linux.mod" => 'grub-pc-bin',
	     xorriso => 'xorriso', cpio => 'cpio', find => 'findutils',
	     '/bin/busybox' => 'busybox-static', gcc => 'gcc', strip => 'binutils');
	cannot('/bin/busybox is not static; install the package busybox-static')
		if defined interpreter('/bin/busybox');
}

# A program without its debug information: the emulator reads every byte of the
# image, and a selftest's are nine tenths of it.
sub install_program
{
	my ($from, $to) = @_;

	make_folder(dirname($to));
	if (is_elf($from)) {
		must_run('strip', '-o', $to, $from);
	} else {
		copy($from, $to) or cannot("$to: $!");
	}
	chmod(0755, $to);
}

sub install_file
{
	my ($from, $to) = @_;

	make_folder(dirname($to));
	copy($from, $to) or cannot("$from to $to: $!");
	chmod((stat($from))[2] & 07777, $to);
}

# A program runs only if the dynamic linker that it names is in the image, too.
sub check_program
{
	my ($path, $files) = @_;

	bad_input("$path: no such program") if !-f $path;
	bad_input("$path: not an executable file") if !-x $path;
	return if !is_elf($path);
	my $needs = interpreter($path) // return;
	bad_input("$path needs $needs, which is not in the image; link the program with -static")
		if !grep { $_ eq $needs } values %$files;
}

# The tree below / of the machine.  Programs are hashes: path, command, trace.
sub make_root
{
	my ($root, $programs, $files, $program_timeout) = @_;

	make_folder("$root/$_") for 'bin', 'dev', 'lab/bin';
	install_file('/bin/busybox', "$root/bin/busybox");
	install_file("$HERE/programs/init", "$root/init");
	must_run('gcc', '-O2', '-Wall', '-Wextra', '-Werror', '-static', '-s', '-o',
		 "$root/lab/bin/poweroff-emulator", "$HERE/programs/poweroff-emulator.c");
	install_program($_->{path}, "$root/lab/bin/" . basename($_->{path})) for @$programs;
	install_file($_, $root . $files->{$_}) for sort keys %$files;
	spew("$root/lab/settings", "PROGRAM_TIMEOUT=$program_timeout\n");
	spew("$root/lab/programs", map { ($_->{trace} ? 'trace' : '-') . " $_->{command}\n" }
	     @$programs);
}

# Everything in an image has one date, so that the same programs make the same
# image: where it lies on the CD shows in the kernel's measurements.
my $DATE = 946684800;

sub date
{
	must_run('find', $_[0], '-exec', 'touch', '-h', '-d', "\@$DATE", '{}', '+');
}

sub make_initrd
{
	my ($root, $initrd) = @_;

	date($root);
	# Uncompressed: gunzip costs the emulator more than it saves.
	must_run('sh', '-c', <<'END', 'cpio', $root, $initrd);
cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc --quiet --reproducible -R 0:0 -O "$2"
END
}

# GRUB with the few modules that it needs, and its orders inside.
sub make_cd
{
	my ($cd, $iso, $cmdline) = @_;
	local $ENV{SOURCE_DATE_EPOCH} = $DATE;		# of the CD itself

	# On the serial line, so that GRUB's complaints are in the log.
	spew("$cd/grub.cfg", <<"END");
serial --unit=0 --speed=115200
terminal_output serial
linux /bzImage $cmdline
initrd /initrd
boot
END
	must_run('grub-mkimage', "--directory=$GRUB", '-O', 'i386-pc-eltorito', '-p', '/',
		 '-c', "$cd/grub.cfg", '-o', "$cd/grub.img",
		 qw(biosdisk iso9660 linux serial terminal boot));
	date($cd);
	must_run('xorriso', '-as', 'mkisofs', '-quiet', '-o', $iso, '-b', 'grub.img',
		 '-no-emul-boot', '-boot-load-size', '4', '-boot-info-table', $cd);
}

# What the medium is made of, gone with the program however it ends.
my @scratch;

END {
	local $?;
	remove_tree(@scratch);
}

# Make boot.iso in the folder.
sub make
{
	my ($directory, %with) = @_;
	my ($root, $cd) = ("$directory/root", "$directory/cd");

	@scratch = ($root, $cd, "$directory/boot.iso.new");
	remove_tree(@scratch);
	make_folder($cd);
	make_root($root, $with{programs}, $with{files}, $with{program_timeout});
	make_initrd($root, "$cd/initrd");
	copy($with{kernel}, "$cd/bzImage") or cannot("$with{kernel}: $!");
	make_cd($cd, "$directory/boot.iso.new", $with{cmdline});
	rename("$directory/boot.iso.new", "$directory/boot.iso")
		or cannot("$directory/boot.iso: $!");
	remove_tree(@scratch);
}

1;
