/* xen_errors.c: a logger that remembers one line; xen_errors.h says why. */
#include "hypervisor-harness/xen-domain/xen_errors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct words {
    xentoollog_logger logger; /* first: Xen's libraries know no more of it */
    char first[256];
};

__attribute__((format(printf, 5, 0))) static void say(xentoollog_logger *logger, xentoollog_level level, int error,
                                                      const char *context, const char *format, va_list arguments)
{
    struct words *w = (struct words *)logger;
    char text[160], line[sizeof(w->first)];
    if (level < XTL_ERROR)
        return;
    vsnprintf(text, sizeof(text), format, arguments);
    snprintf(line, sizeof(line), "%s: %s%s%s", context ? context : "xen", text, error >= 0 ? ": " : "",
             error >= 0 ? strerror(error) : "");
    fprintf(stderr, "%s\n", line);
    if (!w->first[0])
        memcpy(w->first, line, sizeof(line));
}

static void progress(xentoollog_logger *logger, const char *context, const char *doing, int percent, unsigned long done,
                     unsigned long total)
{
    (void)logger;
    (void)context;
    (void)doing;
    (void)percent;
    (void)done;
    (void)total;
}

static void destroy(xentoollog_logger *logger)
{
    free(logger);
}

xentoollog_logger *xen_errors_new(void)
{
    struct words *w = calloc(1, sizeof(*w));
    if (!w)
        return NULL;
    w->logger = (xentoollog_logger){.vmessage = say, .progress = progress, .destroy = destroy};
    return &w->logger;
}

void xen_errors_forget(xentoollog_logger *logger)
{
    ((struct words *)logger)->first[0] = 0;
}

const char *xen_errors_first(const xentoollog_logger *logger)
{
    return ((const struct words *)logger)->first;
}

void xen_errors_repeat_first(const xentoollog_logger *logger)
{
    const struct words *w = (const struct words *)logger;
    if (w->first[0])
        fprintf(stderr, "%s\n", w->first);
}
