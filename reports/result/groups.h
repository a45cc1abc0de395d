/*
 * groups.h: what a sentence calls the operations of a workload, as groups.tsv beside this file says; the table is part
 * of the program.
 */
#ifndef REPORTS_GROUPS_H
#define REPORTS_GROUPS_H

#include <stddef.h>

#define GROUP_WORDS 64 /* bytes of a group's words */

/* Into `words`; returns its place in the order of sentences. A workload that has no row is a group of its own, and
 * last. */
size_t group_of(const char *workload, char words[GROUP_WORDS]);

#endif
