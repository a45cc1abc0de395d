/*
 * iperf.c: as much of iperf3's server as its client asks for that sends one stream over TCP; so that nobody need have
 * iperf3 on the host, nor its libraries in the lab.
 *
 * A test has two connections. By the first the two sides tell each other what comes next, one byte a step, and texts
 * in JSON behind their length (four bytes, the highest first); by the second the bytes come. Both begin with the same
 * cookie. Of the client's texts one number is read: how many bytes it has sent, so that ours says when all were here.
 */
#include "hypervisor-harness/station/service.h"
#include "hypervisor-harness/station/stream.h"
#include "common/monotonic.h"

#include "pvbench/net.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { COOKIE = 37, TEXT_MAX = 8192 };
enum step { /* iperf_api.h of iperf3 */
            TEST_START = 1,
            TEST_RUNNING = 2,
            TEST_END = 4,
            PARAM_EXCHANGE = 9,
            CREATE_STREAMS = 10,
            EXCHANGE_RESULTS = 13,
            DISPLAY_RESULTS = 14,
            IPERF_DONE = 16,
};

struct test {
    int control, stream;
    char cookie[COOKIE], text[TEXT_MAX + 1];
    uint64_t received, began_ns, ended_ns;
};

static bool say_step(const struct test *t, enum step step)
{
    const char byte = (char)step;
    return stream_write(t->control, &byte, 1);
}

static bool hear_step(const struct test *t, enum step step)
{
    char byte;
    return stream_read(t->control, &byte, 1) && byte == (char)step;
}

static bool hear_text(struct test *t)
{
    uint32_t size;
    if (!stream_read(t->control, &size, sizeof(size)) || ntohl(size) > TEXT_MAX)
        return false;
    t->text[ntohl(size)] = 0;
    return stream_read(t->control, t->text, ntohl(size));
}

static bool say_text(struct test *t)
{
    const uint32_t size = htonl((uint32_t)strlen(t->text));
    return stream_write(t->control, &size, sizeof(size)) && stream_write(t->control, t->text, strlen(t->text));
}

/* The second connection, by whoever has the cookie. */
static bool begin(struct test *t, int listener)
{
    char cookie[COOKIE];
    if (!stream_read(t->control, t->cookie, COOKIE) || !say_step(t, PARAM_EXCHANGE) || !hear_text(t) ||
        !say_step(t, CREATE_STREAMS))
        return false;
    t->stream = stream_accept(listener);
    return t->stream >= 0 && stream_read(t->stream, cookie, COOKIE) && memcmp(cookie, t->cookie, COOKIE) == 0 &&
           say_step(t, TEST_START) && say_step(t, TEST_RUNNING);
}

/* False: nothing more comes. */
static bool take(struct test *t)
{
    static char bytes[128 * 1024];
    const ssize_t n = recv(t->stream, bytes, sizeof(bytes), 0);
    if (n <= 0)
        return false;
    t->received += (uint64_t)n;
    t->ended_ns = monotonic_ns();
    return true;
}

/* Until the client has a word to say. */
static bool take_stream(struct test *t)
{
    struct pollfd p[2] = {{.fd = t->control, .events = POLLIN}, {.fd = t->stream, .events = POLLIN}};
    t->began_ns = t->ended_ns = monotonic_ns();
    for (;;) {
        if (poll(p, 2, (int)stream_patience_s * 1000) <= 0)
            return false;
        if (p[0].revents)
            return true;
        if (!take(t))
            return false;
    }
}

/* What the client has sent, which may still be on its way. */
static bool take_rest(struct test *t)
{
    static const char key[] = "\"bytes\":";
    const char *at = strstr(t->text, key);
    const uint64_t sent = at ? strtoull(at + strlen(key), NULL, 10) : 0;
    while (t->received < sent)
        if (!take(t))
            return false;
    return at;
}

/* The processor's time is not the guest's, and retransmissions are the sender's to know. */
static void write_results(struct test *t)
{
    snprintf(t->text, sizeof(t->text),
             "{\"cpu_util_total\":0,\"cpu_util_user\":0,\"cpu_util_system\":0,\"sender_has_retransmits\":-1,"
             "\"streams\":[{\"id\":1,\"bytes\":%llu,\"retransmits\":-1,\"jitter\":0,\"errors\":0,\"packets\":0,"
             "\"start_time\":0,\"end_time\":%.9f}]}",
             (unsigned long long)t->received, (double)(t->ended_ns - t->began_ns) / 1e9);
}

static bool end(struct test *t)
{
    if (!hear_step(t, TEST_END) || !say_step(t, EXCHANGE_RESULTS) || !hear_text(t) || !take_rest(t))
        return false;
    write_results(t);
    return say_text(t) && say_step(t, DISPLAY_RESULTS) && hear_step(t, IPERF_DONE);
}

static int open_iperf(const char *interface, char why[STATION_WHY])
{
    return stream_listen(interface, PVB_NET_IPERF_PORT, why);
}

static void serve(int listener) __attribute__((noreturn));
static void serve(int listener)
{
    static struct test t;
    for (;;) {
        t = (struct test){.control = stream_wait(listener), .stream = -1};
        if (begin(&t, listener) && take_stream(&t))
            end(&t);
        close(t.control);
        if (t.stream >= 0)
            close(t.stream);
    }
}

const struct station_service station_iperf = {open_iperf, serve};
