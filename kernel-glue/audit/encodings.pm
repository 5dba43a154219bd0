# SPDX-License-Identifier: GPL-2.0-only
#
# Each name of an encoding in asm/vmx.h, and in the selftests' copy, has the number that the SDM gives
# the field, and a field of 64 bits has a name for its high half.  A wrong number makes KVM access
# another field of the hardware's VMCS, or give an L1 another of its own.
package Audit::Encodings;

use strict;
use warnings;

my @ENUMS = ('enum vmcs_field', map { "enum vmcs_field below tools/testing/selftests/kvm/include/$_" } qw(x86_64 x86));

# All names of fields in capitals, with their numbers and those of high halves.
sub numbers
{
	my ($spec) = @_;

	return map { my $field = $_;
		     my $number = hex($field->{encoding});
		     map { (uc($_) => $number, $field->{high} ? (uc($_) . '_HIGH' => $number + 1) : ()) }
			 $field->{name}, @{ $field->{linux} } } @{ $spec->{fields} };
}

sub check_enum
{
	my ($audit, $what, $enum) = @_;
	my %numbers = numbers($audit->{spec});
	my %kernels = %{ $audit->{tree}->enumerators($what) };
	my %names;

	push @{ $names{ $numbers{$_} } }, $_ for sort keys %numbers;
	for my $name (sort keys %kernels) {
		my $number = hex($kernels{$name});
		my @right = @{ $names{$number} // [] };
		my ($before) = $enum->{text} =~ /\A(.*?)\b$name\b/s;
		my %finding = (key => "$enum->{file} $name", at => "$enum->{file}:" . ($enum->{line} + ($before =~ tr/\n//)));

		next if grep { $_ eq $name } @right;
		if (defined $numbers{$name}) {
			$audit->finding(%finding, holds => sprintf('%s is 0x%04x', $name, $numbers{$name}),
					does => sprintf('it is 0x%04x%s', $number, @right ? ", which is $right[0]" : ', which is no field'));
		} elsif (@right) {
			$audit->finding(%finding, sure => 'look', holds => sprintf('0x%04x is %s', $number, join(' or ', @right)),
					does => "the kernel calls it $name");
		} else {
			$audit->finding(%finding, sure => 'look', holds => 'each encoding is one of a field that the spec has',
					does => sprintf('%s is 0x%04x, which it does not have', $name, $number));
		}
	}
	return map { hex($_) => 1 } values %kernels;
}

sub check
{
	my ($audit) = @_;

	for my $what (@ENUMS) {
		my ($enum) = $audit->{tree}->defining($what);

		$audit->cannot("the tree has no $what") if !$enum && $what eq $ENUMS[0];
		next if !$enum;
		my %named = check_enum($audit, $what, $enum);
		next if $what ne $ENUMS[0];
		for my $field (@{ $audit->{spec}{fields} }) {
			my $number = hex($field->{encoding});

			$audit->finding(key => "$field->{name} lacks its high half", at => "$enum->{file}:$enum->{line}",
					sure => 'look', holds => uc($field->{name}) . '_HIGH has a name, as the field has',
					does => sprintf('0x%04x has none', $number + 1))
				if $field->{high} && $named{$number} && !$named{ $number + 1 };
		}
		my @lacking = map { $_->{name} } grep { !$named{ hex($_->{encoding}) } } @{ $audit->{spec}{fields} };
		$audit->note("$enum->{file} names no encoding of " . join(', ', @lacking)) if @lacking;
	}
}

\&check;
