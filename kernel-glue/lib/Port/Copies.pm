# SPDX-License-Identifier: GPL-2.0-only
#
# Porting: copies between an enlightened VMCS and its vmcs12 that do not follow from the spec.
package Port::Copies;

use strict;
use warnings;

use Proofs;
use Rules;

# The functions that copy, each with the way and its file.
sub functions
{
	my ($port) = @_;
	my @functions;

	for my $rules (Rules::all($port->{run})) {
		my @files = $rules->{copies} ? Rules::files($port->{run}, $rules, 'in') : ();

		push @functions, map {
			{ name => $_->[0], when => $_->[1], rule => $rules->{name}, files => \@files }
		} @{ $rules->{copies} // [] };
	}
	return @functions;
}

# The lines by which a function departs.  No line describes a copy under a condition, or from
# another member: that is a misfit.
sub departures
{
	my ($port, $of, $revision) = @_;
	my @copies = Proofs::copied_by($port->{run}, $of->{name}, $of->{when}, @{ $of->{files} });
	my %kernels = map { /^(\w+)(?:, [A-Z]\w*)?$/ ? ($1 => 1) : (/^(\w+)/ => 1) } @copies;
	my @lines;

	return if !@copies;
	for my $field ($port->spec->fields($revision)) {
		my ($does, $follows) = map { $_ ? 1 : 0 }
			$kernels{ $field->{name} }, $field->{"copy_$of->{when}"};

		push @lines, { field => $field->{name}, when => $of->{when}, text => ($does ? 'yes' : 'no') .
			       "  $field->{name}  at $of->{when}  because \"$of->{name}() " .
			       ($does ? 'does' : 'does not') . '"' } if $does != $follows;
	}
	return @lines;
}

# Whether another list that applies to the revision has decided already.
sub decided
{
	my ($port, $revision, $line) = @_;

	for my $text (map { $port->{draft}->text($_) } $port->{draft}->files) {
		while ($text =~ /^copies (\S+) (\{\n(?:(?!\}).*\n)*)/mg) {
			my ($of, $body) = ($1, $2);
			my $pattern = quotemeta($of) =~ s/\\\*/.*/gr;

			return 1 if $revision =~ /^$pattern$/ &&
				$body =~ /^\t(?:yes|no) +$line->{field} +at $line->{when} /m;
		}
	}
	return;
}

# The lines of a list of the kernel's own.  If another list has decided for all kernels, a person
# has to look.
sub lines
{
	my ($port, $revision, @functions) = @_;

	return grep { !decided($port, $revision, $_) } map { departures($port, $_, $revision) } @functions;
}

sub copies
{
	my ($port) = @_;
	my $revision = $port->{revisions}{page} // return;
	my @functions = functions($port);
	my @lines = lines($port, $revision, @functions) or return;

	if (!$port->{new}{page}) {
		# Which fields are copied depends on the controls for which the kernel has a name.
		Port::Structures::own($port, 'page');
		Port::Support::support($port);
		$port->try('a page of its own');
		@lines = lines($port, $revision, @functions) or return;
	}
	$port->{draft}->add_statement(join('', "copies $revision {\n",
		qq(\tsource  "Linux $port->{version}, $functions[0]{files}[0]"\n\n),
		map({ "\t$_->{text}\n" } @lines), "}\n"), qr/copies /);
	$port->try('the copies');
	$port->{decisions}->decide(
		what => 'the copies between an enlightened VMCS and a vmcs12 depart from what follows: ' .
			@lines . ' lines',
		rule => $functions[0]{rule},
		kernel => [map { "$_->{file}:$_->{line}" }
			   map { ($port->{tree}->defining("$_->{name}()"))[0] // () } @functions],
		spec => [$port->{draft}->place("^copies \Q$revision\E ")],
		see => [map { $_->{text} =~ s/  because.*//r } @lines],
		choices => ['drafted: the kernel does so',
			    ['a person knows why, at the end of a line', 'because "REASON"'],
			    'the kernel forgets a field, and has a fault: no line, and it is to change']);
}

1;
