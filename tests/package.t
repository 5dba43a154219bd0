#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A tarball of what is committed builds without git, and a package for Debian is made from it: it
# has no fault that lintian knows, does the README's first jobs where it is installed, and leaves
# nothing where it is removed.  It is installed on a copy of the system, in memory.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Document;
use Test::More;
use Vmcsgen;

my ($version) = slurp(root() . '/Makefile') =~ /^VERSION\s*:= (\S+)$/m;
like(slurp(root() . '/debian/changelog'), qr/\Avmcsgen \(\Q$version\E\) /, 'the package has the version of the program');
like(slurp(root() . '/NEWS.md'), qr/^## \Q$version\E$/m, 'and so have the news');

#
# The tarball
#

my $copy = fresh_copy();
my $build = "$copy->{dir}/build";

is_run($copy, 'make dist');
is_run($copy, "mkdir -p ../no-git && printf '#!/bin/sh\\necho git is used >&2\\nexit 1\\n' >../no-git/git && chmod +x ../no-git/git");
is_run($copy, "tar -C .. -xf build/vmcsgen-$version.tar.gz");
my $made = bash($copy, "cd ../vmcsgen-$version && PATH=$copy->{home}/no-git:\$PATH make -j2 all check");
is($made->{status}, 0, 'the tarball builds') or diag($made->{err});
unlike($made->{err}, qr/git is used.*git is used/s, 'without git');
is_run($copy, "diff -r out ../vmcsgen-$version/out");

#
# The package
#

sub skip_rest
{
	my ($why) = @_;

	note("the package was not tried: $why");
	done_testing();
	exit;
}

skip_rest("$_ is not installed") for grep { !have($_) } qw(dh dpkg-buildpackage);
is_run($copy, 'make deb');
my ($package) = glob("$build/deb/vmcsgen_${version}_*.deb");
ok($package, 'there is a package');

SKIP: {
	skip 'lintian is not installed', 2 if !have('lintian');
	my @lintian = ('lintian', '--allow-root', '--pedantic', '-E', '--fail-on', 'error,warning,info,pedantic,experimental');
	my $result = run(@lintian, glob("$build/deb/*.changes"));

	is("$result->{status} $result->{out}", '0 ', 'lintian finds nothing');
	my $worse = "$copy->{home}/worse";
	ok_run('dpkg-deb', '-R', $package, $worse);
	ok_run('rm', "$worse/usr/share/doc/vmcsgen/copyright");
	ok_run('dpkg-deb', '-b', $worse, "$worse.deb");
	like(run(@lintian, "$worse.deb")->{out}, qr/no-copyright-file/, 'and it would find a fault');
}

#
# Installed and removed again
#

my %contents = map { $_ => 1 } ok_run('dpkg-deb', '-c', $package) =~ m{ \./(\S*[^/\s])(?: -> .*)?$}gm;
is_deeply([grep { !$contents{"usr/$_"} }
		qw(bin/vmcsgen share/man/man1/vmcsgen.1.gz share/man/man5/vmcsgen-spec.5.gz
		   share/bash-completion/completions/vmcsgen share/vmcsgen/spec/vmcs.vmcs
		   share/vmcsgen/templates/out/vmcs.json share/vim/vimfiles/syntax/vmcs.vim)], [],
	  'all is in it');

# The system, with what changes kept in memory; /work and the home folders are not part of it.
my $system = <<'END';
set -eu
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/system"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/system"
mount -t proc proc "$1/system/proc"
mount --rbind /dev "$1/system/dev"
END
my $where = "$copy->{home}/in-memory";
mkdir($where) or die "$where: $!\n";

sub in_memory
{
	my ($script) = @_;

	return run('unshare', '-m', 'bash', '-c', "$system$script", 'bash', $where);
}

skip_rest('this system can not be copied: ' . (split(/\n/, in_memory('true')->{err}))[0])
	if in_memory('true')->{status} != 0;

my $result = in_memory(<<"END");
mkdir "\$1/system/source"
tar -C "\$1/system/source" --strip-components=1 -xf $build/vmcsgen-$version.tar.gz
cp $package "\$1/system/source/package.deb"
in_it() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TMPDIR=/tmp DEBIAN_FRONTEND=noninteractive \\
	chroot "\$1/system" "\${\@:2}"; }
list() { in_it "\$1" find / -xdev -path /proc -prune -o -path /dev -prune -o -path /source -prune -o \\
	-path /work -prune -o -path /var/cache/man -prune -o -path /tmp -prune -o -iname '*vmcsgen*' -print | sort; }
list "\$1" >"\$1/before"
in_it "\$1" dpkg -i /source/package.deb
list "\$1" >"\$1/installed"
in_it "\$1" perl /source/debian/tests/readme
in_it "\$1" dpkg -P vmcsgen
list "\$1" >"\$1/after"
echo "installed: \$(comm -13 "\$1/before" "\$1/installed" | grep -c .)"
comm -13 "\$1/before" "\$1/after" | sed 's/^/left: /'
comm -13 "\$1/after" "\$1/before" | sed 's/^/lost: /'
END
is($result->{status}, 0, 'the package is installed, does the jobs of the README and is removed')
	or diag($result->{out}, $result->{err});
like($result->{out}, qr/^installed: [1-9]/m, 'files were installed');
unlike($result->{out}, qr/^(?:left|lost): /m, 'nothing is left and nothing lost');
unlike($result->{out}, qr/^not ok /m, 'no job failed');
ok(!-e '/usr/share/vmcsgen/spec', 'and the system has not changed');

done_testing();
