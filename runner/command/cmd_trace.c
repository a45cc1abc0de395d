/*
 * cmd_trace.c: `pvbench trace`: the KVM probes on virtual machines that are
 * already running, or on one that it starts, or Xen's records of domains, whatever their guests, until they end, the
 * time is over or somebody has seen enough; or all of a file of such records.
 */
#include "common/memory.h"
#include "common/options.h"
#include "common/text.h"
#include "common/usage.h"
#include "runner/command/commands.h"
#include "runner/command/trace_command.h"
#include "runner/command/trace_watch.h"
#include "runner/common/paths.h"
#include "runner/document/provenance.h"
#include "runner/host/xen_here.h"
#include "runner/session/session.h"

#include <stdlib.h>
#include <string.h>

#define SECONDS_MAX 8640000 /* a hundred days */
#define RECORDS_MAX 100000000

static const char help[] =
    "Usage: pvbench trace [OPTION]... PID...          KVM's virtual machines, by their processes\n"
    "       pvbench trace [OPTION]... DOMAIN...       Xen's, by name or number, in the first domain\n"
    "       pvbench trace [OPTION]... --all\n"
    "       pvbench trace [OPTION]... -- COMMAND [ARGUMENT]...\n"
    "       pvbench trace [OPTION]... --read=FILE [DOMAIN]...\n"
    "Counts and times the entries of running guests: VM exits of KVM's in the kernel, by eBPF; of Xen's domains by\n"
    "Xen's trace buffers. PID is a virtual machine monitor (QEMU, for instance). Ends with the table when the guests\n"
    "have ended, after --duration, or on Ctrl-C. COMMAND is started, traced from its first exit, and ended with the\n"
    "trace; it must itself become the virtual machine monitor, as with exec in a script.\n"
    "\n"
    "      --all               all virtual machines that run now; Xen's first domain is not among them\n"
    "      --by-vcpu           the table for each virtual processor, too\n"
    "      --cpu-hz=HZ         of --read: the ticks of a second, such as 2.4GHz; without it times are in ticks\n"
    "      --duration=SECONDS  end after this time\n"
    "      --format=FORMAT     table (default), json, jsonl, openmetrics or chrome\n"
    "      --guest-symbols=FILE  by the guest's functions, too: FILE is its /proc/kallsyms, or its kernel as ELF\n"
    "      --interval=SECONDS  what the last SECONDS had, again and again: a line with the most frequent exits,\n"
    "                          with jsonl all of it in a line of JSON; with openmetrics the file is written anew\n"
    "      --json              as --format=json: the table as JSON, with histograms\n"
    "      --longer-than=TIME  list single exits that took TIME or more, such as 50us, 2ms or 1s: when, on which\n"
    "                          virtual processor, at which address of the guest, and what for\n"
    "      --read=FILE         what xentrace or --save wrote, of all domains or those with these numbers\n"
    "      --records=N         keep at most N single exits (default 1000000)\n"
    "      --save=FILE         of Xen: its records there, too, as xentrace writes them\n"
    "  -o, --output=FILE       the table there, not on standard output\n"
    "      --help              this text\n"
    "\n"
    "Time is from the exit to the next entry, blocked time included. Percentiles are exact to a sixteenth of a\n"
    "power of two. chrome is Chrome's trace format with every exit, or those that --longer-than leaves: Perfetto\n"
    "(ui.perfetto.dev) opens it. Needs root (CAP_SYS_ADMIN) where kvm is a module; where it is built in, CAP_BPF\n"
    "and CAP_PERFMON are enough. Xen writes down no end of a PV guest's entries, so they have no times.\n"
    "Exit status: 0 good; 1 an error, or exits were lost; 2 wrong usage.\n";

static int take_time(void *into, const char *command, const char *argument)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    uint64_t *ns = into;
    char *end;
    double number = strtod(argument, &end);
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && end > argument; i++)
        if (strcmp(end, units[i].name) == 0 && number >= 0 && number * units[i].ns < 1e16) {
            *ns = (uint64_t)(number * units[i].ns);
            return 0;
        }
    return usage_error(command, "--longer-than %s: is no time; give a number and ns, us, ms or s, such as 50us",
                       argument);
}

/* 2400000000, 2400M, 2.4GHz */
static int take_hz(void *into, const char *command, const char *argument)
{
    static const struct {
        char letter;
        double times;
    } units[] = {{'G', 1e9}, {'M', 1e6}, {'k', 1e3}};
    double *hz = into;
    char *end;
    *hz = strtod(argument, &end);
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && end > argument; i++)
        if (*end == units[i].letter) {
            *hz *= units[i].times;
            end++;
            break;
        }
    if (strcmp(end, "Hz") == 0)
        end += 2;
    if (end > argument && !*end && *hz >= 1 && *hz < 1e12)
        return 0;
    return usage_error(command, "--cpu-hz %s: is no frequency; give ticks a second, such as 2400000000 or 2.4GHz",
                       argument);
}

struct order {
    bool all, json;
    const char *read;    /* a file of xentrace */
    const char *symbols; /* the guest's */
    double hz;
    const char *process[TRACE_GUESTS_MAX + 1];
    char *const *command; /* behind --, or NULL */
    unsigned records, format;
};

static int check_order(const struct order *o, const struct trace *t, const char *command)
{
    unsigned whose = (o->process[0] != NULL) + o->all + (o->command != NULL);
    if (o->read && (o->all || o->command || t->interval || t->duration || t->save_path))
        return usage_error(command, "--read reads a file to its end; give the numbers of domains, or nothing");
    if (o->symbols && t->format != TRACE_TABLE && t->format != TRACE_JSON)
        return usage_error(command, "--guest-symbols is for the table and JSON; leave out --format");
    if (!o->read && o->hz > 0)
        return usage_error(command, "--cpu-hz is for --read; Xen itself knows it");
    if (!t->is_xen && t->save_path)
        return usage_error(command, "--save keeps Xen's records, and this is not the first domain of a Xen host");
    if (t->is_xen && o->command)
        return usage_error(command, "-- COMMAND is for KVM; on Xen give the name or number of a domain");
    if (whose != 1 && !o->read)
        return usage_error(command, whose ? "PID, --all and -- COMMAND exclude one another; give one of them"
                                          : "give the PID of a virtual machine monitor, --all or -- COMMAND");
    if (o->json && o->format && o->format != TRACE_JSON)
        return usage_error(command, "--json is --format=json; give one format");
    if (t->format == TRACE_JSONL && !t->interval)
        return usage_error(command, "--format=jsonl has a line for each interval; give --interval=SECONDS");
    if (t->format == TRACE_CHROME && t->interval)
        return usage_error(command, "--format=chrome has no intervals; leave out --interval");
    return -1;
}

static int read_options(struct trace *t, struct order *o, int argc, char **argv)
{
    static const char *const formats[] = {"table", "json", "jsonl", "openmetrics", "chrome", NULL};
    const uint64_t none = UINT64_MAX;
    int own = 0;
    t->wants.longer = none;
    o->records = 1000000;
    const struct option_row rows[] = {
        {"all", .flag = &o->all},
        {"by-vcpu", .flag = &t->by_vcpu},
        {"cpu-hz", .take = take_hz, .into = &o->hz},
        {"duration", .number = &t->duration, .min = 1, .max = SECONDS_MAX},
        {"format", .choice = &o->format, .choices = formats},
        {"guest-symbols", .text = &o->symbols},
        {"interval", .number = &t->interval, .min = 1, .max = SECONDS_MAX},
        {"json", .flag = &o->json},
        {"longer-than", .take = take_time, .into = &t->wants.longer},
        {"read", .text = &o->read},
        {"records", .number = &o->records, .min = 1, .max = RECORDS_MAX},
        {"save", .text = &t->save_path},
    };
    const struct option_table table = {
        help,  rows,        sizeof(rows) / sizeof(rows[0]), &t->output_path, o->process, 0, TRACE_GUESTS_MAX,
        "PID", "32 at most"};
    /* What is behind -- is the command's. */
    while (own < argc && strcmp(argv[own], "--") != 0)
        own++;
    o->command = own + 1 < argc ? argv + own + 1 : NULL;
    int status = options_read(&table, own, argv);
    if (status >= 0)
        return status;
    t->format = o->json ? TRACE_JSON : o->format;
    t->lists = t->wants.longer != none;
    t->wants.records = t->lists || o->symbols || t->format == TRACE_CHROME;
    t->records.longer = t->lists ? t->wants.longer : t->format == TRACE_CHROME ? 0 : none;
    t->wants.longer = o->symbols ? 0 : t->records.longer;
    t->records.most = o->records;
    t->is_xen = o->read || xen_first_domain("");
    return check_order(o, t, argv[0]);
}

/* --- whose ------------------------------------------------------------------------- */

static int find_guests(struct trace *t, const struct order *o, const char *command, struct pvb_error *e)
{
    if (t->is_xen)
        return trace_domains_find(t->guest, &t->guests, o->process, o->all, e);
    if (o->all)
        return trace_guests_find_all(t->guest, &t->guests, e);
    for (size_t i = 0; o->process[i]; i++) {
        unsigned process;
        int status = options_number(command, "PID", o->process[i], 1, 1u << 30, &process);
        if (status)
            return status;
        if (trace_guest_find(&t->guest[t->guests], process, e))
            return -1;
        t->guests++;
    }
    return 0;
}

static int start_command(struct trace *t, const struct order *o, struct trace_command *c, struct pvb_error *e)
{
    struct trace_guest *g = &t->guest[0];
    const char *slash = strrchr(o->command[0], '/');
    if (trace_command_start(c, o->command, e))
        return -1;
    *g = (struct trace_guest){.process = (unsigned)c->pid, .pidfd = -1};
    text_line(g->name, sizeof(g->name), "%s", slash ? slash + 1 : o->command[0]);
    t->guests = 1;
    return trace_guest_open(g, e);
}

static int carry_out(struct trace *t, const struct order *o, const char *command, struct trace_command *c,
                     struct pvb_error *e)
{
    t->records.symbols = o->symbols ? trace_symbols_read(o->symbols, e) : NULL;
    if (o->symbols && !t->records.symbols)
        return -1;
    if (o->read)
        return trace_open(t, e) || trace_read(t, o->read, o->hz, o->process, e) || trace_write(t, false, e) ? -1 : 0;
    int bad = o->command ? start_command(t, o, c, e) : find_guests(t, o, command, e);
    if (bad || trace_open(t, e))
        return bad ? bad : -1;
    session_catch_signals();
    if (trace_watch_begin(t, e) || (o->command && trace_command_go(c, e)) || trace_watch(t, e))
        return -1;
    return trace_write(t, o->command != NULL, e);
}

/* Where the images are is asked for their revision alone. */
static void note_provenance(struct trace *t, json_t *command_line)
{
    struct paths paths = {0};
    struct pvb_error e;
    bool found = paths_find(&paths, &e) == 0;
    t->provenance = provenance_json(command_line, found ? paths.images : "", NULL);
    paths_free(&paths);
}

int pvb_cmd_trace(int argc, char **argv)
{
    struct trace t = {.source.from = -1};
    struct order o = {0};
    struct trace_command c = {.gate = -1};
    struct pvb_error e = {""};
    json_t *command_line = command_line_json(argc, argv);
    int status = read_options(&t, &o, argc, argv);
    if (status < 0)
        note_provenance(&t, command_line);
    json_decref(command_line);
    if (status >= 0)
        return status;
    int bad = carry_out(&t, &o, argv[0], &c, &e);
    if (bad < 0)
        fprintf(stderr, "pvbench: %s\n", e.text);
    trace_close(&t);
    trace_command_end(&c);
    return bad > 0 ? bad : bad || t.lost ? EXIT_ERROR : EXIT_GOOD;
}
