# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Two revisions compared, by what `list` and `layout` say in JSON: which
# members belong together.  What was generated from the same spec is held against
# this, which knows nothing of runs.
package Pairs;

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();
use Vmcsgen;

our @EXPORT = qw(revisions layout_json c_name members encoded encoded_in_every bytes_of by_encoding counterpart
		 moved lost gaps rows_of_every c_table with_fault);

sub json { return JSON::PP->new->utf8->decode(ok_run({ dir => root() }, vmcsgen(), @_)) }

# The revisions of a layout, e.g. 'evmcs/linux-6.1'; other names for them are left out.
sub revisions
{
	my ($layout) = @_;
	my ($found) = grep { $_->{name} eq $layout } @{ json('list', '--format=json')->{layouts} };

	return map { $_->{name} } @{ $found->{revisions} };
}

my %layouts;

sub layout_json { return $layouts{$_[0]} //= json('layout', $_[0], '--format=json') }

# What begins the names of a revision's functions: 'evmcs_linux_6_1'.
sub c_name { return $_[0] =~ s/[^A-Za-z0-9]/_/gr }

sub members { return grep { !$_->{pad} } @{ layout_json($_[0])->{members} } }

sub encoded { return grep { defined $_->{encoding} } members($_[0]) }

sub bytes_of { return $_[0]{size} * $_[0]{count} }

my %by_encoding;

# The first revision of memory of the target that takes all: the others have its names of fields
# and, of its look-ups, those of the fields that they have.
my %FIRST = (vmcs12 => 'vmcs12/linux-7.3');

# The revisions of a layout in memory, in the order of that target's tables.
sub rows_of_every
{
	my ($layout) = @_;
	my $first = $FIRST{$layout};

	return ($first, grep { $_ ne $first } revisions($layout));
}

sub encoded_in_every
{
	my ($revision) = @_;
	my $first = $FIRST{ $revision =~ s{/.*}{}r };

	return encoded($revision) if !$first;
	return map {
		my $pattern = by_encoding($first, $_->{encoding});

		$pattern ? { %$_, map { ($_ => $pattern->{$_}) } qw(name lookup lookup_high) }
			 : { %$_, lookup => 0, lookup_high => 0 };
	} encoded($revision);
}

# The member of a revision that has an encoding, given as text, or undef.
sub by_encoding
{
	my ($revision, $encoding) = @_;

	$by_encoding{$revision} //= { map { $_->{encoding} => $_ } encoded($revision) };
	return $by_encoding{$revision}{$encoding};
}

my %by_name;

# What a revision has for a member of another one, or undef.  The first word is the
# first word, whatever it is called; then the encoding counts, and the name only if
# there are not two encodings.
sub counterpart
{
	my ($revision, $member) = @_;
	my $named = $by_name{$revision} //= { map { $_->{name} => $_ } members($revision) };

	return (members($revision))[0] if $member->{offset} == 0;
	if (defined $member->{encoding}) {
		my $found = by_encoding($revision, $member->{encoding});
		return $found if $found;
	}
	my $found = $named->{ $member->{name} };
	return undef if $found && defined $found->{encoding} && defined $member->{encoding};
	return $found;
}

# What a translation from one revision to another moves: pairs of members, of @from and of @to.
sub moved
{
	my ($from, $to) = @_;

	return map { my $there = counterpart($to, $_); $there ? [$_, $there] : () } members($from);
}

# Each element of a member as members of their own.
sub elements
{
	my ($member) = @_;

	return map {
		{ %$member, count => 1, offset => $member->{offset} + $_ * $member->{size} }
	} 0 .. $member->{count} - 1;
}

# The elements of members of @from that @to lacks, and of @to that @from lacks.
sub lost
{
	my ($from, $to) = @_;

	return map { elements($_) } grep { !counterpart($to, $_) } members($from);
}

sub gaps { return lost(reverse @_) }

# A constant table of C, of rows that are lists of initializers; one row at least,
# as C has no empty tables, and the number of those that count.
sub c_table
{
	my ($type, $name, @rows) = @_;
	my @text = map { "\t{ " . join(', ', @$_) . " },\n" } @rows ? @rows : ([0]);

	return ("static const $type $name\[] = {\n", @text, "};\n",
		"enum { nr_$name = " . @rows . " };\n");
}

# A copy of all that was generated, with another text in one file, each time that it is
# there; it goes away with the returned object, which is its name.
sub with_fault
{
	my ($file, $text, $instead) = @_;
	my $dir = tempdir();
	my $right = slurp(out() . "/$file");
	my $wrong = $right =~ s/\Q$text\E/$instead/gr;

	die "$file has no $text\n" if $wrong eq $right;
	ok_run('cp', '-r', out() . '/.', $dir);
	spew("$dir/$file", $wrong);
	return $dir;
}

1;
