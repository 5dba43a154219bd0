#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What a spec costs: no more than it has in it.  A short one takes below a second of CPU
# and 200 MB, whatever it says; one ten times as long takes ten times the CPU; and what is
# nested has a depth that is refused.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $dir = tempdir();
my $templates = root() . '/templates';
my $helper = "$dir/costs";

# A program that runs another one, and prints its CPU seconds and the most KB that it had.
ok_run('cc', '-O1', '-Wall', '-Wextra', '-Werror', '-o', $helper,
       "$FindBin::Bin/generated/costs.c");

# What a command costs: its status, CPU seconds and KB; it ends with a signal beyond a limit.
sub cost
{
	my ($seconds, $with, @command) = @_;
	my $result = run($with, $helper, "$dir/cost", $seconds, @command);
	my ($cpu, $kb) = split(' ', slurp("$dir/cost"));

	return { %$result, cpu => $cpu, kb => $kb };
}

#
# Ten times as long, ten times as dear
#

my $head = "layout a {\n\tstruct a\n\tsize 1048576\n}\n";

sub revision
{
	my ($name, $from, @lines) = @_;

	return "revision a/$name" . ($from ? " from $from" : '') . " {\n" .
		join('', map { "\t$_\n" } 'source "s"', @lines) . "}\n";
}

my %growing = (
	members => sub { $head . revision('r', '', 'id 1', 'u32 hdr', map { "u64 m$_" } 1 .. $_[0]) },
	pads => sub {
		$head . revision('r', '', 'id 1', 'u32 hdr', "pad to 1000000 p") .
		revision('s', 'r', 'id 2', map { 'at ' . 8 * $_ . " pad u32 q$_" } 1 .. $_[0])
	},
	'revisions of one id' => sub {
		$head . revision('r', '', 'id 1', 'u32 hdr') .
		join('', map { revision("r$_", 'r', "append u32 m") } 1 .. $_[0])
	},
	'revisions of one id, each from the last' => sub {
		$head . join('', map {
			my $last = $_ % 1000 ? 'r' . ($_ - 1) : '';
			revision("r$_", $last, $last ? () : ('id ' . ($_ + 1), 'u32 hdr'))
		} 0 .. $_[0] - 1)
	},
	'revisions of many ids' => sub {
		$head . join('', map { revision("r$_", '', "id $_", 'u32 hdr', "u32 m$_") } 1 .. $_[0])
	},
	'other names' => sub {
		$head . revision('r', '', 'id 1', 'u32 hdr') .
		join('', map { "revision a/r$_ same as r\n" } 1 .. $_[0])
	},
	strings => sub {
		$head . "revision a/r {\n\tid 1\n\tu32 hdr\n\tsource " .
		join(",\n\t\t", map { "\"s$_\"" } 1 .. $_[0]) . "\n}\n"
	},
	errors => sub { join('', map { "x$_\n" } 1 .. $_[0]) },
	'errors of names' => sub {
		$head . revision('r', '', 'id 1', 'u32 hdr', map { "rename m$_ n" } 1 .. $_[0])
	},
	fields => sub {
		"fields {\n" . join('', map { "\t0x6800  f$_  linux g$_\n" } 1 .. $_[0]) . "}\n"
	},
	layouts => sub { join('', map { "layout l$_ {\n\tstruct s$_\n\tsize 64\n\tversion $_\n}\n" } 1 .. $_[0]) },
	includes => sub {
		my ($count) = @_;

		spew("$dir/included/$_", "bits w$_ u8 {\n\tb 8\n}\n") for 1 .. $count;
		return join('', map { "include \"included/$_\"\n" } 1 .. $count);
	},
);
my $large = $ENV{LARGE} // 20000;

for my $what (sort keys %growing) {
	my @costs = map {
		my $spec = spew("$dir/growing.vmcs", $growing{$what}->($_));

		cost(60, { dir => "$dir" }, vmcsgen(), 'check', '-s', $spec);
	} $large / 10, $large;
	my ($few, $many) = map { $_->{cpu} } @costs;

	is($costs[1]->{signal}, 0, "$what: it ends");
	cmp_ok($many, '<', 30 * ($few < 0.01 ? 0.01 : $few), "$what: ten times as many cost ten times " .
	       'as much') or diag("$few, $many");
	diag(sprintf("%s: %.3f s, %.3f s, %d MB", $what, $few, $many, $costs[1]->{kb} / 1024))
		if $ENV{LARGE};
}

#
# Below 10 KB: a second and 200 MB
#

my $members = join('', map { "u8 m$_\n" } 1 .. 700);
my %short = (
	'an array of all bytes, lost by 150 revisions' => $head . revision('big', '', 'id 1', 'u32 h', 'u8 b[65000]') .
		join('', map { revision("r$_", '', "id " . ($_ + 1), 'u32 h') } 1 .. 150),
	'an array of a million' => $head . revision('big', '', 'id 1', 'u32 h', 'u8 b[1000000]') .
		revision('none', '', 'id 2', 'u32 h'),
	'700 members in 101 revisions' => $head . "revision a/r {\nid 1\nsource \"s\"\nu32 h\n$members}\n" .
		join('', map { "revision a/r$_ from r {\n}\n" } 1 .. 100),
	'301 revisions of one id' => $head . revision('r', '', 'id 1', 'u32 h') .
		join('', map { "revision a/r$_ from r {\n}\n" } 1 .. 300),
	'many members, each misaligned' => $head . "revision a/r {\nid 1\nsource \"s\"\nu32 h\nu8 b\n" .
		join('', map { "u64 m$_\npad u8 p$_\n" } 1 .. 400) . "}\n",
	'a chain of 250 embeddings' => $head . revision('r0', '', 'id 1', 'u32 h') .
		join('', map { my $l = $_ - 1; "revision a/r$_ {\nembed a/r$l\nu8 m$_\n}\n" } 1 .. 250),
	'900 groups on one bit' => "layout a {\nstruct a\nsize 64\nclean c prefix C {\n" .
		join('', map { "0 g$_\n" } 1 .. 900) . "}\n}\n",
	'braces' => '{' x 10000, 'errors' => "x\n" x 5000, 'numbers' => "fields {\n" . "4294967296 {\n" x 700,
	'strings' => $head . "revision a/r {\nsource " . join(",\n", ('"x"') x 1500) . "\n}\n",
);

$short{s{.*/}{}r} = slurp($_)
	for grep { -s $_ < 10240 } glob("$FindBin::Bin/{faults,specs/small}/*.vmcs");
cmp_ok(scalar(grep { /\.vmcs$/ } keys %short), '>', 100, 'specs of other tests are looked at');
for my $what (sort keys %short) {
	my $spec = spew("$dir/short.vmcs", $short{$what},
			$short{$what} =~ /\A\Q$head\E/ ? "target tree {\nmemory a/*\n}\n" : ());

	cmp_ok(length($short{$what}), '<', 10240, "$what: it is short") if $what !~ /\.vmcs$/;
	for my $command (['check'], ['gen', '-o', "$dir/out", '-Wno-hole', '-Wno-misaligned', '-Wno-same-id',
				     '-Wno-id-missing'],
			 ['list'], ['layout', 'a/big', '--format=html'], ['fmt', $spec]) {
		next if $command->[0] !~ /check|gen/ && $what =~ /\.vmcs$/;
		my $cost = cost(1, { dir => "$dir" }, vmcsgen(), @$command,
				$command->[0] eq 'fmt' ? () : ('-s', $spec, '-t', $templates));

		ok($cost->{cpu} < 1 && $cost->{kb} < 200 << 10 && !$cost->{signal}, "$what: $command->[0]")
			or diag(sprintf("%.2f s, %d MB, signal %d", $cost->{cpu}, $cost->{kb} / 1024,
					$cost->{signal}));
	}
}

#
# What is nested has a depth
#

sub refused
{
	my ($what, $message, @command) = @_;
	my $cost = cost(20, { dir => "$dir", env => { NO_COLOR => 1 } }, vmcsgen(), @command);
	my @errors = $cost->{err} =~ /^(.*error: .*)$/mg;

	is_deeply(\@errors, $message ? [$message] : [], $what);
	is($cost->{status}, $message ? 3 : 0, "$what: exit status");
	return;
}

# Each from the one after it, which is sorted ahead of it, so that the last is placed first.
sub chain
{
	my ($count, $clause) = @_;

	return spew("$dir/chain.vmcs", $head, revision(sprintf('r%05d', $count), '', 'id 1', 'u32 m'),
		    map { $clause->(sprintf('r%05d', $_), sprintf('r%05d', $_ + 1)) } 0 .. $count - 1);
}

for (['from', sub { revision($_[0], $_[1]) }, 'r18999'],
     ['embed', sub { revision($_[0], '', 'id 1', "embed a/$_[1]") }, 'r18999'],
     ['rest of', sub { revision($_[0], '', 'id 1', "rest of $_[1]") }, 'r18999'],
     ['lookup as', sub { revision($_[0], '', 'id 1', 'u32 m', "lookup as $_[1]") }, 'r18999']) {
	my ($what, $clause, $first) = @$_;
	my @quiet = ('-Wno-id-line', '-s', "$dir/chain.vmcs");
	my $place;

	chain(1000, $clause);
	refused("a thousand, by $what", '', 'check', @quiet);
	my @lines = split(/\n/, slurp(chain(20000, $clause)));
	for (0 .. $#lines) {
		$place = $_ + 1 . ':' . (index($lines[$_], 'r19000') + 1 - ($what eq 'embed' ? 2 : 0))
			if $lines[$_] =~ /(?:from|embed|of|as) (?:a\/)?r19000\b/;
	}
	refused("20,000, by $what",
		"$dir/chain.vmcs:$place: error: 'a/r18999' builds on 1001 revisions, each on the next: " .
		'that is too deep', 'check', @quiet);
}

spew("$dir/deep/$_", 'include "' . ($_ + 1) . "\"\n") for 0 .. 300;
spew("$dir/deep/301", '');
refused('300 includes', 'deep/200:1:9: error: files include each other too deep here', 'check', '-s', 'deep/0');
refused('200 includes', '', 'check', '-s', 'deep/101');

spew("$dir/partials/out/x", "{{> p0}}\n");
spew("$dir/partials/partials/p$_", '{{> p' . ($_ + 1) . "}}\n") for 0 .. 999;
spew("$dir/partials/partials/p1000", "end\n");
spew("$dir/x.vmcs", $head . revision('r', '', 'id 1', 'u32 hdr'));
refused('1000 partials', "$dir/partials/partials/p63:1:5: error: partials are nested too deep here",
	'gen', '-s', 'x.vmcs', '-t', "$dir/partials", '-o', "$dir/made");
spew("$dir/partials/partials/p63", "end\n");
refused('64 partials', '', 'gen', '-s', 'x.vmcs', '-t', "$dir/partials", '-o', "$dir/made");
is(slurp("$dir/made/x"), "end\n", 'and they are there');

#
# What is too much to generate
#

my $target = "target tree {\n\tmemory a/*\n}\n";
my $refused = 'much.vmcs:1:8: error: the target has';

for (['members', revision('r', '', 'id 1', 'u32 hdr', map { "u8 m$_" } 1 .. 32768),
      "$refused 32769 members, but gen makes no more than 32768 of them"],
     ['pairs', $short{'301 revisions of one id'} =~ s/\A\Q$head\E//r,
      "$refused 3080434 members to translate and to copy, but gen makes no more than 2097152 of them"],
     ['elements', $short{'an array of all bytes, lost by 150 revisions'} =~ s/\A\Q$head\E//r,
      qr/^\Q$refused\E \d+ parts of translations, but gen makes no more than 131072 of them$/]) {
	my ($what, $spec, $message) = @$_;
	my @gen = ('gen', '-s', 'much.vmcs', '-t', $templates, '-o', 'much', '-Wno-source',
		   '-Wno-id-line', '-Wno-id-missing');

	spew("$dir/much.vmcs", $target, $head, $spec);
	my $result = run({ dir => "$dir", env => { NO_COLOR => 1 } }, vmcsgen(), @gen);
	my ($said) = $result->{err} =~ /^(.*error: .*)\n/m;
	ref($message) ? like($said, $message, "too many $what") :
			is($said, $message, "too many $what");
	is($result->{status}, 3, "too many $what: exit status");
	ok(!-e "$dir/much", "too many $what: nothing is written");

	# The spec may have them, as long as no target does.
	spew("$dir/much.vmcs", "target tree {\n\tmemory a/few\n}\n", $head,
	     revision('few', '', 'id 4711', 'u32 hdr'), $spec);
	is(run({ dir => "$dir" }, vmcsgen(), @gen)->{status}, 0, "too many $what for no target");
	ok_run('rm', '-r', "$dir/much");
}

done_testing;
