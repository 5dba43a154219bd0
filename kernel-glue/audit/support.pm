# SPDX-License-Identifier: GPL-2.0-only
#
# An eVMCS may carry a control if it has a member for each field that the control adds or uses, and
# otherwise not: KVM would go by a field that L1 can't write.  A control that is left out though the
# eVMCS has all its fields is one that an L1 without an eVMCS may have and an L1 with it may not.
package Audit::Support;

use strict;
use warnings;

# The fields of a control that an eVMCS lacks, or its word.
sub lacking
{
	my ($audit, $word, $control) = @_;
	my %page = map { $_->{name} => 1, $_->{field} // '' => 1 }
		   $audit->{spec}->members($audit->revision('page'));
	my %seen;

	return grep { !$page{$_} && !$seen{$_}++ }
	       $word, @{ $control->{adds} }, @{ $control->{uses} };
}

# A control that a mask lets an eVMCS carry, or leaves out; the kernel has a name for it, or none.
sub check_control
{
	my ($audit, $mask, $control, $unnamed) = @_;
	my @lacking = lacking($audit, $mask->{word}, $control);
	my $carried = $audit->{masks}->has($mask, $control->{bit});
	my %finding = (key => "$mask->{name} $control->{name}", at => $mask->{place},
		       chain => ["$mask->{place}: $mask->{name} is $mask->{value}, and " .
				 "$control->{name} is bit $control->{bit}"]);

	if ($carried && @lacking) {
		$audit->finding(%finding, does => "$mask->{name} lets an eVMCS carry it",
			holds => 'no eVMCS carries it: it has no ' . join(', ', @lacking),
			guest => 'set it in an eVMCS: the entry goes by fields that ' .
				 "can't be written")
			if !$mask->{un} || !$unnamed;
	} elsif (!$carried && !@lacking && !$unnamed) {
		$audit->finding(%finding, sure => 'look', does => "$mask->{name} leaves it out",
			holds => 'an eVMCS carries it: it has all fields of it',
			guest => "read the control's capability MSR with and without an eVMCS");
	}
}

# The bits of a mask that are not controls: those that are always 1, and no others.
sub check_other_bits
{
	my ($audit, $mask, $of) = @_;
	my ($value, $always) = map { hex } $mask->{value}, $of->{default1};
	my $controls = 0;

	$controls |= 1 << $_->{bit} for @{ $of->{bits} };
	my $lacks = $always & ~$controls & ~$value;
	my $unknown = $value & ~$controls & ~$always;

	$audit->finding(key => "$mask->{name} lacks bits", at => $mask->{place},
		holds => 'an eVMCS carries the bits that are always 1',
		does => sprintf('%s lacks 0x%x of them', $mask->{name}, $lacks)) if $lacks;
	$audit->finding(key => "$mask->{name} unknown bits", at => $mask->{place}, sure => 'look',
		holds => 'each bit of a mask is a control, or one that is always 1',
		does => sprintf('%s has the bits 0x%x, which the spec does not have', $mask->{name},
				$unknown)) if $unknown;
}

sub check_mask
{
	my ($audit, $mask) = @_;
	my ($of) = grep { $_->{word} eq $mask->{word} } @{ $audit->{spec}{controls} };
	my %unnamed = map { $_ => 1 } @{ $mask->{support}{unnamed} };

	check_control($audit, $mask, $_, $unnamed{ $_->{name} }) for @{ $of->{bits} };
	check_other_bits($audit, $mask, $of) if !$mask->{un};
}

sub check
{
	my ($audit) = @_;
	my @masks = $audit->{masks}->all;

	$audit->cannot('the tree has no masks of the controls that an eVMCS may carry') if !@masks;
	check_mask($audit, $_) for @masks;
}

\&check;
