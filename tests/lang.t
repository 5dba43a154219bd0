#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What means nothing in the language: the order of statements and files, and how the words
# of a statement are set.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my @statements = (
	"fields {\n\t0x681e  guest_rip\n\t0x6802  guest_cr3\n}\n",
	"fields {\n\t0x4000  pin_based_vm_exec_control\n\t0x6804  guest_cr4\n}\n",
	"controls pin_based_vm_exec_control {\n\t1  one  needs other, two\n" .
		"\t0  other  excludes two\n\t2  two\n}\n",
	"bits vmcs_hdr u32 {\n\tall  32\n}\n",
	"layout vmcs12 {\n\tlookup  full\n\tsize  256\n\tstruct  vmcs12\n\talign  natural\n}\n",
	"layout evmcs {\n\talign  natural\n\tsize  256\n\tstruct  evmcs\n\tversion  1\n}\n",
	"revision vmcs12/c from b {\n\tappend guest_cr4\n\tsource \"c\"\n}\n",
	"revision vmcs12/b from a {\n\tsource \"b\"\n\tappend guest_cr3\n}\n",
	"revision vmcs12/a {\n\tsource \"a\"\n\tid 0x11e57ed0\n\tvmcs_hdr hdr\n\tguest_rip\n}\n",
	"revision vmcs12/d same as c\n",
	"revision evmcs/a {\n\tembed vmcs12/c\n\tsource \"a\"\n}\n",
	"support evmcs/b from a {\n\tno two because \"never\"\n\tlists unsupported as MASK\n}\n",
	"support evmcs/a {\n\tyes one because \"always\"\n\tunnamed two\n" .
		"\tno one for me because \"never\"\n\trole me\n" .
		"\tlists supported as MASK\n}\n",
	"revision evmcs/b same as a\n",
	"shadow vmcs12/d {\n\trw guest_rip\n}\n",
);

# All that the program emits for a spec of these files, the first being the root.
sub emitted_text
{
	my (%files) = @_;
	my $dir = tempdir();

	spew("$dir/$_", $files{$_}) for keys %files;
	ok_run({ dir => "$dir" }, vmcsgen(), 'gen', '-s', 'root.vmcs', '-o', 'out', '-t',
	       root() . '/templates');
	return join('', map { "$_\n" . slurp("$dir/out/$_") }
			    sort split(/\n/, ok_run({ dir => "$dir/out" }, 'find', '-type', 'f')));
}

my $straight = emitted_text('root.vmcs' => join('', @statements));

like($straight, qr/guest_cr4/, 'the spec was emitted');

# Too much to be shown where it differs.
sub same
{
	my ($text, $name) = @_;

	ok($text eq $straight, $name);
}

same(emitted_text('root.vmcs' => join('', reverse @statements)),
     'statements the other way round');
same(emitted_text('root.vmcs' => join('', @statements[7 .. $#statements, 0 .. 6])),
     'statements in another order');

my %parts = map { ("part-$_.vmcs" => $statements[$_]) } 0 .. $#statements;

same(emitted_text(%parts, 'root.vmcs' => join('', map { "include \"$_\"\n" } sort keys %parts)),
     'a file for each statement');
same(emitted_text(%parts, 'root.vmcs' => join('', map { "include \"$_\"\n" }
						    reverse sort keys %parts)),
     'these in another order');
same(emitted_text(%parts, 'root.vmcs' => join('', map { "include \"$_\"\ninclude \"./$_\"\n" }
						    (sort keys %parts) x 2)),
     'a file that is included again is read once');
same(emitted_text('root.vmcs' => "include \"a/a.vmcs\"\n$statements[0]",
		'a/a.vmcs' => "include \"b/b.vmcs\"\ninclude \"../a/b/b.vmcs\"\n",
		'a/b/b.vmcs' => join('', @statements[1 .. $#statements])),
     'a path is that from the including file');
same(emitted_text('root.vmcs' => join("\r\n", split(/\n/, join('', @statements))) . "\r\n"),
     'lines that end in CR LF');
same(emitted_text('root.vmcs' => join('', @statements) =~ s/\n\z//r),
     'no newline at the end');
same(emitted_text('root.vmcs' => "\n\n# \n" . join("\n", @statements) =~ s/\n/  # "{\n/gr),
     'comments and blank lines');
same(emitted_text('root.vmcs' => join('', @statements) =~ s/other, two/other,\n\n # so\n two/r),
     'a comma lets a statement go on');
same(emitted_text('root.vmcs' => join('', @statements) =~ s/(\w+) (\w)/$1 \t  $2/gr),
     'any blanks between words');

done_testing();
