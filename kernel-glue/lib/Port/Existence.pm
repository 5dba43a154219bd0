# SPDX-License-Identifier: GPL-2.0-only
#
# Porting: which fields a kernel lets an L1 find on a CPU.  Its cpu_has_vmcs12_field() is compared
# with what is generated from the controls that add a field; where it departs, the draft says so.
package Port::Existence;

use strict;
use warnings;

use Files;

# What the generated header answers for each field: by its name in capitals, the control, or
# nothing.  Nothing at all if the target has no such header.
sub generated
{
	my ($port, $target) = @_;
	my $file = $port->{draft}->folder . "/out/$target/vmcs12/exists.h";
	my %answers;

	return if !-e $file;
	my ($body) = slurp($file) =~ /\bswitch \(encoding\) \{\n(.*)\tdefault:/s;
	while ($body =~ /\G((?:\tcase \w+:\n)+)\t\treturn (.*?);\n/gs) {
		my ($cases, $returns) = ($1, $2);
		my $controls = join(' ', sort map { lc } $returns =~ /VMCS_CTRL_(\w+)/g);

		$answers{$_} = $controls for $cases =~ /VMCS_ENC_(\w+)/g;
	}
	return \%answers;
}

# The spec's name of a control that the kernel's macro names.
sub control_of
{
	my ($port, $macro) = @_;

	for my $word (@{ $port->spec->{controls} }) {
		for my $control (@{ $word->{bits} }) {
			my $named = $port->{named}{ $word->{word} }{ $control->{bit} };

			return $control->{name} if $named && $named->{name} eq $macro;
		}
	}
	return;
}

# The kernel's answers, in the form of the header's.  If an answer can't be told, a person decides.
sub asked
{
	my ($port, $kernels) = @_;
	my %answers;

	for my $encoding (sort keys %{ $kernels->{fields} }) {
		my $of = $kernels->{fields}{$encoding};
		my $control = $of->{control} ? control_of($port, $of->{control}) : undef;

		$answers{$encoding} = $control and next if $control;
		$port->{decisions}->decide(
			what => "whether an L1 finds $encoding depends on '$of->{asks}', " .
				'which no control of the spec says',
			rule => 'vmcs12-structure.cocci',
			kernel => [$of->{place}], spec => ['spec/existence.vmcs'],
			choices => ['drafted: as on a CPU that has it',
				    ['one control decides',
				     'yes  ' . lc($encoding) . ' by CONTROL  because "REASON"']]);
	}
	return \%answers;
}

# The reasons that the spec has for the same departures of another revision.
sub reasons
{
	my ($port) = @_;
	my %reasons;

	for my $of (map { $port->{draft}->text($_) } $port->{draft}->files) {
		while ($of =~ /^\tyes\ +([\w,\ \t\n]+?),?(?:\s+by\ (\w+))?\s+
			       because\ ("[^"]*"(?:,\s*"[^"]*")*)/mgx) {
			my ($fields, $by, $reason) = ($1, $2 // '', $3);

			$reasons{"$_ $by"} //= $reason =~ s/,\s+/, /gr for split(/[,\s]+/, $fields);
		}
	}
	return \%reasons;
}

# The fields for which the kernel asks for other controls than those that add them, a line for each
# reason.
sub departures
{
	my ($port, $answers) = @_;
	my ($adders, $reasons) = ($port->spec->adders, reasons($port));
	my (%fields, @lines);

	for my $field (grep { $_->{lookup} } $port->spec->fields($port->{revisions}{memory})) {
		my $name = $field->{field};
		my @adders = sort map { $_->{name} } @{ $adders->{$name} // [] };
		my ($by) = map { $answers->{$_} } grep { $answers->{$_} } encoding_names($port, $field);

		next if join(' ', @adders) eq ($by // '');
		my $reason = $reasons->{"$name " . ($by // '')} //
			($by ? '"KVM asks for this control alone"' : '"KVM does not ask"');
		my $key = join('|', $by // '', $reason, kin(@adders));

		push @lines, $key if !$fields{$key};
		push @{ $fields{$key} }, $field->{name};
	}
	return map { line_of($port, (split(/\|/))[0, 1], @{ $fields{$_} }) } @lines;
}

# The states that controls load or save, without 'load' and 'save'.
sub kin
{
	my %seen;

	return grep { !$seen{$_}++ } map { s/^vm_(?:entry|exit)_(?:load|save|clear)_//r } @_;
}

# A line of some fields, on as many lines as it takes.
sub line_of
{
	my ($port, $by, $reason, @names) = @_;
	my $end = ($by ? "by $by  " : '') . "because $reason";
	my $line = $port->wrapped("\tyes  ", @names);
	my ($last) = $line =~ /([^\n]*)\z/;

	return "$line $end\n" if length("$last $end" =~ s/\t/' ' x 8/ger) <= 92;
	return "$line,\n\t\t\t$end\n";
}

# The names that the kernel may have for a field's encoding.
sub encoding_names
{
	my ($port, $field) = @_;

	$port->{by_number} //= do {
		my %numbers = %{ $port->{kernel}->encodings };
		my %names;

		push @{ $names{ $numbers{$_} } }, $_ for sort keys %numbers;
		\%names;
	};
	return @{ $port->{by_number}{ $field->{encoding} } // [] };
}

# Compare, and draft the departures.
sub existence
{
	my ($port) = @_;
	my $kernels = $port->{kernel}->existence;
	my $revision = $port->{revisions}{memory} // return;
	my $ours = generated($port, $port->{target}{name});

	return if !$kernels && !$ours;
	return no_function($port, $revision) if !$kernels;
	my $answers = asked($port, $kernels);
	return if $ours && same($port, $answers, $ours);
	Port::Structures::own($port, 'memory') if !$port->{new}{memory};
	my @lines = departures($port, $answers);
	write_statement($port, $revision, @lines);
	$port->try('which fields exist');
	$port->target;
	my $now = generated($port, $port->{target}{name});
	$port->{decisions}->decide(
		what => 'which fields an L1 finds on a CPU departs from the controls that add them: ' .
			@lines . ' lines',
		rule => 'vmcs12-structure.cocci', kernel => [$kernels->{place}],
		spec => [$port->{draft}->place("^existence \Q$revision\E ")],
		see => ['what is generated ' .
			($now && same($port, $answers, $now) ? 'answers' : 'does not answer') .
			' as the kernel does'],
		choices => ['drafted: the kernel does so, and each line says what it asks',
			    ['a person knows why, at the end of a line', 'because "REASON"'],
			    ['the control adds the field; in spec/controls.vmcs, and no line here',
			     'adds FIELD']]) if @lines;
}

sub no_function
{
	my ($port, $revision) = @_;

	$port->{decisions}->decide(what => "the kernel lets an L1 find all fields, and $revision does not",
		rule => 'vmcs12-structure.cocci', spec => [$port->{draft}->place("^existence ") // ()],
		choices => ['the spec is to have a revision for this kernel that is from an earlier one']);
}

# Whether the kernel's answers for the fields of the revision are the header's.
sub same
{
	my ($port, $answers, $ours) = @_;
	my %numbers = %{ $port->{kernel}->encodings };
	my %theirs = map { $numbers{$_} // '' => $answers->{$_} } keys %$answers;

	return !grep { ($theirs{ $_->{encoding} } // '') ne ($ours->{ uc($_->{field}) } // '') }
		grep { $_->{lookup} } $port->spec->fields($port->{revisions}{memory});
}

sub write_statement
{
	my ($port, $revision, @lines) = @_;
	my $statement = join('', "existence $revision {\n",
		qq(\tsource  "Linux $port->{version}, ), $port->{kernel}->existence->{place} =~ s/:\d+$//r,
		qq("\n\n), @lines, "}\n");

	return $port->{draft}->add_statement($statement, qr/existence /)
		if $port->{draft}->statement(qr/existence /);
	return $port->{draft}->add_file('spec/existence.vmcs', join("\n",
		'# SPDX-License-Identifier: GPL-2.0-only OR MIT', '#',
		'# Which fields of its vmcs12 a kernel lets an L1 find, by the controls that the CPU ' .
		'has.', ''), $statement);
}

1;
