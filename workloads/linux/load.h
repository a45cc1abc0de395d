/*
 * load.h: what a load of the Linux guest is, and what it may use.
 *
 * A load is one file here with one LOAD(): what lmbench's row of that kind does, by its published definition. All
 * loads, the first process and the harness are one static program, /init, the same bytes in every mode: what differs
 * by mode is how a region is marked and where words go (guest.c). The program is an image as the bare guests are
 * (include/pvbench/params.h): its names can be listed, and the runner fills its parameters.
 */
#ifndef WORKLOADS_LINUX_LOAD_H
#define WORKLOADS_LINUX_LOAD_H

#include <pvbench/params.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE 4096ul

struct load_run {
    uint64_t parameter;         /* from the suite; 0: take your default */
    uint64_t ops_per_iteration; /* setup may raise it from 1 */
    uint32_t chunk;             /* iterations before reset must run; 0: any number */
};

struct load {
    const struct pvb_workload_name *name;
    const char *(*setup)(struct load_run *); /* NULL, or why this cannot be run here */
    void (*op)(void);                        /* one iteration, timed by the harness */
    void (*reset)(void);                     /* outside any region: makes `chunk` iterations possible again */
    void (*teardown)(void);
    /* Of what happened once, before any load, in place of `op`: when it ended. What it says beside its result. */
    uint64_t (*happened)(void);
    void (*tell)(unsigned index);
    uint64_t (*told)(void); /* in place of `op`, of a program that measures itself: an iteration, and its time stamps */
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct load) == 64, "the section of loads is an array");

/* `part`: what part of a system it exercises, for figures; "": none. */
#define LOAD(id, part, text, ...) LOAD_THAT_NEEDS(id, part, text, 0, __VA_ARGS__)
#define LOAD_THAT_NEEDS(id, part, text, what, ...)                                                                     \
    static const struct pvb_workload_name name_of_##id                                                                 \
        __attribute__((used, aligned(32), section(".pvbench.names"))) = {                                              \
            .name = #id, .summary = text, .subsystem = part, .needs = what};                                           \
    static const struct load load_##id                                                                                 \
        __attribute__((used, section("pvbench_loads"))) = {.name = &name_of_##id, __VA_ARGS__}

/* Ends the guest, with the reason, where what must work does not: a measurement of a failing call would be a lie. */
void must(bool worked, const char *what);

/* A file of the file system in memory, of so many bytes, all written; open for reading and writing. */
int load_file(const char *path, size_t size);

/* fork(), an exec of this program by `name` (programs.h) with one argument more, and the wait for its end. */
void load_run_program(const char *name, const char *option, const char *argument);

/* Rings of processes that hand a token on (ring.c). */
const char *ring_begin(unsigned processes, size_t bytes);
void ring_round(void); /* the token goes round once */
void ring_end(void);

#endif
