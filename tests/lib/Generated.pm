# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What was generated, found by what it is: out/vmcs.json says what there is.
package Generated;

use strict;
use warnings;

use Exporter qw(import);
use Vmcsgen;

our @EXPORT = qw(spec_json revision_json generated);

my $json;

sub spec_json { return $json //= read_json(spec_json_file()) }

# A revision, e.g. 'evmcs/linux-6.12', or the one for which its name stands.
sub revision_json
{
	my ($path) = @_;
	my ($layout, $name) = split(m{/}, $path);
	my ($found) = grep { $_->{name} eq $layout } @{ spec_json()->{layouts} };

	for my $revision (@{ $found->{revisions} }) {
		return $revision if grep { $_ eq $name } $revision->{name}, @{ $revision->{aliases} };
	}
	die "out/vmcs.json has no $path\n";
}

# The header of a revision, relative to out/, its table, and its struct.
sub generated
{
	my ($path) = @_;
	my ($layout) = split(m{/}, $path);
	my $revision = revision_json($path);
	my ($found) = grep { $_->{name} eq $layout } @{ spec_json()->{layouts} };

	return {
		header => "$layout/$revision->{name}.h",
		table => out() . "/$layout/$revision->{name}.c",
		struct => "$found->{struct}_" . $revision->{name} =~ s/[^A-Za-z0-9]/_/gr,
	};
}

1;
