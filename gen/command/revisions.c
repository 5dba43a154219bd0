// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "command/revisions.h"

static struct revision *placed_revision(const struct spec *spec, const char *path)
{
	struct revision *revision = spec_revision(spec, path);

	return revision && revision->state == PLACED ? revision : NULL;
}

struct revision *session_revision(struct session *session, const char *path)
{
	struct revision *revision = placed_revision(&session->spec, path);

	if (!revision)
		report_error(&session->messages, (struct srcpos){ 0 }, "the spec has no revision "
			     "'%s'; 'vmcsgen list' prints those that it has", path);
	return revision;
}

struct revision *other_version_revision(struct session *session, const struct other_version *other,
					const char *path)
{
	struct revision *revision = placed_revision(&other->spec, path);

	if (!revision)
		report_error(&session->messages, (struct srcpos){ 0 },
			     "the spec of %s has no revision '%s'", other->name, path);
	return revision;
}
