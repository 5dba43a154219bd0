# SPDX-License-Identifier: GPL-2.0-only
#
# VMWRITE is refused for exactly the fields that the SDM calls read-only, and keeps of access rights the bits
# that a CPU keeps, 0x1f0ff, for exactly those fields.  An L1 must not see a difference between a field that
# KVM emulates and one that hardware has.
package Audit::VmWrite;

use strict;
use warnings;

my $ACCESS_RIGHTS = 0x1f0ff;	# the others are reserved: SDM, Vol. 3C, 25.4.1, table 25-2

sub check_read_only
{
	my ($audit) = @_;
	my $function = $audit->function('read-only');
	my %says = %{ $audit->{answers}->fields('read-only') };

	for my $field (@{ $audit->{spec}{fields} }) {
		my $is = $field->{access} eq 'read-only' ? 1 : 0;
		my $says = $says{ hex($field->{encoding}) } ? 1 : 0;

		$audit->finding(key => $field->{name}, at => "$function->{file}:$function->{line}",
				holds => "$field->{name} is " . ($is ? 'read-only' : 'no read-only field'),
				does => "$function->{name}() says that it is" . ($says ? '' : ' not'),
				guest => "VMWRITE of $field->{encoding}") if $is != $says;
	}
}

# The statements that keep some bits of a range of fields, whatever function has them.
sub check_access_rights
{
	my ($audit) = @_;
	my %numbers = map { $_ => hex($audit->{tree}->enumerators('enum vmcs_field')->{$_}) } keys %{ $audit->{tree}->enumerators('enum vmcs_field') };
	my @rights = sort map { hex($_->{encoding}) } grep { $_->{name} =~ /_ar_bytes$/ } @{ $audit->{spec}{fields} };
	my $masks = qr/\bif \((\w+) >= (\w+) &&\s*\1 <= (\w+)\)\s*\{?\s*(\w+) &= (\w+);/;
	my ($function) = $audit->functions($masks);

	if (!$function) {
		$audit->finding(key => 'no access rights are masked', at => $audit->function('read-only')->{file} . ':1', sure => 'look',
				holds => sprintf('VMWRITE keeps the bits 0x%x of access rights, as a CPU does', $ACCESS_RIGHTS),
				does => 'no function keeps bits of a range of fields', guest => 'VMWRITE of ~0 into GUEST_CS_AR_BYTES, then VMREAD');
		return;
	}
	$function->{text} =~ $masks;
	my ($from, $to, $bits, $before) = ($numbers{$2} // -1, $numbers{$3} // -1, $5, $`);
	my $at = "$function->{file}:" . ($function->{line} + ($before =~ tr/\n//));

	$audit->finding(key => 'range of access rights', at => $at,
			holds => sprintf('the access rights are the fields 0x%x to 0x%x', @rights[0, -1]),
			does => sprintf('%s() has 0x%x to 0x%x', $function->{name}, $from, $to),
			guest => 'VMWRITE of ~0 into an access rights field, then VMREAD') if $from != $rights[0] || $to != $rights[-1];
	$audit->finding(key => 'bits of access rights', at => $at, holds => sprintf('their bits are 0x%x', $ACCESS_RIGHTS),
			does => "$function->{name}() keeps $bits", guest => 'VMWRITE of ~0 into an access rights field, then VMREAD')
		if ($bits =~ /^0x/ ? hex($bits) : -1) != $ACCESS_RIGHTS;
}

sub check
{
	my ($audit) = @_;

	check_read_only($audit);
	check_access_rights($audit);
}

\&check;
