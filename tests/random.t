#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Random specs: what the program makes of them is held against Placement, which goes by the
# manuals alone, against where gcc puts members, and against itself.
#
#	random.t [SEED...]	these; else as many as RANDOM says, from the seed FIRST on
#
# A spec that fails is made as small as it can be, and shown; with STOP it is the last, as it
# is.  STAGES, some words of @stages, leaves the others out.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Chance;
use Decisions;
use Expectations;
use File::Path qw(remove_tree);
use Grammar;
use JSON::PP ();
use List::Util qw(any first min shuffle);
use Placement;
use RandomSpec;
use SmallerSpec;
use SpecText;
use Test::More;
use Vmcsgen;

my $SEEDS = 40;			# of a usual run
my $TRIES = 300;		# to make a spec smaller
my $dir = tempdir();
# The project's templates, and those that only tests use.
my $templates = tempdir();
ok_run('cp', '-r', "$_/.", "$templates") for map { root() . "/$_" } 'templates', 'tests/generated/templates';
my @BASE = ('-s', 'spec.vmcs', '-t', root() . '/templates');
# What a random spec does all the time, and what says nothing about right or wrong.
my @QUIET = ('-Werror', map { "-Wno-$_" } qw(hole misaligned same-id byte-twice id-line group-changed
					     group-missing unused name-case shadow-lookup));
my %counts;			# how often each word of the grammar was used
my $imports = 0;
my $every;			# look at all pairs of revisions, not at some

$ENV{NO_COLOR} = 1;

# Run a verb in the spec's folder; returns its output, or dies with what it says.
sub vmcsgen_says
{
	my ($verb, $with, @arguments) = @_;
	my $allowed = delete $with->{allowed} // [0];
	my $result = run({ dir => "$dir", %$with }, vmcsgen(), $verb, @arguments);

	return $result if any { $_ == $result->{status} } @$allowed;
	die "@{[grep { !/^-Wno/ } @arguments]}: status $result->{status}, signal $result->{signal}\n$result->{err}";
}

sub ask { my ($verb, @arguments) = @_; return vmcsgen_says($verb, {}, @BASE, @arguments)->{out} }

# Strings stay the bytes that they are in the spec.
sub json { return JSON::PP->new->decode($_[0]) }

# Die with the first difference of two data, described by the keys that lead to it.
sub same
{
	my ($what, $got, $expected) = @_;

	if (ref($expected) eq 'HASH') {
		same("$what $_", $got->{$_}, $expected->{$_}) for sort keys %$expected;
	} elsif (ref($expected) eq 'ARRAY') {
		die "$what: " . scalar(@{ $got // [] }) . ' elements, expected ' . @$expected .
			"\n" if @{ $got // [] } != @$expected;
		same("$what $_", $got->[$_], $expected->[$_]) for 0 .. $#$expected;
	} elsif (($got // '(none)') ne ($expected // '(none)')) {
		die "$what: " . ($got // '(none)') . ', expected ' . ($expected // '(none)') . "\n";
	}
}

sub revisions_of { my ($spec, $layout) = @_; return map { place($spec, "$_->{layout}/$_->{name}") }
		   grep { $_->{layout} eq $layout->{name} } @{ $spec->{revisions} } }

# Pairs of revisions of one layout: one for each layout, or all.
sub pairs
{
	my ($spec) = @_;

	return map {
		my @revisions = revisions_of($spec, $_);
		my @pairs = map { my $from = $_; map { [$from, $_] } @revisions } @revisions;

		$every ? @pairs : pick(@pairs);
	} @{ $spec->{layouts} };
}

#
# What is said of the spec
#

sub hex_of { my ($number, $digits) = @_; return sprintf("0x%0${digits}x", $number) }

sub bool { return $_[0] ? JSON::PP::true : JSON::PP::false }

sub joined { my ($text) = @_; return join(' ', @{ $text // [] }) }

sub expected_member
{
	my ($spec, $revision, $member) = @_;
	my $layout = $revision->{layout};
	my ($field, $bits) = @{$member}{qw(field bits)};
	my $lookup = lookup_of($member);
	my %expected = map { $_ => $member->{$_} } qw(name offset size count);
	my $bit = 0;

	@expected{qw(pad hole)} = (bool($member->{pad}), $member->{hole} ? bool(1) : undef);
	return \%expected if $member->{pad};
	$expected{loss} = $member->{drop} ? 'drop' : 'refuse';
	$expected{neutral} = sprintf('0x%x', $member->{neutral});
	for my $part ($bits ? @{ $bits->{parts} } : ()) {
		push @{ $expected{bits} }, { name => $part->[0], bit => $bit, width => $part->[1] };
		$bit += $part->[1];
	}
	return \%expected if !$field;
	@expected{qw(field encoding)} = ($field->{name}, hex_of($field->{encoding}, 8));
	@expected{qw(lookup lookup_high)} = (bool($lookup & 1), bool($lookup & 2));
	$expected{tlfs} = $member->{tlfs} // $field->{tlfs} // $member->{name};
	if ($layout->{clean}) {
		$expected{group} = $member->{clean};
		$expected{"copy_$_"} = bool(copied($spec, $revision, $member, $_)) for qw(entry exit);
	}
	return \%expected;
}

sub expected_revision
{
	my ($spec, $revision) = @_;
	my ($path, $says) = @{$revision}{qw(path revision)};
	my $from = $says->{from} // '';

	$from = "$revision->{layout}{name}/" . $from =~ s{.*/}{}r if $from;
	return {
		name => $revision->{name}, size => $revision->{size}, from => $from,
		align => $revision->{natural} ? 'natural' : 'packed',
		source => joined($says->{source}), because => joined($says->{because}),
		id => hex_of($revision->{id}, 8),
		members => [map { expected_member($spec, $revision, $_) }
			    @{ $revision->{members} }],
	};
}

sub expected_layout
{
	my ($spec, $layout) = @_;
	my $clean = $layout->{clean} // { word => '', groups => [] };
	my @groups = sort { $a->{bit} <=> $b->{bit} } @{ $clean->{groups} };

	return {
		name => $layout->{name}, struct => $layout->{struct}, region => $layout->{size},
		table => $layout->{table} // '', clean_word => $clean->{word},
		version => defined $layout->{version} ? number($layout->{version}) : undef,
		groups => [map { { name => $_->{name}, bit => $_->{bit} } } @groups],
		revisions => { map { ($_->{name} => expected_revision($spec, $_)) }
			       revisions_of($spec, $layout) },
	};
}

# For every role, and for each role for which it is otherwise.
sub expected_support
{
	my ($spec, $support) = @_;
	my $general = decisions($spec, $support);
	my %controls;

	for my $role ('', roles_of($spec, $support)) {
		my $decisions = decisions($spec, $support, $role);

		for my $name (keys %$general) {
			my ($yes, $reason, $line) = @{ $decisions->{$name} }{qw(yes reason line)};

			$controls{"$name $role"} = { supported => bool($yes), departs => bool($line),
						     reason => $reason }
				if $role eq '' || !$yes != !$general->{$name}{yes};
		}
	}
	return { source => joined($support->{source}), controls => \%controls,
		 unnamed => [sort grep { is_unnamed($spec, $support, $_) } keys %$general] };
}

sub expected_field
{
	my ($field) = @_;
	my $encoding = $field->{encoding};

	return {
		name => $field->{name}, encoding => hex_of($encoding, 8), linux => $field->{linux},
		tlfs => $field->{tlfs} // '', width => (16, 64, 32, 'natural')[$encoding >> 13],
		kind => (qw(control read-only guest host))[$encoding >> 10 & 3],
		index => $encoding >> 1 & 511, high => bool(field_high($field)),
	};
}

sub expected_controls
{
	my ($spec, $word) = @_;
	my $size = field_size(field_named($spec, $word->{word}));
	my @bits = sort { $a->{bit} <=> $b->{bit} } @{ $word->{bits} };
	my $fields = sub { return [map { field_named($spec, $_)->{name} } @{ $_[0] // [] }] };

	return {
		default1 => hex_of(number($word->{default1} // 0), 2 * $size),
		bits => [map { {
			bit => $_->{bit}, name => $_->{name}, adds => $fields->($_->{adds}),
			uses => $fields->($_->{uses}), needs => $_->{needs} // [],
			excludes => $_->{excludes} // [],
		} } @bits],
	};
}

# The lines of the shadow list that are in a bitmap: full or high halves of members.
sub expected_shadow
{
	my ($spec) = @_;
	my $shadow = $spec->{shadow} // return [];
	my %members = map { ($_->{field} // '') => $_->{name} }
		@{ place($spec, $shadow->{of})->{members} };
	my %fields = map { ($members{ field_named($spec, $_->{name}) } . " $_->{high}" => $_->{kind}) }
		grep { $_->{kind} ne 'rare' } @{ $shadow->{lines} };

	return [{ revision => $shadow->{of}, fields => \%fields }];
}

sub expected_json
{
	my ($spec) = @_;
	my @fields = sort { $a->{encoding} <=> $b->{encoding} } @{ $spec->{fields} };
	my @layouts = sort { $a->{name} cmp $b->{name} } @{ $spec->{layouts} };

	return {
		fields => [map { expected_field($_) } @fields],
		controls => { map { (field_named($spec, $_->{word})->{name} =>
				     expected_controls($spec, $_)) } @{ $spec->{controls} } },
		layouts => [map { expected_layout($spec, $_) } @layouts],
		support => { map { ($_->{of} => expected_support($spec, $_)) } @{ $spec->{supports} } },
		shadow => expected_shadow($spec),
	};
}

# A list whose order does not count, by a key or what a function returns.
sub by
{
	my ($key, $list) = @_;

	return { map { (ref($key) ? $key->($_) : $_->{$key}) => $_ } @$list };
}

# The same shape, with lists whose order does not count as hashes.
sub comparable
{
	my ($json) = @_;

	$json->{controls} = by('word', $json->{controls});
	$_->{revisions} = by('name', $_->{revisions}) for @{ $json->{layouts} };
	$_->{controls} = by(sub { "$_[0]{name} $_[0]{role}" }, $_->{controls})
		for @{ $json->{support} };
	for my $support (@{ $json->{support} }) {
		@{ $support->{unnamed} } = sort @{ $support->{unnamed} };
		# One of the controls that it needs.
		$_->{reason} =~ s/^it needs \K\w+, which is not supported$// for values %{ $support->{controls} };
	}
	$json->{support} = by('name', $json->{support});
	$_->{fields} = { map { ("$_->{name} " . ($_->{high} ? 1 : 0) => $_->{access}) }
			 @{ $_->{fields} } }
		for @{ $json->{shadow} };
	return $json;
}

sub look_at_json
{
	my ($spec) = @_;

	ask('gen', @QUIET, '-o', 'out');
	same('vmcs.json', comparable(json(slurp("$dir/out/vmcs.json"))), expected_json($spec));
}

# Where a member lies, as tables say it.
sub row_of
{
	my ($member) = @_;

	return { name => $member->{name}, offset => $member->{offset}, size => $member->{size},
		 count => $member->{count},
		 encoding => $member->{field} ? hex_of($member->{field}{encoding}, 8) : '' };
}

sub look_at_csv
{
	my ($spec) = @_;
	my ($revision) = shuffle(map { revisions_of($spec, $_) } @{ $spec->{layouts} });
	my @rows = parse_csv(ask('layout', @QUIET, $revision->{path}, '--format=csv'));

	same("layout $revision->{path}", \@rows, [map { row_of($_) } @{ $revision->{members} }]);
}

#
# What the generated C does
#

sub run_program
{
	my ($spec) = @_;

	vmcsgen_says('gen', {}, '-s', 'spec.vmcs', '-t', "$templates", @QUIET, '-o', 'made');
	run_program_of($spec, $_) for @{ $spec->{targets} };
}

sub run_program_of
{
	my ($spec, $target) = @_;
	my @flags = qw(-std=gnu11 -O0 -Wall -Wextra -Wno-unused -Werror);
	my $out = "made/$target->{name}";

	spew("$dir/expectations.c", expectations($spec, $target));
	my $compiled = run({ dir => "$dir" }, 'gcc', @flags, '-I' . root() . '/tests/random',
			   "-I$out", '-o', 'expectations', 'expectations.c');
	die "gcc: $compiled->{err}" if $compiled->{status};
	my $result = run("$dir/expectations");
	die "$result->{out}signal $result->{signal}\n" if $result->{status};
	$compiled = run({ dir => "$dir" }, 'gcc', @flags, '-fsyntax-only', "-I$out",
			"$out/selftest.c");
	die "gcc: $compiled->{err}" if $compiled->{status};
}

#
# What becomes of images
#

# An image whose members that the other revision lacks, and bytes of no member, are mostly 0.
sub random_image
{
	my ($revision, $lost) = @_;
	my $image = pack('L*', map { int(rand(1 << 32)) } 1 .. IMAGE / 4);
	my $zero = rand() < .7;

	if ($zero) {
		my $own = "\0" x IMAGE;

		substr($own, $_->{offset}, bytes_of($_)) = "\xff" x bytes_of($_)
			for grep { !$_->{pad} } @{ $revision->{members} };
		$image = $image & $own;
	}
	for my $member (@$lost) {
		for (0 .. $member->{count} - 1) {
			my $neutral = substr(pack('Q<', $member->{neutral}), 0, $member->{size});

			substr($image, $member->{offset} + $_ * $member->{size}, $member->{size}) =
				pick($neutral, "\0" x $member->{size})
					if rand() < ($zero ? .99 : .8);
		}
	}
	substr($image, 0, 4) = pack('V', $revision->{id} | pick(0, 0x80000000));
	return $image;
}

# Whether a page begins as a saved state does.
sub is_state { return substr($_[0], 2, 2) eq "\0\0" &&
	       any { $_ == unpack('V', substr($_[0], 4, 4)) } 128, 4224, 8320 }

# A file of states and pages: a list of the headers and of the images, as they lie there.
sub random_file
{
	my ($from, $to) = @_;
	my (undef, $lost) = pairing($from, $to);
	my @parts;

	for (1 .. between(1, 3)) {
		if (rand() < .5) {
			my $images = between(0, 2);

			push @parts, [0, pack('vvVQ<Q<', 0, 0, 128 + 4096 * $images, rand(1 << 30),
					      rand(1 << 30)) . random_bytes(104)];
			push @parts, map { [1, random_image($from, $lost)] } 1 .. $images;
		} else {
			my $image = random_image($from, $lost);

			substr($image, 4, 1) ^= "\1" while is_state($image);
			push @parts, [1, $image];
		}
	}
	return @parts;
}

sub try_conversion
{
	my ($from, $to, @parts) = @_;
	my @converted = map { $_->[0] ? converted($from, $to, $_->[1]) : $_->[1] } @parts;
	my $input = join('', map { $_->[1] } @parts);
	my $fits = !grep { !defined } @converted;
	my $result = vmcsgen_says('convert', { stdin => $input, allowed => [$fits ? 0 : 3] },
				  @BASE, @QUIET, '--from',
				  $from->{path}, $to->{path});

	return if !$fits;
	my $expected = join('', @converted);
	if ($result->{out} ne $expected) {
		($result->{out} ^ $expected) =~ /[^\0]/;
		die "convert $from->{path} $to->{path}: byte $-[0]\n";
	}
	return map { [$parts[$_][0], $converted[$_]] } 0 .. $#parts;
}

sub convert_images
{
	my ($spec) = @_;

	for my $pair (grep { $_->[0]{layout}{size} <= IMAGE } pairs($spec)) {
		my @parts = random_file(@$pair);
		my @there = try_conversion(@$pair, @parts) or next;
		my @back = try_conversion(reverse(@$pair), @there) or next;
		my (undef, $lost) = pairing(@$pair);

		die "convert @{[map { $_->{path} } @$pair]}: not the same when it is back\n"
			if !@$lost && grep { $parts[$_][1] ne $back[$_][1] } 0 .. $#parts;
	}
}

sub decoded_elements
{
	my ($revision, $image) = @_;

	return map {
		my $member = $_;

		map {
			my $offset = $member->{offset} + $_ * $member->{size};

			{ name => $member->{name} . ($member->{array} ? "[$_]" : ''),
			  offset => $offset, size => $member->{size},
			  value => '0x' . unpack('H*',
						 reverse(substr($image, $offset, $member->{size}))),
			  encoding => $member->{field} ? hex_of($member->{field}{encoding}, 8) :
				  undef }
		} 0 .. $member->{count} - 1
	} grep { !$_->{pad} } @{ $revision->{members} };
}

sub decode_images
{
	my ($spec) = @_;

	for my $pair (grep { $_->[0]{layout}{size} <= IMAGE } pairs($spec)) {
		my ($revision) = @$pair;
		my @parts = random_file(@$pair);
		my $result = vmcsgen_says('decode', { stdin => join('', map { $_->[1] } @parts) },
					  @BASE, @QUIET, '--from',
					  $revision->{path}, '--format=json');
		my @documents = map { json($_) } $result->{out} =~ /^\{\n.*?^\}\n/gms;
		my @images = map { @{ $_->{images} } } @documents;

		same("decode $revision->{path}",
		     [map { [grep { !$_->{pad} } @{ $_->{members} }] } @images],
		     [map { [decoded_elements($revision, $_->[1])] } grep { $_->[0] } @parts]);
		same('decode', scalar(grep { !$_->{page} } @documents),
		     scalar(grep { !$_->[0] } @parts));
	}
}

#
# What differs between revisions
#

# The words for what has changed, from one side to the other.
sub changes_of
{
	my ($from, $to) = @_;

	return 'retired' if !$to;
	my @encodings = map { $_->{encoding} // '' } $from, $to;
	my $fields = grep { $_ ne '' } @encodings;
	my $regrouped = $fields != 1 && ($from->{group} // '') ne ($to->{group} // '');
	my $resized = $from->{size} != $to->{size} || $from->{count} != $to->{count};
	my $changes = join(' ', $from->{name} ne $to->{name} ? 'renamed' : (),
			   $from->{offset} != $to->{offset} ? 'moved' : (),
			   $resized ? 'resized' : (), $regrouped ? 'group' : (),
			   $encodings[0] ne $encodings[1] ? 'encoding' : ());

	return $changes || 'identical';
}

# The members of one side are those of the revision, each once.
sub look_at_side
{
	my ($what, $revision, @sides) = @_;
	my @members = map { { %{ row_of($_) }, bytes => bytes_of($_) } }
		grep { !$_->{pad} } @{ $revision->{members} };

	@sides = map { { %$_, encoding => $_->{encoding} // '' } } @sides;
	same($what, [sort { $a->{offset} <=> $b->{offset} } @sides], \@members);
}

sub look_at_diff
{
	my ($from, $to) = @_;
	my $what = "diff $from->{path} $to->{path}";
	my $result = vmcsgen_says('diff', { allowed => [0, 1] }, @BASE, @QUIET, $from->{path},
				  $to->{path}, '--format=json');
	my $diff = json($result->{out});
	my @kept = map { [@{$_}{qw(from to)}] } grep { $_->{from} && $_->{to} } @{ $diff->{members} };
	my %partner;

	look_at_side("$what from", $from, grep { $_ } map { $_->{from} } @{ $diff->{members} });
	look_at_side("$what to", $to, grep { $_ } map { $_->{to} } @{ $diff->{members} });
	for my $member (@{ $diff->{members} }) {
		same("$what: $member->{name}", join(' ', @{ $member->{change} }),
		     $member->{from} ? changes_of(@{$member}{qw(from to)}) :
		     newness($member->{to}, $from->{size}, @kept));
		$partner{ $member->{from}{name} } = $member->{to}{name} if $member->{from} &&
			$member->{to};
	}
	my ($pairs) = pairing($from, $to);
	for my $pair (grep { $_->[0]{offset} } @$pairs) {
		same("$what: $pair->[0]{name} is", $partner{ $pair->[0]{name} }, $pair->[1]{name});
	}
	my @changes = grep { $_ ne 'identical' } map { @{ $_->{change} } } @{ $diff->{members} };
	my $differs = @changes;
	my $breaks = grep { !/^(?:gap-filled|appended|renamed)$/ } @changes;
	same("$what: verdict", $diff->{verdict}, $breaks ? 'breaking' : $differs ? 'compatible' :
	     'identical');
	same("$what: status", $result->{status}, $differs ? 1 : 0);
	return $diff->{members};
}

# The two sides of each member, whatever comes first.
sub sides
{
	my ($members, @keys) = @_;
	my $side = sub { return $_[0] ? "$_[0]{name}\@$_[0]{offset}" : '-' };

	return join("\n", sort map { join(' -> ', map { $side->($_) } @{$_}{@keys}) } @$members);
}

sub compare_revisions
{
	my ($spec) = @_;

	for my $pair (pairs($spec)) {
		same("diff @{[map { $_->{path} } @$pair]} and back",
		     sides(look_at_diff(@$pair), qw(from to)),
		     sides(look_at_diff(reverse(@$pair)), qw(to from)));
	}
}

#
# Round trips
#

# A field is found in a struct by the names that it has in Linux.
sub has_own_names
{
	my ($revision) = @_;

	for my $member (grep { $_->{field} } @{ $revision->{members} }) {
		my $field = $member->{field};

		return 0 if !grep { $_ eq $member->{name} } $field->{name}, @{ $field->{linux} };
	}
	return 1;
}

# What a target that takes everything takes, in the language of specs.
sub target_of_all
{
	my ($spec) = @_;
	my %patterns;

	for my $layout (map { $_->{layout} } map { revisions_of($spec, $_) } @{ $spec->{layouts} }) {
		$patterns{ $layout->{clean} ? 'pages' : 'memory' }{"$layout->{name}/*"} = 1;
	}
	return "target all {\n" . join('', map { "$_ " . join(', ', sort keys %{ $patterns{$_} }) . "\n" }
				      sort keys %patterns) . "}\n";
}

# The name of its own that a revision's struct has in that object.
sub own_struct { my ($of) = @_; return "$of->{layout}{struct}_" . $of->{name} =~ s/\W/_/gr }

# All structs in one object, whose BTF every import of them reads.
sub object_of_structs
{
	my ($spec, @revisions) = @_;

	spew("$dir/all.vmcs", "include \"spec.vmcs\"\n", target_of_all($spec));
	vmcsgen_says('gen', {}, '-s', 'all.vmcs', '-t', root() . '/templates', @QUIET,
		     '-o', 'everything/all', '--target', 'all');
	# All that are in memory have the name of their layout, so does an only page.
	spew("$dir/structs.c", map {
		my $name = place($spec, $_)->{layout}{struct};

		"#define $name " . own_struct(place($spec, $_)) . "\n#include \"everything/all/$_.h\"\n#undef $name\n"
	} @revisions);
	ok_run({ dir => "$dir" }, 'gcc', '-g', '-fno-eliminate-unused-debug-types', '-w', '-c', '-o',
	       'structs.o', 'structs.c');
	ok_run('pahole', '-J', "$dir/structs.o");
}

# Members without an encoding that two revisions have in another size: only the user
# knows that they are not the same.
sub resized
{
	my ($of, $from) = @_;
	my %bytes = map { ($_->{name} => $_->{size} * $_->{count}) }
		    grep { !$_->{field} && !$_->{pad} } @{ $from->{members} };

	return map { $_->{name} } grep { !$_->{field} && !$_->{pad} && exists $bytes{ $_->{name} } &&
					 $bytes{ $_->{name} } != $_->{size} * $_->{count} } @{ $of->{members} };
}

sub import_structs
{
	my ($spec) = @_;
	my @pairs = grep { has_own_names($_->[0]) } pairs($spec);
	my %paths = map { ($_->[0]{path} => 1) } @pairs;

	object_of_structs($spec, sort keys %paths) if @pairs;
	for my $pair (@pairs) {
		my ($of, $from) = @$pair;
		my $layout = $of->{layout}{name};
		my $struct = own_struct($of);
		my $result = vmcsgen_says('import', {}, @BASE, @QUIET, '--c', 'structs.o', '--struct',
					  $struct, '--name', "$layout/imported", '--from', $from->{path},
					  map { ('--bits', $_) } resized($of, $from));

		$imports++;
		spew("$dir/imported.vmcs", "include \"spec.vmcs\"\n", $result->{out});
		my $csv = vmcsgen_says('layout', {}, '-s', 'imported.vmcs', '-t',
				       root() . '/templates', @QUIET, "$layout/imported",
				       '--format=csv')->{out};
		my @members = map { row_of($_) } grep { !$_->{pad} } @{ $of->{members} };
		my %is_member = map { ($_->{offset} => 1) } @members;

		delete $_->{name} for @members;
		same("import $of->{path} from $from->{path}",
		     [grep { $is_member{ $_->{offset} } } parse_csv($csv)], \@members);
	}
}

# Frozen, in another order and in canonical form, a spec says the same.
sub freeze_and_format
{
	my ($spec) = @_;
	my @paths = map { "$_->{layout}/$_->{name}" } @{ $spec->{revisions} };
	my @frozen = split(/\n/, ask('freeze', @QUIET, @paths));
	my $files = spec_files({ %$spec, frozen => \@frozen }, $spec->{order} + 1);

	spew("$dir/again/$_", $files->{$_}) for keys %$files;
	words_used(join("\n", @frozen) . "\n", \%counts);
	for my $name (sort keys %$files) {
		vmcsgen_says('fmt', {}, '-i', "again/$name");
		vmcsgen_says('fmt', {}, '--check', "again/$name");
	}
	my @other = ('-s', 'again/spec.vmcs', '-t', root() . '/templates', @QUIET);
	my $missing = vmcsgen_says('freeze', {}, @other, @paths)->{out};
	die "statements that are there: $missing" if $missing ne '';
	vmcsgen_says('gen', {}, @other, '-o', 'out2');
	my $diff = run({ dir => "$dir" }, 'diff', '-r', 'out', 'out2');
	die "another order: $diff->{out}" if $diff->{status};
	vmcsgen_says('check', {}, @other, '--against', 'spec.vmcs');
	hold_frozen($spec);
}

# What was frozen of one revision is right for another if that places the same.
sub hold_frozen
{
	my ($spec) = @_;

	for my $pair (pairs($spec)) {
		my ($of, $as) = map { $_->{path} } @$pair;
		my $same = placement_of($pair->[0]) eq placement_of($pair->[1]);

		spew("$dir/thawed/spec.vmcs", "include \"../spec.vmcs\"\n", "frozen $of\n");
		spew("$dir/thawed/frozen/$of.csv", slurp("$dir/frozen/$as.csv"));
		vmcsgen_says('check', { allowed => [$same ? 0 : 1] }, '-s', 'thawed/spec.vmcs', @QUIET);
	}
}

my @stages = (
	[json => \&look_at_json], [layout => \&look_at_csv], [C => \&run_program],
		[convert => \&convert_images],
	[decode => \&decode_images], [diff => \&compare_revisions], [import => \&import_structs],
	[again => \&freeze_and_format],
);
my %left_out = map { $_->[0] => 1 }
	grep { $ENV{STAGES} && "$ENV{STAGES} json" !~ /\b$_->[0]\b/ } @stages;
@stages = grep { !$left_out{ $_->[0] } } @stages;

# What is wrong with a spec, perhaps by one stage alone: the stage and a text, or nothing.
sub fault_of
{
	my ($spec, $only) = @_;
	my $files = spec_files($spec);

	remove_tree("$dir", { keep_root => 1 });
	spew("$dir/$_", $files->{$_}) for keys %$files;
	# The first is what the others look at.
	for my $stage (grep { !$only || $_ == $stages[0] || $_->[0] eq $only } @stages) {
		srand($spec->{seed});
		return ($stage->[0], $@) if !eval { $stage->[1]->($spec); 1 };
	}
	return;
}

# What two faults of one kind have in common.
sub kind_of
{
	my ($stage, $text) = @_;
	my ($line) = grep { /error|fault|expected|differ|byte|status/ && !/^@/ } split(/\n/, $text);

	return "$stage " . ($line //
			    $text) =~ s/'[^']*'|\([^)]*\)|[\w.\/]*\d[\w.\/]*|\b[0-9a-f]+\b//gr;
}

sub shrunk
{
	my ($spec, @fault) = @_;
	my $kind = kind_of(@fault);
	my $tries = $TRIES;
	my $found = 1;

	$every = 1;
	while ($found && $tries > 0) {
		$found = 0;
		my @candidates = smaller($spec);

		while ($tries > 0 && @candidates) {
			my $candidate = (shift @candidates)->();

			next if !is_valid($candidate);
			$tries--;
			my @now = fault_of($candidate, $fault[0]);
			next if !@now || kind_of(@now) ne $kind;
			($spec, $found) = ($candidate, 1);
			# What is after has moved up: go on from here.
			my $left = @candidates;
			@candidates = smaller($spec);
			splice(@candidates, 0, @candidates - $left) if @candidates > $left;
		}
	}
	@fault = fault_of($spec, $fault[0]);
	$every = 0;
	return ($spec, @fault);
}

sub try_seed
{
	my ($seed) = @_;
	my $spec = random_spec($seed);
	my $files = spec_files($spec);

	words_used($files->{$_}, \%counts) for keys %$files;
	my ($stage, $fault) = fault_of($spec);
	ok(!defined $stage, "seed $seed") and return;
	($spec, $stage, $fault) = shrunk($spec, $stage, $fault) if !$ENV{STOP};
	$files = spec_files($spec);
	diag("seed $seed, $stage: $fault", map { "--- $_\n$files->{$_}" } sort keys %$files);
}

my $first = $ENV{FIRST} // 1;
my @seeds = @ARGV ? @ARGV : $first .. $first + ($ENV{RANDOM} // $SEEDS) - 1;

for my $seed (@seeds) {
	try_seed($seed);
	last if $ENV{STOP} && !Test::More->builder->is_passing;
}
if (@seeds >= $SEEDS && !%left_out) {
	is(join("\n", grep { !$counts{$_} } grammar_words()), '',
	   'every word of the grammar is used wherever it may stand');
	cmp_ok($imports, '>', @seeds, 'structs can be imported');
}
diag("$imports imports") if $ENV{RANDOM} && !%left_out;
done_testing();
