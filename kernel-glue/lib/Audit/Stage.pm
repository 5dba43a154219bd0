# SPDX-License-Identifier: GPL-2.0-only
#
# Two of KVM's functions on a stage: what emulates VMWRITE, and what restores saved state, run with others in
# the place of those that they call (stage.h).  What conditions they have, and in which order, shows in what
# they do.
package Audit::Stage;

use strict;
use warnings;

sub new
{
	my ($class, $audit) = @_;

	return bless({ audit => $audit }, $class);
}

sub callees { return map { $_ => 1 } $_[0]{text} =~ /\b(\w+)\s*\(/g }

# The function that restores saved state: it copies a struct vmcs12 from userspace.
sub restoring
{
	my ($self) = @_;
	my $copy = qr/\bcopy_from_user\(\s*(\w+),/;
	my @functions = grep { my $text = $_->{text};
			       grep { $text =~ /\bstruct vmcs12 \*$_\b/ } $text =~ /$copy/g } $self->{audit}->functions($copy);

	return @functions == 1 ? $functions[0] : $self->{audit}->cannot('not one function copies a struct vmcs12 from userspace');
}

# The function that emulates VMWRITE: it tells L1 that a field is read-only.
sub writing
{
	my ($self) = @_;
	my @functions = $self->{audit}->functions(qr/\bVMXERR_VMWRITE_READ_ONLY_VMCS_COMPONENT\b|\bvmcs12_write_any\(.*\bnested_vmx_succeed\(/s);

	return @functions == 1 ? $functions[0] : $self->{audit}->cannot('not one function emulates VMWRITE');
}

# The function that enters L2: what restores saved state calls it, and it prepares the hardware's VMCS by
# functions of which one reads more of struct vmcs12 than any other.
sub entering
{
	my ($self) = @_;
	my $audit = $self->{audit};
	my $rarely = $audit->function('prepare rarely')->{name};
	my %prepares = map { $_->{name} => 1 } $audit->functions(qr/\A[^{]*\{.*\b\Q$rarely\E\(/s);
	my %called = callees($self->restoring);
	my @enters = grep { my %calls = callees($_); $called{ $_->{name} } && grep { $prepares{$_} } keys %calls }
		     $audit->functions(qr/\A[^{]*\(struct kvm_vcpu \*\w+,\s*bool \w+\)/);

	return @enters == 1 ? $enters[0] : $audit->cannot($self->restoring->{name} . '() enters L2 by not one function');
}

# The function that emulates VMLAUNCH: it enters L2, too, and checks more.
sub running
{
	my ($self) = @_;
	my %not = map { $_->{name} => 1 } $self->restoring, $self->entering;
	my $enters = $self->entering->{name};
	my ($runs) = grep { !$not{ $_->{name} } && $self->checks($_) } $self->{audit}->functions(qr/\A[^{]*\{.*\b\Q$enters\E\(/s);

	return $runs // $self->{audit}->cannot("no function checks a vmcs12 and calls $enters()");
}

# The checks of a struct vmcs12 that a function calls.
sub checks
{
	my ($self, $function) = @_;
	my %calls = callees($function);
	my $checks = $self->{checks} //= { map { $_->{name} => 1 }
		$self->{audit}->functions(qr/\A[^{]*\b\w*check\w*\(struct kvm_vcpu \*\w+,\s*(?:const )?struct vmcs12 \*\w+/) };

	return grep { $checks->{$_} } sort keys %calls;
}

# All that VMLAUNCH checks, before it enters and as it does.
sub wanted
{
	my ($self) = @_;
	my %wanted = map { $_ => 1 } $self->checks($self->running), $self->checks($self->entering);

	return sort keys %wanted;
}

# A function and those that it calls and that call what has another in its place, as text: each under another
# name, the called first.
sub staged
{
	my ($self, $function, $name, @replaced) = @_;
	my %seen = ($function->{name} => $name);
	my %functions = map { $_->{name} => $_ } grep { $_->{file} eq $function->{file} } $self->{audit}->functions(qr/\{/);
	my $replaced = join('|', map { quotemeta } @replaced, 'copy_from_user');
	my $source = '';

	my $add;
	$add = sub {
		my ($of) = @_;

		my %calls = callees($of);
		for my $called (sort keys %calls) {
			my $helper = $functions{$called} or next;

			next if $seen{$called} || grep({ $_ eq $called } @replaced) || $helper->{text} !~ /\{.*\b(?:$replaced)\(/s;
			$seen{$called} = "staged_$called";
			$add->($helper);
		}
		$source .= "#line $of->{line} \"$of->{file}\"\n$of->{text}\n";
	};
	$add->($function);
	return join('', map({ "#define $_ $seen{$_}\n" } sort keys %seen), $source);
}

# The source of the stage: what stands in the place of checks and of the entry, and both functions.
sub source
{
	my ($self) = @_;
	my $audit = $self->{audit};
	my @checks = $self->wanted;
	my $enters = $self->entering->{name};
	my $look_up = $audit->function('look up memory')->{name};

	return join('', "#include \"$audit->{run}{glue}/audit/stage.h\"\n",
		    map({ "#define $checks[$_](...) stage_check($_)\n" } 0 .. $#checks), "#define $enters(...) stage_enter()\n",
		    $self->staged($self->restoring, 'staged_restore', @checks, $enters),
		    $self->staged($self->writing, 'staged_vmwrite'),
		    "const char *const question_checks[] = { ", map({ "\"$_\", " } @checks), "NULL };\n",
		    "#define STAGE_OFFSET(field) $look_up(field)\n#include \"$audit->{run}{glue}/audit/staged.h\"\n");
}

1;
