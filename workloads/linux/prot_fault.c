/*
 * prot_fault.c: lmbench's protection fault: a write to a page that may only be read, until the handler of SIGSEGV has
 * it. The handler returns behind the instruction.
 */
#include "load.h"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum { STORE_SIZE = 3 }; /* movb $1, (%rax) */

static volatile char *page;

static void handler(int number, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    (void)number;
    (void)info;
    u->uc_mcontext.gregs[REG_RIP] += STORE_SIZE;
}

static const char *setup(struct load_run *run)
{
    const struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    (void)run;
    int fd = load_file("/tmp/prot", PAGE);
    page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    must(page != MAP_FAILED && page[0] == 0, "mmap of a page that is read");
    close(fd);
    must(sigaction(SIGSEGV, &action, NULL) == 0, "sigaction");
    return NULL;
}

static void op(void)
{
    asm volatile("movb $1, (%0)" : : "a"(page) : "memory");
}

static void teardown(void)
{
    signal(SIGSEGV, SIG_DFL);
    munmap((void *)page, PAGE);
    unlink("/tmp/prot");
}

LOAD(prot_fault, "signals", "a write to a read-only page, the handler of SIGSEGV and its return", .setup = setup,
     .op = op, .teardown = teardown);
