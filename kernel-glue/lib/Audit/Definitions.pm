# SPDX-License-Identifier: GPL-2.0-only
#
# The functions and variables that KVM's folder defines.
package Audit::Definitions;

use strict;
use warnings;

my $FILES = 'arch/x86/kvm/vmx/*.[ch]';

sub new
{
	my ($class, $tree) = @_;

	return bless({ tree => $tree }, $class);
}

sub files { return $_[0]{tree}->files($FILES) }

# A 'function' or a 'variable' by its name, or nothing.
sub named
{
	my ($self, $kind, $name) = @_;

	return ($self->{tree}->defined_in($kind, $name, $self->files))[0];
}

# The functions whose definitions match a pattern.
sub functions
{
	my ($self, $pattern) = @_;

	return grep { $_->{text} =~ $pattern } @{ $self->{functions} //= [$self->all_functions] };
}

sub all_functions
{
	my ($self) = @_;
	my @functions;

	for my $file ($self->files) {
		push @functions, map { { %$_, file => $file } }
				 grep { $_->{kind} eq 'function' } $self->{tree}->items($file);
	}
	return @functions;
}

# The functions whose bodies call another.
sub calling { return $_[0]->functions(qr/\A[^{]*\{.*\b\Q$_[1]\E\(/s) }

# A function, and the others of its file that it calls, or that those call.
sub closure
{
	my ($self, $function) = @_;
	my %of_file = map { $_->{name} => $_ } grep { $_->{file} eq $function->{file} }
		      $self->functions(qr/^/);
	my @found = delete($of_file{ $function->{name} });

	for (my $i = 0; $i < @found; $i++) {
		my %called = callees($found[$i]);

		push @found, delete(@of_file{ grep { $called{$_} } sort keys %of_file });
	}
	return @found;
}

# What a function seems to call, as the keys of a hash: each name before a parenthesis.
sub callees { return map { $_ => 1 } $_[0]{text} =~ /\b(\w+)\s*\(/g }

1;
