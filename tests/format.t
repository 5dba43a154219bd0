#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The tree obeys .editorconfig, and gen/ obeys .clang-format but where a statement goes on in the
# next line.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

#
# .clang-format
#

# C with each statement on one line and one blank between its words, so that only indentation,
# braces, blanks and the order of things are left to compare.
sub statements
{
	my ($text) = @_;
	my @statements;
	my $begun = '';

	$text =~ s/\s*\\\n/ /g;
	for my $line (split(/\n/, $text)) {
		$line =~ s/^\s+// if $begun ne '';
		$begun .= $line;
		# A directive, a comment, an empty line, a block, a statement, a label.
		my $open = $begun =~ tr/(// - $begun =~ tr/)//;

		if ($line =~ m{^\s*(?:#|//|/?\*(?:[ /]|$)|$)|\*/$|^\s*(?:case .*|\w+):$} ||
		    $open <= 0 && $begun !~ /(?:^enum.*|= |\))\{$/ && $line =~ /[;{}]$/) {
			push @statements, $begun;
			$begun = '';
		} else {
			$begun .= ' ';
		}
	}
	for my $statement (@statements) {
		my ($indent, $words) = $statement =~ /^(\t*)(.*)$/;

		$words =~ s/\s+/ /g;
		$words =~ s/" "(?!,)//g;	# a string in pieces
		$words =~ s/([(\[{]) | (?=[)\]}])/$1 \/\/ ''/ge;
		$words =~ s/,(?=\})//g;		# after the last element
		# clang-format 14 takes the pointer after a struct's end for a product.
		$words =~ s/^\} \* /} */;
		$statement = "$indent$words";
	}
	return @statements;
}

SKIP: {
	skip 'clang-format is not installed', 1 if !have('clang-format');
	my $bad = "int f(int a)\n{\n\tif(a)\n\t    return  a+1;\n\treturn 0; }\n";
	my $good = "int f(int a)\n{\n\tif (a)\n\t\treturn a + 1;\n\treturn 0;\n}\n";
	my %in_style = (dir => root());
	my $formatted = ok_run({ %in_style, stdin => $bad }, 'clang-format', '--style=file');

	is($formatted, $good, 'clang-format finds the style');
	isnt("@{[statements($bad)]}", "@{[statements($formatted)]}", 'what is in another style is noticed');
	my $long = "\tput(first,\n\t    second);\n";
	is_deeply([statements($long)], ["\tput(first, second);"], 'but not where a line breaks');
	my $copy = tempdir();
	ok_run('cp', '-r', root() . '/gen', root() . '/.clang-format', "$copy");
	my @files = map { glob("$copy/gen/$_") } '*.c', '*/*.[ch]';
	ok_run('clang-format', '-i', @files);
	is(join("\n", map { difference(s{^\Q$copy\E/}{}r) } @files), '', 'gen/ is in it: ' . @files . ' files');

	sub difference
	{
		my ($name) = @_;
		my @ours = statements(slurp(root() . "/$name"));
		my @theirs = statements(slurp("$copy/$name"));

		# Only the first: what is after it has moved.
		while (@ours || @theirs) {
			my ($our, $their) = map { $_ // '' } shift(@ours), shift(@theirs);

			return "$name:\n$our\n$their" if $our ne $their;
		}
		return ();
	}
}

#
# .editorconfig
#

# The files of the repository; outside one, all that is not made.
my $listed = run({ dir => root() }, 'git', 'ls-files', '--cached', '--others', '--exclude-standard');
my @files = split(/\n/, $listed->{status} == 0 ? $listed->{out} :
	ok_run({ dir => root() }, 'find', '.', '-name', '.git', '-prune', '-o', '-path', './build', '-prune',
	       '-o', '-type', 'f', '-printf', '%P\n'));

# A section's pattern, as a regular expression.
sub pattern
{
	my ($glob) = @_;
	my %as = ('*' => '[^/]*', '**' => '.*', '{' => '(?:', '}' => ')', ',' => '|');
	my $begin = $glob =~ s{^/}{} || $glob =~ m{/} ? '^' : '(?:^|/)';

	$glob =~ s{(\*\*|[*\{\},]|[^\w/])}{$as{$1} // quotemeta($1)}ge;
	return qr{$begin$glob$};
}

my (@sections, %rules);
for (split(/\n/, slurp(root() . '/.editorconfig'))) {
	if (/^\[(.*)\]$/) {
		push @sections, [pattern($1), {}];
	} elsif (/^(\w+) = (.*)$/ && @sections) {
		$sections[-1][1]{$1} = $2;
	}
}

# Columns of a line, a tab to the next eighth.
sub columns
{
	my ($line) = @_;

	utf8::decode($line);
	1 while $line =~ s/^([^\t]*)\t/$1 . ' ' x (8 - length($1) % 8)/e;
	return length($line);
}

sub faults
{
	my ($name, $text) = @_;
	my %rule = map { $name =~ $_->[0] ? %{ $_->[1] } : () } @sections;
	my $copy = $text;
	my @faults;

	return () if $text =~ /\0/ || $text eq '';
	my %is = (
		charset => utf8::decode($copy) ? 'utf-8' : 'none',
		end_of_line => $text =~ /\r/ ? 'crlf' : 'lf',
		insert_final_newline => $text =~ /\n\z/ ? 'true' : 'false',
		trim_trailing_whitespace => $text =~ /[ \t]$/m ? 'false' : 'true',
		indent_style => $text =~ /^ +\t|^ {8}/m ? 'space' : 'tab',
	);

	for my $rule (sort grep { $rule{$_} ne 'unset' } keys %rule) {
		if ($rule eq 'max_line_length') {
			push @faults, $rule if grep { columns($_) > $rule{$rule} } split(/\n/, $text);
		} elsif ($rule ne 'tab_width') {
			push @faults, $rule if $is{$rule} ne $rule{$rule};
		}
	}
	return map { "$name: $_" } @faults;
}

is_deeply([faults('gen/base/a.c', "\tint a; \n        int b;\r\nint \xff" . 'c' x 100)],
	  [map { "gen/base/a.c: $_" } qw(charset end_of_line indent_style insert_final_newline
					max_line_length trim_trailing_whitespace)], 'faults are found');
is_deeply([faults('tests/faults/a.vmcs', "\xff\r")], [], 'but not where they are meant to be');
is(join("\n", map { faults($_, slurp(root() . "/$_")) } grep { -f root() . "/$_" } @files), '',
   'the tree obeys .editorconfig');

done_testing();
