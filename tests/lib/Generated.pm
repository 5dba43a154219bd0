# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What was generated, found by what it is: out/vmcs.json says what there is.
package Generated;

use strict;
use warnings;

use Exporter qw(import);
use Vmcsgen;

our @EXPORT = qw(spec_json revision_json generated every_of);

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

# The header of a revision, relative to out/, its table, and its struct.
sub generated
{
	my ($path) = @_;
	my ($layout) = split(m{/}, $path);
	my $revision = revision_json($path);
	my ($found) = grep { $_->{name} eq $layout } @{ spec_json()->{layouts} };

	return {
		header => "$layout/$revision->{name}.h",
		table => out() . "/$layout/$revision->{name}.c",
		struct => "$found->{struct}_" . $revision->{name} =~ s/[^A-Za-z0-9]/_/gr,
	};
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
