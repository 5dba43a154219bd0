# SPDX-License-Identifier: GPL-2.0-only
#
# Each name of an encoding in asm/vmx.h, and in the selftests' copy, has the number that the SDM
# gives the field, and a field of 64 bits has a name for its high half.  A wrong number makes KVM
# access another field of the hardware's VMCS, or give an L1 another of its own.
package Audit::Encodings;

use strict;
use warnings;

use Spec;

my $ENUM = 'enum vmcs_field';
my @SELFTESTS = map { "$ENUM below tools/testing/selftests/kvm/include/$_" } qw(x86_64 x86);

# The names of an encoding in capitals, in the order of the alphabet; of a high half, with _HIGH.
sub names_of
{
	my ($spec, $number) = @_;
	my $field = $spec->encoded($number);
	my $high = $number & 1;

	return if !$field || ($high && !$field->{high});
	return sort map { uc($_) . ($high ? '_HIGH' : '') } Spec::names($field);
}

# A name that the kernel gives a number.
sub check_name
{
	my ($audit, $name, $number, %finding) = @_;
	my @right = names_of($audit->{spec}, $number);
	my $is = $audit->{spec}->number($name);

	return if grep { $_ eq $name } @right;
	if (defined $is) {
		$audit->finding(%finding, holds => sprintf('%s is 0x%04x', $name, $is),
				does => sprintf('it is 0x%04x', $number) .
					(@right ? ", which is $right[0]"
						: ', which is not a field'));
	} elsif (@right) {
		$audit->finding(%finding, sure => 'look', does => "the kernel calls it $name",
				holds => sprintf('0x%04x is ', $number) . join(' or ', @right));
	} else {
		$audit->finding(%finding, sure => 'look',
				holds => 'each encoding is one of a field that the spec has',
				does => sprintf('%s is 0x%04x, which it does not have', $name,
						$number));
	}
}

# All names of an enum; returns the numbers that have one, as the keys of a hash.
sub check_enum
{
	my ($audit, $what, $enum) = @_;
	my %named = %{ $audit->{tree}->enumerators($what) };

	for my $name (sort keys %named) {
		my ($before) = $enum->{text} =~ /\A(.*?)\b$name\b/s;
		my $line = $enum->{line} + ($before =~ tr/\n//);

		check_name($audit, $name, hex($named{$name}), key => "$enum->{file} $name",
			   at => "$enum->{file}:$line");
	}
	return map { hex($_) => 1 } values %named;
}

# The fields of 64 bits whose high halves have no name.
sub check_high_halves
{
	my ($audit, $at, %named) = @_;

	for my $field (grep { $_->{high} } @{ $audit->{spec}{fields} }) {
		my $number = hex($field->{encoding});

		$audit->finding(key => "$field->{name} lacks its high half", at => $at,
				sure => 'look',
				holds => uc($field->{name}) . '_HIGH has a name, as the field has',
				does => sprintf('0x%04x has none', $number + 1))
			if $named{$number} && !$named{ $number + 1 };
	}
}

sub check
{
	my ($audit) = @_;
	my ($enum) = $audit->{tree}->defining($ENUM)
		or $audit->cannot("the tree has no $ENUM");
	my %named = check_enum($audit, $ENUM, $enum);
	my @lacking = map { $_->{name} } grep { !$named{ hex($_->{encoding}) } }
		      @{ $audit->{spec}{fields} };

	check_high_halves($audit, "$enum->{file}:$enum->{line}", %named);
	$audit->note("$enum->{file} names no encoding of " . join(', ', @lacking)) if @lacking;
	for my $what (@SELFTESTS) {
		my ($copy) = $audit->{tree}->defining($what);

		check_enum($audit, $what, $copy) if $copy;
	}
}

\&check;
