# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A C program that holds what was generated for a target of a random spec against what Placement
# says: where gcc puts each member, what the accessors, tables, loads, stores and copies do.
package Expectations;

use strict;
use warnings;

use Chance;
use Decisions;
use Exporter qw(import);
use List::Util qw(any max);
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

# What the program calls a revision's struct: in what was generated all that is in memory, and an
# only page, has the name of its layout.
sub struct_of { my ($revision) = @_; return 'struct ' . prefix_of($revision) . '_struct' }

# Below the target's folder, without an ending.
sub file_of { my ($revision) = @_; return "$revision->{layout}{name}/$revision->{as}" }

sub prefix_of { return c_name(file_of(@_)) }

# Placed revisions as a target has them, each with its name there.
sub as_taken
{
	my ($takes, $kind) = @_;

	return map { { %{ $_->{revision} }, as => $_->{name}, takes => $takes } }
		@{ $takes->{$kind} // [] };
}

# Where the compiler has to put the members.
sub assertions
{
	my ($revision) = @_;
	my $struct = struct_of($revision);
	my @text = "static_assert(sizeof($struct) == $revision->{size}, \"size\");\n";

	for my $member (@{ $revision->{members} }) {
		my $name = taken_name($revision->{takes}, $revision, $member);
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
		my $lookup = taken_lookup($revision->{takes}, $revision, $member);

		push @rows, [$member->{field}{encoding}, $member->{offset}, $member->{size},
			     $group] if $lookup & 1;
		push @rows, [$member->{field}{encoding} + 1, $member->{offset} + 4, 4, $group]
			if $lookup & 2;
	}
	return @rows;
}

# A revision's accessors, and the rest of its map.
sub accessors
{
	my ($revision, $has_table) = @_;
	my $prefix = prefix_of($revision);
	my @rows = looked_up($revision);
	my $highest = max(0, map { $_->[0] >> 1 & 511 } @rows);
	my $clean = $revision->{layout}{clean};
	my %names = (STRUCT => "${prefix}_struct", MAP => "${prefix}_map", END => "${prefix}_end_t",
		     (map { uc($_) => "${prefix}_$_" } qw(find read write)),
		     $clean ? (GROUPS => "${prefix}_groups", CLEAN => "${prefix}_clean") : ());
	my $group = $clean ? "${prefix}_call_group" : 'NULL';
	my @text = ("#include \"" . file_of($revision) . "-map.h\"\n",
		    "typedef u16 __bitwise $names{END};\n",
		    map({ "#define VMCS_$_ $names{$_}\n" } sort keys %names),
		    "#include \"vmcs_accessors.h\"\n", table('field', "${prefix}_fields", @rows));
	my @body;

	push @text, <<"END";
static bool ${prefix}_call_read(const void *image, u64 encoding, u64 *value)
{
	${prefix}_end_t end = ${prefix}_find(encoding);

	if (end)
		*value = ${prefix}_read(image, encoding, end);
	return end;
}
static bool ${prefix}_call_write(void *image, u64 encoding, u64 value)
{
	${prefix}_end_t end = ${prefix}_find(encoding);

	if (end)
		${prefix}_write(image, encoding, end, value);
	return end;
}
static unsigned int ${prefix}_call_offset(u64 encoding)
{
	return vmcs_offset(${prefix}_map, encoding);
}
END
	push @text, "static_assert(${prefix}_highest_index == $highest, \"$prefix\");\n" if !$clean;
	push @text, <<"END" if $clean;
static unsigned int ${prefix}_call_group(u64 encoding)
{
	return ${prefix}_clean(encoding);
}
END
	push @body, <<"END";
	static const struct expected_revision ${prefix}_is = {
		"$revision->{path}", $revision->{id}, ${prefix}_id, $revision->{size}, ${prefix}_size,
		${prefix}_fields, @{[scalar(@rows)]},
		${prefix}_call_read, ${prefix}_call_write, ${prefix}_call_offset, $group,
	};
	try_revision(&${prefix}_is, encodings, sizeof(encodings) / sizeof(*encodings));
END
	my $columns = $clean ? 2 : 1;
	my $name = $revision->{layout}{table};
	push @body, "\ttry_table(&${prefix}_is, (const u16 *)$name, nr_$name, $columns);\n"
		if $has_table;
	return (join('', @text), join('', @body));
}

# Whether it begins with an enlightened VMCS.
sub begins_with_page
{
	my ($spec, $revision) = @_;
	my $says = $revision->{revision};

	$says = place($spec, "$says->{layout}/" . $says->{from} =~ s{.*/}{}r)->{revision} while $says->{from};
	my $first = $says->{edits}[0] // return 0;
	return $first->{edit} eq 'embed' && !!place($spec, $first->{of})->{layout}{clean};
}

# The controls that a condition is about: the conditions of a table in C, by word.
sub masks_of
{
	my ($spec, @controls) = @_;
	my %names = map { $_ => 1 } @controls;
	my %masks;

	for my $word (@{ $spec->{controls} }) {
		my @bits = map { 1 << $_->{bit} } grep { $names{ $_->{name} } } @{ $word->{bits} };

		$masks{ field_named($spec, $word->{word})->{name} } = unpack('%64Q*', pack('Q*', @bits)) if @bits;
	}
	return \%masks;
}

# Where the first revision has a field that L1 finds and that an image, kept in memory, has not:
# whether there is such a field, and the controls that add one.
sub lost
{
	my ($spec, $kept, $image) = @_;
	my $first = first_of($kept->{takes}, $kept->{layout});
	my %there;

	$there{ $_->{field} }++ for map { grep { $_->{field} } @{ $_->{members} } } $kept, $image;
	my %lost = map { $_->{field} => 1 }
		grep { lookup_of($_) && ($there{ $_->{field} } // 0) < 2 } @{ $first->{members} };
	my @adders = grep { any { $lost{ field_named($spec, $_) } } @{ $_->{adds} // [] } }
		map { @{ $_->{bits} } } @{ $spec->{controls} };
	return (scalar(%lost), map { $_->{name} } @adders);
}

# What a row of the table says of fields that an image lacks, as conditions of faults.
sub faults_of_lost
{
	my ($spec, $kept, $image, $row) = @_;
	my ($lost, @controls) = lost($spec, $kept, $image);
	my $masks = masks_of($spec, @controls);
	my $map = $lost ? prefix_of($image) . '_map' : 'NULL';

	return ("$row.map != $map", map { sprintf("$row.lacks.$_ != 0x%xULL", $masks->{$_} // 0) }
		map { field_named($spec, $_->{word})->{name} } @{ $spec->{controls} });
}

# How images are loaded and stored where a revision is kept in memory: rows of a table.
sub images
{
	my ($spec, $kept, @revisions) = @_;
	my $name = prefix_of($kept);
	my @memory = grep { $_->{layout} == $kept->{layout} } as_taken($kept->{takes}, 'memory');
	my $some_lack = any { my $memory = $_; any { (lost($spec, $memory, $_))[0] } @revisions } @memory;
	my (@top, @body);

	for my $number (0 .. $#revisions) {
		my $image = $revisions[$number];
		my ($pairs, undef, $gaps) = pairing($image, $kept);
		my @moves = map { [$_->[0]{offset}, $_->[1]{offset}, bytes_of($_->[0])] } @$pairs;
		my @gaps = map { [$_->{offset}, $_->{size}, $_->{count}, sprintf('0x%xULL', $_->{neutral})] } @$gaps;
		my $begins = begins_with_page($spec, $image) ? 1 : 0;
		my $in_place = file_of($image) eq file_of($kept) ? 1 : 0;
		my $row = "${name}_revisions[$number]";

		push @body, map { "\tif ($_)\n\t\tFAULT(\"$name: %s\", \"$_\");\n" }
			faults_of_lost($spec, $kept, $image, $row) if $some_lack;
		push @body, <<"END";
	if ($row.id != $image->{id} || $row.size != $image->{size} ||
	    !$row.load - $in_place || !$row.store - $in_place ||
	    $row.begins_with_evmcs != $begins)
		FAULT("$name: $image->{path}");
END
		next if $in_place;
		push @top, table('move', "${name}_moves_$number", @moves),
			table('gap', "${name}_gaps_$number", @gaps), <<"END";
static void ${name}_load_$number(void *to, const void *from)
{
	$row.load(to, from);
}
static void ${name}_store_$number(void *to, const void *from)
{
	$row.store(to, from);
}
END
		push @body, <<"END";
	try_image(&(struct expected_image){
		"$name and $image->{path}", ${name}_moves_$number, ${name}_gaps_$number,
		@{[scalar(@moves)]}, @{[scalar(@gaps)]}, $image->{size}, $kept->{size},
		${name}_load_$number, ${name}_store_$number
	});
END
	}
	push @body, "\tif (nr_${name}_revisions != " . @revisions . ")\n\t\tFAULT(\"$name: revisions\");\n";
	return (join('', @top), join('', @body));
}

sub copy_names { my ($page, $kept) = @_; return ("${page}_to_$kept", "${kept}_to_$page") }

# What is copied from an enlightened VMCS at an entry, and to it at an exit.
sub copies
{
	my ($spec, $evmcs, $vmcs12) = @_;
	my $page = place($spec, $evmcs->{path});
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
	my ($to, $back) = copy_names(prefix_of($evmcs), prefix_of($vmcs12));
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

# Which fields of a layout an L1 finds: on a CPU without controls, and on each with one alone.
sub existence
{
	my ($spec, $takes, $layout) = @_;
	my $first = first_of($takes, $layout) // return;
	my $name = c_name($layout->{name});
	my @rows = looked_up({ %$first, takes => $takes });
	my @controls = map { @{ $_->{bits} } } @{ $spec->{controls} };
	my $body = '';

	return if !existence_of($spec, $first);
	for my $control (undef, @controls) {
		my $masks = masks_of($spec, $control ? $control->{name} : ());
		my $may = join(', ', map { sprintf(".$_ = 0x%xULL", $masks->{$_}) } keys %$masks);

		$body .= "\tmay = (struct vmcs_controls){ $may };\n" .
			join('', map {
				my $exists = exists_by($spec, $first, $_->[0], $control) ? 1 : 0;

				"\ttry_existence(\"$name\", ${name}_field_exists(&may, $_->[0]) == $exists, $_->[0]);\n"
			} @rows);
	}
	return ["$layout->{name}/exists.h", ['', "\t{\n\tstruct vmcs_controls may;\n$body\t}\n"]];
}

# Headers about controls: for masks, and for a target that asks which fields there are.
sub control_heads
{
	my ($spec, $target, $takes) = @_;
	my @adders = grep { $_->{adds} } map { @{ $_->{bits} } } @{ $spec->{controls} };

	return (@{ $takes->{masks} } || $target->{all_fields} ? 'vmcs_controls.h' : (),
		@adders && $target->{all_fields} ? 'vmcs_exists.h' : ());
}

# Lines of C where some names are others.
sub renamed
{
	my ($names, @lines) = @_;

	return join('', map({ "#define $_ $names->{$_}\n" } sort keys %$names), @lines,
		    map { "#undef $_\n" } sort keys %$names);
}

# What is made for a revision that has a struct, under names that no other one has.
sub included
{
	my ($revision, $own, $pages, $translates, $has_table) = @_;
	my ($prefix, $layout) = (prefix_of($revision), $revision->{layout});
	my $file = file_of($revision);
	my $struct = $own ? $layout->{struct} : "$layout->{struct}_" . c_name($revision->{as});
	my %names = ($struct => "${prefix}_struct");
	my @files = ("$file.h", $has_table ? "$file.c" : ());

	if (!$layout->{clean}) {
		for my $page (@$pages) {
			my $name = @{ pages_of($page, $pages) } > 1 ? prefix_of($page) : $page->{layout}{name};
			my @there = copy_names($name, c_name($layout->{name}));

			@names{@there} = copy_names(prefix_of($page), $prefix);
			$names{ $page->{layout}{struct} } = prefix_of($page) . '_struct' if $name ne prefix_of($page);
			$names{ "$page->{layout}{struct}_" . c_name($page->{as}) } = prefix_of($page) . '_struct'
				if $name eq prefix_of($page);
		}
		push @files, "$file-copies.h" if @$pages;
		if ($translates) {
			$names{"$layout->{struct}_revision"} = "${prefix}_revision";
			$names{"$layout->{name}_revisions"} = "${prefix}_revisions";
			$names{"nr_$layout->{name}_revisions"} = "nr_${prefix}_revisions";
			for my $other (@$translates) {
				my $name = c_name($other->{as});

				@names{"load_$name", "store_$name"} = ("load_${prefix}_$name", "store_${prefix}_$name");
			}
			push @files, "$file-images.c";
		}
	}
	# The header of the table is there for the first struct of its layout alone.
	my $guard = 'VMCSGEN_' . uc(c_name($layout->{name})) . '_REVISIONS_H';
	return renamed(\%names, map { ("#include \"$_\"\n", /\.c$/ ? $UNDEFINED : ()) } @files) . "#undef $guard\n";
}

# Those of some pages that have the layout of one.
sub pages_of
{
	my ($page, $pages) = @_;

	return [grep { $_->{layout} == $page->{layout} } @$pages];
}

# The program, which includes what is below a target's folder.
sub expectations
{
	my ($spec, $target) = @_;
	my $takes = takings($spec, $target);
	my @memory = as_taken($takes, 'memory');
	my @pages = as_taken($takes, 'pages');
	my @images = as_taken($takes, 'images');
	my @taken = (@memory, @images, @pages);
	my (@parts, @heads, @structs);

	for my $layout (@{ $spec->{layouts} }) {
		my @revisions = grep { $_->{layout} == $layout } @taken or next;
		my @kept = grep { $_->{layout} == $layout } @memory, @pages;
		my $tabled = $layout->{table} ? pick(@kept) : 0;
		my @translated = $layout->{clean} || @revisions < 2 ? () : @revisions;

		push @structs, map {
			[!!$layout->{clean}, included($_, !$layout->{clean} || @kept == 1, \@pages,
						      @translated ? \@translated : undef, $_ == $tabled)]
		} @kept;
		push @parts, map { [assertions($_), ''] } @kept;
		push @parts, map { [accessors($_, $_ == $tabled)] } @revisions;
		push @parts, map { [images($spec, $_, @translated)] } @translated ? @kept : ();
	}
	for my $page (@memory ? @pages : ()) {
		push @parts, map { [copies($spec, $page, $_)] } @memory;
	}
	for my $list (@{ $takes->{masks} }) {
		push @heads, "$list->{file}-controls.h";
		push @parts, [masks($spec, $list->{support}), ''];
	}
	for my $existence (map { existence($spec, $takes, $_) } @{ $spec->{layouts} }) {
		push @heads, $existence->[0];
		push @parts, $existence->[1];
	}
	my $shadow = $spec->{shadow} && place($spec, $spec->{shadow}{of})->{path};
	push @heads, 'vmcs_sync.h' if $shadow && grep { $_->{path} eq $shadow } @taken;
	push @heads, control_heads($spec, $target, $takes);
	my @includes = map { "#include \"$_\"\n" } @heads;
	my @encodings = map { $_->{encoding} } @{ $spec->{fields} };
	return join('', "#include \"expect.h\"\n", map({ $_->[1] } sort { $b->[0] <=> $a->[0] } @structs), @includes,
		    'static const u64 encodings[] = { ' . join(', ', @encodings) . " };\n",
		    (map { $_->[0] } @parts),
		    "int main(void)\n{\n", (map { $_->[1] } @parts), "\treturn faults > 0;\n}\n");
}

1;
