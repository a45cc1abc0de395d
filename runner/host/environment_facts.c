/* environment_facts.c: reads /sys and /proc; what is not there is not known. */
#include "runner/host/environment_facts.h"
#include "common/json_text.h"
#include "runner/common/files.h"
#include "runner/host/xen_here.h"

#include <cpuid.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CPU "/sys/devices/system/cpu"

/* The first line of a file, without its newline. */
static bool line_of(const char *root, const char *path, char *line, size_t size)
{
    char *whole = path_of("%s%s", root, path);
    FILE *f = fopen(whole, "re");
    bool good = f && fgets(line, (int)size, f);
    if (f)
        fclose(f);
    free(whole);
    if (good)
        line[strcspn(line, "\n")] = 0;
    return good;
}

static json_t *text_at(const char *root, const char *path)
{
    char line[256];
    return line_of(root, path, line, sizeof(line)) ? json_text(line) : NULL;
}

static json_t *number_at(const char *root, const char *path)
{
    char line[64], *end;
    if (!line_of(root, path, line, sizeof(line)))
        return NULL;
    long long number = strtoll(line, &end, 10);
    return end == line ? NULL : json_integer(number);
}

/* Adds a word to a list of words, once. */
static void add_word(char *words, size_t size, const char *word)
{
    size_t n = strlen(word), used = strlen(words);
    for (const char *at = words; (at = strstr(at, word)); at++)
        if ((at == words || at[-1] == ' ') && (!at[n] || at[n] == ','))
            return;
    snprintf(words + used, size - used, "%s%s", used ? ", " : "", word);
}

/* The distinct first lines of all files that the pattern names. */
static json_t *words_at(const char *root, const char *pattern)
{
    char words[256] = "", line[64], *whole = path_of("%s%s", root, pattern);
    glob_t found;
    if (glob(whole, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            if (line_of("", found.gl_pathv[i], line, sizeof(line)))
                add_word(words, sizeof(words), line);
        globfree(&found);
    }
    free(whole);
    return *words ? json_text(words) : NULL;
}

json_t *fact_governor(const char *root)
{
    return words_at(root, CPU "/cpu*/cpufreq/scaling_governor");
}

json_t *fact_boost(const char *root)
{
    char line[16];
    if (line_of(root, CPU "/cpufreq/boost", line, sizeof(line)))
        return json_boolean(line[0] == '1');
    if (line_of(root, CPU "/intel_pstate/no_turbo", line, sizeof(line)))
        return json_boolean(line[0] == '0');
    return NULL;
}

json_t *fact_smt(const char *root)
{
    return text_at(root, CPU "/smt/control");
}

/* The names of one processor's states: all have the same. */
json_t *fact_c_states(const char *root)
{
    json_t *list = NULL;
    for (unsigned i = 0; i < 32; i++) {
        char path[96], name[64], disabled[16];
        snprintf(path, sizeof(path), CPU "/cpu0/cpuidle/state%u/name", i);
        if (!line_of(root, path, name, sizeof(name)))
            break;
        snprintf(path, sizeof(path), CPU "/cpu0/cpuidle/state%u/disable", i);
        list = list ? list : json_array();
        if (!line_of(root, path, disabled, sizeof(disabled)) || disabled[0] == '0')
            json_array_append_new(list, json_text(name));
    }
    return list;
}

json_t *fact_mitigations(const char *root)
{
    int mitigated = 0, vulnerable = 0, not_affected = 0;
    char line[256], *pattern = path_of("%s" CPU "/vulnerabilities/*", root);
    glob_t found;
    bool known = glob(pattern, 0, NULL, &found) == 0;
    for (size_t i = 0; known && i < found.gl_pathc; i++) {
        if (!line_of("", found.gl_pathv[i], line, sizeof(line)))
            continue;
        if (strncmp(line, "Not affected", 12) == 0)
            not_affected++;
        else if (strncmp(line, "Vulnerable", 10) == 0)
            vulnerable++;
        else
            mitigated++;
    }
    if (known)
        globfree(&found);
    free(pattern);
    return known ? json_pack("{s:i, s:i, s:i}", "mitigated", mitigated, "vulnerable", vulnerable, "not_affected",
                             not_affected)
                 : NULL;
}

json_t *fact_microcode(const char *root)
{
    char line[256], words[256] = "", *path = path_of("%s/proc/cpuinfo", root);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof(line), f)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "microcode", 9) != 0 || !colon || colon[1] != ' ')
            continue;
        line[strcspn(line, "\n")] = 0;
        add_word(words, sizeof(words), colon + 2);
    }
    if (f)
        fclose(f);
    free(path);
    return *words ? json_text(words) : NULL;
}

json_t *fact_cpus_online(const char *root)
{
    return text_at(root, CPU "/online");
}

json_t *fact_isolated(const char *root)
{
    return text_at(root, CPU "/isolated");
}

json_t *fact_numa_nodes(const char *root)
{
    char *pattern = path_of("%s/sys/devices/system/node/node[0-9]*", root);
    glob_t found;
    json_t *count = NULL;
    if (glob(pattern, 0, NULL, &found) == 0) {
        count = json_integer((json_int_t)found.gl_pathc);
        globfree(&found);
    }
    free(pattern);
    return count;
}

json_t *fact_numa_balancing(const char *root)
{
    return number_at(root, "/proc/sys/kernel/numa_balancing");
}

/* "always [madvise] never" */
json_t *fact_hugepages(const char *root)
{
    char line[128], *from, *to;
    if (!line_of(root, "/sys/kernel/mm/transparent_hugepage/enabled", line, sizeof(line)) ||
        !(from = strchr(line, '[')) || !(to = strchr(from, ']')))
        return NULL;
    *to = 0;
    return json_text(from + 1);
}

json_t *fact_clock_source(const char *root)
{
    return text_at(root, "/sys/devices/system/clocksource/clocksource0/current_clocksource");
}

/* What CPUID says on leaf 0x40000000, where it says at all that there is a hypervisor. */
json_t *fact_hypervisor(const char *root)
{
    unsigned a, b, c, d;
    char name[13] = "";
    (void)root;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 31))
        return json_string("none");
    __cpuid(0x40000000, a, b, c, d);
    memcpy(name, &b, 4);
    memcpy(name + 4, &c, 4);
    memcpy(name + 8, &d, 4);
    for (char *at = name; *at; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    return json_text(*name ? name : "unknown");
}

/* A switch that either vendor's module has, each by its name. */
static json_t *switch_of_kvm(const char *root, const char *amd, const char *intel)
{
    char line[16], *paths[] = {path_of("/sys/module/kvm_amd/parameters/%s", amd),
                               path_of("/sys/module/kvm_intel/parameters/%s", intel)};
    const bool known = line_of(root, paths[0], line, sizeof(line)) || line_of(root, paths[1], line, sizeof(line));
    free(paths[0]);
    free(paths[1]);
    return known ? json_boolean(line[0] == '1' || line[0] == 'Y') : NULL;
}

json_t *fact_nested(const char *root)
{
    return switch_of_kvm(root, "nested", "nested");
}

json_t *fact_nested_paging(const char *root)
{
    return switch_of_kvm(root, "npt", "ept");
}

/* Some are written only, or for root alone. */
static void add_parameters(json_t *all, const char *root, const char *module)
{
    char *pattern = path_of("%s/sys/module/%s/parameters/*", root, module), line[64];
    glob_t found;
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            char *name = path_of("%s.%s", module, strrchr(found.gl_pathv[i], '/') + 1);
            if (line_of("", found.gl_pathv[i], line, sizeof(line)))
                json_object_set_new(all, name, json_text(line));
            free(name);
        }
        globfree(&found);
    }
    free(pattern);
}

json_t *fact_kvm(const char *root)
{
    static const char *const modules[] = {"kvm", "kvm_amd", "kvm_intel"};
    json_t *all = json_object();
    for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
        add_parameters(all, root, modules[i]);
    if (json_object_size(all))
        return all;
    json_decref(all);
    return NULL;
}

json_t *fact_kernel_words(const char *root)
{
    static const char *const places[] = {"BOOT_IMAGE=", "root=", "resume=", "initrd="};
    char line[4096], words[4096] = "";
    if (!line_of(root, "/proc/cmdline", line, sizeof(line)))
        return NULL;
    for (const char *word = strtok(line, " "); word; word = strtok(NULL, " ")) {
        bool is_place = false;
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
            is_place = is_place || strncmp(word, places[i], strlen(places[i])) == 0;
        size_t used = strlen(words);
        if (!is_place)
            snprintf(words + used, sizeof(words) - used, "%s%s", used ? " " : "", word);
    }
    return json_text(words);
}

json_t *fact_nmi_watchdog(const char *root)
{
    return number_at(root, "/proc/sys/kernel/nmi_watchdog");
}

json_t *fact_load(const char *root)
{
    char line[64], *end;
    if (!line_of(root, "/proc/loadavg", line, sizeof(line)))
        return NULL;
    double load = strtod(line, &end);
    return end == line || !(load >= 0 && load < 1e6) ? NULL : json_real(load);
}

/*
 * cpu  user nice system idle iowait irq softirq steal … in ticks. In the first domain of a Xen host it is also
 * the time of the very guest that is measured, and what others took is not to be told from that.
 */
json_t *fact_steal(const char *root)
{
    char line[256];
    unsigned long long steal;
    if (xen_first_domain(root) || !line_of(root, "/proc/stat", line, sizeof(line)) ||
        sscanf(line, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &steal) != 1)
        return NULL;
    return json_real((double)steal / (double)sysconf(_SC_CLK_TCK));
}

json_t *fact_throttled(const char *root)
{
    char *pattern = path_of("%s" CPU "/cpu*/thermal_throttle/core_throttle_count", root), line[32];
    json_int_t count = 0;
    glob_t found;
    bool known = glob(pattern, 0, NULL, &found) == 0;
    for (size_t i = 0; known && i < found.gl_pathc; i++)
        if (line_of("", found.gl_pathv[i], line, sizeof(line)))
            count += strtoll(line, NULL, 10);
    if (known)
        globfree(&found);
    free(pattern);
    return known ? json_integer(count) : NULL;
}
