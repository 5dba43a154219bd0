# SPDX-License-Identifier: GPL-2.0-only
#
# Read and write files; a program that can't do so ends.
package Files;

use strict;
use warnings;

use Exporter qw(import);
use File::Basename qw(basename dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);

use constant { USAGE => 2, UNFIT => 3, IO => 4 };

our @EXPORT = qw(USAGE UNFIT IO fail slurp spew make_folder copied);

sub fail
{
	my ($status, $text) = @_;

	print STDERR basename($0), ": $text\n";
	exit($status);
}

sub slurp
{
	my ($path) = @_;

	open(my $file, '<', $path) or fail(IO, "$path: $!");
	local $/;
	my $text = <$file> // '';
	close($file) or fail(IO, "$path: $!");
	return $text;
}

sub make_folder
{
	my ($path) = @_;

	make_path($path, { error => \my $errors });
	fail(IO, join("\n", map { join(': ', %$_) } @$errors)) if @$errors;
}

sub spew
{
	my ($path, @text) = @_;

	make_folder(dirname($path));
	open(my $file, '>', $path) or fail(IO, "$path: $!");
	print $file @text or fail(IO, "$path: $!");
	close($file) or fail(IO, "$path: $!");
}

sub copied
{
	my ($from, $to) = @_;

	make_folder(dirname($to));
	copy($from, $to) or fail(IO, "$to: $!");
}

1;
