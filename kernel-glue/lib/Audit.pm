# SPDX-License-Identifier: GPL-2.0-only
#
# An audit of a kernel tree: what is known of it, the roles that its functions play, and what the
# rules find.  The tree is read and never changed.
package Audit;

use strict;
use warnings;

use Audit::Answers;
use Audit::Index;
use Audit::Objects;
use Files;
use Kernel;
use Run;
use Spec;

my @KVM = ('arch/x86/kvm/vmx/*.[ch]');

sub new
{
	my ($class, $path, $objects) = @_;
	my $run = Run->new($path);
	my $found = $run->{found}->target;
	my $self = bless({ run => $run, tree => $run->{tree}, spec => $run->{spec}, found => $run->{found},
			   kernel => Kernel->new($run), target => $found->{target}, structures => $found->{structures},
			   unlike => $found->{unlike}, findings => [], errors => [], notes => [] }, $class);

	$self->{objects} = Audit::Objects->new($path, $objects);
	$self->{index} = Audit::Index->new($self->{tree}, $self->{objects});
	$self->{answers} = Audit::Answers->new($self);
	return $self;
}

# A rule ends where something can't be told: that is an error, as whatever it would find is missing.
sub cannot { die { cannot => $_[1] } }

# A finding, of the rule that runs: 'key' names it among those of the rule, 'at' is a file and a line;
# 'holds' says what must hold and 'does' what the kernel does; 'chain' is the evidence, line by line;
# 'sure' is 'proven' or 'look', a reason to look; 'guest' says how a guest sees it, if one does.
sub finding
{
	my ($self, %finding) = @_;

	push @{ $self->{findings} }, { rule => $self->{rule}, sure => 'proven', chain => [], %finding };
}

# What a reader of the report should know and that is no finding.
sub note { push @{ $_[0]{notes} }, { rule => $_[0]{rule}, text => $_[1] } }

# The revisions that the kernel's structures are, or that are nearest.
sub revision { return Spec::revision($_[0]{target}, $_[1]) }

my %STRUCTURES = (memory => 'vmcs12', page => 'hv_enlightened_vmcs');

sub structure { return $STRUCTURES{$_[1]} }

# The members of a structure as the compiler places them: by name, each with its offset and its size in
# bytes and, if it is one, the spec's 'field'.  The index knows the names; if it misses one, bytes are
# left over.
sub members
{
	my ($self, $role) = @_;

	return $self->{members}{$role} //= do {
		my %members = map { $_->{member} => $_ } grep { $_->{structure} eq $STRUCTURES{$role} }
			$self->{answers}->members;
		my $size = (delete $members{''})->{size};
		my %covered = map { $_ => 1 } map { $_->{offset} .. $_->{offset} + $_->{size} - 1 } values %members;

		$self->cannot(sprintf('struct %s has %d bytes, and members that the index knows have %d of them',
				      $STRUCTURES{$role}, $size, scalar(keys %covered))) if keys %covered != $size;
		my %fields = map { my $field = $_; map { $_ => $field } $_->{name}, @{ $_->{linux} } } @{ $self->{spec}{fields} };
		my %at = map { $_->{offset} => $_ } $self->{spec}->fields($self->revision($role));

		for my $member (values %members) {
			my $same = $at{ $member->{offset} };
			my $field = $fields{ $member->{member} } //
				($same && $same->{size} == $member->{size} ? $fields{ $same->{field} } : undef);
			$member->{field} = $field if $field;
		}
		\%members;
	};
}

# The member of a byte of a structure, or nothing.
sub member_at
{
	my ($self, $role, $byte) = @_;

	return $self->{bytes}{$role}{$byte} if $self->{bytes}{$role};
	for my $member (values %{ $self->members($role) }) {
		$self->{bytes}{$role}{$_} = $member for $member->{offset} .. $member->{offset} + $member->{size} - 1;
	}
	return $self->{bytes}{$role}{$byte};
}

# What the spec says of the members of a revision that are fields, by the field's name.
sub said
{
	my ($self, $role) = @_;

	return $self->{said}{$role} //= { map { $_->{field} => $_ } $self->{spec}->fields($self->revision($role)) };
}

# The kernel's masks of the controls that an eVMCS may carry, each with its name, value and place, the
# word of controls and the spec's list that has it; 'un' if it lists what may not be carried.
sub masks { return @{ $_[0]{masks} //= [ $_[0]->find_masks ] } }

sub find_masks
{
	my ($self) = @_;
	my %values = %{ $self->{kernel}->masks };
	my %of;

	for my $support (@{ $self->{spec}{support} }) {
		my $ours = grep { $_->{path} eq $support->{name} } @{ $self->{target}{masks} };
		for my $mask (@{ $support->{masks} }) {
			$of{ $mask->{name} } = { %$mask, support => $support } if $ours || !$of{ $mask->{name} };
		}
	}
	return map { { %{ $of{$_} }, value => $values{$_}, place => $self->{kernel}->mask_place($_), un => /_UNSUPPORTED_/ ? 1 : 0 } }
	       sort grep { $of{$_} } keys %values;
}

# Whether a mask lets an eVMCS carry the control of a bit.
sub in_mask
{
	my ($self, $mask, $bit) = @_;

	return !!(hex($mask->{value}) >> $bit & 1) != !!$mask->{un};
}

# Whether an L1 can make KVM use a field through an eVMCS: no control adds it, or one that its masks let
# an eVMCS carry.
sub can_be_used
{
	my ($self, $field) = @_;
	my %masks = map { $_->{word} => $_ } $self->masks;
	my $added;

	for my $word (@{ $self->{spec}{controls} }) {
		for my $control (grep { grep { $_ eq $field } @{ $_->{adds} } } @{ $word->{bits} }) {
			$added = 1;
			return 1 if $masks{ $word->{word} } && $self->in_mask($masks{ $word->{word} }, $control->{bit});
		}
	}
	return !$added;
}

# The members that both structures have, by the field's name, each as the two of them.
sub shared
{
	my ($self) = @_;
	my %memory = map { $_->{field} ? ($_->{field}{name} => $_) : () } values %{ $self->members('memory') };

	return map { my $page = $_; my $name = $page->{field} ? $page->{field}{name} : '';
		     $memory{$name} ? ($name => [$memory{$name}, $page]) : () } values %{ $self->members('page') };
}

# What the bytes of a member come from, by a copy's bytes: 'whole', if all are those of the member that it
# has to come from; 'nothing'; 'from' another member; or 'in part'.
sub source_of
{
	my ($self, $copies, $into, $from, $role) = @_;
	my @bytes = map { $copies->{ $into->{offset} + $_ } } 0 .. $into->{size} - 1;
	my @wrong = grep { !defined $bytes[$_] || $bytes[$_] != $from->{offset} + $_ } 0 .. $#bytes;
	my ($other) = grep { $_ && $_->{member} ne $from->{member} } map { $self->member_at($role, $bytes[$_]) }
		      grep { defined $bytes[$_] } @wrong;

	return 'whole' if !@wrong;
	return 'nothing' if !grep { defined } @bytes;
	return $other ? "from $other->{member}" : 'in part';
}

# Where a function writes a member of a structure, or where it begins.
sub place_of
{
	my ($self, $function, $structure, $member) = @_;
	my %members = $self->{index}->members($structure);
	my ($use) = grep { $_->{in} eq $function->{name} && $_->{writes} } @{ $members{$member} // [] };

	return $use ? "$use->{file}:$use->{line}" : "$function->{file}:$function->{line}";
}

# The names of the function of a role, and of those that do a part of its work: it calls them, and they use
# both structures.
sub parts_of
{
	my ($self, $role) = @_;

	return @{ $self->{parts}{$role} //= do {
		my $function = $self->function($role);
		my ($memory, $page) = map { my $structure = $_; my %uses = map { %{ $self->{index}->functions($structure, $_) } } qw(reads writes); \%uses }
				      map { $STRUCTURES{$_} } qw(memory page);
		my %called = map { $_ => 1 } $function->{text} =~ /\b(\w+)\(/g;

		[$function->{name}, grep { $memory->{$_} && $page->{$_} } sort keys %called];
	} };
}

# Who uses a member of struct vmcs12 in a way, 'reads' or 'writes', or takes its address and so may;
# but for the functions of some roles.
sub users
{
	my ($self, $member, $way, @not) = @_;
	my %not = map { $_ => 1 } map { $self->parts_of($_) } @not;
	my %members = $self->{index}->members('vmcs12');

	return grep { ($_->{$way} || $_->{address}) && !$not{ $_->{in} } } @{ $members{$member} // [] };
}

# A use as a line of evidence.
sub evidence
{
	my ($self, $what, @uses) = @_;

	return map { "$_->{file}:$_->{line}: $what in $_->{in}()" } @uses;
}

# The lines of KVM's own files as the preprocessor leaves them, each with its file, its line and its text: of
# what asserts offsets, and of the headers that it includes.
sub expanded
{
	my ($self) = @_;
	my @sources = grep { $self->{tree}->text($_) =~ /offset/i } $self->{objects}->sources('arch/x86/kvm/vmx');

	return @{ $self->{expanded} //= [map { $self->expand($_) } @sources] };
}

sub expand
{
	my ($self, $source) = @_;
	my ($file, $line, @lines) = ('', 0);

	open(my $cpp, '-|', 'sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', $self->{tree}->path, 'gcc', '-E', '-w',
	     $self->{objects}->flags($source), '-DKBUILD_MODNAME="kvm"', '-DKBUILD_BASENAME="kvm"', $source) or fail(IO, "gcc: $!");
	while (<$cpp>) {
		if (/^# (\d+) "([^"]*)"/) {
			($line, $file) = ($1, $2 =~ s{^\./}{}r);
			next;
		}
		push @lines, { file => $file, line => $line, text => $_ } if $file =~ m{^arch/x86/kvm/} && /__builtin_offsetof/;
		$line++;
	}
	close($cpp) or $self->cannot("the preprocessor can't read $source");
	return @lines;
}

# A function or a variable that is defined in KVM's folder.
sub defined
{
	my ($self, $kind, $name) = @_;

	return ($self->{tree}->defined_in($kind, $name, map { $self->{tree}->files($_) } @KVM))[0];
}

# The functions of KVM's folder whose definitions match.
sub functions
{
	my ($self, $pattern) = @_;

	return grep { $_->{kind} eq 'function' && $_->{text} =~ $pattern }
	       map { my $file = $_; map { { %$_, file => $file } } $self->{tree}->items($file) }
	       map { $self->{tree}->files($_) } @KVM;
}

# The function that uses the most members of one structure in a way, and of another, if that is given,
# in another way; but for those that have other roles.
sub most
{
	my ($self, $structure, $way, $other, $other_way, @not) = @_;
	my $counts = $self->{index}->functions($structure, $way);
	my $others = $other ? $self->{index}->functions($other, $other_way) : undef;
	my %not = map { $_ => 1 } map { $self->parts_of($_) } grep { $self->function_if_any($_) } @not;
	my $score = sub { my $count = $counts->{$_[0]} // 0;
			  my $more = $others ? $others->{$_[0]} // 0 : $count;
			  return $more < $count ? $more : $count };
	my ($best) = sort { $score->($b) <=> $score->($a) || $a cmp $b } grep { !$not{$_} } keys %$counts;

	return () if !defined $best || $score->($best) < 20;
	return $other ? $self->whole($best, $score) : $self->defined('function', $best);
}

# The function that a function does a part of the work of: the only one that calls it, and that does more of
# the kind itself.
sub whole
{
	my ($self, $name, $score) = @_;
	my @callers = grep { $_->{name} ne $name } $self->functions(qr/\A[^{]*\{.*\b\Q$name\E\(/s);

	return @callers == 1 && $score->($callers[0]{name}) > 1 ? $self->whole($callers[0]{name}, $score) : $self->defined('function', $name);
}

# The variable that mentions the most members of a structure, as a table does whose entries are
# their offsets.
sub table
{
	my ($self, $role) = @_;
	my %members = $self->{index}->members($STRUCTURES{$role});
	my %count;

	$count{ $_->{in} }++ for grep { $_->{in} && !$_->{reads} && !$_->{writes} && !$_->{address} } map { @$_ } values %members;
	for my $name (sort { $count{$b} <=> $count{$a} || $a cmp $b } grep { $count{$_} >= 20 } keys %count) {
		my $table = $self->defined('variable', $name);

		return $table if $table;
	}
	$self->cannot("no table has the offsets of struct $STRUCTURES{$role}");
}

# What fills the table that is looked into from the one that has the offsets, in kernels that do.
sub filled
{
	my ($self) = @_;
	my $table = $self->table('memory');
	my ($fills) = $self->functions(qr/\b(\w+)\[\w+\]\s*=\s*\Q$table->{name}\E\[\w+\];/) or return;
	my ($into) = $fills->{text} =~ /\b(\w+)\[\w+\]\s*=\s*\Q$table->{name}\E\[/;

	return ($fills, $into);
}

# What a role's function looks into.
sub looked_into
{
	my ($self, $role) = @_;
	my (undef, $into) = $role eq 'memory' ? $self->filled : ();

	return $into // $self->table($role)->{name};
}

# What looks an encoding up: it takes that and nothing else, or what it says of clean-field groups, too; it
# loads from the table, or calls what does; and it calls nothing that is such a function itself.
sub look_up
{
	my ($self, $role) = @_;
	my $table = $self->looked_into($role);
	my %loads = map { $_->{name} => 1 } $self->functions(qr/\A[^{]*\{.*\b\Q$table\E\b/s);
	my %candidates = map { $_->{name} => $_ } grep {
		my $calls = join('|', map { quotemeta } sort keys %loads);
		$loads{ $_->{name} } || $_->{text} =~ /\{.*\b(?:$calls)\(/s;
	} $self->functions(qr/\A[^{(]*\(\s*(?:const )?unsigned long \w+(?:,\s*u16 \*\w+)?\)/);

	return grep { my $text = $_->{text} =~ s/\A[^{]*//r; !grep { $text =~ /\b\Q$_\E\(/ } keys %candidates } values %candidates;
}

# How the function of a role is found: by what it does, and by its name only where that says it best.
my %ROLES = (
	'copy at entry' => sub { $_[0]->most('vmcs12', 'writes', 'hv_enlightened_vmcs', 'reads') },
	'copy at exit' => sub { $_[0]->most('vmcs12', 'reads', 'hv_enlightened_vmcs', 'writes') },
	'look up memory' => sub { $_[0]->look_up('memory') },
	'look up page' => sub { $_[0]->look_up('page') },
	'fill table' => sub { ($_[0]->filled)[0] // () },
	'rarely synced' => sub { $_[0]->functions(qr/\A[^{]*\(unsigned long \w+\)\s*\{(?:.*?\bcase GUEST_\w+:){20}/s) },
	'shadowed rw' => sub { $_[0]->functions(qr/\bdefine SHADOW_FIELD_RW\(.*\bcase\b.*\breturn true;/s) },
	'shadowed ro' => sub { $_[0]->functions(qr/\bdefine SHADOW_FIELD_RO\(.*\bcase\b.*\breturn true;/s) },
	'sync rarely' => sub { $_[0]->most('vmcs12', 'writes', undef, undef, 'copy at entry') },
	'prepare rarely' => sub { $_[0]->most('vmcs12', 'reads', undef, undef, 'copy at exit') },
);

# The function that has a role, or nothing.
sub function_if_any
{
	my ($self, $role) = @_;

	$self->{roles}{$role} //= [ $ROLES{$role}->($self) ];
	return @{ $self->{roles}{$role} } == 1 ? @{ $self->{roles}{$role} } : ();
}

sub function
{
	my ($self, $role) = @_;
	my ($function) = $self->function_if_any($role);

	$self->cannot(@{ $self->{roles}{$role} } ? "$role: it can be any of " . join(', ', map { "$_->{name}()" } @{ $self->{roles}{$role} })
						 : "$role: the tree has no such function") if !$function;
	return $function;
}

# Run a rule; what it could not tell is an error.
sub run
{
	my ($self, $rule) = @_;

	$self->{rule} = $rule->{name};
	return if eval { $rule->{check}->($self); 1 };
	die $@ if ref($@) ne 'HASH';
	push @{ $self->{errors} }, { rule => $rule->{name}, text => $@->{cannot} };
}

1;
