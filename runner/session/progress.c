/* progress.c: a single line, written over in place. */
#include "runner/session/progress.h"
#include "runner/session/boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SOON_MS 3000 /* sooner an estimate is worth nothing */

void progress_open(struct progress *p, unsigned total, bool quiet)
{
    const char *term = getenv("TERM");
    *p = (struct progress){.total = total, .started = now_ms()};
    p->on = !quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

/* As long for each of the rest as for those that are done; nothing while that is a guess. */
static void left(const struct progress *p, long long elapsed, char *into, size_t size)
{
    into[0] = 0;
    if (p->done && p->done < p->total && elapsed >= SOON_MS)
        snprintf(into, size, ", %lld s left", elapsed * (p->total - p->done) / p->done / 1000);
}

void progress_show(struct progress *p, const char *what)
{
    struct winsize size;
    char line[256], rest[48];
    unsigned columns = 80;
    if (!p->on)
        return;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
        columns = size.ws_col;
    long long elapsed = now_ms() - p->started;
    left(p, elapsed, rest, sizeof(rest));
    snprintf(line, sizeof(line), "[%u/%u] %lld.%lld s%s  %s", p->done, p->total, elapsed / 1000, elapsed % 1000 / 100,
             rest, what);
    /* A line that wraps could not be written over. */
    if (columns < sizeof(line))
        line[columns - 1] = 0;
    fprintf(stderr, "\r%s\033[K", line);
    fflush(stderr);
    p->shown = (unsigned)strlen(line);
}

void progress_clear(struct progress *p)
{
    if (p->on && p->shown)
        fputs("\r\033[K", stderr);
    p->shown = 0;
}
