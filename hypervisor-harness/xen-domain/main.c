/*
 * main.c: pvbench-xen-domain MODE GUEST [KIND DISK | vcpus N | linux ARCHIVE ARGUMENTS [KIND DISK]] [beside COUNT IMAGE
 * LOAD WEIGHT CAP]: runs one guest as a domain of Xen, others beside it where that is asked (beside.h), and says in the
 * lines of pvbench/log.h what it said and what it caused: "G " before the guest's lines, "M " before ours.
 * pvbench-xen-domain list: the domains that there are, and facts: how Xen is set, as JSON, or the line that says why
 * not. trace DOMAIN…: Xen's records as they come (trace_stream.h).
 *
 * A program of its own, because it is linked with Xen's libraries, which a
 * computer without Xen need not have, and because the runner can watch a
 * process, its deadline and its output as it does with every hypervisor.
 *
 * However it ends, its domain ends with it: guardian.h.
 */
#include "hypervisor-harness/xen-domain/beside.h"
#include "hypervisor-harness/xen-domain/domain.h"
#include "hypervisor-harness/xen-domain/first_domain_watch.h"
#include "hypervisor-harness/xen-domain/facts.h"
#include "hypervisor-harness/xen-domain/firmware.h"
#include "hypervisor-harness/xen-domain/guardian.h"
#include "hypervisor-harness/xen-domain/guest_image.h"
#include "hypervisor-harness/xen-domain/list.h"
#include "hypervisor-harness/xen-domain/perfc_watch.h"
#include "hypervisor-harness/xen-domain/pressure.h"
#include "hypervisor-harness/xen-domain/save.h"
#include "hypervisor-harness/xen-domain/deadline.h"
#include "hypervisor-harness/xen-domain/trace_buffer.h"
#include "hypervisor-harness/xen-domain/trace_stream.h"
#include "hypervisor-harness/xen-domain/xen_errors.h"

#include "collectors/lines.h"
#include "collectors/two_starts.h"
#include "common/inherited.h"

#include <cpuid.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pvbench/log.h>
#include <pvbench/params.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAST_WORDS_MS 300  /* of silence after its end, then its console is empty */
#define HANG_UP_MS    1000 /* for its end to be told after its console's */

static volatile sig_atomic_t broken_off;

static void note_signal(int number)
{
    broken_off = number;
}

/* Not on standard error, whose last line is Xen's libraries' reason (xen_errors.h). */
static void give_up(const char *why)
{
    printf("M kill reason=%s\nM end reason=error\n", why);
    fflush(stdout);
}

struct run {
    const char *mode, *guest;
    bool is_pv, is_hvm;
    struct disk disk;
    struct nic nic;
    struct device_counts before; /* before the guest has done anything: a device model looks at its disks */
    struct domain domain;
    struct save save;
    struct pressure pressure;
    struct beside beside;
    struct trace_buffer *buffer;
    struct xen_trace *trace;
    struct perfc_watch perfc;
    struct first_domain first;
    struct guest_image image;
    struct lines lines;
    int guardian;
    bool was_disturbed; /* one of those beside it was not there all the time, in the life for costs */
    unsigned boot;      /* the number behind that of the region of the guest's start; 0: nobody asks for it */
    char no_trace[256], no_wish[256];
};

/* Whose books are open from the guest's start on the second time, the first one's words tell: it is asked for. */
static void note_boot(struct run *r, const char *text, size_t size)
{
    char line[80];
    unsigned index;
    int end = 0;
    snprintf(line, sizeof(line), "%.*s", (int)(size < sizeof(line) ? size : sizeof(line) - 1), text);
    if (sscanf(line, "pvbench: begin index=%u name=" PVB_BOOT_WORKLOAD " %n", &index, &end) == 1 && end &&
        index < PVB_MAX_WORKLOADS)
        r->boot = PVB_REGION_STEADY(index) + 1;
}

/* What the guest asks of its toolstack. */
static void hear_wishes(struct run *r, const char *text, size_t size)
{
    save_hear(&r->save, text, size);
    pressure_hear(&r->pressure, text, size);
}

static void guest_line(void *context, const char *text, size_t size, bool cut)
{
    struct run *r = context;
    note_boot(r, text, size);
    hear_wishes(r, text, size);
    (void)cut;
    printf("G %.*s\n", (int)size, text);
}

/* True when there was something. */
static bool read_console(const struct domain *d, struct lines *lines)
{
    char bytes[4096];
    bool any = false;
    ssize_t n;
    while ((n = read(d->console, bytes, sizeof(bytes))) > 0) {
        lines_feed(lines, bytes, (size_t)n);
        any = true;
    }
    fflush(stdout);
    return any;
}

static void drain(void *context)
{
    struct run *r = context;
    if (r->trace)
        trace_buffer_drain(r->buffer, r->trace);
    first_domain_drain(&r->first);
}

/* Saved and restored, it is another domain; what it takes counts in the life for costs, and its entries in the other.
 */
static int pass(struct run *r, char *why, size_t size)
{
    const struct meanwhile m = {drain, r};
    if (save_pass(&r->save, &r->domain, r->mode, r->guest, &m, why, size))
        return -1;
    drain(r);
    if (r->trace)
        xen_trace_follow(r->trace, r->domain.id);
    first_domain_follow(&r->first, r->domain.id);
    return save_go_on(&r->save, &r->domain, r->trace ? NULL : stdout, why, size);
}

/* Until the domain's end and its last words; NULL: we broke off, or it has no console any more, or was not restored. */
static const char *watch(struct run *r)
{
    const char *end = NULL, *again;
    const struct meanwhile m = {drain, r};
    const int fd[DOMAIN_FDS] = {r->trace ? trace_buffer_fd(r->buffer) : -1, first_domain_fd(&r->first)};
    while (!broken_off && !r->domain.hung_up && !domain_wait(&r->domain, fd, -1, &end)) {
        read_console(&r->domain, &r->lines);
        drain(r);
        if ((r->save.asked && pass(r, r->no_wish, sizeof(r->no_wish))) ||
            (pressure_is_asked(&r->pressure) &&
             pressure_move(&r->pressure, &r->domain, &r->beside, &m, r->no_wish, sizeof(r->no_wish))))
            return NULL;
    }
    /* Its end hangs its console up, too. */
    if (!end && r->domain.hung_up)
        domain_wait(&r->domain, NULL, HANG_UP_MS, &end);
    if (r->trace) {
        /* Before, too: to switch it off makes Xen forget what it had no room for. */
        trace_buffer_drain(r->buffer, r->trace);
        perfc_watch_read(&r->perfc, &r->perfc.readings.off);
        trace_buffer_stop(r->buffer);
        perfc_watch_read(&r->perfc, &r->perfc.readings.after);
        trace_buffer_drain(r->buffer, r->trace);
    }
    first_domain_stop(&r->first);
    do {
        domain_wait(&r->domain, NULL, LAST_WORDS_MS, &again);
    } while (read_console(&r->domain, &r->lines));
    lines_finish(&r->lines);
    return end;
}

static int create(struct run *r, char *why, size_t size)
{
    if (beside_create(&r->beside, &r->domain, why, size))
        return -1;
    deadline_begin("libxenlight does not finish the domain; are xenconsoled and xenstored running?");
    int bad = domain_create(&r->domain, r->mode, r->guest, &r->disk, &r->nic, why, size) ||
              nic_start(&r->nic, r->domain.id, why, size);
    deadline_end();
    r->before = (struct device_counts){0};
    disk_counts(&r->disk, &r->before);
    nic_counts(&r->nic, r->domain.id, &r->before);
    return bad;
}

/* What its back ends say; of the life in which the guest is heard. */
static void tell_devices(const struct run *r)
{
    struct device_counts counts = {0};
    disk_counts(&r->disk, &counts);
    nic_counts(&r->nic, r->domain.id, &counts);
    for (unsigned i = 0; i < DEVICE_COUNTS; i++)
        counts.count[i] -= r->before.count[i];
    if (counts.known[DEVICE_READS] || counts.known[DEVICE_SENT]) {
        printf("M devices");
        device_counts_write(&counts, stdout);
        putchar('\n');
    }
}

/* One life of the guest; NULL with the reason in `why` when it had none, or was broken off. */
static const char *live(struct run *r, char *why, size_t size)
{
    const char *end = NULL;
    beside_start(&r->beside, &broken_off);
    if (domain_unpause(&r->domain, why, size) == 0) {
        end = watch(r);
        if (!end)
            snprintf(why, size, "%s",
                     r->no_wish[0] ? r->no_wish : "the domain's console is gone; did xenconsoled end?");
    }
    if (broken_off) {
        snprintf(why, size, "interrupted");
        end = NULL;
    }
    beside_look(&r->beside);
    if (!r->trace)
        tell_devices(r);
    nic_end(&r->nic);
    domain_destroy(&r->domain);
    return end;
}

/* A computer that has no back end for cards has one for disks all the same. */
static int open_devices(struct run *r, const char *kind, const char *image, char *why, size_t size)
{
    char no_card[256];
    /* The station at the other end of the wire has one address on this computer: it is for one guest. */
    r->beside.has_wire = r->beside.count && strncmp(r->beside.load, "net_", 4) == 0;
    if (r->beside.has_wire)
        printf("M note the card is the neighbour's\n");
    else if (nic_is_to_be_had(kind, no_card, sizeof(no_card)))
        r->nic.kind = kind;
    else
        printf("M note %s\n", no_card);
    struct stat file;
    if (r->beside.count && stat(image, &file) == 0) {
        r->beside.kind = kind;
        r->beside.disk_kib = (unsigned long)file.st_size / 1024;
    }
    return disk_open(&r->disk, kind, image, why, size);
}

/* What the guest says of its costs counts. */
static const char *run_for_costs(struct run *r, char *why, size_t size)
{
    if (create(r, why, size))
        return NULL;
    printf("M start abi=%d version=%s mode=%s tsc_khz=%u guest_kib=%d\n", PVB_LOG_ABI, r->domain.version, r->mode,
           r->domain.khz, (int)domain_memory_mib(&r->domain) * 1024);
    fflush(stdout);
    printf("M unpaused tsc=%" PRIu64 "\n", domain_tsc(&r->domain, r->is_pv));
    r->lines.line = guest_line;
    r->lines.context = r;
    const char *end = live(r, why, size);
    if (end)
        beside_print(&r->beside, stdout);
    r->was_disturbed = beside_trouble(&r->beside) != NULL;
    beside_destroy(&r->beside, end ? stdout : NULL);
    return end;
}

/* Only so that whoever watches sees that it goes on. */
static void no_line(void *context, const char *text, size_t size, bool cut)
{
    struct run *r = context;
    hear_wishes(r, text, size);
    (void)cut;
    printf("M note counting: %.*s\n", (int)(size < 80 ? size : 80), text);
}

/* All who make processors for VMX but AMD and its licensee, who have SVM (CPUID leaf 0). */
static enum xen_isa processor(void)
{
    unsigned leaves, vendor[3];
    if (!__get_cpuid(0, &leaves, &vendor[0], &vendor[2], &vendor[1]))
        return XEN_ISA_SVM;
    bool svm = memcmp(vendor, "AuthenticAMD", 12) == 0 || memcmp(vendor, "HygonGenuine", 12) == 0;
    return svm ? XEN_ISA_SVM : XEN_ISA_VMX;
}

/* What Xen writes down of its entries counts; the guest has said its own before. True when it did all of it again. */
static bool run_for_counts(struct run *r, char *why, size_t size)
{
    if (create(r, why, size))
        return false;
    r->lines.line = no_line;
    r->save.count = 0;
    r->pressure = (struct pressure){0};
    r->trace = xen_trace_new(r->domain.id, r->is_pv ? XEN_ISA_PV : processor());
    if (!r->trace) {
        snprintf(why, size, "out of memory");
        return false;
    }
    if (!first_domain_watch(&r->first, r->domain.id, r->domain.khz)) {
        snprintf(why, size, "out of memory");
        return false;
    }
    if (r->domain.archive)
        xen_trace_linux(r->trace);
    if (beside_trace(&r->beside, r->trace, &r->image, r->is_pv ? XEN_ISA_PV : processor())) {
        snprintf(why, size, "out of memory");
        return false;
    }
    if (r->boot)
        xen_trace_boot(r->trace, r->boot - 1);
    xen_trace_host(r->trace, r->first.host);
    guest_image_tell(&r->image, r->trace);
    if (r->domain.cpus == 1)
        xen_trace_whole(r->trace);
    perfc_watch_open(&r->perfc);
    perfc_watch_read(&r->perfc, &r->perfc.readings.before);
    if (trace_buffer_start(r->buffer, why, size))
        return false;
    perfc_watch_read(&r->perfc, &r->perfc.readings.on);
    const char *end = live(r, why, size);
    if (end && strcmp(end, "poweroff"))
        snprintf(why, size, "the start for counts ended by %s", end);
    if (!end || strcmp(end, "poweroff"))
        return false;
    if (beside_trouble(&r->beside) && !r->was_disturbed) {
        snprintf(why, size, "in the start for counts a guest beside this one: %.160s", beside_trouble(&r->beside));
        return false;
    }
    return true;
}

/*
 * First for costs, then for counts (collectors/two_starts.h). Without a
 * trace, or when the second life fails, the costs are still worth having, and the counts are said to be unavailable.
 */
static int run(struct run *r, char *why, size_t size)
{
    bool others;
    if (guest_image_read(&r->image, r->guest, why, size))
        return -1;
    r->beside.done_at = guest_image_section(&r->image, PVB_DONE_SECTION, sizeof(struct pvb_done));
    /* Before any life: none may be traced by others, and the buffers' memory must be had before the domain's. */
    r->buffer = trace_buffer_open(r->domain.cpu, &others, r->no_trace, sizeof(r->no_trace));
    if (r->buffer) {
        guardian_tell(r->guardian, GUARDIAN_TRACE);
    } else if (others) {
        snprintf(why, size, "%s", r->no_trace);
        return -1;
    }
    if (r->is_hvm && firmware_beside(&r->guest, &r->image, &r->domain, why, size))
        return -1;
    enum start start = start_first(r->buffer);
    const char *end = run_for_costs(r, why, size);
    if (!end)
        return -1;
    const bool ended_well = strcmp(end, "poweroff") == 0;
    const bool counted = start_again(&start, ended_well) && run_for_counts(r, r->no_trace, sizeof(r->no_trace));
    if (broken_off) {
        snprintf(why, size, "interrupted");
        return -1;
    }
    if (counted) {
        perfc_watch_print(&r->perfc, r->trace, stdout);
        xen_trace_recount(r->trace, stdout);
        xen_trace_print(r->trace, stdout);
    } else if (ended_well) {
        xen_trace_print_none(r->no_trace, stdout);
    }
    printf("M end reason=%s\n", end);
    return 0;
}

static int usage(void)
{
    fprintf(stderr, "Usage: pvbench-xen-domain pv|pvh|hvm GUEST [pv|emulated DISK | vcpus N | linux ARCHIVE ARGUMENTS "
                    "[pv|emulated DISK]] [beside COUNT IMAGE LOAD WEIGHT CAP] | list | facts | trace DOMAIN...\n");
    return 2;
}

/* 0: it is no number that a guest can have. */
static unsigned vcpus_of(const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    return *end || n > PVB_VCPUS_MAX ? 0 : (unsigned)n;
}

/* The last arguments, where they are it; how many there are without them. */
static int take_beside(struct beside *b, int argc, char **argv)
{
    enum { WORDS = 6 };
    if (argc < 3 + WORDS || strcmp(argv[argc - WORDS], "beside") != 0)
        return argc;
    char **last = argv + argc - WORDS + 1;
    const unsigned long count = strtoul(last[0], NULL, 10);
    if (count < 1 || count > OURS_MOST)
        return 0;
    *b = (struct beside){.count = (unsigned)count,
                         .mode = argv[1],
                         .image = last[1],
                         .load = last[2],
                         .wanted = {atoi(last[3]), atoi(last[4])}};
    return argc - WORDS;
}

/* The first line is the stream's, or says why there is none. */
static int stream(const char *const *domain, size_t domains)
{
    char why[256] = "";
    inherited_catch(note_signal);
    signal(SIGPIPE, SIG_IGN);
    int guardian = guardian_start();
    if (guardian < 0)
        printf("error no process for the guardian: %s\n", strerror(errno));
    int bad = guardian < 0 || trace_stream(domain, domains, &broken_off, guardian, why, sizeof(why));
    if (why[0])
        printf("error %s\n", why);
    return bad || fflush(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
    static struct run r = {.disk = DISK_NONE};
    char why[256] = "", guest[PATH_MAX], image[PATH_MAX], disk[PATH_MAX], neighbour[PATH_MAX];
    inherited_mend();
    if (nic_is_script(argc, argv))
        return nic_script(argv);
    if (argc == 2 && (strcmp(argv[1], "list") == 0 || strcmp(argv[1], "facts") == 0)) {
        int (*answer)(FILE *, char *, size_t) = *argv[1] == 'l' ? list_domains : facts_print;
        if (answer(stdout, why, sizeof(why)) == 0 && fflush(stdout) == 0)
            return 0;
        puts(why);
        return 1;
    }
    if (argc > 2 && strcmp(argv[1], "trace") == 0)
        return stream((const char *const *)argv + 2, (size_t)argc - 2);
    argc = take_beside(&r.beside, argc, argv);
    const bool is_linux = (argc == 6 || argc == 8) && strcmp(argv[3], "linux") == 0;
    const unsigned vcpus = argc == 5 && strcmp(argv[3], "vcpus") == 0 ? vcpus_of(argv[4]) : 0;
    if (argc != 3 && argc != 5 && !is_linux)
        return usage();
    /* Of its devices, behind all else. */
    char **const devices = is_linux ? (argc == 8 ? argv + 6 : NULL) : argc == 5 && !vcpus ? argv + 3 : NULL;
    if (!realpath(argv[2], guest) || (is_linux && !realpath(argv[4], image)) ||
        (devices && !realpath(devices[1], disk)) || (r.beside.count && !realpath(r.beside.image, neighbour))) {
        fprintf(stderr, "pvbench-xen-domain: %s: %s\n", argc > 3 ? argv[4] : argv[2], strerror(errno));
        return 2;
    }
    r.beside.image = neighbour;
    inherited_catch(note_signal);
    r.mode = argv[1];
    r.is_pv = strcmp(r.mode, "pv") == 0;
    r.is_hvm = strcmp(r.mode, "hvm") == 0;
    r.guest = guest;
    r.guardian = guardian_start();
    deadline_begin("xenstored does not answer; is it running?");
    int bad = r.guardian < 0 || domain_connect(&r.domain, why, sizeof(why));
    if (r.guardian < 0)
        snprintf(why, sizeof(why), "no process for the guardian: %s", strerror(errno));
    if (!bad)
        domain_destroy_left(&r.domain, 0);
    deadline_end();
    if (is_linux) {
        r.domain.archive = image;
        r.domain.arguments = argv[5];
        r.domain.is_on_serial = r.is_hvm && strstr(argv[5], "console=ttyS0");
    }
    if (vcpus)
        r.domain.vcpus = vcpus;
    r.domain.has_givers = r.beside.count && strcmp(r.beside.load, PRESSURE_LOAD) == 0;
    bad = bad || (devices && open_devices(&r, devices[0], disk, why, sizeof(why))) || run(&r, why, sizeof(why));
    if (bad)
        give_up(why);
    trace_buffer_close(r.buffer);
    perfc_watch_close(&r.perfc);
    nic_end(&r.nic);
    domain_destroy(&r.domain);
    disk_close(&r.disk);
    xen_trace_free(r.trace);
    beside_destroy(&r.beside, NULL);
    if (bad && r.domain.log)
        xen_errors_repeat_first(r.domain.log);
    domain_disconnect(&r.domain);
    first_domain_free(&r.first);
    guest_image_free(&r.image);
    if (r.guardian >= 0 && guardian_tell(r.guardian, GUARDIAN_CLEAN))
        return 1;
    return bad || fflush(stdout) ? 1 : 0;
}
