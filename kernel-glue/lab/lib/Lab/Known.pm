# SPDX-License-Identifier: GPL-2.0-only
#
# A list of warnings that are known.  A line of it is
#
#	file  function  reason
#
# with tabs or at least two blanks between; '#' begins a remark.
package Lab::Known;

use strict;
use warnings;

use Lab;

# The reasons, by file and function with a blank between.
sub read_known
{
	my ($path) = @_;
	my ($number, %known) = (0);

	for (split(/\n/, slurp($path))) {
		$number++;
		next if /^\s*(#|$)/;
		my ($file, $function, $reason) = split(/\t\s*|\s{2,}/, $_, 3);

		bad_input("$path:$number: not a file, a function and a reason")
			if ($reason // '') eq '' || "$file$function" =~ /\s/;
		bad_input("$path:$number: $function of $file is known twice")
			if defined $known{"$file $function"};
		$known{"$file $function"} = $reason;
	}
	return \%known;
}

1;
