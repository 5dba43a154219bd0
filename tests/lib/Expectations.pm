# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A C program that holds what was generated for a target of a random spec against what Placement
# says: where gcc puts each member, what the accessors, tables, translations and copies do.
package Expectations;

use strict;
use warnings;

use Chance;
use Decisions;
use Exporter qw(import);
use Placement;

our @EXPORT = qw(expectations);

# What each table's file defines for itself.
my $UNDEFINED = join('', map { "#undef $_\n" } qw(INDEX OFFSET HIGH CLEAN));

sub c_name { return $_[0] =~ s/[^A-Za-z0-9]/_/gr }

# A table of C, and how many rows count.
sub table
{
	my ($type, $name, @rows) = @_;

	return "static const struct expected_$type $name\[] = {\n" .
		join('', map { "\t{ " . join(', ', @$_) . " },\n" } @rows ? @rows : [0]) . "};\n";
}

sub struct_of
{
	my ($revision) = @_;

	return "struct $revision->{layout}{struct}_" . c_name($revision->{as});
}

# Below the target's folder, without an ending.
sub file_of { my ($revision) = @_; return "$revision->{layout}{name}/$revision->{as}" }

sub prefix_of { return c_name(file_of(@_)) }

# Placed revisions as a target has them, each with its name there.
sub as_taken
{
	my ($takes, $kind) = @_;

	return map { { %{ $_->{revision} }, as => $_->{name}, names => $takes->{names} } }
		@{ $takes->{$kind} // [] };
}

sub member_name
{
	my ($revision, $member) = @_;

	return $member->{name} if $revision->{names} eq 'linux';
	return tlfs_name($member);
}

# Where the compiler has to put the members.
sub assertions
{
	my ($revision) = @_;
	my $struct = struct_of($revision);
	my @text = "static_assert(sizeof($struct) == $revision->{size}, \"size\");\n";

	for my $member (@{ $revision->{members} }) {
		my $name = member_name($revision, $member);
		my $element = $member->{count} > 1 ? "$name\[0]" : $name;

		push @text, "static_assert(offsetof($struct, $name) == $member->{offset} && " .
			"sizeof((($struct *)0)->$name) == " . bytes_of($member) . " && " .
			"sizeof((($struct *)0)->$element) == $member->{size}, \"$revision->{path} $name\");\n";
	}
	return join('', @text);
}

# The encodings that a look-up finds.
sub looked_up
{
	my ($revision) = @_;
	my @rows;

	for my $member (@{ $revision->{members} }) {
		my $layout = $revision->{layout};
		my $group = $layout->{clean} ? group_mask($layout, $member) : 0;
		my $lookup = lookup_of($member);

		push @rows, [$member->{field}{encoding}, $member->{offset}, $member->{size},
			     $group] if $lookup & 1;
		push @rows, [$member->{field}{encoding} + 1, $member->{offset} + 4, 4, $group]
			if $lookup & 2;
	}
	return @rows;
}

# A revision's accessors, and those to and from the one that is kept in memory, if it is no page.
sub accessors
{
	my ($revision, $canonical, $has_table) = @_;
	my $prefix = prefix_of($revision);
	my @rows = looked_up($revision);
	my $group = $revision->{layout}{clean} ? "${prefix}_call_group" : 'NULL';
	my @text = ("#define VMCS_REVISION " . c_name($revision->{as}) . "\n",
		    $canonical ? "#define VMCS_CANONICAL " . c_name($canonical->{as}) . "\n" : (),
		    "#include \"$revision->{layout}{name}/accessors.h\"\n",
			    table('field', "${prefix}_fields", @rows));
	my @body;

	push @text, <<"END";
static bool ${prefix}_call_read(const void *image, u64 encoding, u64 *value)
{
	return ${prefix}_read(image, encoding, value);
}
static bool ${prefix}_call_write(void *image, u64 encoding, u64 value)
{
	return ${prefix}_write(image, encoding, value);
}
static unsigned int ${prefix}_call_offset(u64 encoding)
{
	return (__force u16)${prefix}_offset(encoding);
}
END
	push @text, <<"END" if $revision->{layout}{clean};
static unsigned int ${prefix}_call_group(u64 encoding)
{
	return ${prefix}_group(encoding);
}
END
	push @body, <<"END";
	static const struct expected_revision ${prefix}_is = {
		"$revision->{path}", $revision->{id}, ${prefix}_revision_id, ${prefix}_fields, @{[scalar(@rows)]},
		${prefix}_call_read, ${prefix}_call_write, ${prefix}_call_offset, $group,
	};
	try_revision(&${prefix}_is, encodings, sizeof(encodings) / sizeof(*encodings));
END
	my $columns = $revision->{layout}{clean} ? 2 : 1;
	my $name = $revision->{layout}{table};
	push @body, "\ttry_table(&${prefix}_is, (const u16 *)$name, nr_$name, $columns);\n"
		if $has_table;
	return (join('', @text), join('', @body));
}

sub alone
{
	my ($revision, @members) = @_;

	return map { ['"' . member_name($revision, $_) . '"', $_->{offset}, $_->{size}, $_->{count}, $_->{drop} ? 1 : 0,
		      sprintf('0x%xULL', $_->{neutral})] } @members;
}

# A translation, and how it is called.
sub translation
{
	my ($from, $to, $function, $fills) = @_;
	my ($pairs, $lost, $gaps) = pairing($from, $to);
	my @lost = ((grep { !$_->{drop} } @$lost), (grep { $_->{drop} } @$lost));
	my @moves = map { [$_->[0]{offset}, $_->[1]{offset}, bytes_of($_->[0])] } @$pairs;

	my @counts = (scalar(@moves), scalar(@lost), scalar(@$gaps), $from->{size}, $to->{size});
	my $top = join('', table('move', "${function}_moves", @moves),
		       table('alone', "${function}_lost", alone($from, @lost)),
		       table('alone', "${function}_gaps", alone($to, @$gaps)), <<"END");
static const char *call_$function(void *to, const void *from)
{
	const struct vmcs_loss *lost = $function(to, from);

	return lost ? lost->name : NULL;
}
END
	return ($top, <<"END");
	try_translation(&(struct expected_translation){
		"$function", ${function}_moves, ${function}_lost, ${function}_gaps,
		@{[join(', ', @counts)]}, $fills, call_$function
	});
END
}

# What is copied from an enlightened VMCS at an entry, and to it at an exit.
sub copies
{
	my ($spec, $evmcs, $vmcs12) = @_;
	my $page = place($spec, $evmcs->{path});
	my ($e, $v) = (prefix_of($evmcs), prefix_of($vmcs12));
	my %there = map { $_->{field} ? ($_->{field} => $_) : () } @{ $vmcs12->{members} };
	my (@entry, @exit);

	for my $member (grep { $_->{field} && $there{ $_->{field} } } @{ $evmcs->{members} }) {
		my $other = $there{ $member->{field} };
		my $dirty = group_mask($evmcs->{layout}, $member);

		push @entry, [$member->{offset}, $other->{offset}, $member->{size}, $dirty,
			      $dirty ? 0 : 1] if copied($spec, $page, $member, 'entry');
		push @exit, [$other->{offset}, $member->{offset}, $member->{size}, 0, 1]
			if copied($spec, $page, $member, 'exit');
	}
	my ($to, $back) = ("${e}_to_$v", "${v}_to_$e");
	my $top = join('', table('copy', "${to}_copies", @entry),
		       table('copy', "${back}_copies", @exit), <<"END");
static void call_$to(void *to, const void *from, u32 clean)
{
	$to(to, from, clean);
}
static void call_$back(void *to, const void *from, u32 clean)
{
	(void)clean;
	$back(to, from);
}
END
	return ($top, <<"END");
	try_copies(&(struct expected_copies){
		"$to", ${to}_copies, @{[scalar(@entry)]}, true, call_$to
	});
	try_copies(&(struct expected_copies){
		"$back", ${back}_copies, @{[scalar(@exit)]}, false, call_$back
	});
END
}

# Expected masks of what an eVMCS may carry.
sub masks
{
	my ($spec, $support) = @_;
	my $decisions = decisions($spec, $support);
	my @text;

	for my $word (grep { defined $_->{mask} } @{ $spec->{controls} }) {
		my $mask = $support->{lists} eq 'supported' ? number($word->{default1} // 0) : 0;
		my $name = $support->{prefix} . '_' . $word->{mask} =~ tr/"//dr;

		for my $control (@{ $word->{bits} }) {
			my $bit = 1 << $control->{bit};

			$mask |= $bit if !$decisions->{ $control->{name} }{yes} ==
				($support->{lists} eq 'unsupported');
		}
		push @text, sprintf("static_assert(%s == 0x%xULL, \"%s\");\n", $name, $mask, $name);
	}
	return join('', @text);
}

# Headers about controls: for masks, and for a target that asks which fields there are.
sub control_heads
{
	my ($spec, $target, $takes) = @_;
	my @adders = grep { $_->{adds} } map { @{ $_->{bits} } } @{ $spec->{controls} };

	return (@{ $takes->{masks} } || $target->{all_fields} ? 'vmcs_controls.h' : (),
		@adders && $target->{all_fields} ? 'vmcs_exists.h' : ());
}

# The parts of the program about one revision: pairs of what is outside of functions and in main().
sub revision_parts
{
	my ($revision, $canonical, $has_table) = @_;
	my $prefix = prefix_of($revision);

	return ([assertions($revision), ''], [accessors($revision, $canonical, $has_table)],
		$canonical ? ([translation($revision, $canonical, "${prefix}_load", 1)],
			      [translation($canonical, $revision, "${prefix}_store", 0)]) : ());
}

# The program, which includes what is below a target's folder.
sub expectations
{
	my ($spec, $target) = @_;
	my $takes = takings($spec, $target);
	my @memory = as_taken($takes, 'memory');
	my @pages = as_taken($takes, 'pages');
	my @taken = (@memory, as_taken($takes, 'images'), @pages);
	my (@parts, @heads);

	for my $layout (@{ $spec->{layouts} }) {
		my @revisions = grep { $_->{layout} == $layout } @taken or next;
		my ($canonical, $tabled) = (pick(grep { $_->{layout} == $layout } @memory),
					    pick(@revisions));

		push @heads, map { file_of($_) . '.h' } @revisions;
		push @heads, file_of($tabled) . '.c' if $layout->{table};
		push @parts, map { revision_parts($_, $canonical, $layout->{table} && $_ == $tabled) }
			@revisions;
	}
	for my $page (@memory ? @pages : ()) {
		push @heads, file_of($page) . '-copies.h';
		push @parts, map { [copies($spec, $page, $_)] } @memory;
	}
	for my $support (@{ $takes->{masks} }) {
		push @heads, "$support->{of}-controls.h";
		push @parts, [masks($spec, $support), ''];
	}
	my $shadow = $spec->{shadow} && place($spec, $spec->{shadow}{of})->{path};
	push @heads, 'vmcs_sync.h' if $shadow && grep { $_->{path} eq $shadow } @taken;
	push @heads, control_heads($spec, $target, $takes);
	my @includes = map { "#include \"$_\"\n" . (/\.c$/ ? $UNDEFINED : '') } @heads;
	my @encodings = map { $_->{encoding} } @{ $spec->{fields} };
	return join('', "#include \"expect.h\"\n", @includes,
		    'static const u64 encodings[] = { ' . join(', ', @encodings) . " };\n",
		    (map { $_->[0] } @parts),
		    "int main(void)\n{\n", (map { $_->[1] } @parts), "\treturn faults > 0;\n}\n");
}

1;
