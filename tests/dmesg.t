#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# `vmcsgen decode` of dumps as kernels print them: KVM's own dump_vmcs() is compiled and prints
# random values.  Then the text is damaged by chance, and each value that is left must be read.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Blobs;
use Chance;
use JSON::PP ();
use List::Util qw(shuffle);
use KvmDump;
use Test::More;
use Vmcsgen;

my $spec = read_json(spec_json_file());
my %digits = (16 => 4, 32 => 8, 64 => 16, natural => 16);
my %names = map { hex($_->{encoding}) => $_->{name} } @{ $spec->{fields} };

srand(20);

sub width_of { return $digits{ $_[0]{width} =~ /(\d+)/ ? $1 : 'natural' } }

# Random values of all fields, by encoding.
sub random_values
{
	return { map { hex($_->{encoding}) =>
		       join('', map { sprintf('%x', int(rand(16))) } 1 .. width_of($_)) }
		 @{ $spec->{fields} } };
}

sub documents
{
	my ($text) = @_;
	my $reader = JSON::PP->new->utf8;

	$reader->incr_parse($text);
	my @all;
	while (defined(my $one = $reader->incr_parse())) {
		push @all, $one;
	}
	return @all;
}

# What is read: the values of fields, by name; the names missing; the messages.
sub read_dump
{
	my ($text) = @_;
	my $result = try($text, 'decode', '--format=json');
	my @documents = documents($result->{out});

	return { status => $result->{status}, err => $result->{err}, documents => [@documents],
		 missing => { map { $_ => 1 } map { @{ $_->{missing} } } @documents },
		 values => { map { $_->{name} => $_->{value} } grep { $_->{encoding} }
			     map { @{ $_->{values} } } @documents } };
}

# Fields of lines that are not in every dump.
my %rare = map { $_ => 1 } map { /" ([^"]*) rare$/ ? split(/[ ,]+/, $1 =~ s/^ +//r) : () }
	split(/\n/, slurp(root() . '/spec/dump.vmcs') =~ s/,\n\s+/, /gr);
cmp_ok(scalar(keys %rare), '>', 20, 'there are rare lines');

# Bits of control words that decide nothing of the dump.
my %unused = (0x4000 => 3, 0x4002 => 9, 0x400c => 2, 0x4012 => 2, 0x401e => 2, 0x2034 => 40);

# The dumps of a kernel, with the place of each field that is in them.
sub dumps_of
{
	my ($version, $count) = @_;
	my $kvm = KvmDump->new($version);

	return map {
		my $values = random_values();

		# These are printed with as many digits as they have, and a CPU has no more.
		substr($values->{$_}, 0, -2) =~ s/./0/g for 0x401c, 0x0002;
		# Once with all lines.
		$values->{$_} = 'ffffffff' for $_ == 1 ? (0x4000, 0x4002, 0x400c, 0x4012, 0x401e) : ();
		{ values => $values, lines => [split(/\n/, $kvm->text($values))],
		  places => { map {
			my $place = $kvm->place($values, $_, $unused{$_} // 0);

			$place ? ($_ => $place) : ();
		  } keys %$values } }
	} 1 .. $count;
}

sub is_read
{
	my ($read, $dump, $lost, $name) = @_;
	my (@wrong, @unsaid);

	for my $encoding (sort { $a <=> $b } keys %{ $dump->{places} }) {
		my $field = $names{$encoding};
		my $value = $read->{values}{$field};

		if ($lost->{$encoding}) {
			push @wrong, "$field is $value" if defined $value;
			push @unsaid, $field if !$read->{missing}{$field} && !$rare{$field};
		} elsif (($value // '') ne "0x$dump->{values}{$encoding}") {
			push @wrong, "$field is " . ($value // 'not read');
		}
	}
	is_deeply([@wrong], [], "$name: what is there is read");
	is_deeply([@unsaid], [], "$name: what is missing is said");
	return !@wrong && !@unsaid;
}

#
# Whole dumps
#

my %of;
for my $version (source_versions()) {
	$of{$version} = [dumps_of($version, 3)];
	my $number = 0;

	for my $dump (@{ $of{$version} }) {
		my $read = read_dump(join('', map { "$_\n" } @{ $dump->{lines} }));

		is($read->{err}, '', "$version: no message");
		is($read->{status}, 0, "$version: exit status");
		is(scalar(@{ $read->{documents} }), 1, "$version: one dump");
		is_read($read, $dump, {}, "$version, dump " . ++$number);
	}
}
# Each field of a line of the spec is printed by some kernel, or says which older ones do.
{
	my %printed = map { $names{$_} => 1 } map { keys %{ $_->{places} } } map { @$_ } values %of;
	my ($new) = slurp(root() . '/spec/dump.vmcs') =~ /\A(.*)# Linux before 5\.9/s;
	my %said = map { $_ => 1 } $new =~ /\b((?:guest|host|cr0|cr4|vm|cpu|pin|secondary|tertiary|exit|idt|tsc|tpr|apic|virtual|posted|ept|ple|ve|page|exception)_\w+)(?=,| rare$|$)/mg;

	is_deeply([grep { !$printed{$_} } sort keys %said], [], 'what the spec says is printed')
		if $of{'7.3'};
	is_deeply([grep { !$said{$_} } sort keys %printed], [], 'what is printed the spec says');
}

#
# Damaged ones
#

my @PREFIXES = (
	sub { sprintf('[%5d.%06d] ', 12, $_[0]) },
	sub { sprintf('<3>[%5d.%06d] kvm_intel: ', 12, $_[0]) },
	sub { sprintf('[%5d.%06d][ T%d] ', 12, $_[0], 4711) },
	sub { sprintf('Nov 30 12:34:%02d some-host kernel: ', $_[0] / 2) },
	sub { '> ' . sprintf('[%5d.%06d] ', 12, $_[0]) },
	sub { sprintf('[Mon Nov 30 12:34:%02d 2026] ', $_[0] / 2) },
	sub { sprintf('2026-11-30T12:34:56+0100 host kernel: kvm_intel: ') },
	sub { '' },
);
my @OTHERS = (
	'e1000e 0000:00:1f.6 eth0: NIC Link is Up 1000 Mbps Full Duplex',
	'RIP: 0010:vmx_vcpu_run+0x3b4/0x12f0 [kvm_intel]',
	'CR2: 00007f1234567890 CR3: 0000000104e5c002 CR4: 0000000000772ef0',
	'CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033',
	'audit: type=AVC msg of nothing', 'usb 1-2: new device', '',
);

# Put a prefix ahead of each line, other lines between, and break lines; lines that are lost or cut
# are gone before.  The text, and which of @lost and the doubtful there are.
sub damage
{
	my ($dump, $how) = @_;
	my $prefix = pick(@PREFIXES);
	my (@lines, %lost);

	for my $i (0 .. $#{ $dump->{lines} }) {
		my $line = $dump->{lines}[$i];
		my $kept = length($line);

		$kept = chance(.5) ? -1 : int(rand(length($line))) if $how->{lose} && chance($how->{lose});
		# Without its end nothing tells "(effective)" from what the VMCS has.
		$kept = length($line) if $kept >= 0 && $line =~ /^EFER.*\(/;
		for my $encoding (keys %{ $dump->{places} }) {
			my $place = $dump->{places}{$encoding};

			$lost{$encoding} = 1 if $place->{line} == $i &&
				$place->{column} + $place->{length} > $kept;
		}
		next if $kept < 0;
		$line = $prefix->($i) . substr($line, 0, $kept);
		# A mail's line ends at a blank.
		$line =~ s/(.{30,}?)\s+(?=\S+$)/$1\n/ if $how->{wrap} && length($line) > 72;
		push @lines, $line;
		push @lines, $prefix->($i) . pick(@OTHERS) if $how->{mix} && chance(.2);
	}
	return (join('', map { "$_\n" } @lines), \%lost);
}

my $EVERY = $ENV{EVERY} ? 100 : 12;
for my $version (sort keys %of) {
	for my $round (1 .. $EVERY) {
		my $dump = pick(@{ $of{$version} });
		my %how = (mix => chance(.5), wrap => chance(.5),
			   lose => $round % 2 ? 0 : pick(.02, .05, .1));
		my ($text, $lost) = damage($dump, \%how);
		my $read = read_dump($text);
		my $name = "$version, damage $round";

		# A value that was cut off within its digits, and is as long as it may be.
		is($read->{status}, 0, "$name: exit status") or diag($read->{err});
		for my $encoding (grep { !$lost->{$_} } keys %{ $dump->{places} }) {
			my $label = $read->{err} =~ /is not read: a heading is missing/;

			# It is said, with its place, that the section is not known.
			$lost->{$encoding} = 1 if $label && !defined $read->{values}{ $names{$encoding} } &&
				$read->{err} =~ /0x\Q$dump->{values}{$encoding}\E|\b\Q$dump->{values}{$encoding}\E/;
		}
		is_read($read, $dump, $lost, $name) or diag("$text\n$read->{err}");
	}
}

#
# What is said
#

# The status, the messages, and what of the output has a value or is missing.
sub says
{
	my ($text, $status, $messages, $values, $name) = @_;
	my $result = try($text, 'decode');

	is($result->{err}, $messages =~ s/^(?=[1-9])/standard input:/gmr, "$name: messages");
	is($result->{status}, $status, "$name: exit status");
	is_deeply([$result->{out} =~ /^(vmcs .*|  \S+(?: \S+)* {2,}(?:\S+  )?0x\w+)/mg], $values, "$name: values")
		if $values;
	return $result->{out};
}

my $guest = "*** Guest State ***\n";
my $host = "*** Host State ***\n";
my $controls = "*** Control State ***\n";
my $rip = 'RIP = 0x000000000000fff0';

says("${guest}CR3 = 0x00000000000010000\n", 3, <<'END', [], 'a number that is too long');
2:7: error: 'CR3' has more than 16 digits
    2 | CR3 = 0x00000000000010000
      |       ^~~~~~~~~~~~~~~~~~~
END
says("${guest}CR3 = 0x0000000000001000\nCR3 = 0x0000000000002000\nPDPTR0 = 0x0000000000000001\n",
     3, <<'END', [], 'two dumps at once');
3:7: error: guest_cr3 has another value already
    3 | CR3 = 0x0000000000002000
      |       ^~~~~~~~~~~~~~~~~~
standard input:2:7: note: the first value
    2 | CR3 = 0x0000000000001000
      |       ^~~~~~~~~~~~~~~~~~
END
# As many warnings as lines would hide the others.
{
	my @lines = try($guest . "CR3 = 0x12\n" x 25, 'decode')->{err} =~ /^.*: warning: .*$/mg;

	is(@lines, 21, 'many numbers that are cut: messages');
	is($lines[19], "standard input:21:7: warning: 'CR3' is not read: it has fewer than 16 digits; it may be cut",
	   'many numbers that are cut: the last that is shown');
	is($lines[20], 'vmcsgen: warning: 5 more values, or what looks like some, are not read',
	   'many numbers that are cut: the others');
}
# What follows a label that lost its value is no value, though it begins with digits.
says("${guest}EFER=\nDebugCtl = 0x0000000000000001  DebugExceptions = 0x0000000000000002\nCR3 = 0x\n" .
     "DS:   sel=0x0010, attr=0x0a09b, limit=0xffffffff, base=0x0000000000000000\n$host", 0, <<'END', [
2:1: warning: 2 lines inside of dumps, from this one on, have no value of a VMCS
    2 | EFER=
      | ^
END
	'vmcs 1 from line 1 on', '  guest_ia32_debugctl           0x00002802  0x0000000000000001',
	'  guest_pending_dbg_exceptions  0x00006822  0x0000000000000002', '  guest_ds_selector             0x00000806  0x0010',
	'  guest_ds_ar_bytes             0x0000481a  0x0000a09b', '  guest_ds_limit                0x00004806  0xffffffff',
	'  guest_ds_base                 0x0000680c  0x0000000000000000',
], 'a value that is lost');
says("x\n${guest}RSP = 0x0000000000001000  $rip\n$guest" . "RSP = 0x0000000000002000  $rip\n", 0, '', [
	'vmcs 1 from line 2 on', '  guest_rsp  0x0000681c  0x0000000000001000',
	'  guest_rip  0x0000681e  0x000000000000fff0', 'vmcs 2 from line 4 on',
	'  guest_rsp  0x0000681c  0x0000000000002000', '  guest_rip  0x0000681e  0x000000000000fff0',
], 'two dumps');
says("${guest}RIPX = 0x0000000000001000\nRSP = 0x0000000000001000 FOO=12 $rip\nhello\nworld\n" .
     "$host# 1=22\n", 0, <<'END', undef, 'what has no label');
2:1: warning: this is not read: it looks like a value, but no label of a dump stands ahead of it
    2 | RIPX = 0x0000000000001000
      | ^~~~~~~~~~~~~~~~~~~~~~~~~
3:26: warning: this is not read: it looks like a value, but no label of a dump stands ahead of it
    3 | RSP = 0x0000000000001000 FOO=12 RIP = 0x000000000000fff0
      |                          ^~~~~~
4:1: warning: 2 lines inside of dumps, from this one on, have no value of a VMCS
    4 | hello
      | ^
END
# The heading of the host's state is lost.
says("${guest}RSP = 0x0000000000001000  $rip\nPAT = 0x0007040600070406\nEFER= 0x0000000000000d01\n" .
     "CR0=0000000080050033 CR3=0000000000001000 CR4=0000000000000000\nPAT = 0x0000000000000006\n$controls",
     0, <<'END', [
3:7: warning: 'PAT' is not read: a heading is missing, and several sections have it
    3 | PAT = 0x0007040600070406
      |       ^~~~~~~~~~~~~~~~~~
4:7: warning: 'EFER' is not read: a heading is missing, and several sections have it
    4 | EFER= 0x0000000000000d01
      |       ^~~~~~~~~~~~~~~~~~
END
	'vmcs 1 from line 1 on', '  guest_rsp      0x0000681c  0x0000000000001000',
	'  guest_rip      0x0000681e  0x000000000000fff0', '  host_cr0       0x00006c00  0x0000000080050033',
	'  host_cr3       0x00006c02  0x0000000000001000', '  host_cr4       0x00006c04  0x0000000000000000',
	'  host_ia32_pat  0x00002c00  0x0000000000000006',
], 'a heading that is lost');
# A heading follows, but not the next one.
says("${guest}PAT = 0x0007040600070406\n${controls}ExceptionBitmap=00000001\n", 0, <<'END', [
2:7: warning: 'PAT' is not read: a heading is missing, and several sections have it
    2 | PAT = 0x0007040600070406
      |       ^~~~~~~~~~~~~~~~~~
END
	'vmcs 1 from line 1 on', '  exception_bitmap  0x00004004  0x00000001',
], 'a section that is lost');
# A mail broke a label, and who quoted it put a sign ahead of both parts.
says("> [ 1.0] $controls> [ 1.0] APIC-access addr = 0x0000000000001000 virt-APIC\n> addr = 0x0000000000002000\n", 0, '', [
	'vmcs 1 from line 1 on', '  apic_access_addr        0x00002014  0x0000000000001000',
	'  virtual_apic_page_addr  0x00002012  0x0000000000002000',
], 'a label in two lines');
# All headings are: then PAT may be anybody's.
says("CR0: actual=0x0000000080050033, shadow=0x0000000060000010, gh_mask=fffffffffffffff7\n" .
     "PAT = 0x0007040600070406\n", 0, <<'END', [
2:7: warning: 'PAT' is not read: a heading is missing, and several sections have it
    2 | PAT = 0x0007040600070406
      |       ^~~~~~~~~~~~~~~~~~
END
	'vmcs 1 from line 1 on', '  guest_cr0            0x00006800  0x0000000080050033',
	'  cr0_read_shadow      0x00006004  0x0000000060000010',
	'  cr0_guest_host_mask  0x00006000  0xfffffffffffffff7',
], 'no headings');
# What else a dump says, and that Linux before 5.9 has these in a line.
my $out = says("VMCS 00000000c0ffee42, last attempted VM-entry on CPU -1\n${guest}EFER =     0x0000000000000d01  " .
	       "PAT = 0x0007040600070406\nMSR guest autoload:\n   0: msr=0x0000038f value=0x0000000000000007\n" .
	       "Interruptibility = 00000001  ActivityState = 00000002\n$controls" .
	       "CR3 target0=0000000000001000 target1=0000000000002000\nCR3 target2=0000000000003000 target3=0000000000004000\n",
	       0, '', undef, 'other words');
like($out, qr/\A\Qvmcs 1 from line 1 on
  VMCS                                        0x00000000c0ffee42
  last attempted VM-entry on CPU              -1
  guest_ia32_efer                 0x00002806  0x0000000000000d01  sce, lme, lma, nx
  guest_ia32_pat                  0x00002804  0x0007040600070406
  MSR guest autoload:
  msr                                         0x0000038f
  value                                       0x0000000000000007
  guest_interruptibility_info     0x00004824  0x00000001          sti
  guest_activity_state            0x00004826  0x00000002          shutdown
  cr3_target_value0               0x00006008  0x0000000000001000
  cr3_target_value1               0x0000600a  0x0000000000002000
  cr3_target_value2               0x0000600c  0x0000000000003000
  cr3_target_value3               0x0000600e  0x0000000000004000
missing: guest_cr0
\E/, 'their values');
# Microsoft's names.
like(try("${guest}CR3 = 0x0000000000001000\nDR7 = 0x0000000000000400\n$host", 'decode', '--names=tlfs')->{out}, qr/^  GuestCr3  /m, '--names=tlfs');

# Any order within the sections of a dump that has all lines.
for my $version (sort keys %of) {
	my ($dump) = @{ $of{$version} };
	my @sections = split(/^(?=\*\*\*)/m, join('', map { "$_\n" } @{ $dump->{lines} }));

	for my $section (@sections) {
		my ($heading, @lines) = split(/^/, $section);

		$section = join('', $heading, shuffle(@lines));
	}
	my $read = read_dump(join('', @sections));

	is($read->{status}, 0, "$version: shuffled");
	is_read($read, $dump, {}, "$version: shuffled") or diag($read->{err});
}

done_testing();
