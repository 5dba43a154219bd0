#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Which fields of vmcs12 a kernel lets an L1 find: its own function and the generated one are
# compiled and asked about all combinations of the controls that either looks at; and each
# departure that the spec names is one.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use KvmSources;
use Test::More;
use Vmcsgen;

# The kernels that decide it, with their targets; the others let an L1 find all fields.
my %TARGETS = ('7.3' => 'linux-7.3');
my $VMCS12_C = 'arch/x86/kvm/vmx/vmcs12.c';

# The kernel's function, and those that it asks; capabilities.h would bring all of KVM.
sub kernel_side
{
	my ($version, $kernel) = @_;
	my ($asks) = $kernel->text($VMCS12_C) =~
		/^(#define VMCS12_CASE64.*?^static __init bool cpu_has_vmcs12_field\(.*?^\}\n)/ms
		or die "$version: no cpu_has_vmcs12_field()\n";

	$kernel->lines('asks.h', "extern struct vmcs_config vmcs_config;",
		       "#include " . $kernel->asked, $asks);
	return $kernel->kernel_object('existence-kernel.c', CAPABILITIES => '"kvm/vmx/capabilities.h"',
				      ASKS => '"asks.h"');
}

# What the comparison says, by what it is about, of a generated header.
sub compare
{
	my ($kernel, $object, $folder) = @_;
	my %rows = map { $_ => [] } qw(difference combinations);
	local $ENV{VMCSGEN_OUT} = $folder;

	push @{ $rows{$_->{kind}} }, $_
		for $kernel->table($object, $kernel->our_object('existence.c'));
	return \%rows;
}

sub differences
{
	return map { "$_->{what}, $_->{number}: $_->{kernel}, ours $_->{ours}" } @{ $_[0]{difference} };
}

for my $version (grep { $TARGETS{$_} } source_versions()) {
	my $out = root() . "/out/$TARGETS{$version}";
	my $kernel = KvmSources->new($version);
	my $object = kernel_side($version, $kernel);
	my $rows = compare($kernel, $object, $out);
	my ($all) = @{ $rows->{combinations} };

	is_deeply([differences($rows)], [], "linux-$version: the same fields exist");
	cmp_ok($all->{what}, '>=', 10, "by $all->{what} controls, in all combinations of them");
	cmp_ok($all->{number}, '>', 1 << $all->{what}, "$all->{number} answers");

	# Another control, a field too many and one too few are seen.
	my $header = slurp("$out/vmcs12/exists.h");
	my %faults = (
		'another control' => sub { s/EXEC_ENABLE_\KVPID/EPT/ },
		'a field that always exists' => sub { s/\tcase VMCS_ENC_TPR_THRESHOLD:\n// },
		'a field that need not exist' =>
			sub { s/(?=\tcase VMCS_ENC_GUEST_S_CET:)/\tcase VMCS_ENC_GUEST_PML_INDEX:\n/ },
	);
	for my $fault (sort keys %faults) {
		my $dir = tempdir();
		my $faulty = $header;

		$faults{$fault}->() for $faulty;
		isnt($faulty, $header, "$fault can be made");
		ok_run('cp', '-r', "$out/.", $dir);
		spew("$dir/vmcs12/exists.h", $faulty);
		isnt(join('', differences(compare($kernel, $object, "$dir"))), '', "$fault is seen");
	}

	# Without any departure something else follows.
	my $text = slurp(root() . '/spec/existence.vmcs');
	my @lines = $text =~ /^(\tyes .*(?:(?<=,)\n.*)*\n)/gm;
	my $dir = tempdir();

	ok_run('cp', '-r', root() . '/spec', "$dir/spec");
	cmp_ok(@lines, '>', 5, @lines . ' departures');
	for my $line (@lines) {
		my ($of) = $line =~ /^\tyes +(\w+)/;

		spew("$dir/spec/existence.vmcs", $text =~ s/\Q$line\E//r);
		ok_run(vmcsgen(), 'gen', '-s', "$dir/spec/vmcs.vmcs", '-t', root() . '/templates',
		       '-o', "$dir/out", '--target', $TARGETS{$version});
		isnt(join('', differences(compare($kernel, $object, "$dir/out"))), '',
		     "the departure of $of is one of Linux $version");
		like($header, qr/^ \*.*\b$of\b/m, 'and its reason stands in the header');
	}
}

# A kernel without such a function has no such header.
ok(!-e root() . "/out/linux/vmcs12/exists.h", 'up to 6.12 all fields exist');

done_testing;
