/*
 * kvm_counter.c: the collector of a second source of counts on KVM: its own counter of exits, in debugfs, of the
 * whole life of the guest, which is to agree with what the probes saw.
 *
 * KVM takes a machine's counters away with the machine, and no other process may ask for them
 * by the machine's descriptor (-EIO, virt/kvm/kvm_main.c). But as long as somebody
 * holds a copy of that descriptor the machine stays, so that the counter can be read when its last exit is over.
 */
#include "collectors/collector.h"
#include "collectors/kvm_ebpf.h"
#include "collectors/sources.h"
#include "common/memory.h"
#include "common/number_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define VM     "anon_inode:kvm-vm"
#define FOLDER "/sys/kernel/debug/kvm"
#define FDS    64 /* descriptors of an emulator in which the machine's is looked for: it comes early */

struct counter {
    pid_t process;
    int of_machine; /* the number of its descriptor in the process; -1: not seen yet */
    int machine;    /* our copy */
    bool read;
    uint64_t exits, probes;
    char none[PVB_REASON_SIZE]; /* why there is nothing to compare with */
};

static void *counter_open(struct observation *o)
{
    struct counter *c = memory_zeroed(1, sizeof(*c));
    (void)o;
    c->of_machine = c->machine = -1;
    snprintf(c->none, sizeof(c->none), "no machine of KVM was seen in the guest's process");
    return c;
}

static void counter_close(void *state)
{
    struct counter *c = state;
    if (c->machine >= 0)
        close(c->machine);
    free(c);
}

static void counter_start(struct observation *o, void *state, pid_t process)
{
    struct counter *c = state;
    (void)o;
    c->process = process;
}

static bool is_machine(pid_t process, int fd)
{
    char path[64], target[64];
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)process, fd);
    const ssize_t n = readlink(path, target, sizeof(target));
    return n == (ssize_t)strlen(VM) && memcmp(target, VM, strlen(VM)) == 0;
}

/* The system calls by number: Debian 12's C library has the one and not the other. */
static void copy_machine(struct counter *c)
{
    const int process = (int)syscall(SYS_pidfd_open, c->process, 0);
    if (process >= 0)
        c->machine = (int)syscall(SYS_pidfd_getfd, process, c->of_machine, 0);
    if (c->machine < 0)
        snprintf(c->none, sizeof(c->none), "the machine's descriptor is not to be had: %s", strerror(errno));
    if (process >= 0)
        close(process);
}

static bool counter_step(struct observation *o, void *state)
{
    struct counter *c = state;
    (void)o;
    for (int fd = 0; fd < FDS && c->of_machine < 0; fd++)
        if (is_machine(c->process, fd)) {
            c->of_machine = fd;
            copy_machine(c);
        }
    return c->of_machine < 0;
}

static void read_counter(struct counter *c)
{
    char path[96];
    snprintf(path, sizeof(path), FOLDER "/%d-%d/exits", (int)c->process, c->of_machine);
    c->read = number_file(path, &c->exits);
    if (!c->read)
        snprintf(c->none, sizeof(c->none), "%s: cannot be read: %s; mount debugfs there", path, strerror(errno));
}

static void doubt_entries(struct observation *o, const struct counter *c)
{
    for (unsigned i = 0; i < o->books.regions; i++)
        region_fault(&o->books.region[i], "KVM counted %" PRIu64 " exits of this guest, and the probes %" PRIu64,
                     c->exits, c->probes);
}

static void counter_stop(struct observation *o, void *state)
{
    struct counter *c = state;
    if (c->machine < 0)
        return;
    read_counter(c);
    close(c->machine);
    c->machine = -1;
    if (!kvm_ebpf_exits(sources_state(o, &kvm_ebpf_collector), &c->probes)) {
        snprintf(c->none, sizeof(c->none), "there are no probes to compare with");
        c->read = false;
    }
    if (c->read && c->exits != c->probes)
        doubt_entries(o, c);
}

static json_t *row_json(const struct counter *c)
{
    return json_pack("{s:s, s:i, s:I, s:I, s:I}", "kind", "exits", "counters", 1, "trace", (json_int_t)c->probes,
                     "least", (json_int_t)c->exits, "most", (json_int_t)c->exits);
}

static void counter_run(const struct observation *o, const void *state, json_t *run)
{
    const struct counter *c = state;
    (void)o;
    json_t *opinion = c->read ? json_pack("{s:s, s:b, s:[o], s:[]}", "source", FOLDER, "agrees", c->exits == c->probes,
                                          "compared", row_json(c), "differences")
                              : json_pack("{s:s, s:n, s:s}", "source", FOLDER, "agrees", "reason", c->none);
    json_object_set_new(run, "second_opinion", opinion);
}

/* No guest starts a second time for this: without the probes there is nothing to compare with. */
static bool asks_for_a_start(void)
{
    return false;
}

const struct collector kvm_counter_collector = {
    .name = "KVM's own counter",
    .listens_to = SPEAKER_NOBODY,
    .disturbs = true,
    .is_to_be_had = asks_for_a_start,
    .open = counter_open,
    .start = counter_start,
    .step = counter_step,
    .stop = counter_stop,
    .run = counter_run,
    .close = counter_close,
};
