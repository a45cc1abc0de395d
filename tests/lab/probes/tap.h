/* tap.h: results of tests, as the Test Anything Protocol has them. */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdbool.h>

/* `good`, and what was seen when it is not. */
bool check(bool good, const char *what);
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The plan; the exit status. */
int tap_end(void);

#endif
