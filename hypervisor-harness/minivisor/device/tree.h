/* tree.h: the store's tree, which is fixed: what tree.c offers to store.c. */
#ifndef DEVICE_TREE_H
#define DEVICE_TREE_H

#include "types.h"

/* The path in the form in which the tree has it: the guest's own folder left out. */
const char *tree_path(const char *path);

/* enum store_node, or -1: no leaf stands there. */
int tree_find(const char *path);

bool tree_guest_may_write(unsigned int node);

/* `folder` is the leaf itself or a folder above it. */
bool tree_is_below(unsigned int node, const char *folder);

/* The names in a folder, each with its NUL: how many bytes, or -1: there is no such folder. */
int tree_list(const char *folder, char *into, u64 size);

/* What stands in a leaf at the start. */
const char *tree_first_value(unsigned int node);

bool same_text(const char *a, const char *b);
u64 text_length(const char *text);

#endif
