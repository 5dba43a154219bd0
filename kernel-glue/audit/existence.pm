# SPDX-License-Identifier: GPL-2.0-only
#
# An L1 finds a field if it is offered a control that adds the field, and not otherwise, as the SDM
# says of a CPU: software goes by the capability MSRs, or probes for fields, and migrates to CPUs by
# what it found.  Without the field, an L1 can't use the control.  A field without its control is
# kept in struct vmcs12, and reaches no hardware.
package Audit::Existence;

use strict;
use warnings;

use Audit::Controls;

# The controls that add a field, of the words that KVM asks a CPU about.
sub adders
{
	my ($audit, $field) = @_;
	my %asked = map { $_->{word} => 1 } WORDS;

	return grep { $asked{ $_->{word} } } @{ $audit->{spec}->adders->{ $field->{name} } // [] };
}

# What is found on a CPU with all controls, or on one with none.
sub found_anywhere
{
	my ($audit) = @_;

	return { map { %{ $audit->{answers}->fields('look up memory', @$_) } }
		 [], [map { 0 } WORDS] };
}

# The fields of struct vmcs12 that are found on some CPU, in the order of their encodings.
sub fields
{
	my ($audit) = @_;
	my %members = $audit->{structures}->fields('memory');
	my $found = found_anywhere($audit);

	return sort { $a->{encoding} cmp $b->{encoding} } grep { $found->{ hex($_->{encoding}) } }
	       map { $_->{field} } values %members;
}

# A CPU without some controls, and so without those that need them: what L1 is offered and finds
# there.
sub cpu_without
{
	my ($audit, @lacking) = @_;
	my @words = words_without(dependent($audit->{spec}, @lacking));
	my @offered = $audit->{answers}->offered(@words);

	return { lacking => [map { $_->{name} } @lacking],
		 offered => { map { $_->{word} => shift(@offered) } WORDS },
		 found => $audit->{answers}->fields('look up memory', @words) };
}

# The CPUs to look at: one with all controls, some without one, and some without all that add a
# field.
sub cpus
{
	my ($audit, @fields) = @_;
	my %seen;
	my @sets = grep { !$seen{ join(' ', map { $_->{name} } @$_) }++ }
		   [], map({ [$_] } map { adders($audit, $_) } @fields),
		   map({ [adders($audit, $_)] } @fields);

	return map { cpu_without($audit, @$_) } @sets;
}

sub is_offered
{
	my ($cpu, $control) = @_;

	return $cpu->{offered}{ $control->{word} } >> $control->{bit} & 1;
}

# Whether a half of a field is found, or is not, that is found on some CPU.
sub half
{
	my ($audit, $is, $cpu, $field) = @_;
	my $anywhere = $audit->{existence}{anywhere} //= found_anywhere($audit);
	my $encoding = hex($field->{encoding});

	return grep { $anywhere->{$_} && !!$cpu->{found}{$_} eq !!$is } $encoding, $encoding + 1;
}

# The name of a CPU for people.
sub name_of
{
	my ($cpu) = @_;

	return @{ $cpu->{lacking} } ? 'a CPU without ' . join(' and ', @{ $cpu->{lacking} })
				    : 'a CPU with all controls';
}

sub names { return join(', ', map { $_->{name} } @_) }

# The fields of a control that L1 is offered, and can't find.
sub check_offered
{
	my ($audit, $cpu, $control, @fields) = @_;
	my @missing = grep { half($audit, 0, $cpu, $_) } @fields;
	my $function = $audit->{roles}->function('fill table');
	my $offers = $audit->{roles}->function('offer controls');
	my $key = names(@missing) . " with $control->{name}";

	return if !@missing || !is_offered($cpu, $control) || $audit->{existence}{seen}{$key}++;
	$audit->finding(key => $key, at => "$function->{file}:$function->{line}",
		holds => "an L1 that is offered $control->{name} finds " . names(@missing),
		does => 'on ' . name_of($cpu) . " L1 is offered $control->{name}, and can't find " .
			names(@missing),
		chain => ["$offers->{file}:$offers->{line}: $offers->{name}() offers it",
			  "$function->{file}:$function->{line}: $function->{name}() leaves it out"],
		guest => 'read the capability MSR, and VMREAD, on such a CPU');
}

# Fields that the same controls add, and L1 finds though it is offered none of them.
sub check_not_offered
{
	my ($audit, $cpu, $controls, @fields) = @_;
	my @extra = grep { half($audit, 1, $cpu, $_) } @fields;
	my $function = $audit->{roles}->function('fill table');
	my $adders = join(' or ', map { $_->{name} } @$controls);
	my $key = names(@extra) . " without $adders";

	return if !@extra || grep({ is_offered($cpu, $_) } @$controls) ||
		  $audit->{existence}{seen}{$key}++;
	$audit->finding(key => $key, at => "$function->{file}:$function->{line}", sure => 'look',
		holds => "an L1 that is not offered $adders has no " . names(@extra),
		does => 'on ' . name_of($cpu) . ' L1 finds ' . names(@extra) .
			', and no control that it is offered adds ' . (@extra == 1 ? 'it' : 'them'),
		guest => 'VMREAD on such a CPU');
}

# All fields that depend on controls, on a CPU.
sub check_cpu
{
	my ($audit, $cpu, @fields) = @_;
	my (%added, %alike, %controls);

	for my $field (@fields) {
		my @adders = adders($audit, $field) or next;

		$controls{ $_->{name} } = $_ for @adders;
		push @{ $added{ $_->{name} } }, $field for @adders;
		push @{ $alike{ join(' ', map { $_->{name} } @adders) } }, $field;
	}
	check_offered($audit, $cpu, $controls{$_}, @{ $added{$_} }) for sort keys %added;
	check_not_offered($audit, $cpu, [map { $controls{$_} } split(/ /)], @{ $alike{$_} })
		for sort keys %alike;
}

# A kernel in which no field depends on the CPU: one finding for all.
sub check_constant
{
	my ($audit, @fields) = @_;
	my $table = $audit->{roles}->table('memory');
	my $depend = grep { adders($audit, $_) } @fields;

	$audit->finding(key => 'no field depends on the CPU', at => "$table->{file}:$table->{line}",
		sure => 'look',
		holds => "$depend fields exist only with a control that a CPU may lack",
		does => 'L1 finds all of them on any CPU: the table is constant',
		chain => ["$table->{file}:$table->{line}: $table->{name}" .
			  '[] is const, and nothing filters it'],
		guest => 'VMREAD of TSC_MULTIPLIER on a CPU without TSC scaling');
}

# Fields that no control adds.
sub check_always
{
	my ($audit, @fields) = @_;
	my $table = $audit->{roles}->table('memory');
	my $found = $audit->{answers}->fields('look up memory', map { 0 } WORDS);

	$audit->finding(key => "$_->{name} on no CPU", at => "$table->{file}:$table->{line}",
			holds => "$_->{name} exists on each CPU",
			does => 'L1 does not find it on a CPU without controls')
		for grep { !$found->{ hex($_->{encoding}) } } @fields;
}

sub check
{
	my ($audit) = @_;
	my @fields = fields($audit);

	return check_constant($audit, @fields) if !$audit->{roles}->function_if_any('fill table');
	check_cpu($audit, $_, @fields) for cpus($audit, @fields);
	check_always($audit, grep { !adders($audit, $_) } @fields);
}

\&check;
