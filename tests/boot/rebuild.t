#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A kernel that makes its layouts compiles only files that include a changed header, in the same
# make, and nothing if no header has changed; make clean removes all output.  Objects are in a
# separate folder, or in the tree.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Boot;
use GlueTrees qw(edit);
use Test::More;
use Vmcsgen;

my $VMX = 'arch/x86/kvm/vmx';

depends_on(glue_files());
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};

# The patched tree, linked: what is edited is replaced.
sub linked
{
	my ($version, $name) = @_;
	my $patched = build_dir() . "/linux-$version/patched";
	my $tree = build_dir() . "/linux-$version/$name";

	ok_run('rm', '-rf', $tree);
	ok_run('rsync', '-a', "--link-dest=$patched", '--exclude=/objects*', "$patched/", $tree);
	return $tree;
}

# Run make in a tree; returns the objects that it compiled and, by 'VMCSGEN' and 'HOSTCC', what else
# it made.
sub make_of
{
	my ($of, @targets) = @_;
	my $result = run({ env => { LC_ALL => 'C' } }, 'make', '-C', $of->{tree}, "-j$of->{jobs}",
			 $of->{objects} eq $of->{tree} ? () : "O=$of->{objects}", 'CC=' . compiler('gcc'),
			 @targets);
	my %made = (CC => [], HOSTCC => [], VMCSGEN => []);

	is($result->{status}, 0, "$of->{title}: make @targets") or diag($result->{err});
	push @{ $made{$1} }, $2 while $result->{out} =~ /^  (CC|HOSTCC|VMCSGEN) +(?:\[M\] +)?(\S+)$/mg;
	return { map { $_ => [sort @{ $made{$_} }] } keys %made };
}

sub layouts_of
{
	my ($of) = @_;
	my $layouts = "$of->{objects}/$VMX/layouts";

	return { map { $_ => slurp("$layouts/$_") }
		 split(/\n/, ok_run('find', $layouts, '-name', '*.[ch]', '-printf', '%P\n')) };
}

# The objects of KVM that include one of some headers, by the compiler's dependency files.
sub including
{
	my ($of, @headers) = @_;
	my %changed = map { ("$VMX/layouts/$_" => 1) } @headers;
	my @including;

	for my $command (split(/\n/, ok_run('find', "$of->{objects}/arch/x86/kvm", '-name', '.*.cmd'))) {
		my ($object, $text) = ($command =~ s{\.([^/]+)\.cmd$}{$1}r, slurp($command));
		my @names = $text =~ m{^\s+(\S*\Q$VMX\E/layouts/\S+)}mg;

		for (@names) {
			1 while s{[^/]+/\.\./}{};
		}
		push @including, substr($object, length("$of->{objects}/")) if grep { $changed{$_} } @names;
	}
	return [sort @including];
}

# Make KVM after a change: the expected layouts change, the files that include those are compiled,
# and no others; a second make does nothing.
sub rebuilt
{
	my ($of, $title, $changed, $hosted) = @_;
	my $before = layouts_of($of);
	my $made = make_of({ %$of, title => $title }, 'arch/x86/kvm/');
	my $after = layouts_of($of);
	my @differ = grep { $after->{$_} ne ($before->{$_} // '') } sort keys %$after;

	is_deeply(\@differ, $changed, "$title: the layouts that change");
	is_deeply($made->{VMCSGEN}, ["$VMX/layouts"], "$title: the generator runs");
	is_deeply($made->{HOSTCC}, $hosted, "$title: what of it is compiled");
	is_deeply($made->{CC}, including($of, @differ), "$title: what is compiled for the kernel");
	note(scalar(@{ $made->{CC} }), ' compiled');
	untouched($of, $title);
}

sub untouched
{
	my ($of, $title) = @_;

	is_deeply(make_of({ %$of, title => "$title, again" }, 'arch/x86/kvm/'),
		  { CC => [], HOSTCC => [], VMCSGEN => [] }, "$title: then nothing is left to do");
}

# Move a field to another clean-field group in the spec and in the frozen tables.
sub regroup
{
	my ($spec) = @_;

	edit("$spec/evmcs.vmcs", sub { s/^(\t\tguest_rflags)$/$1  clean crdr/m });
	edit($_, sub { s/^(guest_rflags,776,8,1,0x00006820),GUEST_BASIC$/$1,CRDR/m })
		for grep { slurp($_) =~ /^guest_rflags,776,8,1,0x00006820,GUEST_BASIC$/m }
		    glob("$spec/frozen/*/*.csv");
}

# The tree's selftests use the same spec, so they agree with a wrong kernel.  Only a program with
# the layouts of the repository sees the fault, such as the lab's record (records.t).
sub compare_selftests
{
	my ($of) = @_;
	my $made = tempdir();

	ok_run({ dir => "$of->{tree}/tools/testing/selftests/kvm" }, 'make', '-f', 'Makefile.layouts',
	       "OUTPUT=$made", "top_srcdir=$of->{tree}", "$made/vmcsgen/include/layouts/made");
	my ($kernel, $selftests, $ours) = map { slurp("$_/evmcs/linux-map.h") }
		"$of->{objects}/$VMX/layouts", "$made/vmcsgen/include/layouts",
		root() . '/out/' . (slurp("$of->{tree}/$VMX/Makefile.target") =~ /^vmcs-target := (\S+)$/m)[0];

	is($selftests, $kernel, "$of->{title}: the selftests have the kernel's groups");
	isnt($ours, $kernel, "$of->{title}: the lab's programs have others");
}

sub is_clean
{
	my ($of) = @_;

	make_of($of, 'clean');
	is(run('find', "$of->{objects}/$VMX", '-path', "*/layouts*")->{out} =~
		s{^\S+/Makefile\.layouts\n}{}mr, '', "$of->{title}: make clean leaves no layouts");
	make_of($of, 'arch/x86/kvm/');
	ok(-e "$of->{objects}/$VMX/layouts/evmcs/linux-map.h", "$of->{title}: and they are made again");
}

sub try_changes
{
	my ($of) = @_;
	my $sources = "$of->{tree}/$VMX";

	make_of($of, 'arch/x86/kvm/');
	untouched($of, "$of->{title}, as it is");
	edit("$sources/spec/evmcs.vmcs", sub { $_ = "# A remark.\n$_" });
	rebuilt($of, "$of->{title}, a remark in the spec", [], []);
	edit("$of->{tree}/scripts/vmcsgen/core.c", sub { $_ .= "/* The end. */\n" });
	rebuilt($of, "$of->{title}, a remark in the generator", [], ['scripts/vmcsgen/core.o']);
	edit("$sources/templates/out/TARGET/vmcs_move.h", sub { s{^#endif\n\z}{/* The end. */\n$&}m });
	rebuilt($of, "$of->{title}, a header that others include", ['vmcs_move.h'], []);
	regroup("$sources/spec");
	rebuilt($of, "$of->{title}, another clean-field group",
		['evmcs/linux-map.h', grep { -e "$of->{objects}/$VMX/layouts/$_" }
		 map { "vmcs12/$_-copies.h" } qw(evmcs-first linux)], []);
}

for my $version (versions()) {
	kernel($version, 'linux');
	my $tree = linked($version, 'rebuilt');
	my $of = { title => $version, tree => $tree, objects => "$tree/objects-linux", jobs => 2 };

	ok_run('cp', '-a', build_dir() . "/linux-$version/patched/objects-linux", $of->{objects});
	try_changes($of);
	compare_selftests($of);
	is_clean($of);
	ok_run('rm', '-rf', $tree);

	# The same in the tree, with one job.
	$tree = linked($version, 'rebuilt');
	$of = { title => "$version, in the tree", tree => $tree, objects => $tree, jobs => 1 };
	ok_run('cp', build_dir() . "/linux-$version/patched/objects-linux/.config", "$tree/.config");
	make_of({ %$of, jobs => 2 }, 'olddefconfig', 'prepare');
	make_of($of, 'arch/x86/kvm/');
	untouched($of, $of->{title});
	edit("$tree/$VMX/spec/evmcs.vmcs", sub { $_ = "# A remark.\n$_" });
	rebuilt($of, "$of->{title}, a remark in the spec", [], []);
	is_clean($of);
	ok_run('rm', '-rf', $tree);
}

done_testing();
