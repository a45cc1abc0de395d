/*
 * entry.S: from Xen's entry into a guest to Linux's, with linux.c between.
 *
 * Xen enters at the PVH note, in 32-bit flat mode with paging off and ebx = struct hvm_start_info. Linux wants 64-bit
 * mode, memory mapped where it is, the selectors __BOOT_CS and __BOOT_DS, and rsi = struct boot_params (Linux,
 * Documentation/x86/boot.rst, 64-bit boot protocol). The way to long mode is AMD APM vol. 2, 14.6.
 */
#define CR0_PE (1 << 0)
#define CR0_PG (1 << 31)
#define CR4_PAE (1 << 5)
#define MSR_EFER 0xc0000080
#define EFER_LME (1 << 8)
#define BOOT_CS 0x10
#define BOOT_DS 0x18
#define GIBS 4
#define PTE_TABLE 0x03
#define PTE_LARGE 0x83

    .section .given, "aw", @progbits
    .globl given
given:
    .long 0x66627670, firmware_start, firmware_base, firmware_end
    .fill 3 + 128, 8, 0         /* kernel, archive, archive_size; arguments */

    .text
    .code32
    .globl firmware_start
firmware_start:
    cli
    cld
    mov $boot_stack_top, %esp
    mov %ebx, %ebp
    /* l4[0] -> l3[i] -> l2[i * 512 + j] -> 2 MiB */
    movl $(l3 + PTE_TABLE), l4
    mov $l3, %edi
    mov $(l2 + PTE_TABLE), %eax
    mov $GIBS, %ecx
1:  mov %eax, (%edi)
    add $8, %edi
    add $4096, %eax
    loop 1b
    mov $l2, %edi
    mov $PTE_LARGE, %eax
    mov $(GIBS * 512), %ecx
1:  mov %eax, (%edi)
    add $8, %edi
    add $0x200000, %eax
    loop 1b

    mov $CR4_PAE, %eax
    mov %eax, %cr4
    mov $l4, %eax
    mov %eax, %cr3
    mov $MSR_EFER, %ecx
    rdmsr
    or $EFER_LME, %eax
    wrmsr
    mov %cr0, %eax
    or $(CR0_PE | CR0_PG), %eax
    mov %eax, %cr0
    lgdt gdt_pointer
    ljmp $BOOT_CS, $1f

    .code64
1:  mov $BOOT_DS, %eax
    mov %eax, %ss
    mov %eax, %ds
    mov %eax, %es
    mov %ebp, %edi
    xor %ebp, %ebp
    call linux_prepare
    mov %rax, %rsi
    jmp *given + 16

    .data
    .balign 16
gdt:
    .quad 0, 0
    .quad 0x00af9b000000ffff    /* 0x10 code, 64 bits */
    .quad 0x00cf93000000ffff    /* 0x18 data */
gdt_end:
gdt_pointer:
    .short gdt_end - gdt - 1
    .quad gdt

    .bss
    .balign 4096
l4: .skip 4096
l3: .skip 4096
l2: .skip 4096 * GIBS
    .skip 4096
boot_stack_top:
