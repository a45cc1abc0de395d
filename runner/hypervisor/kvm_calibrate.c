/* kvm_calibrate.c: the smallest guest, by KVM's own interface (Linux Documentation/virt/kvm/api.rst). */
#include "runner/hypervisor/kvm_calibrate.h"
#include "common/monotonic.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEVICE "/dev/kvm"

/* Long enough that the one entry and exit do not matter, short enough for an interpreter to come back from. */
#define ROUNDS 200000u
#define TRIES  3
/* Real virtualization is within a few per cent; interpreters are slower by three orders. */
#define SLOWER_MOST 100

#define CR0_PG 0x80000000u
enum { CR0_PE = 1, CR4_PAE = 1 << 5, EFER_LME = 1 << 8, EFER_LMA = 1 << 10 };
enum { MEMORY = 1 << 16, CODE = 0, L4 = 0x1000, L3 = 0x2000, L2 = 0x3000, PRESENT_WRITE = 3, LARGE = 0x80 };

static const uint8_t code[] = {
    0xff, 0xc9, /* 1: dec %ecx */
    0x75, 0xfc, /*    jnz 1b */
    0xf4,       /*    hlt: an exit to us, as nobody emulates an interrupt controller */
};

struct machine {
    int kvm, vm, cpu;
    uint8_t *memory;
    struct kvm_run *run;
    size_t run_size;
};

static struct kvm_segment segment(uint16_t selector, bool is_code)
{
    return (struct kvm_segment){.limit = ~0u,
                                .selector = selector,
                                .type = is_code ? 11 : 3,
                                .present = 1,
                                .s = 1,
                                .l = is_code,
                                .db = !is_code,
                                .g = 1};
}

/* 64-bit mode with 2 MiB mapped: the mode that every KVM runs natively, also one that emulates real mode. */
static int set_up(struct machine *m)
{
    struct kvm_sregs s;
    struct kvm_userspace_memory_region region = {.memory_size = MEMORY};
    m->vm = ioctl(m->kvm, KVM_CREATE_VM, 0);
    m->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m->vm < 0 || m->memory == MAP_FAILED)
        return -1;
    region.userspace_addr = (uintptr_t)m->memory;
    /* Intel needs a place for its identity map and task state; others do not mind. */
    ioctl(m->vm, KVM_SET_TSS_ADDR, 0xfffbd000);
    m->cpu = ioctl(m->vm, KVM_SET_USER_MEMORY_REGION, &region) ? -1 : ioctl(m->vm, KVM_CREATE_VCPU, 0);
    int size = m->cpu < 0 ? -1 : ioctl(m->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (size < 0)
        return -1;
    m->run_size = (size_t)size;
    m->run = mmap(NULL, m->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, m->cpu, 0);
    if (m->run == MAP_FAILED || ioctl(m->cpu, KVM_GET_SREGS, &s))
        return -1;
    memcpy(m->memory + CODE, code, sizeof(code));
    *(uint64_t *)(void *)(m->memory + L4) = L3 | PRESENT_WRITE;
    *(uint64_t *)(void *)(m->memory + L3) = L2 | PRESENT_WRITE;
    *(uint64_t *)(void *)(m->memory + L2) = LARGE | PRESENT_WRITE;
    s.cr0 = CR0_PG | CR0_PE;
    s.cr3 = L4;
    s.cr4 = CR4_PAE;
    s.efer = EFER_LME | EFER_LMA;
    s.cs = segment(8, true);
    s.ds = s.es = s.fs = s.gs = s.ss = segment(16, false);
    return ioctl(m->cpu, KVM_SET_SREGS, &s);
}

/* Nanoseconds, or -1. */
static long long time_guest(struct machine *m)
{
    struct kvm_regs r = {.rcx = ROUNDS, .rip = CODE, .rflags = 2};
    if (ioctl(m->cpu, KVM_SET_REGS, &r))
        return -1;
    const uint64_t start = monotonic_ns();
    int bad;
    do {
        bad = ioctl(m->cpu, KVM_RUN, 0);
    } while (bad && errno == EINTR);
    const long long span = (long long)(monotonic_ns() - start);
    if (bad)
        return -1;
    errno = EIO;
    return m->run->exit_reason == KVM_EXIT_HLT ? span : -1;
}

static long long time_host(void)
{
    uint32_t rounds = ROUNDS;
    const uint64_t start = monotonic_ns();
    asm volatile("1: dec %0\n\tjnz 1b" : "+r"(rounds));
    return (long long)(monotonic_ns() - start);
}

static void close_down(struct machine *m)
{
    if (m->run && m->run != MAP_FAILED)
        munmap(m->run, m->run_size);
    if (m->cpu >= 0)
        close(m->cpu);
    if (m->vm >= 0)
        close(m->vm);
    if (m->memory && m->memory != MAP_FAILED)
        munmap(m->memory, MEMORY);
    if (m->kvm >= 0)
        close(m->kvm);
}

static int open_device(struct machine *m, struct pvb_error *e)
{
    m->kvm = open(DEVICE, O_RDWR | O_CLOEXEC);
    if (m->kvm < 0 && (errno == EACCES || errno == EPERM))
        return pvb_fail(e, DEVICE ": %s; run: sudo usermod -aG kvm $USER, then log in again", strerror(errno));
    if (m->kvm < 0)
        return pvb_fail(e,
                        DEVICE ": %s; load kvm-amd or kvm-intel, switch virtualization on in the firmware, or leave "
                               "out --machine host: the lab needs none",
                        strerror(errno));
    int version = ioctl(m->kvm, KVM_GET_API_VERSION, 0);
    if (version != KVM_API_VERSION)
        return pvb_fail(e, DEVICE ": speaks version %d of its interface, not %d; boot a newer kernel", version,
                        KVM_API_VERSION);
    return 0;
}

int kvm_judge_speed(long long guest_ns, long long host_ns, struct pvb_error *e)
{
    long long times = guest_ns / (host_ns > 0 ? host_ns : 1);
    if (times < SLOWER_MOST)
        return 0;
    return pvb_fail(e,
                    DEVICE
                    ": only interprets: a guest's loop takes %lld times as long as this computer's, so its costs "
                    "would be the interpreter's; leave out --machine host: the lab is exact",
                    times);
}

int kvm_calibrate(struct pvb_error *e)
{
    struct machine m = {.kvm = -1, .vm = -1, .cpu = -1};
    long long guest = -1, host = -1;
    int result = open_device(&m, e);
    if (!result && set_up(&m))
        result = pvb_fail(e, DEVICE ": a guest cannot be made: %s; leave out --machine host", strerror(errno));
    /* The best of a few: a busy computer must not look like an interpreter. */
    for (int i = 0; i < TRIES && !result; i++) {
        long long g = time_guest(&m), h = time_host();
        if (g < 0)
            result = pvb_fail(e, DEVICE ": a guest cannot be run: %s; leave out --machine host", strerror(errno));
        guest = guest < 0 || g < guest ? g : guest;
        host = host < 0 || h < host ? h : host;
        /* Good once is good. */
        if (!result && guest / (host + 1) < SLOWER_MOST)
            break;
    }
    close_down(&m);
    return result ? result : kvm_judge_speed(guest, host, e);
}
