#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What is JSON is JSON, whatever a spec has none of, and says what the csv says.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Synthetic;
use Test::More;
use Vmcsgen;

my $top = root();
my $dir = tempdir();
my @templates = ('-t', "$top/templates");

sub decoded
{
	my ($name, $text) = @_;
	my $value = eval { JSON::PP->new->utf8->decode($text) };

	ok(defined($value), "$name is JSON") or diag($@);
	is(ref($value) && $value->{schema}, 1, "$name has its schema number");
	return $value;
}

my $bare = "layout a {\n\tstruct a\n\tsize 64\n}\nlayout b {\n\tstruct b\n\tsize 64\n}\n";
my $one = "fields {\n\t0x681e  rip\n}\n" . $bare .
	"revision b/one {\n\tsource \"a \\\"quote\\\", a \\\\ and a \x{e2}\x{82}\x{ac}\"\n\tid 7\n\tu32 revision_id\n\tu32 abort\n\trip  lookup full\n}\n";
my %specs = (
	'nothing' => '',
	'layouts without revisions' => $bare,
	'a layout with and one without' => $one,
	'a shadow list of one width' => $one . "shadow b/one {\n\trw rip\n}\n",
	'a support list that decides nothing' => $one .
		"support b/one {\n\tsource \"s\"\n\tlists supported as OK\n}\n",
	'everything' => complete_spec(),
);

for my $what (sort keys %specs) {
	my $spec = spew("$dir/spec.vmcs", $specs{$what});
	my @with = ('-s', $spec, @templates);

	is(run(vmcsgen(), 'gen', '-o', "$dir/out", @with)->{status}, 0, "$what: generates");
	decoded("$what: vmcs.json", slurp("$dir/out/vmcs.json"));
	decoded("$what: list", ok_run(vmcsgen(), 'list', '--format=json', @with));
}

my @real = ('-s', "$top/spec/vmcs.vmcs", @templates);
my $all = decoded('out/vmcs.json', slurp(spec_json_file()));
my $list = decoded('list', ok_run(vmcsgen(), 'list', '--format=json', @real));
is_deeply([sort map { $_->{name}, @{ $_->{aliases} } } map { @{ $_->{revisions} } } @{ $list->{layouts} }],
	  [sort split(/\n/, ok_run(vmcsgen(), 'list', @real))], 'list says the same as text');

for my $layout (@{ $all->{layouts} }) {
	for my $revision (@{ $layout->{revisions} }) {
		my $path = "$layout->{name}/$revision->{name}";
		my $one = decoded("layout $path", ok_run(vmcsgen(), 'layout', $path, '--format=json', @real));
		my @csv = map { my @columns = split(/,/, $_, -1); [@columns[0 .. 4]] }
			split(/\n/, ok_run(vmcsgen(), 'layout', $path, '--format=csv', @real));

		is_deeply($one->{members}, $revision->{members}, "$path: the same in out/vmcs.json");
		shift @csv;
		is_deeply([map { [@{$_}{qw(name offset size count)}, $_->{encoding} // ''] } @{ $one->{members} }],
			  \@csv, "$path: the same as csv");
	}
}

done_testing;
