# SPDX-License-Identifier: GPL-2.0-only
#
# A program of the host that has KVM's own code in it: a few functions of a tree, compiled as its
# objects are as far as a program allows it, and linked with what asks them (audit/host.c).
package Audit::Program;

use strict;
use warnings;

use Audit::KernelSide;
use Audit::Stage;
use File::Temp qw(tempdir);
use Files;

# What makes kernel code run in a program: its addresses are small, and it calls nothing that only a
# kernel has.
my @FOR_HOST = qw(-w -mcmodel=small -fno-pie -fno-stack-protector -mindirect-branch=keep
		  -mfunction-return=keep -fcf-protection=none -fno-sanitize=all
		  -fno-instrument-functions -ffunction-sections -fdata-sections -g0 -O1
		  -DKBUILD_MODNAME="kvm" -DKBUILD_BASENAME="kvm" -DKBUILD_MODFILE="kvm"
		  -D__KBUILD_MODNAME=kvm);
my $NOT_FOR_HOST = qr/^-(?:pg|mfentry|mrecord-mcount|mnop-mcount|mcmodel=.*|O.|fsanitize.*|
			   fpatchable.*|g.*|D_*KBUILD_MOD.*|DKBUILD_BASENAME.*|
			   mstack-protector.*|mharden-sls.*)$/x;

sub new
{
	my ($class, $audit) = @_;

	return bless({ audit => $audit, side => Audit::KernelSide->new($audit),
		       stage => Audit::Stage->new($audit),
		       folder => tempdir('vmcsgen-XXXXXX', TMPDIR => 1, CLEANUP => 1) }, $class);
}

sub stage { return $_[0]{stage} }

# The stage, for the questions that need it.  If there is none, or its code can't be compiled, only
# those can't be asked.
sub staged_source
{
	my ($self) = @_;
	my $source = eval { join('', $self->{stage}->source, $self->{side}->offer) };

	return $source if defined $source;
	die $@ if ref($@) ne 'HASH';
	$self->{unstaged} = $@;
	return "#error no stage\n";
}

# End a rule that asks something on the stage if there is none.
sub need_stage
{
	my ($self) = @_;

	$self->path;
	die $self->{unstaged} if $self->{unstaged};
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

	open(my $cc, '-|', 'sh', '-c', 'cd "$1" && shift && exec "$@" 2>&1', 'sh', $folder, 'gcc',
	     @command) or fail(IO, "gcc: $!");
	my @lines = <$cc>;
	close($cc) or $self->{audit}->cannot("KVM's code can't be run:\n" .
					     join('', splice(@lines, 0, 10)));
}

# Compile a source in the tree, with the flags of an object of it.
sub compile_in_tree
{
	my ($self, $compile, $like, $source) = @_;
	my $audit = $self->{audit};
	my $object = "$self->{folder}/" . $source =~ s{.*/}{}r =~ s/\.c$/.o/r;
	my @flags = grep { $_ !~ $NOT_FOR_HOST } $audit->{objects}->flags($like);

	$self->$compile($audit->{tree}->path, @flags, '-I.', @FOR_HOST, '-c', '-o', $object,
		$source);
	return $object;
}

# The path of the program, which is made when it is first needed: of the kernel's side and of the
# files with the tables.
sub path { return $_[0]{path} //= $_[0]->made }

sub made
{
	my ($self) = @_;
	my $audit = $self->{audit};
	my ($side, $program) = map { "$self->{folder}/$_" } qw(kernel.c ask);
	my $main = $audit->{roles}->function('copy at entry')->{file};
	my %tables = map { $_->{file} => 1 } map { $audit->{roles}->table($_) } qw(memory page);

	spew($side, $self->{side}->source, "#ifdef STAGED\n", $self->staged_source, "#endif\n");
	my @objects = ($self->compile_in_tree('compile_staged', $main, $side),
		       map { $self->compile_in_tree('compile', $_, $_) } sort keys %tables);
	$self->compile('/', '-O1', '-no-pie', '-Wl,--unresolved-symbols=ignore-all',
		       '-Wl,--gc-sections', '-o', $program, "$audit->{run}{glue}/audit/host.c",
		       @objects);
	return $program;
}

1;
