#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The audit finds faults, and nothing else.  The test plants faults in kernel trees, at places that
# chance picks, and the rule of each has to find it; harmless edits have to change no finding and
# cause no error.  The environment's SEED picks other places, and KVERS fewer kernels.
#
# A tree gets faults of several rules, or several harmless edits.  Whatever fails is tried again
# alone, as faults may hide each other.
#
# What can't be found, and so isn't planted:
# - a copy of the right member under a condition that asks for more than the value and the clean
#   fields, as whether a control is set: the copies run on memory that says yes to all questions;
# - a copy that is dropped of a field that KVM never reads: nothing goes by it;
# - a wrong claim in words that words.pm does not know: a note says that it is not understood;
# - a fault in a place where the unplanted tree has the same finding already.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Chance;
use HarmlessEdits;
use List::Util qw(shuffle);
use Planted;
use PlantedFaults;
use Test::More;
use Vmcsgen;

my $SEED = $ENV{SEED} // 1;
my $STACK = 10;		# harmless edits in one tree
my $WHOLE = '6.12';	# the kernel that has all faults and edits
my $SAMPLE = 2;		# how many faults of each rule others have, if others have such faults, too
my $EDITS = 15;		# how many harmless edits others have

depends_on('kernel-glue/audit', 'kernel-glue/lib', 'out/vmcs.json', 'spec', 'gen');

# Plant a fault in a tree, always at the same place; returns what its finding has to look like.
sub plant
{
	my ($tree, $fault) = @_;

	srand($SEED + $fault->{number});
	@{ $tree->{edits} } = ();
	my $key = $fault->{plant}->($tree);
	return { %$fault, key => $key, edits => [@{ $tree->{edits} }] };
}

# The new findings that a fault has caused.
sub hits
{
	my ($planted, $base, $audit) = @_;

	my @new = grep { !$base->{findings}{$_} } sort keys %{ $audit->{findings} };

	return grep { /^\Q$planted->{rule}\E: (.*)/ && $1 =~ $planted->{key} } @new;
}

# Whether a fault is found when it is the only one.
sub found_alone
{
	my ($version, $base, $fault) = @_;
	my $tree = Planted->new($version);
	my $planted = plant($tree, $fault);
	my $audit = $tree->audit($fault->{rule});

	my $hit = hits($planted, $base, $audit);

	diag("$fault->{rule}: $fault->{name}: missed at\n",
	     map({ "  $_\n" } @{ $planted->{edits} }, @{ $audit->{errors} })) if !$hit;
	return $hit;
}

# Plant faults of different rules in one tree; returns those that were found.
sub found_together
{
	my ($version, $base, @faults) = @_;
	my $tree = Planted->new($version);
	my @planted = map { plant($tree, $_) } @faults;
	my $audit = $tree->audit;

	return grep { hits($_, $base, $audit) || found_alone($version, $base, $_) } @planted;
}

# The faults of a kernel, all or some, and how many are found, by rule.
sub faults_of
{
	my ($version, $base) = @_;
	my (%of, %found);

	for my $rule (PlantedFaults::rules()) {
		my $number = 0;
		my @faults = map { { %$_, number => $number++ } }
			     PlantedFaults::of($rule, $version);
		my $all = $version eq $WHOLE || !PlantedFaults::of($rule, $WHOLE);

		srand($SEED);
		$of{$rule} = [$all ? @faults : some($SAMPLE, @faults)];
	}
	while (my @round = map { shift(@{ $_ }) // () } map { $of{$_} } sort keys %of) {
		$found{ $_->{rule} }{all}++ for @round;
		$found{ $_->{rule} }{found}++ for found_together($version, $base, @round);
	}
	return %found;
}

# The findings that an audit has beyond the base, those that it lacks, and its errors.
sub news
{
	my ($base, $audit) = @_;

	my ($was, $is) = map { $_->{findings} } $base, $audit;

	return (map({ "new: $_" } grep { !$was->{$_} } sort keys %$is),
		map({ "gone: $_" } grep { !$is->{$_} } sort keys %$was),
		map({ "error: $_" } @{ $audit->{errors} }), grep { $_ ne '' } $audit->{err});
}

# Make as many harmless edits in one tree as find a place there; the others stay in the list.
sub stack
{
	my ($tree, $edits) = @_;
	my (@in, @later);

	for my $edit (@$edits) {
		my $made = @in < $STACK && eval { $edit->{make}->($tree); 1 };

		push @{ $made ? \@in : \@later }, $edit;
	}
	@$edits = @later;
	return @in;
}

sub quiet
{
	my ($version, $base, $edit) = @_;
	my $tree = Planted->new($version);

	srand($SEED);
	$edit->{make}->($tree);
	is_deeply([news($base, $tree->audit)], [], "$version: $edit->{name}");
}

sub check_harmless
{
	my ($version, $base, @edits) = @_;

	srand($SEED);
	@edits = shuffle(@edits);
	while (@edits) {
		my $tree = Planted->new($version);
		my @in = stack($tree, \@edits)
			or BAIL_OUT("$version has no place for '$edits[0]{name}'");

		if (news($base, $tree->audit)) {
			quiet($version, $base, $_) for @in;
		} else {
			pass("$version: $_->{name}") for @in;
		}
	}
}

for my $version (versions()) {
	my $base = Planted->new($version)->audit;
	my ($all, $hit) = (0, 0);

	is_deeply($base->{errors}, [], "$version: the audit tells all");
	my %found = faults_of($version, $base);
	for my $rule (sort keys %found) {
		my $of = $found{$rule};
		my $count = $of->{found} // 0;

		note("$version: $rule: $count of $of->{all} found");
		($all, $hit) = ($all + $of->{all}, $hit + $count);
	}
	cmp_ok($hit, '>=', 0.95 * $all, "$version: of $all faults, $hit are found");
	my @edits = HarmlessEdits::of($version);
	srand($SEED);
	check_harmless($version, $base, $version eq $WHOLE ? @edits : some($EDITS, @edits));
}

done_testing();
