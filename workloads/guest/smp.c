/*
 * smp.c: partners on other vCPUs: how they are called, answer, and are given something to do.
 *
 * Every wait here halts, but for that of guest_call_and_look(). Whoever changes what another waits for sends it an
 * interrupt afterwards, and whoever waits looks with interrupts masked and halts with them open, so that no change is
 * missed.
 */
#include "vcpus.h"

enum { REST_US = 100 }; /* longer than all partners take to halt, and as long again */

uint8_t vcpu_stacks[VCPUS_MAX][STACK_SIZE] __attribute__((aligned(PAGE_SIZE)));

static struct {
    uint64_t called_at;
    uint32_t called; /* bit 0: a call is on its way */
    bool up, stopping, stopped;
    void (*job)(unsigned vcpu);
} __attribute__((aligned(64))) vcpu[VCPUS_MAX];

static uint32_t awaited; /* partners that have not answered */
static void (*work)(void);
static enum guest_call answer_by;
static bool answer_silently;
static volatile uint64_t started_at;

/* What another vCPU may change. */
#define LOOK(variable)       __atomic_load_n(&(variable), __ATOMIC_SEQ_CST)
#define SET(variable, value) __atomic_store_n(&(variable), (value), __ATOMIC_SEQ_CST)

unsigned guest_vcpus(void)
{
    const unsigned n = PVB_PARAM_VCPUS(params.flags);
    return n > VCPUS_MAX ? VCPUS_MAX : n > 1 ? n : 1;
}

/* --- calls and answers ---------------------------------------------------------------- */

bool vcpu_take_call(unsigned v)
{
    return __atomic_exchange_n(&vcpu[v].called, 0, __ATOMIC_SEQ_CST);
}

static void call(enum guest_call how, unsigned first, unsigned end)
{
    for (unsigned v = first; v < end; v++)
        SET(vcpu[v].called, 1);
    mode_call(how, first, end);
}

static void answer(void)
{
    if (__atomic_sub_fetch(&awaited, 1, __ATOMIC_SEQ_CST) == 0 && !answer_silently)
        call(answer_by, 0, 1);
}

/* The first vCPU is called for answers alone: to be awake is all that there is to it. */
void vcpu_called(unsigned v, uint64_t at)
{
    if (v == 0)
        return;
    vcpu[v].called_at = at;
    if (LOOK(vcpu[v].job) || LOOK(vcpu[v].stopping)) /* it looks by itself */
        return;
    if (work)
        work();
    answer();
}

const char *guest_no_call(enum guest_call how)
{
    return how == CALL_EVENT ? mode_no_events() : NULL;
}

void guest_call(enum guest_call how, unsigned count, void (*of_each)(void))
{
    work = of_each;
    answer_by = how;
    SET(awaited, count);
    call(how, 1, count + 1);
}

void guest_await_answers(void)
{
    while (LOOK(awaited))
        mode_vcpu_halt(0);
}

const char *guest_no_looking(void)
{
    return mode_no_looking();
}

void guest_call_and_look(void)
{
    SET(answer_silently, true);
    guest_call(CALL_INTERRUPT, 1, NULL);
    while (LOOK(awaited))
        ;
    SET(answer_silently, false);
}

uint64_t guest_called_at(unsigned partner)
{
    return vcpu[partner].called_at;
}

void guest_halt_once(unsigned v)
{
    mode_vcpu_halt(v);
}

void guest_wake(unsigned v)
{
    call(CALL_INTERRUPT, v, v + 1);
}

/* --- partners --------------------------------------------------------------------------- */

void vcpu_partner(unsigned v)
{
    for (;;) {
        started_at = tsc_now();
        SET(vcpu[v].stopped, false);
        answer();
        while (!LOOK(vcpu[v].stopping)) {
            if (LOOK(vcpu[v].job)) {
                vcpu[v].job(v);
                SET(vcpu[v].job, NULL);
                answer();
            }
            mode_vcpu_halt(v);
        }
        SET(vcpu[v].stopping, false);
        SET(vcpu[v].stopped, true);
        answer();
        mode_vcpu_down(v);
    }
}

uint64_t guest_partner_start(unsigned v)
{
    answer_by = CALL_INTERRUPT;
    SET(awaited, 1);
    mode_vcpu_up(v);
    guest_await_answers();
    vcpu[v].up = true;
    return started_at;
}

void guest_partner_stop(unsigned v)
{
    if (!vcpu[v].up)
        return;
    vcpu[v].up = false;
    if (!mode_vcpu_goes_down())
        return;
    answer_by = CALL_INTERRUPT;
    SET(awaited, 1);
    SET(vcpu[v].stopping, true);
    guest_wake(v);
    guest_await_answers();
}

void guest_partner_run(unsigned v, void (*job)(unsigned vcpu))
{
    answer_by = CALL_INTERRUPT;
    SET(awaited, 1);
    SET(vcpu[v].job, job);
    guest_wake(v);
}

void guest_partner_join(void)
{
    guest_await_answers();
}

const char *guest_partners(struct guest_run *run, unsigned partners)
{
    static bool is_ready;
    (void)run;
    if (guest_vcpus() <= partners)
        return guest_vcpus() == 1 ? "this guest has one vCPU; a suite's \"vcpus\" say how many it has"
                                  : "this guest has too few vCPUs for the parameter";
    const char *why = is_ready ? NULL : mode_vcpus_init();
    if (why)
        return why;
    is_ready = true;
    for (unsigned v = 1; v <= partners; v++)
        if (!vcpu[v].up)
            guest_partner_start(v);
    guest_rest();
    return NULL;
}

void guest_rest(void)
{
    guest_timer_arm(guest_deadline_in(REST_US));
    guest_halt_until_timer();
}

/* --- */

const char *guest_no_lock_kicks(void)
{
    return mode_no_kicks();
}

void guest_lock_kick(unsigned v)
{
    mode_kick(v);
}

void guest_lock_wait(unsigned v)
{
    mode_kick_wait(v);
}

static const volatile void *shot;

static void flush_shot(void)
{
    guest_flush_page(shot);
}

void guest_shootdown(const volatile void *address)
{
    const unsigned vcpus = guest_vcpus();
    if (mode_shootdown(address, vcpus))
        return;
    shot = address;
    guest_call(CALL_INTERRUPT, vcpus - 1, flush_shot);
    guest_await_answers();
}
