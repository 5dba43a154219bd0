#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# `vmcsgen decode` of lists of names and values: every field by every name that it has, in the
# notations of debuggers and hypervisors.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Blobs;
use JSON::PP ();
use Test::More;
use Vmcsgen;

my $spec = read_json(spec_json_file());
my @fields = @{ $spec->{fields} };
my %digits = (16 => 4, 32 => 8, 64 => 16, natural => 16);

srand(20);

sub digits_of { return $digits{ $_[0]{width} =~ /(\d+)/ ? $1 : 'natural' } }

# A value of a field, in hexadecimal digits; the first has a letter, so that the base is known.
my $first = 1;
my %values = map {
	my $value = join('', map { sprintf('%x', int(rand(16))) } 1 .. digits_of($_));

	substr($value, 0, 1, 'a') if $first;
	$first = 0;
	$_->{name} => $value
} @fields;

sub decoded
{
	my ($text, @options) = @_;
	my $result = try($text, 'decode', '--format=json', @options);

	return { status => $result->{status}, err => $result->{err},
		 values => $result->{out} eq '' ? {} :
			{ map { $_->{name} => $_->{value} }
			  @{ JSON::PP->new->utf8->decode($result->{out})->{values} } } };
}

sub decimal { return Math::BigInt->from_hex($_[0])->bstr }
require Math::BigInt;

# How the pair of a name and a value is written, and what is around all pairs.
my %NOTATIONS = (
	'name: value' => [sub { "$_[0]: 0x$_[1]" }, '', ''],
	'name = value' => [sub { "$_[0] = 0x$_[1]" }, '', ''],
	'name=value in capitals' => [sub { "\U$_[0]\E=\U$_[1]" }, '', ''],
	'name value' => [sub { "$_[0]   0x$_[1]" }, '', ''],
	'digits without 0x' => [sub { "$_[0]: $_[1]" }, '', ''],
	'with time stamps' => [sub { "[  12.345678] kvm_intel: $_[0] = 0x$_[1]\r" }, '', ''],
	'drgn' => [sub { "\t.$_[0] = (u64)" . decimal($_[1]) . ',' }, "*(struct vmcs12 *)0xffff888012345000 = {\n", '}'],
	'gdb' => [sub { "$_[0] = 0x$_[1], " }, '$1 = {', '}'],
	'gdb with decimal numbers' => [sub { "  $_[0] = " . decimal($_[1]) . ',' }, "\$1 = {\n", '}'],
	'JSON' => [sub { "\t\"$_[0]\": \"0x$_[1]\"," }, "{\n", '}'],
	'JSON with decimal numbers' => [sub { "\t\"$_[0]\": " . decimal($_[1]) . ',' }, "{\n", '}'],
	'a member of a struct' => [sub { "vmcs12->$_[0] = 0x$_[1];" }, '', ''],
);
my %NAMES = (
	Linux => sub { $_[0]{name} },
	TLFS => sub { $_[0]{tlfs} },
	SDM => sub { $_[0]{sdm} },
	encoding => sub { $_[0]{encoding} },
	'short encoding' => sub { sprintf('%04x', hex($_[0]{encoding})) },
	macro => sub { "VMCS_ENC_\U$_[0]{name}" },
);

for my $notation (sort keys %NOTATIONS) {
	my ($write, $begin, $end) = @{ $NOTATIONS{$notation} };

	for my $kind (sort keys %NAMES) {
		my @named = grep { ($NAMES{$kind}->($_) // '') ne '' } @fields;

		# Names of several words have none of these.
		next if $kind eq 'SDM' && $notation =~ /gdb|drgn|member|JSON/ || $kind =~ /encoding/ && $notation =~ /gdb|drgn|member/;
		# As the SDM has brackets in names and one name for two fields, or a comma.
		@named = grep { $NAMES{$kind}->($_) !~ /[,(]/ } @named if $kind eq 'SDM';
		my $text = $begin . join($notation eq 'gdb' ? '' : "\n",
					 map { $write->($NAMES{$kind}->($_), $values{ $_->{name} }) } @named) . "$end\n";
		# A number of which the base can't be seen has that of the others.
		my $read = decoded($text);

		is($read->{err}, '', "$notation, $kind: no message");
		is($read->{status}, 0, "$notation, $kind: status");
		is_deeply($read->{values}, { map { $_->{name} => "0x$values{ $_->{name} }" } @named },
			  "$notation, $kind: " . @named . ' fields');
	}
}

# High halves by themselves.
{
	my @wide = grep { $_->{high} } @fields;

	for my $name (sub { "\U$_[0]{name}_HIGH" }, sub { sprintf('0x%x', hex($_[0]{encoding}) | 1) }) {
		my $text = join('', map {
			my ($high, $low) = $values{ $_->{name} } =~ /(.{8})(.{8})/;

			$name->($_) . " = 0x$high\n$_->{name} = 0x$low\n";
		} @wide);

		is_deeply(decoded($text)->{values}, { map { $_->{name} => "0x$values{ $_->{name} }" } @wide }, 'halves');
	}
}

#
# What is said
#

sub says
{
	my ($text, $status, $messages, $values, $name) = @_;
	my $read = decoded($text);

	is($read->{err}, $messages =~ s/^(?=[1-9])/standard input:/gmr, "$name: messages");
	is($read->{status}, $status, "$name: status");
	is_deeply($read->{values}, $values, "$name: values");
}

says("VMCS of CPU 3\n4000 PIN_CONTROLS: 3f\n681e GUEST_RIP: fff0\n", 0, <<'END',
1:1: warning: 1 line, from this one on, has no name with a value
    1 | VMCS of CPU 3
      | ^
END
     { pin_based_vm_exec_control => '0x0000003f', guest_rip => '0x000000000000fff0' }, 'HAXM');
says("guest_ripp = 0x1\nguest_rip = 0x2\nguest_ripp = 0x3\n", 0, <<'END', { guest_rip => '0x0000000000000002' }, 'an unknown name');
1:1: warning: this is not read: 'guest_ripp' is not a field; did you mean 'guest_rip'?
    1 | guest_ripp = 0x1
      | ^~~~~~~~~~
END
says("guest_rip = 0x1\nGuestRip = 0x2\n", 3, <<'END', {}, 'two values');
2:12: error: guest_rip has another value already
    2 | GuestRip = 0x2
      |            ^~~
standard input:1:13: note: the first value
    1 | guest_rip = 0x1
      |             ^~~
END
says("guest_rip = 0x1\nGuestRip = 0x1\n", 0, '', { guest_rip => '0x0000000000000001' }, 'one value twice');
says("guest_cs_selector: 0x10000\n", 3, <<'END', {}, 'a value that is too wide');
1:20: error: the number does not fit 16 bits
    1 | guest_cs_selector: 0x10000
      |                    ^~~~~~~
END
says("guest_rip: 18446744073709551616\n", 3, <<'END', {}, 'a decimal one');
1:12: error: the number does not fit 64 bits
    1 | guest_rip: 18446744073709551616
      |            ^~~~~~~~~~~~~~~~~~~~
END
says("guest_cs_limit: 10\nguest_ds_limit: 20\n", 0, <<'END', { guest_cs_limit => '0x0000000a', guest_ds_limit => '0x00000014' }, 'no base');
1:17: warning: numbers are read as decimal ones here: none has 0x or a letter
    1 | guest_cs_limit: 10
      |                 ^~
END
says("guest_cs_limit = (u32)10\n", 0, '', { guest_cs_limit => '0x0000000a' }, 'a type');
says("guest_cs_limit: \"10\"\n", 0, '', { guest_cs_limit => '0x0000000a' }, 'a string');
says("guest_cs_limit: 10\nguest_ds_limit: 2f\n", 0, '', { guest_cs_limit => '0x00000010', guest_ds_limit => '0x0000002f' }, 'a base that is seen');
says("TSC_OFFSET_HIGH = 0x1\nguest_rip = 0x1\n", 0, <<'END', { guest_rip => '0x0000000000000001' }, 'half a value');
1:19: warning: the high half of tsc_offset is not read: the low one is missing
    1 | TSC_OFFSET_HIGH = 0x1
      |                   ^~~
END
says("TSC_OFFSET_HIGH = 0x1\nTSC_OFFSET = 0x200000000\n", 3, <<'END', {}, 'a half twice');
1:19: error: tsc_offset has another high half already
    1 | TSC_OFFSET_HIGH = 0x1
      |                   ^~~
standard input:2:14: note: the first value
    2 | TSC_OFFSET = 0x200000000
      |              ^~~~~~~~~~~
END
is(decoded("guest_rip = 0x1\n", '--from=vmcs12/linux-4.14')->{err},
   "vmcsgen: error: standard input is a text: --from is for images\n", '--from of a text');
says("hello\n", 3, <<'END', {}, 'a text without any');
1:1: error: the text has no dump of a VMCS, and no field with a value
    1 | hello
      | ^
END
says("{hdr = {revision_id = 0x11e57ed0, shadow_vmcs = 0}, abort = 0, launch_state = 1}\n", 0, '',
     { revision_id => '0x11e57ed0', shadow_vmcs => '0x0', abort => '0x00000000', launch_state => '0x00000001' },
     'members that are no fields');
is(try("guest_rip = 0x1\n", 'decode', '--format=csv')->{err}, "vmcsgen: error: decode has no format 'csv'\n", 'no such format');
# As many names as there are lines are counted, not shown.
like(decoded(join('', map { "name_$_ = 0x1\n" } 1 .. 100) . "guest_rip = 0x1\n")->{err},
     qr/\nvmcsgen: warning: 80 more names are not known\n\z/, 'many names');

done_testing();
