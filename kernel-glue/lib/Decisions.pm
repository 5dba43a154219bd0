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

# A decision: 'what' is open; the 'rule' that it is about; the places in the 'kernel' and in the
# 'spec'; what else there is to 'see'; and the 'choices', each a text, or a text and lines to write.
sub decide
{
	my ($self, %decision) = @_;

	push @{ $self->{list} }, \%decision;
}

# What a misfit may be about: the file that would describe it, the part of that file, and either an
# example of a line or a function that makes the line for one difference.
my %ABOUT = (
	bodies => { file => 'kernel-glue/bodies' },
	offsets => { file => 'spec/vmcs12.vmcs' },
	copies => { file => 'spec/copies.vmcs', list => 'a line of the list that is copied otherwise:',
		    example => 'yes|no  FIELD  at entry|exit  because "REASON"', line => \&copy_line },
	shadow => { file => 'spec/shadow.vmcs', list => 'the list of shadowed fields, which the kernels share:',
		    example => 'ro|rw|rare  FIELD', line => \&shadow_line },
	masks => { file => 'spec/support.vmcs', list => 'the list of supported controls:',
		   example => 'yes|no  CONTROL  because "REASON"' },
	fields => { file => 'spec/vmcs12.vmcs and evmcs.vmcs', list => 'the revision:',
		    example => 'change FIELD clean GROUP lookup none|full' },
);

# The line for 'FIELD' or 'FIELD, GROUP', which is copied or not.  No line describes a copy under
# another group.
sub copy_line
{
	my ($does, $what, %misfit) = @_;
	my ($field) = $what =~ /^(\w+)(?:, \w+)?$/ or return;

	return if 1 < grep { /^\Q$field\E\b/ } keys %{ $misfit{differ} };
	return ($does eq 'has' ? 'yes' : 'no') . "  $field  at $misfit{when}  because \"REASON\"";
}

# 'SHADOW_FIELD_RO(ENCODING, MEMBER)', or RW.
sub shadow_line
{
	my ($does, $what) = @_;
	my ($access, $encoding) = $what =~ /^SHADOW_FIELD_(R[OW])\((\w+), \w+\)/ or return;

	return ($does eq 'has' ? '' : 'without: ') . lc($access) . '  ' . lc($encoding);
}

# Fields of the spec, so that messages can add the name to an encoding.
sub know_fields
{
	my ($self, @fields) = @_;

	$self->{fields} = { map { $_->{encoding} => $_->{name} } @fields };
}

# A line with a name after each encoding of a field.
sub with_names
{
	my ($self, $line) = @_;

	return $line =~ s/\b(0x[\da-f]{8})\b/join(' ', $1, $self->{fields}{$1} \/\/ ())/egr;
}

# Where a misfit is.
sub places
{
	my ($self, %misfit) = @_;
	my @functions = map { ($self->{tree}->defining("$_()"))[0] // () } @{ $misfit{functions} // [] };

	return ($misfit{at} // (), (map { "$_->{file}:$_->{line}" } @functions),
		grep { $self->{tree}->has($_) } @{ $misfit{files} // [] });
}

# What can be done about a misfit.
sub choices
{
	my ($self, $rule, %misfit) = @_;
	my $about = $ABOUT{ $misfit{about} // '' } // {};
	my $differ = $misfit{differ} // {};
	my $line = $about->{line} // sub { return };
	my @lines = map { $line->($differ->{$_}, $_, %misfit) } sort keys %$differ;
	my @choices;

	push @choices, ['what replaces it does the same: record it as known',
			'kernel-glue/record-bodies ' . $self->{tree}->path . " $misfit{record}"]
		if defined $misfit{record};
	push @choices, ["the spec is to say it, in $about->{list}", @lines ? @lines : $about->{example}]
		if $about->{list};
	return (@choices, 'the kernel has changed, and kernel-glue' .
		($rule =~ /\./ ? "/rules/$rule" : $rule eq 'manifest' ? '/manifest' : '') . ' has to follow');
}

# A misfit, as Misfits has it.
sub add
{
	my ($self, %misfit) = @_;
	my $rule = $misfit{rule} // 'apply';
	my $what = ($misfit{what} // "the tree $misfit{tree}") =~ s/:$//r;
	my $about = $ABOUT{ $misfit{about} // '' };

	# One decision is enough for what two rules delete.
	if (my ($told) = grep { $_->{what} eq $what } @{ $self->{list} }) {
		$told->{rule} .= ", $rule";
		return;
	}
	$self->decide(what => $what, rule => $rule, kernel => [$self->places(%misfit)],
		      spec => $about ? [$about->{file}] : [],
		      see => [map { $self->with_names($_) } Misfits::lines(%misfit)],
		      choices => [$self->choices($rule, %misfit)]);
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
		my $line = sub {
			my ($key, @what) = @_;

			return @what ? "\t$key: " . join(', ', @what) . "\n" : ();
		};

		push @text, "\n", ++$number . ". $of->{what}\n", $line->('rule', $of->{rule} // ()),
			$line->('kernel', @{ $of->{kernel} // [] }), $line->('spec', @{ $of->{spec} // [] }),
			map({ "\t  $_\n" } @{ $of->{see} // [] }),
			map { show_choice($letter++, $_) } @{ $of->{choices} };
	}
	return join('', @text);
}

1;
