# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What was generated, found by what it is: out/vmcs.json says what there is.
package Generated;

use strict;
use warnings;

use Exporter qw(import);
use Vmcsgen;

our @EXPORT = qw(spec_json revision_json field_of taken_name target_of generated renamed images_of every_of);

my $json;

sub spec_json { return $json //= read_json(spec_json_file()) }

# A revision, e.g. 'evmcs/linux-6.12', or the one for which its name stands.
sub revision_json
{
	my ($path) = @_;
	my ($layout, $name) = split(m{/}, $path);
	my ($found) = grep { $_->{name} eq $layout } @{ spec_json()->{layouts} };

	for my $revision (@{ $found->{revisions} }) {
		return $revision if grep { $_ eq $name } $revision->{name}, @{ $revision->{aliases} };
	}
	die "out/vmcs.json has no $path\n";
}

# What a member is, whatever a struct calls it: a target gives fields the names of its first revision.
my %fields;

sub field_of
{
	my ($name) = @_;

	%fields = map { $_->{field} ? ($_->{name} => $_->{field}) : () } map { @{ $_->{members} } }
		map { @{ $_->{revisions} } } @{ spec_json()->{layouts} } if !%fields;
	return $fields{$name} // $name;
}

# What a target calls a revision or a list of controls that it takes, by its path, and, as a list
# may have the path of a page, by the clause.
sub taken_name
{
	my ($path, @kinds) = @_;

	@kinds = qw(memory images pages masks) if !@kinds;
	for my $target (@{ spec_json()->{targets} }) {
		for my $pick (map { @{ $target->{$_} } } @kinds) {
			return $pick->{name} if $pick->{path} eq $path;
		}
	}
	die "no target takes $path\n";
}

# The folder of what is generated for a kernel: its target's, which takes its masks.
sub target_of
{
	my ($version) = @_;
	my ($target) = grep { grep { $_->{path} eq "evmcs/linux-$version" } @{ $_->{masks} } }
		@{ spec_json()->{targets} };

	return root() . "/out/$target->{name}";
}

# The header of a revision, relative to out/, its table, its struct, and what to include to have
# that struct under a name of its own, which no other revision has, together with others.
sub generated
{
	my ($path) = @_;
	my ($layout) = split(m{/}, $path);
	my $revision = revision_json($path);
	my ($found) = grep { $_->{name} eq $layout } @{ spec_json()->{layouts} };
	my $name = $revision->{name};

	$name = taken_name("$layout/$name") if !-e out() . "/$layout/$name.h";
	my $header = "$layout/$name.h";
	my ($struct) = slurp(out() . "/$header") =~ /^struct (\w+) \{$/m or die "$header has no struct\n";
	my $own = "$found->{struct}_" . $revision->{name} =~ s/[^A-Za-z0-9]/_/gr;

	return {
		header => $header,
		map => "$layout/$name-map.h",
		c_name => "$layout/$name" =~ s/\W/_/gr,
		table => out() . "/$layout/$name.c",
		struct => $struct,
		own => $own,
		include => renamed({ $struct => $own }, "#include \"$header\"\n"),
	};
}

# Lines of C in which some names stand for others: all that a target keeps in memory has one
# name, and here a unit may have several.
sub renamed
{
	my ($names, @lines) = @_;
	my @names = grep { $_ ne $names->{$_} } sort keys %$names;

	return join('', map({ "#define $_ $names->{$_}\n" } @names), @lines,
		    map { "#undef $_\n" } @names);
}

# A unit with the loads and stores of all images where a revision is kept in memory, and what
# its table and the number of its rows are called there, as several of these may be linked.
sub images_of
{
	my ($path) = @_;
	my ($layout, $name) = split(m{/}, $path);
	my $suffix = $name =~ s/[^A-Za-z0-9]/_/gr;
	my %names = map { $_ => "${_}_$suffix" } "${layout}_revisions", "nr_${layout}_revisions";

	return (renamed(\%names, "#include \"$path-images.c\"\n"),
		@names{"${layout}_revisions", "nr_${layout}_revisions"});
}

# The target clause that takes all revisions of a spec, given as text.
sub taking_all
{
	my ($text) = @_;
	my (%layouts, @clauses);

	while ($text =~ /^layout (\S+) \{(.*?)^\}/msg) {
		my ($layout, $lines) = ($1, $2);

		next if $text !~ m{^revision \Q$layout\E/}m;
		push @{ $layouts{$lines =~ /^\s*clean\s/m ? 'pages' : 'memory'} }, "$layout/*";
	}
	push @{ $layouts{masks} }, "$1/*" while $text =~ m{^support (\w+)/}mg;
	return "target every {\n" .
		join('', map { "\t$_  " . join(', ', @{ $layouts{$_} }) . "\n" } sort keys %layouts) .
		"\tfields  all\n}\n";
}

# Generate into a folder for a target that takes all revisions of a spec, which is one file
# without targets; with the templates that only tests use, too.  Returns the target's folder.
sub every_of
{
	my ($spec, $folder) = @_;
	my $every = out() =~ s{/out/every$}{}r;
	my $copy = spew("$folder/every.vmcs", "include \"$spec\"\n", taking_all(slurp($spec)));

	ok_run(vmcsgen(), 'gen', '-s', $copy, '-t', "$every/templates", '-o', "$folder/out");
	return "$folder/out/every";
}

1;
