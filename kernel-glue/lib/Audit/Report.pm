# SPDX-License-Identifier: GPL-2.0-only
#
# The report of an audit: for people, as text; for programs, as JSON; and for CI systems, as SARIF.
package Audit::Report;

use strict;
use warnings;

use JSON::PP;

# The formats that it has, each by a method of this name.
use constant FORMATS => qw(text json sarif);

# Findings of one key are told apart by their order.  Of a rule that could not tell something, no
# known finding is gone.
sub new
{
	my ($class, $audit, $rules, $known) = @_;
	my %failed = map { $_->{rule} => 1 } @{ $audit->{errors} };
	my @told = grep { !$failed{ $_->{name} } } @$rules;
	my %seen;

	for my $finding (@{ $audit->{findings} }) {
		my $count = ++$seen{$finding->{rule}}{$finding->{key}};

		$finding->{key} .= " ($count)" if $count > 1;
	}
	$_->{judged} = $known->judged($_) for @{ $audit->{findings} };
	return bless({ audit => $audit, rules => $rules, findings => $audit->{findings},
		       gone => [$known->gone($audit->{findings}, @told)] }, $class);
}

# How many findings are new, and how many that were known are gone.
sub news { return grep({ !$_->{judged} } @{ $_[0]{findings} }) + @{ $_[0]{gone} } }

# A finding in full.
sub full
{
	my ($finding) = @_;
	my $judged = $finding->{judged};

	return join('', "$finding->{at}: $finding->{rule}: $finding->{key}",
		    $finding->{sure} eq 'look' ? ': a reason to look' : '', "\n",
		    "\tmust hold: $finding->{holds}\n", "\tbut: $finding->{does}\n",
		    map({ "\t  $_\n" } @{ $finding->{chain} }),
		    $finding->{guest} ? "\ta guest sees it: $finding->{guest}\n" : '',
		    $judged ? "\t$judged->{judgment}: $judged->{reason}\n" : '', "\n");
}

# How many findings are new, known by judgment, and gone; and what no rule could tell.
sub counts
{
	my ($self) = @_;
	my @known = grep { $_->{judged} } @{ $self->{findings} };
	my $new = @{ $self->{findings} } - @known;
	my %judged;

	$judged{ $_->{judged}{judgment} }++ for @known;
	my $judged = join(', ', map { "$judged{$_} $_" } sort keys %judged);

	return "$new new, " . @known . ' known' . (@known ? " ($judged)" : '') . ', ' .
	       @{ $self->{gone} } . ' gone, ' . @{ $self->{audit}{errors} } . " not told\n";
}

sub text
{
	my ($self, $all) = @_;
	my $audit = $self->{audit};
	my @notes = $all ? @{ $audit->{notes} } : ();

	return join('', map({ full($_) } grep { $all || !$_->{judged} } @{ $self->{findings} }),
		    map({ "known and gone: $_\n" } @{ $self->{gone} }),
		    map({ "note: $_->{rule}: $_->{text}\n" } @notes),
		    map({ "error: $_->{rule}: $_->{text}\n" } @{ $audit->{errors} }),
		    $self->counts);
}

sub place
{
	my ($at) = @_;
	my ($file, $line) = $at =~ /^(.*):(\d+)$/ ? ($1, $2 + 0) : ($at, 1);

	return { file => $file, line => $line };
}

# A finding in JSON.
sub as_json
{
	my ($finding) = @_;
	my %of = map { $_ => $finding->{$_} } qw(rule key holds does sure chain guest);
	my $judged = $finding->{judged};
	my $known = $judged ? { map { $_ => $judged->{$_} } qw(judgment reason) } : undef;

	return { %of, %{ place($finding->{at}) }, known => $known };
}

sub encode { return JSON::PP->new->utf8->canonical->pretty->encode($_[0]) }

sub json
{
	my ($self) = @_;
	my $audit = $self->{audit};

	return encode({
		kernel => $audit->{kernel}->version, target => $audit->{target}{name},
		rules => [map { { name => $_->{name}, statement => $_->{statement} } }
			  @{ $self->{rules} }],
		findings => [map { as_json($_) } @{ $self->{findings} }],
		gone => $self->{gone}, notes => $audit->{notes}, errors => $audit->{errors},
	});
}

# A place in SARIF, and what there is to say of it.
sub location
{
	my ($at, $text) = @_;
	my $place = place($at);

	return { physicalLocation => {
			artifactLocation => { uri => $place->{file}, uriBaseId => 'SRCROOT' },
			region => { startLine => $place->{line} } },
		 defined $text ? (message => { text => $text }) : () };
}

# A finding in SARIF: one that is known is suppressed, with its reason.
sub result
{
	my ($finding) = @_;
	my $judged = $finding->{judged};
	my @related = map { /^(\S+:\d+): (.*)/ ? location($1, $2) : () } @{ $finding->{chain} };
	my @suppressions = !$judged ? () :
		{ kind => 'external', justification => "$judged->{judgment}: $judged->{reason}" };

	return { ruleId => $finding->{rule},
		 level => $finding->{sure} eq 'proven' ? 'error' : 'warning',
		 message => { text => "$finding->{key}: $finding->{holds}; but: $finding->{does}" },
		 locations => [location($finding->{at})], relatedLocations => \@related,
		 partialFingerprints => { 'vmcsgen/v1' => "$finding->{rule}: $finding->{key}" },
		 @suppressions ? (suppressions => \@suppressions) : () };
}

# SARIF 2.1.0, as OASIS has standardized it.
sub sarif
{
	my ($self) = @_;
	my @errors = @{ $self->{audit}{errors} };
	my @rules = map { { id => $_->{name}, fullDescription => { text => $_->{statement} } } }
		    @{ $self->{rules} };
	my @notifications = map { { level => 'error',
				    message => { text => "$_->{rule}: $_->{text}" } } } @errors;

	return encode({
		'$schema' => 'https://json.schemastore.org/sarif-2.1.0.json', version => '2.1.0',
		runs => [{
			tool => { driver => { name => 'vmcsgen audit', rules => \@rules } },
			invocations => [{ executionSuccessful => @errors ? JSON::PP::false
									 : JSON::PP::true,
					  toolExecutionNotifications => \@notifications }],
			results => [map { result($_) } @{ $self->{findings} }],
		}],
	});
}

1;
