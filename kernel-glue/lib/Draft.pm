# SPDX-License-Identifier: GPL-2.0-only
#
# A draft: a copy of the spec that is edited, tried and shown as a difference.  The spec itself is
# never touched.
package Draft;

use strict;
use warnings;

use File::Find qw(find);
use File::Spec;
use File::Temp qw(tempdir);
use Files;
use Spec;

# A draft that begins as the spec in the folder 'top', which was read as 'spec'; vmcsgen tries it.
sub new
{
	my ($class, $top, $spec, $vmcsgen) = @_;
	my $folder = tempdir('vmcsgen-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	my $self = bless({ top => $top, folder => $folder, vmcsgen => $vmcsgen, spec => $spec,
			   texts => {}, changed => {}, untried => {} }, $class);

	for my $linked (qw(templates gen kernel-glue)) {
		symlink(File::Spec->rel2abs("$top/$linked"), "$folder/$linked")
			or fail(IO, "$folder/$linked: $!");
	}
	find({ no_chdir => 1, wanted => sub {
		copied($_, "$folder/" . substr($_, length("$top/"))) if -f;
	} }, "$top/spec");
	return $self;
}

# A folder as a checkout of ours has it, with the draft for its spec.
sub folder { return $_[0]{folder} }

sub files { return map { substr($_, length("$_[0]{folder}/")) } sort(glob("$_[0]{folder}/spec/*.vmcs")) }

sub text
{
	my ($self, $file) = @_;

	return $self->{texts}{$file} //= -e "$self->{folder}/$file" ? slurp("$self->{folder}/$file") : '';
}

sub change
{
	my ($self, $file, $text) = @_;

	$self->{texts}{$file} = $text;
	$self->{changed}{$file} = $self->{untried}{$file} = 1;
	spew("$self->{folder}/$file", $text);
}

my $BODY = qr/[^\n]*\{\n(?:(?!\}).*\n)*\}\n/;

# The last statement whose head begins with a pattern: its file, its text, and where it starts
# and ends there; nothing if there is none.
sub statement
{
	my ($self, $head) = @_;
	my @found;

	for my $file ($self->files) {
		my $text = $self->text($file);

		push @found, { file => $file, text => $1, start => $-[1], end => $+[1] }
			while $text =~ /^($head(?:$BODY|[^\n{]*\n))/mg;
	}
	return $found[-1];
}

# Put a statement after the last one whose head begins with a pattern: the first pattern that
# matches any.
sub add_statement
{
	my ($self, $statement, @heads) = @_;
	my ($after) = grep { defined } map { $self->statement($_) } @heads;

	fail(UNFIT, "the spec has no '$heads[-1]'") if !$after;
	my $text = $self->text($after->{file});
	substr($text, $after->{end}, 0) = "\n$statement";
	$self->change($after->{file}, $text);
	return $after->{file};
}

# Replace a statement by another text.
sub replace
{
	my ($self, $of, $text) = @_;
	my $all = $self->text($of->{file});

	substr($all, $of->{start}, $of->{end} - $of->{start}) = $text;
	$self->change($of->{file}, $all);
}

# Put lines before the closing brace of a statement.
sub add_lines
{
	my ($self, $head, @lines) = @_;
	my $of = $self->statement($head);

	$self->replace($of, $of->{text} =~ s/(?=^\}\n\z)/join('', map { "\t$_\n" } @lines)/mer);
}

# Put a line that begins with a number where it belongs among those of a block.
sub add_numbered
{
	my ($self, $head, $line) = @_;
	my $of = $self->statement($head);
	my ($number) = $line =~ /^(\S+)/;
	my $value = sub { my ($of) = @_; return $of =~ /^0x/ ? hex($of) : $of };
	my ($at, $open) = (index($of->{text}, "\n") + 1, 0);

	while ($of->{text} =~ /^(?:\t(0x[0-9a-f]+|\d+)[ \t].*\n|\t\t\t.*\n)/mg) {
		$open = $value->($1) < $value->($number) if defined $1;
		$at = $+[0] if $open;
	}
	$self->replace($of, substr($of->{text}, 0, $at) . "\t$line\n" . substr($of->{text}, $at));
}

# Put a statement into a file that has no other of its kind.  A new file begins with a head, and the
# root includes it.
sub add_file
{
	my ($self, $file, $head, $statement) = @_;
	my $root = 'spec/vmcs.vmcs';
	my ($name) = $file =~ m{([^/]+)$};
	my $text = $self->text($file);

	$self->change($file, ($text || $head) . $statement);
	$self->change($root, $self->text($root) =~ s/\A.*^include "[^"]*"\n\K/include "$name"\n/msr)
		if $text eq '';
	return $file;
}

# The file and the line of the first match of a pattern in the spec.
sub place
{
	my ($self, $pattern) = @_;

	for my $file ($self->files) {
		my $text = $self->text($file);

		return "$file:" . (1 + (substr($text, 0, $-[0]) =~ tr/\n//)) if $text =~ /$pattern/m;
	}
	return;
}

# Format the changed files, and generate everything from the draft.  Returns messages: none if the
# draft passes.
sub try
{
	my ($self) = @_;
	my $folder = $self->{folder};
	my @changed = sort keys %{ $self->{untried} };

	return if !@changed && $self->{made};
	# fmt leaves a file that it can't read, and gen says why.
	system('sh', '-c', 'exec "$@" 2>/dev/null', 'sh', $self->{vmcsgen}, 'fmt', '-i',
	       map { "$folder/$_" } @changed) if @changed;
	@$self{qw(texts untried made)} = ({}, {}, 1);
	open(my $gen, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', $self->{vmcsgen}, 'gen', '-s',
	     "$folder/spec/vmcs.vmcs", '-t', "$folder/templates", '-o', "$folder/out")
		or fail(IO, "$self->{vmcsgen}: $!");
	my $said = join('', <$gen>) =~ s{\Q$folder\E/}{}gr;
	my $failed = !close($gen);

	$self->{spec} = undef if @changed && !$failed;
	return $failed ? $said : ();
}

# What the draft says, or said when it last passed.
sub spec { return $_[0]{spec} //= Spec->new("$_[0]{folder}/out/vmcs.json") }

# The draft as a difference, which git apply takes.
sub difference
{
	my ($self) = @_;
	my @lines;

	for my $file (sort keys %{ $self->{changed} }) {
		my $old = -e "$self->{top}/$file" ? "$self->{top}/$file" : '/dev/null';

		open(my $diff, '-|', 'diff', '-u', '--label', $old eq '/dev/null' ? $old : "a/$file",
		     '--label', "b/$file", $old, "$self->{folder}/$file") or fail(IO, "diff: $!");
		push @lines, <$diff>;
		close($diff);
		fail(IO, 'diff failed') if $? >> 8 > 1;
	}
	return @lines;
}

1;
