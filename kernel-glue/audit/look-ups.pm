# SPDX-License-Identifier: GPL-2.0-only
#
# A look-up finds each field of the structure by its encoding, and nothing by any other number: all
# bits of the register are compared.  The high half of a field is found where the layout has one.
# An index that comes from a guest is clamped before it is used, or a CPU that speculates reads what
# lies after.
package Audit::LookUps;

use strict;
use warnings;

my %WHO = (memory => 'L1 that executes VMREAD or VMWRITE',
	   page => 'L1 that executes VMREAD on its eVMCS');

# The highest number that can be an encoding: bits above 14 are reserved.
my $HIGHEST = 0x7fff;

# What each encoding has to find: the members of the kernel's structure that are fields, and that
# the spec says are looked up.
sub expected
{
	my ($audit, $role) = @_;
	my %expected;

	for my $member (grep { $_->{field} } values %{ $audit->{structures}->members($role) }) {
		my $said = $audit->{structures}->said($role)->{ $member->{field}{name} } or next;
		my $encoding = hex($member->{field}{encoding});

		$expected{$encoding} = [$member->{offset}, $member->{member}] if $said->{lookup};
		$expected{ $encoding + 1 } =
			[$member->{offset} + 4, "$member->{member}, its high half"]
			if $said->{lookup_high};
	}
	return %expected;
}

# The line of a table that mentions a member.
sub line_of
{
	my ($audit, $role, $member) = @_;
	my $table = $audit->{roles}->table($role);
	my %members = $audit->{index}->members($audit->{structures}->name($role));
	my ($use) = grep { $_->{in} eq $table->{name} } @{ $members{ $member =~ s/,.*//r } // [] };

	return $use ? "$use->{file}:$use->{line}" : "$table->{file}:$table->{line}";
}

# Encodings with bits that no field has, as the kernel answers them: one finding for all.
sub check_bits
{
	my ($audit, $role, $found) = @_;
	my $function = $audit->{roles}->function("look up $role");
	my $at = "$function->{file}:$function->{line}";
	my @cut = sort { ($b & $HIGHEST) <=> ($a & $HIGHEST) || length($a) <=> length($b) ||
			 $a cmp $b }
		  grep { $_ > $HIGHEST } keys %$found;

	return if !@cut;
	$audit->finding(key => "$role compares not all bits", at => $at,
		holds => 'a number with a bit above 14 is not an encoding, and finds nothing',
		does => sprintf('0x%x finds what 0x%04x does, and %d other numbers find ' .
				'something, too', $cut[0], $cut[0] & $HIGHEST, $#cut),
		chain => ["$at: $function->{name}() cuts its argument before the look-up"],
		guest => sprintf('VMREAD of 0x%x gives a value instead of error 12', $cut[0]));
}

# The host's program clamps to whatever index it likes, and sees whether the look-up goes by that.
sub check_clamp
{
	my ($audit, $role) = @_;
	my $function = $audit->{roles}->function("look up $role");
	my $clamp = $audit->{answers}->clamps("look up $role");
	my $at = "$function->{file}:$function->{line}";
	my $into = $audit->{roles}->looked_into($role) . '[]';
	my $entries = $clamp->{highest} + 1;
	my %finding = (key => "$role is not clamped", at => $at,
		chain => ["$at: $function->{name}()"],
		holds => 'an index from a guest goes through array_index_nospec() before the load',
		guest => "an $WHO{$role} can train the branch, and has memory after the table " .
			 'loaded speculatively');

	if ($clamp->{followed} < $clamp->{found}) {
		$audit->finding(%finding,
				does => "$function->{name}() loads from $into by an index that " .
					'does not');
	} elsif ($clamp->{size} > $entries) {
		$audit->finding(%finding, does => "$function->{name}() clamps to " .
						  "$clamp->{size}, and $into has $entries entries");
	}
}

# A member is found by its encoding.
sub check_member
{
	my ($audit, $role, $encoding, $says, $offset, $member) = @_;
	my %finding = (key => "$role $member", at => line_of($audit, $role, $member),
		holds => sprintf('0x%04x finds %s, at byte %d', $encoding, $member, $offset),
		guest => sprintf('VMREAD of 0x%04x', $encoding));
	my $other = $says && $audit->{structures}->member_at($role, $says->{answer});

	$audit->finding(%finding, does => 'it finds nothing') if !$says;
	$audit->finding(%finding, does => "it finds byte $says->{answer}" .
					  ($other ? ", which is of $other->{member}" : ''))
		if $says && $says->{answer} != $offset;
}

# An encoding that has to find nothing finds something.
sub check_other
{
	my ($audit, $role, $encoding, $says) = @_;
	my $other = $audit->{structures}->member_at($role, $says->{answer});
	my $member = $other ? $other->{member} : "byte $says->{answer}";
	my $structure = $audit->{structures}->name($role);

	$audit->finding(key => sprintf('%s 0x%04x finds %s', $role, $encoding, $member),
			at => line_of($audit, $role, $member), does => "it finds $member",
			holds => sprintf('0x%04x finds nothing in struct %s', $encoding,
					 $structure),
			guest => sprintf('VMREAD of 0x%04x', $encoding));
}

sub check_role
{
	my ($audit, $role) = @_;
	my $found = $audit->{answers}->fields("look up $role");
	my %expected = expected($audit, $role);

	check_member($audit, $role, $_, $found->{$_}, @{ $expected{$_} })
		for sort { $a <=> $b } keys %expected;
	check_other($audit, $role, $_, $found->{$_})
		for sort { $a <=> $b } grep { $_ <= $HIGHEST && !$expected{$_} } keys %$found;
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

	for my $member (grep { $_->{field} } values %{ $audit->{structures}->members('page') }) {
		my $encoding = hex($member->{field}{encoding});
		my $said = $audit->{structures}->said('page')->{ $member->{field}{name} };
		my $says = $found->{$encoding};

		next if !$says || !$said || !$expected{$encoding};
		my $group = Spec::group_of($said);

		$audit->finding(key => "group of $member->{member}",
			at => line_of($audit, 'page', $member->{member}),
			holds => "$member->{member} belongs to the clean-field group $group, as " .
				 'the TLFS says',
			does => sprintf('the table gives it the bits 0x%04x, and not 0x%04x',
					$says->{groups}, $groups->{$group}))
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
