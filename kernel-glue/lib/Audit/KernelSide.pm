# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's side of the program that runs KVM's code: C that includes KVM's own, and functions by
# which the program asks it (audit/questions.h).
package Audit::KernelSide;

use strict;
use warnings;

use Audit::Controls;

# How an argument of a function is given, by its type.
my %ARGUMENTS = ('struct vcpu_vmx *' => 'vmx', 'struct kvm_vcpu *' => '&vmx->vcpu',
		 'struct vmcs12 *' => 'vmcs12', 'struct hv_enlightened_vmcs *' => 'evmcs',
		 'u16 *' => '&groups');
my $NUMBER = qr/^(?:unsigned (?:long|int)|u64|u32|u16|int|long)$/;

# The roles of which the program asks what they say to each encoding.
my @ROLES = ('look up memory', 'look up page', 'rarely synced', 'shadowed rw', 'shadowed ro');

sub new
{
	my ($class, $audit) = @_;

	return bless({ audit => $audit }, $class);
}

# The arguments of a function, by the types that its definition names; $number stands for a number.
sub arguments
{
	my ($self, $function, $number) = @_;
	my ($list) = $function->{text} =~ /\b$function->{name}\s*\(([^()]*)\)/;

	return join(', ', map { $self->argument($function, $number, $_) } split(/,/, $list));
}

sub argument
{
	my ($self, $function, $number, $parameter) = @_;
	my $type = $parameter =~ s/\s+/ /gr =~ s/^ //r =~ s/^const //r =~ s/ ?(\*?) ?\w+ ?$/ $1/r =~
		   s/ $//r;

	return $ARGUMENTS{$type} // ($type =~ $NUMBER ? $number : $self->{audit}->cannot(
		"$function->{file}:$function->{line}: $function->{name}() takes a '$type', " .
		"which the audit can't give"));
}

# A structure that the tree has to define.
sub structure_text
{
	my ($self, $name) = @_;
	my ($structure) = $self->{audit}{tree}->defining("struct $name")
		or $self->{audit}->cannot("the tree has no struct $name");

	return $structure->{text};
}

# The statements that make a vCPU point to the two structures: by the types of its members.
sub pointing
{
	my ($self) = @_;
	my $nested = $self->structure_text('nested_vmx');

	return map {
		my $argument = $ARGUMENTS{"struct $_ *"};
		map { "\tvmx->nested.$_ = $argument;\n" } $nested =~ /\bstruct $_ \*(\w+);/g;
	} qw(vmcs12 hv_enlightened_vmcs);
}

# What an index is clamped by, and the features and MSRs of the CPU, are the program's own.
my $CLAMP = <<'END';
#include <linux/nospec.h>
#undef array_index_nospec
#define array_index_nospec(index, size) ((typeof(index))question_clamp(index, size))
END
my $CPU = <<'END';
#include <asm/cpufeature.h>
#include <asm/msr.h>
#undef boot_cpu_has
#define boot_cpu_has(feature) 1
#undef rdmsrl
#undef rdmsrq
#define rdmsrl(msr, value) ((value) = ~0ull)
#define rdmsrq(msr, value) ((value) = ~0ull)
END

# Whether it depends on the CPU which fields an L1 finds.
sub filters { return scalar($_[0]{audit}{roles}->function_if_any('fill table')) }

# KVM's own code, the functions whose roles are asked for among it.
sub kernel_code
{
	my ($self) = @_;
	my $audit = $self->{audit};
	my $main = $audit->{roles}->function('copy at entry')->{file};
	my %seen = ($main => 1);
	my @headers = grep { /\.h$/ && !$seen{$_}++ }
		      map { $audit->{roles}->function($_)->{file} } $self->roles;

	return ("#include \"$audit->{run}{glue}/audit/questions.h\"\n", $CLAMP,
		$self->filters ? $CPU : (), map { "#include \"$_\"\n" } $main, @headers);
}

# A member of a structure as an initialiser of a struct place.
sub place
{
	my ($structure, $member) = @_;

	return "\t{ \"$structure\", \"$member\", offsetof(struct $structure, $member), " .
	       "sizeof(((struct $structure *)0)->$member) },\n";
}

# The members of both structures; the one without a name has the structure's size.
sub places
{
	my ($self) = @_;
	my $audit = $self->{audit};
	my @places;

	for my $structure (map { $audit->{structures}->name($_) } qw(memory page)) {
		my %members = $audit->{index}->members($structure);

		push @places, map({ place($structure, $_) } sort keys %members),
			"\t{ \"$structure\", \"\", 0, sizeof(struct $structure) },\n";
	}
	return ("const struct place places[] = {\n", @places, "\t{ 0 }\n};\n");
}

# The words of controls of a kind as places in struct vmcs_config.  Their structure is that, or the
# part of it that a prefix names; some kernels lack a word.
sub words
{
	my ($self, $name, $kind, $structure, $prefix) = @_;
	my $text = $self->structure_text($structure);
	my @words = map { $text =~ /\b$_->{$kind};/ ? place('vmcs_config', "$prefix$_->{$kind}")
						    : "\t{ \"vmcs_config\", \"none\" },\n" } WORDS;

	return ("const struct place ${name}[] = {\n", @words, "\t{ 0 }\n};\n");
}

# What KVM knows of the CPU.
sub cpu
{
	my ($self) = @_;

	return (<<'END', $self->words('controls', 'config', 'vmcs_config', ''));
struct vmcs_config vmcs_config;
void *const question_cpu = &vmcs_config;
const unsigned long question_cpu_size = sizeof(vmcs_config);
END
}

# KVM uses none of a control of entries and one of exits if the CPU has only one of the two: all
# pairs that a table in KVM has.
my $PAIR = qr/\{\s*(VM_ENTRY_\w+),\s*(VM_EXIT_\w+)\s*\}/;

sub pairs
{
	my ($self) = @_;
	my @pairs = map { $_->{text} =~ /$PAIR/g } $self->{audit}{definitions}->functions($PAIR);
	my @statements;

	while (my ($entry, $exit) = splice(@pairs, 0, 2)) {
		push @statements, <<"END";
	if (!(vmcs_config.vmentry_ctrl & $entry) || !(vmcs_config.vmexit_ctrl & $exit)) {
		vmcs_config.vmentry_ctrl &= ~$entry;
		vmcs_config.vmexit_ctrl &= ~$exit;
	}
END
	}
	return @statements;
}

# What KVM does when it is loaded.
sub prepare
{
	my ($self) = @_;
	my ($fill) = $self->{audit}{roles}->function_if_any('fill table');
	my @statements = $fill ? ($self->pairs, "\t$fill->{name}();\n") : ();

	return ("void question_prepare(void)\n{\n", @statements, "}\n");
}

# The copies of an eVMCS.
sub copies
{
	my ($self) = @_;
	my @pointing = $self->pointing;
	my @copies = ("long question_vcpu_size(void)\n{\n\treturn sizeof(struct vcpu_vmx);\n}\n");

	for my $of (['entry', ', unsigned int clean'], ['exit', '']) {
		my ($way, $parameter) = @$of;
		my $function = $self->{audit}{roles}->function("copy at $way");
		my $arguments = $self->arguments($function, 'clean');

		push @copies, "void question_$way(void *vcpu, void *vmcs12, void *evmcs$parameter)",
			"\n{\n\tstruct vcpu_vmx *vmx = vcpu;\n\n", @pointing,
			"\t$function->{name}($arguments);\n}\n";
	}
	return @copies;
}

# The roles that the tree has.
sub roles { return grep { $_[0]{audit}{roles}->function_if_any($_) } @ROLES }

# The questions about encodings.
sub questions
{
	my ($self) = @_;
	my (@asks, @questions);

	for my $role ($self->roles) {
		my $function = $self->{audit}{roles}->function($role);
		my $arguments = $self->arguments($function, 'field');
		my $ask = 'ask_' . $role =~ s/ /_/gr;
		my $name = $role =~ s/ /-/gr;

		push @asks, <<"END";
static long $ask(unsigned long field, unsigned int *answer)
{
	u16 groups = 0;
	long says = $function->{name}($arguments);

	*answer = groups;
	return says;
}
END
		push @questions, "\t{ \"$name\", $ask },\n";
	}
	return (@asks, "const struct question questions[] = {\n", @questions, "\t{ 0 }\n};\n");
}

# The settings that decide which controls KVM offers, each with the condition on which KVM turns it
# off when it is loaded.
sub settings
{
	my ($self) = @_;
	my $definitions = $self->{audit}{definitions};
	my $offers = $self->{audit}{roles}->function('offer controls');
	my $text = join("\n", map { $_->{text} } $definitions->closure($offers));
	my $off = qr/^\tif \(([^;{}]*?)\)\n\t\t(\w+) = (?:0|false);/m;
	my @best;

	for my $function ($definitions->functions($off)) {
		my @pairs = $function->{text} =~ /$off/g;
		my @settings;

		while (my ($condition, $name) = splice(@pairs, 0, 2)) {
			push @settings, { name => $name, condition => $condition }
				if $text =~ /\b$name\b/;
		}
		@best = @settings if @settings > @best;
	}
	return @best;
}

# A line about a setting, which is a macro in some configurations.
sub setting { return "#ifndef $_[0]\n$_[1]\n#endif\n" }

# What KVM offers an L1: all settings are on that this CPU can have.
sub offer
{
	my ($self) = @_;

	return if !$self->filters;
	my $offers = $self->{audit}{roles}->function('offer controls');
	my @settings = $self->settings;
	my %names = map { $_->{name} => 1 } @settings;

	return ($self->words('offers', 'offer', 'nested_vmx_msrs', 'nested.'), <<'END',
struct vmx_capability vmx_capability;
typeof(kvm_cpu_caps) kvm_cpu_caps;
END
		map({ setting($_, "typeof($_) $_;") } sort keys %names), <<'END',
void question_offer(void)
{
	__builtin_memset(&vmx_capability, 0xff, sizeof(vmx_capability));
	__builtin_memset(kvm_cpu_caps, 0xff, sizeof(kvm_cpu_caps));
END
		map({ setting($_, "\t$_ = 1;") } sort keys %names),
		map({ setting($_->{name}, "\tif ($_->{condition})\n\t\t$_->{name} = 0;") }
		    @settings),
		"\t$offers->{name}(&vmcs_config, vmx_capability.ept);\n}\n");
}

# The side without the stage.
sub source
{
	my ($self) = @_;

	return join('', $self->kernel_code, $self->places, $self->cpu, $self->prepare,
		    $self->copies, $self->questions);
}

1;
