# SPDX-License-Identifier: GPL-2.0-only
#
# Which functions use the members of the structures, and where: evidence for findings.
package Audit::Uses;

use strict;
use warnings;

sub new
{
	my ($class, $audit) = @_;

	return bless({ audit => $audit }, $class);
}

# The uses of a member of struct vmcs12 in a way, 'reads' or 'writes'.  Code that takes the address
# may do both.  The functions of some roles are left out.
sub of
{
	my ($self, $member, $way, @without) = @_;
	my $audit = $self->{audit};
	my %without = map { $_ => 1 } map { $audit->{roles}->parts_of($_) } @without;
	my %members = $audit->{index}->members('vmcs12');

	return grep { ($_->{$way} || $_->{address}) && !$without{ $_->{in} } }
	       @{ $members{$member} // [] };
}

# Where a function writes a member of a structure, or where the function begins.
sub place_of
{
	my ($self, $function, $structure, $member) = @_;
	my %members = $self->{audit}{index}->members($structure);
	my ($use) = grep { $_->{in} eq $function->{name} && $_->{writes} }
		    @{ $members{$member} // [] };

	return $use ? "$use->{file}:$use->{line}" : "$function->{file}:$function->{line}";
}

# Uses as lines of evidence.
sub evidence
{
	my ($what, @uses) = @_;

	return map { "$_->{file}:$_->{line}: $what in $_->{in}()" } @uses;
}

1;
