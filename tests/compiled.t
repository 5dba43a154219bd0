#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Structs in every style of C, made by chance, as import --c has them and as the compiler's
# offsetof says: 40 of them, or CHANCE; FIRST is the first seed.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $BATCH = 40;				# structs in a file
my $dir = tempdir();
my @SCALARS = ('char', 'signed char', 'unsigned short', 'int', 'unsigned', 'long', 'unsigned long long',
	       'float', 'double', 'void *', '_Bool', 'enum kind', 'word', 'quad', 'const volatile int',
	       'twin', '__int128', 'struct pair', 'union view');

# A number below @_, and one of several.
sub chance { return int(rand($_[0])) }
sub one_of { return $_[chance(scalar(@_))] }

my $names;
sub new_name { return 'm' . $names++ }

sub length_text
{
	return one_of('3', '0x2', 'SIX', 'SIX - 4', 'NINE / 3', 'sizeof(int)', '2 * sizeof(quad) - 15',
		      "'\\2'", '(1 << 1)', 'SIX > 5 ? 2 : 7');
}

sub attributes { return one_of(('') x 6, ' TIGHT', ' __attribute__((aligned(8)))', ' _Alignas_16') }

# A member of the struct, of which offsetof and sizeof tell.
sub leaf
{
	my ($struct, $name) = @_;

	push @{ $struct->{leaves} }, $name;
	return $name;
}

sub plain
{
	my ($struct) = @_;
	my $name = leaf($struct, new_name());
	my $arrays = one_of(('') x 3, map { '[' . length_text() . ']' } 1, 2);

	$arrays .= '[' . length_text() . ']' if $arrays && !chance(3);
	return one_of(@SCALARS) . " $name$arrays" . attributes() . ';';
}

sub function_pointer
{
	my ($struct) = @_;

	return 'int (*' . leaf($struct, new_name()) . ')(struct pair *, ...);';
}

# The first name stands for all of a run; its bytes are found by setting it.
sub bit_fields
{
	my ($struct) = @_;
	my $type = one_of('unsigned', 'unsigned char', 'unsigned long long', 'int', 'enum kind');
	# One of as many bits as its type is not a bit field to a compiler.
	my $most = $type =~ /long/ ? 40 : $type =~ /char/ ? 7 : 20;
	my @names = map { new_name() } 0 .. chance(4);

	push @{ $struct->{runs} }, [@names];
	return join(' ', map { "$type $_:" . (1 + chance($most)) . ';' } @names) .
	       one_of('', '', ' unsigned :3;', ' unsigned :0;') . ' char ' .
	       leaf($struct, new_name()) . ';';
}

sub anonymous
{
	my ($struct, $depth) = @_;

	return "struct {\n" . members($struct, $depth + 1) . '}' . attributes() . ';';
}

sub nested
{
	my ($struct) = @_;
	my $inner = {};

	return one_of('struct', 'union') . " {\n" . members($inner, 2) . '} ' .
		leaf($struct, new_name()) . one_of('', '', '[2]') . attributes() . ';';
}

# A union that means nothing is bytes by the name of its first view.
sub union
{
	my ($struct) = @_;
	my $first = new_name();
	my $other = {};

	push @{ $struct->{unions} }, $first;
	return "union {\n" . one_of('char', 'quad', 'unsigned short') . " $first;\n" . members($other, 2) . '};';
}

sub members
{
	my ($struct, $depth) = @_;
	my $text = '';

	for (0 .. 1 + chance($depth ? 3 : 8)) {
		my $kind = chance($depth > 1 ? 8 : 13);

		$text .= '	' . ($kind < 7 ? plain($struct) : $kind == 7 ? function_pointer($struct) :
			  $kind == 8 && !$depth ? bit_fields($struct) : $kind == 9 ? anonymous($struct, $depth) :
			  $kind == 10 ? nested($struct) : $kind == 11 && !$depth ? union($struct) :
			  plain($struct)) . one_of('', '', ' // a remark', ' /* u64 no; */',
						   " // it goes on \\\n	int no;") . "\n";
	}
	return $text;
}

sub make_struct
{
	my ($number) = @_;
	my $struct = { leaves => [], runs => [], unions => [] };
	my $body = members($struct, 0);
	my $pack = one_of('', '', '', 1, 2, 4);
	my $attribute = one_of('', '', ' TIGHT', ' __attribute__((packed, aligned(4)))');
	my $name = $struct->{name} = "s$number";

	$struct->{text} = one_of("struct $name {\n$body}$attribute;\n",
				 "typedef struct {\n$body}$attribute $name, *p$name;\n",
				 "typedef struct tag_$name {\n$body}$attribute $name;\n");
	$struct->{text} = one_of("#pragma pack(push, $pack)\n", "_Pragma(\"pack(push, $pack)\")\n") .
			  $struct->{text} . "#pragma pack(pop)\n" if $pack;
	$struct->{type} = $struct->{text} =~ /^struct/m && $struct->{text} !~ /^typedef/m ? "struct $name" : $name;
	return $struct;
}

my $HEAD = <<'END';
#define SIX	6
#define NINE	(SIX + \
	3)
#define TIGHT	__attribute__((packed))
#define _Alignas_16	__attribute__((aligned(16)))
enum kind { NONE, SOME };
typedef unsigned int word, *wordp;
typedef unsigned long quad;
struct pair { char first; int second; };
union view { quad whole; word half[2]; char bytes[5]; };
typedef struct { unsigned short low; unsigned char high[3]; } twin;
END

# A program that prints where the members of all structs are.
sub oracle
{
	my ($header, @structs) = @_;
	my $text = "#include <stddef.h>\n#include <stdio.h>\n#include <string.h>\n#include \"$header\"\n" . <<'END';
static int first(const unsigned char *bytes, int size)
{
	for (int i = 0; i < size; i++)
		if (bytes[i])
			return i;
	return -1;
}
static int last(const unsigned char *bytes, int size)
{
	while (size-- && !bytes[size])
		;
	return size;
}
END
	my $main = '';

	for my $struct (@structs) {
		my $type = $struct->{type};

		for my $leaf (@{ $struct->{leaves} }) {
			$main .= qq{	printf("$struct->{name} $leaf %zu %zu\\n", offsetof($type, $leaf), } .
				 qq{sizeof((($type *)0)->$leaf));\n};
		}
		for my $union (@{ $struct->{unions} }) {
			$main .= qq{	printf("$struct->{name} $union %zu 0\\n", offsetof($type, $union));\n};
		}
		for my $run (@{ $struct->{runs} }) {
			$main .= "	{ static union { $type s; unsigned char b[sizeof($type)]; } u;\n	  memset(&u, 0, sizeof(u));\n" .
				 join('', map { "	  u.s.$_ = -1;\n" } @$run) .
				 qq{	  printf("$struct->{name} $run->[0] %d %d\\n", first(u.b, sizeof(u)), } .
				 "last(u.b, sizeof(u)) + 1 - first(u.b, sizeof(u))); }\n";
		}
	}
	return "$text\nint main(void)\n{\n$main	return 0;\n}\n";
}

# The spec, in which nothing of them is known.
spew("$dir/spec.vmcs", <<'END');
fields {
	0x681e  guest_rip
}
layout s {
	struct  s
	size    65536
	lookup  full
}
revision s/none {
	source "a test"
	id     1
	u32 revision_id
}
END

sub imported
{
	my ($header, $cc, $struct) = @_;
	my @words = (@{ $struct->{leaves} }, @{ $struct->{unions} }, map { $_->[0] } @{ $struct->{runs} });
	my $result = run({ dir => "$dir", env => { CC => $cc } }, vmcsgen(), 'import', '-s', 'spec.vmcs', '-t',
			 root() . '/templates', "--c=$header", '--struct', $struct->{name}, '--name', 's/new',
			 map { ('--bits', $_) } @words);

	return $result->{err} if $result->{status};
	spew("$dir/new.vmcs", "include \"spec.vmcs\"\n", $result->{out});
	return join('', sort map { "$struct->{name} $_->{name} $_->{offset} " . $_->{size} * $_->{count} . "\n" }
		    grep { $_->{name} !~ /^pad/ }
		    parse_csv(ok_run({ dir => "$dir" }, vmcsgen(), 'layout', '-s', 'new.vmcs', '-t',
				     root() . '/templates', '--format=csv', '-W', 'no-id-missing', '-W',
				     'no-misaligned', '-W', 'no-name-case', '-W', 'no-first-word', 's/new')));
}

sub try_batch
{
	my ($seed) = @_;

	srand($seed);
	$names = 0;
	my @structs = map { make_struct($_) } 0 .. $BATCH - 1;
	my $text = $HEAD . join('', map { $_->{text} } @structs);
	$text =~ s/\n/\r\n/g if $seed % 3 == 0;
	my $header = spew("$dir/by-chance.h", $text);
	my $cc = $seed % 2 ? 'gcc' : 'clang';
	my $program = compile(cc => $cc, source => oracle($header, @structs), output => "$dir/oracle", flags => ['-w']);
	if ($program->{status}) {
		fail("seed $seed: $cc takes the structs");
		diag($program->{err});
		return;
	}
	my %said;
	push @{ $said{ (split(/ /))[0] } }, "$_\n" for split(/\n/, ok_run("$dir/oracle"));
	my @wrong;
	for my $struct (@structs) {
		my $expected = join('', sort @{ $said{ $struct->{name} } // [] });
		my $imported = imported($header, $cc, $struct);
		my %union = map { ("$struct->{name} $_" => 1) } @{ $struct->{unions} };

		# offsetof knows nothing of the bytes of an anonymous union.
		s/^(\w+ \w+)( \d+) \d+$/$union{$1} ? "$1$2 0" : $&/mge for $imported;
		push @wrong, "$struct->{text}import: $imported\noffsetof: $expected" if $imported ne $expected;
	}
	is(join("\n", @wrong), '', "seed $seed: $BATCH structs by $cc");
}

my $first = $ENV{FIRST} // 1;
try_batch($_) for $first .. $first + int((($ENV{CHANCE} // $BATCH) - 1) / $BATCH);
done_testing();
