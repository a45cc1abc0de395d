/*
 * inherited.h: what a program gets from whoever started it, and gives to what it starts.
 *
 * Descriptors 0 to 2 that were closed, SIGCHLD ignored, signals blocked: all that
 * comes over exec and would be found much later, as something else. A
 * program begins by putting it right, once; its children begin with none of its own habits.
 */
#ifndef COMMON_INHERITED_H
#define COMMON_INHERITED_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * First of all in main(). No file that is opened later becomes standard input, output or
 * error: those that are closed are /dev/null, output such that what is written to it is known to
 * be lost. Children can be waited for, no signal is blocked, and a file that grows too large is an error of write().
 */
void inherited_mend(void);

/* Nobody was given to read standard output. */
bool inherited_no_output(void);

/* SIGXFSZ or SIGPIPE comes as an error of write() alone; unlike one that is ignored it is no matter of our children's.
 */
void inherited_as_error(int number);

/* SIGINT, SIGTERM and SIGHUP call `note`, but for those that were ignored by whoever started us (nohup). */
void inherited_catch(void (*note)(int number));

/*
 * In a child after fork(), where only system calls are safe: a process group of its
 * own, signals as in a new login, and its end with its parent's, even if that is over already.
 */
void inherited_begin_child(pid_t parent);

/* In a child that could not become a program: tells errno, and ends. */
void inherited_report(int to) __attribute__((noreturn));

/* In its parent: 0, or the errno that the child told before it ended; `from` is closed by exec(). */
int inherited_failure(int from);

/* The three together: `become` becomes the program in the child, or returns with errno. The child's number, or -1 with
 * errno when it could not be started. */
pid_t inherited_start(void (*become)(const void *with), const void *with);

#endif
