/* domain.c: a domain's configuration, life and certain end; ours.h says how ours are known. */
#include "hypervisor-harness/xen-domain/domain.h"
#include "hypervisor-harness/xen-domain/device_model.h"
#include "hypervisor-harness/xen-domain/release.h"
#include "hypervisor-harness/xen-domain/xen_errors.h"

#include <errno.h>
#include <fcntl.h>
#include <libxl_utils.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

#define FDS_MAX        32
#define MEANWHILE_MS   100
#define STREAM_VERSION 2 /* of libxl's, since Xen 4.6 */

static int fail(char *why, size_t size, const char *what)
{
    snprintf(why, size, "%s", what);
    return -1;
}

/*
 * The last processor that new domains may run on: the first is where interrupts and the first domain's first
 * processor are by default. They come into Pool-0; a pool holds no processor that is offline or parked,
 * while physinfo's max_cpu_id is the last that Xen could ever have.
 */
static int choose_cpu(struct domain *d)
{
    libxl_cpupoolinfo pool;
    int last = -1;
    libxl_cpupoolinfo_init(&pool);
    if (libxl_cpupool_info(d->xl, &pool, 0) == 0)
        for (int i = 0; i < (int)pool.cpumap.size * 8; i++)
            if (libxl_bitmap_test(&pool.cpumap, i))
                last = i;
    libxl_cpupoolinfo_dispose(&pool);
    d->cpu = (unsigned)last;
    return last < 0 ? -1 : 0;
}

int domain_connect(struct domain *d, char *why, size_t size)
{
    *d = (struct domain){.console = -1, .vcpus = 1};
    if (access("/proc/xen/privcmd", F_OK) && access("/dev/xen/privcmd", F_OK))
        return fail(why, size, "this computer does not run on Xen; boot it with Xen, or leave out --machine host");
    if (release_check(why, size))
        return -1;
    d->log = xen_errors_new();
    if (!d->log || libxl_ctx_alloc(&d->xl, LIBXL_VERSION, 0, d->log))
        return fail(why, size, "libxenlight cannot reach Xen; be root in the first domain, with xenstored running");
    const libxl_version_info *v = libxl_get_version_info(d->xl);
    libxl_physinfo machine;
    if (!v)
        return fail(why, size, "Xen does not say its version; be root in the first domain");
    snprintf(d->version, sizeof(d->version), "%d.%d%s", v->xen_version_major, v->xen_version_minor,
             v->xen_version_extra ? v->xen_version_extra : "");
    libxl_physinfo_init(&machine);
    if (libxl_get_physinfo(d->xl, &machine) == 0) {
        d->khz = machine.cpu_khz;
        d->cpus = machine.nr_cpus;
        d->has_shadows = machine.cap_shadow;
    }
    libxl_physinfo_dispose(&machine);
    if (choose_cpu(d))
        return fail(why, size, "Xen does not say on which processors a new domain may run (xl cpupool-list -c)");
    return 0;
}

static libxl_domain_type type_of(const char *mode)
{
    return strcmp(mode, "pv") == 0    ? LIBXL_DOMAIN_TYPE_PV
           : strcmp(mode, "pvh") == 0 ? LIBXL_DOMAIN_TYPE_PVH
                                      : LIBXL_DOMAIN_TYPE_HVM;
}

/*
 * What it says before it has found Xen, and what the workload for the console writes, stays beside the image. Of one
 * that never finds Xen a pipe there brings all of it here.
 */
static void serial_path(const struct domain *d, const char *guest, char path[PATH_MAX + 32])
{
    const int folder = (int)(strrchr(guest, '/') - guest);
    if (d->is_on_serial)
        snprintf(path, PATH_MAX + 32, "%.*s/serial.pipe", folder, guest);
    else if (d->number)
        snprintf(path, PATH_MAX + 32, "%.*s/serial-%u.log", folder, guest, d->number);
    else
        snprintf(path, PATH_MAX + 32, "%.*s/serial.log", folder, guest);
}

static void configure_hvm(const struct domain *d, libxl_domain_build_info *b, const char *guest)
{
    char path[PATH_MAX + 32], serial[PATH_MAX + 64];
    serial_path(d, guest, path);
    snprintf(serial, sizeof(serial), "file:%s", path);
    b->device_model_version = LIBXL_DEVICE_MODEL_VERSION_QEMU_XEN;
    /*
     * In the place of hvmloader: the guest is entered at its PVH note at
     * once, where a kernel= would make firmware read it port by port.
     */
    b->u.hvm.firmware = strdup(guest);
    b->u.hvm.serial = strdup(serial);
    b->u.hvm.vga.kind = LIBXL_VGA_INTERFACE_TYPE_NONE;
    libxl_defbool_set(&b->u.hvm.vnc.enable, false);
    libxl_defbool_set(&b->u.hvm.sdl.enable, false);
    libxl_defbool_set(&b->u.hvm.nographic, true);
    libxl_defbool_set(&b->u.hvm.usb, false);
    libxl_defbool_set(&b->u.hvm.hpet, false);
}

/*
 * What the measured guest looks for under data/ in the store before it asks: that PV's pages cannot be copied while it
 * runs (save_restore), since who writes to which is seen by shadows of its page tables alone, and a Xen may be built
 * without them, as Debian's is; and that others give it memory (balloon_pressure).
 */
static int tell_guest(const struct domain *d, libxl_domain_create_info *c)
{
    const char *word[2];
    size_t words = 0;
    if (!d->number && !d->has_shadows && c->type == LIBXL_DOMAIN_TYPE_PV)
        word[words++] = "data/no-live-save";
    if (!d->number && d->has_givers)
        word[words++] = "data/memory-neighbours";
    if (!words)
        return 0;
    c->xsdata = calloc(2 * words + 1, sizeof(*c->xsdata));
    if (!c->xsdata)
        return -1;
    for (size_t i = 0; i < words; i++) {
        c->xsdata[2 * i] = strdup(word[i]);
        c->xsdata[2 * i + 1] = strdup("1");
    }
    return 0;
}

static int configure(struct domain *d, libxl_domain_config *c, const char *mode, const char *guest)
{
    char name[64];
    libxl_domain_build_info *b = &c->b_info;
    ours_name(getpid(), mode, d->number, name, sizeof(name));
    c->c_info.type = type_of(mode);
    c->c_info.name = strdup(name);
    ours_uuid(getpid(), d->number, libxl_uuid_bytearray(&c->c_info.uuid));
    if (tell_guest(d, &c->c_info))
        return -1;
    libxl_domain_build_info_init_type(b, c->c_info.type);
    b->max_vcpus = (int)d->vcpus;
    b->max_memkb = b->target_memkb = domain_memory_mib(d) * 1024;
    /* The guest reads the processor's own TSC: emulating each read would be an entry in every sample. */
    b->tsc_mode = LIBXL_TSC_MODE_NATIVE;
    if (c->c_info.type == LIBXL_DOMAIN_TYPE_HVM)
        configure_hvm(d, b, guest);
    else
        b->kernel = strdup(guest);
    /* Where nothing tells Linux how to power off, it resets the computer. */
    if (d->archive && c->c_info.type == LIBXL_DOMAIN_TYPE_HVM)
        return device_model_words(b, "-action", "reboot=shutdown");
    if (d->archive) {
        b->ramdisk = strdup(d->archive);
        b->cmdline = strdup(d->arguments);
    }
    /* It stays after its end, so that its last words can be read. */
    c->on_poweroff = c->on_reboot = c->on_watchdog = c->on_crash = c->on_soft_reset = LIBXL_ACTION_ON_SHUTDOWN_PRESERVE;
    libxl_defbool_set(&b->numa_placement, false);
    b->vcpu_hard_affinity = calloc(d->vcpus, sizeof(*b->vcpu_hard_affinity));
    if (!b->vcpu_hard_affinity || libxl_cpu_bitmap_alloc(d->xl, &b->avail_vcpus, (int)d->vcpus))
        return -1;
    for (int v = 0; v < (int)d->vcpus; v++) {
        if (libxl_cpu_bitmap_alloc(d->xl, &b->vcpu_hard_affinity[v], 0))
            return -1;
        b->num_vcpu_hard_affinity = v + 1;
        libxl_bitmap_set(&b->avail_vcpus, v);
        libxl_bitmap_set(&b->vcpu_hard_affinity[v], (int)d->cpu);
    }
    return 0;
}

/* The device model's end; open for writing, too, so that there is a reader before it and no end behind it. */
static int open_pipe(struct domain *d, const char *guest, char *why, size_t size)
{
    char path[PATH_MAX + 32];
    serial_path(d, guest, path);
    if (mkfifo(path, 0600) == 0 || errno == EEXIST)
        d->console = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (d->console < 0)
        snprintf(why, size, "%s: cannot be made: %s", path, strerror(errno));
    return d->console < 0 ? -1 : 0;
}

/* The console daemon's terminal; raw, so that bytes come as the guest wrote them and none go back. */
static int open_terminal(struct domain *d, char *why, size_t size)
{
    char *path = NULL;
    struct termios raw;
    if (libxl_console_get_tty(d->xl, d->id, 0, LIBXL_CONSOLE_TYPE_PV, &path) || !path)
        return fail(why, size, "the domain has no console; is xenconsoled running?");
    d->console = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (d->console < 0)
        snprintf(why, size, "%s: cannot be opened: %s", path, strerror(errno));
    else if (tcgetattr(d->console, &raw) == 0) {
        cfmakeraw(&raw);
        tcsetattr(d->console, TCSANOW, &raw);
    }
    free(path);
    return d->console < 0 ? -1 : 0;
}

/* The library would only fail somewhere. The first domain's own memory is not ours to take, as xl does. */
static int find_memory(struct domain *d, libxl_domain_config *c, char *why, size_t size)
{
    uint64_t need, have;
    if (libxl_domain_need_memory(d->xl, c, INVALID_DOMID, &need) || libxl_get_free_memory(d->xl, &have) || have >= need)
        return 0;
    snprintf(why, size,
             "%llu MiB of memory are free, and the domain needs %llu; free some, by xl mem-set Domain-0 for instance",
             (unsigned long long)have / 1024, (unsigned long long)(need + 1023) / 1024);
    return -1;
}

static int watch_end(struct domain *d, char *why, size_t size)
{
    return libxl_evenable_domain_death(d->xl, d->id, 0, &d->death)
               ? fail(why, size, "libxenlight cannot watch the domain")
               : 0;
}

int domain_create(struct domain *d, const char *mode, const char *guest, const struct disk *disk, const struct nic *nic,
                  char *why, size_t size)
{
    libxl_domain_config config;
    libxl_domain_config_init(&config);
    int bad = configure(d, &config, mode, guest) || disk_configure(disk, &config) || nic_configure(nic, &config) ||
              (disk->kind && device_model_doorbell(&config.b_info));
    uint32_t id = INVALID_DOMID;
    if (!bad && (find_memory(d, &config, why, size) || (d->is_on_serial && open_pipe(d, guest, why, size)))) {
        libxl_domain_config_dispose(&config);
        return -1;
    }
    xen_errors_forget(d->log);
    if (!bad)
        bad = libxl_domain_create_new(d->xl, &config, &id, NULL, NULL);
    libxl_domain_config_dispose(&config);
    if (id != (uint32_t)INVALID_DOMID) {
        d->id = id;
        d->exists = true;
    }
    if (bad) {
        snprintf(why, size, "libxenlight could not create the domain (error %d)", bad);
        return -1;
    }
    if (!d->number && watch_end(d, why, size))
        return -1;
    return d->is_on_serial ? 0 : open_terminal(d, why, size);
}

struct domain_share domain_get_share(const struct domain *d)
{
    libxl_domain_sched_params p;
    libxl_domain_sched_params_init(&p);
    struct domain_share s = {0, 0};
    if (libxl_domain_sched_params_get(d->xl, d->id, &p) == 0)
        s = (struct domain_share){p.weight > 0 ? p.weight : 0, p.cap > 0 ? p.cap : 0};
    libxl_domain_sched_params_dispose(&p);
    return s;
}

int domain_set_share(const struct domain *d, const struct domain_share *s, char *why, size_t size)
{
    libxl_domain_sched_params p;
    libxl_domain_sched_params_init(&p);
    if (s->weight)
        p.weight = s->weight;
    if (s->cap)
        p.cap = s->cap;
    int bad = libxl_domain_sched_params_set(d->xl, d->id, &p);
    libxl_domain_sched_params_dispose(&p);
    const struct domain_share has = domain_get_share(d);
    bad = bad || (s->weight && has.weight != s->weight) || (s->cap && has.cap != s->cap);
    return bad ? fail(why, size, "Xen's scheduler takes no weight and no cap; start Xen with sched=credit2, or credit")
               : 0;
}

int domain_unpause(struct domain *d, char *why, size_t size)
{
    return libxl_domain_unpause(d->xl, d->id, NULL) ? fail(why, size, "the domain cannot be started") : 0;
}

static const char *word_of(libxl_shutdown_reason reason)
{
    const char *word = libxl_shutdown_reason_to_string(reason);
    return word ? word : "unknown";
}

/* What libxl has noticed. */
static bool ended(struct domain *d, const char **end)
{
    libxl_event *event;
    bool result = false;
    while (libxl_event_check(d->xl, &event, LIBXL_EVENTMASK_ALL, NULL, NULL) == 0) {
        if (event->type == LIBXL_EVENT_TYPE_OPERATION_COMPLETE) {
            d->under_way = false;
            d->result = event->u.operation_complete.rc;
        } else if (event->domid != d->id) {
            /* It was saved, and goes on as another one. */
        } else if (event->type == LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN) {
            *end = word_of((libxl_shutdown_reason)event->u.domain_shutdown.shutdown_reason);
            result = true;
        } else if (event->type == LIBXL_EVENT_TYPE_DOMAIN_DEATH) {
            *end = "destroyed";
            d->exists = false;
            result = true;
        }
        libxl_event_free(d->xl, event);
    }
    return result;
}

bool domain_has_ended(const struct domain *d, const char **end)
{
    libxl_dominfo info;
    libxl_dominfo_init(&info);
    const bool is_there = libxl_domain_info(d->xl, &info, d->id) == 0, has_ended = !is_there || info.shutdown;
    if (has_ended)
        *end = is_there ? word_of(info.shutdown_reason) : "destroyed";
    libxl_dominfo_dispose(&info);
    return has_ended;
}

bool domain_wait(struct domain *d, const int *fd, int timeout_ms, const char **end)
{
    struct pollfd fds[FDS_MAX + 1 + DOMAIN_FDS];
    struct timeval now;
    int count = FDS_MAX;
    if (ended(d, end))
        return true;
    gettimeofday(&now, NULL);
    if (libxl_osevent_beforepoll(d->xl, &count, fds, &timeout_ms, now))
        count = 0;
    fds[count] = (struct pollfd){.fd = d->hung_up ? -1 : d->console, .events = POLLIN};
    for (int i = 0; i < DOMAIN_FDS; i++)
        fds[count + 1 + i] = (struct pollfd){.fd = fd ? fd[i] : -1, .events = POLLIN};
    if (poll(fds, (nfds_t)count + 1 + DOMAIN_FDS, timeout_ms) < 0)
        return false;
    gettimeofday(&now, NULL);
    libxl_osevent_afterpoll(d->xl, count, fds, now);
    d->hung_up |= fds[count].revents & (POLLHUP | POLLERR | POLLNVAL);
    return ended(d, end);
}

/* `begun`: what libxl said when it was asked; what it says at last. */
static int finish(struct domain *d, int begun, const struct meanwhile *m, uint64_t *suspended)
{
    const char *end = "";
    d->under_way = !begun;
    d->result = begun;
    while (d->under_way) {
        if (domain_wait(d, NULL, MEANWHILE_MS, &end) && suspended && !*suspended)
            *suspended = __builtin_ia32_rdtsc();
        m->call(m->context);
    }
    return d->result;
}

static const libxl_asyncop_how in_background = {.callback = NULL};

int domain_save(struct domain *d, int file, bool live, const struct meanwhile *m, uint64_t *suspended, char *why,
                size_t size)
{
    *suspended = 0;
    xen_errors_forget(d->log);
    const int begun = libxl_domain_suspend(d->xl, d->id, file, live ? LIBXL_SUSPEND_LIVE : 0, &in_background);
    const int bad = finish(d, begun, m, suspended);
    if (bad)
        snprintf(why, size, "libxenlight could not save the domain (error %d): %s", bad, xen_errors_first(d->log));
    return bad ? -1 : 0;
}

int domain_restore(struct domain *d, const char *mode, const char *guest, int file, const struct meanwhile *m,
                   char *why, size_t size)
{
    static const struct disk no_disk = DISK_NONE;
    static const struct nic no_nic;
    libxl_domain_config config;
    libxl_domain_restore_params how;
    uint32_t id = INVALID_DOMID;
    libxl_domain_config_init(&config);
    libxl_domain_restore_params_init(&how);
    how.stream_version = STREAM_VERSION;
    int bad =
        configure(d, &config, mode, guest) || disk_configure(&no_disk, &config) || nic_configure(&no_nic, &config);
    if (!bad)
        bad =
            finish(d, libxl_domain_create_restore(d->xl, &config, &id, file, -1, &how, &in_background, NULL), m, NULL);
    libxl_domain_restore_params_dispose(&how);
    libxl_domain_config_dispose(&config);
    if (id != (uint32_t)INVALID_DOMID) {
        d->id = id;
        d->exists = true;
    }
    if (bad) {
        snprintf(why, size, "libxenlight could not restore the domain (error %d): %s", bad, xen_errors_first(d->log));
        return -1;
    }
    return watch_end(d, why, size) || open_terminal(d, why, size) ? -1 : 0;
}

void domain_destroy(struct domain *d)
{
    if (d->death)
        libxl_evdisable_domain_death(d->xl, d->death);
    d->death = NULL;
    if (d->exists)
        libxl_domain_destroy(d->xl, d->id, NULL);
    d->exists = false;
    if (d->console >= 0)
        close(d->console);
    d->console = -1;
    d->hung_up = false;
}

void domain_disconnect(struct domain *d)
{
    if (d->xl)
        libxl_ctx_free(d->xl);
    if (d->log)
        xtl_logger_destroy(d->log);
    d->xl = NULL;
    d->log = NULL;
}

static bool is_left(const char *name, const libxl_uuid *uuid, pid_t owner)
{
    pid_t pid = ours_owner(name, libxl_uuid_bytearray_const(uuid));
    return pid && (owner ? pid == owner : kill(pid, 0) && errno == ESRCH);
}

void domain_destroy_left(struct domain *d, pid_t owner)
{
    int count = 0;
    libxl_dominfo *list = libxl_list_domain(d->xl, &count);
    for (int i = 0; list && i < count; i++) {
        char *name = libxl_domid_to_name(d->xl, list[i].domid);
        if (list[i].domid && is_left(name, &list[i].uuid, owner))
            libxl_domain_destroy(d->xl, list[i].domid, NULL);
        free(name);
    }
    if (list)
        libxl_dominfo_list_free(list, count);
}
