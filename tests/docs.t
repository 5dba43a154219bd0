#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The manuals and the completion say what the program does: they name its verbs,
# options and checks and nothing else, the grammar has the parser's words, and the
# examples run as they are written.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use File::Basename qw(dirname);
use Test::More;
use Vmcsgen;

my $gen = root() . '/gen';
my $command_page = slurp("$gen/vmcsgen.1");
my $language_page = slurp("$gen/vmcsgen-spec.5");
my $help = ok_run(vmcsgen(), '--help');

sub unique
{
	my %seen;

	return sort grep { !$seen{$_}++ } @_;
}

sub section
{
	my ($page, $name) = @_;

	return $page =~ /^\.Sh \Q$name\E\n(.*?)(?=^\.Sh |\z)/ms ? $1 : '';
}

# The literal blocks of a page that are marked with a comment, as mandoc shows them.
sub marked
{
	my ($page, $mark) = @_;
	my @blocks = $page =~ /^\.\\" \Q$mark\E[^\n]*\n\.Bd -literal[^\n]*\n(.*?)^\.Ed$/gms;

	return map { s/\\e/\\/gr } @blocks;
}

#
# The pages are sound
#

SKIP: {
	skip 'mandoc is not installed', 3 if !have('mandoc');
	my $fault = run({ stdin => ".Dd 1\n.Ed\n" }, 'mandoc', '-Tlint', '-Wwarning');

	isnt($fault->{out} . $fault->{err}, '', 'mandoc finds a fault');
	for my $name ('vmcsgen.1', 'vmcsgen-spec.5') {
		my $result = run('mandoc', '-Tlint', '-Wwarning', "$gen/$name");

		is($result->{out} . $result->{err}, '', "$name: mandoc has no complaint");
	}
}

#
# vmcsgen(1) is about the verbs, options, statuses and checks that there are
#

my ($verbs) = $help =~ /^verbs:\n(.*?)^$/ms;
my ($options) = $help =~ /^options:\n(.*?)^$/ms;
my @verbs = unique($verbs =~ /^  (\w+)/gm);
# -W is one option, whatever stands after it.
my @options = unique($options =~ /(?:^ +|, )(--?[A-Za-z][A-Za-z-]*)/gm);

my ($verb_list, $option_list) = section($command_page, 'DESCRIPTION') =~
	/The verbs are:\n(.*?)The options, which.*?:\n(.*)/s;
is_deeply([unique($verb_list =~ /^\.It Cm (\w+)/gm)], \@verbs, 'every verb is described');
is_deeply([unique(map { /Fl (\S+)/g } $option_list =~ /^(\.It Fl .*)$/gm)],
	  [map { s/^-//r } @options], 'every option is described');
my %known = map { $_ => 1 } @options;
is_deeply([grep { !$known{"-$_"} } unique($command_page =~ /\bFl ([\w-]+)/g)], [],
	  'and none is named that is not there');
is_deeply([unique(section($command_page, 'SYNOPSIS') =~ /^\.Cm (\w+)/gm)], \@verbs,
	  'every verb is in the synopsis');

my ($statuses) = $help =~ /^exit status: (.*)$/m;
is_deeply([section($command_page, 'EXIT STATUS') =~ /^\.It (\d)/gm], [$statuses =~ /(\d)/g],
	  'every exit status is described');

my @checks = map { [(split)[0, 1]] } split(/\n/, ok_run(vmcsgen(), '--help=checks'));
is_deeply([map { [$_ =~ /^\.It Cm (\S+) Pq (\w+)$/m] }
		section($command_page, 'CHECKS') =~ /^(\.It Cm .*)$/gm],
	  \@checks, 'every check is described, with its severity, in their order');

my ($default) = slurp("$gen/command/options.c") =~ /DATA_FOLDER "([^"]*)"$/m;
like($command_page, qr/^\.It Pa \Q$default\E$/m, 'the folder of installed files');
for my $default ('spec/vmcs.vmcs', 'templates', 'out') {
	like($command_page, qr/default is\n\.Pa \Q$default\E/, "the default $default");
}

#
# vmcsgen-spec(5) has the parser's grammar
#

my $parser = slurp("$gen/language/parser.y");
my ($rules) = $parser =~ /^%%\n(.*?)^%%\n/ms;
my @tokens = unique(grep { !/[ \/]/ } $parser =~ /\bTOKEN_\w+ "([^"]*)"/g);
my ($grammar) = marked($language_page, 'grammar');

isnt($grammar, undef, 'there is a grammar');
# Its lexical rules at the end have characters, not words.
my ($statements, $lexical) = $grammar =~ /\A(.*?)(^name +=.*)\z/ms;
my @literals = unique($statements =~ /"([^"]+)"/g);
is_deeply([grep { /\w|\.\./ } @literals], \@tokens, 'the grammar has every word of the language');
is_deeply([grep { !/\w|\.\./ } @literals], [unique($rules =~ /'(.)'/g)],
	  'and every other character');

# The alternatives that begin with a word do so in both.  Actions hold no "word".
for my $name ('statement', 'control', 'property', 'edit', 'attribute') {
	my ($theirs) = $rules =~ /^$name:\n(.*?)^;/ms;
	my ($ours) = $statements =~ /^$name +=(.*?)(?=^\w|^$|\z)/ms;
	# A block is a rule of its own there.
	my @block = $theirs =~ /\bclean_block\b/ ? ('clean') : ();

	is_deeply([unique($ours =~ /(?:^|\|) "(\w+)"/gm)],
		  [unique(@block, $theirs =~ /^\|?\t"(\w+)"/gm)],
		  "the alternatives of $name are the parser's");
}

my %rule = map { $_ => 1 } $grammar =~ /^(\w+) +=/gm;
my $names = $statements =~ s/"[^"]*"//gr;
my @used = unique($names =~ /\b([a-z]\w*)\b/g);
is_deeply([grep { !$rule{$_} } @used], [], 'every rule that is named is there');

# Every word has its place in the text, too.
my $text = section($language_page, 'STATEMENTS') . section($language_page, 'DESCRIPTION');
is_deeply([grep { $text !~ /\b\Q$_\E\b/ && $_ ne '..' } @tokens], [],
	  'every word of the language is explained');

# So do the colours of vim.
my $vim = slurp(root() . '/vim/syntax/vmcs.vim');
my @coloured = map { split(' ') } $vim =~ /^syntax keyword (?:vmcsStatement|vmcsWord) (.*)$/gm;
is_deeply([unique(@coloured)], [grep { $_ ne '..' } @tokens], 'vim colours every word of the language');
my @begin = map { split(' ') } $vim =~ /^syntax keyword vmcsStatement (.*)$/gm;
is_deeply([unique(@begin)], [unique(map { slurp($_) =~ /^(\w+) /gm } glob(root() . '/spec/*.vmcs'))],
	  'and sets off those that begin a statement');

#
# The examples run as they are written
#

# A shell that has the program in its path, in a folder with the project's own.
sub shell
{
	my ($dir, $script) = @_;

	return run({ dir => "$dir", env => { PATH => dirname(vmcsgen()) . ":$ENV{PATH}" } },
		   'bash', '-euo', 'pipefail', '-c', $script);
}

my $dir = tempdir();
ok_run('cp', '-r', root() . '/spec', root() . '/templates', "$dir");

for my $script (marked($command_page, 'example: run')) {
	my $result = shell($dir, $script);
	my ($title) = $script =~ /\A(.*)/;

	is($result->{status}, 0, "vmcsgen(1): $title") or diag($result->{err});
	is($result->{err}, '', "vmcsgen(1): $title: no messages");
}

my ($small) = marked($language_page, 'example: small.vmcs');
spew("$dir/small.vmcs", $small);
for my $script (marked($language_page, 'example: run')) {
	my $result = shell($dir, $script);

	is($result->{status}, 0, 'vmcsgen-spec(5): the commands') or diag($result->{err});
	is($result->{err}, '', 'vmcsgen-spec(5): the commands: no messages');
}

my @pieces = marked($language_page, 'example: more.vmcs');
for my $piece ($small, @pieces) {
	my ($title) = $piece =~ /\A(.*)/;

	spew("$dir/piece.vmcs", $piece);
	is(ok_run(vmcsgen(), 'fmt', "$dir/piece.vmcs"), $piece, "canonical form: $title");
}

spew("$dir/more.vmcs", grep { !/^frozen/ } @pieces);
my $frozen = ok_run({ dir => "$dir" }, vmcsgen(), 'freeze', '-s', 'more.vmcs', 'vmcs12/first');
is((grep { /^frozen/ } @pieces)[0], $frozen, 'freeze prints the statement of the text');
spew("$dir/more.vmcs", @pieces);
my $result = shell($dir, 'vmcsgen check -s more.vmcs -Werror && vmcsgen gen -s more.vmcs -o more');
is($result->{err}, '', 'the pieces make a spec without a fault');
is($result->{status}, 0, 'the pieces make a spec');
# With a template that only tests use, which asserts all of it.
ok_run('cp', '-r', root() . "/$_/.", "$dir/tested") for 'templates', 'tests/generated/templates';
my %target = (small => 'guest', more => 'tree');
for my $spec (keys %target) {
	ok_run({ dir => "$dir" }, vmcsgen(), 'gen', '-s', "$spec.vmcs", '-t', 'tested', '-o', "$spec-tested/$target{$spec}",
	       '--target', $target{$spec});
}
for my $cc (compilers()) {
	for my $spec ('small', 'more') {
		my $made = "$dir/$spec-tested/$target{$spec}";

		$result = compile(cc => $cc, source => "$made/selftest.c", output => "$dir/selftest",
				  flags => ['-Wall', '-Wextra', '-Werror', "-I$made"]);
		is($result->{status}, 0, "$spec.vmcs: its output compiles with $cc")
			or diag($result->{err});
		is(run("$dir/selftest")->{status}, 0, "$spec.vmcs: its self-test passes ($cc)");
	}
}

# What the text says of the placement, on the pieces.
my %layout = map {
	my $revision = $_;

	$revision => { map { $_->{name} => $_->{offset} } parse_csv(ok_run({ dir => "$dir" },
		vmcsgen(), 'layout', '-s', 'more.vmcs', $revision, '--format=csv')) };
} 'evmcs/second', 'vmcs12/second', 'vmcs12/third';
is($layout{'evmcs/second'}{reserved}, 48, 'the rest of a pad keeps its name');
is($layout{'evmcs/second'}{pad_38}, 38, 'a pad that alignment made');
is($layout{'vmcs12/second'}{reserved}, 48, 'the rest of a renamed pad');
is($layout{'vmcs12/third'}{apic_access_addr}, 80, 'a member where others were');
is($layout{'vmcs12/third'}{secondary_vm_exec_control},
   $layout{'vmcs12/second'}{secondary_vm_exec_control} + 8, 'the last of those that moved');

#
# The completion
#

my $completion = "$gen/completion.bash";

SKIP: {
	skip 'shellcheck is not installed', 1 if !have('shellcheck');
	my $result = run('shellcheck', $completion);

	is($result->{out} . $result->{err}, '', 'shellcheck has no complaint');
}

# What bash offers for a line that has been typed up to here.
sub complete
{
	my ($line) = @_;
	my @words = map { /[^=]+|=/g } split(' ', $line);

	push @words, '' if $line =~ /[ =]\z/;
	my $script = <<'END';
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
_vmcsgen
printf '%s\n' "${COMPREPLY[@]}"
END
	my $result = run({ dir => "$dir" }, 'bash', '-c', $script, 'bash', $completion, vmcsgen(),
			 @words[1 .. $#words]);

	fail("$line: $result->{err}") if $result->{err} ne '';
	return [unique(grep { $_ ne '' } split(/\n/, $result->{out}))];
}

my @revisions = unique(split(/\n/, ok_run({ dir => root() }, vmcsgen(), 'list')));
my @names = map { $_->[0] } @checks;

is_deeply([unique(map { s/=.*//r } @{ complete('vmcsgen -') })], \@options,
	  'completion: every option');
is_deeply(complete('vmcsgen '), \@verbs, 'completion: every verb');
is_deeply(complete('vmcsgen -Werror -o out ch'), ['check'], 'completion: a verb after options');
is_deeply(complete('vmcsgen fr'), ['freeze'], 'completion: a verb begun');
is_deeply(complete('vmcsgen -W '), [unique(@names, qw(error error= no- no-error=))],
	  'completion: every check');
is_deeply(complete('vmcsgen check -W no-ho'), ['no-hole'], 'completion: a check to turn off');
is_deeply(complete('vmcsgen check -W no-'), [unique('no-error=', map { "no-$_" } @names)],
	  'completion: all of them');
is_deeply(complete('vmcsgen check -Wno-ho'), ['-Wno-hole'], 'completion: with -W before it');
is_deeply(complete('vmcsgen check -W error=ho'), ['hole'], 'completion: a check after error=');
is_deeply(complete('vmcsgen check -Wno-error=ho'), ['hole'], 'completion: after no-error=');
is_deeply(complete('vmcsgen layout '), \@revisions, 'completion: every revision');
is_deeply(complete('vmcsgen freeze evmcs/tlfs-5.0 vmcs12/rfc'), ['vmcs12/rfc-2017'],
	  'completion: a second revision begun');
is_deeply(complete('vmcsgen layout -s small.vmcs '), ['evmcs/first', 'evmcs/second'],
	  'completion: revisions of another spec');
is_deeply(complete('vmcsgen --spec=small.vmcs layout '), ['evmcs/first', 'evmcs/second'],
	  'completion: and with a long option');
is_deeply(complete('vmcsgen import --from=vmcs12/rfc'), ['vmcs12/rfc-2017'],
	  'completion: a revision to compare with');
is_deeply(complete('vmcsgen import --c small/guest/vmcs_ty'), ['small/guest/vmcs_types.h'],
	  'completion: a header to import');
is_deeply(complete('vmcsgen verify vmcs12/rfc'), ['vmcs12/rfc-2017'],
	  'completion: a revision to verify');
is_deeply(complete('vmcsgen verify vmcs12/rfc-2017 spec/f'),
	  ['spec/fields.vmcs', 'spec/frozen', 'spec/frozen.vmcs'], 'completion: a file to verify it with');
is_deeply(complete('vmcsgen convert vmcs12/rfc'), ['vmcs12/rfc-2017'],
	  'completion: a revision to convert to');
is_deeply(complete('vmcsgen convert vmcs12/rfc-2017 -o small'), ['small', 'small-tested', 'small.vmcs'],
	  'completion: the file to write');
is_deeply(complete('vmcsgen decode small'), ['small', 'small-tested', 'small.vmcs'], 'completion: a file to decode');
is_deeply(complete('vmcsgen fmt small'), ['small', 'small-tested', 'small.vmcs'],
	  'completion: spec files and folders');
is_deeply(complete('vmcsgen fmt spec/vmcs.'), ['spec/vmcs.vmcs'], 'completion: in a folder');
is_deeply(complete('vmcsgen -s spec/f'), ['spec/fields.vmcs', 'spec/frozen', 'spec/frozen.vmcs'],
	  'completion: the root file');
is_deeply(complete('vmcsgen -t temp'), ['templates'], 'completion: a folder');
is_deeply(complete('vmcsgen layout --format='), [qw(csv html json svg text)], 'completion: formats');
is_deeply(complete('vmcsgen layout --format js'), ['json'], 'completion: a format begun');
is_deeply(complete('vmcsgen layout --names='), [qw(linux tlfs)], 'completion: names');
is_deeply(complete('vmcsgen --color=a'), [qw(always auto)], 'completion: colours');
is_deeply(complete('vmcsgen gen --target '), [qw(linux linux-7.3 tlfs)], 'completion: targets');
is_deeply(complete('vmcsgen gen -s more.vmcs --target=t'), ['tree'], 'completion: a target begun');
is_deeply(complete('vmcsgen --help='), ['checks'], 'completion: topics of help');

done_testing();
