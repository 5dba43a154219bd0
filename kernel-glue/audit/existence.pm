# SPDX-License-Identifier: GPL-2.0-only
#
# An L1 finds a field if the CPU has a control that adds it, and not otherwise, as the SDM says: software
# probes for fields, and migrates to CPUs by what it found.  A field that is found on a CPU without it is
# kept in struct vmcs12, and reaches no hardware.
package Audit::Existence;

use strict;
use warnings;

# The words of controls in the order of Audit::Answers.
my @WORDS = qw(pin_based_vm_exec_control cpu_based_vm_exec_control secondary_vm_exec_control tertiary_vm_exec_control
	       vm_exit_controls vm_entry_controls);
my $ALL = ~0;

# The controls that add each field, by the field's name: those of words that KVM asks the CPU about.
sub adders
{
	my ($audit) = @_;
	my %adders;

	for my $word (0 .. $#WORDS) {
		my ($of) = grep { $_->{word} eq $WORDS[$word] } @{ $audit->{spec}{controls} } or next;
		for my $bit (@{ $of->{bits} }) {
			push @{ $adders{ $_->{field} // $_->{name} // $_ } }, { word => $word, mask => 1 << $bit->{bit}, name => $bit->{name} }
				for map { ref($_) ? $_ : { name => $_ } } @{ $bit->{adds} };
		}
	}
	return %adders;
}

# The words of a CPU that lacks some controls.
sub without
{
	my (@controls) = @_;
	my @words = map { $ALL } @WORDS;

	$words[ $_->{word} ] &= ~$_->{mask} for @controls;
	return @words;
}

# What is found on a CPU with all controls, or on one with none.
sub anywhere
{
	my ($audit) = @_;
	my $answers = $audit->{answers};

	return { %{ $answers->fields('look up memory') }, %{ $answers->fields('look up memory', map { 0 } @WORDS) } };
}

# Which of some fields are found, or are not, by a half at least: a field has the halves that are found anywhere.
sub halves
{
	my ($audit, $is, $found, @fields) = @_;
	my $all = anywhere($audit);

	return grep { my $encoding = hex($_->{encoding});
		      grep { $all->{$_} && (!!$found->{$_} eq !!$is) } $encoding, $encoding + 1 } @fields;
}

# One finding for all fields that depend on the same controls and are treated alike.
sub check_fields
{
	my ($audit, $controls, @fields) = @_;
	my $function = $audit->function('fill table');
	my $names = join(' or ', map { $_->{name} } @$controls);
	my $at = "$function->{file}:$function->{line}";
	my $found = $audit->{answers}->fields('look up memory', without(@$controls));
	my @extra = halves($audit, 1, $found, @fields);

	$audit->finding(key => join(', ', map { $_->{name} } @extra) . " without $names", at => $at, sure => 'look',
			holds => "a CPU without $names has no " . join(', ', map { $_->{name} } @extra),
			does => 'L1 finds ' . (@extra == 1 ? 'it' : 'them') . ' there',
			guest => 'VMREAD on such a CPU') if @extra;
	for my $control (@$controls) {
		my $has = $audit->{answers}->fields('look up memory', without(grep { $_ != $control } @$controls));
		my @missing = halves($audit, 0, $has, @fields);

		$audit->finding(key => join(', ', map { $_->{name} } @missing) . " with $control->{name}", at => $at,
				sure => @$controls > 1 ? 'look' : 'proven',
				holds => 'a CPU with ' . $control->{name} . (@$controls > 1 ? ', and none of the others that add them,' : '') .
					' has ' . join(', ', map { $_->{name} } @missing),
				does => 'L1 does not find ' . (@missing == 1 ? 'it' : 'them') . ' there',
				guest => 'VMREAD on such a CPU') if @missing;
	}
}

sub check
{
	my ($audit) = @_;
	my %adders = adders($audit);
	my $table = $audit->table('memory');
	my %members = %{ $audit->members('memory') };
	my %found = %{ anywhere($audit) };
	my @fields = sort { $a->{encoding} cmp $b->{encoding} } grep { $found{ hex($_->{encoding}) } } map { $_->{field} // () } values %members;
	my @depend = grep { $adders{ $_->{name} } } @fields;
	my %alike;

	if (!$audit->function_if_any('fill table')) {
		$audit->finding(key => 'no field depends on the CPU', at => "$table->{file}:$table->{line}", sure => 'look',
				holds => scalar(@depend) . ' fields exist only with a control that a CPU may lack',
				does => 'L1 finds all of them on any CPU: the table is constant',
				chain => ["$table->{file}:$table->{line}: $table->{name}" . '[] is const, and nothing filters it'],
				guest => 'VMREAD of TSC_MULTIPLIER on a CPU without TSC scaling');
		return;
	}
	push @{ $alike{ join(' ', map { $_->{name} } @{ $adders{ $_->{name} } }) } }, $_ for @depend;
	check_fields($audit, $adders{ $_->[0]{name} }, @$_) for map { $alike{$_} } sort keys %alike;
	for my $field (grep { !$adders{ $_->{name} } } @fields) {
		my $found = $audit->{answers}->fields('look up memory', map { 0 } @WORDS);

		$audit->finding(key => "$field->{name} on no CPU", at => "$table->{file}:$table->{line}",
				holds => "$field->{name} exists on each CPU", does => 'L1 does not find it on a CPU without controls')
			if !$found->{ hex($field->{encoding}) };
	}
}

\&check;
