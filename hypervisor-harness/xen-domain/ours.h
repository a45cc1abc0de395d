/*
 * ours.h: by what a domain of pvbench is known, so that one that an
 * interrupted run left behind is destroyed, and no other domain is ever touched.
 *
 * It is called "pvbench-PID-MODE", PID being the process that answers for
 * it, one beside it "pvbench-PID-MODE-N", and its UUID says PID, and N, once more: whoever names a domain like ours has
 * not given it that. It has the UUID from its first moment on, its name a little later.
 */
#ifndef XEN_DOMAIN_OURS_H
#define XEN_DOMAIN_OURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DOMAIN_PREFIX  "pvbench-"
#define OURS_UUID_SIZE 16

#define OURS_MOST 255u

/* `number`: 0 for the one that is measured, 1 to OURS_MOST for those beside it. */
void ours_name(pid_t pid, const char *mode, unsigned number, char *name, size_t size);

/* Nothing random, so that the lab's host does the same in every run. */
void ours_uuid(pid_t pid, unsigned number, uint8_t uuid[OURS_UUID_SIZE]);

/* The process that answers for it; 0: it is none of ours. `name`: NULL or empty where it has none. */
pid_t ours_owner(const char *name, const uint8_t uuid[OURS_UUID_SIZE]);

#endif
