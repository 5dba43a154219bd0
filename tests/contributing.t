#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# CONTRIBUTING.md: its commands run as they are written, and the places that it names are there.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Document;
use Test::More;
use Vmcsgen;

my $text = slurp(root() . '/CONTRIBUTING.md');
my @blocks = blocks_of($text);
my $copy = fresh_copy();

# Every place that it names inside a file is there, too.
my %inside = (
	'gen/check/check.c' => qr/^#define CHECKS\b/m, 'gen/main.c' => qr/^static const struct verb verbs\[\]/m,
	'tests/lib/Vmcsgen.pm' => qr/^sub source_versions$/m,
	'gen/command/verb_options.c' => qr/^const struct rule verb_rules\[\]/m,
);
paths_are_there($text);
for my $path (sort keys %inside) {
	like($text, qr/`\Q$path\E`/, "$path is named");
	like(slurp(root() . "/$path"), $inside{$path}, "$path has the place");
}

# A kernel tree that somebody has patched, and where a line of the spec is edited: once in the
# working tree, and once in the last commit.
my $vmx = 'linux/arch/x86/kvm/vmx';
is_run($copy, <<"END");
cd ..
mkdir -p $vmx linux/scripts/vmcsgen
cp -r vmcsgen/spec vmcsgen/templates $vmx
cp -r vmcsgen/gen/base linux/scripts/vmcsgen
cd linux
git init -q
git add .
git commit -qm patched
sed -i 's/^# The fields of a VMCS:/# Fields of a VMCS:/' arch/x86/kvm/vmx/spec/fields.vmcs
git commit -qam 'KVM: nVMX: Say it in other words'
sed -i 's/^# Fields of a VMCS:/# All fields of a VMCS:/' arch/x86/kvm/vmx/spec/fields.vmcs
END

is_run($copy, 'make');
for my $block (@blocks) {
	# The edit of the working tree is on top of the commit, so the commit comes home first.
	if ($block->{text} =~ /format-patch/) {
		my ($diff, $commit) = $block->{text} =~ /\A(.*?^\tgit apply\n)(.*)\z/ms;

		is_run($copy, 'git checkout -q spec && git clean -qfd templates && git add -A && git commit -qm so-far');
		is_run($copy, $commit);
		is_run($copy, $diff);
		is(bash($copy, 'git log -1 --format=%s')->{out}, "KVM: nVMX: Say it in other words\n",
		   'a commit came home');
		like(slurp("$copy->{dir}/spec/fields.vmcs"), qr/^# All fields of a VMCS:/m, 'and a diff');
	} else {
		block_is_run($copy, $block);
	}
}

done_testing();
