/*
 * domain.h: one domain of Xen, through libxenlight, the library that xl uses.
 */
#ifndef XEN_DOMAIN_DOMAIN_H
#define XEN_DOMAIN_DOMAIN_H

#include "hypervisor-harness/xen-domain/disk.h"
#include "hypervisor-harness/xen-domain/nic.h"
#include "hypervisor-harness/xen-domain/ours.h"

#include <libxl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define DOMAIN_MEMORY_MIB 64
#define DOMAIN_LINUX_MIB  128 /* of memory, of a guest that is Linux */
#define DOMAIN_FDS        2

struct domain {
    libxl_ctx *xl;
    xentoollog_logger *log;
    libxl_evgen_domain_death *death;
    uint32_t id;
    unsigned number;   /* among ours: 0, or that of one beside the measured one, whose events are not looked for */
    unsigned idle_mib; /* of memory, of one that does nothing; 0: it has what all have */
    bool exists;
    int console;    /* its output, non-blocking; -1: none */
    bool under_way; /* what libxl has begun in the background; then, how it ended */
    int result;
    bool hung_up;     /* nobody writes to its console any more */
    unsigned cpu;     /* the processor that it is pinned to */
    unsigned cpus;    /* that are online */
    bool has_givers;  /* others beside it give memory when it asks for some */
    bool has_shadows; /* Xen can keep shadows of a guest's page tables */
    unsigned vcpus;   /* of the guest; all of them on that processor */
    char version[64]; /* Xen's */
    uint32_t khz;     /* of the processor's TSC */
    /* Of a guest that is Linux: the archive that is its first file system, and its kernel's command line. NULL: it is
     * none. */
    const char *archive, *arguments;
    bool is_on_serial; /* its console is the device model's UART, not Xen's */
};

static inline unsigned domain_memory_mib(const struct domain *d)
{
    return d->archive ? DOMAIN_LINUX_MIB : d->idle_mib ? d->idle_mib : DOMAIN_MEMORY_MIB;
}

/* Each returns -1 with the reason in `why`. */
int domain_connect(struct domain *d, char *why, size_t size);

/* Created paused, pinned, its console open. `guest`: the image, an absolute path. Disk and card may be of no kind. */
int domain_create(struct domain *d, const char *mode, const char *guest, const struct disk *disk, const struct nic *nic,
                  char *why, size_t size);
/* The guest's TSC now, while it is paused; 0: Xen does not say. */
uint64_t domain_tsc(const struct domain *d, bool is_pv);
/* What the scheduler is to give it, or gives it: a weight and a cap in per cent of a processor; 0: as usual, or none.
 * To set them, and to read them back. */
struct domain_share {
    int weight, cap;
};
int domain_set_share(const struct domain *d, const struct domain_share *s, char *why, size_t size);
struct domain_share domain_get_share(const struct domain *d);
int domain_unpause(struct domain *d, char *why, size_t size);

/*
 * As libxl_domain_suspend() and libxl_domain_create_restore() do it, while `meanwhile` is called again and again.
 * Saved, it is there still and does not run any more; restored, it is another domain, paused, its console open.
 * `suspended`: the processor's counter when it was seen to have stopped. -1 with the reason in `why`.
 */
struct meanwhile {
    void (*call)(void *context);
    void *context;
};
int domain_save(struct domain *d, int file, bool live, const struct meanwhile *m, uint64_t *suspended, char *why,
                size_t size);
int domain_restore(struct domain *d, const char *mode, const char *guest, int file, const struct meanwhile *m,
                   char *why, size_t size);

/* Waits for its end, its console, or one of `fd` (-1: none, DOMAIN_FDS of them; NULL: none at all); true once it has
 * ended, with the reason as a word. */
bool domain_wait(struct domain *d, const int *fd, int timeout_ms, const char **end);

/* As domain_wait() tells it, of a domain whose events nobody waits for. */
bool domain_has_ended(const struct domain *d, const char **end);

void domain_destroy(struct domain *d);
void domain_disconnect(struct domain *d);

/* Destroys the domains that `owner` left; 0: those of every process that is no more. */
void domain_destroy_left(struct domain *d, pid_t owner);

#endif
