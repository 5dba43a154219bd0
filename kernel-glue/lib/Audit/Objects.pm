# SPDX-License-Identifier: GPL-2.0-only
#
# How a kernel's files are compiled: Kbuild keeps the command of each object next to it.
package Audit::Objects;

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Spec;
use Files;

sub new
{
	my ($class, $tree, $path) = @_;
	my $objects = abs_path($path) // fail(IO, "$path: no such folder");

	return bless({ tree => abs_path($tree), path => $objects,
		       source => abs_path("$objects/source") // $objects }, $class);
}

# The sources of a folder of the tree that are compiled, by their names in the tree.
sub sources
{
	my ($self, $folder) = @_;

	return grep { -e "$self->{tree}/$_" }
		map { m{/\.([^/]*)\.o\.cmd$} ? "$folder/$1.c" : () }
		sort(glob("$self->{path}/$folder/.*.o.cmd"));
}

# The words of the command that compiled a source, without what the shell takes away.
sub command
{
	my ($self, $source) = @_;
	my $file = $source =~ s{([^/]*)\.c$}{.$1.o.cmd}r;
	my ($command) = slurp("$self->{path}/$file") =~ /^\S+ := (.*)/;
	my @words;

	fail(UNFIT, "$self->{path}/$file tells no command") if !defined $command;
	push @words, $1 =~ s/'//gr while $command =~ /\G\s*((?:'[^']*'|[^\s'])+)/g;
	return @words;
}

# A path of a command, which starts in the objects folder, as a path that starts in the tree.  The
# objects may be those of another tree with the same configuration.
sub from_tree
{
	my ($self, $path) = @_;
	my $absolute = abs_path(File::Spec->rel2abs($path, $self->{path})) // return $path;

	return $absolute if index("$absolute/", "$self->{path}/") == 0 &&
		$self->{path} ne $self->{source};
	return $absolute eq $self->{source} ? '.' : $absolute =~ s{^\Q$self->{source}\E/}{}r;
}

# The flags that decide what a source means, for use in the tree: folders of headers, macros, the
# dialect and the machine.  Flags about warnings and output are left out.
sub flags
{
	my ($self, $source) = @_;
	my @words = $self->command($source);
	my @flags;

	while (defined(my $word = shift(@words))) {
		if ($word =~ /^-(I|isystem|include)$/ && @words) {
			push @flags, $word, $self->from_tree(shift(@words));
		} elsif ($word =~ /^-I(.+)/) {
			push @flags, '-I' . $self->from_tree($1);
		} elsif ($word =~ /^-(?:[DUOfm]|std=|nostdinc$)/) {
			push @flags, $word;
		}
	}
	return @flags;
}

# The lines of a source that match a pattern, as the preprocessor leaves them, each with the file
# and the line that it is from.
sub preprocessed
{
	my ($self, $source, $pattern) = @_;
	my ($file, $line, @lines) = ('', 0);

	open(my $cpp, '-|', 'sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', $self->{tree},
	     qw(gcc -E -w -DKBUILD_MODNAME="kvm" -DKBUILD_BASENAME="kvm"),
	     $self->flags($source), $source)
		or fail(IO, "gcc: $!");
	while (<$cpp>) {
		if (/^# (\d+) "([^"]*)"/) {
			($line, $file) = ($1, $2 =~ s{^\./}{}r);
		} else {
			push @lines, { file => $file, line => $line, text => $_ } if /$pattern/;
			$line++;
		}
	}
	close($cpp) or die { cannot => "the preprocessor can't read $source" };
	return @lines;
}

1;
