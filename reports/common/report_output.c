/* report_output.c: writes a report to a file or to standard output; report_output.h says how. */
#include "common/publish.h"
#include "common/memory.h"
#include "reports/common/report_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int put(const char *path, const char *text, size_t size, struct report_error *e)
{
    const char *why = NULL;
    if (path)
        why = publish(path, text, size);
    else if (fwrite(text, 1, size, stdout) != size || fflush(stdout))
        why = strerror(errno);
    return why ? report_fail(e, "%s: cannot be written: %s; give another file with -o", path ? path : "standard output",
                             why)
               : 0;
}

int report_output(const char *path, void (*print)(const void *what, FILE *out, void *with), const void *what,
                  void *with, struct report_error *e)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = memory_stream(&text, &size);
    int bad = !f;
    if (f) {
        print(what, f, with);
        bad = ferror(f) != 0;
        bad = fclose(f) || bad;
    }
    if (bad)
        report_fail(e, "%s: out of memory", path ? path : "standard output");
    else
        bad = put(path, text, size, e);
    free(text);
    return bad ? -1 : 0;
}

size_t report_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < 40)
        return 0;
    return size.ws_col;
}

bool report_colour(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}
