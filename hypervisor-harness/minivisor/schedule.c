/*
 * schedule.c: several vCPUs on the one processor.
 *
 * The policy is a plain round robin. A vCPU runs until it halts, blocks, polls
 * in vain, yields, goes down, or has had a slice of 10 ms; then the next one by
 * number that can run does. A wake-up takes the processor from nobody: whoever
 * is woken waits for one of these moments. When nobody can run, the processor
 * sleeps until the first of all timers is due; when there is none, the guest
 * has ended by itself, and is killed with that reason.
 *
 * Nobody is told of a wake-up either. Who can run is found out when somebody
 * has left the processor, by a look at each vCPU, its timer included: the sender
 * of an event pays for its bits alone, whoever and wherever the receiver is, and
 * no vCPU is interrupted by another one's timer.
 *
 * Each vCPU has its state and its stack in pages of its own, and the running
 * one's are shown at one place (layout.h, VCPU_WINDOW). A switch is one entry of
 * a page table and the new CR3, and no way through the minivisor, of a guest
 * with one vCPU or several, asks whose state it works on. An entry under way
 * simply goes on when its vCPU has the processor again: its clock stood still.
 */
#include "schedule.h"
#include "account.h"
#include "cpu.h"
#include "guest.h"
#include "memory.h"
#include "timer.h"
#include "hvm/hvm.h"
#include "pv/pv.h"

#define SLICE_MS       10
#define FXSAVE_FCW     0 /* AMD APM vol. 2, 11.4.4 */
#define FXSAVE_MXCSR   24
#define FCW_AT_RESET   0x37f
#define MXCSR_AT_RESET 0x1f80

_Static_assert(VCPU_WINDOW_PAGES <= 512, "layout.h: the window is one table of pages");

static struct turns *const turns = &guest.turns;

static void make_window(unsigned int number)
{
    u64 state = allocate_frames(VCPU_WINDOW_PAGES), table = allocate_frames(1);
    u64 *entry = phys_to_virt(table);

    for (u64 i = 0; i < VCPU_WINDOW_PAGES; i++)
        if (i != VCPU_STATE_PAGES) /* where a stack that overflows comes to */
            entry[i] = (state + i * PAGE_SIZE) | PTE_P | PTE_W | PTE_NX;
    turns->window[number] = table | PTE_P | PTE_W;
    turns->vcpu[number] = phys_to_virt(state);
    turns->vcpu[number]->turn.number = number;
}

void schedule_init(unsigned int count)
{
    turns->count = count;
    turns->window_slot = hypervisor_l2_slot(VCPU_WINDOW);
    for (unsigned int i = 0; i < count; i++)
        make_window(i);
    *turns->window_slot = turns->window[0];
    turns->vcpu[0]->turn.up = true;
    if (count > 1)
        account_init_several();
}

/* --- who can run -------------------------------------------------------------- */

static bool is_pv(void)
{
    return guest.mode == GUEST_PV;
}

static bool is_over(u64 deadline, u64 now)
{
    return deadline && now >= deadline;
}

static bool can_run(const struct vcpu *vcpu, u64 now)
{
    const struct turn *turn = &vcpu->turn;

    if (!turn->up)
        return false;
    if (!turn->waits || is_over(turn->wake_at, now) || is_over(vcpu->timer.deadline, now))
        return true;
    return is_pv() ? pv_wait_is_over(vcpu) : hvm_wait_is_over(vcpu);
}

/* The next one by number; the running one at last. NULL: nobody. */
static struct vcpu *next_one(void)
{
    const u64 now = rdtsc();

    for (unsigned int i = 1; i <= turns->count; i++) {
        struct vcpu *vcpu = turns->vcpu[(this_vcpu()->turn.number + i) % turns->count];

        if (can_run(vcpu, now))
            return vcpu;
    }
    return NULL;
}

static bool is_running(const struct vcpu *vcpu)
{
    return vcpu->turn.number == this_vcpu()->turn.number;
}

static bool others_are_up(void)
{
    for (unsigned int i = 0; i < turns->count; i++)
        if (turns->vcpu[i]->turn.up && !is_running(turns->vcpu[i]))
            return true;
    return false;
}

/* --- time --------------------------------------------------------------------- */

static void begin_slice(void)
{
    turns->slice_end = others_are_up() ? rdtsc() + ns_to_ticks(SLICE_MS * 1000000ull) : 0;
    timer_program();
}

/* What others wait for takes the processor from nobody: it counts when nobody has it. */
u64 schedule_deadline(void)
{
    u64 deadline = turns->slice_end;

    if (deadline)
        return deadline;

    for (unsigned int i = 0; i < turns->count; i++) {
        const struct vcpu *vcpu = turns->vcpu[i];

        if (vcpu->turn.up && vcpu->turn.waits)
            deadline = earlier(deadline, earlier(vcpu->timer.deadline, vcpu->turn.wake_at));
    }
    return deadline;
}

/* The running one, which need not wait any more. A timer of its own that was due before is so now. */
static void run(void)
{
    const u64 now = rdtsc();

    this_vcpu()->turn.waits = false;
    if (is_over(this_vcpu()->timer.deadline, now)) {
        this_vcpu()->timer.deadline = 0;
        guest_timer_fires();
    }
    begin_slice();
}

/* --- turns -------------------------------------------------------------------- */

/* This vCPU has the processor, and its stack: what else is its own comes now. Also of one that has never had it. */
void schedule_arrive(void);
void schedule_arrive(void)
{
    struct turn *turn = &this_vcpu()->turn;

    account_switch(turn->number == 0);
    if (is_pv())
        pv_arrive();
    else
        hvm_arrive();
    __asm__ volatile("fxrstor64 %0" : : "m"(turn->fpu));
    if (is_pv())
        pv_arrive_fpu();
    run();
}

void turn_begin(struct vcpu *vcpu, u64 *stack, void (*entry)(void))
{
    struct turn *turn = &vcpu->turn;

    memset(turn->fpu, 0, sizeof(turn->fpu));
    *(u16 *)&turn->fpu[FXSAVE_FCW] = FCW_AT_RESET;
    *(u32 *)&turn->fpu[FXSAVE_MXCSR] = MXCSR_AT_RESET;
    turn->waits = false;
    turn->down_tsc = rdtsc() - guest.boot_tsc;
    /* What vcpu_switch() takes from there: six registers, of which none matters, and where to return to. */
    *--stack = (u64)entry;
    stack -= 6;
    turn->stack = (u64 *)((u64)stack - (u64)vcpu + VCPU_WINDOW);
}

/* To another one. Returns when this one has been chosen again; how long that took. */
static u64 switch_to(const struct vcpu *vcpu)
{
    struct turn *turn = &this_vcpu()->turn;
    u64 away;

    if (is_pv())
        pv_leave();
    else
        hvm_leave();
    __asm__ volatile("fxsave64 %0" : "=m"(turn->fpu));
    turn->left_tsc = turns->switched_tsc = rdtsc();
    vcpu_switch(turns->window_slot, turns->window[vcpu->turn.number], is_pv() ? pv_cr3(vcpu) : hypervisor_cr3,
                &turn->stack);
    away = turns->switched_tsc - turn->left_tsc;
    this_vcpu()->entry_tsc += away;
    schedule_arrive();
    return away;
}

/* Nobody can run: sleeps until the timer's interrupt has been handled. */
static void sleep(void)
{
    u64 asleep = rdtsc();

    turns->slice_end = 0;
    timer_program();
    if (!schedule_deadline() && !guest.watchdog.asks)
        kill_guest("all vCPUs block for ever: none has a timer armed, and nobody sends events");
    turns->asleep = true;
    if (is_pv())
        timer_wait();
    else
        hvm_sleep();
    turns->asleep = false;
    this_vcpu()->entry_tsc += rdtsc() - asleep;
}

/* Until this one can run, and nobody before it. */
static void wait(void)
{
    for (;;) {
        const struct vcpu *vcpu = next_one();

        if (!vcpu) {
            sleep();
            continue;
        }
        if (!is_running(vcpu)) {
            switch_to(vcpu);
            return;
        }
        run();
        return;
    }
}

void schedule_wait(u64 wake_at)
{
    this_vcpu()->turn.waits = true;
    this_vcpu()->turn.wake_at = wake_at;
    wait();
}

void schedule_yield(void)
{
    const struct vcpu *vcpu = next_one();

    if (vcpu && !is_running(vcpu))
        this_vcpu()->turn.wait_tsc += switch_to(vcpu);
}

void schedule_up(struct vcpu *vcpu)
{
    vcpu->turn.up = true;
    if (!turns->slice_end)
        begin_slice();
}

void schedule_down(struct vcpu *vcpu)
{
    u64 entered = this_vcpu()->entry_tsc;

    if (vcpu->turn.up && is_running(vcpu) && !others_are_up())
        kill_guest("its last vCPU goes down");
    vcpu->turn.up = false;
    if (!is_running(vcpu))
        return;
    wait();
    this_vcpu()->turn.down_tsc += this_vcpu()->entry_tsc - entered;
}

static bool timer_interrupted(void)
{
    return is_pv() ? pv_timer_interrupted() : hvm_timer_interrupted();
}

/*
 * A slice that ends while the minivisor works for its vCPU goes on until that is done:
 * the moment is over, so that the timer strikes again as soon as the guest runs.
 */
void schedule_tick(u64 now)
{
    watchdog_look(now);
    if (turns->asleep) /* and looks around next */
        return;
    if (turns->slice_end && now >= turns->slice_end && timer_interrupted()) {
        if (is_pv()) {
            schedule_yield();
        } else {
            this_hvm()->in_interrupt = true;
            schedule_yield();
            this_hvm()->in_interrupt = false;
        }
        if (now >= turns->slice_end) /* nobody else wanted it */
            begin_slice();
        return;
    }
    timer_program();
}
