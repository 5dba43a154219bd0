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

our @EXPORT = qw(bench_sources bench_program instruction_counts table_sizes header_commands);

my $VERSION = '6.12';
my $NESTED = 'arch/x86/kvm/vmx/nested.c';
my $OLD = 'linux-4.0';		# what images are translated from, to linux-6.1

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
	my $look_up = qr/\w+ = (?:get_vmcs12_field_offset|vmcs12_field_end)\(/;
	my $value = qr/value = (?:vmcs12_read_any|vmcs_read)\([^;]*;\n/;

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
	my $patched = copy_tree($pristine, "$dir/patched");

	ok_run(root() . '/kernel-glue/apply', $pristine, $patched);
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

# The bytes that a translation moves, by what is generated.
sub bytes_of
{
	my ($file, $begin, $move) = @_;
	my ($text) = slurp(out() . "/$file") =~ /^$begin(.*?)^\t?\}/ms or die "$file has no $begin\n";
	my $bytes = 0;

	$bytes += $1 while $text =~ /$move/g;
	return $bytes;
}

# The same of a copy from a revision, which names the first and the last member of what it moves.
sub copied_bytes
{
	my ($function, $from) = @_;
	my ($text) = slurp(out() . '/evmcs/linux-6.1-copies.h') =~ /^$function\b(.*?)^\t?\}/ms
		or die "there is no $function\n";
	my %members = map { $_->{name} => $_ } @{ revision_json($from)->{members} };
	my $bytes = 0;

	while ($text =~ /VMCS_COPY(?:_AS)?\(to,(?: \w+,)? from, (\w+), (\w+)\);/g) {
		my ($first, $last) = @members{$1, $2};

		$bytes += $last->{offset} + $last->{size} * $last->{count} - $first->{offset};
	}
	return $bytes;
}

sub limits
{
	my ($layout) = @_;
	my $canonical = $layout eq 'evmcs-first' ? 'evmcs_first' : 'linux_6_1';
	my ($old) = map { s/\W/_/gr } $OLD;

	return (ENTRY_BYTES => copied_bytes("evmcs_linux_6_1_to_vmcs12_$canonical",
					    'evmcs/linux-6.1'),
		EXIT_BYTES => copied_bytes("vmcs12_${canonical}_to_evmcs_linux_6_1", 'vmcs12/' .
					   ($layout eq 'evmcs-first' ? $layout : 'linux-6.1')),
		TRANSLATION_BYTES => bytes_of("vmcs12/$OLD-translations.h",
			"static const struct vmcs_run vmcs12_${old}_to_linux_6_1_runs\\b", qr/, (\d+) \},/),
		OLD => $old, NEW => 'linux_6_1',
		OLD_H => "\"vmcs12/$OLD.h\"", NEW_H => '"vmcs12/linux-6.1.h"');
}

# The program, with a layout of struct vmcs12, by one compiler.
sub bench_program
{
	my ($sources, $layout, $cc, $optimization) = @_;
	my ($kernel, $ours) = @{$sources}{qw(kernel ours)};
	my $bench = root() . '/tests/bench';
	my %limits = limits($layout);

	$_->compile_with($cc, bench_flags($cc, $optimization)) for $kernel, $ours;
	my @objects = (kernel_objects($kernel), our_objects($ours, $layout),
		       map { $kernel->our_object("$bench/$_.c", %limits) }
				qw(limit nothing translations));
	# What measures is compiled in one way.
	$kernel->compile_with('gcc', '-O2', '-fno-pic');
	my $program = $kernel->dir . "/bench-$layout-$cc$optimization";

	ok_run('gcc', '-no-pie', '-o', $program, @objects,
	       map { $kernel->our_object("$bench/$_.c") } qw(main sides check));
	return $program;
}

# The instructions of each side of a row, as callgrind counts them: all that an operation
# executes, in what it calls, too.
sub instruction_counts
{
	my ($program, $row) = @_;
	my $times = 64;
	my $dir = tempdir();
	my %counts;

	ok_run('valgrind', '-q', '--tool=callgrind', "--callgrind-out-file=$dir/out", $program,
	       'count', $row, $times);
	for (split(/\n/, ok_run('callgrind_annotate', '--inclusive=yes', '--threshold=100',
				"$dir/out"))) {
		$counts{$2} = $1 =~ tr/,//dr / $times
			if /^\s*([\d,]+) .*:(\w+) \[/ || /^\s*([\d,]+) .*?:(\w+)$/;
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

# Bytes of the kernel's tables and of ours: of one revision's map, of what all maps share;
# and of all translations of ten revisions, as many as there are taken for ten.
sub table_sizes
{
	my ($sources) = @_;
	my ($kernel, $ours) = @{$sources}{qw(kernel ours)};
	my ($layout) = grep { $_->{name} eq 'vmcs12' } @{ spec_json()->{layouts} };
	my @names = map { $_->{name} } @{ $layout->{revisions} };
	my @c_names = map { s/\W/_/gr } @names;
	my @maps = map { "#include \"vmcs12/$_-map.h\"" } @names;
	my @plans = map { "#include \"vmcs12/$_-translations.h\"" } @names;
	my $used = join(', ', map { "vmcs12_${_}_map" } @c_names);

	$kernel->compile_with('gcc', bench_flags('gcc', '-O2'));
	my %kernels = map { %{ symbol_sizes($kernel->kernel_object($kernel->dir . "/kvm/vmx/$_.c")) } }
		qw(vmcs12 hyperv_evmcs);
	my $look_up = generated_object($ours, 'look-up', @maps, '#include "vmcs_sync.h"',
		'#include "evmcs/linux-6.1-map.h"',
		"const u16 *maps[] = { $used, evmcs_linux_6_1_map, evmcs_linux_6_1_groups };",
		'unsigned int find(unsigned int map, u64 encoding)',
		'{ return vmcs_end(maps[map], encoding) | vmcs_sync(encoding) << 16; }');
	my $translations = generated_object($ours, 'translations', @plans,
		'const struct vmcs_translation *all[] = {',
		(map { my $from = $_; map { "&vmcs12_${from}_to_$_," } grep { $_ ne $from } @c_names }
			@c_names), '};',
		'const struct vmcs_loss *fill(unsigned int i, void *to, const void *from)',
		'{ return vmcs_fill(all[i], to, from); }');
	my %ours = %{ symbol_sizes($look_up) };
	my $code = symbol_sizes($translations)->{fill};

	return {
		kernel_vmcs12 => $kernels{vmcs12_field_offsets},
		kernel_evmcs => $kernels{vmcs_field_to_evmcs_1},
		vmcs12 => $ours{vmcs12_linux_6_1_map},
		evmcs => $ours{evmcs_linux_6_1_map} + $ours{evmcs_linux_6_1_groups},
		shared => $ours{vmcs_rows} + $ours{vmcs_slot_encodings} + $ours{vmcs_sync_table},
		translations => int($code + (memory_size($translations) - $code) * 90 /
				    (@names * (@names - 1)) + 10 * $ours{vmcs12_linux_6_1_map}),
	};
}

# Commands that compile, as far as the syntax: the generated headers that nested.c includes
# behind one of the kernel's, that one alone, and nested.c; nothing if no kernel was built.
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
