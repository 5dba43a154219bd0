{{! SPDX-License-Identifier: GPL-2.0-only OR MIT }}
/*
 * What is shown is what the address says after the #: the name of an article, any other of
 * its names or its encoding; or q=WORDS and kind=KIND, which choose articles.
 */
'use strict';
(function () {
	const form = document.querySelector('.filter');
	const articles = Array.from(document.querySelectorAll('article'));
	const texts = articles.map(article =>
		(article.textContent + ' ' + article.dataset.names).toLowerCase());

	function address() {
		const asked = decodeURIComponent(location.hash.slice(1));

		return new URLSearchParams(asked.includes('=') || !asked ? asked :
					   new URLSearchParams({ name: asked }));
	}

	/* Zeroes ahead of a number's digits, and case, mean nothing. */
	function folded(name) {
		return name.toLowerCase().replace(/^0x0*(?=[0-9a-f])/, '0x');
	}

	function named(name) {
		return articles.find(article => article.id === name) ||
		       articles.find(article => article.dataset.names.split(' ').map(folded)
			       .includes(folded(name)));
	}

	function show(scroll) {
		const asked = address(), name = asked.get('name');
		const here = name ? named(name) : undefined;
		const words = (asked.get('q') || '').toLowerCase().split(' ').filter(word => word);
		const kind = asked.get('kind');
		let count = 0;

		articles.forEach((article, i) => {
			const match = (kind ? article.dataset.kind === kind : true)
				? words.every(word => texts[i].includes(word)) : false;

			count += match;
			article.hidden = !(match || article === here);
			if (article === here)
				article.setAttribute('aria-current', 'true');
			else
				article.removeAttribute('aria-current');
		});
		for (const button of form.querySelectorAll('button'))
			button.setAttribute('aria-pressed', button.value === kind);
		if (form.q.value !== (asked.get('q') || ''))
			form.q.value = asked.get('q') || '';
		form.querySelector('output').value = count + ' of ' + articles.length;
		if (scroll ? here : false)
			here.scrollIntoView({ block: 'start' });
	}

	/* Change the address; without a value a key goes away. */
	function ask(key, value) {
		const asked = address();

		asked.delete('name');
		if (value)
			asked.set(key, value);
		else
			asked.delete(key);
		history.replaceState(null, '', '#' + asked);
		show(false);
	}

	form.hidden = false;
	/* Enter goes to the first that is shown. */
	form.addEventListener('submit', event => {
		const first = articles.find(article => !article.hidden);

		event.preventDefault();
		if (first)
			location.hash = '#' + first.id;
	});
	form.q.addEventListener('input', () => ask('q', form.q.value));
	for (const button of form.querySelectorAll('button'))
		button.addEventListener('click', () =>
			ask('kind', button.value === address().get('kind') ? '' : button.value));
	addEventListener('keydown', event => {
		if (event.key === '/' ? document.activeElement !== form.q : false) {
			event.preventDefault();
			form.q.focus();
		}
	});
	addEventListener('hashchange', () => show(true));
	show(true);
})();
