# SPDX-License-Identifier: GPL-2.0-only
#
# A look-up finds each field of the structure by its encoding, and nothing by any other number: all bits
# of the register are compared.  The high half of a field is found where the layout has one.  An index
# that comes from a guest is clamped before it is used, or a CPU that speculates reads what lies after.
package Audit::LookUps;

use strict;
use warnings;

my %WHO = (memory => 'L1 that executes VMREAD or VMWRITE', page => 'L1 that executes VMREAD on its eVMCS');

# What each encoding finds, by the members of the kernel's structure: those that are fields and that
# the spec says are looked up.
sub expected
{
	my ($audit, $role) = @_;
	my %members = %{ $audit->members($role) };
	my %expected;

	for my $member (grep { $_->{field} } values %members) {
		my $said = $audit->said($role)->{ $member->{field}{name} } or next;
		my $encoding = hex($member->{field}{encoding});

		$expected{$encoding} = [$member->{offset}, $member->{member}] if $said->{lookup};
		$expected{ $encoding + 1 } = [$member->{offset} + 4, "$member->{member}, its high half"] if $said->{lookup_high};
	}
	return %expected;
}

# Which line of a table mentions a member.
sub line_of
{
	my ($audit, $role, $member) = @_;
	my $table = $audit->table($role);
	my %members = $audit->{index}->members($audit->structure($role));
	my ($use) = grep { $_->{in} eq $table->{name} } @{ $members{ $member =~ s/,.*//r } // [] };

	return $use ? "$use->{file}:$use->{line}" : "$table->{file}:$table->{line}";
}

# Encodings with bits that no field has, as the kernel answers them: one finding for all.
sub check_bits
{
	my ($audit, $role, $found) = @_;
	my $function = $audit->function("look up $role");
	my @cut = sort { ($b & 0x7fff) <=> ($a & 0x7fff) || length($a) <=> length($b) || $a cmp $b } grep { $_ > 0x7fff } keys %$found;
	my $at = "$function->{file}:$function->{line}";

	return if !@cut;
	$audit->finding(key => "$role compares not all bits", at => $at,
			holds => 'a number with a bit above 14 is no encoding, and finds nothing',
			does => sprintf('0x%x finds what 0x%04x does, and %d other numbers find something, too', $cut[0], $cut[0] & 0x7fff, $#cut),
			chain => ["$at: $function->{name}() cuts its argument before the look-up"],
			guest => sprintf('VMREAD of 0x%x gives a value instead of error 12', $cut[0]));
}

# The host's program clamps to whatever index it likes, and sees whether the look-up goes by that.
sub check_clamp
{
	my ($audit, $role) = @_;
	my $function = $audit->function("look up $role");
	my $clamp = $audit->{answers}->clamps("look up $role");
	my $at = "$function->{file}:$function->{line}";
	my $into = $audit->looked_into($role);
	my %finding = (key => "$role is not clamped", at => $at, holds => 'an index from a guest goes through array_index_nospec() before the load',
		       guest => "an $WHO{$role} can train the branch, and has memory after the table loaded speculatively");

	$audit->finding(%finding, does => "$function->{name}() loads from $into" . '[] by an index that does not',
			chain => ["$at: $function->{name}()"]) if $clamp->{followed} < $clamp->{found};
	$audit->finding(%finding, does => "$function->{name}() clamps to $clamp->{size}, and $into" . '[] has ' . ($clamp->{highest} + 1) . ' entries',
			chain => ["$at: $function->{name}()"])
		if $clamp->{followed} == $clamp->{found} && $clamp->{size} > $clamp->{highest} + 1;
}

sub check_role
{
	my ($audit, $role) = @_;
	my $found = $audit->{answers}->fields("look up $role");
	my %expected = expected($audit, $role);
	my $structure = $audit->structure($role);

	for my $encoding (sort { $a <=> $b } keys %expected) {
		my ($offset, $member) = @{ $expected{$encoding} };
		my $says = $found->{$encoding};
		my $at = line_of($audit, $role, $member);
		my %finding = (key => "$role $member", at => $at, holds => sprintf('0x%04x finds %s, at byte %d', $encoding, $member, $offset),
			       guest => sprintf('VMREAD of 0x%04x', $encoding));

		$audit->finding(%finding, does => 'it finds nothing') if !$says;
		my $other = $says && $audit->member_at($role, $says->{answer});
		$audit->finding(%finding, does => "it finds byte $says->{answer}" . ($other ? ", which is of $other->{member}" : ''))
			if $says && $says->{answer} != $offset;
	}
	for my $encoding (sort { $a <=> $b } grep { $_ <= 0x7fff && !$expected{$_} } keys %$found) {
		my $other = $audit->member_at($role, $found->{$encoding}{answer});
		my $member = $other ? $other->{member} : "byte $found->{$encoding}{answer}";

		$audit->finding(key => sprintf('%s 0x%04x finds %s', $role, $encoding, $member), at => line_of($audit, $role, $member),
				holds => sprintf('0x%04x finds nothing in struct %s', $encoding, $structure),
				does => "it finds $member", guest => sprintf('VMREAD of 0x%04x', $encoding));
	}
	check_bits($audit, $role, $found);
	check_clamp($audit, $role);
}

# The clean-field groups that a look-up says are those of the field.
sub check_groups
{
	my ($audit) = @_;
	my $found = $audit->{answers}->fields('look up page');
	my $groups = $audit->{spec}->groups($audit->revision('page'));
	my %expected = expected($audit, 'page');

	for my $member (grep { $_->{field} } values %{ $audit->members('page') }) {
		my $encoding = hex($member->{field}{encoding});
		my $said = $audit->said('page')->{ $member->{field}{name} };
		my $says = $found->{$encoding} or next;
		my $group = $said && $expected{$encoding} ? Spec::group_of($said) : next;

		$audit->finding(key => "group of $member->{member}", at => line_of($audit, 'page', $member->{member}),
				holds => "$member->{member} belongs to the clean-field group $group, as the TLFS says",
				does => sprintf('the table gives it the bits 0x%04x, and not 0x%04x', $says->{groups}, $groups->{$group}))
			if $says->{groups} != $groups->{$group};
	}
}

sub check
{
	my ($audit) = @_;

	check_role($audit, $_) for qw(memory page);
	check_groups($audit);
}

\&check;
