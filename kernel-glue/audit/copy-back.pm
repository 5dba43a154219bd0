# SPDX-License-Identifier: GPL-2.0-only
#
# What changes below L1 goes back into its eVMCS: each field of struct vmcs12 that KVM writes, because of
# the exit, of what L2 did, or of an instruction or MSR that it emulates, is copied back at the exit; and
# nothing goes back that did not come from the eVMCS, or L1 finds its own value replaced by an old one.
package Audit::CopyBack;

use strict;
use warnings;

sub check
{
	my ($audit) = @_;
	my $function = $audit->function('copy at exit');
	my %shared = $audit->shared;
	my $copies = $audit->{answers}->copies('exit', 'all');
	my $entry = $audit->{answers}->copies('entry', 'all');

	for my $name (grep { $audit->can_be_used($_) } sort keys %shared) {
		my ($from, $into) = @{ $shared{$name} };
		my $source = $audit->source_of($copies, $into, $from, 'memory');
		my @writers = $audit->users($from->{member}, 'writes', 'copy at entry', 'copy at exit');
		my $said = $audit->said('page')->{$name};
		my $at = $audit->place_of($function, 'hv_enlightened_vmcs', $into->{member});
		my %finding = (key => $name, at => $at, holds => "the eVMCS has $name as KVM has it after the exit",
			       guest => "read $name from the eVMCS after an exit");

		if ($source eq 'nothing' && @writers) {
			$audit->finding(%finding, does => 'KVM writes it, and nothing copies it back',
					chain => [$audit->evidence("$name is written", @writers), "$at: $function->{name}() does not copy it"]);
		} elsif ($source eq 'nothing' && $said && $said->{copy_exit}) {
			$audit->finding(%finding, sure => 'look', does => 'nothing copies it back',
					chain => ["$at: $function->{name}() does not copy it", 'the spec: an exit or L2 changes it']);
		} elsif ($source ne 'nothing' && $source ne 'whole') {
			$audit->finding(%finding, does => "it is copied $source", chain => ["$at: $function->{name}() copies it"]);
		} elsif ($source eq 'whole' && !defined $entry->{ $from->{offset} } && $into->{field}{access} ne 'read-only') {
			$audit->finding(%finding, holds => "what L1 wrote into $name of the eVMCS stays", does => 'it is never copied in, and an old value is copied back over it',
					chain => ["$at: $function->{name}() copies it back"]);
		}
	}
}

\&check;
