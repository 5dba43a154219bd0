# SPDX-License-Identifier: GPL-2.0-only
#
# What a boot says on its serial line, read line by line: the markers of
# programs/init and the kernel's complaints become one row for each program.
# The first row is the boot itself, up to user space.
#
#	PASS	exit status 0		TIMEOUT	killed after --program-timeout
#	SKIP	exit status 4		HANG	no end in the machine's own time
#	FAIL	any other		PANIC	the kernel stopped
#	WARN	the kernel complained	LOST	never began, or its end was not seen
#
# A boot that warns of what is known and of nothing else is a PASS, and says so.
package Lab::Serial;

use strict;
use warnings;

use constant BOOT => '(boot)';
use constant LINES_KEPT => 15;

# A program that is killed has this many seconds, of the machine's, to say that it ended.
use constant GRACE => 20;

my @COLUMNS = qw(program model result seconds guest_seconds reason);

# The guest's uptime, at the end of a marker.
my $TIME = qr/(\d+\.\d\d)/;

# What no kernel says when all is well.
my $COMPLAINT = qr/\b(?:WARNING:\ (?:CPU:\ \d|\S+:\d+\ at\ |possible\ |suspicious\ |inconsistent\ )
		       |BUG:\ |Oops:\ |UBSAN:\ |unchecked\ MSR\ access\ error
		       |INFO:\ (?:rcu_|task\ ))/x;

# Where a warning comes from, in a complaint: before Linux 6.15, and since.
my $PLACE = qr/^WARNING: (?:at )?(\S+?):\d+ (?:at )?(\w+)/;

# Programs are as the command line gave them: a name and its arguments.  What is known to be
# warned of at boot is as Lab::Known has it.
sub new
{
	my ($class, %with) = @_;
	my $number = 0;
	my @rows = map { { number => $number++, program => $_, model => $with{model} } }
		   BOOT, @{ $with{programs} };

	$rows[0]{began} = 0;
	return bless {
		rows => \@rows,
		now => 0,		# the row that runs, as an index; undef between two
		lines => [],		# the last ones of what runs
		known => $with{known} // {},
		program_timeout => $with{program_timeout},
		limit => $with{program_timeout} + GRACE,
	}, $class;
}

# One line, and when it came.  Returns what happened: 'begin' or 'end' of a row,
# 'done', 'panic', 'hang', or ''.
sub line
{
	my ($self, $text, $seconds) = @_;

	$self->{heard} = 1;
	# A program's last line may lack its newline, so a marker ends any line.
	return $self->end(0, 0, $1, $seconds) if $text =~ /\@\@START $TIME$/;
	return $self->begin($1, $2, $seconds) if $text =~ /\@\@BEGIN (\d+) $TIME$/;
	return $self->end($1, $2, $3, $seconds) if $text =~ /\@\@END (\d+) (\d+) $TIME$/;
	return 'done' if $text =~ /\@\@DONE $TIME$/;
	push @{ $self->{lines} }, $text;
	shift @{ $self->{lines} } if @{ $self->{lines} } > LINES_KEPT;
	return $self->panic($text, $seconds) if $text =~ /(?<!end )Kernel panic - not syncing/;
	return $self->remark($text);
}

# The row of the program that runs, or undef.
sub running
{
	my ($self) = @_;

	return defined $self->{now} ? $self->{rows}[$self->{now}] : undef;
}

sub begin
{
	my ($self, $number, $guest, $seconds) = @_;
	my $row = $self->{rows}[$number] // return '';

	$self->{now} = $number;
	$self->{lines} = [];
	@$row{qw(began guest_began)} = ($seconds, $guest);
	return 'begin';
}

sub end
{
	my ($self, $number, $status, $guest, $seconds) = @_;
	my $row = $self->running;

	return '' if !$row || $self->{now} != $number;
	$self->{now} = undef;
	$row->{guest_seconds} = $guest - ($row->{guest_began} // 0);
	$row->{seconds} = $seconds - $row->{began};
	if ($row->{guest_seconds} > $self->{limit}) {
		# Who looked at the machine's clock in between has ended it.
		@$row{qw(result reason)} = $self->hang;
		$self->{stopped} = $row;
		return 'hang';
	}
	$self->judge($row, $status);
	return 'end';
}

# In how many seconds of the machine's, from a marker on, the next one has to come; and what
# becomes of a row where it doesn't.
sub limit { return $_[0]{limit} }
sub hang { return ('HANG', "no end in $_[0]{limit} emulated seconds") }

# A result from an exit status, as the image's shell has it.
sub judge
{
	my ($self, $row, $status) = @_;
	my $limit = $self->{program_timeout};

	if ($status == 0 || $status == 4) {
		$row->{result} = $status ? 'SKIP' : 'PASS';
		$row->{reason} = $row->{known} if defined $row->{known};
		@$row{qw(result reason)} = ('WARN', $row->{complaint}) if defined $row->{complaint};
	} elsif ($status == 128 + 9 && $row->{guest_seconds} >= $limit) {
		@$row{qw(result reason)} = ('TIMEOUT', "killed after $limit guest seconds");
	} else {
		my $how = $status > 128 && $status <= 128 + 64 ? 'signal ' . ($status - 128)
							       : "exit status $status";

		@$row{qw(result reason)} = ('FAIL', join(': ', $how, $row->{reason} // ()));
	}
}

# What the kernel says is the doing of the program that runs, or that ran last.
sub culprit
{
	my ($self) = @_;

	return $self->running // (grep { defined $_->{result} } reverse $self->rows)[0];
}

# The kernel's complaints, and lines that say why a program will skip or fail.
sub remark
{
	my ($self, $text) = @_;
	my $row = $self->running;

	if ($text =~ $COMPLAINT) {
		# Without what differs between two builds and two runs.
		$self->complain(substr($text, $-[0]) =~ s/CPU: \d+ PID: \d+ |\+0x[\da-f\/x]+//gr);
	}
	return '' if !$row;
	if (delete $row->{assertion}) {
		$row->{reason} = $text =~ s/^\s+//r;
	} elsif ($text =~ /==== Test Assertion Failure ====/) {
		$row->{assertion} = 1;
	} elsif ($text =~ /\bSKIP - (.*)/ || $text =~ /^(not ok \d+ .*)/) {
		$row->{reason} //= $1;
	}
	return '';
}

sub complain
{
	my ($self, $complaint) = @_;
	my $row = $self->culprit;

	if ($row == $self->{rows}[0] && $complaint =~ $PLACE &&
	    defined $self->{known}{"$1 $2"}) {
		$row->{known} //= "$2 of $1 warns: " . $self->{known}{"$1 $2"};
		return;
	}
	$row->{complaint} //= $complaint;
	@$row{qw(result reason)} = ('WARN', $row->{complaint})
		if ($row->{result} // '') =~ /PASS|SKIP/;
}

sub panic
{
	my ($self, $text, $seconds) = @_;
	my $row = $self->culprit;

	@$row{qw(result reason)} = ('PANIC', $text =~ s/.*(?=Kernel panic)//r);
	$row->{seconds} //= $seconds - $row->{began};
	$self->{now} = undef;
	$self->{stopped} = $row;
	return 'panic';
}

# The boot is over: what runs, or should have run next, has this result for this
# reason, unless a panic explains it all; what didn't run is lost.
sub stop
{
	my ($self, $result, $reason, $seconds) = @_;
	my @open = grep { !defined $_->{result} } $self->rows;
	my $row = $self->running // (grep { !defined $_->{began} } @open)[0];

	if ($row && !$self->{stopped}) {
		@$row{qw(result reason)} = ($result, $reason);
		$row->{seconds} = $seconds - $row->{began} if defined $row->{began};
		$self->{stopped} = $row;
	}
	for my $lost (grep { !defined $_->{result} } @open) {
		$lost->{result} = 'LOST';
		$lost->{reason} = defined $lost->{began} ? 'its end was not seen' : 'never began';
	}
	$self->{now} = undef;
}

# The row at which a boot stopped before its end, or undef.
sub stopped { return $_[0]{stopped} }

# The last lines of the program that ran last.
sub last_lines { return @{ $_[0]{lines} } }

# Whether there was any line at all.
sub heard { return $_[0]{heard} }

sub rows { return @{ $_[0]{rows} } }

# Whether the kernel came up, every program ran, and none failed; a skip, and
# complaints while it came up, are the caller's to judge.
sub good
{
	my ($self) = @_;
	my ($boot, @programs) = map { $_->{result} } $self->rows;

	return $boot =~ /^(?:PASS|WARN)$/ && !grep { !/^(?:PASS|SKIP)$/ } @programs;
}

sub cell
{
	my ($row, $column) = @_;
	my $value = $row->{$column} // '';

	return $column =~ /seconds/ && $value ne '' ? sprintf('%.2f', $value) : $value =~ tr/\t/ /r;
}

sub tsv
{
	my ($self) = @_;

	return map { join("\t", @$_) . "\n" } \@COLUMNS,
	       map { my $row = $_; [map { cell($row, $_) } @COLUMNS] } $self->rows;
}

# The same for people; the model is the whole table's.
sub table
{
	my ($self) = @_;
	my $width = 8;

	for my $row ($self->rows) {
		$width = length($row->{program}) if length($row->{program}) > $width;
	}
	my $format = "%-${width}s  %-7s %8s %8s  %s";
	return map { sprintf($format, @$_) =~ s/ +$//r . "\n" }
	       ['program', 'result', 'seconds', 'guest', 'reason'],
	       map { my $row = $_; [map { cell($row, $_) } grep { $_ ne 'model' } @COLUMNS] }
	       $self->rows;
}

1;
