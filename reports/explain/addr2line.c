/* addr2line.c: see addr2line.h. Questions and answers are files: neither side waits for the other. */
#include "reports/explain/addr2line.h"
#include "common/inherited.h"
#include "common/memory.h"
#include "common/patience.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MEND "it is of binutils, and FILE must be an ELF file with DWARF (gcc -g)"

struct asked {
    const char *path;
    FILE *questions, *answers;
};

static void become(const void *with)
{
    const struct asked *a = with;
    char *const words[] = {"addr2line", "-f", "-e", (char *)a->path, NULL};
    const int none = open("/dev/null", O_WRONLY);
    if (none >= 0 && dup2(fileno(a->questions), STDIN_FILENO) >= 0 && dup2(fileno(a->answers), STDOUT_FILENO) >= 0 &&
        dup2(none, STDERR_FILENO) >= 0)
        execvp(words[0], words);
}

/* Its wait status; -1 when it was ended since nothing of it moved. */
static int watch(pid_t pid)
{
    int status;
    struct patience p;
    patience_begin(&p, pid);
    for (;;) {
        const struct timespec moment = {.tv_nsec = 10000000};
        if (waitpid(pid, &status, WNOHANG) == pid)
            return status;
        if (patience_look(&p) > ADDR2LINE_STILL_SECONDS * 1000LL) {
            kill(-pid, SIGKILL);
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return -1;
        }
        nanosleep(&moment, NULL);
    }
}

static char *all_of(FILE *f)
{
    char *text, bytes[4096];
    size_t size, n;
    FILE *copy = memory_stream(&text, &size);
    rewind(f);
    while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
        fwrite(bytes, 1, n, copy);
    fclose(copy);
    return text;
}

/* "/src/arch/x86/mm.c:123 (discriminator 3)" */
static void take_place(char *line, struct source_place *p)
{
    char *colon = strrchr(line, ':');
    p->file = NULL;
    if (!colon || !strcmp(line, "??:0") || !strcmp(line, "??:?"))
        return;
    *colon = 0;
    p->line = (unsigned)strtoul(colon + 1, NULL, 10);
    p->file = p->line ? line : NULL;
}

/* Two lines an address. False: there are fewer. */
static bool take_answers(char *text, size_t count, struct source_place *place)
{
    char *save = NULL, *line = strtok_r(text, "\n", &save);
    for (size_t i = 0; i < count; i++) {
        char *second = line ? strtok_r(NULL, "\n", &save) : NULL;
        if (!second)
            return false;
        place[i] = (struct source_place){.function = line};
        take_place(second, &place[i]);
        line = strtok_r(NULL, "\n", &save);
    }
    return true;
}

static int ask(const char *path, FILE *questions, FILE *answers, struct report_error *e)
{
    const pid_t pid = inherited_start(become, &(struct asked){path, questions, answers});
    if (pid < 0)
        return report_fail(e, "%s: addr2line: %s; " MEND, path, strerror(errno));
    const int status = watch(pid);
    return status ? report_fail(e, "%s: addr2line: %s; " MEND, path,
                                status < 0 ? "says nothing for so long that it was given up" : "cannot read it")
                  : 0;
}

int addr2line_ask(const char *path, const uint64_t *address, size_t count, struct source_place *place, char **text,
                  struct report_error *e)
{
    FILE *questions = tmpfile(), *answers = tmpfile();
    *text = NULL;
    int bad = questions && answers ? 0 : report_fail(e, "%s: no file in TMPDIR: %s", path, strerror(errno));
    for (size_t i = 0; i < count && !bad; i++)
        fprintf(questions, "%" PRIx64 "\n", address[i]);
    if (!bad) {
        bad = fflush(questions) || fseek(questions, 0, SEEK_SET);
        bad = bad ? report_fail(e, "%s: no room for what is asked of addr2line: %s; give it in TMPDIR", path,
                                strerror(errno))
                  : ask(path, questions, answers, e);
    }
    if (!bad) {
        *text = all_of(answers);
        if (!take_answers(*text, count, place))
            bad = report_fail(e, "%s: addr2line: answers less than it was asked; " MEND, path);
    }
    if (questions)
        fclose(questions);
    if (answers)
        fclose(answers);
    return bad;
}
