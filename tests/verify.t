#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# vmcsgen verify: every revision against the struct that a compiler makes of its
# header, as source, by DWARF and by BTF, against those of all others, and against the kernel's.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use KvmSources;
use Test::More;
use Vmcsgen;

my $dir = tempdir();
my @revisions = map {
	my $layout = $_;

	map { "$layout->{name}/$_->{name}" } @{ $layout->{revisions} };
} @{ spec_json()->{layouts} };

sub verify
{
	my ($with, @arguments) = ref($_[0]) ? @_ : ({}, @_);

	return run({ dir => root(), %$with }, vmcsgen(), 'verify', @arguments);
}

sub equal
{
	my ($title, @arguments) = @_;
	my $result = verify(@arguments);

	is($result->{err} . $result->{out}, '', "$title: no difference");
	is($result->{status}, 0, "$title: exit status");
}

sub differs
{
	my ($title, $lines, @arguments) = @_;
	my $result = verify(@arguments);

	is($result->{err} . $result->{out}, $lines, "$title: the differences");
	is($result->{status}, 1, "$title: exit status");
}

sub fails
{
	my ($title, $status, $message, @arguments) = @_;
	my $result = verify(@arguments);

	is($result->{err}, "vmcsgen: $message\n", "$title: what it says");
	is($result->{out}, '', "$title: nothing on standard output");
	is($result->{status}, $status, "$title: exit status");
}

# Compile a source with the types of all its structs in it.
sub object
{
	my ($name, $source, @flags) = @_;
	my $object = "$dir/$name.o";
	my $result = compile(source => $source, output => $object, flags => ['-c', '-g', @flags]);

	die $result->{err} if $result->{status} != 0;
	return $object;
}

# The same file with BTF instead of DWARF.
sub with_btf
{
	my ($object) = @_;
	my $btf = $object =~ s/\.o$/-btf.o/r;

	ok_run('cp', $object, $btf);
	ok_run('pahole', '-J', $btf);
	ok_run('objcopy', '-g', $btf);
	my $sections = ok_run('readelf', '-SW', $btf);
	die "$btf has not BTF alone\n" if $sections !~ /\.BTF\b/ || $sections =~ /\.debug_info/;
	return $btf;
}

#
# Every revision against its own struct
#

my $all = join('', map { generated($_)->{include} } @revisions) .
	  join('', map { my $struct = generated($_)->{own};
			 "struct $struct a_$struct;\n" } @revisions);
my %objects = map { ($_ => object($_, $all, '-I' . out())) } 'gcc';

{
	my $result = compile(cc => 'clang', source => $all, output => "$dir/clang.o",
			     flags => ['-c', '-g', '-I' . out()]);

	is($result->{status}, 0, 'clang compiles them') or diag($result->{err});
	$objects{clang} = "$dir/clang.o";
}
$objects{btf} = with_btf($objects{gcc});

for my $of (sort keys %objects) {
	equal("$_ ($of)", $_, $objects{$of}, '--struct', generated($_)->{own}) for @revisions;
}

#
# Every revision against the structs of the others
#

# The members that are not pads, and where they are.
my %members = map {
	my $revision = $_;

	$revision => { map { $_->{pad} ? () : (field_of($_->{name}) => "$_->{offset} $_->{size} $_->{count}") }
		       @{ revision_json($revision)->{members} } };
} @revisions;

# The members that a line is about: of neighbours that differ alike it has the first and the last.
sub named_by
{
	my ($line, $ours) = @_;
	my ($first, undef, $last) = $line =~ /^([\w.]+)( \.\. (\w+))?:/;
	my @names = map { $_->{pad} ? () : $_->{name} } @{ revision_json($ours)->{members} };

	return $first if !defined $last;
	return grep { $_ eq $first .. $_ eq $last } @names;
}

# Pads that our layout does not know, and that can't be told from members by their names.
sub unknown_pads
{
	my ($ours, $theirs) = @_;
	my ($layout) = split(m{/}, $ours);
	my %here = map { $_->{name} => 1 } map { @{ revision_json($_)->{members} } }
		   grep { m{^\Q$layout\E/} } @revisions;

	return map { $_->{pad} && !$here{$_->{name}} && $_->{name} !~ /^pad|padding|^dead_space/ ?
		     $_->{name} : () } @{ revision_json($theirs)->{members} };
}

for my $ours (@revisions) {
	for my $theirs (@revisions) {
		next if $ours eq $theirs;
		my %there = %{ $members{$theirs} };
		my %here = %{ $members{$ours} };
		my @differ = ((grep { ($here{$_} // '') ne ($there{$_} // '') }
				keys %{ { %here, %there } }), unknown_pads($ours, $theirs));
		my $result = verify($ours, $objects{btf}, '--struct', generated($theirs)->{own});
		my @lines = grep { !/^struct / && !/^\w+\./ } split(/\n/, $result->{out});

		is_deeply([sort map { field_of($_) } map { named_by($_, $ours) } @lines], [sort @differ],
			  "$ours against the struct of $theirs: " . @differ . ' members differ');
		is($result->{status}, $result->{out} eq '' ? 0 : 1, 'and the exit status says so');
	}
}

differs('the packed struct of 5.0', <<'END', 'evmcs/linux-4.17', $objects{gcc},
struct hv_enlightened_vmcs_linux_5_0: 1024 bytes in the spec, 1020 bytes in the file
hv_vm_id .. xss_exit_bitmap: 4 members, bytes 848 to 967 in the spec, 4 bytes lower in the file
END
	'--struct=hv_enlightened_vmcs_linux_5_0');
differs('a struct with less', <<'END', 'vmcs12/linux-6.1', $objects{gcc},
hdr: 4 bytes at 0 in the spec, none in the file
encls_exiting_bitmap .. tsc_multiplier: 2 members, bytes 320 to 335 in the spec, none in the file
revision_id: none in the spec, 4 bytes at 0 in the file
cr3_target_value0: none in the spec, 8 bytes at 376 in the file
cr3_target_value1: none in the spec, 8 bytes at 384 in the file
cr3_target_value2: none in the spec, 8 bytes at 392 in the file
cr3_target_value3: none in the spec, 8 bytes at 400 in the file
END
	'--struct=vmcs12_linux_4_18');

# The header itself is C, which verify compiles: Linux's names or Microsoft's.
equal("$_ by its header", $_, out() . '/' . generated($_)->{header}, '--struct',
      generated($_)->{struct}) for 'vmcs12/linux-6.1', 'evmcs/tlfs-2022';

#
# The kernel's own structs
#

for my $version (kernel_versions()) {
	my $kernel = KvmSources->new($version);
	my $source = spew($kernel->dir . '/both.c', <<'END');
#include "kvm/vmx/vmcs12.h"
#include <asm/hyperv-tlfs.h>
struct vmcs12 vmcs12;
struct hv_enlightened_vmcs evmcs;
END
	my $object = $kernel->object($source, '-g', '-w',
				     kernel_flags($version, $kernel->dir,
						  root() . '/tests/kernel'),
				     '-include', 'stubs.h');

	equal("Linux $version: $_->[1] ($_->[0])", "$_->[1]/linux-$version", $_->[2])
		for ['DWARF', 'vmcs12', $object], ['DWARF', 'evmcs', $object],
		    ['BTF', 'vmcs12', with_btf($object)], ['BTF', 'evmcs', with_btf($object)];
	my $result = verify('evmcs/linux-5.0', $object);
	is($result->{status}, 1, "Linux $version has not the mistake of 5.0");
}

#
# What is one to the program, and what is not
#

my $spec = spew("$dir/small.vmcs", <<'END');
fields {
	0x2004  msr_bitmap
	0x6828  guest_s_cet  linux guest_ia32_s_cet
}
bits control u32 {
	flush 1
	map 1
	reserved 30
}
layout small {
	struct  small
	size    64
	align   natural
}
revision small/one {
	source "a test"
	id     7
	u32 revision_id
	control hv_control
	u16 pair[2]
	pad u32[3] padding
	guest_s_cet
	msr_bitmap
	u8 last
}
END
my $good = <<'END';
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct small {
	u32 revision_id;
	union {
		u32 as_u32;
		struct { u32 flush:1, map:1, reserved:30; };
	} hv_control;
	u16 pair[2];
	u64 reserved1;
	u64 guest_ia32_s_cet;
	u64 msr_bitmap;
	u8 last;
} small;
END
my @small = ('-s', $spec, 'small/one');

equal('alignment, a union, an alias, pads put otherwise', @small, object('good', $good));
{
	my $clang = compile(cc => 'clang', source => $good, output => "$dir/good-clang.o",
			    flags => ['-c', '-g']);
	is($clang->{status}, 0, 'clang compiles it');
	equal('the same by clang', @small, "$dir/good-clang.o");
}
equal('the same by BTF', @small, with_btf("$dir/good.o"));
equal('bit fields of whole bytes', @small, object('whole', $good =~ s/(u64 (?:guest|msr)\w+);/$1:64;/gr));
differs('a field that is cut', <<'END', @small, object('cut', $good =~ s/u64 msr_bitmap;/u64 msr_bitmap:60, rest:4;/r));
msr_bitmap: 8 bytes at 32 in the spec, none in the file
msr_bitmap: none in the spec, 8 bytes at 32 in the file
END
equal('a named union', @small, object('tagged', $good =~
	s/\tunion (\{.*?\}) hv_control/\tunion control hv_control/sr =~
	s/(?=struct small)/union control { u32 as_u32; struct { u32 flush:1, map:1, reserved:30; }; };\n/r));

for my $case (
	['a bit field moved', 'flush:1, map:1', 'map:1, flush:1', <<'END'],
hv_control.flush: 1 bit at 4:0 in the spec, 1 bit at 4:1 in the file
hv_control.map: 1 bit at 4:1 in the spec, 1 bit at 4:0 in the file
END
	['a bit field more', 'reserved:30', 'more:1, reserved:29', <<'END'],
hv_control.reserved: 30 bits at 4:2 in the spec, 29 bits at 4:3 in the file
hv_control.more: none in the spec, 1 bit at 4:2 in the file
END
	['an array of others', 'u16 pair[2]', 'u8 pair[4]', <<'END'],
pair: 2 times 2 bytes at 8 in the spec, 4 times 1 byte at 8 in the file
END
	['an array no more', 'u16 pair[2]', 'u32 pair', <<'END'],
pair: 2 times 2 bytes at 8 in the spec, 4 bytes at 8 in the file
END
	['a pad that is used', 'u64 reserved1', 'u64 fresh', <<'END'],
fresh: none in the spec, 8 bytes at 16 in the file
END
	['a member that is a pad', 'u64 msr_bitmap', 'u64 reserved2', <<'END'],
msr_bitmap: 8 bytes at 32 in the spec, none in the file
END
	['packed', '} small;', '} __attribute__((packed)) small;', <<'END'],
struct small: 41 bytes in the spec, 37 bytes in the file
guest_s_cet .. last: 3 members, bytes 24 to 40 in the spec, 4 bytes lower in the file
END
) {
	my ($title, $from, $to, $lines) = @$case;
	my $object = object('bad', $good =~ s/\Q$from\E/$to/r);

	differs($title, $lines, @small, $object);
	differs("$title (BTF)", $lines, @small, with_btf($object));
}

#
# What can't be compared
#

my $revision = 'vmcs12/linux-6.1';
my $nothing = object('nothing', "int x;\n");

# A module has but the types that its kernel lacks.
{
	my $kernel = object('kernel', "unsigned char a;\nunsigned short b;\nunsigned int c;\n");
	my $module = "$dir/module.o";

	ok_run('cp', "$dir/good.o", $module);
	ok_run('pahole', '-J', $kernel);
	ok_run('pahole', '-J', '--btf_base', $kernel, $module);
	ok_run('objcopy', '-g', $_) for $kernel, $module;
	equal('a module', "--btf-base=$kernel", @small, $module);
	fails('a module without its kernel', 3,
	      "error: the BTF of '$module' can't be read: Invalid argument\n" .
	      "vmcsgen: note: if it is a module, --btf-base names its kernel", @small, $module);
	fails('a kernel without BTF', 3, "error: '$dir/good.o' has no BTF", "--btf-base=$dir/good.o",
	      @small, $module);
}

# All the types of a kernel: a struct that each has, and one that none has.
SKIP: {
	my $kernel = '/sys/kernel/btf/vmlinux';

	skip("the kernel here has no BTF ($kernel)", 9) if !-r $kernel;
	my @elf = ('-s', spew("$dir/elf.vmcs", <<'END'));
fields {
	0x681e  guest_rip
}
layout elf {
	struct  elf64_phdr
	size    256
}
revision elf/begin {
	id      1
	source  "include/uapi/linux/elf.h"
	u32 p_type
	u32 p_flags
	u64 p_offset
	guest_rip
	u64 p_paddr
}
revision elf/all from begin {
	source  "include/uapi/linux/elf.h"
	append u64 p_filesz
	append u64 p_memsz
	append u64 p_align
}
END
	my @map = ('--map', 'p_vaddr=guest_rip');

	equal("a struct of the kernel's", @elf, @map, 'elf/all', $kernel);
	differs("what it has more", <<'END', @elf, @map, 'elf/begin', $kernel);
struct elf64_phdr: 32 bytes in the spec, 56 bytes in the file
p_filesz: none in the spec, 8 bytes at 32 in the file
p_memsz: none in the spec, 8 bytes at 40 in the file
p_align: none in the spec, 8 bytes at 48 in the file
END
	fails("a struct that it lacks", 3, "error: '$kernel' has no struct no_such_struct", @elf,
	      '--struct=no_such_struct', 'elf/all', $kernel);
	my $imported = run({ dir => root() }, vmcsgen(), 'import', @elf, @map, "--c=$kernel",
			   '--name=elf/new', '--from=elf/begin',
			   map { ('--bits', $_) } qw(p_filesz p_memsz p_align));
	is($imported->{out} . $imported->{err}, <<'END', 'a struct of the kernel\'s is imported');
revision elf/new from begin {
	source  "vmlinux, struct elf64_phdr"
	append u64 p_filesz
	append u64 p_memsz
	append u64 p_align
}
END
	is($imported->{status}, 0, 'exit status');
}

fails('no file', 3, "error: cannot open '$dir/none': No such file or directory", $revision,
      "$dir/none");
fails('no struct', 3, "error: '$nothing' has no struct vmcs12", $revision, $nothing);
ok_run('strip', '-g', $nothing);
fails('no types', 3, "error: '$nothing' has no debug information: compile it with -g", $revision,
      $nothing);
fails('a folder', 3, "error: 'gen' is not a regular file", $revision, 'gen');
spew("$dir/-v.h", "int x;\n");
fails('a file with the name of an option', 3, "error: './-v.h' has no struct vmcs12",
      { dir => "$dir" }, '-s', root() . '/spec/vmcs.vmcs', $revision, './-v.h');
fails('no revision', 3, "error: the spec has no revision 'vmcs12/none'; 'vmcsgen list' prints " .
      'those that it has', 'vmcs12/none', $nothing);
fails('no compiler', 4, "cannot run 'none': No such file or directory",
      { env => { CC => 'none', PATH => '/usr/bin:/bin' } },
      $revision, "$dir/-v.h");
for my $case (["\037\213", 'compressed by gzip'], ["\3757zXZ", 'compressed by xz'],
	      ["\050\265\057\375", 'compressed by zstd'], ["!<arch>\n", 'an archive']) {
	spew("$dir/wrapped", $case->[0] . 'x' x 100);
	fails($case->[1], 3, "error: '$dir/wrapped' is $case->[1]: unpack it first", $revision,
	      "$dir/wrapped");
}
{
	my $result = verify($revision, 'README.md');

	is($result->{status}, 3, 'no C: exit status');
	is(scalar(() = $result->{err} =~ /: error: /g), 10, 'no C: ten errors are enough');
	my $big = object('big', $good);
	open(my $file, '+<', $big) or die "$big: $!\n";
	seek($file, 5, 0);
	print $file "\2";
	close($file) or die "$big: $!\n";
	fails('big-endian', 3, "error: '$big' is big-endian, which no processor with a VMCS is",
	      @small, $big);
}

fails('no program', 4, "cannot run '$dir/-v.h': Permission denied", { env => { CC => "$dir/-v.h" } },
      $revision, "$dir/-v.h");

# Another program in the place of the compiler.
for my $case (
	['it is killed', 'kill -9 $$', 4, 'error: the compiler was ended by signal 9'],
	['it takes too long', 'exit 124', 3,
	 "error: the compiler was stopped after 60 seconds of '$dir/-v.h'"],
	['it says nothing', 'exit 1', 3,
	 "error: '$dir/-v.h' can't be compiled: it does not say why"],
	['it says something else', 'echo what; echo hello >&2; exit 1', 3,
	 "error: '$dir/-v.h' can't be compiled: hello"],
	['it complains of another file', 'echo "x.h:1:2: error: no" >&2; exit 1', 3, 'error: x.h:1:2: error: no'],
) {
	my ($title, $script, $status, $message) = @$case;

	spew("$dir/cc", "#!/bin/sh\n$script\n");
	chmod(0755, "$dir/cc");
	fails("the compiler: $title", $status, $message, { env => { CC => "$dir/cc" } }, $revision, "$dir/-v.h");
}

# Another program in the place of pahole.
for my $case (
	['no pahole', undef, 4, "cannot run 'pahole': No such file or directory"],
	['it is killed', 'kill -9 $$', 4, 'error: pahole was ended by signal 9'],
	['it says nothing', 'exit 1', 3,
	 "error: pahole makes no BTF of '$dir/good.o': it does not say why"],
	['it makes nothing', 'echo hello >&2', 3, "error: pahole makes no BTF of '$dir/good.o': hello"],
	['it makes something else', 'echo hello >${1#*=}', 3,
	 "error: the BTF of '$dir/good.o' can't be read: BPF object format invalid"],
) {
	my ($title, $script, $status, $message) = @$case;

	ok_run('mkdir', '-p', "$dir/bin");
	symlink("/usr/bin/$_", "$dir/bin/$_") for 'env', 'sh', 'echo';
	unlink("$dir/bin/pahole");
	spew("$dir/bin/pahole", "#!/bin/sh\n$script\n") if defined $script;
	chmod(0755, "$dir/bin/pahole");
	fails($title, $status, $message, { env => { PATH => "$dir/bin" } }, @small, "$dir/good.o");
}

#
# What a compiler may be told, and what it says
#

{
	my $header = spew("$dir/small.h", $good =~ s/^typedef.*\n//mgr);

	equal('the kernel\'s types', @small, '--kernel-types', $header);
	is(verify({ dir => "$dir" }, @small, 'small.h')->{err}, <<'END', 'without them');
small.h:2:2: error: unknown type name 'u32'
    2 | 	u32 revision_id;
      | 	^~~
small.h:7:2: error: unknown type name 'u16'
    7 | 	u16 pair[2];
      | 	^~~
small.h:8:2: error: unknown type name 'u64'
    8 | 	u64 reserved1;
      | 	^~~
small.h:11:2: error: unknown type name 'u8'
   11 | 	u8 last;
      | 	^~
vmcsgen: note: --kernel-types declares the kernel's, what follows -- goes to the compiler
END
	equal('they come from a flag', @small, $header, '--', '-include', spew("$dir/types.h", <<'END'));
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
END
	equal("by $_", { env => { CC => $_ } }, @small, "$dir/small.h", '--kernel-types')
		for 'clang', 'gcc -gdwarf-4', 'clang -gdwarf-4', 'gcc -gbtf', 'gcc -O2 -flto -ffat-lto-objects';
	equal('of 32 bits', { env => { CC => 'gcc -m32 -malign-double' } }, @small, '--kernel-types',
	      $header);
}

# Each DWARF, and what two files have otherwise.
{
	my $two = object('two', "struct small { int a; } x;\n");

	ok_run('ld', '-r', '-o', "$dir/both.o", "$dir/good.o", $two);
	fails('two structs of one name', 3, "error: struct small of '$dir/both.o': " .
	      'there are several, which differ', @small, "$dir/both.o");
	fails('a union', 3, "error: '" . object('union', "union small { int a; } x;\n") .
	      "' has no struct small", @small, "$dir/union.o");
}

# BTF that no compiler makes.
{
	my $corpus = root() . '/tests/fuzz/corpus/object';
	my @with = ('-s', root() . '/tests/fuzz/object.vmcs', 'a/base');

	fails('a typedef of itself', 3, "error: struct a of '$corpus/typedef-of-itself': a typedef has no end: guest_cr3",
	      @with, "$corpus/typedef-of-itself");
	fails('BTF that ends early', 3, "error: the BTF of '$corpus/cut' can't be read: Invalid argument\n" .
	      'vmcsgen: note: if it is a module, --btf-base names its kernel', @with, "$corpus/cut");
	fails('a type without a size', 3, "error: struct small of '" .
	      object('atomic', "struct small { _Atomic unsigned x; } s;\n") .
	      "': a member is of a type without a size: x", @small, "$dir/atomic.o");
}

SKIP: {
	skip('there is no rustc', 2) if run('sh', '-c', 'command -v rustc')->{status};
	spew("$dir/a.rs", <<'END');
#[repr(C)]
pub struct small { pub revision_id: u32, pub hv_control: u32, pub pair: [u16; 2],
	pub padding: u32, pub more_padding: u32, pub guest_s_cet: u64, pub msr_bitmap: u64, pub last: u8 }
#[no_mangle]
pub static X: small = small { revision_id: 0, hv_control: 0, pair: [0, 0], padding: 0,
	more_padding: 0, guest_s_cet: 0, msr_bitmap: 0, last: 0 };
END
	ok_run('rustc', '--crate-type=lib', '--emit=obj', '-g', '-A', 'warnings', '-o', "$dir/rust.o",
	       "$dir/a.rs");
	equal('a struct of Rust', @small, "$dir/rust.o");
}

done_testing();
