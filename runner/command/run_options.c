/* run_options.c: reads the command line of `pvbench run`. */
#include "runner/command/run_options.h"
#include "runner/command/commands.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define JOBS_MOST 64

static const char help[] =
    "Usage: pvbench run [OPTION]... SUITE\n"
    "Boots the suite's workloads on its hypervisors and writes what they cost as JSON.\n"
    "SUITE is the name of a suite (see pvbench list) or the path of a suite file.\n"
    "\n"
    "  -o, --output=FILE       the result; - for standard output (default: results/SUITE.json)\n"
    "      --hypervisor=NAME   this one in place of the suite's; may be repeated\n"
    "      --mode=MODE         only this one of the suite's modes (pv, pvh, hvm); may be repeated\n"
    "      --workload=NAME     only this one of the suite's workloads; may be repeated\n"
    "      --iterations=N      in place of every workload's own number\n"
    "      --repeats=N         boots of each guest, in place of the suite's number (on a host: and of its blocks)\n"
    "      --blocks=N          on a host: random blocks (ABBA or BAAB), each with two boots of each guest (default: "
    "8)\n"
    "      --seed=N            of the blocks' order (default: a random one, which the result records)\n"
    "      --pin=PLACE         on a host: processors for the vCPUs and the helper threads, such as 2-3:0-1; auto\n"
    "                          (default) or none\n"
    "      --events=LIST       count these PMU events (see pvbench list --events) in place of the suite's, guest and\n"
    "                          host apart; default: cycles, instructions, TLB and last-level misses; none\n"
    "      --timeout=SECONDS   for each boot, in place of the suite's\n"
    "      --machine=MACHINE   lab: emulated, exact (default); host: this computer\n"
    "  -j, --jobs=N            boots at the same time in the lab; the result does not depend on it\n"
    "                          (default: one a processor, at most 4; on a host always one by one)\n"
    "      --verify            run everything twice; status 4 when the runs differ\n"
    "      --resume            go on with an interrupted run (it left FILE.journal)\n"
    "      --no-retry          do not boot again for what a crashed boot left out\n"
    "      --xen=FILE          hypervisor of the Xen host in the lab, xen.gz or xen, in place of the lab's own\n"
    "      --kernel=FILE       kernel of the host in the lab (kvm; xen: the first domain's), a vmlinux or bzImage, in\n"
    "                          place of the lab's own\n"
    "      --modules=DIR       that kernel's modules, anywhere below DIR; without: all is built in\n"
    "      --keep-logs=DIR     keep guests and consoles there, also when all went well\n"
    "  -q, --quiet             say nothing but errors\n"
    "      --help              this text\n"
    "\n"
    "Exit status: 0 all measured; 1 an error, or a workload was lost; 2 wrong usage; 4 not reproducible.\n"
    "Environment: PVBENCH_QEMU the emulator; PVBENCH_IMAGES, PVBENCH_SUITES their folders; TMPDIR; NO_COLOR.\n";

enum {
    HYPERVISOR = 256,
    MODE,
    WORKLOAD,
    ITERATIONS,
    REPEATS,
    BLOCKS,
    SEED,
    PIN,
    EVENTS,
    TIMEOUT,
    MACHINE,
    VERIFY,
    RESUME,
    NO_RETRY,
    XEN,
    KERNEL,
    MODULES,
    KEEP_LOGS,
    HELP
};

static const struct option options[] = {
    {"output", required_argument, NULL, 'o'},
    {"hypervisor", required_argument, NULL, HYPERVISOR},
    {"mode", required_argument, NULL, MODE},
    {"workload", required_argument, NULL, WORKLOAD},
    {"iterations", required_argument, NULL, ITERATIONS},
    {"repeats", required_argument, NULL, REPEATS},
    {"blocks", required_argument, NULL, BLOCKS},
    {"seed", required_argument, NULL, SEED},
    {"pin", required_argument, NULL, PIN},
    {"events", required_argument, NULL, EVENTS},
    {"timeout", required_argument, NULL, TIMEOUT},
    {"machine", required_argument, NULL, MACHINE},
    {"jobs", required_argument, NULL, 'j'},
    {"verify", no_argument, NULL, VERIFY},
    {"resume", no_argument, NULL, RESUME},
    {"no-retry", no_argument, NULL, NO_RETRY},
    {"xen", required_argument, NULL, XEN},
    {"kernel", required_argument, NULL, KERNEL},
    {"modules", required_argument, NULL, MODULES},
    {"keep-logs", required_argument, NULL, KEEP_LOGS},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

static int take_name(const char *option, const char **list, unsigned *count)
{
    if (*count == NARROW_MAX)
        return usage_error("run", "%s is given more than %d times", option, NARROW_MAX);
    list[(*count)++] = optarg;
    return 0;
}

static int take_machine(struct narrowing *n)
{
    for (unsigned m = 0; m < MACHINES; m++)
        if (strcmp(optarg, machine_name((enum machine)m)) == 0) {
            n->machine = (enum machine)m;
            return 0;
        }
    return usage_error("run", "--machine %s: is neither lab nor host", optarg);
}

/* The lab's clock does not depend on the computer's load, but its deadlines do. */
static unsigned most_jobs(void)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    return cpus < 1 ? 1 : cpus > JOBS_MOST ? JOBS_MOST : (unsigned)cpus;
}

/* Boots on a host would be in each other's way. A host in the lab takes some hundred megabytes. */
static unsigned usual_jobs(enum machine machine)
{
    unsigned most = most_jobs();
    return machine == MACHINE_HOST ? 1 : most < 4 ? most : 4;
}

static int take_pin(struct narrowing *n)
{
    struct pvb_error e;
    return pinning_read(&n->pin, "--pin", optarg, &e) ? usage_error("run", "%s", e.text) : 0;
}

static int take_events(struct narrowing *n)
{
    char why[256];
    if (strcmp(optarg, "none") == 0) {
        n->no_events = true;
        return 0;
    }
    return pmu_names_add(&n->events, optarg, why, sizeof(why)) ? 0 : usage_error("run", "--events: %s", why);
}

static int take_option(struct run_options *o, int option)
{
    struct narrowing *n = &o->narrowing;
    switch (option) {
    case 'o':
        o->output = optarg;
        return 0;
    case HYPERVISOR:
        return take_name("--hypervisor", n->hypervisors, &n->hypervisor_count);
    case MODE:
        return take_name("--mode", n->modes, &n->mode_count);
    case WORKLOAD:
        return take_name("--workload", n->workloads, &n->workload_count);
    case ITERATIONS:
        return number_argument("run", "--iterations", optarg, 1, PVB_MAX_ITERATIONS, &n->iterations);
    case REPEATS:
        return number_argument("run", "--repeats", optarg, 1, SUITE_REPEATS_MAX, &n->repeats);
    case BLOCKS:
        return number_argument("run", "--blocks", optarg, 1, SUITE_BLOCKS_MAX, &n->blocks);
    case SEED:
        return number_argument("run", "--seed", optarg, 1, SCHEDULE_SEED_MAX, &n->seed);
    case PIN:
        return take_pin(n);
    case EVENTS:
        return take_events(n);
    case TIMEOUT:
        return number_argument("run", "--timeout", optarg, 1, SUITE_TIMEOUT_MAX, &n->timeout_s);
    case MACHINE:
        return take_machine(n);
    case 'j':
        return number_argument("run", "--jobs", optarg, 1, most_jobs(), &o->jobs);
    case VERIFY:
        o->verify = true;
        return 0;
    case RESUME:
        o->resume = true;
        return 0;
    case NO_RETRY:
        o->no_retry = true;
        return 0;
    case XEN:
        n->xen = optarg;
        return 0;
    case KERNEL:
        n->kernel = optarg;
        return 0;
    case MODULES:
        n->modules = optarg;
        return 0;
    case KEEP_LOGS:
        o->keep_logs = optarg;
        return 0;
    default:
        o->quiet = true;
        return 0;
    }
}

int run_options_read(struct run_options *o, int argc, char **argv)
{
    int option;
    *o = (struct run_options){0};
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":o:j:q", options, NULL)) != -1) {
        if (option == HELP) {
            fputs(help, stdout);
            return EXIT_GOOD;
        }
        if (option == '?' || option == ':')
            return option_error("run", argv, option);
        int bad = take_option(o, option);
        if (bad)
            return bad;
    }
    if (optind >= argc)
        return usage_error("run", "no suite given");
    if (optind + 1 < argc)
        return usage_error("run", "%s: only one suite at a time", argv[optind + 1]);
    o->suite = argv[optind];
    if (o->narrowing.blocks && o->narrowing.repeats)
        return usage_error("run", "--blocks and --repeats: a plan has the ones or the others");
    if (!*o->suite || (o->output && !*o->output) || (o->keep_logs && !*o->keep_logs))
        return usage_error("run", "an argument is empty");
    if (o->narrowing.machine == MACHINE_HOST && o->jobs > 1)
        return usage_error("run", "--jobs %u: boots on a host would be in each other's way; leave it out", o->jobs);
    o->jobs = o->jobs ? o->jobs : usual_jobs(o->narrowing.machine);
    return -1;
}
