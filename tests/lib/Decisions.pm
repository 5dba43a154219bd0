# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What follows from a spec, by vmcsgen-spec(5) alone: which controls an enlightened VMCS may carry,
# and which fields are copied between it and a vmcs12.  The spec is data, as RandomSpec makes it.
# Nothing here asks the program.
package Decisions;

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(any first);
use Placement;

our @EXPORT = qw(support_from is_unnamed roles_of decisions carried copy_departures copied
		 existence_of adders_of exists_by);

# The line of a list, or of one that it is from, that decides a control for a role.
sub departure
{
	my ($spec, $support, $control, $role) = @_;

	for (; $support; $support = support_from($spec, $support)) {
		my @lines = grep { $_->{control} eq $control } @{ $support->{lines} } or next;

		return (first { ($_->{role} // '') eq $role } @lines) //
		       first { !$_->{role} } @lines;
	}
	return undef;
}

sub support_from
{
	my ($spec, $support) = @_;

	return $support->{from} && first { $_->{of} eq $support->{from} } @{ $spec->{supports} };
}

sub is_unnamed
{
	my ($spec, $support, $control) = @_;

	for (; $support; $support = support_from($spec, $support)) {
		return $support->{namings}{$control} eq 'unnamed' if $support->{namings}{$control};
	}
	return '';
}

sub roles_of
{
	my ($spec, $support) = @_;
	my $from = support_from($spec, $support);

	return @{ $support->{roles} } || !$from ? @{ $support->{roles} } : roles_of($spec, $from);
}

# Which controls may be carried for a role (none: for every one), each with the reason.
sub decisions
{
	my ($spec, $support, $role) = @_;
	my @members = grep { !$_->{pad} } @{ place($spec, $support->{of})->{members} };
	my %members = map { (($_->{field} ? $_->{field}{name} : $_->{name}) => 1) } @members;
	my %decisions;

	for my $word (@{ $spec->{controls} }) {
		my $name = field_named($spec, $word->{word})->{name};

		for my $control (@{ $word->{bits} }) {
			my $line = departure($spec, $support, $control->{name}, $role // '');
			my $unnamed = is_unnamed($spec, $support, $control->{name});
			my @lacks = grep { !$members{$_} } map { field_named($spec, $_)->{name} }
				map { @{ $_ // [] } } @{$control}{qw(adds uses)};

			$decisions{ $control->{name} } =
				$line ? { yes => $line->{yes}, line => 1,
					  reason => join(' ', @{ $line->{because} }) } :
				$unnamed && $support->{lists} eq 'unsupported' ?
					{ yes => 1, reason => 'the kernel has no name for it' } :
				!$members{$name} ?
					{ yes => '', reason => "no member for its word, $name" } :
				@lacks ?
					{ yes => '', reason => 'no member for ' . join(', ', @lacks) } :
				$unnamed ?
					{ yes => '', reason => 'the kernel has no name for it' } :
					{ yes => 1, reason => '' };
		}
	}
	my @controls = map { @{ $_->{bits} } } @{ $spec->{controls} };
	my $left;
	do {
		$left = keys(%decisions) - grep { $_->{yes} } values %decisions;
		for my $control (@controls) {
			my $decision = $decisions{ $control->{name} };

			%$decision = (yes => '', reason => 'it needs ')
				if $decision->{yes} && !$decision->{line} && $decision->{reason} eq '' &&
					grep { !$decisions{$_}{yes} } @{ $control->{needs} // [] };
		}
	} while ($left != keys(%decisions) - grep { $_->{yes} } values %decisions);
	return \%decisions;
}

# What may be carried, for every role and for each, as one text.
sub carried
{
	my ($spec, $support) = @_;

	return join("\n", map {
		my $decisions = decisions($spec, $support, $_);

		join(' ', map { $_ . ($decisions->{$_}{yes} ? '+' : '-') } sort keys %$decisions);
	} undef, roles_of($spec, $support));
}

# The controls that add a field.
sub adders_of
{
	my ($spec, $field) = @_;

	return grep { any { field_named($spec, $_) == $field } @{ $_->{adds} // [] } }
		map { @{ $_->{bits} } } @{ $spec->{controls} };
}

# The statement that says which fields of a revision exist, or nothing: all of them do.
sub existence_of
{
	my ($spec, $revision) = @_;

	while ($revision) {
		my ($found) = grep { place($spec, $_->{of}) == $revision } @{ $spec->{existences} };
		my $from = $revision->{revision}{from};

		return $found if $found;
		$revision = $from && place($spec, "$revision->{layout}{name}/" . $from =~ s{.*/}{}r);
	}
	return;
}

# Whether an L1 finds the field of an encoding, or the high half, on a CPU with one control or none.
sub exists_by
{
	my ($spec, $revision, $encoding, $control) = @_;
	my $field = first { ($_->{encoding} & ~1) == ($encoding & ~1) } @{ $spec->{fields} };
	my ($line) = grep { any { field_named($spec, $_) == $field } @{ $_->{names} } }
		@{ existence_of($spec, $revision)->{lines} };
	my @by = $line ? grep { defined } $line->{by} : map { $_->{name} } adders_of($spec, $field);

	return !@by || $control && any { $_ eq $control->{name} } @by;
}

# Whether every control that adds a field is one that the kernel of a revision has no name for.
sub is_unknown
{
	my ($spec, $revision, $field) = @_;
	my $support = first { $_->{of} eq $revision->{path} } @{ $spec->{supports} } or return '';
	my @adders = adders_of($spec, $field);

	return @adders && !grep { !is_unnamed($spec, $support, $_->{name}) } @adders;
}

# The lines about a field of a revision, at an entry or at an exit.
sub copy_departures
{
	my ($spec, $revision, $field, $when) = @_;
	my @lines;

	for my $copies (@{ $spec->{copies} }) {
		my $is_meant = $copies->{of} =~ /\*/ ? matching($copies->{of}, $revision->{path}) :
			place($spec, $copies->{of}) == $revision;

		push @lines, grep { $_->{when} eq $when && field_named($spec, $_->{name}) == $field }
			@{ $copies->{lines} } if $is_meant;
	}
	return @lines;
}

# Whether a member of a page is copied at an 'entry' or at an 'exit'.
sub copied
{
	my ($spec, $revision, $member, $when) = @_;
	my $field = $member->{field} // return '';
	my $type = $field->{encoding} >> 10 & 3;
	my ($line) = copy_departures($spec, $revision, $field, $when);

	return $line->{yes} if $line;
	return '' if is_unknown($spec, $revision, $field);
	return $type != 1 if $when eq 'entry';
	return 1 if $field->{changed};
	return !$field->{unchanged} && ($type == 1 || $type == 2);
}

1;
