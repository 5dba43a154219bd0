# SPDX-License-Identifier: GPL-2.0-only
#
# Saved state comes from userspace: each struct vmcs12 in it has room in its part, its size is checked before
# it is read and its id before anything of it is used; and an entry from it is checked as VMLAUNCH is.  What
# is not checked reaches the hardware's VMCS.
package Audit::SavedState;

use strict;
use warnings;

my @PARTS = qw(vmcs12 shadow_vmcs12);

# Nothing is read that lies beyond the size that userspace gives.
sub check_sizes
{
	my ($audit, $function, @restored) = @_;
	my $at = "$function->{file}:$function->{line}";

	for my $part (0, 1) {
		my ($beyond) = grep { $_->{read}[$part] > $_->{size} } @restored;

		$audit->finding(key => "size before $PARTS[$part]", at => $at, holds => "the state's size is compared before $PARTS[$part] is read from it",
				does => "$function->{name}() reads up to byte $beyond->{read}[$part] of a state that has $beyond->{size}",
				chain => ["$at: $function->{name}()"], guest => 'KVM_SET_NESTED_STATE with a size that is too small') if $beyond;
	}
}

# A state with a wrong id is refused: it is not entered, and userspace is told.
sub check_ids
{
	my ($audit, $function, @restored) = @_;
	my $at = "$function->{file}:$function->{line}";

	for my $part (0, 1) {
		my ($taken) = grep { $_->{what} =~ /^id-${\($part + 1)}/ && ($_->{entered} || $_->{status} >= 0) } @restored;

		$audit->finding(key => "id of $PARTS[$part]", at => $at, holds => "the id of $PARTS[$part] is compared before it is used",
				does => "$function->{name}() " . ($taken->{entered} ? 'enters L2 with another id' : 'takes a state with another id'),
				chain => ["$at: $function->{name}()"], guest => 'KVM_SET_NESTED_STATE with another id') if $taken;
	}
}

# What VMLAUNCH refuses is refused.
sub check_checks
{
	my ($audit, $function, @restored) = @_;
	my $stage = $audit->{answers}{stage};
	my $runs = $stage->running;

	for my $check ($stage->wanted) {
		my ($entered) = grep { $_->{what} eq $check && ($_->{entered} || $_->{status} >= 0) } @restored;

		$audit->finding(key => $check, at => "$function->{file}:$function->{line}", sure => 'look',
				holds => "what VMLAUNCH checks by $check() is checked of saved state, too",
				does => "$function->{name}() " . ($entered->{entered} ? 'enters L2' : 'succeeds') . ' where that fails',
				chain => ["$runs->{file}:$runs->{line}: $runs->{name}() calls $check()", "$function->{file}:$function->{line}: $function->{name}()"],
				guest => 'KVM_SET_NESTED_STATE with what that refuses') if $entered;
	}
}

# struct vmcs12 has room in its part.
sub check_room
{
	my ($audit, $function) = @_;
	my $size = $audit->{run}{found}->values(['VMCS12_SIZE'], 'arch/x86/kvm/vmx/vmcs12.h', 'arch/x86/include/uapi/asm/kvm.h')->{VMCS12_SIZE};
	my $needs = 0;

	for my $member (values %{ $audit->members('memory') }) {
		$needs = $member->{offset} + $member->{size} if $needs < $member->{offset} + $member->{size};
	}
	$audit->cannot("VMCS12_SIZE is '$size', which is no number") if $size !~ /^0x/;
	$audit->finding(key => 'size of a vmcs12', at => "$function->{file}:$function->{line}", holds => "struct vmcs12, of $needs bytes, has room in its part",
			does => 'VMCS12_SIZE is ' . hex($size)) if hex($size) < $needs;
}

sub check
{
	my ($audit) = @_;
	my @restored = $audit->{answers}->restored;
	my $function = $audit->{answers}{stage}->restoring;

	check_room($audit, $function);
	check_sizes($audit, $function, @restored);
	check_ids($audit, $function, @restored);
	check_checks($audit, $function, @restored);
	for my $refused (grep { $_->{what} eq 'right' && !$_->{entered} } @restored) {
		$audit->finding(key => 'right ' . $PARTS[ $refused->{shadow} ], at => "$function->{file}:$function->{line}",
				holds => 'saved state that is right is restored, and L2 is entered',
				does => "$function->{name}() ends with $refused->{status}", guest => 'KVM_SET_NESTED_STATE');
	}
}

\&check;
