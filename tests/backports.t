#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# .ci/backports: its arguments, and what it asks apt for.  An apt stands in that writes down how it
# is called, so that nothing is fetched.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $dir = tempdir();
my $USAGE = "usage: .ci/backports FOLDER [PACKAGE], a package like linux-source-7.3\n";

# apt-get fails at the verb FAILS; apt-cache knows what NAMES has.
my %programs = (
	'apt-get' => <<'END',
for verb; do
	case $verb in
	update | download) break ;;
	esac
done
echo "$@" >>"$CALLS"
[ "$verb" != "$FAILS" ] || exit 100
[ "$verb" = update ] || : >"$(eval "echo \${$#}")_1_all.deb"
END
	'apt-cache' => "printf '%s\\n' \$NAMES\n",
	'dpkg-deb' => "echo dpkg-deb \"\$@\" >>\"\$CALLS\"\n",
);
for my $name (sort keys %programs) {
	spew("$dir/bin/$name", "#!/bin/sh\n", $programs{$name});
	chmod(0755, "$dir/bin/$name") or die "$name: $!\n";
}

sub backports
{
	my ($env, @arguments) = @_;

	unlink("$dir/calls");
	return run({ dir => "$dir", env => { PATH => "$dir/bin:$ENV{PATH}", CALLS => "$dir/calls", FAILS => '',
					     NAMES => '', %$env } }, root() . '/.ci/backports', @arguments);
}

# What it has called, without the options that all calls of apt have.
sub calls
{
	return '' if !-e "$dir/calls";
	return slurp("$dir/calls") =~ s/-c \S+ |-o \S+ //gr;
}

for my $wrong ([], [''], ['a', 'b', 'c'], ['a', ''], ['a', 'bash'], ['a', '-y'], ['a', 'linux-source-7.3 x'],
	       ['a', 'linux-source-']) {
	my $result = backports({}, @$wrong);

	is($result->{err} . $result->{status}, "${USAGE}2", 'refused: ' . join(', ', map { "'$_'" } @$wrong));
	is(calls(), '', 'and apt is not called');
	ok(!-e "$dir/a", 'and no folder is made');
}

my $update = "update -q\n";
for my $folder ('there', 'a folder', '-x') {
	my $result = backports({}, $folder, 'linux-source-7.3');
	my $path = "$dir/$folder";

	is($result->{err} . $result->{status}, '0', "'$folder': no message");
	is($result->{out}, "SOURCES=$path/usr/src\n", 'where tests find the source');
	is(slurp("$path/apt/sources.list"), 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ' .
	   "http://deb.debian.org/debian trixie-backports main\n", 'the only source of packages');
	ok(!glob("'$path'/*.deb"), 'the package is not kept');
}

backports({}, 'there', 'linux-source-7.3');
is(calls(), "${update}download -q linux-source-7.3\ndpkg-deb -x linux-source-7.3_1_all.deb .\n",
   'the package that is named is fetched and unpacked');
my @options = slurp("$dir/calls") =~ /-o (\S+)/g;
is(join(' ', grep { !/^APT::Sandbox/ } @options[0 .. @options / 2 - 1]),
   "Dir::Etc::sourcelist=$dir/there/apt/sources.list Dir::Etc::sourceparts=- " .
   "Dir::State::lists=$dir/there/apt/lists Dir::Cache=$dir/there/apt/cache",
   'all that apt writes lies below the folder');

backports({ NAMES => 'linux-source-7.9 linux-source-7.10 linux-source linux-source-6.12 linux-source-7.10-rt' }, 'there');
is(calls(), "${update}download -q linux-source-7.10\ndpkg-deb -x linux-source-7.10_1_all.deb .\n",
   'without a name, the newest is');

for my $fault ([{ FAILS => 'update' }, "trixie-backports of deb.debian.org can't be reached"],
	       [{ FAILS => 'download' }, "linux-source-7.3 can't be fetched"]) {
	my $result = backports($fault->[0], 'there', 'linux-source-7.3');

	is("$result->{err}$result->{status}", "backports: $fault->[1]\n4", $fault->[1]);
	is($result->{out}, '', 'and nothing is said of sources');
}
my $none = backports({ NAMES => 'linux-source linux-source-7.3-rt' }, 'there');
is("$none->{err}$none->{status}", "backports: trixie-backports has no linux-source\n4",
   'no source');

SKIP: {
	skip 'shellcheck is not installed', 1 if !have('shellcheck');
	my $result = run('shellcheck', root() . '/.ci/backports');

	is($result->{out} . $result->{err}, '', 'shellcheck has no complaint');
}

done_testing();
