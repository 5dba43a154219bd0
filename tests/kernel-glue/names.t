#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What kernel-glue names: no kernel version and no revision but the two that Kconfig offers.  What
# a kernel has is found.  "bodies" and the expectations are derived from kernels and name them.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use File::Find qw(find);
use Test::More;
use Vmcsgen;

my $glue = root() . '/kernel-glue';
my $spec = read_json(spec_json_file());
my %choices = map { $_ => 1 } qw(linux evmcs-first);
my @revisions = grep { !$choices{$_} } map { ($_->{name}, @{ $_->{aliases} }) }
	map { @{ $_->{revisions} } } @{ $spec->{layouts} };
my ($names) = map { qr/(?<![A-Za-z0-9])(?:$_)(?![A-Za-z0-9]|\.\d)/ } join('|', map { quotemeta($_) =~ s/\\[-.]/[-._]/gr } @revisions);
my $version = qr/(?<![\w.-])(?:Linux |linux-|v)?[3-9]\.[0-9]{1,2}(?!\w|\.\d)/;

# The lines of a text that name one.
sub naming
{
	my ($text) = @_;

	return grep { /$names/ || /$version/ } split(/\n/, $text);
}

is_deeply([naming("a rfc-2017\n" . "x = vmcs12_rfc_2017_map;\nlinux-6.1-map.h\nLinux 6.12\nsince 7.3\n")],
	  ['a rfc-2017', 'x = vmcs12_rfc_2017_map;', 'linux-6.1-map.h', 'Linux 6.12', 'since 7.3'], 'such names are seen');
is_deeply([naming("linux-map.h\nGPL-2.0-only\nevmcs-first\nSDM 25.11.2\n")], [], 'others are none');

my @files;
find({ no_chdir => 1, wanted => sub { push @files, $_ if -f } },
     map { "$glue/$_" } qw(rules fixes lib files selftests lab/programs));
cmp_ok(@files, '>', 50, 'there are files to look at');
for my $file (sort(@files), map { "$glue/$_" } qw(apply fix make-series port record-bodies manifest)) {
	is(join("\n", naming(slurp($file))), '', substr($file, length("$glue/")) . ' names none');
}
done_testing();
