# SPDX-License-Identifier: GPL-2.0-only
#
# struct vmcs12, struct hv_enlightened_vmcs and the selftests' copy of it are a revision of the spec, and
# each member's offset is asserted.  An L1 and a migrated image go by the offsets that an id or a version
# number promises; without an assertion a compiler's padding moves members, as it did from 5.0 to 6.0.
package Audit::Layout;

use strict;
use warnings;

my $SELFTESTS = 'tools/testing/selftests/kvm';

# How a structure departs from a revision, a difference a finding.
sub compare
{
	my ($audit, $of, $revision) = @_;

	for my $line ($audit->{run}{found}->differences($of, $revision)) {
		chomp($line);
		$audit->finding(key => "$of->{file} $line", at => "$of->{file}:$of->{line}",
				holds => "struct $of->{name} is $revision",
				does => "it differs: '$line'", chain => ["$of->{file}:$of->{line}: struct $of->{name}"],
				guest => 'it finds another member where the id of the VMCS promises this one');
	}
}

# The members that a function asserts the offset of, by the number that it gives: whatever asserts, each
# member is beside its number.
sub asserted
{
	my ($audit, $structure, %members) = @_;
	my %asserted;

	for my $function ($audit->functions(qr/\b\w+\(\w+, \d+\);/)) {
		my %numbers = $function->{text} =~ /\b\w+\((\w+), (\d+)\);/g;

		next if keys %numbers < 20 || grep { !$members{$_} } keys %numbers;
		$asserted{$_} = { offset => $numbers{$_}, function => $function } for keys %numbers;
	}
	return %asserted;
}

sub check_assertions
{
	my ($audit, $role, $of) = @_;
	my %members = %{ $audit->members($role) };
	my %asserted = asserted($audit, $of->{name}, %members);
	my @lacking = sort grep { $members{$_}{field} && !$asserted{$_} } keys %members;
	my $some = $audit->structure($role);

	if (!%asserted) {
		$audit->finding(key => "$some asserts nothing", at => "$of->{file}:$of->{line}", sure => 'look',
				holds => "the offset of each member of struct $some is asserted",
				does => 'no offset of any is: a compiler that pads it, or an edit, moves members unseen');
		return;
	}
	$audit->finding(key => "$some.$_ is not asserted", at => "$of->{file}:$of->{line}",
			holds => "the offset of each member of struct $some is asserted",
			does => "that of $_ is not") for @lacking;
	for my $member (sort grep { $asserted{$_}{offset} != $members{$_}{offset} } keys %asserted) {
		my $function = $asserted{$member}{function};

		$audit->finding(key => "$some.$member is asserted wrongly", at => "$function->{file}:$function->{line}",
				holds => "$member is at byte $members{$member}{offset}, as the compiler places it",
				does => "$function->{name}() says $asserted{$member}{offset}");
	}
}

sub check
{
	my ($audit) = @_;

	for my $role (qw(memory page)) {
		my $of = $audit->{structures}{$role} // $audit->cannot('the tree has no struct ' . $audit->structure($role));

		compare($audit, $of, $audit->revision($role));
		check_assertions($audit, $role, $of);
	}
	compare($audit, $_, $audit->revision('page'))
		for map { $audit->{tree}->defining("struct hv_enlightened_vmcs below $SELFTESTS/$_") }
		qw(include/x86_64 include/x86);
}

\&check;
