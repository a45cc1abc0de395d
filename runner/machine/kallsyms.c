/*
 * kallsyms.c: see kallsyms.h. What Linux' scripts/kallsyms.c writes has no names of its own in the file, but it is
 * known by its form: a name is a length and as many tokens, 256 tokens are words that end with NUL, and an index says
 * where each begins; markers say where each 256th name begins. Before 6.4 the addresses stand in front of the names,
 * since then behind the index; what else there is between is not needed.
 */
#include "runner/machine/kallsyms.h"
#include "common/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOKENS = 256,
    TOKEN_MAX = 512, /* bytes of a token that are believed */
    NAME_MAX_LENGTH = 512,
    NAMES_A_MARKER = 256,
    SYMBOLS_MAX = 1 << 21,
    ALIGNED = 8
};

/* Offsets in the file. */
struct table {
    const uint8_t *bytes;
    size_t size;
    size_t token_table, token_index, names, addresses;
    size_t count; /* of symbols */
    uint64_t base;
};

static uint32_t u16_at(const struct table *t, size_t at)
{
    return at + 2 <= t->size ? (uint32_t)(t->bytes[at] | t->bytes[at + 1] << 8) : 0;
}

static uint32_t u32_at(const struct table *t, size_t at)
{
    return u16_at(t, at) | u16_at(t, at + 2) << 16;
}

static uint64_t u64_at(const struct table *t, size_t at)
{
    return u32_at(t, at) | (uint64_t)u32_at(t, at + 4) << 32;
}

static size_t aligned(size_t at)
{
    return (at + ALIGNED - 1) & ~(size_t)(ALIGNED - 1);
}

/* --- where it lies ----------------------------------------------------------- */

/* Where a token begins is behind the NUL of the one before; the table of them lies before, up to some padding. */
static bool is_index(struct table *t, size_t at)
{
    for (unsigned i = 1; i < TOKENS; i++) {
        const uint32_t before = u16_at(t, at + 2 * (i - 1)), here = u16_at(t, at + 2 * i);
        if (here < before + 2 || here > before + TOKEN_MAX)
            return false;
    }
    for (size_t padding = 0; padding < ALIGNED; padding++) {
        const size_t last = u16_at(t, at + 2 * (TOKENS - 1));
        size_t start = at - padding, longest = 0;
        /* The last token is short: its NUL is the last byte but for the padding. */
        for (longest = 1; longest < TOKEN_MAX && start >= last + longest + 1; longest++) {
            t->token_table = start - last - longest - 1;
            bool good = t->bytes[start - 1] == 0;
            for (unsigned i = 1; good && i < TOKENS; i++)
                good = t->bytes[t->token_table + u16_at(t, at + 2 * i) - 1] == 0;
            if (good && t->token_table % 4 == 0 && !memchr(t->bytes + t->token_table + last, 0, longest))
                return true;
        }
    }
    return false;
}

static bool find_tokens(struct table *t)
{
    for (size_t at = 0; at + 2ul * TOKENS <= t->size; at += 4) {
        if (t->bytes[at] || t->bytes[at + 1] || u16_at(t, at + 2) < 2 || u16_at(t, at + 2) > TOKEN_MAX)
            continue;
        if (is_index(t, at)) {
            t->token_index = at;
            return true;
        }
    }
    return false;
}

/* The length of the name at `at`, and where it begins: since 6.1 a length may be of two bytes. */
static size_t name_length(const struct table *t, size_t *at)
{
    size_t length = *at < t->size ? t->bytes[(*at)++] : 0;
    if (length & 0x80)
        length = (length & 0x7f) | (*at < t->size ? (size_t)t->bytes[(*at)++] << 7 : 0);
    return length;
}

/* Where each NAMES_A_MARKER-th name begins is what the markers behind them say. */
static bool are_names(const struct table *t)
{
    size_t at = t->names, markers = at;
    for (int pass = 0; pass < 2; pass++, at = t->names) {
        for (size_t i = 0; i < t->count; i++) {
            if (pass && i % NAMES_A_MARKER == 0 && u32_at(t, markers + i / NAMES_A_MARKER * 4) != at - t->names)
                return false;
            const size_t length = name_length(t, &at);
            if (!length || at + length > t->token_table)
                return false;
            at += length;
        }
        markers = aligned(at);
    }
    return true;
}

/* Their number stands before them. */
static bool find_names(struct table *t)
{
    for (t->names = t->token_table & ~(size_t)(ALIGNED - 1); t->names >= ALIGNED; t->names -= ALIGNED) {
        const uint64_t count = u64_at(t, t->names - ALIGNED);
        t->count = (size_t)count;
        if (count > NAMES_A_MARKER && count <= SYMBOLS_MAX && are_names(t))
            return true;
    }
    return false;
}

static bool is_base(uint64_t address)
{
    return address >> 31 == 0x1ffffffff; /* the kernel's text: the last 2 GiB */
}

static bool find_addresses(struct table *t)
{
    const size_t bytes = aligned(t->count * 4), before = t->names - 2ul * ALIGNED,
                 behind = t->token_index + 2ul * TOKENS;
    if (t->names >= 2ul * ALIGNED + bytes && is_base(u64_at(t, before))) {
        t->base = u64_at(t, before);
        t->addresses = before - bytes;
        return true;
    }
    t->addresses = aligned(behind);
    t->base = u64_at(t, t->addresses + bytes);
    return t->addresses + bytes + ALIGNED <= t->size && is_base(t->base);
}

/* --- what it says ------------------------------------------------------------ */

/* Addresses of variables of each processor are absolute, and then others are counted downwards from the base
 * (CONFIG_KALLSYMS_ABSOLUTE_PERCPU). */
static bool has_absolute(const struct table *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (u32_at(t, t->addresses + 4 * i) >> 31)
            return true;
    return false;
}

static uint64_t address_of(const struct table *t, size_t i, bool absolute)
{
    const uint32_t offset = u32_at(t, t->addresses + 4 * i);
    if (!absolute)
        return t->base + offset;
    return offset >> 31 ? t->base - 1 - (uint64_t)(int64_t)(int32_t)offset : offset;
}

/* Its kind and its name; "": it is too long. */
static void expand(const struct table *t, size_t at, size_t length, char into[NAME_MAX_LENGTH])
{
    size_t used = 0;
    into[0] = 0;
    for (size_t i = 0; i < length && at + i < t->size; i++) {
        const size_t token = t->token_table + u16_at(t, t->token_index + 2ul * t->bytes[at + i]);
        const char *word = token < t->token_index ? (const char *)t->bytes + token : "";
        const size_t n = *word ? strnlen(word, t->token_index - token) : 0;
        if (used + n >= NAME_MAX_LENGTH) {
            into[0] = 0;
            return;
        }
        memcpy(into + used, word, n);
        used += n;
        into[used] = 0;
    }
}

static bool is_word(const char *name)
{
    if (!*name || *name == '+' || *name == '@')
        return false;
    for (; *name; name++)
        if (*name <= ' ' || *name > '~')
            return false;
    return true;
}

static void write_words(const struct table *t, const char *owner, FILE *out)
{
    const bool absolute = has_absolute(t);
    char name[NAME_MAX_LENGTH];
    uint64_t last = 0;
    size_t at = t->names;
    fprintf(out, "@%s", owner);
    for (size_t i = 0; i < t->count; i++) {
        const size_t length = name_length(t, &at);
        expand(t, at, length, name);
        at += length;
        if (!*name || !strchr("tTwW", *name) || !is_word(name + 1))
            continue;
        const uint64_t address = address_of(t, i, absolute);
        fprintf(out, " +%" PRIx64 " %s", address - last, name + 1);
        last = address;
    }
    fputc('\n', out);
}

char *kallsyms_words(const struct blob *file, const char *owner, size_t *size)
{
    struct table t = {.bytes = file->bytes, .size = file->size};
    char *text = NULL;
    if (!find_tokens(&t) || !find_names(&t) || !find_addresses(&t))
        return NULL;
    FILE *out = memory_stream(&text, size);
    write_words(&t, owner, out);
    fclose(out);
    return text;
}

void kallsyms_read(struct symbols *s, const struct blob *file, const char *owner)
{
    size_t size;
    char *words = kallsyms_words(file, owner, &size);
    if (words)
        symbols_read_lines(s, words, size, false);
    free(words);
}
