/*
 * deadline.h: an end to waiting inside of Xen's libraries. They wait for
 * ever for a daemon that has died: for xenstored's answers, for the terminal
 * that xenconsoled should open.
 *
 * While somebody is patient, a line a second says that it goes on; when it
 * is over, the process says what it waited for and ends. Its guardian cleans up.
 */
#ifndef XEN_DOMAIN_DEADLINE_H
#define XEN_DOMAIN_DEADLINE_H

#define DEADLINE_S 10

/* `what`: the reason to give when it is over; must live until deadline_end(). Standard output is flushed. */
void deadline_begin(const char *what);
void deadline_end(void);

#endif
