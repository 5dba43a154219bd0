# SPDX-License-Identifier: GPL-2.0-only
#
# Compare what rules delete with the spec: a table's entries, copies, lists, masks.  A definition
# that is proven here need not be in the file "bodies".
package Proofs;

use strict;
use warnings;

use Files;
use Source;
use Spec;

# A function's body in some files, as the compiler sees it.
sub body
{
	my ($run, $name, @files) = @_;
	my ($item) = $run->{tree}->defined_in('function', $name, @files);

	return ($item ? $item->{text} : '') =~ s/^.*?\n\{\n//sr;
}

# The words of a misfit about a function that differs from the spec.
sub function
{
	my ($rules, $name) = @_;

	return (rule => $rules->{name}, functions => [$name], what => "$name()");
}

# The numbers of the names of encodings, by the enums that a rule's head says.
sub encodings
{
	my ($run, $rules) = @_;

	return map { %{ $run->{tree}->enumerators($_) } } grep { /^enum / } @{ $rules->{reads} // [] };
}

# The structures that the rules delete have to be those that are generated.
sub structures
{
	my ($run, $rules, @files) = @_;

	for my $same (@{ $rules->{same} // [] }) {
		my ($struct, $role) = @$same;
		# If it is missing, the rule that deletes it says so.
		my ($of) = $run->{tree}->defined_in('struct', $struct, @files) or next;
		my $revision = Spec::revision($run->target, $role);
		my @differences = $run->{found}->differences($of, $revision);

		next if $run->told($of);
		$run->{misfits}->add(rule => $rules->{name}, at => "$of->{file}:$of->{line}",
			what => "struct $struct is not $revision, but", more => \@differences)
			if @differences;
	}
}

# The entries of a table that the rules delete have to be the spec's: which member is the field
# of an encoding, whether its high half can be accessed by itself, and the clean-field group
# of what has those.
sub entries
{
	my ($run, $rules, @files) = @_;
	my ($macro, $role) = @{ $rules->{entries} // return };
	my $revision = Spec::revision($run->target, $role);
	my %numbers = encodings($run, $rules);
	my @specs = map { join(', ', $_->{name}, $_->{encoding},
			       $_->{lookup_high} ? 'and its high half' : (),
			       $_->{group} ? Spec::group_of($_) : ()) }
		grep { $_->{lookup} } $run->{spec}->fields($revision);

	# If it is missing, the rule that deletes it says so.
	my @items = map { my $file = $_; map { { %$_, file => $file } } $run->{tree}->items($file) } @files;

	for my $table (grep { $_->{kind} eq 'variable' && $_->{text} =~ /\b$macro(?:64)?\(/ } @items) {
		my @kernels;

		while ($table->{text} =~ /\b$macro(64)?\(([A-Z]\w+),\s*(\w+)(?:,\s*([^()]+?))?\s*\)/g) {
			my ($high, $encoding, $member, $group) = ($1, $2, $3, $4);

			push @kernels, join(', ', $member, $numbers{$encoding} // $encoding,
					    $high ? 'and its high half' : (),
					    $group ? $group =~ s/HV_VMX_ENLIGHTENED_CLEAN_FIELD_//gr : ());
		}
		$run->{misfits}->differ(\@kernels, \@specs, rule => $rules->{name},
			at => "$table->{file}:$table->{line}", what => $table->{name} . '[]',
			from => $revision, about => 'fields');
	}
}

# The assertions of a structure's offsets have to be true of the spec's.
sub offsets
{
	my ($run, $rules, @files) = @_;
	my ($function, $macro, $role) = @{ $rules->{offsets} // return };
	my $revision = Spec::revision($run->target, $role);
	my %specs = map { $_->{name} => $_->{offset} } $run->{spec}->members($revision);
	my %kernels = body($run, $function, @files) =~ /\b$macro\((\w+), (\w+)\);/g;

	$run->{misfits}->differ([map { "$_ at $kernels{$_}" } keys %kernels],
		[map { "$_ at " . ($specs{$_} // 'no offset') } keys %kernels],
		function($rules, $function), from => $revision, about => 'offsets');
}

# The fields that the spec calls rarely synced have to be those that a function syncs, and those
# that a deleted function asks for, which may name more.
sub rare
{
	my ($run, $rules, @files) = @_;
	my ($role, $sync, $asked, @vain) = @{ $rules->{rare} // return };
	my %numbers = encodings($run, $rules);
	my $revision = Spec::revision($run->target, $role);
	my $shadow = $run->{spec}->shadow($revision);
	my %encodings = map { $_->{name} => $_->{encoding} } $run->{spec}->fields($revision);
	my @specs = map { $encodings{$_} } @{ $shadow->{rare} };

	$run->{misfits}->differ(
		[map { $numbers{$_} // $_ } body($run, $sync, @files) =~ /\bvmcs_read\w+\((\w+)\)/g],
		\@specs, function($rules, $sync), from => $revision, about => 'shadow');
	$run->{misfits}->differ(
		[map { $numbers{$_} // $_ } body($run, $asked, @files) =~ /\bcase\s+(\w+):/g],
		[@specs, map { $numbers{$_} // $_ } @vain],
		function($rules, $asked), from => $revision, about => 'shadow');
}

# What the selftests' accessors do for an encoding has to be what a look-up in the spec's
# page does: get or set the field's member, and forget that its group is clean.
my $CASE = qr/\bcase\s+(\w+):\s*(?:\*value\ =\ )?current_evmcs->(\w+)(?:\ =\ value)?;
	      (?:\s*current_evmcs->hv_clean_fields\ &=\ ~HV_VMX_ENLIGHTENED_CLEAN_FIELD_(\w+);)?
	      \s*break;/x;

sub cases
{
	my ($run, $rules, @files) = @_;
	my ($role, @names) = @{ $rules->{cases} // return };
	my %vain = map { $_ => 1 } grep { /^[A-Z]/ } @names;
	my %numbers = encodings($run, $rules);
	my $revision = Spec::revision($run->target, $role);
	my %fields = map { $_->{encoding} => $_ } grep { $_->{lookup} } $run->{spec}->fields($revision);

	for my $function (grep { !/^[A-Z]/ } @names) {
		my (@kernels, @specs);
		my $body = body($run, $function, @files);

		while ($body =~ /$CASE/g) {
			my ($encoding, $member, $group) = ($1, $2, $3);
			next if $vain{$encoding};
			my $field = $fields{ $numbers{$encoding} // '' };

			push @kernels, join(', ', $encoding, $member, $group // ());
			push @specs, join(', ', $encoding, $field->{name},
					  $group ? Spec::group_of($field) : ()) if $field;
		}
		$run->{misfits}->differ(\@kernels, \@specs, function($rules, $function), from => $revision,
					about => 'fields');
	}
}

# The copies in some lines of C.  A line that is indented more depends on a condition.
sub copies_of
{
	my ($text, $indent, $when) = @_;
	my @copies;

	while ($text =~ /^(\t+)(?:vmcs12|evmcs)->(\w+)\s*=\s*(?:vmcs12|evmcs)->(\w+);/mg) {
		push @copies, $2 . ($2 eq $3 ? '' : " from $3") .
			($1 eq $indent ? $when : ", under a condition$when");
	}
	return @copies;
}

# What a function of the kernel's copies and, at an entry, under which clean bit.
sub copied_by
{
	my ($run, $function, $when, @files) = @_;
	my $text = body($run, $function, @files);
	my $of = sub { $when eq 'entry' ? ', ' . $_[0] : '' };
	my @copies;

	while ($text =~ s/^\tif\ \(unlikely\(!\((?:evmcs->)?hv_clean_fields\ &\s*
			  HV_VMX_ENLIGHTENED_CLEAN_FIELD_(\w+)\)\)\)\s*?
			  (\ \{\n.*?^\t\}|\n[^;]*;)//msx) {
		push @copies, copies_of($2, "\t\t", $of->($1));
	}
	return (@copies, copies_of($text, "\t", $of->('NONE')));
}

# The copies that the rules delete have to be the spec's, and those at an entry under the same
# bits of the clean fields.
sub copies
{
	my ($run, $rules, @files) = @_;

	for my $copies (@{ $rules->{copies} // [] }) {
		my ($function, $when, $role) = @$copies;
		my $revision = Spec::revision($run->target, $role);
		my @specs = map { $_->{name} . ($when eq 'entry' ? ', ' . Spec::group_of($_) : '') }
			grep { $_->{"copy_$when"} } $run->{spec}->fields($revision);

		$run->{misfits}->differ([copied_by($run, $function, $when, @files)], \@specs,
			function($rules, $function), from => $revision, about => 'copies', when => $when);
	}
}

# The macros that the rules delete have to have the values of the spec's.
sub macros
{
	my ($run, $rules, @files) = @_;
	my @others = map { /^\w+ /  ? $run->{tree}->files_for($_) : $_ } @{ $rules->{reads} // [] };
	my $check = sub {
		my ($prefix, $about, $from, $specs) = @_;
		my $of_macro = sub { $_[0]{kind} eq 'macro' && index($_[0]{name}, $prefix) == 0 };
		my @in = grep { grep { $of_macro->($_) } $run->{tree}->items($_) } @files or return;
		my @macros = map { $_->{name} } grep { $of_macro->($_) } map { $run->{tree}->items($_) } @in;
		my $kernels = $run->{found}->values(\@macros, @files, @others);

		$run->{misfits}->differ([map { "$_ $kernels->{$_}" } @macros],
			[map { "$_ $specs->{$_}" } grep { defined $specs->{$_} } @macros],
			rule => $rules->{name}, files => \@in, what => "@in", from => $from, about => $about);
	};

	for my $prefix (@{ $rules->{masks} // [] }) {
		$check->($prefix, 'masks', "the masks of target $run->{targets}{target}{name}",
			 $run->{spec}->masks($run->target, $prefix));
	}
	for my $prefix (@{ $rules->{groups} // [] }) {
		my $revision = Spec::revision($run->target, 'page');
		my $groups = $run->{spec}->groups($revision);

		$check->($prefix, 'fields', $revision,
			 { map { $prefix . $_ => sprintf('0x%x', $groups->{$_}) } keys %$groups });
	}
}

# A list of macro calls without the check that its macros exist.  That is '#if ...', followed by
# 'BUILD_BUG_ON(1)' and '#endif' in old kernels, and by '#error' and '#else' in new ones, with
# '#endif' at the end of the list.
sub unguarded
{
	my ($text) = @_;
	my $asks = qr/[ \t]*\#[ \t]*if\ !defined\(\w+\)\ &&\ !defined\(\w+\)\n
		      (?:BUILD_BUG_ON\(1\)|[ \t]*\#[ \t]*error\b.*)\n/x;

	return $text if $text =~ s/^$asks[ \t]*#[ \t]*endif\n//m;
	return $text if $text !~ s/^$asks[ \t]*#[ \t]*else\n/\f/m;
	my ($before, $after) = split(/\f/, $text);
	my $depth = 1;

	return $before . join('', grep { $depth++ if /^[ \t]*#[ \t]*if/;
					 !(/^[ \t]*#[ \t]*endif\b/ && --$depth == 0) } split(/^/, $after));
}

# The entries of a list of macro calls, and the conditions among them.
sub list_of
{
	my ($text) = @_;
	my $line = qr/[ \t]*#[ \t]*/;

	$text = unguarded(Source::uncommented($text) =~ s/\\\n/ /gr);
	# The macros' own definitions.
	$text =~ s/^${line}ifndef (\w+)\n${line}define \1\b.*\n${line}endif\n//mg;
	$text =~ s/^${line}(?:define|undef)\b.*//mg;
	return map { s/\s+/ /gr =~ s/ ?([(),]) ?/$1/gr =~ s/,/, /gr =~ s/ $//r }
		$text =~ /^[ \t]*(#.*|[^#\s(][^(\n]*(?:\([^)]*\))?)/mg;
}

sub lists
{
	my ($run, $file, $generated) = @_;

	$run->{misfits}->differ([list_of($run->{tree}->text($file))], [list_of(slurp($generated))],
		rule => 'manifest', files => [$file], what => $file, from => $generated =~ s{.*/(out/)}{$1}r,
		about => 'shadow');
}

# How much of an item a rule's proofs cover: all of it, or the parts that they cut from its text.
sub proven
{
	my ($rules, $item) = @_;

	return 1 if $item->{kind} eq 'declaration' || $item->{kind} eq 'directive';
	return 1 if $item->{kind} eq 'struct' && grep { $_->[0] eq $item->{name} } @{ $rules->{same} // [] };
	return $item->{kind} eq 'macro' && grep { index($item->{name}, $_) == 0 }
		@{ $rules->{masks} // [] }, @{ $rules->{groups} // [] };
}

sub cut
{
	my ($rules, $item) = @_;
	my ($entry) = @{ $rules->{entries} // [] };
	my ($asserts, $offset) = @{ $rules->{offsets} // ['', ''] };
	my (undef, undef, $asked) = @{ $rules->{rare} // [] };
	my %cases = map { $_ => 1 } @{ $rules->{cases} // [] };

	return sub { $_[0] =~ s/\b$entry(?:64)?\([A-Z][^()]*\)\s*,?//gr }
		if $entry && $item->{kind} eq 'variable';
	return sub { $_[0] =~ s/\b$offset\(\w+, \w+\);//gr } if $item->{name} eq $asserts;
	return sub { $_[0] =~ s/\bcase\s+\w+:\s*//gr } if $item->{name} eq ($asked // '');
	return sub { $_[0] =~ s/$CASE\s*//gr } if $cases{$item->{name}} && $item->{kind} eq 'function';
	return sub { $_[0] };
}

# The items that a rule deletes and no proof covers as a whole; 'less' is the text that is not
# covered.
sub unproven
{
	my ($run, $rules, @files) = @_;

	return map { { %$_, less => cut($rules, $_)->($_->{text}) } } grep { !proven($rules, $_) }
		map { $run->{tree}->defined_in(undef, $_, @files) } @{ $rules->{deletes} // [] };
}

# Everything that a rule deletes has to be proven or known.
sub bodies
{
	my ($run, $rules, @files) = @_;
	my @unproven = unproven($run, $rules, @files) or return;

	for my $item ($run->{bodies}->unknown(@unproven)) {
		my ($what, @lines) = $run->{bodies}->difference($item, cut($rules, $item));
		my $name = $item->{name} . ($item->{kind} eq 'function' ? '()' : '');

		$run->{misfits}->add(rule => $rules->{name}, at => "$item->{file}:$item->{line}",
			what => "$name would be replaced, and $what", more => \@lines,
			about => 'bodies', record => $item->{name});
	}
}

sub all
{
	my ($run, $rules, @files) = @_;

	$_->($run, $rules, @files) for \&structures, \&entries, \&offsets, \&copies, \&rare, \&cases,
		\&macros, \&bodies;
}

1;
