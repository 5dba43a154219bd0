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

our @EXPORT_OK = qw(uncommented items normal fingerprint);

# The text as the compiler sees it, on the lines that it had.
sub uncommented
{
	my ($text) = @_;

	$text =~ s{("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')|(/\*.*?\*/|//[^\n]*)}
		  {$1 // $2 =~ tr/\n//cdr}gse;
	return $text;
}

# What an item defines, by its text: kind and name.
sub name_of
{
	my ($text) = @_;
	my $head = $text =~ s/\{.*//sr;

	return ('macro', $1) if $text =~ /^\s*#\s*define\s+(\w+)/;
	return ('directive', '') if $text =~ /^\s*#/;
	if ($text =~ /^\s*typedef\b/) {
		my ($name) = $text =~ s/\s*__attribute__\s*\(\(.*?\)\)//gsr =~ /(\w+)\s*(?:\[[^\]]*\]\s*)*;\s*$/;
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
		if ($text =~ /\G(?<![^\n])[ \t]*#(?:[^\\\n]|\\.)*/gcs) {
			if (!defined $start) {
				$start = $at;
				$end->();
			}
			next;
		}
		next if $text =~ /\G\s+/gc;
		$start //= $at;
		if ($text =~ /\G(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])+'|\w+)/gcs) {
			next;
		} elsif ($text =~ /\G[{(\[]/gc) {
			$depth++;
		} elsif ($text =~ /\G([})\]])/gc) {
			my $close = $1;

			# A brace at the begin of a line is the end, whatever conditionals made of the count.
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

# Some C without comments, token by token, each directive on a line of its own.
sub normal
{
	my ($text) = @_;
	my $pid = open2(my $out, my $in, qw(gcc -fpreprocessed -dD -E -P -w -x c -));
	my @lines;

	print $in $text =~ s/\\\n/ /gr or fail(IO, "gcc: $!");
	close($in) or fail(IO, "gcc: $!");
	push @lines, '';
	for (<$out>) {
		if (/^\s*#/) {
			push @lines, s/\s+/ /gr =~ s/^ | $//gr, '';
		} else {
			$lines[-1] .= join('', map { "$_ " } /$TOKEN/g);
		}
	}
	waitpid($pid, 0);
	fail(IO, 'gcc can\'t read some C') if $?;
	return join('', map { s/ $//r . "\n" } grep { $_ ne '' } @lines);
}

# What stands for some C, however it is laid out and whatever its comments say.
sub fingerprint { return substr(sha256_hex(normal($_[0])), 0, 20) }

1;
