/* crew.c: see crew.h. */
#include "runner/bisect/crew.h"
#include "common/inherited.h"
#include "common/patience.h"
#include "common/text.h"
#include "runner/bisect/child.h"
#include "runner/session/session.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES     3     /* of a commit, by workers that ended, and of a worker that does not begin */
#define MEASURE_S 14400 /* beside the build: waiting for the same build's, and its own */
#define FOLDER_MS 60000 /* in which a file of a network file system, written elsewhere, is seen here */

static int start(struct crew *crew, unsigned i, struct pvb_error *e)
{
    return worker_start(&crew->worker[i], crew->on, crew->line, i + 1, crew->work, e);
}

static struct crew_job *job_of(struct crew_job *jobs, size_t count, const char *commit)
{
    for (size_t i = 0; i < count; i++)
        if (jobs[i].given && strcmp(jobs[i].commit, commit) == 0)
            return &jobs[i];
    return NULL;
}

/* Another one takes its commit, and it is started anew. `why`: what is wrong, else its own last words. */
static int lose(struct crew *crew, unsigned i, struct crew_job *jobs, size_t count, const char *why,
                struct pvb_error *e)
{
    struct worker *w = &crew->worker[i];
    struct crew_job *job = *w->commit ? job_of(jobs, count, w->commit) : NULL;
    char words[300];
    worker_dismiss(w);
    worker_end(w);
    child_last_words(w->log, words, sizeof(words));
    if (job)
        job->given = false;
    const bool again = job ? ++job->tries < TRIES : true;
    if (again && ++crew->deaths[i] < TRIES)
        return start(crew, i, e);
    pvb_fail(e, "shard %u: %s%s%s", i + 1, why ? why : "ended before it answered", *words ? ": " : "", words);
    if (again)
        for (unsigned other = 0; other < crew->count; other++)
            if (crew->worker[other].process.pid)
                return 0;
    return -1;
}

/* What it says of a build stands in the folder that it shares with us. */
static int take(const struct crew *crew, struct crew_job *job, const struct worker_answer *a, struct pvb_error *e)
{
    const long long limit = now_ms() + FOLDER_MS;
    job->status = !a->measured;
    text_format(job->words, sizeof(job->words), "%s", a->words);
    job->done = true;
    while (a->measured && candidate_of_build(crew->candidates, a->build, &job->candidate, e)) {
        if (now_ms() > limit || session_signal)
            return -1;
        poll(NULL, 0, 200);
    }
    job->candidate.cached = a->cached;
    return 0;
}

static int hear(struct crew *crew, unsigned i, struct crew_job *jobs, size_t count,
                void (*told)(void *with, const struct crew_job *job), void *with, struct pvb_error *e)
{
    struct worker *w = &crew->worker[i];
    struct worker_answer a;
    char commit[COMMIT_HEX];
    text_format(commit, sizeof(commit), "%s", w->commit);
    const double seconds = (double)(now_ms() - w->since_ms) / 1000;
    const int heard = worker_hear(w, &a);
    if (heard < 0)
        return lose(crew, i, jobs, count, NULL, e);
    if (!heard)
        return 0;
    if (a.ready)
        return strcmp(a.key, crew->candidates->key) == 0
                   ? 0
                   : pvb_fail(e,
                              "shard %u: is of another pvbench, or has other images or another PVBENCH_QEMU; give "
                              "all computers the same",
                              i + 1);
    crew->deaths[i] = 0;
    struct crew_job *job = job_of(jobs, count, commit);
    if (!job)
        return 0;
    job->seconds = seconds;
    if (take(crew, job, &a, e))
        return -1;
    told(with, job);
    return 0;
}

static int look(struct crew *crew, struct crew_job *jobs, size_t count,
                void (*told)(void *with, const struct crew_job *job), void *with, struct pvb_error *e)
{
    struct pollfd fd[CREW_MAX];
    int bad = 0;
    for (unsigned i = 0; i < crew->count; i++)
        fd[i] = (struct pollfd){.fd = crew->worker[i].process.pid ? crew->worker[i].process.out : -1, .events = POLLIN};
    poll(fd, crew->count, 200);
    for (unsigned i = 0; !bad && i < crew->count; i++) {
        const struct worker *w = &crew->worker[i];
        const long long limit = (crew->candidates->deadline_s + MEASURE_S) * 1000LL;
        if (fd[i].revents)
            bad = hear(crew, i, jobs, count, told, with, e);
        else if (w->process.pid && (*w->commit || !w->ready) && now_ms() - w->since_ms > limit)
            bad = lose(crew, i, jobs, count, "did not answer in time", e);
    }
    return bad;
}

static void give(struct crew *crew, struct crew_job *jobs, size_t count)
{
    for (unsigned i = 0; i < crew->count; i++) {
        struct worker *w = &crew->worker[i];
        for (size_t j = 0; j < count && w->process.pid && w->ready && !*w->commit; j++)
            if (!jobs[j].given && !jobs[j].done) {
                /* One that does not read has ended, which is heard. */
                jobs[j].given = worker_ask(w, jobs[j].commit) == 0;
                break;
            }
    }
}

static bool all_done(const struct crew_job *jobs, size_t count)
{
    for (size_t j = 0; j < count; j++)
        if (!jobs[j].done)
            return false;
    return true;
}

int crew_try(struct crew *crew, struct crew_job *jobs, size_t count,
             void (*told)(void *with, const struct crew_job *job), void *with, struct pvb_error *e)
{
    inherited_as_error(SIGPIPE);
    for (unsigned i = 0; i < crew->count && i < count; i++)
        if (!crew->worker[i].process.pid && crew->deaths[i] < TRIES && start(crew, i, e))
            return -1;
    while (!all_done(jobs, count)) {
        give(crew, jobs, count);
        if (look(crew, jobs, count, told, with, e))
            return session_signal ? pvb_fail(e, "interrupted") : -1;
        if (session_signal)
            return pvb_fail(e, "interrupted");
    }
    return 0;
}

void crew_end(struct crew *crew)
{
    for (unsigned i = 0; i < crew->count; i++)
        worker_dismiss(&crew->worker[i]);
    for (unsigned i = 0; i < crew->count; i++) {
        worker_end(&crew->worker[i]);
        free(crew->worker[i].log);
    }
}
