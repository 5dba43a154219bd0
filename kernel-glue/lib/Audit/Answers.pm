# SPDX-License-Identifier: GPL-2.0-only
#
# What KVM's own code does: a few functions of a tree, compiled as its objects are, but for a program
# of the host, are run and asked.  So it doesn't matter how they are written.
package Audit::Answers;

use strict;
use warnings;

use Audit::Stage;
use File::Temp qw(tempdir);
use Files;

# What makes kernel code run in a program: its addresses are small, and nothing in it calls what only
# the kernel has.
my @FOR_HOST = qw(-w -mcmodel=small -fno-pie -fno-stack-protector -mindirect-branch=keep -mfunction-return=keep
		  -fcf-protection=none -fno-sanitize=all -fno-instrument-functions -ffunction-sections
		  -fdata-sections -g0 -O1 -DKBUILD_MODNAME="kvm" -DKBUILD_BASENAME="kvm" -DKBUILD_MODFILE="kvm"
		  -D__KBUILD_MODNAME=kvm);
my $NOT_FOR_HOST = qr/^-(?:pg|mfentry|mrecord-mcount|mnop-mcount|mcmodel=.*|O.|fsanitize.*|fpatchable.*|g.*|D_*KBUILD_MOD.*|DKBUILD_BASENAME.*|mstack-protector.*|mharden-sls.*)$/;

# How an argument of a function is given, by its type.
my %ARGUMENTS = ('struct vcpu_vmx *' => 'vmx', 'struct kvm_vcpu *' => '&vmx->vcpu', 'struct vmcs12 *' => 'vmcs12',
		 'struct hv_enlightened_vmcs *' => 'evmcs', 'u16 *' => '&groups');
my $NUMBER = qr/^(?:unsigned (?:long|int)|u64|u32|u16|int|long)$/;

sub new
{
	my ($class, $audit) = @_;

	return bless({ audit => $audit, stage => Audit::Stage->new($audit),
		       folder => tempdir('vmcsgen-XXXXXX', TMPDIR => 1, CLEANUP => 1) }, $class);
}

# The arguments of a function, by the types that its definition names; $number stands for a number.
sub arguments
{
	my ($self, $function, $number) = @_;
	my ($list) = $function->{text} =~ /\b$function->{name}\s*\(([^()]*)\)/;

	return join(', ', map {
		my $type = s/\s+/ /gr =~ s/^ //r =~ s/^const //r =~ s/ ?(\*?) ?\w+ ?$/ $1/r =~ s/ $//r;
		$ARGUMENTS{$type} // ($type =~ $NUMBER ? $number :
			$self->{audit}->cannot("$function->{file}:$function->{line}: $function->{name}() takes a '$type', " .
					       "which the audit can't give"));
	} split(/,/, $list));
}

# The statements that make a vCPU's struct point to the two structures: by the types of its members.
sub pointing
{
	my ($self) = @_;
	my ($nested) = $self->{audit}{tree}->defining('struct nested_vmx')
		or $self->{audit}->cannot('the tree has no struct nested_vmx');

	return join('', map { my $argument = $ARGUMENTS{"struct $_ *"};
			      map { "\tvmx->nested.$_ = $argument;\n" } $nested->{text} =~ /\bstruct $_ \*(\w+);/g }
		    qw(vmcs12 hv_enlightened_vmcs));
}

# Members of a structure as an initialiser of places.
sub places
{
	my ($structure, @members) = @_;

	return map { "\t{ \"$structure\", \"$_\", offsetof(struct $structure, $_), sizeof(((struct $structure *)0)->$_) },\n" }
		@members;
}

# What is asked of each encoding; the words of controls in the order of KVM's names for them.
my @ROLES = ('look up memory', 'look up page', 'rarely synced', 'shadowed rw', 'shadowed ro');
my @WORDS = qw(pin_based_exec_ctrl cpu_based_exec_ctrl cpu_based_2nd_exec_ctrl cpu_based_3rd_exec_ctrl
	       vmexit_ctrl vmentry_ctrl);

# An index is clamped by the host's program.
my $CLAMP = <<'END';
#include <linux/nospec.h>
#undef array_index_nospec
#define array_index_nospec(index, size) ((typeof(index))question_clamp(index, size))
END

# The kernel's side: nested.c, and after it functions that ask its own and those of headers.
sub kernel_source
{
	my ($self) = @_;
	my $audit = $self->{audit};
	my ($entry, $exit) = map { $audit->function($_) } 'copy at entry', 'copy at exit';
	my ($fill) = $audit->function_if_any('fill table');
	my ($config) = $audit->{tree}->defining('struct vmcs_config') or $audit->cannot('the tree has no struct vmcs_config');
	my $pointing = $self->pointing;
	my @roles = grep { $audit->function_if_any($_) } @ROLES;
	my %included = ($entry->{file} => 1);
	my @headers = grep { !$included{$_}++ && /\.h$/ } map { $audit->function($_)->{file} } @roles;
	my $copy = sub {
		my ($name, $function, $clean) = @_;

		return "void question_$name(void *vcpu, void *vmcs12, void *evmcs$clean)\n{\n" .
		       "\tstruct vcpu_vmx *vmx = vcpu;\n\n$pointing" .
		       "\t$function->{name}(" . $self->arguments($function, 'clean') . ");\n}\n";
	};

	return join('', "#include \"$audit->{run}{glue}/audit/questions.h\"\n", $CLAMP,
		    map({ "#include \"$_\"\n" } $entry->{file}, @headers),
		    "const struct place places[] = {\n",
		    map({ my $structure = $audit->structure($_); my %members = $audit->{index}->members($structure);
			  places($structure, sort keys %members), "\t{ \"$structure\", \"\", 0, sizeof(struct $structure) },\n" }
			qw(memory page)),
		    "\t{ 0 }\n};\n",
		    "struct vmcs_config vmcs_config;\nvoid *const question_cpu = &vmcs_config;\n",
		    "const unsigned long question_cpu_size = sizeof(vmcs_config);\nconst struct place controls[] = {\n",
		    map({ $config->{text} =~ /\b$_;/ ? places('vmcs_config', $_) : "\t{ \"vmcs_config\", \"none\" },\n" } @WORDS),
		    "\t{ 0 }\n};\nlong question_vcpu_size(void)\n{\n\treturn sizeof(struct vcpu_vmx);\n}\n",
		    "void question_prepare(void)\n{\n", ($fill ? "\t$fill->{name}();\n" : ''), "}\n",
		    $copy->('entry', $entry, ', unsigned int clean'), $copy->('exit', $exit, ''),
		    map({ my $function = $audit->function($roles[$_]);
			  "static long ask_$_(unsigned long field, unsigned int *answer)\n{\n\tu16 groups = 0;\n" .
			  "\tlong says = $function->{name}(" . $self->arguments($function, 'field') . ");\n" .
			  "\t*answer = groups;\n\treturn says;\n}\n" } 0 .. $#roles),
		    "const struct question questions[] = {\n",
		    map({ "\t{ \"" . ($roles[$_] =~ s/ /-/gr) . "\", ask_$_ },\n" } 0 .. $#roles), "\t{ 0 }\n};\n",
		    "#ifdef STAGED\n", $self->staged_source, "#endif\n");
}

# The stage, for those of the questions that need it: if there is none, or its code can't be compiled, only
# those can't be asked.
sub staged_source
{
	my ($self) = @_;
	my $source = eval { $self->{stage}->source };

	return $source if defined $source;
	die $@ if ref($@) ne 'HASH';
	$self->{unstaged} = $@;
	return "#error no stage\n";
}

# Compile KVM's own side with the stage or, if that is impossible, without.
sub compile_staged
{
	my ($self, $folder, @command) = @_;

	return if !$self->{unstaged} && eval { $self->compile($folder, '-DSTAGED', @command); 1 };
	die $@ if !$self->{unstaged} && ref($@) ne 'HASH';
	$self->{unstaged} //= $@;
	$self->compile($folder, @command);
}

# Run the compiler, in a folder.
sub compile
{
	my ($self, $folder, @command) = @_;

	open(my $cc, '-|', 'sh', '-c', 'cd "$1" && shift && exec "$@" 2>&1', 'sh', $folder, 'gcc', @command) or fail(IO, "gcc: $!");
	my @lines = <$cc>;
	close($cc) or $self->{audit}->cannot("KVM's code can't be run:\n" . join('', @lines[0 .. ($#lines < 9 ? $#lines : 9)]));
}

# The program, made when it is first needed: the kernel's side and the files with the tables are
# compiled in the tree, with the flags of their objects.
sub program
{
	my ($self) = @_;

	return $self->{program} //= do {
		my $audit = $self->{audit};
		my $main = $audit->function('copy at entry')->{file};
		my $folder = $self->{folder};
		my %sources = map { $_->{file} => 1 } map { $audit->table($_) } qw(memory page);
		my @objects;

		spew("$folder/kernel.c", $self->kernel_source);
		for my $source ("$folder/kernel.c", sort keys %sources) {
			my $of = $sources{$source} ? $source : $main;

			push @objects, $folder . '/' . ($source =~ s{.*/}{}r =~ s/\.c$/.o/r);
			my $compile = $sources{$source} ? 'compile' : 'compile_staged';
			$self->$compile($audit->{tree}->path, grep({ $_ !~ $NOT_FOR_HOST } $audit->{objects}->flags($of)),
					'-I.', @FOR_HOST, '-c', '-o', $objects[-1], $source);
		}
		$self->compile('/', '-O1', '-no-pie', '-Wl,--unresolved-symbols=ignore-all',
			       '-Wl,--gc-sections', '-o', "$folder/ask",
			       "$audit->{run}{glue}/audit/host.c", @objects);
		"$folder/ask";
	};
}

# The lines that the program prints for a question, each as its words.
sub ask
{
	my ($self, @question) = @_;
	my $program = $self->program;

	return @{ $self->{said}{"@question"} //= do {
		open(my $said, '-|', $program, @question) or fail(IO, "$program: $!");
		my @lines = map { [split(/ /, s/\n//r)] } <$said>;
		close($said) or $self->{audit}->cannot("KVM's code, asked for its $question[0], ends with " .
						       ($? & 127 ? 'signal ' . ($? & 127) : 'status ' . ($? >> 8)));
		\@lines;
	} };
}

# How each look-up loads: how many encodings it finds, how many of those by the index that a clamp gives, the
# size that this clamps to, and the highest index.
sub clamps
{
	my ($self, $role) = @_;
	my $name = $role =~ s/ /-/gr;
	my ($clamp) = grep { $_->[0] eq $name } $self->ask('clamps');

	return { found => $clamp->[1], followed => $clamp->[2], size => $clamp->[3], highest => $clamp->[4] };
}

# What is asked of a function on the stage.
sub ask_staged
{
	my ($self, $question) = @_;

	$self->program;
	die $self->{unstaged} if $self->{unstaged};
	return $self->ask($question);
}

# What VMWRITE of ones does to each encoding that it does not call unknown: its status, and the bits that are kept.
sub written
{
	my ($self) = @_;

	return { map { $_->[0] => { status => $_->[1], kept => $_->[2] } } $self->ask_staged('vmwrite') };
}

# What became of saved states, in the words of host.c.
sub restored
{
	my ($self) = @_;

	return map { { what => $_->[0], size => $_->[1], shadow => $_->[2], status => $_->[3], entered => $_->[4],
		       read => [@$_[5, 6]] } } $self->ask_staged('restore');
}

sub members
{
	my ($self) = @_;

	return map { { structure => $_->[0], member => $_->[1], offset => $_->[2], size => $_->[3] } } $self->ask('members');
}

# What is copied on a way, 'entry' or 'exit', where only one clean-field group is dirty, by its bit, or
# 'all' or 'none' are: by each byte that is written, the byte that it comes from.
sub copies
{
	my ($self, $way, $dirty) = @_;

	return { map { $_->[2] => $_->[3] } grep { $_->[0] eq $way && $_->[1] eq $dirty } $self->ask('copies') };
}

# What the function of a role says to encodings: by each for which it is positive, the answer and the
# clean-field groups.  Words of controls may be given, as numbers; the CPU has all others.
sub fields
{
	my ($self, $role, @controls) = @_;
	my $name = $role =~ s/ /-/gr;

	return { map { $_->[1] => { answer => $_->[2], groups => $_->[3] } }
		 grep { $_->[0] eq $name } $self->ask('fields', map { sprintf('%x', $_) } @controls) };
}

1;
