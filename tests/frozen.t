#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Frozen revisions: their tables, and who writes and reads them.  What is said of a table
# that is wrong is in faults.t.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use Vmcsgen;

my $dir = tempdir();
my $HEADER = "name,offset,size,count,encoding,clean_group\n";

my $spec = <<'END';
fields {
	0x681e  rip
	0x6802  cr3  linux guest_cr3
}
layout a {
	struct a
	size 128
	clean clean_fields prefix CLEAN {
		3  crdr
	}
}
revision a/one {
	source "s"
	id 7
	u32 hdr
	u32 abort[2]
	guest_cr3  clean crdr
	rip        clean always
	u32 clean_fields
}
revision a/two from one {
	source "s"
	append u32 more
}
revision a/deux same as two
END
my $one = $HEADER . <<'END';
hdr,0,4,1,,
abort,4,4,2,,
guest_cr3,12,8,1,0x00006802,CRDR
rip,20,8,1,0x0000681e,NONE
clean_fields,28,4,1,,
END

my @fine = ('-s', 'spec/root.vmcs');

sub says { return run({ dir => "$dir", env => { NO_COLOR => 1 } }, vmcsgen(), @_) }

# The program does this, and prints that.
sub is_said
{
	my ($what, $status, $out, $err, @arguments) = @_;
	my $result = says(@arguments);

	is($result->{out}, $out, $what);
	is($result->{err}, $err, "$what: messages");
	is($result->{status}, $status, "$what: exit status");
}

spew("$dir/spec/root.vmcs", $spec);
is_said('freeze prints the statement', 0, "frozen a/one\n", '', 'freeze', 'a/one', @fine);
is(slurp("$dir/spec/frozen/a/one.csv"), $one, 'and writes the table next to the spec');
is_said('another name of a revision', 0, "frozen a/two\n", '', 'freeze', 'a/deux', 'a/two', @fine);
is(slurp("$dir/spec/frozen/a/two.csv"), "${one}more,32,4,1,,\n", 'is another table');

# Once it is said, nothing is left to print, and what is as it was is not written.
spew("$dir/spec/root.vmcs", $spec, "include \"more/frozen.vmcs\"\nfrozen a/one\n");
spew("$dir/spec/more/frozen.vmcs", "frozen a/deux\n");
utime(1000, 1000, "$dir/spec/frozen/a/one.csv") or die $!;
is_said('the table goes next to the statement', 0, '', '', 'freeze', 'a/one', 'a/deux', @fine);
is(slurp("$dir/spec/more/frozen/a/two.csv"), slurp("$dir/spec/frozen/a/two.csv"), 'it is there');
is((stat("$dir/spec/frozen/a/one.csv"))[9], 1000, 'the other one is not written again');
is_said('check reads both', 0, '', '', 'check', @fine);

# They are the spec's files, as those are that it includes.
says('gen', @fine, '-t', root() . '/templates', '-o', 'out', '-MD', '-MF', 'deps');
like(slurp("$dir/deps"), qr/[ \t]\Q$_\E( \\)?$/m, "gen depends on $_")
	for 'spec/frozen/a/one.csv', 'spec/more/frozen/a/two.csv';

# A field has a new name: the table may keep the old one.
spew("$dir/spec/root.vmcs", $spec =~ s/\tguest_cr3 /\tcr3 /r, "frozen a/one\n");
is_said('a field with another name', 0, '', '', 'check', @fine);
is_said('is frozen again', 0, '', '', 'freeze', 'a/one', @fine);
is(slurp("$dir/spec/frozen/a/one.csv"), $one =~ s/guest_cr3/cr3/r, 'under its new name');

my $result;

# What has changed is not frozen anew, unless its table is gone; another one may be missing.
spew("$dir/spec/root.vmcs", $spec =~ s/abort\[2\]/abort/r, "frozen a/one\nfrozen a/two\n");
unlink("$dir/spec/frozen/a/two.csv") or die $!;
is(says('freeze', 'a/one', @fine)->{status}, 1, 'a changed revision can not be frozen');
is(slurp("$dir/spec/frozen/a/one.csv"), $one =~ s/guest_cr3/cr3/r, 'its table is as it was');
for my $changed ($spec =~ s/abort\[2\]/abort/r, $spec =~ s/\tu32 abort\[2\]\n//r,
		 $spec =~ s/\tu32 clean_fields\n/$&\tu32 new\n/r) {
	spew("$dir/spec/root.vmcs", $changed, "frozen a/one\n");
	$result = says('freeze', 'a/one', @fine, '-W', 'no-frozen');
	is((split(/\n/, $result->{err}))[0] =~ s/:\d+:/:LINE:/r, "spec/root.vmcs:LINE:8: error: 'a/one' is " .
	   "not what its table says: without 'spec/frozen/a/one.csv', it is frozen anew",
	   'nor without the check');
	is($result->{status}, 3, 'its exit status');
}
is(slurp("$dir/spec/frozen/a/one.csv"), $one =~ s/guest_cr3/cr3/r, 'its table is as it was still');
spew("$dir/spec/root.vmcs", $spec =~ s/abort\[2\]/abort/r, "frozen a/one\nfrozen a/two\n");
unlink("$dir/spec/frozen/a/one.csv") or die $!;
is_said('but without a table', 0, '', '', 'freeze', 'a/one', @fine);
like(slurp("$dir/spec/frozen/a/one.csv"), qr/^abort,4,4,1,,$/m, 'a new one is written');
is_said('the other one is missing still', 3, '', <<'END', 'check', @fine);
spec/root.vmcs:27:8: error: there is no table 'spec/frozen/a/two.csv': 'vmcsgen freeze a/two' writes it
   27 | frozen a/two
      |        ^~~~~
END

# What can't be frozen, and where.
spew("$dir/shared.vmcs", $spec, "revision a/shared from one {\n\tsource \"s\"\n\tid 8\n\tat 0 u32 again\n}\n");
is_said('members that share bytes', 3, '', <<'END', 'freeze', 'a/shared', '-s', 'shared.vmcs', '-Wno-overlap', '-Wno-first-word');
shared.vmcs:26:10: error: 'a/shared' has members that share bytes: it can't be frozen
   26 | revision a/shared from one {
      |          ^~~~~~~~
END
spew("$dir/file/root.vmcs", $spec);
spew("$dir/file/frozen", 'no folder');
$result = says('freeze', 'a/one', '-s', 'file/root.vmcs');
is($result->{out}, '', 'a file where the folder must be: no statement');
like($result->{err}, qr{^vmcsgen: cannot write file/frozen/a/one\.csv: Not a directory$}m, 'it is said');
is($result->{status}, 4, 'exit status');

# Cut off anywhere, a table is not what it was.
spew("$dir/spec/root.vmcs", $spec, "frozen a/one\n");
for my $len (0 .. length($one) - 1) {
	spew("$dir/spec/frozen/a/one.csv", substr($one, 0, $len));
	my $whole = $len >= length($HEADER) && substr($one, $len - 1, 1) eq "\n";

	$result = says('check', @fine);
	is($result->{status}, $whole ? 1 : 3, "a table of $len bytes");
	like($result->{err}, $whole ? qr{^spec/root.vmcs:.* is new in } : qr{^spec/frozen/a/one.csv:},
	     'where the fault is');
}

# A table may have the line ends of another system.
spew("$dir/spec/frozen/a/one.csv", $one =~ s/\n/\r\n/gr);
$result = says('check', @fine);
is($result->{status}, 0, 'a table with carriage returns');
is($result->{err}, '', 'nothing is said');

# The tables of the spec: what layout prints, but for pads.
my @frozen = slurp(root() . '/spec/frozen.vmcs') =~ /^frozen (\S+)$/mg;
my @real = ('-s', root() . '/spec/vmcs.vmcs', '-t', root() . '/templates');

cmp_ok(scalar(@frozen), '>=', 14, 'revisions of the spec are frozen');
for my $path (@frozen) {
	my $members = JSON::PP->new->decode(ok_run(vmcsgen(), 'layout', $path, '--format=json', @real))->{members};
	my %pads = map { $_->{name} => 1 } grep { $_->{pad} } @$members;
	my $rows = join('', grep { /^(\w+)/ && !$pads{$1} }
			    map { "$_\n" } split(/\n/, ok_run(vmcsgen(), 'layout', $path, '--format=csv', @real)));

	is(slurp(root() . "/spec/frozen/$path.csv"), $rows, "the table of $path");
}
is_deeply([sort map { s{.*/frozen/(.*)\.csv}{$1}r } glob(root() . '/spec/frozen/*/*')], [sort @frozen],
	  'each table has a statement');

done_testing();
