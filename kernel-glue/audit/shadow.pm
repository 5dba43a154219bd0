# SPDX-License-Identifier: GPL-2.0-only
#
# A field that L1 accesses in a shadow VMCS, without an exit, is one of struct vmcs12, and what KVM does with
# it is done at each entry and exit, and not only when something else changed.  A field that KVM syncs
# rarely is in the list of those for which VMREAD syncs first, and each comes from the hardware's own field; or L1
# reads what it was before, or another.
package Audit::Shadow;

use strict;
use warnings;

my $LIST = 'arch/x86/kvm/vmx/vmcs_shadow_fields.h';

# The entries of the lists: each with its list, 'RO' or 'RW', the encoding's name and number, the member
# and the place.
sub entries
{
	my ($audit) = @_;
	my %numbers = %{ $audit->{tree}->enumerators('enum vmcs_field') };
	my @entries;

	$audit->cannot("the tree has no $LIST") if !$audit->{tree}->has($LIST);
	my $text = $audit->{tree}->plain($LIST);
	while ($text =~ /^[ \t]*SHADOW_FIELD_(RO|RW)\((\w+),\s*(\w+)\)/mg) {
		my ($list, $name, $member, $before) = ($1, $2, $3, substr($text, 0, $-[0]));

		push @entries, { list => $list, name => $name, member => $member, number => hex($numbers{$name} // 'ffffffff'),
				 at => "$LIST:" . (1 + ($before =~ tr/\n//)) };
	}
	return @entries;
}

# Where KVM writes or reads a member, but for a copy of an eVMCS: functions by name.
sub functions_using
{
	my ($audit, $member, $way) = @_;

	return map { $_->{in} => $_ } $audit->users($member, $way, 'copy at entry', 'copy at exit');
}

sub check_entry
{
	my ($audit, $entry, %listed) = @_;
	my $member = $audit->members('memory')->{ $entry->{member} };
	my $field = $member ? $member->{field} : undef;
	my %finding = (key => "$entry->{list} $entry->{name}", at => $entry->{at});
	my %writers = $member ? functions_using($audit, $entry->{member}, 'writes') : ();
	my %readers = $member ? functions_using($audit, $entry->{member}, 'reads') : ();
	my $rarely = $audit->function('sync rarely')->{name};
	my $prepares = $audit->function('prepare rarely')->{name};

	if (!$field || hex($field->{encoding}) != ($entry->{number} & ~1)) {
		$audit->finding(%finding, holds => "$entry->{name} is $entry->{member} of struct vmcs12",
				does => $field ? "that is $field->{encoding}" : 'struct vmcs12 has no such field');
		return;
	}
	$audit->finding(%finding, holds => 'the CPU refuses VMWRITE to a read-only field, and drops reserved bits of access rights',
			does => "$entry->{name} is in the list of fields that L1 writes without an exit", guest => "VMWRITE of $entry->{name}")
		if $entry->{list} eq 'RW' && ($field->{access} eq 'read-only' || $field->{name} =~ /_ar_bytes$/);
	$audit->finding(%finding, holds => 'both halves of a field of 64 bits are in the list', does => "$entry->{name} is there alone")
		if $field->{width} eq '64' && !$listed{ $entry->{number} ^ 1 };
	$audit->finding(%finding, holds => "what L2 changes in $field->{name} is in the shadow VMCS after each exit",
			does => "only $rarely() takes it from the hardware's VMCS, after the shadow VMCS is written",
			chain => [$audit->evidence("$field->{name} is written", values %writers)],
			guest => "VMREAD of $entry->{name} after L2 changed it")
		if $writers{$rarely} && keys %writers == 1;
	$audit->finding(%finding, holds => "what L1 writes into $field->{name} without an exit is used at the next entry",
			does => "only $prepares() reads it, which runs if L1 wrote another field",
			chain => [$audit->evidence("$field->{name} is read", values %readers)],
			guest => "VMWRITE of $entry->{name} between two entries")
		if $entry->{list} eq 'RW' && $readers{$prepares} && keys %readers == 1;
}

# The fields that are synced rarely, against those for which VMREAD syncs first.
sub check_rare
{
	my ($audit) = @_;
	my $sync = $audit->function('sync rarely');
	my $asked = $audit->function('rarely synced');
	my %asked = %{ $audit->{answers}->fields('rarely synced') };
	my %members = $audit->{index}->members('vmcs12');
	my %fields = map { $_->{member} => $_->{field} // () } grep { $_->{field} } values %{ $audit->members('memory') };

	for my $member (sort keys %fields) {
		my ($synced) = grep { $_->{in} eq $sync->{name} && $_->{writes} } @{ $members{$member} // [] };
		my @others = grep { ($_->{writes} || $_->{address}) && $_->{in} ne $sync->{name} &&
				    $_->{in} ne $audit->function('copy at entry')->{name} } @{ $members{$member} // [] };
		my $number = hex($fields{$member}{encoding});
		my %finding = (key => "rare $member");

		$audit->finding(%finding, at => "$synced->{file}:$synced->{line}",
				holds => "$sync->{name}() syncs $member rarely, and VMREAD calls it first", sure => @others ? 'look' : 'proven',
				does => "$asked->{name}() does not name it: VMREAD gives what it was before",
				chain => [$audit->evidence("$member is synced", $synced), "$asked->{file}:$asked->{line}: $asked->{name}()"],
				guest => "VMREAD of $member after an exit") if $synced && !$asked{$number};
		$audit->finding(%finding, at => "$asked->{file}:$asked->{line}", sure => 'look',
				holds => "$asked->{name}() names what $sync->{name}() syncs",
				does => "it names $member, which that does not sync",
				chain => ["$asked->{file}:$asked->{line}: $asked->{name}()", "$sync->{file}:$sync->{line}: $sync->{name}()"])
			if !$synced && $asked{$number};
	}
}

# What is taken from the hardware's VMCS is taken from the field itself.
sub check_sources
{
	my ($audit) = @_;
	my %numbers = %{ $audit->{tree}->enumerators('enum vmcs_field') };
	my %members = %{ $audit->members('memory') };

	for my $function ($audit->functions(qr/->\s*\w+\s*=\s*vmcs_read\w+\(/)) {
		while ($function->{text} =~ /->\s*(\w+)\s*=\s*vmcs_read\w+\(\s*(\w+)\s*\);/g) {
			my ($member, $name, $line) = ($1, $2, $function->{line} + (substr($function->{text}, 0, $-[0]) =~ tr/\n//));
			my $field = $members{$member} ? $members{$member}{field} : undef;

			next if !$field || !defined $numbers{$name} || hex($numbers{$name}) == hex($field->{encoding});
			$audit->finding(key => "source of $member", at => "$function->{file}:$line", holds => "$member is taken from the hardware's $field->{name}",
					does => "$function->{name}() takes it from $name", guest => "VMREAD of $member after an exit");
		}
	}
}

sub check
{
	my ($audit) = @_;
	my @entries = entries($audit);
	my %listed = map { $_->{number} => 1 } @entries;

	check_entry($audit, $_, %listed) for @entries;
	check_rare($audit);
	check_sources($audit);
}

\&check;
