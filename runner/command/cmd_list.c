/* cmd_list.c: `pvbench list`: the suites, workloads, hypervisors and modes that there are. */
#include "runner/plan/catalogue.h"
#include "common/json_text.h"
#include "common/nearest.h"
#include "common/text.h"
#include "runner/command/commands.h"
#include "collectors/pmu_events.h"
#include "common/options.h"
#include "runner/machine/machine.h"
#include "runner/command/list_events.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = "Usage: pvbench list [suites|workloads|hypervisors] [--json]\n"
                           "  or:  pvbench list --events [PATTERN] [--json]\n"
                           "Lists suites, workloads, hypervisors and modes, or the events that can be counted.\n"
                           "pvbench list suites also says how a suite is written.\n"
                           "\n"
                           "      --events   what this computer's PMUs offer, as libpfm4 names it; with a PATTERN\n"
                           "                 only what has it in its name or description\n"
                           "      --json     as JSON\n"
                           "      --help     this text\n";

static const char format[] =
    "\nA suite is a JSON file; pvbench run takes its name, or its path where that has a slash:\n\n"
    "  { \"schema\": \"pvbench.suite/1\", \"name\": \"mine\", \"description\": \"what it is for\",\n"
    "    \"hypervisors\": [\"minivisor\"], \"modes\": [\"pv\", \"hvm\"],\n"
    "    \"workloads\": [\"empty\", {\"name\": \"pte_update_batch\", \"parameter\": 128, \"iterations\": 100}] }\n\n"
    "It may have, too:\n"
    "  \"defaults\": {\"iterations\": 1000, \"warmup\": 10}   of a workload that says nothing itself\n"
    "  \"devices\": [\"pv\", \"emulated\"]                   kinds of disk and card; also iothread, vhost\n"
    "  \"vcpus\": [1, 2, 16]                             virtual processors of a guest, each a setting of its own\n"
    "  \"guests\": [\"one\", {\"neighbours\": 31}, {\"neighbours\": 1, \"load\": \"compute\"}]\n"
    "                      guests beside the measured one; the suites guests and neighbours have some\n"
    "                      (\"weight\": 512, \"cap\": 25 of each, by Xen's scheduler; the suite fairness)\n"
    "  \"variants\": [\"usual\", {\"name\": \"xpti\", \"xen\": \"xpti=on\"}, {\"name\": \"auto\", \"kernel\": "
    "\"mitigations=auto\"}]\n"
    "                      ways to start Xen, and KVM's kernel, in the lab; the suite mitigations has some\n"
    "  \"variants\": [\"usual\", {\"name\": \"nopv\", \"guest\": \"xen_nopv\", \"only\": \"xen/hvm\"}]\n"
    "                      words more on a Linux guest's command line, on one hypervisor in one mode,\n"
    "                      or with one kind of devices (\"xen/hvm+emulated\")\n"
    "  \"parts\": true                                    whose the instructions are, in the lab\n"
    "  \"repeats\": 1, \"timeout_s\": 60                   boots of each guest, and the most that one may take\n"
    "  \"blocks\": 8, \"events\": [\"cycles\"],              on a host: random blocks, what the PMU counts, and where\n"
    "  \"pin\": {\"vcpus\": \"2-3\", \"helpers\": \"0-1\"}       threads run (or \"auto\", \"none\")\n\n"
    "pvbench run SUITE --print-suite prints a suite as it would be run, with all options: a file to start from.\n";

/* What may be asked for alone. */
enum { SUITES, WORKLOADS, HYPERVISORS, ALL };
static const char *const sections[] = {"suites", "workloads", "hypervisors", NULL};

static int is_suite(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0;
}

/* Each by the name of its file, which is how `pvbench run` takes it. */
static json_t *suites_json(const struct paths *paths, const struct catalogue *known)
{
    struct dirent **list;
    json_t *suites = json_array();
    int n = scandir(paths->suites, &list, is_suite, alphasort);
    for (int i = 0; i < n; i++) {
        struct suite s;
        struct pvb_error e;
        char *path = path_of("%s/%s", paths->suites, list[i]->d_name);
        list[i]->d_name[strlen(list[i]->d_name) - 5] = 0;
        json_t *suite = json_pack("{s:o}", "name", json_text(list[i]->d_name));
        if (suite_load(&s, path, known, &e) == 0)
            json_object_set_new(suite, "description", json_text(s.description));
        else
            json_object_set_new(suite, "error", json_text(e.text));
        json_array_append_new(suites, suite);
        free(path);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    return suites;
}

static json_t *workloads_json(const struct catalogue *known)
{
    json_t *workloads = json_array();
    for (size_t i = 0; i < known->names; i++)
        json_array_append_new(workloads, json_pack("{s:s, s:s, s:s}", "name", known->name[i].name, "summary",
                                                   known->name[i].summary, "subsystem", known->name[i].subsystem));
    return workloads;
}

static json_t *hypervisors_json(void)
{
    json_t *all = json_array();
    for (size_t i = 0; hypervisors[i]; i++) {
        json_t *modes = json_array(), *on = json_array();
        for (size_t j = 0; hypervisors[i]->modes[j]; j++)
            json_array_append_new(modes, json_text(hypervisors[i]->modes[j]));
        for (size_t m = 0; machines[m]; m++)
            if (machines[m]->has(hypervisors[i]))
                json_array_append_new(on, json_text(machines[m]->name));
        json_array_append_new(all, json_pack("{s:s, s:s, s:o, s:o}", "name", hypervisors[i]->name, "summary",
                                             hypervisors[i]->summary, "modes", modes, "machines", on));
    }
    return all;
}

static void print_words(const char *label, const json_t *words)
{
    size_t i;
    json_t *word;
    printf("%s", label);
    json_array_foreach(words, i, word) printf("%s%s", i ? ", " : "", json_string_value(word));
}

static void print_section(const json_t *all, const char *title, const char *key, const char *text)
{
    size_t i;
    json_t *item;
    printf("%s:\n", title);
    json_array_foreach(json_object_get(all, key), i, item)
    {
        const char *about = json_string_value(json_object_get(item, text));
        const char *error = json_string_value(json_object_get(item, "error"));
        printf("  %-24s %s%s\n", json_string_value(json_object_get(item, "name")), error ? "cannot be used: " : "",
               error   ? error
               : about ? about
                       : "");
        if (json_object_get(item, "modes")) {
            print_words("                           modes: ", json_object_get(item, "modes"));
            print_words("; machines: ", json_object_get(item, "machines"));
            putchar('\n');
        }
    }
}

static void print_json(const json_t *all)
{
    json_print(json_incref((json_t *)all), JSON_INDENT(2) | JSON_PRESERVE_ORDER, stdout);
}

/* With a pattern that nothing has: an error, so that a misspelt name is no empty success. */
static int list_events(const char *pattern, bool as_json)
{
    json_t *all = events_json(pattern);
    size_t found = json_array_size(json_object_get(all, "events"));
    struct pmu_event event;
    char why[256];
    if (as_json)
        print_json(all);
    else
        events_print(all);
    json_decref(all);
    if (!found && pattern && strchr(pattern, ':') && !pmu_event_encode(pattern, &event, why, sizeof(why)))
        text_print(stderr, "pvbench: list --events: %s", why);
    else if (!found)
        text_print(stderr, "pvbench: list --events: nothing here has \"%s\" in its name or description",
                   pattern ? pattern : "");
    return usage_finish(found ? EXIT_GOOD : EXIT_ERROR);
}

static void print_all(const json_t *all, unsigned only)
{
    static const char *const text[] = {"description", "summary", "summary"};
    for (unsigned i = 0; i < ALL; i++)
        if (only == ALL || only == i)
            print_section(all, sections[i], sections[i], text[i]);
    if (only == SUITES)
        fputs(format, stdout);
}

static void drop_others(json_t *all, unsigned only)
{
    for (unsigned i = 0; i < ALL; i++)
        if (only != ALL && only != i)
            json_object_del(all, sections[i]);
}

static unsigned section_of(const char *word)
{
    unsigned i = 0;
    while (i < ALL && (!word || strcmp(word, sections[i]) != 0))
        i++;
    return i;
}

int pvb_cmd_list(int argc, char **argv)
{
    struct pvb_error e = {""};
    struct paths paths;
    struct catalogue known = {0};
    bool as_json = false, events = false;
    const char *pattern = NULL, *operand = NULL;
    const struct option_row rows[] = {{"json", .flag = &as_json}, {"events", .flag = &events, .text = &pattern}};
    const struct option_table table = {
        .help = help, .row = rows, .rows = 2, .operand = &operand, .most = 1, .give = "give one pattern"};
    int status = options_read(&table, argc, argv);
    if (status >= 0)
        return status;
    const unsigned only = section_of(events ? NULL : operand);
    char ask[100] = "";
    if (operand && !events && only == ALL)
        nearest_ask(operand, sections, ask, sizeof(ask));
    if (operand && !events && only == ALL)
        return usage_error(argv[0], "%s: is not listed; known are suites, workloads and hypervisors%s", operand, ask);
    /* --events PATTERN is as good as --events=PATTERN. */
    if (operand && events && pattern)
        return usage_error(argv[0], "%s: is one too many; give one pattern", operand);
    pattern = operand && events ? operand : pattern;
    if (events)
        return list_events(pattern, as_json);
    if (paths_find(&paths, &e)) {
        fprintf(stderr, "pvbench: %s\n", e.text);
        return EXIT_ERROR;
    }
    int bad = catalogue_load(&known, &paths, &e);
    if (bad) {
        fprintf(stderr, "pvbench: %s\n", e.text);
    } else {
        json_t *all = json_pack("{s:o, s:o, s:o}", "suites", suites_json(&paths, &known), "workloads",
                                workloads_json(&known), "hypervisors", hypervisors_json());
        drop_others(all, only);
        if (as_json)
            print_json(all);
        else
            print_all(all, only);
        json_decref(all);
    }
    catalogue_free(&known);
    paths_free(&paths);
    return bad ? EXIT_ERROR : usage_finish(EXIT_GOOD);
}
