#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Boot tests go on where they stopped: what passed with the same inputs is skipped and says
# so, and nothing else is.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $dir = tempdir();
my $lib = root() . '/tests/lib';

# A test that says that it runs, wants the files that WANTED names, and is fine with FINE.
my $test = spew("$dir/some.t", <<"END");
use strict;
use warnings;

use lib '$lib';
use Passed;
use Test::More;

my \$read = sub { return ("$dir/\$_[0]", Passed::digest_files("$dir/\$_[0]")) };

Passed::begin(folder => '$dir/passed/some', kinds => { file => \$read, text => sub {
	return ('', Passed::digest_text('this'));
} }, always => ['text']);
open(my \$ran, '>>', "$dir/ran");
print \$ran "ran\\n";
close(\$ran);
plan(skip_all => 'not here') if \$ENV{FINE} eq 'skipped';
for (split(' ', \$ENV{WANTED})) {
	is(Passed::input('file', \$_), "$dir/\$_", 'an input');
	Passed::input('file', \$_);
}
kill('TERM', \$\$) if \$ENV{FINE} eq 'ended';
ok(\$ENV{FINE} eq 'yes', 'fine');
exit(3) if \$ENV{FINE} eq 'lost';
done_testing();
END
spew("$dir/$_", "1\n") for qw(a b folder/c);

# Run it; returns how often it has run until now, and what it says first.
sub try
{
	my ($wanted, $fine) = @_;
	my $result = run({ env => { WANTED => $wanted, FINE => $fine // 'yes' } }, $^X, $test);

	return (() = slurp("$dir/ran") =~ /\n/g) . ' ' . $result->{out} =~ s/\n.*//sr;
}

is(try('a'), '1 ok 1 - an input', 'a test that never ran runs');
is(try('a'), '1 1..0 # SKIP passed before with the same text, file a', 'once');
is(ok_run('cat', glob("$dir/passed/some/*")) =~ s/^[\da-f]{64}\t//gmr, "text\nfile\ta\n",
   'its stamp names what it depends on');
spew("$dir/a", "2\n");
is(try('a'), '2 ok 1 - an input', 'it runs when an input has changed');
is(try('a'), '2 1..0 # SKIP passed before with the same text, file a', 'once');
spew("$dir/a", "1\n");
is(try('a'), '2 1..0 # SKIP passed before with the same text, file a',
   'but not when it is as it was before');
spew("$dir/b", "2\n");
is(try('a'), '2 1..0 # SKIP passed before with the same text, file a', 'no other file counts');

ok_run('rm', '-r', "$dir/passed");
is(try('a'), '3 ok 1 - an input', 'without stamps it runs');

spew("$dir/a", "3\n");
for (['no', 4], ['ended', 5], ['skipped', 6], ['lost', 7], ['yes', 8]) {
	my ($fine, $count) = @$_;

	like(try('a', $fine), qr/^$count (?:ok 1 |1..0 # SKIP not here)/, "a test that is $fine runs");
}
is(try('a'), '8 1..0 # SKIP passed before with the same text, file a',
   'until it has come to its end');

is(try('a folder'), '8 1..0 # SKIP passed before with the same text, file a',
   'what it would ask for counts when its text does');
ok_run('rm', '-r', "$dir/passed");
try('a folder');
is(try('a folder'), '9 1..0 # SKIP passed before with the same text, file a, file folder',
   'a folder is an input');
spew("$dir/folder/c", "2\n");
is(try('a folder'), '10 ok 1 - an input', 'with all that it holds');
spew("$dir/folder/d", '');
is(try('a folder'), '11 ok 1 - an input', 'by its name');

#
# A test of kernels
#

# In the repository's own folder of stamps, under a name of its own.
my $name = "resume-$$";
my $kernels = spew("$dir/$name.t", <<"END");
use lib '$lib';
use Boot;
use Test::More;

depends_on('LICENSES');
is(join(' ', versions()), \$ENV{KVERS}, 'runs');
done_testing();
END

sub try_kernels
{
	return run({ env => { KVERS => $_[0] } }, $^X, $kernels)->{out} =~ s/\n.*//sr;
}

for my $version ('6.12', '6.1') {
	is(try_kernels($version), 'ok 1 - runs', "$version: a test of kernels");
}
for my $version ('6.12', '6.1') {
	is(try_kernels($version), '1..0 # SKIP passed before with the same test and lab, files LICENSES,'
	   . ' versions', "$version: passed");
}
is(try_kernels('6.1 6.12'), 'ok 1 - runs', 'each version passes for itself');
spew($kernels, slurp($kernels) . "# another\n");
is(try_kernels('6.12'), 'ok 1 - runs', "the test's own text is an input");
ok_run('rm', '-r', root() . "/build/passed/$name");

my $recipe = ok_run({ env => { MAKEFLAGS => undef } }, 'make', '-n', '-C', root(), 'test-kernel',
		    'KVERS=6.12');
like($recipe, qr/for version in 6\.12; do.*prove -j2 tests\/boot/s, 'make test-kernel');
unlike($recipe, qr/rm -rf build\/passed/, 'keeps what passed');
like(ok_run({ env => { MAKEFLAGS => undef } }, 'make', '-n', '-C', root(), 'test-kernel', 'FRESH=1'),
     qr/rm -rf build\/passed/, 'but for FRESH=1');

done_testing();
