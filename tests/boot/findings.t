#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What a guest sees of the audit's findings.  On an unpatched kernel, a test of vmcs12_findings fails
# if it is about a known bug; with the fixes, it passes if that bug has a fix.  A patched kernel
# inherits the bugs: generated code behaves as a guest is used to.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../../kernel-glue/lib";
use Audit::Known;
use Boot;
use Test::More;
use Vmcsgen;

# The names of the program's tests, and whether each passes.
sub results
{
	my ($version, $kernel) = @_;
	my $boot = boot("$version-findings-$kernel", kernel($version, $kernel), [], program('vmcs12_findings'));
	my %is = map { /\b(not )?ok \d+ - (.*)/ ? ($2 => $1 ? 'fails' : 'passes') : () } split(/\r?\n/, $boot->{log});

	return \%is;
}

# The findings that are known bugs, each with its reason, which names the fix.
sub known
{
	my ($version) = @_;
	my $rules = Audit::Known->of_kernel(root() . '/kernel-glue/audit/known', $version)->{findings};

	return map { my $rule = $_;
		     map { $rules->{$rule}{$_}{judgment} eq 'bug' ? ("$rule: $_" => $rules->{$rule}{$_}{reason}) : () }
			 keys %{ $rules->{$rule} } } keys %$rules;
}

depends_on(qw(kernel-glue/fix kernel-glue/fixes kernel-glue/audit/known));
for my $version (versions()) {
	my %known = known($version);
	my $unpatched = results($version, 'pristine');
	my $fixed = results($version, 'fixed');

	cmp_ok(keys %$unpatched, '>=', 6, "$version: findings that a guest sees");
	is_deeply($unpatched, { map { $_ => $known{$_} ? 'fails' : 'passes' } keys %$unpatched },
		  "$version: an unpatched kernel has what is known");
	is_deeply($fixed, { map { $_ => ($known{$_} // 'fixes/') =~ m{\bfixes/} ? 'passes' : 'fails' }
			    keys %$unpatched }, "$version: the fixes mend what they are for");
	is_deeply(results($version, $_), $unpatched, "$version, $_: as unpatched")
		for qw(linux evmcs-first);
}

done_testing();
