/*
 * threads.h: the threads of a virtual machine monitor, its virtual processors
 * told from its helpers: QEMU names them "CPU 0/KVM" when it is started with
 * -name …,debug-threads=on.
 */
#ifndef COLLECTORS_THREADS_H
#define COLLECTORS_THREADS_H

#include <sys/types.h>

#define THREADS_MAX 256

struct thread {
    pid_t tid;
    int vcpu; /* its number, or -1 */
    char name[32];
};

/* The threads that there are now, ascending by number; how many, at most THREADS_MAX. */
unsigned threads_look(pid_t process, struct thread thread[THREADS_MAX]);

/* The vCPU's number from a thread's name, or -1. */
int thread_vcpu(const char *name);

#endif
