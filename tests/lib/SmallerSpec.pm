# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Specs that lack one part of a spec that is data, as RandomSpec makes it.
package SmallerSpec;

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT = qw(smaller);

sub deep_copy
{
	my ($data) = @_;

	return { map { $_ => deep_copy($data->{$_}) } keys %$data } if ref($data) eq 'HASH';
	return [map { deep_copy($_) } @$data] if ref($data) eq 'ARRAY';
	return $data;
}

# What a spec can do without: elements of these lists, and these.
my %LISTS = map { $_ => 1 }
	qw(fields linux controls bits adds uses needs excludes layouts groups revisions edits items
			       aliases supports copies roles lines errata frozen source because targets memory images
			       pages masks existences names);
my %PARTS = map { $_ => 1 } qw(drop neutral no_high changed unchanged tlfs default1 mask table shadow because align newest as
				       names all_fields);

# Call @visit with each list, and with each hash and a key in it, outer ones first.
sub parts
{
	my ($data, $visit) = @_;

	for my $key (sort keys %$data) {
		my $value = $data->{$key};

		if ($key eq 'attributes') {
			$visit->($value, $_) for sort keys %{ $value // {} };
			next;
		}
		$visit->($data, $key) if $PARTS{$key} && defined $value ||
			$data->{edit} && $key eq 'lookup';
		$value = $data->{$key};
		# A text that has to be there keeps a string.
		$visit->($value) if ref($value) eq 'ARRAY' && $LISTS{$key} &&
			(@$value > 1 || $key !~ /^(?:source|because)$/);
		parts($_, $visit)
			for grep { ref($_) eq 'HASH' } ref($value) eq 'ARRAY' ? @$value : $value;
	}
}

# Every spec with one part less, as functions that make them.  They may be invalid.
sub smaller
{
	my ($spec) = @_;
	my $count = 0;

	delete $spec->{placed};
	parts($spec, sub { my ($data, $key) = @_; $count += defined $key ? 1 : @$data });
	return map { my $nth = $_; sub { without($spec, $nth) } } 0 .. $count - 1;
}

sub without
{
	my ($spec, $left) = @_;
	my $copy = deep_copy($spec);

	parts($copy, sub {
		my ($data, $key) = @_;
		my $count = defined $key ? 1 : @$data;

		if ($left >= 0 && $left < $count) {
			defined $key ? delete $data->{$key} : splice(@$data, $left, 1);
		}
		$left -= $count;
	});
	return $copy;
}

1;
