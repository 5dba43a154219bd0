# SPDX-License-Identifier: GPL-2.0-only
#
# What an L1 writes into its eVMCS reaches KVM: each field that KVM reads in struct vmcs12 is copied there
# at an entry, from the field itself, whole, and whenever the field's clean-field group is dirty, as the
# TLFS says.  Otherwise KVM goes by a value that L1 has replaced.
package Audit::CopyIn;

use strict;
use warnings;

# The groups' names by their bits.
sub groups
{
	my ($audit) = @_;

	return map { $_->{bit} => $_->{name} } @{ $audit->{spec}->layout($audit->revision('page'))->{groups} };
}

# A field that the TLFS has in a group is copied when this alone is dirty; 'any' belongs to all, and
# 'always' to none, as nothing can say that it is clean.
sub check_group
{
	my ($audit, $function, $name, $into, $from) = @_;
	my %groups = groups($audit);
	my $group = $audit->said('page')->{$name}{group} // return;
	my @in = grep { $audit->source_of($audit->{answers}->copies('entry', $_), $into, $from, 'page') eq 'whole' } sort { $a <=> $b } keys %groups;
	my $always = $audit->source_of($audit->{answers}->copies('entry', 'none'), $into, $from, 'page') eq 'whole';
	my %in = map { $groups{$_} => 1 } @in;
	my @lacking = $always || $group eq 'readonly' ? () : $group eq 'always' ? ('always') :
		      $group eq 'any' ? grep({ !$in{$_} } values %groups) : $in{$group} ? () : ($group);

	$audit->finding(key => "group of $name", at => $audit->place_of($function, 'vmcs12', $into->{member}),
			holds => $group eq 'always' ? "$name is copied at each entry: no group says that it is clean"
						    : "$name is copied when $group is dirty, as the TLFS says",
			does => @in ? 'it is copied when ' . join(' or ', map { $groups{$_} } @in) . ' is dirty' : 'it is copied only if several groups are dirty',
			chain => [$audit->place_of($function, 'vmcs12', $into->{member}) . ": $function->{name}() copies it"],
			guest => "change $name in the eVMCS, say that all but " . ($group eq 'always' ? 'nothing' : $group) . ' is clean, and enter')
		if @lacking;
}

sub check
{
	my ($audit) = @_;
	my $function = $audit->function('copy at entry');
	my %shared = $audit->shared;
	my $copies = $audit->{answers}->copies('entry', 'all');

	for my $name (grep { $audit->can_be_used($_) } sort keys %shared) {
		my ($into, $from) = @{ $shared{$name} };
		my $source = $audit->source_of($copies, $into, $from, 'page');
		my @readers = $audit->users($into->{member}, 'reads', 'copy at entry', 'copy at exit');
		my $at = $audit->place_of($function, 'vmcs12', $into->{member});
		my %finding = (key => $name, at => $at, holds => "struct vmcs12 has $name as L1 wrote it into the eVMCS",
			       guest => "write $name into the eVMCS and enter");

		if ($source eq 'whole') {
			check_group($audit, $function, $name, $into, $from);
		} elsif ($source ne 'nothing') {
			$audit->finding(%finding, does => "it is copied $source", chain => ["$at: $function->{name}() copies it"]);
		} elsif (@readers && $from->{field}{access} ne 'read-only') {
			$audit->finding(%finding, sure => 'look', does => 'KVM reads it, and nothing copies it: it is what it was before, or 0',
					chain => [$audit->evidence("$name is read", @readers), "$at: $function->{name}() does not copy it"]);
		}
	}
}

\&check;
