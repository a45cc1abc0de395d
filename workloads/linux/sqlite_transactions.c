/*
 * sqlite_transactions.c: Debian's sqlite3 does 60 transactions on a new database of a file system in memory: system
 * calls for files, by a program with many libraries.
 *
 * Each transaction makes its journal and takes it away again. In the end it says how many rows there are and their sum,
 * which must be what they are by whoever wrote the transactions.
 */
#include "debian.h"
#include "load.h"

#include <stdio.h>
#include <unistd.h>

enum { TRANSACTIONS = 60, ROWS = 5 };
#define DATABASE "/tmp/database"
#define ORDERS   "/tmp/orders.sql"
#define SAID     "/tmp/said"

static char expected[64];

/* Rows are put in, and in each third transaction the oldest one is taken out, and the next one changed. */
static void write_orders(FILE *out)
{
    unsigned long number = 1, value[TRANSACTIONS * ROWS], sum = 0;
    unsigned made = 0, gone = 0;
    fputs("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, value INTEGER);\nCREATE INDEX by_value ON t(value);\n",
          out);
    for (unsigned i = 0; i < TRANSACTIONS; i++) {
        fputs("BEGIN;\n", out);
        for (unsigned j = 0; j < ROWS; j++) {
            number = (number * 69069 + 1) & 0xffffff;
            value[made++] = number;
            fprintf(out, "INSERT INTO t VALUES(%u, 'row %u', %lu);\n", made, made, number);
        }
        if (i % 3 == 2) {
            gone++;
            value[gone] += 7;
            fprintf(out, "DELETE FROM t WHERE id = %u;\nUPDATE t SET value = value + 7 WHERE id = %u;\n", gone,
                    gone + 1);
        }
        fputs("COMMIT;\n", out);
    }
    for (unsigned i = gone; i < made; i++)
        sum += value[i];
    fputs("SELECT count(*), sum(value) FROM t;\n", out);
    snprintf(expected, sizeof(expected), "%u|%lu\n", made - gone, sum);
}

static const char *setup(struct load_run *run)
{
    run->chunk = 1;
    debian_begin();
    FILE *out = fopen(ORDERS, "we");
    must(out, ORDERS);
    write_orders(out);
    must(fclose(out) == 0, ORDERS);
    return NULL;
}

static void op(void)
{
    static const char *const program[] = {"/usr/bin/sqlite3", "-batch", "-bail", DATABASE, NULL};
    debian_run(program, ORDERS, SAID);
}

static void check(void)
{
    char said[DEBIAN_WORDS_MAX];
    debian_read(SAID, said);
    debian_must_say(said, expected);
    must(unlink(DATABASE) == 0 && unlink(SAID) == 0, DATABASE);
}

LOAD_THAT_NEEDS(sqlite_transactions, "programs", "Debian's sqlite3 does 60 transactions, its start included",
                PVB_NEEDS_PROGRAMS, .setup = setup, .op = op, .reset = check, .teardown = check);
