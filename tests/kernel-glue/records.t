#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Comparing two records of the recorded run: what is named of each difference, and
# what is said of a file that is not a record.  That the run itself compiles, too, and the
# programs that have the same VM.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;
use Vmcsgen;

my $lab = root() . '/kernel-glue/lab';
my $dir = tempdir();

my $record = <<'END';
# begin
# VMPTRLD
A: done
VMPTRST: 0x0000000000011000
B: VMfailValid 11
vmcs12 A:
  +0x000 .. .. .. .. .. .. .. .. 00 00 00 00 .. .. .. ..
  +0x030 22 10 42 70 23 10 43 70 24 10 44 70 25 10 45 70
# VMREAD
VMREAD of each encoding:
  0x2010 0x4016401540144013
  0x2011 0x0000000040164015
  0x4400 0x0000000000004016
  VMfailValid 65533, VMfailInvalid 0, else 0
vmcs12 A: unchanged
# nested state
KVM_GET_NESTED_STATE in L2: done
  size 4224, written 4224
state header:
  +0x000 01 .. .. .. .. 10 .. .. .. .. .. .. .. .. .. ..
evmcs A:
  +0x330 .. .. .. .. .. .. .. .. ff ff .. .. .. .. .. ..
# end
END

# What compare-records says of the record and a changed one.  The change is a pair of
# texts; the record is the same in other forms, too.
sub compare
{
	my ($one, $other) = @_;

	spew("$dir/one", $one);
	spew("$dir/other", $other);
	return run({ dir => "$dir" }, "$lab/compare-records", spec_json_file(), 'one', 'other');
}

sub differs
{
	my ($from, $to, $said, $what) = @_;
	my $changed = $record;
	my $at = index($changed, $from);

	die "$what: no '$from'\n" if $at < 0;
	substr($changed, $at, length($from)) = $to;
	my $result = compare($record, $changed);

	is($result->{out}, "one | other\n$said", $what);
	is($result->{status}, 1, "$what: status");
}

my $same = compare($record, $record);
is($same->{out} . $same->{err}, '', 'the same: nothing to say');
is($same->{status}, 0, 'the same: status');

differs("B: VMfailValid 11\n", "B: done\n", <<'END', 'a result');
VMPTRLD: B: VMfailValid 11 | done
END
differs('22 10 42 70 23', '22 11 42 70 23', <<'END', 'a byte of a field');
VMPTRLD: after 'B': vmcs12 A: +0x031 (io_bitmap_b): 10 | 11
END
differs('.. .. .. .. 00 00', '.. .. .. 07 .. 00', <<'END', 'a byte that is changed in one only');
VMPTRLD: after 'B': vmcs12 A: +0x007 (abort): unchanged | 07
VMPTRLD: after 'B': vmcs12 A: +0x008 (launch_state): 00 | unchanged
END
differs('  +0x030', "  +0x020 .. .. .. .. 01 .. 02 03 .. .. .. .. .. .. .. ..\n  +0x030",
	<<'END', 'bytes of a pad');
VMPTRLD: after 'B': vmcs12 A: +0x024 (padding): unchanged | 01
VMPTRLD: after 'B': vmcs12 A: +0x026 (padding): unchanged | 02 03
END
differs("vmcs12 A: unchanged\n", <<'TO', <<'END', 'bytes around the end of the fields');
vmcs12 A:
  +0x3e0 .. .. .. .. 01 02 03 04 .. .. .. .. .. .. .. ..
TO
VMREAD: after 'VMREAD of each encoding': vmcs12 A: +0x3e4 (guest_pml_index): unchanged | 01 02
VMREAD: after 'VMREAD of each encoding': vmcs12 A: +0x3e6 (after the fields): unchanged | 03 04
END
differs('  +0x330 .. ..', '  +0x330 .. 01', <<'END', 'a byte of an eVMCS');
nested state: after 'KVM_GET_NESTED_STATE in L2': evmcs A: +0x331 (guest_rip): unchanged | 01
END
differs('  +0x000 01', '  +0x000 05', <<'END', "a byte of a state's header");
nested state: after 'KVM_GET_NESTED_STATE in L2': state header: +0x000 (flags): 01 | 05
END
differs('size 4224, written 4224', 'size 4224, written 8320', <<'END', 'a size');
nested state: KVM_GET_NESTED_STATE in L2: size: 4224, written 4224 | 4224, written 8320
END
differs('  0x2010 0x4016', '  0x2010 0x4017', <<'END', 'the value of an encoding');
VMREAD: VMREAD of each encoding: 0x2010 (tsc_offset): 0x4016401540144013 | 0x4017401540144013
END
differs("  0x2011 0x0000000040164015\n", '', <<'END', 'an encoding that is accepted in one only');
VMREAD: VMREAD of each encoding: 0x2011 (tsc_offset, high half): 0x0000000040164015 | nothing
END
differs("VMPTRST: 0x0000000000011000\n", '', <<'END', 'another step');
after step 3: VMPTRST | B: other steps cannot be compared
END

# A boot's log holds the record, and what the kernel says in between.
my $log = join('', map { "   12.34 $_\n" } '[    1.00] Linux', '@@BEGIN 1 1.00',
	       split(/\n/, $record =~ s/^(A: done)$/$1\n[  171.0] kvm: something/mr),
	       '@@END 1 0 2.00');
my $logged = compare($record, $log);
is($logged->{out} . $logged->{err}, '', "a record and a boot's log of it");

is(compare($record, $record =~ s/# end\n//r)->{err}, <<'END', 'a record that is cut off');
compare-records: other: the record is cut off before its '# end'
END
my $none = compare($record, "x\n");
is($none->{err}, <<'END', 'no record');
compare-records: other: no record; it would begin with '# begin'
END
is($none->{status}, 3, 'no record: status');
is(run({ dir => "$dir" }, "$lab/compare-records", 'one', 'one', 'one')->{err}, <<'END', 'no spec');
compare-records: one: not vmcsgen's vmcs.json
END
is(run("$lab/compare-records")->{err}, <<'END', 'too little');
compare-records: three files are wanted; see compare-records --help
END

for my $program (map { m{([^/]*)/$} } glob("$lab/programs/vmcs12_*/")) {
	my @sources = glob("$lab/programs/{machine,$program}/*.[cS]");

	for my $compiler (compilers()) {
		my $built = run($compiler, qw(-std=gnu11 -O2 -Wall -Wextra -Werror -static),
				'-I' . root() . '/out/linux', '-o', "$dir/$program-$compiler", @sources);

		is($built->{status} . $built->{err}, '0', "$program compiles with $compiler");
	}
}

done_testing();
