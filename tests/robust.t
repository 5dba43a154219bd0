#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Whatever the input and whatever fails around it: no crash, the exit status that
# vmcsgen(1) tells, and no output changed, half-written or left over.  All of it
# with the program as it is and with one that is built with ASan and UBSan.
#
# Where there are hundreds of inputs or points of failure, a usual run takes some, and few of
# them with the sanitizers; EVERY=1 takes all, which costs eight times as much CPU.
# `make fuzz` looks at far more inputs than either.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Blobs qw(image state);
use POSIX ();
use File::Find;
use File::Path qw(make_path remove_tree);
use Synthetic;
use Test::More;
use Time::HiRes ();
use Vmcsgen;

my $top = root();
my $dir = tempdir();
my $asan = "$top/build/asan/vmcsgen";
my $shim = "$dir/alloc-fail.so";
my $workers = 2;
my $every = $ENV{EVERY};
my $megabytes = $every ? 10 : 1;	# of what is large

chmod(0755, "$dir");

# Anything that a sanitizer reports ends the program with this status.
my $REPORT = 99;
$ENV{ASAN_OPTIONS} = "exitcode=$REPORT:detect_leaks=1:allocator_may_return_null=1";
$ENV{LSAN_OPTIONS} = "exitcode=$REPORT";
$ENV{UBSAN_OPTIONS} = "exitcode=$REPORT:print_stacktrace=1";
$ENV{NO_COLOR} = 1;

sub build_sanitized
{
	my $flags = '-fsanitize=address,undefined';

	ok_run({ dir => $top }, 'make', '-s', 'B=build/asan', "LDFLAGS=$flags",
	       "CFLAGS=-O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all $flags",
	       'build/asan/vmcsgen');
	# Somebody may build while this runs.
	ok_run('cp', $asan, "$dir/asan");
	return ["$dir/asan", 'sanitized', 20];
}

# Some of a list, from all over it: one of so many.
sub one_of
{
	my ($step, @list) = @_;

	return $every ? @list : @list[grep { $_ % $step == 0 } 0 .. $#list];
}

# The first of so many seeds.
sub seeds { my ($step, $count) = @_; return 1 .. ($every ? $count : $count / $step) }

# Run a command with messages to a file and a time limit.  It is run thousands of
# times, so it is less convenient than run().  Returns what is wrong, or ''.
sub quick
{
	my ($place, $allowed, @command) = @_;
	my %env = ref($command[0]) ? %{ shift @command } : ();
	my $pid = fork() // die "fork: $!\n";

	if (!$pid) {
		@ENV{keys %env} = values %env;
		open(STDIN, '<', '/dev/null') && open(STDOUT, '>', "$place/stdout") &&
			open(STDERR, '>', "$place/stderr") or POSIX::_exit(126);
		alarm(20);
		{ no warnings 'exec'; exec { $command[0] } @command; }
		POSIX::_exit(127);
	}
	waitpid($pid, 0);
	return 'signal ' . ($? & 127) if $? & 127;
	my $status = $? >> 8;
	return "status $status: " . substr(slurp("$place/stderr"), 0, 2000)
		if !grep { $_ == $status } @$allowed;
	# A difference is not a fault.
	return "status $status without a message"
		if $status && !-s "$place/stderr" && ($status > 1 || !-s "$place/stdout");
	return '';
}

# The names of all files below a folder, with what is in them.  Folders do not count.
sub snapshot
{
	my ($folder) = @_;
	my %files;

	find({ no_chdir => 1, wanted => sub {
		$files{$_} = slurp($_) if -f $_;
	} }, $folder) if -d $folder;
	return join("\0", map { ($_, $files{$_}) } sort keys %files);
}

# The same with what changes when they are written or replaced: to read them all thousands of
# times takes long.
sub traces
{
	my ($folder) = @_;
	my %files;

	find({ no_chdir => 1, wanted => sub {
		my @status = Time::HiRes::stat($_);

		$files{$_} = join(' ', @status[1, 7, 9, 10]) if -f _;
	} }, $folder) if -d $folder;
	return join("\0", map { ($_, $files{$_}) } sort keys %files);
}

# Do something for each of a list, in several processes.  It is told the worker's
# own folder; what it returns, if not empty, is a fault.
sub for_each_in
{
	my ($name, $do, @list) = @_;
	my @faults;
	my @pipes;

	for my $worker (0 .. $workers - 1) {
		my $place = "$dir/worker$worker";

		make_path($place);
		my $pid = open(my $pipe, '-|') // die "fork: $!\n";
		if (!$pid) {
			for (my $i = $worker; $i < @list; $i += $workers) {
				my $fault = $do->($place, $list[$i]);

				print STDOUT $fault =~ s/\n/\\n/gr, "\n" if $fault ne '';
			}
			STDOUT->flush;
			POSIX::_exit(0);
		}
		push @pipes, $pipe;
	}
	for my $pipe (@pipes) {
		push @faults, <$pipe>;
		close($pipe) or push @faults, "a worker failed: $?\n";
	}
	is(scalar(@faults), 0, "$name, " . @list . ' times')
		or diag(map { s/\\n/\n    /gr } @faults[0 .. ($#faults < 4 ? $#faults : 4)]);
}

# Generate from a damaged spec: a fault is a crash, a wrong status, or an output
# that changed though the status is not 0.
sub try_spec
{
	my ($place, $program, $spec, $what) = @_;
	my $out = "$place/out";
	my $before;

	if (!-d $out) {
		make_path($out);
		spew("$out/vmcs.json", 'from before');
		spew("$out/linux/evmcs/fields.h", 'from before');
	}
	$before = traces($out);
	my $fault = quick($place, [0, 1, 3], $program, 'gen', '-s', $spec, '-t', "$top/templates",
			  '-o', $out);
	return "$what: $fault" if $fault ne '';
	return '' if traces($out) eq $before;
	my $failed = -s "$place/stderr" && slurp("$place/stderr") =~ / error:/;
	remove_tree($out);
	return $failed ? "$what: the output changed" : '';
}

#
# Damaged input
#

sub truncations
{
	my ($program, $name, $step) = @_;
	my $text = complete_spec();
	my $real = slurp("$top/spec/evmcs.vmcs");

	for_each_in("$name: a spec cut off", sub {
		my ($place, $length) = @_;

		spew("$place/cut.vmcs", substr($text, 0, $length));
		return try_spec($place, $program, "$place/cut.vmcs", "cut at $length");
	}, one_of($step, 0 .. length($text)));
	for_each_in("$name: spec/evmcs.vmcs cut off", sub {
		my ($place, $length) = @_;

		copy_spec($place);
		spew("$place/spec/evmcs.vmcs", substr($real, 0, $length));
		return try_spec($place, $program, "$place/spec/vmcs.vmcs", "cut at $length");
	}, one_of($step, map { 37 * $_ } 0 .. length($real) / 37));
}

# One of the tables is enough.
my %spec = map { s{^\Q$top\E/spec/}{}r => slurp($_) }
	glob("$top/spec/*.vmcs"), "$top/spec/frozen/evmcs/linux-6.1.csv";

sub copy_spec
{
	my ($place) = @_;

	return if -d "$place/spec";
	ok_run('cp', '-r', "$top/spec", $place);
	spew("$place/spec/$_", $spec{$_}) for keys %spec;
}

# A few bytes changed, dropped, doubled or moved; the same each time for a seed.
sub mutate
{
	my ($text, $seed) = @_;
	my @words = ("\0", "\xff", "\xc3\xa9", '{', '}', '"', "\n", ',', '..', '#', '[', ']', "\\",
		     ' from ', ' at ', '0x', '-1', '4294967295', '99999999999999999999', ' pad ',
		     "\r\n", "\t", 'revision', 'include "', "\x1b[31m");

	srand($seed);
	for (0 .. int(rand(3))) {
		my $at = int(rand(length($text)));
		my $length = int(rand(12));
		my $kind = int(rand(6));

		if ($kind == 0) {
			substr($text, $at, 1) = chr(int(rand(256)));
		} elsif ($kind == 1) {
			substr($text, $at, $length) = '';
		} elsif ($kind == 2) {
			substr($text, $at, 0) = $words[rand @words];
		} elsif ($kind == 3) {
			substr($text, $at, 0) = substr($text, int(rand(length($text))), 20 * $length);
		} else {		# whole lines: what is left is more often a spec
			my @lines = split(/^/, $text);
			my ($from, $to) = map { int(rand(@lines)) } 1, 2;

			$kind == 4 ? splice(@lines, $from, 1) :
				     splice(@lines, $to, 0, $lines[$from]);
			$text = join('', @lines);
		}
	}
	return $text;
}

sub mutations
{
	my ($program, $name, $step) = @_;
	my $text = complete_spec();
	my @names = sort keys %spec;

	for_each_in("$name: random damage to a small spec", sub {
		my ($place, $seed) = @_;

		spew("$place/mutated.vmcs", mutate($text, $seed));
		return try_spec($place, $program, "$place/mutated.vmcs", "seed $seed");
	}, seeds($step, 400));
	for_each_in("$name: random damage to spec/", sub {
		my ($place, $seed) = @_;
		my $file = $names[$seed % @names];

		copy_spec($place);
		spew("$place/spec/$file", mutate($spec{$file}, $seed));
		my $fault = try_spec($place, $program, "$place/spec/vmcs.vmcs", "seed $seed");
		spew("$place/spec/$file", $spec{$file});
		return $fault;
	}, seeds($step, 250));
	for_each_in("$name: random damage to the spec that another is held against", sub {
		my ($place, $seed) = @_;
		my @base = ('-s', spew("$place/small.vmcs", $text), '-t', "$top/templates");
		my $old = spew("$place/mutated.vmcs", mutate($text, $seed));

		return quick($place, [0, 1, 3], $program, 'check', @base, '--against', $old) .
		       quick($place, [0, 1, 3], $program, 'diff', 'a/r-2', @base, '--old-spec', $old);
	}, seeds($step, 200));
	for_each_in("$name: fmt of random damage", sub {
		my ($place, $seed) = @_;

		spew("$place/mutated.vmcs", mutate($text, $seed));
		return quick($place, [0, 3], $program, 'fmt', "$place/mutated.vmcs");
	}, seeds($step, 200));
	for_each_in("$name: random damage to a template", sub {
		my ($place, $seed) = @_;
		my @all = qw(out/vmcs.json out/TARGET/LAYOUT/REVISION.h
			     out/TARGET/LAYOUT/SUPPORT-controls.h
			     partials/member views/layout.text);
		my $file = $all[$seed % @all];
		my $damaged = mutate(slurp("$top/templates/$file"), $seed);

		ok_run('cp', '-r', "$top/templates", $place) if !-d "$place/templates";
		spew("$place/small.vmcs", $text);
		spew("$place/templates/$file", $damaged);
		my @base = ('-s', "$place/small.vmcs", '-t', "$place/templates");
		my $fault = quick($place, [0, 3], $program, 'gen', @base, '-o', "$place/made");
		$fault .= quick($place, [0, 3], $program, 'layout', 'a/r-1', @base);
		spew("$place/templates/$file", slurp("$top/templates/$file"));
		return $fault eq '' ? '' : "seed $seed: $fault";
	}, seeds($step, 200));
}

# Do something in a process of its own: one that has become large is slow to fork.
sub apart
{
	my ($do) = @_;
	my $pid = fork() // die "fork: $!\n";

	if (!$pid) {
		$do->();
		POSIX::_exit(0);
	}
	waitpid($pid, 0);
	die "it failed: $?\n" if $?;
}

# The CPU seconds of all that has run and ended.
sub used
{
	my (undef, undef, $user, $system) = times();

	return $user + $system;
}

# One file of every kind of what is not a spec, with what is said of it.
sub oddities
{
	my ($program, $name) = @_;
	my $spec = complete_spec();
	my $many = $megabytes << 20;
	my %odd = (
		'a long comment' => [0, sub { '# ' . 'x' x $many . "\n$spec" }],
		'a long word' => [3, sub { "$spec\nword " . 'x' x $many . " u8 {\n}\n" }],
		'a long number' => [3, sub { "$spec\nfields {\n\t" . '1' x $many . " x\n}\n" }],
		'a long string' => [0, sub {
			"revision b/s {\n\tid 2\n\tsource \"" . 'x' x $many . "\"\n\tu32 x\n}\n$spec"
		}],
		'a long open string' => [3, sub { "$spec\ninclude \"" . 'x' x $many . "\n" }],
		'a long line of names' => [0, sub {
			"fields {\n\t0x6800  f" . join('', map { " linux g$_" } 1 .. $many / 16) .
				"\n}\n"
		}],
		'a long line of braces' => [3, sub { '{' x $many }],
		'a long line of blanks' => [0, sub { ' ' x $many . "\n$spec" }],
		'a long text of empty lines' => [0, sub { "\n" x $many . $spec }],
		'a long text without a line end' => [3, sub { 'x' x $many }],
		'a NUL byte' => [3, sub { "word \0 u8 {\n}\n$spec" }],
		'NUL bytes only' => [3, sub { "\0" x 1000 }],
		'invalid UTF-8 in a comment' => [3, sub { "# \xff\n$spec" }],
		'UTF-8 cut off' => [3, sub { "$spec# \xe2\x82" }],
		'a surrogate' => [3, sub { "# \xed\xa0\x80\n$spec" }],
		'UTF-8 in a comment' => [0, sub { "# \xe2\x82\xac\n$spec" }],
		'line ends of DOS' => [0, sub { $spec =~ s/\n/\r\n/gr }],
		'nothing' => [0, sub { '' }],
		'no line end at the end' => [0, sub { $spec =~ s/\n\z//r }],
		'1000 unclosed blocks' => [3, sub { "bits a u8 {\n" x 1000 }],
		'many errors' => [3, sub { "x\n" x 20000 }],
	);

	for my $what (sort keys %odd) {
		my ($status, $text) = @{ $odd{$what} };
		my $path = "$dir/odd.vmcs";
		apart(sub { spew($path, $text->()) });
		my $start = used();

		is(quick("$dir", [$status], $program, 'check', '-s', $path), '', "$name: $what");
		cmp_ok(length((split(/\n/, slurp("$dir/stderr")))[1] // ''), '<', 1000,
		       "$name: $what: the line is cut") if $what =~ /\blong\b/;
		is(quick("$dir", [0, 3], $program, 'fmt', $path), '', "$name: fmt of $what");
		cmp_ok(used() - $start, '<', 5 + $megabytes, "$name: $what takes no time worth the name");
	}
}

sub includes
{
	my ($program, $name) = @_;
	my %cases = (
		'a missing include' => { root => 'include "none.vmcs"' },
		'an include of a folder' => { root => 'include "."' },
		'an include of itself' => { root => 'include "root"' },
		'two files in a cycle' => { root => 'include "a"', a => 'include "root"' },
		'three files in a cycle' =>
			{ root => 'include "a"', a => 'include "b"', b => 'include "root"' },
		'a cycle next to the root' =>
			{ root => 'include "a"', a => 'include "b"', b => 'include "./a"' },
		'an empty name' => { root => 'include ""' },
		'a name that is too long' => { root => 'include "' . 'x' x 5000 . '"' },
	);
	my %status = ('an include of a folder' => 4, 'an empty name' => 4,
		      'a name that is too long' => 4);

	for my $what (sort keys %cases) {
		my $folder = "$dir/include";
		my $out = "$dir/include-out";

		remove_tree($folder, $out);
		spew("$out/vmcs.json", 'old');
		spew("$folder/$_", "$cases{$what}{$_}\n") for keys %{ $cases{$what} };
		my $fault = quick("$dir", [3, 4], $program, 'gen', '-s', "$folder/root", '-o', $out,
				  '-t', "$top/templates");
		is($fault, '', "$name: $what");
		is(snapshot($out), "$out/vmcs.json\0old", "$name: $what: nothing is written");
		like(slurp("$dir/stderr"), qr/^\Q$folder\E\/\w+:1:\d+: error: /m,
		     "$name: $what: it says where");
	}
	my $folder = "$dir/deep";
	spew("$folder/$_", 'include "' . ($_ + 1) . "\"\n") for 0 .. 1999;
	spew("$folder/2000", complete_spec());
	is(quick("$dir", [0, 3], $program, 'check', '-s', "$folder/0"), '',
	   "$name: 2,000 includes deep");
}

#
# The system fails
#

# Whether the outputs are all as they were, and no other file is there.
sub fails_without_trace
{
	my ($program, $name, $out, $before, @command) = @_;
	my $fault = quick("$dir", [4], @command);

	is($fault, '', $name);
	like(slurp("$dir/stderr"), qr/^vmcsgen: /m, "$name: there is a message");
	ok(snapshot($out) eq $before, "$name: the outputs are as they were");
}

sub gen_command
{
	my ($program, $out) = @_;

	return ($program, 'gen', '-s', "$top/spec/vmcs.vmcs", '-t', "$top/templates", '-o', $out);
}

sub disks
{
	my ($program, $name) = @_;
	my $out = "$dir/disk";
	my @gen = gen_command($program, $out);
	my $thawed = spew("$dir/thawed/spec.vmcs", complete_spec());

	for my $verb (['layout', 'evmcs/tlfs-5.0'], ['list'],
		      ['diff', 'evmcs/tlfs-5.0', 'evmcs/tlfs-6.0'], ['fmt', "$top/spec/evmcs.vmcs"],
		      ['freeze', 'a/r-1', '-s', $thawed], ['decode', "$dir/image"],
		      ['convert', 'vmcs12/rfc-2017', "$dir/image"], ['--help'], ['--help=checks'], ['--version']) {
		my @command = ($program, @$verb);

		push @command, '-s', "$top/spec/vmcs.vmcs", '-t', "$top/templates"
			if $verb->[0] !~ /^-|fmt|freeze/;
		my $result = run('sh', '-c', 'exec "$@" >/dev/full', 'sh', @command);
		is($result->{status}, 4, "$name: $verb->[0] to a full disk");
		like($result->{err}, qr/^vmcsgen: .*No space left/m, "$name: $verb->[0] says so");
	}

	remove_tree($out);
	spew("$out/$_", "old\n") for qw(vmcs.json tlfs/evmcs/page.h linux/vmcs_types.h other);
	my $before = snapshot($out);

	make_path("$out/linux/vmcs_move.h");
	my $with_folder = snapshot($out);
	fails_without_trace($program, "$name: a folder where a file must be", $out, $with_folder,
			    @gen);
	rmdir("$out/linux/vmcs_move.h");

	remove_tree("$out/linux/vmcs12");
	spew("$out/linux/vmcs12", "a file\n");
	my $with_file = snapshot($out);
	fails_without_trace($program, "$name: a file where a folder must be", $out, $with_file,
			    @gen);
	unlink("$out/linux/vmcs12");

	symlink('/dev/full', "$out/linux/vmcs_controls.h");
	fails_without_trace($program, "$name: a device where a file must be", $out, snapshot($out),
			    @gen);
	unlink("$out/linux/vmcs_controls.h");

	fails_without_trace($program, "$name: the output folder is a file", $out, $before,
			    gen_command($program, "$out/other"));
	fails_without_trace($program, "$name: -MF into nowhere", $out, $before, @gen, '-MD', '-MF',
			    "$out/other/x.d");
	unwritable($program, $name, $out);
	small_disk($program, $name);
}

sub as_nobody { return $> ? () : qw(setpriv --reuid=65534 --regid=65534 --clear-groups) }

sub unwritable
{
	my ($program, $name, $out) = @_;
	my $copy = "$dir/vmcsgen";
	my $before = snapshot($out);
	my $old = $ENV{ASAN_OPTIONS};

	# A file that the user `nobody` can't read must be in a folder that it can.
	ok_run('cp', $program, $copy);
	ok_run('cp', '-r', "$top/spec", "$top/templates", "$dir");
	ok_run('chmod', '-R', 'a+rX', "$dir/spec", "$dir/templates", $copy);
	chmod(0555, $out, map({ glob("$out/$_") } "*/", "*/*/"));
	my @command = ($copy, 'gen', '-s', "$dir/spec/vmcs.vmcs", '-t', "$dir/templates");
	fails_without_trace($program, "$name: an unwritable folder", $out, $before, as_nobody(),
			    @command, '-o', $out);
	chmod(0755, $out, map({ glob("$out/$_") } "*/", "*/*/"));
	chmod(0, "$dir/spec/evmcs.vmcs");
	is(quick("$dir", [4], as_nobody(), @command, '-o', "$dir/nobody"), '',
	   "$name: a spec that may not be read");
	ok(!-e "$dir/nobody", "$name: nothing is made of it");
	remove_tree("$dir/spec", "$dir/templates");
	unlink($copy);
}

# A disk that has room for a part of the files only.
sub small_disk
{
	my ($program, $name) = @_;
	my $mount = "$dir/small";
	my @mount = ('mount', '-t', 'tmpfs', '-o', 'size=512k', 'vmcsgen-test', $mount);

	make_path($mount);
	SKIP: {
		skip('a disk of that size can\'t be had', 3)
			if $> || run('unshare', '-m', @mount)->{status};
		my $script = 'set -e; mount=$1; shift; ' . join(' ', @mount[0 .. 5]) . ' "$mount"; ' .
			     'mkdir "$mount/out"; echo old >"$mount/out/vmcs.json"; ' .
			     'status=0; "$@" || status=$?; cd "$mount/out"; ' .
			     'echo $(find . -type f) $(cat vmcs.json) $status';
		my $result = run('unshare', '-m', 'sh', '-c', $script, 'sh', $mount,
				 gen_command($program, "$mount/out"));
		is($result->{out}, "./vmcs.json old 4\n", "$name: a disk of 512 KB");
		like($result->{err}, qr/^vmcsgen: cannot write .*: No space left/, "$name: it says so");
		is($result->{status}, 0, "$name: the disk could be looked at");
	}
}

# The disk is full after some number of bytes, or renaming fails.
sub injected_writes
{
	my ($out, $spec) = ("$dir/full", spew("$dir/small.vmcs", complete_spec()));
	my @gen = ("$dir/plain", 'gen', '-s', $spec, '-t', "$top/templates");

	ok_run(@gen, '-o', $out);
	my $bytes = 0;
	find(sub { $bytes += -s if -f }, $out);
	for_each_in('the disk is full after some bytes', sub {
		my ($place, $limit) = @_;
		my $to = "$place/full";

		remove_tree($to);
		spew("$to/vmcs.json", 'old');
		my $fault = quick($place, [4], { LD_PRELOAD => $shim, FAIL_WRITE => $limit }, @gen,
				  '-o', $to, '-MD', '-MF', "$to/d");
		my @files;
		find(sub { push @files, $_ if -f }, $to);
		$fault .= "files: @files" if "@files" ne 'vmcs.json';
		$fault .= 'vmcs.json has changed' if slurp("$to/vmcs.json") ne 'old';
		return $fault eq '' ? '' : "after $limit: $fault";
	}, one_of(5, map { int($bytes * $_ / 150) } 0 .. 149));
	for_each_in('renaming fails', sub {
		my ($place, $nth) = @_;
		my $to = "$place/full";

		remove_tree($to);
		my $fault = quick($place, [4], { LD_PRELOAD => $shim, FAIL_RENAME => $nth }, @gen,
				  '-o', $to);
		my ($whole, $other) = (0, 0);
		find({ no_chdir => 1, wanted => sub {
			return if !-f;
			my $same = $out . substr($_, length($to));
			-f $same && slurp($same) eq slurp($_) ? $whole++ : $other++;
		} }, $to);
		$fault .= "$whole files are whole, $other are not" if $other || $whole != $nth - 1;
		return $fault eq '' ? '' : "rename $nth: $fault";
	}, 1 .. 8);
}

# Convert with something that fails: the file is as it was or, if it may be, as it has to
# be, and no other file is there.
sub try_convert
{
	my ($place, $env, $status, $input, $output) = @_;
	my $to = "$place/converted";

	remove_tree($to);
	spew("$to/state", 'old');
	my $fault = quick($place, $status, { LD_PRELOAD => $shim, %$env }, "$dir/plain", 'convert',
			  'vmcs12/rfc-2017', $input, '-o', "$to/state", '-s', "$top/spec/vmcs.vmcs");
	my $is = snapshot($to);

	$fault .= 'the output is wrong' if $is ne "$to/state\0old" &&
		(!defined $output || $is ne "$to/state\0$output");
	return $fault eq '' ? '' : join(' ', %$env) . ": $fault";
}

sub injected_conversions
{
	my $revision = 'vmcs12/linux-6.1';
	my $states = state(image($revision), image($revision)) x 200;
	my $fine = spew("$dir/states", $states);
	my $refused = spew("$dir/refused", $states, "\0" x 4096);
	my @command = ('convert', 'vmcs12/rfc-2017', '-s', "$top/spec/vmcs.vmcs");
	my $output = ok_run("$dir/plain", @command, $fine);

	run({ env => { LD_PRELOAD => $shim, FAIL_COUNT => "$dir/count" } }, "$dir/plain", @command,
	    $refused);
	my $count = slurp("$dir/count") + 0;

	for_each_in('convert: the disk is full after some bytes', sub {
		return try_convert($_[0], { FAIL_WRITE => $_[1] }, [4], $fine);
	}, one_of(3, map { int(length($output) * $_ / 20) } 0 .. 19));
	for_each_in('convert: renaming fails', sub {
		return try_convert($_[0], { FAIL_RENAME => $_[1] }, [4], $fine);
	}, 1);
	# libgcov needs memory of its own when a program ends.
	return if $ENV{COVERAGE};
	for_each_in('convert: an allocation fails', sub {
		return try_convert($_[0], { FAIL_ALLOC => $_[1] }, [0, 4], $fine, $output) ||
			try_convert($_[0], { FAIL_ALLOC => $_[1] }, [3, 4], $refused);
	}, points(61, $count));
}

# Which of the allocations fail in turn: one of so many, and most of what matters is at the ends.
sub points
{
	my ($step, $count) = @_;
	my ($first, $last) = $every ? (40, 60) : (10, 20);

	$step *= 16 if !$every;
	return grep { $_ <= $first || $_ % $step == 0 || $_ > $count - $last } 1 .. $count;
}

# Allocations fail, and all after them.
sub allocations
{
	my $spec = spew("$dir/small.vmcs", complete_spec());
	my $frozen = ok_run(vmcsgen(), 'freeze', 'a/r-1', '-s', $spec);
	spew($spec, complete_spec(), $frozen);
	my $real = "$top/spec/vmcs.vmcs";
	my $faulty = spew("$dir/faulty.vmcs", complete_spec() =~ s/because/why/gr . "word \"\n");
	my @small = ('-s', $spec, '-t', "$top/templates");
	my @real = ('-s', $real, '-t', "$top/templates");
	my @runs = (
		['check', 1, 'check', '-s', $spec], ['gen', 1, 'gen', @small, '-MD', '-MP'],
		['layout', 1, 'layout', 'a/r-2', '--format=json', @small],
		['fmt', 1, 'fmt', $spec], ['fmt -i', 1, 'fmt', '-i', "$dir/unkempt.vmcs"],
		['list', 1, 'list', @small], ['freeze', 1, 'freeze', 'a/r-1', @small],
		['decode', 1, 'decode', "$dir/page", @small],
		['decode of a dump', 1, 'decode', spew("$dir/dump", whole_dump()), @small],
		['decode of a list', 1, 'decode', spew("$dir/list", "rip = 0x1\nripp = 0x2\n2005: 1\n2004: 2\n"), @small],
		['decode --scan', 1, 'decode', '--scan=all', "$dir/page", @small],
		['diff', 1, 'diff', 'a/r-2', @small, '--old-spec', $spec],
		['check --against', 1, 'check', '-s', $spec, '--against', $spec],
		['check of a faulty spec', 1, 'check', '-s', $faulty],
		['gen of spec/', 61, 'gen', @real], ['check of spec/', 61, 'check', '-s', $real],
		['-W', 1, 'check', '-s', $spec, '-W', 'error', '-W', 'no-hole'],
	);
	spew("$dir/page", pack('V', 1) . "\1" x 4092);
	my $unkempt = complete_spec() =~ s/  +/ /gr;

	for my $run (@runs) {
		my ($name, $step, @command) = @$run;

		spew("$dir/unkempt.vmcs", $unkempt);
		my $expected = run({ env => { LD_PRELOAD => $shim, FAIL_COUNT => "$dir/count" } },
				   "$dir/plain", @command,
				   $command[0] eq 'gen' ? ('-o', "$dir/counted") : ())->{out} ||
			       'out of memory';
		spew("$dir/unkempt.vmcs", $unkempt);
		my $count = slurp("$dir/count") + 0;

		for_each_in("$name: an allocation fails", sub {
			my ($place, $nth) = @_;
			my $out = "$place/kept";

			spew("$out/vmcs.json", 'old') if !-d $out;
			my $fault = quick($place, [0, 4],
					  { LD_PRELOAD => $shim, FAIL_ALLOC => $nth }, "$dir/plain",
					  @command, $command[0] eq 'gen' ? ('-o', $out) : ());
			my $said = slurp("$place/stderr") =~ /^vmcsgen: out of memory$/m;
			# The C library does without a buffer for standard output.
			$fault ||= 'no message' if !$said && slurp("$place/stdout") ne $expected;
			$fault ||= 'the output has changed'
				if snapshot($out) ne "$out/vmcs.json\0old";
			return $fault eq '' ? '' : "the allocation $nth of $count: $fault";
		}, points($step, $count));
		is(slurp("$dir/unkempt.vmcs"), $unkempt, "$name: the file is as it was");
	}
}

# States and pages with a few other bytes, or cut off.
sub damaged_images
{
	my ($program, $name, $step) = @_;
	my $revision = 'vmcs12/linux-6.1';
	my $states = state() . state(image($revision), image($revision)) . image('evmcs/linux-6.1');

	for_each_in("$name: damaged images", sub {
		my ($place, $seed) = @_;
		my $input = $states;

		srand($seed);
		# Most of what matters is at the beginnings.
		for my $begin (0, 128, 256, 4352, 8448) {
			next if int(rand(3));
			substr($input, $begin + int(rand(24)), 1) = chr(int(rand(256)));
		}
		$input = substr($input, 0, int(rand(length($input)))) if $seed % 4 == 0;
		spew("$place/states", $input);
		my $fault = quick($place, [0, 3], $program, 'convert', 'vmcs12/linux-4.0',
				  "$place/states", '-o', "$place/converted", '-s',
				  "$top/spec/vmcs.vmcs");
		$fault .= quick($place, [0, 3], $program, 'decode', "$place/states", '-s',
				"$top/spec/vmcs.vmcs", '-t', "$top/templates");
		return $fault eq '' ? '' : "$seed: $fault";
	}, seeds($step, 200));
}

# A dump as complete_spec() describes it.
sub whole_dump
{
	return join('', map { "[    1.234567] $_\n" } '*** A ***', 'RIP = 0x0000000000001000, VPID = 0x0001',
		    'EFER = 0x0000000000000d01 (effective)', 'MSRs:', 'msr=0x00000010 on 3', 'another line',
		    'value = 0x12', '*** B ***', 'ES=0010', 'reason=00000021');
}

# Dumps and lists with a few other bytes, or cut off; and much of what is alike.
sub damaged_texts
{
	my ($program, $name, $step) = @_;
	my $spec = spew("$dir/text.vmcs", complete_spec());
	my @decode = ($program, 'decode', '-s', $spec, '-t', "$top/templates");
	my $list = join('', map { "$_ = 0x1000,\n.$_ = (u64)12;\n" } qw(rip vpid es Vpid 0x2004 2005 reason nothing));

	for_each_in("$name: damaged texts", sub {
		my ($place, $seed) = @_;

		srand($seed);
		my $input = $seed % 2 ? whole_dump() x 2 : $list;
		for (0 .. int(rand(4))) {
			substr($input, int(rand(length($input))), int(rand(3)),
			       ("\n", '=', '0x', 'RIP', ':', '(', ' ', chr(32 + int(rand(95))))[int(rand(8))]);
		}
		$input = substr($input, 0, int(rand(length($input)))) if $seed % 4 == 0;
		spew("$place/text", $input);
		my $fault = quick($place, [0, 3], @decode, "$place/text");
		return $fault eq '' ? '' : "$seed: $fault";
	}, seeds($step, 200));
	for_each_in("$name: large texts", sub {
		my ($place, $part) = @_;

		spew("$place/text", $part x ($megabytes * (1 << 20) / length($part)));
		my $fault = quick($place, [0, 3], @decode, "$place/text");
		return $fault eq '' ? '' : substr($part, 0, 30) . ": $fault";
	}, one_of(3, "*** A ***\nRIP = 0x0000000000001000\n", "*** A ***\n", "*** A ***\n*** B ***ES=1 ES=0010 ", 'rip=1 ', 'a:1 ',
		  'a=(', "x=x=", "1111=1\n", "a.b->c.", "\n", '0x', "*** A ***\nvalue = 0x12\nRIP = 0x\n", "RIP=", 'ES='));
}

#
# All verbs, without a fault
#

# The statuses are faults.t's to judge; here only reports and crashes count.
sub faulty_specs
{
	my ($program, $name) = @_;
	my @files = glob("$top/tests/faults/*.vmcs");

	is(quick("$dir", [3], $program, 'fmt', '--color=always', @files), '', "$name: fmt of faulty specs");
	for_each_in("$name: faulty specs", sub {
		my ($place, $file) = @_;
		my ($options) = slurp($file) =~ /^# expect-options: (.*)$/m;

		chdir("$top/tests/faults") or return 'chdir';
		$file =~ s{.*/}{};
		my $fault = quick($place, [0 .. 4], $program, split(' ', $options // 'gen'), '-s', $file,
				  defined $options ? () : ('-o', "$place/faulty"), '--color=always');
		return $fault eq '' ? '' : "$file: $fault";
	}, one_of(3, @files));
}

sub normal_verbs
{
	my ($program, $name) = @_;
	my @base = ('-s', "$top/spec/vmcs.vmcs", '-t', "$top/templates");
	my @all = map { (split(' '))[0] } split(/\n/, ok_run($program, 'list', @base));
	my @revisions = grep { m{/} } @all;

	is(quick("$dir", [0], gen_command($program, "$dir/normal"), '-MD', '-MP', '-MF',
		 "$dir/normal.d"), '', "$name: gen");
	is(quick("$dir", [0], gen_command($program, "$dir/normal")), '', "$name: gen again");
	is(quick("$dir", [0], $program, 'check', @base), '', "$name: check");
	cmp_ok(scalar(@revisions), '>', 10, "$name: there are revisions");
	my @layouts;
	for my $format (qw(text csv json)) {
		is(quick("$dir", [0], $program, 'list', "--format=$format", @base), '',
		   "$name: list as $format");
		for my $names (qw(linux tlfs)) {
			push @layouts, map { [$_, "--format=$format", "--names=$names"] } @revisions;
		}
	}
	my @diffs = map { my $format = $_; map { [@revisions[$_ - 1, $_], "--format=$format"] }
			  0 .. $#revisions } qw(text json);
	for my $arguments (one_of(5, @layouts)) {
		is(quick("$dir", [0], $program, 'layout', @$arguments, @base), '',
		   "$name: layout @$arguments");
	}
	for my $arguments (one_of(3, @diffs)) {
		is(quick("$dir", [0, 1], $program, 'diff', @$arguments, '--color=always', @base), '',
		   "$name: diff @$arguments");
	}
	remove_tree("$dir/spec");
	ok_run('cp', '-r', "$top/spec", "$dir/spec");
	is(quick("$dir", [0], $program, 'freeze', @revisions, '-s', 'spec/vmcs.vmcs'), '', "$name: freeze");
	is(quick("$dir", [0], $program, 'fmt', glob("$top/spec/*.vmcs")), '', "$name: fmt");
	is(quick("$dir", [0, 1], $program, 'fmt', '--check', glob("$top/spec/*.vmcs")), '',
	   "$name: fmt --check");
	faulty_specs($program, $name);
	is(quick("$dir", [2], $program, @$_), '', "$name: wrong usage: @$_")
		for ['layout'], ['nothing'], [], ['gen', '-x'], ['gen', '-M'], ['check', '-W', 'x'],
		    ['list', '--names', 'x'], ['list', '--color=x'], ['gen', 'x'], ['--help=x'],
		    ['diff'], ['diff', 'x'];
	is(quick("$dir", [3], $program, 'layout', $_, @base), '', "$name: no revision '$_'")
		for 'x', 'x/y', 'evmcs/', '/', '';
	is(quick("$dir", [3, 2], $program, 'layout', 'evmcs/tlfs-5.0', @base, "--format=$_"), '',
	   "$name: no format '$_'") for 'x', '../text', '';
}

ok_run('gcc', '-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-o', $shim,
       "$top/tests/alloc-fail.c");
spew("$dir/image", image('vmcs12/linux-6.1'));
ok_run('cp', vmcsgen(), "$dir/plain");
# What the sanitized program reaches is not counted.
for (["$dir/plain", 'as it is', 4], $ENV{COVERAGE} ? () : build_sanitized()) {
	my ($program, $name, $step) = @$_;

	normal_verbs($program, $name);
	oddities($program, $name);
	includes($program, $name);
	disks($program, $name);
	truncations($program, $name, $step);
	mutations($program, $name, $step);
	damaged_images($program, $name, $step);
	damaged_texts($program, $name, $step);
}
injected_writes();
injected_conversions();
allocations() if !$ENV{COVERAGE};
done_testing();
