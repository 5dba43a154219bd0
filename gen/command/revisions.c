// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "command/revisions.h"
#include "compare/find_in_spec.h"

struct revision *session_revision(struct session *session, const char *path)
{
	struct revision *revision = spec_placed(&session->spec, path);

	if (!revision)
		report_error(&session->messages, (struct srcpos){ 0 }, "the spec has no revision "
			     "'%s'; 'vmcsgen list' prints those that it has", path);
	return revision;
}

struct revision *other_version_revision(struct session *session, const struct other_version *other,
					const char *path)
{
	struct revision *revision = spec_placed(&other->spec, path);

	if (!revision)
		report_error(&session->messages, (struct srcpos){ 0 },
			     "the spec of %s has no revision '%s'", other->name, path);
	return revision;
}
