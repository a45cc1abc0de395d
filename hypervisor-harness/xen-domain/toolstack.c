/* toolstack.c: see toolstack.h. */
#include "hypervisor-harness/xen-domain/toolstack.h"
#include "common/number_file.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>
#include <xenstore.h>

#include <xen/xen.h>

#include <xen/sys/privcmd.h>

#define XENSTORED "/run/xenstored.pid"

static struct toolstack counted;

/* --- XenStore: each request of the protocol is one function of the library's (docs/misc/xenstore.txt) ----------- */

/* The library's function of this name. */
#define NEXT(name)    ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))
#define COUNTED(name) (counted.store++, NEXT(name))

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned *num)
{
    return COUNTED(xs_directory)(h, t, path, num);
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned *len)
{
    return COUNTED(xs_read)(h, t, path, len);
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data, unsigned len)
{
    return COUNTED(xs_write)(h, t, path, data, len);
}

bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    return COUNTED(xs_mkdir)(h, t, path);
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    return COUNTED(xs_rm)(h, t, path);
}

bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path, struct xs_permissions *perms,
                        unsigned num)
{
    return COUNTED(xs_set_permissions)(h, t, path, perms, num);
}

struct xs_permissions *xs_get_permissions(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned *num)
{
    return COUNTED(xs_get_permissions)(h, t, path, num);
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    return COUNTED(xs_watch)(h, path, token);
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
    return COUNTED(xs_unwatch)(h, path, token);
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
    return COUNTED(xs_transaction_start)(h);
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
    return COUNTED(xs_transaction_end)(h, t, abort);
}

bool xs_introduce_domain(struct xs_handle *h, unsigned domid, unsigned long mfn, unsigned eventchn)
{
    return COUNTED(xs_introduce_domain)(h, domid, mfn, eventchn);
}

bool xs_release_domain(struct xs_handle *h, unsigned domid)
{
    return COUNTED(xs_release_domain)(h, domid);
}

char *xs_get_domain_path(struct xs_handle *h, unsigned domid)
{
    return COUNTED(xs_get_domain_path)(h, domid);
}

bool xs_is_domain_introduced(struct xs_handle *h, unsigned domid)
{
    return COUNTED(xs_is_domain_introduced)(h, domid);
}

bool xs_set_target(struct xs_handle *h, unsigned domid, unsigned target)
{
    return COUNTED(xs_set_target)(h, domid, target);
}

/* --- hypercalls: libxencall's only way into the kernel is an ioctl() on privcmd ----------------------------------- */

int ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (request == IOCTL_PRIVCMD_HYPERCALL) {
        const privcmd_hypercall_t *call = argument;
        counted.call[call->op % TOOLSTACK_CALLS]++;
    } else if (request == IOCTL_PRIVCMD_MMAP || request == IOCTL_PRIVCMD_MMAPBATCH ||
               request == IOCTL_PRIVCMD_MMAPBATCH_V2) {
        counted.mappings++;
    }
    return NEXT(ioctl)(fd, request, argument);
}

/* --- time ------------------------------------------------------------------------------------------------------ */

static uint64_t store_ran_ns(void)
{
    char path[64];
    uint64_t pid, ran;
    if (!number_file(XENSTORED, &pid))
        return 0;
    snprintf(path, sizeof(path), "/proc/%" PRIu64 "/schedstat", pid);
    return number_file(path, &ran) ? ran : 0;
}

/* libxl has a program of its own copy a domain's memory when it is saved or restored. */
static uint64_t helpers_ran_ns(void)
{
    struct rusage r;
    if (getrusage(RUSAGE_CHILDREN, &r))
        return 0;
    return ((uint64_t)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000000u +
            (uint64_t)(r.ru_utime.tv_usec + r.ru_stime.tv_usec)) *
           1000u;
}

struct toolstack toolstack_now(void)
{
    struct timespec own;
    counted.store_ns = store_ran_ns();
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
    counted.own_ns = (uint64_t)own.tv_sec * 1000000000u + (uint64_t)own.tv_nsec + helpers_ran_ns();
    counted.ticks = __rdtsc();
    return counted;
}

struct toolstack toolstack_between(const struct toolstack *before, const struct toolstack *after)
{
    struct toolstack d = {
        .store = after->store - before->store,
        .mappings = after->mappings - before->mappings,
        .ticks = after->ticks - before->ticks,
        .own_ns = after->own_ns - before->own_ns,
        .store_ns = after->store_ns - before->store_ns,
    };
    for (unsigned i = 0; i < TOOLSTACK_CALLS; i++)
        d.call[i] = after->call[i] - before->call[i];
    return d;
}

void toolstack_print(const struct toolstack *t, const char *line, unsigned order, const char *what, FILE *out)
{
    fprintf(out,
            "M %s order=%u what=%s ticks=%" PRIu64 " own_ns=%" PRIu64 " store_ns=%" PRIu64 " store=%" PRIu64
            " mappings=%" PRIu64,
            line, order, what, t->ticks, t->own_ns, t->store_ns, t->store, t->mappings);
    for (unsigned i = 0; i < TOOLSTACK_CALLS; i++)
        if (t->call[i])
            fprintf(out, " %u:%" PRIu64, i, t->call[i]);
    fputc('\n', out);
}
