# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What random tests share: a seed makes the same choices each time.
package Chance;

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(min shuffle);

our @EXPORT = qw(chance pick between some below random_bytes);

sub chance { return rand() < $_[0] }

sub pick { return $_[rand @_] }

sub between { my ($least, $most) = @_; return $least + int(rand($most - $least + 1)) }

# Some of a list, in an order of their own.
sub some { my ($count, @list) = @_; return (shuffle(@list))[0 .. min($count, scalar(@list)) - 1] }

sub random_bytes { return pack('C*', map { int(rand(256)) } 1 .. $_[0]) }

# A number below 2 to the power of @bits.
sub below
{
	my ($bits) = @_;
	my $value = int(rand(1 << 32)) << 32 | int(rand(1 << 32));

	return $bits < 64 ? $value & (1 << $bits) - 1 : $value;
}

1;
