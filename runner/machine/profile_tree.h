/*
 * profile_tree.h: functions by the calls that led to them, with what each of them executed itself.
 */
#ifndef RUNNER_PROFILE_TREE_H
#define RUNNER_PROFILE_TREE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* By name and owner, each once; both must outlive the list. Zeros: an empty one. */
struct function_list {
    struct {
        const char *owner, *name;
    } * function;
    size_t count, room;
    uint32_t *table; /* numbers, plus one */
    size_t table_size;
};

uint32_t function_number(struct function_list *l, const char *owner, const char *name);
json_t *function_list_json(const struct function_list *l); /* [[owner, name], …] */
void function_list_free(struct function_list *l);

#define PROFILE_NO_PARENT UINT32_MAX

struct profile_node {
    uint32_t parent, function; /* a node that stands before, or PROFILE_NO_PARENT; a number of the list */
    uint64_t self, entered;    /* instructions; how often the first of them was executed */
    uint64_t left;             /* how often the guest was left there */
};

struct profile_tree {
    struct profile_node *node;
    size_t count, room;
    uint32_t *table;
    size_t table_size;
};

uint32_t profile_child(struct profile_tree *t, uint32_t parent, uint32_t function);
uint64_t profile_total(const struct profile_tree *t);
/* [parent or -1, function, self, entered, left, …], without nodes below which nothing was executed. */
json_t *profile_tree_json(const struct profile_tree *t);
void profile_tree_free(struct profile_tree *t);

#endif
