# SPDX-License-Identifier: GPL-2.0-only
#
# What an L1 writes into its eVMCS reaches KVM: each field that KVM reads in struct vmcs12 is copied
# there at an entry, from the field itself, whole, and whenever the field's clean-field group is
# dirty, as the TLFS says.  Otherwise KVM goes by a value that L1 has replaced.
package Audit::CopyIn;

use strict;
use warnings;

my @COPIES = ('copy at entry', 'copy at exit');

# The names of the groups in the order of their bits, and where one alone has to be dirty for a
# copy.
sub copied_in
{
	my ($audit, @members) = @_;
	my %groups = map { $_->{bit} => $_->{name} }
		     @{ $audit->{spec}->layout($audit->revision('page'))->{groups} };
	my $whole = sub {
		my $copies = $audit->{answers}->copies('entry', $_[0]);

		return $audit->{structures}->source_of($copies, @members, 'page') eq 'whole';
	};
	my @bits = sort { $a <=> $b } keys %groups;

	return { groups => [map { $groups{$_} } @bits], always => $whole->('none'),
		 in => [map { $groups{$_} } grep { $whole->($_) } @bits] };
}

# Whether a field is copied where a group is dirty, or 'any' of them.  No group can say that a field
# of 'always' is clean.
sub is_right
{
	my ($group, $copied) = @_;
	my %in = map { $_ => 1 } @{ $copied->{in} };

	return 1 if $copied->{always} || $group eq 'readonly';
	return !grep { !$in{$_} } @{ $copied->{groups} } if $group eq 'any';
	return $group ne 'always' && $in{$group};
}

sub check_group
{
	my ($audit, $name, $into, $from) = @_;
	my $function = $audit->{roles}->function('copy at entry');
	my $group = $audit->{structures}->said('page')->{$name}{group} // return;
	my $copied = copied_in($audit, $into, $from);
	my @in = @{ $copied->{in} };
	my $at = $audit->{uses}->place_of($function, 'vmcs12', $into->{member});
	my $always = $group eq 'always';

	return if is_right($group, $copied);
	$audit->finding(key => "group of $name", at => $at,
		holds => $always ? "$name is copied at each entry: no group says that it is clean"
				 : "$name is copied when $group is dirty, as the TLFS says",
		does => @in ? 'it is copied when ' . join(' or ', @in) . ' is dirty'
			    : 'it is copied only if several groups are dirty',
		chain => ["$at: $function->{name}() copies it"],
		guest => "change $name in the eVMCS, say that " .
			 ($always ? 'every group' : "all but $group") . ' is clean, and enter');
}

sub check_field
{
	my ($audit, $name, $into, $from) = @_;
	my $function = $audit->{roles}->function('copy at entry');
	my $copies = $audit->{answers}->copies('entry', 'all');
	my $source = $audit->{structures}->source_of($copies, $into, $from, 'page');
	my @readers = $audit->{uses}->of($into->{member}, 'reads', @COPIES);
	my $at = $audit->{uses}->place_of($function, 'vmcs12', $into->{member});
	my %finding = (key => $name, at => $at, guest => "write $name into the eVMCS and enter",
		       holds => "struct vmcs12 has $name as L1 wrote it into the eVMCS");

	if ($source eq 'whole') {
		check_group($audit, $name, $into, $from);
	} elsif ($source ne 'nothing') {
		$audit->finding(%finding, does => "it is copied $source",
				chain => ["$at: $function->{name}() copies it"]);
	} elsif (@readers && $from->{field}{access} ne 'read-only') {
		$audit->finding(%finding, sure => 'look',
				does => 'KVM reads it, and nothing copies it: it is what it was ' .
					'before, or 0',
				chain => [Audit::Uses::evidence("$name is read", @readers),
					  "$at: $function->{name}() does not copy it"]);
	}
}

sub check
{
	my ($audit) = @_;
	my %shared = $audit->{structures}->shared;

	check_field($audit, $_, @{ $shared{$_} })
		for grep { $audit->{masks}->allow_field($_) } sort keys %shared;
}

\&check;
