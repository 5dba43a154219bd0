# SPDX-License-Identifier: GPL-2.0-only
#
# struct vmcs12, struct hv_enlightened_vmcs and the selftests' copy of it are a revision of the
# spec, and each member's offset is asserted.  An L1 and a migrated image go by the offsets that an
# id or a version number promises; without an assertion a compiler's padding moves members, as it
# did from 5.0 to 6.0.
package Audit::Layout;

use strict;
use warnings;

my @SELFTESTS = map { "struct hv_enlightened_vmcs below tools/testing/selftests/kvm/include/$_" }
		qw(x86_64 x86);

# Compare a structure with a revision; each difference is a finding.
sub compare
{
	my ($audit, $of, $revision) = @_;

	for my $line ($audit->{run}{found}->differences($of, $revision)) {
		chomp($line);
		$audit->finding(key => "$of->{file} $line", at => "$of->{file}:$of->{line}",
			holds => "struct $of->{name} is $revision", does => "it differs: '$line'",
			chain => ["$of->{file}:$of->{line}: struct $of->{name}"],
			guest => 'it finds another member where the id of the VMCS promises this ' .
				 'one');
	}
}

# How often KVM's folder mentions a function with its arguments, its definition included.
sub mentions
{
	my ($audit, $name) = @_;
	my $tree = $audit->{tree};

	return scalar(map { $tree->plain($_) =~ /\b\Q$name\E\s*\(/g } $audit->{definitions}->files);
}

# Whether a line belongs to a function that nothing calls.  A static inline function is then never
# compiled, and asserts nothing.
sub uncalled
{
	my ($audit, $line) = @_;
	my ($function) = grep { $_->{file} eq $line->{file} && $_->{line} <= $line->{line} &&
				$line->{line} <= $_->{line} + ($_->{text} =~ tr/\n//) }
			 $audit->{definitions}->functions(qr/^/) or return 0;

	return $audit->{uncalled}{ $function->{name} } //= mentions($audit, $function->{name}) <= 1;
}

# The lines that assert offsets, as the preprocessor leaves them, whatever macros they use.
sub asserting
{
	my ($audit) = @_;
	my @sources = grep { $audit->{tree}->text($_) =~ /offset/i }
		      $audit->{objects}->sources('arch/x86/kvm/vmx');

	return @{ $audit->{asserting} //=
		  [grep { $_->{file} =~ m{^arch/x86/kvm/} }
		   map { $audit->{objects}->preprocessed($_, qr/__builtin_offsetof/) } @sources] };
}

# The members whose offset is compared with a number where nothing but the compiler can do so, each
# with the number and the line.
sub asserted
{
	my ($audit, $structure) = @_;
	my $offset = qr/__builtin_offsetof\s*\(\s*struct $structure\s*,\s*(?<member>\w+)\s*\)/;
	my $number = qr/\b(?<number>0[xX][\da-fA-F]+|\d+)[uUlL]*\b/;
	my $is = qr/[\s)]*[!=]=[\s(]*/;
	my %asserted;

	for my $line (asserting($audit)) {
		while ($line->{text} =~ /$offset$is$number|$number$is$offset/g) {
			my ($member, $says) = @+{qw(member number)};

			$asserted{$member} = { offset => $says =~ /^0x/i ? hex($says) : $says + 0,
					       at => "$line->{file}:$line->{line}", line => $line };
		}
	}
	delete @asserted{ grep { uncalled($audit, $asserted{$_}{line}) } keys %asserted };
	return %asserted;
}

sub check_assertions
{
	my ($audit, $role, $of) = @_;
	my $name = $of->{name};
	my %members = %{ $audit->{structures}->members($role) };
	my %asserted = asserted($audit, $name);
	my %finding = (at => "$of->{file}:$of->{line}",
		       holds => "the offset of each member of struct $name is asserted");

	if (!%asserted) {
		$audit->finding(%finding, key => "$name asserts nothing", sure => 'look',
			does => 'no offset of any is: a compiler that pads it, or an edit, moves ' .
				'members unseen');
		return;
	}
	$audit->finding(%finding, key => "$name.$_ is not asserted", does => "that of $_ is not")
		for sort grep { $members{$_}{field} && !$asserted{$_} } keys %members;
	for my $member (sort grep { $members{$_} } keys %asserted) {
		my $at = $members{$member}{offset};
		my $says = $asserted{$member}{offset};

		$audit->finding(key => "$name.$member is asserted wrongly",
				at => $asserted{$member}{at},
				holds => "$member is at byte $at, as the compiler places it",
				does => "$says is asserted") if $says != $at;
	}
}

sub check
{
	my ($audit) = @_;

	for my $role (qw(memory page)) {
		my $of = $audit->{structures}->definition($role);

		compare($audit, $of, $audit->revision($role));
		check_assertions($audit, $role, $of);
	}
	compare($audit, $_, $audit->revision('page'))
		for map { $audit->{tree}->defining($_) } @SELFTESTS;
}

\&check;
