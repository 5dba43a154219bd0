# SPDX-License-Identifier: GPL-2.0-only
#
# C as text: without its comments, cut into what it defines, and in a form that does not
# depend on how it is laid out.
package Source;

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Exporter qw(import);
use Files;
use IPC::Open2 qw(open2);

my $TOKEN = qr/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])+'|\w+|->|<<|>>|&&|\|\||[-+*\/%&|^<>=!]=|\+\+|--|\S/;

our @EXPORT_OK = qw(uncommented comments items normal fingerprints);

# The text as the compiler sees it, on the lines that it had.
sub uncommented
{
	my ($text) = @_;

	$text =~ s{("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')|(/\*.*?\*/|//[^\n]*)}
		  {$1 // $2 =~ tr/\n//cdr}gse;
	return $text;
}

# The comments of a text, each with its line and its own text, without what frames it.  Lines of
# '//' that follow each other are one.
sub comments
{
	my ($text) = @_;
	my @comments;

	while ($text =~ m{"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|(/\*.*?\*/|//[^\n]*(?:\n[ \t]*//[^\n]*)*)}gs) {
		my $comment = $1 // next;
		my $line = 1 + (substr($text, 0, $-[0]) =~ tr/\n//);

		push @comments, { line => $line, text => join("\n", map { s{^\s*(?:/?\*+/?|//)[ \t]?|\s*\*/$}{}gr } split(/\n/, $comment)) };
	}
	return @comments;
}

# What an item defines, by its text: kind and name.
sub name_of
{
	my ($text) = @_;
	my $head = $text =~ s/\{.*//sr;

	return ('macro', $1) if $text =~ /^\s*#\s*define\s+(\w+)/;
	return ('directive', '') if $text =~ /^\s*#/;
	if ($text =~ /^\s*typedef\b/) {
		my $plain = $text =~ s/\s*__attribute__\s*\(\(.*?\)\)//gsr;
		my ($name) = $plain =~ /(\w+)\s*(?:\[[^\]]*\]\s*)*;\s*$/;
		return ('typedef', $name // '');
	}
	return ($1, $2) if $text =~ /\{/ && $head !~ /[=(]/ &&
		$head =~ /\b(struct|union|enum)\s+(?:__\w+\s+)*(\w+)\s*$/;
	my $before = $head =~ s/=.*//sr =~ s/\[[^\]]*\]//gr;
	1 while $before =~ s/\((?:[^()]|\(\))+\)/()/;
	if ($before =~ /\(/) {
		my ($name) = grep { !/^__/ } $before =~ /(\w+)\s*\(/g;
		return ($text =~ /\{/ && $head !~ /=/ ? 'function' : 'declaration', $name // '');
	}
	my ($name) = grep { !/^__/ } reverse($before =~ /\w+/g);
	return ($text =~ /^\s*extern\b/ ? 'declaration' : 'variable', $name // '');
}

# All that a file defines at its top level, in order: each with kind (macro, function, struct,
# union, enum, typedef, variable, declaration, directive), name, line and text.
sub items
{
	my $text = uncommented($_[0]);
	my ($start, $depth, @items) = (undef, 0);
	my $end = sub {
		my $of = substr($text, $start, pos($text) - $start);
		my ($kind, $name) = name_of($of);
		my $line = 1 + (substr($text, 0, $start) =~ tr/\n//);

		push @items, { kind => $kind, name => $name, line => $line, text => $of };
		($start, $depth) = (undef, 0);
	};

	pos($text) = 0;
	while (pos($text) < length($text)) {
		next if !defined $start && $text =~ /\G\s*\n/gc;
		my $at = pos($text);
		if ($text =~ /\G(?<![^\n])[ \t]*#(?:[^\\\n]++|\\.)*/gcs) {
			if (!defined $start) {
				$start = $at;
				$end->();
			}
			next;
		}
		next if $text =~ /\G\s+/gc;
		$start //= $at;
		if ($text =~ /\G(?:"(?:\\.|[^"\\\n]++)*"|'(?:\\.|[^'\\\n]++)+'|\w+)/gcs) {
			next;
		} elsif ($text =~ /\G[{(\[]/gc) {
			$depth++;
		} elsif ($text =~ /\G([})\]])/gc) {
			my $close = $1;

			# A brace at the beginning of a line is the end, even if conditionals have
			# spoilt the count.
			$depth = $close eq '}' && substr($text, $at - 1, 1) eq "\n" ? 0 : $depth - 1;
			my $head = substr($text, $start, $at - $start) =~ s/\{.*//sr;
			$end->() if $close eq '}' && $depth <= 0 && $head =~ /\)[\w\s()]*$/ && $head !~ /=/;
		} elsif ($text =~ /\G;/gc) {
			$end->() if $depth <= 0;
		} else {
			$text =~ /\G./gcs;
		}
	}
	return @items;
}

# Some texts of C without comments, token by token, each directive on a line of its own.  One run of
# the compiler does all, as starting it takes longer than its work.
my $NEXT = "#pragma vmcsgen next\n";

sub normal
{
	my (@texts) = @_;
	my $pid = open2(my $out, my $in, qw(gcc -fpreprocessed -dD -E -P -w -x c -));
	my @normal;

	print $in map { "$NEXT$_\n" } map { s/\\\n/ /gr } @texts or fail(IO, "gcc: $!");
	close($in) or fail(IO, "gcc: $!");
	for (<$out>) {
		if ($_ eq $NEXT) {
			push @normal, '';
		} elsif (/^\s*#/) {
			$normal[-1] .= s/\s+/ /gr =~ s/^ ?(.*?) ?$/\n$1\n/r;
		} else {
			$normal[-1] .= join('', map { "$_ " } /$TOKEN/g);
		}
	}
	waitpid($pid, 0);
	fail(IO, 'gcc can\'t read some C') if $? || @normal != @texts;
	return @normal;
}

# Fingerprints of some texts of C, which do not depend on layout and comments.
sub fingerprints { return map { substr(sha256_hex($_), 0, 20) } normal(@_) }

1;
