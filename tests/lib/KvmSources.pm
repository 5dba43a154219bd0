# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# KVM's own files, so laid out that a userspace compiler takes them: the files
# that hold the structures and tables as they are, empty files for what is too
# large to matter, and the few names of those that are used from tests/kernel.
package KvmSources;

use strict;
use warnings;

use File::Copy qw(copy);
use Vmcsgen;

# What the kernel's files include and the tests do without.
my @EMPTY = (map({ "linux/$_.h" } qw(bitops bug jump_label kvm_host ktime list nospec smp time64)),
	     map({ "asm/$_.h" } qw(mshyperv page)),
	     map({ "kvm/$_.h" } qw(cpuid hyperv)),
	     map({ "kvm/vmx/$_.h" } qw(nested trace vmx x86)));

# What they are about; the tables and rules moved between 6.1 and 6.12.
my %FILES = (
	'6.1' => [qw(vmcs.h vmcs12.c vmcs12.h vmcs_shadow_fields.h evmcs.c evmcs.h)],
	'6.12' => [qw(vmcs.h vmcs12.c vmcs12.h vmcs_shadow_fields.h hyperv.c hyperv.h
		      hyperv_evmcs.c hyperv_evmcs.h vmx_onhyperv.c vmx_onhyperv.h)],
);
$FILES{'7.3'} = $FILES{'6.12'};
my %NAMES = (
	'6.1' => { KVM_EVMCS_H => 'evmcs.h', KVM_EVMCS_C => 'evmcs.c', KVM_HYPERV_C => 'evmcs.c' },
	'6.12' => { KVM_EVMCS_H => 'hyperv_evmcs.h', KVM_EVMCS_C => 'hyperv_evmcs.c',
		    KVM_HYPERV_C => 'hyperv.c', KVM_ONHYPERV_C => 'vmx_onhyperv.c',
		    KVM_ONHYPERV_H => 'vmx_onhyperv.h' },
);
$NAMES{'7.3'} = $NAMES{'6.12'};

# A temporary folder with the files of a kernel, which goes away with the object.  Of a
# tree that is patched there are the files that the glue brings, too.
sub new
{
	my ($class, $version, $patched) = @_;
	my $tree = $patched // unpack_kernel($version, 'arch/x86/kvm/vmx');
	my $dir = tempdir();

	spew("$dir/$_", '') for @EMPTY;
	for my $name (grep { !$patched || -e "$tree/arch/x86/kvm/vmx/$_" } @{ $FILES{$version} }) {
		copy("$tree/arch/x86/kvm/vmx/$name", "$dir/kvm/vmx/$name")
			or die "$tree/arch/x86/kvm/vmx/$name: $!\n";
	}
	if ($patched) {
		ok_run('cp', '-r', grep({ -e } map { "$tree/arch/x86/kvm/vmx/$_" } glued()),
		       "$dir/kvm/vmx");
		# A tree that makes its layouts makes these.
		ok_run('cp', '-r', root() . '/out/linux', "$dir/kvm/vmx/layouts") if !-e "$dir/kvm/vmx/layouts";
		ok_run('cp', "$tree/arch/x86/include/asm/hyperv-tlfs.h", "$dir/asm");
	}
	copy(root() . '/tests/kernel/stubs-capabilities.h', "$dir/kvm/vmx/capabilities.h")
		or die "stubs-capabilities.h: $!\n";
	return bless({ version => $version, tree => $tree, dir => $dir, objects => 0 }, $class);
}

# Files that the glue adds to the kernel's.
sub glued
{
	return ('layouts', map { s{.*/}{}r }
		glob(root() . '/kernel-glue/files/arch/x86/kvm/vmx/*.h'));
}

# Compile by another compiler than gcc, and with flags of one's own.
sub compile_with
{
	my ($self, $cc, @flags) = @_;

	$self->{cc} = $cc;
	$self->{flags} = \@flags;
}

# Whether Hyper-V's interface is in include/hyperv, which 6.13 began.
sub has_hvhdk { return -e "$_[0]{tree}/include/hyperv/hvhdk.h" }

sub dir { return "$_[0]{dir}" }

# Write a file of lines, for the sources to include; returns its name as a string of C.
sub lines
{
	my ($self, $name, @lines) = @_;

	spew("$self->{dir}/$name", map { "$_\n" } @lines);
	return "\"$name\"";
}

# A file of the kernel's.
sub text
{
	my ($self, $path) = @_;

	unpack_kernel($self->{version}, $path) if !-e "$self->{tree}/$path";
	return slurp("$self->{tree}/$path");
}

# Cut some text out of it.
sub cut
{
	my ($self, $path, $name, $what) = @_;
	my ($text) = $self->text($path) =~ $what or die "$path has no $name\n";

	return $self->lines($name, $text);
}

# Cut functions out of a file of the kernel's, which is too large to compile whole.
sub functions
{
	my ($self, $path, $name, @functions) = @_;
	my $text = $self->text($path);

	return $self->lines($name, map {
		$text =~ /^(static [^\n]*\b$_\(.*?^\}\n)/ms or die "$path has no $_()\n";
		$1;
	} @functions);
}

# The functions by which a kernel asks which controls a CPU has to decide which fields exist, or
# nothing: of capabilities.h, which would bring all of KVM.
sub asked
{
	my ($self) = @_;
	my ($asks) = $self->text('arch/x86/kvm/vmx/vmcs12.c') =~
		/^static __init bool cpu_has_vmcs12_field\((.*?)^\}/ms or return;
	my %asked = map { $_ => 1 } $asks =~ /return (cpu_has_\w+)\(\);/g;

	return $self->functions('arch/x86/kvm/vmx/capabilities.h', 'asked.h', sort keys %asked);
}

# The members of a revision, for the sources to expand.
sub members
{
	my ($self, $name, @members) = @_;

	return $self->lines($name, map {
		$_->{count} > 1 ? "ARRAY($_->{name})" : "MEMBER($_->{name})"
	} @members);
}

sub defines
{
	my (%defines) = @_;

	return map { defined $defines{$_} ? "-D$_=$defines{$_}" : "-D$_" } sort keys %defines;
}

sub object
{
	my ($self, $source, @flags) = @_;
	my $object = "$self->{dir}/" . ++$self->{objects} . '.o';
	my $result = compile(cc => $self->{cc} // 'gcc', source => $source, output => $object,
			     flags => ['-c', @{ $self->{flags} // [] }, @flags, '-I' . root() . '/tests/kernel',
				       "-I$self->{dir}"]);

	die "$source (for $self->{version}): $result->{err}" if $result->{status} != 0;
	return $object;
}

# Compile one of tests/kernel's files, or one by its full name, as the kernel's own; names that it
# is to know may be given.  The kernel's warnings are the kernel's business.
sub kernel_object
{
	my ($self, $source, %defines) = @_;
	my %names = map { $_ => "\"kvm/vmx/$NAMES{$self->{version}}{$_}\"" }
		keys %{ $NAMES{$self->{version}} };

	$source = root() . "/tests/kernel/$source" if $source !~ m{/};
	$defines{HAS_HVHDK} = undef if $self->has_hvhdk();
	return $self->object($source, '-w', '-DCONFIG_KVM_HYPERV',
			     defines(%names, KERNEL_SIDE => undef, %defines),
			     kernel_flags($self->{version}, $self->dir, root() . '/tests/kernel'),
			     '-include', 'stubs.h');
}

# Compile a file of ours as userspace does: one of tests/kernel, or by its full name.
sub our_object
{
	my ($self, $source, %defines) = @_;

	$source = root() . "/tests/kernel/$source" if $source !~ m{/};
	return $self->object($source, '-Wall', '-Wextra', '-Werror', '-I' . out(),
			     defines(%defines));
}

# Link objects, run the program, and read the table it prints.
sub table
{
	my ($self, @objects) = @_;
	my $program = "$self->{dir}/program";

	ok_run('gcc', '-o', $program, @objects);
	return parse_csv(ok_run($program));
}

1;
