# SPDX-License-Identifier: GPL-2.0-only
#
# Porting: the controls that an enlightened VMCS may carry, by the kernel's masks, where the nearest
# list of the spec has others.
package Port::Support;

use strict;
use warnings;

# A mask's name: its kind, the prefix that all of the kind share, and the word by its last part.
sub parts
{
	my ($name) = @_;

	$name =~ /^(\w+?_(UN)?SUPPORTED)_(\w+)$/ or return undef;
	return { prefix => $1, un => $2 ? 1 : 0, word => $3 };
}

# The words of controls by what masks call them.
sub words
{
	my ($port) = @_;
	my %words = map { $_->{word} => $_ } @{ $port->spec->{controls} };

	return { map { parts($_->{name})->{word} => $words{ $_->{word} } }
		 map { @{ $_->{masks} } } @{ $port->spec->{support} } };
}

# For each control, by its name, whether some masks let it be carried, and the mask that says so.
sub carried
{
	my ($port, %masks) = @_;
	my $words = words($port);
	my %carried;

	for my $name (sort keys %masks) {
		my $mask = parts($name);
		my $word = $words->{ $mask->{word} } or next;

		for my $bit (@{ $word->{bits} }) {
			my $may = (hex($masks{$name}) >> $bit->{bit} & 1) ^ $mask->{un};

			$carried{ $bit->{name} } = { may => $may, mask => $name };
		}
	}
	return \%carried;
}

sub masks_of { return map { $_->{name} => $_->{value} } @{ $_[0]{masks} } }

# The controls about which the kernel and a list of the spec disagree.
sub differing
{
	my ($port, $list) = @_;
	my $kernels = carried($port, %{ $port->{masks} });
	my $lists = carried($port, masks_of($list));

	return grep { !$lists->{$_} || $kernels->{$_}{may} != $lists->{$_}{may} } sort keys %$kernels;
}

# The list of the spec that differs least; of several, one of the same kind, or the last.
sub nearest
{
	my ($port) = @_;
	my ($un) = map { parts($_)->{un} } sort keys %{ $port->{masks} };
	my $cost = sub { return 100 * differing($port, $_[0]) + (parts($_[0]{masks}[0]{name})->{un} != $un) };
	my ($best) = sort { $a->[0] <=> $b->[0] }
		map { [$cost->($_), $_] } reverse(@{ $port->spec->{support} });

	return $best->[1];
}

# The controls that only the kernel names, and those that only the nearest list names.
sub renamed
{
	my ($port, $list) = @_;
	my %unnamed = map { $_ => 1 } @{ $list->{unnamed} };
	my %lines = (named => [], unnamed => []);

	for my $word (@{ $port->spec->{controls} }) {
		my $named = $port->{named}{ $word->{word} };

		for my $control (@{ $word->{bits} }) {
			my $has = $named->{ $control->{bit} };

			push @{ $lines{named} }, $control->{name} if $has && $unnamed{ $control->{name} };
			push @{ $lines{unnamed} }, $control->{name} if !$has && !$unnamed{ $control->{name} };
		}
	}
	return %lines;
}

# The masks that no word of the spec has.
sub unknown_masks
{
	my ($port) = @_;
	my $words = words($port);

	for my $name (grep { !$words->{ parts($_)->{word} } } sort keys %{ $port->{masks} }) {
		$port->{decisions}->decide(
			what => "$name is the mask of no word of controls", rule => 'evmcs-fields.cocci',
			kernel => [$port->{kernel}->mask_place($name)], spec => ['spec/controls.vmcs'],
			choices => [['a word is called so; in its block', 'mask  NAME'],
				    'the kernel has a new word: the spec is to have it, with its controls']);
	}
}

# The list that the kernel has: its path, and what it is called by a target.
sub support
{
	my ($port) = @_;
	my $name = $port->name('evmcs');

	unknown_masks($port);
	return if !%{ $port->{masks} };
	my $list = nearest($port);
	my ($mask) = map { parts($_) } sort keys %{ $port->{masks} };
	my $prefix = parts($list->{masks}[0]{name})->{prefix};

	$port->{support} = $list->{name};
	# A page of the kernel's own has a list of its own: which fields are copied depends on its
	# names.
	return if !differing($port, $list) && $prefix eq $mask->{prefix} && !$port->{new}{page};
	my %lines = renamed($port, $list);
	my ($from) = $list->{name} =~ m{/(.*)};
	my $lists = $prefix eq $mask->{prefix} ? '' :
		"\tlists  " . ($mask->{un} ? 'unsupported' : 'supported') . " as $mask->{prefix}\n";

	$port->{draft}->add_statement(join('', "support evmcs/$name from $from {\n",
		qq(\tsource  "Linux $port->{version}, ), $port->{kernel}->mask_file, qq("\n), $lists,
		map({ @{ $lines{$_} } ? $port->wrapped("\t$_  ", @{ $lines{$_} }) . "\n" : () }
		    qw(named unnamed)), "}\n"),
		qr{support evmcs/linux-}, qr{support });
	$port->{support} = "evmcs/$name";
	$port->try('the controls that an enlightened VMCS may carry');
	departures($port, "evmcs/$name", $list);
}

# What a list says about a control for each role, if it distinguishes them.
sub by_role
{
	my ($list, $control) = @_;
	my @said = sort { $a->{role} cmp $b->{role} } grep { $_->{name} eq $control } @{ $list->{controls} };

	return if !grep { $_->{role} ne '' } @said;
	return "; $list->{name} decides by role: " .
		join(', ', map { ($_->{supported} ? 'yes' : 'no') . ($_->{role} ? " for $_->{role}" : '') }
		     @said);
}

# Where the kernel departs from what follows: a line for each control, and a person knows why.
sub departures
{
	my ($port, $name, $nearest) = @_;
	my ($list) = grep { $_->{name} eq $name } @{ $port->spec->{support} };
	my $kernels = carried($port, %{ $port->{masks} });
	my @differing = differing($port, $list) or return;
	my (@lines, @see);

	for my $control (@differing) {
		my ($may, $mask) = @{ $kernels->{$control} }{qw(may mask)};
		my $has = $may ^ parts($mask)->{un};

		push @lines, ($may ? 'yes' : 'no') . "  $control  because \"$mask " .
			($has ? 'has it' : 'does not have it') . '"';
		push @see, "$control may " . ($may ? '' : 'not ') . "be carried: $mask " .
			($has ? 'has it' : 'lacks it') . ', ' . $port->{kernel}->mask_place($mask) .
			(by_role($nearest, $control) // '');
	}
	$port->{draft}->add_lines(qr/support \Q$name\E /, '', @lines);
	$port->try('the controls that an enlightened VMCS may carry');
	$port->{decisions}->decide(
		what => "struct hv_enlightened_vmcs may carry controls that do not follow from its members: " .
			(@see == 1 ? '1 control' : @see . ' controls'),
		rule => 'evmcs-fields.cocci, masks',
		kernel => [$port->{kernel}->mask_file],
		spec => [$port->{draft}->place("^support \Q$name\E ")], see => \@see,
		choices => ['drafted: the kernel does so, and its mask is the reason',
			    ['a person knows why', map { s/because .*/because "REASON"/r } @lines],
			    ['a role departs by itself: one more line for each',
			     'yes|no  CONTROL  for kvm_on_hyperv|hyperv_on_kvm  because "REASON"']]);
}

1;
