# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# checkpatch.pl of the kernels, and what it says that the generated files can't avoid.
package Checkpatch;

use strict;
use warnings;

use Exporter qw(import);
use Vmcsgen;

our @EXPORT = qw(checkpatch avoidable unavoidable);

# What checkpatch says that a construct makes unavoidable: the type of message,
# the files, and why.
my @UNAVOIDABLE = (
	{ type => 'PREFER_KERNEL_TYPES', files => qr/^vmcs_types\.h$/,
	  because => 'it is where userspace, which has none, gets them' },
	{ type => 'PREFER_DEFINED_ATTRIBUTE_MACRO', files => qr/^vmcs_types\.h$/,
	  because => 'it is where userspace gets the macro' },
	{ type => 'COMPLEX_MACRO', files => qr/^vmcs_types\.h$/,
	  because => 'words of a declaration take no parentheses' },
	{ type => 'MACRO_ARG_REUSE', files => qr/^(?:vmcs_types|vmcs_encodings|vmcs_move|vmcs12_revisions)\.h$/,
	  because => 'they are constant expressions, in which no variable can hold the argument' },
	{ type => 'MACRO_ARG_PRECEDENCE', files => qr/^(?:vmcs_types|vmcs_move)\.h$/,
	  because => 'the argument is the name of a member' },
	{ type => 'MACRO_ARG_UNUSED', files => qr/^vmcs_shadow_fields\.h$/,
	  because => 'a list of which only a part is wanted expands the other part to nothing' },
);

sub unavoidable { return @UNAVOIDABLE }

# What checkpatch says of a patch, or of files after '-f': each a line, with its file.
sub checkpatch
{
	my ($version, @files) = @_;
	my $tree = unpack_kernel($version, 'scripts/checkpatch.pl');
	my ($root, $dir) = (root(), tempdir());

	# checkpatch takes a blank in a path for the end of it.
	symlink($root, "$dir/root") or die "$dir/root: $!\n";
	s{^\Q$root\E/}{$dir/root/} for @files;
	my $result = run({ dir => $tree }, 'perl', 'scripts/checkpatch.pl', '--strict', '--no-tree', '--root=.',
			 '--no-summary', '--terse', '--showfile', '--show-types', '--color=never',
			 @files);

	return map { s{^\Q$dir\E/root/}{$root/}r } grep { /\S/ }
		split(/\n/, $result->{out} . $result->{err});
}

# The lines that are avoidable.  Those that are not are noted in %$met; $folder matches what
# is before the name that a generated file has in out/.  There may be more reasons.
sub avoidable
{
	my ($met, $folder, @said) = @_;
	my @more = ref($said[-1]) ? @{ pop @said } : ();
	my @left;

	for my $line (@said) {
		my ($file, $type) = $line =~ m{^(\S+?):(?:\d+:)? (?:ERROR|WARNING|CHECK):(\w+):};
		my ($why) = grep { defined $type && $_->{type} eq $type &&
			$file =~ s/$folder//r =~ $_->{files} } @UNAVOIDABLE, @more;

		if ($why) {
			$met->{$why->{type} . $why->{files}} = 1;
		} else {
			push @left, $line;
		}
	}
	return @left;
}

1;
