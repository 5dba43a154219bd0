# SPDX-License-Identifier: GPL-2.0-only
#
# Porting to a new kernel: a draft of the spec describes the tree, one subject after the other, and
# a list has what a person must decide.  The draft is tried after each subject, and compared with
# the tree as apply compares it.
package Port;

use strict;
use warnings;

use Decisions;
use Draft;
use File::Temp qw(tempdir);
use Files;
use Found;
use Install;
use Kernel;
use Port::Copies;
use Port::Existence;
use Port::Fields;
use Port::Structures;
use Port::Support;
use Proofs;
use Rules;
use Run;

# A port of a tree that begins with our spec.
sub new
{
	my ($class, $path) = @_;
	my $run = Run->new($path);
	my $decisions = Decisions->new($run->{tree});
	$decisions->know_fields(@{ $run->{spec}{fields} });
	my $draft = Draft->new($run->{top}, $run->{spec}, $run->{vmcsgen});
	my $self = bless({ run => $run, tree => $run->{tree}, kernel => Kernel->new($run),
			   decisions => $decisions, draft => $draft,
			   notes => [], new => {}, named => {} }, $class);
	my $found = $run->{found}->target;

	$self->{version} = $self->{kernel}->version;
	$self->{nearest} = $found->{target};
	$self->{structures} = $found->{structures};
	$self->{masks} = $self->{kernel}->masks;
	$self->try('the spec as it is');
	return $self;
}

sub note { push @{ $_[0]{notes} }, $_[1] }

# What the draft says now, and a comparison of the tree with it.
sub spec { return $_[0]{draft}->spec }

sub found
{
	my ($self) = @_;

	return Found->new($self->{tree}, $self->spec, $self->{draft}->folder, $self->{run}{vmcsgen});
}

# Whether the spec has a revision, or another name of one.
sub has
{
	my ($self, $path) = @_;
	my ($layout, $name) = split(m{/}, $path);

	return scalar(grep { $_ eq $name } map { $_->{name}, @{ $_->{aliases} } }
		      @{ $self->spec->layout($layout)->{revisions} });
}

# The name of the kernel's revision of a layout.
sub name { return "linux-$_[0]{version}" }

# Some words with commas, on as many lines as they take.
sub wrapped
{
	my ($self, $line, @words) = @_;
	my @lines;

	while (defined(my $word = shift(@words))) {
		my $next = $line . ($line =~ /\s$/ ? '' : ' ') . $word . (@words ? ',' : '');

		if (length($next =~ s/\t/' ' x 8/ger) > 96 && $line =~ /\S,$/) {
			push @lines, $line;
			$next = "\t\t\t$word" . (@words ? ',' : '');
		}
		$line = $next;
	}
	return join("\n", @lines, $line);
}

# Try the draft.  If it does not pass, the port ends there.
sub try
{
	my ($self, $subject) = @_;
	my $said = $self->{draft}->try or return;

	$self->{decisions}->decide(
		what => "the draft does not pass with $subject", see => [split(/\n/, $said)],
		choices => ['the spec is to say it in another way']);
	$self->stop;
}

sub stop { die { stopped => 1 } }

# The target: the nearest one if it fits, or a copy of it with the new revisions.
sub target
{
	my ($self) = @_;
	my $nearest = $self->{nearest};
	my ($memory, $page) = map { $self->{revisions}{$_} } qw(memory page);
	my $support = $self->{support};
	my $fits = !%{ $self->{new} } &&
		   (!$support || grep { $_->{path} eq $support } @{ $nearest->{masks} });
	my $name = $self->name;

	return if $self->{target} && $self->{target} != $nearest;
	$self->{target} = $nearest;
	return if $fits;
	my $text = $self->{draft}->statement(qr/target \Q$nearest->{name}\E /)->{text} =~ s/^\s*#.*\n//mgr;
	my ($mask) = sort keys %{ $self->{masks} };
	my $as = $support && Port::Support::parts($mask)->{un} ? 'unsupported' : 'supported';
	my $source = qq(source  "Linux $self->{version}, arch/x86/kvm/vmx, as kernel-glue patches it");

	$text =~ s/^target \S+/target $name/;
	$text =~ s/^\tsource.*(?:(?<=,)\n.*)*/\t$source/m;
	$text =~ s/^\tmemory +\K[^\s,]+/$memory/m if $memory;
	$text =~ s/^\tpages +\K[^\s,]+/$page/m if $page;
	$text =~ s/^\tmasks +\K.*(?:(?<=,)\n.*)*/$support as $as/m if $support;
	$self->{draft}->add_statement($text, qr/target linux-\d/, qr/target \Q$nearest->{name}\E /);
	$self->try("the target $name");
	($self->{target}) = grep { $_->{name} eq $name } $self->spec->kernels;
}

# The target's other revisions may lack members that the kernel's own revision has.
sub lacking
{
	my ($self) = @_;
	my $memory = $self->{revisions}{memory} // return;

	my $before = Spec::revision($self->{nearest}, 'memory');
	my %before = map { $_->{field} => 1 } $self->spec->fields($before);

	for my $other (grep { $_->{path} ne $memory } map { @{ $self->{target}{$_} } } qw(memory images)) {
		my %has = map { $_->{field} => 1 } $self->spec->fields($other->{path});
		my @lacks = grep { !$has{$_} } map { $_->{field} } $self->spec->fields($memory);
		my @new = grep { !$before{$_} } @lacks or next;
		my $text = $self->{draft}->statement(qr/revision \Q$other->{path}\E /);

		$self->{decisions}->decide(
			what => "$other->{path}, which the kernel can have, too, lacks " . $self->some(@new),
			rule => 'vmcs12-set-controls.edit',
			spec => [$self->{draft}->place("^revision \Q$other->{path}\E ")],
			choices => ['drafted: a vCPU of that revision is not offered the controls that add ' .
				    'them',
				    ['another revision, with an id of its own, after the model of this ' .
				     'one; then the target takes it', 'rest of ' . $self->name]]) if $text;
	}
}

sub some
{
	my ($self, @names) = @_;

	return @names > 3 ? "$names[0] .. $names[-1], " . @names . ' fields' : join(', ', @names);
}

# A new revision is frozen once somebody relies on it.
sub freezing
{
	my ($self) = @_;
	my @new = map { $self->{revisions}{$_} } grep { $self->{new}{$_} } qw(memory page) or return;

	$self->{decisions}->decide(
		what => 'nothing keeps the members of ' . join(' and ', @new) .
			' where they are until it is frozen',
		rule => 'vmcsgen check, -Wfrozen', spec => ['spec/frozen.vmcs'],
		choices => [['drafted: not yet; once the kernel is released',
			     "build/vmcsgen freeze @new >>spec/frozen.vmcs"]]);
}

# Compare the tree with the draft as `apply --check` does, and run the rules if that is wanted.
sub compare
{
	my ($self, $rules) = @_;
	my $run = Run->new($self->{tree}->path, [], $self->{target}{name}, undef, tree => $self->{tree},
			   spec => $self->spec, top => $self->{draft}->folder, misfits => $self->{decisions});
	my @rules = Rules::all($run);
	my %compared = map { $_ => 1 } map { @{ $_->{deletes} // [] } } @rules;

	$run->target;
	Install::check($run);
	Rules::check($run, $_) for @rules;
	Install::check_removed($run, %compared);
	return if !$rules;
	$run->{work} = tempdir('vmcsgen-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	Rules::apply($run, $_) for @rules;
}

# Port the whole tree.  A subject that can't be drafted ends the port.
sub all
{
	my ($self, $rules) = @_;

	eval {
		Port::Fields::fields($self);
		Port::Fields::controls($self);
		Port::Structures::structures($self);
		Port::Support::support($self);
		Port::Copies::copies($self);
		target($self);
		Port::Existence::existence($self);
		lacking($self);
		compare($self, $rules);
		freezing($self);
		1;
	} or do {
		die $@ if !ref($@) || !$@->{stopped};
		$self->{stopped} = 1;
	};
}

# The report: what was found, the decisions, and the draft.
sub report
{
	my ($self, $path) = @_;
	my $count = $self->{decisions}->count;
	my @draft = $self->{draft}->difference;
	my $added = grep { /^\+(?!\+\+ )/ } @draft;
	my $target = $self->{target} // $self->{nearest};

	return ("Linux $self->{version}, $path: nearest is target $self->{nearest}{name}\n",
		map({ "\t$_\n" } @{ $self->{notes} }),
		!@draft ? "The spec describes it: it is target $target->{name}.\n" :
		"A draft of $added lines for `git apply` ends this report.  It makes the tree target $target->{name}.\n",
		$self->{stopped} ? "It is not whole: what stopped it is the last decision.\n" : (),
		$count ? ("To decide: $count\n", $self->{decisions}->text) : "Nothing is to be decided.\n",
		@draft ? ("\n", @draft) : ());
}

1;
