# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The dump of a VMCS as a kernel's own dump_vmcs() prints it, and where in it a field stands.
package KvmDump;

use strict;
use warnings;

use KvmSources;
use Vmcsgen;

my $FILE = 'arch/x86/kvm/vmx/vmx.c';

sub new
{
	my ($class, $version) = @_;
	my $kvm = KvmSources->new($version);
	my $printers = $kvm->functions($FILE, 'printers.h',
				       qw(vmx_dump_sel vmx_dump_dtsel vmx_dump_msrs));
	my $dump = $kvm->cut($FILE, 'dump.h', qr/^(void dump_vmcs\(.*?^\}\n)/ms);
	my $text = $kvm->text($FILE);
	my $object = $kvm->kernel_object('dump.c', PRINTERS => $printers, DUMP => $dump,
		$text =~ /msr_autostore\.guest/ ? (STORE_OF_GUEST => undef) : (),
		$text =~ /ve_info: 0x/ ? (HAS_VE_INFO => undef) : ());

	ok_run('gcc', '-o', $kvm->dir . '/dump', $object);
	return bless({ kvm => $kvm }, $class);
}

# The dump of a VMCS with these values, by encoding.
sub text
{
	my ($self, $values) = @_;

	return ok_run({ stdin => join('', map { sprintf("%x %s\n", $_, $values->{$_}) }
					  sort { $a <=> $b } keys %$values) },
		      $self->{kvm}->dir . '/dump');
}

# Where the value of a field is in the dump: line, column and length, or nothing: the field is
# changed, in a bit that decides nothing, and the first difference is looked for.
sub place
{
	my ($self, $values, $encoding, $bit) = @_;
	my %other = %$values;
	my @digits = split(//, $other{$encoding});

	$digits[-1 - int($bit / 4)] = sprintf('%x', hex($digits[-1 - int($bit / 4)]) ^ 1 << $bit % 4);
	$other{$encoding} = join('', @digits);
	my @old = split(/\n/, $self->text($values));
	my @new = split(/\n/, $self->text(\%other));

	for my $line (0 .. $#old) {
		next if $old[$line] eq $new[$line];
		my $at = length(($old[$line] ^ $new[$line]) =~ /^(\0*)/ ? $1 : '');
		my $before = substr($old[$line], 0, $at) =~ /([0-9a-f]*)\z/ ? length($1) : 0;

		substr($old[$line], $at - $before) =~ /^([0-9a-f]+)/ or die;
		return { line => $line, column => $at - $before, length => length($1) };
	}
	return;
}

1;
