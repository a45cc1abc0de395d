/*
 * boot.S: from the multiboot loader to C.
 *
 * QEMU's -kernel and GRUB enter here in 32-bit protected mode without
 * paging (Multiboot Specification 0.6.96, 3.2). The header gives load
 * addresses, so that the file itself may be an ELF64, which QEMU's loader
 * would not take otherwise.
 */
#include "layout.h"

#define PHYS(symbol) ((symbol) - DIRECT_BASE)
#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_FLAGS ((1 << 0) | (1 << 1) | (1 << 16)) /* aligned modules, memory map, addresses */

    .section .boot, "ax"
    .code32
    .align 4
multiboot_header:
    .long MULTIBOOT_MAGIC
    .long MULTIBOOT_FLAGS
    .long -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
    .long PHYS(multiboot_header)
    .long PHYS(image_start)
    .long PHYS(image_data_end)
    .long PHYS(image_end)
    .long PHYS(entry32)

    .globl entry32
entry32:
    cli
    cld
    mov %eax, %esi                      /* multiboot magic */
    mov %ebx, %ebp                      /* multiboot information */

    /* A loader need not have cleared our bss. */
    mov $PHYS(image_data_end), %edi
    mov $PHYS(image_end), %ecx
    sub %edi, %ecx
    shr $2, %ecx
    xor %eax, %eax
    rep stosl

    /* 1 GiB in 2 MiB pages, at 0 (to get through this code) and in slot 262. */
    mov $PHYS(boot_l2), %edi
    mov $0x83, %eax                     /* present, writable, 2 MiB */
    mov $512, %ecx
1:  mov %eax, (%edi)
    add $0x200000, %eax
    add $8, %edi
    loop 1b
    movl $(PHYS(boot_l2) + 3), PHYS(boot_l3)
    movl $(PHYS(boot_l3) + 3), PHYS(boot_l4)
    movl $(PHYS(boot_l3) + 3), PHYS(boot_l4) + 262 * 8

    mov $PHYS(boot_l4), %eax
    mov %eax, %cr3
    mov $0x20, %eax                     /* CR4.PAE */
    mov %eax, %cr4
    mov $0xc0000080, %ecx               /* EFER: SCE, LME, NXE */
    rdmsr
    or $0x901, %eax
    wrmsr
    mov $0x80010033, %eax               /* CR0: PG, WP, NE, ET, MP, PE */
    mov %eax, %cr0
    lgdt PHYS(boot_gdt_pointer)
    ljmp $8, $PHYS(entry64)

    .code64
entry64:
    movabs $1f, %rax
    jmp *%rax
1:  xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov %eax, %ss
    lea boot_stack_top(%rip), %rsp
    mov %esi, %edi
    mov %ebp, %esi
    call start
    ud2

    .align 8
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff            /* 64-bit code */
boot_gdt_pointer:
    .word 15
    .long PHYS(boot_gdt)

    .section .bss.pages, "aw", @nobits
    .align 4096
    .globl boot_l4
boot_l4: .skip 4096
boot_l3: .skip 4096
boot_l2: .skip 4096
    .skip STACK_SIZE
boot_stack_top:                         /* until a guest is entered */
    .globl fault_stacks
fault_stacks: .skip FAULT_STACKS * FAULT_STACK_SIZE

    .section .note.GNU-stack, "", @progbits
