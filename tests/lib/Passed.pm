# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A test that passed need not run again with the same inputs.  Where it passes it leaves a
# stamp: each input that it asked for, and its digest.  When it is run again, the inputs are
# made as they were asked for; if all of them are the same, it is skipped.
package Passed;

use strict;
use warnings;

use Digest::SHA ();
use File::Find ();
use Test::More;
use Vmcsgen;

my %test;		# the one that runs: folder of its stamps, kinds of inputs
my (@used, %made);	# its inputs in order, and what is known of each
my $pid = $$;

# The digest of files, and of all files in folders, by their names and contents.
sub digest_files
{
	my @files;

	File::Find::find({ no_chdir => 1, wanted => sub { push @files, $_ if -f } }, @_) if @_;
	my $sha = Digest::SHA->new(256);
	for my $path (sort @files) {
		$sha->add("$path\0", -s $path, "\0");
		$sha->addfile($path, 'b');
	}
	return $sha->hexdigest;
}

sub digest_text { return Digest::SHA::sha256_hex(@_) }

# Make an input of a kind, unless it was made before; returns what is known of it.
sub make
{
	my ($kind, @arguments) = @_;
	my $key = join("\t", $kind, map { $_ // '' } @arguments);

	$made{$key} //= do {
		my ($value, $digest) = $test{kinds}{$kind}->(@arguments);

		{ key => $key, value => $value, digest => $digest };
	};
	return $made{$key};
}

# An input that the test wants; what it is, as its kind says.
sub input
{
	my $input = make(@_);

	push @used, $input if !$input->{used}++;
	return $input->{value};
}

# Whether all that a stamp names is as it was.
sub holds
{
	for (split(/\n/, slurp($_[0]))) {
		my ($digest, $kind, @arguments) = split(/\t/, $_, -1);

		return 0 if !$test{kinds}{$kind} ||
			    make($kind, map { $_ eq '' ? undef : $_ } @arguments)->{digest} ne $digest;
	}
	return 1;
}

# What a stamp names, in words.
sub names
{
	return join(', ', map { join(' ', grep { $_ ne '' } @$_[1 .. $#$_]) }
			  map { [split(/\t/)] } split(/\n/, slurp($_[0])));
}

# Begin a test, or end it here if it passed before.  Its stamps go to a folder of its own; the
# kinds are subs that make an input and return it and its digest; every test depends on
# those that are named as such.
sub begin
{
	my (%with) = @_;

	%test = %with;
	for my $stamp (glob("$test{folder}/*")) {
		plan(skip_all => 'passed before with the same ' . names($stamp)) if holds($stamp);
	}
	input($_) for @{ $test{always} };
}

# One that fails, skips itself or is ended leaves no stamp.  A stamp's name is its own digest,
# so that one for each version of a kernel is next to the others.
END {
	my $builder = Test::More->builder;

	if ($$ == $pid && $? == 0 && %test && @used && $builder->current_test &&
	    $builder->is_passing) {
		my @lines = map { "$_->{digest}\t$_->{key}\n" } @used;

		spew("$test{folder}/" . digest_text(@lines), @lines);
	}
}

1;
