/* doctor.c: looks, touches nothing, and names one mend for each thing that is missing. */
#include "runner/command/doctor.h"
#include "runner/command/environment_here.h"
#include "common/text.h"
#include "runner/plan/catalogue.h"
#include "runner/machine/machine.h"
#include "runner/hypervisor/hypervisor.h"
#include "runner/hypervisor/kvm_calibrate.h"
#include "runner/hypervisor/xen_program.h"
#include "runner/host/xen_here.h"

#include "collectors/pmu_open.h"
#include "hypervisor-harness/lab/lab.h"
#include "hypervisor-harness/station/station.h"
#include "probes/kvm_probes.h"
#include "probes/xen_probes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Fits the text and mend of a finding. */
#define say(into, ...) text_line((into), sizeof(into), __VA_ARGS__)

static void look_at_emulator(struct finding *f)
{
    char version[128], why[512];
    bool once = false;
    f->good = lab_check(version, sizeof(version), why, sizeof(why)) && lab_check_library(&once, why, sizeof(why));
    say(f->text, "%s%s", f->good ? version : why,
        f->good && !once ? " (may deliver an injected interrupt twice; Debian 12's is mended)" : "");
    say(f->mend, "%s", "apt-get install qemu-system-x86");
}

static void look_at_images(struct finding *f)
{
    struct pvb_error e;
    struct paths paths;
    const char *const names[] = {"guest-pv.elf", "guest-hvm.elf"};
    struct identity id = {0};
    say(f->mend, "%s", "make images");
    if (paths_find(&paths, &e)) {
        say(f->text, "%s", e.text);
        return;
    }
    f->good = machine_lab.identify(&id, &hypervisor_minivisor, &paths, &e) == 0;
    for (unsigned i = 0; i < 2 && f->good; i++) {
        struct image image = {0};
        char *path = path_of("%s/%s", paths.images, names[i]);
        f->good = image_load(&image, path, &e) == 0;
        image_free(&image);
        free(path);
    }
    if (f->good)
        say(f->text, "minivisor.elf, guest-pv.elf and guest-hvm.elf in %s", paths.images);
    else
        say(f->text, "%s", e.text);
    identity_free(&id);
    paths_free(&paths);
}

static void look_at_lab_host(struct finding *f, const struct hypervisor *h)
{
    struct pvb_error e;
    struct paths paths;
    struct identity id = {0};
    say(f->mend, "%s", "make lab-hosts");
    if (paths_find(&paths, &e)) {
        say(f->text, "%s", e.text);
        return;
    }
    f->good = machine_lab.identify(&id, h, &paths, &e) == 0;
    if (f->good)
        say(f->text, "a host for the lab in %s/lab/%s", paths.images, h->name);
    else
        say(f->text, "%s", e.text);
    identity_free(&id);
    paths_free(&paths);
}

static void look_at_kvm_lab(struct finding *f)
{
    look_at_lab_host(f, &hypervisor_kvm);
}

static void look_at_xen_lab(struct finding *f)
{
    look_at_lab_host(f, &hypervisor_xen);
}

/* The message has its mend behind the last semicolon. */
static void look_at_kvm(struct finding *f)
{
    struct pvb_error e = {""};
    f->good = kvm_calibrate(&e) == 0;
    char *mend = strstr(e.text, "; ");
    if (mend) {
        *mend = 0;
        say(f->mend, "%s", mend + 2);
    }
    say(f->text, "%s", f->good ? "/dev/kvm runs guests at this computer's own speed" : e.text);
}

/* The message has its mend behind the last semicolon. */
static void look_at_network(struct finding *f)
{
    char why[STATION_WHY] = "";
    f->good = station_possible(why) == 0;
    char *mend = strstr(why, "; ");
    if (mend) {
        *mend = 0;
        say(f->mend, "%s", mend + 2);
    }
    say(f->text, "%s", f->good ? "/dev/net/tun gives KVM's guests network cards" : why);
}

static void look_at_xen(struct finding *f)
{
    char *program = xen_program_find();
    const bool first = xen_first_domain("");
    f->good = first && program;
    say(f->text, "%s",
        f->good ? "this is the first domain of a Xen host; it can measure with --machine host"
        : first ? XEN_PROGRAM " is neither beside pvbench nor in ../lib/pvbench"
                : "this is not the first domain of a Xen host (" XEN_CAPABILITIES " does not say control_d)");
    say(f->mend, "%s", first ? "make" : "sudo apt-get install xen-system-amd64, then boot into Xen");
    free(program);
}

/* The message has its mend behind the last semicolon. */
static void look_at_pmu(struct finding *f)
{
    char why[PMU_WHY_SIZE] = "";
    f->good = pmu_counts_here(why, sizeof(why));
    char *mend = strstr(why, "; ");
    if (mend) {
        *mend = 0;
        say(f->mend, "%s", mend + 2);
    }
    say(f->text, "%s", f->good ? "perf_event_open counts instructions; see pvbench list --events" : why);
}

/* On Xen the probes of its first domain, which has no KVM. */
static void look_at_ebpf(struct finding *f)
{
    f->good = (xen_first_domain("") ? xen_probes_check : kvm_probes_check)(f->text, sizeof(f->text), f->mend,
                                                                           sizeof(f->mend));
}

/* What makes this computer's numbers lie. */
static unsigned look_at_environment(struct finding *finding)
{
    struct environment_judgement judgement[ENVIRONMENT_FACTS_MAX];
    json_t *facts = environment_here();
    unsigned count = environment_judge(facts, judgement);
    for (unsigned i = 0; i < count; i++) {
        const struct environment_judgement *j = &judgement[i];
        finding[i] = (struct finding){.name = j->name, .good = j->good, .noise = true, .unknown = !j->known};
        say(finding[i].text, "%s", j->text);
        if (!j->good)
            say(finding[i].mend, "%s", j->mend);
    }
    json_decref(facts);
    return count;
}

unsigned doctor_look(struct finding *finding)
{
    static const struct {
        const char *name;
        bool for_lab;
        void (*look)(struct finding *f);
    } places[] = {
        {"lab emulator", true, look_at_emulator}, {"lab images", true, look_at_images},
        {"lab KVM host", false, look_at_kvm_lab}, {"lab Xen host", false, look_at_xen_lab},
        {"host KVM", false, look_at_kvm},         {"host network", false, look_at_network},
        {"host Xen", false, look_at_xen},         {"host PMU", false, look_at_pmu},
        {"host eBPF", false, look_at_ebpf},
    };
    const unsigned count = sizeof(places) / sizeof(places[0]);
    _Static_assert(sizeof(places) / sizeof(places[0]) + ENVIRONMENT_FACTS_MAX <= FINDINGS_MAX, "no room for them all");
    for (unsigned i = 0; i < count; i++) {
        finding[i] = (struct finding){.name = places[i].name, .for_lab = places[i].for_lab};
        places[i].look(&finding[i]);
    }
    return count + look_at_environment(finding + count);
}
