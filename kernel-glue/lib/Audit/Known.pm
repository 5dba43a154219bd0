# SPDX-License-Identifier: GPL-2.0-only
#
# Findings that are known of a kernel: a text that has for each a line 'RULE: KEY', and below it, indented,
# 'bug: REASON' or 'harmless: REASON'; or what another audit found, in JSON.
package Audit::Known;

use strict;
use warnings;

use Files;
use JSON::PP;

# A file; 'base' if it is another audit's JSON, and 'asked' if it has to be there.
sub new
{
	my ($class, $file, $base, $asked) = @_;
	my $self = bless({ file => $file, findings => {}, kind => $base ? 'base' : 'known' }, $class);

	return $self if !$base && !$asked && !-e $file;
	$base ? $self->read_json : $self->read_text;
	return $self;
}

sub read_json
{
	my ($self) = @_;
	my $audit = eval { JSON::PP->new->utf8->decode(slurp($self->{file})) };

	fail(UNFIT, "$self->{file} is no audit in JSON") if ref($audit) ne 'HASH' || ref($audit->{findings}) ne 'ARRAY';
	$self->{findings}{ $_->{rule} }{ $_->{key} } = { judgment => 'base', reason => 'it was found there, too' }
		for @{ $audit->{findings} };
}

sub read_text
{
	my ($self) = @_;
	my ($finding, $line);

	for (split(/\n/, slurp($self->{file}))) {
		$line++;
		if (/^([\w-]+): (\S.*)/) {
			my ($rule, $key) = ($1, $2);

			fail(UNFIT, "$self->{file}:$line: '$key' stands there already") if $self->{findings}{$rule}{$key};
			$finding = $self->{findings}{$rule}{$key} = { line => $line };
		} elsif (/^\t(bug|harmless): (.*)/ && $finding && !$finding->{judgment}) {
			@$finding{qw(judgment reason)} = ($1, $2);
		} elsif (/^\t(\S.*)/ && $finding && $finding->{judgment}) {
			$finding->{reason} .= " $1";
		} elsif (!/^(?:#.*)?$/) {
			fail(UNFIT, "$self->{file}:$line: this is no 'RULE: KEY', and no judgment of one");
		}
	}
	for my $rule (sort keys %{ $self->{findings} }) {
		for my $key (sort keys %{ $self->{findings}{$rule} }) {
			my $of = $self->{findings}{$rule}{$key};

			fail(UNFIT, "$self->{file}:$of->{line}: '$key' is not judged") if !$of->{judgment};
		}
	}
}

# What is known of a finding, or nothing.
sub judged { return $_[0]{findings}{ $_[1]{rule} }{ $_[1]{key} } }

# What is known and was not found, as 'RULE: KEY', of the rules that were run.
sub gone
{
	my ($self, $findings, @rules) = @_;
	my %found = map { ("$_->{rule}: $_->{key}" => 1) } @$findings;

	return if $self->{kind} eq 'base';
	return grep { !$found{$_} } map { my $rule = $_->{name};
					  map { "$rule: $_" } sort keys %{ $self->{findings}{$rule} // {} } } @rules;
}

1;
