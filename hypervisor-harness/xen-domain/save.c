/* save.c: see save.h. */
#include "hypervisor-harness/xen-domain/save.h"
#include "hypervisor-harness/xen-domain/deadline.h"
#include "hypervisor-harness/xen-domain/save_stream.h"
#include "hypervisor-harness/xen-domain/toolstack.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WORD "pvbench: save live="

enum step { SAVE, DESTROY, RESTORE, START, STEPS };

/* Of the one that is under way: there is one measured domain. */
static struct toolstack took[STEPS];
static struct stream stream;
static uint64_t suspended;

void save_hear(struct save *s, const char *text, size_t size)
{
    const size_t word = strlen(WORD);
    if (size != word + 1 || memcmp(text, WORD, word) != 0)
        return;
    s->asked = true;
    s->live = text[word] == '1';
}

static void note(enum step step, struct toolstack *before)
{
    const struct toolstack now = toolstack_now();
    took[step] = toolstack_between(before, &now);
    *before = toolstack_now();
}

static int pass_through(struct save *s, struct domain *d, const char *mode, const char *guest, int file,
                        const struct meanwhile *m, char *why, size_t size)
{
    struct toolstack before = toolstack_now();
    if (domain_save(d, file, s->live, m, &suspended, why, size))
        return -1;
    note(SAVE, &before);
    domain_destroy(d);
    note(DESTROY, &before);
    if (lseek(file, 0, SEEK_SET) || domain_restore(d, mode, guest, file, m, why, size))
        return -1;
    note(RESTORE, &before);
    if (!save_read_stream(file, &stream)) {
        snprintf(why, size, "what libxenlight has saved is no stream that pvbench knows");
        return -1;
    }
    return 0;
}

int save_pass(struct save *s, struct domain *d, const char *mode, const char *guest, const struct meanwhile *m,
              char *why, size_t size)
{
    s->asked = false;
    if (s->count == SAVES_MOST) {
        snprintf(why, size, "the guest asks to be saved more than %u times", SAVES_MOST);
        return -1;
    }
    const int file = memfd_create("pvbench-saved", MFD_CLOEXEC);
    if (file < 0) {
        snprintf(why, size, "no file for the saved domain: %s", strerror(errno));
        return -1;
    }
    deadline_begin("libxenlight does not finish saving or restoring the domain");
    const int bad = pass_through(s, d, mode, guest, file, m, why, size);
    deadline_end();
    close(file);
    return bad;
}

int save_go_on(struct save *s, struct domain *d, FILE *out, char *why, size_t size)
{
    static const char *const names[STEPS] = {"save", "destroy", "restore", "start"};
    struct toolstack before = toolstack_now();
    if (domain_unpause(d, why, size))
        return -1;
    const uint64_t now = __builtin_ia32_rdtsc();
    note(START, &before);
    s->count++;
    if (!out)
        return 0;
    fprintf(out, "M saved order=%u live=%u rounds=%" PRIu64 " pages=%" PRIu64 " bytes=%" PRIu64 " down=%" PRIu64 "\n",
            s->count, s->live, stream.rounds, stream.pages, stream.bytes, suspended ? now - suspended : 0);
    for (unsigned i = 0; i < STEPS; i++)
        toolstack_print(&took[i], "passage", s->count, names[i], out);
    fflush(out);
    return 0;
}
