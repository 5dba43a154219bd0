# SPDX-License-Identifier: GPL-2.0-only
#
# What comments and documentation say of fields is true: that a structure lacks them, that nothing
# uses or changes them, which number an encoding has, and how struct vmcs12 looks.  People decide by
# these words what to copy, and what a kernel's guests may rely on.
package Audit::Words;

use strict;
use warnings;

use Source;

my $DOCUMENT = 'Documentation/virt/kvm/x86/nested-vmx.rst';
my @COPIES = ('copy at entry', 'copy at exit');

# The name that a line of a claim is about: what it assigns to, names with a number, or has in an
# entry of a table.
my $NAMED = qr/\b(?:vmcs12|evmcs)->(?<name>\w+)\s*=|
	       \b(?<name>[A-Z][A-Z0-9_]+)\s*=\s*0x[\da-fA-F]+|
	       \b\w+\((?:0x[\da-fA-F]+|[A-Z]\w+),\s*(?<name>\w+)/x;

# A line that an entry, or an assignment, goes on with.
my $GOES_ON = qr/^\s*[\w>-]+\)?[,;]\s*$/;

# The claims of a comment: a line that ends with ':', or with '?' if the claim only 'asks', and the
# names that follow, each with its line, up to other words.
sub claims
{
	my ($comment) = @_;
	my ($line, $open, @claims) = ($comment->{line});

	for (split(/\n/, $comment->{text})) {
		if (/$NAMED/) {
			push @{ $claims[-1]{names} }, { name => $+{name}, line => $line } if $open;
		} elsif (/(\w.*)([:?])\s*$/) {
			push @claims, { says => $1, asks => $2 eq '?', line => $line, names => [] };
			$open = 1;
		} elsif (/\S/ && !/$GOES_ON/) {
			$open = 0;
		}
		$line++;
	}
	return grep { @{ $_->{names} } } @claims;
}

# What the words of a claim mean, each with a function that tells where they are untrue of a field:
# what the kernel does, and the evidence.
my @MEANINGS = (
	{ words => qr/\bnot\ present\ in\ struct\ vmcs12\b|
		      \bstruct\ vmcs12\ (?:lacks|has\ no(?:ne)?|doesn't\ have)\b/xi,
	  untrue => sub { has(@_[0, 1], 'memory') } },
	{ words => qr/\benlightened\ vmcs\w*\ (?:doesn't|does\ not)\ support\b|
		      \bnot\ present\ in\ (?:the\ )?(?:evmcs|enlightened)/xi,
	  untrue => sub { has(@_[0, 1], 'page') } },
	{ words => qr/\bnot (?:be )?used\b|\bunused\b/i,
	  untrue => sub { used(@_[0, 1], 'reads', 'KVM reads it') } },
	{ words => qr/\b(?:not|never) (?:be )?changed?\b/i,
	  untrue => sub { used(@_[0, 1], 'writes', 'KVM writes it') } },
	{ words => qr/\b(\w+)\(\) (?:doesn't|does not) read\b/i,
	  untrue => sub { used(@_[0, 1], 'writes', "$_[2]() does", $_[2]) } },
	{ words => qr/\bread[- ]only\b/i, untrue => sub { writable($_[1]) } },
);
my %PAST = (reads => 'read', writes => 'written');

# A field is in the structure of a role.
sub has
{
	my ($audit, $field, $role) = @_;
	my %members = $audit->{structures}->fields($role);
	my $member = $members{ $field->{name} } or return;
	my $of = $audit->{structures}->definition($role);

	return ("struct $of->{name} has $member->{member}",
		"$of->{file}:$of->{line}: struct $of->{name} has it at byte $member->{offset}");
}

# A function other than the copies uses a field in a way; it may have to be one of a name.
sub used
{
	my ($audit, $field, $way, $does, $function) = @_;
	my %members = $audit->{structures}->fields('memory');
	my $member = $members{ $field->{name} } or return;
	my @uses = grep { !defined $function || $_->{in} eq $function }
		   $audit->{uses}->of($member->{member}, $way, @COPIES);

	return @uses ? ($does, Audit::Uses::evidence("$field->{name} is $PAST{$way}", @uses)) : ();
}

sub writable
{
	my ($field) = @_;

	return $field->{access} eq 'read-only' ? () :
		"the SDM lets VMWRITE change it: its encoding is $field->{encoding}";
}

# What a claim's words mean: a function that tells where they are untrue, or nothing.
sub meaning
{
	my ($says) = @_;

	for my $meaning (@MEANINGS) {
		next if $says !~ $meaning->{words};
		my $function = $1;

		return sub { $meaning->{untrue}->(@_, $function) };
	}
	return;
}

# A claim about one name; a question claims nothing, and is a reason to look.
sub check_claim
{
	my ($audit, $file, $claim, $named, $untrue) = @_;
	my $field = $audit->{spec}->field($named->{name}) // return;
	my ($does, @chain) = $untrue->($audit, $field) or return;
	my $says = $claim->{says};
	my $whole = $claim->{asks} ? "$says?" : $says;

	$audit->finding(key => "$says: $named->{name}", at => "$file:$named->{line}", does => $does,
			sure => $claim->{asks} ? 'look' : 'proven',
			holds => $claim->{asks} ? "the answer to '$whole' is yes for $named->{name}"
						: "'$whole' is true of $named->{name}",
			chain => ["$file:$claim->{line}: '$whole'", @chain]);
}

sub check_claims
{
	my ($audit, $file, $comment) = @_;

	for my $claim (claims($comment)) {
		my $untrue = meaning($claim->{says});

		if (!$untrue) {
			$audit->note("$file:$claim->{line}: the audit does not know the claim " .
				     "'$claim->{says}'");
			next;
		}
		check_claim($audit, $file, $claim, $_, $untrue) for @{ $claim->{names} };
	}
}

# Numbers that comments give to names of encodings.
my $NUMBERED = qr/\b(?<name>[A-Z][A-Z0-9_]+)\s*=\s*(?<number>0x[\da-fA-F]{4,8})\b|
		  \b\w+\((?<number>0x[\da-fA-F]+),\s*(?<name>\w+)/x;

sub check_numbers
{
	my ($audit, $file, $comment) = @_;

	while ($comment->{text} =~ /$NUMBERED/g) {
		my ($name, $number) = @+{qw(name number)};
		my $line = $comment->{line} + (substr($comment->{text}, 0, $-[0]) =~ tr/\n//);
		my $is = $audit->{spec}->number($name) // next;
		my $other = $audit->{spec}->encoded(hex($number));

		$audit->finding(key => "number of $name", at => "$file:$line",
				holds => sprintf('%s is 0x%08x', $name, $is),
				does => "the comment says $number" .
					($other ? ", which is $other->{name}" : ''))
			if hex($number) != $is;
	}
}

# The members of a structure's text, without pads, by type and name, in order.
my $MEMBER = qr/^\s*((?:u\d+|natural_width|__le\d+|__u\d+|struct \w+) \w+)(?:\[\w+\])?;/m;

sub listed
{
	my ($text) = @_;

	return map { s/\s+/ /gr } grep { !/\b(?:padding|reserved|dead_space)\w*/ }
	       $text =~ /$MEMBER/g;
}

# The structure that a document shows: where, and its members.
sub shown
{
	my ($audit) = @_;
	my $text = $audit->{tree}->has($DOCUMENT) ? $audit->{tree}->text($DOCUMENT) : '';
	my ($copy) = $text =~ /^\s*struct (?:__\w+ )?vmcs12 \{\n(.*?)^\s*\};?/ms or return;
	my $line = 1 + (substr($text, 0, $-[1]) =~ tr/\n//);

	return ("$DOCUMENT:$line", listed($copy));
}

sub names { return join(', ', map { s/.* //r } @_) }

# The members that the first of two lists has, and the second does not.
sub beyond
{
	my ($list, $other) = @_;
	my %other = map { $_ => 1 } @$other;

	return grep { !$other{$_} } @$list;
}

# The members that both lists have, in the order of the first, as one word.
sub common
{
	my ($list, $other) = @_;
	my %other = map { $_ => 1 } @$other;

	return join(' ', grep { $other{$_} } @$list);
}

sub check_document
{
	my ($audit) = @_;
	my ($at, @has) = shown($audit) or return;
	my $of = $audit->{structures}->definition('memory');
	my @wants = listed(Source::uncommented($of->{text}));
	my @lacks = beyond(\@wants, \@has);
	my @extra = beyond(\@has, \@wants);
	my %finding = (at => $at, holds => 'the documentation shows struct vmcs12 as it is',
		       chain => ["$at: the copy", "$of->{file}:$of->{line}: struct vmcs12"]);

	$audit->finding(%finding, key => "$DOCUMENT lacks " . names(@lacks),
			does => 'it lacks ' . join(', ', @lacks)) if @lacks;
	$audit->finding(%finding, key => "$DOCUMENT has " . names(@extra),
			does => 'struct vmcs12 does not have ' . join(', ', @extra)) if @extra;
	$audit->finding(%finding, key => "the order of struct vmcs12 in $DOCUMENT",
			holds => 'the documentation shows the members in their order',
			does => 'the order is another one')
		if common(\@has, \@wants) ne common(\@wants, \@has);
}

sub check
{
	my ($audit) = @_;

	for my $file ($audit->{definitions}->files, 'arch/x86/include/asm/vmx.h') {
		for my $comment (Source::comments($audit->{tree}->text($file))) {
			check_claims($audit, $file, $comment);
			check_numbers($audit, $file, $comment);
		}
	}
	check_document($audit);
}

\&check;
