/*
 * plugin.c: what the lab's emulator executes while a guest measures, instruction by instruction.
 *
 * A plugin of QEMU's TCG (qemu_plugin.h). It changes nothing of what is measured: the machine's clock ticks once an
 * instruction, whatever it takes to emulate it. Reading order: count.c, how many; worlds.c, who; parts.c, whose;
 * spans.c, in which spans of the guest's.
 *
 * All is counted from the machine's first instruction on. To begin later would be quicker, but translations that are
 * made anew walk page tables again, and what is inside sees that in the TLB. Of a guest that starts twice the first
 * start is told of: in the second one others watch, which it costs.
 *
 * Arguments: layout=bare|minivisor|linux|xen, hvm=0|1, linux=0|1 (the guest), guest=START-END (twice: image, user mode;
 * of Linux what of its program reads time stamps, and programs), main=ADDRESS where the guest begins its workloads,
 * mark=ADDRESS where it has set a mark, out=FILE, profile=FILE (not given: none). Addresses are hexadecimal.
 */
#include "causes.h"
#include "profile.h"
#include "spans.h"

#include <stdlib.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

EXPORTED int qemu_plugin_version = 1;
EXPORTED int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv);

static uint64_t main_address, mark_address;
static struct rules rules;
static struct setting setting;
static FILE *explain;   /* where the profile goes; NULL: nobody wants it */
static unsigned starts; /* of the guest */
static enum world now = WORLD_HYPERVISOR;

static void enter(enum world world)
{
    spans_leave_world(now);
    parts_enter(world);
    if (explain)
        frames_change_world(now, world, setting.layout);
    now = world;
    spans_enter_world(now);
}

static void on_block(unsigned vcpu, void *data)
{
    struct block *b = data;
    (void)vcpu;
    const uint64_t done = count_block(b);
    worlds_block(b);
    if (b->world != now)
        enter(b->world);
    if (explain) {
        frames_block(b);
        profile_block(b, done);
    }
}

static void on_mark(unsigned vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    if (starts == 1)
        spans_mark();
}

static void on_time_stamp(unsigned vcpu, void *data)
{
    (void)vcpu;
    spans_time_stamp((uint64_t)(uintptr_t)data);
}

static void on_main(unsigned vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    starts++;
    frames_watch(explain && starts == 1);
}

static bool is_rdtsc(const struct qemu_plugin_insn *insn)
{
    static const uint8_t rdtsc[] = {0x0f, 0x31};
    return qemu_plugin_insn_size(insn) == 2 && memcmp(qemu_plugin_insn_data(insn), rdtsc, 2) == 0;
}

/* Linux reads the time stamp for itself, too, and so does the C library's memory of a process. */
static bool is_in(unsigned range, uint64_t address)
{
    return address >= setting.guest[range].start && address < setting.guest[range].end;
}

static void watch_guest(struct qemu_plugin_insn *insn)
{
    const uint64_t address = qemu_plugin_insn_vaddr(insn);
    if (address == mark_address)
        qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark, QEMU_PLUGIN_CB_NO_REGS, NULL);
    else if (is_rdtsc(insn) && (!setting.is_linux || is_in(0, address)))
        qemu_plugin_register_vcpu_insn_exec_cb(insn, on_time_stamp, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)address);
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    struct qemu_plugin_insn *previous = NULL;
    struct block *b = count_translation(tb, worlds_of(tb), &rules);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, b);
    if (explain && world_is_guest(b->world))
        causes_translate(tb, b, setting.guest[1].start, setting.guest[1].end);
    if (explain)
        profile_translate(tb, b);
    if (b->start == main_address && b->world == WORLD_GUEST)
        qemu_plugin_register_vcpu_tb_exec_cb(tb, on_main, QEMU_PLUGIN_CB_NO_REGS, NULL);
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        worlds_translate(insn, b->world);
        parts_translate(insn, previous, b->world);
        if (explain)
            frames_translate(insn);
        if (b->world == WORLD_GUEST)
            watch_guest(insn);
        previous = insn;
    }
}

/* --- the arguments ----------------------------------------------------------- */

static FILE *out;
static unsigned ranges;

static bool take_layout(const char *value)
{
    static const char *const names[] = {"bare", "minivisor", "linux", "xen"};
    for (unsigned i = 0; i < 4; i++)
        if (strcmp(value, names[i]) == 0) {
            setting.layout = (enum layout)i;
            return true;
        }
    return false;
}

static bool take_range(const char *value)
{
    char *behind;
    if (ranges == sizeof(setting.guest) / sizeof(setting.guest[0]))
        return false;
    setting.guest[ranges].start = strtoull(value, &behind, 16);
    if (*behind != '-')
        return false;
    setting.guest[ranges++].end = strtoull(behind + 1, NULL, 16);
    return true;
}

static bool take(const char *name, const char *value)
{
    if (strcmp(name, "layout") == 0)
        return take_layout(value);
    if (strcmp(name, "guest") == 0)
        return take_range(value);
    if (strcmp(name, "hvm") == 0)
        setting.is_hvm = *value == '1';
    else if (strcmp(name, "linux") == 0)
        setting.is_linux = *value == '1';
    else if (strcmp(name, "main") == 0)
        main_address = strtoull(value, NULL, 16);
    else if (strcmp(name, "mark") == 0)
        mark_address = strtoull(value, NULL, 16);
    else if (strcmp(name, "out") == 0)
        out = fopen(value, "we");
    else if (strcmp(name, "profile") == 0)
        explain = fopen(value, "we");
    else
        return false;
    return true;
}

static bool take_arguments(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        if (!equals)
            return false;
        *equals = 0;
        if (!take(argv[i], equals + 1))
            return false;
    }
    return out && main_address && mark_address && ranges;
}

static void on_exit_of_emulator(qemu_plugin_id_t id, void *data)
{
    (void)id;
    (void)data;
    fputs("end\n", out);
    fclose(out);
    if (explain) {
        fputs("end\n", explain);
        fclose(explain);
    }
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
    (void)info;
    if (!take_arguments(argc, argv)) {
        fputs("pvbench's plugin: its arguments are not to be used\n", stderr);
        return -1;
    }
    rules.guest_is_hvm = setting.is_hvm;
    rules.guest_is_linux = setting.is_linux;
    rules.nothing_below = setting.is_linux && setting.layout == LAYOUT_BARE;
    rules.ports_are_virtual = setting.layout == LAYOUT_XEN;
    worlds_set(&setting);
    parts_set(&setting);
    spans_write_to(out);
    profile_write_to(explain);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, on_exit_of_emulator, NULL);
    return 0;
}
