# SPDX-License-Identifier: GPL-2.0-only
#
# What a person has to decide about a kernel, each with the rule, the place and the choices.  What
# doesn't fit between it and the glue is told here, as Misfits tells it, and becomes a decision.
package Decisions;

use strict;
use warnings;

use parent -norequire, 'Misfits';

use Misfits;
use Tree;

sub new
{
	my ($class, $tree) = @_;

	return bless({ tree => $tree, list => [] }, $class);
}

sub count { return scalar(@{ $_[0]{list} }) }

# A decision: 'what' is open, in which 'rule' of ours, the 'kernel's places and the 'spec's, what
# else there is to 'see', and the 'choices', each a text, or a text and lines to write.
sub decide
{
	my ($self, %decision) = @_;

	push @{ $self->{list} }, \%decision;
}

# The spec's file that a misfit concerns, by what it says, and what can be done about it.
my @KINDS = (
	[qr/would be replaced/, 'kernel-glue/bodies'],
	[qr/^vmx_check_\w+\(\) differs/, 'spec/vmcs12.vmcs'],
	[qr/copy_\w+\(\) differs/, 'spec/copies.vmcs', 'a line of the list that is copied otherwise:',
	 'yes|no  FIELD  at entry|exit  because "REASON"'],
	[qr/rare|shadow|is_vmcs12_ext_field/, 'spec/shadow.vmcs', 'the list of shadowed fields:',
	 'ro|rw|rare  FIELD'],
	[qr/the masks of/, 'spec/support.vmcs', 'the list of supported controls:',
	 'yes|no  CONTROL  because "REASON"'],
	[qr/differs from \S+:/, 'spec/vmcs12.vmcs and evmcs.vmcs', 'the revision:',
	 'change FIELD clean GROUP lookup none|full'],
);

# Fields of the spec, so that an encoding is told by its name, too.
sub know_fields
{
	my ($self, @fields) = @_;

	$self->{fields} = { map { $_->{encoding} => $_->{name} } @fields };
}

# The spec's lines that would say what a misfit says, by what it has and lacks.
sub lines_for
{
	my ($function, @see) = @_;
	my %both;

	$both{$_}++ for map { /^\w+ (\w+)/ } @see;
	return map {
		my ($does, $what) = /^(has|lacks) (.*)/ ? ($1, $2) : ('', '');

		$what =~ /^SHADOW_FIELD_(R[OW])\((\w+), \w+\)/ ?
			($does eq 'has' ? '' : 'without: ') . lc($1) . '  ' . lc($2) :
		$function =~ /^copy_/ && $what =~ /^(\w+)(?:, [A-Z_0-9]+)?$/ && $both{$1} == 1 ?
			($does eq 'has' ? 'yes' : 'no') . "  $1  at " .
			($function =~ /_to_vmcs12/ ? 'entry' : 'exit') . '  because "REASON"' : ()
	} @see;
}

# The places that a misfit's text names: a line, a function, files.
sub places
{
	my ($self, $text) = @_;

	return $1 if $text =~ m{(\S+/\S+:\d+): };
	if ($text =~ /\b(\w+)\(\)/) {
		my ($function) = $self->{tree}->defining("$1()");

		return "$function->{file}:$function->{line}" if $function;
	}
	return grep { $self->{tree}->has($_) } $text =~ m{([\w.-]+(?:/[\w.-]+)+)}g;
}

# A misfit, as Misfits has it.
sub add
{
	my ($self, $text, @lines) = @_;
	my $tree = $self->{tree}->path;
	my ($rule, $what) = $text =~ /^(\S+\.(?:cocci|edit)|manifest): (.*)/s ? ($1, $2) : ('apply', $text);
	my ($kind) = grep { $what =~ $_->[0] } @KINDS;
	my @see = map { chomp(my $line = $_); $line =~ s/\b(0x[\da-f]{8})\b/$self->{fields}{$1} ? "$1 $self->{fields}{$1}" : $1/er }
		grep { !/record-bodies/ } @lines;
	my ($record) = map { s/.*: //r =~ s/\n//r } grep { /record-bodies/ } @lines;
	my @specs = lines_for($what, @see);
	my @choices;

	$what = $what =~ s/:$//r =~ s/\Q$tree\E/the tree/r =~ s/^\S+:\d+: //r;
	# What two rules delete is told of both.
	if (my ($told) = grep { $_->{what} eq $what } @{ $self->{list} }) {
		$told->{rule} .= ", $rule";
		return;
	}
	push @choices, ['what replaces it does the same: record it as known', $record] if $record;
	push @choices, ["the spec is to say it, in $kind->[2]", @specs ? @specs : $kind->[3]] if $kind && $kind->[2];
	push @choices, ["the kernel has changed, and kernel-glue" .
			($rule =~ /\./ ? "/rules/$rule" : $rule eq 'manifest' ? '/manifest' : '') . ' has to follow'];
	$self->decide(what => $what, rule => $rule, kernel => [$self->places($text)],
		      spec => $kind ? [$kind->[1]] : [], see => \@see, choices => \@choices);
}

sub show_choice
{
	my ($letter, $choice) = @_;
	my ($what, @lines) = ref($choice) ? @$choice : $choice;

	return ("\t$letter. $what\n", map { "\t\t$_\n" } @lines);
}

# All decisions as text.
sub text
{
	my ($self) = @_;
	my ($number, @text) = (0);

	for my $of (@{ $self->{list} }) {
		my $letter = 'a';
		my $line = sub { my ($key, @what) = @_; return @what ? "\t$key: " . join(', ', @what) . "\n" : () };

		push @text, "\n", ++$number . ". $of->{what}\n", $line->('rule', $of->{rule} // ()),
			$line->('kernel', @{ $of->{kernel} // [] }), $line->('spec', @{ $of->{spec} // [] }),
			map({ "\t  $_\n" } @{ $of->{see} // [] }),
			map { show_choice($letter++, $_) } @{ $of->{choices} };
	}
	return join('', @text);
}

1;
