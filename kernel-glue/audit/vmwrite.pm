# SPDX-License-Identifier: GPL-2.0-only
#
# VMWRITE is refused for exactly the fields that the SDM calls read-only.  It keeps the bits of
# access rights that a CPU keeps, 0x1f0ff, and all bits of any other field.  An L1 must not see a
# difference between a field that KVM emulates and one that hardware has.
package Audit::VmWrite;

use strict;
use warnings;

my $ACCESS_RIGHTS = 0x1f0ff;	# the others are reserved: SDM, Vol. 3C, 25.4.1, table 25-2
my $REFUSED = 13;		# SDM, Vol. 3C, 31.4: VMWRITE to read-only VMCS component

# The bits that VMWRITE of ones sets in a field.
sub kept
{
	my ($field) = @_;
	my $bits = $field->{width} =~ /(\d+)/ ? $1 : 64;

	return $ACCESS_RIGHTS if $field->{name} =~ /_ar_bytes$/;
	return $bits == 64 ? ~0 : (1 << $bits) - 1;
}

sub check_field
{
	my ($audit, $function, $field, $written) = @_;
	my $is = $field->{access} eq 'read-only';
	my $refuses = $written->{status} == $REFUSED;
	my %finding = (at => "$function->{file}:$function->{line}",
		       guest => "VMWRITE of $field->{encoding}, then VMREAD");

	$audit->finding(%finding, key => $field->{name},
			holds => "$field->{name} is " . ($is ? 'read-only' : 'not read-only'),
			does => "$function->{name}() " . ($refuses ? 'refuses it with error 13'
				: "ends with $written->{status}, and not with error 13"))
		if !!$is ne !!$refuses;
	$audit->finding(%finding, key => "bits of $field->{name}",
			holds => sprintf('of ones VMWRITE keeps 0x%x', kept($field)),
			does => sprintf('%s() keeps 0x%x', $function->{name}, $written->{kept}))
		if !$is && !$refuses && $written->{kept} != kept($field);
}

# The rule look-ups is about fields that VMWRITE does not know.
sub check
{
	my ($audit) = @_;
	my %written = %{ $audit->{answers}->written };
	my $function = $audit->{answers}->stage->writing;
	my %members = $audit->{structures}->fields('memory');

	$audit->cannot("$function->{name}() refuses VMWRITE of every field") if !%written;
	for my $field (map { $members{$_}{field} } sort keys %members) {
		my $written = $written{ hex($field->{encoding}) };

		check_field($audit, $function, $field, $written) if $written;
	}
}

\&check;
