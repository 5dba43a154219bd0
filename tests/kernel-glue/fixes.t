#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# kernel-glue/fix: each fix is a patch of its own, on each kernel, that changes what it says and is
# written as kernel patches are; and what it does to a tree.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use GlueTrees;
use Test::More;
use Vmcsgen;

my $top = tempdir();
my $fix = root() . '/kernel-glue/fix';
my @FIXES = qw(documentation evmcs-comments evmcs-debugctl evmcs-look-up evmcs-unread rare-bndcfgs);
my $usage = "usage: fix PRISTINE TREE [FIX...]\n       fix --patches PRISTINE FOLDER [FIX...]\n";

sub fix { return run({ env => { VMCSGEN => vmcsgen() } }, $fix, @_) }

# The lines that a patch takes and adds, without those of a comment's frame.
sub changes
{
	my ($patch) = @_;

	return map { s/\s+/ /gr } grep { /^[-+](?![-+])/ } split(/\n/, $patch);
}

# What each fix changes, in any kernel.
my %CHANGES = (
	'evmcs-comments' => ['- * EVMCS1_FIELD(0x00006406, exit_io_instruction_esi,',
			     '+ * EVMCS1_FIELD(0x00006406, exit_io_instruction_edi,',
			     '- * TSC_MULTIPLIER = 0x00002032,'],
	'evmcs-debugctl' => ['- * evmcs->guest_ia32_debugctl = vmcs12->guest_ia32_debugctl;',
			     '+ evmcs->guest_ia32_debugctl = vmcs12->guest_ia32_debugctl;'],
	'evmcs-look-up' => ['- if (unlikely(index >= nr_evmcs_1_fields))',
			    '+ if (unlikely(field >> 15 || index >= nr_evmcs_1_fields))',
			    '+ index = array_index_nospec(index, nr_evmcs_1_fields);'],
	'rare-bndcfgs' => ['- case GUEST_BNDCFGS:'],
);

for my $version (source_versions()) {
	my $tree = glue_tree($version, "$top/$version");
	my $before = contents($tree);
	my $result = fix('--patches', $tree, "$top/patches-$version");
	my %patches = map { m{/\d+-(.*)\.patch$} ? ($1 => $_) : () } glob("$top/patches-$version/*");

	is("$result->{status}$result->{out}$result->{err}", '0', "$version: patches are written");
	is_deeply([sort keys %patches], \@FIXES, "$version: one for each fix");
	is_deeply(contents($tree), $before, "$version: the tree is as it was");
	for my $name (@FIXES) {
		my $patch = slurp($patches{$name});
		my $applied = run('patch', '-p1', '--dry-run', '--fuzz=0', '-d', $tree, '-i', $patches{$name});
		my ($message) = $patch =~ /\A(.*?)^---$/ms;

		is($applied->{status}, 0, "$version: $name applies alone") or diag($applied->{out});
		like($message, qr/\ASubject: \[PATCH \d\/6\] KVM: (?:n?VMX|x86): [A-Z].*\n\n/, "$version: $name has a subject");
		is_deeply([grep { length > 75 } grep { !/^Subject/ } split(/\n/, $message)], [],
			  "$version: lines of 75 columns");
		is_deeply([changes($patch)], $CHANGES{$name}, "$version: what $name changes") if $CHANGES{$name};
	}
	my @copies = grep { /->/ } changes(slurp($patches{'evmcs-unread'}));
	my ($was, $is) = map { my $sign = $_;
			       join(' ', map { s/^.\s*\*?\s*//r } grep { /^\Q$sign\E/ } @copies) } '-', '+';
	is($is, $was, "$version: evmcs-unread makes statements of a comment");

	# Each kernel alike: one is enough for what takes Coccinelle seconds.
	next if $version ne '6.12';
	$result = fix($tree, copy_tree($tree, "$top/fixed-$version"));
	is("$result->{status}$result->{out}$result->{err}", '0', "$version: all fixes fit together");
	$result = fix($tree, "$top/fixed-$version", 'rare-bndcfgs');
	my $now = contents("$top/fixed-$version");
	is_deeply([grep { $_ ne '.vmcsgen-files' && ($now->{$_} // '') ne ($before->{$_} // '') }
		   sort keys %{ { %$now, %$before } }], ['arch/x86/kvm/vmx/nested.c'], "$version: one alone, and the others go");
}

#
# Messages
#

my ($version) = kernel_versions();
my $tree = "$top/$version";

is(fix()->{err}, $usage, 'usage');
is(fix($tree)->{status}, 2, 'its exit status');
is(fix($tree, "$top/x", 'no-such')->{err},
   "fix: there is no fix 'no-such'; the fixes are " . join(', ', @FIXES) . "\n", 'a fix that is none');
is(fix($top, "$top/x")->{err}, "fix: $top is no kernel tree: it has no arch/x86/kvm/vmx/nested.c\n",
   'a tree that is none');
my $changed = copy_tree($tree, "$top/changed");
edit("$changed/arch/x86/kvm/vmx/nested.c", sub { s/^\tcase GUEST_BNDCFGS:\n//m });
my $result = fix('--patches', $changed, "$top/none", 'rare-bndcfgs');
is("$result->{status} $result->{err}", "3 fix: rare-bndcfgs.edit: rule 'label' has to match 1 times " .
   "in arch/x86/kvm/vmx/nested.c, and matches nowhere\nfix: $changed does not fit; nothing was changed\n", 'a kernel that has the fix');
ok(!-e "$top/none", 'and nothing is written');

done_testing();
