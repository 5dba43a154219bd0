#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What differs between two revisions: as history has it, as tables that were made
# without this program have it (facts/README.md), and as small specs make it up.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Placement qw(newness);
use Test::More;
use Vmcsgen;

my $facts = "$FindBin::Bin/facts";
my $dir = tempdir();

# A report on a terminal: what is longer than this scrolls away.
my $SCREEN = 24;

sub diff { return run({ dir => root(), env => { NO_COLOR => undef } }, vmcsgen(), 'diff', @_) }

# The program's answer as JSON, whose verdict and exit status are one.
sub compared
{
	my $result = diff(@_, '--format=json');
	my $json = eval { JSON::PP->new->utf8->decode($result->{out}) } // {};

	is($result->{err}, '', "@_: no messages");
	is($result->{status}, ($json->{verdict} // '') eq 'identical' ? 0 : 1, "@_: exit status");
	return $json;
}

# How many members are said to have changed, by change.
sub counts
{
	my ($json) = @_;
	my %counts;

	$counts{$_}++ for map { @{ $_->{change} } } @{ $json->{members} };
	return \%counts;
}

#
# History
#

for my $case (
	['vmcs12/linux-3.10', 'vmcs12/linux-4.0', 'breaking', { moved => 119, inserted => 9, identical => 12 }],
	['vmcs12/linux-4.0', 'vmcs12/linux-4.14', 'breaking', { moved => 127, inserted => 4, identical => 13 }],
	['vmcs12/linux-4.14', 'vmcs12/linux-4.18', 'breaking', { moved => 131, 'gap-filled' => 2, identical => 13 }],
	['vmcs12/linux-4.0', 'vmcs12/linux-4.18', 'compatible', { 'gap-filled' => 5, appended => 1, identical => 140 }],
	['vmcs12/linux-4.18', 'vmcs12/linux-6.1', 'breaking', { 'gap-filled' => 2, renamed => 1, retired => 4, identical => 141 }],
	['evmcs/linux-4.17', 'evmcs/tlfs-5.0', 'identical', { identical => 138 }],
	['evmcs/linux-4.17', 'evmcs/linux-5.0', 'breaking', { moved => 4, identical => 134 }],
	['evmcs/tlfs-5.0', 'evmcs/tlfs-6.0', 'compatible', { 'gap-filled' => 1, identical => 138 }],
	['evmcs/tlfs-6.0', 'evmcs/tlfs-2021', 'compatible', { 'gap-filled' => 10, identical => 139 }],
	['evmcs/tlfs-2021', 'evmcs/tlfs-2022', 'identical', { identical => 149 }],
	['evmcs/tlfs-2022', 'evmcs/linux-6.1', 'breaking', { encoding => 4, identical => 145 }],
	['evmcs/tlfs-2022', 'vmcs12/evmcs-first', 'compatible', { renamed => 1, appended => 16, identical => 148 }],
	['vmcs12/linux-6.12', 'vmcs12/linux-6.1', 'identical', { identical => 144 }],
) {
	my ($a, $b, $verdict, $counts) = @$case;
	my $json = compared($a, $b);
	my $lines = () = diff($a, $b)->{out} =~ /\n/g;

	is($json->{verdict}, $verdict, "$a to $b: $verdict");
	is_deeply(counts($json), $counts, "$a to $b: how many members");
	cmp_ok($lines, '<=', $SCREEN, "$a to $b: the $lines lines fit a screen");
}

# Who moved where, for what is known of single members.
sub moves
{
	return map { "$_->{name} " . ($_->{to}{offset} - $_->{from}{offset}) }
		grep { $_->{from} && $_->{to} && $_->{from}{offset} != $_->{to}{offset} } @{ $_[0]{members} };
}

is_deeply([moves(compared('evmcs/linux-4.17', 'evmcs/linux-5.0'))],
	  [map { "$_ -4" } qw(hv_vm_id partition_assist_page guest_bndcfgs xss_exit_bitmap)],
	  'the hole that was forgotten in 5.0 moved four members');
is_deeply([moves(compared('-s', 'tests/specs/draft-2022.vmcs', 'evmcs/draft-2022', 'evmcs/linux-6.1'))],
	  ['encls_exiting_bitmap -8', 'host_ia32_perf_global_ctrl 8'],
	  'the drafts of 2022 had two members swapped');

is(diff('vmcs12/linux-3.10', 'vmcs12/linux-4.0')->{out}, <<'END', 'a report, to the letter');
vmcs12/linux-3.10 -> vmcs12/linux-4.0: breaking
9 inserted, 119 moved, 12 identical

  from     to    by count  members
          112           1  posted_intr_desc_addr                   inserted
   112    120    +8     1  ept_pointer                             moved
          128           5  eoi_exit_bitmap0 .. xss_exit_bitmap     inserted
   120    168   +48    10  guest_physical_address .. guest_pdptr3  moved
          248           1  guest_bndcfgs                           inserted
   200    256   +56    93  host_ia32_pat .. virtual_processor_id   moved
          962           1  posted_intr_nv                          inserted
   906    964   +58     8  guest_es_selector .. guest_tr_selector  moved
          980           1  guest_intr_status                       inserted
   922    982   +60     7  host_es_selector .. host_tr_selector    moved
END
is(diff('evmcs/tlfs-2022', 'evmcs/linux-6.1')->{out}, <<'END', 'one about encodings');
evmcs/tlfs-2022 -> evmcs/linux-6.1: breaking
4 encoding, 145 identical

  from     to    by count  members
   344    344           1  cr3_target_value0  encoding  0x00006008 -> none
   352    352           1  cr3_target_value1  encoding  0x0000600a -> none
   360    360           1  cr3_target_value2  encoding  0x0000600c -> none
   368    368           1  cr3_target_value3  encoding  0x0000600e -> none
END
is(diff('evmcs/linux-6.12', 'evmcs/linux-6.1')->{out},
   "evmcs/linux-6.1 -> evmcs/linux-6.1: identical\n149 identical\n", 'one about nothing');

#
# An oracle: the same from the tables, for every pair of revisions
#

my $PAD = qr/^(?:pad|hv_padding|hv_vmcs_rest|dead_space|Rsvd)/;

sub end { return $_[0]{offset} + $_[0]{size} * $_[0]{count} }

# The rows of a table that are members, and where the structure ends.
sub table
{
	my (@rows) = @_;
	my @members = grep { $_->{encoding} ne '' || $_->{name} !~ $PAD } @rows;

	return { end => end($rows[-1]), members => \@members,
		 grouped => scalar(grep { $_->{clean_group} ne '' } @members),
		 encoding => { map { $_->{encoding} => $_ } grep { $_->{encoding} ne '' } @members },
		 name => { map { $_->{name} => $_ } @members } };
}

sub partner
{
	my ($row, $table) = @_;

	return $table->{encoding}{$row->{encoding}} if exists $table->{encoding}{$row->{encoding}};
	return $table->{name}{$row->{name}} if $table->{name}{$row->{name}};
	return $row->{offset} == 0 ? $table->{members}[0] : undef;
}

sub changes
{
	my ($from, $to, $grouped) = @_;

	return ['retired'] if !$to;
	my $fields = grep { $_->{encoding} ne '' } $from, $to;
	my @changes = (
		$from->{name} ne $to->{name} ? 'renamed' : (),
		$from->{offset} != $to->{offset} ? 'moved' : (),
		"$from->{size} $from->{count}" ne "$to->{size} $to->{count}" ? 'resized' : (),
		$fields == 2 && $grouped && $from->{clean_group} ne $to->{clean_group} ? 'group' : (),
		$from->{encoding} ne $to->{encoding} ? 'encoding' : (),
	);
	return @changes ? \@changes : ['identical'];
}

sub place { return ($_[0][1] // $_[0][0])->{offset} }

sub expected
{
	my ($old, $new) = @_;
	my @found = map { [partner($_, $old), $_] } @{ $new->{members} };
	my @kept = grep { $_->[0] } @found;
	my %found = map { $_->[0]{name} => 1 } @kept;

	push @found, map { [$_, undef] } grep { !$found{$_->{name}} } @{ $old->{members} };
	return map { my ($from, $to) = @$_;
		     join(' ', ($to // $from)->{name},
			  $from ? @{ changes($from, $to, $old->{grouped} && $new->{grouped}) } : newness($to, $old->{end}, @kept),
			  $from ? "from $from->{offset}" : (), $to ? "to $to->{offset}" : ()) }
		sort { place($a) <=> place($b) || !!$a->[1] <=> !!$b->[1] } @found;
}

sub told
{
	my ($json) = @_;

	return map { join(' ', $_->{name}, @{ $_->{change} },
			  $_->{from} ? "from $_->{from}{offset}" : (),
			  $_->{to} ? "to $_->{to}{offset}" : ()) } @{ $json->{members} };
}

my @lines = (
	['linux', map { ["vmcs12/linux-$_", "vmcs12/linux-$_"] } qw(3.10 4.0 4.14 4.18 6.1 6.12)],
	['linux', map { ["evmcs/linux-$_", "evmcs/linux-$_"] } qw(4.17 5.0 6.1 6.12)],
	# What the pages get wrong, or leave out, they do alike: the PDFs, and the web pages.
	['tlfs', ['evmcs/tlfs-5.0', 'tlfs/5.0b'], ['evmcs/tlfs-6.0', 'tlfs/6.0b']],
	['tlfs', ['evmcs/tlfs-2021', 'tlfs/web-2021-05-11'],
	 ['evmcs/tlfs-2022', 'tlfs/web-2022-07-06']],
);

my $pairs = 0;
for my $line (@lines) {
	my ($names, @revisions) = @$line;

	for my $a (@revisions) {
		for my $b (@revisions) {
			my $json = compared($a->[0], $b->[0], "--names=$names");
			my @tables = map { table(read_csv("$facts/$_->[1].csv")) } $a, $b;

			is_deeply([told($json)], [expected(@tables)],
				  "$a->[0] to $b->[0]: as the tables have it");
			$pairs++;
		}
	}
}
is($pairs, 36 + 16 + 4 + 4, 'every pair');

#
# All formats have the words of JSON
#

# What members are called in a text, where a pattern finds name and word.
sub words
{
	my ($text, $pattern) = @_;
	my %words;

	$words{ $+{name} } = $+{words} while $text =~ /$pattern/g;
	return \%words;
}

# A cell has one word, the gravest; of those for what is new, there is only ever one.
my $NEW = qr/inserted|gap-filled|appended/;

sub formats_agree
{
	my ($json, $a, $b) = @_;
	my %counts = %{ counts($json) };
	my ($text, $svg, $html) = map { diff($a, $b, "--format=$_")->{out} } qw(text svg html);
	my @counts = map { $counts{$_} ? "$counts{$_} $_" : () }
		     qw(inserted gap-filled appended renamed retired moved resized group encoding identical);
	my %new = map { my @words = grep { /^$NEW\z/ } @{ $_->{change} };
			@words ? ($_->{name} => "@words") : () } @{ $json->{members} };
	my $cell = qr/class="shape tint (?<words>$NEW)" data-row="field=(?<name>\w+)"/;

	is((split(/\n/, $text))[1], join(', ', @counts), "$a to $b: the text's counts");
	is_deeply(words($svg, $cell), \%new, "$a to $b: the picture's cells");
	is_deeply(words($html, $cell), \%new, "$a to $b: the page's cells");
	is_deeply(words($html, qr/<tr id="\w+=(?<name>\w+)" data-tints="(?<words>[^"]*)"/),
		  { map { ($_->{name} => "@{ $_->{change} }") } @{ $json->{members} } },
		  "$a to $b: the page's rows");
}

#
# And from where the members lie, for every pair that the spec has, of two layouts, too
#

my %tables = map { ($_ => table(layout_csv($_, 'linux'))) }
	     split(/\n/, ok_run({ dir => root() }, vmcsgen(), 'list'));

for my $a (sort keys %tables) {
	for my $b (sort keys %tables) {
		my $json = compared($a, $b);

		is_deeply([told($json)], [expected($tables{$a}, $tables{$b})],
			  "$a to $b: as the places have it");
		formats_agree($json, $a, $b);
	}
}

#
# JSON
#

{
	my $json = compared('vmcs12/linux-4.18', 'vmcs12/linux-6.1');
	my %member = map { $_->{name} => $_ } @{ $json->{members} };

	is_deeply([sort keys %$json], [qw(a b members schema verdict)], 'the keys of JSON');
	is_deeply([@$json{qw(schema a b)}], [1, 'vmcs12/linux-4.18', 'vmcs12/linux-6.1'],
		  'its schema and revisions');
	is_deeply($member{hdr}, {
		name => 'hdr', change => ['renamed'],
		from => { name => 'revision_id', offset => 0, size => 4, count => 1, bytes => 4,
			  encoding => undef, group => undef },
		to => { name => 'hdr', offset => 0, size => 4, count => 1, bytes => 4,
			encoding => undef, group => undef },
	}, 'a member that was renamed');
	is_deeply($member{tsc_multiplier}, {
		name => 'tsc_multiplier', change => ['gap-filled'], from => undef,
		to => { name => 'tsc_multiplier', offset => 328, size => 8, count => 1, bytes => 8,
			encoding => '0x00002032', group => undef },
	}, 'one that is new');
	is_deeply($member{cr3_target_value1}, {
		name => 'cr3_target_value1', change => ['retired'], to => undef,
		from => { name => 'cr3_target_value1', offset => 384, size => 8, count => 1,
			  bytes => 8, encoding => '0x0000600a', group => undef },
	}, 'one that is gone');
}

#
# What history does not have
#

# The members of two made-up revisions, each a line with what is said of it.
sub made_up
{
	my ($spec, $a, $b) = @_;
	my $json = compared('-s', spew("$dir/made-up.vmcs", $spec), $a, $b,
			    map { ('-W', "no-$_") } qw(same-id id-missing source misaligned
						  group-changed clean-word unused first-word
						  byte-twice));

	return join('', map { "$_\n" } $json->{verdict}, map { s/ identical//r } told($json));
}

my $head = <<'END';
fields {
	0x0000  vpid   tlfs Vpid
	0x681e  rip    linux guest_rip  tlfs Rip
	0x681c  rsp
}
layout one {
	struct  one
	size    64
	version 1
	clean   dirty prefix DIRTY {
		0 basic
		1 other
	}
}
layout two {
	struct  two
	size    64
	version 1
	clean   cleanliness prefix CLEAN {
		0 basic
		2 other
	}
}
layout three {
	struct  three
	size    64
}
revision one/a {
	u32 dirty
	u16 state
	vpid  clean basic
	rip   clean basic
	u64 pair[2]
	u32 flags  tlfs Flags
}
END

is(made_up($head . <<'END', 'one/a', 'one/b'), <<'EXPECTED', 'a name that the spec changes');
revision one/b from a {
	rename state status
	over dirty u16 dirty16[2]
	rename rip guest_rip
}
END
breaking
dirty16 renamed resized from 0 to 0
status renamed from 4 to 4
vpid from 6 to 6
guest_rip renamed from 8 to 8
pair from 16 to 16
flags from 32 to 32
EXPECTED
is(made_up($head . <<'END', 'one/a', 'one/b'), <<'EXPECTED', 'another member where one was');
revision one/b from a {
	retire state as hole
	at 4 u16 fresh
}
END
breaking
dirty from 0 to 0
state retired from 4
fresh gap-filled to 4
vpid from 6 to 6
rip from 8 to 8
pair from 16 to 16
flags from 32 to 32
EXPECTED
is(made_up($head . <<'END', 'one/a', 'one/b'), <<'EXPECTED', 'a whole revision, by names and bytes');
revision one/b {
	u32 dirty
	u16 fresh
	u16 Vpid
	guest_rip  clean other
	u64 pair[3]
	u32 Flags
	rsp  clean any
	u16 last
}
END
breaking
dirty from 0 to 0
fresh renamed from 4 to 4
Vpid renamed encoding from 6 to 6
guest_rip renamed group from 8 to 8
pair resized from 16 to 16
Flags renamed moved from 32 to 40
rsp appended to 44
last appended to 52
EXPECTED
is(made_up($head . <<'END', 'one/a', 'one/b'), <<'EXPECTED', 'other bytes where one was');
revision one/b {
	u16 dirt
	pad u16 gap
	u16 state
	vpid  clean basic
	rip   clean basic
	u64 pair[2]
	u32 flags
}
END
breaking
dirty retired from 0
dirt gap-filled to 0
state from 4 to 4
vpid from 6 to 6
rip from 8 to 8
pair from 16 to 16
flags from 32 to 32
EXPECTED
is(made_up($head . <<'END', 'one/b', 'one/a'), <<'EXPECTED', 'and the other way round');
revision one/b {
	u32 dirty
	u16 fresh
	u16 Vpid
	guest_rip  clean other
	u64 pair[3]
	u32 Flags
	rsp  clean any
}
END
breaking
dirty from 0 to 0
state renamed from 4 to 4
vpid renamed encoding from 6 to 6
rip renamed group from 8 to 8
pair resized from 16 to 16
flags renamed moved from 40 to 32
rsp retired from 44
EXPECTED
is(made_up($head . <<'END', 'one/a', 'two/b'), <<'EXPECTED', 'two layouts with groups');
revision two/b {
	u32 cleanliness
	u16 fresh
	vpid  clean basic
	rip  clean other
}
END
breaking
cleanliness renamed from 0 to 0
state retired from 4
fresh gap-filled to 4
vpid from 6 to 6
rip group from 8 to 8
pair retired from 16
flags retired from 32
EXPECTED
is(made_up($head . <<'END', 'one/a', 'three/b'), <<'EXPECTED', 'two layouts, one without groups');
revision three/b {
	u32 dirty
	u16 state
	vpid
	rip
	u64 pair[2]
	u32 flags
}
END
identical
dirty from 0 to 0
state from 4 to 4
vpid from 6 to 6
rip from 8 to 8
pair from 16 to 16
flags from 32 to 32
EXPECTED
is(made_up($head . <<'END', 'one/b', 'one/c'), <<'EXPECTED', 'revisions without members');
revision one/b {
	pad u64 nothing
}
revision one/c {
	pad u32 nothing
}
END
identical
EXPECTED

#
# Colours and wrong usage
#

my $rip = "fields {\n\t0x681e  rip\n}\nlayout a {\n\tstruct a\n\tsize 64\n}\n" .
	"revision a/one {\n\tsource \"s\"\n\tid 7\n";
spew("$dir/old.vmcs", $rip, "\tu32 hdr\n\tu32 abort\n\trip\n}\n");
spew("$dir/new.vmcs", $rip, "\tu32 hdr\n\tu32 abort\n\tpad u64 gap\n\trip\n}\n");
my $moved = <<'END';
1 moved, 2 identical

  from     to    by count  members
     8     16    +8     1  rip  moved
END

is(diff('-s', "$dir/new.vmcs", '--old-spec', "$dir/old.vmcs", 'a/one')->{out},
   "a/one of $dir/old.vmcs -> a/one: breaking\n$moved", '--old-spec');
is(diff('-s', "$dir/new.vmcs", '--old-spec', "$dir/new.vmcs", 'a/one')->{status}, 0,
   '--old-spec: the same spec');
is(diff('-s', "$dir/new.vmcs", '--old-spec', "$dir/old.vmcs", 'a/one', '--color=always')->{out},
   "\e[1ma/one of $dir/old.vmcs -> a/one: \e[31mbreaking\e[0m\n$moved", 'colours');
like(diff('vmcs12/linux-4.0', 'vmcs12/linux-4.18', '--color=always')->{out},
     qr/: \e\[33mcompatible\e\[0m$/m, 'of what is compatible');
like(diff('vmcs12/linux-4.0', 'vmcs12/linux-4.0', '--color=always')->{out},
     qr/: \e\[32midentical\e\[0m$/m, 'of what is identical');

for my $case (
	[['vmcs12/linux-4.0'], 'diff needs two revisions, or --old-spec or --git, ' .
	 'which say where an older one is', 2],
	[['vmcs12/linux-4.0', 'vmcs12/linux-9'], "the spec has no revision 'vmcs12/linux-9'; " .
	 "'vmcsgen list' prints those that it has", 3],
	[['vmcs12/linux-4.0', 'vmcs12/linux-4.0', '--format=csv'], "diff has no format 'csv'", 2],
) {
	my ($arguments, $message, $status) = @$case;
	my $result = diff(@$arguments);

	is($result->{err}, "vmcsgen: error: $message\n", "@$arguments");
	is($result->{out}, '', "@$arguments: nothing on standard output");
	is($result->{status}, $status, "@$arguments: exit status");
}

done_testing;
