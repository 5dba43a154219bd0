# SPDX-License-Identifier: GPL-2.0-only
#
# The rules of an audit, a file each.  Its first comment says what must hold, and its value is a
# function that checks an audit's tree for that.
package Audit::Rules;

use strict;
use warnings;

use File::Basename qw(basename);
use Files;

# What the first comment of a file says, after the licence.
sub statement
{
	my ($file) = @_;
	my ($text) = slurp($file) =~ /\A# SPDX.*\n#\n((?:# .*\n)+)/
		or fail(IO, "$file: it does not say what must hold");

	return $text =~ s/^# //mgr =~ s/\n(?=.)/ /gr =~ s/\n//r;
}

sub all
{
	my ($folder) = @_;

	return map { { name => basename($_) =~ s/\.pm$//r, file => $_ } }
	       sort(glob("$folder/*.pm"));
}

# The rules of these names, or all.
sub named
{
	my ($folder, @names) = @_;
	my %rules = map { $_->{name} => $_ } all($folder);

	for my $name (grep { !$rules{$_} } @names) {
		fail(USAGE, "there is no rule '$name'; the rules are " .
			    join(', ', sort keys %rules));
	}
	return map {
		my $rule = $rules{$_};
		my $check = do $rule->{file} or die "$rule->{file}: " . ($@ || $!);
		+{ %$rule, statement => statement($rule->{file}), check => $check };
	} @names ? @names : sort keys %rules;
}

1;
