/*
 * words.h: reading one line of "key=value" words, strictly.
 *
 * Lines come from guests, which may be broken or hostile: a number that
 * does not fit, a field that is missing, doubled or unexpected makes the
 * reader fail, never guess.
 */
#ifndef COLLECTORS_WORDS_H
#define COLLECTORS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct words {
    const char *at, *end;
};

/* A piece of the line; not NUL-terminated. */
struct word {
    const char *text;
    size_t size;
};

/* The next word, or false at the end. Words are separated by one space. */
bool words_next(struct words *w, struct word *word);

/* The next word must be `literal`. */
bool words_literal(struct words *w, const char *literal);

/* The next word must be "key=" and something; `value` is the something. */
bool words_value(struct words *w, const char *key, struct word *value);

/* As words_value(), the value being decimal and at most `max`. */
bool words_number(struct words *w, const char *key, uint64_t max, uint64_t *number);

/* "key=" and the rest of the line, which may hold spaces and may be empty. */
bool words_rest(struct words *w, const char *key, struct word *value);

/* Nothing may follow. */
bool words_end(const struct words *w);

bool word_is(struct word word, const char *text);

/* Digits only, at most `max`, no sign, no leading blank. */
bool word_decimal(struct word word, uint64_t max, uint64_t *number);
bool word_hex(struct word word, uint64_t *number);

/* Copies with control characters made '?', so that a guest cannot steer a terminal or break a JSON string. */
void word_copy(struct word word, char *into, size_t size);

#endif
