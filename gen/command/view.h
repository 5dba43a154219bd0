/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the verbs that print have in common: views. */
#ifndef VMCSGEN_VIEW_H
#define VMCSGEN_VIEW_H

#include "command/session.h"

/*
 * Render the template views/@view that --format names, and print it; the folder says which
 * there are.  The format "names" prints the names that such a template may use.  What fails
 * is reported.
 */
void view_print(struct session *session, const char *view, const struct value *value);

/*
 * Append to @text the names that a template may use where @root is its value, one a line: with
 * those of the maps around it, joined by dots, and with what it is: text, flag, list or
 * map.  A map that is in several others is told of where it comes first.
 */
void value_names(struct maker *maker, const struct value *root, struct text *text);

#endif
