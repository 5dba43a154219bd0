#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# make kernel without a kernel: its steps, its messages and the files that it leaves, with
# trees of a few files whose Makefile plays the kernel's, and glue that is one file.
use strict;
use warnings;

use Fcntl qw(:flock);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Vmcsgen;

my $top = tempdir();
my $build = "$top/build";
my $glue = "$top/kernel-glue";
my %clean = (LC_ALL => 'C',
	     map { $_ => undef } qw(CC KSRC LAYOUT CONFIG V MAKEFLAGS MFLAGS MAKELEVEL));

# Files by their names.
sub files
{
	my ($dir, %files) = @_;

	spew("$dir/$_", $files{$_}) for keys %files;
}

# What plays the kernel's make: kconfig drops CONFIG_DROPPED, and needs ACPI for HYPERV
# if drivers/hv/Kconfig says so.
my $makefile = <<'END';
kernelversion:
	@echo 9.9.1
tinyconfig:
	echo '# CONFIG_64BIT is not set' >$O/.config
olddefconfig:
	sed -i '/^CONFIG_DROPPED/d' $O/.config
	grep -q ^CONFIG_ACPI=y $O/.config || ! grep -q 'depends on ACPI' drivers/hv/Kconfig || \
		sed -i '/^CONFIG_HYPERV/d' $O/.config
	mkdir -p $O/include/config $O/arch/x86/boot $O/arch/x86/kvm/vmx
	echo 9.9.1-test >$O/include/config/kernel.release
	echo '$(MAKEFLAGS) CC=$(CC)' >$O/flags
objects := $O/arch/x86/kvm/vmx/vmx.o $O/arch/x86/kvm/vmx/nested.o
bzImage: $O/arch/x86/boot/bzImage
$O/arch/x86/boot/bzImage: $(objects)
	cat $^ >$@
$(objects): $O/%.o: %.c
	gcc -c -o $@ $<
END

sub kernel_files
{
	return (Kbuild => '', Makefile => $makefile,
		'arch/x86/kvm/vmx/vmx.c' => "int vmx;\n",
		'arch/x86/kvm/vmx/nested.c' => "int nested;\nint more;\n",
		'drivers/hv/Kconfig' => "config HYPERV\n\tbool \"Hyper-V\"\n\tdepends on X86\n" .
					"\tdepends on DROPPED && PCI\n\thelp\n\nconfig NEXT\n" .
					"\tdepends on OTHER\n");
}

# An archive like Debian's.
sub archive
{
	my ($version, %files) = @_;

	files("$top/archive/linux-source-$version", %files);
	ok_run('tar', '-C', "$top/archive", '-cJf', "$top/src/linux-source-$version.tar.xz",
	       "linux-source-$version");
	ok_run('rm', '-r', "$top/archive");
}

sub kernel
{
	my ($env, @arguments) = @_;

	# In a session of its own, where it alone can be interrupted.
	return run({ env => { %clean, SOURCES => "$top/src", B => $build, KVER => '9.9', %$env } },
		   'setsid', '-w', "$glue/kernel", @arguments ? @arguments : 'pristine');
}

# It ends with this exit status and this message, and nothing else.
sub refused
{
	my ($env, $status, $message, $title, @arguments) = @_;
	my $result = kernel($env, @arguments);

	is($result->{err}, "kernel: $message\n", $title);
	is($result->{status}, $status, "$title: exit status");
}

# It succeeds, and says these steps.
sub steps
{
	my ($env, $arguments, $steps, $title) = @_;
	my $result = kernel($env, @$arguments);
	my @said = $result->{out} =~ /^  (\w+)/gm;

	is($result->{status}, 0, "$title: exit status") or diag($result->{err}, $result->{out});
	is("@said", $steps, $title);
	return $result;
}

# A folder of programs to be found before the real ones.
sub programs
{
	my (%programs) = @_;
	my $bin = tempdir();

	for my $name (keys %programs) {
		spew("$bin/$name", $programs{$name});
		chmod(0755, "$bin/$name");
	}
	return $bin;
}

sub before { return (PATH => "$_[0]:$ENV{PATH}") }

mkdir($_) or die "$_: $!\n" for $glue, "$glue/config", "$top/src", map { "$top/$_" } qw(gen spec templates);
ok_run('cp', root() . "/kernel-glue/$_", "$glue/$_") for 'kernel', 'config/check';
files($glue, 'config/base.config' => "CONFIG_KVM=y\n", 'config/acpi.config' => "CONFIG_ACPI=y\n",
      'config/patched.config' => "CONFIG_OURS=y\n", apply => <<'END');
#!/bin/sh
set -e
! grep -q unfit "$1/arch/x86/kvm/vmx/nested.c" || { echo "apply: unfit" >&2; exit 3; }
cd "$2"
mkdir -p arch/x86/kvm/vmx/layouts
echo 'int nested;' >nested.new
cmp -s nested.new arch/x86/kvm/vmx/nested.c || cp nested.new nested.moved
rm nested.new
[ ! -e nested.moved ] || mv nested.moved arch/x86/kvm/vmx/nested.c
: >arch/x86/kvm/vmx/layouts/own.h
printf '%s\n' arch/x86/kvm/vmx/nested.c arch/x86/kvm/vmx/layouts/own.h >.vmcsgen-files
END
chmod(0755, "$glue/apply");

#
# Usage
#

my $usage = kernel({}, 'unpatched');
is($usage->{err}, "kernel: usage: kernel patched|pristine [ARGUMENT...], or kernel source|folder\n", 'an unknown tree');
is($usage->{status}, 2, 'an unknown tree: exit status');
refused({ LAYOUT => 'windows' }, 2, "LAYOUT is linux or evmcs-first, and not 'windows'",
	'an unknown layout');
refused({ REVISIONS => 'yes' }, 2, "REVISIONS is 1 or 0, and not 'yes'", 'an unknown choice');
refused({ FIXES => 'some' }, 2, "FIXES is 1 or 0, and not 'some'", 'fixes that are neither all nor none');
refused({ REVISIONS => 0, LAYOUT => 'evmcs-first' }, 2, 'LAYOUT=evmcs-first needs REVISIONS=1',
	'a layout for one revision');
refused({ CONFIG => "$top/none" }, 4, "CONFIG=$top/none: no such file", 'a missing fragment');
refused({ B => '/proc/build' }, 4, "/proc/build can't be made", 'no folder to build in');

#
# Where it builds
#

# It only says so: what is there is as it was.
sub told_folder
{
	my ($env, $expected, $title) = @_;
	my $result = kernel($env, 'folder');

	is($result->{out} . $result->{err}, "$expected\n", $title);
	is($result->{status}, 0, "$title: exit status");
}

told_folder({}, "$build/linux-9.9", 'the folder of a package');
told_folder({ KVER => '8.8' }, "$build/linux-8.8", 'the folder of another');
ok(!-e "$build/linux-9.9", 'it is not made');

#
# Debian's source
#

my $archive = "$top/src/linux-source-9.9.tar.xz";
my $dir = "$build/linux-9.9";

refused({}, 4, "$archive is missing: install the package linux-source-9.9, or run `make deps`",
	'no archive');
spew($archive, "no archive\n");
refused({}, 3, "$archive is damaged: install the package linux-source-9.9 again", 'no xz');
archive('9.9', kernel_files());
my $whole = slurp($archive);
spew($archive, substr($whole, 0, -8));
refused({}, 3, "$archive is damaged: install the package linux-source-9.9 again", 'truncated');
my $flipped = $whole;
substr($flipped, length($whole) / 2, 1) ^= 'x';
spew($archive, $flipped);
refused({}, 3, "$archive is damaged: install the package linux-source-9.9 again", 'a wrong byte');
ok(!-e "$dir/pristine" && !-e "$dir/unpacked", 'nothing of them is left');

spew($archive, $whole);
my $full = programs(df => "#!/bin/sh\necho\necho /dev/x 1 1 204800 1% /\n");
refused({ before($full) }, 4, "$dir has room for 200 MB, and 488 MB are needed", 'a full disk');
my $filled = programs(tar => <<'END');
#!/bin/sh
echo 'tar: x: Cannot write: No space left on device' >&2
exit 2
END
refused({ before($filled) }, 4, "$dir has no room left", 'a disk that fills up');

# The stand-in for tar unpacks half of it and then stops whoever called it.
my $stops = programs(tar => <<'END');
#!/bin/sh
/bin/tar "$@" --exclude='drivers'
kill -INT 0
END
my $stopped = kernel({ before($stops) }, 'pristine');
is($stopped->{status}, 130, 'an interrupted unpacking: exit status');
ok(!-e "$dir/pristine" && !-e "$dir/unpacked", 'nothing of it is left');
spew("$dir/unpacked/$_", '') for 'Kbuild', 'Makefile';	# as if killed

steps({}, ['pristine'], 'UNPACK CONFIG BUILD KERNEL', 'a first build');
my $image = "$dir/pristine/objects/arch/x86/boot/bzImage";
my $time = (stat($image))[9];
my $again = steps({}, ['pristine'], 'BUILD KERNEL', 'a second build');
like($again->{out}, qr{^  KERNEL  \Q$image\E, \d+ KB\n +Linux 9\.9\.1-test, .*\n}m, 'its image');
is((stat($image))[9], $time, 'a second build makes nothing');
utime(1, 1, $archive);
steps({}, ['pristine'], 'UNPACK CONFIG BUILD KERNEL', 'another version of the package');

archive('8.8', kernel_files(), 'arch/x86/kvm/vmx/vmcs12_layout.h' => '');
refused({ KVER => '8.8' }, 3, "$build/linux-8.8/unpacked is patched already: " .
	'it has arch/x86/kvm/vmx/vmcs12_layout.h', 'a patched archive');
ok(!-e "$build/linux-8.8/pristine", 'a patched archive: nothing is left');

#
# The glue
#

my $patched = steps({}, ['patched'], 'GLUE CONFIG BUILD KERNEL', 'a patched build');
my $objects = "$dir/patched/objects";
like($patched->{out}, qr/several revisions, struct vmcs12 as linux, 1 lines of the kernel removed, 0 added\n/,
     'what the glue has changed');
is(slurp("$dir/pristine/arch/x86/kvm/vmx/nested.c"),
   { kernel_files() }->{'arch/x86/kvm/vmx/nested.c'}, 'the pristine tree is as it was');
is((stat("$dir/pristine/Kbuild"))[1], (stat("$dir/patched/Kbuild"))[1],
   'the patched tree has links');
ok(!-e "$dir/patched/objects", 'the patched tree has no objects of the other');
is(slurp("$objects-linux/.config") =~ s/.*\n(?=CONFIG_KVM=)//r,
   "CONFIG_KVM=y\nCONFIG_OURS=y\nCONFIG_KVM_VMCS12_REVISIONS=y\n" .
   "CONFIG_KVM_INTEL_VMCS12_LINUX=y\n", 'its configuration');
steps({}, ['patched'], 'BUILD KERNEL', 'a second patched build');
steps({ LAYOUT => 'evmcs-first' }, ['patched'], 'CONFIG BUILD KERNEL', 'another layout');
like(slurp("$objects-evmcs-first/.config"), qr/^CONFIG_KVM_INTEL_VMCS12_EVMCS_FIRST=y$/m,
     'another layout: its configuration');
my $off = steps({ REVISIONS => 0 }, ['patched'], 'CONFIG BUILD KERNEL', 'one revision');
like($off->{out}, qr/ one revision, 1 lines of the kernel removed, 0 added\n/,
     'one revision: what the glue has changed');
like(slurp("$objects-off/.config"), qr/^# CONFIG_KVM_VMCS12_REVISIONS is not set$/m,
     'one revision: its configuration');
utime(1, 1, "$dir/applied") or die "$dir/applied: $!\n";
steps({}, ['patched'], 'GLUE BUILD KERNEL', 'with newer glue');
for my $source (qw(gen spec templates)) {
	ok_run('find', $glue, map({ "$top/$_" } qw(gen spec templates)), '-exec', 'touch', '-d', '2020-01-01', '{}', '+');
	steps({}, ['patched'], 'BUILD KERNEL', "with older glue and $source");
	spew("$top/$source/new", '');
	steps({}, ['patched'], 'GLUE BUILD KERNEL', "with something new in $source");
}
utime(2, 2, $archive);
steps({}, ['patched'], 'UNPACK GLUE CONFIG BUILD KERNEL', 'another package, patched');

#
# The configuration
#

my $fragment = "$top/more.config";
my %more = (CONFIG => $fragment);

spew($fragment, "CONFIG_MORE=y\n");
steps(\%more, ['pristine'], 'CONFIG BUILD KERNEL', 'a fragment');
like(slurp("$dir/pristine/objects-more/.config"), qr/^CONFIG_MORE=y$/m, 'a fragment is asked for');
steps(\%more, ['pristine'], 'BUILD KERNEL', 'a fragment, again');
spew($fragment, "CONFIG_MORE=m\n");
steps(\%more, ['pristine'], 'CONFIG BUILD KERNEL', 'a fragment that has changed');
spew($fragment, "CONFIG_KVM=m\nCONFIG_DROPPED=y\n# CONFIG_NEXT is not set\n");
refused(\%more, 3, <<'END' =~ s/\n\z//r, 'a symbol is dropped');
the kernel can't be configured as asked:
	CONFIG_DROPPED is n, not y: this kernel knows no such symbol
END
spew($fragment, "CONFIG_MORE=m\n");
steps(\%more, ['pristine'], 'CONFIG BUILD KERNEL', 'the fragment of before');
files($glue, 'config/base.config' => "CONFIG_KVM=y\nCONFIG_HYPERV=y\n");
steps({}, ['pristine'], 'CONFIG BUILD KERNEL', 'our fragment has changed');

my %acpi = kernel_files();
$acpi{'drivers/hv/Kconfig'} =~ s/X86/ACPI/;
archive('7.7', %acpi);
steps({ KVER => '7.7' }, ['pristine'], 'UNPACK CONFIG BUILD KERNEL', 'HYPERV depends on ACPI');
files($glue, 'config/acpi.config' => '');
refused({ KVER => '7.7' }, 3, <<'END' =~ s/\n\z//r, 'HYPERV depends on what it does not get');
the kernel can't be configured as asked:
	CONFIG_HYPERV is n, not y: drivers/hv/Kconfig:1 depends on ACPI, DROPPED, PCI
END

#
# The build
#

open(my $lock, '>', "$dir/lock") or die "$dir/lock: $!\n";
flock($lock, LOCK_EX) or die "$dir/lock: $!\n";
{
	local @ENV{keys %clean} = values %clean;
	local @ENV{qw(SOURCES B KVER)} = ("$top/src", $build, '9.9');

	open(my $waits, '-|', "$glue/kernel", 'pristine') or die "kernel: $!\n";
	is(<$waits>, "  WAIT    for who else builds in $dir\n", 'two at once: one waits');
	close($lock);
	like(join('', <$waits>), qr/^  KERNEL/m, 'and goes on');
	ok(close($waits), 'two at once: exit status');
}

sub own_tree
{
	my ($path, %files) = @_;

	files($path, kernel_files(), %files);
	return $path;
}

my $own = own_tree("$top/own", 'arch/x86/kvm/vmx/vmx.c' => "int vmx = nothing;\n");
my $failed = kernel({ KSRC => $own });
is($failed->{status}, 1, 'a failed build: exit status');
like($failed->{err}, qr{^arch/x86/kvm/vmx/vmx\.c:1:\d+: error: 'nothing' undeclared}m,
     'a failed build: the first error');
my ($of) = glob("$build/linux-9.9.1-*");
like($failed->{err}, qr{^kernel: the build failed; its log is \Q$of\E/pristine/objects/log\n\z}m,
     'a failed build: where its log is');

# What `make -j7 KVER=... kernel` gives, with a compiler.
steps({ MAKEFLAGS => ' -j7 --jobserver-auth=3,4 -- KVER=-j8 V=-j9', CC => 'gcc -pipe' },
      ['pristine'], 'BUILD KERNEL', 'the flags of make');
my $flags = slurp("$dir/pristine/objects/flags");
like($flags, qr/ -j7 /, 'the flags of make: -j');
unlike($flags, qr/-j[89]/, 'the flags of make: no variables');
like($flags, qr/CC=gcc -pipe$/, 'the flags of make: CC');

#
# A tree of one's own
#

refused({ KSRC => "$top/none" }, 4, "KSRC=$top/none: no such folder", 'no tree');
refused({ KSRC => "$top/src" }, 3, "$top/src is not a kernel tree: it has no Kbuild",
	'a folder that is not a tree');
files("$top/arm", Kbuild => '', Makefile => '');
refused({ KSRC => "$top/arm" }, 3, "$top/arm has no arch/x86/kvm/vmx", 'a tree without VMX');
own_tree("$top/patched", 'arch/x86/kvm/vmx/vmcs12_layout.h' => '');
refused({ KSRC => "$top/patched" }, 3, "$top/patched is patched already: " .
	'it has arch/x86/kvm/vmx/vmcs12_layout.h', 'a tree that is patched');

told_folder({ KSRC => $own }, $of, 'the folder of a tree');
told_folder({ KSRC => "$own/." }, $of, 'the folder of a tree by another path');
refused({ KSRC => "$top/none" }, 4, "KSRC=$top/none: no such folder", 'the folder of no tree', 'folder');
refused({ KSRC => "$top/src" }, 3, "$top/src is not a kernel tree: it has no Kbuild",
	'the folder of something that is not a tree', 'folder');
files($own, 'arch/x86/kvm/vmx/vmx.c' => "int vmx;\n", '.gitignore' => "*.o\n/.config\n/*\n",
      'a.o' => '', '.config' => '', 'drivers/old.c' => '');
steps({ KSRC => $own }, ['patched'], 'COPY GLUE CONFIG BUILD KERNEL', 'a tree of files');
ok(-e "$of/pristine/drivers/old.c" && !-e "$of/pristine/a.o" && !-e "$of/pristine/.config",
   'what is ignored is not copied');
unlink("$own/drivers/old.c");
utime(1, 1, "$of/patched/arch/x86/kvm/vmx/nested.c") or die "nested.c: $!\n";
files($own, 'arch/x86/kvm/vmx/vmx.c' => "int vmx, edited;\n", 'drivers/new.c' => '');
steps({ KSRC => $own }, ['patched'], 'COPY GLUE BUILD KERNEL', 'an edit');
like(ok_run('nm', "$of/patched/objects-linux/arch/x86/kvm/vmx/vmx.o"), qr/edited/, 'it is built');
is((stat("$of/patched/arch/x86/kvm/vmx/nested.c"))[9], 1, 'what the glue has made stays');
for my $tree ('pristine', 'patched') {
	ok(!-e "$of/$tree/drivers/old.c" && -e "$of/$tree/drivers/new.c",
	   "$tree has what is new, and not what is gone");
}
files($own, 'arch/x86/kvm/vmx/nested.c' => "unfit\n");
my $unfit = kernel({ KSRC => $own }, 'patched');
is($unfit->{err}, "apply: unfit\n", 'a tree that the glue does not fit');
is($unfit->{status}, 3, 'a tree that the glue does not fit: exit status');

my $git = own_tree("$top/git");
ok_run({ dir => $git }, 'git', 'init', '-q');
ok_run({ dir => $git }, 'git', 'add', '.');
files($git, 'untracked.c' => '', 'arch/x86/kvm/vmx/vmx.c' => "int vmx, uncommitted;\n");
my @find = ('find', $git, '-not', '-path', '*/.git/*', '-printf', '%p %T@\n');
my $before = ok_run(@find);
my $copied = steps({ KSRC => $git }, ['pristine'], 'COPY CONFIG BUILD KERNEL', 'a git work tree');
my ($object) = $copied->{out} =~ m{^  BUILD +(.*)$}m;
like(ok_run('nm', "$object/arch/x86/kvm/vmx/vmx.o"), qr/uncommitted/,
     'uncommitted files count');
ok(!-e "$object/../untracked.c", 'untracked files do not');
is(ok_run(@find), $before, 'the tree is as it was');
unlink("$git/drivers/hv/Kconfig");
like(kernel({ KSRC => $git })->{err}, qr{drivers/hv/Kconfig: No such file},
     'what is deleted goes');

#
# What is missing
#

my $without = tempdir();
for my $path (map { glob("$_/*") } '/usr/bin', '/bin') {
	my ($name) = $path =~ m{([^/]+)\z};

	symlink($path, "$without/$name") if $name ne 'bc' && !-e "$without/$name";
}
refused({ PATH => "$without" }, 4, 'bc is missing: install the package bc, or run `make deps`',
	'a missing tool');

done_testing();
