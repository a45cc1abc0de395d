/* command.h: other programs, run to their end with what they said, or in the background. */
#ifndef INSIDE_COMMAND_H
#define INSIDE_COMMAND_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

struct said {
    int status; /* as a shell has it */
    char text[16384];
};

/* `images`: the folder of the guests, or NULL. `arguments`: of pvbench, blanks between them. */
pid_t command_start(const char *images, const char *arguments, const char *log);
void command_wait(pid_t pid, const char *log, struct said *said);
void command_run(const char *images, const char *arguments, struct said *said);

/* How many lines it said; does one of them have these words? */
unsigned said_lines(const struct said *said);
bool said_words(const struct said *said, const char *words);

/* What `pvbench domains --json` has, a new reference; the row with this name in it (borrowed), or NULL. */
json_t *domains_now(void);
json_t *domain_named(const json_t *all, const char *name);

/* Waits up to ten seconds of the lab's clock for a running domain of pvbench's; its PID, or 0. */
pid_t domain_of_ours(char *name, size_t size);

/* Waits up to ten seconds for this one to run: it is listed, and not paused; its number, or -1. */
int domain_runs(const char *name);

/* Of a run whose result is /tmp/result.json, and whose guest had one other beside it: what became of that, and that the
 * measured one was measured. */
void check_neighbour(const struct said *said, const char *status, const char *end, const char *what);

#endif
