#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The boot lab sees faults.  With a fault in the source of generated code, or in its use, the test
# that is named here fails, and tests that don't depend on it pass.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

my $VERSION = '6.12';
my $VMX = 'arch/x86/kvm/vmx';

my @FAULTS = (
	{ name => 'a field is dropped from a copy', file => "$VMX/spec/copies.vmcs",
	  fault => qr/^(?=\tno  cr3_target_count )/m, by => "\tno guest_rip at entry because \"a fault\"\n",
	  fails => 'hyperv_evmcs', passes => 'vmx_tsc_adjust_test' },
	{ name => 'an offset is shifted', file => "$VMX/templates/out/TARGET/vmcs_accessors.h",
	  fault => qr/\(u16\)vmcs_end\(VMCS_MAP, encoding\)/, by => '(u16)(vmcs_end(VMCS_MAP, encoding) + 8 * (encoding == 0x6c16))',
	  fails => 'vmx_tsc_adjust_test', passes => 'hyperv_cpuid' },
	{ name => 'images are taken for another revision', file => "$VMX/vmcs12_image.h",
	  fault => qr/nested\.revision = \KVMCS12_DEFAULT/, by => 'vmcs12_known(0x0c9e6f16)',
	  fails => 'vmx_set_nested_state_test', passes => 'hyperv_cpuid' },
);

# A copy of the patched tree and its objects, to be spoilt.
sub spoilt_tree
{
	my $patched = build_dir() . "/linux-$VERSION/patched";
	my $spoilt = build_dir() . "/linux-$VERSION/spoilt";

	ok_run('rm', '-rf', $spoilt);
	ok_run('rsync', '-a', "--link-dest=$patched", '--exclude=/objects*', "$patched/", $spoilt);
	ok_run('cp', '-a', "$patched/objects-linux", "$spoilt/objects");
	return $spoilt;
}

# Put a fault into a file, or take it out again; the file is shared with other trees.
sub rewrite
{
	my ($path, $text) = @_;

	spew("$path.new", $text);
	rename("$path.new", $path) or die "$path: $!\n";
}

sub build
{
	my ($tree) = @_;

	ok_run('make', '-C', $tree, 'O=objects', '-j2', 'CC=' . compiler('gcc'), 'bzImage');
	return "$tree/objects/arch/x86/boot/bzImage";
}

kernel($VERSION, 'linux');
my $selftests = selftests($VERSION, 'linux');
my $tree = spoilt_tree();

delete @ENV{qw(MAKEFLAGS MAKELEVEL)};
for my $fault (@FAULTS) {
	my $path = "$tree/$fault->{file}";
	my $text = slurp($path);
	my ($spoilt, @ran) = ($text, @$fault{qw(passes fails)});

	is($spoilt =~ s/$fault->{fault}/$fault->{by}/, 1, "$fault->{name}: the place is there");
	rewrite($path, $spoilt);
	my $boot = boot("$VERSION-control", build($tree), ['--program-timeout', 30],
			map { "$selftests/$_" } @ran);
	my %result = slurp("$boot->{folder}/results.tsv") =~ /^(\w+)\t\S+\t(\w+)/mg;

	is($result{ $fault->{passes} }, 'PASS', "$fault->{name}: $fault->{passes} passes");
	like($result{ $fault->{fails} } // 'no result', qr/^(?:FAIL|PANIC|HANG)$/,
	     "$fault->{name}: $fault->{fails} fails");
	rewrite($path, $text);
}

done_testing();
