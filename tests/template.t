#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Templates: the cases of the Mustache specification, escaping, and the exact
# text of each message.  The cases are in tests/templates/*.txt:
#
#	case NAME
#	departs REASON		where the specification has it otherwise
#	data JSON		the values; default {}
#	path NAME		of the template; default "template"
#	template "TEXT"		with \n \r \t \" \\ \xHH; several lines are joined;
#				\*3(ab) stands for ababab
#	partial NAME "TEXT"
#	expect "TEXT"		what is rendered
#	flags -c		of the driver
#	status NUMBER		default 3 with messages, else 0
#	|MESSAGE		a line on stderr, ESC written as \e
#
# Builds tests/template-driver.c with $CC and $TEST_CFLAGS, unless $TEMPLATE_DRIVER
# names one that is built already.
use strict;
use warnings;
use Cwd 'getcwd';
use File::Basename;
use File::Path 'make_path';
use File::Temp 'tempdir';
use JSON::PP;
use Test::More;

my $tests = dirname(Cwd::abs_path(__FILE__));
my $top = dirname($tests);
my $driver = $ENV{TEMPLATE_DRIVER} // "$top/build/tests/template-driver";

sub build_driver
{
	my @sources = map { "$top/gen/$_.c" }
		qw(base/arena base/names base/text base/source base/srcpos base/message emit/value emit/escape
		   emit/template emit/render);
	my $cc = $ENV{CC} // 'cc';

	make_path(dirname($driver));
	return !system("$cc -std=gnu11 -Wall -Wextra -Werror -g -O1 " . ($ENV{TEST_CFLAGS} // '') .
		       " -I$top/gen -o $driver.$$ $tests/template-driver.c @sources") &&
		rename("$driver.$$", $driver);
}

sub unescape
{
	my ($text) = @_;
	my %plain = (n => "\n", r => "\r", t => "\t", e => "\e");

	$text =~ s/\\\*(\d+)\((.*?)\)/$2 x $1/ge;
	$text =~ s/\\(?:x(..)|(.))/defined $1 ? chr hex $1 : $plain{$2} \/\/ $2/ge;
	return $text;
}

# The cases of a file, as hashes.
sub read_cases
{
	my ($path) = @_;
	my @cases;

	open my $file, '<', $path or die "$path: $!";
	while (<$file>) {
		chomp;
		next if /^\s*(#.*)?$/;
		if (/^case (.+)/) {
			push @cases, { name => $1, data => '{}', path => 'template', flags => '',
				       template => '', expect => '', messages => '' };
		} elsif (/^(template|expect)\s+"(.*)"$/) {
			$cases[-1]{$1} .= unescape($2);
		} elsif (/^partial (\S+)\s+"(.*)"$/) {
			$cases[-1]{partials}{$1} .= unescape($2);
		} elsif (/^(departs|data|path|flags|status)\s+(.+)/) {
			$cases[-1]{$1} = $2;
		} elsif (/^\|(.*)/) {
			$cases[-1]{messages} .= $1 =~ s/\\e/\e/gr . "\n";
		} else {
			die "$path:$.: what is this?\n";
		}
	}
	return @cases;
}

# A value as the driver reads it.
sub records
{
	my ($value, $key) = @_;

	if (ref $value eq 'HASH') {
		return "{$key\0" . join('', map { records($value->{$_}, $_) } sort keys %$value) .
			"}\0";
	} elsif (ref $value eq 'ARRAY') {
		return "[$key\0" . join('', map { records($_, '') } @$value) . "]\0";
	} elsif (JSON::PP::is_bool($value)) {
		return ($value ? '+' : '-') . "$key\0";
	}
	return ($key ne '' && $value =~ /^(0|[1-9][0-9]*)$/ ? '0' : '"') . "$key\0$value\0";
}

sub write_file
{
	my ($path, $text) = @_;

	make_path(dirname($path));
	open my $file, '>:raw', $path or die "$path: $!";
	print $file $text;
	close $file or die "$path: $!";
}

sub read_file
{
	my ($path) = @_;

	open my $file, '<:raw', $path or die "$path: $!";
	local $/;
	return <$file> // '';
}

# Exit status, output and messages of a case, run in a folder of its own.
sub run_case
{
	my ($case) = @_;
	my $home = getcwd();
	my $folder = tempdir(CLEANUP => 1);

	chdir $folder or die;
	write_file("t/$case->{path}", $case->{template}) if $case->{template} ne 'MISSING';
	write_file("t/partials/$_", $case->{partials}{$_}) for keys %{$case->{partials}};
	write_file('values', records(JSON::PP->new->decode($case->{data}), ''));
	my $status = system("$driver $case->{flags} t $case->{path} <values >out 2>err");
	my @result = ($status & 127 ? "signal $status" : $status >> 8,
		      read_file('out'), read_file('err'));
	chdir $home;
	return @result;
}

$ENV{TEMPLATE_DRIVER} or build_driver() or BAIL_OUT('the driver can\'t be built');
for my $path (sort glob "$tests/templates/*.txt") {
	my $subject = basename($path, '.txt');

	for my $case (read_cases($path)) {
		my ($status, $out, $err) = run_case($case);
		my $name = "$subject: $case->{name}";

		$name .= " (departs: $case->{departs})" if $case->{departs};
		subtest $name => sub {
			is($out, $case->{expect}, 'output');
			is($err, $case->{messages}, 'messages');
			is($status, $case->{status} // ($case->{messages} ? 3 : 0), 'status');
		};
	}
}
done_testing();
