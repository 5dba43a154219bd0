#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# kernel-glue/audit/audit-kernel: which trees it builds and audits, and what it ends with.  The
# build and the audit are played by others, which say how they are called.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Vmcsgen;

my $top = tempdir();
my %env = (KVER => undef, KSRC => undef, BASE => undef, B => "$top/build");
my %git = map { ("GIT_${_}_NAME" => 'test', "GIT_${_}_EMAIL" => 'test@example.org') } qw(AUTHOR COMMITTER);

sub script
{
	my ($path, $text) = @_;

	spew("$top/$path", "#!/bin/sh\n$text");
	chmod(0755, "$top/$path");
}

ok_run('mkdir', '-p', "$top/audit");
ok_run('cp', root() . '/kernel-glue/audit/audit-kernel', "$top/audit");
# An audit finds what stands in the tree's file "findings": nothing new if there is none.
script('kernel', <<'END');
[ "$1" = folder ] || { echo "kernel $* of ${KSRC:-$KVER}" >>"$B/calls"; exit "${FAILS:-0}"; }
echo "${KSRC:-$B/linux-$KVER}"
END
script('audit/audit', <<'END');
echo "audit $*" >>"$B/calls"
echo "$*"
for tree; do [ -e "$tree/findings" ] && exit "$(cat "$tree/findings")"; done
exit 0
END

# What was called, and how it ended.
sub audit
{
	my ($variables, @options) = @_;

	ok_run('rm', '-rf', "$top/build");
	ok_run('mkdir', "$top/build");
	my $result = run({ env => { %env, %$variables } }, "$top/audit/audit-kernel", @options);

	my $calls = -e "$top/build/calls" ? slurp("$top/build/calls") : '';
	return { %$result, calls => $calls =~ s/\Q$top\E/TOP/gr };
}

my $of_kver = audit({ KVER => '6.1' }, '--all');
is($of_kver->{calls}, "kernel pristine arch/x86/kvm/ of 6.1\n" .
   "audit --all TOP/build/linux-6.1/pristine TOP/build/linux-6.1/pristine/objects\n",
	'a kernel of Debian');
is($of_kver->{out} =~ s/\Q$top\E/TOP/gr, "--all TOP/build/linux-6.1/pristine TOP/build/linux-6.1/pristine/objects\n",
   'standard output is the report alone');

my $tree = "$top/tree";
ok_run('mkdir', '-p', "$tree/pristine");
spew("$tree/pristine/findings", "1\n");
is(audit({ KSRC => $tree })->{status}, 1, "the audit's exit status");
is(audit({ KSRC => $tree, FAILS => 3 })->{status}, 3, "the build's exit status");

for my $command ([qw(init -q)], [qw(add .)], [qw(commit -qm base)], [qw(tag base)]) {
	ok_run({ dir => $tree, env => \%git }, 'git', @$command);
}
my $with_base = audit({ KSRC => $tree, BASE => 'base' }, '--format=sarif');
is($with_base->{calls}, <<'END', 'the base first, and then the tree against it');
kernel pristine arch/x86/kvm/ of TOP/build/audit-base
audit --format=json TOP/build/audit-base/pristine TOP/build/audit-base/pristine/objects
kernel pristine arch/x86/kvm/ of TOP/tree
audit --base=TOP/build/audit-base.json --format=sarif TOP/tree/pristine TOP/tree/pristine/objects
END
ok(-e "$top/build/audit-base/pristine/findings", 'the base has what its revision has');

spew("$tree/pristine/findings", "3\n");
ok_run({ dir => $tree, env => \%git }, qw(git commit -qam unfit));
is(audit({ KSRC => $tree, BASE => 'HEAD' })->{status}, 3, 'a base that is not understood');
is(audit({ BASE => 'base' })->{err}, "audit-kernel: BASE is a revision of KSRC, a git tree\n",
	'a base of no tree');
is(audit({ BASE => 'base' })->{status}, 2, 'its exit status');
like(audit({ KSRC => $tree, BASE => 'none' })->{err},
	qr/^audit-kernel: \Q$tree\E has no revision none$/m,
     'an unknown base');
is(audit({ KSRC => $tree, BASE => 'none' })->{status}, 3, 'its exit status');
done_testing();
