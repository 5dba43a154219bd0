# SPDX-License-Identifier: GPL-2.0-only
#
# What changes below L1 goes back into its eVMCS: each field of struct vmcs12 that KVM writes,
# because of the exit, of what L2 did, or of an instruction or MSR that it emulates, is copied back
# at the exit; and nothing goes back that did not come from the eVMCS, or L1 finds its own value
# replaced by an old one.
package Audit::CopyBack;

use strict;
use warnings;

my @COPIES = ('copy at entry', 'copy at exit');

# A field that is not copied back, though KVM writes it or the spec says that something below L1
# does.
sub check_nothing
{
	my ($audit, $from, %finding) = @_;
	my $function = $audit->{roles}->function('copy at exit');
	my $name = $finding{key};
	my @writers = $audit->{uses}->of($from->{member}, 'writes', @COPIES);
	my $said = $audit->{structures}->said('page')->{$name};
	my $place = "$finding{at}: $function->{name}() does not copy it";

	if (@writers) {
		$audit->finding(%finding, does => 'KVM writes it, and nothing copies it back',
				chain => [Audit::Uses::evidence("$name is written", @writers),
					  $place]);
	} elsif ($said && $said->{copy_exit}) {
		$audit->finding(%finding, sure => 'look', does => 'nothing copies it back',
				chain => [$place, 'the spec: an exit or L2 changes it']);
	}
}

sub check_field
{
	my ($audit, $name, $from, $into) = @_;
	my $function = $audit->{roles}->function('copy at exit');
	my ($copies, $entry) = map { $audit->{answers}->copies($_, 'all') } qw(exit entry);
	my $source = $audit->{structures}->source_of($copies, $into, $from, 'memory');
	my $at = $audit->{uses}->place_of($function, 'hv_enlightened_vmcs', $into->{member});
	my %finding = (key => $name, at => $at, guest => "read $name from the eVMCS after an exit",
		       holds => "the eVMCS has $name as KVM has it after the exit");
	my @chain = ("$at: $function->{name}() copies it");
	my $copied_in = defined $entry->{ $from->{offset} };

	if ($source eq 'nothing') {
		check_nothing($audit, $from, %finding);
	} elsif ($source ne 'whole') {
		$audit->finding(%finding, does => "it is copied $source", chain => \@chain);
	} elsif (!$copied_in && $into->{field}{access} ne 'read-only') {
		$audit->finding(%finding, holds => "what L1 wrote into $name of the eVMCS stays",
				does => 'it is never copied in, and an old value is copied back ' .
					'over it',
				chain => ["$at: $function->{name}() copies it back"]);
	}
}

sub check
{
	my ($audit) = @_;
	my %shared = $audit->{structures}->shared;

	check_field($audit, $_, @{ $shared{$_} })
		for grep { $audit->{masks}->allow_field($_) } sort keys %shared;
}

\&check;
