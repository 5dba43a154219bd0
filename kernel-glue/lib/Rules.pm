# SPDX-License-Identifier: GPL-2.0-only
#
# Rule files: what their heads say, and the semantic patches and edits themselves, which change
# a work folder and never the kernel tree.
package Rules;

use strict;
use warnings;

use File::Basename qw(basename);
use File::Glob qw(:bsd_glob);
use Files;
use Proofs;
use Source;
use Spec;

# What the head of a rule file says.  Where it looks:
#
#	in: PATTERN...	files, or 'in: struct NAME', 'enum NAME', 'macro NAME', 'NAME()', 'NAME[]': those
#			that define this, 'below FOLDER' if it isn't KVM's
#	reads: ...	likewise: what says what the names mean that it meets
#
# For which form of a kernel it is, 'generator' or 'shipped'; without it, for both:
#
#	form: FORM
#
# How often a rule, or several together, have to match, and optionally in which functions.  A name
# after '@' is a number that Spec counts:
#
#	match: RULE[+RULE...] COUNT... [in FUNCTION...]
#
# What it deletes, and what proves that the generated code does the same, by the role that a
# revision has for the kernel, 'memory' or 'page':
#
#	deletes: NAME...		definitions, each proven, or known by its body
#	same: STRUCT ROLE		a structure
#	entries: MACRO ROLE		a table, by the macro of its entries
#	offsets: FUNCTION MACRO ROLE	assertions of offsets
#	copies: FUNCTION entry|exit ROLE
#	cases: ROLE FUNCTION... NAME...	a case for each field; those NAMEs are in vain
#	masks: PREFIX			macros, the controls that an enlightened VMCS can have
#	groups: PREFIX			macros, its clean-field groups
#	rare: ROLE SYNCS ASKS NAME...	a function that syncs the fields that are rarely synced, one that
#					is asked for those, and what this names besides
#
# Last, functions that must not look at the vCPU's vmcs12 once the rules are applied:
#
#	passed: FUNCTION...
my $KEYS = join('|', qw(form in reads match deletes same entries offsets copies cases masks groups rare
			passed));

sub read_rules
{
	my ($path) = @_;
	my $rules = { path => $path, name => basename($path), text => slurp($path) };

	for (split(/\n/, $rules->{text})) {
		my ($key, $value) = m{^(?://|#) ($KEYS): (.*)} or next;
		my @words = split(' ', $value);

		if ($key =~ /^(?:in|reads)$/) {
			push @{ $rules->{$key} }, $value;
		} elsif ($key =~ /^(?:same|copies)$/) {
			push @{ $rules->{$key} }, [@words];
		} elsif ($key eq 'match') {
			my ($names, $counts, $functions) = $value =~ /^([\w+]+) ([\d @\w-]+?)(?: in (.*))?$/
				or fail(UNFIT, "$rules->{name}: '$value' does not say how often a rule matches");

			push @{ $rules->{match} }, { names => $names, counts => [split(' ', $counts)],
						     functions => [split(' ', $functions // '')] };
		} else {
			push @{ $rules->{$key} }, @words;
		}
	}
	return $rules;
}

# All rule files, or the wanted ones, in the order of their names.
sub all
{
	my ($run) = @_;

	return grep { !$_->{form} || grep { $_ eq $run->{form} } @{ $_->{form} } }
		map { read_rules($_) } grep { $run->wanted(basename($_)) }
		sort(bsd_glob("$run->{glue}/rules/*.{cocci,edit}"));
}

# The files that the rules change, and those that they read.  A pattern that finds no file is a
# misfit.
sub files
{
	my ($run, $rules, $key) = @_;
	my (%seen, @files);

	push @files, grep { !$seen{$_}++ } $run->{tree}->files_for($_) for @{ $rules->{$key} // [] };
	return @files;
}

sub check_files
{
	my ($run, $rules, @files) = @_;
	my @missing = grep { !$run->{tree}->files_for($_) } @{ $rules->{reads} // [] };

	$run->{misfits}->add(rule => $rules->{name}, tree => "has no $_") for @missing;
	$run->{misfits}->add(rule => $rules->{name}, tree => 'has no ' . join(' or ', @{ $rules->{in} }))
		if !@files;
}

# Compare what rules would delete with the spec and with what is known.  Nothing is run.
sub check
{
	my ($run, $rules) = @_;
	my @files = files($run, $rules, 'in');

	check_files($run, $rules, @files);
	Proofs::all($run, $rules, @files);
}

# Copy the files of the rules into the work folder, unless an earlier rule did, and run the rules.
sub apply
{
	my ($run, $rules) = @_;
	my @files = files($run, $rules, 'in') or return;

	for my $path (grep { !-e "$run->{work}/$_" } @files) {
		copied("$run->{tree}{path}/$path", "$run->{work}/$path");
	}
	my %before = map { $_ => [Source::items(slurp("$run->{work}/$_"))] } @files;
	my $places = $rules->{path} =~ /\.cocci$/ ? run_spatch($run, $rules, @files)
						  : run_edits($run, $rules, @files);
	check_matches($run, $rules, $places, @files) if $places;
	check_deleted($run, $rules, \%before);
	check_passed($run, $rules, @files);
}

# Rules may delete only what their head says, as only that was compared.
sub check_deleted
{
	my ($run, $rules, $before) = @_;
	my %told = map { $_ => 1 } @{ $rules->{deletes} // [] };

	for my $file (grep { /\.[ch]$/ } sort keys %$before) {
		my %after = map { ("$_->{kind} $_->{name}" => 1) } Source::items(slurp("$run->{work}/$file"));

		for my $item (grep { !$after{"$_->{kind} $_->{name}"} } @{ $before->{$file} }) {
			next if $told{$item->{name}} || Proofs::proven($rules, $item);
			$run->{misfits}->add(rule => $rules->{name}, at => $file,
				what => "$item->{kind} $item->{name} is deleted, and nothing compares it: " .
					'say so by "deletes:"');
		}
	}
}

# Functions that are passed a vmcs12 ('passed:') must not look at the vCPU's own, and neither must
# the functions that they call.  Check that the rules took care of that.
sub check_passed
{
	my ($run, $rules, @files) = @_;
	my @passed = @{ $rules->{passed} // [] } or return;
	my %body = map { ($_->{name} => $_->{text} =~ s/^.*?\{//sr) }
		grep { $_->{kind} eq 'function' }
		map { Source::items(slurp("$run->{work}/$_")) } @files;
	my %seen;

	for my $function (@passed) {
		my @reached = ([$function]);

		while (my $way = shift(@reached)) {
			my $text = $body{ $way->[-1] } // '';

			next if $seen{ $way->[-1] }++;
			if ($text =~ /\b(get_vmcs12|cached_vmcs12|nested_run_pending)\b/) {
				$run->{misfits}->add(rule => $rules->{name}, functions => [$way->[0]],
					what => join('() calls ', @$way) . "(), which has $1");
				next;
			}
			push @reached, map { [@$way, $_] } grep { $body{$_} } $text =~ /\b(\w+)\(/g;
		}
	}
}

# The rules that have to match, each once.
sub names
{
	my ($rules) = @_;
	my %seen;

	return grep { !$seen{$_}++ } map { split(/\+/, $_->{names}) } @{ $rules->{match} };
}

# A script that makes spatch print each match of a rule, and the function that it is in.
sub telling
{
	my ($name, $rule) = @_;

	return "\n\@script:python depends on $name\@\n\@\@\nprint(\"match $name\")\n\n"
		if $rule !~ /^position p;$(?=.*?^\@\@$)/ms;
	return "\n\@script:python\@\np << $name.p;\n\@\@\nfor at in p:\n" .
	       "\tprint(\"match $name %s\" % at.current_element)\n\n";
}

# The rules, each followed at once by the script that prints its matches: whatever a later rule or
# script needs, spatch keeps once for each combination of matches of different rules.
sub told_rules
{
	my ($rules) = @_;
	my @parts = split(/^(?=\@\w[^\n]*\@$)/m, $rules->{text});
	my %told = map { $_ => 0 } names($rules);

	for (@parts) {
		my ($name) = /^\@(\w+)/ or next;

		$_ .= telling($name, $_) if defined $told{$name} && !$told{$name}++;
	}
	for (grep { !$told{$_} } names($rules)) {
		fail(UNFIT, "$rules->{name} has no rule '$_'");
	}
	return join('', @parts);
}

# The Python that spatch runs scripts by.  It starts the first one on the PATH several times, which
# takes longer than its work if that is a wrapper that looks for another.
my $python;

sub python
{
	$python //= do {
		open(my $tells, '-|', 'python3', '-c', 'import sys; print(sys.executable)')
			or fail(IO, "python3: $!");
		my $path = <$tells>;

		close($tells) && defined $path or fail(IO, 'python3 fails, which spatch needs');
		chomp($path);
		$path;
	};
	return $python;
}

# Apply a semantic patch, file by file, so that a rule that depends on another needs its match in
# the same file.  Returns for each rule a file and a function for each match.
sub run_spatch
{
	my ($run, $rules, @files) = @_;
	my %places;

	spew("$run->{work}/.rules", told_rules($rules));
	for my $file (@files) {
		open(my $spatch, '-|', 'sh', '-c', 'cd "$1" && shift && exec "$@" 2>&1', 'sh',
		     $run->{work}, qw(timeout 600 spatch --very-quiet --no-includes --in-place
				      --no-show-diff --sp-file .rules --python), python(), $file)
			or fail(IO, "spatch: $!");
		my @lines = <$spatch>;
		close($spatch)
			or fail(IO, "$rules->{name}: spatch failed on $file:\n" . join('', @lines));
		for (@lines) {
			push @{ $places{$1} }, [$file, $2] if /^match (\w+) ?(.*)$/;
		}
	}
	unlink("$run->{work}/.rules");
	return \%places;
}

# Apply substitutions to a file that is not C: 'NAME s{...}{...}flags' a line.
sub run_edits
{
	my ($run, $rules, @files) = @_;
	my %places;

	for my $file (@files) {
		local $_ = slurp("$run->{work}/$file");
		my $before = $_;

		for my $line (grep { /^\w/ } split(/\n/, $rules->{text})) {
			my ($name, $edit) = $line =~ /^(\w+)\s+(s\{.*)$/
				or fail(UNFIT, "$rules->{name}: '$line' is not 'NAME s{...}{...}'");
			my $count = eval "$edit" || 0;

			fail(UNFIT, "$rules->{name}: $name: $@") if $@;
			push @{ $places{$name} }, ([$file, '']) x $count;
		}
		spew("$run->{work}/$file", $_) if $_ ne $before;
	}
	return \%places;
}

# How often a rule has to match: a number, or a count of the spec's or the tree's.
sub count
{
	my ($run, $rules, $count, @files) = @_;

	return $count if $count !~ s/^\@//;
	return $run->{spec}->count($run->target, $count, $rules->{entries}[1]) if $count ne 'masks';
	return scalar(grep { $_->{kind} eq 'macro' && Proofs::proven($rules, $_) }
		      map { $run->{tree}->items($_) } @files);
}

# Every rule has to match where it says, and as often; otherwise the kernel has changed.
sub check_matches
{
	my ($run, $rules, $places, @files) = @_;

	for my $match (@{ $rules->{match} }) {
		my @at = map { @{ $places->{$_} // [] } } split(/\+/, $match->{names});
		my @functions = @{ $match->{functions} };
		my @counts = map { count($run, $rules, $_, @files) } @{ $match->{counts} };
		my $counted = grep { $_ == @at } @counts;
		my $placed = !@functions ||
			!grep { my $at = $_->[1]; !grep { $_ eq $at } @functions } @at;
		my %count;

		next if $counted && $placed;
		$count{join(': ', grep { $_ ne '' && $_ ne 'something_else' } @$_)}++ for @at;
		$run->{misfits}->add(rule => $rules->{name},
			functions => \@functions, files => @functions ? [] : \@files,
			what => "rule '$match->{names}' has to match " . join(' or ', @counts) .
				' times in ' . join(' and ', @functions ? @functions : @files) .
				', and matches' . (@at ? '' : ' nowhere'),
			more => [map { "$_: $count{$_}" } sort keys %count]);
	}
}

1;
