/*
 * vcpus.c: several vCPUs in full virtualization: started by INIT and SIPI, called by the local APIC, by KVM's hypercall
 * for interrupts among processors where it has one, or by Xen's event channels; kicked as lock.c says.
 */
#include "../vcpus.h"
#include "hvm.h"
#include <xen/event_channel.h>
#include <xen/hvm/hvm_op.h>
#include <xen/sched.h>

/* AMD APM vol. 2, 16.5: the message type in bits 8 to 10, and bit 14: asserted. */
enum { ICR_FIXED = 1 << 14, ICR_INIT = 5 << 8 | 1 << 14, ICR_STARTUP = 6 << 8 | 1 << 14 };

/* A page below 1 MiB that nothing else of ours uses, and no firmware while we run. */
#define TRAMPOLINE 0x8000ul

extern char partner_trampoline[], partner_trampoline_end[];
uint64_t partner_stack;
uint32_t partner_number;

static evtchn_port_t call_port[VCPUS_MAX], kick_port[VCPUS_MAX];
static bool has_events; /* calls by them are taken */

/* Xen leaves every other number out, as if each core had two threads. Whoever starts holds his own against it. */
static uint32_t apic_id_of(unsigned v)
{
    return platform == PLATFORM_XEN ? 2 * v : v;
}

/* --- interrupts ------------------------------------------------------------------------ */

static void end_interrupt(unsigned v)
{
    if (platform != PLATFORM_KVM || !kvm_end_interrupt(v))
        hvm_apic_end();
}

void call_interrupt(void)
{
    const uint64_t now = tsc_now();
    const unsigned v = vcpu_here();
    if (!vcpu_take_call(v))
        return;
    end_interrupt(v);
    vcpu_called(v, now);
}

static uint64_t *word_of(uint64_t *bits, evtchn_port_t port)
{
    return &bits[port / 64];
}

static bool take(evtchn_port_t port)
{
    const uint64_t bit = 1ul << port % 64;
    return __atomic_fetch_and(word_of(mode_shared_info->evtchn_pending, port), ~bit, __ATOMIC_SEQ_CST) & bit;
}

/* The flags are cleared before the port is looked at, so that none is lost (xen/xen.h). */
void event_interrupt(void)
{
    const uint64_t now = tsc_now();
    const unsigned v = vcpu_here();
    struct vcpu_info *info = &mode_shared_info->vcpu_info[v];
    *(volatile uint8_t *)&info->evtchn_upcall_pending = 0;
    __atomic_store_n(&info->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    const bool mine = take(call_port[v]);
    hvm_apic_end();
    if (mine && vcpu_take_call(v))
        vcpu_called(v, now);
}

/* --- start --------------------------------------------------------------------------------- */

static evtchn_port_t bind(unsigned v)
{
    struct evtchn_bind_ipi ipi = {.vcpu = v};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &ipi), "binding an event to a vCPU");
    return ipi.port;
}

static void set_masked(evtchn_port_t port, bool masked)
{
    uint64_t *word = word_of(mode_shared_info->evtchn_mask, port);
    if (masked)
        __atomic_or_fetch(word, 1ul << port % 64, __ATOMIC_SEQ_CST);
    else
        __atomic_and_fetch(word, ~(1ul << port % 64), __ATOMIC_SEQ_CST);
}

/* Xen's events become an interrupt of the local APIC's, whose vector each vCPU may choose. */
static void init_events(void)
{
    has_events = true;
    for (unsigned v = 0; v < guest_vcpus(); v++) {
        struct xen_hvm_evtchn_upcall_vector upcall = {.vcpu = v, .vector = VECTOR_EVENT};
        must(HYPERCALL2(__HYPERVISOR_hvm_op, HVMOP_set_evtchn_upcall_vector, &upcall), "setting the events' vector");
        call_port[v] = bind(v);
        kick_port[v] = bind(v);
        set_masked(call_port[v], false);
        set_masked(kick_port[v], true);
        mode_shared_info->vcpu_info[v].evtchn_upcall_mask = 0;
    }
}

const char *mode_vcpus_init(void)
{
    memcpy((void *)TRAMPOLINE, partner_trampoline, (uintptr_t)partner_trampoline_end - (uintptr_t)partner_trampoline);
    if (platform == PLATFORM_XEN && mode_shared_info)
        init_events();
    return NULL;
}

void hvm_partner(unsigned v) __attribute__((noreturn));
void hvm_partner(unsigned v)
{
    hvm_traps_init_secondary(v);
    if (hvm_apic_id() != apic_id_of(v))
        guest_panic("vCPU %u has the APIC ID %u, where %u was expected", v, hvm_apic_id(), apic_id_of(v));
    hvm_apic_start_secondary();
    if (platform == PLATFORM_KVM)
        kvm_init_secondary(v);
    vcpu_partner(v);
}

/* INIT stops it, whatever it does. One SIPI does; a second one, for processors of old, would find it running. */
void mode_vcpu_up(unsigned v)
{
    partner_stack = (uintptr_t)vcpu_stack_top(v);
    partner_number = v;
    hvm_apic_send(apic_id_of(v), ICR_INIT);
    hvm_apic_send(apic_id_of(v), ICR_STARTUP | TRAMPOLINE / PAGE_SIZE);
}

void mode_vcpu_down(unsigned v)
{
    (void)v;
}

bool mode_vcpu_goes_down(void)
{
    return false;
}

void mode_vcpu_halt(unsigned v)
{
    (void)v;
    asm volatile("sti; hlt; cli" : : : "memory");
}

/* --- calls and kicks ------------------------------------------------------------------------- */

const char *mode_no_events(void)
{
    return has_events ? NULL : "no event channels between vCPUs: interrupts are all that there is";
}

static void send_event(evtchn_port_t port)
{
    struct evtchn_send event = {.port = port};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &event), "sending an event to a vCPU");
}

void mode_call(enum guest_call how, unsigned first, unsigned end)
{
    if (how == CALL_INTERRUPT && platform == PLATFORM_KVM && kvm_sends_ipis) {
        kvm_send_ipis((1ul << end) - (1ul << first), VECTOR_CALL);
        return;
    }
    for (unsigned v = first; v < end; v++) {
        if (how == CALL_EVENT)
            send_event(call_port[v]);
        else
            hvm_apic_send(apic_id_of(v), ICR_FIXED | VECTOR_CALL);
    }
}

const char *mode_no_kicks(void)
{
    if (platform == PLATFORM_KVM)
        return kvm_no_kick();
    return has_events ? NULL : "no event channels to kick by: without a paravirtual interface a lock spins";
}

const char *mode_no_looking(void)
{
    return platform == PLATFORM_KVM || platform == PLATFORM_NONE
               ? NULL
               : "the one that is woken waits while this one looks: a slice of time";
}

void mode_kick(unsigned v)
{
    if (platform == PLATFORM_KVM)
        kvm_kick_apic(apic_id_of(v));
    else
        send_event(kick_port[v]);
}

void mode_kick_wait(unsigned v)
{
    if (platform == PLATFORM_KVM) {
        asm volatile("hlt" : : : "memory"); /* interrupts masked: only a kick ends it */
        return;
    }
    struct sched_poll poll = {.nr_ports = 1};
    set_xen_guest_handle(poll.ports, &kick_port[v]);
    must(HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll), "SCHEDOP_poll");
    take(kick_port[v]);
}

bool mode_shootdown(const volatile void *address, unsigned vcpus)
{
    (void)vcpus;
    guest_flush_page(address);
    return false;
}
