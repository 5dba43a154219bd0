#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# out/ is what the spec and the templates make, to the byte: from any folder, in any
# locale, for any user, and in whatever order the spec's files and statements stand.
use strict;
use warnings;

use Cwd qw(abs_path);
use File::Find;
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/lib";
use List::Util qw(shuffle);
use Test::More;
use Vmcsgen;

my $top = root();
my $dir = tempdir();
chmod(0755, "$dir");

# Every file below a folder, by its path in there.
sub tree
{
	my ($folder) = @_;
	my %files;

	find({ no_chdir => 1, wanted => sub {
		$files{substr($_, length($folder) + 1)} = slurp($_) if -f;
	} }, $folder);
	return \%files;
}

my $committed = tree("$top/out");

sub same_as_committed
{
	my ($folder, $name) = @_;
	my $made = tree($folder);

	is_deeply([sort keys %$made], [sort keys %$committed], "$name: the same files");
	is_deeply([grep { ($made->{$_} // '') ne $committed->{$_} } sort keys %$committed], [],
		  "$name: the same bytes");
}

my $number = 0;

# Generate with these options, and words in front of the command.
sub gen
{
	my ($name, $options, @gen) = @_;
	my $out = "$dir/out" . ++$number;
	my ($prefix) = delete @{$options}{qw(prefix)};
	my $result = run({ dir => $top, %$options }, @{ $prefix // [] }, vmcsgen(), 'gen', '-o', $out, @gen);

	is($result->{status}, 0, "$name: generates") or diag($result->{err});
	same_as_committed($out, $name);
}

gen('here', {});
gen('the other way round', { dir => "$dir" }, '-s', "$top/spec/vmcs.vmcs", '-t', "$top/templates");

make_path("$dir/far/away");
ok_run('cp', '-r', "$top/spec", "$top/templates", "$dir/far/away");
gen('a copy elsewhere', { dir => "$dir/far/away" });
gen('a copy by another path', { dir => "$dir/far" }, '-s', 'away/../away/spec/vmcs.vmcs',
    '-t', './away/templates');

# A locale need not be installed: made here, it is found by its path.
for my $locale ('tr_TR', 'de_DE') {
	my $made = -d '/usr/share/i18n/locales' &&
		!system("localedef -i $locale -f UTF-8 $dir/$locale.UTF-8 2>$dir/localedef");
	SKIP: {
		skip("the package 'locales' is not here", 3) if !$made;
		gen("the locale $locale", { env => { LOCPATH => "$dir", LC_ALL => "$locale.UTF-8" } });
	}
}
gen("the locale $_", { env => { LC_ALL => $_ } }) for 'C', 'C.UTF-8', 'no_SUCH';
gen('no environment', { env => { map { $_ => undef } grep { !/^(PATH|LD_)/ } keys %ENV } });
gen('a home that is not there', { env => { HOME => '/nowhere', TZ => 'Pacific/Kiritimati' } });

SKIP: {
	skip('only root can be another user', 3) if $>;
	chmod(0777, "$dir");
	gen('another user', { prefix => [qw(setpriv --reuid=65534 --regid=65534 --clear-groups)],
			      dir => "$dir/far/away" });
}

# Order: the root's includes, then top-level statements, fields and control bits.
srand(1);
my @lines = split(/^/, slurp("$top/spec/vmcs.vmcs"));
my @includes = grep { /^include/ } @lines;
my @rest = grep { !/^include/ } @lines;

sub ordered
{
	my ($name, @order) = @_;

	ok_run('cp', '-r', "$top/spec", "$dir/spec" . ++$number);
	spew("$dir/spec$number/vmcs.vmcs", @rest, @order);
	gen("includes $name", {}, '-s', "$dir/spec$number/vmcs.vmcs");
}

ordered('in reverse', reverse @includes);
ordered("shuffled, $_", shuffle(@includes)) for 1 .. 6;

# Blocks at the top level, with the comments above them.
sub blocks
{
	my ($text) = @_;
	my (@blocks, $open);
	my $block = '';

	for my $line (split(/^/, $text)) {
		$block .= $line;
		$open = $line =~ /\{\s*(#.*)?$/ ? ($open // 0) + 1 : $line =~ /^\s*\}/ ? $open - 1 : $open;
		next if $open || $line =~ /^\s*(#.*)?$/ || $line =~ /,\s*$/;
		push @blocks, $block;
		$block = '';
	}
	push @blocks, $block if $block =~ /\S/;
	return @blocks;
}

for my $round (1 .. 4) {
	my @all;

	for my $include (@includes) {
		my ($file) = $include =~ /"(.*)"/;
		push @all, blocks(slurp("$top/spec/$file"));
	}
	my $text = join("\n", shuffle(@all));
	# Fields, a line each.
	$text =~ s/^(fields \{\n)(.*?)^\}/$1 . join('', shuffle(split(m{^}, $2))) . '}'/mse;
	gen("statements shuffled, $round", {}, '-s', spew("$dir/shuffled$round.vmcs", $text));
}

# Nothing of this place or time is in there.
my $here = abs_path($top);
my @places = grep { index($committed->{$_}, $here) >= 0 || $committed->{$_} =~ m{/(home|root|tmp)/} }
	sort keys %$committed;
is_deeply(\@places, [], 'no file names a folder of this machine');
my $year = 1900 + (localtime)[5];
is_deeply([grep { $committed->{$_} =~ /\b$year-\d\d-\d\d\b|\b\d\d:\d\d:\d\d\b/ } sort keys %$committed], [],
	  'no file has a date of this year, or a time');

# And the comparison can fail.
ok_run('cp', '-r', "$top/spec", "$dir/changed");
my $evmcs = slurp("$dir/changed/evmcs.vmcs");
$evmcs =~ s/TLFS 6\.0b/TLFS 6.0c/ or die;
spew("$dir/changed/evmcs.vmcs", $evmcs);
my $result = run({ dir => $top }, vmcsgen(), 'gen', '-o', "$dir/other", '-s', "$dir/changed/vmcs.vmcs");
is($result->{status}, 0, 'a changed spec generates');
my $made = tree("$dir/other");
is_deeply([grep { $made->{$_} ne $committed->{$_} } sort keys %$committed],
	  [qw(evmcs/tlfs-6.0.h evmcs/tlfs-6.0.rst vmcs.json)], 'and shows in the files that tell of it');

done_testing;
