#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The patched KVM compiles in every configuration, without new warnings; it uses no symbol that is
# not exported to modules; and its structs are those of the spec.  Notes say what it costs in bytes
# and lines.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use Test::More;
use Vmcsgen;

depends_on('tests/boot/variants', 'tests/boot/check-sparse', glue_files());
my $sparse = tempdir();
my $CHECKED = "$sparse/checked";	# what sparse has read
my @SPARSE = ('C=2', "CHECK=$FindBin::Bin/check-sparse");

# Each has a fragment of configuration.  Those of compilers are also compared with the unpatched
# kernel.
my %variants = (
	gcc => { compare => \&compare_warnings, arguments => ['W=1', @SPARSE] },
	clang => { compiler => \&clang, compare => \&compare_warnings, arguments => ['W=1'] },
	module => { compare => \&compare_symbols },
	i386 => {},
	'no-hyperv' => {},
	'no-kvm-hyperv' => {},
);

# A version number as a text, in the order of versions.
sub ordered { return join('', map { sprintf('%05d', $_) } $_[0] =~ /\d+/g) }

# The first clang that is new enough for a kernel, or nothing.  Debian has several, by their numbers.
sub clang
{
	my ($version) = @_;

	ok_run({ env => { KVER => $version, KSRC => undef, B => build_dir(), MAKEFLAGS => undef } },
	       root() . '/kernel-glue/kernel', 'source');
	my $least = ok_run('sh', build_dir() . "/linux-$version/pristine/scripts/min-tool-version.sh", 'llvm');

	for my $clang (grep { have($_) } 'clang', map { "clang-$_" } 15 .. 30) {
		return $clang if ordered(ok_run($clang, '-dumpversion')) ge ordered($least);
	}
	return;
}

# A compilation: a version, a kernel as Boot names it, a variant, and the compiler.
sub title
{
	my ($of) = @_;

	return "$of->{version} $of->{kernel}, $of->{variant}";
}

sub objects
{
	my ($of) = @_;
	my $objects = $of->{kernel} eq 'pristine' ? 'pristine/objects'
						  : "patched/objects-$of->{kernel}";

	return build_dir() . "/linux-$of->{version}/$objects-$of->{variant}";
}

# Run the kernel's make for a variant.
sub make_of
{
	my ($of, @arguments) = @_;
	my ($tree, %choice) = choice($of->{kernel});

	return run({ env => { KVER => $of->{version}, KSRC => undef, B => build_dir(), %choice,
			      V => undef, MAKEFLAGS => undef, CHECKED => $CHECKED, LC_ALL => 'C',
			      CC => compiler($of->{compiler}),
			      CONFIG => "$FindBin::Bin/variants/$of->{variant}.config" } },
		   root() . '/kernel-glue/kernel', $tree, @arguments);
}

# Compile KVM; returns whether that succeeded.  Removing its objects first shows all warnings.
sub build_kvm
{
	my ($of) = @_;

	ok_run('rm', '-rf', objects($of) . '/arch/x86/kvm', $CHECKED);
	my $result = make_of($of, @{ $variants{ $of->{variant} }{arguments} // [] },
			     'arch/x86/kvm/');

	is($result->{status}, 0, title($of)) or diag($result->{err});
	return $result->{status} == 0;
}

# The sources of KVM that were compiled, and those that sparse has read: fewer, if make continued
# without sparse.
sub compiled
{
	my ($of) = @_;
	my @commands = glob(objects($of) . '/arch/x86/kvm/{.*.o.cmd,*/.*.o.cmd,*/*/.*.o.cmd,*/*/*/.*.o.cmd}');

	return sort map { slurp($_) =~ m{^source_\S+ := \S*?((?:arch|virt)/\S+\.c)$}m ? $1 : () } @commands;
}

sub look_at_sparse
{
	my ($of) = @_;
	my %checked = map { m{((?:arch|virt)/\S+)$} ? ($1 => 1) : () } -e $CHECKED ? split(/\n/, slurp($CHECKED)) : ();
	my @compiled = compiled($of);

	ok(@compiled > 20, title($of) . ': ' . @compiled . ' sources are compiled');
	is(join(' ', grep { !$checked{$_} } @compiled), '', title($of) . ': sparse has read each');
}

# The compiler's and sparse's messages about KVM, without line numbers, as the glue moves lines.
sub warnings_of
{
	my ($of) = @_;
	my %warnings;

	for (split(/\n/, slurp(objects($of) . '/log'))) {
		next if !m{^(?:\.\./)*((?:arch|include|virt)/\S+?):(?:\d+:)+ (\w+: .*)};
		$warnings{"$1: $2"} = 1;
	}
	return \%warnings;
}

sub compare_warnings
{
	my ($before, $after) = map { warnings_of($_) } @_;
	my @gone = grep { !$after->{$_} } keys %$before;

	# gcc with W=1 and sparse always say something.
	ok(%$before, title($_[0]) . ': warnings') if $_[0]{variant} eq 'gcc';
	is_deeply([sort grep { !$before->{$_} } keys %$after], [],
		  title($_[1]) . ': no new warning');
	note(scalar(@gone) . ' of ' . scalar(keys %$before) . ' warnings are gone');
}

# The symbols that kvm-intel.o needs.
sub symbols_of
{
	my ($of) = @_;

	return { map { $_ => 1 } ok_run('nm', '-u', objects($of) . '/arch/x86/kvm/kvm-intel.o') =~
		/^ +U (\w+)$/gm };
}

# The symbols that a kernel exports to modules.
sub exported
{
	my ($of) = @_;
	my $tree = build_dir() . "/linux-$of->{version}/pristine";

	return { map { $_ => 1 } ok_run({ dir => $tree }, 'grep', '-rhE', '^EXPORT_SYMBOL',
			qw(arch/x86 fs kernel lib mm virt)) =~ /^EXPORT_SYMBOL\w*\((\w+)/gm };
}

sub compare_symbols
{
	my ($before, $after) = map { symbols_of($_) } @_;
	my $exported = exported($_[0]);

	ok(%$before, title($_[0]) . ': symbols');
	is_deeply([sort grep { !$before->{$_} && !$exported->{$_} } keys %$after], [],
		  title($_[1]) . ': what is asked for besides is exported');
}

# This struct in vmx.o is the revision.
sub verify
{
	my ($of, $revision, $struct) = @_;
	my $result = run({ dir => root() }, vmcsgen(), 'verify', $revision,
			 '--struct', $struct, objects($of) . '/arch/x86/kvm/vmx/vmx.o');

	is($result->{err} . $result->{out}, '', title($of) . ": struct $struct is $revision");
	is($result->{status}, 0, title($of) . ": struct $struct: exit status");
}

sub verify_structs
{
	my ($of) = @_;

	verify($of, revision_of($of->{version}, 'linux', 'pages'), 'hv_enlightened_vmcs');
	verify($of, revision_of(@$of{qw(version kernel)}, 'memory'), 'vmcs12');
}

# KVM's headers, and an offset in the one structure that is used on the other.
my $MIXED = 'arch/x86/kvm/vmx/mixed_offsets';
my $mixed = <<'END';
#include "evmcs_layout.h"

u64 read_mixed(const struct hv_enlightened_vmcs *evmcs, u64 encoding);
u64 read_mixed(const struct hv_enlightened_vmcs *evmcs, u64 encoding)
{
	return evmcs_read_field(evmcs, encoding, OFFSET(encoding));
}
END

sub look_at_offsets
{
	my ($of) = @_;
	my $source = build_dir() . "/linux-$of->{version}/patched/$MIXED.c";
	my %wrong = (evmcs_find_field => '', vmcs12_find_field => 'incorrect type in argument 3 ' .
		     '(different base types)');

	for my $offset (sort keys %wrong) {
		spew($source, $mixed =~ s/OFFSET/$offset/r);
		my $result = make_of($of, @SPARSE, "$MIXED.o");
		my $said = join(' ', slurp(objects($of) . '/log') =~
				m{$MIXED\.c:[\d:]+ (?:warning|error): (.*)}g);

		is("$result->{status} $said", "0 $wrong{$offset}",
		   title($of) . ": sparse of an eVMCS at $offset()");
		unlink($source) or die "$source: $!\n";
	}
}

sub tell_size
{
	my ($of) = @_;
	my $kvm = objects($of) . '/arch/x86/kvm/vmx';

	note(title($of), "\n", ok_run({ dir => $kvm }, 'size', glob("$kvm/*.o")) =~ s{/\S*/}{}gr);
}

# The lines that the glue has removed from and added to the kernel's files, and those of new files.
sub tell_lines
{
	my ($version) = @_;
	my $dir = build_dir() . "/linux-$version";
	my %count = ('<' => 0, '>' => 0);
	my $diff = run({ dir => $dir }, 'diff', '-r', '-x', 'objects*', '-x', '.vmcsgen*',
		       'pristine', 'patched')->{out};

	$count{$_}++ for $diff =~ /^([<>]) /gm;
	for my $only ($diff =~ m{^Only in (pristine\S*: \S+)$}gm) {
		$count{'<'} += () = slurp("$dir/" . $only =~ s{: }{/}r) =~ /\n/g;
	}
	note("$version: $count{'<'} lines of the kernel removed, $count{'>'} added");
}

# Compile a variant of all kernels, the pristine one first, and check the results.
sub try_variant
{
	my ($version, $variant, $compiler) = @_;
	my $compare = $variants{$variant}{compare};
	my $before;

	for my $kernel (kernels()) {
		my $of = { version => $version, kernel => $kernel, variant => $variant,
			   compiler => $compiler };

		next if !$compare && $kernel eq 'pristine';
		build_kvm($of) or next;
		$before = $of if $kernel eq 'pristine';
		$compare->($before, $of) if $compare && $before;
		if ($variant eq 'gcc') {
			look_at_sparse($of);
			verify_structs($of);
			look_at_offsets($of) if $kernel ne 'pristine';
			tell_size($of);
		}
	}
}

for my $version (versions()) {
	for my $variant (sort keys %variants) {
		# 6.1 does not build without it.
		next if $variant eq 'no-kvm-hyperv' && $version eq '6.1';
	SKIP: {
			my $chosen = $variants{$variant}{compiler};
			my $compiler = $chosen ? $chosen->($version) : 'gcc';

			skip("$version, $variant: the kernel wants a newer compiler", 1) if !$compiler;
			try_variant($version, $variant, $compiler);
		}
	}
	tell_lines($version);
}

done_testing();
