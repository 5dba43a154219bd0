#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# out/ is what the spec and the templates make, byte for byte: wherever and by
# whomever it is made, and in whatever order the spec says things whose order
# means nothing.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use File::Find;
use List::Util qw(shuffle);
use POSIX qw(strftime);
use Test::More;
use Vmcsgen;

my $top = root();
my $dir = tempdir();

chmod(0755, "$dir");

# The files below a folder, by their name in it.
sub files
{
	my ($folder) = @_;
	my %files;

	find({ no_chdir => 1, wanted => sub {
		$files{substr($_, length($folder) + 1)} = slurp($_) if -f $_;
	} }, $folder);
	return \%files;
}

my $expected = files("$top/out");
my $made = 0;

# Whether what was made now is what is in out/: no file more, none less.
sub is_out
{
	my ($folder, $name) = @_;
	my $files = files($folder);
	my @wrong = grep { ($files->{$_} // '') ne ($expected->{$_} // '') ||
			   exists $files->{$_} != exists $expected->{$_} }
		    sort keys %{ { %$files, %$expected } };

	is("@wrong", '', $name);
}

# Generate into a folder of its own; a hash may say where, with what and as whom.
sub generate
{
	my ($name, %with) = @_;
	my $out = "$dir/out" . ++$made;
	my $result = run({ dir => $with{dir} // $top, env => $with{env} // {} },
			 @{ $with{as} // [] }, $with{program} // vmcsgen(), 'gen',
			 '-s', $with{spec} // 'spec/vmcs.vmcs',
			 '-t', $with{templates} // 'templates', '-o', $with{out} // $out);

	is($result->{status}, 0, "$name: status") or diag($result->{err});
	is_out($with{made} // $with{out} // $out, $name);
	return $out;
}

#
# Wherever and by whomever
#

sub places
{
	generate('from the repository');
	ok_run('cp', '-r', "$top/spec", "$top/templates", vmcsgen(), "$dir");
	generate('in a copy, with relative names', dir => "$dir", out => 'relative/out',
		 made => "$dir/relative/out");
	generate('from a folder next to it, with names that go up', dir => "$dir/spec",
		 spec => '../spec/vmcs.vmcs', templates => '../templates', out => '../up',
		 made => "$dir/up");
	generate('in the spec\'s folder', dir => "$dir/spec", spec => 'vmcs.vmcs',
		 templates => '../templates', out => './here', made => "$dir/spec/here");
	ok_run('rm', '-r', "$dir/spec/here");
	generate('from /, with absolute names', dir => '/', spec => "$dir/spec/vmcs.vmcs",
		 templates => "$dir/templates/");
	symlink("$dir/spec", "$dir/link");
	generate('by way of a link', spec => "$dir/link/vmcs.vmcs");
	ok_run('cp', '-r', "$dir/spec", "$dir/a folder: \$HOME #1");
	generate('from a folder with an odd name', spec => "$dir/a folder: \$HOME #1/vmcs.vmcs");
}

sub surroundings
{
	generate("in the locale $_", env => { LC_ALL => $_ }) for 'C', 'POSIX', 'C.UTF-8', 'xx_YY';
	# A locale need not be installed: made here, it is found by its path.
	for my $locale ('tr_TR', 'de_DE') {
		run('localedef', '-i', $locale, '-f', 'UTF-8', "$dir/$locale.UTF-8");
		SKIP: {
			skip("the package 'locales' is not here", 2) if !-d "$dir/$locale.UTF-8";
			generate("in the locale $locale",
				 env => { LOCPATH => "$dir", LC_ALL => "$locale.UTF-8" });
		}
	}
	generate('in no locale', env => { map { $_ => undef } grep { /^LC_|^LANG/ } keys %ENV });
	generate('at another time of another place',
		 env => { TZ => 'Pacific/Kiritimati', SOURCE_DATE_EPOCH => 1, FAKETIME => '1999-01-01' });
	generate('without a home, a user and a path',
		 env => { map { $_ => undef } grep { /^(HOME|USER|LOGNAME|PATH|PWD|TERM)$/ } keys %ENV });
	for my $umask ('000', '077') {
		my $old = umask(oct($umask));
		my $out = generate("with the umask $umask");

		is(sprintf('%03o', (stat("$out/vmcs.json"))[2] & 0777),
		   $umask eq '000' ? '666' : '600', "the umask $umask holds");
		umask($old);
	}
	SKIP: {
		skip('only root can become somebody else', 2) if $>;
		mkdir("$dir/nobody");
		chown(65534, 65534, "$dir/nobody");
		ok_run('chmod', '-R', 'a+rX', "$dir/spec", "$dir/templates");
		generate('as another user', as => [qw(setpriv --reuid=65534 --regid=65534 --clear-groups)],
			 program => "$dir/vmcsgen", dir => "$dir/nobody", spec => '../spec/vmcs.vmcs',
			 templates => '../templates', out => "$dir/nobody/out");
	}
}

#
# In whatever order
#

# The statements of a text, each with the comments ahead of it: a statement ends
# with its line, or with the brace that closes its block.
sub statements
{
	my ($text) = @_;
	my ($statement, $depth, @statements) = ('', 0);

	for my $line (split(/^/, $text)) {
		my $code = $line =~ s/"[^"]*"//gr =~ s/#.*//sr;

		$statement .= $line;
		$depth += ($code =~ tr/{//) - ($code =~ tr/}//);
		next if $depth || $code !~ /\S/ || $code =~ /,\s*$/;
		push @statements, $statement;
		$statement = '';
	}
	return (@statements, $statement);
}

# The statements within a block, in another order.
sub shuffle_block
{
	my ($statement) = @_;

	$statement =~ /\A((?:[^\n]*#[^\n]*\n|\s*\n)*[^\n]*\{[^\n]*\n)(.*)(^\}\s*)\z/ms
		or die "no block: $statement\n";
	my ($head, $body, $tail) = ($1, $2, $3);

	return $head . join('', shuffle(map { s/\n?\z/\n/r } statements($body))) . $tail;
}

# A text whose statements stand in another order, with those blocks shuffled
# whose order means nothing: fields, controls, and the properties of a layout.
sub shuffled
{
	my ($text) = @_;

	return join("\n", shuffle(map {
		/^(fields|controls|layout|clean|target)\b[^"\n]*\{/m ? shuffle_block($_) : $_
	} statements($text)));
}

sub copy_spec
{
	my ($to, $change) = @_;

	for my $path (glob("$top/spec/*.vmcs")) {
		my $name = $path =~ s{.*/}{}r;

		spew("$to/$name", $change->($name, slurp($path)));
	}
	symlink("$top/spec/frozen", "$to/frozen") or die $! if !-e "$to/frozen";
	return "$to/vmcs.vmcs";
}

sub orders
{
	my @includes = slurp("$top/spec/vmcs.vmcs") =~ /^(include "[^"]+")$/mg;

	cmp_ok(scalar(@includes), '>', 4, 'the root includes files');
	srand(1);
	for my $order ([reverse @includes], map { [shuffle(@includes)] } 1 .. 8) {
		my $spec = copy_spec("$dir/order", sub {
			my ($name, $text) = @_;
			return $name eq 'vmcs.vmcs' ? join('', map { "$_\n" } @$order) : $text;
		});

		generate('in the order ' . join(' ', map { /"(.*)\.vmcs"/ } @$order), spec => $spec);
	}
	for my $seed (1 .. 10) {
		srand($seed);
		generate("with statements shuffled, $seed", spec => copy_spec("$dir/order", sub {
			return shuffled($_[1]);
		}));
	}
	srand(1);
	my @all = map { m{/vmcs\.vmcs$} ? () : statements(slurp($_)) } glob("$top/spec/*.vmcs");
	symlink("$top/spec/frozen", "$dir/frozen") or die $!;
	generate('all in one file', spec => spew("$dir/one.vmcs", join("\n", shuffle(@all))));
	generate('included twice and from each other', spec => copy_spec("$dir/order", sub {
		my ($name, $text) = @_;
		return $name eq 'vmcs.vmcs' ? $text . "include \"./fields.vmcs\"\n" :
		       $name eq 'shadow.vmcs' ? "include \"fields.vmcs\"\n$text" : $text;
	}));
	generate('in canonical form without comments', spec => copy_spec("$dir/order", sub {
		my ($name, $text) = @_;
		my $path = spew("$dir/plain.vmcs", $text =~ s/^\s*#.*\n//gmr =~ s/[ \t]+/ /gr);

		return ok_run(vmcsgen(), 'fmt', $path);
	}));
}

#
# What is in them
#

sub contents
{
	# A source may have a date, and be of this year: only that of these days is wrong.
	my @days = map { strftime('%Y-%m-%d', @$_) } [localtime(time() - 86400)], [localtime()];
	my $date = join('|', @days, '\b\d\d:\d\d:\d\d\b', strftime('%b %e %Y', localtime()));
	my $path = qr{\Q$top\E|\Q$dir\E|(?<![\w./])/(?:home|tmp|usr|root|var|work)/};
	my $who = join('|', map { quotemeta } grep { defined && length > 2 }
		       (getpwuid($>))[0], split(/\s/, `hostname`));

	for my $name (sort keys %$expected) {
		unlike($expected->{$name}, qr/$date/, "$name has no date");
		unlike($expected->{$name}, $path, "$name has no path");
		unlike($expected->{$name}, qr/\b(?:$who)\@/, "$name names nobody") if $who ne '';
		like($expected->{$name}, qr/\n\z/, "$name ends with its last line");
		unlike($expected->{$name}, qr/[ \t]$|\r/m, "$name has no blanks at line ends");
	}
	my @tracked = split(/\0/, run({ dir => $top }, 'git', 'ls-files', '-z', 'out')->{out});
	SKIP: {
		skip('this is not a checkout', 1) if !@tracked;
		is(join("\n", sort @tracked), join("\n", map { "out/$_" } sort keys %$expected),
		   'the files of out/ are committed, all of them and nothing else');
	}
}

# And the comparison can fail.
sub changes
{
	my ($from, $to, $shows, $name) = @_;
	my $spec = copy_spec("$dir/changed", sub { $_[1] =~ s/\Q$from\E/$to/r });

	ok_run({ dir => $top }, vmcsgen(), 'gen', '-s', $spec, '-o', "$dir/different");
	my $made = files("$dir/different");
	is(join(' ', grep { $made->{$_} ne $expected->{$_} } sort keys %$expected), $shows, $name);
}

sub differences
{
	changes('as of 2022-07-06', 'as of 2022-07-07', 'tlfs/evmcs/page.h vmcs.json',
		'a change shows in the files that tell of it');
	changes('TLFS 6.0b', 'TLFS 6.0c', 'vmcs.json',
		'one of a revision that no target takes, in the one that tells of all');
}

#
# What is added shows in few lines: those that go away say what they were replaced for
#

# Of a spec with some texts put after others: the lines that go away, each once, without what is
# the same in a target's headers; and how many there are.
sub lines_lost
{
	my ($what, $after) = @_;
	my %added = %$after;
	my $spec = copy_spec("$dir/added", sub {
		my ($path, $text) = @_;

		for my $line (sort keys %added) {
			$text =~ s/^(\Q$line\E\n)/$1$added{$line}/m and delete $added{$line};
		}
		return $text;
	});

	is(join(' ', %added), '', "$what: the spec has where it goes");
	ok_run({ dir => $top }, 'rm', '-rf', "$dir/more");
	ok_run({ dir => $top }, vmcsgen(), 'gen', '-s', $spec, '-o', "$dir/more", '-W', 'no-frozen');
	my $diff = run({ dir => $top, env => { GIT_DIR => undef } }, 'git', 'diff', '--no-index',
		       '-U0', 'out', "$dir/more")->{out};
	my @lost = $diff =~ /^-(?!-- )[ \t,*]*(.*)/mg;
	my %seen;

	cmp_ok(scalar(() = $diff =~ /^\+(?!\+\+ )/mg), '>=', 3, "$what: lines are added");
	return [grep { !$seen{$_}++ } map { s/("name": "\w+").*/$1/r } @lost];
}

sub additions
{
	my $tsc = "\t25  secondary_exec_tsc_scaling          adds tsc_multiplier";

	is_deeply(lines_lost('a field, the last of its list',
			     { "\t0x000a  virtual_timer_vector" => "\t0x000c  last_test_index\n" }), [],
		  'a field changes no line');
	is_deeply(lines_lost('the same with the longest name',
			     { "\t0x000a  virtual_timer_vector" => "\t0x000c  " . 'long_' x 12 . "name\n" }), [],
		  'its name does not either');
	is_deeply(lines_lost('a control', { $tsc => "\t29  secondary_exec_test  adds last_test_index\n",
		  "\t0x000a  virtual_timer_vector" => "\t0x000c  last_test_index\n" }),
		  ['VMCS_CTRL_SECONDARY_EXEC_TSC_SCALING)',
		   'static_assert(EVMCS1_UNSUPPORTED_2NDEXEC == 0x02026701, "EVMCS1_UNSUPPORTED_2NDEXEC");',
		   '{"name": "EVMCS1_UNSUPPORTED_2NDEXEC"'], 'a control changes the mask that it is in');
	is_deeply(lines_lost('a member of memory', { "\tat  720  guest_ssp_tbl" => "\tat  728  hlat_pointer\n" }),
		  ['vmcs12_linux_highest_index = 25,	/* for IA32_VMX_VMCS_ENUM */', 'u64 paddingl[2];',
		   'VMCS_ASSERT_MEMBER(paddingl, 728, 16);', 'VMCS_ASSERT_ARRAY(paddingl, 2);',
		   '{"name": "paddingl"'], 'a member changes the pad that it is taken from');
	is_deeply(lines_lost('a member of a page', { "\tsource  \"Linux 6.1, arch/x86/include/asm/hyperv-tlfs.h\"" =>
			     "\tat  864  pml_address  clean control_xlat\n" }),
		  ['u64 padding64_4[4];', 'VMCS_ASSERT_MEMBER(padding64_4, 864, 32);',
		   'VMCS_ASSERT_ARRAY(padding64_4, 4);', 'no member for guest_pml_index, pml_address', 'pml_address',
		   'if (unlikely(~clean & HV_VMX_ENLIGHTENED_CLEAN_FIELD_CONTROL_XLAT))',
		   '{"name": "padding64_4"', '{"name": "secondary_exec_enable_pml"'],
		  'a member of a page goes from the lists of what the page lacks');
	is_deeply(lines_lost('a revision, the last of its layout', { '' => <<'END' }), [], 'a revision changes no line');
revision vmcs12/zzz-test from linux-7.3 {
	source  "a test"
	at  728  hlat_pointer
}
END
	is_deeply(lines_lost('an alias', { 'revision evmcs/linux-6.12 same as linux-6.1' =>
			     "revision evmcs/linux-6.13 same as linux-6.1\n" }),
		  ['evmcs/linux-6.1, linux-6.12, linux-7.3', '"aliases": ["linux-6.12", "linux-7.3"],'],
		  'an alias changes the lists that it is in');
}

places();
surroundings();
orders();
contents();
differences();
additions();
done_testing();
