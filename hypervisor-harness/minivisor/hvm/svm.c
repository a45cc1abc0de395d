/*
 * svm.c: makes the virtual machine: what is intercepted (only what must be),
 * and the state in which a PVH image expects the processor
 * (xen/arch-x86/hvm/start_info.h: 32-bit protected mode, flat segments, no
 * paging, ebx = the start info).
 */
#include "console.h"
#include "cpu.h"
#include "guest.h"
#include "hvm.h"
#include "ide.h"
#include "image.h"
#include "memory.h"
#include "ports.h"

#define IOPM_PAGES         3
#define MSRPM_PAGES        2
#define CPUID_SVM_FEATURES 0x8000000au

static void enable_svm(void)
{
    if (!(cpuid(0x80000001, 0).ecx & (1u << 2)))
        panic("this processor has no SVM: full virtualization needs an AMD processor");
    if (rdmsr(MSR_VM_CR) & (1u << 4))
        panic("SVM is disabled by the firmware");
    if (!(cpuid(CPUID_SVM_FEATURES, 0).edx & 1))
        panic("this processor has no nested paging");
    wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
    wrmsr(MSR_VM_HSAVE_PA, allocate_frames(1));
}

static void set_intercepts(void)
{
    struct vmcb *vmcb = this_vmcb();
    u64 iopm = allocate_frames(IOPM_PAGES), msrpm = allocate_frames(MSRPM_PAGES);

    /* Every port: all devices are emulated. */
    memset(phys_to_virt(iopm), 0xff, IOPM_PAGES * PAGE_SIZE);
    msr_bitmap_init(phys_to_virt(msrpm));
    vmcb->iopm = iopm;
    vmcb->msrpm = msrpm;
    vmcb->intercept1 = INTERCEPT1_INTR | INTERCEPT1_NMI | INTERCEPT1_INIT | INTERCEPT1_RDPMC | INTERCEPT1_CPUID |
                       INTERCEPT1_INVD | INTERCEPT1_HLT | INTERCEPT1_INVLPGA | INTERCEPT1_IOIO | INTERCEPT1_MSR |
                       INTERCEPT1_SHUTDOWN;
    vmcb->intercept2 = INTERCEPT2_VMRUN | INTERCEPT2_VMMCALL | INTERCEPT2_VMLOAD | INTERCEPT2_VMSAVE | INTERCEPT2_STGI |
                       INTERCEPT2_CLGI | INTERCEPT2_SKINIT | INTERCEPT2_MONITOR | INTERCEPT2_MWAIT | INTERCEPT2_XSETBV;
    /*
     * Their delivery may raise them again, for ever, inside the processor,
     * where no interrupt comes through. An exit each time lets it through.
     */
    vmcb->exceptions = 1u << 1 | 1u << 17;
#ifdef MV_EXTRA_EXIT /* a regression on purpose, for tests/lab/regression: the guest's divide errors exit */
    vmcb->exceptions |= 1u << 0;
#endif
}

static void set_state(u64 entry, u64 start_info)
{
    const struct vmcb_segment code = {8, 0xc9b, 0xffffffff, 0}; /* 32-bit, accessed, read */
    const struct vmcb_segment data = {16, 0xc93, 0xffffffff, 0};
    struct vmcb *vmcb = this_vmcb();

    vmcb->asid = 1;
    vmcb->interrupt_control = V_MASKING;
    vmcb->nested_control = 1;
    vmcb->nested_cr3 = npt_init();
    vmcb->pat = 0x0007040600070406ull;
    vmcb->cs = code;
    vmcb->ds = vmcb->es = vmcb->ss = vmcb->fs = vmcb->gs = data;
    vmcb->tr = (struct vmcb_segment){0, 0x8b, 0x67, 0};
    vmcb->ldtr = (struct vmcb_segment){0, 0x82, 0, 0};
    vmcb->efer = EFER_SVME;
    vmcb->cr0 = CR0_PE | CR0_ET | CR0_NE;
    vmcb->dr6 = 0xffff0ff0;
    vmcb->dr7 = 0x400;
    vmcb->rflags = RFLAGS_ALWAYS;
    vmcb->rip = entry;
    this_hvm()->regs.rbx = start_info;
}

static void load(const struct image *image)
{
    for (unsigned int i = 0; i < image->segments; i++) {
        const struct image_segment *s = &image->segment[i];

        if (s->address + s->memory_size > guest.pages * PAGE_SIZE)
            panic("segment %u lies outside the guest's memory", i);
        copy_large(phys_to_virt((guest.first_frame << PAGE_SHIFT) + s->address), s->bytes, s->file_size);
    }
}

void hvm_run(const struct image *image)
{
    enable_svm();
    this_hvm()->vmcb_phys = allocate_frames(1);
    this_hvm()->host_state_phys = allocate_frames(1);
    this_hvm()->vmcb = phys_to_virt(this_hvm()->vmcb_phys);
    set_intercepts();
    load(image);
    apic_init();
    pic_init();
    uart_init();
    pci_init();
    ide_init();
    ports_init();
    set_state(image->phys32_entry, board_init(image));
    hvm_devices_init();
    hvm_several_init();
    svm_run();
}

void hvm_print_regs(void)
{
    const struct vmcb *vmcb = this_vmcb();
    const struct hvm_regs *r = &this_hvm()->regs;

    print("M note rip=%04x:%016lx rsp=%04x:%016lx rflags=%08lx exit=%lx info1=%lx info2=%lx\n", vmcb->cs.selector,
          vmcb->rip, vmcb->ss.selector, vmcb->rsp, vmcb->rflags, vmcb->exit_code, vmcb->exit_info1, vmcb->exit_info2);
    print("M note rax=%016lx rbx=%016lx rcx=%016lx rdx=%016lx\n", vmcb->rax, r->rbx, r->rcx, r->rdx);
    print("M note rsi=%016lx rdi=%016lx rbp=%016lx  r8=%016lx\n", r->rsi, r->rdi, r->rbp, r->r8);
    print("M note  r9=%016lx r10=%016lx r11=%016lx r12=%016lx\n", r->r9, r->r10, r->r11, r->r12);
    print("M note r13=%016lx r14=%016lx r15=%016lx cr2=%016lx\n", r->r13, r->r14, r->r15, vmcb->cr2);
    print("M note cr0=%08lx cr3=%016lx cr4=%08lx efer=%04lx cpl=%u\n", vmcb->cr0, vmcb->cr3, vmcb->cr4, vmcb->efer,
          vmcb->cpl);
}
