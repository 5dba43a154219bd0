# SPDX-License-Identifier: GPL-2.0-only
#
# What KVM's own code does: it is run and asked, so that it doesn't matter how it is written.
package Audit::Answers;

use strict;
use warnings;

use Audit::Program;
use Files;

sub new
{
	my ($class, $audit) = @_;

	return bless({ audit => $audit, program => Audit::Program->new($audit) }, $class);
}

# The functions on the stage.
sub stage { return $_[0]{program}->stage }

# The lines that the program prints for a question, each as its words.
sub ask
{
	my ($self, @question) = @_;

	return @{ $self->{said}{"@question"} //= [$self->said(@question)] };
}

sub said
{
	my ($self, @question) = @_;
	my $program = $self->{program}->path;

	open(my $said, '-|', $program, @question) or fail(IO, "$program: $!");
	my @lines = map { [split(/ /, s/\n//r)] } <$said>;
	return @lines if close($said);
	$self->{audit}->cannot("KVM's code, asked for its $question[0], ends with " .
			       ($? & 127 ? 'signal ' . ($? & 127) : 'status ' . ($? >> 8)));
}

# The answers to a question about encodings, by the role that is asked.
sub of_role
{
	my ($self, $role, @question) = @_;
	my $name = $role =~ s/ /-/gr;

	return grep { $_->[0] eq $name } $self->ask(@question);
}

# How a look-up loads: how many encodings it finds, how many of those by the index that a clamp
# gives, the size that it clamps to, and the highest index.
sub clamps
{
	my ($self, $role) = @_;
	my ($clamp) = $self->of_role($role, 'clamps');

	return { found => $clamp->[1], followed => $clamp->[2], size => $clamp->[3],
		 highest => $clamp->[4] };
}

# What is asked of a function on the stage.
sub ask_staged
{
	my ($self, $question) = @_;

	$self->{program}->need_stage;
	return $self->ask($question);
}

# What VMWRITE of ones does to each encoding that it does not call unknown: its status, and the bits
# that are kept.
sub written
{
	my ($self) = @_;

	return { map { $_->[0] => { status => $_->[1], kept => $_->[2] } }
		 $self->ask_staged('vmwrite') };
}

# What became of saved states, in the words of host.c.
sub restored
{
	my ($self) = @_;

	return map { { what => $_->[0], size => $_->[1], shadow => $_->[2], status => $_->[3],
		       entered => $_->[4], read => [@$_[5, 6]] } } $self->ask_staged('restore');
}

# The members of both structures; one without a name has the structure's size.
sub members
{
	my ($self) = @_;

	return map { { structure => $_->[0], member => $_->[1], offset => $_->[2],
		       size => $_->[3] } }
	       $self->ask('members');
}

# What is copied on a way, 'entry' or 'exit', where only one clean-field group is dirty, by its bit,
# or 'all' or 'none' are: for each byte that is written, the byte that it comes from.
sub copies
{
	my ($self, $way, $dirty) = @_;

	return { map { $_->[2] => $_->[3] } grep { $_->[0] eq $way && $_->[1] eq $dirty }
		 $self->ask('copies') };
}

# The words of controls that an L1 is offered on a CPU that has these, in the order of WORDS.
sub offered
{
	my ($self, @words) = @_;

	$self->{program}->need_stage;
	return map { hex($_->[0]) } $self->ask('offers', map { sprintf('%x', $_) } @words);
}

# What the function of a role says to encodings: for each where it is positive, the answer and the
# clean-field groups.  Without words of controls, as numbers, the CPU has all controls.
sub fields
{
	my ($self, $role, @words) = @_;

	return { map { $_->[1] => { answer => $_->[2], groups => $_->[3] } }
		 $self->of_role($role, 'fields', map { sprintf('%x', $_) } @words) };
}

1;
