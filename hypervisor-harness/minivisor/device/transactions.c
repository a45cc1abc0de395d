/*
 * transactions.c: several changes of the store's tree that come about at once or not at all (xenstore's protocol). Each
 * has a copy of the tree, so that it is alone with it, and it is refused if anything else has changed meanwhile: the
 * guest tries again, as it must be able to.
 */
#include "transactions.h"
#include "guest.h"
#include "memory.h"
#include "tree.h"

static struct store_transaction *find(u32 id)
{
    for (unsigned int i = 0; i < STORE_TRANSACTIONS; i++)
        if (guest.devices.store.transaction[i].id == id)
            return &guest.devices.store.transaction[i];
    return NULL;
}

struct store_tree *transaction_tree(u32 id)
{
    struct store_transaction *found;

    if (!id)
        return &guest.devices.store.tree;
    found = find(id);
    return found ? &found->tree : NULL;
}

/* Numbers come again after 2^32 of them, and then not while another has them. */
static u32 new_number(void)
{
    struct store *store = &guest.devices.store;

    do
        store->transactions++;
    while (!store->transactions || find(store->transactions));
    return store->transactions;
}

u32 transaction_start(void)
{
    struct store_transaction *unused = find(0);

    if (!unused)
        return 0;
    unused->id = new_number();
    unused->changes = guest.devices.store.changes;
    unused->tree = guest.devices.store.tree;
    return unused->id;
}

static bool differs(const struct store_tree *one, const struct store_tree *other, unsigned int node)
{
    return !same_text(one->value[node], other->value[node]) ||
           !same_text(tree_path_of(one, node), tree_path_of(other, node));
}

/* All values are there before the first back end looks at one. What is told of a node is told of its old path and its
 * new. */
static void apply(const struct store_tree *wanted)
{
    struct store_tree *tree = &guest.devices.store.tree;
    u64 changed = 0;

    _Static_assert(STORE_NODES <= 64, "a bit for each node");
    for (unsigned int i = 0; i < STORE_NODES; i++) {
        if (!differs(tree, wanted, i))
            continue;
        changed |= 1ull << i;
        store_changed(i);
    }
    *tree = *wanted;
    for (unsigned int i = 0; i < STORE_NODES; i++)
        if (changed >> i & 1)
            store_changed(i);
    for (unsigned int i = 0; i < STORE_NODES; i++)
        if (changed >> i & 1)
            store_move_back_end(i);
}

const char *transaction_end(u32 id, bool commit)
{
    struct store_transaction *transaction = id ? find(id) : NULL;

    if (!transaction)
        return "ENOENT";
    transaction->id = 0;
    if (!commit)
        return NULL;
    if (transaction->changes != guest.devices.store.changes)
        return "EAGAIN";
    apply(&transaction->tree);
    return NULL;
}

u64 number_text(char digits[NUMBER_SIZE], u32 number)
{
    u64 n = 0;

    for (u32 rest = number; rest || !n; rest /= 10)
        n++;
    digits[n] = 0;
    for (u64 i = n; i; number /= 10)
        digits[--i] = (char)('0' + number % 10);
    return n;
}
