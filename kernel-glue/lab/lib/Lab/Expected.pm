# SPDX-License-Identifier: GPL-2.0-only
#
# An expectation list, and what differs from it.  A line of it is
#
#	program  model  result  reason
#
# with tabs or at least two blanks between; '#' begins a remark.  A program that kernels call
# differently has its names with '|' between.  The reason is that of results.tsv, and every result
# but PASS has one; of a PASS it doesn't count.  PASS|FAIL, or the like, is for a program that passes
# or fails for that reason, as chance has it.
package Lab::Expected;

use strict;
use warnings;

use Lab;

my $RESULTS = join('|', qw(PASS SKIP FAIL WARN TIMEOUT HANG PANIC LOST));

# The list of a version: its own, that of its first two numbers, or the newest there is.
sub list_for
{
	my ($folder, $version) = @_;
	my ($short) = $version =~ /^(\d+\.\d+)/;
	my ($own) = grep { -e } map { "$folder/$_.txt" } $version, $short // ();
	my ($newest) = map { $_->[0] } sort { $b->[1] <=> $a->[1] || $b->[2] <=> $a->[2] }
		map { m{/(\d+)\.(\d+)\.txt$} ? [$_, $1, $2] : () } glob("\Q$folder\E/*.txt");

	return $own if $own;
	$newest or bad_input("$folder has no list");
	print STDERR "no list for Linux $version: what $newest says is expected\n";
	return $newest;
}

# The programs that a list names for a model, in its order.
sub programs
{
	my ($path, $model) = @_;

	return map { $_->[0] } grep { ($_->[1] // '') eq $model }
		map { [split(/\t\s*|\s{2,}/)] } grep { !/^\s*(?:#|$)/ } split(/\n/, slurp($path));
}

sub read_expected
{
	my ($path) = @_;
	my ($number, %expected) = (0);

	for (split(/\n/, slurp($path))) {
		$number++;
		next if /^\s*(#|$)/;
		my ($program, $model, $result, $reason) = split(/\t\s*|\s{2,}/);

		bad_input("$path:$number: not a program, a model, a result and its reason")
			if ($result // '') !~ /^(?:PASS\|)?(?:$RESULTS)$/;
		bad_input("$path:$number: $program on $model is expected twice")
			if $expected{$model}{$program};
		bad_input("$path:$number: a $result wants its reason")
			if $result ne 'PASS' && !defined $reason;
		$expected{$model}{$program} = [$result, $reason // ''];
	}
	return \%expected;
}

# The results.tsv files of one or more boots, as one: a program that ran more than
# once has more than one result.
sub read_results
{
	my %results;

	for my $path (@_) {
		my ($head, @lines) = split(/\n/, slurp($path));

		bad_input("$path: not a results.tsv of boot")
			if ($head // '') !~ /^program\tmodel\tresult\t/;
		for (@lines) {
			my ($program, $model, $result, undef, undef, $reason) = split(/\t/, $_, -1);

			push @{ $results{$model}{$program} }, [$result, $reason];
		}
	}
	return \%results;
}

# Whether a program may do what it did.
sub is_expected
{
	my ($want, $have) = @_;
	my ($result, $reason) = @$want;

	return grep { words([$_, $reason]) eq words($have) } split(/\|/, $result);
}

sub words
{
	my ($result, $reason) = @{ $_[0] };

	return $result eq 'PASS' || $reason eq '' ? $result : "$result ($reason)";
}

# One line for each difference, by model and program.  A boot that just works
# needs no line of its own.
sub differences
{
	my ($expected, $results) = @_;
	my %models = (%$expected, %$results);
	my @lines;

	for my $model (sort keys %models) {
		my %want = ('(boot)' => ['PASS', ''], %{ $expected->{$model} // {} });
		my %have = %{ $results->{$model} // {} };

		for my $names (grep { /\|/ } keys %want) {
			my ($name) = grep { $have{$_} } split(/\|/, $names);

			$want{$name} = delete $want{$names} if $name;
		}
		my %programs = (%want, %have);

		for my $program (sort keys %programs) {
			my $want = $want{$program};
			my @have = @{ $have{$program} // [] };
			my @others = @have ? map { words($_) } grep { !$want || !is_expected($want, $_) } @have
					   : 'was not run';
			my $text = $want ? 'expected ' . words($want) : 'not expected';

			push @lines, map { "$program on $model: $_, $text\n" } @others;
		}
	}
	return @lines;
}

1;
