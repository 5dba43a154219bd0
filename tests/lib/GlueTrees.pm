# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Trees of what kernel-glue sees of a kernel, for tests that need no more of it.
package GlueTrees;

use strict;
use warnings;

use Digest::MD5 qw(md5_hex);
use Exporter qw(import);
use Fcntl qw(:flock);
use File::Copy qw(copy);
use File::Find qw(find);
use File::Path qw(make_path remove_tree);
use File::Basename qw(dirname);
use Vmcsgen;

our @EXPORT = qw(glue_tree patched_tree keep_patched copy_tree files_of contents times edit);

my @SEEN = qw(arch/x86/kvm arch/x86/include/asm/hyperv-tlfs.h
	      arch/x86/include/asm/kvm_host.h arch/x86/include/asm/vmx.h
	      arch/x86/include/asm/vmxfeatures.h arch/x86/include/uapi/asm/kvm.h
	      tools/testing/selftests/kvm/Makefile tools/testing/selftests/kvm/x86_64
	      tools/testing/selftests/kvm/include
	      Documentation/virt/kvm/api.rst Documentation/virt/kvm/x86/nested-vmx.rst
	      Documentation/virt/kvm/x86/index.rst MAINTAINERS scripts/Makefile scripts/dtc/Makefile);

# What a kernel has in another place.
my %ELSEWHERE = ('7.3' => { 'arch/x86/include/asm/hyperv-tlfs.h' => 'include/hyperv',
			    'tools/testing/selftests/kvm/Makefile' => 'tools/testing/selftests/kvm/Makefile.kvm',
			    'tools/testing/selftests/kvm/x86_64' => 'tools/testing/selftests/kvm/x86' });

# A new tree of a kernel in a folder; returns its name.
sub glue_tree
{
	my ($version, $to) = @_;
	my @seen = map { $ELSEWHERE{$version}{$_} // $_ } @SEEN;
	my $tree = unpack_kernel($version, @seen);

	copy_tree("$tree/$_", "$to/$_") for @seen;
	return $to;
}

# What a kernel's patched tree depends on, as one word.
sub patched_by
{
	my ($version) = @_;
	my $root = root();
	my @archive = (stat(kernel_tarball($version)))[7, 9];
	my @files = (vmcsgen(), map {
		my $folder = "$root/$_";

		map { "$folder/$_" } files_of($folder)
	} qw(gen kernel-glue out spec templates));

	return md5_hex("@archive ", map { ($_, slurp($_)) } @files);
}

# Keep a tree that apply has patched, for other tests.  They may run meanwhile.
sub keep_patched
{
	my ($version, $tree) = @_;
	my $kept = root() . "/build/tests/patched-$version";

	open(my $lock, '>', "$kept.lock") or die "$kept.lock: $!\n";
	flock($lock, LOCK_EX) or die "$kept.lock: $!\n";
	remove_tree($kept);
	copy_tree($tree, "$kept/tree");
	spew("$kept/by", patched_by($version));
}

# A new tree that is patched with all of the glue: one that was kept, or what apply makes of
# PRISTINE.
sub patched_tree
{
	my ($version, $pristine, $to) = @_;
	my $kept = root() . "/build/tests/patched-$version";

	open(my $lock, '>', "$kept.lock") or die "$kept.lock: $!\n";
	flock($lock, LOCK_EX) or die "$kept.lock: $!\n";
	if (-e "$kept/by" && slurp("$kept/by") eq patched_by($version)) {
		return copy_tree("$kept/tree", $to);
	}
	close($lock) or die "$kept.lock: $!\n";
	copy_tree($pristine, $to);
	ok_run({ env => { LC_ALL => 'C', VMCSGEN => vmcsgen() } }, root() . '/kernel-glue/apply',
	       $pristine, $to);
	keep_patched($version, $to);
	return $to;
}

sub copy_tree
{
	my ($from, $to) = @_;

	make_path(dirname($to));
	ok_run('cp', '-a', $from, $to);
	return $to;
}

# Every file of a tree, relative to it.
sub files_of
{
	my ($tree) = @_;
	my @files;

	find({ no_chdir => 1, wanted => sub {
		push @files, substr($_, length("$tree/")) if !-d;
	} }, $tree);
	return sort @files;
}

sub contents { return { map { $_ => slurp("$_[0]/$_") } files_of($_[0]) } }

sub times { return { map { $_ => join(' ', (stat("$_[0]/$_"))[1, 9, 10]) } files_of($_[0]) } }

# Change a file by a function on $_, which has to change it.  Another tree may have it by a link.
sub edit
{
	my ($path, $change) = @_;
	local $_ = slurp($path);
	my $before = $_;

	$change->();
	die "$path is as it was\n" if $_ eq $before;
	unlink($path) or die "$path: $!\n";
	spew($path, $_);
}

1;
