# SPDX-License-Identifier: GPL-2.0-only
#
# Findings that are known of a kernel.  A text has for each a line 'RULE: KEY' and below it,
# indented, 'bug: REASON' or 'harmless: REASON'.  What another audit found, in JSON, can be known,
# too.
package Audit::Known;

use strict;
use warnings;

use Files;
use JSON::PP;

# What some texts know.  Each finding is judged once.
sub new
{
	my ($class, @files) = @_;
	my $self = bless({ findings => {}, lasting => 1 }, $class);

	$self->read_text($_) for @files;
	return $self;
}

# What is known of a kernel that has a file in a folder; the file 'every' holds for all of those.
sub of_kernel
{
	my ($class, $folder, $version) = @_;

	return $class->new(-e "$folder/$version" ? map { "$folder/$_" } 'every', $version : ());
}

# What another audit found.  A finding that is not there any more is not news.
sub of_audit
{
	my ($class, $file) = @_;
	my $audit = eval { JSON::PP->new->utf8->decode(slurp($file)) };
	my %findings;

	fail(UNFIT, "$file is not a report of an audit in JSON")
		if ref($audit) ne 'HASH' || ref($audit->{findings}) ne 'ARRAY';
	$findings{ $_->{rule} }{ $_->{key} } =
		{ judgment => 'base', reason => 'it was found there, too' }
		for @{ $audit->{findings} };
	return bless({ findings => \%findings, lasting => 0 }, $class);
}

sub read_text
{
	my ($self, $file) = @_;
	my ($line, $finding, @read) = (0);

	for (split(/\n/, slurp($file))) {
		$line++;
		if (/^([\w-]+): (\S.*)/) {
			$finding = $self->add($1, { key => $2, at => "$file:$line" });
			push @read, $finding;
		} elsif (/^\t(bug|harmless): (.*)/ && $finding && !$finding->{judgment}) {
			@$finding{qw(judgment reason)} = ($1, $2);
		} elsif (/^\t(\S.*)/ && $finding && $finding->{judgment}) {
			$finding->{reason} .= " $1";
		} elsif (!/^(?:#.*)?$/) {
			fail(UNFIT, "$file:$line: expected 'RULE: KEY', or its judgment: " .
			     "'bug: REASON' or 'harmless: REASON'");
		}
	}
	fail(UNFIT, "$_->{at}: '$_->{key}' has no judgment") for grep { !$_->{judgment} } @read;
}

# A finding that is known from now on; a kernel's file can't repeat what holds for every kernel.
sub add
{
	my ($self, $rule, $finding) = @_;
	my $of = $self->{findings}{$rule} //= {};
	my $key = $finding->{key};

	fail(UNFIT, "$finding->{at}: '$key' is already judged at $of->{$key}{at}") if $of->{$key};
	return $of->{$key} = $finding;
}

# What is known of a finding, or nothing.
sub judged { return $_[0]{findings}{ $_[1]{rule} }{ $_[1]{key} } }

# What is known and was not found, as 'RULE: KEY', of the rules that were run.
sub gone
{
	my ($self, $findings, @rules) = @_;
	my %found = map { ("$_->{rule}: $_->{key}" => 1) } @$findings;

	return if !$self->{lasting};
	return grep { !$found{$_} } map {
		my $rule = $_->{name};
		map { "$rule: $_" } sort keys %{ $self->{findings}{$rule} // {} };
	} @rules;
}

1;
