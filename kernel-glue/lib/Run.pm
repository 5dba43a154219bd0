# SPDX-License-Identifier: GPL-2.0-only
#
# One run over a kernel tree: the tree, the spec, what was found, and the misfits.
package Run;

use strict;
use warnings;

use Bodies;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Spec;
use Files;
use Found;
use Misfits;
use Spec;
use Tree;

my $GLUE = dirname(dirname(abs_path(__FILE__)));

# A run over the tree of a path.  Optional are the wanted parts of the glue; the name of the target,
# for a tree that no longer has its structures; and the form: the kernel makes its layouts by the
# 'generator', or has them 'shipped'.  To try another spec, 'top' is its folder; 'spec' and 'tree'
# were read already; and 'misfits' collects misfits in another way.
sub new
{
	my ($class, $pristine, $parts, $target, $form, %other) = @_;
	my $top = $other{top} // "$GLUE/..";
	my $vmcsgen = $ENV{VMCSGEN} // "$GLUE/../build/vmcsgen";
	my $tree = $other{tree} // Tree->new(File::Spec->rel2abs($pristine));
	my $spec = $other{spec} // Spec->new("$top/out/vmcs.json");

	fail(IO, "$vmcsgen is missing: run `make`, or let VMCSGEN name it") if !-x $vmcsgen;
	return bless({ glue => $GLUE, top => $top, tree => $tree, spec => $spec, parts => $parts // [],
		       named => $target, form => $form // 'generator', vmcsgen => $vmcsgen,
		       found => Found->new($tree, $spec, $top, $vmcsgen),
		       bodies => Bodies->new("$GLUE/bodies"),
		       misfits => $other{misfits} // Misfits->new($tree),
		       selects => {}, removed => {} }, $class);
}

# Whether a part of the glue is wanted: a rule file, or a file of the kernel's.
sub wanted
{
	my ($self, $part) = @_;

	my @by = grep { index($part, $_) == 0 } @{ $self->{parts} };

	$self->{selects}{$_} = 1 for @by;
	return !@{ $self->{parts} } || @by;
}

# Whether a file is brought to a path of the kernel.
sub brings { return exists $_[0]{brought}{$_[1]} }

# A part that selects nothing is a mistake, which would undo what an earlier run did.
sub check_parts
{
	my ($self) = @_;
	my @idle = grep { !$self->{selects}{$_} } @{ $self->{parts} };

	fail(USAGE, "no rule and no file is or begins with '$idle[0]'") if @idle;
}

# The target whose output the tree gets.  It is found on the first call, which may print misfits.
sub target
{
	my ($self) = @_;

	$self->{targets} //= defined $self->{named} ? $self->named_target : $self->found_target;
	return $self->{targets}{target};
}

sub named_target
{
	my ($self) = @_;
	my ($target) = grep { $_->{name} eq $self->{named} } $self->{spec}->kernels;

	fail(USAGE, "the spec has no target '$self->{named}' that keeps a VMCS in memory") if !$target;
	return { target => $target };
}

sub found_target
{
	my ($self) = @_;
	my $found = $self->{found}->target;

	# If the structure is missing, the rule that deletes it says so.
	for my $role (sort keys %{ $found->{unlike} }) {
		my $of = $found->{structures}{$role};

		$self->{misfits}->add(at => "$of->{file}:$of->{line}",
			what => "struct $of->{name} is not that of any target; " .
				'nearest is ' . Spec::revision($found->{target}, $role) .
				", of target $found->{target}{name}, but",
			more => $found->{unlike}{$role},
			next => "`make port KSRC=$self->{tree}{path}` says how to describe it");
	}
	return $found;
}

# Whether found_target() has told what a structure is.
sub told
{
	my ($self, $of) = @_;

	return grep { $_ && $_->{file} eq $of->{file} && $_->{name} eq $of->{name} }
		values %{ $self->{targets}{structures} // {} };
}

1;
