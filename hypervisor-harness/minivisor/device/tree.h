/* tree.h: the store's tree: what tree.c offers to store.c, of the tree as it is or of a transaction's. */
#ifndef DEVICE_TREE_H
#define DEVICE_TREE_H

#include "state.h"
#include "types.h"

/* The path in the form in which the tree has it: the guest's own folder left out. */
const char *tree_path(const char *path);

/* enum store_node, or one of the guest's own; -1: none stands there. */
int tree_find(const struct store_tree *tree, const char *path);

/* A node, or a folder of some. */
bool tree_has(const struct store_tree *tree, const char *path);

const char *tree_path_of(const struct store_tree *tree, unsigned int node);

/* A node of the guest's own. Null, and it is there and empty; or why it cannot be. */
const char *tree_make(struct store_tree *tree, const char *path, int *node);

/* What the guest may not remove, as it is not its own, or nowhere. */
const char *tree_why_not_remove(const struct store_tree *tree, const char *path);

bool tree_guest_may_write(unsigned int node);

/* `folder` is the node itself or a folder above it. */
bool tree_is_below(const struct store_tree *tree, unsigned int node, const char *folder);

/* The names in a folder, each with its NUL: how many bytes. */
#define TREE_NONE     (-1) /* there is no such folder */
#define TREE_TOO_LONG (-2)
int tree_list(const struct store_tree *tree, const char *folder, char *into, u64 size);

/* What stands in a leaf at the start. */
const char *tree_first_value(unsigned int node);

bool same_text(const char *a, const char *b);
u64 text_length(const char *text);

#endif
