# SPDX-License-Identifier: GPL-2.0-only
#
# Porting: the revisions of the kernel's structures.  If a structure is new, it is described by its
# difference from the nearest revision.  The compiler lays the structures out; the kernel's tables
# say what VMREAD finds.
package Port::Structures;

use strict;
use warnings;

use Files;
use Spec;

my %ROLES = (memory => 'memory', page => 'pages');

# Names of the structure's members, pads and all.
sub members_of { return $_[0]{text} =~ /\b(\w+)\s*(?:\[[^\]]*\]\s*)*(?::\s*\d+\s*)?;/g }

# The look-up and the clean-field group of a member, by the kernel's table, where they do not follow
# from the field.
sub attributes
{
	my ($port, $role, $entry, $wide, $of) = @_;
	my $high = $role eq 'memory' && $wide;
	my $look = !$entry ? 'none' : $high && !$entry->{high} ? 'full' : $high ? 'full high' : 'full';
	my $has = !$of->{lookup} ? 'none' : $high && $of->{lookup_high} ? 'full high' : 'full';
	my $group = $entry ? $entry->{group} =~ s/^none$/always/r =~ s/^all$/any/r : '';
	my $grouped = $of->{group} // '';

	$group = 'readonly' if $grouped eq 'readonly' && $group eq 'always';
	return join('', $group ne '' && $group ne $grouped ? "  clean $group" : '',
		    $look ne $has ? "  lookup $look" : '');
}

# A line of an import, with the kernel's name of the member, and the look-up of its table.
sub line_of
{
	my ($port, $role, $line, %entries) = @_;
	my ($head, $name) = $line =~ /^((?:at +\d+|append) +)(\w+)(?:  lookup [\w ]+)?$/ or return $line;
	my $field = $port->spec->field($name);
	my $entry = $field ? $entries{ $field->{encoding} } : undef;
	my $wide = $field && $field->{width} eq '64';

	return $line if !$field;
	my ($called) = $entry ? $entry->{member} :
		(grep { my $member = $_; grep { $_ eq $member } Spec::names($field) }
		 @{ $port->{members}{$role} }, $name);
	return "$head$called" .
		attributes($port, $role, $entry, $wide, { lookup => 1, lookup_high => $wide });
}

# The members that an import does not know: one, or several in a row.
sub unknown
{
	my ($port, $role, $said) = @_;
	my ($first, $last) = $said =~ /^'(\w+)'(?: \.\. '(\w+)', \d+ members,)? (?:is|are) neither/ or return;
	my %at = map { $port->{members}{$role}[$_] => $_ } reverse(0 .. $#{ $port->{members}{$role} });

	return @{ $port->{members}{$role} }[$at{$first} .. $at{ $last // $first }];
}

my $EDIT = qr/^(?:at|append|move|rename|retire|over|change|lookup|align|id|because) /;

# The edits that make the kernel's structure out of the nearest revision.
sub edits
{
	my ($port, $role, $of, $base) = @_;
	my ($layout) = split(m{/}, $base);
	my %entries = map { $_->{number} => $_ } $port->{kernel}->table($role);
	my @unknown = map { unknown($port, $role, $_) } $port->found->differences($of, $base);
	my @edits;

	# A member that no table and no name identifies is a word of the kernel's own.
	if (@unknown) {
		$port->{decisions}->decide(
			what => "$_ of struct $of->{name} is not a field, by any table or name",
			rule => 'vmcs12-structure.cocci',
			kernel => ["$of->{file}:$of->{line}"], spec => [],
			choices => ['drafted: it is a member of the structure and no field',
				    ["it is a field; in spec/fields.vmcs, at the end of the field's line",
				     "linux $_"]])
			for @unknown;
	}
	@edits = map { s/\n$//r } $port->found->differences($of, $base, map { "--bits=$_" } @unknown);
	if (my @faults = grep { $_ !~ $EDIT } @edits) {
		$port->{decisions}->decide(
			what => "struct $of->{name} can't be described by edits of $base",
			rule => 'vmcs12-structure.cocci',
			kernel => ["$of->{file}:$of->{line}"], see => \@faults,
			choices => ['the spec is to have a revision that stands for itself',
				    'the kernel has to change']);
		$port->stop;
	}
	return map { line_of($port, $role, $_, %entries) } @edits;
}

# Members with another clean-field group or look-up than in the drafted revision.
sub changes
{
	my ($port, $role, $revision) = @_;
	my %entries = map { $_->{number} => $_ } $port->{kernel}->table($role);
	my %widths = map { $_->{encoding} => $_->{width} } @{ $port->spec->{fields} };
	my @changes;

	return if !%entries;
	for my $member ($port->spec->fields($revision)) {
		my $entry = $entries{ $member->{encoding} };
		my $wide = $widths{ $member->{encoding} } eq '64';
		my $change = attributes($port, $role, $entry, $wide, $member) or next;

		push @changes, { line => "change $member->{name}$change", place => $entry->{place} };
	}
	return @changes;
}

# The draft does not pass as it is, because another revision has the id.  So the draft gives a
# reason, and a person decides.
sub say_why
{
	my ($port, $role, $name, $of, $said, @edits) = @_;
	my %seen;
	my $rules = join(', ', grep { !$seen{$_}++ } $said =~ /\[(-W[\w-]+)\]/g);
	my ($id, $place) = $role eq 'memory' ? $port->{kernel}->id : ();
	my $head = qr/revision \Q$name\E /;
	my @broken = $said =~ /error: (.*?)(?: \[-W[\w-]+\])?$/mg;
	my $of_draft = $port->{draft}->statement($head);
	my $because = qq(\tbecause  "Linux $port->{version} has it so, under the old id"\n);

	$port->{draft}->replace($of_draft,
		$of_draft->{text} =~ s/^\tsource.*(?:(?<=,)\n.*)*\n\K/$because/mr);
	$port->{decisions}->decide(
		what => "struct $of->{name} breaks the id" . ($id ? " $id" : ' of its layout') .
			': what others hold means something else',
		rule => $rules, kernel => ["$of->{file}:$of->{line}", $place // ()],
		spec => [$port->{draft}->place("^revision \Q$name\E ")],
		see => [@broken, grep { /^(?:move|retire|over|change) / } @edits],
		choices => [['drafted: the kernel does so, and a person knows why', 'because  "REASON"'],
			    $id ? ['another id: the kernel changes VMCS12_REVISION, and the revision says ' .
				   'in place of "because"', 'id  0xNEW'] : (),
			    $role eq 'memory' ?
			    'the kernel leaves the members where they were, and puts new ones into padding' :
			    'the TLFS has it otherwise: it is the kernel that has to change']);
}

# The statement of the revision that a structure is; its path.
sub revision
{
	my ($port, $role) = @_;
	my $of = $port->{structures}{$role} or return;
	my $base = Spec::revision($port->{nearest}, $role);
	my ($layout, $from) = split(m{/}, $base);
	my $name = "$layout/" . $port->name($layout);
	my @after = (qr{revision \Q$layout\E/linux-}, qr{revision \Q$layout\E/});
	my @edits = edits($port, $role, $of, $base);
	my ($id, $place) = $role eq 'memory' ? $port->{kernel}->id : ();

	unshift @edits, "id  $id" if $id && hex($id) != hex($port->spec->described($base)->{id});
	if (!@edits) {
		return $base if $port->has($name);
		$port->{draft}->add_statement("revision $name same as $from\n", @after);
		$port->note("$of->{file}:$of->{line}: struct $of->{name} is $base");
		return $name;
	}
	$port->{draft}->add_statement(join('', "revision $name from $from {\n",
		qq(\tsource  "Linux $port->{version}, $of->{file}"\n), map({ "\t$_\n" } @edits), "}\n"),
		@after);
	$port->{new}{$role} = 1;
	my $said = $port->{draft}->try;

	say_why($port, $role, $name, $of, $said, @edits)
		if $said && $said =~ /\[-W(?:same-id|byte-twice|group-changed|id-line|misaligned)\]/;
	$port->note("$of->{file}:$of->{line}: struct $of->{name} is not in the spec yet; nearest is $base");
	return $name;
}

sub structures
{
	my ($port) = @_;

	for my $role (sort keys %ROLES) {
		my $of = $port->{structures}{$role};

		if (!$of) {
			$port->{decisions}->decide(
				what => 'the tree has no structure for ' .
					($role eq 'memory' ? 'vmcs12' : 'the enlightened VMCS'),
				rule => 'vmcs12-structure.cocci', kernel => [],
				choices => ['kernel-glue/lib/Found.pm is to know how it is called now']);
			next;
		}
		$port->{members}{$role} = [members_of($of)];
		my $name = $port->{revisions}{$role} = revision($port, $role);
		$port->try("struct $of->{name}");
		my @changes = changes($port, $role, $name) or next;

		change($port, $role, @changes);
	}
}

# Let the kernel have a revision of its own for a role, though it has the members of another.
sub own
{
	my ($port, $role) = @_;
	my $name = $port->{revisions}{$role};
	my ($from) = Spec::revision($port->{nearest}, $role) =~ m{/(.*)};

	return if $port->{new}{$role};
	$port->{draft}->replace($port->{draft}->statement(qr/revision \Q$name\E /), join('',
		"revision $name from $from {\n",
		qq(\tsource  "Linux $port->{version}, $port->{structures}{$role}{file}"\n), "}\n"));
	$port->{new}{$role} = 1;
}

# A revision with another look-up or another group of what it has.
sub change
{
	my ($port, $role, @changes) = @_;
	my $name = $port->{revisions}{$role};
	my @lines = map { $_->{line} } @changes;

	own($port, $role);
	$port->{draft}->add_lines(qr/revision \Q$name\E /, @lines);
	my $said = $port->{draft}->try;

	say_why($port, $role, $name, $port->{structures}{$role}, $said, @lines)
		if $said && $said =~ /\[-W(?:same-id|group-changed)\]/;
	$port->note("$_->{line}: " . ($_->{place} // 'its table has it not')) for @changes;
	$port->try("the table of $name");
}

1;
