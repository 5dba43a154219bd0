# SPDX-License-Identifier: GPL-2.0-only
#
# What the spec says, as vmcs.json tells it.
package Spec;

use strict;
use warnings;

use Files;
use JSON::PP;

sub new
{
	my ($class, $json) = @_;

	return bless(JSON::PP->new->utf8->decode(slurp($json)), $class);
}

# The targets that keep a VMCS in memory: those are kernels.
sub kernels { return grep { @{ $_->{memory} } } @{ $_[0]{targets} } }

# The revision that a target has for a role: 'memory', the default layout of struct vmcs12, or
# 'page', the enlightened VMCS.
sub revision
{
	my ($target, $role) = @_;

	return $target->{memory}[0]{path} if $role eq 'memory';
	return $target->{pages}[0]{path} if $role eq 'page';
	fail(UNFIT, "'$role' is not the role of a revision");
}

sub layout
{
	my ($self, $revision) = @_;
	my ($name) = split(m{/}, $revision);

	return (grep { $_->{name} eq $name } @{ $self->{layouts} })[0];
}

# What the spec says of a revision, by any name of it.
sub described
{
	my ($self, $revision) = @_;
	my (undef, $name) = split(m{/}, $revision);

	my ($found) = grep { grep { $_ eq $name } $_->{name}, @{ $_->{aliases} } }
		@{ $self->layout($revision)->{revisions} };
	return $found;
}

# The members of a revision, and those that are fields.
sub members { return @{ $_[0]->described($_[1])->{members} } }

sub fields { return grep { $_->{field} } members(@_) }

# All names that a field has in Linux.
sub names { return ($_[0]{name}, @{ $_[0]{linux} }) }

# The field of a name, in capitals or not; or nothing.
sub field
{
	my ($self, $name) = @_;

	$self->{by_name} //= { map { my $field = $_; map { lc($_) => $field } names($field) }
			       @{ $self->{fields} } };
	return $self->{by_name}{ lc($name) };
}

# The number of an encoding's name, which ends in _HIGH for a high half; nothing if the spec has no
# such field.
sub number
{
	my ($self, $name) = @_;
	my ($of, $high) = $name =~ /^(\w+?)(_HIGH)?$/i;
	my $field = $self->field($of);

	return $field && (!$high || $field->{high}) ? hex($field->{encoding}) + ($high ? 1 : 0) : undef;
}

# The field of an encoding, which may be that of its high half; or nothing.
sub encoded
{
	my ($self, $number) = @_;

	$self->{by_number} //= { map { hex($_->{encoding}) => $_ } @{ $self->{fields} } };
	return $self->{by_number}{ $number & ~1 };
}

# The controls that add each field, by the field's name: each with its word, its bit and its name.
sub adders
{
	my ($self) = @_;
	my %adders;

	return $self->{adders} if $self->{adders};
	for my $word (@{ $self->{controls} }) {
		for my $bit (@{ $word->{bits} }) {
			push @{ $adders{$_} }, { word => $word->{word}, bit => $bit->{bit},
						 name => $bit->{name} } for @{ $bit->{adds} };
		}
	}
	return $self->{adders} = \%adders;
}

# KVM's name of a clean-field group.  NONE has the fields that no bit can declare clean, and ALL
# those that belong to every group.
sub group_of
{
	my ($field) = @_;
	my %special = (always => 'NONE', readonly => 'NONE', any => 'ALL');

	return $special{ $field->{group} } // uc($field->{group});
}

# KVM's clean-field groups with their bits.
sub groups
{
	my ($self, $revision) = @_;
	my %bits = map { uc($_->{name}) => 1 << $_->{bit} } @{ $self->layout($revision)->{groups} };
	my $all = 0;

	$all |= $_ for values %bits;
	return { %bits, NONE => 0, ALL => $all };
}

# The masks of a target whose names begin with a prefix, by name.
sub masks
{
	my ($self, $target, $prefix) = @_;
	my %listed = map { $_->{path} => 1 } @{ $target->{masks} };

	return { map { $_->{name} => sprintf('0x%x', hex($_->{value})) }
		 grep { index($_->{name}, $prefix) == 0 }
		 map { @{ $_->{masks} } } grep { $listed{$_->{name}} } @{ $self->{support} } };
}

# The shadow list of a revision, which may be that of the one that it comes from.
sub shadow
{
	my ($self, $revision) = @_;

	for (my $of = $revision; $of; $of = $self->described($of)->{from}) {
		my ($shadow) = grep { $_->{revision} eq $of } @{ $self->{shadow} };

		return $shadow if $shadow;
	}
	fail(UNFIT, "the spec has no shadow list of $revision");
}

# The counts that a rule's head may name: '@entries', the look-ups of the revision in its
# 'entries:'; '@entry' and '@exit', its copies; '@entry-groups', the clean bits that the copies at
# an entry ask for; '@groups', all clean bits that KVM names.
sub count
{
	my ($self, $target, $what, $role) = @_;

	my @fields = $self->fields(revision($target, $role // 'page'));
	return scalar(grep { $_->{lookup} } @fields) if $what eq 'entries';
	return scalar(grep { $_->{"copy_$what"} } @fields) if $what =~ /^(?:entry|exit)$/;
	return scalar(keys %{ $self->groups(revision($target, 'page')) }) if $what eq 'groups';
	if ($what eq 'entry-groups') {
		my %groups = map { group_of($_) => 1 } grep { $_->{copy_entry} } @fields;

		return scalar(grep { $_ ne 'NONE' && $_ ne 'ALL' } keys %groups);
	}
	fail(UNFIT, "'\@$what' is nothing that the spec counts");
}

1;
