/*
 * domains_kvm.c: KVM's virtual machines. KVM keeps no list of them: a
 * machine is a file that its process holds open, and so is each of its
 * processors (linux, virt/kvm/kvm_main.c). What else is told is the process's.
 */
#include "runner/hypervisor/domains.h"
#include "runner/common/files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MACHINE   "anon_inode:kvm-vm"
#define PROCESSOR "anon_inode:kvm-vcpu:"

/* Is `name` a number, as the folders of processes and threads are? */
static bool is_number(const char *name)
{
    return *name && !name[strspn(name, "0123456789")];
}

/* -1 when its files cannot be seen. A processor may be held open more than once; each has its number. */
static int count_files(const char *pid, bool *machine, int *processors)
{
    bool seen[4096] = {false};
    char *path = path_of("/proc/%s/fd", pid), target[64];
    DIR *dir = opendir(path);
    struct dirent *entry;
    int result = dir ? 0 : -1;
    *machine = false;
    *processors = 0;
    while (dir && (entry = readdir(dir))) {
        ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
        target[n > 0 ? n : 0] = 0;
        *machine = *machine || strcmp(target, MACHINE) == 0;
        if (strncmp(target, PROCESSOR, strlen(PROCESSOR)))
            continue;
        unsigned long number = strtoul(target + strlen(PROCESSOR), NULL, 10);
        if (number < sizeof(seen) && !seen[number]) {
            seen[number] = true;
            (*processors)++;
        }
    }
    if (dir)
        closedir(dir);
    free(path);
    return result;
}

/* Not more than fits; what a process says of itself may be anything. */
static size_t read_proc(const char *pid, const char *name, char *into, size_t size)
{
    char *path = path_of("/proc/%s/%s", pid, name);
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(into, 1, size - 1, f) : 0;
    into[n] = 0;
    if (f)
        fclose(f);
    free(path);
    return n;
}

/* The name that QEMU was given (-name NAME,… or -name guest=NAME,…), else the program's. */
static void find_name(const char *pid, char *name, size_t size)
{
    char arguments[65536];
    size_t n = read_proc(pid, "cmdline", arguments, sizeof(arguments));
    read_proc(pid, "comm", name, size);
    name[strcspn(name, "\n")] = 0;
    for (const char *word = arguments; word < arguments + n; word += strlen(word) + 1)
        if (strcmp(word, "-name") == 0 && word + 6 < arguments + n) {
            const char *given = word + 6;
            given += strncmp(given, "guest=", 6) ? 0 : 6;
            snprintf(name, size, "%.*s", (int)strcspn(given, ","), given);
            break;
        }
    for (char *c = name; *c; c++)
        if (!isprint((unsigned char)*c))
            *c = '?';
}

/* The letter behind the name, which may have blanks and parentheses of its own (proc(5)). */
static const char *after_name(const char *stat)
{
    const char *end = strrchr(stat, ')');
    return end && end[1] ? end + 2 : "?";
}

/* Running when any of its threads is: a guest at work is a thread that runs. */
static const char *find_state(const char *pid)
{
    char *path = path_of("/proc/%s/task", pid), stat[1024];
    const char *state = "blocked";
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        if (!is_number(entry->d_name))
            continue;
        char *name = path_of("task/%s/stat", entry->d_name);
        read_proc(pid, name, stat, sizeof(stat));
        free(name);
        char letter = *after_name(stat);
        if (letter == 'R')
            state = "running";
        else if ((letter == 'T' || letter == 't') && strcmp(state, "running"))
            state = "paused";
    }
    if (dir)
        closedir(dir);
    free(path);
    return state;
}

static void append(json_t *domains, const char *pid, int processors)
{
    char name[128], stat[1024], memory[256];
    unsigned long long user = 0, kernel = 0, resident = 0;
    find_name(pid, name, sizeof(name));
    read_proc(pid, "stat", stat, sizeof(stat));
    read_proc(pid, "statm", memory, sizeof(memory));
    /* Fields 14 and 15; the letter is field 3. */
    if (sscanf(after_name(stat), "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &kernel) != 2 ||
        sscanf(memory, "%*u %llu", &resident) != 1)
        return; /* it has just ended */
    json_array_append_new(domains, json_pack("{s:s, s:s, s:i, s:s, s:I, s:i, s:s, s:f}", "hypervisor", "kvm", "name",
                                             name, "pid", atoi(pid), "mode", "hvm", "memory_kib",
                                             (json_int_t)(resident * (unsigned long)sysconf(_SC_PAGESIZE) / 1024),
                                             "vcpus", processors, "state", find_state(pid), "cpu_seconds",
                                             (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK)));
}

static int list(json_t *domains, struct pvb_error *e)
{
    struct dirent **entry;
    int hidden = 0, processors = 0;
    bool machine = false;
    if (access("/dev/kvm", F_OK))
        return pvb_fail(e, "/dev/kvm: %s", strerror(errno));
    int count = scandir("/proc", &entry, NULL, versionsort);
    if (count < 0)
        return pvb_fail(e, "/proc: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
        if (is_number(entry[i]->d_name) && count_files(entry[i]->d_name, &machine, &processors))
            hidden += errno == EACCES || errno == EPERM;
        else if (is_number(entry[i]->d_name) && machine)
            append(domains, entry[i]->d_name, processors);
        free(entry[i]);
    }
    free(entry);
    if (hidden)
        pvb_fail(e, "%d processes of others could not be looked into; root sees all", hidden);
    return 0;
}

const struct domain_source domains_kvm = {"kvm", list};
