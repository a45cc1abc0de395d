/* transactions.h: what transactions.c and store.c are for one another. */
#ifndef DEVICE_TRANSACTIONS_H
#define DEVICE_TRANSACTIONS_H

#include "state.h"
#include "types.h"

/* The tree as it is for 0, the transaction's own, or null: none is open by this number. */
struct store_tree *transaction_tree(u32 id);

/* Its number; 0: too many are open. */
u32 transaction_start(void);

/* Null, or why nothing of it has come about. Its number is gone in either case. */
const char *transaction_end(u32 id, bool commit);

/* A number in digits, with a NUL: how many digits. */
#define NUMBER_SIZE 11
u64 number_text(char digits[NUMBER_SIZE], u32 number);

/* --- store.c --- */

/* Tells those who watch it; of the tree as it is. */
void store_changed(unsigned int node);

/* The node may be a front end's state. */
void store_move_back_end(unsigned int node);

#endif
