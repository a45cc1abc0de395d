/*
 * patience.h: an end to waiting inside of Xen's libraries. They wait for
 * ever for a daemon that has died: for xenstored's answers, for the terminal
 * that xenconsoled should open.
 *
 * While somebody is patient, a line a second says that it goes on; when it
 * is over, the process says what it waited for and ends. Its guardian cleans up.
 */
#ifndef XEN_DOMAIN_PATIENCE_H
#define XEN_DOMAIN_PATIENCE_H

#define PATIENCE_S 10

/* `what`: the reason to give when it is over; must live until patience_end(). Standard output is flushed. */
void patience_begin(const char *what);
void patience_end(void);

#endif
