# SPDX-License-Identifier: GPL-2.0-only
#
# The two structures of an audit by their roles: struct vmcs12 is 'memory', and struct
# hv_enlightened_vmcs is 'page'.  The compiler says where their members lie, and the spec which of
# them are fields.
package Audit::Structures;

use strict;
use warnings;

my %NAMES = (memory => 'vmcs12', page => 'hv_enlightened_vmcs');

# The definitions are the tree's, by role.
sub new
{
	my ($class, $audit, $definitions) = @_;

	return bless({ audit => $audit, definitions => $definitions }, $class);
}

sub name { return $NAMES{$_[1]} }

# Where a structure is defined.
sub definition
{
	my ($self, $role) = @_;

	return $self->{definitions}{$role} //
		$self->{audit}->cannot("the tree has no struct $NAMES{$role}");
}

# The members of a structure by name, each with its 'offset' and its 'size' in bytes and, if it is
# one, the spec's 'field'.
sub members
{
	my ($self, $role) = @_;

	return $self->{members}{$role} //= $self->placed($role);
}

# The index knows the members' names, and the compiler their places.  Bytes that are left over
# belong to a member that the index misses.
sub placed
{
	my ($self, $role) = @_;
	my %members = map { $_->{member} => $_ } grep { $_->{structure} eq $NAMES{$role} }
		      $self->{audit}{answers}->members;
	my $size = (delete $members{''})->{size};
	my %covered = map { $_ => 1 } map { bytes($_) } values %members;

	$self->{audit}->cannot("struct $NAMES{$role} has $size bytes, and the index knows members of " .
			       keys(%covered) . ' of them') if keys %covered != $size;
	$self->name_fields($role, values %members);
	return \%members;
}

sub bytes { return $_[0]{offset} .. $_[0]{offset} + $_[0]{size} - 1 }

# Say of members which field each is: by its name or, without one, by its place in the revision.
sub name_fields
{
	my ($self, $role, @members) = @_;
	my $spec = $self->{audit}{spec};
	my %at = map { $_->{offset} => $_ } values %{ $self->said($role) };

	for my $member (@members) {
		my $same = $at{ $member->{offset} };
		my $is_same = $same && $same->{size} == $member->{size};
		my $field = $spec->field($member->{member}) //
			    ($is_same ? $spec->field($same->{field}) : undef);

		$member->{field} = $field if $field;
	}
}

# The members that are fields, by the field's name.
sub fields
{
	my ($self, $role) = @_;

	return map { $_->{field} ? ($_->{field}{name} => $_) : () }
	       values %{ $self->members($role) };
}

# The member of a byte, or nothing.
sub member_at
{
	my ($self, $role, $byte) = @_;

	$self->{bytes}{$role} //= { map { my $member = $_; map { $_ => $member } bytes($member) }
				    values %{ $self->members($role) } };
	return $self->{bytes}{$role}{$byte};
}

# What the spec says of the members of the revision that are fields, by the field's name.
sub said
{
	my ($self, $role) = @_;
	my $audit = $self->{audit};

	return $self->{said}{$role} //=
		{ map { $_->{field} => $_ } $audit->{spec}->fields($audit->revision($role)) };
}

# The fields that both structures have, by name, each as the two members.
sub shared
{
	my ($self) = @_;
	my %memory = $self->fields('memory');
	my %page = $self->fields('page');

	return map { $_ => [$memory{$_}, $page{$_}] } grep { $memory{$_} } keys %page;
}

# Where a copy takes the bytes of a member from, by its bytes: 'whole', if all come from the member
# that they have to come from; 'nothing'; 'from' another member; or 'in part'.
sub source_of
{
	my ($self, $copies, $into, $from, $role) = @_;
	my @bytes = map { $copies->{$_} } bytes($into);
	my @wrong = grep { !defined $bytes[$_] || $bytes[$_] != $from->{offset} + $_ } 0 .. $#bytes;
	my ($other) = grep { $_ && $_->{member} ne $from->{member} }
		      map { $self->member_at($role, $bytes[$_]) }
		      grep { defined $bytes[$_] } @wrong;

	return 'whole' if !@wrong;
	return 'nothing' if !grep { defined } @bytes;
	return $other ? "from $other->{member}" : 'in part';
}

1;
