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
my @FIXES = qw(documentation evmcs-all-bits evmcs-comments evmcs-debugctl evmcs-nospec evmcs-unread
	       rare-bndcfgs);
my $usage = "usage: fix PRISTINE TREE [FIX...]\n       fix --patches PRISTINE FOLDER [FIX...]\n";

my %AUTHOR = (GIT_AUTHOR_NAME => 'test', GIT_AUTHOR_EMAIL => 'test@example.org',
	      GIT_COMMITTER_NAME => 'test', GIT_COMMITTER_EMAIL => 'test@example.org');

sub fix { return run({ env => { VMCSGEN => vmcsgen(), %AUTHOR } }, $fix, @_) }

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
	'evmcs-all-bits' => ['- if (unlikely(index >= nr_evmcs_1_fields))',
			     '+ if (unlikely(field >> 15 || index >= nr_evmcs_1_fields))'],
	'evmcs-nospec' => ['+ if (!__builtin_constant_p(field))',
			   '+ index = array_index_nospec(index, nr_evmcs_1_fields);'],
	'rare-bndcfgs' => ['- case GUEST_BNDCFGS:'],
);

for my $version (source_versions()) {
	my $tree = glue_tree($version, "$top/$version");
	my $before = contents($tree);
	my $result = fix('--patches', $tree, "$top/patches-$version");
	my %patches = map { m{/([^/]*)\.patch$} ? ($1 => $_) : () } glob("$top/patches-$version/*");

	is("$result->{status}$result->{out}$result->{err}", '0', "$version: patches are written");
	is_deeply([sort keys %patches], \@FIXES, "$version: one for each fix");
	is_deeply(contents($tree), $before, "$version: the tree is as it was");
	for my $name (@FIXES) {
		my $patch = slurp($patches{$name});
		my $applied = run('patch', '-p1', '--dry-run', '--fuzz=0', '-d', $tree, '-i', $patches{$name});
		my ($message) = $patch =~ /\A(.*?)^---$/ms;

		is($applied->{status}, 0, "$version: $name applies alone") or diag($applied->{out});
		like($message, qr/\AFrom: test <test\@example\.org>\nSubject: \[PATCH\] KVM: (?:n?VMX|x86): [A-Z].*\n\n/, "$version: $name has a subject");
		is_deeply([grep { length > 75 } grep { !/^Subject/ } split(/\n/, $message)], [],
			  "$version: lines of 75 columns");
		is_deeply([changes($patch)], $CHANGES{$name}, "$version: what $name changes") if $CHANGES{$name};
	}
	my %copied = map { /^([-+]).*\bvmcs12->(\w+) =/ ? ("$1$2" => 1) : () } changes(slurp($patches{'evmcs-unread'}));
	is_deeply([map { s/^-//r } grep { /^-/ } sort keys %copied],
		  [map { s/^\+//r } grep { /^\+/ } sort keys %copied],
		  "$version: evmcs-unread copies what a comment listed, but for the count of what KVM lacks");
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
# Git takes them
#

my $repository = copy_tree("$top/" . (kernel_versions())[0], "$top/repository");
for my $command ([qw(init -q)], [qw(add .)], [qw(commit -qm kernel)],
		 ['am', '-q', "$top/patches-" . (kernel_versions())[0] . '/evmcs-debugctl.patch']) {
	is(run({ dir => $repository, env => \%AUTHOR }, 'git', @$command)->{status}, 0, "git @$command[0]");
}
like(ok_run({ dir => $repository }, qw(git log -1 --format=%B%n%an)), qr/\AKVM: nVMX: Copy IA32_DEBUGCTL back.*^test$/ms,
     'the commit has the message and the author');

#
# Messages
#

my ($version) = kernel_versions();
my $tree = "$top/$version";

is(fix()->{err}, $usage, 'usage');
is(fix($tree)->{status}, 2, 'its exit status');
is(fix($tree, "$top/x", 'no-such')->{err},
   "fix: there is no fix 'no-such'; the fixes are " . join(', ', @FIXES) . "\n", 'an unknown fix');
is(fix($top, "$top/x")->{err}, "fix: $top is not a kernel tree: it has no arch/x86/kvm/vmx/nested.c\n",
   'another folder');
my $changed = copy_tree($tree, "$top/changed");
edit("$changed/arch/x86/kvm/vmx/nested.c", sub { s/^\tcase GUEST_BNDCFGS:\n//m });
my $result = fix('--patches', $changed, "$top/none", 'rare-bndcfgs');
is("$result->{status} $result->{err}", "3 fix: rare-bndcfgs.edit: rule 'label' has to match 1 times " .
   "in arch/x86/kvm/vmx/nested.c, and matches nowhere\nfix: $changed does not fit; nothing was changed\n", 'a kernel that has the fix');
ok(!-e "$top/none", 'and nothing is written');

done_testing();
