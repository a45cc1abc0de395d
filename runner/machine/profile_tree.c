/* profile_tree.c: see profile_tree.h. */
#include "runner/machine/profile_tree.h"
#include "common/json_text.h"
#include "common/memory.h"

#include <stdlib.h>
#include <string.h>

/* Open addressing: the place of what is equal, or where it is to be put. */
typedef bool equal(const void *of, uint32_t number, const void *wanted);

static uint32_t *place(uint32_t *table, size_t size, uint64_t hash, equal *is, const void *of, const void *wanted)
{
    for (size_t i = (size_t)(hash * 0x9e3779b97f4a7c15u >> 24);; i++) {
        uint32_t *at = &table[i % size];
        if (!*at || is(of, *at - 1, wanted))
            return at;
    }
}

/* --- functions --------------------------------------------------------------- */

struct function_key {
    const char *owner, *name;
};

static uint64_t hash_of_key(const struct function_key *k)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *c = k->name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    for (const char *c = k->owner; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    return hash;
}

static bool is_function(const void *of, uint32_t number, const void *wanted)
{
    const struct function_list *l = of;
    const struct function_key *k = wanted;
    return strcmp(l->function[number].name, k->name) == 0 && strcmp(l->function[number].owner, k->owner) == 0;
}

static void widen_list(struct function_list *l)
{
    free(l->table);
    l->table_size = l->table_size * 2 + 4096;
    l->table = memory_zeroed(l->table_size, sizeof(*l->table));
    for (size_t i = 0; i < l->count; i++) {
        const struct function_key k = {l->function[i].owner, l->function[i].name};
        *place(l->table, l->table_size, hash_of_key(&k), is_function, l, &k) = (uint32_t)i + 1;
    }
}

uint32_t function_number(struct function_list *l, const char *owner, const char *name)
{
    const struct function_key k = {owner, name};
    if (l->count * 2 >= l->table_size)
        widen_list(l);
    uint32_t *at = place(l->table, l->table_size, hash_of_key(&k), is_function, l, &k);
    if (*at)
        return *at - 1;
    if (l->count == l->room) {
        l->room = l->room * 2 + 256;
        l->function = memory_grown(l->function, l->room * sizeof(*l->function));
    }
    l->function[l->count].owner = owner;
    l->function[l->count++].name = name;
    *at = (uint32_t)l->count;
    return *at - 1;
}

json_t *function_list_json(const struct function_list *l)
{
    json_t *list = json_array();
    for (size_t i = 0; i < l->count; i++)
        json_array_append_new(list,
                              json_pack("[o, o]", json_text(l->function[i].owner), json_text(l->function[i].name)));
    return list;
}

void function_list_free(struct function_list *l)
{
    free(l->function);
    free(l->table);
    *l = (struct function_list){0};
}

/* --- nodes ------------------------------------------------------------------- */

static uint64_t hash_of_node(uint32_t parent, uint32_t function)
{
    return (uint64_t)parent << 32 | function;
}

static bool is_node(const void *of, uint32_t number, const void *wanted)
{
    const struct profile_node *n = &((const struct profile_tree *)of)->node[number], *k = wanted;
    return n->parent == k->parent && n->function == k->function;
}

static void widen_tree(struct profile_tree *t)
{
    free(t->table);
    t->table_size = t->table_size * 2 + 4096;
    t->table = memory_zeroed(t->table_size, sizeof(*t->table));
    for (size_t i = 0; i < t->count; i++)
        *place(t->table, t->table_size, hash_of_node(t->node[i].parent, t->node[i].function), is_node, t, &t->node[i]) =
            (uint32_t)i + 1;
}

uint32_t profile_child(struct profile_tree *t, uint32_t parent, uint32_t function)
{
    const struct profile_node wanted = {.parent = parent, .function = function};
    if (t->count * 2 >= t->table_size)
        widen_tree(t);
    uint32_t *at = place(t->table, t->table_size, hash_of_node(parent, function), is_node, t, &wanted);
    if (*at)
        return *at - 1;
    if (t->count == t->room) {
        t->room = t->room * 2 + 256;
        t->node = memory_grown(t->node, t->room * sizeof(*t->node));
    }
    t->node[t->count++] = wanted;
    *at = (uint32_t)t->count;
    return *at - 1;
}

uint64_t profile_total(const struct profile_tree *t)
{
    uint64_t total = 0;
    for (size_t i = 0; i < t->count; i++)
        total += t->node[i].self;
    return total;
}

/* Children stand behind their parents. */
json_t *profile_tree_json(const struct profile_tree *t)
{
    uint32_t *number = memory_zeroed(t->count + 1, sizeof(*number)), written = 0;
    bool *kept = memory_zeroed(t->count + 1, sizeof(*kept));
    json_t *list = json_array();
    for (size_t i = t->count; i-- > 0;) {
        const struct profile_node *n = &t->node[i];
        kept[i] = kept[i] || n->self || n->left;
        if (kept[i] && n->parent != PROFILE_NO_PARENT)
            kept[n->parent] = true;
    }
    for (size_t i = 0; i < t->count; i++) {
        const struct profile_node *n = &t->node[i];
        if (!kept[i])
            continue;
        number[i] = written++;
        json_array_append_new(list, json_integer(n->parent == PROFILE_NO_PARENT ? -1 : (json_int_t)number[n->parent]));
        json_array_append_new(list, json_integer(n->function));
        json_array_append_new(list, json_integer((json_int_t)n->self));
        json_array_append_new(list, json_integer((json_int_t)n->entered));
        json_array_append_new(list, json_integer((json_int_t)n->left));
    }
    free(number);
    free(kept);
    return list;
}

void profile_tree_free(struct profile_tree *t)
{
    free(t->node);
    free(t->table);
    *t = (struct profile_tree){0};
}
