# SPDX-License-Identifier: GPL-2.0-only
#
# What a kernel tree says about fields and controls, without the spec: names and their numbers,
# tables of fields, and which fields exist on which CPU.
package Kernel;

use strict;
use warnings;

use Files;

my $VMX_H = 'arch/x86/include/asm/vmx.h';
my $FEATURES_H = 'arch/x86/include/asm/vmxfeatures.h';
my $CAPABILITIES_H = 'arch/x86/kvm/vmx/capabilities.h';
my $MAKEFILE = 'Makefile';

# The tables of fields by the role of their revision, and the macros of their entries.
my %TABLES = (memory => ['FIELD', 'vmcs12_field_offsets[]', 'kvm_supported_vmcs12_field_offsets[]'],
	      page => ['EVMCS1_FIELD', 'vmcs_field_to_evmcs_1[]']);

sub new
{
	my ($class, $run) = @_;

	return bless({ tree => $run->{tree}, found => $run->{found} }, $class);
}

# The file and the line of a match of a pattern in a file.
sub place
{
	my ($self, $file, $pattern) = @_;
	my $text = $self->{tree}->plain($file);

	return $text =~ /$pattern/m ? "$file:" . (1 + (substr($text, 0, $-[0]) =~ tr/\n//)) : $file;
}

# The version, of two numbers: by its Makefile or, without one, by the environment's KVER.
sub version
{
	my ($self) = @_;
	my %is = $self->{tree}->has($MAKEFILE)
		? $self->{tree}->text($MAKEFILE) =~ /^(VERSION|PATCHLEVEL) = (\d+)$/mg : ();

	return "$is{VERSION}.$is{PATCHLEVEL}" if defined $is{VERSION} && defined $is{PATCHLEVEL};
	return $ENV{KVER} //
		fail(UNFIT, "$self->{tree}{path} has no $MAKEFILE that tells its version; set KVER");
}

# The encodings that the kernel names, each with its number, but for those of high halves.
sub encodings
{
	my ($self) = @_;
	my %numbers = %{ $self->{tree}->enumerators('enum vmcs_field') };

	return { map { $_ => $numbers{$_} } grep { !(hex($numbers{$_}) & 1) } keys %numbers };
}

sub encoding_place { return $_[0]->place($VMX_H, "^[ \t]+$_[1]\\s*=") }

# A table's entries: each with the encoding's name and number, the member, whether its high half is
# accessed by itself, and the clean-field group if there is one.
sub table
{
	my ($self, $role) = @_;
	my ($macro, @names) = @{ $TABLES{$role} };
	my %numbers = %{ $self->{tree}->enumerators('enum vmcs_field') };
	my @entries;

	for my $of (map { $self->{tree}->defining($_) } @names) {
		while ($of->{text} =~ /\b$macro(64)?\(([A-Z]\w+),\s*(\w+)(?:,\s*([^()]+?))?\s*\)/g) {
			my ($high, $name, $member, $group) = ($1, $2, $3, $4 // '');
			my $line = $of->{line} + (substr($of->{text}, 0, $-[0]) =~ tr/\n//);

			push @entries, { name => $name, number => $numbers{$name} // '', member => $member,
					 high => $high ? 1 : 0, text => $&, place => "$of->{file}:$line",
					 group => lc($group =~ s/^HV_VMX_ENLIGHTENED_CLEAN_FIELD_//r) };
		}
	}
	return @entries;
}

# The controls that the kernel names whose names begin with a prefix: macros of a single bit, each
# with its number, in the order of the bits.
sub controls
{
	my ($self, $prefix) = @_;
	my @names = grep { index($_, $prefix) == 0 } map { $_->{name} }
		grep { $_->{kind} eq 'macro' } $self->{tree}->items($VMX_H);
	my $values = $self->values(@names);

	return map { my ($bit, $name) = @$_;
		     { name => $name, bit => $bit, place => $self->place($VMX_H, "^#define $name\\b") } }
		sort { $a->[0] <=> $b->[0] || $a->[1] cmp $b->[1] }
		map { my $bit = single_bit($values->{$_}); defined $bit ? [$bit, $_] : () } @names;
}

# The bit of a number that has one bit, or nothing.
sub single_bit
{
	my ($value) = @_;
	my $number = $value =~ /^0x[\da-f]+$/ ? hex($value) : return;

	for my $bit (0 .. 63) {
		return $bit if $number == 1 << $bit;
	}
	return;
}

sub values
{
	my ($self, @names) = @_;

	return $self->{found}->values(\@names, $VMX_H, $FEATURES_H);
}

# The masks of the controls that an enlightened VMCS can carry, by name, and where each is.
sub masks { return $_[0]{found}->masks }

sub mask_place
{
	my ($self, $name) = @_;
	my ($macro) = $self->{tree}->defining("macro $name");

	return $macro ? "$macro->{file}:$macro->{line}" : $self->mask_file;
}

sub mask_file { return $_[0]{found}->mask_file }

# The id that the kernel gives its vmcs12, in eight digits, and where; nothing if it has no such
# macro.
sub id
{
	my ($self) = @_;
	my ($macro) = $self->{tree}->defining('macro VMCS12_REVISION') or return;
	my ($id) = $macro->{text} =~ /\b0x([\da-fA-F]+)/ or return;

	return (sprintf('0x%08x', hex($id)), "$macro->{file}:$macro->{line}");
}

# The macro of the control that a function of capabilities.h asks for, or nothing.
sub asked
{
	my ($self, $function) = @_;
	my ($of) = $self->{tree}->defined_in('function', $function, $CAPABILITIES_H);

	return ($of ? $of->{text} : '') =~
		/\{\s*return\s+\(?vmcs_config\.\w+\s*&\s*([A-Z]\w+)\)?;\s*\}\s*\z/ ? $1 : undef;
}

# Which fields the kernel lets an L1 find: for the name of each encoding the 'control' that it asks
# for, if it is one control, and what it 'asks' as C.  Returns nothing if the kernel has no such
# function.
sub existence
{
	my ($self) = @_;
	my ($of) = $self->{tree}->defining('cpu_has_vmcs12_field()') or return;
	my ($body, $start) = $of->{text} =~ /\bswitch\s*\([^{]*\{(.*)\}/s ? ($1, $-[1]) : ('', 0);
	my %fields;

	while ($body =~ /\G(.*?)\breturn\s+([^;]+);/gs) {
		my ($labels, $asks, $at) = ($1, $2, $start + $-[2]);
		my $line = $of->{line} + (substr($of->{text}, 0, $at) =~ tr/\n//);
		my $control = $asks =~ /^(\w+)\(\)$/ && $labels !~ /[;{}]/ ? $self->asked($1) : undef;

		next if $asks eq 'true' && $labels !~ /[;{}]/;
		$fields{$_} = { asks => $asks, control => $control, place => "$of->{file}:$line" }
			for grep { defined }
			    $labels =~ /\bcase\s+([A-Z]\w+)\s*:|\w+CASE64\((\w+)\)|\b(default)\b/g;
	}
	return { place => "$of->{file}:$of->{line}", fields => \%fields };
}

1;
