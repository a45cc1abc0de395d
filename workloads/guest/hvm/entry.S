/*
 * entry.S: how control comes into the HVM guest, and how it leaves.
 *
 * Entered at the PVH note, in 32-bit flat mode with paging off and
 * ebx = struct hvm_start_info (xen/arch-x86/hvm/start_info.h): by Xen, by
 * QEMU's -kernel, by other monitors. The way to long mode is AMD APM
 * vol. 2, 14.6. The frames of the stubs are those of the PV layer.
 */
#include <xen/elfnote.h>
#include "registers.h"

    .pushsection .note.Xen, "a", @note
    .balign 4
    .long 2f - 1f, 4f - 3f, XEN_ELFNOTE_PHYS32_ENTRY
1:  .asciz "Xen"
2:  .balign 4
3:  .quad _start                /* eight bytes: QEMU reads as many from an ELF64 note */
4:  .balign 4
    .popsection

#define CR0_PE (1 << 0)
#define CR0_ET (1 << 4)
#define CR0_WP (1 << 16)
#define CR0_PG (1 << 31)
#define CR4_PAE (1 << 5)
#define MSR_EFER 0xc0000080
#define EFER_SCE (1 << 0)
#define EFER_LME (1 << 8)
#define KERNEL_CS 0x08
#define KERNEL_DS 0x10
#define USER_CS 0x2b
#define USER_DS 0x23
#define DIRECT_TABLES 32        /* 64 MiB in 4 KiB pages, as a PV guest has them */
#define PTE_TABLE 0x27
#define PTE_RW 0x63

    .text
    .code32
    .globl _start
_start:
    cld
    mov %ebx, hvm_info
    /* l4[0] -> l3[0] -> l2[i] -> l1[i * 512 + j] -> page */
    movl $(first_l3 + PTE_TABLE), kernel_l4
    movl $(first_l2 + PTE_TABLE), first_l3
    mov $first_l2, %edi
    mov $(first_l1 + PTE_TABLE), %eax
    mov $DIRECT_TABLES, %ecx
1:  mov %eax, (%edi)
    add $8, %edi
    add $4096, %eax
    loop 1b
    mov $first_l1, %edi
    mov $PTE_RW, %eax
    mov $(DIRECT_TABLES * 512), %ecx
1:  mov %eax, (%edi)
    add $8, %edi
    add $4096, %eax
    loop 1b

    mov $CR4_PAE, %eax
    mov %eax, %cr4
    mov $kernel_l4, %eax
    mov %eax, %cr3
    mov $MSR_EFER, %ecx
    rdmsr
    or $(EFER_LME | EFER_SCE), %eax
    wrmsr
    mov %cr0, %eax
    or $(CR0_PE | CR0_WP | CR0_PG), %eax
    mov %eax, %cr0
    lgdt gdt_pointer
    ljmp $KERNEL_CS, $1f

    .code64
1:  mov $KERNEL_DS, %eax
    mov %eax, %ss
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov $boot_stack_top, %esp
    push $2
    popf
    xor %ebp, %ebp
    mov hvm_info, %edi
    call hvm_start
    ud2

    .section .text.page, "ax", @progbits
    .balign 4096
    .globl hypercall_page       /* filled by the hypervisor, when there is one that has such a page */
hypercall_page:
    .fill 4096, 1, 0xc3

    .text
.macro nothing
.endm

    trap_table nothing, iretq

.macro interrupt name
    .balign 16
    .globl \name\()_entry
\name\()_entry:
    push $0
    push $32
    save_registers
    call \name\()_interrupt
    trap_leave iretq
.endm

    interrupt timer
    interrupt self
    interrupt device
    interrupt message
    interrupt line
    interrupt spurious
    interrupt spurious_slave
    interrupt stray
    interrupt call
    interrupt event

/*
 * Where another vCPU begins, in real mode, at a page below 1 MiB that this is copied to (AMD APM vol. 2, 15.27.8 and
 * 14.6): paging and protection are switched on at once, which goes straight to long mode.
 */
    .code16
    .balign 16
    .globl partner_trampoline, partner_trampoline_end
partner_trampoline:
    cli
    mov %cs, %ax
    mov %ax, %ds
    lgdtl trampoline_gdt - partner_trampoline
    mov $CR4_PAE, %eax
    mov %eax, %cr4
    mov $kernel_l4, %eax
    mov %eax, %cr3
    mov $MSR_EFER, %ecx
    rdmsr
    or $(EFER_LME | EFER_SCE), %eax
    wrmsr
    mov $(CR0_PE | CR0_ET | CR0_WP | CR0_PG), %eax
    mov %eax, %cr0
    ljmpl $KERNEL_CS, $partner_start
    .balign 4
trampoline_gdt:
    .short gdt_end - gdt - 1
    .long gdt
partner_trampoline_end:

    .code64
partner_start:
    mov $KERNEL_DS, %eax
    mov %eax, %ss
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov partner_stack, %rsp
    mov partner_number, %edi
    xor %ebp, %ebp
    call hvm_partner
    ud2

/*
 * void guest_user_round_trip(void): SYSRET to user mode, where the
 * instruction is SYSCALL. What a C function may expect to survive is saved
 * on the kernel's stack.
 */
    .balign 16
    .globl guest_user_round_trip
guest_user_round_trip:
    save_preserved
    mov %rsp, kernel_rsp
    mov user_rip, %rcx
    mov $0x202, %r11d           /* interrupts on; reserved bit 1 */
    mov user_rsp, %rsp
    sysretq

    .balign 16
    .globl syscall_entry
syscall_entry:
    mov kernel_rsp, %rsp        /* SFMASK has masked interrupts */
    restore_preserved
    ret

/* AMD APM vol. 2, 4.8. SYSRET wants user data below user code (vol. 2, 6.1.1). */
    .data
    .balign 16
    .globl gdt
gdt:
    .quad 0
    .quad 0x00af9b000000ffff    /* 0x08 kernel code, 64 bits */
    .quad 0x00cf93000000ffff    /* 0x10 kernel data */
    .quad 0                     /* 0x18 would be user code of 32 bits */
    .quad 0x00cff3000000ffff    /* 0x20 user data */
    .quad 0x00affb000000ffff    /* 0x28 user code, 64 bits */
    .quad 0, 0                  /* 0x30 TSS */
gdt_end:
    .globl gdt_pointer
gdt_pointer:
    .short gdt_end - gdt - 1
    .quad gdt

    .section .bss.page, "aw", @nobits
    .balign 4096
    .globl kernel_l4
kernel_l4:
    .skip 4096
first_l3:
    .skip 4096
first_l2:
    .skip 4096
first_l1:
    .skip 4096 * DIRECT_TABLES
boot_stack:
    .skip 16384
    .globl boot_stack_top
boot_stack_top:
    .skip 4096
    .globl trap_stack_top
trap_stack_top:
    .skip 4096
    .globl fault_stack_top
fault_stack_top:

    .bss
    .balign 8
kernel_rsp:
    .skip 8
hvm_info:
    .skip 8
