# SPDX-License-Identifier: GPL-2.0-only
#
# Saved state comes from userspace: each struct vmcs12 in it has room in its part, its size is
# checked before it is read and its id before anything of it is used; and an entry from it is
# checked as VMLAUNCH is.  Without a check, any value reaches the hardware's VMCS.
package Audit::SavedState;

use strict;
use warnings;

my @PARTS = qw(vmcs12 shadow_vmcs12);
my @SIZE = ('VMCS12_SIZE', 'arch/x86/kvm/vmx/vmcs12.h', 'arch/x86/include/uapi/asm/kvm.h');

# A finding about the function that restores saved state.
sub finding
{
	my ($audit, %finding) = @_;
	my $function = $audit->{answers}->stage->restoring;
	my $at = "$function->{file}:$function->{line}";

	$finding{does} = "$function->{name}() $finding{does}";
	push @{ $finding{chain} }, "$at: $function->{name}()";
	$audit->finding(at => $at, guest => 'KVM_SET_NESTED_STATE of such a state', %finding);
}

# Nothing is read that lies beyond the size that userspace gives.
sub check_sizes
{
	my ($audit, @restored) = @_;

	for my $part (0, 1) {
		my ($beyond) = grep { $_->{read}[$part] > $_->{size} } @restored;

		finding($audit, key => "size before $PARTS[$part]",
			holds => "the size is compared before $PARTS[$part] is read",
			does => "reads up to byte $beyond->{read}[$part] of a state that has " .
				$beyond->{size}) if $beyond;
	}
}

# The states that have to be refused, by a pattern, and are not.
sub taken
{
	my ($what, @restored) = @_;

	return grep { $_->{what} =~ $what && ($_->{entered} || $_->{status} >= 0) } @restored;
}

# A state with a wrong id is refused: it is not entered, and userspace is told.
sub check_ids
{
	my ($audit, @restored) = @_;

	for my $part (0, 1) {
		my $number = $part + 1;
		my ($taken) = taken(qr/^id-$number/, @restored) or next;

		finding($audit, key => "id of $PARTS[$part]",
			holds => "the id of $PARTS[$part] is compared before it is used",
			does => $taken->{entered} ? 'enters L2 with another id'
						  : 'takes a state with another id');
	}
}

# Saved state that VMLAUNCH would refuse is refused.
sub check_checks
{
	my ($audit, @restored) = @_;
	my $stage = $audit->{answers}->stage;
	my $runs = $stage->running;

	for my $check ($stage->wanted) {
		my ($taken) = taken(qr/^\Q$check\E$/, @restored) or next;

		finding($audit, key => $check, sure => 'look',
			holds => "what VMLAUNCH checks by $check() is checked of saved state, too",
			does => $taken->{entered} ? 'enters L2 where that fails' : 'succeeds',
			chain => ["$runs->{file}:$runs->{line}: $runs->{name}() calls $check()"]);
	}
}

# struct vmcs12 has room in its part.
sub check_room
{
	my ($audit) = @_;
	my ($name, @files) = @SIZE;
	my $size = $audit->{run}{found}->values([$name], @files)->{$name};
	my ($needs) = sort { $b <=> $a } map { $_->{offset} + $_->{size} }
		      values %{ $audit->{structures}->members('memory') };

	$audit->cannot("$name is '$size', which is not a number") if $size !~ /^0x/;
	finding($audit, key => 'size of a vmcs12',
		holds => "struct vmcs12, of $needs bytes, has room in its part",
		does => "gives it $name, " . hex($size)) if hex($size) < $needs;
}

sub check
{
	my ($audit) = @_;
	my @restored = $audit->{answers}->restored;

	check_room($audit);
	check_sizes($audit, @restored);
	check_ids($audit, @restored);
	check_checks($audit, @restored);
	finding($audit, key => "right $PARTS[ $_->{shadow} ]",
		holds => 'saved state that is right is restored, and L2 is entered',
		does => "ends with $_->{status}")
		for grep { $_->{what} eq 'right' && !$_->{entered} } @restored;
}

\&check;
