# SPDX-License-Identifier: GPL-2.0-only
#
# An L1 finds a field if the CPU has a control that adds it, and not otherwise, as the SDM says: software
# probes for fields, and migrates to CPUs by what it found.  A field that is found on a CPU without it is
# kept in struct vmcs12, and reaches no hardware.
package Audit::Existence;

use strict;
use warnings;

use Audit::Controls;

# What is found on a CPU with all controls, or on one with none.
sub anywhere
{
	my ($audit) = @_;
	my $answers = $audit->{answers};

	return { %{ $answers->fields('look up memory') }, %{ $answers->fields('look up memory', map { 0 } WORDS) } };
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
	my $function = $audit->{roles}->function('fill table');
	my $names = join(' or ', map { $_->{name} } @$controls);
	my $at = "$function->{file}:$function->{line}";
	my $found = $audit->{answers}->fields('look up memory', words_without(@$controls));
	my @extra = halves($audit, 1, $found, @fields);

	$audit->finding(key => join(', ', map { $_->{name} } @extra) . " without $names", at => $at, sure => 'look',
			holds => "a CPU without $names has no " . join(', ', map { $_->{name} } @extra),
			does => 'L1 finds ' . (@extra == 1 ? 'it' : 'them') . ' there',
			guest => 'VMREAD on such a CPU') if @extra;
	for my $control (@$controls) {
		my $has = $audit->{answers}->fields('look up memory', words_without(grep { $_ != $control } @$controls));
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
	my %words = map { $_->{word} => 1 } WORDS;
	my %adders = map { $_ => [grep { $words{ $_->{word} } } @{ $audit->{spec}->adders->{$_} }] } keys %{ $audit->{spec}->adders };
	delete @adders{ grep { !@{ $adders{$_} } } keys %adders };
	my $table = $audit->{roles}->table('memory');
	my %members = %{ $audit->{structures}->members('memory') };
	my %found = %{ anywhere($audit) };
	my @fields = sort { $a->{encoding} cmp $b->{encoding} } grep { $found{ hex($_->{encoding}) } } map { $_->{field} // () } values %members;
	my @depend = grep { $adders{ $_->{name} } } @fields;
	my %alike;

	if (!$audit->{roles}->function_if_any('fill table')) {
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
		my $found = $audit->{answers}->fields('look up memory', map { 0 } WORDS);

		$audit->finding(key => "$field->{name} on no CPU", at => "$table->{file}:$table->{line}",
				holds => "$field->{name} exists on each CPU", does => 'L1 does not find it on a CPU without controls')
			if !$found->{ hex($field->{encoding}) };
	}
}

\&check;
