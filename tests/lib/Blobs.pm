# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Images and saved nested states, made from what `list` and `layout` say in JSON.
package Blobs;

use strict;
use warnings;

use Exporter qw(import);
use Pairs;
use Vmcsgen;

our @EXPORT = qw(image state try);

my @packed = ('', 'C', 'v', '', 'V', '', '', '', 'Q<');

# An image of a revision; what is after that are members with their values, or offsets
# with bytes.
sub image
{
	my ($revision, %values) = @_;
	my $image = pack('V', hex(layout_json($revision)->{id})) . "\0" x 4092;
	my %members = map { $_->{name} => $_ } members($revision);

	for my $name (keys %values) {
		my ($offset, $bytes) = ($name, $values{$name});

		if ($name !~ /^\d/) {
			my $member = $members{$name} // die "$revision has no $name\n";

			$offset = $member->{offset};
			$bytes = pack($packed[$member->{size}], $bytes);
		}
		substr($image, $offset, length($bytes), $bytes);
	}
	return $image;
}

# A saved state with these images.
sub state
{
	my (@images) = @_;

	return pack('vvVQ<Q<', 0, 0, 128 + 4096 * @images, 0x1000, 0x2000) . "\0" x 104 .
		join('', @images);
}

# Run a verb on standard input.
sub try
{
	my ($input, @command) = @_;

	return run({ dir => root(), stdin => $input, env => { NO_COLOR => 1 } }, vmcsgen(),
		   @command);
}

1;
