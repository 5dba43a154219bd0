#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# gen emits for targets, and for nothing else: what is in a target's folder, what a revision
# costs that a target takes or that none takes, and what a new page of the TLFS changes.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use List::Util qw(uniq);
use Test::More;
use Vmcsgen;

my $dir = tempdir();
my $spec = root() . '/spec/vmcs.vmcs';
my $made = 0;

# Generate into a folder of its own, from the spec and more text.
sub made
{
	my ($text, @options) = @_;
	my $out = "$dir/" . ++$made;

	spew("$out.vmcs", "include \"$spec\"\n", $text);
	ok_run(vmcsgen(), 'gen', '-s', "$out.vmcs", '-t', root() . '/templates', '-o', $out, @options);
	return $out;
}

# The files below a folder, by their names in it.
sub files
{
	my ($folder) = @_;
	my $names = ok_run({ dir => $folder }, 'find', '.', '-type', 'f', '-printf', '%P\n');

	return { map { $_ => slurp("$folder/$_") } split(/\n/, $names) };
}

# How many lines there are in them.
sub lines_of
{
	my ($folder) = @_;

	return scalar(() = join('', values %{ files($folder) }) =~ /\n/g);
}

# The lines that are new or gone in another folder.
sub changed_lines
{
	my (@folders) = @_;
	my $stat = run('git', 'diff', '--no-index', '--numstat', @folders)->{out};
	my $lines = 0;

	$lines += $1 + $2 while $stat =~ /^(\d+)\t(\d+)\t/mg;
	return $lines;
}

#
# What is in a folder
#

# By the names that a target gives them.
my %TAKEN = (
	linux => { vmcs12 => [qw(evmcs-first linux rfc-2017)], evmcs => ['linux'] },
	'linux-7.3' => { vmcs12 => [qw(evmcs-first linux rfc-2017)], evmcs => ['linux'] },
	tlfs => { vmcs12 => [], evmcs => ['page'] },
);
my $plain = made('');

is_deeply([sort map { s{^\Q$plain\E/}{}r } glob("$plain/*")], ['linux', 'linux-7.3', 'tlfs', 'vmcs.json'],
	  'a folder for each target, and vmcs.json');
is_deeply(files($plain), files(root() . '/out'), 'they are as they are committed');

for my $target (sort keys %TAKEN) {
	my $files = files("$plain/$target");

	for my $layout (@{ spec_json()->{layouts} }) {
		my $name = $layout->{name};
		my $taken = $TAKEN{$target}{$name};
		# Comments say which ones they are.
		my ($json) = grep { $_->{name} eq $target } @{ spec_json()->{targets} };
		my %taken = map { s{.*/}{}r => 1 } @$taken, map { $_->{path} } map { @{ $json->{$_} } }
			qw(memory images pages masks);
		my @untaken = grep { !$taken{$_} } map { $_->{name} } @{ $layout->{revisions} };
		my $any = join('|', map { quotemeta($_), s/\W/_/gr } @untaken);
		my @mentions = grep { $files->{$_} =~ m{\b${name}[/_](?:$any)(?![-.\w])} ||
				      m{^$name/(?:$any)\b(?![-.]\d)} } sort keys %$files;

		cmp_ok(scalar(@untaken), '>', 3, "$target takes not all of $name");
		is_deeply([map { m{^$name/(.*)-map\.h$} } sort keys %$files], $taken,
			  "$target: its revisions of $name");
		is_deeply(\@mentions, [], "$target: no file tells of others");
	}
}

# What all of a target shares is there if something of the target needs it.
{
	my %SHARED = (
		'pages evmcs/linux-6.1' => [],
		'memory vmcs12/linux-6.1' => [],
		'memory vmcs12/linux-6.1; images vmcs12/linux-4.0' =>
			['vmcs12/linux-6.1-images.c', 'vmcs12/revision-list.h', 'vmcs12/revisions.h',
			 'vmcs_controls.h'],
		'memory vmcs12/linux-6.1; pages evmcs/linux-6.1' => ['vmcs12/linux-6.1-copies.h'],
		'pages evmcs/linux-6.1; masks evmcs/linux-6.1' => ['vmcs_controls.h'],
		'pages evmcs/linux-6.1; fields all' => ['vmcs_controls.h', 'vmcs_exists.h'],
	);
	my @shared = (map({ "vmcs12/$_" } qw(linux-6.1-copies.h linux-6.1-images.c revision-list.h
						   revisions.h)),
		      map { "vmcs_$_.h" } qw(controls exists));

	for my $clauses (sort keys %SHARED) {
		my $files = files(made('target shares {' . join('', map { "\n\t$_" } split(/; /, $clauses)) .
				       "\n}\n", '--target', 'shares'));
		my $text = join('', values %$files);

		is_deeply([grep { $files->{$_} } @shared], $SHARED{$clauses}, "shared: $clauses");
		is_deeply([grep { !$files->{$_} } sort(uniq($text =~ m{^#include "(?:\.\./)?(vmcs_\w+\.h)"}mg))],
			  [], "$clauses: all that is included is there");
	}
}

# A revision in memory and a page have a struct, under the layout's own name; an image has none.
# The former has a load and a store of each other one, and copies from and to the page.
{
	my $files = files("$plain/linux");
	my @memory = qw(linux evmcs-first);
	my $structs = sub { [$files->{$_[0]} =~ /^struct (\w+) \{$/mg] };

	is_deeply([sort grep { m{^(?:vmcs12|evmcs)/} && /\.[hc]$/ && !/-(?:map|controls)\.h$/ } keys %$files],
		  [sort 'evmcs/fields.h', 'evmcs/linux.h', 'vmcs12/revision-list.h', 'vmcs12/revisions.h',
		   map { my $name = $_; map { "vmcs12/$name$_" } '.h', '-copies.h', '-images.c' } @memory],
		  'linux: what is made of those in memory, and of pages, alone');
	is_deeply([map { $structs->("vmcs12/$_.h") } @memory], [['vmcs12'], ['vmcs12']],
		  'linux: what is in memory is struct vmcs12');
	is_deeply($structs->('evmcs/linux.h'), ['hv_enlightened_vmcs'],
		  'linux: the only page is struct hv_enlightened_vmcs');
	for my $memory (@memory) {
		my ($images, $copies) = @{$files}{map { "vmcs12/$memory$_" } '-images.c', '-copies.h'};
		my @others = map { s/\W/_/gr } grep { $_ ne $memory } @memory, 'rfc-2017';

		is_deeply([$images =~ /^static void (\w+)\(/mg],
			  [map { ("load_$_", "store_$_") } @others], "linux: images with $memory");
		is_deeply([$images =~ m{^\t\t\.id = vmcs12_(\w+)_id,$}mg],
			  [map { s/\W/_/gr } @memory, 'rfc-2017'],
			  "linux: the table with $memory has all, the default first");
		is_deeply([$copies =~ /^static inline void (\w+)\(/mg],
			  ['evmcs_to_vmcs12', 'vmcs12_to_evmcs'], "linux: copies of $memory");
	}
}

for my $target (sort keys %TAKEN) {
	my $alone = made('', '--target', $target);

	is_deeply(files($alone), files("$plain/$target"),
		  "--target $target: a folder for it alone, with the same as among all");
}
{
	my $result = run(vmcsgen(), 'gen', '-s', $spec, '-t', root() . '/templates', '-o', "$dir/none",
			 '--target', 'none');

	is($result->{err}, "vmcsgen: error: the spec has no target 'none'\n", 'another target');
	is($result->{status}, 3, 'another target: exit status');
	ok(!-e "$dir/none", 'nothing is made');
}

#
# What a revision costs
#

# A revision that differs from KVM's in a member.
sub revision
{
	my ($number) = @_;
	my $id = 0x1000 + $number;

	return <<"END";
revision vmcs12/r$number from linux-6.1 {
	source  "revision $number"
	id      $id
	append u16 member_$number
}
END
}

sub revisions { return join('', map { revision($_) } 1 .. $_[0]) }

{
	my $more = made(revisions(1));

	is_deeply([map { files("$more/$_") } sort keys %TAKEN],
		  [map { files("$plain/$_") } sort keys %TAKEN],
		  'a revision that no target takes is in none of the folders');
	isnt(slurp("$more/vmcs.json"), slurp("$plain/vmcs.json"), 'but in vmcs.json');
}

# A target for some of these revisions, one in memory and the others images.
sub target_with
{
	my ($images) = @_;

	return "target some {\n\tmemory  vmcs12/r1\n\timages  " .
		join(', ', map { "vmcs12/r$_" } 2 .. $images + 1) . "\n}\n";
}

{
	my (%taken, %untaken);

	for my $count (5, 10, 20, 40) {
		$taken{$count} = lines_of(made(revisions($count) . target_with($count - 1),
					       '--target', 'some'));
		$untaken{$count} = lines_of(made(revisions($count) . target_with(2), '--target', 'some'));
	}
	for my $count (5, 10, 20) {
		my $ratio = $taken{2 * $count} / $taken{$count};

		cmp_ok($ratio, '<=', 2.2, sprintf('%d revisions have %d lines, twice as many %d',
						  $count, @taken{$count, 2 * $count}));
		diag(sprintf('%2d to %2d revisions: %.2f times the lines', $count, 2 * $count, $ratio));
	}
	is_deeply([@untaken{10, 20, 40}], [($untaken{5}) x 3], 'those that are not taken cost nothing');
	cmp_ok($untaken{5}, '<', $taken{5}, 'those that are taken do');
}

#
# Names
#

my $NAMED = <<'END';
target called {
	memory  vmcs12/linux-6.1 as now
	images  vmcs12/linux-4.18 as then-not, vmcs12/r1 as x-2026
	pages   newest evmcs/tlfs-* as page, evmcs/linux-6.12
	names   linux
}
END
{
	my $out = made(revisions(1) . $NAMED, '--target', 'called');

	is_deeply([map { s{^\Q$out\E/}{}r } glob("$out/*/*-map.h")],
		  ['evmcs/linux-6.1-map.h', 'evmcs/page-map.h', 'vmcs12/now-map.h',
		   'vmcs12/then-not-map.h', 'vmcs12/x-2026-map.h'],
		  'files have the names that the target gives, or a revision its own');
	my $text = <<'END';
#include <stdio.h>
#include "vmcs12/now-images.c"
#include "vmcs12/now-copies.h"
#include "vmcs12/x-2026-map.h"
#include "evmcs/page-map.h"

int main(void)
{
	u8 image[4096] = { 0 }, old[4096] = { 0 };
	struct hv_enlightened_vmcs_page page = { .guest_rip = 0 };
	struct hv_enlightened_vmcs_linux_6_1 other = { .guest_rip = 0 };
	struct vmcs12 memory;

	vmcs_poke(image, vmcs_offset(vmcs12_x_2026_map, VMCS_ENC_GUEST_RIP), 8, 7);
	load_x_2026(&memory, image);
	store_then_not(old, &memory);
	vmcs12_to_evmcs_page(&page, &memory);
	vmcs12_to_evmcs_linux_6_1(&other, &memory);
	printf("%d %d %d\n", (int)vmcs_peek(old, 544, 8), (int)page.guest_rip, (int)other.guest_rip);
	return vmcs_offset(evmcs_page_map, VMCS_ENC_GUEST_RIP) !=
	       offsetof(struct hv_enlightened_vmcs_page, guest_rip);
}
END
	my $result = compile(source => $text, output => "$dir/named",
			     flags => ['-Wall', '-Wextra', '-Werror', "-I$out"]);
	is($result->{err}, '', 'names in C are made of these names');
	is(run("$dir/named")->{out}, "7 7 7\n", 'and what they name does what it has to')
		if !$result->{status};
}

# Copies between structs of Microsoft's names.
{
	my $out = made("target theirs {\n\tmemory  vmcs12/linux-6.1\n\tpages   evmcs/tlfs-2022\n" .
		       "\tnames   tlfs\n}\n", '--target', 'theirs');
	my $source = spew("$dir/theirs.c", "#include \"vmcs12/linux-6.1-copies.h\"\n");

	is(compile(source => $source, output => "$dir/theirs.o",
		   flags => ['-c', '-Wall', '-Wextra', '-Werror', "-I$out"])->{err}, '',
	   'copies name what the structs have');
	like(slurp("$out/vmcs12/linux-6.1-copies.h"), qr/^\tto->GuestRip = from->GuestRip;$/m,
	     'by the names of the TLFS');
}

#
# A new page of the TLFS
#

{
	my $page = ok_run(vmcsgen(), 'layout', '-s', $spec, '-t', root() . '/tests/pages',
			  '--names=tlfs', '--format=md', 'evmcs/tlfs-2022');

	$page =~ s/^    u64 Rsvd8;$/    u64 TertiaryProcessorControls;/m or die "no Rsvd8\n";
	$page .= "| 0x00002034     | TertiaryProcessorControls | 8      | CONTROL_PROC |\n";
	spew("$dir/page.md", $page);
	my $result = run({ dir => "$dir" }, vmcsgen(), 'import', '-s', $spec, '-t', root() . '/templates',
			 '--tlfs', 'page.md', '--name', 'evmcs/tlfs-2026', '--from', 'evmcs/tlfs-2022');

	like($result->{out}, qr/^revision evmcs\/tlfs-2026 from tlfs-2022 \{\n/, 'a page is imported')
		or diag($result->{err});
	cmp_ok(scalar(() = $result->{out} =~ /\n/g), '<=', 6, 'in a few lines of spec');

	my $new = made($result->{out});
	my $lines = changed_lines("$plain/tlfs", "$new/tlfs");

	is_deeply(files("$new/linux"), files("$plain/linux"), 'it changes nothing of linux');
	cmp_ok($lines, '>', 4, 'it is the newest one, which tlfs takes');
	cmp_ok($lines, '<=', 60, "$lines lines of tlfs change");
	like(slurp("$new/tlfs/evmcs/page.h"), qr/\btertiary_/i, 'it has the new member');
	diag("a new member of the page: $lines lines of tlfs");
}

done_testing;
