/*
 * programs.h: which program or library of a host in the lab a piece of code is of.
 *
 * Nobody tells from inside: asking the host's kernel would cost instructions that are measured, and the emulator shows
 * its plugin no register. But the host's archive has every file, and code is what it is in its file: by the bytes of a
 * block, and by where it lies in its page, the file is found, and with it where all of that was loaded.
 */
#ifndef RUNNER_PROGRAMS_H
#define RUNNER_PROGRAMS_H

#include "runner/machine/symbols.h"

/* Zeros: none. */
struct programs {
    struct program {
        const char *name; /* its path on the host, with a slash in front */
        struct blob file; /* a part of the archive */
    } * program;
    size_t programs;
    struct loaded {
        const struct program *of;
        uint64_t start, end, moved; /* addresses; those of its file are less by that */
    } * loaded;
    size_t loadeds;
    struct code {
        uint64_t address;
        uint8_t bytes[64];
        size_t size;
    } * code; /* seen, and of nobody who is known yet */
    size_t codes;
};

/* The ELF files of the archive ("newc", as the kernel reads it), which must outlive it. One that is malformed ends
 * there. */
void programs_read(struct programs *p, const struct blob *archive);

/* How a block begins, as hexadecimal digits. False: they are none. */
bool programs_code(struct programs *p, uint64_t address, const char *digits);

/* Whose all is that was seen since: adds their functions. */
void programs_find(struct programs *p, struct symbols *s);

void programs_free(struct programs *p);

#endif
