/*
 * result_shared.c: the lists of workloads are cut out of a result's text, and what is left is small. A line break
 * cannot stand within a JSON string, so that the lines that begin and end a list are what they look like, or one of
 * the two parts is no JSON: each is parsed for itself, and a value in the place of another value gives JSON again.
 */
#include "reports/result/result_shared.h"
#include "common/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As jansson indents a member of an element of "runs". */
static const char begins[] = "\n      \"benchmarks\": [\n", ends[] = "\n      ]";

#define PLACE "\"benchmarks of run %zu\"" /* what stands for a list that was cut out */

struct cut {
    char *rest; /* the text without the lists */
    size_t used;
    json_t *lists;
};

static json_t *parse_list(const char *text, size_t size)
{
    json_t *list = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_array(list))
        return list;
    json_decref(list);
    return NULL;
}

/* A list that begins here as one that is known, and so ends where that does. */
static struct shared_list *find(struct shared *s, const char *text, size_t left)
{
    for (size_t i = 0; i < s->lists; i++)
        if (s->list[i].size <= left && memcmp(s->list[i].text, text, s->list[i].size) == 0)
            return &s->list[i];
    return NULL;
}

static struct shared_list *place_for(struct shared *s)
{
    struct shared_list *oldest = &s->list[0];
    if (s->lists < SHARED_MAX)
        return &s->list[s->lists++];
    for (size_t i = 1; i < s->lists; i++)
        if (s->list[i].used < oldest->used)
            oldest = &s->list[i];
    free(oldest->text);
    json_decref(oldest->list);
    return oldest;
}

static struct shared_list *add(struct shared *s, const char *text, size_t size)
{
    json_t *list = parse_list(text, size);
    if (!list)
        return NULL;
    struct shared_list *new = place_for(s);
    *new = (struct shared_list){memory_grown(NULL, size), size, list, 0};
    memcpy(new->text, text, size);
    return new;
}

/* The first line that ends a list; NULL: there is none. What is searched is mostly line breaks and spaces. */
static const char *end_of(const char *text, const char *end)
{
    while ((text = memchr(text, '\n', (size_t)(end - text)))) {
        if ((size_t)(end - text) >= sizeof(ends) - 1 && memcmp(text, ends, sizeof(ends) - 1) == 0)
            return text + sizeof(ends) - 1;
        text++;
    }
    return NULL;
}

/* NULL: it is no list. */
static const struct shared_list *take_list(struct shared *s, const char *text, const char *end)
{
    struct shared_list *list = find(s, text, (size_t)(end - text));
    const char *stop = list ? NULL : end_of(text, end);
    if (stop)
        list = add(s, text, (size_t)(stop - text));
    if (list)
        list->used = ++s->now;
    return list;
}

/* Where the next list begins: its bracket. */
static const char *next_list(const char *at, const char *text, const char *end)
{
    static const char word[] = "\"benchmarks\": [\n";
    const size_t before = sizeof(begins) - sizeof(word); /* the line break and the spaces */
    while ((at = memmem(at, (size_t)(end - at), word, sizeof(word) - 1))) {
        if ((size_t)(at - text) >= before && memcmp(at - before, begins, before) == 0)
            return at + sizeof(word) - 3;
        at++;
    }
    return NULL;
}

static void append(struct cut *c, const char *text, size_t size)
{
    memcpy(c->rest + c->used, text, size);
    c->used += size;
}

/* -1: it is not as pvbench writes it. */
static int cut_lists(struct shared *s, struct cut *c, const char *text, size_t size)
{
    const char *end = text + size, *at = text, *list;
    char place[64];
    while ((list = next_list(at, text, end))) {
        const struct shared_list *found = take_list(s, list, end);
        if (!found)
            return -1;
        append(c, at, (size_t)(list - at));
        snprintf(place, sizeof(place), PLACE, json_array_size(c->lists));
        append(c, place, strlen(place));
        json_array_append(c->lists, found->list);
        at = list + found->size;
    }
    append(c, at, (size_t)(end - at));
    return json_array_size(c->lists) ? 0 : -1;
}

/* Each run has the list that was cut out of it, and each list goes into a run. */
static int put_back(json_t *document, const json_t *lists)
{
    json_t *run;
    size_t i;
    char place[64], quoted[80];
    if (json_array_size(json_object_get(document, "runs")) != json_array_size(lists))
        return -1;
    json_array_foreach(json_object_get(document, "runs"), i, run)
    {
        const char *stands = json_string_value(json_object_get(run, "benchmarks"));
        snprintf(place, sizeof(place), PLACE, i);
        snprintf(quoted, sizeof(quoted), "\"%s\"", stands ? stands : "");
        if (strcmp(place, quoted) != 0)
            return -1;
        json_object_set(run, "benchmarks", json_array_get(lists, i));
    }
    return 0;
}

json_t *shared_parse(struct shared *s, const char *text, size_t size)
{
    /* A place is shorter than the list that it stands for, but for an empty one. */
    struct cut c = {memory_grown(NULL, 4 * size + 64), 0, json_array()};
    json_t *document = NULL;
    if (cut_lists(s, &c, text, size) == 0)
        document = json_loadb(c.rest, c.used, JSON_REJECT_DUPLICATES, NULL);
    if (document && put_back(document, c.lists)) {
        json_decref(document);
        document = NULL;
    }
    json_decref(c.lists);
    free(c.rest);
    return document;
}

void shared_free(struct shared *s)
{
    for (size_t i = 0; i < s->lists; i++) {
        free(s->list[i].text);
        json_decref(s->list[i].list);
    }
    *s = (struct shared){0};
}
