# SPDX-License-Identifier: GPL-2.0-only
#
# A field that L1 accesses in a shadow VMCS, without an exit, is one of struct vmcs12, and what KVM
# does with it is done at each entry and exit, and not only when something else changed.  A field
# that KVM syncs rarely is in the list of those for which VMREAD syncs first, and each comes from
# the hardware's own field; or L1 reads what it was before, or another.
package Audit::Shadow;

use strict;
use warnings;

my $LIST = 'arch/x86/kvm/vmx/vmcs_shadow_fields.h';
my @COPIES = ('copy at entry', 'copy at exit');

# The numbers of the kernel's names of encodings.
sub numbers
{
	my ($audit) = @_;
	my %numbers = %{ $audit->{tree}->enumerators('enum vmcs_field') };

	return map { $_ => hex($numbers{$_}) } keys %numbers;
}

# The entries of the lists: each with its list, 'RO' or 'RW', the encoding's name and number, the
# member and the place.
sub entries
{
	my ($audit) = @_;
	my %numbers = numbers($audit);
	my @entries;

	$audit->cannot("the tree has no $LIST") if !$audit->{tree}->has($LIST);
	my $text = $audit->{tree}->plain($LIST);
	while ($text =~ /^[ \t]*SHADOW_FIELD_(RO|RW)\((\w+),\s*(\w+)\)/mg) {
		my ($list, $name, $member, $before) = ($1, $2, $3, substr($text, 0, $-[0]));

		push @entries, { list => $list, name => $name, member => $member,
				 number => $numbers{$name} // 0xffffffff,
				 at => "$LIST:" . (1 + ($before =~ tr/\n//)) };
	}
	return @entries;
}

# The only function that uses a member in a way, but for the copies of an eVMCS, is the one of a
# role.
sub only_in
{
	my ($audit, $role, @uses) = @_;
	my $function = $audit->{roles}->function($role)->{name};

	return @uses && !grep { $_->{in} ne $function } @uses;
}

# What the entry says of its field.
sub check_field
{
	my ($audit, $entry, $field, %listed) = @_;
	my %finding = (key => "$entry->{list} $entry->{name}", at => $entry->{at});

	$audit->finding(%finding, guest => "VMWRITE of $entry->{name}",
		holds => 'the CPU refuses VMWRITE to a read-only field, and drops reserved bits ' .
			 'of access rights',
		does => "$entry->{name} is in the list of fields that L1 writes without an exit")
		if $entry->{list} eq 'RW' &&
		   ($field->{access} eq 'read-only' || $field->{name} =~ /_ar_bytes$/);
	$audit->finding(%finding, holds => 'both halves of a field of 64 bits are in the list',
			does => "$entry->{name} is there alone")
		if $field->{width} eq '64' && !$listed{ $entry->{number} ^ 1 };
}

# What L2 changes is taken before the shadow VMCS is written.
sub check_writers
{
	my ($audit, $entry, $field) = @_;
	my @writers = $audit->{uses}->of($entry->{member}, 'writes', @COPIES);
	my $rarely = $audit->{roles}->function('sync rarely')->{name};

	$audit->finding(key => "$entry->{list} $entry->{name}", at => $entry->{at},
		holds => "what L2 changes in $field->{name} is in the shadow VMCS after each exit",
		does => "only $rarely() takes it from the hardware's VMCS, after the shadow VMCS " .
			'is written',
		chain => [Audit::Uses::evidence("$field->{name} is written", @writers)],
		guest => "VMREAD of $entry->{name} after L2 changed it")
		if only_in($audit, 'sync rarely', @writers);
}

# What L1 writes is used at the next entry.
sub check_readers
{
	my ($audit, $entry, $field) = @_;
	my @readers = $audit->{uses}->of($entry->{member}, 'reads', @COPIES);
	my $prepares = $audit->{roles}->function('prepare rarely')->{name};

	$audit->finding(key => "$entry->{list} $entry->{name}", at => $entry->{at},
		holds => "what L1 writes into $field->{name} without an exit is used at the next " .
			 'entry',
		does => "only $prepares() reads it, which runs if L1 wrote another field",
		chain => [Audit::Uses::evidence("$field->{name} is read", @readers)],
		guest => "VMWRITE of $entry->{name} between two entries")
		if $entry->{list} eq 'RW' && only_in($audit, 'prepare rarely', @readers);
}

sub check_entry
{
	my ($audit, $entry, %listed) = @_;
	my $member = $audit->{structures}->members('memory')->{ $entry->{member} };
	my $field = $member ? $member->{field} : undef;

	if (!$field || hex($field->{encoding}) != ($entry->{number} & ~1)) {
		$audit->finding(key => "$entry->{list} $entry->{name}", at => $entry->{at},
			holds => "$entry->{name} is $entry->{member} of struct vmcs12",
			does => $field ? "that is $field->{encoding}"
				       : 'struct vmcs12 has no such field');
		return;
	}
	check_field($audit, $entry, $field, %listed);
	check_writers($audit, $entry, $field);
	check_readers($audit, $entry, $field);
}

# A member that is synced rarely, and for which VMREAD does not sync first.
sub check_unasked
{
	my ($audit, $member, $synced, @others) = @_;
	my $sync = $audit->{roles}->function('sync rarely');
	my $asked = $audit->{roles}->function('rarely synced');

	$audit->finding(key => "rare $member", at => "$synced->{file}:$synced->{line}",
		sure => @others ? 'look' : 'proven', guest => "VMREAD of $member after an exit",
		holds => "$sync->{name}() syncs $member rarely, and VMREAD calls it first",
		does => "$asked->{name}() does not name it: VMREAD gives what it was before",
		chain => [Audit::Uses::evidence("$member is synced", $synced),
			  "$asked->{file}:$asked->{line}: $asked->{name}()"]);
}

# A member for which VMREAD syncs first, and that is not synced.
sub check_unsynced
{
	my ($audit, $member) = @_;
	my $sync = $audit->{roles}->function('sync rarely');
	my $asked = $audit->{roles}->function('rarely synced');

	$audit->finding(key => "rare $member", at => "$asked->{file}:$asked->{line}",
		sure => 'look',
		holds => "$asked->{name}() names what $sync->{name}() syncs",
		does => "it names $member, which that does not sync",
		chain => ["$asked->{file}:$asked->{line}: $asked->{name}()",
			  "$sync->{file}:$sync->{line}: $sync->{name}()"]);
}

# The fields that are synced rarely, against those for which VMREAD syncs first.
sub check_rare
{
	my ($audit) = @_;
	my ($sync, $entry) = map { $audit->{roles}->function($_)->{name} }
			     'sync rarely', 'copy at entry';
	my %asked = %{ $audit->{answers}->fields('rarely synced') };
	my %uses = $audit->{index}->members('vmcs12');
	my %members = %{ $audit->{structures}->members('memory') };

	for my $member (sort grep { $members{$_}{field} } keys %members) {
		my @uses = @{ $uses{$member} // [] };
		my ($synced) = grep { $_->{in} eq $sync && $_->{writes} } @uses;
		my @others = grep { ($_->{writes} || $_->{address}) && $_->{in} ne $sync &&
				    $_->{in} ne $entry } @uses;
		my $asked = $asked{ hex($members{$member}{field}{encoding}) };

		check_unasked($audit, $member, $synced, @others) if $synced && !$asked;
		check_unsynced($audit, $member) if !$synced && $asked;
	}
}

# What is taken from the hardware's VMCS is taken from the field itself.
sub check_sources
{
	my ($audit, $function) = @_;
	my %numbers = numbers($audit);
	my %members = %{ $audit->{structures}->members('memory') };

	while ($function->{text} =~ /->\s*(\w+)\s*=\s*vmcs_read\w+\(\s*(\w+)\s*\);/g) {
		my ($member, $name) = ($1, $2);
		my $line = $function->{line} + (substr($function->{text}, 0, $-[0]) =~ tr/\n//);
		my $field = $members{$member} ? $members{$member}{field} : undef;

		next if !$field || !defined $numbers{$name} ||
			$numbers{$name} == hex($field->{encoding});
		$audit->finding(key => "source of $member", at => "$function->{file}:$line",
				holds => "$member is taken from the hardware's $field->{name}",
				does => "$function->{name}() takes it from $name",
				guest => "VMREAD of $member after an exit");
	}
}

sub check
{
	my ($audit) = @_;
	my @entries = entries($audit);
	my %listed = map { $_->{number} => 1 } @entries;

	check_entry($audit, $_, %listed) for @entries;
	check_rare($audit);
	check_sources($audit, $_)
		for $audit->{definitions}->functions(qr/->\s*\w+\s*=\s*vmcs_read\w+\(/);
}

\&check;
