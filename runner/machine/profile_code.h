/*
 * profile_code.h: how often each instruction of a function was executed, so that it can be told by lines of source
 * afterwards, by whoever has them.
 */
#ifndef RUNNER_PROFILE_CODE_H
#define RUNNER_PROFILE_CODE_H

#include "runner/machine/profile_tree.h"

/* Zeros: an empty one. */
struct profile_code {
    struct code_count {
        uint32_t function;
        uint64_t start, address, count; /* where the function begins; the instruction's; times */
    } * at;
    size_t count, room;
};

void profile_code_add(struct profile_code *c, uint32_t function, uint64_t start, uint64_t address, uint64_t count);
/* [[function, start, bytes, count, bytes, count, …], …]: the start in hexadecimal digits, since no number of JSON holds
 * it; bytes behind the instruction before, or the start. Of a name that several functions have there are several. */
json_t *profile_code_json(struct profile_code *c);
void profile_code_clear(struct profile_code *c);
void profile_code_free(struct profile_code *c);

#endif
