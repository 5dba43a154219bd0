# SPDX-License-Identifier: GPL-2.0-only
#
# The words of controls that KVM asks a CPU about, and that it offers an L1.
package Audit::Controls;

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT = qw(WORDS words_without dependent);

# The spec's name of each word, and KVM's names of two members: the one of struct vmcs_config that
# has what the CPU may set, and the one of struct nested_vmx_msrs that has what L1 may set.
use constant WORDS => (
	{ word => 'pin_based_vm_exec_control', config => 'pin_based_exec_ctrl',
	  offer => 'pinbased_ctls_high' },
	{ word => 'cpu_based_vm_exec_control', config => 'cpu_based_exec_ctrl',
	  offer => 'procbased_ctls_high' },
	{ word => 'secondary_vm_exec_control', config => 'cpu_based_2nd_exec_ctrl',
	  offer => 'secondary_ctls_high' },
	{ word => 'tertiary_vm_exec_control', config => 'cpu_based_3rd_exec_ctrl',
	  offer => 'tertiary_ctls_high' },
	{ word => 'vm_exit_controls', config => 'vmexit_ctrl', offer => 'exit_ctls_high' },
	{ word => 'vm_entry_controls', config => 'vmentry_ctrl', offer => 'entry_ctls_high' },
);

# What a CPU may set in each word that has all controls but some; each of those has a 'word' and a
# 'bit'.
sub words_without
{
	my (@controls) = @_;
	my %lacking;

	$lacking{ $_->{word} } |= 1 << $_->{bit} for @controls;
	return map { ~0 & ~($lacking{ $_->{word} } // 0) } WORDS;
}

# Whether a CPU that lacks some controls, by name, can't have another: it needs one of them, or none
# but they add its word.
sub is_gone
{
	my ($spec, $lacking, $word, $control) = @_;
	my @adders = @{ $spec->adders->{$word} // [] };

	return 1 if grep { $lacking->{$_} } @{ $control->{needs} };
	return @adders && !grep { !$lacking->{ $_->{name} } } @adders;
}

# Some controls of the spec, and all that a CPU without them can't have.
sub dependent
{
	my ($spec, @controls) = @_;
	my %lacking = map { $_->{name} => $_ } @controls;

	for (my $count = -1; $count != keys %lacking;) {
		$count = keys %lacking;
		for my $word (@{ $spec->{controls} }) {
			$lacking{ $_->{name} } //= { %$_, word => $word->{word} }
				for grep { is_gone($spec, \%lacking, $word->{word}, $_) }
				    @{ $word->{bits} };
		}
	}
	return values %lacking;
}

1;
