# SPDX-License-Identifier: GPL-2.0-only
#
# Two of KVM's functions on a stage: the one that emulates VMWRITE, and the one that restores saved
# state.  They run with replacements of the functions that they call (stage.h), and show by what
# they do which conditions they have, and in which order.
package Audit::Stage;

use strict;
use warnings;

use Audit::Definitions;

sub new
{
	my ($class, $audit) = @_;

	return bless({ audit => $audit, definitions => $audit->{definitions} }, $class);
}

# The only one of some functions.  If there are others, or none, the stage can't be built.
sub only
{
	my ($self, $lacking, @functions) = @_;

	return @functions == 1 ? $functions[0] : $self->{audit}->cannot($lacking);
}

# The function that restores saved state: it copies a struct vmcs12 from userspace.
sub restoring
{
	my ($self) = @_;
	my $copy = qr/\bcopy_from_user\(\s*(\w+),/;
	my $into_vmcs12 = sub {
		my ($text) = @_;

		return grep { $text =~ /\bstruct vmcs12 \*$_\b/ } $text =~ /$copy/g;
	};

	return $self->only('not one function copies a struct vmcs12 from userspace',
			   grep { $into_vmcs12->($_->{text}) }
			   $self->{definitions}->functions($copy));
}

# The function that emulates VMWRITE: it writes any field, and the instruction may succeed.
sub writing
{
	my ($self) = @_;

	return $self->only('not one function emulates VMWRITE', $self->{definitions}->functions(
		qr/\bvmcs12_write_any\(.*\bnested_vmx_succeed\(|\bVMXERR_VMWRITE_READ_ONLY/s));
}

my $ENTERS = qr/\A[^{]*\(struct kvm_vcpu \*\w+,\s*bool \w+\)/;

# The function that enters L2: what restores saved state calls it, and it prepares the hardware's
# VMCS by functions of which one reads more of struct vmcs12 than any other.
sub entering
{
	my ($self) = @_;
	my $audit = $self->{audit};
	my $restores = $self->restoring;
	my $prepares = $audit->{roles}->function('prepare rarely')->{name};
	my %prepares = map { $_->{name} => 1 } $self->{definitions}->calling($prepares);
	my %called = Audit::Definitions::callees($restores);
	my $enters = sub {
		my %calls = Audit::Definitions::callees($_[0]);

		return $called{ $_[0]{name} } && grep { $prepares{$_} } keys %calls;
	};

	return $self->only("$restores->{name}() enters L2 by not one function",
			   grep { $enters->($_) } $self->{definitions}->functions($ENTERS));
}

# The function that emulates VMLAUNCH: it enters L2, too, and checks more.
sub running
{
	my ($self) = @_;
	my %not = map { $_->{name} => 1 } $self->restoring, $self->entering;
	my $enters = $self->entering->{name};
	my ($runs) = grep { !$not{ $_->{name} } && $self->checks($_) }
		     $self->{definitions}->calling($enters);

	return $runs // $self->{audit}->cannot("no function checks a vmcs12 and calls $enters()");
}

# The checks of a struct vmcs12 that a function calls.
my $CHECK = qr/\A[^{]*\b\w*check\w*\(struct kvm_vcpu \*\w+,\s*(?:const )?struct vmcs12 \*\w+/;

sub checks
{
	my ($self, $function) = @_;
	my %calls = Audit::Definitions::callees($function);
	my $checks = $self->{checks} //=
		{ map { $_->{name} => 1 } $self->{definitions}->functions($CHECK) };

	return grep { $checks->{$_} } sort keys %calls;
}

# All that VMLAUNCH checks, before it enters and as it does.
sub wanted
{
	my ($self) = @_;
	my %wanted = map { $_ => 1 } map { $self->checks($_) } $self->running, $self->entering;

	return sort keys %wanted;
}

# The text of a function, and of those that it calls and that call something replaced.  Each gets
# another name; called functions come first.
sub staged
{
	my ($self, $function, $name, @replaced) = @_;
	my %names = ($function->{name} => $name);
	my %not = map { $_ => 1 } @replaced;
	my $replaced = join('|', map { quotemeta } @replaced, 'copy_from_user');
	my %helpers = map { $_->{name} => $_ }
		      grep { $_->{file} eq $function->{file} && !$not{ $_->{name} } }
		      $self->{definitions}->functions(qr/\A[^{]*\{.*\b(?:$replaced)\(/s);
	my $source = '';
	my $add;

	$add = sub {
		my ($of) = @_;
		my %calls = Audit::Definitions::callees($of);

		for my $called (grep { $helpers{$_} && !$names{$_} } sort keys %calls) {
			$names{$called} = "staged_$called";
			$add->($helpers{$called});
		}
		$source .= "#line $of->{line} \"$of->{file}\"\n$of->{text}\n";
	};
	$add->($function);
	return join('', map({ "#define $_ $names{$_}\n" } sort keys %names), $source);
}

# The source of the stage: replacements of the checks and of the entry, and both functions.
sub source
{
	my ($self) = @_;
	my $audit = $self->{audit};
	my $folder = "$audit->{run}{glue}/audit";
	my @checks = $self->wanted;
	my $enters = $self->entering->{name};
	my $look_up = $audit->{roles}->function('look up memory')->{name};

	return join('', "#include \"$folder/stage.h\"\n",
		    map({ "#define $checks[$_](...) stage_check($_)\n" } 0 .. $#checks),
		    "#define $enters(...) stage_enter()\n",
		    $self->staged($self->restoring, 'staged_restore', @checks, $enters),
		    $self->staged($self->writing, 'staged_vmwrite'),
		    'const char *const question_checks[] = { ', map({ "\"$_\", " } @checks),
		    "NULL };\n#define STAGE_OFFSET(field) $look_up(field)\n",
		    "#include \"$folder/staged.h\"\n");
}

1;
