# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What a spec means, told from vmcsgen-spec(5) and vmcsgen(1) alone: where the members of
# a revision lie, which of two revisions belong together, what becomes of an image.  The
# spec is data, as RandomSpec makes it.  Nothing here asks the program.
package Placement;

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(any first max min);

our @EXPORT = qw(IMAGE field_named field_size field_high tlfs_name number matching place begin apply
		 settle takings first_of taken_name taken_lookup bytes_of end_of pairing newness lookup_of group_mask converted placement_of);

use constant IMAGE => 4096;		# bytes of an image in a saved state
my $FIRST_WORD = 4;			# which says what an image is

# Bytes of a field, by the width in its encoding.
sub field_size { return (2, 8, 4, 8)[$_[0]{encoding} >> 13 & 3] }

sub field_high { return ($_[0]{encoding} >> 13 & 3) == 1 && !$_[0]{no_high} }

# A number as the language writes it, cut to the bytes of a member where it is what is neutral.
sub number
{
	my ($text, $size) = @_;
	no warnings 'portable';		# 64 bits are there
	my $value = $text =~ /^0x/ ? hex($text) : $text =~ /^-(\d+)/ ? -$1 : $text =~ s/^\+//r + 0;

	return $value if !$size || $size == 8 && $value >= 0;
	return unpack('Q<', pack('q<', $value)) if $size == 8;
	return $value & (1 << 8 * $size) - 1;
}

sub field_named
{
	my ($spec, $name) = @_;

	return first { $_->{name} eq $name || any { $_ eq $name } @{ $_->{linux} } }
		@{ $spec->{fields} };
}

sub bytes_of { return $_[0]{size} * $_[0]{count} }

sub end_of { return $_[0]{offset} + $_[0]{size} * $_[0]{count} }

# Where the last member ends.
sub reached { return max(0, map { end_of($_) } @{ $_[0]{members} }) }

# What the TLFS calls a member.
sub tlfs_name
{
	my ($member) = @_;

	return $member->{tlfs} // ($member->{field} // {})->{tlfs} // $member->{name};
}

# The widest unit of which a pad of so many bytes can be made.
sub unit
{
	my ($bytes) = @_;

	return first { $bytes % $_ == 0 } 8, 4, 2, 1;
}

#
# Placing: each of these dies if the spec may not say that.
#

sub has
{
	my ($state, $name) = @_;

	return first { $_->{name} eq $name } @{ $state->{members} };
}

sub named { return has(@_) // die "no member $_[1]\n" }

sub enter
{
	my ($state, $member) = @_;

	die "beyond the layout\n" if end_of($member) > $state->{layout}{size};
	die "a name twice\n" if has($state, $member->{name});
	die "a field twice\n" if $member->{field} &&
		any { $_->{field} && $_->{field} == $member->{field} } @{ $state->{members} };
	push @{ $state->{members} }, $member;
}

sub enter_behind
{
	my ($state, $member) = @_;
	my $end = reached($state);
	my $over = $state->{natural} ? $end % $member->{size} : 0;

	$member->{offset} = $end + ($over ? $member->{size} - $over : 0);
	enter($state, $member);
}

sub set_attributes
{
	my ($state, $member, $attributes) = @_;

	for my $kind (keys %$attributes) {
		my $value = $attributes->{$kind};

		if ($kind eq 'neutral') {
			$member->{neutral} = number($value, $member->{size});
		} elsif ($kind eq 'lookup') {
			$member->{lookup} = $value if $member->{field};
		} else {
			$member->{$kind} = $value;
		}
	}
}

# A member that an item declares, without its place.
sub declared
{
	my ($state, $item, $defaults) = @_;
	my $spec = $state->{spec};
	my $member = { name => $item->{name}, count => $item->{count} // 1, drop => 0, neutral => 0,
		       array => defined $item->{count}, pad => $item->{pad}, lookup => 0 };

	if (!$item->{type}) {
		my $field = field_named($spec, $item->{name}) // die "no field\n";

		$member->{field} = $field;
		$member->{size} = field_size($field);
		set_attributes($state, $member, { map { defined $field->{$_} ? ($_ => $field->{$_}) : () }
						  qw(drop neutral) });
	} elsif ($item->{type} =~ /^u(\d+)$/) {
		$member->{size} = $1 / 8;
	} else {
		$member->{bits} = (first { $_->{name} eq $item->{type} } @{ $spec->{bits} }) //
			die "no bits\n";
		$member->{size} = $member->{bits}{width} / 8;
	}
	$member->{origin} = $member;
	if (!$item->{pad}) {
		$member->{clean} = $defaults->{clean};
		$member->{lookup} = $defaults->{lookup} // $state->{layout}{lookup}
			if $member->{field};
	}
	set_attributes($state, $member, $item->{attributes} // {});
	return $member;
}

sub put_item
{
	my ($state, $item, $defaults) = @_;

	if (defined $item->{to}) {
		my $start = reached($state);
		my $bytes = number($item->{to}) - $start;

		die "reached already\n" if $bytes <= 0;
		my $unit = unit($bytes);
		return enter($state, { name => $item->{name}, offset => $start, size => $unit,
				       pad => 1,
				       count => $bytes / $unit, array => $bytes > $unit,
				       tlfs => $item->{attributes}{tlfs} });
	}
	enter_behind($state, declared($state, $item, $defaults));
}

# The members of a range: one, or all that begin between the first byte and the last.
sub range
{
	my ($state, $names) = @_;
	my ($first, $last) = map { named($state, $_) } @$names;

	return $first if !$last;
	die "backwards\n" if $first->{offset} > $last->{offset};
	my ($start, $end) = ($first->{offset}, end_of($last));
	return grep { $_->{offset} >= $start && $_->{offset} < $end } @{ $state->{members} };
}

sub forget
{
	my ($state, @members) = @_;
	my %gone = map { $_ => 1 } @members;

	@{ $state->{members} } = grep { !$gone{$_} } @{ $state->{members} };
}

sub other
{
	my ($state, $path) = @_;

	$path = "$state->{layout}{name}/$path" if $path !~ m{/};
	return place($state->{spec}, $path);
}

# Another layout's groups are not this one's.
sub taken
{
	my ($state, $other, $member) = @_;
	my %taken = (%$member, carves => 0);

	@taken{qw(clean lookup)} = (undef, $member->{field} ? $state->{layout}{lookup} : 0)
		if $other->{layout} != $state->{layout};
	return \%taken;
}

my %edits = (
	item => sub { my ($state, $edit) = @_; put_item($state, $edit->{item}, {}) },
	block => sub {
		my ($state, $edit) = @_;

		put_item($state, $_, $edit) for @{ $edit->{items} };
	},
	append => sub { my ($state, $edit) = @_; put_item($state, $edit->{item}, {}) },
	at => sub {
		my ($state, $edit) = @_;
		my $member = declared($state, $edit->{item}, {});

		$member->{offset} = number($edit->{at});
		$member->{carves} = 1;
		enter($state, $member);
	},
	rename => sub {
		my ($state, $edit) = @_;
		my $member = named($state, $edit->{name});

		die "a name twice\n" if $edit->{new} ne $edit->{name} && has($state, $edit->{new});
		$member->{name} = $edit->{new};
		set_attributes($state, $member, $edit->{attributes} // {});
	},
	over => sub {
		my ($state, $edit) = @_;
		my $under = named($state, $edit->{name});
		my $member = declared($state, $edit->{item}, {});

		die "another size\n" if bytes_of($member) != bytes_of($under);
		@{$member}{qw(offset origin)} = @{$under}{qw(offset origin)};
		forget($state, $under);
		enter($state, $member);
	},
	retire => sub {
		my ($state, $edit) = @_;
		my @members = range($state, $edit->{range});
		my ($start, $end) = (named($state, $edit->{range}[0])->{offset},
				     end_of(named($state, $edit->{range}[-1])));
		my $unit = unit($end - $start);

		forget($state, @members);
		return if !defined $edit->{name};
		enter($state, { name => $edit->{name}, offset => $start, size => $unit, pad => 1,
				count => ($end - $start) / $unit, array => $end - $start > $unit });
	},
	change => sub {
		my ($state, $edit) = @_;
		my @members = range($state, $edit->{range});

		set_attributes($state, $_, $edit->{attributes})
			for grep { !$_->{pad} } @members;
	},
	move => sub {
		my ($state, $edit) = @_;

		for my $member (range($state, $edit->{range})) {
			$member->{offset} += number($edit->{by});
			die "out of the layout\n" if $member->{offset} < 0 ||
				end_of($member) > $state->{layout}{size};
		}
	},
	lookup_as => sub {
		my ($state, $edit) = @_;
		my %there = map { $_->{field} ? ($_->{field} => $_->{lookup}) : () }
			@{ other($state, $edit->{of})->{members} };

		$_->{lookup} = $there{ $_->{field} } // 0 for grep { $_->{field} }
			@{ $state->{members} };
	},
	embed => sub {
		my ($state, $edit) = @_;
		my $other = other($state, $edit->{of});
		my $base = reached($state);

		for my $member (grep { !$_->{hole} } @{ $other->{members} }) {
			my $taken = taken($state, $other, $member);

			$taken->{offset} += $base;
			enter($state, $taken);
		}
	},
	rest => sub {
		my ($state, $edit) = @_;
		my $other = other($state, $edit->{of});

		for my $member (grep { !$_->{pad} } @{ $other->{members} }) {
			next if has($state, $member->{name}) || $member->{field} &&
				any { $_->{field} && $_->{field} == $member->{field} }
					@{ $state->{members} };
			enter_behind($state, taken($state, $other, $member));
		}
	},
);

# Apply one line of a revision to what is placed up to it.
sub apply { my ($state, $edit) = @_; $edits{ $edit->{edit} }->($state, $edit) }

# What a revision begins with.
sub begin
{
	my ($spec, $revision) = @_;
	my $layout = (first { $_->{name} eq $revision->{layout} } @{ $spec->{layouts} }) //
		die "no layout\n";
	my $state = { spec => $spec, layout => $layout, members => [], revision => $revision,
		      name => $revision->{name}, path => "$layout->{name}/$revision->{name}" };
	my $from = $revision->{from} && other($state, $revision->{from});

	$state->{natural} = ($revision->{align} // ($from ? $from->{natural} ? 'natural' : '' :
			     $layout->{align} // '')) eq 'natural';
	$state->{id} = number($layout->{version} // $revision->{id} // ($from && $from->{id}) //
			      die "no id\n");
	$state->{members} = [map { { %$_, carves => 0 } } grep { !$_->{hole} }
			     @{ $from->{members} }]
		if $from;
	return $state;
}

#
# The members in the order of their bytes, every one of which has an owner.  What `at` put
# somewhere takes its bytes from the pad that has them; what is left of that keeps the unit.
#
sub settle
{
	my ($members) = @_;
	my $own = "\0" x max(0, map { end_of($_) } @$members);
	my (@settled, %pieces);

	for my $carves (0, 1) {
		for my $i (grep { !!$members->[$_]{carves} == $carves } 0 .. $#$members) {
			my ($start, $bytes) = ($members->[$i]{offset}, bytes_of($members->[$i]));
			my $there = substr($own, $start, $bytes);
			my $first = substr($there, 0, 1);

			die "an overlap\n" if $there ne $first x $bytes ||
				$first ne "\0" && !($carves && $members->[ord($first) - 1]{pad});
			substr($own, $start, $bytes) = chr($i + 1) x $bytes;
		}
	}
	my %names = map { $_->{name} => 1 } @$members;
	# An unused name, generated for the bytes at an offset.
	my $made = sub {
		my $name = join('_', @_);

		$name .= '_' while $names{$name}++;
		return $name;
	};
	while ($own =~ /((.)\2*)/sg) {
		my ($start, $bytes, $owner) = ($-[1], length($1), ord($2));

		if (!$owner) {
			my $unit = unit($bytes);

			push @settled, { name => $made->('pad', $start), offset => $start,
					 size => $unit, pad => 1,
					 hole => 1, count => $bytes / $unit,
						 array => $bytes > $unit };
			next;
		}
		my $member = $members->[$owner - 1];
		if (!$member->{pad} || $bytes == bytes_of($member)) {
			push @settled, { %$member };
			next;
		}
		my $unit = ($start - $member->{offset}) % $member->{size} ||
			$bytes % $member->{size} ?
			unit($bytes) : $member->{size};
		push @settled, { %$member, offset => $start, size => $unit, count => $bytes / $unit,
				 array => $bytes > $unit, $pieces{$owner}++ ?
				 (name => $made->($member->{name}, $start), tlfs => undef) : () };
	}
	return \@settled;
}

# A revision, by its path, other names followed; placed once.
sub place
{
	my ($spec, $path) = @_;
	my ($layout, $name) = split(m{/}, $path);

	return $spec->{placed}{$path} if $spec->{placed}{$path};
	my ($same) = grep { $_->{layout} eq $layout && $_->{name} eq $name } @{ $spec->{aliases} };
	return place($spec, "$layout/$same->{of}") if $same;
	my ($revision) = grep { $_->{layout} eq $layout && $_->{name} eq $name }
		@{ $spec->{revisions} };
	die "no revision $path\n" if !$revision;
	my $state = begin($spec, $revision);
	apply($state, $_) for @{ $revision->{edits} };
	$state->{members} = settle($state->{members});
	$state->{size} = reached($state);
	return $spec->{placed}{$path} = $state;
}

# What a pattern with stars matches of some names.
sub matching
{
	my ($pattern, @names) = @_;
	my $matches = join('.*', map { quotemeta } split(/\*/, $pattern, -1));

	return grep { /^$matches\z/ } @names;
}

# Of the paths that fit a pick, all or the newest; those of revisions that are other names fit
# no pattern.  RandomSpec has no names whose order by version is another than that of strings.
sub picked_paths
{
	my ($pick, @paths) = @_;
	my @found = sort { $a cmp $b } matching($pick->{path}, @paths);

	die "nothing matches $pick->{path}\n" if !@found;
	return $pick->{newest} ? $found[-1] : @found;
}

# What a target takes: lists of placed revisions, each with the name that it has there, and the
# lists of controls.
sub takings
{
	my ($spec, $target) = @_;
	my @paths = map { "$_->{layout}/$_->{name}" } @{ $spec->{revisions} };
	my %lists = map { ($_->{of} => $_) } @{ $spec->{supports} };
	my %takes = (names => $target->{names} // 'linux');
	my (%taken, %masks, %masked);

	for my $kind (qw(memory images pages)) {
		for my $pick (@{ $target->{$kind} // [] }) {
			for my $path ($pick->{path} =~ /\*/ ? picked_paths($pick, @paths) : $pick->{path}) {
				my $revision = place($spec, $path);
				my $name = $pick->{as} // $revision->{name};
				my $there = "$revision->{layout}{name}/$name" =~ s/[^A-Za-z0-9]/_/gr;

				die "no page, or one\n" if !$revision->{layout}{clean} != ($kind ne 'pages');
				die "$path twice\n" if $taken{ $revision->{path} }++ || $taken{uc($there)}++;
				push @{ $takes{$kind} }, { revision => $revision, name => $name };
			}
		}
	}
	look_at_members(\%takes, $_->{revision}) for map { @{ $takes{$_} // [] } } qw(memory images pages);
	for my $image (@{ $takes{images} // [] }) {
		die "no memory\n" if !any { $_->{revision}{layout} == $image->{revision}{layout} }
			@{ $takes{memory} // [] };
	}
	for my $pick (@{ $target->{masks} // [] }) {
		for my $path (picked_paths($pick, keys %lists)) {
			my $name = $pick->{as} // $path =~ s{.*/}{}r;
			my $there = $path =~ s{/.*}{/$name}r;

			next if $masks{$path} && !defined $pick->{as};
			die "$path twice\n" if $masks{$path} || $masked{ uc($there =~ s/[^A-Za-z0-9]/_/gr) }++;
			$masks{$path} = { support => $lists{$path}, file => $there };
		}
	}
	die "nothing is taken\n" if !$takes{memory} && !$takes{pages};
	$takes{masks} = [map { $masks{$_} } sort keys %masks];
	return \%takes;
}

# What a layout's first revision in memory has of a member's field, or nothing: it says for a target
# what the field is called and which halves a look-up finds.  Else the member speaks for itself.
sub pattern
{
	my ($takes, $revision, $member) = @_;
	my $first = first_of($takes, $revision->{layout});

	return $member if !$first || !$member->{field};
	return first { ($_->{field} // 0) == $member->{field} } @{ $first->{members} };
}

# The first that a target keeps in memory of a layout.
sub first_of
{
	my ($takes, $layout) = @_;
	my $first = first { $_->{revision}{layout} == $layout } @{ $takes->{memory} // [] };

	return $first && $first->{revision};
}

sub taken_name
{
	my ($takes, $revision, $member) = @_;
	my $shown = pattern($takes, $revision, $member) // $member;

	return $takes->{names} eq 'linux' ? $shown->{name} : tlfs_name($shown);
}

sub taken_lookup { my ($takes, @of) = @_; return lookup_of(pattern($takes, @of) // {}) }

# Each member of a struct has a name of its own, and no look-up finds the header.
sub look_at_members
{
	my ($takes, $revision) = @_;
	my %names;

	for my $member (@{ $revision->{members} }) {
		die "two have one name\n" if $names{ taken_name($takes, $revision, $member) }++;
		die "found in the header\n" if end_of($member) < 8 && taken_lookup($takes, $revision, $member);
	}
}

# The halves that a look-up finds: 1 the full encoding, 2 the high one.
sub lookup_of
{
	my ($member) = @_;

	return 0 if !$member->{field};
	return $member->{lookup} & (field_high($member->{field}) ? 3 : 1);
}

# The clean-field bits that a write to the member makes dirty.
sub group_mask
{
	my ($layout, $member) = @_;
	my $group = $member->{clean} // 'always';

	return 0xffff if $group eq 'any';
	my ($found) = grep { $_->{name} eq $group }
		@{ $layout->{clean} ? $layout->{clean}{groups} : [] };
	return $found ? 1 << $found->{bit} : 0;
}

#
# Two revisions
#

# Which members belong together, as pairs in the order of the first's; what only the first
# has; what only the second has.  The first word is the first word; then the encoding
# counts, then the name where there are not two encodings.
sub pairing
{
	my ($from, $to) = @_;
	my @from = grep { !$_->{pad} } @{ $from->{members} };
	my @to = grep { !$_->{pad} } @{ $to->{members} };
	my (%partner, %taken);
	my $pair = sub {
		my ($fits) = @_;

		for my $member (grep { !$partner{$_} } @from) {
			my $other = first { !$taken{$_} && $fits->($member, $_) } @to or next;
			($partner{$member}, $taken{$other}) = ($other, $member);
		}
	};

	$pair->(sub { !$_[0]{offset} && !$_[1]{offset} });
	$pair->(sub { $_[0]{field} && $_[1]{field} && $_[0]{field} == $_[1]{field} });
	$pair->(sub { !($_[0]{field} && $_[1]{field}) && $_[0]{name} eq $_[1]{name} });
	for my $member (@from) {
		my $other = $partner{$member} or next;
		next if bytes_of($other) == bytes_of($member);
		delete $taken{$other};
		delete $partner{$member};
	}
	return ([map { [$_, $partner{$_}] } grep { $partner{$_} } @from],
		[grep { !$partner{$_} } @from], [grep { !$taken{$_} } @to]);
}

# What diff calls a member that is new, by the bytes of the first revision, of which there are so
# many: where they are those of a member that is in a pair, they were not free.  Each pair is the
# sides of a member; what is ahead of the new one may have taken it along.
sub newness
{
	my ($new, $size, @pairs) = @_;
	my @owners;

	for my $pair (@pairs) {
		my ($from) = @$pair;

		$owners[$_] = $pair for $from->{offset} .. end_of($from) - 1;
	}
	my ($ahead) = sort { $b->[1]{offset} <=> $a->[1]{offset} }
		      grep { $_->[1]{offset} < $new->{offset} } @pairs;
	for my $by ($ahead ? $ahead->[1]{offset} - $ahead->[0]{offset} : 0, 0) {
		my $start = $new->{offset} - $by;
		my @held = grep { defined } map { $owners[$_] }
			   grep { $_ >= 0 } $start .. $start + bytes_of($new) - 1;

		return $start < $size ? 'gap-filled' : 'appended' if !@held;
		return 'inserted' if $held[-1][1]{offset} > $new->{offset};
	}
	return 'inserted';
}

# The bytes of an image that belong to no member.
sub free_bytes
{
	my ($revision) = @_;
	my $own = "\0" x IMAGE;

	for my $member (grep { !$_->{pad} } @{ $revision->{members} }) {
		substr($own, $member->{offset}, bytes_of($member)) = "\1" x bytes_of($member);
	}
	return grep { substr($own, $_, 1) eq "\0" } 0 .. IMAGE - 1;
}

# What convert has to make of an image, or undef if the new revision can't hold it.
sub converted
{
	my ($from, $to, $image) = @_;
	my ($pairs, $lost, $gaps) = pairing($from, $to);
	my $result = "\0" x IMAGE;

	for my $member (grep { !$_->{drop} } @$lost) {
		my $neutral = substr(pack('Q<', $member->{neutral}), 0, $member->{size});

		for (0 .. $member->{count} - 1) {
			my $element = substr($image, $member->{offset} + $_ * $member->{size},
					     $member->{size});
			return undef if $element =~ /[^\0]/ && $element ne $neutral;
		}
	}
	my @free = free_bytes($to);
	for my $byte (free_bytes($from)) {
		my $value = substr($image, $byte, 1);

		if (defined(my $goes = shift @free)) {
			substr($result, $goes, 1) = $value;
		} elsif ($value ne "\0") {
			return undef;
		}
	}
	substr($result, $_->[1]{offset}, bytes_of($_->[0])) =
		substr($image, $_->[0]{offset}, bytes_of($_->[0])) for @$pairs;
	substr($result, $_->{offset}, bytes_of($_)) =
		substr(pack('Q<', $_->{neutral}), 0, $_->{size}) x $_->{count} for @$gaps;
	substr($result, 0, $FIRST_WORD) =
		pack('V', $to->{id} | unpack('V', $image) & 0x80000000);
	return $result;
}

# All that a frozen revision may not change: what lies where, and the clean group's C name.
sub placement_of
{
	my ($revision) = @_;

	return join(' ', map {
		($_->{field} ? $_->{field}{encoding} : $_->{name}) .
			"\@$_->{offset}:$_->{size}x$_->{count}" .
			uc(($_->{clean} // '') =~ s/^(?:always|readonly)$/none/r =~ s/^any$/all/r)
	} grep { !$_->{pad} } @{ $revision->{members} });
}

1;
