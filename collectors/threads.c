/* threads.c: reads /proc/PID/task; threads.h says what for. */
#include "collectors/threads.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int thread_vcpu(const char *name)
{
    int vcpu, end = 0;
    return sscanf(name, "CPU %d/%n", &vcpu, &end) == 1 && end && vcpu >= 0 ? vcpu : -1;
}

static int by_number(const void *a, const void *b)
{
    const struct thread *x = a, *y = b;
    return (x->tid > y->tid) - (x->tid < y->tid);
}

unsigned threads_look(pid_t process, struct thread thread[THREADS_MAX])
{
    char path[64];
    unsigned count = 0;
    const struct dirent *entry;
    snprintf(path, sizeof(path), "/proc/%d/task", (int)process);
    DIR *folder = opendir(path);
    while (folder && count < THREADS_MAX && (entry = readdir(folder))) {
        struct thread *t = &thread[count];
        t->tid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (t->tid <= 0)
            continue;
        snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", (int)process, (int)t->tid);
        FILE *f = fopen(path, "re");
        if (!f)
            continue;
        if (fgets(t->name, sizeof(t->name), f)) {
            t->name[strcspn(t->name, "\n")] = 0;
            t->vcpu = thread_vcpu(t->name);
            count++;
        }
        fclose(f);
    }
    if (folder)
        closedir(folder);
    qsort(thread, count, sizeof(*thread), by_number);
    return count;
}
