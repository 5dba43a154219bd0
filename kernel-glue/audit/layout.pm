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

# Whether a line is one of a function that nothing calls: if that is static and inline, it is never compiled,
# and asserts nothing.
sub uncalled
{
	my ($audit, $line) = @_;
	my ($function) = grep { $_->{kind} eq 'function' && $_->{line} <= $line->{line} &&
				$line->{line} <= $_->{line} + ($_->{text} =~ tr/\n//) } $audit->{tree}->items($line->{file}) or return 0;
	my $calls = sub { my $count = () = $audit->{tree}->plain($_[0]) =~ /\b\Q$function->{name}\E\s*\(/g; return $count };

	return $audit->{layout}{uncalled}{ $function->{name} } //=
		(grep { $calls->($_) > ($_ eq $line->{file} ? 1 : 0) } $audit->{tree}->files('arch/x86/kvm/vmx/*.[ch]')) ? 0 : 1;
}

# The members whose offset is compared with a number where nothing but the compiler can do so, each with the
# number and the place: as the preprocessor leaves it, whatever macros assert, and whether in a function or
# not.
sub asserted
{
	my ($audit, $structure) = @_;
	my $offset = qr/__builtin_offsetof\s*\(\s*struct $structure\s*,\s*(\w+)\s*\)/;
	my $number = qr/(0[xX][\da-fA-F]+|\d+)[uUlL]*\b/;
	my %asserted;

	for my $line ($audit->expanded) {
		while ($line->{text} =~ /$offset[\s)]*[!=]=[\s(]*$number|\b$number[\s)]*[!=]=[\s(]*$offset/g) {
			my ($member, $says) = defined $1 ? ($1, $2) : ($4, $3);

			$asserted{$member} = { at => "$line->{file}:$line->{line}", offset => $says =~ /^0x/i ? hex($says) : $says + 0, line => $line };
		}
	}
	delete @asserted{ grep { uncalled($audit, $asserted{$_}{line}) } keys %asserted };
	return %asserted;
}

sub check_assertions
{
	my ($audit, $role, $of) = @_;
	my %members = %{ $audit->members($role) };
	my %asserted = asserted($audit, $of->{name});
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
	for my $member (sort grep { $members{$_} && $asserted{$_}{offset} != $members{$_}{offset} } keys %asserted) {
		$audit->finding(key => "$some.$member is asserted wrongly", at => $asserted{$member}{at},
				holds => "$member is at byte $members{$member}{offset}, as the compiler places it",
				does => "$asserted{$member}{offset} is asserted");
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
