# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The program that holds KVM's hot paths as Linux 6.12 has them and as the patched kernel
# does, in one executable: see tests/bench/main.c.
package Bench;

use strict;
use warnings;

use Exporter qw(import);
use Generated;
use GlueTrees;
use KvmSources;
use Vmcsgen;

our @EXPORT = qw(bench_sources bench_program instruction_counts table_sizes revision_sizes
		 header_commands %BENCH_LAYOUTS);

my $VERSION = '6.12';
my $NESTED = 'arch/x86/kvm/vmx/nested.c';
my $IMAGE = 'linux-4.0';	# what images are loaded from, and stored to
my $MEMORY = 'linux-6.1';	# where that is kept

# What struct vmcs12 is, by what Kconfig calls its layout.
our %BENCH_LAYOUTS = (linux => 'linux-6.1', 'evmcs-first' => 'evmcs-first');

# How the kernel is compiled, as far as userspace can: with no code model of its own.
my @FLAGS = qw(-mno-sse -mno-mmx -mno-avx -mno-red-zone -fno-strict-aliasing -fno-pic
	       -fno-jump-tables -fno-asynchronous-unwind-tables -falign-functions=16);
my %RETPOLINES = (gcc => '-mindirect-branch=thunk', clang => '-mretpoline');

sub bench_flags
{
	my ($cc, $optimization) = @_;

	return ($optimization, @FLAGS, $RETPOLINES{$cc});
}

# What handle_vmread() and handle_vmwrite() do from the look-up on.
sub cut_paths
{
	my ($sources) = @_;
	my $look_up = qr/(?:offset = get_vmcs12_field_offset|end = vmcs12_find_field(?:_of)?)\(/;
	my $value = qr/value = (?:vmcs12_read_any|vmcs12_read_field)\([^;]*;\n/;

	return (
		VMREAD => $sources->cut($NESTED, 'vmread.h',
			qr/^static int handle_vmread\(.*?^(\t\t$look_up.*?$value)/ms),
		VMWRITE => $sources->cut($NESTED, 'vmwrite.h',
			qr/^static int handle_vmwrite\(.*?^(\t$look_up.*?)^\treturn nested_vmx_succeed/ms));
}

# The kernel's files and the patched one's, which a folder is for.
sub bench_sources
{
	my ($dir) = @_;
	my $pristine = glue_tree($VERSION, "$dir/pristine");
	my $patched = patched_tree($VERSION, $pristine, "$dir/patched");

	return { kernel => KvmSources->new($VERSION), ours => KvmSources->new($VERSION, $patched) };
}

# The paths of one side.
sub paths_object
{
	my ($sources, $side, $functions, @defines) = @_;
	my $bench = root() . '/tests/bench';

	return $sources->kernel_object("$bench/paths.c", SIDE => $side, cut_paths($sources),
				       FUNCTIONS => $functions, @defines);
}

sub kernel_objects
{
	my ($kernel) = @_;
	my @switches = qw(is_vmcs12_ext_field is_shadow_field_rw is_shadow_field_ro);
	my @copies = qw(copy_enlightened_to_vmcs12 copy_vmcs12_to_enlightened);
	my $functions = $kernel->functions($NESTED, 'functions.h', @switches, @copies);
	my $text = slurp($kernel->dir . '/functions.h') =~
		s{#include "(?=vmcs_shadow_fields)}{#include "kvm/vmx/}gr;

	$kernel->lines('functions.h', $text);
	my $restrict = $kernel->lines('restrict.h',
		$text =~ s/^\tstruct \w+ \*\K(?=(?:vmcs12|evmcs) = )/__restrict /gmr);
	return (paths_object($kernel, 'kernel', $functions),
		paths_object($kernel, 'restrict', $restrict),
		$kernel->kernel_object($kernel->dir . '/kvm/vmx/vmcs12.c'),
		$kernel->kernel_object($kernel->dir . '/kvm/vmx/hyperv_evmcs.c'));
}

sub our_objects
{
	my ($ours, $layout) = @_;
	my @layout = $layout eq 'evmcs-first' ? (CONFIG_KVM_INTEL_VMCS12_EVMCS_FIRST => 1) : ();
	my $functions = $ours->functions($NESTED, 'functions.h', 'copy_enlightened_to_vmcs12',
					 'copy_vmcs12_to_enlightened');

	return paths_object($ours, 'ours', $functions, OURS => 1, @layout);
}

# The bytes that a load and a store write, by what is generated: moves name the first and the
# last member, and what the image lacks is set.
sub translated_bytes
{
	my $name = $IMAGE =~ s/\W/_/gr;
	my ($text) = slurp(out() . "/vmcs12/$MEMORY-images.c") =~ /^static void load_$name\b(.*?)^\}/ms
		or die "nothing loads $IMAGE\n";
	my %members = map { $_->{name} => $_ } @{ revision_json("vmcs12/$MEMORY")->{members} };
	my ($bytes, $set) = (0, 0);

	while ($text =~ /VMCS_LOAD\(to, (\w+), (\w+), /g) {
		my ($first, $last) = @members{$1, $2};

		$bytes += $last->{offset} + $last->{size} * $last->{count} - $first->{offset};
	}
	$set += $members{$1}{size} while $text =~ /^\tto->(\w+)\S* = /mg;
	return (LOAD_BYTES => $bytes + $set, STORE_BYTES => $bytes);
}

# Moves of the fields for which a function says so: those of members that lie side by side in
# both revisions are one.
sub moves
{
	my ($from, $to, $wanted) = @_;
	my %there = map { $_->{encoding} ? ($_->{encoding} => $_) : () } @{ revision_json($to)->{members} };
	my @runs;

	for my $member (grep { $_->{encoding} && $wanted->($_) } @{ revision_json($from)->{members} }) {
		my $place = ($there{$member->{encoding}} // next)->{offset};

		if (@runs && $runs[-1][0] + $runs[-1][2] == $place &&
		    $runs[-1][1] + $runs[-1][2] == $member->{offset}) {
			$runs[-1][2] += $member->{size};
		} else {
			push @runs, [$place, $member->{offset}, $member->{size}];
		}
	}
	return join(' ', map { 'MOVE(' . join(', ', @$_) . ')' } @runs);
}

# The file with the moves that each measured copy consists of.
sub moves_file
{
	my ($sources, $layout) = @_;
	my ($vmcs12, $evmcs) = ("vmcs12/$BENCH_LAYOUTS{$layout}", 'evmcs/linux-6.1');
	my ($pages) = grep { $_->{name} eq 'evmcs' } @{ spec_json()->{layouts} };
	my %bits = (always => -1, map { $_->{name} => $_->{bit} } @{ $pages->{groups} });
	my %leaves = map { $_->{encoding} && $_->{copy_exit} ? ($_->{encoding} => 1) : () }
		@{ revision_json($evmcs)->{members} };
	my %offsets = map { $_->{name} => $_->{offset} } @{ revision_json($evmcs)->{members} };
	my %kept = (pa_page_gpa => 'partition_assist_page', vm_id => 'hv_vm_id', vp_id => 'hv_vp_id');
	# Which groups are dirty; TYPICAL is that of sides.h.
	my %dirty = (CLEAN => [], TYPICAL => [5, 8, 10], DIRTY => [0 .. 15]);
	my @lines = map {
		my $name = $_;
		my %moved = map { $_ => 1 } -1, @{ $dirty{$name} };

		"#define ENTER_$name " . moves($evmcs, $vmcs12, sub {
			$_[0]{copy_entry} && $moved{$bits{$_[0]{group}} // 'none'}
		});
	} sort keys %dirty;

	$_ .= join(' ', '', map { "KEEP($_, $offsets{$kept{$_}})" } sort keys %kept)
		for grep { /DIRTY/ } @lines;
	return $sources->{ours}->lines("moves-$layout.h", @lines, '#define LEAVE ' .
		moves($vmcs12, $evmcs, sub { $leaves{$_[0]{encoding}} }));
}

# The program, with a layout of struct vmcs12, by one compiler.
sub bench_program
{
	my ($sources, $layout, $cc, $optimization) = @_;
	my ($kernel, $ours) = @{$sources}{qw(kernel ours)};
	my $bench = root() . '/tests/bench';
	my ($image, $memory) = map { "vmcs12_$_" } map { s/\W/_/gr } $IMAGE, $MEMORY;
	my $load = $IMAGE =~ s/\W/_/gr;

	$_->compile_with($cc, bench_flags($cc, $optimization)) for $kernel, $ours;
	# What does not depend on the layout is compiled once.
	my $common = $sources->{"$cc$optimization"} //= [kernel_objects($kernel),
		$kernel->our_object("$bench/nothing.c"),
		$kernel->our_object("$bench/translations.c",
			IMAGES_C => "\"vmcs12/$MEMORY-images.c\"", translated_bytes(),
			IMAGE_MAP_H => "\"vmcs12/$IMAGE-map.h\"", IMAGE_MAP => "${image}_map",
			MEMORY_MAP_H => "\"vmcs12/$MEMORY-map.h\"", MEMORY_MAP => "${memory}_map",
			OURS_LOAD => "load_$load", OURS_STORE => "store_$load")];
	my @objects = (@$common, our_objects($ours, $layout),
		       $ours->our_object("$bench/limit.c", MOVES => moves_file($sources, $layout)));
	# What measures is compiled in one way.
	$kernel->compile_with('gcc', '-O2', '-fno-pic');
	my $measures = $sources->{measures} //=
		[map { $kernel->our_object("$bench/$_.c") } qw(main sides check)];
	my $program = $kernel->dir . "/bench-$layout-$cc$optimization";

	ok_run('gcc', '-no-pie', '-o', $program, @objects, @$measures);
	return $program;
}

# The instructions of each side of rows, as callgrind counts them: all that an operation
# executes, in what it calls, too.  By rows.
sub instruction_counts
{
	my ($program, @rows) = @_;
	my $times = 64;
	my $dir = tempdir();
	my %counts;

	# A row's counts are written when the next one begins, or the program ends.
	ok_run('valgrind', '-q', '--tool=callgrind', "--callgrind-out-file=$dir/out",
	       '--dump-before=begin_row', $program, 'count', $times, @rows);
	for my $i (0 .. $#rows) {
		my $file = "$dir/out." . ($i + 2);

		for (split(/\n/, ok_run('callgrind_annotate', '--inclusive=yes', '--threshold=100',
					-e $file ? $file : "$dir/out"))) {
			$counts{$rows[$i]}{$2} = $1 =~ tr/,//dr / $times
				if /^\s*([\d,]+) .*:(\w+) \[/ || /^\s*([\d,]+) .*?:(\w+)$/;
		}
	}
	return \%counts;
}

# Bytes of an object's symbols.
sub symbol_sizes
{
	my ($object) = @_;

	return { map { /^\S+ (\S+) \w (\w+)$/ ? ($2 => hex($1)) : () }
		 split(/\n/, ok_run('nm', '-S', $object)) };
}

# Bytes of what stays in memory, code and tables.
sub memory_size
{
	my ($object) = @_;
	my (undef, $sizes) = split(/\n/, ok_run('size', $object));
	my ($text, $data, $bss) = split(' ', $sizes);

	return $text + $data + $bss;
}

# Compile text that includes generated files; what it makes is what a kernel would have.
sub generated_object
{
	my ($sources, $name, @lines) = @_;

	spew($sources->dir . "/$name.c", map { "$_\n" } @lines);
	$sources->compile_with('gcc', bench_flags('gcc', '-O2'));
	return $sources->our_object($sources->dir . "/$name.c");
}

# Bytes of the kernel's tables and of ours: of one revision's map, and of what all maps share.
sub table_sizes
{
	my ($sources) = @_;
	my ($kernel, $ours) = @{$sources}{qw(kernel ours)};

	$kernel->compile_with('gcc', bench_flags('gcc', '-O2'));
	my %kernels = map { %{ symbol_sizes($kernel->kernel_object($kernel->dir . "/kvm/vmx/$_.c")) } }
		qw(vmcs12 hyperv_evmcs);
	$ours->compile_with('gcc', bench_flags('gcc', '-O2'));
	spew($ours->dir . '/look-up.c', map { "$_\n" } '#include "vmcs12/linux-6.1-map.h"',
		'#include "evmcs/linux-6.1-map.h"', '#include "vmcs_sync.h"',
		'const u16 *maps[] = { vmcs12_linux_6_1_map, evmcs_linux_6_1_map, evmcs_linux_6_1_groups };',
		'unsigned int find(unsigned int map, u64 encoding)',
		'{ return vmcs_end(maps[map], encoding) | vmcs_sync(encoding) << 16; }');
	my %ours = %{ symbol_sizes($ours->our_object($ours->dir . '/look-up.c')) };

	return {
		kernel_vmcs12 => $kernels{vmcs12_field_offsets},
		kernel_evmcs => $kernels{vmcs_field_to_evmcs_1},
		vmcs12 => $ours{vmcs12_linux_6_1_map},
		evmcs => $ours{evmcs_linux_6_1_map} + $ours{evmcs_linux_6_1_groups},
		shared => $ours{vmcs_rows} + $ours{vmcs_slot_encodings} + $ours{vmcs_sync_table},
	};
}

# Bytes of the code and the tables by which a patched kernel knows three revisions: the loads,
# the stores and their table.
sub revision_sizes
{
	my ($sources, $layout, $cc, $optimization) = @_;
	my $ours = $sources->{ours};
	local $ENV{VMCSGEN_OUT} = root() . '/out/linux';

	$ours->compile_with($cc, bench_flags($cc, $optimization));
	return memory_size($ours->our_object(out() . "/vmcs12/$layout-images.c"));
}

# Commands that compile, as far as the syntax: the generated headers that nested.c includes
# after one of the kernel's, that one alone, and nested.c; nothing if no kernel was built.
sub header_commands
{
	my ($dir) = @_;
	my $tree = root() . "/build/linux-$VERSION/patched";
	my $objects = "$tree/objects-linux";
	my $saved = "$objects/arch/x86/kvm/vmx/.nested.o.cmd";

	return if !-e $saved;
	my ($command) = slurp($saved) =~ /^\S+ := (?:ccache )?(.*) -c -o \S+ \S+\.c/
		or die "$saved has no command\n";
	$command =~ s/-Wp,-MMD,\S+//;
	spew("$dir/without.c", "#include <linux/kvm_host.h>\n");
	spew("$dir/with.c", "#include <linux/kvm_host.h>\n", "#include \"evmcs_layout.h\"\n",
	     "#include \"vmcs12_fields.h\"\n");
	return map { ['sh', '-c', "cd $objects && exec $command -I$tree/arch/x86/kvm/vmx " .
		      "-fsyntax-only $_"] }
		"$dir/with.c", "$dir/without.c", "$tree/arch/x86/kvm/vmx/nested.c";
}

1;
