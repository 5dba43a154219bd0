#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# check --dump prints the spec at each stage on its way to the templates.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Vmcsgen;

my $dir = tempdir();

spew("$dir/more.vmcs", <<'END');
fields {
	0x681e  guest_rip  tlfs GuestRip
}
END
spew("$dir/spec.vmcs", <<'END');
include "more.vmcs"
layout vmcs12 {
	struct  vmcs12
	size    4096
	lookup  full
}
revision vmcs12/first {
	id      0x10
	source  "a test"
	u32 revision_id
	u32 abort
	guest_rip
	pad u64 spare
}
revision vmcs12/second  same as first
target kernel {
	source  "a test"
	memory  vmcs12/first
}
END

sub dump_of
{
	my ($stage, $spec) = @_;

	return run({ dir => "$dir" }, vmcsgen(), 'check', '-s', $spec // 'spec.vmcs', '-Wno-hole', "--dump=$stage");
}

my $tokens = dump_of('tokens')->{out};
is($tokens =~ s/^spec\.vmcs:2:1\t.*//msr, <<'END', 'tokens');
spec.vmcs:1:1	word	include
spec.vmcs:1:9	string	"more.vmcs"
spec.vmcs:1:20	end	
END
like($tokens, qr{^spec\.vmcs:7:10\tpath\tvmcs12/first\nspec\.vmcs:7:23\tsign\t\{\n}m, 'a path and a sign');
like($tokens, qr{^more\.vmcs:1:1\tword\tfields\n.*^more\.vmcs:2:2\tnumber\t0x681e\nmore\.vmcs:2:10\tname\tguest_rip\n}ms,
     'tokens of an included file');

is(dump_of('tree')->{out} =~ s/^spec\.vmcs:3:2\t.*//msr, <<'END', 'the tree');
	SPEC
more.vmcs:1:1	  FIELDS
more.vmcs:2:2	    FIELD
more.vmcs:2:2	      NUMBER 26654
more.vmcs:2:10	      NAME guest_rip
more.vmcs:2:21	      TLFS
more.vmcs:2:26	        NAME GuestRip
spec.vmcs:2:1	  LAYOUT
spec.vmcs:2:8	    NAME vmcs12
END

is(dump_of('spec')->{out}, <<'END', 'the resolved spec');
more.vmcs:2:10	field guest_rip 0x681e tlfs GuestRip changes
spec.vmcs:7:10	revision vmcs12/first id 0x00000010 bytes 24
spec.vmcs:10:6	  0 revision_id 4x1
spec.vmcs:11:6	  4 abort 4x1
spec.vmcs:12:2	  8 guest_rip 8x1 field 0x681e lookup
spec.vmcs:13:10	  16 spare 8x1 pad
spec.vmcs:15:10	revision vmcs12/second same as vmcs12/first
spec.vmcs:16:8	target kernel memory vmcs12/first as first
END

my $model = dump_of('model')->{out};
like($model, qr/^sections\[0\]\.title\tnatural-width guest fields\nsections\[0\]\.fields\[0\]\.name\tguest_rip\n/m,
     'the model');
like($model, qr/^layouts\[0\]\.revisions\[0\]\.layout\tas layouts\[0\]$/m, 'a map is printed once');
like($model, qr/^layouts\[0\]\.revisions\[0\]\.members\[2\]\.lookup\ttrue$/m, 'a flag');

# Every kind of node and every value of the whole spec can be printed.
for my $stage ('tokens', 'tree', 'spec', 'model') {
	my $result = run({ dir => root() }, vmcsgen(), 'check', "--dump=$stage");

	is("$result->{status} $result->{err}", '0 ', "$stage of the project's spec");
	unlike($result->{out}, qr/\(null\)/, "$stage: nothing is missing");
}

# A faulty spec is reported once, and printed as far as it can be.
spew("$dir/bad.vmcs", "fields {\n\t0x0z  name\n\t0x681e  guest_rip\n}\n");
my $fault = <<'END';
bad.vmcs:2:2: error: '0x0z' is not a number: numbers are decimal, or hexadecimal with 0x
    2 | 	0x0z  name
      | 	^~~~
END
my %printed = (tokens => qr/^bad\.vmcs:2:2\tbad\t0x0z$/m, tree => qr/NAME guest_rip$/m,
	       spec => qr/field guest_rip 0x681e/, model => qr/^\z/);
for my $stage (sort keys %printed) {
	my $result = dump_of($stage, 'bad.vmcs');

	is("$result->{status}\n$result->{err}", "3\n$fault", "$stage: a fault is reported once");
	like($result->{out}, $printed{$stage}, "$stage of a faulty spec");
}

my $result = dump_of('words');
is($result->{status}, 2, 'an unknown stage');
like($result->{err}, qr/^vmcsgen: --dump is tokens, tree, spec or model, not 'words'$/m, 'is wrong usage');

done_testing();
