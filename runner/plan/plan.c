/* plan.c: the list of boots, in an order that drifts cannot favour. */
#include "runner/plan/plan.h"
#include "common/memory.h"
#include "common/nearest.h"
#include "runner/plan/suite_guests.h"
#include "runner/plan/suite_variants.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Hypervisors with modes, vCPUs, kinds of devices, guests and variants. */
#define PAIRS_MAX (SUITE_LIST_MAX * SUITE_LIST_MAX)

static bool wanted(const char *const *list, unsigned count, const char *word)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return count == 0;
}

static void list_words(char *into, size_t size, const char *word)
{
    size_t used = strlen(into);
    snprintf(into + used, size - used, "%s%s", used ? ", " : "", word);
}

/* Whoever names on the command line what the suite does not have is told what it has; `known` ends with NULL. */
static int check_list(const char *option, const char *const *named, unsigned count, const char *const *known,
                      const struct suite *s, struct pvb_error *e)
{
    for (unsigned i = 0; i < count; i++) {
        char has[700] = "", ask[100];
        bool found = false;
        for (const char *const *word = known; *word; word++) {
            found = found || strcmp(*word, named[i]) == 0;
            if (!strstr(has, *word))
                list_words(has, sizeof(has), *word);
        }
        if (found)
            continue;
        nearest_ask(named[i], known, ask, sizeof(ask));
        return pvb_fail(e, "%s %s: suite %s does not have it; it has: %s%s", option, named[i], s->name,
                        *has ? has : "none", ask);
    }
    return 0;
}

static int check_named(const char *option, const char *const *named, unsigned count, const char *words, size_t stride,
                       unsigned word_count, const struct suite *s, struct pvb_error *e)
{
    const char *known[PVB_MAX_WORKLOADS + SUITE_LIST_MAX + 1] = {NULL};
    for (unsigned j = 0; j < word_count; j++)
        known[j] = words + j * stride;
    return check_list(option, named, count, known, s, e);
}

static const char *variant_name(const struct suite_variant *v)
{
    return *v->name ? v->name : SUITE_VARIANT_USUAL;
}

static void ask_hypervisor(const char *name, char *into, size_t size)
{
    const char *known[SUITE_LIST_MAX + 1] = {NULL};
    for (size_t i = 0; hypervisors[i] && i < SUITE_LIST_MAX; i++)
        known[i] = hypervisors[i]->name;
    nearest_ask(name, known, into, size);
}

static int check_narrowing(const struct suite *s, const struct narrowing *n, struct pvb_error *e)
{
    for (unsigned i = 0; i < n->hypervisor_count; i++)
        if (!hypervisor_find(n->hypervisors[i])) {
            char known[256], ask[100];
            hypervisors_list(known, sizeof(known));
            ask_hypervisor(n->hypervisors[i], ask, sizeof(ask));
            return pvb_fail(e, "--hypervisor %s: is not known; known are: %s%s", n->hypervisors[i], known, ask);
        }
    if (check_named("--mode", n->modes, n->mode_count, s->modes[0], sizeof(s->modes[0]), s->mode_count, s, e))
        return -1;
    if (check_named("--devices", n->devices, n->device_count, s->devices[0], sizeof(s->devices[0]), s->device_count, s,
                    e))
        return -1;
    const char *variants[SUITE_LIST_MAX + 1] = {NULL};
    for (unsigned i = 0; i < s->variant_count; i++)
        variants[i] = variant_name(&s->variant[i]);
    if (check_list("--variant", n->variants, n->variant_count, variants, s, e))
        return -1;
    for (unsigned i = 0; i < n->vcpu_count; i++) {
        bool found = false;
        for (unsigned j = 0; j < s->vcpu_count; j++)
            found = found || s->vcpus[j] == n->vcpus[i];
        if (!found)
            return pvb_fail(e, "--vcpus %u: suite %s does not have it; its \"vcpus\" say which it has", n->vcpus[i],
                            s->name);
    }
    char names[SUITE_LIST_MAX][SUITE_GUESTS_NAME_MAX];
    const char *guests[SUITE_LIST_MAX + 1] = {NULL};
    for (unsigned i = 0; i < s->guests_count; i++) {
        suite_guests_name(&s->guests[i], names[i], sizeof(names[i]));
        guests[i] = names[i];
    }
    if (check_list("--guests", n->guests, n->guests_count, guests, s, e))
        return -1;
    return check_named("--workload", n->workloads, n->workload_count, s->workload[0].name, sizeof(s->workload[0]),
                       s->workload_count, s, e);
}

static void take_workloads(struct plan *p, const struct suite *s, const struct narrowing *n)
{
    for (unsigned i = 0; i < s->workload_count; i++) {
        if (!wanted(n->workloads, n->workload_count, s->workload[i].name))
            continue;
        p->workload[p->workloads] = s->workload[i];
        if (n->iterations)
            p->workload[p->workloads].iterations = n->iterations;
        if (n->has_warmup)
            p->workload[p->workloads].warmup = n->warmup;
        p->workloads++;
    }
}

/* The usual one, when it is not said. */
static const struct machine *machine_of(const struct narrowing *n)
{
    return n->machine ? n->machine : machines[0];
}

struct unit unit_of(const struct hypervisor *h, const char *mode, const struct machine *m)
{
    return (struct unit){.setting = setting_of(h->name, mode, m->name), .hypervisor = h, .machine = m};
}

/* Once for each kind of devices that the suite has for this mode, and that is wanted. */
static unsigned take_devices(struct unit *pair, const struct unit *u, const struct suite *s, const struct narrowing *n)
{
    unsigned pairs = 0;
    if (!s->device_count)
        pair[pairs++] = *u;
    for (unsigned i = 0; i < s->device_count; i++) {
        if (!wanted(n->devices, n->device_count, s->devices[i]) ||
            (u->variant && !suite_variant_takes(u->variant, s->devices[i])) ||
            !hypervisor_has_devices(u->hypervisor, &u->setting.guest[0], s->devices[i]))
            continue;
        pair[pairs] = *u;
        pair[pairs++].setting.guest[0].devices = s->devices[i];
    }
    return pairs;
}

/* Each once for each company of guests that the suite has, and that is wanted; a hypervisor that takes one guest has it
 * alone. */
static unsigned take_guests(struct unit *pair, const struct unit *u, const struct suite *s, const struct narrowing *n)
{
    unsigned pairs = 0;
    if (!s->guests_count)
        return take_devices(pair, u, s, n);
    for (unsigned i = 0; i < s->guests_count; i++) {
        char name[SUITE_GUESTS_NAME_MAX];
        struct unit one = *u;
        suite_guests_name(&s->guests[i], name, sizeof(name));
        if (!wanted(n->guests, n->guests_count, name))
            continue;
        suite_guests_set(&s->guests[i], &one.setting.guest[0]);
        pairs += take_devices(pair + pairs, &one, s, n);
    }
    return pairs;
}

/* Each once for each way to start it, or its hypervisor, that the suite has for it, and that is wanted. */
static unsigned take_variants(struct unit *pair, const struct unit *u, const struct suite *s, const struct narrowing *n)
{
    unsigned pairs = 0;
    if (!s->variant_count)
        return take_guests(pair, u, s, n);
    for (unsigned i = 0; i < s->variant_count; i++) {
        struct unit one = *u;
        if (!wanted(n->variants, n->variant_count, variant_name(&s->variant[i])) ||
            !suite_variant_is_for(&s->variant[i], u->hypervisor, unit_mode(u)))
            continue;
        one.variant = &s->variant[i];
        one.setting.guest[0].variant = *one.variant->name ? one.variant->name : NULL;
        one.setting.guest[0].words = *one.variant->guest ? one.variant->guest : NULL;
        pairs += take_guests(pair + pairs, &one, s, n);
    }
    return pairs;
}

static bool wants_vcpus(const struct narrowing *n, unsigned vcpus)
{
    for (unsigned i = 0; i < n->vcpu_count; i++)
        if (n->vcpus[i] == vcpus)
            return true;
    return n->vcpu_count == 0;
}

/*
 * Once for each number of vCPUs that is wanted. A hypervisor that gives fewer gives what it has, once: what wants more
 * is said to be not applicable there, by the guest itself.
 */
static unsigned take_vcpus(struct unit *pair, const struct unit *u, const struct suite *s, const struct narrowing *n)
{
    const unsigned most = hypervisor_vcpus(u->hypervisor, &u->setting.guest[0]);
    unsigned pairs = 0;
    bool has_most = false;
    if (!s->vcpu_count)
        return take_variants(pair, u, s, n);
    for (unsigned i = 0; i < s->vcpu_count; i++) {
        struct unit one = *u;
        if (!wants_vcpus(n, s->vcpus[i]) || (s->vcpus[i] >= most && has_most))
            continue;
        one.setting.guest[0].vcpus = s->vcpus[i] < most ? s->vcpus[i] : most;
        has_most = has_most || s->vcpus[i] >= most;
        pairs += take_variants(pair + pairs, &one, s, n);
    }
    return pairs;
}

/* All pairs of hypervisor and guest that exist and are wanted: the suite's hypervisors, or those named instead. */
static unsigned take_pairs(struct unit *pair, const struct suite *s, const struct narrowing *n)
{
    unsigned pairs = 0, count = n->hypervisor_count ? n->hypervisor_count : s->hypervisor_count;
    const unsigned most = (s->device_count ? s->device_count : 1) * (s->variant_count ? s->variant_count : 1) *
                          (s->guests_count ? s->guests_count : 1) * (s->vcpu_count ? s->vcpu_count : 1);
    for (unsigned h = 0; h < count; h++)
        for (unsigned m = 0; m < s->mode_count; m++) {
            const struct hypervisor *hypervisor =
                hypervisor_find(n->hypervisor_count ? n->hypervisors[h] : s->hypervisors[h]);
            struct unit u = unit_of(hypervisor, s->modes[m], machine_of(n));
            if (*s->carrier)
                u.setting.guest[0].carrier = s->carrier;
            if (wanted(n->modes, n->mode_count, s->modes[m]) && hypervisor_boots(hypervisor, &u.setting.guest[0]) &&
                machine_of(n)->has(hypervisor) && pairs + most <= PAIRS_MAX)
                pairs += take_vcpus(pair + pairs, &u, s, n);
        }
    return pairs;
}

/* `h`: of this hypervisor; NULL: of any. */
static bool has_lab_host(const struct unit *pair, unsigned pairs, const struct hypervisor *h)
{
    for (unsigned i = 0; i < pairs; i++)
        if (!pair[i].machine->is_here && pair[i].hypervisor->lab->host && (!h || pair[i].hypervisor == h))
            return true;
    return false;
}

/* Everything that decides what is measured, in words, hashed. */
static void hash(struct plan *p)
{
    char *text;
    size_t size;
    FILE *out = memory_stream(&text, &size);
    if (!out)
        out_of_memory();
    fprintf(out, "pvbench.plan/1 suite %s %s timeout %u\n", p->suite->name, p->suite->sha256, p->timeout_s);
    if (p->blocks)
        fprintf(out, "blocks %u seed %u\n", p->blocks, p->seed);
    if (p->parts)
        fprintf(out, p->explain ? "parts explain\n" : "parts\n");
    for (unsigned i = 0; i < p->events.count; i++)
        fprintf(out, "event %s\n", p->events.name[i]);
    char vcpus[256], helpers[256];
    cpu_list_write(&p->pin.vcpus, vcpus, sizeof(vcpus));
    cpu_list_write(&p->pin.helpers, helpers, sizeof(helpers));
    if (p->pin.how == PIN_GIVEN)
        fprintf(out, "pin %s %s\n", vcpus, helpers);
    for (unsigned i = 0; i < p->units; i++) {
        char guest[SETTING_KEY_SIZE];
        setting_guest_key(&p->unit[i].setting.guest[0], guest, sizeof(guest));
        fprintf(out, "unit %s %s %s %u\n", p->unit[i].hypervisor->name, guest, p->unit[i].machine->name,
                p->unit[i].repeat);
    }
    for (unsigned i = 0; i < p->workloads; i++)
        fprintf(out, "workload %s %" PRIu32 " %" PRIu32 " %" PRIu64 "\n", p->workload[i].name,
                p->workload[i].iterations, p->workload[i].warmup, p->workload[i].parameter);
    fclose(out);
    sha256_hex(text, size, p->sha256);
    free(text);
}

/* A B, B A, A B …: a drift of the computer over time falls on all alike. */
static void add_repeats(struct plan *p, const struct unit *pair, unsigned pairs, unsigned repeats)
{
    for (unsigned repeat = 0; repeat < repeats; repeat++)
        for (unsigned i = 0; i < pairs; i++) {
            struct unit *u = &p->unit[p->units++];
            *u = pair[repeat % 2 ? pairs - 1 - i : i];
            u->repeat = repeat;
        }
}

static void add_blocks(struct plan *p, const struct unit *pair, unsigned pairs)
{
    unsigned order[2 * PAIRS_MAX];
    for (unsigned block = 0; block < p->blocks; block++) {
        schedule_block(p->seed, block, pairs, order);
        for (unsigned i = 0; i < 2 * pairs; i++) {
            struct unit *u = &p->unit[p->units++];
            *u = pair[order[i]];
            u->repeat = 2 * block + (i >= pairs);
            u->block = block + 1;
        }
    }
}

/* A hypervisor that has no threads on this computer, such as Xen, finds its guests' processors itself. */
static bool has_threads(const struct unit *pair, unsigned pairs)
{
    for (unsigned i = 0; i < pairs; i++)
        if (machine_has_emulator(pair[i].machine, pair[i].hypervisor))
            return true;
    return false;
}

/* A machine's own. A host's: blocks, places, and events where nobody but the host could count them. The lab's:
 * explanations, and parts without being asked. */
static int take_machine_options(struct plan *p, const struct suite *s, const struct narrowing *n,
                                const struct unit *pair, unsigned pairs, struct pvb_error *e)
{
    p->events = n->no_events ? (struct pmu_names){0} : n->events.count ? n->events : s->events;
    if (n->parts && n->no_parts)
        return pvb_fail(e, "--parts, --no-parts: take one of them out");
    if (n->explain && n->no_parts)
        return pvb_fail(e, "--explain, --no-parts: take one of them out");
    if (n->explain && machine_of(n)->is_here)
        return pvb_fail(e, "--explain: whose the instructions are is known in the lab alone; leave it or --machine "
                           "host out");
    p->explain = n->explain;
    /* On a host they take more of the watched start's time, and so nobody but who asks has them. */
    p->parts = !n->no_parts && (n->parts || n->explain || (s->parts && !machine_of(n)->is_here));
    if (!machine_of(n)->is_here) {
        if (n->blocks || n->pin.how != PIN_UNSAID)
            return pvb_fail(e, "--blocks, --pin: the lab needs neither, its results have no noise; add --machine host");
        return 0;
    }
    if (!n->repeats) {
        p->blocks = n->blocks ? n->blocks : s->blocks ? s->blocks : SCHEDULE_BLOCKS;
        p->seed = n->seed ? n->seed : schedule_random_seed();
    }
    if (!has_threads(pair, pairs)) {
        p->pin.how = PIN_NONE;
        if (n->pin.how == PIN_GIVEN)
            return pvb_fail(e,
                            "--pin: a guest of %s is no thread of this kernel; it gets the last processor of Pool-0, "
                            "which \"xl cpupool-cpu-remove\" changes; leave --pin out",
                            pair[0].hypervisor->name);
        return 0;
    }
    p->pin = n->pin.how != PIN_UNSAID ? n->pin : s->pin;
    if (p->pin.how == PIN_UNSAID)
        p->pin.how = PIN_AUTO;
    return pinning_resolve(&p->pin, e);
}

int plan_make(struct plan *p, const struct suite *s, const struct narrowing *n, struct pvb_error *e)
{
    struct unit pair[PAIRS_MAX];
    *p = (struct plan){.suite = s,
                       .timeout_s = n->timeout_s ? n->timeout_s : s->timeout_s,
                       .kernel = n->kernel,
                       .modules = n->modules,
                       .xen = n->xen,
                       .guest_kernel = n->guest_kernel};
    if (check_narrowing(s, n, e))
        return -1;
    take_workloads(p, s, n);
    unsigned pairs = take_pairs(pair, s, n), repeats = n->repeats ? n->repeats : s->repeats;
    if (!pairs)
        return pvb_fail(e, "suite %s: none of its hypervisors runs one of its modes on the machine \"%s\"; %s", s->name,
                        machine_of(n)->name,
                        machine_of(n)->is_here ? "leave out --machine host" : "name others with --hypervisor, --mode");
    if ((n->kernel || n->modules) && !has_lab_host(pair, pairs, NULL))
        return pvb_fail(e, "--kernel, --modules: no boot of this plan has a host in the lab; add --hypervisor kvm, or "
                           "--hypervisor xen");
    if (n->guest_kernel && strcmp(s->carrier, SETTING_CARRIER_LINUX) != 0)
        return pvb_fail(e, "--guest-kernel: the guests of suite %s are no Linux; leave it out", s->name);
    if (n->xen && !has_lab_host(pair, pairs, &hypervisor_xen))
        return pvb_fail(e, "--xen: no boot of this plan is on Xen in the lab; add --hypervisor xen");
    if (suite_starts_hypervisors(s) && machine_of(n)->is_here)
        return pvb_fail(e,
                        "suite %s: its variants are ways to start a hypervisor, which the lab does; on a host start it "
                        "with their words, and measure with another suite",
                        s->name);
    if (take_machine_options(p, s, n, pair, pairs, e))
        return -1;
    p->unit = calloc((size_t)pairs * (p->blocks ? 2 * p->blocks : repeats), sizeof(*p->unit));
    if (!p->unit)
        return pvb_fail(e, "suite %s: out of memory", s->name);
    if (p->blocks)
        add_blocks(p, pair, pairs);
    else
        add_repeats(p, pair, pairs, repeats);
    hash(p);
    return 0;
}

void plan_free(struct plan *p)
{
    free(p->unit);
    *p = (struct plan){0};
}
