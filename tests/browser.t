#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The page of diff in a browser: what Chromium shows for an address, as a script that
# is appended to the page tells it.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use List::Util qw(sum);
use Test::More;
use Vmcsgen;

plan skip_all => 'chromium is not installed' if !have('chromium');

my $SECONDS = 60;	# after which Chromium has hung
my $dir = tempdir();
my $launches = 0;

sub chromium
{
	my ($address, @options) = @_;
	my $profile = "$dir/profile" . $launches++;

	return ok_run('timeout', $SECONDS, 'chromium', '--headless', '--no-sandbox',
		      '--disable-gpu', '--disable-dev-shm-usage', "--user-data-dir=$profile",
		      '--virtual-time-budget=2000', @options, "file://$address");
}

# What is on the screen: a script's answers are the text of an element of the page.
my $probe = <<'END';
<script>
function seen() {
	const rows = Array.from(document.querySelectorAll('#members tbody tr, article'));
	const drawn = element => element.getClientRects().length > 0;
	const box = row => row.getBoundingClientRect();
	const place = element => ['left', 'top', 'right', 'bottom'].map(side => box(element)[side]);
	const on_screen = element => box(element).top >= 0 && box(element).bottom <= innerHeight;
	const focus = document.activeElement;

	return {
		hash: decodeURIComponent(location.hash),
		rows: rows.length,
		shown: rows.filter(drawn).map(row => row.id),
		current: rows.filter(row => row.hasAttribute('aria-current')).map(row => row.id),
		visible: rows.filter(row => drawn(row)).filter(row => box(row).top >= 0)
			.filter(row => box(row).bottom <= innerHeight).map(row => row.id),
		top: rows.filter(row => row.hasAttribute('aria-current')).map(row => box(row).top).join(),
		here: Array.from(document.querySelectorAll('.shape.here')).map(s => s.dataset.row),
		on_map: Array.from(document.querySelectorAll('.shape.here')).filter(on_screen).length,
		bright: Array.from(document.querySelectorAll('.shape:not(.out)'))
			.map(s => s.dataset.row),
		pads: Array.from(document.querySelectorAll('.shape.pad:not(.out)')).length,
		dim: Array.from(document.querySelectorAll('.shape.out')).map(s =>
			Number(getComputedStyle(s).opacity)).filter(opacity => opacity > .5).length,
		bands: Array.from(document.querySelectorAll('.band')).filter(band => drawn(band) &&
			Number(getComputedStyle(band).opacity) > .5).map(band => band.dataset.row),
		faint: Array.from(document.querySelectorAll('.band')).map(band =>
			Number(getComputedStyle(band).opacity)).filter(opacity => opacity > 0 && opacity <= .5)
			.length,
		bright_on_map: Array.from(document.querySelectorAll('.shape:not(.out)'))
			.filter(on_screen).length,
		labels: Array.from(document.querySelectorAll('.distance')).filter(label => drawn(label) &&
			getComputedStyle(label).visibility === 'visible').length,
		focus: focus.dataset.row || focus.getAttribute('href') || focus.name || '',
		edge: focus.matches('.shape') ? getComputedStyle(focus.querySelector('rect')).strokeWidth :
			getComputedStyle(focus).outlineStyle,
		maps: Array.from(document.querySelectorAll('svg.sheet')).map(map => place(map)),
		scale: Array.from(document.querySelectorAll('svg.sheet')).map(map =>
			map.getBoundingClientRect().width / map.viewBox.baseVal.width),
		table: place(document.querySelector('table')),
		width: innerWidth,
		scrolled: scrollY,
		pressed: Array.from(document.querySelectorAll('button[aria-pressed=true]'))
			.map(b => b.value),
		form: drawn(document.querySelector('.filter input')),
		legend: Array.from(document.querySelectorAll('.filter button')).filter(drawn).length,
		said: document.querySelector('output').textContent,
		wide: document.documentElement.scrollWidth > innerWidth,
		dark: getComputedStyle(document.body).backgroundColor,
		loaded: performance.getEntriesByType('resource').length
	};
}
const probe = document.createElement('pre'), answers = [];
probe.id = 'probe';
function click(what) {
	document.querySelector(what).dispatchEvent(new MouseEvent('click', { bubbles: true }));
}
function press(key, altKey) {
	document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, altKey, bubbles: true,
									     cancelable: true }));
}
function type(text) {
	const input = document.querySelector('.filter input');

	input.value = text;
	input.dispatchEvent(new Event('input'));
}
addEventListener('load', () => {
	const steps = STEPS;
	const next = () => {
		answers.push(seen());
		if (steps.length) {
			steps.shift()();
			setTimeout(next, 50);
			return;
		}
		probe.textContent = JSON.stringify(answers);
		document.body.append(probe);
	};
	setTimeout(next, 50);
});
</script>
END

my %pages;

sub page
{
	my ($name, $steps, @arguments) = @_;
	my $html = run({ dir => root() }, vmcsgen(), @arguments, '--format=html')->{out};

	$html =~ s{(?=</body>)}{$probe =~ s/STEPS/[$steps]/r}e or die "$name: no page\n";
	$pages{$name} = spew("$dir/$name.html", $html);
}

# What is seen at first and after each step.
sub answers
{
	my ($name, $hash, @options) = @_;
	my ($json) = chromium($pages{$name} . $hash, '--dump-dom', @options) =~
		     m{<pre id="probe">(.*?)</pre>}s or die "$name$hash: no answer\n";

	$json =~ s/&lt;/</g, $json =~ s/&gt;/>/g, $json =~ s/&amp;/&/g;
	return @{ JSON::PP->new->utf8->decode($json) };
}

my @diff = ('diff', 'vmcs12/linux-4.0', 'vmcs12/linux-4.14');
my $json = JSON::PP->new->utf8->decode(
	run({ dir => root() }, vmcsgen(), @diff, '--format=json')->{out});

# The ids of the rows of one change, or of all.
sub rows
{
	my ($change) = @_;

	return [map { "field=$_->{name}" }
		grep { my $member = $_; !$change || grep { $_ eq $change } @{ $member->{change} } }
		@{ $json->{members} }];
}

#
# As it is opened, and what a reader then does
#

page('diff', <<'END', @diff);
	() => click('.shape[data-row="field=guest_rip"]'),
	() => click('button[value="inserted"]'),
	() => click('[id="field=guest_rip"]'),
	() => click('button[value="inserted"]'),
	() => type('GUEST_R'),
	() => type('0x0000681e'),
	() => type('no such member'),
	() => { location.hash = '#field=guest_pml_index'; },
	() => { location.hash = '#guest_rsp'; },
	() => { location.hash = ''; }
END
my ($open, $cell, $filter, $row, $all, $text, $encoding, $none, $link, $bare, $end) = answers('diff', '');

is_deeply($open->{shown}, rows(), 'all members are shown');
is($open->{rows}, 144, 'in 144 rows');
is_deeply([@$open{qw(current here pressed)}], [[], [], []], 'none is marked');
ok($open->{form}, 'the filter is there');
is($open->{said}, '144 of 144', 'it says how many are shown');
is($open->{loaded}, 0, 'the page loads nothing');

is($cell->{hash}, '#field=guest_rip', 'a click on a cell is a permalink');
is_deeply($cell->{current}, ['field=guest_rip'], 'the row is marked');
is_deeply($cell->{here}, [('field=guest_rip') x 2], 'so are the cells, on both pages');
ok(scalar(grep { $_ eq 'field=guest_rip' } @{ $cell->{visible} }), 'the row is on the screen');
is_deeply($cell->{shown}, rows(), 'no row is hidden by it');

is($filter->{hash}, '#field=guest_rip&filter=inserted', 'a filter is in the address, too');
my %kept = map { $_ => 1 } @{ rows('inserted') }, 'field=guest_rip';
is_deeply($filter->{shown}, [grep { $kept{$_} } @{ rows() }],
	  'the requested one stays with those that fit');
is_deeply($filter->{pressed}, ['inserted'], 'the button is pressed');
is($open->{pads}, 8, 'pads are on both maps');
is($filter->{pads}, 0, 'a filter dims the pads, too');
is($filter->{dim}, 0, 'what is dimmed looks so');
is_deeply($filter->{bands}, [(map { "field=$_" } qw(vm_function_control eptp_list_address pml_address),
			     'guest_ia32_debugctl', 'guest_pml_index')],
	  'only bands of what is shown are bright');
is($none->{pads}, 0, 'so does a text');
is($end->{pads}, $open->{pads}, 'without any, they are back');
is(scalar @{ $open->{bands} }, 9, 'and all bands are there within one layout');
is($filter->{said}, '4 of 144', 'four fit');
is_deeply([sort @{ $filter->{bright} }], [sort 'field=guest_rip', @{ $filter->{shown} }],
	  'the map shows the same, what is on both sides twice');

is_deeply($row->{shown}, $filter->{shown}, 'a click on a row keeps the filter');
is($row->{hash}, '#filter=inserted&field=guest_rip', 'and sets the field');
is($all->{hash}, '#field=guest_rip', 'a second click on the button takes it back');
is_deeply($all->{shown}, rows(), 'and shows all');
is_deeply($text->{shown}, [grep { /guest_r/ } @{ rows() }], 'a text is looked for in any case');
is_deeply($encoding->{shown}, ['field=guest_rip'], 'an encoding');
is_deeply([@$none{qw(shown said)}], [['field=guest_rip'], '0 of 144'], 'a text that fits nothing');
is_deeply($link->{current}, ['field=guest_pml_index'], 'another address is followed');
is_deeply($bare->{current}, ['field=guest_rsp'], 'a name alone is a link, too');
is_deeply($link->{shown}, rows(), 'and what the old one chose is chosen no more');
is_deeply([@$end{qw(current here)}], [[], []], 'an empty address marks nothing');

#
# Opened by a link
#

page('plain', '', @diff);
my ($linked) = answers('plain', '#filter=inserted&field=GuestRip');

is_deeply($linked->{current}, ['field=guest_rip'], 'a link by Microsoft\'s name');
is_deeply($linked->{shown}, $filter->{shown}, 'with a filter, which hides all else');
($linked) = answers('plain', '#filter=moved&field=pml_address', '--window-size=500,800');
is_deeply($linked->{current}, ['field=pml_address'], 'a link in a narrow window');
is(scalar @{ $linked->{shown} }, 128, 'where rows are hidden, too');
ok(scalar(grep { $_ eq 'field=pml_address' } @{ $linked->{visible} }), 'scrolls to the row');
ok(!$linked->{wide}, 'which is no wider than the window');

page('retired', '', 'diff', 'vmcs12/linux-4.18', 'vmcs12/linux-6.1');
($linked) = answers('retired', '#field=cr3_target_value1&q=<b>');
is_deeply([@$linked{qw(current shown here)}], [(['retired=cr3_target_value1']) x 3],
	  'a link to what is retired');

page('layout', '', 'layout', 'evmcs/linux-6.1');
($linked) = answers('layout', '#filter=group-8&field=guest_rip', '--force-dark-mode',
		    '--blink-settings=preferredColorScheme=0');
is_deeply($linked->{shown}, [map { "field=$_" } qw(cr0_guest_host_mask cr4_guest_host_mask
			     cr0_read_shadow cr4_read_shadow guest_cr0 guest_cr3 guest_cr4 guest_dr7
			     guest_rip)], 'a layout: a group, and a field of another');
is_deeply($linked->{here}, ['field=guest_rip'], 'it is marked in the map');
is($linked->{dark}, 'rgb(20, 23, 28)', 'dark, if the reader likes it so');

#
# How wide the window is
#

my @narrow = ('--hide-scrollbars', '--window-size=500,800');
my @wide = ('--window-size=1400,900');

# What is left of, or above, another: places are left, top, right and bottom.
sub left_of { return $_[0][2] <= $_[1][0] && $_[0][1] < $_[1][3] && $_[1][1] < $_[0][3] }
sub above { return $_[0][3] <= $_[1][1] && $_[0][0] < $_[1][2] && $_[1][0] < $_[0][2] }

page('evmcs', '', 'layout', 'evmcs/linux-6.1');
page('moves', <<'END', @diff);
	() => scrollTo(0, 1e9),
	() => { location.hash = '#guest_cr0'; },
	() => click('[id="field=host_rip"]'),
	() => { scrollTo(0, 0); location.hash = '#GuestRsp'; }
END
for my $case (['moves', \@wide, 2], ['evmcs', \@wide, 1], ['moves', ['--window-size=1250,700'], 2]) {
	my ($name, $window, $count) = @$case;
	my ($seen) = answers($name, '', @$window);

	is(scalar @{ $seen->{maps} }, $count, "$name, wide: maps");
	ok(left_of($seen->{maps}[-1], $seen->{table}), "$name, wide: the table is beside the map");
	ok(!$seen->{wide}, "$name, wide: no wider than the window");
	cmp_ok($seen->{table}[2], '<=', $seen->{width}, "$name, wide: nor is the table");
	cmp_ok($_, '>=', .75, "$name, wide: names can be read") for @{ $seen->{scale} };
}
for my $width (400, 500, 640) {
	my ($seen) = answers('moves', '', '--hide-scrollbars', "--window-size=$width,800");
	my ($first, $second) = @{ $seen->{maps} };

	ok(above($first, $second), "$width px: one map is above the other");
	ok(above($second, $seen->{table}), "$width px: and above the table");
	ok(!$seen->{wide}, "$width px: no wider than the window");
	for my $map ($first, $second) {
		cmp_ok($map->[2], '<=', $seen->{width}, "$width px: all of a map is there");
	}
	cmp_ok($_, '>=', 1, "$width px: names can be read") for @{ $seen->{scale} };
	is_deeply($seen->{bands}, [], "$width px: no band leads from one to the other");
}
{
	my ($seen) = answers('moves', '', '--window-size=900,800');

	ok(left_of(@{ $seen->{maps} }), '900 px: one map is left of the other');
	ok(above($seen->{maps}[0], $seen->{table}), '900 px: the table is below');
	is(scalar @{ $seen->{bands} }, 9, '900 px: with bands in between');
}

#
# A permalink in a page that is scrolled
#

for my $window (\@wide, ['--window-size=900,800'], \@narrow) {
	my (undef, $low, $there, $clicked, $again) = answers('moves', '', @$window);

	is_deeply($low->{current}, [], "@$window: scrolled to the end");
	for (['field=guest_cr0', $there], ['field=host_rip', $clicked], ['field=guest_rsp', $again]) {
		my ($row, $seen) = @$_;

		is_deeply($seen->{current}, [$row], "@$window: $row is marked");
		next if $seen == $clicked;
		ok(scalar(grep { $_ eq $row } @{ $seen->{visible} }), "@$window: $row is on the screen");
	}
	is($clicked->{scrolled}, $there->{scrolled}, "@$window: a click leaves the page where it is");
	next if $window != \@wide;
	cmp_ok($_->{on_map}, '>=', 1, 'next to the table the map shows it, too') for $there, $clicked, $again;
}

#
# Bands between two layouts
#

page('layouts', <<'END', 'diff', 'vmcs12/linux-6.1', 'evmcs/linux-6.1');
	() => { location.hash = '#tsc_offset'; },
	() => { location.hash = ''; },
	() => click('button[value="retired"]'),
	() => click('button[value="retired"]'),
	() => document.querySelector('.shape[data-row="field=ept_pointer"]')
		.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })),
	() => document.querySelector('table')
		.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })),
	() => type('guest_cr4')
END
my ($quiet, $one, $quiet_again, $retired, $off, $pointed, $away, $typed) = answers('layouts', '', @wide);

is_deeply([@$quiet{qw(bands labels)}], [[], 0], 'two layouts: no band until something is selected');
is_deeply($one->{bands}, ['field=tsc_offset'], 'a member that is asked for has its band');
is_deeply($quiet_again->{bands}, [], 'and then no more');
is(scalar(grep { /^retired=/ } @{ $retired->{bands} }), scalar @{ $retired->{bands} },
   'a filter has its bands');
cmp_ok(scalar @{ $retired->{bands} }, '>', 5, 'all of them');
is($retired->{faint}, 0, 'and none of the others is seen');
is($quiet->{faint}, 0, 'nor before');
is_deeply($off->{bands}, [], 'until it is off');
is_deeply($pointed->{bands}, ['field=ept_pointer'], 'what is pointed at has its band');
is_deeply($away->{bands}, [], 'until the pointer is elsewhere');
cmp_ok($typed->{bright_on_map}, '>', 0, 'next to the table the map shows what is chosen');

#
# Keys
#

page('keys', <<'END', @diff);
	() => document.querySelector('svg.sheet .shape[tabindex="0"]').focus({ focusVisible: true }),
	() => press('ArrowRight'),
	() => press('ArrowRight', true),
	() => press('ArrowDown'),
	() => press('Enter'),
	() => press('End'),
	() => press('Home'),
	() => press('/'),
	() => { type('guest_c'); document.querySelector('form').requestSubmit(); },
	() => document.querySelector('[id="field=guest_cr0"] a').focus({ focusVisible: true }),
	() => press('ArrowDown'),
	() => press('ArrowUp'),
	() => press('Escape')
END
my (undef, $at, $right, $alt, $down, $enter, $last, $home, $slash, $submit, $link_at, $next, $back, $escape) =
	answers('keys', '', @wide);

is($at->{focus}, 'field=revision_id', 'the first cell has the focus');
is($at->{edge}, '3px', 'which is seen');
is($right->{focus}, 'field=abort', 'an arrow key leads on');
is($alt->{focus}, 'field=abort', 'with Alt it is the browser\'s');
is($down->{focus}, 'field=launch_state', 'another, too');
is_deeply($enter->{current}, ['field=launch_state'], 'Enter chooses the cell');
is($last->{focus}, 'field=host_tr_selector', 'End');
is($home->{focus}, 'field=revision_id', 'Home');
is($slash->{focus}, 'q', '/ leads to the text');
is_deeply($submit->{current}, ['field=guest_cr0'], 'Enter there chooses the first that fits');
is($link_at->{focus}, '#field=guest_cr0', 'a link of the table has the focus');
is($link_at->{edge}, 'solid', 'which is seen');
is($next->{focus}, '#field=guest_cr3', 'an arrow key leads to the next row that is shown');
is($back->{focus}, '#field=guest_cr0', 'and back');
is_deeply([@$escape{qw(current hash)}], [[], ''], 'Escape takes every choice back');
is_deeply($escape->{shown}, rows(), 'and shows all');

#
# Without the page's script
#

{
	my $html = slurp($pages{moves});

	$html =~ s{<script>\n//<!\[CDATA\[.*?</script>}{}s or die 'no script';
	$pages{still} = spew("$dir/still.html", $html =~ s/const steps = \[.*?\];\n/const steps = [];\n/sr);
	my ($seen) = answers('still', '#guest_rip', @wide);

	is_deeply($seen->{shown}, rows(), 'without a script all rows are there');
	is(scalar @{ $seen->{bands} }, 9, 'so are the bands');
	ok(!$seen->{form}, 'there is nothing to type into');
	is($seen->{legend}, 3, 'and the colours are explained');
	ok(scalar(grep { $_ eq 'field=guest_rip' } @{ $seen->{visible} }), 'a permalink works');
}

#
# On paper, and as a picture of its own
#

for my $case (['plain', 3], ['evmcs', 2]) {
	my ($name, $of_map) = @$case;

	chromium($pages{$name}, '--no-pdf-header-footer', "--print-to-pdf=$dir/$name.pdf");
	my $pages = () = slurp("$dir/$name.pdf") =~ m{/Type\s*/Page\b}g;
	cmp_ok($pages, '>=', $of_map + 2, "$name: pages of paper");
	cmp_ok($pages, '<=', $of_map + 4, "$name: but not many");

	# A page has so many pixels of the map: whole rows, the first of which is the ruler's.
	my $html = slurp($pages{$name});
	my ($width) = $html =~ /^\s*\.picture \{.*\bwidth: ([\d.]+)mm/m;
	my ($margin) = $html =~ /^\s*\@page \{ size: A4; margin: (\d+)mm; \}/m;
	my @across = $html =~ /<svg class="map (?:sheet|between)"[^>]* viewBox="\d+ \d+ (\d+) /g;
	my $rows = (297 - 2 * $margin) / $width * sum(@across) / 22;

	cmp_ok(abs($rows - sprintf('%.0f', $rows)), '<', .02, "$name: no row is cut, of $rows");
	my ($top) = $html =~ /<svg class="map sheet"[^>]* viewBox="\d+ (\d+) /;
	my ($y) = $html =~ /<g transform="translate\(\d+ (\d+)\)">\s*<text class="name"/;

	is(($y - $top) % 22, 0, "$name: nor by what is above the first");
}

#
# The reference
#

page('reference', <<'END', 'field');
	() => type('  linux-6.1 TscMultiplier '),
	() => click('button[value=control]'),
	() => document.querySelector('form').requestSubmit(),
	() => { location.hash = '#0x4016'; },
	() => { location.hash = '#VM_ENTRY_LOAD_FRED'; }
END
my ($first, $words, $kind, $entered, $number, $unknown) = answers('reference', '#q=no%20such%20thing');

is($first->{said}, '0 of 335', 'the reference: a link with words');
is($first->{loaded}, 0, 'the page loads nothing');
is_deeply($words->{shown}, ['tsc_multiplier'], 'all words have to be there');
is($words->{hash}, '#q=++linux-6.1+TscMultiplier+', 'they are in the address');
is_deeply($kind->{shown}, [], 'a kind hides others');
is_deeply($kind->{pressed}, ['control'], 'its button is pressed');
is_deeply($entered->{current}, [], 'nothing that is shown can be gone to');
is_deeply($number->{current}, ['vm_entry_intr_info_field'], 'a link by an encoding');
is(scalar @{ $number->{shown} }, 335, 'and what was chosen before is chosen no more');
is_deeply($unknown->{current}, [], 'a link to nothing marks nothing');

page('narrow', '', 'field');
for ('#vmcs12/linux-4.14', '#GuestRip', '#guest_rip') {
	($linked) = answers('narrow', $_, '--window-size=500,800');
	is(scalar @{ $linked->{current} }, 1, "$_: it is marked");
	ok(!$linked->{wide}, 'the page is no wider than the window');
	like($linked->{top}, qr/^-?\d{1,2}\b/, 'it is at the top of the window');
}

done_testing();
