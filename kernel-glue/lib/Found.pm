# SPDX-License-Identifier: GPL-2.0-only
#
# What a kernel tree has, by comparison with the spec: the revisions of its structures, and thus its
# target.  This changes nothing and runs no rule.
package Found;

use strict;
use warnings;

use File::Temp;
use Files;
use Spec;

# The program that compares, and the folder that has the spec and the templates.
sub new
{
	my ($class, $tree, $spec, $top, $vmcsgen) = @_;

	return bless({ tree => $tree, spec => $spec, top => $top, vmcsgen => $vmcsgen,
		       differences => {} }, $class);
}

# The kernel's structures, each with the role of the revision that it has to be.
my %ROLES = (memory => 'struct vmcs12', page => 'struct hv_enlightened_vmcs');

# Which lines a conditional leaves in a structure depends on the kernel's configuration.
sub conditionals
{
	my ($self, $of) = @_;
	my $at = $of->{line};

	return map { my $line = $at++;
		     /^\s*#\s*(if\w*|el\w+|endif)/
			? "$self->{tree}{path}/$of->{file}:$line: error: '#$1' in the structure" : () }
	       split(/\n/, $of->{text});
}

# How a structure of the kernel's differs from a revision of the spec, as edits of
# that or, if it can't be read, as messages.  The names of pads are the structure's own business.
# Options are those of vmcsgen import.
sub differences
{
	my ($self, $of, $revision, @options) = @_;

	return @{ $self->{differences}{"$of->{file} $of->{name} $revision @options"} //=
		  [$self->compare($of, $revision, @options)] };
}

sub compare
{
	my ($self, $of, $revision, @options) = @_;
	my ($layout) = split(m{/}, $revision);
	my $source = File::Temp->new(SUFFIX => '.h');
	my @conditionals = $self->conditionals($of);

	return @conditionals if @conditionals;
	print $source $self->{tree}->structure_source($of) or fail(IO, "$source: $!");
	close($source) or fail(IO, "$source: $!");
	open(my $import, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', $self->{vmcsgen}, 'import', '-s',
	     "$self->{top}/spec/vmcs.vmcs", '-t', "$self->{top}/templates", "--c=$source",
	     '--kernel-types', "--struct=$of->{name}", "--name=$layout/kernel", "--from=$revision", @options)
		or fail(IO, "$self->{vmcsgen}: $!");
	my @lines = <$import>;
	my $status = close($import) ? 0 : $?;

	# An error of the spec is not the kernel's fault.
	fail(IO, "$self->{vmcsgen} fails:\n" . join('', @lines))
		if $status && !grep { /error: / } @lines or grep { m{^\Q$self->{top}\E/.*: error: } } @lines;
	return map { s/^\Q$source\E:\d+:\d+: error: //r } grep { /error: / } @lines if $status;
	return ('it is another one:', map { s/^\t*//r } @lines)
		if !grep { /^revision \S+ (?:from|same as) / } @lines;
	return map { s/^\t*//r } grep { /^\t/ && !/^\t(?:source|rename \w*padding\w*) / } @lines;
}

# The kernel's own structure for a role, or nothing.
sub structure
{
	my ($of) = $_[0]{tree}->defining($ROLES{$_[1]});

	return $of;
}

# The target whose revisions the tree's structures are; or else the target that differs least.
# 'unlike' has for each role the differences, and 'missing' the structures that the tree lacks.
sub target
{
	my ($self) = @_;
	my @kernels = $self->{spec}->kernels;
	my %structures = map { $_ => $self->structure($_) } sort keys %ROLES;
	my ($best, $least);

	for my $target (@kernels) {
		my (%unlike, $lines);

		for my $role (grep { $structures{$_} } sort keys %ROLES) {
			my @lines = $self->differences($structures{$role}, Spec::revision($target, $role));

			$unlike{$role} = \@lines if @lines;
			$lines += @lines;
		}
		$lines = ($lines // 0) * 100 + $self->mask_misfits($target);
		next if defined $least && $lines >= $least;
		($best, $least) = ({ target => $target, unlike => \%unlike }, $lines);
	}
	return { %$best, structures => \%structures,
		 missing => [map { $ROLES{$_} } grep { !$structures{$_} } sort keys %ROLES] };
}

# How many of the tree's masks of controls differ from a target's.
sub mask_misfits
{
	my ($self, $target) = @_;
	my $masks = $self->masks;
	my $specs = $self->{spec}->masks($target, 'EVMCS1_');

	return scalar(grep { ($specs->{$_} // '') ne $masks->{$_} } keys %$masks);
}

# The file that defines the masks of controls that an enlightened VMCS can have.
sub mask_file
{
	my ($self) = @_;
	my $tree = $self->{tree};

	return (grep { $tree->plain($_) =~ /^#\s*define EVMCS1_(?:UN)?SUPPORTED_/m } $tree->files('arch/x86/kvm/vmx/*.[ch]'))[0] //
	       ($tree->files_for('evmcs_field_offset()'))[0];
}

# The masks, by name, as the kernel has them.
sub masks
{
	my ($self) = @_;
	my $tree = $self->{tree};
	my $file = $self->mask_file // return {};
	my @macros = grep { /^EVMCS1_(?:UN)?SUPPORTED_/ } map { $_->{name} } $tree->items($file);

	return $self->values(\@macros, $file, 'arch/x86/include/asm/vmx.h',
			     'arch/x86/include/asm/vmxfeatures.h');
}

# The values of some macros, by all the definitions in these files: numbers, or the text that
# remains.
sub values
{
	my ($self, $macros, @files) = @_;
	my @defined = ('BIT(n) (1 << (n))', 'BIT_ULL(n) BIT(n)',
		       map { /^[ \t]*#[ \t]*define[ \t]+((?:.*\\\n)*.*)/mg }
		       map { $self->{tree}->plain($_) } grep { $self->{tree}->has($_) } @files);
	my $source = File::Temp->new(SUFFIX => '.h');
	my %values;

	print $source map({ "#define $_\n" } @defined), map({ "\"$_\" $_\n" } @$macros)
		or fail(IO, "$source: $!");
	close($source) or fail(IO, "$source: $!");
	open(my $cc, '-|', qw(cc -E -P -w -x c), "$source") or fail(IO, "cc: $!");
	for (<$cc>) {
		my ($macro, $value) = /^"(\w+)" (.*)/ or next;
		my $number = $value =~ /^[\s\da-fA-FxuUlL()|&~<+*-]+$/
			? eval($value =~ s/(?<=[\da-fA-F])[uUlL]+//gr) : undef;

		$values{$macro} = defined $number ? sprintf('0x%x', $number) : $value;
	}
	close($cc) or fail(IO, 'cc fails');
	return \%values;
}

1;
