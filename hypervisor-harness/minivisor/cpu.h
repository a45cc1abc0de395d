/*
 * cpu.h: the processor's instructions and bits that C has no words for
 * (AMD64 Architecture Programmer's Manual, volumes 2 and 3).
 */
#ifndef CPU_H
#define CPU_H

#include "types.h"
#include "layout.h"

/* What an entry leaves on the stack (entry.S). Offsets are in layout.h. */
struct regs {
    u64 r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    u64 vector, error;
    u64 rip, cs, rflags, rsp, ss;
};

#define CHECK_REG(name) _Static_assert(offsetof(struct regs, name) == REGS_##name, "layout.h: " #name)
CHECK_REG(r15);
CHECK_REG(rbx);
CHECK_REG(r11);
CHECK_REG(rax);
CHECK_REG(rdi);
CHECK_REG(vector);
CHECK_REG(rip);
CHECK_REG(ss);

/* AMD APM vol. 2, 3.1.6 */
#define RFLAGS_CF     (1ull << 0)
#define RFLAGS_PF     (1ull << 2)
#define RFLAGS_AF     (1ull << 4)
#define RFLAGS_ZF     (1ull << 6)
#define RFLAGS_SF     (1ull << 7)
#define RFLAGS_TF     (1ull << 8)
#define RFLAGS_IF     (1ull << 9)
#define RFLAGS_DF     (1ull << 10)
#define RFLAGS_OF     (1ull << 11)
#define RFLAGS_IOPL   (3ull << 12)
#define RFLAGS_NT     (1ull << 14)
#define RFLAGS_RF     (1ull << 16)
#define RFLAGS_VM     (1ull << 17)
#define RFLAGS_AC     (1ull << 18)
#define RFLAGS_VIF    (1ull << 19)
#define RFLAGS_VIP    (1ull << 20)
#define RFLAGS_ID     (1ull << 21)
#define RFLAGS_ALWAYS (1ull << 1)
/* What a PV guest may choose for itself: what POPF gives any program, and RF, which only a way back can set. */
#define RFLAGS_GUEST                                                                                                   \
    (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_TF | RFLAGS_DF | RFLAGS_OF | RFLAGS_NT |       \
     RFLAGS_RF | RFLAGS_AC | RFLAGS_ID)
_Static_assert(!(RFLAGS_GUEST & (RFLAGS_IF | RFLAGS_IOPL | RFLAGS_VM | RFLAGS_VIF | RFLAGS_VIP)),
               "rflags: what only the hypervisor decides");
_Static_assert(!(RFLAGS_GUEST & ~0x3f7fd5ull), "rflags: reserved bits");
/* What SYSCALL clears on the way in: all that changes how the hypervisor itself runs. */
#define RFLAGS_SYSCALL (RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_NT | RFLAGS_AC | RFLAGS_RF | RFLAGS_IOPL)
_Static_assert(!(RFLAGS_GUEST & ~RFLAGS_SYSCALL &
                 ~(RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF | RFLAGS_ID)),
               "rflags: only the arithmetic flags and ID come in as the guest had them");

#define CR0_PE         (1ull << 0)
#define CR0_MP         (1ull << 1)
#define CR0_TS         (1ull << 3)
#define CR0_ET         (1ull << 4)
#define CR0_NE         (1ull << 5)
#define CR0_WP         (1ull << 16)
#define CR0_PG         (1ull << 31)
#define CR4_PAE        (1ull << 5)
#define CR4_OSFXSR     (1ull << 9)
#define CR4_OSXMMEXCPT (1ull << 10)
#define CR4_LA57       (1ull << 12)
#define CR4_FSGSBASE   (1ull << 16)

#define PTE_P     (1ull << 0)
#define PTE_W     (1ull << 1)
#define PTE_U     (1ull << 2)
#define PTE_PWT   (1ull << 3)
#define PTE_PCD   (1ull << 4)
#define PTE_A     (1ull << 5)
#define PTE_D     (1ull << 6)
#define PTE_PS    (1ull << 7) /* in the lowest level: PAT */
#define PTE_G     (1ull << 8)
#define PTE_AVAIL (7ull << 9)
#define PTE_NX    (1ull << 63)
#define PTE_FRAME 0x000ffffffffff000ull

#define MSR_APIC_BASE      0x1bu
#define MSR_SYSENTER_CS    0x174u
#define MSR_SYSENTER_ESP   0x175u
#define MSR_SYSENTER_EIP   0x176u
#define MSR_PAT            0x277u
#define MSR_EFER           0xc0000080u
#define MSR_STAR           0xc0000081u
#define MSR_LSTAR          0xc0000082u
#define MSR_CSTAR          0xc0000083u
#define MSR_SFMASK         0xc0000084u
#define MSR_FS_BASE        0xc0000100u
#define MSR_GS_BASE        0xc0000101u
#define MSR_KERNEL_GS_BASE 0xc0000102u
#define MSR_VM_HSAVE_PA    0xc0010117u
#define MSR_VM_CR          0xc0010114u
#define EFER_SCE           (1ull << 0)
#define EFER_LME           (1ull << 8)
#define EFER_LMA           (1ull << 10)
#define EFER_NXE           (1ull << 11)
#define EFER_SVME          (1ull << 12)
#define EFER_FFXSR         (1ull << 14)

static inline u64 rdtsc(void)
{
    u32 low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return ((u64)high << 32) | low;
}

static inline u64 rdmsr(u32 msr)
{
    u32 low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return ((u64)high << 32) | low;
}

static inline void wrmsr(u32 msr, u64 value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

/* AMD APM vol. 2, 5.3.1: bits 63 to 48 are copies of bit 47. */
static inline bool is_canonical(u64 address)
{
    return (u64)((s64)(address << 16) >> 16) == address;
}

static inline void outb(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outl(u16 port, u32 value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 inb(u16 port)
{
    u8 value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

/* The real-time clock's registers (Motorola MC146818A data sheet). */
#define RTC_INDEX 0x70
#define RTC_DATA  0x71

static inline u8 rtc_read(u8 index)
{
    outb(RTC_INDEX, index);
    return inb(RTC_DATA);
}

static inline u64 read_cr0(void)
{
    u64 value;

    __asm__ volatile("mov %%cr0, %0" : "=r"(value));
    return value;
}

static inline void write_cr0(u64 value)
{
    __asm__ volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}

static inline u64 read_cr2(void)
{
    u64 value;

    __asm__ volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}

static inline u64 read_cr3(void)
{
    u64 value;

    __asm__ volatile("mov %%cr3, %0" : "=r"(value));
    return value;
}

static inline void write_cr3(u64 value)
{
    __asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

static inline u64 read_cr4(void)
{
    u64 value;

    __asm__ volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

static inline void write_cr4(u64 value)
{
    __asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

static inline void invlpg(u64 address)
{
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

struct cpuid {
    u32 eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
    struct cpuid r;

    __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
    return r;
}

/* cpu.c: descriptor tables, system-call registers; needs the final page tables. */
void cpu_init(void);

/* Shows `frame` as page `index` of the descriptor table; 0: an empty page. */
void guest_gdt_page(unsigned int index, u64 frame);

/* Prints the registers as note lines. */
void print_regs(const struct regs *regs);

#endif
