#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What is generated for a target that takes everything, and what is committed for others, is
# clean: compilers with all warnings and the kernel's own, sparse, kernel-doc, checkpatch,
# docutils, and the self-test.
# Each tool is first shown a fault, so that its silence means something.
#
# A usual run leaves out what is alike: EVERY=1 takes all files in all ways.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Checkpatch;
use Compilers;
use Test::More;
use Vmcsgen;

my $out = out();
my $committed = root() . '/out';
my @WORD_SIZES = ('-m64', '-m32');
my $every = $ENV{EVERY};

# The folders of targets, each with its files: a target that takes everything, with those that
# only tests use left out, and what is committed.
my %TARGETS = map { $_ => [c_files($_)] } $out, grep { -d } glob("$committed/*");
my @documents = map { glob("$_/*/*.rst") } sort keys %TARGETS;

sub c_files
{
	my ($folder) = @_;

	return grep { m{\.h$|-images\.c$} } map { s{^\Q$folder\E/}{}r } glob("$folder/*.h"),
		glob("$folder/*/*.[ch]");
}

# A header's text, to which it was told what it wants to be told before.
sub told
{
	my ($folder, $file, $map) = @_;
	my $include = "#include \"$folder/$file\"\n";

	return "#define SHADOW_FIELD_RO(name, member)\n$include" if $file eq 'vmcs_shadow_fields.h';
	return "#define VMCS_FIELD(encoding)\n$include" if $file eq 'vmcs_fields.h';
	return $include if $file ne 'vmcs_accessors.h';

	my ($name) = slurp("$folder/$map") =~ /^static const u16 \w+ (\w+)_map\[/m or die "$map\n";
	my %names = (STRUCT => "${name}_image", MAP => "${name}_map", END => "${name}_end_t",
		     FIND => "${name}_find", READ => "${name}_read",
		     slurp("$folder/$map") =~ /_groups\[/ ?
		     (GROUPS => "${name}_groups", CLEAN => "${name}_clean") :
		     (WRITE => "${name}_write"));

	return "#include \"$folder/$map\"\ntypedef u16 __bitwise $names{END};\n" .
		join('', map { "#define VMCS_$_ $names{$_}\n" } sort keys %names) . $include;
}

# What includes one file, as userspace and the kernel might: nothing before it, and twice.
sub includer
{
	my ($folder, $file) = @_;
	my @maps = grep { /-map\.h$/ } @{ $TARGETS{$folder} };

	return told($folder, $file) if $file =~ /\.c$/;
	return told($folder, $file, $maps[0]) . told($folder, $file, $maps[-1]) if @maps > 1;
	return told($folder, $file, $maps[0]) . ($file eq 'vmcs_accessors.h' ? '' : told($folder, $file));
}

# The units of a target, which have together all that it has.  A unit has one revision that is
# kept in memory, as all of them have one name, and the first one all that others have, too.
sub units
{
	my ($folder) = @_;
	my @files = @{ $TARGETS{$folder} };
	my @maps = grep { /-map\.h$/ } @files;
	my @kept = grep { my $file = $_; (grep { $_ eq $file =~ s/\.h$/-map.h/r } @maps) &&
			  !grep { $_ eq $file =~ s{/.*}{/fields.h}r } @files } @files;
	my %own = map { my $file = $_; $file => [grep { m{^\Q@{[$file =~ s/\.h$//r]}\E(?:\.h|-copies\.h|-images\.c)$} }
						 @files] } @kept;
	my %owned = map { $_ => 1 } map { @$_ } values %own;
	my @shared = map {
		my $file = $_;

		map { told($folder, $file, $_) . unmasked("$folder/$file") }
			$file eq 'vmcs_accessors.h' ? @maps : '';
	} grep { !$owned{$_} } @files;

	return map {
		("$folder: $_" => join('', splice(@shared), map { told($folder, $_) } @{ $own{$_} // [] }))
	} @kept ? @kept : '';
}

# Lists of what kernels support have the same names for their masks.
sub unmasked
{
	my ($file) = @_;

	return '' if $file !~ m{/[^/]+/[^/]+-controls\.h$};
	return join('', map { "#undef $_\n" } grep { !/^VMCSGEN_/ } slurp($file) =~ /^#define (\w+)/mg);
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

# A list in two: checkpatch takes a while to start, and much of it can be done side by side.
sub halves
{
	my (@list) = @_;

	return map { my $half = $_; [@list[grep { $_ % 2 == $half } 0 .. $#list]] } 0, 1;
}

# The first lines of what a tool said, which shows enough, and how many there were.
sub beginning
{
	my @lines = split(/\n/, $_[0]);
	my $more = @lines > 12 ? '(' . @lines . " lines)\n" : '';

	return join("\n", splice(@lines, 0, 12), $more);
}

my %UNITS = map { units($_) } keys %TARGETS;
my %ALONE = map { my $folder = $_; map { ("$folder/$_" => includer($folder, $_)) } @{ $TARGETS{$folder} } }
	keys %TARGETS;

cmp_ok(scalar(keys %UNITS), '>', 8, keys(%UNITS) . ' units of ' . keys(%ALONE) . ' files');
cmp_ok(scalar(grep { m{^\Q$committed\E/} } keys %ALONE), '>', 30, 'many are committed');
for my $folder (sort keys %TARGETS) {
	my $all = join('', map { $UNITS{$_} } grep { /^\Q$folder\E: / } keys %UNITS);

	is_deeply([grep { $all !~ m{^#include "\Q$folder/$_\E"$}m } @{ $TARGETS{$folder} }], [],
		  "the units of $folder have all of its files");
}
# Without an effect, and only a warning: unused, and no prototype.
my $FAULT = "static const int unused = 1;\nint unannounced(void)\n{\n\treturn 0;\n}\n";

#
# Compilers
#

# What is of the target that takes everything, and what is committed, which is less and so goes
# through all ways of each tool.
sub of_every { return grep { /^\Q$out\E[\/:]/ } sort @_ }

sub of_committed { return grep { !/^\Q$out\E[\/:]/ } sort @_ }

# Units of the target that takes everything: the first has what all share, and the others the
# same of other revisions.
sub some_units { my @units = of_every(keys %UNITS); return $every ? @units : @units[0, 1, -1] }

# Each file compiles without another before it, and twice: in userspace by gcc, and what is
# committed by clang, too, and in the newest kernel, which has headers of its own.
my $newest = 'in linux-' . (kernel_versions())[-1];
for my $alone (['gcc', 'in userspace', sort keys %ALONE],
	       ['clang', 'in userspace', $every ? sort keys %ALONE : of_committed(keys %ALONE)],
	       ['gcc', "$newest with W=1", of_committed(keys %ALONE)]) {
	my ($cc, $way, @files) = @$alone;
	my %ways = ways($cc);
	my %with = (cc => $cc, flags => ['-fsyntax-only', '-Werror', @{ $ways{$way} }]);
	my $said = each_of(sub { compiled($_[0], $ALONE{$_[0]}, %with) }, @files);

	is(beginning($said), '', "$cc $way: each of " . @files . ' files alone');
}
isnt(compiled('fault', "#include \"$out/vmcs12/linux-6.1-map.h\"\nu16 *map = vmcs12_linux_4_0_map;\n",
	      flags => ['-fsyntax-only']), '', 'what is not included is seen');

for my $cc (compilers()) {
	my %ways = ways($cc);

	for my $way (sort keys %ways) {
		for my $size ($way =~ /userspace|^\Q$newest\E / || $every ? @WORD_SIZES : '-m64') {
			# The tests of copies and translations compile all of them, optimized.
			my %with = (cc => $cc, flags => ['-Werror', @{ $ways{$way} }, $size]);
			my %more = (map({ $_ => '-fsyntax-only' } of_every(keys %UNITS)),
				    map({ $_ => '-O1' } of_committed(keys %UNITS)));
			my $said = each_of(sub {
				compiled($_[0], $UNITS{$_[0]}, %with, flags => [@{ $with{flags} }, $more{$_[0]}])
			}, sort keys %UNITS);

			is(beginning($said), '', "$cc $size $way: " . keys(%UNITS) . ' units');
			isnt(compiled('fault', $FAULT, %with), '', "$cc $size $way sees a fault");
		}
	}
}

# The assertions in the headers are compiled, too.
{
	my ($header) = grep { m{^vmcs12/linux-[\d.]+\.h$} } @{ $TARGETS{$out} };
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
	for my $size ($way eq 'in userspace' ? @WORD_SIZES : '-m64') {
		my @flags = ($size, @{ $SPARSE{$way} });
		# It looks at types alone, which a kernel's own headers hardly change.
		my @units = ($way ne 'in userspace' ? of_committed(keys %UNITS) :
			     $size eq '-m64' ? (some_units(), of_committed(keys %UNITS)) :
			     of_committed(keys %UNITS));
		my $said = each_of(sub { sparse($_[0], $UNITS{$_[0]}, @flags) }, @units);

		is(beginning($said), '', "sparse $size $way: " . @units . ' units');
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

my @CODE = map { my $folder = $_; map { "$folder/$_" } @{ $TARGETS{$folder} } } sort keys %TARGETS;

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
for my $version ($every ? kernel_versions() : (kernel_versions())[-1]) {
	# Copies are alike, and those of evmcs-first and rfc-2017 have all members there are.
	my @every = grep { !m{/linux-[\d.]+-copies\.h$} } of_every(@CODE);
	my %seen;
	# What targets share is the same in each.
	my @files = grep { !$seen{slurp($_)}++ || $every }
		$newest =~ /-\Q$version\E$/ ? @every : (), of_committed(@CODE);
	# Where a name has capitals, checkpatch looks for it in a kernel's headers, of which it has
	# no tree.
	my @said = grep { !/^find: .*include|^Use of uninitialized value \$root / }
		split(/\n/, each_of(sub { map { "$_\n" } checkpatch($version, '-f', @{ $_[0] }) }, halves(@files)));
	my @left = avoidable(\%met, qr{^(?:\Q$out\E|\Q$committed\E/\w+)/}, @said, \@TLFS);

	is(beginning(join("\n", @left)), '', "checkpatch --strict of linux-$version: " . @files . ' files');

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
	my ($table) = grep { m{^vmcs12/linux} } emitted(qr/\d\.c$/);
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
