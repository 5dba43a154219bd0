# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A document in Markdown, whose blocks of commands are run as they are written, in a copy of the
# tree, in its own repository, as after a clone.
package Document;

use strict;
use warnings;

use Exporter qw(import);
use Test::More;
use Vmcsgen;

our @EXPORT = qw(blocks_of fresh_copy bash is_run block_is_run paths_are_there outer_make);

# Its blocks: kind and text.
sub blocks_of
{
	my ($text) = @_;
	my @blocks;

	while ($text =~ /^( *)```(\w+)\n(.*?)^\1```$/gms) {
		my ($indent, $kind, $block) = ($1, $2, $3);

		push @blocks, { kind => $kind, text => $block =~ s/^$indent//gmr };
	}
	is_deeply([grep { $_->{kind} !~ /^(sh|console|c|text)$/ } @blocks], [], 'every block is of a known kind');
	is(() = $text =~ /^ *```/gm, 2 * @blocks, 'every block was found');
	return @blocks;
}

# What the make around a test has set, unset.
sub outer_make { return map { $_ => undef } qw(B MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL) }

# The copy, which goes away with the object: {dir} is the tree, {home} the folder around it.  It is
# of the repository, or of the folder @of.
sub fresh_copy
{
	my ($of) = (@_, root());
	my $home = tempdir();
	my $copy = { home => $home, dir => "$home/vmcsgen" };

	$copy->{env} = {
		outer_make(), HOME => "$home", BASH_ENV => undef, NO_COLOR => undef, GIT_PAGER => 'cat',
		map({ ("GIT_$_" => undef) } qw(DIR WORK_TREE INDEX_FILE)),
		map({ ("GIT_${_}_NAME" => 'test', "GIT_${_}_EMAIL" => 'test@example.org') }
		    qw(AUTHOR COMMITTER)),
	};
	mkdir($copy->{dir}) or die "$copy->{dir}: $!\n";
	opendir(my $root, $of) or die "$of: $!\n";
	$copy->{entries} = [grep { !/^(\.\.?|\.git|build)$/ } readdir($root)];
	ok_run('cp', '-a', map({ "$of/$_" } @{ $copy->{entries} }), $copy->{dir});
	for my $command ('git init -q', 'git add .', 'git commit -qm copy') {
		my $result = bash($copy, $command);

		die "$command: $result->{err}" if $result->{status} != 0;
	}
	return $copy;
}

sub bash
{
	my ($copy, $script) = @_;

	return run({ dir => $copy->{dir}, env => $copy->{env} }, 'bash', '-c', $script);
}

sub is_run
{
	my ($copy, $command) = @_;
	my $result = bash($copy, "set -euo pipefail\n$command");
	my ($title) = $command =~ /\A(.*)/;

	is($result->{status}, 0, $title) or diag($result->{out}, $result->{err});
}

# Run a block of any kind: commands; a file that its first line names; or commands and what they
# print.  A text is only shown.
sub block_is_run
{
	my ($copy, $block) = @_;

	if ($block->{kind} eq 'c') {
		my ($name) = $block->{text} =~ m{\A/\* (\S+) \*/\n};

		ok($name, 'a program has a name');
		spew("$copy->{dir}/$name", $block->{text});
	} elsif ($block->{kind} eq 'sh') {
		is_run($copy, $block->{text});
	} elsif ($block->{kind} eq 'console') {
		# A command goes on in the next line after a backslash.
		for my $step (grep { $_ ne '' } split(/^\$ /m, $block->{text})) {
			my ($command, $output) = $step =~ /\A((?:[^\n]*\\\n)*[^\n]*\n)(.*)\z/s;
			my ($title) = $command =~ /\A([^\\\n]*)/;

			is(bash($copy, "exec 2>&1\n$command")->{out}, $output, $title);
		}
	}
}

# Files and folders that the text names are there; `gen/command/VERB.c` stands for any.
sub paths_are_there
{
	my ($text) = @_;

	for my $path ($text =~ /`((?:gen|spec|templates|tests|kernel-glue)\/[^`\s]*)`/g) {
		my $pattern = $path =~ s/\b(?:VERB|NAME)\b/*/r;
		my @found = glob(root() . "/$pattern");

		ok(@found && -e $found[0], "$path is there");
	}
}

1;
