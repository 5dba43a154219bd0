{{! SPDX-License-Identifier: GPL-2.0-only OR MIT }}
/*
 * The address after the # says what is shown, so that it can be shared: field=NAME (or
 * retired=NAME) is the row to go to; filter=WHAT and q=TEXT select rows.
 */
'use strict';
(function () {
	const form = document.querySelector('.filter');
	const picture = document.querySelector('.picture');
	const rows = Array.from(document.querySelectorAll('#members tbody tr'));
	const shapes = Array.from(document.querySelectorAll('.shape'));
	const bands = Array.from(document.querySelectorAll('.band, .distance'));

	function row_of(shape) {
		return document.getElementById(shape.dataset.row);
	}

	/* The rows of the members that move together. */
	function rows_of(band) {
		const first = rows.indexOf(row_of(band));

		return rows.slice(first, first + Number(band.dataset.count));
	}

	/* A name alone is a field's. */
	function address() {
		const asked = location.hash.slice(1);

		return new URLSearchParams(asked.includes('=') || !asked ? asked : 'field=' + asked);
	}

	/* The requested row: by its id, else by any of its names. */
	function target(asked) {
		for (const kind of ['field', 'retired']) {
			const name = asked.get(kind);
			const id = kind + '=' + name;

			if (name)
				return rows.find(row => row.id === id) ||
				       rows.find(row => row.dataset.names.split(' ').includes(name));
		}
	}

	function matches(row, filter, text) {
		if (filter ? !row.dataset.tints.split(' ').includes(filter) : false)
			return false;
		return (row.textContent + ' ' + row.dataset.names).toLowerCase().includes(text);
	}

	/* Where the picture scrolls by itself, next to the table. */
	function reveal(shape) {
		const box = shape.getBoundingClientRect(), frame = picture.getBoundingClientRect();

		picture.scrollTop += (box.top + box.bottom - frame.top - frame.bottom) / 2;
	}

	/* Pads have no row in a comparison: any choice leaves them out. */
	function show_shapes(here, chosen) {
		for (const shape of shapes) {
			const row = row_of(shape);

			shape.classList.toggle('out', row ? row.hidden : chosen);
			shape.classList.toggle('here', row ? row === here : false);
		}
		for (const band of bands) {
			const moving = rows_of(band), shown = moving.some(row => !row.hidden);

			band.classList.toggle('out', !shown);
			band.classList.toggle('lit', chosen ? shown : moving.includes(here));
		}
	}

	function show(scroll) {
		const asked = address(), here = target(asked);
		const filter = asked.get('filter'), text = asked.get('q') || '';
		let count = 0;

		for (const row of rows) {
			const match = matches(row, filter, text.trim().toLowerCase());

			count += match;
			row.hidden = !(match || row === here);
			if (row === here)
				row.setAttribute('aria-current', 'true');
			else
				row.removeAttribute('aria-current');
		}
		show_shapes(here, Boolean(filter || text.trim()));
		for (const button of form.querySelectorAll('button'))
			button.setAttribute('aria-pressed', button.value === filter);
		if (form.q.value !== text)
			form.q.value = text;
		form.querySelector('output').value = count + ' of ' + rows.length;
		if (scroll ? here : false)
			here.scrollIntoView({ block: 'center' });
		/* What was asked for, else the first of what was chosen. */
		const wanted = shapes.filter(shape => shape.classList.contains('here'));
		const bright = shapes.filter(shape => !shape.classList.contains('out'));

		if (wanted.length || bright.length < shapes.length)
			(wanted.length ? wanted : bright.slice(0, 1)).forEach(reveal);
	}

	/* Change the address; a key without a value is removed. */
	function ask(key, value, scroll) {
		const asked = address();

		if (key === 'field' || key === 'retired')
			['field', 'retired'].forEach(other => asked.delete(other));
		if (value)
			asked.set(key, value);
		else
			asked.delete(key);
		history.replaceState(null, '', '#' + asked);
		show(scroll);
	}

	function go(id, scroll) {
		const at = id.indexOf('=');

		ask(id.slice(0, at), id.slice(at + 1), scroll);
	}

	function choose(shape) {
		if (row_of(shape))
			go(shape.dataset.row, true);
	}

	/* The bands of what is pointed at, or has the focus. */
	function point_at(event) {
		const at = event.target.closest('.shape, #members tbody tr');
		const row = at ? rows.includes(at) ? at : row_of(at) : null;

		for (const band of bands)
			band.classList.toggle('lit', row ? rows_of(band).includes(row) :
					      band.classList.contains('lit'));
		if (!row)
			show_shapes(target(address()), Boolean(address().get('filter') || form.q.value.trim()));
	}

	/* The key that is pressed alone; with Alt and the like it is the browser's. */
	function key_of(event) {
		return event.altKey || event.ctrlKey || event.metaKey ? '' : event.key;
	}

	/* Of @list, the one that a key leads to from @at; undefined: the key leads nowhere. */
	function led_to(event, list, at) {
		const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
		const key = key_of(event);

		if (key === 'Home' || key === 'End')
			return list.at(key === 'Home' ? 0 : -1);
		return key in steps ? list[list.indexOf(at) + steps[key]] : undefined;
	}

	/* Each map is one stop of the Tab key; arrow keys lead from one cell to the next. */
	for (const map of document.querySelectorAll('svg.sheet')) {
		const own = Array.from(map.querySelectorAll('.shape'));

		map.setAttribute('role', 'group');
		own.forEach((shape, i) => {
			shape.setAttribute('role', 'button');
			shape.setAttribute('aria-label', shape.querySelector('title').textContent);
			shape.setAttribute('tabindex', i ? -1 : 0);
		});
		map.addEventListener('keydown', event => {
			const at = event.target;
			const next = led_to(event, own.filter(shape =>
				shape === at || !shape.classList.contains('out')), at);

			if (key_of(event) === 'Enter' || key_of(event) === ' ')
				choose(at);
			else if (!next)
				return;
			event.preventDefault();
			if (next) {
				own.forEach(shape => shape.setAttribute('tabindex', shape === next ? 0 : -1));
				next.focus();
			}
		});
	}

	document.getElementById('members').addEventListener('keydown', event => {
		const next = led_to(event, rows.filter(row => !row.hidden), event.target.closest('tr'));

		if (next) {
			event.preventDefault();
			next.querySelector('a').focus();
		}
	});
	addEventListener('keydown', event => {
		if (key_of(event) === '/' && document.activeElement !== form.q) {
			event.preventDefault();
			form.q.focus();
		} else if (key_of(event) === 'Escape') {
			history.replaceState(null, '', '#');
			show(false);
		}
	});

	/* Without this script the buttons only explain the colours. */
	form.q.hidden = false;
	form.querySelectorAll('button').forEach(button => { button.disabled = false; });
	/* Enter goes to the first that fits. */
	form.addEventListener('submit', event => {
		const text = form.q.value.trim().toLowerCase();
		const first = rows.find(row => matches(row, address().get('filter'), text));

		event.preventDefault();
		if (first)
			go(first.id, true);
	});
	form.q.addEventListener('input', () => ask('q', form.q.value, false));
	for (const button of form.querySelectorAll('button'))
		button.addEventListener('click', () =>
			ask('filter', button.value === address().get('filter') ? '' : button.value, false));
	for (const row of rows)
		row.addEventListener('click', event => {
			event.preventDefault();
			go(row.id, false);
		});
	for (const shape of shapes)
		shape.addEventListener('click', () => choose(shape));
	for (const kind of ['pointerover', 'focusin'])
		document.querySelector('.side').addEventListener(kind, point_at);
	addEventListener('hashchange', () => show(true));
	show(true);
})();
