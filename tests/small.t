#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Small specs, each with one thing that is easily got wrong, through all that the program
# makes of them: what is converted, and what compiled programs do.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use Test::More;
use Vmcsgen;

my $specs = "$FindBin::Bin/specs/small";
my $dir = tempdir();

# What a program says that is compiled against what the spec makes.
sub said
{
	my ($name, $program) = @_;
	my $out = every_of("$specs/$name.vmcs", "$dir/$name");
	my $result = compile(output => "$dir/program", source => $program,
			     flags => ['-O2', '-Wall', '-Wextra', '-Werror', "-I$out"]);

	return $result->{err} if $result->{status} != 0;
	return run("$dir/program")->{out};
}

# An image of these numbers, by their offsets: "V" 32 bits and "Q" 64.
sub page
{
	my (@numbers) = @_;
	my $page = "\0" x 4096;

	while (my ($offset, $form, $number) = splice(@numbers, 0, 3)) {
		my $bytes = pack("$form<", $number);

		substr($page, $offset, length($bytes)) = $bytes;
	}
	return $page;
}

# What becomes of an image; the message, if it is refused.
sub converted
{
	my ($name, $to, $page) = @_;
	my $result = run({ stdin => $page }, vmcsgen(), 'convert', $to, '-s', "$specs/$name.vmcs");

	return $result->{status} ? $result->{err} : $result->{out};
}

#
# A member has one partner at most
#

is(converted('first-word', 'v/b', page(0, 'L', 1)), page(0, 'L', 2),
   'the first words belong together, whatever their names');
is(converted('first-word', 'v/b', page(0, 'L', 1, 4, 'L', 7)),
   "vmcsgen: error: standard input, page 1, byte 4: v/b has no y, which is 0x7\n",
   'a member with the name of a first word has no partner');
is(converted('two-claim-one', 'v/b', page(0, 'L', 1, 16, 'Q', 5)), page(0, 'L', 2, 8, 'Q', 5),
   'a field goes by its encoding, not by its name');
is(converted('two-claim-one', 'v/b', page(0, 'L', 1, 8, 'Q', 6, 16, 'Q', 5)),
   "vmcsgen: error: standard input, page 1, byte 8: v/b has no guest_rip, which is 0x6\n",
   'what has only its name is refused');
is(converted('two-claim-one', 'v/a', page(0, 'L', 2, 8, 'Q', 5)), page(0, 'L', 1, 16, 'Q', 5),
   'and back');
is(said('two-claim-one', <<'END'), "loaded 5\nstored 6 9\n", 'loads and stores');
#include <stdio.h>
#include "v/b-images.c"

int main(void)
{
	/*
	 * v/a: a field under the name rip at 16, and at 8 one that is called as v/b's.
	 * The target calls the field as v/a does, in v/b, too.
	 */
	u64 image[3] = { 1, 6, 5 };
	struct v memory = { 0 };

	v_revisions[0].load(&memory, image);
	printf("loaded %d\n", (int)memory.rip);
	memory.rip = 9;
	v_revisions[0].store(image, &memory);
	printf("stored %d %d\n", (int)image[1], (int)image[2]);
	return 0;
}
END

#
# A write to a member of every group makes all groups dirty, the frequent ones, too
#

is(said('any-group', <<'END'), "often: 1 2\nseldom: 1 0\nnone: 0 0\nall: 1 2\n", 'the group any');
#include <stdio.h>
#include "v/one-copies.h"

static void copy(const char *dirty, unsigned int clean)
{
	struct e e = { .tsc_offset = 1, .guest_rip = 2 };
	struct v v = { 0 };

	e_to_v(&v, &e, clean);
	printf("%s: %d %d\n", dirty, (int)v.tsc_offset, (int)v.guest_rip);
}

int main(void)
{
	copy("often", 0xfffe);
	copy("seldom", 0xfffd);
	copy("none", 0xffff);
	copy("all", 0);
	return 0;
}
END

#
# Names in C: the compilers say what may be one
#

# A spec with a member of each name; the numbers of those that are refused, by name.
sub refused_names
{
	my (@names) = @_;
	my $spec = "layout v {\n\tstruct v\n\tsize 65536\n}\nrevision v/a {\n\tid 1\n\tsource \"s\"\n" .
		"\tu32 hdr\n" . join('', map { "\tu8 $_\n" } @names) . "}\n";
	my $result = run({ stdin => $spec }, vmcsgen(), 'check', '-s', '/dev/stdin');

	return map { $_ => 1 } $result->{err} =~ /: error: '(\w+)' means something else in C \[-Wc-name\]$/mg;
}

my @keywords = qw(alignas alignof asm auto bool break case char const constexpr continue do double
		  else enum extern false float goto if inline int long nullptr register restrict return
		  short signed sizeof static switch thread_local true typedef typeof union unsigned
		  void volatile while _Alignas _Atomic _Bool _Complex _Generic _Noreturn
		  _Static_assert __asm__ __attribute__ __typeof__ __inline);
my $headers = "#include <assert.h>\n#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n";

for my $cc (compilers()) {
	my @macros = grep { !/^(?:NDEBUG|struct)$/ }
		run({ stdin => $headers }, $cc, '-std=gnu11', '-dM', '-E', '-x', 'c', '-')->{out} =~
		/^#define (\w+) ./mg;
	my %names = map { $_ => 1 } @macros, @keywords;
	delete $names{linux};		# it is a word of the language, and so no name
	my %refused = refused_names(sort keys %names);

	cmp_ok(scalar(@macros), '>', 300, "$cc has macros");
	is(join(' ', grep { !$refused{$_} } sort keys %names), '', "$cc: no macro is a member's name");
}

# Whatever a template calls something in a file for all, nothing of the spec is called so.
{
	my %names;

	for my $template (glob(root() . '/templates/out/TARGET/*.h')) {
		my $text = slurp($template) =~ s{/\*.*?\*/}{}gsr;

		$names{uc($_)} = 1 for $text =~ /^(?:#define|enum|struct)\s+(\w+)(?:\W|$)/mg,
			$text =~ /^\s*(VMCS_ENC_\w+)(?: =|,)/mg, $text =~ /^#ifndef VMCSGEN_(\w+)_H$/mg,
			$text =~ /^(?:static|typedef|void|extern)\b[^\n;{}]*?\b(vmcs_\w+)(?:\(|\[)/mg;
	}
	delete @names{grep { /^VMCSGEN_|^__|_T$|_$/ } keys %names};
	my $own = slurp(root() . '/gen/check/check_names.c');
	my @missing = grep { $own !~ /"$_"/ } grep { /^VMCS/ } sort keys %names;

	cmp_ok(scalar(keys %names), '>', 40, 'the templates define names');
	is("@missing", '', 'all of them are known');
}

# The preprocessor says so, too, of what is generated for the spec that is shipped.
{
	my @files = grep { !/(?:fields|shadow_fields)\.h$/ } emitted(qr/^vmcs_\w+\.h$/);
	my $macros = sub {
		return run({ stdin => join('', @_) }, 'gcc', '-std=gnu11', '-dM', '-E', '-I' . out(),
			   '-x', 'c', '-')->{out} =~ /^#define (\w+)/mg;
	};
	my %before = map { $_ => 1 } $macros->($headers);
	my @own = grep { !$before{$_} && !/^VMCSGEN_|^__|^VMCS_(?:CTRL|DEFAULT1)_|^_/ }
		$macros->($headers, map { "#include \"$_\"\n" } @files);
	my $own = slurp(root() . '/gen/check/check_names.c');

	cmp_ok(scalar(@own), '>', 20, 'the headers define macros');
	is(join(' ', grep { my $name = uc($_); $own !~ /"$name"/ } sort @own), '', 'which are known');
}

# What a template puts after a revision's name.
{
	my (%endings, %guards);

	for my $template (glob(root() . '/templates/out/TARGET/LAYOUT/*')) {
		my $text = slurp($template);

		$endings{$_} = 1 for $text =~ /\{\{(?:revision\.)?c_name\}\}(_\w+)/g;
		$guards{lc($_)} = 1 for $text =~ /\{\{(?:revision\.)?C_NAME\}\}(\w*)_H$/mg;
	}
	my $own = slurp(root() . '/gen/check/check_names.c');
	my ($known, $known_guards) = map {
		my ($list) = $own =~ /$_\[\] = \{(.*?)\}/s;
		[sort $list =~ /"(\w*)"/g];
	} 'endings', 'guard_endings';

	is_deeply([sort map { s/^_//r } keys %endings], $known, 'what is put after names is known');
	is_deeply([sort keys %guards], $known_guards, 'so is what is put after names in guards');
}

# What is allowed compiles, in all files; and so does a spec with nothing to look up.
for my $spec ("$FindBin::Bin/faults/c-name-not.vmcs", "$specs/no-fields.vmcs", "$specs/named-revision.vmcs",
	      "$FindBin::Bin/faults/byte-twice-not.vmcs") {
	my $name = $spec =~ s{.*/}{}r;
	my $out = every_of($spec, "$dir/$name");

	for my $cc (compilers()) {
		my @maps = glob("$out/*/*-map.h");
		my $accessors = join('', map {
			my ($c) = slurp($_) =~ /^static const u16 \w+ (\w+)_map\[/m;

			"#include \"$_\"\ntypedef u16 __bitwise ${c}_end_t;\n#define VMCS_STRUCT $c\n#define VMCS_MAP ${c}_map\n" .
				"#define VMCS_END ${c}_end_t\n#define VMCS_FIND ${c}_find\n" .
				"#define VMCS_READ ${c}_read\n#include \"vmcs_accessors.h\"\n"
		} @maps);

		for my $source (glob("$out/selftest.c"), glob("$out/*/*-images.c"),
				map({ "#include \"$_\"\n" } glob("$out/*/*.h"),
				    grep { !m{/vmcs_accessors\.h$} } glob("$out/vmcs_[!fs]*.h")), $accessors) {
			my $result = compile(cc => $cc, source => $source,
					     flags => ['-Wall', '-Wextra', '-Werror', "-I$out",
						       '-Wno-unused-function', '-fsyntax-only']);

			is($result->{err}, '', "$name, $cc: " . (split(/\n/, $source))[-1] =~ s{.*/}{}r);
		}
		my $result = compile(cc => $cc, source => "$out/selftest.c", output => "$dir/selftest",
				     flags => ["-I$out"]);

		is(run("$dir/selftest")->{status}, 0, "$name, $cc: selftest");
	}
}

# No file is written twice: one of the two would be lost.
{
	my $spec = "layout v {\n\tstruct v\n\tsize 64\n}\n" . join('', map {
		"revision v/$_ {\n\tid " . length($_) . "\n\tsource \"s\"\n\tu32 h\n\tu32 a\n}\n"
	} qw(x x-map)) . "target t {\n\tmemory v/x, v/x-map\n}\n";
	my $result = run({ stdin => $spec, dir => root() }, vmcsgen(), 'gen', '-s', '/dev/stdin',
			 '-W', 'no-c-name', '-o', "$dir/twice");

	is($result->{err}, "vmcsgen: error: two files would be written as '$dir/twice/t/v/x-map.h'\n",
	   'two files of one path');
	is($result->{status}, 3, 'two files of one path: exit status');
	ok(!-e "$dir/twice", 'and none is written');
	my $single = spew("$dir/single.vmcs", $spec =~ s/^revision v\/x-map.*?^\}\n//msr =~ s/, v\/x-map$//mr);
	for (1, 2) {
		# Where there is no folder t yet, nothing tells that t/.. leads nowhere else.
		for my $path ("$dir/once/t/v/x.h", $_ > 1 ? "$dir/once//t/../t/v/x.h" : ()) {
			is(run({ dir => root() }, vmcsgen(), 'gen', '-s', $single, '-o', "$dir/once", '-MD', '-MF', $path)->{err},
			   "vmcsgen: error: two files would be written as '$path'\n", "the rule over a file: $_");
		}
		ok_run({ dir => root() }, vmcsgen(), 'gen', '-s', $single, '-o', "$dir/once");
	}
	for my $path ($single, "$dir/once/../single.vmcs", root() . '/templates/views/depend.make') {
		my $before = slurp($path);
		$result = run({ dir => root() }, vmcsgen(), 'gen', '-s', $single, '-o', "$dir/once", '-MD', '-MF', $path);
		like($result->{err}, qr{^vmcsgen: error: '\S+' was read and would be written\n$}, "the rule over what was read");
		is(slurp($path), $before, 'which stays');
	}
	# Nor is it by another name: of the link, or of what it points to.
	symlink('single.vmcs', "$dir/link.vmcs") or die "$dir/link.vmcs: $!\n";
	$result = run({ dir => root() }, vmcsgen(), 'gen', '-s', "$dir/link.vmcs", '-o', "$dir/once",
		      '-MD', '-MF', $single);
	is($result->{err}, "vmcsgen: error: '$dir/link.vmcs' was read and would be written\n",
	   'the rule over what a link points to');
	my $file = spew("$dir/unkempt.vmcs", "bits  a u8 {\n\tb 8\n}\n");
	$result = run(vmcsgen(), 'fmt', '-i', $file, $file);
	is($result->{err}, "vmcsgen: error: two files would be written as '$file'\n", 'fmt, too');
}

done_testing;
