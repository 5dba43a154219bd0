# SPDX-License-Identifier: GPL-2.0-only
#
# Porting: the fields and the controls that a kernel names and the spec does not.  Encodings and
# bits are the compiler's; which member is which field, the kernel's own tables say.
package Port::Fields;

use strict;
use warnings;

use Spec;

# The first words of a control word's names, in capitals, as the kernel's macros begin.
sub prefix
{
	my ($word) = @_;
	my ($prefix, @names) = map { $_->{name} } @{ $word->{bits} };

	for my $name (@names) {
		chop($prefix) while index($name, $prefix) != 0;
	}
	return uc($prefix =~ s/^(?:[^_]+_){2}\K.*//r =~ s/[^_]*$//r);
}

# A field that has no line yet gets the name of its encoding.
sub add_field
{
	my ($port, $name, $number, $member) = @_;
	my $field = lc($name);
	my $alias = $member && $member ne $field ? "  linux $member" : '';

	$port->{draft}->add_numbered(qr/fields /, sprintf('0x%04x', hex($number)) . "  $field$alias");
	$port->{decisions}->decide(
		what => "$field, $number, is a field that the spec lacks", rule => 'vmcs12-fields.cocci',
		kernel => [$port->{kernel}->encoding_place($name)],
		spec => [$port->{draft}->place("^\t0x\\w+  $field\\b")],
		choices => ['drafted: no control adds it, and what changes it below L1 is what its ' .
			    'encoding says',
			    ["a control adds it; in spec/controls.vmcs, after the control's name",
			     "adds $field"],
			    ['something else changes it, or nothing does; at the end of its line',
			     'changed by "EVENT", or: unchanged because "REASON"']]);
}

# A member to which the kernel gives another name than the spec gives its field.
sub add_alias
{
	my ($port, $field, $entry) = @_;
	my $draft = $port->{draft};
	my $file = $draft->statement(qr/fields /)->{file};
	my $text = $draft->text($file);

	return if $text !~ s/^(\t0x\w+ +$field->{name}\b)/$1  linux $entry->{member}/m;
	$draft->change($file, $text);
	push @{ $field->{linux} }, $entry->{member};
	$port->note("$entry->{member} is $field->{name}: $entry->{place}: $entry->{text}");
}

sub fields
{
	my ($port) = @_;
	my $kernel = $port->{kernel};
	my %encodings = %{ $kernel->encodings };
	my %known = map { $_->{encoding} => $_ } @{ $port->spec->{fields} };
	my @entries = map { $kernel->table($_) } qw(memory page);
	my %members = map { $_->{number} => $_->{member} } reverse(@entries);
	my %new;

	for my $name (sort { $encodings{$a} cmp $encodings{$b} || $a cmp $b } keys %encodings) {
		my $number = $encodings{$name};

		add_field($port, $name, $number, $members{$number}) if !$known{$number} && !$new{$number}++;
	}
	for my $entry (@entries) {
		my $field = $known{ $entry->{number} } or next;

		add_alias($port, $field, $entry) if !grep { $_ eq $entry->{member} } Spec::names($field);
	}
	$port->try('the fields');
}

# A control that the kernel names, at a bit that the spec does not describe.
sub add_control
{
	my ($port, $word, $control) = @_;
	my $name = lc($control->{name});

	$port->{draft}->add_numbered(qr/controls $word->{word} /, "$control->{bit}  $name");
	$port->{decisions}->decide(
		what => "$name, bit $control->{bit} of $word->{word}, is a control that the spec lacks",
		rule => 'evmcs-fields.cocci', kernel => [$control->{place}],
		spec => [$port->{draft}->place("^\t$control->{bit} +$name\\b")],
		choices => ['drafted: it adds no field and needs no other control',
			    ['what the SDM says of it, at the end of its line',
			     'adds FIELD, ...  uses FIELD, ...  needs CONTROL, ...  excludes CONTROL, ...']]);
}

# The kernel's names of a word's controls, by their bits.
sub named
{
	my ($port, $word) = @_;
	my %named;

	$named{ $_->{bit} } //= $_ for $port->{kernel}->controls(prefix($word));
	return \%named;
}

sub controls
{
	my ($port) = @_;

	for my $word (@{ $port->spec->{controls} }) {
		my %known = map { $_->{bit} => 1 } @{ $word->{bits} };
		my $named = $port->{named}{ $word->{word} } = named($port, $word);

		for my $bit (sort { $a <=> $b } keys %$named) {
			add_control($port, $word, $named->{$bit}) if !$known{$bit};
		}
	}
	$port->try('the controls');
}

1;
