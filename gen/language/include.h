/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A spec of several files, as a tree. */
#ifndef VMCSGEN_INCLUDE_H
#define VMCSGEN_INCLUDE_H

#include "base/names.h"
#include "language/tree.h"

/* A spec that is read from elsewhere than the file system. */
struct spec_files {
	/* One spelling for each file, to recognize it. */
	const char *(*normal_path)(struct arena *arena, const char *path);

	/*
	 * Read @path of @commit; @folder is the folder of the spec's root.  The source is called
	 * COMMIT:PATH.  NULL after a message that points at @from.
	 */
	struct source *(*read)(struct arena *arena, struct messages *messages,
			       const char *commit, const char *folder, const char *path,
			       struct srcpos from);
};

/* Input and output of the parser. */
struct parse {
	struct arena *arena;
	struct names *names;
	struct messages *messages;
	const struct spec_files *files;	/* where files are; NULL: in the folders */
	const char *commit;		/* for @files */
	const char *folder;		/* of the root file, "" if it has none */
	/* Of what is frozen, every table is read, those that are there, or none. */
	enum { TABLES_ALL, TABLES_THERE, TABLES_UNREAD } tables;
	struct table lost;		/* words of statements that were not understood */
	bool lost_file;			/* an include was not, or its file can't be read */
	struct source *sources, **end;	/* the files read, in that order */
	struct table keywords;		/* the parser's own */
};

/*
 * Parse the spec in @path and the files that it includes, each once, in the order of the includes.
 * Returns a NODE_SPEC that the caller frees.  It lacks statements with syntax errors, which have
 * been reported.
 */
struct node *tree_parse(struct parse *parse, const char *path);

/* Read another file of the spec, for the statement at @from.  NULL after a message. */
struct source *parse_read(struct parse *parse, const char *path, struct srcpos from);

#endif
