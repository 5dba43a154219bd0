# SPDX-License-Identifier: GPL-2.0-only
#
# Install the files of the manifest and of files/, and what the rules have changed, in a tree.
# Files that are the same keep their time.
package Install;

use strict;
use warnings;

use File::Basename qw(basename);
use File::Compare qw(compare);
use File::Find qw(find);
use File::Glob qw(:bsd_glob);
use File::Temp qw(tempdir);
use Files;
use Proofs;
use Source;

my $LIST = '.vmcsgen-files';	# in TREE: the files that were installed

# Whether the condition of a manifest's line holds: the tree has a path, or the output for its
# target has it.
sub is_there
{
	my ($run, $path) = @_;

	return $path =~ m{^out/} ? -e "$run->{top}/" . with_target($run, $path) : $run->{tree}->has($path);
}

# The lines of the manifest that apply to the run: by its form and their conditions.
sub manifest
{
	my ($run) = @_;
	my ($form, @lines) = ($run->{form});

	for (grep { /^\w/ } split(/\n/, slurp("$run->{glue}/manifest"))) {
		my ($verb, @words) = split;

		if ($verb eq 'form') {
			($form) = @words;
			next;
		}
		next if $form ne $run->{form};
		my ($from, $to, $path) = ($words[0], $words[1] // $words[0], $words[2]);

		# A part that the user names may be for other kernels.
		if (defined $path && !is_there($run, $path)) {
			$run->wanted($to);
			next;
		}
		push @lines, { verb => $verb, from => $from, to => $to };
	}
	return @lines;
}

sub with_target
{
	my ($run, $text) = @_;

	return $text =~ s{\bTARGET\b}{$run->target->{name}}egr;
}

# A file of the generator's form as the tree has it: with its target, the generator's objects,
# and the folder of a Makefile's sources as the tree's own Makefiles write it.
sub with_found
{
	my ($run, $text) = @_;
	my $objects = sub {
		my @sources = map { substr($_, length("$run->{top}/gen/")) }
			grep { /\.[cly]$/ } core_files($run);
		my @lines = ('');

		for my $object (map { s/\.y$/.tab.o/r =~ s/\.l$/.lex.o/r =~ s/\.c$/.o/r } @sources) {
			push @lines, '' if length("$lines[-1] $object") > 80;
			$lines[-1] .= $lines[-1] eq '' ? $object : " $object";
		}
		return join(" \\\n\t\t", @lines);
	};
	my $plain = $run->{tree}->has('scripts/dtc/Makefile') &&
		$run->{tree}->text('scripts/dtc/Makefile') !~ m{\$\(srctree\)/\$\(src\)};

	return with_target($run, $text) =~ s{\bOBJECTS\b}{$objects->()}er
		=~ s{\bSOURCE\b}{$plain ? '$(src)' : '$(srctree)/$(src)'}er;
}

# Bring the files of a pattern to a file, or into a folder, whose path is a pattern if kernels name
# it differently.
sub add
{
	my ($run, $from, $to) = @_;
	my $tree = $run->{tree};
	my @from = bsd_glob("$run->{top}/$from");

	fail(IO, "manifest: there is no $from") if !@from || grep { !-e } @from;
	if ($to =~ m{^(.*\*[^/]*)(/.*)}) {
		my ($folder) = grep { -d } bsd_glob("$tree->{path}/$1");

		if (!$folder) {
			$run->{misfits}->add(rule => 'manifest', tree => "has no $1") if $run->wanted($to);
			return;
		}
		$to = substr($folder, length("$tree->{path}/")) . $2;
	}
	bring($run, $_, $to =~ m{/$} ? $to . basename($_) : $to) for @from;
}

# The sources of the generator that a kernel needs, which lie below gen/.
sub core_files
{
	my ($run) = @_;
	my $gen = "$run->{top}/gen";

	return map { bsd_glob("$gen/$_") } grep { /^\w/ } split(/\n/, slurp("$gen/core.list"));
}

sub bring_core
{
	my ($run, $folder) = @_;

	bring($run, $_, "$folder/" . substr($_, length("$run->{top}/gen/"))) for core_files($run);
}

# The files that the generator reads for the target, by its own account.
sub bring_inputs
{
	my ($run, $folder) = @_;
	my $top = $run->{top};
	my $made = tempdir('vmcsgen-XXXXXX', TMPDIR => 1, CLEANUP => 1);

	return if !$run->wanted("$folder/spec/vmcs.vmcs") && !$run->wanted("$folder/templates/out/");
	system($run->{vmcsgen}, 'gen', '-s', "$top/spec/vmcs.vmcs", '-t', "$top/templates", '-o', "$made/out",
	       '--target', $run->target->{name}, '-MD', '-MF', "$made/inputs")
		and fail(IO, 'the generator fails; what it said is above');
	for my $path (slurp("$made/inputs") =~ /^\t(\S+)/mg) {
		bring($run, $path, "$folder/" . substr($path, length("$top/"))) if -f $path;
	}
}

# Compare a list that is replaced as a whole.
sub compare_list
{
	my ($run, $from, $to) = @_;

	return if !$run->wanted($to);
	if ($run->{tree}->has($to)) {
		Proofs::lists($run, $to, "$run->{top}/$from");
	} else {
		$run->{misfits}->add(rule => 'manifest', tree => "has no $to", about => 'shadow');
	}
	$run->{removed}{$to} = 'compared';
}

# Note which files to bring and to remove, and check that the tree has no file of a new path.
# Nothing is changed.
sub check
{
	my ($run) = @_;

	for my $line (manifest($run)) {
		my ($verb, $from, $to) = ($line->{verb}, with_target($run, $line->{from}), $line->{to});

		if ($verb eq 'list') {
			compare_list($run, $from, $to);
		} elsif ($verb eq 'remove') {
			$run->{removed}{$to} = 'emptied' if $run->wanted($to);
		} elsif ($verb eq 'core') {
			bring_core($run, $to);
		} elsif ($verb eq 'inputs') {
			bring_inputs($run, $to);
		} else {
			add($run, $from, $to);
		}
	}
	find({ no_chdir => 1, wanted => sub {
		bring($run, $_, substr($_, length("$run->{glue}/files/"))) if -f;
	} }, "$run->{glue}/files");
}

# Note that a wanted file is to be brought to a place that has none yet.
sub bring
{
	my ($run, $from, $path) = @_;

	return if !$run->wanted($path);
	$run->{misfits}->add(rule => 'manifest', tree => "has $path already", files => [$path])
		if $run->{tree}->has($path);
	$run->{brought}{$path} = $from;
}

# The headers of the selftests' own library, by their names in the tree.
sub library { return $_[0]->files('tools/testing/selftests/kvm/include/{*,x86*/*}.h') }

# A selftest with the names that the tree's own library has.
sub selftest
{
	my ($run, $text) = @_;
	my @library = map { $run->{tree}->text($_) } library($run->{tree});

	for (grep { /\t/ && !/^#/ } split(/\n/, slurp("$run->{glue}/selftests/names.edit"))) {
		my ($has, $edit) = split(/\t/, $_, 2);

		next if grep { /$has/ } @library;
		local $_ = $text;
		eval "$edit; 1" or fail(UNFIT, "names.edit: $@");
		$text = $_;
	}
	return $text;
}

# Bring the files that check() has noted into the work folder.
sub bring_files
{
	my ($run) = @_;

	for my $path (sort keys %{ $run->{brought} }) {
		my $from = $run->{brought}{$path};

		# The spec's files are the same bytes everywhere.
		if ($from =~ m{/kernel-glue/generator/}) {
			spew("$run->{work}/$path", with_found($run, slurp($from)));
		} elsif ($from =~ m{/kernel-glue/selftests/}) {
			spew("$run->{work}/$path", selftest($run, slurp($from)));
		} else {
			copied($from, "$run->{work}/$path");
		}
	}
}

# A file that is removed may have only #includes, and definitions that rules delete and compare:
# nothing else is lost.
sub check_removed
{
	my ($run, %compared) = @_;

	for my $path (grep { $run->{removed}{$_} eq 'emptied' && $run->{tree}->has($_) }
		      sort keys %{ $run->{removed} }) {
		my @left = grep { $_->{kind} eq 'directive' ? $_->{text} !~ /^\s*#\s*include\b/
						: !$compared{$_->{name}} && $_->{name} ne 'pr_fmt' }
			$run->{tree}->items($path);

		$run->{misfits}->add(rule => 'manifest', files => [$path],
			what => "$path is to be removed, and nothing replaces what it has:",
			more => [map { "$path:$_->{line}: " . ($_->{text} =~ /^\s*(.*)/)[0] } @left])
			if @left;
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

# Put the work folder into a tree.  Files that an earlier run changed and this one does not become
# as they are in PRISTINE.
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
	# The list comes first, so that the next run knows what an interrupted one has installed.
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
