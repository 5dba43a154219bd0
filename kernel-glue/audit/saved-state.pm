# SPDX-License-Identifier: GPL-2.0-only
#
# Saved state comes from userspace: each struct vmcs12 in it has room in its part, its size is checked before
# it is read and its id before anything of it is used; and an entry from it is checked as VMLAUNCH is.  What
# is not checked reaches the hardware's VMCS.
package Audit::SavedState;

use strict;
use warnings;

my $COPY = qr/\bcopy_from_user\(\s*(\w+),/;

# The function that restores saved state: it copies a struct vmcs12 from userspace.
sub restoring
{
	my ($audit) = @_;
	my @functions = grep { my $text = $_->{text};
			       grep { $text =~ /\bstruct vmcs12 \*$_\b/ } $text =~ /$COPY/g } $audit->functions($COPY);

	return @functions == 1 ? $functions[0] : $audit->cannot('not one function copies a struct vmcs12 from userspace');
}

# The text of a function, with the bodies of those that it calls and that check a vmcs12, each after its call.
sub whole_text
{
	my ($audit, $function) = @_;
	my %helpers = map { $_->{name} => $_->{text} =~ s/\A[^{]*//r }
		      grep { $_->{name} ne $function->{name} && $_->{text} =~ /\A[^{]*\(struct kvm_vcpu \*\w+\)/ }
		      $audit->functions(qr/\b(?:nested_vmx_check_\w+\(vcpu, \w+|hdr\.revision_id\s*!=)/);

	return $function->{text} =~ s/\b(\w+)\(vcpu\)\K/$helpers{$1} ? " $helpers{$1} " : ''/ger;
}

# All names of what a variable points to, by what it is set to.
sub names_of
{
	my ($text, $variable) = @_;
	my %set = map { $_ => 1 } $text =~ /\b$variable\s*=\s*(\w+\(\w+\));/g;
	my %names = ($variable => 1);

	while ($text =~ /\b(\w+)\s*=\s*(\w+\(\w+\));/g) {
		$names{$1} = 1 if $set{$2};
	}
	return join('|', sort keys %names);
}

# Each copy, with the code before it, since the last one, and after it, up to the entry.
sub check_copies
{
	my ($audit, $function, $enter) = @_;
	my $text = $function->{text};
	my $whole = whole_text($audit, $function) =~ s/\b$enter\(.*//sr;
	my $end = 0;

	while ($text =~ /$COPY/g) {
		my ($into, $at, $start) = ($1, "$function->{file}:" . ($function->{line} + (substr($text, 0, $-[0]) =~ tr/\n//)), $-[0]);
		my $before = substr($text, $end, $start - $end);
		my $names = names_of($whole, $into);
		my ($after) = $whole =~ /\bcopy_from_user\(\s*$into,(.*)/s;

		$end = $start;
		next if $text !~ /\bstruct vmcs12 \*$into\b/;
		$audit->finding(key => "size before $into", at => $at, holds => "the state's size is compared before $into is read from it",
				does => 'it is not', chain => ["$at: $function->{name}() reads $into"])
			if $before !~ /\bif \([^;{]*\bsize\b\s*</;
		$audit->finding(key => "id of $into", at => $at, holds => "the id of $into is compared before it is used",
				does => 'it is not', chain => ["$at: $function->{name}() reads $into"],
				guest => 'KVM_SET_NESTED_STATE with another id')
			if ($after // '') !~ /\bif \([^;{]*\b(?:$names)->hdr\.revision_id\s*!=/;
	}
}

# The checks that an instruction makes of a vmcs12, by the functions that are called.
sub checks
{
	my ($function) = @_;

	return map { $_ => 1 } $function->{text} =~ /\b(nested_vmx_check_\w+)\(vcpu, (?:vmcs12|get_vmcs12\(vcpu\))/g;
}

sub check
{
	my ($audit) = @_;
	my $restores = restoring($audit);
	my ($enter) = $restores->{text} =~ /\b(nested_vmx_enter\w+)\(/ or $audit->cannot("$restores->{name}() enters nothing");
	my ($runs) = grep { $_->{name} ne $restores->{name} && $_->{name} ne $enter && $_->{text} =~ /\b$enter\(/ &&
			    checks($_) } $audit->functions(qr/\b$enter\(/);
	my $size = $audit->{run}{found}->values(['VMCS12_SIZE'], 'arch/x86/kvm/vmx/vmcs12.h', 'arch/x86/include/uapi/asm/kvm.h')->{VMCS12_SIZE};
	my $needs = 0;

	for my $member (values %{ $audit->members('memory') }) {
		$needs = $member->{offset} + $member->{size} if $needs < $member->{offset} + $member->{size};
	}
	check_copies($audit, $restores, $enter);
	$audit->finding(key => 'size of a vmcs12', at => "$restores->{file}:$restores->{line}", holds => "struct vmcs12, of $needs bytes, has room in its part",
			does => 'VMCS12_SIZE is ' . hex($size)) if $size !~ /^0x/ || hex($size) < $needs;
	$audit->cannot("no function checks a vmcs12 and calls $enter()") if !$runs;
	my ($before) = whole_text($audit, $restores) =~ /\A(.*?)\b$enter\(/s;
	my %made = checks({ text => $before });
	my %wanted = (checks($runs), map { checks($_) } $audit->functions(qr/\A[^{]*\b$enter\(/));

	for my $lacking (sort grep { !$made{$_} } keys %wanted) {
		$audit->finding(key => "$lacking", at => "$restores->{file}:$restores->{line}", sure => 'look',
				holds => "what VMLAUNCH checks by $lacking() is checked of saved state, too", does => "$restores->{name}() does not call it",
				chain => ["$runs->{file}:$runs->{line}: $runs->{name}() calls $lacking()", "$restores->{file}:$restores->{line}: $restores->{name}() does not"],
				guest => 'KVM_SET_NESTED_STATE with what that refuses');
	}
}

\&check;
