/*
 * environment.h: what makes a host's numbers lie, looked at before and after
 * a run: clock speeds that change, cores that are shared or asleep, guests
 * on top of guests, other people's load.
 *
 * One table has a row for each fact: where it stands, what would be good,
 * and the mend. `pvbench run --machine host` records the facts, `pvbench doctor`
 * judges them.
 */
#ifndef RUNNER_ENVIRONMENT_H
#define RUNNER_ENVIRONMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Every fact by its name; null for what this computer does not say. `root` goes before every path: "" but in tests. */
json_t *environment_read(const char *root);

/*
 * What the run's time has changed: [{"what", "before", "after"}], for settings
 * that differ and for counters that grew: throttling, and steal time above a thousandth of `wall_s`.
 */
json_t *environment_changes(const json_t *before, const json_t *after, double wall_s);

struct environment_judgement {
    const char *name;
    bool known, good;
    char text[256]; /* what is, and why that is bad */
    const char *mend;
};

#define ENVIRONMENT_FACTS_MAX 24

/* One for each fact that can be judged; how many. */
unsigned environment_judge(const json_t *facts, struct environment_judgement into[ENVIRONMENT_FACTS_MAX]);

#endif
