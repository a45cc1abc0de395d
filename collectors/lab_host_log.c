/*
 * lab_host_log.c: what a host in the lab hands out (hypervisor-harness/lab/host/init.c
 * says in which lines): its kernel's release, what went wrong, and the
 * result that the pvbench inside has written, kept as text for the runner.
 */
#include "collectors/lab_host_log.h"
#include "collectors/sources.h"
#include "common/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECES_MAX (256u << 20)

static void *lab_host_open(struct observation *o)
{
    (void)o;
    return memory_zeroed(1, sizeof(struct host_words));
}

static void lab_host_close(void *state)
{
    struct host_words *h = state;
    free(h->result.bytes);
    free(h->symbols.bytes);
    free(h);
}

const struct host_words *lab_host_words(const struct observation *o)
{
    return sources_state(o, &lab_host_log_collector);
}

static void read_own(struct observation *o, struct host_words *h, struct words *w)
{
    struct word verb, value;
    uint64_t status;
    if (!words_next(w, &verb))
        return;
    if (word_is(verb, "start") && words_value(w, "release", &value) && words_end(w)) {
        o->hypervisor_started = true;
        word_copy(value, o->hypervisor_version, sizeof(o->hypervisor_version));
    } else if (word_is(verb, "exit") && words_number(w, "status", 255, &status) && words_end(w)) {
        h->ended = true;
        h->status = (int)status;
    } else if (word_is(verb, "error") && words_rest(w, "reason", &value)) {
        word_copy(value, h->error, sizeof(h->error));
    } else {
        observation_fault(o, "a line of the lab's host is malformed");
    }
}

static void add_piece(struct observation *o, struct pieces *p, const char *text, size_t size)
{
    if (!size)
        return;
    if (p->size + size > PIECES_MAX) {
        observation_fault(o, "what the lab's host hands out is larger than %u MiB", PIECES_MAX >> 20);
        return;
    }
    if (p->size + size > p->room) {
        size_t room = (p->size + size) * 2 + 65536;
        char *more = realloc(p->bytes, room);
        if (!more) {
            observation_fault(o, "what the lab's host hands out finds no memory");
            return;
        }
        p->bytes = more;
        p->room = room;
    }
    memcpy(p->bytes + p->size, text, size);
    p->size += size;
}

static void read_line(struct observation *o, struct host_words *h, const char *text, size_t size)
{
    struct words w = {text + 2, text + size};
    if (text[0] == 'H')
        read_own(o, h, &w);
    else if (text[0] == 'J')
        add_piece(o, &h->result, text + 2, size - 2);
    else if (text[0] == 'S') {
        add_piece(o, &h->symbols, text + 2, size - 2);
        add_piece(o, &h->symbols, "\n", 1);
    } else if (text[0] == 'E' && size > 2)
        /* The last words are the ones that say why. */
        word_copy((struct word){text + 2, size - 2}, h->last_words, sizeof(h->last_words));
}

static bool lab_host_line(struct observation *o, void *state, const char *text, size_t size, bool cut)
{
    if (cut)
        observation_fault(o, "a line of the lab's host is too long");
    else if (size >= 2 && text[1] == ' ')
        read_line(o, state, text, size);
    return true;
}

const struct collector lab_host_log_collector = {
    .name = "lab host log",
    .listens_to = SPEAKER_HYPERVISOR,
    .open = lab_host_open,
    .line = lab_host_line,
    .close = lab_host_close,
};
