#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# kernel-glue/audit without a kernel: how it is used, what it knows of a kernel, what it reports,
# and how it reads comments.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../../kernel-glue/lib";
use Audit;
use Audit::Controls;
use Audit::Known;
use Audit::Report;
use Audit::Rules;
use Files qw(UNFIT IO);
use JSON::PP;
use Source qw(comments);
use Spec;
use Test::More;
use Vmcsgen;

my $GLUE = root() . '/kernel-glue';
my $folder = tempdir();

#
# Usage
#

my $USAGE = 'usage: audit [--format=text|json|sarif] [--all] [--known=FILE] [--base=FILE] [--rule=NAME]... TREE OBJECTS' . "\n";

sub audit { return run({ env => { LC_ALL => 'C', VMCSGEN => vmcsgen() } },
	"$GLUE/audit/audit", @_) }

sub ends
{
	my ($what, $status, $err, @arguments) = @_;
	my $result = audit(@arguments);

	is("$result->{status}: $result->{err}$result->{out}", "$status: $err", $what);
}

mkdir("$folder/empty") or die "$folder/empty: $!\n";
spew("$folder/tree/arch/x86/kvm/vmx/nested.c", "int nested;\n");
ends('no arguments', 2, $USAGE);
ends('one argument', 2, $USAGE, "$folder/tree");
ends('three arguments', 2, $USAGE, ("$folder/tree") x 3);
ends('an unknown option', 2, "Unknown option: knwon\n$USAGE", '--knwon=x', ("$folder/tree") x 2);
for my $other ('xml', 'Text', 'new', 'place', 'full', 'news') {
	ends("the format '$other'", 2, "audit: --format is text, json or sarif, not '$other'\n",
	     "--format=$other", ("$folder/tree") x 2);
}
ends('a folder that is missing', 4, "audit: $folder/none: no such folder\n", "$folder/tree",
	"$folder/none");
ends('no kernel tree', 3, "audit: $folder/empty is not a kernel tree: it has no arch/x86/kvm/vmx/nested.c\n", ("$folder/empty") x 2);
ends('an unknown rule', 2, "audit: there is no rule 'shadows'; the rules are copy-back, copy-in, encodings, existence, layout, look-ups, " .
     "saved-state, shadow, support, vmwrite, words\n", '--rule=shadows', ("$folder/tree") x 2);
ends('objects that are not built', 3, "audit: $folder/empty has no compiled arch/x86/kvm/vmx/nested.c; next: " .
     "make O=$folder/empty arch/x86/kvm/, in $folder/tree\n", "$folder/tree", "$folder/empty");

#
# Rules
#

my @rules = Audit::Rules::named("$GLUE/audit");

is(join(' ', map { $_->{name} } @rules), 'copy-back copy-in encodings existence layout look-ups saved-state shadow support vmwrite words', 'all rules, in order');
for my $rule (@rules) {
	like($rule->{statement}, qr/^\w[^#\n]{100,600}\.$/,
		"$rule->{name} says what must hold, and why");
	is(ref($rule->{check}), 'CODE', "$rule->{name} is a function");
}

#
# What is known
#

# A call of a function that may end the program, as another program.
sub call
{
	my ($code, @arguments) = @_;

	return run($^X, "-I$GLUE/lib", '-MAudit::Known', '-e', $code, @arguments);
}

sub unfit
{
	my ($what, $message, $text, $reads) = @_;

	spew("$folder/known", $text);
	my $result = call('my $reads = $ARGV[1]; Audit::Known->$reads($ARGV[0])', "$folder/known",
			  $reads // 'new');
	is("$result->{status}: $result->{err}", UNFIT . ": -e: $folder/known$message\n", $what);
}

my $EXPECTED = "expected 'RULE: KEY', or its judgment: 'bug: REASON' or 'harmless: REASON'";
unfit('no judgment', ":3: 'guest_rip' has no judgment", "# 6.12\n\ncopy-in: guest_rip\n");
unfit('twice', ":3: 'guest_rip' is already judged at $folder/known:1",
      "copy-in: guest_rip\n\tbug: x\ncopy-in: guest_rip\n\tbug: y\n");
unfit('another judgment', ":2: $EXPECTED", "copy-in: guest_rip\n\tfalse: x\n");
unfit('a judgment of nothing', ":1: $EXPECTED", "\tbug: x\n");
unfit('other words', ":1: $EXPECTED", "guest_rip\n");
unfit('no JSON', ' is not a report of an audit in JSON', "{\n", 'of_audit');
unfit('other JSON', ' is not a report of an audit in JSON', '{ "findings": 1 }', 'of_audit');
my $missing = call('Audit::Known->new("none")');
is("$missing->{status}: $missing->{err}", IO . ": -e: none: No such file or directory\n",
	'a file that is asked for is there');

spew("$folder/kernels/every", "copy-in: guest_rip\n\tbug: x\n");
spew("$folder/kernels/6.1", "words: a\n\tharmless: y\n");
spew("$folder/kernels/6.12", "# Nothing else.\n\ncopy-in: guest_rip\n\tharmless: y\n");
is_deeply(Audit::Known->of_kernel("$folder/kernels", '6.0')->{findings}, {},
	'a kernel of which nothing is known');
my $of_one = Audit::Known->of_kernel("$folder/kernels", '6.1')->{findings};
is_deeply([map { sort keys %$_ } @$of_one{qw(copy-in words)}],
	  [qw(guest_rip a)], 'what every kernel has, and what one has');
my $repeated = call('Audit::Known->of_kernel($ARGV[0], "6.12")', "$folder/kernels");
is("$repeated->{status}: $repeated->{err}",
   UNFIT . ": -e: $folder/kernels/6.12:3: 'guest_rip' is already judged at $folder/kernels/every:1\n",
   'a kernel repeats nothing that every kernel has');
for my $version (grep { $_ ne 'every' } map { s{.*/}{}r } glob("$GLUE/audit/known/*")) {
	my $known = Audit::Known->of_kernel("$GLUE/audit/known", $version);

	cmp_ok(scalar(map { keys %$_ } values %{ $known->{findings} }), '>', 30,
		"known of $version can be read");
}

spew("$folder/known", <<'END');
# What is known.

copy-in: guest_rip
	bug: it is lost,
	and found again

words: Not used: host_rip
	harmless: KVM never reads it
END
my $known = Audit::Known->new("$folder/known");
is_deeply($known->judged({ rule => 'copy-in', key => 'guest_rip' }),
	{ key => 'guest_rip', at => "$folder/known:3", judgment => 'bug',
	reason => 'it is lost, and found again' },
	  'a reason of two lines');
is($known->judged({ rule => 'words', key => 'Not used: host_rip' })->{judgment}, 'harmless',
	'a key with a colon');
is($known->judged({ rule => 'copy-back', key => 'guest_rip' }), undef,
	'a finding of another rule is not known');
is_deeply([$known->gone([{ rule => 'copy-in', key => 'guest_rip' }], { name => 'words' },
	{ name => 'copy-in' })], ['words: Not used: host_rip'],
	  'what is known and not found is gone');
is_deeply([$known->gone([], { name => 'layout' })], [], 'unless its rule was not run');

#
# The report
#

my %RIP = (rule => 'copy-in', key => 'guest_rip', at => 'a/nested.c:7', holds => 'it is copied',
	   does => 'it is not', sure => 'proven', guest => 'write it and enter',
	   chain => ['a/nested.c:9: guest_rip is read in f()', 'the spec: L1 writes it']);
my %RSP = (rule => 'words', key => 'Not used: host_rip', at => 'a/b.c:1', chain => [],
	   holds => "'Not used' is true", does => 'KVM reads it', sure => 'look');

sub report
{
	my ($known, $errors, @findings) = @_;
	my $audit = { findings => [map { { %$_ } } @findings], errors => $errors,
		notes => [{ rule => 'words', text => 'no claim' }],
		      target => { name => 'linux' }, kernel => bless({}, 'SixTwelve') };

	my @rules = map { { name => $_, statement => "What $_ says." } } qw(copy-in words);

	return Audit::Report->new($audit, \@rules, $known);
}

sub SixTwelve::version { return '6.12' }

my $nothing = Audit::Known->new;
my $full = report($nothing, [], \%RIP, \%RSP);

is($full->news, 2, 'two are new');
is($full->text(0), <<'END', 'a report of what is new');
a/nested.c:7: copy-in: guest_rip
	must hold: it is copied
	but: it is not
	  a/nested.c:9: guest_rip is read in f()
	  the spec: L1 writes it
	a guest sees it: write it and enter

a/b.c:1: words: Not used: host_rip: a reason to look
	must hold: 'Not used' is true
	but: KVM reads it

2 new, 0 known, 0 gone, 0 not told
END
my $partly = report($known, [{ rule => 'layout', text => 'the tree has no struct vmcs12' }], \%RIP);
is($partly->news, 1, 'what is gone is news');
is($partly->text(0), <<'END', 'a report of what is known, gone and not told');
known and gone: words: Not used: host_rip
error: layout: the tree has no struct vmcs12
0 new, 1 known (1 bug), 1 gone, 1 not told
END
my $failed = report($known, [{ rule => 'words', text => 'a comment has no end' }], \%RIP);
is($failed->text(0), <<'END', 'a rule that could not tell something says nothing of what is gone');
error: words: a comment has no end
0 new, 1 known (1 bug), 0 gone, 1 not told
END
like($partly->text(1), qr/^\tbug: it is lost, and found again\n\nknown and gone: .*\nnote: words: no claim\nerror: /m, 'with --all what is known is told, and notes');
is(join(', ', map { $_->{key} } @{ report($nothing, [], \%RIP, \%RIP)->{findings} }),
	'guest_rip, guest_rip (2)', 'findings of one key are told apart');

my $json = decode_json(report($known, [], \%RIP, \%RSP, \%RIP)->json);
is_deeply([sort keys %$json], [qw(errors findings gone kernel notes rules target)],
	'what the JSON has');
is_deeply($json->{findings}[0], { rule => 'copy-in', key => 'guest_rip', file => 'a/nested.c',
	line => 7, holds => 'it is copied', does => 'it is not',
				  sure => 'proven', chain => $RIP{chain}, guest => $RIP{guest},
				  known => { judgment => 'bug',
					reason => 'it is lost, and found again' } },
					'a finding in JSON');
is($json->{findings}[2]{known}, undef, 'the second of a key is not known by the first');
is_deeply($json->{rules}[0], { name => 'copy-in', statement => 'What copy-in says.' },
	'a rule in JSON');

# What another audit found.
spew("$folder/base.json", report($nothing, [], \%RSP)->json);
my $base = report(Audit::Known->of_audit("$folder/base.json"), [], \%RIP, \%RSP);
is($base->news, 1, 'what the base has is not new');
like($base->text(0), qr/^1 new, 1 known \(1 base\), 0 gone, 0 not told$/m, 'and is counted');
is(report(Audit::Known->of_audit("$folder/base.json"), [], \%RIP)->news, 1,
	'what only the base has is not gone: the branch may have mended it');

#
# SARIF 2.1.0: what its schema requires, and what CI systems ask for
#

my $sarif = decode_json(report($known, [{ rule => 'layout', text => 'no struct' }], \%RIP, \%RSP,
	\%RIP)->sarif);
my ($sarif_run) = @{ $sarif->{runs} };
is("$sarif->{version} " . @{ $sarif->{runs} }, '2.1.0 1', 'the version, and one run');
like($sarif->{'$schema'}, qr/sarif-2\.1\.0/, 'the schema');
is($sarif_run->{tool}{driver}{name}, 'vmcsgen audit', 'the tool');
my %ids = map { $_->{id} => $_ } @{ $sarif_run->{tool}{driver}{rules} };
is_deeply([map { $ids{$_}{fullDescription}{text} } sort keys %ids],
	['What copy-in says.', 'What words says.'], 'its rules');
is(scalar(@{ $sarif_run->{results} }), 3, 'all findings are results');
for my $result (@{ $sarif_run->{results} }) {
	ok($ids{ $result->{ruleId} }, "a result's rule is one of the tool's");
	like($result->{level}, qr/^(?:error|warning)$/, 'its level');
	ok(length($result->{message}{text}), 'its message');
	for my $location (@{ $result->{locations} }, @{ $result->{relatedLocations} }) {
		my $physical = $location->{physicalLocation};

		unlike($physical->{artifactLocation}{uri}, qr{^/|\s},
			'a location is a relative URI');
		cmp_ok($physical->{region}{startLine}, '>=', 1, 'and a line');
	}
}
is_deeply([map { scalar(@{ $_->{suppressions} // [] }) } @{ $sarif_run->{results} }], [1, 1, 0],
	'what is known is suppressed');
is($sarif_run->{results}[0]{suppressions}[0]{justification}, 'bug: it is lost, and found again',
	'with its reason');
is(scalar(@{ $sarif_run->{results}[0]{relatedLocations} }), 1,
	'evidence with a place is a related location');
is(scalar(keys %{ { map { $_->{partialFingerprints}{'vmcsgen/v1'} => 1 } @{
	$sarif_run->{results} } } }), 3, 'fingerprints differ');
ok(!$sarif_run->{invocations}[0]{executionSuccessful}, 'a rule that could not tell is told');
is($sarif_run->{invocations}[0]{toolExecutionNotifications}[0]{message}{text}, 'layout: no struct',
	'with what it could not');

#
# Names, encodings and controls
#

my $spec = Spec->new(spec_json_file());

is($spec->field($_)->{encoding}, '0x0000681e', "a field by its name '$_'")
	for qw(guest_rip GUEST_RIP);
is($spec->field('host_ssp_tbl')->{name}, 'host_intr_ssp_table', 'or by one that Linux has');
is($spec->field('no_such'), undef, 'there is no such field');
is($spec->number('TSC_MULTIPLIER_HIGH'), 0x2033, 'the number of a high half');
is($spec->number('GUEST_RIP_HIGH'), undef, 'a field of no halves has none');
is($spec->encoded(0x2033)->{name}, 'tsc_multiplier', 'the field of a high half');
is_deeply($spec->adders->{tsc_multiplier}, [{ word => 'secondary_vm_exec_control', bit => 25,
					      name => 'secondary_exec_tsc_scaling' }],
						'what adds a field');

sub lacking { return join(' ', sort map { $_->{name} } dependent($spec, @_)) }

my ($ept) = @{ $spec->adders->{ept_pointer} };
my ($secondary) = @{ $spec->adders->{secondary_vm_exec_control} };
like(lacking($ept), qr/^(?=.*\bsecondary_exec_enable_pml\b)(?=.*\bsecondary_exec_enable_ept\b)/,
     'a CPU without EPT lacks what needs it');
like(lacking($secondary), qr/\bpin_based_posted_intr\b.*\bsecondary_exec_enable_vpid\b/,
     'a CPU without a word lacks all its controls, and what needs them');
is(lacking(), '', 'a CPU that lacks nothing');
my %without = map { $_->{word} => 1 } WORDS;
@without{ map { $_->{word} } WORDS } = words_without($ept);
is(sprintf('%x', $without{secondary_vm_exec_control} & 0xf), 'd', 'the bit of EPT is clear');
is($without{vm_exit_controls}, ~0, 'and no bit of another word');

#
# Groups
#

my %copied = (groups => [qw(a b)], in => ['a'], always => '');

ok(Audit::CopyIn::is_right('a', \%copied), 'copied when its group is dirty');
ok(!Audit::CopyIn::is_right('b', \%copied), 'copied when another group is dirty');
ok(!Audit::CopyIn::is_right('any', \%copied), 'not copied when any group is');
ok(Audit::CopyIn::is_right('any', { %copied, in => [qw(a b)] }), 'copied when any group is');
ok(!Audit::CopyIn::is_right('always', { %copied, in => [qw(a b)] }),
	'no group says that it is clean');
ok(Audit::CopyIn::is_right($_, { %copied, always => 1 }), "copied always, and $_")
	for qw(a b any always);

#
# Evidence, comments and what they claim
#

is_deeply([Audit::Uses::evidence('x is read', { file => 'a.c', line => 3, in => 'f' },
	{ file => 'b.c', line => 1, in => 'g' })],
	  ['a.c:3: x is read in f()', 'b.c:1: x is read in g()'], 'evidence, line by line');

is_deeply([comments("a;\n/*\n * one:\n *\ttwo\n */\n// three\n  // more\ns = \"/* no */\"; /* four */\n")],
	  [{ line => 2, text => "\none:\ntwo\n" }, { line => 6, text => "three\nmore" },
		{ line => 8, text => 'four' }], 'comments, with their lines');

sub claims
{
	my ($text) = @_;

	return join('; ', map { "$_->{line} $_->{says}" . ($_->{asks} ? '?' : ':') . ' ' .
		join(' ', map { "$_->{name}\@$_->{line}" } @{
		$_->{names} }) } Audit::Words::claims({ line => 10, text => $text }));
}

is(claims("Not present in struct vmcs12:\nvmcs12->guest_ssp = evmcs->guest_ssp;\n\nRead only fields:\nPLE_GAP = 0x4020,"),
   '10 Not present in struct vmcs12: guest_ssp@11; 13 Read only fields: PLE_GAP@14', 'two claims');
is(claims("Not used?\nvmcs12->a =\n\t evmcs->a;\n\nvmcs12->b = evmcs->b;"),
	'10 Not used? a@11 b@14', 'a question, lines that go on, and empty ones');
is(claims("Not used:\n\nEVMCS1_FIELD(0x1, a,\n\t     GROUP_1),\nEVMCS1_FIELD(0x2, b,\n GROUP),"),
	'10 Not used: a@12 b@14', 'entries that go on');
is(claims("Not used:\nvmcs12->a = evmcs->a;\nOther words end it.\nvmcs12->b = evmcs->b;"),
	'10 Not used: a@11', 'other words end a claim');
is(claims("vmcs12->a = 1: that is set"), '', 'a name without a claim');
is(claims("For instance:\nno names"), '', 'a claim without a name');

#
# Rules on an audit that only collects findings
#

sub StubRoles::function { return { name => $_[1] =~ s/ /_/gr, file => 'a.c', line => 1 } }
sub Stub::finding { my ($stub, %finding) = @_; push @{ $stub->{findings} }, \%finding }

# What a function of a rule finds.
sub found
{
	my ($function, $members, @arguments) = @_;
	my $stub = bless({ roles => bless({}, 'StubRoles'), spec => $spec, findings => [],
			   %$members }, 'Stub');

	$function->($stub, @arguments);
	return map { ($_->{sure} // 'proven') . ": $_->{key}: $_->{does}" } @{ $stub->{findings} };
}

my $untrue = sub { return ('KVM reads it') };
my $named = { name => 'guest_rip', line => 8 };

is_deeply([found(\&Audit::Words::check_claim, {}, 'a.c', { says => 'Not used', asks => $_, line => 7 },
		 $named, $untrue)], [($_ ? 'look' : 'proven') . ': Not used: guest_rip: KVM reads it'],
	  $_ ? 'a question is a reason to look' : 'a claim is proven to be wrong') for 0, 1;
is_deeply([found(\&Audit::Words::check_claim, {}, 'a.c', { says => 'Not used', line => 7 },
		 $named, sub { return })], [], 'a true claim');

my $pointer = $spec->field('ept_pointer');

# What is found on a CPU where L1 is offered EPT, or not, and finds the EPT pointer, or not.
sub existence
{
	my ($offered, $found) = @_;
	my $encoding = hex($pointer->{encoding});
	my %members = (existence => { anywhere => { map { $_ => 1 } $encoding, $encoding + 1 } });
	my $cpu = { lacking => ['x'], found => { $found ? %{ $members{existence}{anywhere} } : () },
		    offered => { $ept->{word} => $offered << $ept->{bit} } };

	return [found(\&Audit::Existence::check_offered, \%members, $cpu, $ept, $pointer),
		found(\&Audit::Existence::check_not_offered, \%members, $cpu, [$ept], $pointer)];
}

is_deeply(existence(1, 1), [], 'a control is offered, and its field is found');
is_deeply(existence(0, 0), [], 'neither');
is_deeply(existence(1, 0), ['proven: ept_pointer with secondary_exec_enable_ept: on a CPU without x ' .
	  "L1 is offered secondary_exec_enable_ept, and can't find ept_pointer"],
	  'a control is offered, and its field is not found');
is_deeply(existence(0, 1), ['look: ept_pointer without secondary_exec_enable_ept: on a CPU without x ' .
	  'L1 finds ept_pointer, and no control that it is offered adds it'],
	  'a field is found, and no control is offered');

#
# The host's program: questions.h is what both sides see
#

for my $cc (compilers()) {
	my $result = compile(cc => $cc, source => "$GLUE/audit/host.c",
		flags => [qw(-Wall -Wextra -Werror -O1)]);

	is("$result->{status}$result->{err}", 0, "host.c compiles with $cc");
	$result = compile(cc => $cc, source => qq(#include "$GLUE/audit/questions.h"\n#include "$GLUE/audit/questions.h"\n), flags => [qw(-Wall -Wextra -Werror)]);
	is("$result->{status}$result->{err}", 0, "questions.h compiles alone, and twice, with $cc");
}

done_testing();
