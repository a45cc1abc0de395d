/* run_options.c: reads the command line of `pvbench run`. */
#include "runner/command/run_options.h"

#include "common/options.h"
#include "common/usage.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define JOBS_MOST 64
#define ROWS_MAX  48

static const char help[] =
    "Usage: pvbench run [OPTION]... SUITE\n"
    "Boots the suite's workloads on its hypervisors and writes what they cost as JSON.\n"
    "SUITE is the name of a suite (see pvbench list) or the path of a suite file.\n"
    "\n"
    "  -o, --output=FILE       the result; - for standard output (default: results/SUITE.json)\n"
    "      --hypervisor=NAME   this one in place of the suite's; may be repeated\n"
    "      --mode=MODE         only this one of the suite's modes (pv, pvh, hvm); may be repeated\n"
    "      --devices=KIND      only this kind of the suite's devices (pv, iothread, vhost, emulated); may be repeated\n"
    "      --vcpus=N           only this one of the suite's numbers of virtual processors; may be repeated\n"
    "      --guests=NAME       only this one of the suite's companies of guests (one, 32guests, 2guests-compute); may "
    "be\n"
    "                          repeated\n"
    "      --variant=NAME      only this one of the suite's ways to start a hypervisor; may be repeated\n"
    "      --workload=NAME     only this one of the suite's workloads, or one that pvbench list has and the suite "
    "does\n"
    "                          not; may be repeated\n"
    "      --iterations=N      in place of every workload's own number\n"
    "      --warmup=N          iterations before those that are measured, in place of every workload's own number\n"
    "      --repeats=N         boots of each guest, in place of the suite's number (on a host: and of its blocks)\n"
    "      --blocks=N          on a host: random blocks (ABBA or BAAB), each with two boots of each guest (default: "
    "8)\n"
    "      --seed=N            of the blocks' order (default: a random one, which the result records)\n"
    "      --pin=PLACE         on a host: processors for the vCPUs and the helper threads, such as 2-3:0-1; auto\n"
    "                          (default) or none\n"
    "      --events=LIST       count these PMU events (see pvbench list --events) in place of the suite's, guest and\n"
    "                          host apart; default: cycles, instructions, TLB and last-level misses; none\n"
    "      --parts             in the lab: also whose the instructions are, guest, hypervisor or back end; takes a\n"
    "                          third longer and changes no other number (--no-parts: not, though the suite asks);\n"
    "                          on a host: whose the time of KVM's guests is, in the start that the probes watch\n"
    "      --explain           in the lab: also in which functions of guest, hypervisor and host they are, kept "
    "beside\n"
    "                          the result as NAME.explain.json (pvbench explain); takes up to twice the time\n"
    "      --shard=I/N         only this one of N parts of the work, as pvbench plan --shards=N divides it; pvbench "
    "merge\n"
    "                          puts them together (default of -o then: results/SUITE.I-of-N.json)\n"
    "      --from=RESULT       divide by the seconds that each boot of this earlier result took; the same in every\n"
    "                          shard\n"
    "      --timeout=SECONDS   for each boot, in place of the suite's; in the lab of its clock, which\n"
    "                          passes 0.1 s for each (on Xen 0.5 s), however busy this computer is\n"
    "      --machine=MACHINE   lab: emulated, exact (default); host: this computer\n"
    "  -j, --jobs=N            boots at the same time in the lab; the result does not depend on it\n"
    "                          (default: one a processor, at most 4; on a host always one by one)\n"
    "      --verify            run everything twice; status 4 when the runs differ\n"
    "      --resume            go on with an interrupted run (it left FILE.journal)\n"
    "      --force             replace a result that holds hypervisors, modes or workloads which this run does not\n"
    "                          measure; an interrupted run replaces no whole result all the same\n"
    "      --print-suite       print the suite as it would be run with these options, as a file to start from, and "
    "run\n"
    "                          nothing; of the machine and of --explain a suite says nothing\n"
    "      --no-retry          do not boot again for what a crashed boot left out\n"
    "      --xen=FILE          hypervisor of the Xen host in the lab, xen.gz or xen, in place of the lab's own\n"
    "      --kernel=FILE       kernel of the host in the lab (kvm; xen: the first domain's), a vmlinux or bzImage, in\n"
    "                          place of the lab's own\n"
    "      --modules=DIR       that kernel's modules, anywhere below DIR; without: all is built in\n"
    "      --guest-kernel=FILE kernel of guests that are Linux (suite linux), a vmlinux, in place of Debian's\n"
    "      --keep-logs=DIR     keep guests and consoles there, also when all went well\n"
    "  -q, --quiet             say nothing but errors\n"
    "      --help              this text\n"
    "\n"
    "Exit status: 0 all measured; 1 an error, or a workload was lost; 2 wrong usage; 4 not reproducible.\n"
    "Environment: PVBENCH_QEMU the emulator; PVBENCH_IMAGES, PVBENCH_SUITES their folders; TMPDIR; NO_COLOR.\n";

static const char plan_help[] =
    "Usage: pvbench plan [OPTION]... SUITE\n"
    "Says what each of N shards of a run would do, and how long it would take; nothing is run. Then\n"
    "pvbench run SUITE --shard I/N, with the same options, does one of them, on whatever computer, and pvbench merge\n"
    "puts their results together: the same as one run of all gives.\n"
    "\n"
    "      --shards=N          how many (default: 1)\n"
    "      --from=RESULT       divide by the seconds that each boot of this earlier result took; what it does not "
    "have\n"
    "                          takes 2 s a boot, 30 s where the lab boots a host, 5 s on this computer\n"
    "      --format=FORMAT     text (default) or json\n"
    "\n"
    "What pvbench run is given beside, which says there what it means:\n"
    "      --hypervisor=NAME\n"
    "      --mode=MODE\n"
    "      --devices=KIND\n"
    "      --vcpus=N\n"
    "      --guests=NAME\n"
    "      --variant=NAME\n"
    "      --workload=NAME\n"
    "      --iterations=N\n"
    "      --warmup=N\n"
    "      --repeats=N\n"
    "      --blocks=N\n"
    "      --seed=N\n"
    "      --timeout=SECONDS\n"
    "      --machine=MACHINE\n"
    "      --pin=PLACE\n"
    "      --events=LIST\n"
    "      --parts             (--no-parts: not)\n"
    "      --explain\n"
    "      --xen=FILE\n"
    "      --kernel=FILE\n"
    "      --modules=DIR\n"
    "      --guest-kernel=FILE\n"
    "      --help              this text\n";

/* A list of names that one option after the other makes longer. */
struct names {
    const char *option, **list;
    unsigned *count;
};

static int take_name(void *into, const char *command, const char *argument)
{
    const struct names *n = into;
    if (*n->count == NARROW_MAX)
        return usage_error(command, "%s is given more than %d times", n->option, NARROW_MAX);
    n->list[(*n->count)++] = argument;
    return 0;
}

static int take_machine(void *into, const char *command, const char *argument)
{
    const struct machine **machine = into, *found = machine_find(argument);
    if (found) {
        *machine = found;
        return 0;
    }
    return usage_error(command, "--machine %s: is neither lab nor host", argument);
}

/* More at once than there are processors would end no sooner. */
static unsigned most_jobs(void)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    return cpus < 1 ? 1 : cpus > JOBS_MOST ? JOBS_MOST : (unsigned)cpus;
}

/* Boots on a host would be in each other's way. A host in the lab takes some hundred megabytes. */
static unsigned usual_jobs(const struct machine *machine)
{
    unsigned most = most_jobs();
    return machine->is_here ? 1 : most < 4 ? most : 4;
}

static int take_pin(void *into, const char *command, const char *argument)
{
    struct pvb_error e;
    return pinning_read(into, "--pin", argument, &e) ? usage_error(command, "%s", e.text) : 0;
}

static int take_events(void *into, const char *command, const char *argument)
{
    struct narrowing *n = into;
    char why[256];
    if (strcmp(argument, "none") == 0) {
        n->no_events = true;
        return 0;
    }
    return pmu_names_add(&n->events, argument, why, sizeof(why)) ? 0 : usage_error(command, "--events: %s", why);
}

static int take_shard(void *into, const char *command, const char *argument)
{
    struct shard_options *o = into;
    if (shards_read(argument, &o->shard, &o->count) == 0)
        return 0;
    return usage_error(command, "--shard %s: is not I/N, from 1/1 to %d/%d", argument, SHARDS_MAX, SHARDS_MAX);
}

/* 0 is a number of its own: nothing but the first, cold operation comes before. */
static int take_warmup(void *into, const char *command, const char *argument)
{
    struct narrowing *n = into;
    n->has_warmup = true;
    return options_number(command, "--warmup", argument, 0, PVB_MAX_ITERATIONS, &n->warmup);
}

static int take_vcpus(void *into, const char *command, const char *argument)
{
    struct narrowing *n = into;
    if (n->vcpu_count == SUITE_LIST_MAX)
        return usage_error(command, "--vcpus: %d are the most", SUITE_LIST_MAX);
    return options_number(command, "--vcpus", argument, 1, PVB_VCPUS_MAX, &n->vcpus[n->vcpu_count++]);
}

struct shared_names {
    struct names hypervisors, modes, devices, guests, variants, workloads;
};

/* What decides which boots there are, and what they are asked: the same for a plan as for its run. */
static size_t add_shared(struct option_row *row, struct shared_names *names, struct run_options *o)
{
    struct narrowing *n = &o->narrowing;
    *names = (struct shared_names){{"--hypervisor", n->hypervisors, &n->hypervisor_count},
                                   {"--mode", n->modes, &n->mode_count},
                                   {"--devices", n->devices, &n->device_count},
                                   {"--guests", n->guests, &n->guests_count},
                                   {"--variant", n->variants, &n->variant_count},
                                   {"--workload", n->workloads, &n->workload_count}};
    const struct option_row shared[] = {
        {"hypervisor", .take = take_name, .into = &names->hypervisors},
        {"mode", .take = take_name, .into = &names->modes},
        {"devices", .take = take_name, .into = &names->devices},
        {"vcpus", .take = take_vcpus, .into = n},
        {"guests", .take = take_name, .into = &names->guests},
        {"variant", .take = take_name, .into = &names->variants},
        {"workload", .take = take_name, .into = &names->workloads},
        {"iterations", .number = &n->iterations, .min = 1, .max = PVB_MAX_ITERATIONS},
        {"warmup", .take = take_warmup, .into = n},
        {"repeats", .number = &n->repeats, .min = 1, .max = SUITE_REPEATS_MAX},
        {"blocks", .number = &n->blocks, .min = 1, .max = SUITE_BLOCKS_MAX},
        {"seed", .number = &n->seed, .min = 1, .max = SCHEDULE_SEED_MAX},
        {"pin", .take = take_pin, .into = &n->pin},
        {"events", .take = take_events, .into = n},
        {"parts", .flag = &n->parts},
        {"no-parts", .flag = &n->no_parts},
        {"explain", .flag = &n->explain},
        {"timeout", .number = &n->timeout_s, .min = 1, .max = SUITE_TIMEOUT_MAX},
        {"machine", .take = take_machine, .into = &n->machine},
        {"xen", .text = &n->xen},
        {"kernel", .text = &n->kernel},
        {"modules", .text = &n->modules},
        {"from", .text = &o->shard.from},
        {"guest-kernel", .text = &n->guest_kernel},
    };
    memcpy(row, shared, sizeof(shared));
    return sizeof(shared) / sizeof(shared[0]);
}

static int read_table(const char *text, const struct option_row *row, size_t rows, const char **suite, int argc,
                      char **argv)
{
    const struct option_table table = {
        .help = text,
        .row = row,
        .rows = rows,
        .operand = suite,
        .least = 1,
        .most = 1,
        .what = "suite",
        .give = "one suite at a time",
    };
    return options_read(&table, argc, argv);
}

static int read_rows(struct run_options *o, int argc, char **argv)
{
    struct shared_names names;
    const struct option_row own[] = {
        {"output", 'o', .text = &o->output},
        {"shard", .take = take_shard, .into = &o->shard},
        {"jobs", 'j', .number = &o->jobs, .min = 1, .max = most_jobs()},
        {"verify", .flag = &o->verify},
        {"resume", .flag = &o->resume},
        {"force", .flag = &o->force},
        {"no-retry", .flag = &o->no_retry},
        {"print-suite", .flag = &o->print_suite},
        {"keep-logs", .text = &o->keep_logs},
        {"quiet", 'q', .flag = &o->quiet},
    };
    struct option_row rows[ROWS_MAX];
    const size_t shared = add_shared(rows, &names, o);
    memcpy(rows + shared, own, sizeof(own));
    return read_table(help, rows, shared + sizeof(own) / sizeof(own[0]), &o->suite, argc, argv);
}

/* What a run and a plan may both be asked wrongly. -1: nothing. */
static int check_shared(const char *command, const struct run_options *o)
{
    const struct narrowing *n = &o->narrowing;
    if (n->blocks && n->repeats)
        return usage_error(command, "--blocks and --repeats: a plan has the ones or the others");
    if (!*o->suite || (o->shard.from && !*o->shard.from))
        return usage_error(command, "an argument is empty");
    if (o->shard.count && n->machine->is_here && !n->repeats && !n->seed)
        return usage_error(command, "shards of a host need --seed, the same for each, or their blocks are of several "
                                    "plans");
    return -1;
}

int plan_options_read(struct run_options *o, unsigned *format, int argc, char **argv)
{
    static const char *const formats[] = {"text", "json", NULL};
    struct shared_names names;
    *o = (struct run_options){.narrowing.machine = machines[0], .shard.count = 1};
    const struct option_row own[] = {{"shards", .number = &o->shard.count, .min = 1, .max = SHARDS_MAX},
                                     {"format", .choice = format, .choices = formats}};
    struct option_row rows[ROWS_MAX];
    const size_t shared = add_shared(rows, &names, o);
    memcpy(rows + shared, own, sizeof(own));
    int status = read_table(plan_help, rows, shared + 2, &o->suite, argc, argv);
    return status >= 0 ? status : check_shared("plan", o);
}

int run_options_read(struct run_options *o, int argc, char **argv)
{
    *o = (struct run_options){.narrowing.machine = machines[0]};
    int status = read_rows(o, argc, argv);
    if (status >= 0)
        return status;
    status = check_shared("run", o);
    if (status >= 0)
        return status;
    if ((o->output && !*o->output) || (o->keep_logs && !*o->keep_logs))
        return usage_error("run", "an argument is empty");
    if (o->shard.from && !o->shard.count)
        return usage_error("run", "--from says how work is divided; give --shard=I/N, too, or leave it out");
    if (o->shard.count && o->print_suite)
        return usage_error("run", "--shard and --print-suite: a shard is no suite; leave one of them out");
    if (o->narrowing.machine->is_here && o->jobs > 1)
        return usage_error("run", "--jobs %u: boots on a host would be in each other's way; leave it out", o->jobs);
    o->jobs = o->jobs ? o->jobs : usual_jobs(o->narrowing.machine);
    return -1;
}
