# SPDX-License-Identifier: GPL-2.0-only
#
# Misfits between a kernel's tree and the glue.  Each is printed when it is found, and all are
# counted, so that a person sees all of them in one run.
package Misfits;

use strict;
use warnings;

use File::Basename qw(basename);

sub new
{
	my ($class, $tree) = @_;

	return bless({ tree => $tree, count => 0 }, $class);
}

sub count { return $_[0]{count} }

# Print one misfit, by any of these:
#
#	what		what doesn't fit; or 'tree', what the tree as a whole has or lacks
#	rule		whose it is: a rule file, or the manifest
#	at		where: a file of the kernel, or FILE:LINE
#	functions	or where the kernel has these; or 'files'
#	more		lines with more about it
#	differ		and what differs: what it is, and whether the kernel 'has' or 'lacks' it
#	about		what the spec would say of it: a kind that Decisions knows; 'when', for copies
#	record		what record-bodies would record, if what replaces it does the same
#	next		a line with what to do, if porting has not begun
sub add
{
	my ($self, %misfit) = @_;
	my $path = $self->{tree}->path;
	my @head = grep { defined } @misfit{qw(rule at)}, $misfit{what} // "$path $misfit{tree}";
	my @lines = lines(%misfit);

	push @lines, "if what replaces it does the same: kernel-glue/record-bodies $path $misfit{record}"
		if defined $misfit{record};
	push @lines, $misfit{next} // ();
	print STDERR join(': ', basename($0), @head), "\n", map { "\t$_\n" } @lines;
	$self->{count}++;
}

# The lines with more about a misfit.
sub lines
{
	my (%misfit) = @_;
	my $differ = $misfit{differ} // {};

	return ((map { s/\n\z//r } @{ $misfit{more} // [] }), map { "$differ->{$_} $_" } sort keys %$differ);
}

# Print what a kernel has beyond the spec, and what it lacks, if anything; 'what' is the kernel's
# item, and 'from' the spec's.
sub differ
{
	my ($self, $kernels, $specs, %misfit) = @_;
	my ($has, $wants) = map { my %set = map { $_ => 1 } @$_; \%set } $kernels, $specs;
	my %differ = map { $_ => $has->{$_} ? 'has' : 'lacks' }
		grep { !$has->{$_} || !$wants->{$_} } keys %$has, keys %$wants;
	my $from = delete $misfit{from};

	$self->add(%misfit, what => "$misfit{what} differs from $from:", differ => \%differ) if %differ;
}

1;
