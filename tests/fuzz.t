#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What fuzzers and people have found, run again: every input of tests/fuzz/corpus, and some
# that are too large to be kept.  Whatever an input is, the program neither crashes nor falls
# silent, and one below 10 KB costs less than a second and 200 MB.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Synthetic;
use Test::More;
use Vmcsgen;

my $top = root();
my $fuzz = "$top/tests/fuzz";
my $dir = tempdir();

# An input's files, in a folder of their own: the first, and those at lines "=== NAME".
sub unfold
{
	my ($text, $first) = @_;
	my @parts = ($first, split(/^=== (.*)\n/m, $text));

	ok_run('rm', '-rf', "$dir/input");
	while (my ($name, $part) = splice(@parts, 0, 2)) {
		spew("$dir/input/$name", $part // '');
	}
	return length($text);
}

# What is wrong with one run, which may take that many seconds and MB.
sub fault
{
	my ($seconds, $megabytes, $allowed, @arguments) = @_;
	my $limits = "ulimit -t $seconds; ulimit -v " . 1024 * $megabytes . '; exec "$@"';
	my $result = run({ dir => "$dir/input", env => { NO_COLOR => 1 } }, 'sh', '-c', $limits,
			 'sh', vmcsgen(), @arguments);

	return "@arguments: signal $result->{signal}" if $result->{signal};
	return "@arguments: status $result->{status}: " . substr($result->{err}, 0, 300)
		if !grep { $_ == $result->{status} } @$allowed;
	return "@arguments: no message" if $result->{status} > 1 && $result->{err} eq '';
	return "@arguments: " . length($result->{err}) . ' bytes of messages'
		if length($result->{err}) > 1 << 20;
	return '';
}

# The faults of several runs.
sub replay
{
	my ($name, $bytes, @runs) = @_;
	my @limits = $bytes < 10000 ? (1, 200) : (20, 1000);

	is(join("\n", grep { $_ ne '' } map { fault(@limits, @$_) } @runs), '', $name);
}

# A fuzzer whose own spec is faulty reaches nothing.
for my $spec (map { m{([^/]+)$} } glob("$fuzz/*.vmcs")) {
	my $result = run({ dir => $fuzz }, vmcsgen(), 'check', '-s', $spec);

	is($result->{status} . $result->{err}, '0', "$spec has no fault");
}

sub text_runs
{
	my @templates = ('-t', "$top/templates");

	my @spec = ('-s', 'in.vmcs');

	return ([[0, 1, 3], 'check', @spec], [[0, 1, 3], 'gen', @spec, @templates, '-o', 'out'],
		[[0, 1, 3], 'list', @spec, @templates], [[0, 3], 'fmt', 'in.vmcs']);
}

# What a file of the corpus is called.
sub name_of { my ($file) = @_; return $file =~ s{.*/corpus/}{}r }

for my $file (glob("$fuzz/corpus/spec/*")) {
	replay(name_of($file), unfold(slurp($file), 'in.vmcs'), text_runs());
}

# Headers, each struct of which is imported from the spec's last revision.
for my $file (glob("$fuzz/corpus/import/*")) {
	my $bytes = unfold(slurp($file), 'in.vmcs');
	my ($layout, $revision) = slurp("$dir/input/in.vmcs") =~ m{.*^revision (\w+)/([\w.-]+)}ms;
	my @structs = slurp("$dir/input/header.h") =~ /\bstruct (\w+)\s*\{/g;

	my @import = ('import', '-s', 'in.vmcs', '-t', "$top/templates", '--c', 'header.h',
		      '--name', "$layout/imported", '--from', "$layout/$revision");

	replay(name_of($file), $bytes, map { [[0, 1, 3], @import, '--struct', $_] } @structs);
}

spew("$dir/complete.vmcs", complete_spec());
for my $file (glob("$fuzz/corpus/template/*")) {
	my $bytes = unfold(slurp($file), 't/views/list.text');

	replay(name_of($file), $bytes, [[0, 3], 'list', '-s', '../complete.vmcs', '-t', 't']);
}
for my $file (glob("$fuzz/corpus/page/*")) {
	my $bytes = unfold(slurp($file), 'page.md');
	my @import = ('import', '-s', "$fuzz/page.vmcs", '-t', "$top/templates", '--tlfs',
		      'page.md', '--name', 'evmcs/new', '--from', 'evmcs/first');

	replay(name_of($file), $bytes, [[0, 1, 3], @import]);
}
for my $file (glob("$fuzz/corpus/question/*")) {
	replay(name_of($file), unfold('', 'none'), [[0, 3], 'field', '-s', "$fuzz/page.vmcs", '-t', "$top/templates",
						    '--format=json', '--', slurp($file)]);
}
for my $file (glob("$fuzz/corpus/text/*")) {
	my $bytes = unfold(slurp($file), 'in');
	my @with = ('decode', '-s', "$fuzz/text.vmcs", '-t', "$top/templates");

	replay(name_of($file), $bytes, [[0, 3], @with, 'in'], [[0, 3], @with, '--format=json', 'in'],
	       [[0, 3], @with, '--scan=all', 'in']);
}
# The first byte is the fuzzer's.
for my $file (glob("$fuzz/corpus/state/*")) {
	my $bytes = unfold(substr(slurp($file), 1), 'in');
	my @with = ('-s', "$fuzz/state.vmcs");

	replay(name_of($file), $bytes,
	       [[0, 3], 'decode', @with, '-t', "$top/templates", 'in'],
	       map { [[0, 3], 'convert', @with, "a/$_", 'in'] } qw(one two full three large));
}
# Types as raw BTF.
for my $file (glob("$fuzz/corpus/object/*")) {
	my $bytes = unfold(slurp($file), 'in.btf');
	my @with = ('-s', "$fuzz/object.vmcs");

	replay(name_of($file), $bytes, [[0, 1, 3], 'verify', @with, 'a/base', 'in.btf'],
	       [[0, 3], 'import', @with, '-t', "$top/templates", '--c', 'in.btf', '--name', 'a/new',
		'--from', 'a/base', '--bits', 'x', '--bits', 'y']);
}

#
# What is large or deep
#

my $LAYOUT = "layout a {\n\tstruct a\n\tsize 4096\n}\n";

# A spec that is worth a message may say so, but what is large is not a reason to crash.
sub large
{
	my ($name, @text) = @_;

	replay($name, unfold(join('', @text), 'in.vmcs'), [[0, 1, 3], 'check', '-s', 'in.vmcs'],
	       [[0, 3], 'fmt', 'in.vmcs']);
}

large('20,000 revisions, each from the one that sorts after it', $LAYOUT,
      "revision a/r20000 {\nid 1\nu32 m\n}\n",
      map { sprintf("revision a/r%d from r%d {\nid %d\n}\n", 20000 - $_, 20001 - $_,
		    $_ + 1) } 1 .. 19999);
large('1,000 revisions of one line under one id', $LAYOUT,
      "revision a/r0 {\nsource \"s\"\nid 1\nu32 m\n}\n",
      map { sprintf("revision a/r%d from r%d {\nsource \"s\"\n}\n", $_, $_ - 1) } 1 .. 999);
large('a text of 20,000 strings', $LAYOUT, "revision a/r {\nid 1\nsource ",
      join(",\n", ('"s"') x 20000), "\nu32 m\n}\n");
large('20,000 errors', $LAYOUT, "revision a/r {\nid 1\nu32 m\n", "x 1 {\n" x 20000);

unfold('', 'in.vmcs');
spew("$dir/input/t/partials/p$_", $_ < 19999 ? '{{> p' . ($_ + 1) . "}}\n" : "end\n") for 0 .. 19999;
spew("$dir/input/t/views/list.text", "{{> p0}}\n");
replay('20,000 partials, one in the other', 20000, [[0, 3], 'list', '-s', '../complete.vmcs', '-t',
						    't']);

done_testing();
