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

	return {
		hash: decodeURIComponent(location.hash),
		rows: rows.length,
		shown: rows.filter(drawn).map(row => row.id),
		current: rows.filter(row => row.hasAttribute('aria-current')).map(row => row.id),
		visible: rows.filter(row => drawn(row)).filter(row => box(row).top >= 0)
			.filter(row => box(row).bottom <= innerHeight).map(row => row.id),
		top: rows.filter(row => row.hasAttribute('aria-current')).map(row => box(row).top).join(),
		here: Array.from(document.querySelectorAll('.shape.here')).map(s => s.dataset.row),
		bright: Array.from(document.querySelectorAll('.shape:not(.out):not(.pad)'))
			.map(s => s.dataset.row),
		pressed: Array.from(document.querySelectorAll('button[aria-pressed=true]'))
			.map(b => b.value),
		form: drawn(document.querySelector('.filter')),
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
	() => click('[data-row="field=guest_rip"]'),
	() => click('button[value="gap-filled"]'),
	() => click('[id="field=guest_rip"]'),
	() => click('button[value="gap-filled"]'),
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

is($filter->{hash}, '#field=guest_rip&filter=gap-filled', 'a filter is in the address, too');
my %kept = map { $_ => 1 } @{ rows('gap-filled') }, 'field=guest_rip';
is_deeply($filter->{shown}, [grep { $kept{$_} } @{ rows() }],
	  'the requested one stays with those that fit');
is_deeply($filter->{pressed}, ['gap-filled'], 'the button is pressed');
is($filter->{said}, '3 of 144', 'three fit');
is_deeply([sort @{ $filter->{bright} }], [sort 'field=guest_rip', @{ $filter->{shown} }],
	  'the map shows the same, what is on both sides twice');

is_deeply($row->{shown}, $filter->{shown}, 'a click on a row keeps the filter');
is($row->{hash}, '#filter=gap-filled&field=guest_rip', 'and sets the field');
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
my ($linked) = answers('plain', '#filter=gap-filled&field=GuestRip');

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
# On paper, and as a picture of its own
#

chromium($pages{plain}, '--no-pdf-header-footer', "--print-to-pdf=$dir/diff.pdf");
my $pages = () = slurp("$dir/diff.pdf") =~ m{/Type\s*/Page\b}g;
cmp_ok($pages, '>=', 3, 'it is printed on some pages');
cmp_ok($pages, '<=', 8, 'but not on many');

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
