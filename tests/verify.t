#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# vmcsgen verify: every revision against the struct that a compiler makes of its
# header, by DWARF and by BTF, against those of all others, and against the kernel's.
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

my $all = join('', map { "#include \"" . generated($_)->{header} . "\"\n" } @revisions) .
	  join('', map { my $struct = generated($_)->{struct};
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
	equal("$_ ($of)", $_, $objects{$of}, '--struct', generated($_)->{struct}) for @revisions;
}

#
# Every revision against the structs of the others
#

# The members that are no pads, and where they are.
my %members = map {
	my $revision = $_;

	$revision => { map { $_->{pad} ? () : ($_->{name} => "$_->{offset} $_->{size} $_->{count}") }
		       @{ revision_json($revision)->{members} } };
} @revisions;

# Pads that only the other has, and that can't be told from members by their names.
sub unknown_pads
{
	my ($ours, $theirs) = @_;
	my %here = map { $_->{name} => 1 } @{ revision_json($ours)->{members} };

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
		my $result = verify($ours, $objects{btf}, '--struct', generated($theirs)->{struct});
		my @lines = grep { !/^struct / && !/^\w+\./ } split(/\n/, $result->{out});

		is_deeply([sort map { s/:.*//r } @lines], [sort @differ],
			  "$ours against the struct of $theirs: " . @differ . ' members differ');
		is($result->{status}, $result->{out} eq '' ? 0 : 1, 'and the exit status says so');
	}
}

differs('the packed struct of 5.0', <<'END', 'evmcs/linux-4.17', $objects{gcc},
struct hv_enlightened_vmcs_linux_5_0: 1024 bytes in the spec, 1020 bytes in the file
hv_vm_id: 8 bytes at 848 in the spec, 8 bytes at 844 in the file
partition_assist_page: 8 bytes at 856 in the spec, 8 bytes at 852 in the file
guest_bndcfgs: 8 bytes at 896 in the spec, 8 bytes at 892 in the file
xss_exit_bitmap: 8 bytes at 960 in the spec, 8 bytes at 956 in the file
END
	'--struct=hv_enlightened_vmcs_linux_5_0');
differs('a struct with less', <<'END', 'vmcs12/linux-6.1', $objects{gcc},
hdr: 4 bytes at 0 in the spec, none in the file
hdr.revision_id: 31 bits at 0:0 in the spec, none in the file
hdr.shadow_vmcs: 1 bit at 3:7 in the spec, none in the file
encls_exiting_bitmap: 8 bytes at 320 in the spec, none in the file
tsc_multiplier: 8 bytes at 328 in the spec, none in the file
revision_id: none in the spec, 4 bytes at 0 in the file
cr3_target_value0: none in the spec, 8 bytes at 376 in the file
cr3_target_value1: none in the spec, 8 bytes at 384 in the file
cr3_target_value2: none in the spec, 8 bytes at 392 in the file
cr3_target_value3: none in the spec, 8 bytes at 400 in the file
END
	'--struct=vmcs12_linux_4_18');

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
word control u32 {
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
guest_s_cet: 8 bytes at 24 in the spec, 8 bytes at 20 in the file
msr_bitmap: 8 bytes at 32 in the spec, 8 bytes at 28 in the file
last: 1 byte at 40 in the spec, 1 byte at 36 in the file
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
	      "error: pahole finds no 'struct small' in '$module': pahole: $module: Invalid argument",
	      @small, $module);
}
my $finds = "error: pahole finds no 'struct vmcs12' in";

fails('no file', 3, "error: cannot open '$dir/none': No such file or directory", $revision,
      "$dir/none");
fails('no struct', 3, "$finds '$nothing': pahole: type 'vmcs12' not found", $revision, $nothing);
fails('no ELF file', 3, "$finds 'README.md': pahole: README.md: Invalid argument", $revision,
      'README.md');
ok_run('strip', '-g', $nothing);
fails('no types', 3, "$finds '$nothing': pahole: $nothing: Invalid argument", $revision, $nothing);
fails('a folder', 3, "$finds 'gen': pahole: gen: Invalid argument", $revision, 'gen');
spew("$dir/--version", 'x');
fails('a file with the name of an option', 3, "$finds '--version': pahole: --version: Invalid argument",
      { dir => "$dir" }, '-s', root() . '/spec/vmcs.vmcs', $revision, '--', '--version');
fails('no revision', 3, "error: the spec has no revision 'vmcs12/none'; 'vmcsgen list' prints " .
      'those that it has', 'vmcs12/none', $nothing);
fails('no pahole', 4, 'cannot run pahole: No such file or directory', { env => { PATH => $dir } },
      $revision, $nothing);

# Another program in the place of pahole.
for my $case (
	['it is killed', 'kill -9 $$', 4, 'error: pahole was ended by signal 9'],
	['it says nothing', 'exit 1', 3, "$finds '$nothing': it does not say why"],
	['it prints something else', 'echo hello', 4,
	 "error: what pahole prints of '$nothing' is not understood"],
	['it stops early', 'echo "struct vmcs12 {"', 4,
	 "error: what pahole prints of '$nothing' is not understood"],
	['it goes too deep', 'echo "' . "struct {\n" x 40 . '"', 4,
	 "error: what pahole prints of '$nothing' is not understood"],
) {
	my ($title, $script, $status, $message) = @$case;

	spew("$dir/bin/pahole", "#!/bin/sh\n$script\n");
	chmod(0755, "$dir/bin/pahole");
	fails($title, $status, $message, { env => { PATH => "$dir/bin:$ENV{PATH}" } },
	      $revision, $nothing);
}

done_testing();
