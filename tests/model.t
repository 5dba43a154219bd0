#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# templates/README.md names all that templates can name, and nothing else.
use strict;
use warnings;
use FindBin;
use Test::More;

my $top = "$FindBin::Bin/..";

sub slurp {
	my ($path) = @_;
	open my $file, '<', $path or die "$path: $!";
	local $/;
	return scalar <$file>;
}

use File::Glob qw(:bsd_glob);	# a blank in a path is part of it
my $code = join('', map { slurp($_) } glob("$top/gen/*/*.c"));
my %made = map { $_ => 1 } $code =~ /map_\w+\([^";]*?"(\w+)"/g, $code =~ /"(\w+_fill)"/g;

# Keys that stand in lists.
for my $list ($code =~ /^\tstatic const char \* const (?:\w+_keys|verdicts|colours)\[.*?= \{(.*?)\};$/gms,
	      $code =~ /^static const char \* const flags\[.*?= \{(.*?)\};$/gms) {
	$made{$_} = 1 for $list =~ /"(\w+)"/g;
}
my ($names) = slurp("$top/templates/README.md") =~ /^## The names\n(.*)/ms;
my %told = map { $_ => 1 } $names =~ /`(\w+)`/g;

delete @told{qw(_ 0x LAYOUT REVISION SUPPORT)};
cmp_ok(scalar keys %made, '>', 60, 'the code makes names');
is_deeply([grep { !$told{$_} } sort keys %made], [], 'templates/README.md tells all of them');
is_deeply([grep { !$made{$_} } sort keys %told], [], 'and none that is not there');
done_testing;
