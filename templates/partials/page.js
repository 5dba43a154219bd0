{{! SPDX-License-Identifier: GPL-2.0-only OR MIT }}
/*
 * The address after the # says what is shown, so that it can be shared: field=NAME (or
 * retired=NAME) is the row to go to; filter=WHAT and q=TEXT select rows.
 */
'use strict';
(function () {
	const form = document.querySelector('.filter');
	const rows = Array.from(document.querySelectorAll('#members tbody tr'));
	const shapes = Array.from(document.querySelectorAll('.shape'));

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
		for (const shape of shapes) {
			const row = document.getElementById(shape.dataset.row);

			shape.classList.toggle('out', row ? row.hidden : false);
			shape.classList.toggle('here', row ? row === here : false);
		}
		for (const button of form.querySelectorAll('button'))
			button.setAttribute('aria-pressed', button.value === filter);
		if (form.q.value !== text)
			form.q.value = text;
		form.querySelector('output').value = count + ' of ' + rows.length;
		if (scroll ? here : false)
			here.scrollIntoView({ block: 'center' });
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

	form.hidden = false;
	form.addEventListener('submit', event => event.preventDefault());
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
		shape.addEventListener('click', () => {
			if (document.getElementById(shape.dataset.row))
				go(shape.dataset.row, true);
		});
	addEventListener('hashchange', () => show(true));
	show(true);
})();
