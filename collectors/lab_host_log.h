/*
 * lab_host_log.h: what a host in the lab handed out, for who judges it and takes the result out of it.
 */
#ifndef COLLECTORS_LAB_HOST_LOG_H
#define COLLECTORS_LAB_HOST_LOG_H

#include "collectors/collector.h"

/* What comes in pieces; not NUL-terminated. */
struct pieces {
    char *bytes;
    size_t size, room;
};

/* What a host in the lab handed out beside its release. */
struct host_words {
    bool ended;
    int status; /* of the pvbench inside, once ended */
    char error[PVB_REASON_SIZE], last_words[PVB_REASON_SIZE];
    struct pieces result;  /* JSON text */
    struct pieces symbols; /* lines "ADDRESS NAME OWNER", if they were asked for */
};

/* Of a boot that lab_host_log_collector listened to. */
const struct host_words *lab_host_words(const struct observation *o);

#endif
