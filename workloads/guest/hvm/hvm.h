/*
 * hvm.h: what the files of the HVM layer share.
 */
#ifndef GUEST_HVM_H
#define GUEST_HVM_H

#include "../hypercall.h"
#include "../paging.h"
#include <xen/arch-x86/hvm/start_info.h>

enum { KERNEL_CS = 0x08, KERNEL_DS = 0x10, TSS_SELECTOR = 0x30 };
enum {
    VECTOR_TIMER = 0x40,
    VECTOR_SELF = 0x41,
    VECTOR_DEVICE = 0x42,
    VECTOR_MESSAGE = 0x43,
    VECTOR_CALL = 0x44,
    VECTOR_EVENT = 0x45,
    VECTOR_STRAY = 0xff
};
/* Of the 8259s: line 11, and the last line of each, by which they say that there was nothing. */
enum { VECTOR_PIC_MASTER = 0x20, VECTOR_PIC_SLAVE = 0x28 };
enum {
    VECTOR_LINE = VECTOR_PIC_SLAVE + 3,
    VECTOR_SPURIOUS = VECTOR_PIC_MASTER + 7,
    VECTOR_SPURIOUS_SLAVE = VECTOR_PIC_SLAVE + 7
};

extern uint64_t kernel_l4[512];
extern char boot_stack_top[], trap_stack_top[], fault_stack_top[];

static inline void outw(uint16_t port, uint16_t value)
{
    asm volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint16_t inw(uint16_t port)
{
    uint16_t value;
    asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline void outl(uint16_t port, uint32_t value)
{
    asm volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint32_t inl(uint16_t port)
{
    uint32_t value;
    asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

struct cpuid {
    uint32_t a, b, c, d;
};

static inline struct cpuid cpuid(uint32_t leaf)
{
    struct cpuid r;
    asm volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(0));
    return r;
}

/* platform.c: whose guest this is */
enum platform { PLATFORM_NONE, PLATFORM_MINIVISOR, PLATFORM_XEN, PLATFORM_KVM };
extern enum platform platform;
extern uint32_t xen_cpuid_base; /* of Xen's CPUID leaves; 0: not there */
void hvm_platform_init(void);

/* kvm.c: with PLATFORM_KVM only */
void hvm_kvm_init(uint32_t cpuid_base);
uint64_t kvm_tsc_khz(void); /* 0: there is no clock */
void kvm_null_hypercall(void);
extern bool kvm_sends_ipis;
void kvm_send_self(unsigned vector);
const char *kvm_no_yield(void); /* NULL, or why not; also of kicks */
void kvm_yield(void);
const char *kvm_no_kick(void);
void kvm_kick(void); /* ends the HLT that comes next */
extern uint32_t
    kvm_eoi_word; /* bit 0, set by KVM: this interrupt needs no end written to the APIC, only the bit cleared */

uint64_t hvm_parameter(uint32_t index); /* of the domain, HVM_PARAM_* (xen/hvm/params.h); 0: there is none */
void hvm_console_init(void);            /* uart.c */
void hvm_console_xen(void);             /* when a hypervisor of Xen's kind is there and nothing else */
void hvm_virtio_console_init(void);     /* virtio_console.c: when there is one */
bool hvm_virtio_console_put(char c);    /* false: there is none */
void hvm_traps_init(void);              /* traps.c */
void hvm_memory_init(const struct hvm_start_info *); /* memory.c */
void hvm_forget_loader(void);
void hvm_map_identity(uint64_t address, uint64_t flags);
uint64_t *hvm_walk(uint64_t *l4, uint64_t address); /* the L1 slot, making tables on the way */
void hvm_arena_init(void);                          /* arena.c */
void hvm_user_init(void);                           /* user.c */
void hvm_apic_init(void);                           /* apic.c */
uint64_t hvm_apic_count(void);
uint32_t hvm_apic_id(void);
void hvm_apic_open_lint0(bool open); /* to the 8259s */
void hvm_pic_init(void);             /* pic.c */
void hvm_line_open(void);            /* an emulated card may interrupt, once until it is ended; unmasks interrupts */
void hvm_line_close(void);
void hvm_halt_until_line(void);      /* has interrupted */
void hvm_line_end(void);             /* its card is seen to: it may interrupt again */
void hvm_await_device(void);         /* before it is told of what it is to interrupt for; unmasks interrupts */
void hvm_halt_until_device(void);    /* has interrupted; masks them again */
void hvm_forget_message(void);       /* of a card; it can interrupt as long as interrupts are open */
void hvm_halt_until_message(void);   /* has come since it was forgotten; unmasks interrupts */
void hvm_apic_start(void);           /* after the calibration: the timer serves its purpose */
void hvm_lock_init(void);            /* lock.c */
void hvm_doorbell_init(void);        /* doorbell.c */
void hvm_map_shared_info(void);      /* where events are seen; once */
void hvm_apic_start_secondary(void); /* of another vCPU */
void hvm_apic_end(void);             /* of an interrupt */
void hvm_apic_send(uint32_t apic_id, uint32_t what); /* an interrupt command to another vCPU */
void hvm_traps_init_secondary(unsigned vcpu);
void kvm_init_secondary(unsigned vcpu);
bool kvm_end_interrupt(unsigned vcpu); /* true: nothing need be written to the APIC */
void kvm_send_ipis(uint64_t apic_ids, unsigned vector);
void kvm_kick_apic(uint32_t apic_id);
void call_interrupt(void);
void event_interrupt(void);
void hvm_calibrate(const struct hvm_start_info *); /* calibrate.c */
extern uint64_t tsc_khz, apic_khz;
extern bool hvm_clock_told;                                /* by the hypervisor, there being no hardware clock */
uint64_t hvm_ask_tsc_khz(void);                            /* ask_clock.c; 0: nobody knows */
uint16_t hvm_pm_timer_port(const struct hvm_start_info *); /* acpi.c; 0: none */
void timer_interrupt(void);
void self_interrupt(void);
void device_interrupt(void);
void message_interrupt(void);
void line_interrupt(void);
void spurious_interrupt(void);
void spurious_slave_interrupt(void);
void stray_interrupt(void);
void hvm_start(const struct hvm_start_info *) __attribute__((noreturn));

#endif
