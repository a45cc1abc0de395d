/*
 * delivered_once.c: in the emulator, an interrupt that a hypervisor injects is delivered once.
 *
 * QEMU's VMRUN delivers the interrupt of EVENTINJ itself, and leaves its vector in the processor's exception_index
 * (helper_vmrun in its target/i386/tcg/sysemu/svm_helper.c, "XXX: is it always correct?"). Whatever the guest does next
 * that enters QEMU writes over it. But if a timer of the machine's is due before that, cpu_exec (cpu_handle_interrupt
 * in accel/tcg/cpu-exec.c) takes it for an exception that is still to be raised, and the guest has its interrupt a
 * second time, its interrupts enabled or not: a Linux that was about to set its clock then waits for itself for ever.
 *
 * There, where a slice of time is over, no exception can be open: who raises one leaves by siglongjmp. cpu_exec asks
 * all the same, "if (cpu->exception_index == -1)", before it notes that it was interrupted. That question is taken out
 * of the code in the emulator's memory; its file remains what it is. In Debian 12's QEMU it is
 *
 *     cmp $-1,%ebx; jne (as an exception); mov $EXCP_INTERRUPT,%ebx
 *
 * An emulator in which that is not to be found, once, is left alone, and said to be so (lab_check_library).
 */
#include "hypervisor-harness/lab/lab.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    SEARCHED = 8192, /* bytes of cpu_exec; 4 KiB in Debian 12's */
    PAGE = 4096,
    COMPARE = 3,
    JUMP = 6,
    NOTE = 5
};

/* cmp $-1,REGISTER; jne FAR; mov $0x10000,REGISTER: the same register, of the lower eight. */
static int is_question(const uint8_t *code)
{
    const uint8_t *jump = code + COMPARE, *note = jump + JUMP;
    return code[0] == 0x83 && (code[1] & 0xf8) == 0xf8 && code[2] == 0xff && jump[0] == 0x0f && jump[1] == 0x85 &&
           note[0] == (0xb8 | (code[1] & 7)) && note[1] == 0 && note[2] == 0 && note[3] == 1 && note[4] == 0;
}

/* NULL: there is none, or more than one. */
static uint8_t *find_jump(uint8_t *code)
{
    uint8_t *found = NULL;
    for (size_t i = 0; i + COMPARE + JUMP + NOTE <= SEARCHED; i++) {
        if (!is_question(code + i))
            continue;
        if (found)
            return NULL;
        found = code + i + COMPARE;
    }
    return found;
}

static int take_out(uint8_t *jump)
{
    static const uint8_t nothing[JUMP] = {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00}; /* a NOP of that length */
    uint8_t *page = (uint8_t *)((uintptr_t)jump & ~(uintptr_t)(PAGE - 1));
    const size_t size = (size_t)(jump + JUMP - page);
    if (mprotect(page, size, PROT_READ | PROT_WRITE | PROT_EXEC))
        return -1;
    memcpy(jump, nothing, JUMP);
    return mprotect(page, size, PROT_READ | PROT_EXEC);
}

static void say(const char *words)
{
    if (write(STDOUT_FILENO, words, strlen(words)) < 0)
        _exit(1);
}

/* Before the emulator's main(). A script that starts it has the library, too, and no cpu_exec. */
__attribute__((constructor)) static void mend(void)
{
    uint8_t *code = dlsym(RTLD_DEFAULT, "cpu_exec");
    uint8_t *jump = code ? find_jump(code) : NULL;
    const int mended = jump && take_out(jump) == 0;
    if (!getenv(LAB_ASKED))
        return;
    say(LAB_LOADED "\n");
    if (mended)
        say(LAB_MENDED "\n");
}
