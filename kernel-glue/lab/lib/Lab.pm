# SPDX-License-Identifier: GPL-2.0-only
#
# What the lab's programs share: messages with an exit status, files, commands.
package Lab;

use strict;
use warnings;

use Exporter qw(import);
use File::Basename qw(basename dirname);
use File::Path qw(make_path);

our @EXPORT = qw(bad_usage bad_input cannot make_folder slurp spew command_output must_run need
		 is_elf interpreter);

sub quit
{
	my ($status, $message) = @_;

	print STDERR basename($0), ": $message\n";
	exit($status);
}

sub bad_usage { quit(2, $_[0]) }
sub bad_input { quit(3, $_[0]) }
sub cannot { quit(4, $_[0]) }

sub slurp
{
	my ($path) = @_;

	open(my $file, '<:raw', $path) or cannot("$path: $!");
	local $/;
	return <$file> // '';
}

sub make_folder
{
	my ($path) = @_;

	make_path($path, { error => \my $errors });
	for (@$errors) {
		my ($where, $why) = %$_;

		cannot("$where: $why");
	}
}

# Write to a temporary file and rename it: a full disk leaves the old file, or none.
sub spew
{
	my ($path, @text) = @_;

	make_folder(dirname($path));
	open(my $file, '>:raw', "$path.new") or cannot("$path: $!");
	print($file @text) && close($file) && rename("$path.new", $path)
		or cannot("$path: $!");
	return $path;
}

# The status of a command and all that it says.
sub command_output
{
	my (@command) = @_;

	my $pid = open(my $out, '-|') // cannot("fork: $!");
	if (!$pid) {
		open(STDERR, '>&', \*STDOUT);
		{ no warnings 'exec'; exec { $command[0] } @command; }
		print "$command[0]: $!\n";
		STDOUT->flush;
		require POSIX;
		POSIX::_exit(127);
	}
	local $/;
	my $text = <$out> // '';
	close($out);
	return ($?, $text);
}

# Run a command that has to succeed.  If it doesn't, its first line that sounds
# like an error says why, or its last.
sub must_run
{
	my (@command) = @_;
	my ($status, $text) = command_output(@command);

	return $text if $status == 0;
	my @lines = grep { /\S/ } split(/\n/, $text);
	my ($why) = grep { /\b(?:error|failure|fatal|no space)\b/i } @lines;
	cannot("$command[0]: " . ($why // $lines[-1] // "ended with status $status"));
}

# Which of the given files are missing, said once, with their packages.  A name
# without a slash is looked up as a command.
sub need
{
	my (%package) = @_;
	my @missing;

	for my $name (sort keys %package) {
		my @places = $name =~ m{/} ? $name : map { "$_/$name" } split(/:/, $ENV{PATH});
		push @missing, "$name (package $package{$name})" if !grep { -e } @places;
	}
	cannot('missing: ' . join(', ', @missing) . '; "make deps" installs all that is needed')
		if @missing;
}

sub is_elf
{
	my ($path) = @_;

	open(my $file, '<:raw', $path) or cannot("$path: $!");
	read($file, my $magic, 4);
	return ($magic // '') eq "\x7fELF";
}

# The dynamic linker that a 64-bit program asks for, or undef if it is static.
sub interpreter
{
	my ($path) = @_;

	open(my $file, '<:raw', $path) or cannot("$path: $!");
	read($file, my $head, 64) == 64 or return;
	my ($offset, $size, $count) = unpack('x32 Q< x14 S< S<', $head);
	for my $i (0 .. $count - 1) {
		seek($file, $offset + $i * $size, 0);
		read($file, my $segment, 40) == 40 or return;
		my ($type, $at, $length) = unpack('L< x4 Q< x16 Q<', $segment);
		next if $type != 3;
		seek($file, $at, 0);
		read($file, my $name, $length);
		return $name =~ s/\0.*//sr;
	}
	return;
}

1;
