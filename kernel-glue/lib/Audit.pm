# SPDX-License-Identifier: GPL-2.0-only
#
# An audit of a kernel tree: what is known of the tree, and what the rules find.  The tree is read
# and never changed.
package Audit;

use strict;
use warnings;

use Audit::Answers;
use Audit::Definitions;
use Audit::Index;
use Audit::Masks;
use Audit::Objects;
use Audit::Roles;
use Audit::Structures;
use Audit::Uses;
use Kernel;
use Run;
use Spec;

sub new
{
	my ($class, $path, $objects) = @_;
	my $run = Run->new($path);
	my $found = $run->{found}->target;
	my $self = bless({ run => $run, tree => $run->{tree}, spec => $run->{spec},
			   kernel => Kernel->new($run), target => $found->{target},
			   findings => [], errors => [], notes => [] }, $class);

	$self->{objects} = Audit::Objects->new($path, $objects);
	$self->{index} = Audit::Index->new($self->{tree}, $self->{objects});
	$self->{definitions} = Audit::Definitions->new($self->{tree});
	$self->{structures} = Audit::Structures->new($self, $found->{structures});
	$self->{roles} = Audit::Roles->new($self);
	$self->{uses} = Audit::Uses->new($self);
	$self->{masks} = Audit::Masks->new($self);
	$self->{answers} = Audit::Answers->new($self);
	return $self;
}

# End a rule that can't tell something.  That is an error, as whatever the rule would find is
# missing.
sub cannot { die { cannot => $_[1] } }

# A finding of the rule that runs.  'key' names it among those of the rule; 'at' is a file and a
# line; 'holds' says what must hold, and 'does' what the kernel does; 'chain' is the evidence, line
# by line; 'sure' is 'proven' or 'look', a reason to look; 'guest' says how a guest sees it, if a
# guest can.
sub finding
{
	my ($self, %finding) = @_;

	push @{ $self->{findings} },
		{ rule => $self->{rule}, sure => 'proven', chain => [], %finding };
}

# What a reader of the report should know although it is not a finding.
sub note { push @{ $_[0]{notes} }, { rule => $_[0]{rule}, text => $_[1] } }

# The revision of a role that the kernel's structure is, or that is nearest to it.
sub revision { return Spec::revision($_[0]{target}, $_[1]) }

# Run a rule.
sub run
{
	my ($self, $rule) = @_;

	$self->{rule} = $rule->{name};
	return if eval { $rule->{check}->($self); 1 };
	die $@ if ref($@) ne 'HASH';
	push @{ $self->{errors} }, { rule => $rule->{name}, text => $@->{cannot} };
}

1;
