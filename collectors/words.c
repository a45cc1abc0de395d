/* words.c: the strict reader of "key=value" lines; words.h says why. */
#include "collectors/words.h"

#include <string.h>

bool words_next(struct words *w, struct word *word)
{
    if (w->at >= w->end)
        return false;
    const char *space = memchr(w->at, ' ', (size_t)(w->end - w->at));
    const char *stop = space ? space : w->end;
    word->text = w->at;
    word->size = (size_t)(stop - w->at);
    if (!word->size || (space && space + 1 == w->end))
        return false;
    w->at = space ? space + 1 : w->end;
    return true;
}

bool words_literal(struct words *w, const char *literal)
{
    struct word word;
    return words_next(w, &word) && word_is(word, literal);
}

static bool strip_key(struct word *word, const char *key)
{
    size_t n = strlen(key);
    if (word->size <= n || memcmp(word->text, key, n) != 0 || word->text[n] != '=')
        return false;
    word->text += n + 1;
    word->size -= n + 1;
    return true;
}

bool words_value(struct words *w, const char *key, struct word *value)
{
    struct words saved = *w;
    if (words_next(w, value) && strip_key(value, key) && value->size)
        return true;
    *w = saved;
    return false;
}

bool words_number(struct words *w, const char *key, uint64_t max, uint64_t *number)
{
    struct words saved = *w;
    struct word value;
    if (words_value(w, key, &value) && word_decimal(value, max, number))
        return true;
    *w = saved;
    return false;
}

bool words_rest(struct words *w, const char *key, struct word *value)
{
    value->text = w->at;
    value->size = (size_t)(w->end - w->at);
    if (!strip_key(value, key))
        return false;
    w->at = w->end;
    return true;
}

bool words_end(const struct words *w)
{
    return w->at == w->end;
}

bool word_is(struct word word, const char *text)
{
    return word.size == strlen(text) && memcmp(word.text, text, word.size) == 0;
}

bool word_decimal(struct word word, uint64_t max, uint64_t *number)
{
    uint64_t value = 0;
    if (!word.size)
        return false;
    for (size_t i = 0; i < word.size; i++) {
        if (word.text[i] < '0' || word.text[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(word.text[i] - '0'), &value))
            return false;
    }
    *number = value;
    return value <= max;
}

bool word_hex(struct word word, uint64_t *number)
{
    uint64_t value = 0;
    if (!word.size || word.size > 16)
        return false;
    for (size_t i = 0; i < word.size; i++) {
        char c = word.text[i];
        if (c >= '0' && c <= '9')
            value = value << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    *number = value;
    return true;
}

void word_copy(struct word word, char *into, size_t size)
{
    size_t n = word.size < size - 1 ? word.size : size - 1;
    for (size_t i = 0; i < n; i++)
        into[i] = word.text[i] >= 0x20 && word.text[i] < 0x7f ? word.text[i] : '?';
    into[n] = 0;
}
