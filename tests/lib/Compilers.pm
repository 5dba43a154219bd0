# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What compilers and sparse say about what was generated, called as the kernel calls
# them and as a user might.
package Compilers;

use strict;
use warnings;

use Exporter qw(import);
use Vmcsgen;

our @EXPORT = qw(ways compiled sparse_ways sparse);

# What each way of compiling is called, and its flags; all warnings are errors.
sub ways
{
	my ($cc) = @_;
	my %ways = ('in userspace' => ['-Wall', '-Wextra']);

	for my $version (kernel_versions()) {
		$ways{"in linux-$version with W=1"} =
			[kernel_flags($version), kernel_warnings($version, $cc)];
	}
	return %ways;
}

# What a compiler says about one file.
sub compiled
{
	my ($name, $source, %with) = @_;
	my $result = compile(%with, source => $source);

	return '' if $result->{status} == 0 && $result->{err} eq '';
	return "$name: status $result->{status}\n$result->{err}";
}

# The ways of calling sparse, and their flags.
sub sparse_ways
{
	my %ways = ('in userspace' => ['-Wsparse-all', '-D_FORTIFY_SOURCE=0']);

	for my $version (kernel_versions()) {
		$ways{"in linux-$version"} =
			['-Wbitwise', '-Wno-return-void', '-Wno-unknown-attribute',
			 '-D__linux__', kernel_flags($version)];
	}
	return %ways;
}

# What sparse says about one file.
sub sparse
{
	my ($name, $source, @flags) = @_;
	my $dir = tempdir();
	my $file = $source =~ /\n/ ? spew("$dir/unit.c", $source) : $source;
	my $result = run('cgcc', '-no-compile', '-std=gnu11', '-Wsparse-error', @flags,
			 '-I' . out(), '-c', $file);

	return '' if $result->{status} == 0 && $result->{out} . $result->{err} eq '';
	return "$name: status $result->{status}\n$result->{out}$result->{err}";
}

1;
