#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# `vmcsgen field`: what the tables in facts/ say is what it answers, by every encoding, name,
# offset and control bit; near spellings; questions as people ask them; the page of everything.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use Vmcsgen;

my $facts = "$FindBin::Bin/facts";
my $spec = read_json(spec_json_file());

sub ask
{
	my ($list, @arguments) = @_;

	return run({ dir => root(), stdin => $list, env => { NO_COLOR => 1 } }, vmcsgen(), 'field',
		   @arguments);
}

# The answers to many questions, by what was asked; each has at least one.
sub answers
{
	my (@questions) = @_;
	my $result = ask(join('', map { "$_\n" } @questions), '-', '--format=json');
	my %answers;

	is($result->{err}, '', @questions . ' questions: no message');
	is($result->{status}, 0, 'exit status');
	push @{ $answers{ $_->{asked} } }, $_
		for @{ JSON::PP->new->utf8->decode($result->{out})->{answers} };
	is_deeply([grep { !$answers{$_} } @questions], [], 'all are answered');
	return %answers;
}

# What is wrong with the answers to some questions: a list of texts, which is to be empty.
sub check_answers
{
	my ($name, $questions, $wrong) = @_;
	my %answers = answers(sort keys %$questions);
	my @wrong = map { my $asked = $_; map { "$asked: $_" }
			  $wrong->($questions->{$asked}, @{ $answers{$asked} }) } sort keys %$questions;

	is_deeply(\@wrong, [], "$name: " . keys(%$questions) . ' questions');
	return %answers;
}

#
# Encodings: in three notations
#

my @encodings = read_csv("$facts/encodings.csv");
my %full = map { ($_->{encoding} => $_) } grep { $_->{access} eq 'full' } @encodings;
my %names = map { ($_->{encoding} => $_->{name}) } @{ $spec->{fields} };

sub full_of { return $full{ sprintf('0x%08x', hex($_[0]{encoding}) & ~1) } }

sub wrong_field
{
	my ($row, @answers) = @_;
	my $full = full_of($row);
	my ($field) = grep { $_->{encoding} eq $full->{encoding} } map { $_->{field} // () } @answers;
	my $width = $full->{width} eq 'natural' ? 'natural-width' : "$full->{width}-bit";
	my %kind = (control => 'control', guest => 'guest-state', host => 'host-state',
		    'read-only' => 'read-only data');
	my %is = (
		name => $names{ $full->{encoding} }, encoding => $full->{encoding}, width => $width,
		kind => $kind{ $full->{type} }, index => $full->{index},
		access => $full->{type} eq 'read-only' ? 'read-only' : 'read-write',
	);
	# The page has one encoding for two names, and the tables have what the page has.
	my %tlfs = map { $_ => 1 } split(' ', $full->{tlfs_names});

	return 'no field' if !$field;
	# A decimal number may be another field's encoding in hexadecimal: then both are told.
	return 'several answers' if @answers > 1 && $answers[0]{asked} !~ /^[0-9]{4,5}\z/;
	return ((%tlfs && !$tlfs{ $field->{tlfs} } ? "tlfs: $field->{tlfs}" : ()),
		grep { defined } map { $field->{$_} eq $is{$_} ? undef : "$_: $field->{$_}, not $is{$_}" }
			sort keys %is);
}

sub wrong_half
{
	my ($row, @answers) = @_;
	my $high = $row->{access} eq 'high';

	return ((map { 'the wrong half' } grep { !!$_->{field}{high} != $high } $answers[0]),
		wrong_field($row, @answers));
}

cmp_ok(scalar(@encodings), '>=', 283, 'the encodings were found');
check_answers('hexadecimal', { map { ($_->{encoding} => $_) } @encodings }, \&wrong_half);
check_answers('without zeroes', { map { (sprintf('0x%x', hex $_->{encoding}) => $_) } @encodings },
	      \&wrong_half);
check_answers('decimal', { map { (hex($_->{encoding}) => $_) } @encodings }, \&wrong_half);
check_answers('digits alone', { map { (sprintf('%08X', hex $_->{encoding}) => $_) } @encodings },
	      \&wrong_half);

# Which controls add a field.
check_answers('the controls that add it', { map { ($_->{encoding} => $_) } values %full }, sub {
	my ($row, $answer) = @_;
	my @adders = map { sprintf('%s:%d', word_encoding($_->{word}), $_->{bit}) }
		@{ $answer->{field}{adders} };

	return join(' ', sort @adders) eq join(' ', sort split(/[ ;]+/, $row->{exists_if})) ? () :
		"@adders, not $row->{exists_if}";
});

sub word_encoding
{
	my ($word) = @_;
	my ($found) = grep { $_->{word} eq $word } @{ $spec->{controls} };

	return sprintf('0x%04x', hex $found->{encoding});
}

#
# Names: the kernel's, the TLFS's, the SDM's, those of the spec, in any case
#

my %kernel = map { ($_->{kernel_name} => $_) } grep { $_->{kernel_name} ne '' } @encodings;

check_answers('names of the kernel', \%kernel, \&wrong_half);
check_answers('these in lower case', { map { (lc($_) => $kernel{$_}) } keys %kernel }, \&wrong_half);
check_answers('names of the TLFS', { map { my $row = $_; map { ($_ => $row) } split(' ', $row->{tlfs_names}) }
	       grep { $_->{encoding} ne '0x00006c16' } @encodings }, \&wrong_field);

my %by_name = map { ($_->{name} => $_) } @{ $spec->{fields} };
my %spelled = map { my $field = $_; map { ($_ => $field) }
		    $field->{name}, "VMCS_ENC_\U$field->{name}", @{ $field->{linux} },
		    grep { $_ ne '' } $field->{sdm} } @{ $spec->{fields} };

check_answers('names of the spec, its macros, aliases, the SDM\'s', \%spelled, sub {
	my ($field, @answers) = @_;

	return (grep { $_->{field} && $_->{field}{name} eq $field->{name} } @answers) ? () : 'another field';
});
my @sdm = map { lc($_->{sdm}) } grep { $_->{sdm} ne '' } @{ $spec->{fields} };
my %seen;
is_deeply([grep { $seen{$_}++ } @sdm], [], 'no two fields have one name in the SDM: ' . @sdm);
cmp_ok(scalar(@sdm), '>=', 0.95 * @{ $spec->{fields} }, 'most fields have one');

#
# Controls: by word and bit, by name
#

my @controls = read_csv("$facts/controls.csv");
my %control_of = map { my $word = $_; map { ($_->{name} => { %$_, word => $word->{word} }) } @{ $word->{bits} } }
	@{ $spec->{controls} };

sub wrong_control
{
	my ($row, @answers) = @_;
	my ($control) = map { $_->{control} } grep { $_->{control} } @answers;

	return 'no control' if !$control;
	my $fields = join(' ', sort map { $by_name{$_}{encoding} } @{ $control->{adds} }, @{ $control->{uses} });
	my $needs = join(' ', sort map { uc($_->{name}) } @{ $control->{needs} });
	my $excludes = join(' ', sort map { uc($_->{name}) } @{ $control->{excludes} });
	my %is = ('its name' => [uc($control->{name}), $row->{kernel_name}],
		  'its bit' => [$control->{bit}, $row->{bit}],
		  'its word' => [hex($control->{encoding}), hex($row->{encoding})],
		  fields => [$fields, join(' ', sort split(' ', $row->{fields}))],
		  needs => [$needs, join(' ', sort split(' ', $row->{needs}))],
		  excludes => [$excludes, join(' ', sort split(' ', $row->{excludes}))]);

	return map { "$_: $is{$_}[0], not $is{$_}[1]" }
		grep { $is{$_}[1] ne '' && $is{$_}[0] ne $is{$_}[1] } sort keys %is;
}

cmp_ok(scalar(@controls), '>=', 104, 'the controls were found');
check_answers('WORD:BIT', { map { ("$_->{encoding}:$_->{bit}" => $_) } @controls }, \&wrong_control);
check_answers('NAME BIT', { map { ("$names{ sprintf('0x%08x', hex $_->{encoding}) } $_->{bit}" => $_) }
			    @controls }, \&wrong_control);
check_answers('NAME[BIT]', { map { ("\U$names{ sprintf('0x%08x', hex $_->{encoding}) }\E[$_->{bit}]" => $_) }
			     @controls }, \&wrong_control);
check_answers('macros of controls', { map { my $row = $_; map { ($_ => $row) }
	       $row->{kernel_name}, "VMCS_CTRL_$row->{kernel_name}", lc($row->{kernel_name}) }
	       grep { $_->{kernel_name} ne '' } @controls }, \&wrong_control);
check_answers('names of the SDM', { map { ($_->{sdm} => $_) } grep { $_->{sdm} ne '' } values %control_of }, sub {
	my ($control, @answers) = @_;

	# Controls of an entry and of an exit may share a name: all are told.
	return (grep { $_->{control} && $_->{control}{sdm} eq $control->{sdm} } @answers) ? () : 'another control';
});

#
# Offsets: every byte at which a member begins or ends, in every table
#

my %tables = (
	map({ ("vmcs12/linux-$_" => "vmcs12/linux-$_") } qw(3.10 4.0 4.14 4.18 6.1 6.12)),
	map({ ("evmcs/linux-$_" => "evmcs/linux-$_") } qw(4.17 5.0 6.1 6.12)),
	'evmcs/tlfs-5.0' => 'tlfs/5.0b', 'evmcs/tlfs-6.0' => 'tlfs/6.0b',
	'evmcs/tlfs-2021' => 'tlfs/web-2021-05-11', 'evmcs/tlfs-2022' => 'tlfs/web-2022-07-06',
);

my %places;
for my $revision (sort keys %tables) {
	for my $row (read_csv("$facts/$tables{$revision}.csv")) {
		my $last = $row->{offset} + $row->{size} * $row->{count} - 1;

		$places{"$revision\@$row->{offset}"} = $row;
		$places{sprintf('%s@0x%x', $revision, $last)} = $row;
	}
}
cmp_ok(scalar(keys %places), '>', 3000, 'the offsets were found');
check_answers('places', \%places, sub {
	my ($row, $answer) = @_;
	my $place = $answer->{place};
	my $name = $row->{name};
	my $pad = $name =~ /pad|rsvd|reserved|dead_space/i;

	return 'no place' if !$place;
	return 'another place' if $place->{begin} != $row->{offset} && !$pad;
	return 'a pad' if $place->{pad} && !$pad;
	return () if $pad;
	my @known = ($place->{member}, $answer->{field} ? ($answer->{field}{tlfs}, $answer->{field}{name},
							  @{ $answer->{field}{linux} }) :
							 ($answer->{member}{name}, $answer->{member}{tlfs}));
	return (grep { $_ eq $name } @known) ? () : "@known, not $name";
});

# The labels of the kernel's dump, as spec/dump.vmcs has them: all fields whose label begins a line.
{
	my %labels;

	for my $line (split(/\n/, slurp(root() . '/spec/dump.vmcs'))) {
		my ($label, $field) = $line =~ /^\t"([^%"]{5,}?)=? *%[^"]*" +(\w+)/ or next;

		$label =~ s{ *=? *$}{};
		push @{ $labels{$label} }, $field if $field ne "rare" && $label =~ tr{ }{}c >= 5;
	}
	cmp_ok(scalar(keys %labels), '>', 40, 'there are labels');
	check_answers('labels of a dump', { map { ($_ => $labels{$_}) } keys %labels }, sub {
		my ($fields, @answers) = @_;
		my %known = map { ($_->{field}{name} // '') => $_->{field}{dumps} } @answers;
		my @lost = grep { !@{ $known{$_} // [] } } @$fields;

		return @lost ? "not @lost" : ();
	});
}

# Each revision's offset and group, as answers tell them, too.
my %offsets;
for my $answer (@{ JSON::PP->new->utf8->decode(ask('', '--format=json')->{out})->{answers} }) {
	$offsets{ $_->{revision} }{ ($answer->{field} // $answer->{member})->{name} } = $_
		for grep { defined $_->{offset} } @{ $answer->{places} // [] };
}
for my $layout (@{ $spec->{layouts} }) {
	for my $revision (@{ $layout->{revisions} }) {
		my $told = $offsets{ $revision->{name} =~ m{/} ? $revision->{name} : "$layout->{name}/$revision->{name}" };
		my @members = grep { !$_->{pad} } @{ $revision->{members} };
		my @wrong = grep {
			my $place = $told->{ $_->{field} // '' } // $told->{ $_->{name} };

			!$place || $place->{offset} != $_->{offset} ||
			($place->{group} // '') ne ($_->{group} // '');
		} @members;

		is_deeply([map { $_->{name} } @wrong], [], "$revision->{name}: " . @members . ' members, as vmcs.json has them');
	}
}

#
# To the letter
#

sub told
{
	my ($out, @arguments) = @_;
	my $result = ask('', @arguments);

	is($result->{out}, $out, "field @arguments");
	is($result->{err}, '', 'no message');
	is($result->{status}, 0, 'exit status');
}

sub not_told
{
	my ($message, @arguments) = @_;
	my $result = ask('', @arguments);

	is($result->{err}, "vmcsgen: error: $message\n", "field @arguments");
	is($result->{out}, '', 'nothing on standard output');
	is($result->{status}, 3, 'exit status');
}

told(<<'END', 'tsc-mult');
'tsc-mult' is nearest to tsc_multiplier
tsc_multiplier, 0x00002032 (8242), its high half 0x00002033: 64-bit control, read-write, index 25
Linux TSC_MULTIPLIER; SDM (unverified): TSC multiplier; TLFS TscMultiplier
exists with secondary_exec_tsc_scaling (bit 25 of secondary_vm_exec_control), which needs cpu_based_activate_secondary_controls
written by L1 alone
not shadowed
value 1 of "TSC Multiplier = %" below "*** Control State ***" in a dump of kvm
means nothing as 0x1000000000000
evmcs/linux-4.17            -
evmcs/linux-5.0             -
evmcs/linux-6.1           984 (0x3d8)  clean group control_grp2 (bit 2)  also evmcs/linux-6.12, evmcs/linux-7.3
evmcs/tlfs-5.0              -
evmcs/tlfs-6.0              -
evmcs/tlfs-2021           984 (0x3d8)  clean group control_grp2 (bit 2)
evmcs/tlfs-2022           984 (0x3d8)  clean group control_grp2 (bit 2)
vmcs12/evmcs-first        984 (0x3d8)
vmcs12/linux-3.10           -
vmcs12/linux-4.0            -
vmcs12/linux-4.14           -
vmcs12/linux-4.18           -
vmcs12/linux-6.1          328 (0x148)  also vmcs12/linux-6.12
vmcs12/linux-7.3          328 (0x148)
vmcs12/rfc-2017          2168 (0x878)
linux: copied from evmcs/linux-6.1 at entry, not back at exit
linux-7.3: copied from evmcs/linux-6.1 at entry, not back at exit
END

told(<<'END', 'secondary_exec_control', '25', 'vmcs12/linux-6.1@681', 'hdr');
secondary_exec_tsc_scaling, bit 25 (0x02000000) of secondary_vm_exec_control, 0x0000401e
Linux SECONDARY_EXEC_TSC_SCALING; SDM (unverified): Use TSC scaling
adds tsc_multiplier (0x00002032)
its word exists with cpu_based_activate_secondary_controls (bit 31 of cpu_based_vm_exec_control)
evmcs/linux-6.1: no eVMCS may carry it: L1 is offered the eVMCS as it was before it had tsc_multiplier
evmcs/linux-6.1, kvm_on_hyperv: an eVMCS may carry it: KVM takes what Hyper-V offers, and the eVMCS has tsc_multiplier
evmcs/linux-6.12: an eVMCS may carry it
evmcs/linux-6.12, hyperv_on_kvm: no eVMCS may carry it: L1 is offered the eVMCS as it was before it had tsc_multiplier (EVMCSv1_LEGACY)
evmcs/linux-7.3: an eVMCS may carry it
evmcs/linux-7.3, hyperv_on_kvm: no eVMCS may carry it: L1 is offered the eVMCS as it was before it had tsc_multiplier (EVMCSv1_LEGACY)

vmcs12/linux-6.1@681 (0x2a9): the pad paddingl, bytes 680 to 743
vmcs12/evmcs-first has guest_physical_address there
vmcs12/linux-4.14 has host_ia32_sysenter_eip there
vmcs12/linux-7.3 has host_s_cet there
vmcs12/rfc-2017 has guest_physical_address there

hdr, vmcs_hdr: no field of the VMCS; TLFS -
bit 0, 31 wide: revision_id
bit 31, 1 wide: shadow_vmcs
evmcs/linux-4.17            -
evmcs/linux-5.0             -
evmcs/linux-6.1             -  also evmcs/linux-6.12, evmcs/linux-7.3
evmcs/tlfs-5.0              -
evmcs/tlfs-6.0              -
evmcs/tlfs-2021             -
evmcs/tlfs-2022             -
vmcs12/evmcs-first          0 (0x000)
vmcs12/linux-3.10           -
vmcs12/linux-4.0            -
vmcs12/linux-4.14           -
vmcs12/linux-4.18           -
vmcs12/linux-6.1            0 (0x000)  also vmcs12/linux-6.12
vmcs12/linux-7.3            0 (0x000)
vmcs12/rfc-2017             0 (0x000)
END

# What is asked for in vain.
not_told('\'rip\' may be io_rip, guest_rip or host_rip', 'rip');
not_told('the spec has no field, control or member \'frobnicate\'', 'frobnicate');
not_told('the spec has no field, control or member \'guest_rsp_shadow\'; did you mean guest_rsp?',
	 'guest_rsp_shadow');
not_told('the spec has no field 0x00002098, which would be a 64-bit control field with the index 76; ' .
	 'the last one before it is injected_event_data', '0x2098');
not_told('0x12032 is not an encoding: it has reserved bits set, those of 0x10000', '0x12032');
not_told('the spec has no revision \'vmcs12/linux-9.9\'; \'vmcsgen list\' prints those that it has',
	 'vmcs12/linux-9.9@8');
not_told('\'first\' is not an offset: they are decimal, or hexadecimal with 0x', 'vmcs12/linux-6.1@first');
not_told('vmcs12/linux-6.1 has bytes 0 to 4095', 'vmcs12/linux-6.1@4096');
not_told('\'secondary_vm_exec_control\' has bits 0 to 31', 'secondary_vm_exec_control:32');

# What is wrong of several is said, the rest answered; in a list it has a place.
{
	my $result = ask("\n# from a log\n  0x681e\t\nguest_rpi\n\nguest_rip_shadow\n", 'abort', '-');

	is($result->{err}, <<'END', 'a list: messages');
/dev/stdin:6:1: error: the spec has no field, control or member 'guest_rip_shadow'; did you mean guest_rip?
    6 | guest_rip_shadow
      | ^~~~~~~~~~~~~~~~
END
	is($result->{status}, 3, 'exit status');
	is(join("\n", grep { /^(?:abort|guest_rip|')/ } split(/\n/, $result->{out})), <<'END' =~ s/\n\z//r, 'a list: answers');
abort, u32: no field of the VMCS; TLFS AbortIndicator
guest_rip, 0x0000681e (26654): natural-width guest-state, read-write, index 15
'guest_rpi' is nearest to guest_rip
guest_rip, 0x0000681e (26654): natural-width guest-state, read-write, index 15
END
}

#
# As people ask: what was pasted in public threads, and what the first three lines have to say
#

my @threads = (
	['microsoft/lisa 2607', '[  259.760175] KVM: accessing unsupported EVMCS field 2032', 'TSC_MULTIPLIER'],
	['google/rekall 107', '# vmread(0x4400) failed', 'VM_INSTRUCTION_ERROR'],
	['google/rekall 107', 'EPTP', 'EPT_POINTER'],
	['KVM-VMI/nitro 12', '[17952.582712] vmwrite error: reg 6820 value 46 (err 70)', 'GUEST_RFLAGS'],
	['lkp 202309242050', '[  271.863011][T15436] vmwrite failed: field=682a val=0 err=12', 'GUEST_SSP'],
	['intel-staging/pKVM-IA 35', 'kvm_intel: vmwrite failed: field=8 val=fff err=0', 'LAST_PID_POINTER_INDEX'],
	['tianocore/edk2 91', 'VM-entry interruption-information field', 'VM_ENTRY_INTR_INFO_FIELD'],
	['acrn-hypervisor 105', 'VMX_PROCBASED_CTLS2_RDTSCP', 'SECONDARY_EXEC_ENABLE_RDTSCP'],
	['bochs-emu/Bochs 648', 'VMCS_32BIT_GUEST_INTERRUPTIBILITY_STATE', 'GUEST_INTERRUPTIBILITY_INFO'],
	['bochs-emu/Bochs 648', '"virtual NMIs" VM-execution control', 'PIN_BASED_VIRTUAL_NMIS'],
	['Bareflank/hypervisor 211', 'VMCS_HOST_IA32_SYSENTER_EIP', 'HOST_IA32_SYSENTER_EIP'],
	['linux-noah/noah 97', 'VMCS_GUEST_CR3', 'GUEST_CR3'],
	['xen-devel 2013-01', '"virtualize x2APIC mode" VM-execution control',
	 'SECONDARY_EXEC_VIRTUALIZE_X2APIC_MODE'],
);

for (@threads) {
	my ($thread, $asked, $name) = @$_;
	my $result = ask('', $asked);
	my @lines = split(/\n/, $result->{out});

	is($result->{status}, 0, "$thread: $asked");
	ok((grep { /\bLinux $name\b/ } @lines[0 .. 2]), "$thread: it is $name") or diag(@lines[0 .. 2]);
	is(scalar(grep { /^Linux / } @lines), 1, "$thread: and nothing else");
}

#
# The page of everything
#

my $page = ask('', '--format=html')->{out};

unlike($page, qr{<tbody>\s*</tbody>}, 'no table is empty');
unlike($page, qr{not in\s*</p>}, 'nor is a list of revisions that lack something');
like($page, qr{<p>not in evmcs/linux-4\.17, [^<]*vmcs12/linux-3\.10</p>}, 'which says who they are');

cmp_ok(length($page), '<', 2_000_000, 'it has less than 2 MB: ' . length($page));
unlike($page, qr/\b(?:src|href)="(?!#)/, 'it needs no other file');
my %ids = map { $_ => 1 } $page =~ / id="([^"]*)"/g;
is_deeply([grep { !$ids{$_} } map { $_->{name} } @{ $spec->{fields} }], [], 'every field has its place');
is_deeply([grep { !$ids{$_} } sort keys %control_of], [], 'so has every control');
is_deeply([grep { !$ids{$_} } grep { $_ !~ /linux-6\.12|evmcs\/linux-7/ } split(/\n/, ok_run({ dir => root() }, vmcsgen(), 'list'))],
	  [], 'so has every revision');
is_deeply([grep { !$ids{$_} } $page =~ /href="#([^"]*)"/g], [], 'every link leads somewhere');

done_testing();
