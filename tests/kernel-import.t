#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# vmcsgen import --c: the kernel's own headers give the revisions that the spec has,
# and every generated header gives back its revision, from all others of its layout.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use Test::More;
use Vmcsgen;

my $dir = tempdir();
symlink(root() . '/spec', "$dir/spec") or die "$dir/spec: $!\n";

# A header's struct as a revision "test"; further arguments are options.
sub import
{
	my ($header, $base, @options) = @_;
	my ($layout) = split(m{/}, $base);

	return run({ dir => root() }, vmcsgen(), 'import', "--c=$header", "--name=$layout/test",
		   "--from=$base", @options);
}

# The layout of that revision, once the spec has the statement that was printed.
sub layout_with
{
	my ($layout, $statement) = @_;

	spew("$dir/all.vmcs", "include \"spec/vmcs.vmcs\"\n", $statement);
	return parse_csv(ok_run({ dir => "$dir" }, vmcsgen(), 'layout', '-s', 'all.vmcs', '-t',
				root() . '/templates', "$layout/test", '--format=csv',
				map({ ('-W', "no-$_") } qw(same-id group-missing misaligned id-line byte-twice))));
}

sub rows
{
	my ($columns, @members) = @_;

	return [map { my $member = $_; join(' ', map { $member->{$_} } @$columns) } @members];
}

sub edits
{
	my ($result) = @_;
	my ($edits) = $result->{out} =~ /\Arevision \S+ from \S+ \{\n\tsource  "[^"]*"\n(.*)\}\n\z/s;

	return $edits;
}

#
# The kernel's headers
#

my %HEADERS = (evmcs => 'arch/x86/include/asm/hyperv-tlfs.h', vmcs12 => 'arch/x86/kvm/vmx/vmcs12.h');
my %EDITS = (
	'evmcs/linux-6.1' => '',
	'vmcs12/linux-6.1' => '',
	'evmcs/tlfs-2022' => "\talign   packed\n\tat  22  pad u16 padding16_1\n",
	'vmcs12/linux-4.18' => <<'END',
	over revision_id vmcs_hdr hdr
	retire cr3_target_value0 .. cr3_target_value3 as dead_space
	at  320  encls_exiting_bitmap
	at  328  tsc_multiplier
END
);
my @COLUMNS = qw(name offset size count clean_group);

for my $version (kernel_versions()) {
	my $tree = unpack_kernel($version, values %HEADERS);

	for my $base (sort keys %EDITS) {
		my ($layout) = split(m{/}, $base);
		my $title = "struct of Linux $version, from $base";
		my $result = import("$tree/$HEADERS{$layout}", $base);
		my @there = layout_csv("$layout/linux-$version");

		is($result->{status}, 0, $title) or diag($result->{err});
		is(edits($result), $EDITS{$base}, "$title: the edits");
		my @here = layout_with($layout, $result->{out});
		# That KVM does not look them up, its header does not tell.
		$_->{clean_group} = '' for grep { $_->{name} =~ /^cr3_target_value/ } @here;
		is_deeply(rows(\@COLUMNS, @here), rows(\@COLUMNS, @there), "$title: the layout");
	}
	my $lost = import("$tree/$HEADERS{vmcs12}", 'vmcs12/linux-4.18');
	is_deeply([$lost->{err} =~ /: note: (.*)$/mg],
		  [map { "'$_' of 'vmcs12/linux-4.18' is not in the struct" } 'revision_id',
		   map { "cr3_target_value$_" } 0 .. 3], "Linux $version: what is lost is noted");
}

#
# Every generated header, from every revision of its layout
#

# What moves into or over pads can't be said as edits.  History can, in its own order.
my %SAID = map { $_ => 1 }
	('vmcs12/linux-4.0 from vmcs12/linux-3.10', 'vmcs12/linux-4.14 from vmcs12/linux-4.0',
	 'vmcs12/linux-4.18 from vmcs12/linux-4.0', 'vmcs12/linux-6.1 from vmcs12/linux-4.0',
	 'vmcs12/linux-6.1 from vmcs12/linux-4.18', 'evmcs/linux-5.0 from evmcs/linux-4.17',
	 'evmcs/linux-5.0 from evmcs/tlfs-5.0', 'evmcs/linux-4.17 from evmcs/linux-5.0',
	 'evmcs/linux-6.1 from evmcs/linux-4.17',
	 map({ my $tlfs = $_; map { "evmcs/$tlfs from evmcs/$_" }
	       qw(linux-4.17 linux-6.1 tlfs-5.0 tlfs-6.0 tlfs-2021 tlfs-2022) }
	     qw(linux-4.17 linux-6.1 tlfs-5.0 tlfs-6.0 tlfs-2021 tlfs-2022)));
my ($said, $refused) = (0, 0);

for my $layout (@{ spec_json()->{layouts} }) {
	my @revisions = map { "$layout->{name}/$_->{name}" } @{ $layout->{revisions} };
	my @places = qw(name offset size count);

	for my $revision (@revisions) {
		my $generated = generated($revision);
		my $header = out() . "/$generated->{header}";
		my @there = layout_csv($revision);
		my %pad = map { $_->{name} => $_->{pad} } @{ revision_json($revision)->{members} };

		for my $base (@revisions) {
			my $title = "$revision from $base";
			my $result = import($header, $base, '--struct', $generated->{struct});
			my ($error) = $result->{err} =~ /: error: (.*)$/m;

			if ($result->{status} == 0) {
				my @here = layout_with($layout->{name}, $result->{out});

				$said++;
				is_deeply(rows(\@places, grep { exists $pad{$_->{name}} &&
								!$pad{$_->{name}} } @here),
					  rows(\@places, grep { !$pad{$_->{name}} } @there), $title);
				is(edits($result) =~ s/^\t(?:align   packed|at +\d+ +pad .*)\n//mgr, '',
				   "$title: nothing differs but holes that are written out")
					if $base eq $revision;
				next;
			}
			$refused++;
			is($error, "what differs from '$base' can't be said as edits of it",
			   "$title: refused");
			is($result->{out}, '', "$title: nothing is printed");
			ok(!$SAID{$title} && $base ne $revision, "$title: it may be");
		}
	}
}
cmp_ok($said, '>=', 50, "of the pairs $said are said, $refused refused");

#
# A natural struct as the compiler lays it out: the members without the holes
#

for my $revision ('evmcs/tlfs-5.0', 'evmcs/linux-4.17', 'evmcs/tlfs-2021') {
	my @members = grep { $_->{name} !~ /^pad_\d+$/ } layout_csv($revision);
	my %words = (hv_enlightenments_control =>
		     'struct { u32 nested_flush_hypercall:1, msr_bitmap:1, reserved:30; }');
	my $header = spew("$dir/natural.h", "struct natural {\n", map({
		my $type = $words{$_->{name}} // 'u' . 8 * $_->{size};

		"\t$type $_->{name}" . ($_->{count} > 1 ? "[$_->{count}]" : '') . ";\n";
	} @members), "};\n");
	my $result = import($header, $revision, '--struct=natural');

	is($result->{err}, '', "$revision, laid out naturally: no message");
	is(edits($result), '', "$revision, laid out naturally: nothing differs");
}

done_testing();
