# SPDX-License-Identifier: GPL-2.0-only
#
# What the glue brings besides what its rules change, by the manifest and files/; and putting
# all of it into a tree: what is alike is left alone, with its time.
package Install;

use strict;
use warnings;

use File::Basename qw(basename);
use File::Compare qw(compare);
use File::Find qw(find);
use File::Glob qw(:bsd_glob);
use Files;
use Proofs;
use Source;

my $LIST = '.vmcsgen-files';	# in TREE: the files that were installed

# What the manifest says: 'replace|add FROM TO', 'add FROM TO PATH' and 'remove PATH'.  FROM is a
# pattern, in which TARGET is the name of the target that the tree is; so is the folder in TO.
sub manifest
{
	my ($run) = @_;
	my @lines;

	for (grep { /^\w/ } split(/\n/, slurp("$run->{glue}/manifest"))) {
		my ($verb, @words) = split;
		my $to = $words[1] // $words[0];

		push @lines, { verb => $verb, from => $words[0], to => $to }
			if $run->wanted($to) && (!$words[2] || $run->{tree}->has($words[2]));
	}
	return @lines;
}

sub from
{
	my ($run, $line) = @_;

	return $line->{from} =~ s{\bTARGET\b}{$run->target->{name}}er;
}

# Compare lists that are replaced, and see that what is new isn't there.  Nothing is changed.
sub check
{
	my ($run) = @_;
	my $tree = $run->{tree};

	for my $line (manifest($run)) {
		my $to = $line->{to};

		if ($line->{verb} eq 'remove') {
			$run->{removed}{$to} = 1;
			next;
		}
		if ($line->{verb} eq 'replace') {
			if (!$tree->has($to)) {
				$run->{misfits}->add("manifest: $tree->{path} has no $to");
				next;
			}
			Proofs::lists($run, $to, "$run->{glue}/../" . from($run, $line));
		}
		# A folder that kernels name differently, by a pattern: the part that there is.
		if ($to =~ m{^(.*\*[^/]*)(/.*)}) {
			my ($folder) = grep { -d } bsd_glob("$tree->{path}/$1");

			if (!$folder) {
				$run->{misfits}->add("manifest: $tree->{path} has no $1");
				next;
			}
			$to = substr($folder, length("$tree->{path}/")) . $2;
		}
		my @from = bsd_glob("$run->{glue}/../" . from($run, $line));

		fail(IO, 'manifest: there is no ' . from($run, $line)) if !@from || grep { !-e } @from;
		for my $from (@from) {
			my $path = $to =~ m{/$} ? $to . basename($from) : $to;

			bring($run, $from, $path, $line->{verb} eq 'replace' ? '' : 'manifest: ');
		}
	}
	find({ no_chdir => 1, wanted => sub {
		return if !-f;
		my $path = substr($_, length("$run->{glue}/files/"));

		bring($run, $_, $path, '') if $run->wanted($path);
	} }, "$run->{glue}/files");
}

# Note that a file is to be brought to a place where there is none, or where it replaces one.
sub bring
{
	my ($run, $from, $path, $who) = @_;

	$run->{misfits}->add("$who$run->{tree}{path} has $path already")
		if $run->{tree}->has($path) && !grep { $_->{verb} eq 'replace' && $_->{to} eq $path }
			manifest($run);
	$run->{brought}{$path} = $from;
}

# Bring into the work folder what check() has noted.
sub bring_files
{
	my ($run) = @_;

	copied($run->{brought}{$_}, "$run->{work}/$_") for sort keys %{ $run->{brought} };
}

# What is removed must have nothing that would be lost: only what it includes, and what some
# rules say that they delete, which was compared.
sub check_removed
{
	my ($run, %compared) = @_;

	for my $path (grep { $run->{tree}->has($_) } sort keys %{ $run->{removed} }) {
		my @left = grep { $_->{kind} eq 'directive' ? $_->{text} !~ /^\s*#\s*include\b/
						: !$compared{$_->{name}} && $_->{name} ne 'pr_fmt' }
			$run->{tree}->items($path);

		$run->{misfits}->add("manifest: $path is to be removed, and nothing replaces what it has:",
			map { my ($line) = $_->{text} =~ /^\s*(.*)/; "$path:$_->{line}: $line" } @left) if @left;
	}
}

# Put a file into TREE, by a rename: TREE may share it with PRISTINE by a link.
sub install
{
	my ($tree, $from, $path) = @_;
	my $to = "$tree/$path";

	return if -e $to && compare($from, $to) == 0;
	copied($from, "$to.new");
	rename("$to.new", $to) or fail(IO, "$to: $!");
}

# Put the work folder into a tree; what an earlier run changed there and this one does not
# becomes as it is in PRISTINE.
sub all
{
	my ($run, $tree) = @_;
	my $list = "$tree/$LIST";
	my @before = -e $list ? split(/\n/, slurp($list)) : ();
	my %now;

	find({ no_chdir => 1, wanted => sub {
		return if !-f;
		my $path = substr($_, length("$run->{work}/"));

		$now{$path} = 1 if !$run->{removed}{$path};
	} }, $run->{work});
	# First the list: what an interrupted run has installed, the next one knows.
	spew("$list.new", join('', map { "$_\n" } sort keys %{ { map { $_ => 1 } @before,
		keys %now, keys %{ $run->{removed} } } }));
	rename("$list.new", $list) or fail(IO, "$list: $!");

	unlink(map { "$tree/$_.new" } @before);
	install($tree, "$run->{work}/$_", $_) for sort keys %now;
	for my $path (sort keys %{ $run->{removed} }, grep { !$now{$_} } @before) {
		if ($run->{removed}{$path} || !$run->{tree}->has($path)) {
			!-e "$tree/$path" || unlink("$tree/$path")
				or fail(IO, "$tree/$path: $!");
		} else {
			install($tree, "$run->{tree}{path}/$path", $path);
		}
	}
}

1;
