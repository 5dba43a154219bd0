# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel tree, which is read and never changed: which file defines a name, and what it is.
package Tree;

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Glob qw(:bsd_glob);
use Files;
use Source;

# Where definitions are looked for if nothing else is said.
my @FOLDERS = qw(arch/x86/kvm/vmx arch/x86/include/asm include/hyperv);

# What a tree has to have, and what only a patched one has.
my $NESTED = 'arch/x86/kvm/vmx/nested.c';
my $PATCHED = 'arch/x86/kvm/vmx/vmcs12_layout.h';

# End the program if a folder is not a kernel tree.
sub check_kernel
{
	my ($path) = @_;

	fail(IO, "$path: no such folder") if !-d $path;
	fail(UNFIT, "$path is not a kernel tree: it has no $NESTED") if !-e "$path/$NESTED";
}

# End the program if apply has patched a tree already.
sub check_unpatched
{
	my ($path) = @_;

	fail(UNFIT, "$path is patched already: it has $PATCHED") if -e "$path/$PATCHED";
}

sub new
{
	my ($class, $path) = @_;

	return bless({ path => $path, texts => {}, plain => {}, items => {} }, $class);
}

sub path { return $_[0]{path} }

sub has { return -e "$_[0]{path}/$_[1]" }

# A file's text, and the same without comments.
sub text { return $_[0]{texts}{$_[1]} //= slurp("$_[0]{path}/$_[1]") }
sub plain { return $_[0]{plain}{$_[1]} //= Source::uncommented($_[0]->text($_[1])) }

# What a file defines, as Source has it.
sub items { return @{ $_[0]{items}{$_[1]} //= [Source::items($_[0]->text($_[1]))] } }

# The files of a pattern, by their names in the tree.
sub files
{
	my ($self, $pattern) = @_;

	return map { substr($_, length("$self->{path}/")) }
		grep { -f } bsd_glob("$self->{path}/$pattern");
}

# The items of a name and, if it is said, a kind in some files.
sub defined_in
{
	my ($self, $kind, $name, @files) = @_;
	my @found;

	for my $file (grep { index($self->text($_), $name) >= 0 } @files) {
		push @found, map { { %$_, file => $file } }
			grep { $_->{name} eq $name && (!$kind || $_->{kind} eq $kind) } $self->items($file);
	}
	return @found;
}

# The kind, the name and the folders of what a rule looks for: 'struct NAME', 'enum NAME', 'macro
# NAME', 'NAME()' or 'NAME[]', followed by ' below FOLDER' if it isn't KVM's.
sub wanted
{
	my ($what) = @_;
	my ($name, $below) = $what =~ /^(.*?)(?: below (.*))?$/;
	my @folders = $below // @FOLDERS;

	return ('function', $1, @folders) if $name =~ /^(\w+)\(\)$/;
	return ('variable', $1, @folders) if $name =~ /^(\w+)\[\]$/;
	return ($1, $2, @folders) if $name =~ /^(struct|enum|macro) (\w+)$/;
	return;
}

# All definitions of what is wanted, each with its file.
sub defining
{
	my ($self, $what) = @_;
	my ($kind, $name, @folders) = wanted($what) or fail(UNFIT, "'$what' does not name a definition");

	return @{ $self->{defining}{$what} //= [map {
		$self->defined_in($kind, $name, $self->files("$_/*.[ch]")) } @folders] };
}

# The files that a rule says: patterns, or what defines something.
sub files_for
{
	my ($self, $what) = @_;
	my %seen;

	return map { $self->files($_) } split(' ', $what) if !wanted($what);
	return grep { !$seen{$_}++ } map { $_->{file} } $self->defining($what);
}

# The values that the compiler gives the enumerators of an enum, in eight hexadecimal digits.
sub enumerators
{
	my ($self, $what) = @_;
	my ($enum) = $self->defining($what) or return {};
	my $text = $enum->{text} =~ s/^\s*enum[^{]*\{//r =~ s/\}[^}]*$//r;
	my @names = $text =~ /(?:^|,)\s*(?:#.*\n\s*)*(\w+)/g;

	return $self->{enumerators}{$what} //= do {
		open(my $cc, '-|', 'sh', '-c', 'printf "%s" "$1" | cc -S -w -x c -o - -', 'sh',
		     "#line $enum->{line} \"$enum->{file}\"\n$enum->{text}\nvoid f(void)\n{\n" .
		     join('', map { qq(asm volatile("\\n.ascii \\"->$_ %c0\\"" : : "i"($_));\n) } @names) .
		     "}\n") or fail(IO, "cc: $!");
		my %values = map { /->(\w+) \$?(-?\d+)/ ? ($1, sprintf('0x%08x', $2)) : () } <$cc>;

		close($cc) or fail(UNFIT, "$enum->{file}:$enum->{line}: the compiler can't read $what");
		\%values;
	};
}

# A structure and all types that it names, as C that needs nothing else.  Types are looked for in
# its file, in its folder's headers, and in the tree.
sub structure_source
{
	my ($self, $of) = @_;
	my $text = $self->text($of->{file});
	my @plain = grep { !/\\$/ } $text =~ /^((?:typedef [^{}();]*;|#define \w+[ \t].*)$)/mg;
	my %seen = ($of->{name} => 1);
	my $located = sub { return qq(#line $_[0]{line} "$self->{path}/$_[0]{file}"\n$_[0]{text}\n) };
	my $source = $located->($of);

	for (my @named = ($of->{text}); defined(my $next = shift(@named));) {
		while ($next =~ /\b(struct|union|enum) (?!__)(\w+) \w/g) {
			my ($kind, $name) = ($1, $2);
			next if $seen{$name}++;
			my ($found) = $self->defined_in($kind, $name, $of->{file});
			($found) = $self->defined_in($kind, $name, map { $self->files("$_/*.h") }
				dirname($of->{file}), @FOLDERS) if !$found;

			next if !$found;
			push @named, $found->{text};
			$source = $located->($found) . $source;
		}
	}
	return join('', "#include <stdint.h>\n", map { "$_\n" } @plain) . $source;
}

1;
