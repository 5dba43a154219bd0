#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What a kernel tree makes its layouts from: the spec, the templates and the generator are those of
# the project, byte for byte; built there, they make what is committed here; what a change of the
# spec rewrites; and a diff of it comes home.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use File::Compare qw(compare);
use GlueTrees;
use Test::More;
use Vmcsgen;

my $dir = tempdir();
my $vmx = 'arch/x86/kvm/vmx';
my ($version) = kernel_versions();
my $pristine = glue_tree($version, "$dir/pristine");
my $tree = copy_tree($pristine, "$dir/tree");
my @PARTS = ('scripts/vmcsgen', "$vmx/spec/", "$vmx/templates/", "$vmx/Makefile.",
	     'tools/testing/selftests/kvm/Makefile.layouts');

delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
ok_run({ env => { VMCSGEN => vmcsgen() } }, root() . '/kernel-glue/apply', $pristine, $tree, @PARTS);

sub files_below
{
	my ($folder) = @_;

	return sort split(/\n/, ok_run({ dir => $folder }, 'find', '.', '-type', 'f', '-printf', '%P\n'));
}

is_deeply([files_below("$tree/$vmx/spec")], [files_below(root() . '/spec')], 'the whole spec is there');
is_deeply([grep { compare("$tree/$vmx/$_", root() . "/$_") }
	   map { my $of = $_; map { "$of/$_" } files_below("$tree/$vmx/$of") } qw(spec templates)], [],
	  'the spec and the templates have the same bytes');
is_deeply([grep { !/^(?:Makefile|\.gitignore)$/ && compare("$tree/scripts/vmcsgen/$_", root() . "/gen/$_") }
	   files_below("$tree/scripts/vmcsgen")], [], 'and so have the sources of the generator');
my ($target) = slurp("$tree/$vmx/Makefile.target") =~ /^vmcs-target := (\S+)$/m;
is($target, 'linux', 'the tree knows its target');

# As the selftests build theirs.
my $made = "$dir/objects";
sub make_layouts
{
	my $result = run({ dir => "$tree/tools/testing/selftests/kvm" }, 'make', '-f', 'Makefile.layouts',
			 '-j2', "OUTPUT=$made", "top_srcdir=$tree", "$made/vmcsgen/include/layouts/made");

	is($result->{status}, 0, "$_[0]: it is made") or diag($result->{err});
	return $result->{out};
}

# The times of what was made, which tell what is compiled again.
sub times_made
{
	my $layouts = "$made/vmcsgen/include/layouts";

	return { map { $_ => (stat("$layouts/$_"))[9] } grep { $_ ne 'made' } files_below($layouts) };
}

ok_run('mkdir', '-p', $made);
make_layouts('at first');
is(run('diff', '-r', '-x', 'made', "$made/vmcsgen/include/layouts", root() . "/out/$target")->{out}, '',
   'the tree makes what is committed here');
unlike(make_layouts('again'), qr/vmcsgen gen/, 'existing layouts are not rebuilt');

# Everything was made long ago.
ok_run('find', $made, '-exec', 'touch', '-d', '2020-01-01', '{}', '+');
my $before = times_made();

sub rewritten
{
	my ($what, $file, $change) = @_;
	my $path = "$tree/$vmx/$file";
	my $text = slurp($path);
	my $changed = $change->($text);

	isnt($changed, $text, "$what can be changed");
	spew($path, $changed);
	like(make_layouts($what), qr/vmcsgen gen/, "$what: the generator runs");
	my $after = times_made();

	return [grep { $before->{$_} != $after->{$_} } sort keys %$after];
}

is_deeply(rewritten('a remark in the spec', 'spec/evmcs.vmcs', sub { "# A remark.\n$_[0]" }), [],
	  'nothing is rewritten');
ok_run('find', $made, '-exec', 'touch', '-d', '2020-01-01', '{}', '+');
is_deeply(rewritten('the reason of a departure', 'spec/copies.vmcs',
		    sub { $_[0] =~ s/KVM has no CR3-target values/KVM has no such values/gr }),
	  [qw(vmcs12/evmcs-first-copies.h vmcs12/linux-copies.h)], 'what tells of it is rewritten');

# A selftest has the names of the tree's own library: the newest kernel's are those that it has here.
{
	my ($name, $kvm) = ('vmcs12_revision_test.c', 'tools/testing/selftests/kvm');
	my $newest = copy_tree($pristine, "$dir/newest");
	my $header = "$newest/$kvm/include/kvm_util_newest.h";

	spew($header, "typedef u64 gva_t;\ngva_t vm_alloc_page(struct kvm_vm *vm);\n" .
	     "void prepare_vmcs(struct vmx_pages *vmx, void *guest_rip);\n");
	for my $of ([copy_tree($pristine, "$dir/older"), "\tvm_vaddr_t pages;\n", ', &stack[L2_STACK_SIZE]'], [$newest, "\tgva_t pages;\n", '']) {
		my ($where, $type, $more) = @$of;

		ok_run({ env => { VMCSGEN => vmcsgen() } }, root() . '/kernel-glue/apply', '--target', $target,
		       $where, $where, "$kvm/x86");
		my ($test) = map { slurp($_) } glob("$where/$kvm/x86*/$name");

		like($test, qr/^\Q$type\E/m, "$where: the library's types");
		like($test, qr/\bprepare_vmcs\(job->vmx, l2_guest_code\Q$more\E\);/, "$where: and its functions");
	}
}

# A change that is made in a kernel tree comes home.
ok_run({ dir => $tree }, 'git', @$_)
	for ['init', '-q'], ['add', '-A'], ['-c', 'user.name=a', '-c', 'user.email=b', 'commit', '-q', '-m', 'c'];
my $text = slurp("$tree/$vmx/spec/vmcs12.vmcs");
spew("$tree/$vmx/spec/vmcs12.vmcs", "$text\n# The end.\n");
my $diff = spew("$dir/diff", ok_run({ dir => $tree }, 'git', 'diff', "--relative=$vmx"));
ok_run('mkdir', "$dir/home");
ok_run('cp', '-r', root() . '/spec', "$dir/home");
ok_run({ dir => "$dir/home" }, 'patch', '-s', '-p1', '-i', $diff);
is(slurp("$dir/home/spec/vmcs12.vmcs"), "$text\n# The end.\n", 'a diff of the spec applies here');

done_testing();
