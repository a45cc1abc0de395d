/*
 * hypervisor_log_write.h: the other side of hypervisor_log.c: books become the
 * lines of pvbench/log.h, for a program that keeps them beside a hypervisor.
 */
#ifndef COLLECTORS_HYPERVISOR_LOG_WRITE_H
#define COLLECTORS_HYPERVISOR_LOG_WRITE_H

#include "collectors/books.h"

#include <stdio.h>

/* A region's lines stand between these two; between them may be others that name it. */
void log_write_region(const struct region *r, unsigned id, FILE *out);
void log_write_regionend(unsigned id, FILE *out);

/* Its kinds, which must be settled. One without an entry, which only had details, is left out. */
void log_write_kinds(const struct region *r, unsigned id, FILE *out);

#endif
