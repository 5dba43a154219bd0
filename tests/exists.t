#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# vmcs_field_exists() against the tables of encodings and controls, for each control
# alone, with what its own word hangs on, and as the only one that may not be 1.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use Test::More;
use Vmcsgen;

# A control is known by its word's encoding and its bit, as in 0x401e:5.
my @controls = map { "$_->{encoding}:$_->{bit}" } read_csv("$FindBin::Bin/facts/controls.csv");
my %adders = map { hex($_->{encoding}) => [split(' ', $_->{exists_if})] }
	read_csv("$FindBin::Bin/facts/encodings.csv");
my %word = map { hex($_->{encoding}) => $_->{word} } @{ spec_json()->{controls} };

sub word_of { return hex($_[0] =~ s/:.*//r) }

# Whether there is a field where these controls may be 1, each in a word that exists.
sub is_there
{
	my ($encoding, $may) = @_;
	my @adders = @{ $adders{$encoding} };

	return !@adders || grep { $may->{$_} && is_there(word_of($_), $may) } @adders;
}

# A control and those that its word hangs on.
sub with_words
{
	my ($control) = @_;

	return ($control, map { with_words($_) } @{ $adders{word_of($control)} });
}

my %cases = ('none' => [], 'all' => [@controls]);
for my $control (@controls) {
	$cases{"$control alone"} = [$control];
	$cases{"$control with its word"} = [with_words($control)];
	$cases{"all but $control"} = [grep { $_ ne $control } @controls];
}

# A case as C has it.
sub initialiser
{
	my ($name, @controls) = @_;
	my %bits;

	for my $control (@controls) {
		my (undef, $bit) = split(/:/, $control);

		push @{ $bits{$word{word_of($control)}} }, "BIT_ULL($bit)";
	}
	return "{ \"$name\", { " .
		(join(', ', map { ".$_ = " . join(' | ', @{ $bits{$_} }) } sort keys %bits) || '0') .
		" } },\n";
}

# The program, compiled against a folder of generated files; it goes away with the returned
# object, which is its folder.
sub asking
{
	my ($cc, $folder, @flags) = @_;
	my $dir = tempdir();

	spew("$dir/cases.h", map { initialiser($_, @{ $cases{$_} }) } sort keys %cases);
	my $result = compile(cc => $cc, source => "$FindBin::Bin/exists.c", output => "$dir/exists",
			     flags => ['-Wall', '-Wextra', '-Werror', @flags, "-I$folder",
				       "-DCASES=\"$dir/cases.h\""]);
	die $result->{err} if $result->{status} != 0;
	return $dir;
}

# What the program says.
sub said { return [split(/\n/, ok_run("$_[0]/exists"))] }

my $out = out();
my @expected;
for my $name (sort keys %cases) {
	my %may = map { $_ => 1 } @{ $cases{$name} };
	my @there = grep { is_there($_, \%may) } sort { $a <=> $b } keys %adders;

	push @expected, "$name:" . join('', map { sprintf(' %04x', $_) } @there);
}

push @expected, 'wider:';

is(keys(%adders), 283, '283 encodings');
is(@controls, 104, '104 controls');
for my $cc (compilers()) {
	for my $flag ('-O0', '-O2', '-m32') {
		my $dir = asking($cc, $out, $flag);

		SKIP: {
			skip('cannot run 32-bit programs here', 1)
				if $flag eq '-m32' && !runs_here($flag);
			is_deeply(said($dir), \@expected,
				  "$cc $flag: " . keys(%cases) . ' settings of the controls');
		}
	}
}

# Faults are seen: of controls, of words, of encodings.
{
	my %faults = (
		'another control' => sub { $_[0] =~ s/(EXEC_ENABLE_)VPID;/$1EPT;/r },
		'a word that need not exist' => sub { $_[0] =~ s/may->secondary\w+ = 0;/;/r },
		'a field too many' => sub { $_[0] =~ s/(?=\tdefault:)/\tcase 0x6ffe:\n\t\treturn true;\n/r },
		'a wide field too many' =>
			sub { $_[0] =~ s/(?=\tdefault:)/\tcase 0x16ffe:\n\t\treturn true;\n/r },
		'a wide encoding that is cut' => sub { $_[0] =~ s/switch \(\K(?=encoding)/(u16)/r },
	);

	for my $fault (sort keys %faults) {
		my $dir = tempdir();
		my $text = slurp("$out/vmcs_exists.h");
		my $faulty = $faults{$fault}->($text);

		ok_run('cp', '-r', "$out/.", "$dir");
		spew("$dir/vmcs_exists.h", $faulty);
		isnt($faulty, $text, "$fault can be made");
		ok(join("\n", @{ said(asking('gcc', "$dir", '-O2', '-w')) }) ne join("\n", @expected),
		   "$fault is seen");
	}
}

is_deeply(said(asking('gcc', root() . '/out/linux', '-O2')), \@expected, 'the target linux');

# Words that hang on each other, in no order of their encodings.
{
	my $dir = tempdir();

	spew("$dir/chain.vmcs", <<'END');
fields {
	0x4000  third
	0x4002  first
	0x4004  second
	0x4006  far
}
controls first {
	0  adds_second  adds second
}
controls second {
	0  adds_third  adds third
}
controls third {
	0  adds_far  adds far
}
layout l {
	struct  l
	size    64
}
revision l/r {
	source  "an example"
	id      1
	u32 hdr
	u32 abort
	third
	first
	second
	far
}
END
	spew("$dir/chain.c", <<'END');
#include <stdio.h>
#include "vmcs_exists.h"

int main(void)
{
	for (u32 i = 0; i < 8; i++) {
		struct vmcs_controls may = { .first = i & 1, .second = i >> 1 & 1, .third = i >> 2 };

		printf("%d", vmcs_field_exists(&may, VMCS_ENC_FAR));
	}
	return 0;
}
END
	my $result = compile(source => "$dir/chain.c", output => "$dir/chain",
			     flags => ['-Wall', '-Wextra', '-Werror',
				       '-I' . every_of("$dir/chain.vmcs", "$dir")]);
	is($result->{err}, '', 'a chain of words compiles');
	is(ok_run("$dir/chain"), '00000001', 'what a chain of words adds exists with all of it');
}

done_testing;
