# SPDX-License-Identifier: GPL-2.0-only
#
# An eVMCS may carry a control if it has a member for each field that the control adds or uses, and
# otherwise not: KVM would go by a field that L1 can't write.  A control that is left out though the eVMCS
# has all its fields is one that an L1 without an eVMCS may have and an L1 with it may not.
package Audit::Support;

use strict;
use warnings;

# The fields of a control that an eVMCS lacks, or its word.
sub lacking
{
	my ($audit, $word, $control) = @_;
	my %page = map { $_->{name} => 1, $_->{field} // '' => 1 } $audit->{spec}->members($audit->revision('page'));
	my %seen;

	return grep { !$page{$_} && !$seen{$_}++ } $word, @{ $control->{adds} }, @{ $control->{uses} };
}

sub check_mask
{
	my ($audit, $mask) = @_;
	my ($of) = grep { $_->{word} eq $mask->{word} } @{ $audit->{spec}{controls} };
	my %unnamed = map { $_ => 1 } @{ $mask->{support}{unnamed} };
	my $named = 0;

	for my $control (@{ $of->{bits} }) {
		my @lacking = lacking($audit, $mask->{word}, $control);
		my $carried = $audit->in_mask($mask, $control->{bit});
		my %finding = (key => "$mask->{name} $control->{name}", at => $mask->{place},
			       chain => ["$mask->{place}: $mask->{name} is $mask->{value}, and $control->{name} is bit $control->{bit}"]);

		$named |= 1 << $control->{bit};
		next if $carried == !@lacking || ($mask->{un} && $unnamed{ $control->{name} });
		$audit->finding(%finding, holds => 'no eVMCS carries it: it has no ' . join(', ', @lacking),
				does => "$mask->{name} lets an eVMCS carry it",
				guest => 'set it in an eVMCS: the entry goes by fields that can\'t be written') if $carried;
		$audit->finding(%finding, sure => 'look', holds => 'an eVMCS carries it: it has all fields of it',
				does => "$mask->{name} leaves it out",
				guest => 'read the control\'s capability MSR with and without an eVMCS')
			if !$carried && !$unnamed{ $control->{name} };
	}
	my $lacks = $mask->{un} ? 0 : hex($of->{default1}) & ~$named & ~hex($mask->{value});

	$audit->finding(key => "$mask->{name} lacks bits", at => $mask->{place},
			holds => 'an eVMCS carries the bits that are always 1',
			does => sprintf('%s lacks 0x%x of them', $mask->{name}, $lacks)) if $lacks;
	my $unknown = $mask->{un} ? 0 : hex($mask->{value}) & ~$named & ~hex($of->{default1});

	$audit->finding(key => "$mask->{name} unknown bits", at => $mask->{place}, sure => 'look',
			holds => 'each bit of a mask is a control, or one that is always 1',
			does => sprintf('%s has the bits 0x%x, which are none that the spec has', $mask->{name}, $unknown)) if $unknown;
}

sub check
{
	my ($audit) = @_;
	my @masks = $audit->masks;

	$audit->cannot('the tree has no masks of the controls that an eVMCS may carry') if !@masks;
	check_mask($audit, $_) for @masks;
}

\&check;
