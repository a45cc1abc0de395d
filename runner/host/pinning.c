/* pinning.c: CPU lists, a choice of processors, and sched_setaffinity(); pinning.h says why. */
#include "runner/host/pinning.h"
#include "common/json_text.h"

#include "collectors/threads.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_SIZE 1024

bool cpu_list_read(const char *text, cpu_set_t *set)
{
    CPU_ZERO(set);
    for (const char *at = text;;) {
        char *end;
        if (*at < '0' || *at > '9')
            return false;
        unsigned long first = strtoul(at, &end, 10), last = first;
        if (*end == '-') {
            at = end + 1;
            if (*at < '0' || *at > '9')
                return false;
            last = strtoul(at, &end, 10);
        }
        if (last < first || last >= CPU_SETSIZE)
            return false;
        for (unsigned long cpu = first; cpu <= last; cpu++)
            CPU_SET(cpu, set);
        if (!*end || *end == '\n')
            return true;
        if (*end != ',')
            return false;
        at = end + 1;
    }
}

void cpu_list_write(const cpu_set_t *set, char *into, size_t size)
{
    size_t used = 0;
    into[0] = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && used < size; cpu++) {
        int last = cpu;
        if (!CPU_ISSET(cpu, set))
            continue;
        while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, set))
            last++;
        int n = last == cpu ? snprintf(into + used, size - used, "%s%d", used ? "," : "", cpu)
                            : snprintf(into + used, size - used, "%s%d-%d", used ? "," : "", cpu, last);
        used += (size_t)n;
        cpu = last;
    }
}

int pinning_read(struct pinning *p, const char *where, const char *text, struct pvb_error *e)
{
    char vcpus[LIST_SIZE];
    const char *colon = strchr(text, ':');
    *p = (struct pinning){.how = PIN_GIVEN};
    if (strcmp(text, "none") == 0 || strcmp(text, "auto") == 0) {
        p->how = *text == 'n' ? PIN_NONE : PIN_AUTO;
        return 0;
    }
    snprintf(vcpus, sizeof(vcpus), "%.*s", (int)(colon ? colon - text : (long)strlen(text)), text);
    if (!cpu_list_read(vcpus, &p->vcpus) || (colon && !cpu_list_read(colon + 1, &p->helpers)))
        return pvb_fail(e,
                        "%s: \"%.64s\" is no place; give auto, none, or processors as VCPUS:HELPERS, such as 2-3:0-1",
                        where, text);
    return 0;
}

static bool list_in(const char *path, cpu_set_t *set)
{
    char line[LIST_SIZE] = "";
    FILE *f = fopen(path, "re");
    bool good = f && fgets(line, sizeof(line), f) && cpu_list_read(line, set);
    if (f)
        fclose(f);
    return good;
}

/* Those that share a core with `cpu`, itself included. */
static void siblings_of(int cpu, cpu_set_t *set)
{
    char path[96];
    snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
    if (!list_in(path, set))
        CPU_ZERO(set);
    CPU_SET(cpu, set);
}

/* Half of the cores at most, so that the host and the helpers have theirs. */
static void choose(struct pinning *p, const cpu_set_t *allowed)
{
    cpu_set_t isolated, rest = *allowed, core, left;
    p->how = PIN_GIVEN;
    if (list_in("/sys/devices/system/cpu/isolated", &isolated)) {
        CPU_AND(&isolated, &isolated, allowed);
        CPU_XOR(&rest, allowed, &isolated);
        if (CPU_COUNT(&isolated) && CPU_COUNT(&rest)) {
            p->vcpus = isolated;
            p->helpers = rest;
            return;
        }
        rest = *allowed;
    }
    for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--) {
        if (!CPU_ISSET(cpu, &rest))
            continue;
        siblings_of(cpu, &core);
        CPU_AND(&core, &core, &rest);
        CPU_XOR(&left, &rest, &core);
        if (CPU_COUNT(&left) < CPU_COUNT(allowed) / 2 || !CPU_COUNT(&left))
            break;
        /* Its siblings stay idle: nobody else may have the core's other half. */
        CPU_SET(cpu, &p->vcpus);
        rest = left;
    }
    if (!CPU_COUNT(&p->vcpus))
        p->vcpus = *allowed;
    p->helpers = rest;
}

static int check(const cpu_set_t *set, const cpu_set_t *allowed, struct pvb_error *e)
{
    char may[LIST_SIZE];
    cpu_list_write(allowed, may, sizeof(may));
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, set) && !CPU_ISSET(cpu, allowed))
            return pvb_fail(e, "pin: processor %d is not there, or not for this process; it may use %s", cpu, may);
    return 0;
}

int pinning_resolve(struct pinning *p, struct pvb_error *e)
{
    cpu_set_t allowed;
    if (p->how != PIN_AUTO && p->how != PIN_GIVEN)
        return 0;
    if (sched_getaffinity(0, sizeof(allowed), &allowed))
        return pvb_fail(e, "pin: which processors may be used is not known: %s", strerror(errno));
    if (p->how == PIN_AUTO) {
        choose(p, &allowed);
        return 0;
    }
    if (check(&p->vcpus, &allowed, e) || check(&p->helpers, &allowed, e))
        return -1;
    if (!CPU_COUNT(&p->helpers)) {
        cpu_set_t rest;
        CPU_XOR(&rest, &allowed, &p->vcpus);
        p->helpers = CPU_COUNT(&rest) ? rest : allowed;
    }
    return 0;
}

void pinning_process(const struct pinning *p, pid_t process)
{
    /* What could not be done shows in what pinning_threads() reads back. */
    (void)sched_setaffinity(process, sizeof(p->helpers), &p->helpers);
}

static int nth_cpu(const cpu_set_t *set, int n)
{
    n %= CPU_COUNT(set);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, set) && n-- == 0)
            return cpu;
    return 0;
}

/* Helpers without a name of their own all have the process's: of each name one line is enough. */
static json_t *find_helper(json_t *list, const char *name, const char *cpus)
{
    json_t *item;
    size_t i;
    json_array_foreach(list, i, item)
    {
        if (!json_object_get(item, "vcpu") && strcmp(json_string_value(json_object_get(item, "thread")), name) == 0 &&
            strcmp(json_string_value(json_object_get(item, "cpus")), cpus) == 0)
            return item;
    }
    return NULL;
}

bool pinning_threads(const struct pinning *p, pid_t process, json_t **into)
{
    struct thread thread[THREADS_MAX];
    unsigned threads = threads_look(process, thread);
    bool found = false;
    for (unsigned i = 0; i < threads; i++)
        found |= thread[i].vcpu >= 0;
    if (!found)
        return false;
    *into = json_array();
    for (unsigned i = 0; i < threads; i++) {
        cpu_set_t one, is;
        char cpus[LIST_SIZE];
        CPU_ZERO(&one);
        CPU_ZERO(&is);
        CPU_SET(thread[i].vcpu >= 0 ? nth_cpu(&p->vcpus, thread[i].vcpu) : 0, &one);
        int bad = thread[i].vcpu >= 0 && sched_setaffinity(thread[i].tid, sizeof(one), &one) ? errno : 0;
        if (sched_getaffinity(thread[i].tid, sizeof(is), &is))
            continue; /* gone meanwhile */
        cpu_list_write(&is, cpus, sizeof(cpus));
        if (thread[i].vcpu < 0 && find_helper(*into, thread[i].name, cpus))
            continue;
        json_t *item = json_pack("{s:s, s:s}", "thread", thread[i].name, "cpus", cpus);
        if (!item)
            continue; /* a name that is no text */
        if (thread[i].vcpu >= 0)
            json_object_set_new(item, "vcpu", json_integer(thread[i].vcpu));
        if (bad)
            json_object_set_new(item, "error", json_text(strerror(bad)));
        json_array_append_new(*into, item);
    }
    return true;
}

json_t *pinning_json(const struct pinning *p)
{
    char vcpus[LIST_SIZE], helpers[LIST_SIZE];
    if (p->how != PIN_GIVEN)
        return json_null();
    cpu_list_write(&p->vcpus, vcpus, sizeof(vcpus));
    cpu_list_write(&p->helpers, helpers, sizeof(helpers));
    return json_pack("{s:s, s:s}", "vcpus", vcpus, "helpers", helpers);
}
