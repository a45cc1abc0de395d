/* lab_clock.c: the few words of QMP that it takes to ask an emulator for its count of instructions. */
#include "runner/machine/lab_clock.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int lab_clock_open(struct lab_clock *c, int *emulators, struct pvb_error *e)
{
    int ends[2];
    *c = (struct lab_clock){.monitor = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return pvb_fail(e, "the emulator's monitor: cannot be connected: %s", strerror(errno));
    c->monitor = ends[0];
    *emulators = ends[1];
    return 0;
}

/* An emulator that does not take its questions is one that does not move. */
static void ask(struct lab_clock *c, const char *question)
{
    c->asked = send(c->monitor, question, strlen(question), MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)strlen(question);
}

/* The greeting is answered with what opens the monitor; events are of no interest. */
static bool take_answer(struct lab_clock *c)
{
    json_t *answer = json_loadb(c->line, c->used, 0, NULL);
    json_t *count = json_object_get(json_object_get(answer, "return"), "icount");
    const uint64_t before = c->instructions;
    if (json_object_get(answer, "QMP"))
        ask(c, "{\"execute\":\"qmp_capabilities\"}\n");
    else if (json_object_get(answer, "return"))
        c->asked = false;
    if (json_is_integer(count) && json_integer_value(count) > 0)
        c->instructions = (uint64_t)json_integer_value(count);
    json_decref(answer);
    return c->instructions != before;
}

static bool take_bytes(struct lab_clock *c, const char *bytes, size_t size)
{
    bool moved = false;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n') {
            moved |= take_answer(c);
            c->used = 0;
        } else if (c->used < sizeof(c->line)) {
            c->line[c->used++] = bytes[i];
        }
    }
    return moved;
}

bool lab_clock_look(struct lab_clock *c)
{
    char bytes[1024];
    bool moved = false, greeted = c->asked || c->instructions;
    ssize_t n;
    if (c->monitor < 0)
        return false;
    while ((n = recv(c->monitor, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
        moved |= take_bytes(c, bytes, (size_t)n);
        greeted = true;
    }
    if (greeted && !c->asked)
        ask(c, "{\"execute\":\"query-replay\"}\n");
    return moved;
}

void lab_clock_close(struct lab_clock *c)
{
    if (c->monitor >= 0)
        close(c->monitor);
    c->monitor = -1;
}
