/* A guest with two vCPUs that sends interrupt commands which it should not, or whose second one does nothing good. */
#include "../hostile.h"
#include "hvm/hvm.h"
#include "smp.h"

#define PAGE     8u /* below 1 MiB, where the second one begins */
#define ASSERTED (1u << 14)
#define INIT     (5u << 8 | ASSERTED)
#define STARTUP  (6u << 8 | ASSERTED)

/* Real-mode code, there. */
static void begin(const void *code, unsigned size)
{
    memcpy((void *)(PAGE * PAGE_SIZE), code, size);
    hvm_apic_send(1, INIT);
    hvm_apic_send(1, STARTUP | PAGE);
}

static const uint8_t halts[] = {0xfa, 0xf4, 0xeb, 0xfc}; /* cli; hlt; jmp back to it */
static const uint8_t spins[] = {0xeb, 0xfe};

/* Every message, to nobody, to one that has not begun, and to all others. */
static void commands(void)
{
    static const uint32_t destinations[] = {2, 12, 16, 0x10000, 0x7fffffff};
    uint64_t begun = tsc_now();

    for (unsigned message = 0; message < 8; message++) {
        for (unsigned i = 0; i < sizeof(destinations) / sizeof(destinations[0]); i++) {
            hvm_apic_send(destinations[i], message << 8 | ASSERTED | 0x40);
            hvm_apic_send(destinations[i], message << 8 | ASSERTED | 1u << 11 | 0x40); /* by cluster */
        }
        if (message != 6) {
            hvm_apic_send(1, message << 8 | ASSERTED | 0x05);
            hvm_apic_send(0, message << 8 | ASSERTED | 3u << 18 | 0x05); /* all but itself */
        }
    }
    survived("%s", tsc_now() > begun ? "sent" : "back in time");
}
HOSTILE(several_commands, commands);

static void init_first(void)
{
    hvm_apic_send(0, INIT);
    survived("%s", "reset");
}
HOSTILE(several_init_first, init_first);

static void init_all(void)
{
    hvm_apic_send(0xffffffff, INIT);
    survived("%s", "reset");
}
HOSTILE(several_init_all, init_all);

static void spinning(void)
{
    uint64_t begun = tsc_now();

    begin(spins, sizeof(spins));
    guest_rest();
    survived("after %lu ms", (tsc_now() - begun) / 1000000);
}
HOSTILE(several_spinning, spinning);

/* Stopped wherever it is, and started again, many times: in its halt, at the end of its slice, before its first. */
static void restarted(void)
{
    for (unsigned i = 0; i < 12; i++) {
        begin(i & 1 ? spins : halts, i & 1 ? sizeof(spins) : sizeof(halts));
        if (i % 4 < 2)
            guest_rest();
    }
    hvm_apic_send(1, INIT);
    guest_rest();
    survived("%s", "restarted");
}
HOSTILE(several_restarted, restarted);

static void all_halt(void)
{
    begin(halts, sizeof(halts));
    guest_irq_mask();
    asm volatile("cli; hlt");
    survived("%s", "woken");
}
HOSTILE(several_wait_for_ever, all_halt);

/* Real mode without a stack or a table of vectors: it shuts down, and takes the guest with it. */
static void triple_fault(void)
{
    static const uint8_t code[] = {0x0f, 0x01, 0x1e, 0x10, 0x00, 0x0f, 0x0b}; /* lidt [0x10], of no vector; ud2 */

    begin(code, sizeof(code));
    guest_rest();
    survived("%s", "alive");
}
HOSTILE(several_triple_fault, triple_fault);
