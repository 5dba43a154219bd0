# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Kernels for the boot lab, built as the tests need them, and the results of their boots.
package Boot;

use strict;
use warnings;

use parent qw(Exporter);

use Fcntl qw(:flock);
use File::Basename qw(basename);
use Generated qw(spec_json);
use Passed;
use Test::More;
use Vmcsgen;

our @EXPORT = qw(lab build_dir versions choice compiler kernel target_of revision_of selftests boot kernels program
		 nothing depends_on glue_files differences);

my $BUILD = root() . '/build';

sub lab { return root() . '/kernel-glue/lab' }
sub build_dir { return $BUILD }

# The kernels to boot: KVERS names fewer than there are.
sub versions { return @{ Passed::input('versions') } }

# Paths in the repository that the test depends on, besides what it asks for here.
sub depends_on { Passed::input('files', $_) for @_ }

# The sources of a patched tree: inputs of a test that compiles other parts of it than kernel()
# does.
sub glue_files
{
	return ('gen', 'spec', 'templates',
		map { "kernel-glue/$_" } qw(apply bodies config files generator kernel lib manifest rules selftests));
}

# The kernels that are compared: a tree, or a configuration of the patched one, with one revision,
# or with several and a layout of struct vmcs12.
sub kernels { return qw(pristine off linux evmcs-first) }

# Run a command that builds something; tests that want the same wait for each other.  If it
# fails, no test can go on.
sub must
{
	my ($env, @command) = @_;

	ok_run('mkdir', '-p', $BUILD);
	open(my $lock, '>', "$BUILD/boot.lock") or die "$BUILD/boot.lock: $!\n";
	flock($lock, LOCK_EX) or die "$BUILD/boot.lock: $!\n";
	my $result = run({ env => { MAKEFLAGS => undef, LC_ALL => 'C', %$env } }, @command);

	$result->{status} == 0
		or BAIL_OUT("@command: exit status $result->{status}: $result->{err}");
	return $result->{out};
}

# The tree and the configuration of a kernel.  'fixed' is pristine with the fixes.
sub choice
{
	my ($kernel) = @_;

	return ('pristine', FIXES => 1) if $kernel eq 'fixed';
	return ($kernel eq 'pristine' ? 'pristine' : 'patched',
		REVISIONS => $kernel eq 'off' ? 0 : 1,
		LAYOUT => $kernel eq 'evmcs-first' ? $kernel : 'linux');
}

# The compiler for a kernel's make.  ccache caches what it compiles.  Trees of one version differ in few
# files but lie in different folders: ccache ignores the folder, so that they share what they can.
$ENV{CCACHE_NOHASHDIR} = 1;

sub compiler
{
	my ($name) = @_;

	return have('ccache') ? "ccache $name" : $name;
}

# Build a kernel, unless it is there, with a fragment of configuration if one is given;
# returns its bzImage.
sub kernel { return Passed::input('kernel', @_) }

sub build_kernel
{
	my ($version, $kernel, $config) = @_;
	my ($tree, %choice) = choice($kernel);
	my $objects = $tree eq 'pristine' ? 'objects' : "objects-$kernel";
	my $folder = $kernel eq 'fixed' ? $kernel : $tree;

	$objects .= "-$1" if defined $config && $config =~ m{([^/]*)\.config$};
	must({ KVER => $version, KSRC => undef, CONFIG => $config, B => $BUILD, %choice,
	       CC => compiler('gcc') },
	     root() . '/kernel-glue/kernel', $tree);
	return "$BUILD/linux-$version/$folder/$objects/arch/x86/boot/bzImage";
}

# The name of the target that a kernel was found to be.
sub target_of
{
	my ($version) = @_;
	my $file = slurp("$BUILD/linux-$version/patched/arch/x86/kvm/vmx/Makefile.target");

	return $file =~ /^vmcs-target := (\S+)$/m ? $1 : die "Linux $version has no target\n";
}

# The path of the revision in which a kernel keeps a VMCS, or of its page, by its target.
sub revision_of
{
	my ($version, $kernel, $kind) = @_;
	my $name = target_of($version);
	my ($target) = grep { $_->{name} eq $name } @{ spec_json()->{targets} };
	my %taken = map { $_->{name} => $_->{path} } @{ $target->{$kind} };

	return $taken{ $kernel eq 'evmcs-first' ? $kernel : 'linux' };
}

# Build the selftests of the kernel's own tree; returns their folder.
sub selftests { return Passed::input('selftests', @_) }

sub build_selftests
{
	my ($version, $kernel) = @_;
	my $tree = $kernel eq 'pristine' ? 'pristine' : 'patched';
	my $folder = "$BUILD/linux-$version/selftests-$tree";

	must({}, lab() . '/selftests', "$BUILD/linux-$version/$tree", $folder);
	return $folder;
}

# Boot; returns the lab's exit status, 0 or 1, the run folder, and what it printed.  If the
# lab could not boot, its folder has what an earlier run left there: no test can go on.
sub boot
{
	my ($name, $bzimage, $options, @programs) = @_;
	my $folder = "$BUILD/boot/$name";
	my $result = run({ env => { LC_ALL => 'C' } }, lab() . '/boot', '--directory', $folder,
			 @$options, $bzimage, @programs);

	BAIL_OUT("boot: exit status $result->{status}: $result->{err}") if $result->{status} > 1;
	return { status => $result->{status}, folder => $folder, out => $result->{out},
		 log => -e "$folder/log.txt" ? slurp("$folder/log.txt") : '' };
}

# Build a program of the lab's own; returns its path.
sub program { return Passed::input('program', @_) }

sub build_program
{
	my ($name) = @_;

	must({}, 'make', '-C', root(), "B=$BUILD", "$BUILD/$name");
	return "$BUILD/$name";
}

# A program that does nothing, as the lab has to run one; the boot itself is the test.
my $folder_of_nothing;		# as long as the test runs

sub nothing
{
	$folder_of_nothing //= tempdir();
	ok_run({ stdin => "int main(void)\n{\n\treturn 0;\n}\n" },
	       'gcc', '-static', '-o', "$folder_of_nothing/nothing", '-x', 'c', '-');
	return "$folder_of_nothing/nothing";
}

# The differences of two records, each in the log of a boot.
sub differences
{
	my $result = run(lab() . '/compare-records', spec_json_file(), @_);

	$result->{status} <= 1
		or BAIL_OUT("compare-records: exit status $result->{status}: $result->{err}");
	return $result->{status} ? $result->{out} : '';
}

#
# The inputs of a test, which need not run again with the same ones (see Passed)
#

my @TOOLS = (glob('/usr/bin/{bochs-bin,qemu-system-x86_64,gcc,clang}'),
	     glob('/usr/share/bochs/*BIOS*'));

# The test itself, and the lab without the folders of its programs: a test names those that it runs.
sub common_files
{
	my @lab = (glob(lab() . '/*'), glob(lab() . '/programs/*'));

	return ($0, glob(root() . '/tests/lib/*.pm'), grep({ !m{/programs(?:/|$)} || -f } @lab),
		root() . '/out/linux', spec_json_file(), grep { -e } @TOOLS);
}

# Something that is built: by a command, into files.
sub built
{
	my ($build, $files) = @_;

	return sub {
		my $value = $build->(@_);

		return ($value, Passed::digest_files($files->($value)));
	};
}

my %KINDS = (
	'test and lab' => sub { return (undef, Passed::digest_files(common_files())) },
	versions => sub {
		my $versions = $ENV{KVERS} // join(' ', reverse kernel_versions());

		my @archives = map { (stat(kernel_tarball($_)))[7, 9] } split(' ', $versions);

		return ([split(' ', $versions)], Passed::digest_text("$versions @archives"));
	},
	files => sub { return ($_[0], Passed::digest_files(root() . "/$_[0]")) },
	kernel => built(\&build_kernel, sub { $_[0] }),
	selftests => built(\&build_selftests, sub { grep { -x && -f } glob("$_[0]/*") }),
	program => built(\&build_program, sub { $_[0] }),
);

sub import
{
	Passed::begin(folder => "$BUILD/passed/" . basename($0, '.t'), kinds => \%KINDS,
		      always => ['test and lab']);
	Boot->export_to_level(1, @_);
}

1;
