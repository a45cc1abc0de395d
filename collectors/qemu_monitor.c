/* qemu_monitor.c: see qemu_monitor.h. What QEMU says is looked at before it is believed, and a little is enough. */
#include "collectors/qemu_monitor.h"

#include <jansson.h>
#include <string.h>
#include <sys/socket.h>

#define PATIENCE_S 5
#define ROUNDS     64 /* of reading at a time: it does not speak for ever */

#define ASK "{\"execute\":\"query-blockstats\"}\n"
#define GO  "{\"execute\":\"cont\"}\n"

static void say(const struct qemu_monitor *m, const char *words)
{
    /* A few bytes find room. One that is gone is seen by its end. */
    (void)!send(m->fd, words, strlen(words), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The guest goes on, whatever was or was not heard. */
static void let_go(struct qemu_monitor *m)
{
    if (!m->answered)
        say(m, GO);
    m->answered = true;
}

void qemu_monitor_begin(struct qemu_monitor *m, int fd)
{
    m->fd = fd;
    say(m, "{\"execute\":\"qmp_capabilities\"}\n"
           "{\"execute\":\"set-action\",\"arguments\":{\"panic\":\"pause\"}}\n");
}

static bool take_statistics(const json_t *statistics, struct device_counts *into)
{
    static const char *const names[] = {"rd_operations", "wr_operations", "flush_operations"};
    const json_t *count[3];
    for (unsigned i = 0; i < 3; i++) {
        count[i] = json_object_get(statistics, names[i]);
        if (!json_is_integer(count[i]) || json_integer_value(count[i]) < 0)
            return false;
    }
    for (unsigned i = 0; i < 3; i++) {
        into->count[DEVICE_READS + i] = (uint64_t)json_integer_value(count[i]);
        into->known[DEVICE_READS + i] = true;
    }
    return true;
}

static void take_answer(const json_t *disks, struct device_counts *into)
{
    const json_t *disk;
    size_t i;
    json_array_foreach(disks, i, disk)
    {
        const char *name = json_string_value(json_object_get(disk, "device"));
        if (name && strcmp(name, QEMU_DISK) == 0 && take_statistics(json_object_get(disk, "stats"), into))
            return;
    }
}

static void take_line(struct qemu_monitor *m, struct device_counts *into)
{
    json_t *said = json_loadb(m->line, m->used, 0, NULL);
    const char *event = json_string_value(json_object_get(said, "event"));
    const json_t *answer = json_object_get(said, "return");
    /* Of all that is asked it alone is answered by a list. */
    if (json_is_array(answer) && !m->answered) {
        take_answer(answer, into);
        let_go(m);
    } else if (event && strcmp(event, "GUEST_PANICKED") == 0 && !m->answered) {
        say(m, ASK);
    }
    json_decref(said);
}

static void take_bytes(struct qemu_monitor *m, const char *bytes, size_t size, struct device_counts *into)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n') {
            take_line(m, into);
            m->used = 0;
        } else if (m->used < sizeof(m->line)) {
            /* What finds no room makes a line that is not JSON. */
            m->line[m->used++] = bytes[i];
        }
    }
}

bool qemu_monitor_step(struct qemu_monitor *m, bool is_done, struct device_counts *into)
{
    char bytes[4096];
    struct timespec now;
    ssize_t n = 1;
    if (m->fd <= 0 || m->answered)
        return false;
    for (unsigned i = 0; i < ROUNDS && (n = recv(m->fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0; i++)
        take_bytes(m, bytes, (size_t)n, into);
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (is_done && !m->waits) {
        m->waits = true;
        m->since = now.tv_sec;
    }
    if (n == 0 || (m->waits && now.tv_sec - m->since > PATIENCE_S))
        let_go(m);
    return m->waits && !m->answered;
}
