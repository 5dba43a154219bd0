# SPDX-License-Identifier: GPL-2.0-only
#
# The roles that KVM's functions and tables play, and which of them plays each.  A role is found by
# what a function does, and by its name only where that says it best.
package Audit::Roles;

use strict;
use warnings;

my $RARE = qr/\A[^{]*\(unsigned long \w+\)\s*\{(?:.*?\bcase GUEST_\w+:){20}/s;
my $OFFERS = qr/\A[^{]*\(struct vmcs_config \*\w+,\s*u32 \w+\)\s*\{.*\bstruct nested_vmx_msrs \*/s;
my %SHADOWED = map { $_ => qr/\bdefine SHADOW_FIELD_$_\(.*\bcase\b.*\breturn true;/s } qw(RO RW);

my %ROLES = (
	'copy at entry' => sub {
		$_[0]->most([], [qw(vmcs12 writes)], [qw(hv_enlightened_vmcs reads)]) },
	'copy at exit' => sub {
		$_[0]->most([], [qw(vmcs12 reads)], [qw(hv_enlightened_vmcs writes)]) },
	'look up memory' => sub { $_[0]->look_up('memory') },
	'look up page' => sub { $_[0]->look_up('page') },
	'fill table' => sub { ($_[0]->filled)[0] // () },
	'offer controls' => sub { $_[0]{audit}{definitions}->functions($OFFERS) },
	'rarely synced' => sub { $_[0]{audit}{definitions}->functions($RARE) },
	'shadowed rw' => sub { $_[0]{audit}{definitions}->functions($SHADOWED{RW}) },
	'shadowed ro' => sub { $_[0]{audit}{definitions}->functions($SHADOWED{RO}) },
	'sync rarely' => sub { $_[0]->most(['copy at entry'], [qw(vmcs12 writes)]) },
	'prepare rarely' => sub { $_[0]->most(['copy at exit'], [qw(vmcs12 reads)]) },
);

# A function that uses fewer members than these plays no role by that.
my $MANY = 20;

sub new
{
	my ($class, $audit) = @_;

	return bless({ audit => $audit, index => $audit->{index} }, $class);
}

# All functions that may have a role.
sub candidates
{
	my ($self, $role) = @_;

	return @{ $self->{candidates}{$role} //= [$ROLES{$role}->($self)] };
}

# The function that has a role, or nothing.
sub function_if_any
{
	my ($self, $role) = @_;
	my @candidates = $self->candidates($role);

	return @candidates == 1 ? $candidates[0] : ();
}

sub function
{
	my ($self, $role) = @_;
	my @candidates = $self->candidates($role);

	$self->{audit}->cannot("$role: the tree has no such function") if !@candidates;
	$self->{audit}->cannot("$role: it can be any of " .
			       join(', ', map { "$_->{name}()" } @candidates))
		if @candidates > 1;
	return $candidates[0];
}

# The names of the function of a role, and of those that do a part of its work: it calls them, and
# they use both structures.
sub parts_of
{
	my ($self, $role) = @_;

	return @{ $self->{parts}{$role} //= $self->find_parts($self->function($role)) };
}

sub find_parts
{
	my ($self, $function) = @_;
	my %called = Audit::Definitions::callees($function);
	my ($memory, $page) = map { $self->using($_) } qw(memory page);

	return [$function->{name}, grep { $memory->{$_} && $page->{$_} } sort keys %called];
}

# The functions that use a structure, as the keys of a hash.
sub using
{
	my ($self, $role) = @_;
	my $structure = $self->{audit}{structures}->name($role);

	return { map { %{ $self->{index}->functions($structure, $_) } } qw(reads writes) };
}

# The function that uses the most members in each of some ways, each a structure and a way; without
# those that have other roles.
sub most
{
	my ($self, $without, @ways) = @_;
	my @counts = map { $self->{index}->functions(@$_) } @ways;
	my %without = map { $_ => 1 } map { $self->parts_of($_) }
		      grep { $self->function_if_any($_) } @$without;
	my $score = sub { (sort { $a <=> $b } map { $_->{ $_[0] } // 0 } @counts)[0] };
	my ($best) = sort { $score->($b) <=> $score->($a) || $a cmp $b }
		     grep { !$without{$_} } keys %{ $counts[0] };

	return () if !defined $best || $score->($best) < $MANY;
	return @ways > 1 ? $self->whole($best, $score)
			 : $self->{audit}{definitions}->named('function', $best);
}

# The function of whose work another does a part: it is the only one that calls that, and does more
# of the kind itself.
sub whole
{
	my ($self, $part, $score) = @_;
	my $definitions = $self->{audit}{definitions};
	my @callers = grep { $_->{name} ne $part } $definitions->calling($part);

	return @callers == 1 && $score->($callers[0]{name}) > 1
		? $self->whole($callers[0]{name}, $score) : $definitions->named('function', $part);
}

# The variable that mentions the most members of a structure, as a table does whose entries are
# their offsets.
sub table
{
	my ($self, $role) = @_;
	my $structure = $self->{audit}{structures}->name($role);
	my %members = $self->{index}->members($structure);
	my %count;

	$count{ $_->{in} }++
		for grep { $_->{in} && !$_->{reads} && !$_->{writes} && !$_->{address} }
		    map { @$_ } values %members;
	for my $name (sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count) {
		my $table = $self->{audit}{definitions}->named('variable', $name);

		return $table if $table && $count{$name} >= $MANY;
	}
	$self->{audit}->cannot("no table has the offsets of struct $structure");
}

# In kernels that filter the table of offsets: the function that fills another table from it, and
# the name of that.
sub filled
{
	my ($self) = @_;
	my $table = $self->table('memory');
	my $fills = qr/\b(\w+)\[\w+\]\s*=\s*\Q$table->{name}\E\[\w+\];/;
	my ($function) = $self->{audit}{definitions}->functions($fills) or return;

	return ($function, $function->{text} =~ $fills);
}

# The table that the look-up of a role loads from.
sub looked_into
{
	my ($self, $role) = @_;
	my (undef, $into) = $role eq 'memory' ? $self->filled : ();

	return $into // $self->table($role)->{name};
}

# The functions that look an encoding up.  They take that and nothing else, or a pointer to
# clean-field groups, too; they load from the table, or call what does; and call no other such
# function.
my $TAKES_ENCODING = qr/\A[^{(]*\(\s*(?:const )?unsigned long \w+(?:,\s*u16 \*\w+)?\)/;

sub look_up
{
	my ($self, $role) = @_;
	my $table = $self->looked_into($role);
	my $definitions = $self->{audit}{definitions};
	my %loads = map { $_->{name} => 1 } $definitions->functions(qr/\A[^{]*\{.*\b\Q$table\E\b/s);
	my $calls = join('|', map { quotemeta } sort keys %loads);
	my %candidates = map { $_->{name} => $_ }
			 grep { $loads{ $_->{name} } || $_->{text} =~ /\{.*\b(?:$calls)\(/s }
			 $definitions->functions($TAKES_ENCODING);

	return grep {
		my $body = $_->{text} =~ s/\A[^{]*//r;
		!grep { $body =~ /\b\Q$_\E\(/ } keys %candidates;
	} values %candidates;
}

1;
