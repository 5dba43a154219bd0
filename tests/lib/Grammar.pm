# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The grammar of vmcsgen-spec(5), as it is printed there, and which of its words a spec
# uses.  A word counts where it stands: 'lookup' of a block is not that of a member.
package Grammar;

use strict;
use warnings;
no warnings 'recursion';

use Exporter qw(import);
use Vmcsgen;

our @EXPORT = qw(grammar_words words_used);

my (%rules, @words);

# An expression up to a closing bracket or the end: [or, [all, part ...] ...].
sub parse_rule
{
	my ($rule, $tokens) = @_;
	my @alternatives = ['all'];

	while (@$tokens && $tokens->[0] !~ /^[\])}]$/) {
		my $token = shift @$tokens;

		if ($token eq '|') {
			push @alternatives, ['all'];
		} elsif ($token =~ /^[\[({]$/) {
			my $kind = { '[' => 'maybe', '{' => 'many', '(' => 'or' }->{$token};
			my $inner = parse_rule($rule, $tokens);

			shift @$tokens;
			push @{ $alternatives[-1] }, $kind eq 'or' ? $inner : [$kind, $inner];
		} elsif ($token =~ /^"(.*)"$/) {
			push @words, "$rule: " . join(' ', map { $_->[0] eq 'word' ? $_->[1] : () }
						      @{ $alternatives[-1] }[1 .. $#{ $alternatives[-1] }]) .
				     " $1, " . @words;
			push @{ $alternatives[-1] }, ['word', $1, $words[-1]];
		} else {
			push @{ $alternatives[-1] }, ['rule', $token];
		}
	}
	return ['or', @alternatives];
}

sub grammar
{
	my $page = slurp(root() . '/gen/vmcsgen-spec.5');
	my ($text) = $page =~ /^\.\\" grammar:.*\n\.Bd -literal\n(.*?)^name +=/ms
		or die "the manual has no grammar\n";

	while ($text =~ /^(\w+) +=(.*?)(?=^\w|\z)/gms) {
		my ($rule, $right) = ($1, $2);

		$rules{$rule} = parse_rule($rule, [$right =~ /"[^"]+"|\w+|[][(){}|]/g]);
	}
	return \%rules;
}

# All words, each with the rule that it is of.
sub grammar_words { grammar() if !%rules; return @words }

my %reserved;

sub is_kind
{
	my ($kind, $token) = @_;

	return $token eq "\n" if $kind eq 'END';
	return $token =~ /^"/ if $kind eq 'string';
	return $token =~ /^[-+]?\d/ if $kind eq 'number';
	return $token =~ m{^\w+/[^*]+$} if $kind eq 'path';
	return $token =~ m{^\w+/.*\*} if $kind eq 'pattern';
	return $token =~ /^[A-Za-z_]\w*[-.]\w/ if $kind eq 'versioned';
	return $token =~ /^[A-Za-z_]\w*$/ && !$reserved{$token};
}

# Whether the tokens from @at on are what @expression says, and @next, which is called with
# what follows and a list of the words used, agrees; returns what that does.
sub match
{
	my ($expression, $tokens, $at, $used, $next) = @_;
	my ($kind, @parts) = @$expression;

	if ($kind eq 'word') {
		return $tokens->[$at] eq $parts[0] && $next->($at + 1, [$used, $parts[1]]);
	} elsif ($kind eq 'rule') {
		return match($rules{ $parts[0] }, $tokens, $at, $used, $next)
			if $rules{ $parts[0] };
		return is_kind($parts[0], $tokens->[$at]) && $next->($at + 1, $used);
	} elsif ($kind eq 'or') {
		for my $part (@parts) {
			my $found = match($part, $tokens, $at, $used, $next);
			return $found if $found;
		}
		return;
	} elsif ($kind eq 'all') {
		my $first = shift @parts or return $next->($at, $used);

		return match($first, $tokens, $at, $used, sub {
			return match(['all', @parts], $tokens, @_, $next);
		});
	}
	my $found = match($parts[0], $tokens, $at, $used, sub {
		return $kind eq 'maybe' ? $next->(@_) : match($expression, $tokens, @_, $next);
	});
	return $found || $next->($at, $used);
}

# Count, by grammar_words(), the words of a spec's text.
sub words_used
{
	my ($text, $counts) = @_;
	my @tokens = grep { !/^#/ } $text =~ m{#.*|"(?:[^"\\]|\\.)*"|\.\.|[\w/+-][\w/.*-]*|[][{},]|\n}g;
	my $at = 0;
	my @kept;

	grammar() if !%rules;
	%reserved = map { /(\w+), \d+$/ ? ($1 => 1) : () } @words if !%reserved;
	for my $token (@tokens) {
		push @kept, $token if $token ne "\n" || @kept && $kept[-1] ne "\n" &&
			$kept[-1] ne ',';
	}
	push @kept, '';
	while ($at < $#kept) {
		my $found = match(['rule', 'statement'], \@kept, $at, undef, sub { return [@_] })
			or die "the grammar has nothing like: @kept[$at .. ($at + 40 < $#kept ? $at + 40 : $#kept)]\n";

		$at = $found->[0];
		for (my $used = $found->[1]; $used; $used = $used->[0]) {
			$counts->{ $used->[1] }++;
		}
	}
}

1;
