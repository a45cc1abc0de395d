/*
 * lock_handover: a lock goes to a waiter that has gone to sleep for it, and comes back: two handovers. The parameter is
 * the way: 1, the usual one, as paravirtual spin locks do it, by a kick and a wait that it ends; 2 by an interrupt to a
 * waiter that has halted.
 */
#include "smp.h"

enum { BY_KICK = 1, BY_INTERRUPT = 2 };

static unsigned way;
static uint32_t holder; /* the vCPU that has the lock */
static bool over;

static bool has(unsigned vcpu)
{
    return __atomic_load_n(&holder, __ATOMIC_SEQ_CST) == vcpu;
}

static void await(unsigned vcpu)
{
    while (!has(vcpu)) {
        if (way == BY_KICK)
            guest_lock_wait(vcpu);
        else
            guest_halt_once(vcpu);
    }
}

static void hand_over(unsigned to)
{
    __atomic_store_n(&holder, to, __ATOMIC_SEQ_CST);
    if (way == BY_KICK)
        guest_lock_kick(to);
    else
        guest_wake(to);
}

static void partner(unsigned vcpu)
{
    for (;;) {
        await(vcpu);
        if (over)
            return;
        hand_over(0);
    }
}

static const char *setup(struct guest_run *run)
{
    if (run->parameter > BY_INTERRUPT)
        return guest_mistake(run, "the parameter is the way: 1, a kick, or 2, an interrupt");
    way = run->parameter ? (unsigned)run->parameter : BY_KICK;
    run->ops_per_iteration = 2;
    run->chunk = 1;
    const char *why = guest_partners(run, 1);
    if (!why && way == BY_KICK)
        why = guest_no_lock_kicks();
    if (why)
        return why;
    over = false;
    holder = 0;
    guest_partner_run(1, partner);
    guest_rest();
    return NULL;
}

static void op(void)
{
    hand_over(1);
    await(0);
}

static void teardown(void)
{
    over = true;
    hand_over(1);
    guest_partner_join();
}

WORKLOAD(lock_handover, "processors", "a lock to a sleeping waiter and back (parameter: 1 kick, 2 interrupt)",
         .setup = setup, .op = op, .reset = guest_rest, .teardown = teardown);
