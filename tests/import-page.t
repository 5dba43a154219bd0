#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Import of a page of the TLFS.  The pages are made here, from the spec by a template,
# with the faults that the real ones have; each file in pages/faults edits one, and
# holds what is said of it then.
#
#	import-page.t --bless FILE...	write what is said into the files
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $tests = root() . '/tests';
my @SPEC = ('-s', root() . '/spec/vmcs.vmcs');
my $dir = tempdir();

# A revision as a page, with the errors that every real page has.
sub page
{
	my ($revision) = @_;
	my $text = ok_run(vmcsgen(), 'layout', @SPEC, '-t', "$tests/pages", '--names=tlfs',
			  '--format=md', $revision);

	$text =~ s/^\|.* HostRip .*\n//m or die "no row of HostRip\n";
	$text =~ s/0x00004c00/0x00006c16/ or die "no row of HostSysenterCsMsr\n";
	return $text =~ s/^( +)u(\d+) /$1UINT$2 /gmr;
}

# What import says of a page: its status, its output, and its messages.
sub import_page
{
	my ($text, $from, @options) = @_;

	spew("$dir/page.md", $text);
	return run({ dir => "$dir" }, vmcsgen(), 'import', @SPEC, '-t', root() . '/templates',
		   '--tlfs', 'page.md', '--name', 'evmcs/imported', '--from', $from, @options);
}

# The messages without those about known errata, of which each has three lines.
sub beside_errata
{
	my ($text) = @_;
	my $root = root();

	$text =~ s/^page\.md:\d+:\d+: warning: known erratum: .*\n.*\n.*\n//gm;
	return $text =~ s/^\Q$root\E\///gmr;
}

#
# Faulty pages
#

my $good = page('evmcs/tlfs-2022');

sub fault
{
	my ($file) = @_;
	my ($head, $expected) = slurp($file) =~ /\A(.*?)(?:^expect:\n(.*))?\z/ms;
	my @edits = grep { !/^#/ } split(/\n/, $head);
	local $_ = $good;

	for my $edit (@edits) {
		my $before = $_;

		eval "$edit; 1" or die "$file: $edit: $@";
		$_ ne $before or die "$file: '$edit' changes nothing\n";
	}
	my $result = import_page($_, 'evmcs/tlfs-2022');

	return { head => $head, expected => ($expected // '') =~ s/^\| ?//gmr,
		 said => beside_errata($result->{err}) . $result->{out},
		 status => $result->{status} };
}

if (@ARGV && $ARGV[0] eq '--bless') {
	for my $file (@ARGV[1 .. $#ARGV]) {
		my $fault = fault($file);

		spew($file, $fault->{head}, "expect:\n",
		     $fault->{said} =~ s/^(.?)/$1 eq '' ? '|' : "| $1"/gmer =~ s/\|\z//r);
	}
	exit 0;
}

my @faults = glob("$tests/pages/faults/*.fault");

cmp_ok(scalar @faults, '>=', 30, 'faulty pages: ' . @faults);
for my $file (@faults) {
	my $fault = fault($file);
	my ($name) = $file =~ m{([^/]+)$};

	is($fault->{said}, $fault->{expected}, "$name: what is said");
	is($fault->{status}, 3, "$name: exit status");
}

#
# Pages made from the spec
#

my @REVISIONS = map { "evmcs/tlfs-$_" } qw(5.0 6.0 2021 2022);

# The spec with a block after it, as layout shows the revision.
sub placed
{
	my ($block) = @_;

	spew("$dir/new.vmcs", 'include "' . root() . "/spec/vmcs.vmcs\"\n$block");
	return ok_run(vmcsgen(), 'layout', '-s', "$dir/new.vmcs", '-t', root() . '/templates',
		      '--names=tlfs', '--format=csv', 'evmcs/imported');
}

for my $to (0 .. $#REVISIONS) {
	my $csv = ok_run(vmcsgen(), 'layout', @SPEC, '-t', root() . '/templates', '--names=tlfs',
			 '--format=csv', $REVISIONS[$to]);

	for my $from (0 .. $to) {
		my $title = "$REVISIONS[$to] from $REVISIONS[$from]";
		my $result = import_page(page($REVISIONS[$to]), $REVISIONS[$from]);
		my $known = () = $result->{err} =~ /^page\.md:\d+:\d+: warning: known erratum: /gm;

		is($result->{status}, 0, "$title: imported");
		is(beside_errata($result->{err}), '', "$title: nothing but known errata");
		is($known, 24, "$title: all of which are met");
		# A hole of the base is not written out by the page, and has another name.
		is(placed($result->{out}) =~ s/^pad_\d+,/hole,/gmr, $csv =~ s/^pad_\d+,/hole,/gmr,
		   "$title: the same layout");
		is($result->{out}, <<"BLOCK", "$title: nothing to say") if $from == $to;
revision evmcs/imported same as @{[$REVISIONS[$from] =~ s{.*/}{}r]}
BLOCK
	}
}

# The block of the spec itself, but for what no page can tell.
{
	my ($block) = slurp(root() . '/spec/evmcs.vmcs') =~
		m{^revision evmcs/tlfs-2021 .*?\n(.*?)^\}}ms;
	my $result = import_page(page('evmcs/tlfs-2021'), 'evmcs/tlfs-6.0');
	my ($imported) = $result->{out} =~ /\A.*?\n(.*?)^\}/ms;

	is($imported =~ s/^\tsource .*\n//r,
	   $block =~ s/^\tsource .*\n//r =~ s/  lookup none$//gmr,
	   'the block of tlfs-2021 is the one in the spec, but for the look-ups');
}

#
# The same in another form
#

my %FORMS = (
	'carriage returns' => sub { s/\n/\r\n/g },
	'tabs' => sub { s/^    /\t/gm },
	'names in backticks' => sub { s/\| (\w+) \|/| `$1` |/g },
	'names as links' => sub { s/\| (Guest\w+) \|/| [$1](https:\/\/example.org\/$1) |/g },
	'names in bold' => sub { s/\| (\w+) \|/| **$1** |/g },
	'escaped underlines' => sub { s/\| (\w+_\w+) \|/'| ' . $1 =~ s{_}{\\_}gr . ' |'/ge },
	'a line break in a cell' => sub { s/NONE \(/NONE<br>(/g },
	'no bars at the ends' => sub { s/^\| (.*) \|$/$1/gm },
	'another order of columns' => sub { s/^\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|$/|$4|$2|$1|$3|/gm },
	'one column more' => sub { s/^(\|[^-].*)$/$1 more |/gm; s/^(\|-.*)$/$1---|/gm },
	'no sizes' => sub { s/^\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|$/|$1|$2|$4|/gm },
	'tildes around the code' => sub { s/```/~~~/g },
	'another language of the code' => sub { s/```c/```cpp/ },
	'a tag' => sub { s/typedef struct/typedef struct _HV_VMX_ENLIGHTENED_VMCS/ },
	'comments' => sub { s{;$}{; // the member; of this line}gm; s{^typedef}{/* struct X; */\ntypedef}m },
	'whole names of groups' => sub { s/\| (CRDR|HOST_GRP1) \|/| HV_VMX_ENLIGHTENED_CLEAN_FIELD_$1 |/g },
	'capitals in encodings' => sub { s/(0x)(\w+)/$1\U$2/g },
	'another table in front' => sub { s/^## Enc/| a | b |\n|---|---|\n| c | d |\n\n## Enc/m },
	'code of another language' => sub { s/^## Enc/```json\n{ "x": 1 }\n```\n\n## Enc/m },
	'a table of other names after' => sub { s/\z/\n| Name | Encoding |\n|---|---|\n| a | 1 |\n/ },
	'names in comments' => sub { s{UINT64 HostCr0;}{/* HostCr0 and HostCr3 */ UINT64 HostCr0; // HostCr0} },
	'no defines' => sub { s/^#define.*\n//gm },
);

for my $form (sort keys %FORMS) {
	my $text = $good;

	$FORMS{$form}->() for $text;
	isnt($text, $good, "$form: changes the page");
	is(import_page($text, 'evmcs/tlfs-2022')->{out}, <<'BLOCK', "$form: the same");
revision evmcs/imported same as tlfs-2022
BLOCK
}

#
# What is new
#

{
	my $text = $good;

	$text =~ s/UINT64 Rsvd8;/UINT64 GuestIa32NewThing;/;
	$text =~ s/UINT64 Rsvd7\[2\];/UINT32 HostNewLimit;\n    UINT32 Rsvd7;\n    UINT64 Rsvd8;/;
	$text =~ s/UINT32 Rsvd5;/UINT32 VpNumber;/;
	$text .= "| 0x0000283e | GuestIa32NewThing | 8 | GUEST_GRP1 |\n" .
		 "| 0x00004c02 | HostNewLimit | 4 | HOST_GRP1 |\n";
	my $result = import_page($text, 'evmcs/tlfs-2022');

	is(beside_errata($result->{err}), <<'MESSAGES', 'a new member without a row');
page.md:180:12: error: 'VpNumber' has no row in the table
  180 |     UINT32 VpNumber;
      |            ^~~~~~~~
vmcsgen: note: 'page.md': 24 known errata, 1 new error
MESSAGES
	spew("$dir/errata.vmcs", 'include "' . root() . "/spec/vmcs.vmcs\"\n" .
	     "errata evmcs {\n\tno row VpNumber  because \"an example\"\n}\n");
	$result = run({ dir => "$dir" }, vmcsgen(), 'import', '-s', 'errata.vmcs', '-t',
		      root() . '/templates', '--tlfs', 'page.md', '--name', 'evmcs/imported',
		      '--from', 'evmcs/tlfs-2022');
	is($result->{out}, <<'BLOCK', 'an erratum lets it in; fields are proposed');
fields {
	0x4c02  host_new_limit        tlfs HostNewLimit
	0x283e  guest_ia32_new_thing  tlfs GuestIa32NewThing
}

revision evmcs/imported from tlfs-2022 {
	source  "page.md, struct HV_VMX_ENLIGHTENED_VMCS"
	at  844   u32 vp_number  tlfs VpNumber
	at  944   host_new_limit  clean host_grp1
	at  1016  guest_ia32_new_thing  clean guest_grp1
	at  948   pad u32 pad_948  tlfs Rsvd7
	at  952   pad u64 pad_952  tlfs Rsvd8
}
BLOCK
	like(placed("errata evmcs {\n}\n" . $result->{out}), qr/^HostNewLimit,944,4,1,0x00004c02,HOST_GRP1$/m,
	     'and the block is placed');
}

#
# Faults that errata repair: any cell may have one
#

sub imported_with
{
	my ($text, $errata) = @_;

	spew("$dir/page.md", $text);
	spew("$dir/errata.vmcs", 'include "' . root() . "/spec/vmcs.vmcs\"\nerrata evmcs {\n$errata}\n");
	return run({ dir => "$dir" }, vmcsgen(), 'import', '-s', 'errata.vmcs', '-t',
		   root() . '/templates', '--tlfs', 'page.md', '--name', 'evmcs/imported',
		   '--from', 'evmcs/tlfs-2022');
}

for my $case (
	['an unknown clean field', 'CONTROL_GRP2', 'CONTROL_GRP22',
	 "'CONTROL_GRP22' is not a clean field of 'evmcs'", 'clean CONTROL_GRP22 is CONTROL_GRP2'],
	['a clean field with blanks', 'CONTROL_GRP2', 'Control group 2 (see below)',
	 "'Control group 2 (see below)' is not a clean field of 'evmcs'",
	 'clean "Control group 2 (see below)" is CONTROL_GRP2'],
	['no clean field', 'CONTROL_GRP2', '', 'the row has no clean field',
	 'clean "" is CONTROL_GRP2'],
	['no number', '0x00002010', '0x0000201O', "'0x0000201O' is not a number", '"0x0000201O" is 0x2010'],
	['no encoding', '0x00002010', '', 'the row has no encoding', '"" is 0x2010'],
	['another encoding', '0x00002010', '0x00002020',
	 "the encoding of 'TscOffset' is 0x00002010", '0x2020 is 0x2010'],
	['no size', '8', 'eight', "'eight' is not a number", 'size "eight" is 8'],
	['another size', '8', '4', "'TscOffset' has 8 bytes", 'size 4 is 8'],
) {
	my ($title, $from, $to, $error, $erratum) = @$case;
	(my $text = $good) =~ s/^(\| 0x00002010 .*)$/$1 =~ s{\Q$from\E(?= *\|)}{$to}r/me or die "$title\n";

	isnt($text, $good, "$title: changes the page");
	my @errors = imported_with($text, '')->{err} =~ /: error: (.*)$/mg;
	is_deeply(\@errors, [$error], "$title: what is said without an erratum");
	my $result = imported_with($text, "\trow TscOffset $erratum  because \"a test\"\n");
	is($result->{out}, "revision evmcs/imported same as tlfs-2022\n", "$title: repaired")
		or diag($result->{err});
}
{
	(my $text = $good) =~ s/^(\| 0x00002010 +\| )TscOffset/$1Tsc Offset/m;
	my $result = imported_with($text, '');
	is_deeply([$result->{err} =~ /: error: (.*)$/mg],
		  ["no member is called 'Tsc Offset'"], 'a row of another name');
	$result = imported_with($text, "\trow \"Tsc Offset\" as TscOffset  because \"a test\"\n");
	is($result->{out}, "revision evmcs/imported same as tlfs-2022\n", 'repaired');
	like($result->{err}, qr/: warning: known erratum: 'Tsc Offset' has another name: a test$/m,
	     'and said');
}
{
	# What real pages had: a remark in the place of a clean field.
	(my $text = $good) =~ s/^(\|.* ExitInstructionInfo .*\| *)NONE \(Read only\)/$1Read only (no corresponding clean field)/mi
		or die "no row of ExitInstructionInfo\n";
	is(imported_with($text, "\trow ExitInstructionInfo clean \"Read only (no corresponding clean " .
			 "field)\" is \"NONE (Read only)\"  because \"a test\"\n")->{out},
	   "revision evmcs/imported same as tlfs-2022\n", 'a remark is repaired');
}
{
	# Errors come last, whatever the order on the page, and all of them.
	(my $text = $good) =~ s/^(\| 0x00002010 .*)CONTROL_GRP2/$1CONTROL_GRP22/m;
	$text =~ s/^(\| 0x00006c02 .*\| )8/$1nine/m;
	my $result = import_page($text, 'evmcs/tlfs-2022');
	my @kinds = $result->{err} =~ /: (warning|error|note): /g;
	is("@kinds", join(' ', ('warning') x 24, ('error') x 2, 'note'), 'errors come last');
	like($result->{err}, qr/^vmcsgen: note: 'page.md': 24 known errata, 2 new errors\n\z/m,
	     'and a sum');
}
{
	# A name that is there twice is the compiler's to find, unless an erratum knows it.
	(my $text = $good) =~ s/^( +)UINT64 HostCr3;/$1UINT64 HostCr0;/m;
	is(imported_with($text, "\ttwice HostCr0 as HostCr3  because \"a test\"\n")->{out},
	   "revision evmcs/imported same as tlfs-2022\n", 'a second member of one name');
	# A comment is not a member.
	$text =~ s{UINT64 HostCr0;}{UINT64 HostCr0; /* HostCr0 */} or die;
	is(imported_with($text, "\ttwice HostCr0 as HostCr3  because \"a test\"\n")->{out},
	   "revision evmcs/imported same as tlfs-2022\n", 'and a comment about it');
}

# What only one word tells from what is known.
{
	(my $text = $good) =~ s/^(\| 0x0000681e +\| GuestRip +\| )8( )/${1}0$2/m;
	isnt($text, $good, 'the row is there');
	like(import_page($text, 'evmcs/tlfs-2022')->{err},
	     qr/^page\.md:\d+:\d+: error: 'GuestRip' has 8 bytes$/m, 'a row without bytes');
	($text = $good) =~ s/UINT32 VpId;/UINT32 VpId[1];/;
	isnt($text, $good, 'the member is there');
	like(import_page($text, 'evmcs/tlfs-2022')->{err},
	     qr/^page\.md:\d+:\d+: error: '\w+' is an array, in 'evmcs\/tlfs-2022' none$/m,
	     'an array of one');
}

#
# Damage
#

my @lines = split(/^/, $good);
my @wrong;

for my $kept (0 .. $#lines) {
	my $result = import_page(join('', @lines[0 .. $kept - 1]), 'evmcs/tlfs-2022');

	push @wrong, "$kept lines: status $result->{status}" if $result->{status} != 3;
}
is(join("\n", @wrong), '', 'a page that ends early is refused: ' . @lines . ' pages');

for my $damage (["NUL\0" . $good, 'a NUL'], ["\xff" . $good, 'bad UTF-8'],
		[$good . '|' x 1_000_000, 'a million bars'], [('x' x 10_000_000) . "\n", 'a long line'],
		['', 'nothing']) {
	my $result = import_page($damage->[0], 'evmcs/tlfs-2022');

	is($result->{signal}, 0, "$damage->[1]: no crash");
	is($result->{status}, 3, "$damage->[1]: exit status");
	is($result->{out}, '', "$damage->[1]: nothing printed");
}

done_testing();
