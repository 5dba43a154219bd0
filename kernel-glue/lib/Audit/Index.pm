# SPDX-License-Identifier: GPL-2.0-only
#
# Who reads and writes what in a kernel's nested VMX: the index that sparse's semind makes of the
# compiled sources.
package Audit::Index;

use strict;
use warnings;

use Cwd qw(getcwd);
use File::Temp qw(tempdir);
use Files;

my $FOLDER = 'arch/x86/kvm/vmx';
my $UNREAD = qr{^arch/x86/kvm/\S+ error: (?:Expected|got|unterminated|invalid)};
my $FORMAT =  '%m|%f|%l|%C|%n';

# New kernels use __typeof_unqual__, which sparse does not know yet.
my @FOR_SPARSE = ('-D__typeof_unqual__=__typeof__', '-Wno-all');

# Sparse does not look into inline functions, of which KVM's headers have many.  So none is inline
# here.
my $NOT_INLINE = join('', map { "#undef $_\n#define $_\n" }
			  qw(inline __inline __inline__ __always_inline));

# semind indexes a file of the tree only if it runs in the tree; otherwise it silently does nothing.
sub new
{
	my ($class, $tree, $objects) = @_;
	my @sources = $objects->sources($FOLDER);
	my ($main) = grep { m{/nested\.c$} } @sources;
	my $folder = tempdir('vmcsgen-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	my $self = bless({ tree => $tree->path, database => "$folder/index", uses => {} }, $class);

	fail(UNFIT, "$objects->{path} has no compiled $FOLDER/nested.c; next: " .
	     "make O=$objects->{path} arch/x86/kvm/, in $self->{tree}") if !$main;
	spew("$folder/not-inline.h", $NOT_INLINE);
	$self->semind('add', '--', $objects->flags($main), '-include', "$folder/not-inline.h",
		@FOR_SPARSE, @sources);
	return $self;
}

# The lines that semind prints.  Of sparse's complaints, only those about the syntax of KVM's own
# files matter: the index lacks what follows such a place.
sub semind
{
	my ($self, $verb, @arguments) = @_;
	my $here = getcwd();
	my (@lines, @errors);

	chdir($self->{tree}) or fail(IO, "$self->{tree}: $!");
	open(my $semind, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', 'semind', '-D',
	     $self->{database}, $verb, @arguments)
		or fail(IO, "semind: $!");
	while (my $line = <$semind>) {
		push @lines, $line if $line !~ /^\S+:\d+:\d+: (?:warning|error)/;
		push @errors, $line if $line =~ $UNREAD;
	}
	close($semind) or fail(IO, "semind fails; it is in the package sparse:\n" .
				   join('', @errors, @lines));
	chdir($here) or fail(IO, "$here: $!");
	fail(UNFIT, "sparse can't read the kernel:\n" . join('', @errors)) if @errors;
	return @lines;
}

# The uses of what a pattern matches: each with the name, the file and the line, the function or the
# variable that it is 'in', and whether it 'reads', 'writes', takes the 'address' or 'defines'.
sub uses
{
	my ($self, $pattern) = @_;

	return @{ $self->{uses}{$pattern} //= [ $self->search($pattern) ] };
}

sub search
{
	my ($self, $pattern) = @_;
	my %seen;

	return map {
		chomp;
		my ($mode, $file, $line, $in, $name) = split(/\|/);
		my ($address, $value) = split(//, $mode);
		my $defines = $mode eq 'def';
		{ name => $name, file => $file, line => $line, in => $in, defines => $defines,
		  reads => !$defines && index('rm', $value) >= 0,
		  writes => !$defines && index('wm', $value) >= 0,
		  address => !$defines && $address ne '-' };
	} grep { !$seen{$_}++ } $self->semind('search', '-f', $FORMAT, $pattern);
}

# The same of the members of a structure, by their names.
sub members
{
	my ($self, $structure) = @_;

	return %{ $self->{members}{$structure} //= do {
		my %uses;
		push @{ $uses{ $_->{name} =~ s/^\w+\.//r } }, $_ for $self->uses("$structure.*");
		fail(UNFIT, "sparse's index has no struct $structure") if !%uses;
		\%uses;
	} };
}

# How many members of a structure each function uses in a way, by the function's name.
sub functions
{
	my ($self, $structure, $way) = @_;
	my %members = $self->members($structure);
	my %count;

	for my $member (keys %members) {
		my %in = map { $_->{in} => 1 } grep { $_->{$way} && $_->{in} }
			 @{ $members{$member} };
		$count{$_}++ for keys %in;
	}
	return \%count;
}

1;
