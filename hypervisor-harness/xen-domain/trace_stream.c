/* trace_stream.c: windows of rings to a stream; trace_stream.h says for whom. */
#include "hypervisor-harness/xen-domain/trace_stream.h"
#include "hypervisor-harness/xen-domain/guardian.h"
#include "hypervisor-harness/xen-domain/trace_buffer.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/trace.h>
#include <xenctrl.h>

/* A ring is asked for when it is half full, too. */
#define ROUND_MS 100

#define DOMAINS_MAX 32

struct stream {
    xc_interface *xc;
    struct trace_buffer *buffer;
    uint32_t domain[DOMAINS_MAX];
    size_t domains;
};

static uint32_t header_of(uint32_t event, unsigned extras)
{
    return event | extras << TRACE_EXTRA_SHIFT;
}

/* Where there may have been no room, the reader finds the record by which Xen would have said so, of one. */
static void write_window(void *with, unsigned cpu, const uint8_t *bytes, size_t size, bool full)
{
    const uint32_t lost[] = {header_of(TRC_LOST_RECORDS, 1), 1};
    (void)with;
    if (full) {
        bytes = (const uint8_t *)lost;
        size = sizeof(lost);
    }
    const uint32_t window[] = {header_of(TRC_TRACE_CPU_CHANGE, 2), cpu, (uint32_t)size};
    fwrite(window, sizeof(window), 1, stdout);
    fwrite(bytes, size, 1, stdout);
}

static int drain(struct stream *s, char *why, size_t why_size)
{
    if (trace_buffer_take_all(s->buffer, write_window, s)) {
        snprintf(why, why_size, "the offsets in Xen's trace buffer are impossible ones");
        return -1;
    }
    if (fflush(stdout)) {
        snprintf(why, why_size, "the records cannot be written: %s", strerror(errno));
        return -1;
    }
    return 0;
}

static bool is_there(struct stream *s, uint32_t domain)
{
    xc_dominfo_t info;
    return xc_domain_getinfo(s->xc, domain, 1, &info) == 1 && info.domid == domain && !info.dying && !info.shutdown;
}

static bool any_is_there(struct stream *s)
{
    for (size_t i = 0; i < s->domains; i++)
        if (is_there(s, s->domain[i]))
            return true;
    return false;
}

/*
 * Records do not say whose they are. So that the scheduler says at once which virtual
 * processors of theirs run, they are stopped for a moment, but for the first domain, which cannot be.
 */
static void make_known(struct stream *s)
{
    for (size_t i = 0; i < s->domains; i++)
        if (s->domain[i] && xc_domain_pause(s->xc, s->domain[i]) == 0)
            xc_domain_unpause(s->xc, s->domain[i]);
}

static int run(struct stream *s, const volatile sig_atomic_t *stop, char *why, size_t why_size)
{
    struct pollfd fd = {.fd = trace_buffer_fd(s->buffer), .events = POLLIN};
    bool there = true;
    if (trace_buffer_start(s->buffer, why, why_size))
        return -1;
    make_known(s);
    while (!*stop && there) {
        there = any_is_there(s);
        if (drain(s, why, why_size))
            return -1;
        if (there && poll(&fd, 1, ROUND_MS) < 0 && errno != EINTR) {
            snprintf(why, why_size, "poll: %s", strerror(errno));
            return -1;
        }
    }
    /* Before, too: to switch it off makes Xen forget what it had no room for. */
    if (drain(s, why, why_size))
        return -1;
    trace_buffer_stop(s->buffer);
    return drain(s, why, why_size);
}

static int look(struct stream *s, const char *const *domain, size_t domains, char *why, size_t why_size)
{
    xc_physinfo_t machine = {0};
    if (!s->xc || xc_physinfo(s->xc, &machine)) {
        snprintf(why, why_size, "Xen does not answer: %s; is this its first domain, and are you root?",
                 strerror(errno));
        return -1;
    }
    for (; s->domains < domains && s->domains < DOMAINS_MAX; s->domains++) {
        uint32_t number = (uint32_t)strtoul(domain[s->domains], NULL, 10);
        s->domain[s->domains] = number;
        if (!is_there(s, number)) {
            snprintf(why, why_size, "domain %.20s: does not run", domain[s->domains]);
            return -1;
        }
    }
    printf("hz %llu\n", (unsigned long long)machine.cpu_khz * 1000);
    return 0;
}

int trace_stream(const char *const *domain, size_t domains, const volatile sig_atomic_t *stop, int guardian, char *why,
                 size_t why_size)
{
    struct stream s = {.xc = xc_interface_open(NULL, NULL, 0)};
    bool others;
    int bad = look(&s, domain, domains, why, why_size);
    if (!bad) {
        s.buffer = trace_buffer_open_all(&others, why, why_size);
        bad = s.buffer ? 0 : -1;
    }
    if (!bad) {
        guardian_tell(guardian, GUARDIAN_TRACE);
        bad = run(&s, stop, why, why_size);
    }
    trace_buffer_close(s.buffer);
    guardian_tell(guardian, GUARDIAN_CLEAN);
    if (s.xc)
        xc_interface_close(s.xc);
    return bad;
}
