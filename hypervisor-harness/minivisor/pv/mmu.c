/*
 * mmu.c: the hypercalls on page tables: mmu_update, update_va_mapping,
 * mmuext_op. What is allowed is decided in page_types.c.
 */
#include "pv.h"
#include "account.h"
#include "guest.h"
#include "user_copy.h"

#include <xen/errno.h>

u64 *m2p; /* the computer's: it has each frame once, and a frame one owner */

void m2p_init(void)
{
    u64 pages = (frame_count * 8 + PAGE_SIZE - 1) >> PAGE_SHIFT;
    u64 address = allocate_frames(pages);

    m2p = phys_to_virt(address);
    for (u64 i = 0; i < frame_count; i++)
        m2p[i] = ~0ull;
    for (u64 i = 0; i < pages; i++)
        map_hypervisor_page(M2P_BASE + i * PAGE_SIZE, address + i * PAGE_SIZE, PTE_P | PTE_U | PTE_NX);
}

/* One element of mmu_update: an entry of a page table, or a word of plain memory. */
static void update_entry(u64 address, u64 value, bool preserve_ad)
{
    u64 frame = address >> PAGE_SHIFT;
    unsigned int index = (address & ~PAGE_MASK) / 8;
    u64 *slot;

    if (!frame_is_guests(frame))
        kill_guest("mmu_update: frame %lx is not the guest's own", frame);
    slot = (u64 *)frame_to_virt(frame) + index;
    if (likely(page_infos[frame].type_references && page_infos[frame].type <= TYPE_L4)) {
        if (preserve_ad)
            value |= *slot & (PTE_A | PTE_D);
        write_page_table(frame, index, value);
        return;
    }
    get_page_type(frame, TYPE_WRITABLE);
    *slot = value;
    put_page_type(frame);
}

/* Set in the count of a call that is the rest of another: what was done before stands where `done` points. */
#define REST (1ull << 63)

/* Counts what was done, over all parts of the call, where the guest wants to know it. */
static long report(u64 done, u64 count, bool is_rest)
{
    u32 before = 0, all;

    if (!done)
        return 0;
    if (is_rest && !get_guest_u32(&before, done))
        return -XEN_EFAULT;
    all = before + (u32)count;
    return copy_to_guest(done, &all, sizeof(all)) ? 0 : -XEN_EFAULT;
}

/* A long list: `number` is the hypercall, which does it in short ones. */
static long in_batches(unsigned int number, u64 size, u64 at, u64 count, u64 done, u64 domain, struct regs *regs)
{
    u64 left = count & ~REST;

    do {
        u64 batch = MIN(left, PREEMPT_BATCH);
        long result = hypercall_table[number](at, batch, 0, domain, 0, regs);

        if (result)
            return result;
        at += batch * size;
        left -= batch;
        if (left && preempted()) {
            result = report(done, (count & ~REST) - left, count & REST);
            return result ? result : continue_hypercall(regs, number, at, left | REST, done, domain);
        }
    } while (left);
    return report(done, count, count & REST);
}

/* Both lists are alike; the call of `one` is resolved when this is compiled. */
static inline __attribute__((always_inline)) long each(u64 list, u64 count, u64 size, long (*one)(u64 at), u64 done,
                                                       u64 domain)
{
    if (domain != DOMID_SELF)
        return -XEN_EPERM;
    if (!range_is_guests(list, count * size))
        return -XEN_EFAULT;
    for (u64 i = 0; i < count; i++, list += size) {
        long result = one(list);

        if (unlikely(result))
            return result;
    }
    return report(done, count, false);
}

static inline long update_one(u64 at)
{
    u64 pointer, value;

    if (!load_guest_u64(&pointer, at) || !load_guest_u64(&value, at + 8))
        return -XEN_EFAULT;
    switch (pointer & 7) {
    case MMU_NORMAL_PT_UPDATE:
        update_entry(pointer, value, false);
        return 0;
    case MMU_PT_UPDATE_PRESERVE_AD:
        update_entry(pointer & ~7ull, value, true);
        return 0;
    case MMU_MACHPHYS_UPDATE:
        if (!frame_is_guests(pointer >> PAGE_SHIFT))
            kill_guest("mmu_update: frame %lx is not the guest's own", pointer >> PAGE_SHIFT);
        m2p[pointer >> PAGE_SHIFT] = value;
        return 0;
    default:
        return -XEN_ENOSYS;
    }
}

_Static_assert(sizeof(struct mmu_update) == 16, "xen/xen.h: struct mmu_update");

long do_mmu_update(u64 list, u64 count, u64 done, u64 domain, u64 a5, struct regs *regs)
{
    const u64 size = sizeof(struct mmu_update);

    (void)a5;
    if (unlikely(count > PREEMPT_BATCH))
        return in_batches(__HYPERVISOR_mmu_update, size, list, count, done, domain, regs);
    return each(list, count, size, update_one, done, domain);
}

/* The frame of the L1 table that maps va in the guest's present address space, or 0. */
static inline __attribute__((always_inline)) u64 find_l1(u64 va)
{
    u64 frame = this_pv()->kernel_l4;

    for (unsigned int level = 4; level > 1; level--) {
        u64 *table = frame_to_virt(frame);
        u64 entry = table[(va >> (3 + 9 * level)) & 511];

        if (!(entry & PTE_P))
            return 0;
        frame = (entry & PTE_FRAME) >> PAGE_SHIFT;
    }
    return frame;
}

u64 pv_l1_of(u64 va)
{
    return find_l1(va);
}

static void flush(u64 va, u64 flags)
{
    switch (flags & UVMF_FLUSHTYPE_MASK) {
    case UVMF_TLB_FLUSH:
        write_cr3(read_cr3());
        break;
    case UVMF_INVLPG:
        invlpg(va);
        break;
    }
}

long do_update_va_mapping(u64 va, u64 entry, u64 flags, u64 a4, u64 a5, struct regs *regs)
{
    u64 l1;

    (void)a4, (void)a5, (void)regs;
    if (!address_is_guests(va))
        kill_guest("update_va_mapping: %lx %s", va, why_not_guests(va));
    l1 = find_l1(va);
    if (!l1)
        return -XEN_EINVAL;
    write_page_table(l1, (va >> 12) & 511, entry);
    flush(va, flags);
    return 0;
}

static void new_base(u64 frame)
{
    u64 old = this_pv()->kernel_l4;

    hold_frame(frame, TYPE_L4);
    this_pv()->kernel_l4 = frame;
    write_cr3(frame << PAGE_SHIFT);
    release_frame(old);
}

static void new_user_base(u64 frame)
{
    u64 old = this_pv()->user_l4;

    if (frame)
        hold_frame(frame, TYPE_L4);
    this_pv()->user_l4 = frame;
    if (old)
        release_frame(old);
}

static long pin(u64 frame, enum page_type type)
{
    get_page_type(frame, type);
    if (page_infos[frame].pinned) {
        put_page_type(frame);
        return -XEN_EINVAL;
    }
    page_infos[frame].pinned = 1;
    page_infos[frame].references++;
    return 0;
}

static long unpin(u64 frame)
{
    if (!frame_is_guests(frame))
        kill_guest("unpin: frame %lx is not the guest's own", frame);
    if (!page_infos[frame].pinned)
        return -XEN_EINVAL;
    page_infos[frame].pinned = 0;
    release_frame(frame); /* still a table while something uses it as one */
    return 0;
}

static long clear_or_copy(const struct mmuext_op *op)
{
    u64 to = op->arg1.mfn, from = op->arg2.src_mfn;

    get_page_type(to, TYPE_WRITABLE);
    if (op->cmd == MMUEXT_CLEAR_PAGE) {
        memset(frame_to_virt(to), 0, PAGE_SIZE);
    } else {
        if (!frame_is_guests(from))
            kill_guest("copy_page: frame %lx is not the guest's own", from);
        memcpy(frame_to_virt(to), frame_to_virt(from), PAGE_SIZE);
    }
    put_page_type(to);
    return 0;
}

static long extended(const struct mmuext_op *op)
{
    switch (op->cmd) {
    case MMUEXT_PIN_L1_TABLE:
    case MMUEXT_PIN_L2_TABLE:
    case MMUEXT_PIN_L3_TABLE:
    case MMUEXT_PIN_L4_TABLE:
        return pin(op->arg1.mfn, (enum page_type)(TYPE_L1 + (op->cmd - MMUEXT_PIN_L1_TABLE)));
    case MMUEXT_UNPIN_TABLE:
        return unpin(op->arg1.mfn);
    case MMUEXT_NEW_BASEPTR:
        new_base(op->arg1.mfn);
        return 0;
    case MMUEXT_NEW_USER_BASEPTR:
        new_user_base(op->arg1.mfn);
        return 0;
    case MMUEXT_TLB_FLUSH_LOCAL:
    case MMUEXT_TLB_FLUSH_MULTI:
    case MMUEXT_TLB_FLUSH_ALL:
        write_cr3(read_cr3());
        return 0;
    case MMUEXT_INVLPG_LOCAL:
    case MMUEXT_INVLPG_MULTI:
    case MMUEXT_INVLPG_ALL:
        if (address_is_guests(op->arg1.linear_addr))
            invlpg(op->arg1.linear_addr);
        return 0;
    case MMUEXT_FLUSH_CACHE:
        __asm__ volatile("wbinvd");
        return 0;
    case MMUEXT_SET_LDT: /* none is offered; to have none is allowed */
        return op->arg2.nr_ents ? -XEN_ENOSYS : 0;
    case MMUEXT_CLEAR_PAGE:
    case MMUEXT_COPY_PAGE:
        return clear_or_copy(op);
    default:
        return -XEN_ENOSYS;
    }
}

_Static_assert(sizeof(struct mmuext_op) == 24, "xen/xen.h: struct mmuext_op");

static inline long extended_one(u64 at)
{
    struct mmuext_op op;
    u64 words[3];

    if (!load_guest_u64(&words[0], at) || !load_guest_u64(&words[1], at + 8) || !load_guest_u64(&words[2], at + 16))
        return -XEN_EFAULT;
    op.cmd = (u32)words[0];
    op.arg1.mfn = words[1];
    op.arg2.src_mfn = words[2];
    account_detail(PVB_CLASS_HYPERCALL, PVB_HC_mmuext_op, op.cmd);
    return extended(&op);
}

long do_mmuext_op(u64 list, u64 count, u64 done, u64 domain, u64 a5, struct regs *regs)
{
    const u64 size = sizeof(struct mmuext_op);

    (void)a5;
    if (unlikely(count > PREEMPT_BATCH))
        return in_batches(__HYPERVISOR_mmuext_op, size, list, count, done, domain, regs);
    return each(list, count, size, extended_one, done, domain);
}
