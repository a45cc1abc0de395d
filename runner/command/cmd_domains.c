/* cmd_domains.c: `pvbench domains`: what runs on this computer's hypervisors. */
#include "runner/command/commands.h"
#include "common/json_text.h"
#include "common/options.h"
#include "runner/hypervisor/domains.h"

#include <stdio.h>

static const char help[] =
    "Usage: pvbench domains [--json]\n"
    "Lists what runs: Xen's domains as `xl list` does, and the virtual machines of KVM likewise.\n"
    "ID is Xen's number of the domain, with KVM the process. MiB is the memory that it holds: what Xen has given\n"
    "it, or what of the process is resident. SECONDS is the processors' time.\n"
    "\n"
    "      --json   as JSON\n"
    "      --help   this text\n"
    "\n"
    "Exit status: 0 a hypervisor was asked, be its list empty or not; 1 there is none.\n";

static const struct domain_source *const sources[] = {&domains_xen, &domains_kvm};

#define SOURCES (sizeof(sources) / sizeof(sources[0]))

static void print_table(const json_t *domains)
{
    size_t i;
    json_t *d;
    if (json_array_size(domains))
        printf("%-10s  %-30s  %8s  %-4s  %8s  %5s  %-8s  %10s\n", "HYPERVISOR", "NAME", "ID", "MODE", "MiB", "VCPUS",
               "STATE", "SECONDS");
    json_array_foreach(domains, i, d)
    {
        const json_t *id = json_object_get(d, "id") ? json_object_get(d, "id") : json_object_get(d, "pid");
        printf("%-10s  %-30s  %8lld  %-4s  %8lld  %5lld  %-8s  %10.1f\n",
               json_string_value(json_object_get(d, "hypervisor")), json_string_value(json_object_get(d, "name")),
               (long long)json_integer_value(id), json_string_value(json_object_get(d, "mode")),
               (long long)(json_integer_value(json_object_get(d, "memory_kib")) + 512) / 1024,
               (long long)json_integer_value(json_object_get(d, "vcpus")),
               json_string_value(json_object_get(d, "state")), json_real_value(json_object_get(d, "cpu_seconds")));
    }
}

/* {"domains", "unavailable": hypervisors that could not be asked, "incomplete": those that were not seen whole}. */
static json_t *ask(unsigned *asked)
{
    json_t *domains = json_array(), *unavailable = json_object(), *incomplete = json_object();
    *asked = 0;
    for (size_t i = 0; i < SOURCES; i++) {
        struct pvb_error e = {""};
        int bad = sources[i]->list(domains, &e);
        if (!bad)
            (*asked)++;
        if (e.text[0])
            json_object_set_new(bad ? unavailable : incomplete, sources[i]->name, json_text(e.text));
    }
    return json_pack("{s:o, s:o, s:o}", "domains", domains, "unavailable", unavailable, "incomplete", incomplete);
}

static void print_text(json_t *all, unsigned asked)
{
    const char *name;
    json_t *reason;
    const json_t *domains = json_object_get(all, "domains");
    print_table(domains);
    if (!json_array_size(domains))
        printf(asked ? "no domain and no virtual machine runs\n" : "there is no hypervisor to ask\n");
    json_object_foreach(json_object_get(all, "unavailable"), name, reason)
        printf("%s: not here: %s\n", name, json_string_value(reason));
    json_object_foreach(json_object_get(all, "incomplete"), name, reason)
        printf("%s: not all was seen: %s\n", name, json_string_value(reason));
}

int pvb_cmd_domains(int argc, char **argv)
{
    bool as_json = false;
    unsigned asked;
    const struct option_row rows[] = {{"json", .flag = &as_json}};
    const struct option_table table = {.help = help, .row = rows, .rows = 1};
    int status = options_read(&table, argc, argv);
    if (status >= 0)
        return status;
    json_t *all = ask(&asked);
    if (as_json) {
        json_dumpf(all, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        putchar('\n');
    } else {
        print_text(all, asked);
    }
    json_decref(all);
    return usage_finish(asked ? EXIT_GOOD : EXIT_ERROR);
}
