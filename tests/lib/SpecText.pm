# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A spec that is data, as RandomSpec makes it, in the language, in one of many ways to write it.
package SpecText;

use strict;
use warnings;

use Chance;
use Exporter qw(import);
use List::Util qw(shuffle);

our @EXPORT = qw(spec_files);

my %LOOKUP = (0 => 'none', 1 => 'full', 3 => 'full high');

# Where a list is parted into lines.
sub listed { return join(chance(.1) ? ",\n\t\t" : ', ', @_) }

sub quoted { return listed(map { '"' . s/(["\\])/\\$1/gr . '"' } @{ $_[0] }) }

sub attributes_text
{
	my ($attributes) = @_;
	my @text;

	for my $kind (sort keys %{ $attributes // {} }) {
		my $value = $attributes->{$kind};

		$value = $LOOKUP{$value} if $kind eq 'lookup';
		$value = quoted($value) if $kind eq 'because';
		push @text, $kind eq 'drop' ? ' loss drop' : " $kind $value";
	}
	return join('', @text);
}

sub item_text
{
	my ($item) = @_;
	my $count = defined $item->{count} ? "[$item->{count}]" : '';
	my $attributes = attributes_text($item->{attributes});

	return "pad to $item->{to} $item->{name}$attributes" if defined $item->{to};
	return "pad $item->{type}$count $item->{name}$attributes" if $item->{pad};
	return ($item->{type} ? "$item->{type} " : '') . "$item->{name}$count$attributes";
}

sub range_text { return join(' .. ', @{ $_[0]{range} }) }

my %edit_texts = (
	item => sub { item_text($_[0]{item}) },
	block => sub {
		my ($edit) = @_;
		my %shared = map { defined $edit->{$_} ? ($_ => $edit->{$_}) : () } qw(lookup);
		my @items = map { "\t\t" . item_text($_) . "\n" } @{ $edit->{items} };

		return "clean $edit->{clean}" . attributes_text(\%shared) . " {\n" .
			join('', @items) . "\t}";
	},
	at => sub { "at $_[0]{at} " . item_text($_[0]{item}) },
	append => sub { 'append ' . item_text($_[0]{item}) },
	rename => sub { "rename $_[0]{name} $_[0]{new}" . attributes_text($_[0]{attributes}) },
	over => sub { "over $_[0]{name} " . item_text($_[0]{item}) },
	retire => sub {
		return 'retire ' . range_text($_[0]) . (defined $_[0]{name} ? " as $_[0]{name}" : '');
	},
	change => sub { 'change ' . range_text($_[0]) . attributes_text($_[0]{attributes}) },
	move => sub { 'move ' . range_text($_[0]) . " by $_[0]{by}" },
	lookup_as => sub { "lookup as $_[0]{of}" },
	embed => sub { "embed $_[0]{of}" },
	rest => sub { "rest of $_[0]{of}" },
);

sub block { my ($head, @lines) = @_; return join('', "$head {\n", map({ "\t$_\n" } @lines), "}\n") }

sub field_text
{
	my ($field) = @_;

	return sprintf('0x%04x  %s', $field->{encoding}, $field->{name}) .
		join('', map { " linux $_" } @{ $field->{linux} }) .
		($field->{tlfs} ? " tlfs $field->{tlfs}" : '') .
		($field->{no_high} ? ' no high' : '') .
		($field->{changed} ? ' changed by ' . quoted($field->{changed}) : '') .
		($field->{unchanged} ? ' unchanged because ' . quoted($field->{unchanged}) : '') .
		attributes_text({ map { defined $field->{$_} ? ($_ => $field->{$_}) : () }
				  qw(drop neutral) });
}

sub controls_text
{
	my ($controls) = @_;
	my @bits = map {
		my $control = $_;

		my $clauses = join(' ', map { ($_, listed(@{ $control->{$_} })) }
				   grep { $control->{$_} } qw(adds uses needs excludes));

		# A list may end in a comma.
		"$control->{bit} $control->{name} " .
			$clauses =~ s/(?=.(?:uses|needs|excludes) )/chance(.2) ? ',' : ''/ger
	} @{ $controls->{bits} };

	return block("controls $controls->{word}",
		     (map { defined $controls->{$_} ? "$_ $controls->{$_}" : () }
						    qw(default1 mask)), @bits);
}

sub layout_text
{
	my ($layout) = @_;
	my $clean = $layout->{clean};

	return block("layout $layout->{name}", "struct $layout->{struct}", "size $layout->{size}",
		     (map { defined $layout->{$_} ? "$_ $layout->{$_}" : () } qw(align version)),
		     $layout->{says_lookup} ? "lookup $LOOKUP{ $layout->{lookup} }" : (),
		     $layout->{table} ? "table $layout->{table}, nr_$layout->{table}" : (),
		     $clean ? ("clean $clean->{word} prefix $clean->{prefix} {",
			       (map { "\t$_->{bit} $_->{name}" . ($_->{often} ? ' often' : '') }
				@{ $clean->{groups} }), '}') : ());
}

sub revision_text
{
	my ($revision) = @_;

	return block("revision $revision->{layout}/$revision->{name}" .
		     ($revision->{from} ? " from $revision->{from}" : ''),
		     'source ' . quoted($revision->{source}),
		     (map { defined $revision->{$_} ? "$_ $revision->{$_}" : () } qw(id align)),
		     $revision->{because} ? 'because ' . quoted($revision->{because}) : (),
		     map { $edit_texts{ $_->{edit} }->($_) } @{ $revision->{edits} });
}

sub support_text
{
	my ($support) = @_;

	my %namings = %{ $support->{namings} };

	return block("support $support->{of}" . ($support->{from} ? " from $support->{from}" : ''),
		     'source ' . quoted($support->{source}),
		     "lists $support->{lists} as $support->{prefix}",
		     (map { "role $_" } @{ $support->{roles} }),
		     (map {
			     my $kind = $_;
			     my @names = grep { $namings{$_} eq $kind } sort keys %namings;

			     @names ? "$kind " . listed(@names) : ();
		     } qw(named unnamed)),
		     map { ($_->{yes} ? 'yes' : 'no') . " $_->{control}" .
			   ($_->{role} ? " for $_->{role}" : '') .
			   ' because ' . quoted($_->{because}) } @{ $support->{lines} });
}

sub copies_text
{
	my ($copies) = @_;

	return block("copies $copies->{of}",
		     $copies->{source} ? 'source ' . quoted($copies->{source}) : (),
		     map { ($_->{yes} ? 'yes' : 'no') . " $_->{name} at $_->{when}" .
			   ' because ' . quoted($_->{because}) } @{ $copies->{lines} });
}

sub existence_text
{
	my ($existence) = @_;

	return block("existence $existence->{of}",
		     $existence->{source} ? 'source ' . quoted($existence->{source}) : (),
		     map { 'yes ' . listed(@{ $_->{names} }) . (chance(.1) ? ',' : '') .
			   (defined $_->{by} ? " by $_->{by}" : '') .
			   ' because ' . quoted($_->{because}) } @{ $existence->{lines} });
}

sub pick_text
{
	my ($pick) = @_;

	return ($pick->{newest} ? 'newest ' : '') . $pick->{path} .
		(defined $pick->{as} ? " as $pick->{as}" : '');
}

sub target_text
{
	my ($target) = @_;

	return block("target $target->{name}",
		     @{ $target->{source} // [] } ? 'source ' . quoted($target->{source}) : (),
		     (map { "$_ " . listed(map { pick_text($_) } @{ $target->{$_} }) }
		      grep { $target->{$_} } shuffle(qw(memory images pages masks))),
		     $target->{names} ? "names $target->{names}" : (),
		     $target->{all_fields} ? "fields all" : ());
}

# What the SDM calls the fields and controls of which the spec says so.
sub sdm_lines
{
	my ($spec) = @_;

	return map { "$_->{name} " . quoted([$_->{sdm}]) } grep { defined $_->{sdm} }
		@{ $spec->{fields} }, map { @{ $_->{bits} } } @{ $spec->{controls} };
}

# Each statement by itself.
sub statements
{
	my ($spec) = @_;
	my @fields = map { field_text($_) } @{ $spec->{fields} };
	my @later = splice(@fields, @fields / 2);

	return (block('fields', @fields), @later ? block('fields', @later) : (),
		(map { controls_text($_) } @{ $spec->{controls} }),
		(map { block("bits $_->{name} u$_->{width}", map { join(' ', @$_) }
			     @{ $_->{parts} }) } @{ $spec->{bits} }),
		(map { layout_text($_) } @{ $spec->{layouts} }),
		(map { revision_text($_) } @{ $spec->{revisions} }),
		(map { "revision $_->{layout}/$_->{name} same as $_->{of}\n" }
		 @{ $spec->{aliases} }),
		(map { block("shadow $_->{of}",
			     map { "$_->{kind} $_->{name}" . ($_->{high} ? ' high' : '') }
			@{ $_->{lines} }) }
			$spec->{shadow} ? $spec->{shadow} : ()),
		(map { support_text($_) } @{ $spec->{supports} }),
		(map { copies_text($_) } @{ $spec->{copies} }),
		(map { existence_text($_) } @{ $spec->{existences} }),
		(map { block('sdm', $_) } sdm_lines($spec)),
		(map { block("dump $_->{name}",
			     map { quoted([$_->{text}]) .
				   (@{ $_->{names} // [] } ? ' ' . listed(@{ $_->{names} }) .
				    ($_->{rare} && chance(.1) ? ',' : '') : '') .
				   ($_->{rare} ? ' rare' : '') } @{ $_->{lines} }) }
			@{ $spec->{dumps} // [] }),
		(map { block("errata $_->{layout}",
			     map { "$_->{says} because " . quoted($_->{because}) }
			@{ $_->{lines} }) }
			@{ $spec->{errata} }),
		(map { target_text($_) } @{ $spec->{targets} }),
		(map { "$_\n" } @{ $spec->{frozen} }));
}

# The files of a spec, by name: the root is spec.vmcs.  Their statements are in an order that
# another number changes, and that means nothing.
sub spec_files
{
	my ($spec, $order) = @_;
	my @names = ('spec.vmcs', 'more.vmcs', 'folder/most.vmcs')[0 .. $spec->{files} - 1];
	my %files = map { $_ => '' } @names;

	srand($order // $spec->{order});
	$files{ pick(@names) } .= "$_\n" . pick('', "\n", "# a remark { of \"some\" kind\n")
		for shuffle(statements($spec));
	$files{'spec.vmcs'} .= "include \"more.vmcs\"\n" if @names > 1;
	$files{'more.vmcs'} .= "include \"folder/most.vmcs\"\n" if @names > 2;
	return \%files;
}

1;
