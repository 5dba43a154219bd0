#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What the program says about faulty input, to the letter.  Each file in faults/
# holds at its end the command's options, its exit status and all that it prints:
#
#	# expect-options: check -W unused-field
#	# expect-status: 3
#	# expect:
#	#| faulty.vmcs:3:1: error: ...
#
# `faults.t --bless FILE...` writes what the program says now into these files;
# read the difference before it is committed.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $faults = "$FindBin::Bin/faults";
my $usage = "usage: vmcsgen VERB [-s SPEC] [options] ARGUMENTS\nvmcsgen --help says more\n";

# Messages that no file can bring about, and why.
my %UNREACHED = (
	'gen/language/parser.y: %s' => 'bison\'s own words, when its stack overflows: the grammar nests ' .
			      'three blocks deep at most',
	'gen/language/place.c: \'%s\' builds on %d revisions, each on the next: that is too deep' =>
		'it takes a thousand revisions, which bounds.t makes',
	'gen/language/include.c: files include each other too deep here' =>
		'it takes 200 files, which bounds.t makes',
	'gen/base/source.c: \'%s\' is larger than 1 GiB' => 'no file of that size is kept here',
);

# A file of faults/: its text, and what is expected of it.
sub read_expectation
{
	my ($path) = @_;
	my ($text, $lines) = slurp($path) =~ /\A(.*?)^(# expect.*)\z/ms
		or return { text => slurp($path), options => 'check', status => '', output => '' };
	my ($options) = $lines =~ /^# expect-options: (.*)$/m;
	my ($status) = $lines =~ /^# expect-status: (\d+)$/m;

	return {
		text => $text, options => $options // 'check', status => $status // '',
		output => join('', map { /^#\|(?: (.*))?$/ ? ($1 // '') . "\n" : () }
			       split(/\n/, $lines)),
	};
}

sub check_file
{
	my ($name, $options, @more) = @_;

	return run({ dir => $faults, env => { NO_COLOR => 1 } }, vmcsgen(), split(' ', $options),
		   '-s', $name, @more);
}

# The end of a file may be what it is about, so that its length must settle.
sub bless_file
{
	my ($name) = @_;
	my $before = '';

	for (1 .. 3) {
		my $expected = read_expectation("$faults/$name");
		my $result = check_file($name, $expected->{options});
		my $options = $expected->{options} eq 'check' ? '' :
			      "# expect-options: $expected->{options}\n";
		my $lines = join('', map { $_ eq '' ? "#|\n" : "#| $_\n" }
				     split(/\n/, $result->{err} . $result->{out}));

		$lines = "# expect:\n$lines" if $lines ne '';
		spew("$faults/$name", $expected->{text}, $options,
		     "# expect-status: $result->{status}\n$lines");
		last if $lines eq $before;
		$before = $lines;
	}
}

if (@ARGV && $ARGV[0] eq '--bless') {
	bless_file($_ =~ s{.*/}{}r) for @ARGV[1 .. $#ARGV];
	exit;
}

#
# Every file prints what it says
#

my @files = map { s{.*/}{}r } glob("$faults/*.vmcs");
my (%printed, %options);

for my $name (@files) {
	my $expected = read_expectation("$faults/$name");
	my $result = check_file($name, $expected->{options});

	$options{$name} = $expected->{options};
	$printed{$name} = $result->{err};
	is($result->{err} . $result->{out}, $expected->{output}, "$name: what it prints");
	is($result->{status}, $expected->{status}, "$name: exit status");
}
cmp_ok(scalar(grep { /error|warning/ } values %printed), '>=', 70, 'at least 70 faulty files');

#
# Every message of the front end and of the checks is printed by one of them
#

# The arguments of a call whose opening bracket is after pos().
sub arguments
{
	my ($text) = @_;
	my ($depth, @arguments) = (0, '');

	while ($$text =~ /\G("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)'|.)/gcs) {
		my $token = $1;

		return @arguments if $token eq ')' && !$depth;
		$depth += $token eq '(' ? 1 : $token eq ')' ? -1 : 0;
		if ($token eq ',' && !$depth) {
			push @arguments, '';
		} else {
			$arguments[-1] .= $token;
		}
	}
	die "a call does not end\n";
}

# The formats in an argument: neighbouring strings are one.
sub formats
{
	my ($argument) = @_;
	my @formats;

	while ($argument =~ /((?:"(?:[^"\\]|\\.)*"\s*)+)/g) {
		push @formats, join('', $1 =~ /"((?:[^"\\]|\\.)*)"/g) =~ s/\\(.)/$1/gr;
	}
	return @formats;
}

sub formats_of_file
{
	my ($path) = @_;
	my %place = (report_error => 2, report_note => 2, check_report => 3, report_not_known => 4);
	my $text = slurp($path) =~ s{/\*.*?\*/}{}gsr;
	my @formats;

	while ($text =~ /\b(report_error|report_note|check_report|report_not_known)\(/g) {
		my $call = $1;

		push @formats, formats((arguments(\$text))[$place{$call}] // '');
	}
	return @formats;
}

my $all = join('', values %printed);
my $messages = 0;

for my $path (map { glob(root() . "/gen/$_") }
	      qw(language/*.[cyl] base/source.c check/check_*.c compare/check_*.c)) {
	my $file = $path =~ s{.*/gen/}{gen/}r;

	for my $format (formats_of_file($path)) {
		my $pattern = join('.*', map { quotemeta }
				       split(/%(?:\.\*)?\d*(?:ll|z)?[a-zA-Z]/, $format, -1));
		my $seen = $format ne '%s' &&
			   $all =~ /(?:error|warning|note): $pattern(?: \[-W.*\])?$/m;

		$messages++;
		if ($UNREACHED{"$file: $format"}) {
			ok(!$seen, "$file: '$format' is printed by no file");
		} else {
			ok($seen, "$file: '$format' is printed");
		}
	}
}
cmp_ok($messages, '>', 100, 'the messages were found');

#
# Every check, and -W
#

# The program is used wrongly, and says how.
sub wrong
{
	my ($message, @arguments) = @_;
	my $result = run({ dir => root() }, vmcsgen(), @arguments);

	is($result->{err}, "vmcsgen: $message\n$usage", "wrong usage: @arguments");
	is($result->{out}, '', "nothing on standard output: @arguments");
	is($result->{status}, 2, "exit status: @arguments");
}

my @checks = map { [split(' ', $_, 3)] } split(/\n/, ok_run(vmcsgen(), '--help=checks'));

cmp_ok(scalar(@checks), '>=', 30, 'the checks were found');

# How the messages of a check begin, as far as they are printed.
sub severity
{
	my ($text, $check) = @_;
	my %severities = map { $_ => 1 } $text =~ /: (error|warning): .* \[-W\Q$check\E\]$/mg;

	return join(' and ', sort keys %severities) || 'off';
}

# The file that brings a check about says it in that severity and nothing else, with these
# options in place of its own -W.
sub try_severity
{
	my ($check, $severity, @options) = @_;
	my $result = check_file("$check.vmcs", $options{"$check.vmcs"} =~ s/-W (?:error=)?$check\b//r,
				map { ('-W', $_) } @options);
	my $options = join(' ', map { "-W $_" } @options) || 'no option';

	is(severity($result->{err}, $check), $severity, "$check, $options: $severity");
	is($result->{status}, $severity eq 'error' ? 1 : 0, "$check, $options: exit status");
	unlike($result->{err}, qr/^\S+: (?:error|warning): (?!.* \[-W\Q$check\E\]$)/m,
	       "$check, $options: no message of another check");
}

# What each check has of its own: that it is off where it is turned off, also where another one
# needs it, and that its messages have the severity that is asked for, whatever its default.
for (@checks) {
	my ($check, $default) = @$_;

	ok(-e "$faults/$check.vmcs", "$check has a file that brings it about");
	ok(-e "$faults/$check-not.vmcs", "$check has a file that nearly does");
	is($printed{"$check-not.vmcs"}, '', "$check: nearly is not");
	if ($default eq 'off') {
		like($options{$_}, qr/-W $check\b/, "$check: it is on in $_")
			for "$check.vmcs", "$check-not.vmcs";
		try_severity($check, 'off');
	} else {
		is(severity($printed{"$check.vmcs"}, $check), $default, "$check, no option: $default");
		try_severity($check, 'off', "no-$check");
	}
	if ($default eq 'error') {
		try_severity($check, 'warning', $check);
	} else {
		try_severity($check, 'error', "error=$check");
		try_severity($check, $default eq 'off' ? 'off' : 'error', 'error');
	}
}

# What all share, for one check of each default: the last option about a check counts, and
# -W error counts for what is on, before it and after it.
for (['encoding-bits', 'error'], ['unused', 'warning'], ['unused-field', 'off']) {
	my ($check, $default) = @$_;

	try_severity($check, 'warning', $check);
	try_severity($check, 'off', "no-$check");
	try_severity($check, 'error', "error=$check");
	try_severity($check, $default eq 'off' ? 'off' : 'warning', "no-error=$check");
	try_severity($check, $default eq 'off' ? 'off' : 'error', 'error');
	try_severity($check, 'error', $check, 'error');
	try_severity($check, 'error', 'error', $check);
	try_severity($check, 'warning', 'error', $check, "no-error=$check");
	try_severity($check, 'off', "error=$check", "no-$check");
	try_severity($check, 'error', "no-$check", "error=$check");
}

# An option about one check is about no other.
{
	my $result = run({ stdin => <<'END' }, vmcsgen(), 'check', '-s', '/dev/stdin',
fields {
	0x4000  first
	0x4000  second
	0x4003  third
}
bits nobody u32 {
	all  32
}
END
			 map { ('-W', $_) } qw(no-encoding-bits encoding-twice error=unused));

	is(join(' ', map { severity($result->{err}, $_) } qw(encoding-bits encoding-twice unused)),
	   'off warning error', 'each of three checks has its own severity');
	is($result->{status}, 1, 'one of them fails');
}

# One name is the beginning of others.
wrong("-W $_ names no check; --help=checks lists them", 'check', '-W', $_)
	for qw(error-unused no-unused- no-error-unused error=no-unused UNUSED unuse unused-f);

#
# Wrong usage
#

wrong('a verb is missing');
wrong("'compile' is not a verb", 'compile');
wrong("'-' is not a verb", '-');
wrong('gen takes no arguments', 'gen', 'out');
wrong('check takes no arguments', 'check', 'spec/vmcs.vmcs');
wrong('list takes no arguments', 'list', 'evmcs');
wrong('layout takes LAYOUT/REVISION', 'layout');
wrong('layout takes LAYOUT/REVISION', 'layout', 'evmcs/tlfs-5.0', 'evmcs/tlfs-6.0');
wrong('diff takes A [B]', 'diff');
wrong('fmt takes FILE...', 'fmt');
wrong('freeze takes LAYOUT/REVISION...', 'freeze');
wrong('import takes no arguments', 'import', 'x.h');
wrong('verify takes LAYOUT/REVISION FILE', 'verify', 'evmcs/tlfs-5.0');
wrong('convert takes LAYOUT/REVISION [FILE]', 'convert');
wrong('decode takes [FILE]', 'decode', 'a', 'b');
wrong("--names is linux or tlfs, not 'sdm'", 'layout', 'evmcs/tlfs-5.0', '--names=sdm');
wrong("--color is auto, always or never, not 'red'", 'check', '--color=red');
wrong("there is no help about 'templates'", '--help=templates');
wrong("-W  names no check; --help=checks lists them", 'check', '-W', '');
wrong("-W error= names no check; --help=checks lists them", 'check', '-W', 'error=');
wrong("-W no- names no check; --help=checks lists them", 'check', '-Wno-');
wrong('check takes no --git', 'check', '--git=x', '--tlfs=y');
wrong('check takes no -i', 'check', '-i');
wrong('list takes no -M', 'list', '-MD');
wrong('fmt takes no --out', 'fmt', '-o', 'x', 'spec/vmcs.vmcs');
wrong('verify takes no --bits', 'verify', 'a/b', 'c', '--bits=x');
wrong('-o requires a name', 'gen', '-o', '');
wrong('gen takes no --from', 'gen', '--from', 'vmcs12/linux-6.1');
wrong('check takes no --target', 'check', '--target', 'linux');
wrong('-MF requires an argument', 'gen', '-MF');
wrong('-MT requires an argument', 'gen', '-MT');
wrong('-MQ means nothing: -MD, -MF FILE, -MT TARGET, -MP', 'gen', '-MQ');

# The options that getopt() knows to be wrong it reports itself.
for ([['--frobnicate', 'check'], "unrecognized option '--frobnicate'"],
     [['-x', 'check'], "invalid option -- 'x'"],
     [['gen', '-M'], "option requires an argument -- 'M'"],
     [['check', '-s'], "option requires an argument -- 's'"],
     [['check', '--spec'], "option '--spec' requires an argument"],
     [['check', '--check=all'], "option '--check' doesn't allow an argument"]) {
	my ($arguments, $message) = @$_;
	my $result = run({ dir => root() }, vmcsgen(), @$arguments);

	is($result->{status}, 2, "exit status: @$arguments");
	is($result->{err}, "vmcsgen: $message\n$usage", "wrong usage: @$arguments");
}

# What the spec or the templates do not have is bad input, not wrong usage.
my $see_list = "'vmcsgen list' prints those that it has";
my $missing = 'No such file or directory';

for my $case (
	[['layout', 'evmcs/tlfs-9.9'], "the spec has no revision 'evmcs/tlfs-9.9'; $see_list"],
	[['layout', 'evmcs'], "the spec has no revision 'evmcs'; $see_list"],
	[['freeze', 'nothing/here'], "the spec has no revision 'nothing/here'; $see_list"],
	[['check', '-s', 'spec/none.vmcs'], "cannot open 'spec/none.vmcs': $missing"],
	[['gen', '--target', 'windows', '-o', '/dev/null/out'], "the spec has no target 'windows'"],
	[['fmt', 'spec/none.vmcs'], "cannot open 'spec/none.vmcs': $missing"],
) {
	my ($arguments, $message) = @$case;
	my $result = run({ dir => root() }, vmcsgen(), @$arguments);

	is($result->{err}, "vmcsgen: error: $message\n", "@$arguments");
	is($result->{out}, '', "nothing on standard output: @$arguments");
	is($result->{status}, 3, "exit status: @$arguments");
}

for my $case (['list', 'yaml'], ['list', '../views/list.text'],
	      ['layout', 'yaml', 'evmcs/tlfs-5.0']) {
	my ($verb, $format, @arguments) = @$case;
	my $result = run({ dir => root() }, vmcsgen(), $verb, @arguments, "--format=$format");

	is($result->{err}, "vmcsgen: error: $verb has no format '$format'\n", "$verb as $format");
	is($result->{out}, '', "nothing on standard output: $verb as $format");
	is($result->{status}, 2, "exit status: $verb as $format");
}

#
# Help
#

my $help = ok_run(vmcsgen(), '--help');
my ($version) = slurp(root() . '/Makefile') =~ /^VERSION\s*:=\s*(\S+)$/m;

is($help, <<'END', '--help');
usage: vmcsgen VERB [-s SPEC] [options] ARGUMENTS

verbs:
  gen                            write every file that the templates in TEMPLATES/out make
  check                          check the spec and write nothing
  field   [WHAT...]              say all that is known of a field, a control or a place
  names   TEMPLATE               print the names that a template may use
  list                           print the layouts and their revisions
  layout  LAYOUT/REVISION        print where the members of a revision lie
  diff    A [B]                  print what differs between two revisions
  fmt     FILE...                print spec files in their canonical form
  freeze  LAYOUT/REVISION...     write the tables that freeze revisions
  import                         print a revision that is declared elsewhere, in the language of the spec
  verify  LAYOUT/REVISION FILE   compare a revision with a struct in C, or in what was compiled
  convert LAYOUT/REVISION [FILE] turn images, or KVM's saved nested states, into another revision
  decode  [FILE]                 print a VMCS: an image, KVM's saved state, a dump or a list

options:
  -s, --spec FILE        the spec's root file (spec/vmcs.vmcs)
  -t, --templates DIR    the folder of the templates (templates)
  -o, --out DIR          the folder that gen writes to (out), the file of convert
      --target NAME      gen: make the files of this target alone, in DIR
  -W NAME                turn a check on, as a warning
  -W no-NAME             turn a check off
  -W error=NAME          let a check fail (no-error=NAME: only warn)
  -W error               let every warning fail
      --format FORMAT    text, json, csv (list, layout), html (field, layout, diff) or
                         svg (layout, diff)
      --names linux|tlfs whose names field, layout, diff and decode print
      --old-spec FILE    diff: take A from this spec
      --git COMMIT       diff: take A from the spec of this commit
      --against SPEC     check: compare the spec with another, a file or a commit
      --dump STAGE       check: print the spec as tokens, tree, spec or model
  -i                     fmt: change the files
      --check            fmt: print the names of files that would change
      --tlfs PAGE        import: from this page of the TLFS, in Markdown
      --c FILE           import: from this file: C, or an object, a module, vmlinux, BTF
      --name LAYOUT/NAME import: the revision to print
      --from LAYOUT/NAME import: print what differs from this one, if that is shorter;
                         convert, decode: the revision to assume if its id is ambiguous
      --scan[=all]       decode: find pages in a memory image, and print those that
                         are likely to be VMCSs, or all that have an id
      --struct NAME      import, verify: the struct, if not the one of the layout
      --map THEIRS=OURS  import, verify: what the spec calls a member of the struct
      --bits NAME        import: this member is new, and not a field
      --encodings TABLE[:BYTES]
                         import, verify: find fields by TABLE, like one of KVM's
      --kernel-types     import, verify: declare u32, __packed and the like
      --btf-base FILE    import, verify: the kernel that a module's types refer to
      -- FLAG...         import, verify: for the compiler, which is $CC or cc
  -MD                    gen: write the files read as a make rule
  -MF FILE               to this file (OUT.d)
  -MT TARGET             for this target (OUT)
  -MP                    with an empty rule for every file read
      --color WHEN       auto, always, never; NO_COLOR is honoured
      --help[=checks]    print this, or the checks
      --version          print the version

exit status: 0 fine, 1 a check failed or a difference, 2 wrong usage, 3 bad input, 4 I/O failed
END
is(ok_run(vmcsgen(), 'check', '--help'), $help, '--help after a verb');
is(ok_run(vmcsgen(), '--version'), "vmcsgen $version\n", '--version');
like($_->[2], qr/^\S.*[^.]$/, "$_->[0]: the check is explained in --help=checks") for @checks;
like($_->[1], qr/^(?:off|warning|error)$/, "$_->[0]: with its severity") for @checks;

done_testing();
