# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's masks of the controls that an eVMCS may carry.
package Audit::Masks;

use strict;
use warnings;

sub new
{
	my ($class, $audit) = @_;

	return bless({ audit => $audit }, $class);
}

# All masks, each with its name, value and place, the word of controls, and the spec's list that has
# it; 'un' if it has the controls that may not be carried.
sub all { return @{ $_[0]{all} //= [$_[0]->found] } }

sub found
{
	my ($self) = @_;
	my $kernel = $self->{audit}{kernel};
	my %values = %{ $kernel->masks };
	my %listed = $self->listed;

	return map { { %{ $listed{$_} }, value => $values{$_}, place => $kernel->mask_place($_),
		       un => /_UNSUPPORTED_/ ? 1 : 0 } } sort grep { $listed{$_} } keys %values;
}

# The masks of the spec's lists by name; lists of the target come before others.
sub listed
{
	my ($self) = @_;
	my %ours = map { $_->{path} => 1 } @{ $self->{audit}{target}{masks} };
	my %listed;

	for my $support (@{ $self->{audit}{spec}{support} }) {
		for my $mask (@{ $support->{masks} }) {
			$listed{ $mask->{name} } = { %$mask, support => $support }
				if $ours{ $support->{name} } || !$listed{ $mask->{name} };
		}
	}
	return %listed;
}

# Whether a mask lets an eVMCS carry the control of a bit.
sub has
{
	my ($self, $mask, $bit) = @_;

	return !!(hex($mask->{value}) >> $bit & 1) != !!$mask->{un};
}

# Whether an L1 can make KVM use a field by an eVMCS: no control adds it, or one that an eVMCS may
# carry.
sub allow_field
{
	my ($self, $field) = @_;
	my %masks = map { $_->{word} => $_ } $self->all;
	my @adders = @{ $self->{audit}{spec}->adders->{$field} // [] };

	return !@adders || grep {
		my $mask = $masks{ $_->{word} };
		$mask && $self->has($mask, $_->{bit});
	} @adders;
}

1;
