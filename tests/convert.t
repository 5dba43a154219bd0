#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# `vmcsgen convert`: saved states and pages between every two revisions of a layout, there and
# back: those of vmcs12 as the generated loads have it, and enlightened VMCSs, which are not
# translated in C, by tables of their members; what is refused, in which words; and that
# nothing changes then.  EVERY=1 takes ten times as many random images, and more files that
# end too early.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Blobs;
use Generated;
use Pairs;
use Test::More;
use Vmcsgen;

my $dir = tempdir();
my $images = $ENV{EVERY} ? 1e6 : 1e5;

#
# Many images, there and back: a million with EVERY=1
#

my %revisions = map { $_ => [revisions($_)] } qw(evmcs vmcs12);
my @revisions = map { @$_ } @revisions{qw(evmcs vmcs12)};
my @pairs = map {
	my $from = $_;

	map { [$from, $_] } grep { s{/.*}{}r eq $from =~ s{/.*}{}r } @revisions;
} @revisions;

# The tables of a pair, and its row among the pairs.
sub tables
{
	my ($number, $from, $to, $of) = @_;
	my $c_revision = sub {
		my ($revision) = @_;
		my $members = 'members_' . c_name($revision);

		return '{ ' . layout_json($revision)->{id} . ", $members, nr_$members }";
	};
	my $alone = sub { map { [$_->{offset}, $_->{size}, "$_->{neutral}ull"] } @_ };

	return (join('', c_table('struct move', "moves_$number", map {
			my ($member, $there) = @$_;
			[$member->{offset}, $there->{offset}, bytes_of($member)]
		} moved($from, $to)),
		c_table('struct alone', "lost_$number", $alone->(lost($from, $to))),
		c_table('struct alone', "gaps_$number", $alone->(gaps($from, $to)))),
		"\t{ \"$from $to\", " . $c_revision->($from) . ', ' . $c_revision->($to) .
		join('', map { ", ${_}_$number" } qw(moves lost gaps nr_moves nr_lost nr_gaps)) . ", $of },\n");
}

sub program
{
	my $folder = out();
	my @flags = ('-O2', '-Wall', '-Wextra', '-Werror', "-I$folder", "-I$dir");
	my (@objects, @tables, @rows, %known);
	my @in_memory = rows_of_every('vmcs12');

	# A unit for each revision in memory, whose struct has the name of all others.
	for my $revision (@{ $revisions{vmcs12} }) {
		my ($unit, $table) = images_of($revision);
		my $object = "$dir/" . c_name($revision) . '.o';
		my $result = compile(source => $unit, output => $object, flags => ['-c', @flags]);

		die "$revision-images.c: $result->{err}" if $result->{status} != 0;
		push @objects, $object;
		push @tables, "extern const struct vmcs12_revision $table\[];\n";
		$known{$revision} = $table;
	}
	push @tables, map {
		c_table('struct bytes', 'members_' . c_name($_),
			map { [$_->{offset}, bytes_of($_)] } members($_))
	} @revisions;
	for my $i (0 .. $#pairs) {
		my ($from, $to) = @{ $pairs[$i] };
		my ($at) = grep { $in_memory[$_] eq $from } 0 .. $#in_memory;
		my ($tables, $row) = tables($i, $from, $to,
					    defined $at ? "$known{$to} + $at" : 'NULL');

		push @tables, $tables;
		push @rows, $row;
	}
	spew("$dir/pairs.h", @tables, "static const struct pair pairs[] = {\n", @rows, "};\n");

	my $result = compile(output => "$dir/conversions", flags => [@flags, '-DPAIRS="pairs.h"'],
			     source => [root() . '/tests/generated/conversions.c', @objects]);
	die "conversions.c: $result->{err}" if $result->{status} != 0;
	return "$dir/conversions";
}

my $program = program();
my $each = int($images / @pairs) + 1;
my $all = 0;

for my $i (0 .. $#pairs) {
	my ($from, $to) = @{ $pairs[$i] };
	my @names = ('bash', $program, vmcsgen(), "$dir/there");
	my $said = run({ dir => root() }, 'bash', '-euo', 'pipefail', '-c', <<"END", @names);
"\$1" write $i $each | "\$2" convert $to --from $from -o "\$3"
"\$1" check $i $each <"\$3"
"\$2" convert $from --from $to "\$3" | "\$1" same $i $each
END

	is($said->{err} . $said->{out}, "$each images\n" x 2, "$from to $to and back");
	is($said->{status}, 0, "$from to $to and back: exit status");
	$all += $each;
}
cmp_ok($all, '>=', $images, "$all images");

#
# What is converted
#

my $new = 'vmcs12/linux-6.1';
my $old = 'vmcs12/linux-4.14';
my %values = (guest_rip => 0xfff0, posted_intr_nv => 0xf2, abort => 4, launch_state => 1);
my $plain = image($new, %values);

sub converts
{
	my ($input, $output, $name, @arguments) = @_;
	my $result = try($input, 'convert', @arguments);

	is($result->{err}, '', "$name: no message");
	is($result->{status}, 0, "$name: exit status");
	ok($result->{out} eq $output, "$name: what comes out");
}

converts($plain, image('vmcs12/evmcs-first', %values), 'a page', 'vmcs12/evmcs-first');
converts(state(), state(), 'a state without an image', 'vmcs12/evmcs-first');
converts(state($plain, $plain), state((image('vmcs12/evmcs-first', %values)) x 2),
	 'a state with two', 'vmcs12/evmcs-first');
converts(image($new, 0 => pack('V', 0x91e57ed0)),
	 image('vmcs12/rfc-2017', 0 => pack('V', 0x8c9e6f16)), 'a shadow VMCS', 'vmcs12/rfc-2017');

# Of several revisions with one id it is the last one, or the one that --from names.
converts($plain, image($old, %values), 'the last of its id', $old);
converts(image($old, %values), image($new, %values, tsc_multiplier => 1 << 48),
	 'another of its id', $new, '--from', $old);
converts(image($old, %values), image($old, %values), 'the revision that it is', $old,
	 '--from', $old);
converts($plain, $plain, 'the last one as it is', $new);
converts($plain, image($old, %values), 'another name for it', $old, '--from', 'vmcs12/linux-6.12');
converts(state() . $plain . image('vmcs12/rfc-2017', %values), state() . image($old, %values) x 2, '--from with the id of one',
	 $old, '--from', $new);
converts(state(), state(), '--from without an image', $new, '--from', $old);

# What may be dropped, and what is as good as nothing.
converts(image('vmcs12/linux-4.18', cr3_target_value1 => 5), image($new, tsc_multiplier => 1 << 48),
	 'a member that is dropped', $new, '--from', 'vmcs12/linux-4.18');
converts(image($new, tsc_multiplier => 1 << 48), image('vmcs12/linux-4.18'),
	 'a member that is neutral', 'vmcs12/linux-4.18');

#
# What is refused
#

my $target = 'vmcs12/linux-3.10';

sub is_refused
{
	my ($input, $message, @arguments) = @_;
	my @messages = ref($message) ? @$message : $message;
	my $file = spew("$dir/in", $input);
	my $out = spew("$dir/out/old", 'from before');
	my $result = try('', 'convert', @arguments, $file, '-o', $out);

	is($result->{err}, join('', map { "vmcsgen: error: $_\n" } @messages) =~ s/FILE/$file/gr,
	   "refused: $messages[0]");
	is($result->{status}, 3, 'exit status');
	is($result->{out}, '', 'nothing on standard output');
	is(slurp($out), 'from before', 'the output is as it was');
	is_deeply([glob("$dir/out/*")], [$out], 'nothing is beside it');
}

# Between every two revisions: a page has all that the other lacks, and the message tells of
# each member that must not be lost; without these it is converted.
{
	my %lost = map { ("@$_" => [lost(@$_)]) } @pairs;
	my $refused = 0;

	for my $pair (grep { @{ $lost{"@$_"} } } @pairs) {
		my ($from, $to) = @$pair;
		my $page = image($from);
		my $harmless = $page;
		my @messages;

		for my $loss (@{ $lost{"@$pair"} }) {
			my $bits = 1 + $loss->{offset};
			my $value = substr(pack('Q<', $bits), 0, $loss->{size});

			substr($page, $loss->{offset}, $loss->{size}, $value);
			substr($harmless, $loss->{offset}, $loss->{size}, $value)
				if $loss->{loss} ne 'refuse';
			push @messages, sprintf('FILE, page 1, byte %u: %s has no %s, which is 0x%x',
						$loss->{offset}, $to, $loss->{name}, $bits)
				if $loss->{loss} eq 'refuse';
		}
		$refused += @messages;
		is_refused($page, \@messages, $to, '--from', $from) if @messages;
		is(try($harmless, 'convert', $to, '--from', $from)->{err}, '',
		   "$from to $to: what may be dropped");
	}
	cmp_ok($refused, '>', 400, "$refused members are refused");
}

# What of the images can't be held: all that one state has of it.
is_refused(image($new, pml_address => 0x1000),
	   "FILE, page 1, byte 312: $target has no pml_address, which is 0x1000", $target);
is_refused(state() . state($plain, image($new, pml_address => 0x1000, guest_pml_index => 511)) .
		   image($new, pml_address => 0x2000),
	   ["FILE, state 2, byte 1218: $target has no posted_intr_nv, which is 0xf2",
	    "FILE, state 2, byte 4664: $target has no pml_address, which is 0x1000",
	    "FILE, state 2, byte 5348: $target has no guest_pml_index, which is 0x1ff"],
	   $target);
is_refused(image('vmcs12/rfc-2017', hv_vp_id => 1),
	   "FILE, page 1, byte 840: $new has no hv_vp_id, which is 0x1", $new);
is_refused(image($new, 4090 => 'xy'),
	   'FILE, page 1, byte 4090: vmcs12/rfc-2017 has no room for a byte of no member, ' .
	   'which is 0x78', 'vmcs12/rfc-2017');

# What is not an image of the layout.
my $none = 'is not a revision\'s id';
is_refused("\0" x 4096, "FILE, page 1, byte 0: 0x00000000 $none, and 0 is not a state's size", $target);
is_refused("\1\0\0\0\2\0\0\0", 'FILE, page 1, byte 0: 0x00000001 is an id of evmcs, not of vmcs12',
	   $target);
is_refused(state($plain, image('evmcs/linux-6.1')),
	   'FILE, state 1, byte 4224: 0x00000001 is an id of evmcs, not of vmcs12', $target);
is_refused(image($new) . state("\1" x 4096), "FILE, state 2, byte 4224: 0x01010101 $none",
	   $target);

# Headers: every size but three, and every other format.
sub with
{
	my ($state, $offset, $bytes) = @_;

	substr($state, $offset, length($bytes), $bytes);
	return $state;
}

for my $size (0, 1, 127, 65536, 2**31, 2**32 - 1) {
	is_refused(with(state($plain, $plain), 4, pack('V', $size)),
		   "FILE, page 1, byte 0: 0x00000000 $none, and $size is not a state's size", $target);
}
# Whatever its flags, which may look like the id of an enlightened VMCS.
for my $size (129, 4096, 4223, 4225, 8319, 8321, 12416, 65535) {
	for my $flags (0, 1, 5, 15) {
		is_refused(with(with(state($plain, $plain), 0, pack('v', $flags)), 4, pack('V', $size)),
			   "FILE, state 1, byte 4: the size of the state is $size, not 128, 4224 or 8320",
			   $target);
	}
}
for my $format (1, 2, 0x100, 0xffff) {
	is_refused(with(state($plain), 2, pack('v', $format)),
		   "FILE, state 1, byte 2: the format of the state is $format, not VMX's 0",
		   $target);
}

# A page is one even if its abort indicator looks like the size of a state.
converts(image($new, abort => 4224), image('vmcs12/rfc-2017', abort => 4224), 'an odd page',
	 'vmcs12/rfc-2017');

# Files that end too early, at bytes of a header and of the images.
my $whole = state($plain, image($new));
my @lengths = (1 .. 129, map({ 61 * $_ } 3 .. 136), 4223 .. 4229, 8319);
my @wrong;
for my $length ($ENV{EVERY} ? @lengths : grep { $_ < 9 || $_ % 128 < 2 || $_ % 8 == 7 } @lengths) {
	my $result = try(substr($whole, 0, $length), 'convert', $new);
	my $size = $length < 8 ? 128 : length($whole);
	my $message = "standard input, state 1, byte $length: the file ends here, after " .
		      "$length of $size bytes";

	push @wrong, "$length: $result->{err}" if $result->{status} != 3 || $result->{out} ne '' ||
		$result->{err} ne "vmcsgen: error: $message\n";
}
is_deeply([@wrong], [], 'each beginning of a state is refused');
is_refused(state() . substr($plain, 0, 9),
	   'FILE, page 2, byte 137: the file ends here, after 9 of 4096 bytes', $new);
is_refused('', 'FILE is empty', $target);

# On standard output, what was whole before is there.
{
	my $result = try($plain . state("\1" x 4096), 'convert', $new);

	is($result->{status}, 3, 'a state after others is refused');
	ok($result->{out} eq $plain, 'the others are there');
}

#
# States in buffers for the largest
#

{
	my ($none, $one, $two) = (state(), state($plain), state($plain, $plain));
	my $buffer = sub { $_[0] . "\0" x (8320 - length($_[0])) };

	for my $case (['one', $buffer->($one)], ['none', $buffer->($none)], ['two', $buffer->($two)],
		      ['some', join('', map { $buffer->($_) } $none, $one, $two, $none)],
		      ['buffers and none', $buffer->($one) . $one . $two . $none . $buffer->($none)],
		      ['a shorter tail at the end', $one . "\0" x 100],
		      ['states that begin with zeroes', $none . $none . $one],
		      ['a page after a buffer', $buffer->($one) . $plain]) {
		my ($title, $bytes) = @$case;
		my $result = try($bytes, 'convert', $new);

		is($result->{err}, '', "$title: converted");
		ok($result->{out} eq $bytes, "$title: as long, and the same");
		is(try($bytes, 'decode')->{status}, 0, "$title: decoded");
	}
	is_refused($one . "\0" x 8192, "FILE, page 2, byte 8320: 0x00000000 is not a revision's id, and 0 is not a state's size",
		   $new);
	is_refused($one . "\0" x 100 . "\1" . "\0" x 5000,
		   "FILE, page 2, byte 4224: 0x00000000 is not a revision's id, and 0 is not a state's size", $new);
	# What is left out takes its zeroes along.
	my $result = try($buffer->($one) . $buffer->(state("\1" x 4096)), 'convert', $new);
	ok($result->{out} eq $buffer->($one), 'the zeroes of a state that is refused');
	# A pipe that gives a byte at a time makes no difference.
	my $all = $buffer->($none) . $one . $buffer->($one);
	spew("$dir/slow", $all);
	my $slow = run({ dir => root() }, 'sh', '-c', 'dd bs=97 <"$1" 2>/dev/null | "$2" convert "$3"', 'sh',
		       "$dir/slow", vmcsgen(), $new);
	ok($slow->{out} eq $all, 'through a pipe');
}

#
# What --from says
#

is_refused($plain, 'FILE has no image with the id of vmcs12/rfc-2017, 0x' . '0c9e6f16',
	   $new, '--from', 'vmcs12/rfc-2017');
is_refused($plain, 'a/nameless has no id', 'a/large', '--from', 'a/nameless', '-s', spew("$dir/odd.vmcs", <<'END'), '-Wno-id-missing', '-Wno-unused');
layout a {
	struct a
	size 4096
}
revision a/large {
	source "here"
	id 1
	u32 revision_id
}
revision a/nameless {
	source "here"
	u32 revision_id
}
END
is_refused($plain, '--from is a revision of evmcs, not of vmcs12', $new, '--from', 'evmcs/linux-6.1');

{
	my $result = try($plain, 'convert', $new, '-o', "$dir/no/such/file");

	is($result->{err}, "vmcsgen: cannot write $dir/no/such/file: No such file or directory\n",
	   'a folder that is not there');
	is($result->{status}, 4, 'exit status');
	ok(!-e "$dir/no", 'it is not made');
}

my $see_list = "'vmcsgen list' prints those that it has";
is_refused($plain, "the spec has no revision 'vmcs12/none'; $see_list", 'vmcs12/none');
is_refused($plain, "the spec has no revision 'vmcs12/none'; $see_list", $new,
	   '--from', 'vmcs12/none');

# A revision of which there can be no image.
my $spec = spew("$dir/odd.vmcs", <<'END');
fields {
	0x6400  exit_qualification
}
layout a {
	struct  a
	size    8192
	align   packed
}
revision a/large {
	source  "here"
	id      1
	u32 revision_id
	pad u32[1201] padding
	exit_qualification
}
revision a/nameless {
	source  "here"
	u32 revision_id
}
END
my @odd = ('-s', $spec, '-Wno-id-missing', '-Wno-unused');
is_refused($plain, 'an image of a/large does not fit a page', 'a/large', @odd);
is_refused($plain, 'a/nameless has no id', 'a/nameless', @odd);

#
# The system fails
#

{
	my $result = run({ dir => root(), stdin => $plain }, 'sh', '-c',
			 'exec "$@" >/dev/full', 'sh', vmcsgen(), 'convert', $new);
	is($result->{err}, "vmcsgen: cannot write to standard output: No space left on device\n",
	   'a full disk');
	is($result->{status}, 4, 'exit status');

	for my $case ([['-o', '/dev/full'], '/dev/full is not a regular file: Invalid argument'],
		      [['-o', "$dir"], "$dir is not a regular file: Invalid argument"],
		      [['-o', "$dir/in/out"], "cannot write $dir/in/out: Not a directory"],
		      [["$dir"], "cannot read $dir: Is a directory"]) {
		my ($arguments, $message) = @$case;
		$result = try($plain, 'convert', $new, @$arguments);

		is($result->{err}, "vmcsgen: $message\n", "@$arguments: $message");
		is($result->{status}, 4, 'exit status');
	}
	$result = try('', 'convert', $new, "$dir/none");
	is($result->{err}, "vmcsgen: error: cannot open '$dir/none': No such file or directory\n",
	   'a file that is not there');
	is($result->{status}, 3, 'exit status');
}

# It is interrupted when it has begun: a pipe takes less than what is written into it.
{
	my $out = spew("$dir/out/old", 'from before');
	my $pid = open(my $pipe, '|-', vmcsgen(), 'convert', $new, '-s', root() . '/spec/vmcs.vmcs',
		       '-o', $out) // die "fork: $!\n";

	syswrite($pipe, $plain x 512) == 512 * 4096 or die "a pipe: $!\n";
	kill('TERM', $pid);
	close($pipe);
	is($? & 127, 15, 'it ends by the signal');
	is(slurp($out), 'from before', 'the output is as it was');
	is_deeply([glob("$dir/out/*")], [$out], 'nothing is beside it');
}

# A file may take its own place.
spew("$dir/in", $plain);
is(try('', 'convert', 'vmcs12/rfc-2017', "$dir/in", '-o', "$dir/in")->{status}, 0, 'onto itself');
ok(slurp("$dir/in") eq image('vmcs12/rfc-2017', %values), 'the file is converted');

done_testing;
