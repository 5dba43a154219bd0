# SPDX-License-Identifier: GPL-2.0-only
#
# The report of an audit: for people, as text; for programs, as JSON; and for CI systems, as SARIF.
package Audit::Report;

use strict;
use warnings;

use JSON::PP;

# The formats that it has, each by a method of this name.
use constant FORMATS => qw(text json sarif);

# Findings of one key are told apart by their order.
sub new
{
	my ($class, $audit, $rules, $known) = @_;
	my %seen;

	for my $finding (@{ $audit->{findings} }) {
		my $count = ++$seen{$finding->{rule}}{$finding->{key}};

		$finding->{key} .= " ($count)" if $count > 1;
	}
	$_->{judged} = $known->judged($_) for @{ $audit->{findings} };
	return bless({ audit => $audit, rules => $rules, known => $known, findings => $audit->{findings},
		       gone => [$known->gone($audit->{findings}, @$rules)] }, $class);
}

# How many findings are new, and how many that were known are gone.
sub news { return grep({ !$_->{judged} } @{ $_[0]{findings} }) + @{ $_[0]{gone} } }

sub full
{
	my ($finding) = @_;
	my $judged = $finding->{judged};

	return join('', "$finding->{at}: $finding->{rule}: $finding->{key}", $finding->{sure} eq 'look' ? ': a reason to look' : '', "\n",
		    "\tmust hold: $finding->{holds}\n", "\tbut: $finding->{does}\n", map({ "\t  $_\n" } @{ $finding->{chain} }),
		    $finding->{guest} ? "\ta guest sees it: $finding->{guest}\n" : '',
		    $judged ? "\t$judged->{judgment}: $judged->{reason}\n" : '', "\n");
}

sub text
{
	my ($self, $all) = @_;
	my @new = grep { !$_->{judged} } @{ $self->{findings} };
	my @known = grep { $_->{judged} } @{ $self->{findings} };
	my %judged;

	$judged{ $_->{judged}{judgment} }++ for @known;
	return join('', map({ full($_) } $all ? @{ $self->{findings} } : @new),
		    map({ "known and gone: $_\n" } @{ $self->{gone} }),
		    map({ "note: $_->{rule}: $_->{text}\n" } $all ? @{ $self->{audit}{notes} } : ()),
		    map({ "error: $_->{rule}: $_->{text}\n" } @{ $self->{audit}{errors} }),
		    scalar(@new) . ' new, ' . scalar(@known) . ' known' .
		    (@known ? ' (' . join(', ', map { "$judged{$_} $_" } sort keys %judged) . ')' : '') .
		    ', ' . scalar(@{ $self->{gone} }) . ' gone, ' . scalar(@{ $self->{audit}{errors} }) . " not told\n");
}

sub place
{
	my ($at) = @_;
	my ($file, $line) = $at =~ /^(.*):(\d+)$/ ? ($1, $2 + 0) : ($at, 1);

	return { file => $file, line => $line };
}

sub json
{
	my ($self) = @_;

	return JSON::PP->new->utf8->canonical->pretty->encode({
		kernel => $self->{audit}{kernel}->version,
		target => $self->{audit}{target}{name},
		rules => [map { { name => $_->{name}, statement => $_->{statement} } } @{ $self->{rules} }],
		findings => [map { my $finding = $_;
				   +{ map({ $_ => $finding->{$_} } qw(rule key holds does sure chain)), %{ place($finding->{at}) },
				     guest => $finding->{guest}, known => $finding->{judged} ? { map { $_ => $finding->{judged}{$_} } qw(judgment reason) } : undef } }
			     @{ $self->{findings} }],
		gone => $self->{gone}, notes => $self->{audit}{notes}, errors => $self->{audit}{errors},
	});
}

# SARIF 2.1.0, as OASIS has standardized it: what is known is suppressed, with its reason.
sub sarif
{
	my ($self) = @_;
	my $location = sub { my $place = place($_[0]);
			     { physicalLocation => { artifactLocation => { uri => $place->{file}, uriBaseId => 'SRCROOT' },
						     region => { startLine => $place->{line} } },
			       $_[1] ? (message => { text => $_[1] }) : () } };

	return JSON::PP->new->utf8->canonical->pretty->encode({
		'$schema' => 'https://json.schemastore.org/sarif-2.1.0.json', version => '2.1.0',
		runs => [{
			tool => { driver => { name => 'vmcsgen audit',
				rules => [map { { id => $_->{name}, fullDescription => { text => $_->{statement} } } } @{ $self->{rules} }] } },
			invocations => [{ executionSuccessful => @{ $self->{audit}{errors} } ? JSON::PP::false : JSON::PP::true,
				toolExecutionNotifications => [map { { level => 'error', message => { text => "$_->{rule}: $_->{text}" } } }
							       @{ $self->{audit}{errors} }] }],
			results => [map { {
				ruleId => $_->{rule}, level => $_->{sure} eq 'proven' ? 'error' : 'warning',
				message => { text => "$_->{key}: $_->{holds}; but: $_->{does}" },
				locations => [$location->($_->{at})],
				relatedLocations => [map { my ($at, $text) = /^(\S+:\d+): (.*)/; $at ? $location->($at, $text) : () } @{ $_->{chain} }],
				partialFingerprints => { 'vmcsgen/v1' => "$_->{rule}: $_->{key}" },
				$_->{judged} ? (suppressions => [{ kind => 'external', justification => "$_->{judged}{judgment}: $_->{judged}{reason}" }]) : (),
			} } @{ $self->{findings} }],
		}],
	});
}

1;
