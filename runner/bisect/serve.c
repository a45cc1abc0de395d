/* serve.c: see serve.h. */
#include "runner/bisect/serve.h"
#include "common/json_text.h"
#include "common/patience.h"
#include "common/text.h"
#include "runner/bisect/child.h"
#include "runner/session/session.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES (64u << 10)
#define IDLE_MS        (7 * 86400000LL) /* of a search that waits for its slowest */

/* A line without its end, the caller's to free. NULL: there is no more, or a signal. */
static char *hear(struct pvb_error *e)
{
    char *line = malloc(LINE_MAX_BYTES);
    size_t size = 0;
    const long long limit = now_ms() + IDLE_MS;
    *e = (struct pvb_error){""};
    while (line && !session_signal && size < LINE_MAX_BYTES - 1 && now_ms() < limit) {
        struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&fd, 1, 1000) <= 0)
            continue;
        const ssize_t n = read(STDIN_FILENO, line + size, 1);
        if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
            break;
        if (n > 0 && line[size++] == '\n') {
            line[size - 1] = 0;
            return line;
        }
    }
    if (session_signal)
        pvb_fail(e, "interrupted");
    else if (size)
        pvb_fail(e, "standard input: is not what pvbench bisect asks; give --on, and not --serve");
    free(line);
    return NULL;
}

int serve_words(char *words[SERVE_WORDS_MAX], struct pvb_error *e)
{
    char *line = hear(e);
    json_t *list = line ? json_loads(line, 0, NULL) : NULL;
    const size_t count = json_array_size(list);
    const json_t *word;
    size_t i;
    bool good = count && count < SERVE_WORDS_MAX;
    json_array_foreach(list, i, word) good = good && json_is_string(word);
    if (!good)
        pvb_fail(e, "standard input: is not what pvbench bisect asks; give --on, and not --serve");
    for (i = 0; good && i < count; i++)
        words[i] = strdup(json_string_value(json_array_get(list, i)));
    words[good ? count : 0] = NULL;
    json_decref(list);
    free(line);
    return good ? (int)count : -1;
}

static void answer(json_t *object)
{
    json_dumpf(object, stdout, JSON_COMPACT);
    json_decref(object);
    putchar('\n');
    fflush(stdout);
}

int serve_commits(struct search *s, struct pvb_error *e)
{
    child_lifeline = STDIN_FILENO;
    answer(json_pack("{s:s}", "ready", s->candidates->key));
    for (char *line; (line = hear(e));) {
        char commit[COMMIT_HEX];
        struct candidate c;
        int status = checkout_resolve(s->checkout, "asked for", line, commit, e);
        free(line);
        if (!status)
            status = search_try(s, commit, &c, e);
        if (status < 0)
            return -1;
        answer(json_pack("{s:s, s:i, s:s, s:b, s:o}", "commit", commit, "status", status, "build",
                         status ? "" : c.build, "cached", !status && c.cached, "words",
                         json_text(status ? e->text : "")));
    }
    return *e->text ? -1 : 0;
}
