/* vmm.c: KVM by its bare ioctls (Linux, Documentation/virt/kvm/api.rst); vmm.h says why. */
#include "vmm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pvbench/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MEMORY = 0x10000, CODE = 0x1000, TIMES = 0x500 };

/*
 * In: esi how often, edi mark of the beginning, ebp mark of the end, bx the
 * operation's code. The marks come as two OUTs or, with edi 0, not at all.
 * Big real mode: fs reaches 4 GiB, for the page.
 */
asm(".section .rodata\n"
    ".code16\n"
    ".globl vmm_code, vmm_code_end\n"
    "vmm_code:\n"
    "    test %edi, %edi\n"
    "    jz 1f\n"
    "    mov $0x7076, %dx\n"
    "    mov %edi, %eax\n"
    "    out %eax, %dx\n"
    "1:  rdtsc\n"
    "    mov %eax, 0x500\n"
    "    mov %edx, 0x504\n"
    "2:  jmp *%bx\n"
    "vmm_next:\n"
    "    dec %esi\n"
    "    jnz 2b\n"
    "    rdtsc\n"
    "    mov %eax, 0x508\n"
    "    mov %edx, 0x50c\n"
    "    test %edi, %edi\n"
    "    jz 3f\n"
    "    mov $0x7076, %dx\n"
    "    mov %ebp, %eax\n"
    "    out %eax, %dx\n"
    "3:  hlt\n"
    ".globl vmm_op_nothing, vmm_op_hypercall, vmm_op_cpuid, vmm_op_msr, vmm_op_port, vmm_op_doorbell, vmm_op_page, "
    "vmm_op_pages, vmm_op_hyperv, vmm_undefined\n"
    "vmm_op_nothing:\n"
    "    jmp vmm_next\n"
    "vmm_op_hypercall:\n"
    "    mov $0x7076, %eax\n"
    "    vmmcall\n"
    "    jmp vmm_next\n"
    "vmm_op_cpuid:\n"
    "    push %bx\n"
    "    xor %eax, %eax\n"
    "    cpuid\n"
    "    pop %bx\n"
    "    jmp vmm_next\n"
    "vmm_op_msr:\n"
    "    mov $0x1b, %ecx\n"
    "    rdmsr\n"
    "    jmp vmm_next\n"
    "vmm_op_port:\n"
    "    out %al, $0x80\n"
    "    jmp vmm_next\n"
    "vmm_op_doorbell:\n"
    "    out %al, $0x81\n"
    "    jmp vmm_next\n"
    "vmm_op_page:\n"
    "    mov $0xd0000, %eax\n"
    "    mov %al, %fs:(0x10)\n"
    "    jmp vmm_next\n"
    "vmm_op_pages:\n"
    "    mov %esi, %ecx\n"
    "    shl $12, %ecx\n"
    "    mov %al, %fs:(%ecx)\n"
    "    jmp vmm_next\n"
    /* Hyper-V knows no hypercalls in real mode: KVM counts them, and answers with an undefined instruction. */
    "vmm_op_hyperv:\n"
    "    mov $0x1005c, %eax\n"
    "    vmmcall\n"
    "    jmp vmm_next\n"
    "vmm_undefined:\n"
    "    mov %esp, %ecx\n"
    "    addw $3, (%ecx)\n"
    "    iretw\n"
    ".globl vmm_only_mark\n"
    "vmm_only_mark:\n"
    "    mov $0x7076, %dx\n"
    "    mov %edi, %eax\n"
    "    out %eax, %dx\n"
    "    hlt\n"
    "vmm_code_end:\n"
    ".code64\n"
    ".text\n");
extern const char vmm_code[], vmm_code_end[], vmm_only_mark[];
extern const char vmm_op_nothing[], vmm_op_hypercall[], vmm_op_cpuid[], vmm_op_msr[], vmm_op_port[], vmm_op_doorbell[],
    vmm_op_page[], vmm_op_pages[], vmm_op_hyperv[], vmm_undefined[];

static const char *const codes[OPERATIONS] = {
    [OP_NOTHING] = vmm_op_nothing, [OP_HYPERCALL] = vmm_op_hypercall, [OP_CPUID] = vmm_op_cpuid,
    [OP_MSR] = vmm_op_msr,         [OP_PORT] = vmm_op_port,           [OP_DOORBELL] = vmm_op_doorbell,
    [OP_PAGE] = vmm_op_page,       [OP_PAGES] = vmm_op_pages,         [OP_HYPERV] = vmm_op_hyperv,
};

/* Of a label in the code. */
static size_t offset(const char *label)
{
    return (uintptr_t)label - (uintptr_t)vmm_code;
}

static void fail(const char *what)
{
    printf("Bail out! %s: %s\n", what, strerror(errno));
    exit(1);
}

static int call(int fd, unsigned long request, const void *argument, const char *what)
{
    int result = ioctl(fd, request, argument);
    if (result < 0)
        fail(what);
    return result;
}

void vmm_open(struct vmm *v)
{
    v->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (v->kvm < 0)
        fail("/dev/kvm");
    v->vm = call(v->kvm, KVM_CREATE_VM, NULL, "KVM_CREATE_VM");
    v->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (v->memory == MAP_FAILED)
        fail("mmap");
    memset(v->memory, 0, MEMORY);
    // cppcheck-suppress comparePointers ; both are labels of the one block of code
    memcpy(v->memory + CODE, vmm_code, offset(vmm_code_end));
    struct kvm_userspace_memory_region memory = {.memory_size = MEMORY, .userspace_addr = (uintptr_t)v->memory};
    call(v->vm, KVM_SET_USER_MEMORY_REGION, &memory, "KVM_SET_USER_MEMORY_REGION");
    v->event = eventfd(0, EFD_CLOEXEC);
    struct kvm_ioeventfd bell = {.addr = VMM_BELL, .len = 1, .fd = v->event, .flags = KVM_IOEVENTFD_FLAG_PIO};
    call(v->vm, KVM_IOEVENTFD, &bell, "KVM_IOEVENTFD");
    v->vcpu = call(v->vm, KVM_CREATE_VCPU, NULL, "KVM_CREATE_VCPU");
    v->run_size = (size_t)call(v->kvm, KVM_GET_VCPU_MMAP_SIZE, NULL, "KVM_GET_VCPU_MMAP_SIZE");
    v->run = mmap(NULL, v->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, v->vcpu, 0);
    if (v->run == MAP_FAILED)
        fail("mmap of the vCPU");
    struct kvm_sregs s;
    call(v->vcpu, KVM_GET_SREGS, &s, "KVM_GET_SREGS");
    s.cs.base = 0;
    s.cs.selector = 0;
    s.fs.base = VMM_PAGE;
    s.fs.limit = 0xffffffff;
    s.fs.g = 1;
    call(v->vcpu, KVM_SET_SREGS, &s, "KVM_SET_SREGS");
}

void vmm_enlighten(struct vmm *v)
{
    enum { INTERFACE = 0x40000001, SIGNATURE = 0x31237648, GUEST_OS_ID = 0x40000000, UNDEFINED = 6 };
    struct {
        struct kvm_cpuid2 head;
        struct kvm_cpuid_entry2 entry;
    } cpuid = {{.nent = 1}, {.function = INTERFACE, .eax = SIGNATURE}};
    struct {
        struct kvm_msrs head;
        struct kvm_msr_entry entry;
    } msrs = {{.nmsrs = 1}, {.index = GUEST_OS_ID, .data = 1}};
    call(v->vcpu, KVM_SET_CPUID2, &cpuid, "KVM_SET_CPUID2");
    if (call(v->vcpu, KVM_SET_MSRS, &msrs, "KVM_SET_MSRS") != 1)
        fail("the guest's name for Hyper-V");
    uint32_t vector = CODE + (uint32_t)offset(vmm_undefined);
    memcpy(v->memory + UNDEFINED * sizeof(vector), &vector, sizeof(vector));
}

void vmm_close(struct vmm *v)
{
    /* With it mapped the vCPU would live on. */
    munmap(v->run, v->run_size);
    munmap(v->memory, MEMORY);
    close(v->vcpu);
    close(v->event);
    close(v->vm);
    close(v->kvm);
}

static void run_until_halt(struct vmm *v)
{
    for (;;) {
        if (ioctl(v->vcpu, KVM_RUN, 0) < 0 && errno != EINTR)
            fail("KVM_RUN");
        switch (v->run->exit_reason) {
        case KVM_EXIT_IO:
        case KVM_EXIT_MMIO:
        case KVM_EXIT_INTR:
            continue;
        case KVM_EXIT_HLT:
            return;
        default:
            printf("Bail out! KVM_RUN returned %u\n", v->run->exit_reason);
            exit(1);
        }
    }
}

uint64_t vmm_repeat(struct vmm *v, enum operation op, uint32_t count, int region)
{
    uint64_t times[2];
    struct kvm_regs r = {.rip = CODE, .rsp = 0x8000, .rflags = 2, .rsi = count};
    r.rbx = CODE + offset(codes[op]);
    if (region >= 0) {
        r.rdi = PVB_MARK_BEGIN((unsigned)region);
        r.rbp = PVB_MARK_END((unsigned)region);
    }
    call(v->vcpu, KVM_SET_REGS, &r, "KVM_SET_REGS");
    run_until_halt(v);
    memcpy(times, v->memory + TIMES, sizeof(times));
    return times[1] - times[0];
}

void vmm_mark(struct vmm *v, uint32_t mark)
{
    // cppcheck-suppress comparePointers ; both are labels of the one block of code
    struct kvm_regs r = {.rip = CODE + offset(vmm_only_mark), .rsp = 0x8000, .rflags = 2, .rdi = mark};
    call(v->vcpu, KVM_SET_REGS, &r, "KVM_SET_REGS");
    run_until_halt(v);
}
