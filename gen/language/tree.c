// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>

#include "language/tree.h"

struct node *node_new(enum node_kind kind, struct srcpos pos)
{
	struct node *node = xmalloc(sizeof(*node));

	*node = (struct node){ .kind = kind, .pos = pos };
	return node;
}

struct node *node_add(struct node *node, struct node *child)
{
	if (!child)
		return node;
	if (node->last)
		node->last->next = child;
	else
		node->children = child;
	node->last = child->chain_end ? child->chain_end : child;
	child->chain_end = NULL;
	return node;
}

struct node *node_chain(struct node *first, struct node *next)
{
	struct node *end;

	if (!first || !next)
		return first ? first : next;
	end = first->chain_end ? first->chain_end : first;
	end->next = next;
	first->chain_end = next->chain_end ? next->chain_end : next;
	return first;
}

struct node *node_make(enum node_kind kind, struct srcpos pos, struct node *first,
		       struct node *second, struct node *third)
{
	struct node *node = node_new(kind, pos);

	node_add(node, first);
	node_add(node, second);
	return node_add(node, third);
}

void node_free(struct node *node)
{
	while (node) {
		struct node *next = node->next;

		node_free(node->children);
		free(node);
		node = next;
	}
}

struct node *node_child(const struct node *node, enum node_kind kind)
{
	for (struct node *child = node->children; child; child = child->next)
		if (child->kind == kind)
			return child;
	return NULL;
}

size_t node_count(const struct node *first)
{
	size_t count = 0;

	for (; first; first = first->next)
		count++;
	return count;
}
