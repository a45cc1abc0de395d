/* The test device's memory: every register that a byte's move may have, and all that is no such move. */
#include "../hostile.h"
#include "hvm/pci.h"

#define PAGE 0xf0000000ul

enum { RING = 0x800, WIDTH = 1, COUNT = 12 };

static void start(void)
{
    hvm_map_identity(PAGE, PTE_RW);
    asm volatile("movb %%al, (%%rdx)" : : "a"(0), "d"(PAGE) : "memory");
}

/* The value that rings goes there by each register; of what is read, the lowest byte alone changes. */
static unsigned good;

#define TRY(byte, whole)                                                                                               \
    static void try_##byte(void)                                                                                       \
    {                                                                                                                  \
        uint64_t all;                                                                                                  \
        asm volatile("movb $0xfa, %%" #byte "; movb %%" #byte ", (%%rdx)" : : "d"(PAGE + RING) : "memory", #whole);    \
        asm volatile("mov $-1, %%" #whole "; movb (%%rdx), %%" #byte "; mov %%" #whole ", %0"                          \
                     : "=m"(all)                                                                                       \
                     : "d"(PAGE + WIDTH)                                                                               \
                     : "memory", #whole);                                                                              \
        good += all == (~0xfful | 1);                                                                                  \
    }
TRY(al, rax)
TRY(cl, rcx)
TRY(bl, rbx)
TRY(sil, rsi)
TRY(dil, rdi)
TRY(r8b, r8)
TRY(r9b, r9)
TRY(r10b, r10)
TRY(r11b, r11)
TRY(r12b, r12)
TRY(r13b, r13)
TRY(r14b, r14)
TRY(r15b, r15)

static void registers(void)
{
    static void (*const tries[])(void) = {try_al,   try_cl,   try_bl,   try_sil,  try_dil,  try_r8b, try_r9b,
                                          try_r10b, try_r11b, try_r12b, try_r13b, try_r14b, try_r15b};
    uint8_t rings;
    start();
    for (unsigned i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
        tries[i]();
    asm volatile("movb (%%rdx), %%al" : "=a"(rings) : "d"(PAGE + COUNT) : "memory");
    survived("%u rings, %u good", rings, good);
}
HOSTILE(doorbell_registers, registers);

static void write_word(void)
{
    start();
    *(volatile uint32_t *)PAGE = 0;
    survived("a word");
}
HOSTILE(doorbell_word, write_word);

static void displaced(void)
{
    start();
    asm volatile("movb %%al, 8(%%rdx)" : : "a"(0), "d"(PAGE) : "memory");
    survived("a displacement");
}
HOSTILE(doorbell_displaced, displaced);

static void second_byte(void)
{
    start();
    asm volatile("movb %%ah, (%%rdx)" : : "a"(0), "d"(PAGE) : "memory");
    survived("a second byte");
}
HOSTILE(doorbell_second_byte, second_byte);

static void read_and_write(void)
{
    start();
    asm volatile("lock orb %%al, (%%rdx)" : : "a"(0), "d"(PAGE) : "memory");
    survived("both");
}
HOSTILE(doorbell_read_and_write, read_and_write);

static void run(void)
{
    start();
    asm volatile("call *%0" : : "r"(PAGE) : "memory");
    survived("ran it");
}
HOSTILE(doorbell_run, run);

static void page_tables(void)
{
    kernel_l4[1] = PAGE | PTE_TABLE;
    survived("%x", *(volatile uint8_t *)(1ul << 39));
}
HOSTILE(doorbell_page_tables, page_tables);

/* The instruction would be a good one, but it is its page fault's frame that goes there. */
static void stack(void)
{
    start();
    asm volatile("mov %0, %%rsp; movb %%al, (%%rdx)"
                 :
                 : "r"(PAGE + PAGE_SIZE), "a"(0), "d"(UNMAPPED_ADDRESS)
                 : "memory");
    survived("a frame");
}
HOSTILE(doorbell_stack, stack);
