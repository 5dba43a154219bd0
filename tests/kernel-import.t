#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# vmcsgen import --c: the kernel's own structs give the revisions that the spec has, and
# every generated struct gives back its revision, from all others of its layout and from none.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use KvmSources;
use Test::More;
use Vmcsgen;

my $dir = tempdir();
symlink(root() . '/spec', "$dir/spec") or die "$dir/spec: $!\n";

# A struct in an object or a header as a revision "test"; without a base if that is a layout.
sub import
{
	my ($file, $base, @options) = @_;
	my ($layout, $from) = split(m{/}, $base);

	return run({ dir => root() }, vmcsgen(), 'import', "--c=$file", "--name=$layout/test",
		   ($from ? "--from=$base" : ()), @options);
}

# The layout of that revision, once the spec has the statement that was printed.
sub layout_with
{
	my ($layout, $statement) = @_;

	spew("$dir/all.vmcs", "include \"spec/vmcs.vmcs\"\n", $statement);
	return parse_csv(ok_run({ dir => "$dir" }, vmcsgen(), 'layout', '-s', 'all.vmcs', '-t',
				root() . '/templates', "$layout/test", '--format=csv',
				map({ ('-W', "no-$_") } qw(same-id group-missing misaligned id-line shadow-lookup
				       byte-twice first-word id-missing))));
}

sub rows
{
	my ($columns, @members) = @_;

	return [map { my $member = $_; join(' ', map { $member->{$_} } @$columns) } @members];
}

sub edits
{
	my ($result) = @_;
	my ($edits) = $result->{out} =~ /\Arevision \S+ from \S+ \{\n\tsource +"[^"]*"\n(.*)\}\n\z/s;

	return $edits // ($result->{out} =~ /\Arevision \S+ same as \S+\n\z/ ? '' : undef);
}

#
# The kernel's structs
#

my %EDITS = (
	'evmcs/linux-6.1' => '',
	'vmcs12/linux-6.1' => '',
	'evmcs/tlfs-2022' => "\tat  22  pad u16 padding16_1\n",
	'vmcs12/linux-4.18' => <<'END',
	over revision_id vmcs_hdr hdr
	retire cr3_target_value0 .. cr3_target_value3 as dead_space
	at  320  encls_exiting_bitmap
	at  328  tsc_multiplier
END
);
# What a newer kernel has more of it.
my %MORE = ('7.3' => { vmcs12 => <<'END' });
	at  680  host_s_cet
	at  688  host_ssp
	at  696  host_ssp_tbl
	at  704  guest_s_cet
	at  712  guest_ssp
	at  720  guest_ssp_tbl
END
my @COLUMNS = qw(name offset size count clean_group);

for my $version (source_versions()) {
	my $kernel = KvmSources->new($version);
	my $more = $MORE{$version} // {};
	my $source = spew($kernel->dir . '/both.c', <<'END');
#include "kvm/vmx/vmcs12.h"
#ifdef HAS_HVHDK
#include <hyperv/hvhdk.h>
#else
#include <asm/hyperv-tlfs.h>
#endif
struct vmcs12 vmcs12;
struct hv_enlightened_vmcs evmcs;
END
	my @flags = ($kernel->has_hvhdk() ? '-DHAS_HVHDK' : (),
		     kernel_flags($version, $kernel->dir, root() . '/tests/kernel'), '-include', 'stubs.h');
	my $object = $kernel->object($source, '-g', '-w', @flags);

	for my $base (sort keys %EDITS) {
		my ($layout) = split(m{/}, $base);
		my $title = "struct of Linux $version, from $base";
		my $result = import($object, $base);
		my @there = layout_csv("$layout/linux-$version");

		is($result->{status}, 0, $title) or diag($result->{err});
		is(edits($result), $EDITS{$base} . ($more->{$layout} // ''), "$title: the edits");
		my @here = layout_with($layout, $result->{out});
		# What the TLFS has otherwise, and that KVM does not look some up, no struct tells.
		is_deeply(rows(\@COLUMNS, grep { $_->{name} !~ /^(?:pad|cr3_target)/ } @here),
			  rows(\@COLUMNS, grep { $_->{name} !~ /^(?:pad|cr3_target)/ } @there),
			  "$title: the layout") if $base ne 'evmcs/tlfs-2022';
	}
	my $lost = import($object, 'vmcs12/linux-4.18');
	is_deeply([$lost->{err} =~ /: note: (.*)$/mg],
		  ["not in the struct, of 'vmcs12/linux-4.18': " .
		   join(', ', map { "cr3_target_value$_" } 0 .. 3)], "Linux $version: what is lost is noted");
	is(edits(import($source, 'vmcs12/linux-6.1', '--', '-w', @flags)), $more->{vmcs12} // '',
	   "Linux $version: the same of the source");
	my ($table) = $kernel->text('arch/x86/kvm/vmx/vmcs12.c') =~ /^(?:static )?const [\w ]+ (\w+)\[\]/m;
	is(edits(import($kernel->dir . '/kvm/vmx/vmcs12.c', 'vmcs12/linux-6.1',
			"--encodings=$table", '--', '-w', @flags)), $more->{vmcs12} // '',
	   "Linux $version: the same by its table of encodings");
	# The kernel's selftests have a struct of their own.
	my $headers = 'tools/testing/selftests/kvm/include';
	my ($copy) = glob(unpack_kernel($version, $headers) . "/$headers/x86*/evmcs.h");
	my ($struct) = slurp($copy) =~ /^(struct hv_enlightened_vmcs \{.*?^\}[^;]*;)/ms or next;
	my $edits = edits(import(spew("$dir/selftest.h", "$struct\n"), 'evmcs/linux-6.1',
				 '--kernel-types'));
	is($edits =~ s/^\trename \w*padding\w* \w*padding\w*\n//mgr, '',
	   "Linux $version: the selftests' copy, but for the names of pads");
}

#
# Every generated struct, from every revision of its layout, and from none
#

my %revisions = map {
	my $layout = $_->{name};

	$layout => [map { "$layout/$_->{name}" } @{ $_->{revisions} }];
} @{ spec_json()->{layouts} };
my @all = map { @$_ } values %revisions;
my $object = "$dir/all.o";
{
	my $result = compile(source => join('', map { generated($_)->{include} } @all) .
			     join('', map { my $struct = generated($_)->{own};
					    "struct $struct a_$struct;\n" } @all),
			     output => $object, flags => ['-c', '-g', '-I' . out()]);

	is($result->{status}, 0, 'all structs in one object') or diag($result->{err});
	ok_run('pahole', '-J', $object);
}
my ($said, $whole) = (0, 0);
my @places = qw(name offset size count);

for my $layout (sort keys %revisions) {
	for my $revision (@{ $revisions{$layout} }) {
		my @there = layout_csv($revision);
		my %pad = map { $_->{name} => $_->{pad} } @{ revision_json($revision)->{members} };
		my @real = grep { !$pad{$_->{name}} } @there;

		for my $base (@{ $revisions{$layout} }, $layout) {
			my $title = "$revision from $base";
			my $result = import($object, $base, '--struct', generated($revision)->{own});

			is($result->{status}, 0, $title) or diag($result->{err});
			my ($want, $have) = map { [map { { %$_, name => field_of($_->{name}) } } @$_] }
				\@real, [layout_with($layout, $result->{out})];
			my %real = map { $_->{name} => 1 } @$want;

			is_deeply(rows(\@places, grep { $real{$_->{name}} } @$have), rows(\@places, @$want),
				  "$title: the layout");
			$said++;
			$whole++ if $result->{out} !~ /\Arevision \S+ (?:from|same as)/;
			is($result->{out}, "revision $layout/test same as " . $revision =~ s{.*/}{}r . "\n",
			   "$title: nothing differs") if $base eq $revision;
		}
	}
}
cmp_ok($whole, '>', @all, "$said imports, of which $whole are whole revisions, being shorter than edits");

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
	my $result = import($header, $revision, '--struct=natural', '--kernel-types');

	is($result->{err}, '', "$revision, laid out naturally: no message");
	is(edits($result), '', "$revision, laid out naturally: nothing differs");
}

done_testing();
