# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# A kernel tree that a test may spoil: copies of what an audit reads, and links to all else.  Places
# are picked by chance among those that a pattern matches.
package Planted;

use strict;
use warnings;

use Boot;
use Chance;
use Exporter qw(import);
use File::Path qw(make_path);
use JSON::PP;
use Vmcsgen;

our @EXPORT = qw(function_named block_of);

# What is copied; some kernels lack one.
my @COPIED = qw(arch/x86/kvm/vmx arch/x86/include/asm include/hyperv Documentation/virt/kvm/x86
		tools/testing/selftests/kvm/include);

# The tree of a kernel as it is, with objects: built only if it isn't there yet.
sub pristine
{
	my ($version) = @_;
	my $tree = build_dir() . "/linux-$version/pristine";

	ok_run({ env => { KVER => $version, KSRC => undef, B => build_dir(), MAKEFLAGS => undef } },
	       root() . '/kernel-glue/kernel', 'pristine', 'arch/x86/kvm/')
		if !-e "$tree/objects/arch/x86/kvm/vmx/.nested.o.cmd";
	return $tree;
}

# Link to what a folder has, or copy it if it is one of the copied; on the way to those, make
# folders.
sub overlay
{
	my ($from, $to, $path) = @_;

	make_path("$to/$path");
	opendir(my $folder, "$from/$path") or die "$from/$path: $!\n";
	for my $name (grep { !/^\.\.?$/ && "$path$_" ne 'objects' } readdir($folder)) {
		my $inner = "$path$name";

		if (grep { $_ eq $inner } @COPIED) {
			ok_run('cp', '-rL', "$from/$inner", "$to/$inner");
		} elsif (grep { index($_, "$inner/") == 0 } @COPIED) {
			overlay($from, $to, "$inner/");
		} else {
			symlink("$from/$inner", "$to/$inner") or die "$to/$inner: $!\n";
		}
	}
}

sub new
{
	my ($class, $version) = @_;
	my $folder = tempdir();
	my $pristine = pristine($version);

	overlay($pristine, "$folder", '');
	return bless({ version => $version, folder => $folder, objects => "$pristine/objects",
		       edits => [] }, $class);
}

sub path { return "$_[0]{folder}/$_[1]" }

sub text { return slurp($_[0]->path($_[1])) }

# The first of some files that the tree has; kernels have them in different places.
sub first
{
	my ($self, @files) = @_;
	my ($file) = grep { -e $self->path($_) } @files;

	return $file // die "$self->{version} has none of @files\n";
}

# The files of a pattern, by their names in the tree.
sub files { return map { substr($_, length($_[0]->path(''))) } Vmcsgen::glob($_[0]->path($_[1])) }

# A function's definition, and the block that an opening line begins in kernel style.
sub function_named { return qr/^\w[^;{}\n]*\b$_[0]\((?:[^;{}]*)\)\s*\{.*?^\}\n/ms }
sub block_of { return qr/^(\t+)(?:$_[0])[^{}]*\{\n.*?^\1\}\n/ms }

# Where a pattern matches in a part of a file, or in all of it: the start and the end of each match,
# its line, and what it captured.
sub places
{
	my ($self, $file, $within, $pattern) = @_;
	my $text = $self->text($file);
	my @places;

	die "$file of $self->{version} has no $within\n" if $within && $text !~ $within;
	my ($start, $part) = $within ? ($-[0], $&) : (0, $text);
	while ($part =~ /$pattern/g) {
		my ($from, $to) = ($start + $-[0], $start + $+[0]);
		my $line = 1 + (substr($text, 0, $from) =~ tr/\n//);
		my @got = map { defined $-[$_] ? substr($part, $-[$_], $+[$_] - $-[$_]) : undef }
			  1 .. $#-;

		push @places, { from => $from, to => $to, line => $line, got => \@got };
		pos($part) = $-[0] + 1 if $-[0] == $+[0];
	}
	return @places;
}

sub no_place { die "$_[1] of $_[0]{version} has no place for $_[2]\n" }

# Put other text in the place of one match, picked by chance: a text, or what a function makes of
# what was captured.  Returns that.
sub replace
{
	my ($self, $file, $within, $pattern, $by, $fits) = @_;
	my @places = grep { !$fits || $fits->(@{ $_->{got} }) }
		     $self->places($file, $within, $pattern);
	my $place = pick(@places) // $self->no_place($file, $pattern);

	$self->put($file, $place, ref($by) ? $by->(@{ $place->{got} }) : $by);
	return @{ $place->{got} };
}

# The same for all matches.
sub replace_all
{
	my ($self, $file, $within, $pattern, $by) = @_;
	my @places = $self->places($file, $within, $pattern) or $self->no_place($file, $pattern);

	$self->put($file, $_, ref($by) ? $by->(@{ $_->{got} }) : $by) for reverse @places;
}

sub put
{
	my ($self, $file, $place, $by) = @_;
	my $text = $self->text($file);
	my $old = substr($text, $place->{from}, $place->{to} - $place->{from});

	die "$file:$place->{line}: '$old' is as it was\n" if $by eq $old;
	substr($text, $place->{from}, $place->{to} - $place->{from}, $by);
	unlink($self->path($file));
	spew($self->path($file), $text);
	push @{ $self->{edits} }, "$file:$place->{line}: " . short($old) . ' -> ' . short($by);
}

sub short { return $_[0] =~ s/\s+/ /gr =~ s/^(.{100}).+/$1.../r }

# What the audit finds, by some rules or all: the findings by 'RULE: KEY', and the errors.  Another
# audit than the repository's may be asked for.
sub audit
{
	my ($self, @rules) = @_;
	my $result = run({ env => { LC_ALL => 'C', VMCSGEN => vmcsgen() } },
			 $ENV{AUDIT} // root() . '/kernel-glue/audit/audit', '--format=json',
			 '--known=/dev/null', map({ "--rule=$_" } @rules), "$self->{folder}",
			 $self->{objects});
	my $said = eval { JSON::PP->new->utf8->decode($result->{out}) } // {};
	my @errors = map { "$_->{rule}: $_->{text}" } @{ $said->{errors} // [] };
	my %findings = map { ("$_->{rule}: $_->{key}" => $_) } @{ $said->{findings} // [] };

	return { err => $result->{err}, errors => \@errors, findings => \%findings };
}

1;
