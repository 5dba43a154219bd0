# SPDX-License-Identifier: GPL-2.0-only
#
# What comments and documentation say of fields is true: that a structure lacks them, that nobody uses or
# changes them, which number an encoding has, and how struct vmcs12 looks.  People decide by these words
# what to copy, and what a kernel's guests may rely on.
package Audit::Words;

use strict;
use warnings;

use Source;

my $DOCUMENT = 'Documentation/virt/kvm/x86/nested-vmx.rst';

# The names that a line of a claim is about: what it assigns to, names with a number, or has in an entry of a
# table.
my $NAMED = qr/\b(?:vmcs12|evmcs)->(\w+)\s*=|\b([A-Z][A-Z0-9_]+)\s*=\s*0x[\da-fA-F]+|\b\w+\((?:0x[\da-fA-F]+|[A-Z]\w+),\s*(\w+)/;

# The claims of a comment: a line that ends with ':' or '?', and the names that follow, each with its line, up to
# other words.
sub claims
{
	my ($comment) = @_;
	my ($line, $open, @claims) = ($comment->{line});

	for (split(/\n/, $comment->{text})) {
		if (/$NAMED/) {
			push @{ $claims[-1]{names} }, { name => $1 // $2 // $3, line => $line } if $open;
		} elsif (/(\S.*)[:?]\s*$/) {
			push @claims, { says => $1, line => $line, names => [] };
			$open = 1;
		} elsif (/\S/ && !/^\s*[\w>-]+\)?[,;]\s*$/) {
			$open = 0;
		}
		$line++;
	}
	return grep { @{ $_->{names} } } @claims;
}

# A field by any of its names, or by that of a member.
sub field_of
{
	my ($audit, $name) = @_;
	my $fields = $audit->{words}{fields} //= { map { my $field = $_; map { lc($_) => $field } $_->{name}, @{ $_->{linux} } } @{ $audit->{spec}{fields} } };

	return $fields->{ lc($name) };
}

# The member of a structure that is a field.
sub member_of
{
	my ($audit, $role, $field) = @_;

	my ($member) = grep { $_->{field} && $_->{field} == $field } values %{ $audit->members($role) };

	return $member;
}

# What a claim's words mean, each with a function that tells where it is untrue of a field: what the kernel
# does, and the evidence.
my @MEANINGS = (
	[qr/\bnot present in struct vmcs12\b|\bstruct vmcs12 (?:lacks|has no(?:ne)?|doesn't have)\b/i, sub { has(@_[0, 1], 'memory') }],
	[qr/\benlightened vmcs\w* (?:doesn't|does not) support\b|\bnot present in (?:the )?(?:evmcs|enlightened)/i, sub { has(@_[0, 1], 'page') }],
	[qr/\bnot (?:be )?used\b|\bunused\b/i, sub { used(@_[0, 1], 'reads', 'read', 'KVM reads it') }],
	[qr/\b(?:not|never) (?:be )?changed?\b/i, sub { used(@_[0, 1], 'writes', 'written', 'KVM writes it') }],
	[qr/\b(\w+)\(\) (?:doesn't|does not) read\b/i, sub { my ($audit, $field, $function) = @_; used($audit, $field, 'writes', 'written', "$function() does", $function) }],
	[qr/\bread[- ]only\b/i, sub { $_[1]{access} eq 'read-only' ? () : ("the SDM lets VMWRITE change it: its encoding is $_[1]{encoding}") }],
);

sub has
{
	my ($audit, $field, $role) = @_;
	my $member = member_of($audit, $role, $field) or return;
	my $of = $audit->{structures}{$role};

	return ("struct $of->{name} has $member->{member}", "$of->{file}:$of->{line}: struct $of->{name} has it at byte $member->{offset}");
}

# Who uses a field in a way, but for the copies; or one function does.
sub used
{
	my ($audit, $field, $way, $what, $does, $function) = @_;
	my $memory = member_of($audit, 'memory', $field) or return;
	my @users = grep { !defined $function || $_->{in} eq $function } $audit->users($memory->{member}, $way, 'copy at entry', 'copy at exit');

	return @users ? ($does, $audit->evidence("$field->{name} is $what", @users)) : ();
}

# Where a claim is untrue of a field; nothing if it is true, or means nothing that is known.
sub untrue
{
	my ($audit, $says, $field) = @_;

	for (@MEANINGS) {
		my ($means, $untrue) = @$_;

		return $untrue->($audit, $field, $1) if $says =~ $means;
	}
	return;
}

sub check_claims
{
	my ($audit, $file, $comment) = @_;

	for my $claim (claims($comment)) {
		$audit->note("$file:$claim->{line}: '" . ($claim->{says} =~ s/^\W+//r) . "' is no claim that the audit knows")
			if !grep { $claim->{says} =~ $_->[0] } @MEANINGS;
		for my $named (@{ $claim->{names} }) {
			my $field = field_of($audit, $named->{name}) // next;
			my ($does, @chain) = untrue($audit, $claim->{says}, $field) or next;
			my $says = $claim->{says} =~ s/^\W+//r;

			$audit->finding(key => "$says: $named->{name}", at => "$file:$named->{line}", sure => 'proven',
					holds => "'$says' is true of $named->{name}", does => $does,
					chain => ["$file:$claim->{line}: '$says'", @chain]);
		}
	}
}

# Numbers that comments give to names of encodings.
sub check_numbers
{
	my ($audit, $file, $comment) = @_;

	while ($comment->{text} =~ /\b([A-Z][A-Z0-9_]+)\s*=\s*(0x[\da-fA-F]{4,8})\b|\b\w+\((0x[\da-fA-F]+),\s*(\w+)/g) {
		my ($name, $number) = ($1 // $4, $2 // $3);
		my $line = $comment->{line} + (substr($comment->{text}, 0, $-[0]) =~ tr/\n//);
		my $field = field_of($audit, $name =~ s/_HIGH$//r) // next;
		my $is = hex($field->{encoding}) + ($name =~ /_HIGH$/ ? 1 : 0);
		my ($other) = grep { hex($_->{encoding}) == (hex($number) & ~1) } @{ $audit->{spec}{fields} };

		$audit->finding(key => "number of $name", at => "$file:$line", holds => sprintf('%s is 0x%08x', $name, $is),
				does => "the comment says $number" . ($other ? ", which is $other->{name}" : '')) if hex($number) != $is;
	}
}

# The members of a structure's text, without pads, by name and type, in order.
sub listed
{
	my ($text) = @_;

	return map { s/\s+/ /gr } grep { !/\b(?:padding|reserved|dead_space)\w*/ } $text =~ /^\s*((?:u\d+|natural_width|__le\d+|__u\d+|struct \w+) \w+)(?:\[\w+\])?;/mg;
}

sub check_document
{
	my ($audit) = @_;
	my $of = $audit->{structures}{memory};

	return if !$audit->{tree}->has($DOCUMENT);
	my $text = $audit->{tree}->text($DOCUMENT);
	my ($copy) = $text =~ /^\s*struct (?:__\w+ )?vmcs12 \{\n(.*?)^\s*\};?/ms or return;
	my $line = 1 + (substr($text, 0, $-[1]) =~ tr/\n//);
	my @has = listed($copy);
	my @wants = listed(Source::uncommented($of->{text}));
	my ($has, $wants) = map { my %set = map { $_ => 1 } @$_; \%set } \@has, \@wants;
	my @lacks = grep { !$has->{$_} } @wants;
	my @extra = grep { !$wants->{$_} } @has;
	my @chain = ("$DOCUMENT:$line: the copy", "$of->{file}:$of->{line}: struct vmcs12");
	my %finding = (at => "$DOCUMENT:$line", holds => 'the documentation shows struct vmcs12 as it is', chain => \@chain);
	my $names = sub { join(', ', map { s/.* //r } @_) };

	$audit->finding(%finding, key => "$DOCUMENT lacks " . $names->(@lacks), does => 'it lacks ' . join(', ', @lacks)) if @lacks;
	$audit->finding(%finding, key => "$DOCUMENT has " . $names->(@extra), does => 'struct vmcs12 does not have ' . join(', ', @extra)) if @extra;
	$audit->finding(key => "the order of struct vmcs12 in $DOCUMENT", at => "$DOCUMENT:$line", holds => 'the documentation shows the members in their order',
			does => 'the order is another one', chain => \@chain)
		if join(' ', grep { $wants->{$_} } @has) ne join(' ', grep { $has->{$_} } @wants);
}

sub check
{
	my ($audit) = @_;

	for my $file (map { $audit->{tree}->files($_) } 'arch/x86/kvm/vmx/*.[ch]', 'arch/x86/include/asm/vmx.h') {
		for my $comment (Source::comments($audit->{tree}->text($file))) {
			check_claims($audit, $file, $comment);
			check_numbers($audit, $file, $comment);
		}
	}
	check_document($audit);
}

\&check;
