# SPDX-License-Identifier: GPL-2.0-only
#
# The words of controls that KVM asks a CPU about: how the spec and KVM call each, and what a CPU may set.
package Audit::Controls;

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT = qw(WORDS words_without);

# The spec's name of each word, and that of the member of KVM's struct vmcs_config.
use constant WORDS => (
	{ word => 'pin_based_vm_exec_control', config => 'pin_based_exec_ctrl' },
	{ word => 'cpu_based_vm_exec_control', config => 'cpu_based_exec_ctrl' },
	{ word => 'secondary_vm_exec_control', config => 'cpu_based_2nd_exec_ctrl' },
	{ word => 'tertiary_vm_exec_control', config => 'cpu_based_3rd_exec_ctrl' },
	{ word => 'vm_exit_controls', config => 'vmexit_ctrl' },
	{ word => 'vm_entry_controls', config => 'vmentry_ctrl' },
);

# What a CPU may set in each word that has all controls but some; each of those has a 'word' and a 'bit'.
sub words_without
{
	my (@controls) = @_;
	my %lacking;

	$lacking{ $_->{word} } |= 1 << $_->{bit} for @controls;
	return map { ~0 & ~($lacking{ $_->{word} } // 0) } WORDS;
}

1;
