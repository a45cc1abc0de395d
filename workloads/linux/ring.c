/*
 * ring.c: lmbench's lat_ctx: processes in a ring of pipes that hand a token of one word on, each after it has summed up
 * an array of its own. One round is as many switches as there are processes; passing the token is in the cost.
 */
#include "load.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES_MAX 32

static struct {
    unsigned processes;
    size_t words;
    volatile int *array;
    int pipe[PROCESSES_MAX][2]; /* i: what process i reads from */
    pid_t child[PROCESSES_MAX];
} ring;

static void sum(void)
{
    int total = 0;
    for (size_t i = 0; i < ring.words; i++)
        total += ring.array[i];
    asm volatile("" : : "r"(total));
}

static bool pass(unsigned from, unsigned to)
{
    int token;
    if (read(ring.pipe[from][0], &token, sizeof(token)) != sizeof(token))
        return false;
    sum();
    return write(ring.pipe[to][1], &token, sizeof(token)) == sizeof(token);
}

/* A private array: what is written after the fork is nobody else's. */
static void touch(void)
{
    for (size_t i = 0; i < ring.words; i++)
        ring.array[i] = (int)i;
}

static void child_main(unsigned i)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    touch();
    while (pass(i, (i + 1) % ring.processes))
        continue;
    _exit(0);
}

const char *ring_begin(unsigned processes, size_t bytes)
{
    ring.processes = processes;
    ring.words = bytes / sizeof(int);
    if (bytes) {
        ring.array = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        must(ring.array != MAP_FAILED, "mmap of an array");
    }
    for (unsigned i = 0; i < processes; i++)
        must(pipe(ring.pipe[i]) == 0, "pipe");
    for (unsigned i = 1; i < processes; i++) {
        ring.child[i] = fork();
        must(ring.child[i] >= 0, "fork");
        if (ring.child[i] == 0)
            child_main(i);
    }
    touch();
    return NULL;
}

void ring_round(void)
{
    int token = 1;
    sum();
    must(write(ring.pipe[1][1], &token, sizeof(token)) == sizeof(token) &&
             read(ring.pipe[0][0], &token, sizeof(token)) == sizeof(token),
         "the token of a ring");
}

void ring_end(void)
{
    for (unsigned i = 1; i < ring.processes; i++) {
        kill(ring.child[i], SIGKILL);
        waitpid(ring.child[i], NULL, 0);
    }
    for (unsigned i = 0; i < ring.processes; i++) {
        close(ring.pipe[i][0]);
        close(ring.pipe[i][1]);
    }
    if (ring.words)
        munmap((void *)ring.array, ring.words * sizeof(int));
}
