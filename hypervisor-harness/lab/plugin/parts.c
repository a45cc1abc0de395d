/*
 * parts.c: see parts.h. Who executes is told by worlds.c, but for the kernel that is KVM's and the back end's at
 * once: there it is the task that tells, and whether it is on its way into a guest.
 *
 * What a task does in the kernel between its program and VMRUN is the hypervisor's, and so is all that follows, until
 * its program goes on. What it does for any other system call is the back end's. Which of them it is shows at the
 * end, so it is the back end's at first, and is handed over at VMRUN.
 */
#include "parts.h"

#include <stdlib.h>

enum { TASKS_MAX = 4096 };

struct task {
    uint64_t id;      /* where its stack pointer is kept; 0: whoever was there first */
    uint64_t pending; /* of what it does in the kernel, still to be known */
    bool in_run, is_idle;
};

static struct setting setting;
static struct task tasks[TASKS_MAX], *task = tasks, *vcpu_task;
static unsigned task_count = 1;

static enum world now = WORLD_HYPERVISOR;
static uint64_t counted; /* of count_now(), what is in the parts */
static uint64_t part[PARTS], halts;

void parts_set(const struct setting *s)
{
    setting = *s;
}

static enum part part_of_kernel(uint64_t n)
{
    if (setting.layout != LAYOUT_LINUX)
        return PART_KERNEL;
    if (task->in_run || task->is_idle)
        return task->in_run ? PART_HYPERVISOR : PART_IDLE;
    task->pending += n;
    return PART_KERNEL;
}

static void settle(void)
{
    static const enum part of[] = {[WORLD_GUEST] = PART_GUEST,
                                   [WORLD_GUEST_KERNEL] = PART_GUEST_KERNEL,
                                   [WORLD_HYPERVISOR] = PART_HYPERVISOR,
                                   [WORLD_USER] = PART_USER};
    const uint64_t n = count_now() - counted;
    counted += n;
    part[now == WORLD_KERNEL ? part_of_kernel(n) : of[now]] += n;
}

static void hand_over(enum part to)
{
    part[PART_KERNEL] -= task->pending;
    part[to] += task->pending;
    task->pending = 0;
}

void parts_enter(enum world world)
{
    settle();
    now = world;
    if (world == WORLD_USER) {
        task->in_run = false;
        task->pending = 0;
    }
}

const uint64_t *parts_now(void)
{
    settle();
    return part;
}

uint64_t parts_halts(void)
{
    return halts;
}

bool parts_is_back_end(void)
{
    if (now != WORLD_KERNEL)
        return now == WORLD_USER;
    return setting.layout != LAYOUT_LINUX || (task != vcpu_task && !task->is_idle);
}

/* --- who goes on ------------------------------------------------------------- */

static struct task *find_task(uint64_t id)
{
    for (unsigned i = 0; i < task_count; i++)
        if (tasks[i].id == id)
            return &tasks[i];
    if (task_count == TASKS_MAX)
        abort();
    tasks[task_count].id = id;
    return &tasks[task_count++];
}

static void on_switch(unsigned vcpu, uint32_t info, uint64_t address, void *data)
{
    (void)vcpu;
    (void)info;
    (void)data;
    settle();
    task = find_task(address);
}

static void on_vmrun(unsigned vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    settle();
    hand_over(PART_HYPERVISOR);
    vcpu_task = task;
    task->in_run = true;
}

static void on_halt(unsigned vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    halts++;
    if (setting.layout != LAYOUT_LINUX || task->in_run)
        return;
    settle();
    hand_over(PART_IDLE);
    task->is_idle = true;
}

static bool is(const struct qemu_plugin_insn *insn, size_t size, const uint8_t *begins, size_t bytes)
{
    const uint8_t *code = insn ? qemu_plugin_insn_data(insn) : NULL;
    for (size_t i = 0; code && i < bytes; i++)
        if (code[i] != begins[i])
            return false;
    return code && qemu_plugin_insn_size(insn) == size;
}

/*
 * Linux's __switch_to_asm (arch/x86/entry/entry_64.S), and nothing else, keeps RSP in what RDI points to and takes it
 * from what RSI points to: mov %rsp, THREAD(%rdi); mov THREAD(%rsi), %rsp. With a rw of "read" alone QEMU 7.2 sees
 * no access of the latter.
 */
void parts_translate(struct qemu_plugin_insn *insn, struct qemu_plugin_insn *previous, enum world world)
{
    static const uint8_t halt[] = {0xf4}, keeps[] = {0x48, 0x89, 0xa7}, takes[] = {0x48, 0x8b, 0xa6};
    const bool is_own = world == WORLD_GUEST_KERNEL && setting.layout == LAYOUT_BARE;
    if ((world_is_guest(world) && !is_own) || world == WORLD_USER)
        return;
    if (is(insn, 1, halt, 1))
        qemu_plugin_register_vcpu_insn_exec_cb(insn, on_halt, QEMU_PLUGIN_CB_NO_REGS, NULL);
    if (setting.layout != LAYOUT_LINUX)
        return;
    if (count_is_vmrun(insn))
        qemu_plugin_register_vcpu_insn_exec_cb(insn, on_vmrun, QEMU_PLUGIN_CB_NO_REGS, NULL);
    if (is(previous, 7, keeps, 3) && is(insn, 7, takes, 3))
        qemu_plugin_register_vcpu_mem_cb(insn, on_switch, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
}
