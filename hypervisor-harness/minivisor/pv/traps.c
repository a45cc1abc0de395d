/*
 * traps.c: what the processor tells the minivisor, carried on to the
 * guest's kernel (class `forward`), and the way back, iret.
 *
 * The guest's kernel runs in ring 3 like its processes; what tells them
 * apart is in_kernel and the page tables. The frame that the kernel
 * finds on its stack is Xen's (xen/arch-x86/xen-x86_64.h and
 * xen/arch-x86/xen.h): rcx, r11, [error code,] rip, cs with the saved event
 * mask in bits 32-39, rflags, rsp, ss.
 */
#include "account.h"
#include "guest.h"
#include "pv.h"
#include "timer.h"
#include "user_copy.h"

#include <xen/callback.h>
#include <xen/errno.h>

/* Exceptions that push an error code: #DF #TS #NP #SS #GP #PF #AC. */
#define HAS_ERROR_CODE      0x00027d00u
#define PAGE_FAULT_USER     4                         /* bit of #PF's error code */
#define PROTECTION_BY_GATE  2                         /* of #GP's: what the rest of it names is a gate */
#define PAGE_FAULT_OF_STORE (1 | 2 | PAGE_FAULT_USER) /* what is there may only be read */
/* struct trap_info.flags, xen/arch-x86/xen.h: TI_GET_DPL, TI_GET_IF */
#define TRAP_DPL(flags)          ((flags)&3)
#define TRAP_MASKS_EVENTS(flags) ((flags)&4)

extern char stack_bottom[];

struct regs *pv_regs(void)
{
    return (struct regs *)(stack_bottom + STACK_SIZE) - 1;
}

void pv_print_regs(void)
{
    print_regs(pv_regs());
}

/* GS of the mode that is not running waits in KERNEL_GS_BASE. */
static inline void toggle_mode(u64 l4)
{
    this_pv()->in_kernel = !this_pv()->in_kernel;
    write_cr3(l4 << PAGE_SHIFT);
    __asm__ volatile("swapgs" : : : "memory");
}

void pv_switch_to_user(void)
{
    if (!this_pv()->user_l4)
        kill_guest("iret to user mode without user page tables");
    toggle_mode(this_pv()->user_l4);
}

/*
 * Sends the guest to a handler of its kernel's. Its rcx and r11 are saved
 * in the frame, so that the way there can be SYSRET.
 */
static inline void bounce(struct regs *regs, u64 handler, bool mask_events, bool with_error)
{
    u64 sp, cs = regs->cs, rflags = regs->rflags & ~RFLAGS_IF, size = with_error ? 64 : 56;
    u8 masked = this_pv()->vcpu_info->evtchn_upcall_mask;
    bool ok;

    if (this_pv()->in_kernel) {
        sp = regs->rsp;
        cs &= ~3ull; /* how the kernel sees that it interrupted itself */
    } else {
        toggle_mode(this_pv()->kernel_l4);
        sp = this_pv()->kernel_sp;
    }
    sp = (sp & ~15ull) - size;
    if (!masked)
        rflags |= RFLAGS_IF;
    if (this_pv()->architectural_iopl)
        rflags |= this_pv()->iopl;
    cs = (cs & 0xffff) | ((u64)masked << 32);

    ok = range_is_guests(sp, size) && store_guest_u64(sp, regs->rcx) && store_guest_u64(sp + 8, regs->r11);
    if (with_error)
        ok = ok && store_guest_u64(sp + 16, regs->error);
    if (!(ok && store_guest_u64(sp + size - 40, regs->rip) && store_guest_u64(sp + size - 32, cs) &&
          store_guest_u64(sp + size - 24, rflags) && store_guest_u64(sp + size - 16, regs->rsp) &&
          store_guest_u64(sp + size - 8, regs->ss)))
        kill_guest("no room on the kernel's stack at %lx for a frame (vector %lu, error %lx, cr2 %lx)", sp,
                   regs->vector, regs->error, read_cr2());
    if (mask_events)
        this_pv()->vcpu_info->evtchn_upcall_mask = 1;
    regs->rsp = sp;
    regs->rip = handler;
    regs->cs = SEL_GUEST_CS;
    regs->ss = SEL_GUEST_SS;
    regs->rflags &= ~(RFLAGS_TF | RFLAGS_NT | RFLAGS_RF | RFLAGS_AC | RFLAGS_DF);
    regs->vector = VECTOR_SYSCALL;
}

static const char *exception_name(unsigned int vector)
{
    static const char *const names[32] = {"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "9",
                                          "#TS", "#NP", "#SS", "#GP", "#PF", "15",  "#MF", "#AC", "#MC", "#XF"};

    return vector < 20 ? names[vector] : "reserved exception";
}

static inline __attribute__((always_inline)) void forward_exception(struct regs *regs, unsigned int vector)
{
    const struct trap_info *trap = &this_pv()->traps[vector];

    if (!trap->address) {
        if (vector == 14)
            kill_guest("#PF at %lx (error %lx) with no handler", read_cr2(), regs->error);
        kill_guest("%s with no handler", exception_name(vector));
    }
    if (vector == 14) {
        this_pv()->vcpu_info->arch.cr2 = read_cr2();
        /* The kernel is in ring 3 too, but its own faults are not user faults to it. */
        if (this_pv()->in_kernel)
            regs->error &= ~(u64)PAGE_FAULT_USER;
    }
    bounce(regs, trap->address, TRAP_MASKS_EVENTS(trap->flags), (HAS_ERROR_CODE >> vector) & 1);
    account(PVB_CLASS_FORWARD, vector);
}

void pv_forward_exception(struct regs *regs, unsigned int vector)
{
    forward_exception(regs, vector);
}

/* Of what is asked of any exception half is known of this one. */
static __attribute__((noinline)) void forward_page_fault(struct regs *regs)
{
    forward_exception(regs, 14);
}

/*
 * INT n raises #GP with an error code that says that it was a gate, since none is open to ring 3. Which one is looked
 * up in the instruction: emulated processors have another number in the code than real ones.
 */
static __attribute__((noinline)) bool forward_software_interrupt(struct regs *regs)
{
    const struct trap_info *trap;
    u8 code[2];
    unsigned int vector;

    if (!copy_from_guest(code, regs->rip, sizeof(code)) || code[0] != 0xcd)
        return false;
    vector = code[1];
    trap = vector < 32 ? &this_pv()->traps[vector] : &this_pv()->software_traps[vector - 32];
    if (!trap->address || TRAP_DPL(trap->flags) < (this_pv()->in_kernel ? 1 : 3))
        return false;
    regs->rip += 2;
    bounce(regs, trap->address, TRAP_MASKS_EVENTS(trap->flags), false);
    account(PVB_CLASS_FORWARD, PVB_FW_software_interrupt);
    return true;
}

void pv_trap(struct regs *regs);
void pv_trap(struct regs *regs)
{
    switch (regs->vector) {
    case VECTOR_TIMER:
        timer_interrupt();
        return;
    case VECTOR_SPURIOUS:
        return;
    case 1:
        pv_debug_trap(regs);
        break;
    case 6:
        if (pv_emulate_forced(regs))
            return;
        break;
    case 7: /* the kernel had set CR0.TS by fpu_taskswitch; the trap clears it, as in Xen */
        write_cr0(read_cr0() & ~CR0_TS);
        break;
    case 2:
        panic("a non-maskable interrupt: this computer reports a failure");
    case 8:
    case 18:
        panic("exception %lu while the guest ran", regs->vector);
    case 13:
        if ((regs->error & 7) == PROTECTION_BY_GATE && forward_software_interrupt(regs))
            return;
        if (this_pv()->in_kernel && pv_emulate_privileged(regs))
            return;
        break;
    case 14:
        if (unlikely(regs->error == PAGE_FAULT_OF_STORE) && pv_emulate_table_write(regs))
            return;
        forward_page_fault(regs);
        return;
    }
    pv_forward_exception(regs, (unsigned int)regs->vector);
}

void pv_forward_syscall(struct regs *regs);
void pv_forward_syscall(struct regs *regs)
{
    if (!this_pv()->syscall_callback)
        kill_guest("SYSCALL in user mode with no callback for it");
    bounce(regs, this_pv()->syscall_callback, this_pv()->syscall_masks_events, false);
    account(PVB_CLASS_FORWARD, PVB_FW_syscall);
}

void pv_syscall32(struct regs *regs);
void pv_syscall32(struct regs *regs)
{
    if (!this_pv()->syscall32_callback || this_pv()->in_kernel)
        kill_guest("SYSCALL from 32-bit code with no callback for it");
    bounce(regs, this_pv()->syscall32_callback, this_pv()->syscall32_masks_events, false);
    account(PVB_CLASS_FORWARD, PVB_FW_syscall);
}

void pv_deliver_event(struct regs *regs);
void pv_deliver_event(struct regs *regs)
{
    this_vcpu()->entry_tsc = rdtsc();
    if (!this_pv()->event_callback)
        kill_guest("events are unmasked and there is no callback for them");
    bounce(regs, this_pv()->event_callback, true, false);
    account(PVB_CLASS_FORWARD, PVB_FW_event);
}

noreturn void pv_resume(struct regs *regs);

#define SELECTOR(name)                                                                                                 \
    ({                                                                                                                 \
        u64 value;                                                                                                     \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(value));                                                         \
        value & 0xffff;                                                                                                \
    })

/*
 * A way back to user mode that the processor refuses: a user's word, which its kernel let through. The kernel is told,
 * as in Xen, in a frame that has the selectors, too. What was on the way lies where it lay, and the registers are
 * those of the fault, as the guest's were loaded. A kernel that refuses itself is told nothing.
 */
void pv_failsafe(const struct regs *fault)
{
    struct regs regs = *fault;
    const u64 fault_vector = fault->vector, selectors[] = {SELECTOR(ds), SELECTOR(es), SELECTOR(fs), SELECTOR(gs)};

    if (this_pv()->in_kernel || !this_pv()->failsafe_callback)
        return;
    this_vcpu()->entry_tsc = rdtsc();
    memcpy(&regs.rip, &pv_regs()->rip, sizeof(regs) - offsetof(struct regs, rip));
    bounce(&regs, this_pv()->failsafe_callback, false, false);
    regs.rsp -= sizeof(selectors);
    if (!copy_to_guest(regs.rsp, &regs.rcx, 8) || !copy_to_guest(regs.rsp + 8, &regs.r11, 8) ||
        !copy_to_guest(regs.rsp + 16, selectors, sizeof(selectors)))
        kill_guest("no room on the kernel's stack at %lx for a frame of its failsafe callback", regs.rsp);
    *pv_regs() = regs;
    account(PVB_CLASS_FORWARD, (unsigned int)fault_vector);
    pv_resume(pv_regs());
}

/*
 * A guest returns with any selector, in ring 3 (AMD APM vol. 2, 4.5.1). The
 * processor refuses those of ring 0, and ours are all of ring 0 or flat.
 */
#define SELECTOR_RPL 3
_Static_assert(!(SEL_HV_CS & SELECTOR_RPL) && !(SEL_HV_SS & SELECTOR_RPL), "selectors of ring 0");
_Static_assert((SEL_GUEST_CS & SEL_GUEST_SS & SEL_GUEST_CS32 & SELECTOR_RPL) == 3, "selectors of ring 3");

/* The frame that the hypercall iret takes from the kernel's stack: struct iret_context. */
long do_iret(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    u64 sp = regs->rsp, rax, r11, rcx, flags, rip, cs, rflags, rsp, ss;

    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!(range_is_guests(sp, 72) && load_guest_u64(&rax, sp) && load_guest_u64(&r11, sp + 8) &&
          load_guest_u64(&rcx, sp + 16) && load_guest_u64(&flags, sp + 24) && load_guest_u64(&rip, sp + 32) &&
          load_guest_u64(&cs, sp + 40) && load_guest_u64(&rflags, sp + 48) && load_guest_u64(&rsp, sp + 56) &&
          load_guest_u64(&ss, sp + 64)))
        kill_guest("iret: no frame at %lx", sp);
    if ((cs & 3) == 3)
        pv_switch_to_user();
    if (this_pv()->architectural_iopl)
        this_pv()->iopl = rflags & RFLAGS_IOPL;
    this_pv()->vcpu_info->evtchn_upcall_mask = !(rflags & RFLAGS_IF);
    regs->rip = rip;
    regs->cs = (u16)cs | SELECTOR_RPL;
    regs->rflags = (rflags & RFLAGS_GUEST) | RFLAGS_IF | RFLAGS_ALWAYS;
    regs->rsp = rsp;
    regs->ss = (u16)ss | SELECTOR_RPL;
    /* SYSRET loses rcx and r11, and knows only the flat segments. */
    if (!(flags & VGCF_in_syscall) || regs->cs != SEL_GUEST_CS || regs->ss != SEL_GUEST_SS) {
        regs->vector = 0;
        regs->rcx = rcx;
        regs->r11 = r11;
    }
    return (long)rax;
}

long do_set_trap_table(u64 list, u64 a2, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    struct trap_info trap;

    (void)a2, (void)a3, (void)a4, (void)a5, (void)regs;
    if (!list) { /* clears the table */
        memset(this_pv()->traps, 0, sizeof(this_pv()->traps));
        memset(this_pv()->software_traps, 0, sizeof(this_pv()->software_traps));
        return 0;
    }
    for (unsigned int i = 0; i < 256; i++, list += sizeof(trap)) {
        if (!copy_from_guest(&trap, list, sizeof(trap)))
            return -XEN_EFAULT;
        if (!trap.address)
            return 0;
        if (!address_is_guests(trap.address))
            kill_guest("set_trap_table: the handler of vector %u %s", trap.vector, why_not_guests(trap.address));
        if (trap.vector < 32)
            this_pv()->traps[trap.vector] = trap;
        else
            this_pv()->software_traps[trap.vector - 32] = trap;
    }
    return 0;
}

static u64 checked_callback(u64 address)
{
    if (!address_is_guests(address))
        kill_guest("callback %lx %s", address, why_not_guests(address));
    return address;
}

long do_set_callbacks(u64 event, u64 failsafe, u64 syscall, u64 a4, u64 a5, struct regs *regs)
{
    (void)a4, (void)a5, (void)regs;
    this_pv()->event_callback = checked_callback(event);
    this_pv()->failsafe_callback = checked_callback(failsafe);
    this_pv()->syscall_callback = checked_callback(syscall);
    return 0;
}

static long register_callback(u16 type, u16 flags, u64 address)
{
    switch (type) {
    case CALLBACKTYPE_event:
        this_pv()->event_callback = checked_callback(address);
        return 0;
    case CALLBACKTYPE_failsafe:
        this_pv()->failsafe_callback = checked_callback(address);
        return 0;
    case CALLBACKTYPE_syscall:
        this_pv()->syscall_callback = checked_callback(address);
        this_pv()->syscall_masks_events = flags & CALLBACKF_mask_events;
        return 0;
    case CALLBACKTYPE_syscall32:
        this_pv()->syscall32_callback = checked_callback(address);
        this_pv()->syscall32_masks_events = flags & CALLBACKF_mask_events;
        return 0;
    case CALLBACKTYPE_nmi:      /* none is ever sent */
    case CALLBACKTYPE_sysenter: /* an instruction that faults */
        return 0;
    default:
        return -XEN_ENOSYS;
    }
}

long do_callback_op(u64 cmd, u64 from, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    struct callback_register r = {0};

    (void)a3, (void)a4, (void)a5, (void)regs;
    account_detail(PVB_CLASS_HYPERCALL, PVB_HC_callback_op, cmd);
    switch (cmd) {
    case CALLBACKOP_register:
        if (!copy_from_guest(&r, from, sizeof(r)))
            return -XEN_EFAULT;
        return register_callback(r.type, r.flags, r.address);
    case CALLBACKOP_unregister:
        if (!copy_from_guest(&r.type, from, sizeof(r.type)))
            return -XEN_EFAULT;
        return register_callback(r.type, 0, 0);
    default:
        return -XEN_ENOSYS;
    }
}

long do_stack_switch(u64 ss, u64 sp, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    (void)ss, (void)a3, (void)a4, (void)a5, (void)regs;
    this_pv()->kernel_sp = sp; /* checked where it is used: every push can fail */
    return 0;
}

long do_fpu_taskswitch(u64 set, u64 a2, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    (void)a2, (void)a3, (void)a4, (void)a5, (void)regs;
    write_cr0(set ? read_cr0() | CR0_TS : read_cr0() & ~CR0_TS);
    return 0;
}
