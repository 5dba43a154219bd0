# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Trees of what kernel-glue sees of a kernel, for tests that need no more of it.
package GlueTrees;

use strict;
use warnings;

use Exporter qw(import);
use File::Copy qw(copy);
use File::Find qw(find);
use File::Path qw(make_path);
use File::Basename qw(dirname);
use Vmcsgen;

our @EXPORT = qw(glue_tree copy_tree files_of contents times edit);

my @SEEN = qw(arch/x86/kvm arch/x86/include/asm/hyperv-tlfs.h
	      arch/x86/include/asm/kvm_host.h arch/x86/include/asm/vmx.h
	      arch/x86/include/asm/vmxfeatures.h arch/x86/include/uapi/asm/kvm.h
	      tools/testing/selftests/kvm/Makefile tools/testing/selftests/kvm/x86_64
	      tools/testing/selftests/kvm/include Documentation/virt/kvm/x86/nested-vmx.rst
	      Documentation/virt/kvm/x86/index.rst MAINTAINERS scripts/Makefile);

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

# Change a file by a function on $_, which has to change it.
sub edit
{
	my ($path, $change) = @_;
	local $_ = slurp($path);
	my $before = $_;

	$change->();
	die "$path is as it was\n" if $_ eq $before;
	spew($path, $_);
}

1;
