#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The pictures of layout and diff: Python's XML parser reads them, and what it finds is
# held against the same verbs' csv and json.  tests/browser.t opens them.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use Vmcsgen;

my $dir = tempdir();

# Of each file: the title, the texts, the table's rows as cells of text with their
# ids, each page's size and its shapes, whose cells have a place and a number of
# bytes, and the bands.
my $reader = <<'END_OF_PYTHON';
import json, sys
import xml.etree.ElementTree as tree

def walk(root, name):
	return [e for e in root.iter() if e.tag.split('}')[-1] == name]

def classed(root, word):
	return [e for e in root.iter() if word in e.get('class', '').split()]

def shape(group):
	return {'row': group.get('data-row'), 'tint': group.get('class').split()[-1],
		'title': walk(group, 'title')[0].text,
		'weave': group.get('style') or '',
		'marks': [e.text for e in classed(group, 'mark')],
		'labels': [e.text for e in walk(group, 'text')],
		'cells': [[int(e.get(k)) for k in ('x', 'y', 'width', 'height', 'data-bytes')]
			  for e in walk(group, 'rect')]}

def page(group):
	return {'shapes': [shape(e) for e in classed(group, 'shape')],
		'offsets': [e.text for axis in classed(group, 'axis') for e in walk(axis, 'text')]}

def read(path):
	root = tree.parse(path).getroot()
	return {'title': walk(root, 'title')[0].text,
		'text': ' '.join(''.join(e.itertext()) for e in root.iter() if e.tag != 'script'),
		'rows': [{'id': r.get('id'), 'cells': [''.join(c.itertext()) for c in r]}
			 for body in walk(root, 'tbody') for r in body],
		'heads': [[e.tag, e.get('scope')] for e in walk(root, 'th')],
		'ids': [e.get('id') for e in root.iter() if e.get('id')],
		'pages': [page(g) for g in root.iter() if 'axis' in [e.get('class') for e in g]],
		'bands': [{'tint': b.get('class').split()[-1], 'title': walk(b, 'title')[0].text,
			   'path': walk(b, 'path')[0].get('d')} for b in classed(root, 'band')]}

json.dump({path: read(path) for path in sys.argv[1:]}, sys.stdout)
END_OF_PYTHON

my @made;

# Let the program print into a file; what was read of it is known after read_all().
sub picture
{
	my ($name, @arguments) = @_;
	my $result = run({ dir => root() }, vmcsgen(), @arguments);

	is($result->{err}, '', "$name: no messages");
	unlike($result->{out} =~ s/ xmlns="[^"]*"//r,
	       qr{https?:|\bsrc=|\@import|\bhref="(?!#)|url\((?!#)}, "$name: nothing from outside");
	push @made, spew("$dir/$name", $result->{out});
	return "$dir/$name";
}

sub read_all
{
	return JSON::PP->new->utf8->decode(ok_run('python3', spew("$dir/read.py", $reader), @made));
}

# How many bytes the cells are, whether they lie within 16 columns, and whether one
# is on another.
sub check_cells
{
	my ($name, $page, $size) = @_;
	my ($bytes, %lines, @wrong) = (0);

	for my $shape (@{ $page->{shapes} }) {
		for my $cell (@{ $shape->{cells} }) {
			my ($x, $y, $width, $height, $count) = @$cell;

			$bytes += $count;
			push @wrong, "$shape->{title} is outside"
				if $x + $width > 512 || $height <= 0;
			push @{ $lines{$_} }, [$x, $x + $width, $shape->{title}]
				for map { $y + 22 * $_ } 0 .. $height / 22 - 1;
		}
	}
	for my $line (values %lines) {
		my @line = sort { $a->[0] <=> $b->[0] } @$line;

		push @wrong, map { "$line[$_][2] is on $line[$_ - 1][2]" }
			     grep { $line[$_][0] < $line[$_ - 1][1] } 1 .. $#line;
	}
	is($bytes, $size, "$name: the cells are all of its bytes");
	is(join("\n", @wrong), '', "$name: no cell is outside or on another");
}

#
# layout
#

my @revisions = split(/\n/, ok_run({ dir => root() }, vmcsgen(), 'list'));
my (%table, %size);
my @kinds = (['linux', 'svg'], ['linux', 'html'], ['tlfs', 'html']);

for my $revision (@revisions) {
	my $file = $revision =~ s{/}{-}r;

	$size{$revision} = 0;
	for my $names ('linux', 'tlfs') {
		$table{$revision}{$names} = [layout_csv($revision, $names)];
		$size{$revision} = $_->{offset} + $_->{size} * $_->{count}
			for @{ $table{$revision}{$names} };
	}
	picture("$file.$_->[0].$_->[1]", 'layout', $revision, "--names=$_->[0]", "--format=$_->[1]")
		for @kinds;
}

#
# diff
#

my @pairs = (['vmcs12/linux-4.0', 'vmcs12/linux-4.14'], ['vmcs12/linux-4.14', 'vmcs12/linux-4.18'],
	     ['vmcs12/linux-4.18', 'vmcs12/linux-6.1'], ['vmcs12/linux-6.1', 'evmcs/tlfs-2022'],
	     ['evmcs/tlfs-2022', 'vmcs12/rfc-2017'], ['evmcs/tlfs-5.0', 'evmcs/tlfs-5.0']);

sub pair_file { return join('-to-', @_) =~ s{/}{-}gr }

for my $pair (@pairs) {
	picture(pair_file(@$pair) . ".$_", 'diff', @$pair, "--format=$_") for 'svg', 'html';
}

#
# What the spec may say
#

my $spec = spew("$dir/odd.vmcs", <<'END');
fields {
	0x681e  rip
}
layout odd {
	struct  odd
	size    4096
}
revision odd/a {
	id 0x7
	source "R&D <b>it</b>"
	because "1 < 2 & so on"
	u8 tiny
	pad u8[3] before_the_first_of_the_flags_that_are
	u32 first_flags
	pad u8[2001] wide
	u16 fresh_as_it_is
	u8 list[70]
	rip
}
revision odd/b from a {
	retire first_flags as gone
	at 4 u16 fresh
}
END
my @quiet = map { ('-W', "no-$_") } qw(misaligned unused source first-word byte-twice);

picture("odd.$_", 'layout', 'odd/a', "--format=$_", '-s', $spec, @quiet) for 'svg', 'html';
picture("odd-diff.$_", 'diff', 'odd/a', 'odd/b', "--format=$_", '-s', $spec, @quiet)
	for 'svg', 'html';

# No check holds an older spec back from this.
my $faulty = spew("$dir/faulty.vmcs", <<'END');
layout odd {
	struct  odd
	size    65536
}
revision odd/a {
	u8 first[100]
	at 16 u64 second[8000]
	at 32 u8 third[90]
}
END

picture("faulty.$_", 'diff', '--old-spec', $faulty, 'odd/a', 'odd/a', "--format=$_", '-s', $spec,
	@quiet) for 'svg', 'html';

my $read = read_all();

sub bytes_of
{
	my ($shape) = @_;
	my $sum = 0;

	$sum += $_->[4] for @{ $shape->{cells} };
	return $sum;
}

sub place { return $_[0] ? $_[0]{offset} : '' }

sub repeated
{
	my %seen;

	return [grep { $seen{$_}++ } @_];
}

#
# Every layout is as the csv has it
#

for my $revision (@revisions) {
	for my $kind (@kinds) {
		my ($names, $format) = @$kind;
		my $name = $revision =~ s{/}{-}r . ".$names.$format";
		my ($is, $table) = ($read->{"$dir/$name"}, $table{$revision}{$names});
		my $page = $is->{pages}[0];
		my %offsets = map { $_ => 1 } @{ $page->{offsets} };

		is(scalar @{ $is->{pages} }, 1, "$name: one page");
		like($is->{title}, qr{^\w+/[\w.-]+}, "$name: a title");
		check_cells($name, $page, $size{$revision});
		is_deeply([map { "$_->{row} " . bytes_of($_) } @{ $page->{shapes} }],
			  [map { "field=$_->{name} " . $_->{size} * $_->{count} } @$table],
			  "$name: a shape for each member");
		is_deeply([grep { $_ % 16 == 0 && !$offsets{$_} } map { $_->{offset} } @$table], [],
			  "$name: offsets next to the rows");
		next if $format eq 'svg';
		is_deeply([map { [$_->{id}, @{ $_->{cells} }[3, 0, 1, 2, 4]] } @{ $is->{rows} }],
			  [map { ["field=$_->{name}", @$_{qw(name offset size count encoding)}] }
			   @$table],
			  "$name: the table");
		# Tables for C call "any" ALL and what is copied at no or at each entry NONE.
		is_deeply([map { uc($_->{cells}[5]) =~ s/^(?:ALWAYS|READONLY)$/NONE/r =~
				 s/^(?:PAD|NO GROUP)$//r =~ s/^ANY$/ALL/r } @{ $is->{rows} }],
			  [map { $_->{clean_group} } @$table], "$name: the groups")
			if $revision =~ /^evmcs/;
		is_deeply([grep { !defined $_->[1] } @{ $is->{heads} }], [],
			  "$name: heads have a scope");
		is_deeply(repeated(@{ $is->{ids} }), [], "$name: ids are unique");
	}
}

#
# Groups are told apart by more than hues, of which there are few
#

for my $revision (grep { m{^evmcs/} } @revisions) {
	for my $format ('svg', 'html') {
		my $name = $revision =~ s{/}{-}r . ".linux.$format";
		my $text = slurp("$dir/$name");
		my @shapes = @{ $read->{"$dir/$name"}{pages}[0]{shapes} };
		my (%looks, %wrong);

		for my $shape (grep { $_->{tint} =~ /^group-\d/ } @shapes) {
			my ($bit) = $shape->{tint} =~ /(\d+)/;
			my ($hue) = $text =~ /^\s*(?=[^\n]*\.group-$bit\b)[^{]*\{ --hue: (\d+); \}/m;
			my $weave = $shape->{weave} =~ /url\(#(.*?)\)/ ? $1 : 'none';
			my ($angle) = $text =~ /<pattern id="$weave".*rotate\((\d+)\)/;

			$wrong{"$shape->{row} has the mark '@{ $shape->{marks} }'"}++
				if "@{ $shape->{marks} }" ne $bit;
			$looks{ "$hue " . ($angle // 'plain') }{$bit}++;
		}
		my @hues = sort { $a <=> $b } keys %{{ map { (split)[0] => 1 } keys %looks }};

		is_deeply([sort keys %wrong], [], "$name: the mark is in each cell that has a name");
		is_deeply([grep { keys %{ $looks{$_} } > 1 } keys %looks], [],
			  "$name: no two groups look the same");
		is_deeply([grep { $hues[$_] - $hues[$_ - 1] < 40 } 1 .. $#hues], [], "$name: @hues differ");
	}
	my $page = $read->{"$dir/" . $revision =~ s{/}{-}r . '.linux.html'}{text};

	like($page, qr/ bytes, version 1\b/, "$revision has a version");
	unlike($page, qr/\bid 0x/, "$revision has no id");
}
for my $verb (['layout', 'evmcs/linux-6.1'], ['layout', 'evmcs/linux-6.1', '--format=svg'], ['field', '--format=html']) {
	my $out = run({ dir => root() }, vmcsgen(), @$verb)->{out};

	like($out, qr/1024 bytes, version 1\b/, "@$verb: a version");
	unlike($out, qr/\bid 0x00000001/, "@$verb: no id");
}

#
# Every difference is as the json has it
#

for my $pair (@pairs) {
	my $result = run({ dir => root() }, vmcsgen(), 'diff', @$pair, '--format=json');
	my $members = JSON::PP->new->utf8->decode($result->{out})->{members};
	my %moved = map { $_->{to}{offset} - $_->{from}{offset} => 1 }
		    grep { $_->{from} && $_->{to} } @$members;
	my $retired = grep { !$_->{to} } @$members;

	delete $moved{0};
	for my $format ('svg', 'html') {
		my $name = pair_file(@$pair) . ".$format";
		my $is = $read->{"$dir/$name"};
		my %bands = map { /\bby ([+-]\d+)/ ? ($1 + 0 => 1) : () }
			    map { $_->{title} } @{ $is->{bands} };
		my @ends = grep { $_->{path} =~ /^M0 \d+V/ } @{ $is->{bands} };

		is(scalar @{ $is->{pages} }, 2, "$name: two pages");
		check_cells("$name, page $_", $is->{pages}[$_], $size{$pair->[$_]}) for 0, 1;
		is_deeply(\%bands, \%moved, "$name: a band for each distance");
		is(@ends > 0, $retired > 0, "$name: bands of what is retired lead nowhere");
		next if $format eq 'svg';
		is_deeply([map { [@{ $_->{cells} }[1 .. 3]] } @{ $is->{rows} }],
			  [map { [join(', ', @{ $_->{change} }), map { place($_) } @$_{qw(from to)}] }
			   @$members], "$name: the table");
		is_deeply([map { $_->{id} } @{ $is->{rows} }],
			  [map { ($_->{to} ? 'field' : 'retired') . "=$_->{name}" } @$members],
			  "$name: its rows' names");
		is_deeply(repeated(@{ $is->{ids} }), [], "$name: ids are unique");
		is_deeply([sort map { $_->{row} } grep { $_->{tint} ne 'pad' }
			   map { @{ $_->{shapes} } } @{ $is->{pages} }],
			  [sort map { my ($id, @at) = ($_->{id}, @{ $_->{cells} }[2, 3]);
				      map { $_ ne '' ? $id : () } @at } @{ $is->{rows} }],
			  "$name: a shape on each side on which a member is");
	}
}

#
# Odd revisions
#

for my $format ('svg', 'html') {
	my $is = $read->{"$dir/odd.$format"};
	my %shape = map { $_->{row} => $_ } @{ $is->{pages}[0]{shapes} };
	my $sides = $read->{"$dir/odd-diff.$format"}{pages};

	like($is->{text}, qr{R&D <b>it</b>}, "$format: the source is text");
	check_cells("odd.$format", $is->{pages}[0], 2089);
	is_deeply([map { $_->[4] } @{ $shape{'field=wide'}{cells} }], [8, 1984, 9],
		  "$format: a long pad is its first row, what is whole, and its last");
	is_deeply($shape{'field=wide'}{cells}[1], [0, 22, 512, 44, 1984], "$format: it is folded");
	is_deeply($shape{'field=wide'}{labels}, ['wide, 1984 bytes'], "$format: and says so");
	is_deeply($shape{'field=tiny'}{labels}, ['tiny'], "$format: a name that fits one byte");
	is_deeply($shape{'field=first_flags'}{labels}, ["first_flags"], "$format: one in four");
	is_deeply($shape{'field=fresh_as_it_is'}{labels}, ['fresh_as_it_', 'is'],
		  "$format: one in two lines");
	is_deeply($shape{'field=before_the_first_of_the_flags_that_are'}{labels},
		  ['before_the_first_', "of_the_flags_that\x{2026}"], "$format: a cut name");
	is_deeply($shape{'field=list'}{cells}[0][1], 66, "$format: below the fold");
	is($sides->[0]{shapes}[2]{tint}, 'retired', "$format: a retired member");
	is($sides->[1]{shapes}[2]{tint}, 'gap-filled', "$format: another one at its place");
}
is_deeply($read->{"$dir/faulty.svg"}{pages}[0]{offsets}[-1], 96,
	  'members on one another: what is after the first fold is folded, too');
like($read->{"$dir/odd.html"}{text}, qr{1 < 2 & so on}, 'the reason is text');

done_testing();
