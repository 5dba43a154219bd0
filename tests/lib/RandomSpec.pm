# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Random specs that are valid by vmcsgen-spec(5), as data, which Placement understands.  A seed
# always makes the same spec.
package RandomSpec;

use strict;
use warnings;

use Chance;
use Decisions;
use Exporter qw(import);
use List::Util qw(any first max min shuffle);
use Placement;

our @EXPORT = qw(random_spec is_valid);

# As the language writes it: in one of three ways.
sub written
{
	my ($number) = @_;

	return pick($number, $number, sprintf('0x%x', $number), "+$number");
}

my $names;

sub fresh { return $_[0] . ++$names }

# Strings that a careless writer of C, JSON or fmt would stumble over.
sub text
{
	my @texts = ('a reason', 'x', 'says "so"', 'a \\ b', '*/ /* #', '<&>', "\x{c3}\x{a9}", '');

	return [map { pick(@texts) } 1 .. pick(1, 1, 1, 2, 3)];
}

sub is_readonly { my ($field) = @_; return $field && ($field->{encoding} >> 10 & 3) == 1 }

# Read-only data and guest state.
sub changes_by_type { my ($field) = @_; return ($field->{encoding} >> 10 & 3) =~ /[12]/ }

# One of the names that a field has in Linux.
sub some_name { my ($field) = @_; return pick($field->{name}, @{ $field->{linux} }) }

#
# Statements other than revisions
#

# What becomes of a member of so many bytes without a counterpart, as attributes.
sub random_loss
{
	my ($size) = @_;
	my $bits = 8 * $size;
	my $value = pick(1, 5, (1 << $bits - 1) - 1, below($bits - 1));
	my @neutral = (neutral => pick($value, sprintf('0x%x', below(min(63, $bits))),
				       '-' . (1 << $bits - 1), "+$value", -1, 0));

	return pick([drop => 1], [@neutral], [@neutral], [drop => 1, @neutral])->@*;
}

sub random_fields
{
	my ($spec) = @_;
	my %encodings;

	for my $i (0 .. between(4, pick(8, 16, 30))) {
		my $encoding = int(rand(4)) << 13 | int(rand(4)) << 10 |
			between(0, pick(5, 511)) << 1;
		redo if $encodings{$encoding}++;
		my $field = { name => pick('guest_', 'host_', 'f', 'x_', 'zz') . $i,
			      encoding => $encoding };

		$field->{linux} = chance(.3) ? [map { "l${i}_$_" } 1 .. between(1, 3)] : [];
		$field->{tlfs} = "T$i" if chance(.5);
		$field->{no_high} = 1 if chance(.2) && ($encoding >> 13 & 3) == 1;
		$field->{changes_by_type($field) ? 'unchanged' : 'changed'} = text() if chance(.2);
		%$field = (%$field, random_loss(field_size($field))) if chance(.3);
		push @{ $spec->{fields} }, $field;
	}
}

sub random_controls
{
	my ($spec) = @_;
	my $i = 0;

	for my $word (some(between(0, 3), @{ $spec->{fields} })) {
		my $size = 8 * field_size($word);
		my $controls = { word => pick($word->{name}, @{ $word->{linux} }), bits => [] };

		$controls->{default1} = written(below(min(31, $size))) if chance(.5);
		$controls->{mask} = pick("MASK$i", "\"${i}ND\"") if chance(.7);
		for my $bit (some(between(1, 4), 0 .. $size - 1)) {
			my $control = { bit => $bit, name => "ctrl$i" };
			my @before = map { @{ $_->{bits} } } @{ $spec->{controls} }, $controls;
			# None that is excluded is needed.
			my @others = map { $_->{name} } grep { $_->{bit} % 2 == $bit % 2 } @before;

			for my $clause (qw(adds uses)) {
				$control->{$clause} = [map { some_name($_) }
					       some(between(1, 3), @{ $spec->{fields} })] if chance(.4);
			}
			$control->{ $bit % 2 ? 'needs' : 'excludes' } = [some(between(1, 2), @others)]
				if @others && chance(.6);
			push @{ $controls->{bits} }, $control;
			$i++;
		}
		push @{ $spec->{controls} }, $controls;
	}
}

sub random_bits
{
	my ($spec) = @_;

	for my $i (0 .. between(0, 3)) {
		my $width = $i ? pick(8, 16, 32, 64) : 32;
		my $bits = { name => "w$i", width => $width, parts => [] };

		for (my $left = $width; $left; $left -= $bits->{parts}[-1][1]) {
			push @{ $bits->{parts} },
				['b' . @{ $bits->{parts} },
				 min($left, pick(1, 1, 2, 3, 7, 8, 15, 16, 31, $left))];
		}
		push @{ $spec->{bits} }, $bits;
	}
}

sub random_layout
{
	my ($spec, $i) = @_;
	my $layout = { name => pick('lay', 'vmcs', 'evmcs') . $i,
		       struct => pick('st', 'hv_st') . $i, size => pick(128, 256, 512, 1024, 4096, 8000), lookup => pick(0, 1, 3, 3) };

	$layout->{align} = pick('packed', 'natural', 'natural') if chance(.7);
	$layout->{version} = written(100 + $i) if chance(.3);
	$layout->{table} = "tab$i" if chance(.5);
	$layout->{says_lookup} = $layout->{lookup} || chance(.5);
	$layout->{clean} = {
		word => 'cword', prefix => "CL$i",
		groups => [map { { bit => $_, name => "g$_", often => chance(.3) } }
			   some(pick(1, 2, 6, 16), 0 .. 15)],
	} if chance(.5);
	push @{ $spec->{layouts} }, $layout;
	return $layout;
}

#
# Revisions: lines that may be said there, each tried on what is placed so far
#

sub random_group
{
	my ($layout, $field) = @_;

	return 'readonly' if is_readonly($field);
	return pick('always', 'any', map { $_->{name} } @{ $layout->{clean}{groups} });
}

# Attributes of a member that may be a field.
sub random_attributes
{
	my ($layout, $size, $field) = @_;
	my %attributes;

	$attributes{clean} = random_group($layout, $field) if $layout->{clean} &&
		($field || chance(.1));
	$attributes{lookup} = pick(0, 1, 3) if chance(.15);
	%attributes = (%attributes, random_loss($size)) if chance(.2);
	$attributes{because} = text() if chance(.05);
	$attributes{tlfs} = fresh('Own') if chance(.05);
	return \%attributes;
}

# A field that the revision has not.
sub free_field
{
	my ($state, $fits) = @_;
	my %taken = map { ($_->{field} // '') => 1, $_->{name} => 1 } @{ $state->{members} };
	my @free = grep { !$taken{$_} && $fits->($_) } @{ $state->{spec}{fields} };
	my $field = pick(@free) // return;
	my $name = some_name($field);

	return $taken{$name} ? () : ($field, $name);
}

# A new member or pad of so many bytes at most.
sub random_item
{
	my ($state, $most, @kinds) = @_;
	my $kind = pick(@kinds ? @kinds : qw(field field field scalar array bits pad pad));

	if ($kind eq 'field') {
		my ($field, $name) = free_field($state,
						sub { field_size($_[0]) <= $most }) or return;

		return { name => $name, attributes =>
			 random_attributes($state->{layout}, field_size($field), $field) };
	}
	if ($kind eq 'bits') {
		my $bits = pick(grep { $_->{width} / 8 <= $most } @{ $state->{spec}{bits} }) //
			return;

		return { name => fresh('m'), type => $bits->{name},
			 attributes => random_attributes($state->{layout}, $bits->{width} / 8) };
	}
	my $size = pick(1, 2, 4, 8);
	my $count = $kind eq 'scalar' ? undef : pick(1, 2, 3, 4, 5, 7, 8, 13, 40);
	return if $size * ($count // 1) > $most;
	return { name => fresh(pick('res', 'padding', 'pad')) . 'p', type => 'u' . 8 * $size,
		 pad => 1,
		 count => $count == 1 && chance(.8) ? undef : $count,
		 attributes => chance(.1) ? { tlfs => fresh('Rsvd') } : {} } if $kind eq 'pad';
	return { name => fresh('m'), type => 'u' . 8 * $size, count => $count,
		 attributes => random_attributes($state->{layout}, $size) };
}

# Members that may be changed: the first words are what the layout says they are.
sub touchable { return grep { $_->{offset} >= 8 && $_->{name} ne 'cword' } @{ $_[0]{members} } }

sub reached { return max(0, map { end_of($_) } @{ $_[0]{members} }) }

sub other_revision
{
	my ($state) = @_;
	my $spec = $state->{spec};

	return pick(grep { $_ ne $state->{path} } paths($spec));
}

# A revision's path, or its name alone where that says the same.
sub called
{
	my ($state, $path) = @_;

	return chance(.5) ? $path =~ s{^\Q$state->{layout}{name}\E/}{}r : $path;
}

# Names for a range, in the order of the bytes.
sub random_range
{
	my ($state) = @_;
	my @members = sort { $a->{offset} <=> $b->{offset} } @{ $state->{members} };
	my %touchable = map { ($_->{name} => 1) } touchable($state);
	my @firsts = grep { $touchable{ $members[$_]{name} } } 0 .. $#members or return;
	my $first = pick(@firsts);
	my $last = $first;
	my $more = chance(.5) ? 0 : pick(0, 1, 2, 5, 20);

	return [$members[$first]{name}] if !$more;
	$last++ while $more-- && $last < $#members && $touchable{ $members[$last + 1]{name} };
	return [map { $members[$_]{name} } $first, $last];
}

my %random_edits = (
	at => sub {
		my ($state) = @_;
		my $pad = pick(grep { $_->{pad} } @{ $state->{members} });
		my ($start, $bytes) = $pad && chance(.95) ? ($pad->{offset}, bytes_of($pad)) :
			(8, max(0, min(reached($state) + 40, $state->{layout}{size}) - 8));
		my $item = random_item($state, $bytes) // return;
		my ($size) = $item->{type} && $item->{type} =~ /^u(\d+)$/ ? $1 / 8 : 8;
		my $at = $start + between(0, $bytes);

		$at -= $at % $size if chance(.7);
		$at = $start if chance(.2);
		$at = $start + $bytes - $size * ($item->{count} // 1) if chance(.1);
		return { at => written(max(0, $at)), item => $item };
	},
	append => sub {
		my ($state) = @_;
		my $item = random_item($state, 64) // return;

		$item = { name => fresh('padto'), pad => 1,
			  to => written(reached($state) + between(1, 40)) }
			if chance(.1);
		return { item => $item };
	},
	rename => sub {
		my ($state) = @_;
		my $member = pick(touchable($state)) // return;
		my $new = $member->{field} && chance(.3) ?
			pick($member->{field}{name}, @{ $member->{field}{linux} }) : fresh('ren');
		my $attributes = $member->{pad} ? { tlfs => fresh('Rsvd') } :
			random_attributes($state->{layout}, $member->{size}, $member->{field});

		return { name => $member->{name}, new => $new, attributes => chance(.2) ?
			 $attributes : undef };
	},
	over => sub {
		my ($state) = @_;
		my $member = pick(grep { !$_->{pad} } touchable($state)) // return;

		for (1 .. 10) {
			my $item = random_item($state, bytes_of($member),
					       qw(field scalar array bits)) // next;

			return { name => $member->{name}, item => $item };
		}
		return;
	},
	retire => sub {
		my $range = random_range($_[0]) // return;

		return { range => $range, name => chance(.3) ? undef : fresh(pick('dead', 'pad_')) };
	},
	change => sub {
		my ($state) = @_;
		my $range = random_range($state) // return;
		my $member = first { $_->{name} eq $range->[0] } @{ $state->{members} };

		my $attributes;

		return if !$range->[1] && $member->{pad};
		if ($range->[1]) {
			# What every member may have.
			$attributes = { lookup => pick(0, 1, 3), pick([drop => 1], [neutral => 77])->@* };
		} else {
			$attributes = random_attributes($state->{layout}, @{$member}{qw(size field)});
			delete $attributes->{tlfs};
		}
		return { range => $range, attributes => $attributes };
	},
	move => sub {
		my ($state) = @_;
		my $range = random_range($state) // return;
		my @order = sort { $a->{offset} <=> $b->{offset} } @{ $state->{members} };

		# Mostly all that is after, too.
		$range = [$range->[0], $order[-1]{name}] if chance(.6);
		return { range => $range, by => pick(8, 8, '+4', 16, '0x2', -8, -4, -16, 1, 0) };
	},
	embed => sub { my $of = other_revision(@_) // return; return { of => $of } },
	map {
		$_ => sub { my $of = other_revision(@_) // return; return { of => called($_[0], $of) } }
	} qw(lookup_as rest),
);

my %stands = (
	item => sub {
		my ($state) = @_;
		my $item = random_item($state, 64) // return;

		$item = { name => fresh('padto'), pad => 1,
			  to => written(reached($state) + between(1, 40)) }
			if chance(.1);
		return { item => $item };
	},
	block => sub {
		my ($state) = @_;
		my $layout = $state->{layout};
		my $readonly = chance(.3);
		my (@items, %chosen);

		return if !$layout->{clean};
		for (1 .. between(1, 4)) {
			my ($field, $name) = free_field($state, sub { !is_readonly($_[0]) == !$readonly });
			next if !$field || $chosen{ $field->{name} }++;
			push @items, { name => $name,
				       attributes => chance(.1) ? { lookup => pick(0, 1, 3) } :
					       {} };
		}
		return if !@items;
		return { clean => $readonly ? 'readonly' : random_group($layout), items => \@items,
			 chance(.2) ? (lookup => pick(0, 1, 3)) : () };
	},
);

# What is placed so far, to try a line on.
sub copy_of
{
	my ($state) = @_;

	return { %$state, members => [map { { %$_ } } @{ $state->{members} }] };
}

# The checks that a revision has to pass, as far as a line can break them.
sub passes
{
	my ($state) = @_;
	my $layout = $state->{layout};

	for my $member (grep { !$_->{pad} && $_->{field} } @{ $state->{members} }) {
		return 0 if end_of($member) < 8 && $member->{lookup};
		return 0 if $layout->{clean} && !$member->{clean};
		my $readonly = is_readonly($member->{field});
		return 0 if $member->{clean} && ($member->{clean} ne 'readonly') != !$readonly;
	}
	my %tlfs;
	return !grep { $tlfs{tlfs_name($_)}++ } @{ settle($state->{members}) };
}

# Try a line: the state with it, or nothing.
sub tried
{
	my ($state, $edit) = @_;
	my $new = copy_of($state);

	return eval { apply($new, $edit); passes($new) } ? $new : undef;
}

sub add_edit
{
	my ($state, $kind, $random) = @_;
	my $edit = $random->($state) // return $state;

	$edit->{edit} = $kind;
	my $new = tried($state, $edit) // return $state;
	push @{ $state->{revision}{edits} }, $edit;
	return $new;
}

# How a revision that stands for itself begins: with the two words that every image has, or
# with another revision's.
sub random_head
{
	my ($state) = @_;
	my @bits = map { $_->{name} } grep { $_->{width} == 32 } @{ $state->{spec}{bits} };
	my @head = ({ name => pick('hdr', fresh('hdr')), type => pick('u32', @bits) },
		    { name => pick('abort', fresh('abort')), type => 'u32' });

	$state = add_edit($state, 'embed', $random_edits{embed}) if chance(.25);
	if (!@{ $state->{members} }) {
		$state = add_edit($state, 'item', sub { return { item => $_ } }) for @head;
		$state = add_edit($state, 'embed', $random_edits{embed}) if chance(.1);
	}
	return $state if !$state->{layout}{clean} || any { $_->{name} eq 'cword' }
		@{ $state->{members} };
	return add_edit($state, 'item',
			sub { { item => { name => 'cword', type => pick('u16', 'u32', 'u64') } } });
}

sub paths { my ($spec) = @_; return map { "$_->{layout}/$_->{name}" } @{ $spec->{revisions} } }

sub random_revision
{
	my ($spec, $layout, $i) = @_;
	my @of_layout = grep { $_->{layout} eq $layout->{name} } @{ $spec->{revisions} };
	my $from = chance(.75) ? pick(@of_layout) : undef;
	my $revision = { layout => $layout->{name},
			 name => pick('r', 'rev-', 'linux-6.', 'v_', 'a.b-') . $i,
			 source => text(), edits => [] };

	$revision->{from} = pick($from->{name}, "$layout->{name}/$from->{name}") if $from;
	$revision->{id} = written(0x1000 + 0x111 * ++$names) if !$layout->{version} &&
		(!$from || chance(.8));
	$revision->{because} = text() if chance(.3);
	$revision->{align} = pick('packed', 'natural') if chance(.2);
	my $state = begin($spec, $revision);
	$state = random_head($state) if !$from;
	if (!$from) {
		for (1 .. between(3, pick(6, 12, 25))) {
			my $kind = pick(qw(item item item item block));
			$state = add_edit($state, $kind, $stands{$kind});
		}
	}
	for (1 .. between(0, $from ? 8 : 3)) {
		my $kind = pick(qw(at at at append append rename over retire change move lookup_as rest embed));
		$state = add_edit($state, $kind, $random_edits{$kind});
	}
	push @{ $spec->{revisions} }, $revision;
}

#
# Lists about revisions
#

sub random_shadow
{
	my ($spec) = @_;
	my @paths = shuffle(paths($spec));
	my @lines;

	# High halves are few: a revision that has one goes before others.
	my $path = first { grep { lookup_of($_) & 2 } @{ place($spec, $_)->{members} } } @paths;
	$path //= $paths[0];
	for my $member (@{ place($spec, $path)->{members} }) {
		my $lookup = lookup_of($member);
		my $field = $member->{field} // next;
		my @kinds = ('ro', is_readonly($field) ? () : 'rw',
			     $field->{changed} || !$field->{unchanged} && changes_by_type($field) ?
				'rare' : ());

		for my $high (0, 1) {
			push @lines, { kind => pick(@kinds), high => $high,
				       name => some_name($member->{field}) }
				if $lookup >> $high & 1 && chance(.5);
		}
	}
	$spec->{shadow} = { of => $path, lines => [shuffle(@lines)] };
}

sub random_support
{
	my ($spec, $path) = @_;
	my $support = { of => $path, source => text(), prefix => fresh('SUP'),
			lists => pick('supported', 'unsupported'), lines => [], namings => {},
			roles => [some(between(0, 2), 'kvm_on_hyperv', 'hyperv_on_kvm')] };
	my @others = @{ $spec->{supports} };

	$support->{from} = pick(@others)->{of} if @others && chance(.7);
	push @{ $spec->{supports} }, $support;
	for my $control (shuffle(map { $_->{name} } map { @{ $_->{bits} } } @{ $spec->{controls} })) {
		$support->{namings}{$control} =
			is_unnamed($spec, $support, $control) ? 'named' : 'unnamed' if chance(.3);
		for my $role ('', roles_of($spec, $support)) {
			push @{ $support->{lines} },
				{ control => $control, yes => chance(.5), because => text(),
				  $role ne '' ? (role => $role) : () } if chance(.4);
		}
	}
	# A line that changes nothing is an error.
	my ($lines, $left) = $support->{lines};
	do {
		$left = @$lines;
		for my $i (reverse 0 .. $#$lines) {
			my $before = carried($spec, $support);
			my ($line) = splice(@$lines, $i, 1);

			splice(@$lines, $i, 0, $line) if carried($spec, $support) ne $before;
		}
	} while (@$lines < $left);
}

# Lines for some fields of a page, or of all pages of a layout, each of which changes something.
sub random_copies
{
	my ($spec, $layout) = @_;
	my @pages = map { place($spec, "$layout->{name}/$_->{name}") }
		grep { $_->{layout} eq $layout->{name} } @{ $spec->{revisions} };
	my @names = map { "$layout->{name}/$_->{name}" }
		grep { $_->{layout} eq $layout->{name} } @{ $spec->{aliases} };
	my $page = pick(@pages);
	my $copies = { of => chance(.5) ? pattern_of($page->{path}) : $page->{path}, lines => [] };

	$copies->{of} = pick(@names) if @names && chance(.2);
	$copies->{source} = text() if chance(.5);
	push @{ $spec->{copies} }, $copies;
	@pages = grep { $copies->{of} =~ /\*/ ? matching($copies->{of}, $_->{path}) :
			place($spec, $copies->{of}) == $_ } @pages;
	for my $field (shuffle(@{ $spec->{fields} })) {
		for my $when (qw(entry exit)) {
			my @of = grep { grep { ($_->{field} // 0) == $field } @{ $_->{members} } } @pages;
			my $of = pick(@of) // next;

			next if !chance(.3) ||
				grep { copy_departures($spec, $_, $field, $when) } @of;
			push @{ $copies->{lines} },
				{ name => some_name($field), when => $when, because => text(),
				  yes => !copied($spec, $of, { field => $field }, $when) };
		}
	}
}

# Which fields of a revision exist: lines for some that it looks up, each of which changes something.
sub random_existence
{
	my ($spec, $path) = @_;
	my $revision = place($spec, $path);
	my @fields = map { $_->{field} } shuffle(grep { lookup_of($_) } @{ $revision->{members} });
	my @controls = map { $_->{name} } map { @{ $_->{bits} } } @{ $spec->{controls} };
	my $existence = { of => $path, lines => [] };

	$existence->{source} = text() if chance(.5);
	while (@fields && chance(.8)) {
		my $by = @controls && chance(.5) ? pick(@controls) : undef;
		my @some = grep { !exists_anyway($spec, $_, $by) }
			splice(@fields, 0, between(1, 3));

		push @{ $existence->{lines} }, { names => [map { some_name($_) } @some], because => text(),
						 defined $by ? (by => $by) : () } if @some;
	}
	push @{ $spec->{existences} }, $existence;
}

# Whether a line about a field says what follows without it.
sub exists_anyway
{
	my ($spec, $field, $by) = @_;

	return join(' ', map { $_->{name} } adders_of($spec, $field)) eq ($by // '');
}

# What would be wrong on a page; no page is read here.
sub random_errata
{
	my ($spec, $layout) = @_;
	my $clean = sub { return pick('CRDR', 'GUEST_BASIC', 'NONE') };
	my @random = (
		sub { 'row ' . fresh('Row') . ' ' . written(below(15)) . ' is ' .
		      written(below(15)) },
		sub { 'row ' . fresh('Row') . ' ' . pick('"0x20O8"', '""') . ' is ' . written(below(15)) },
		sub { 'row ' . fresh('Row') . ' size ' . pick(2, 4, '"four"') . ' is 8' },
		sub { 'row ' . fresh('Row') . ' clean ' . $clean->() . ' is ' . $clean->() },
		sub { 'row ' . fresh('Row') . ' clean "Read only (none)" is "NONE (Read only)"' },
		sub { 'row ' . fresh('Row') . ' as ' . fresh('Row') },
		sub { 'no row ' . join(', ', map { fresh('Row') } 1 .. between(1, 3)) },
		sub { 'alike ' . fresh('Row') . ', ' . fresh('Row') },
		sub { 'twice ' . fresh('Row') . ' as ' . fresh('Row') },
	);

	push @{ $spec->{errata} },
		{ layout => $layout->{name},
		  lines => [map { { says => pick(@random)->(), because => text() } }
									   1 .. between(1, 8)] };
}

# A pattern that some path matches.
sub pattern_of
{
	my ($path) = @_;
	my ($layout, $name) = split(m{/}, $path);
	my $at = between(0, length($name));
	my $kept = substr($name, 0, $at) . '*';

	return "$layout/$kept" if chance(.6);
	return "$layout/$kept" . substr($name, between($at, length($name)));
}

sub random_pick
{
	my ($path) = @_;
	my $pick = { path => chance(.3) ? pattern_of($path) : $path };

	$pick->{newest} = 1 if chance(.25);
	return $pick;
}

# Whether a pick can only be one, whatever is added to the spec.
sub is_one { return $_[0]{newest} || $_[0]{path} !~ /\*/ }

# Try a clause with one more pick: the target is left as it was if that is wrong.
sub try_pick
{
	my ($spec, $target, $kind, $pick) = @_;

	push @{ $target->{$kind} }, $pick;
	return if eval { takings($spec, $target); 1 };
	pop @{ $target->{$kind} };
	delete $target->{$kind} if !@{ $target->{$kind} };
}

# Lines of a dump, each of which begins otherwise.
sub random_dump
{
	my ($spec, $i) = @_;
	my @lines = map {
		my @names = map { $_->{name} } some(pick(0, 0, 1, 3), @{ $spec->{fields} });
		my $values = @names || pick(0, 1, 2);

		{ text => fresh('Label') . join(' ', map { pick('x = %', ': %', '=0x%') } 1 .. $values),
		  names => [@names], rare => chance(.3) }
	} 1 .. between(1, 4);

	push @{ $spec->{dumps} }, { name => "dump$i", lines => [@lines] };
}

sub random_target
{
	my ($spec, $i) = @_;
	my $target = { name => pick('linux', 'tlfs', 'a_tree', 'tree-6.12', 'vmcs.json-not') . ($i || '') };
	my @paths = paths($spec);
	my %clean = map { ($_->{name} => $_->{clean}) } @{ $spec->{layouts} };
	my @pages = grep { $clean{ s{/.*}{}r } } @paths;
	my @others = grep { !$clean{ s{/.*}{}r } } @paths;
	my @names = map { "$_->{layout}/$_->{name}" } @{ $spec->{aliases} };

	$target->{source} = text() if chance(.5);
	$target->{names} = pick('linux', 'tlfs') if chance(.5);
	for my $kind (shuffle((@others ? qw(memory memory) : ()), (@pages ? 'pages' : ())), 'images') {
		my @of = $kind eq 'pages' ? @pages : @others;

		for (1 .. between(1, pick(1, 2, 4))) {
			my $pick = random_pick(pick(@of, grep { !$clean{ s{/.*}{}r } == ($kind ne 'pages') }
						    @names) // next);

			$pick->{as} = pick(fresh('as'), 'as-6.' . between(1, 3)) if chance(.3) && is_one($pick);
			try_pick($spec, $target, $kind, $pick);
		}
	}
	for (grep { chance(.7) } @{ $spec->{supports} }) {
		my $pick = random_pick($_->{of});

		# Words of the language that are good names here, each once in a target.
		my @words = grep { my $word = $_; !grep { ($_->{as} // '') eq $word } @{ $target->{masks} // [] } }
			qw(supported unsupported);

		$pick->{as} = pick(fresh('as'), @words) if chance(.5) && is_one($pick);
		try_pick($spec, $target, 'masks', $pick);
	}
	$target->{all_fields} = 1 if $target->{images};
	push @{ $spec->{targets} }, $target if eval { takings($spec, $target) };
}

sub random_spec
{
	my ($seed) = @_;
	my $spec = { seed => $seed,
		     map { $_ => [] } qw(fields controls bits layouts revisions aliases supports copies existences errata frozen
					targets) };

	srand($seed);
	$names = 0;
	random_fields($spec);
	random_controls($spec);
	random_bits($spec);
	for my $i (0 .. pick(0, 1, 1, 2)) {
		my $layout = random_layout($spec, $i);

		random_revision($spec, $layout, $_) for 0 .. pick(0, 1, 2, 2, 3);
		my @revisions = grep { $_->{layout} eq $layout->{name} } @{ $spec->{revisions} };
		push @{ $spec->{aliases} }, { layout => $layout->{name}, of => pick(@revisions)->{name},
					      name => 'al-' . between(0, 9) . '.x' } if chance(.3);
		random_errata($spec, $layout) if chance(.4);
	}
	random_shadow($spec) if chance(.5);
	random_support($spec, $_) for some(between(0, 2), paths($spec),
					   map { "$_->{layout}/$_->{name}" } @{ $spec->{aliases} });
	for my $layout (grep { $_->{clean} } @{ $spec->{layouts} }) {
		random_copies($spec, $layout) for 1 .. pick(0, 1, 1, 2);
	}
	my %pages = map { ($_->{name} => $_->{clean}) } @{ $spec->{layouts} };
	my @whole = grep { !$pages{ s{/.*}{}r } } paths($spec);
	random_existence($spec, $_) for some(pick(0, 1, 1, 2), @whole);
	random_target($spec, $_) for 0 .. pick(0, 0, 0, 1);
	$_->{sdm} = text()->[0]
		for some(pick(0, 1, 3), @{ $spec->{fields} }, map { @{ $_->{bits} } } @{ $spec->{controls} });
	random_dump($spec, $_) for 0 .. pick(-1, 0, 0, 1);
	$spec->{order} = between(1, 1 << 30);
	$spec->{files} = pick(1, 1, 2, 3);
	return $spec;
}

#
# Whether a spec is valid
#

# Whether a revision begins as an image does, and has the word of its clean-field groups.
sub has_header
{
	my ($state) = @_;
	my @members = @{ $state->{members} };
	my $clean = $state->{layout}{clean};

	return @members > 1 &&
		!(grep { $_->{pad} || $_->{field} || bytes_of($_) != 4 } @members[0, 1]) &&
		(!$clean || any { $_->{name} eq $clean->{word} } @members);
}

# Whether all that is named is there, and every revision can be placed.
sub is_valid
{
	my ($spec) = @_;
	my %controls = map { $_->{name} => 1 } map { @{ $_->{bits} } } @{ $spec->{controls} };

	return eval {
		passes(place($spec, $_)) && has_header(place($spec, $_)) or die for paths($spec);
		for my $controls (@{ $spec->{controls} }) {
			my @bits = @{ $controls->{bits} };

			field_named($spec, $_) or die for $controls->{word},
				map { @{ $_->{adds} // [] }, @{ $_->{uses} // [] } } @bits;
			$controls{$_} or die for map { @{ $_->{needs} // [] },
						       @{ $_->{excludes} // [] } } @bits;
		}
		for my $support (@{ $spec->{supports} }) {
			place($spec, $support->{of});
			!$support->{from} || support_from($spec, $support) or die;
			$controls{$_} or die for keys %{ $support->{namings} },
				map { $_->{control} } @{ $support->{lines} };
		}
		for my $copies (@{ $spec->{copies} }) {
			field_named($spec, $_->{name}) or die for @{ $copies->{lines} };
			$copies->{of} =~ /\*/ ? matching($copies->{of}, paths($spec)) || die :
				place($spec, $copies->{of});
		}
		for my $existence (@{ $spec->{existences} }) {
			my %looked_up = map { lookup_of($_) ? ($_->{field} => 1) : () }
				@{ place($spec, $existence->{of})->{members} };

			for my $line (@{ $existence->{lines} }) {
				my @fields = map { field_named($spec, $_) // die } @{ $line->{names} };

				@fields && !grep { !$looked_up{$_} || exists_anyway($spec, $_, $line->{by}) }
					@fields or die;
				!defined $line->{by} || $controls{ $line->{by} } or die;
			}
		}
		my $shadow = $spec->{shadow} // { lines => [] };
		for my $line (@{ $shadow->{lines} }) {
			my $field = field_named($spec, $line->{name}) or die;
			my ($member) = grep { $_->{field} && $_->{field} == $field }
				@{ place($spec, $shadow->{of})->{members} };

			$member && lookup_of($member) >> $line->{high} & 1 or die;
		}
		place($spec, "$_->{layout}/$_->{of}") for @{ $spec->{aliases} };
		takings($spec, $_) for @{ $spec->{targets} };
		1;
	};
}

1;
