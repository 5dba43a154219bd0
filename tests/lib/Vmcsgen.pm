# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What the tests share: where things are, running a command, reading the
# program's tables, a kernel's sources to compare with, and compiling.
package Vmcsgen;

use strict;
use warnings;

use Cwd qw(abs_path);
use Digest::MD5 qw(md5_hex);
use Exporter qw(import);
use Fcntl qw(:flock);
use File::Basename qw(dirname);
use File::Glob ();
use File::Path qw(make_path remove_tree);
use File::Temp ();
use POSIX ();

our @EXPORT = qw(root out spec_json_file vmcsgen slurp spew glob tempdir run ok_run have parse_csv read_csv layout_csv
		 read_json kernel_versions source_versions kernel_tarball unpack_kernel kernel_flags kernel_warnings
		 compilers compile runs_here emitted);

my $ROOT = dirname(dirname(dirname(abs_path(__FILE__))));

# First the tools that `make deps` installs.  What somebody has in their place, such as pyenv's
# python3, which each spatch starts, may take longer to start than the test's own work.
$ENV{PATH} = "/usr/bin:/bin:$ENV{PATH}";

# The repository, found from this file's own place.
sub root { return $ROOT }

# What it generates for a target that takes everything, below build/: each test makes it once.
# What is committed is for targets that take less.
my $every;
sub out { return $ENV{VMCSGEN_OUT} // ($every //= make_every()) }

# What is told of the whole spec, for all programs.
sub spec_json_file { return "$ROOT/out/vmcs.json" }

# The program under test.
sub vmcsgen { return $ENV{VMCSGEN} // "$ROOT/build/vmcsgen" }

sub slurp
{
	my ($path) = @_;

	open(my $file, '<:raw', $path) or die "$path: $!\n";
	local $/;
	my $text = <$file>;
	return $text // '';
}

sub spew
{
	my ($path, @text) = @_;

	make_path(dirname($path));
	open(my $file, '>:raw', $path) or die "$path: $!\n";
	print $file @text or die "$path: $!\n";
	close($file) or die "$path: $!\n";
	return $path;
}

# The files of a pattern.  Perl's own would take a blank in a folder's name for the end of one.
sub glob { return File::Glob::bsd_glob(@_) }

# Let a folder have what others have, and nothing else.  Only files that differ are written.
sub mirror
{
	my ($to, @from) = @_;

	ok_run('rsync', '-rc', '--delete', map({ "$_/" } @from), $to);
}

# Generate for a target that takes all revisions, with templates that only tests use.
# One test does so at a time, while others may read what is the same as before.
sub make_every
{
	my $folder = "$ROOT/build/every";

	make_path($folder);
	open(my $lock, '>', "$folder/lock") or die "$folder/lock: $!\n";
	flock($lock, LOCK_EX) or die "$folder/lock: $!\n";
	spew("$folder/spec.vmcs", <<'END');
include "../../spec/vmcs.vmcs"
target every {
	memory  vmcs12/linux-7.3, vmcs12/evmcs-first, vmcs12/linux-3.*, vmcs12/linux-4.*,
			vmcs12/linux-6.*, vmcs12/rfc-*
	pages   evmcs/*
	masks   evmcs/*
	fields  all
}
END
	mirror("$folder/templates", "$ROOT/templates", "$ROOT/tests/generated/templates");
	remove_tree("$folder/new");
	ok_run(vmcsgen(), 'gen', '-s', "$folder/spec.vmcs", '-t', "$folder/templates",
	       '-o', "$folder/new/every", '--target', 'every');
	mirror("$folder/out", "$folder/new");
	return "$folder/out/every";
}

# A folder that goes away with the returned object, which is its name.
sub tempdir { return File::Temp->newdir('vmcsgen-XXXXXX', TMPDIR => 1) }

# Run a command, without a shell.  A hash before it holds options: stdin (its
# text), dir (the working folder), env (variables to set; undef unsets one).  No
# signal is ignored, whatever is in the shell that began the tests.  Returns a hash: status (the exit status, or -1), signal, out, err.
sub run
{
	my $with = ref($_[0]) eq 'HASH' ? shift : {};
	my @command = @_;
	my ($in, $out, $err) = map { nameless_file() } 1 .. 3;

	print $in $with->{stdin} // '' or die "a temporary file: $!\n";
	seek($in, 0, 0) or die "seek: $!\n";	# flushes, too

	my $pid = fork() // die "fork: $!\n";
	if (!$pid) {
		my $env = $with->{env} // {};

		$SIG{$_} = 'DEFAULT' for qw(HUP INT QUIT PIPE TERM);
		defined $env->{$_} ? $ENV{$_} = $env->{$_} : delete $ENV{$_} for keys %$env;
		open(STDIN, '<&', $in) && open(STDOUT, '>&', $out) && open(STDERR, '>&', $err)
			or POSIX::_exit(126);
		if (defined $with->{dir}) {
			chdir($with->{dir}) or POSIX::_exit(126);
		}
		{ no warnings 'exec'; exec { $command[0] } @command; }
		print STDERR "$command[0]: $!\n";
		STDERR->flush;
		POSIX::_exit(127);
	}
	waitpid($pid, 0);
	return {
		status => $? & 127 ? -1 : $? >> 8,
		signal => $? & 127,
		map { $_->[0] => text_of($_->[1]) } [out => $out], [err => $err],
	};
}

# A file that no folder has: File::Temp's cost more than many a command that is run.
sub nameless_file
{
	open(my $file, '+>:raw', undef) or die "a temporary file: $!\n";
	return $file;
}

# All that is in an open file.
sub text_of
{
	my ($file) = @_;

	seek($file, 0, 0) or die "seek: $!\n";
	local $/;
	return <$file> // '';
}

# Run a command that has to succeed; returns its standard output.
sub ok_run
{
	my $result = run(@_);
	my @command = grep { !ref } @_;

	die "@command: status $result->{status}, signal $result->{signal}\n$result->{err}"
		if $result->{status} != 0;
	return $result->{out};
}

# Whether a program can be found.
sub have
{
	my ($program) = @_;

	return grep { -x "$_/$program" } split(/:/, $ENV{PATH});
}

# A table as a list of hashes.  Lines that begin with '#' are remarks.
sub parse_csv
{
	my ($text) = @_;
	my ($names, @rows);

	for my $line (split(/\n/, $text)) {
		next if $line =~ /^#/;
		my @cells;
		while ($line =~ /\G(?:"((?:[^"]|"")*)"|([^,"]*))(,|$)/g) {
			push @cells, defined $1 ? $1 =~ s/""/"/gr : $2;
			last if $3 eq '';
		}
		if (!$names) {
			$names = \@cells;
			next;
		}
		die "not " . @$names . " cells: $line\n" if @cells != @$names;
		my %row;
		@row{@$names} = @cells;
		push @rows, \%row;
	}
	return @rows;
}

sub read_csv { return parse_csv(slurp($_[0])) }

# What the program says about a revision, e.g. ('evmcs/tlfs-5.0', 'tlfs').
sub layout_csv
{
	my ($revision, $names) = @_;

	return parse_csv(ok_run({ dir => $ROOT }, vmcsgen(), 'layout', $revision,
				'--format=csv', '--names=' . ($names // 'linux')));
}

sub read_json
{
	my ($path) = @_;

	require JSON::PP;
	return JSON::PP->new->utf8->decode(slurp($path));
}

# Every emitted file whose name matches, relative to out/, in order.
sub emitted
{
	my ($pattern) = @_;
	my $out = out();
	my @files;
	my @folders = ('');

	while (defined(my $folder = shift @folders)) {
		opendir(my $dir, "$out/$folder") or die "$out/$folder: $!\n";
		for my $name (sort grep { !/^\./ } readdir($dir)) {
			my $path = $folder . $name;

			if (-d "$out/$path") {
				push @folders, "$path/";
			} elsif ($path =~ $pattern) {
				push @files, $path;
			}
		}
	}
	return sort @files;
}

#
# The kernel's sources, from Debian's packages
#

# What any test wants of a kernel.  One pass over the archive takes seconds, so
# that all of it is unpacked at once, by whichever test comes first.
my @WANTED = qw(arch/x86/kvm arch/x86/include Documentation/virt/kvm/x86
		tools/testing/selftests/kvm/include include/linux include/uapi include/asm-generic
		include/vdso scripts/Kbuild.include scripts/Makefile.compiler
		scripts/Makefile.extrawarn scripts/checkpatch.pl
		scripts/const_structs.checkpatch scripts/kernel-doc scripts/spelling.txt);

# What a kernel has in another place.
my %ELSEWHERE = ('7.3' => { 'arch/x86/include' => 'arch/x86/include include/hyperv',
			    'scripts/Makefile.extrawarn' => 'scripts/Makefile.warn' });

sub kernel_versions { return ('6.1', '6.12') }

# The same, and those whose source a machine may have: without it, a test passes over such a kernel
# and says so.
my %passed_over;
sub source_versions
{
	my @found = kernel_versions();

	for my $version ('7.3') {
		if (-e kernel_tarball($version)) {
			push @found, $version;
		} elsif (!$passed_over{$version}++) {
			Test::More->builder->skip("no linux-source-$version.tar.xz in SOURCES or /usr/src");
		}
	}
	return @found;
}

# Its archive: in one of the folders that SOURCES names, with colons between, or where Debian has it.
sub kernel_tarball
{
	my ($version) = @_;
	my @found = grep { -e } map { "$_/linux-source-$version.tar.xz" }
		split(/:/, $ENV{SOURCES} // ''), '/usr/src';

	return $found[0] // "/usr/src/linux-source-$version.tar.xz";
}

# Unpack the named files and folders of a kernel into build/tests/linux-VERSION,
# unless they are there from before, and return that folder.  Tests may run side
# by side: one unpacks, the others wait.
sub unpack_kernel
{
	my ($version, @paths) = @_;
	my $archive = kernel_tarball($version);
	my $tree = "$ROOT/build/tests/linux-$version";
	my ($size, $time) = (stat($archive))[7, 9];

	die "$archive is missing; the package linux-source-$version has it (make deps)\n"
		unless defined $size;

	make_path(dirname($tree));
	open(my $lock, '>', "$tree.lock") or die "$tree.lock: $!\n";
	flock($lock, LOCK_EX) or die "$tree.lock: $!\n";

	my $stamp = "$size $time " . md5_hex(slurp(__FILE__));
	my ($of, @there) = -e "$tree/.stamp" ? split(/\n/, slurp("$tree/.stamp")) : ('');
	@there = () if $of ne $stamp;
	my %there = map { $_ => 1 } @there;
	my $inside = sub {
		my ($path) = @_;

		return grep { $path eq $_ || index($path, "$_/") == 0 } @there;
	};
	if (grep { !$inside->($_) } @paths) {
		my @all;

		# tar does not find what is inside of what it has found.
		for my $path (sort map({ split(' ', $ELSEWHERE{$version}{$_} // $_) } @WANTED),
			      @there, @paths) {
			push @all, $path if !grep { "$path/" =~ m{^\Q$_\E/} } @all;
		}
		unpack_archive($archive, "linux-source-$version", $tree, $stamp, @all);
	}
	return $tree;
}

# Unpack next to the old tree, and replace that when the new one is complete.
sub unpack_archive
{
	my ($archive, $top, $tree, $stamp, @paths) = @_;
	my $new = "$tree.new";

	remove_tree($new);
	make_path($new);
	my @tar = ('tar', '-x', '--use-compress-program', 'xz -dT0', '-f', $archive, '-C', $new,
		   '--strip-components=1', map { "$top/$_" } @paths);
	my $result = run(@tar);
	die "@tar: $result->{err}" if $result->{status} != 0;
	generate_headers($new);
	spew("$new/.stamp", map { "$_\n" } $stamp, @paths);
	remove_tree($tree);
	rename($new, $tree) or die "$new to $tree: $!\n";
}

# The headers that the kernel's build would make: its configuration, and for
# each asm-generic header without one of x86's own an asm header of that name.
sub generate_headers
{
	my ($tree) = @_;
	my $generated = "$tree/arch/x86/include/generated";

	for my $uapi ('', 'uapi/') {
		for my $generic (File::Glob::bsd_glob("$tree/include/${uapi}asm-generic/*.h")) {
			my $name = $generic =~ s{.*/}{}r;

			spew("$generated/${uapi}asm/$name", "#include <asm-generic/$name>\n")
				if !-e "$tree/arch/x86/include/${uapi}asm/$name";
		}
	}
	spew("$tree/include/generated/autoconf.h", <<'END');
#define CONFIG_X86 1
#define CONFIG_FUNCTION_ALIGNMENT 16
#ifdef __x86_64__
#define CONFIG_64BIT 1
#define CONFIG_X86_64 1
#else
#define CONFIG_X86_32 1
#endif
#ifdef __clang__
#define CONFIG_CC_IS_CLANG 1
#define CONFIG_CLANG_VERSION (__clang_major__ * 10000 + __clang_minor__ * 100)
#define CONFIG_GCC_VERSION 0
#else
#define CONFIG_CC_IS_GCC 1
#define CONFIG_CLANG_VERSION 0
#define CONFIG_GCC_VERSION (__GNUC__ * 10000 + __GNUC_MINOR__ * 100)
#endif
END
}

# The flags with which the kernel's own files are compiled, as far as they
# matter here; folders of headers that come before the kernel's may be given.
sub kernel_flags
{
	my ($version, @before) = @_;
	my $tree = unpack_kernel($version, 'include/linux', 'include/uapi', 'arch/x86/include');

	return ('-nostdinc', '-D__KERNEL__', map({ "-I$_" } @before),
		map({ "-I$tree/$_" } 'arch/x86/include', 'arch/x86/include/generated', 'include',
		    'arch/x86/include/uapi', 'arch/x86/include/generated/uapi', 'include/uapi'),
		map({ ('-include', "linux/$_.h") } 'compiler-version', 'kconfig', 'compiler_types'));
}

# The warnings that a kernel asks of a compiler with W=1, as its own makefiles say.
# make takes a second to find them, so they are kept next to the kernel's tree.
sub kernel_warnings
{
	my ($version, $cc) = @_;
	my $tree = unpack_kernel($version, 'scripts/Kbuild.include', 'scripts/Makefile.compiler',
				 'scripts/Makefile.extrawarn');
	my $of = slurp("$tree/.stamp") . ok_run($cc, '--version');
	my $kept = "$tree.warnings-$cc";
	my ($flags, $kept_of) = -e $kept ? split(/\n/, slurp($kept), 2) : ('', '');

	return split(' ', $flags) if $kept_of eq $of;
	my $dir = tempdir();
	my %is = (gcc => 'GCC', clang => 'CLANG');
	my @version = ok_run($cc, '-dumpversion') =~ /(\d+)/g;

	# make takes a blank in a path for the end of it.
	symlink($tree, "$dir/tree") or die "$dir/tree: $!\n";
	spew("$dir/Makefile", <<"END");
srctree := tree
CC := $cc
CONFIG_CC_IS_$is{$cc} := y
CONFIG_$is{$cc}_VERSION := @{[$version[0] * 10000 + ($version[1] // 0) * 100]}
CONFIG_FRAME_WARN := 2048
KBUILD_CFLAGS := -Wall -Wundef -Wno-trigraphs
include tree/scripts/Kbuild.include
include tree/scripts/Makefile.compiler
include tree/scripts/Makefile.extrawarn
flags:
	\@echo '\$(KBUILD_CPPFLAGS) \$(KBUILD_CFLAGS)'
END
	my @flags = split(' ', ok_run({ dir => "$dir" }, 'make', '-s', 'W=1',
					'KBUILD_EXTRA_WARN=1', 'flags'));
	die "W=1 had no effect: @flags\n" unless grep { $_ eq '-DKBUILD_EXTRA_WARN1' } @flags;
	spew("$kept.$$", "@flags\n", $of);	# others may read it meanwhile
	rename("$kept.$$", $kept) or die "$kept: $!\n";
	return @flags;
}

#
# Compiling
#

sub compilers { return ('gcc', 'clang') }

# Compile: a hash with cc, flags, source (a file, or the text of one), and
# output, a file; without it only the messages count.  Returns what run() does.
sub compile
{
	my (%with) = @_;
	my @flags = @{ $with{flags} // [] };
	my $sources = ref($with{source}) ? $with{source} : [$with{source}];
	my @output = defined $with{output} ? ('-o', $with{output}) : ('-c', '-o', '/dev/null');
	my @command = ($with{cc} // 'gcc', '-std=gnu11', @flags, @output);

	return run(@command, @$sources) if $sources->[0] !~ /\n/;
	return run({ stdin => join('', @$sources) }, @command, '-x', 'c', '-');
}

my %runs;

# Whether this machine runs what is compiled with -m64 or -m32: a kernel may be without
# 32-bit programs.  The flag has to compile in any case.
sub runs_here
{
	my ($size) = @_;

	return $runs{$size} //= do {
		my $dir = tempdir();
		my $result = compile(flags => [$size], output => "$dir/nothing",
				     source => "int main(void)\n{\n\treturn 0;\n}\n");

		die "gcc $size: $result->{err}" if $result->{status} != 0;
		run("$dir/nothing")->{status} == 0 ? 1 : 0;
	};
}

1;
