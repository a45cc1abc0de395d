/*
 * guardian.h: whatever kills us, what is Xen's goes back to it: our domain
 * ends, and a trace that we took is switched off. A process out of the reach of
 * what kills us holds the other end of a pipe, and reads there what it would have to do.
 */
#ifndef XEN_DOMAIN_GUARDIAN_H
#define XEN_DOMAIN_GUARDIAN_H

enum guardian_word {
    GUARDIAN_TRACE = 't', /* Xen's trace is ours */
    GUARDIAN_CLEAN = 'c', /* all has been given back: the last word */
};

/* Where to tell it; -1, with errno: it could not be started. Our domains are those of this process. */
int guardian_start(void);

/* 0: it was told. */
int guardian_tell(int guardian, enum guardian_word word);

#endif
