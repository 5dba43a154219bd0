# SPDX-License-Identifier: GPL-2.0-only
#
# What doesn't fit between a kernel and the glue: each is told when it is found, and all are
# counted, so that a person sees all of them in one run.
package Misfits;

use strict;
use warnings;

use File::Basename qw(basename);

sub new { return bless({ count => 0 }, $_[0]) }

sub count { return $_[0]{count} }

# Tell one misfit: a line that says what, and lines with more about it.
sub add
{
	my ($self, $what, @lines) = @_;

	print STDERR basename($0), ": $what\n";
	for (@lines) {
		chomp(my $line = $_);
		print STDERR "\t$line\n";
	}
	$self->{count}++;
}

# Tell what a kernel's file and the spec have of which the other has nothing, if anything.
sub differ
{
	my ($self, $what, $of, $kernels, $specs) = @_;
	my ($has, $wants) = map { my %set = map { $_ => 1 } @$_; \%set } $kernels, $specs;
	my %said = map { $_ => $has->{$_} ? 'has' : 'lacks' }
		grep { !$has->{$_} || !$wants->{$_} } keys %$has, keys %$wants;

	$self->add("$what differs from $of:", map { "$said{$_} $_" } sort keys %said) if %said;
}

1;
