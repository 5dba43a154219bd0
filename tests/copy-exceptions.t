#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What the spec says of copies is what does not follow: without any line of spec/copies.vmcs, and
# without any clause that says who changes a field, something else comes out; and a line that
# says what follows is an error.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Generated;
use Test::More;
use Vmcsgen;

my $MOST = 20;			# departures of a kernel
my $dir = tempdir();
my @SPEC = ('-s', "$dir/spec/vmcs.vmcs");
my %text = map { ($_ => slurp(root() . "/spec/$_.vmcs")) } qw(copies fields support);

ok_run('cp', '-r', root() . '/spec', "$dir/spec");

# The copies that a spec makes for Linux, without comments, and what JSON says of all.
sub made
{
	my ($file, $text) = @_;

	spew("$dir/spec/$file.vmcs", $text);
	ok_run(vmcsgen(), 'gen', @SPEC, '-W', 'no-copy-exception', '-t', root() . '/templates',
	       '-o', "$dir/out");
	spew("$dir/spec/$file.vmcs", $text{$file});
	my ($copies) = map { s{/\*.*?\*/}{}grs } slurp("$dir/out/linux/vmcs12/linux-copies.h");
	my $said = join("\n", slurp("$dir/out/vmcs.json") =~ /^.*"copy_entry": .*$/gm);

	return ($copies, $said);
}

my ($copies, $said) = made('copies', $text{copies});
my @departures = $text{copies} =~ /^(\t(?:yes|no) .*(?:(?<=,)\n.*)*\n)/gm;
my %linux = map { $_->{name} => 1 } grep { $_->{encoding} }
	@{ revision_json('evmcs/linux-6.1')->{members} };
# Where readers of the kernel find the reasons, a line each.
my $comments = slurp(root() . '/out/linux/vmcs12/linux-copies.h') =~ s/\n \*\t\t/ /gr;
my @of_newest;

cmp_ok(@departures, '>', 10, 'there are departures');
for my $departure (@departures) {
	my ($name, $field) = $departure =~ /(\w+ +(\w+) +at \w+)/;
	my ($copied, $told) = made('copies', $text{copies} =~ s/\Q$departure\E//r);

	like($departure, qr/ because "[^"]/, "'$name' has a reason");
	isnt($told, $said, "without it something else is said");
	next if !$linux{$field};
	isnt($copied, $copies, 'and Linux copies something else');
	push @of_newest, $name;
	my $told_there = "\t$field, " . ($departure =~ /^\tno/ ? 'not ' : '') . 'copied: ' .
		join(' ', $departure =~ /"([^"]*)"/g) . "\n";
	like($comments, qr/\Q$told_there\E/, 'and its reason stands there');
}
cmp_ok(@departures, '<=', $MOST, @departures . ' departures of a kernel with all of them');
diag(@of_newest . ' departures of Linux 6.1 and 6.12');

# Who changes a field below L1, and what is about nothing else.
my @clauses = $text{fields} =~ /(  (?:changed by|unchanged because) "(?:.*,\n\t\t\t)?.*")/g;
cmp_ok(@clauses, '>', 5, 'there are clauses about who changes a field');
for my $clause (@clauses) {
	my ($told) = (made('fields', $text{fields} =~ s/\Q$clause\E//r))[1];

	isnt($told, $said, "without '" . $clause =~ s/\s+/ /gr . '\' something else is said');
}

# Without CET and LBR in the list of what the kernel has no name for, they would be copied.
for my $control (qw(vm_exit_load_cet_state vm_entry_load_cet_state vm_entry_load_ia32_lbr_ctl)) {
	my $unnamed = $text{support} =~ s{^\t(?:un)?named .*?\n(?=\n)}
		{$& =~ s/\b$control,? *(?=\n|\w)/ /r =~ s/,\s*\n\z/\n/r}gmser;
	my ($copied) = made('support', $unnamed);

	isnt($copied, $copies, "if the kernel had a name for $control, its fields would be copied");
}

# A long reason goes on in the next line of the comment.
{
	my $reason = join(' ', ('of a reason that is long') x 6);

	made('copies', $text{copies} =~ s/(cr3_target_count .*because )"[^"]*"/$1"$reason"/r);
	my ($lines) = slurp("$dir/out/linux/vmcs12/linux-copies.h") =~
		/^( \*\tcr3_target_count, not copied:\n(?: \*\t\t.*\n)+)/m;

	is(($lines // '') =~ s/^ \*\s+|\n$//gmr =~ s/\n/ /gr, "cr3_target_count, not copied: $reason",
	   'a long reason is told');
	is_deeply([grep { length($_ =~ s/\t/' ' x 8/ger) > 100 } split(/\n/, $lines // '')], [],
		  'in lines that fit');
}

# What follows may not be said.
for my $member (grep { $_->{encoding} } @{ revision_json('evmcs/linux-6.1')->{members} }) {
	for my $when (qw(entry exit)) {
		next if $text{copies} =~ /^\t(?:yes|no) +\Q$member->{name}\E +at $when\b/m;
		my $says = $member->{"copy_$when"} ? 'yes' : 'no';

		push @{ $text{more} }, "\t$says $member->{field} at $when because \"a test\"\n";
	}
}
spew("$dir/spec/copies.vmcs", $text{copies} . join('', "copies evmcs/linux-6.1 {\n", @{ $text{more} }, "}\n"));
my $result = run(vmcsgen(), 'check', @SPEC);
my @refused = $result->{err} =~ /^\S+ error: '(\w+)' is (?:not )?copied at (?:entry|exit) anyway \[-Wcopy-exception\]$/gm;

is($result->{status}, 1, 'what follows may not be said');
is(@refused, @{ $text{more} }, 'of any of ' . @{ $text{more} } . ' copies');

done_testing();
