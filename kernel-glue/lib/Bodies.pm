# SPDX-License-Identifier: GPL-2.0-only
#
# Definitions that rules delete though no comparison with the spec proves them: a person has to have
# looked at each.  The file "bodies" has their fingerprints, as Source makes them; their text stays
# in the kernel.
package Bodies;

use strict;
use warnings;

use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Files;
use Source;

# A line of the file: 'HASH KIND NAME FILE KERNEL...'.
sub new
{
	my ($class, $file) = @_;
	my @known = map { my ($hash, $kind, $name, $path, @kernels) = split;
			  { hash => $hash, kind => $kind, name => $name, file => $path,
			    kernels => \@kernels } }
		grep { /^\w/ } -e $file ? split(/\n/, slurp($file)) : ();

	return bless({ file => $file, known => \@known, sources => {} }, $class);
}

sub same_name
{
	my ($self, $item) = @_;

	return grep { $_->{kind} eq $item->{kind} && $_->{name} eq $item->{name} } @{ $self->{known} };
}

# The unknown ones of some items.  Each has as 'less' its text without what is proven.
sub unknown
{
	my ($self, @items) = @_;
	my @hashes = Source::fingerprints(map { $_->{less} } @items);
	my %hash = map { $items[$_] => $hashes[$_] } 0 .. $#items;

	return grep { my $item = $_; !grep { $_->{hash} eq $hash{$item} } $self->same_name($item) } @items;
}

# Note that a kernel has an item.
sub record
{
	my ($self, $item, $kernel) = @_;
	my ($hash) = Source::fingerprints($item->{less});
	my ($known) = grep { $_->{hash} eq $hash && $_->{file} eq $item->{file} } $self->same_name($item);

	push @{ $self->{known} }, $known = { hash => $hash, kind => $item->{kind}, name => $item->{name},
					     file => $item->{file}, kernels => [] } if !$known;
	push @{ $known->{kernels} }, $kernel if !grep { $_ eq $kernel } @{ $known->{kernels} };
}

# Forget the items of a kernel, before they are recorded again.
sub forget
{
	my ($self, $kernel) = @_;

	$_->{kernels} = [grep { $_ ne $kernel } @{ $_->{kernels} }] for @{ $self->{known} };
	$self->{known} = [grep { @{ $_->{kernels} } } @{ $self->{known} }];
}

sub by_version
{
	my ($x, $y) = map { sprintf('%04d.%04d', split(/\./)) } @_;

	return $x cmp $y;
}

sub write
{
	my ($self) = @_;
	my $head = join('', -e $self->{file} ? slurp($self->{file}) =~ /^#.*\n/mg : ());
	my @known = sort { $a->{file} cmp $b->{file} || $a->{hash} cmp $b->{hash} ||
			    $a->{name} cmp $b->{name} } @{ $self->{known} };

	spew("$self->{file}.new", $head, map { "$_\n" } map {
		join(' ', @$_{qw(hash kind name file)}, sort { by_version($a, $b) } @{ $_->{kernels} })
	} @known);
	rename("$self->{file}.new", $self->{file}) or fail(IO, "$self->{file}: $!");
}

# A file of a kernel that the project has seen, from the tree that `make kernel` has made of
# it or from Debian's package; nothing if neither is there.
sub source
{
	my ($self, $kernel, $path) = @_;
	my $tree = ($ENV{B} // 'build') . "/linux-$kernel/pristine/$path";
	my $archive = ($ENV{SOURCES} // '/usr/src') . "/linux-source-$kernel.tar.xz";

	return $self->{sources}{"$kernel $path"} //= do {
		my $text = '';

		if (-e $tree) {
			$text = slurp($tree);
		} elsif (-e $archive && open(my $tar, '-|', 'tar', '-xOf', $archive, '--occurrence=1',
					     "linux-source-$kernel/$path")) {
			local $/;
			$text = <$tar> // '';
			close($tar);
		}
		$text;
	};
}

# The lines by which an item differs from a known one, as diff prints them.
sub lines_between
{
	my ($old, $new) = @_;
	my $folder = tempdir(CLEANUP => 1);

	spew("$folder/old", $old =~ s/^\s+|\s+$//gr, "\n");
	spew("$folder/new", $new =~ s/^\s+|\s+$//gr, "\n");
	open(my $diff, '-|', qw(diff -U1 -w -B), "$folder/old", "$folder/new") or fail(IO, "diff: $!");
	my @lines = grep { !/^(?:---|\+\+\+|@@)/ } <$diff>;

	close($diff);
	fail(IO, 'diff failed') if $? >> 8 > 1;
	return grep { !/^\s*$/ } @lines;
}

# What to say of an unknown item: the kernel from which it differs least, and the lines that differ;
# or all of it.
sub difference
{
	my ($self, $item, $cut) = @_;
	my @known = $self->same_name($item);
	my @kernels = sort { by_version($b, $a) } map { @{ $_->{kernels} } } @known;
	my $whole = sub { return grep { /\S/ } split(/\n/, $item->{less}) };

	return ('no kernel that is known has it:', $whole->()) if !@known;
	my ($nearest, @least);
	for my $kernel (@kernels) {
		my ($of) = grep { my $known = $_; grep { $_ eq $kernel } @{ $known->{kernels} } } @known;
		my ($then) = grep { $_->{name} eq $item->{name} && $_->{kind} eq $item->{kind} }
			Source::items($self->source($kernel, $of->{file}));
		my @lines = $then ? lines_between($cut->($then->{text}), $item->{less}) : next;

		($nearest, @least) = ($kernel, @lines) if !defined $nearest || @lines < @least;
	}
	return ("it is not that of Linux $nearest:", @least) if defined $nearest;
	my %seen;
	return ('it is not that of Linux ' . join(' or ', grep { !$seen{$_}++ } reverse(@kernels)) .
		" (with the package linux-source-$kernels[0] here is the difference); it has", $whole->());
}

1;
