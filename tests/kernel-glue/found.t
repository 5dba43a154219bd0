#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# kernel-glue/lib: what is found of a kernel tree without applying anything.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../../kernel-glue/lib";
use Bodies;
use GlueTrees;
use Proofs;
use Run;
use Spec;
use Test::More;
use Tree;
use Vmcsgen qw(:DEFAULT);

my $top = tempdir();

#
# A tree: who defines what
#

my $vmx = 'arch/x86/kvm/vmx';
Vmcsgen::spew("$top/tree/$vmx/a.h", "struct a { int b; };\nint f(void);\n");
Vmcsgen::spew("$top/tree/$vmx/a.c", "/* struct a { */\nint f(void)\n{\n\treturn 0;\n}\nint t[] = { 1 };\n");
Vmcsgen::spew("$top/tree/include/hyperv/b.h", "#define M(x) x\nenum e {\n\tONE = 0x6c1c,\n\tTWO,\n#define X 1\n\tSUM = ONE + X\n};\n");
my $tree = Tree->new("$top/tree");
is_deeply([map { join(' ', $tree->files_for($_)) } 'struct a', 'f()', 't[]', 'macro M', 'enum e', 'struct b',
	   "$vmx/a.*", 'struct a below include/hyperv'],
	  ["$vmx/a.h", "$vmx/a.c", "$vmx/a.c", 'include/hyperv/b.h', 'include/hyperv/b.h', '',
	   "$vmx/a.c $vmx/a.h", ''], 'files are found by what they define');
is_deeply([map { $_->{line} } $tree->defining('f()')], [2], 'the line of it');
is_deeply($tree->enumerators('enum e'),
	  { ONE => '0x00006c1c', TWO => '0x00006c1d', SUM => '0x00006c1d' },
	  'the compiler tells values, with a comma after the last or without');

#
# A list of macro calls, in each form that guards one
#

my $OLD = "#if !defined(RO) && !defined(RW)\nBUILD_BUG_ON(1)\n#endif\n\n#ifndef RO\n#define RO(x, y)\n#endif\n";
my $NEW = "#if !defined(RO) && !defined(RW)\n#error one, at least\n#else\n\n#ifndef RO\n#define RO(x, y)\n#endif\n";
for my $form ([$OLD, ''], [$NEW, "#endif\n"]) {
	is_deeply([Proofs::list_of("$form->[0]\nRO(A, a)\n/* b */\nRW(B,\n   b)\n$form->[1]\n#undef RO\n")],
		  ['RO(A, a)', 'RW(B, b)'], 'the entries of a list');
	is_deeply([Proofs::list_of("$form->[0]\nRO(A, a)\n#ifdef C\nRW(B, b)\n#endif\n$form->[1]")],
		  ['RO(A, a)', '#ifdef C', 'RW(B, b)', '#endif'], 'and what is a condition of one');
}

#
# Bodies that are known
#

my @items = map { { %$_, file => "$vmx/a.c", less => $_->{text} } } $tree->items("$vmx/a.c");
my $bodies = Bodies->new("$top/bodies");
is_deeply([map { $_->{name} } $bodies->unknown(@items)], ['f', 't'], 'nothing is known');
Vmcsgen::spew("$top/bodies", "# a head\n");
$bodies->record($items[0], '6.12');
$bodies->record($items[0], '6.1');
$bodies->record($items[1], '7.3');
$bodies->write;
like(Vmcsgen::slurp("$top/bodies"), qr{^# a head\n[0-9a-f]{20} function f \Q$vmx\E/a\.c 6\.1 6\.12\n[0-9a-f]{20} variable t \Q$vmx\E/a\.c 7\.3\n$},
     'the file of those that are known');
my $known = Bodies->new("$top/bodies");
is_deeply([$known->unknown(@items)], [], 'they are');
$known->forget('7.3');
is_deeply([map { $_->{name} } $known->unknown(@items)], ['t'], 'and one is forgotten with its kernel');

#
# Real kernels
#

for my $version (kernel_versions()) {
	my $run = Run->new(glue_tree($version, "$top/$version"));
	my $target = $run->target;

	is($target->{name}, 'linux', "Linux $version: the target");
	is_deeply($run->{targets}{unlike}, {}, "Linux $version: both structures are its own");
	is($run->{misfits}->count, 0, "Linux $version: no misfit");
	is($run->{found}->mask_misfits($target), 0, "Linux $version: and so are the masks");
	my %all = %{ $run->{tree}->enumerators('enum vmcs_field') };
	my %fields = map { $_->{encoding} => 1 } @{ $run->{spec}{fields} };
	is(join(' ', grep { !/_HIGH$/ && !$fields{$all{$_}} } sort keys %all), '',
	   "Linux $version: the spec has all encodings that the kernel names");
}
done_testing();
