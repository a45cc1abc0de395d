/* Any bytes as what a host in the lab hands out: a verdict with a reason, or a run that JSON can hold. */
#include "console_fuzz.h"
#include "runner/machine/lab_host.h"

static void line(void *context, const char *text, size_t size, bool cut)
{
    sources_line(context, SPEAKER_HYPERVISOR, text, size, cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct lines lines;
    const struct identity identity = {.sha256 = "aa"};
    const struct image image = {.sha256 = "bb"};
    const struct boot_order order = {.setting = setting_of("kvm", "hvm", "lab"),
                                     .hypervisor = &hypervisor_kvm,
                                     .machine = &machine_lab,
                                     .identity = &identity,
                                     .image = &image,
                                     .workloads_sha256 = "cc"};
    struct observation *o = observation_new("hvm", fuzz_asked, FUZZ_ASKED);
    char reason[PVB_REASON_SIZE] = "";
    sources_open(o, lab_host_listener.collectors);
    memset(&lines, 0, sizeof(lines));
    lines.line = line;
    lines.context = o;
    lines_feed(&lines, (const char *)bytes, size);
    lines_finish(&lines);
    if (lab_host_listener.judge(o, 0, reason, sizeof(reason)) != STATUS_OK) {
        if (!reason[0])
            abort();
    } else {
        json_t *run = lab_host_take(&order, o);
        char *text = run ? json_dumps(run, 0) : NULL;
        if (run && !text)
            abort();
        free(text);
        json_decref(run);
    }
    observation_free(o);
    return 0;
}
