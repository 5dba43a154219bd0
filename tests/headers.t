#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What is generated for a target that takes everything, and what is committed for others, is
# clean: compilers with all warnings and the kernel's own, sparse, kernel-doc, checkpatch,
# docutils, and the self-test.
# Each tool is first shown a fault, so that its silence means something.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Checkpatch;
use Compilers;
use Test::More;
use Vmcsgen;

my $out = out();
my @headers = emitted(qr/\.h$/);
my @sources = grep { $_ ne 'selftest.c' } emitted(qr/\.c$/);
my @documents = map { "$out/$_" } emitted(qr/\.rst$/);
my @WORD_SIZES = ('-m64', '-m32');

# What is committed, of every target.
my $committed = root() . '/out';
my @of_targets = map { s{^\Q$committed\E/}{}r } map { glob("$committed/$_") } '*/*.h', '*/*/*.h';
push @documents, glob("$committed/*/*/*.rst");

# What a header wants to be told before it is included once, and once more.
my @LIST = ("#define SHADOW_FIELD_RO(name, member)\n") x 2;
my %BEFORE = ('vmcs_shadow_fields.h' => \@LIST,
	      'vmcs_fields.h' => [("#define VMCS_FIELD(encoding)\n") x 2],
	      'vmcs12/accessors.h' => [accessed('linux_4_0', 'linux_6_1'),
				       accessed('linux_6_1', 'evmcs_first')],
	      'evmcs/accessors.h' => [accessed('tlfs_5_0'), accessed('linux_6_1')]);
# The same of a target's headers, where these have other revisions.
my %OF_TARGETS = ('linux/vmcs12/accessors.h' => [accessed('rfc_2017', 'linux_6_1'),
						 accessed('linux_6_1', 'evmcs_first')],
		  'linux/evmcs/accessors.h' => [accessed('linux_6_1')],
		  'tlfs/evmcs/accessors.h' => [accessed('page')]);

sub accessed
{
	my ($revision, $canonical) = @_;

	return "#define VMCS_REVISION $revision\n" .
		(defined $canonical ? "#define VMCS_CANONICAL $canonical\n" : '');
}

# The text of a file that includes one header, as userspace and the kernel might:
# nothing before it, and twice.
sub includer
{
	my ($header) = @_;
	my $before = $BEFORE{$header} // ['', ''];

	return join('', map { "$_#include \"$header\"\n" } @$before);
}

sub target_includer
{
	my ($header) = @_;
	my $before = $OF_TARGETS{$header} // $BEFORE{$header =~ s{^\w+/}{}r} // ['', ''];

	return join('', map { "$_#include \"$committed/$header\"\n" } @$before);
}

# Do things side by side, as many as there are processors; each returns a text,
# and those that are not empty come back.
sub each_of
{
	my ($do, @things) = @_;
	my ($jobs) = ok_run('nproc') =~ /(\d+)/;
	my (@pipes, @found);

	for my $job (0 .. $jobs - 1) {
		my $pid = open(my $pipe, '-|') // die "fork: $!\n";

		if (!$pid) {
			for (my $i = $job; $i < @things; $i += $jobs) {
				print $do->($things[$i]);
			}
			close(STDOUT);
			POSIX::_exit(0);
		}
		push @pipes, $pipe;
	}
	for my $pipe (@pipes) {
		local $/;
		my $text = <$pipe>;

		close($pipe) or push @found, "a worker failed: $?\n";
		push @found, $text if length($text);
	}
	return join('', @found);
}

# The first lines of what a tool said, which shows enough, and how many there were.
sub beginning
{
	my @lines = split(/\n/, $_[0]);
	my $more = @lines > 12 ? '(' . @lines . " lines)\n" : '';

	return join("\n", splice(@lines, 0, 12), $more);
}

# Each file of generated C, as a compiler is to be given it.
my %UNITS = (map({ $_ => includer($_) } @headers), map({ $_ => "$out/$_" } @sources),
	     map({ ("out/$_" => target_includer($_)) } @of_targets));
cmp_ok(scalar(@of_targets), '>', 30, @of_targets . ' headers are committed');
# Without an effect, and only a warning: unused, and no prototype.
my $FAULT = "static const int unused = 1;\nint unannounced(void)\n{\n\treturn 0;\n}\n";

#
# Compilers
#

for my $cc (compilers()) {
	my %ways = ways($cc);

	for my $way (sort keys %ways) {
		for my $size (@WORD_SIZES) {
			my %with = (cc => $cc, flags => ['-O1', '-Werror', @{ $ways{$way} }, $size,
							 "-I$out"]);
			my $said = each_of(sub { compiled($_[0], $UNITS{$_[0]}, %with) },
					   sort keys %UNITS);

			is(beginning($said), '', "$cc $size $way: " . keys(%UNITS) . ' files');
			isnt(compiled('fault', $FAULT, %with), '', "$cc $size $way sees a fault");
		}
	}
}

# The assertions in the headers are compiled, too.
{
	my ($header) = grep { m{^vmcs12/linux-[\d.]+\.h$} } @headers;
	my $text = slurp("$out/$header");
	my $moved = $text =~ s/(ASSERT_MEMBER\([^;]*\babort, )4,/${1}6,/r;

	isnt($moved, $text, "$header asserts where its members are");
	isnt(compiled($header, $moved =~ s{"\.\./}{"}gr, flags => ["-I$out"]), '',
	     'another offset in an assertion is an error');
	is(compiled($header, $text =~ s{"\.\./}{"}gr, flags => ["-I$out"]), '', 'and nothing else');
}

#
# sparse
#

my %SPARSE = sparse_ways();
for my $way (sort keys %SPARSE) {
	for my $size (@WORD_SIZES) {
		my @flags = ($size, @{ $SPARSE{$way} });
		my $said = each_of(sub { sparse($_[0], $UNITS{$_[0]}, @flags) }, sort keys %UNITS);

		is(beginning($said), '', "sparse $size $way: " . keys(%UNITS) . ' files');
	}
	isnt(sparse('fault', "static char *fault(void)\n{\n\treturn 0;\n}\n" .
		    "char *(*faulty)(void) = fault;\n", @{ $SPARSE{$way} }), '',
	     "sparse $way sees a fault");
}

# The self-test has all tables in one unit, under names that no header declares; and
# the C library's headers know attributes that sparse does not.
is(beginning(sparse('selftest.c', "$out/selftest.c", @{ $SPARSE{'in userspace'} },
		    '-Wno-decl', '-Wno-unknown-attribute')), '', 'sparse: the self-test');

#
# kernel-doc and checkpatch, from the kernels' sources
#

my @CODE = (map({ "$out/$_" } @headers), map { "$committed/$_" } @of_targets);

for my $version (kernel_versions()) {
	my $tree = unpack_kernel($version, 'scripts/kernel-doc', 'scripts/checkpatch.pl');
	my @doc = ('perl', "$tree/scripts/kernel-doc", '-none');
	my $result = run(@doc, @CODE);
	my $dir = tempdir();

	is("$result->{status} $result->{err}", '0 ',
	   "kernel-doc of linux-$version: " . @CODE . ' files');
	$result = run(@doc, spew("$dir/fault.h",
				 "/**\n * struct fault - one\n * \@nonsense: what is not there\n" .
				 " */\nstruct fault {\n\tint member;\n};\n"));
	like($result->{err}, qr/nonsense|member/, "kernel-doc of linux-$version sees a fault");
}

# What no other target has: the TLFS's own names of members.
my @TLFS = ({ type => 'CAMELCASE', files => qr{^evmcs/page\.h$}, because => 'the TLFS has them so' });

my %met;
for my $version (kernel_versions()) {
	# Where a name has capitals, checkpatch looks for it in a kernel's headers, of which it has
	# no tree.
	my @said = grep { !/^find: .*include|^Use of uninitialized value \$root / }
		split(/\n/, each_of(sub { map { "$_\n" } checkpatch($version, '-f', $_[0]) }, @CODE));
	my @left = avoidable(\%met, qr{^(?:\Q$out\E|\Q$committed\E/\w+)/}, @said, \@TLFS);

	is(beginning(join("\n", @left)), '', "checkpatch --strict of linux-$version: " . @CODE . ' files');

	my $dir = tempdir();
	like(join("\n", checkpatch($version, '-f', spew("$dir/fault.c", "int a;  \n"))),
	     qr/TRAILING_WHITESPACE/, "checkpatch of linux-$version sees a fault");
}
for my $why (unavoidable(), @TLFS) {
	ok($met{$why->{type} . $why->{files}}, "checkpatch: $why->{type} is met: $why->{because}");
}

#
# The self-test
#

# Compile the self-test against a folder of generated files; returns its folder and what
# the compiler says.
sub selftest
{
	my ($folder, $cc, $size) = @_;
	my $dir = tempdir();

	return ($dir, compiled('selftest.c', ["$folder/selftest.c"], cc => $cc,
			       output => "$dir/selftest",
			       flags => ['-Wall', '-Wextra', '-Werror', $size, "-I$folder"]));
}

# Run it.
sub self_tested
{
	my ($dir) = @_;
	my $result = run("$dir/selftest");

	return '' if $result->{status} == 0 && $result->{out} =~ /^ok/m;
	return "status $result->{status}\n" .
		join("\n", grep { !/^ok/ } split(/\n/, $result->{out} . $result->{err}));
}

for my $cc (compilers()) {
	my @warnings = map { kernel_warnings($_, $cc) } kernel_versions();

	for my $size (@WORD_SIZES) {
		is(compiled('selftest.c', "$out/selftest.c", cc => $cc,
			    flags => ['-Werror', $size, @warnings, "-I$out"]), '',
		   "$cc $size with W=1: the self-test");
		my ($dir, $said) = selftest($out, $cc, $size);

		is($said, '', "the self-test compiles, by $cc $size");
		SKIP: {
			skip('cannot run 32-bit programs here', 1) if !runs_here($size);
			is(beginning(self_tested($dir)), '', "the self-test, by $cc $size");
		}
	}
}

# Faults of different kinds are seen: a wrong entry in a table, a wrong mask.
{
	my ($table) = grep { m{^vmcs12/linux} } @sources;
	my %faults = (
		$table => sub { $_[0] =~ s/OFFSET\(msr_bitmap\)/OFFSET(io_bitmap_a)/r },
		'vmcs_encodings.h' => sub { $_[0] =~ s/(GUEST_RIP = 0x0000681)e/${1}c/r },
	);

	for my $file (sort keys %faults) {
		my $dir = tempdir();
		my $text = slurp("$out/$file");
		my $fault = $faults{$file}->($text);

		ok_run('cp', '-r', $out, "$dir/out");
		spew("$dir/out/$file", $fault);
		isnt($fault, $text, "$file can be made wrong");
		my ($program, $said) = selftest("$dir/out", 'gcc', '-m64');

		isnt($said || self_tested($program), '', "the self-test sees a fault in $file");
	}
}

#
# The documentation
#

SKIP: {
	my $has = run('python3', '-c', 'import docutils');

	skip('docutils is not here (python3-docutils)', 2) if $has->{status} != 0;

	my $parse = "import sys, docutils.core\n" .
		"for name in sys.argv[1:]:\n" .
		"    with open(name) as file:\n" .
		"        docutils.core.publish_doctree(file.read(), source_path=name,\n" .
		"            settings_overrides={'report_level': 1, 'halt_level': 5})\n";
	my $result = run('python3', '-c', $parse, @documents);
	is("$result->{status} $result->{err}", '0 ', 'docutils: ' . @documents . ' files');

	my $dir = tempdir();
	$result = run('python3', '-c', $parse, spew("$dir/fault.rst", "== ==\n a\n== ===\n\n*b\n"));
	isnt($result->{err}, '', 'docutils sees a fault');
}

done_testing;
