/* shards.c: the longest first, each to whoever has the least to do; shards.h says what is divided. */
#include "runner/plan/shards.h"
#include "common/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A boot of micro on two cores, in seconds, where nothing is known of it. */
#define USUAL_SMALL    2.0  /* a guest on the bare emulated computer */
#define USUAL_LAB_HOST 30.0 /* a whole host in the lab, and its guest twice */
#define USUAL_HOST     5.0  /* on this computer */

static double usual_seconds(const struct unit *u)
{
    return u->machine->is_here ? USUAL_HOST : u->hypervisor->lab->host ? USUAL_LAB_HOST : USUAL_SMALL;
}

static double recorded_seconds(const json_t *last, const char *key)
{
    const json_t *all = json_object_get(json_object_get(last, "provenance"), "boot_seconds");
    const double seconds = json_number_value(json_object_get(all, key));
    return seconds > 0 && seconds < 1e6 ? seconds : 0;
}

static struct shard_setting *find(struct shards *s, const char *key)
{
    for (unsigned i = 0; i < s->settings; i++)
        if (strcmp(s->setting[i].key, key) == 0)
            return &s->setting[i];
    return NULL;
}

static void gather(struct shards *s, const struct plan *p, const json_t *last)
{
    for (unsigned i = 0; i < p->units; i++) {
        char key[SETTING_KEY_SIZE];
        setting_key(&p->unit[i].setting, key, sizeof(key));
        struct shard_setting *known = find(s, key);
        if (!known) {
            known = &s->setting[s->settings++];
            *known = (struct shard_setting){.unit = &p->unit[i]};
            memcpy(known->key, key, sizeof(key));
            known->recorded = recorded_seconds(last, key) > 0;
        }
        known->boots++;
        known->seconds += known->recorded ? recorded_seconds(last, key) : usual_seconds(&p->unit[i]);
    }
}

/* What stays together with the setting. */
static bool together(const struct shard_setting *a, const struct shard_setting *b)
{
    return a == b || (a->unit->machine->is_here && b->unit->machine == a->unit->machine &&
                      a->unit->hypervisor == b->unit->hypervisor);
}

static double weight(const struct shards *s, const struct shard_setting *of)
{
    double seconds = 0;
    for (unsigned i = 0; i < s->settings; i++)
        if (together(of, &s->setting[i]))
            seconds += s->setting[i].seconds;
    return seconds;
}

/* The longest that has no shard yet; NULL: all have one. */
static struct shard_setting *longest_left(const struct shards *s)
{
    struct shard_setting *best = NULL;
    for (unsigned i = 0; i < s->settings; i++) {
        struct shard_setting *one = &s->setting[i];
        if (!one->shard && (!best || weight(s, one) > weight(s, best)))
            best = one;
    }
    return best;
}

static bool has_any(const struct shards *s, unsigned shard)
{
    for (unsigned i = 0; i < s->settings; i++)
        if (s->setting[i].shard == shard)
            return true;
    return false;
}

/* That has the least to do; one that has nothing, first of all. */
static unsigned laziest(const struct shards *s)
{
    unsigned best = 1;
    for (unsigned i = 2; i <= s->count; i++)
        if (has_any(s, best) && (!has_any(s, i) || s->seconds[i] < s->seconds[best]))
            best = i;
    return best;
}

static void give(struct shards *s, const struct shard_setting *what, unsigned shard)
{
    s->seconds[shard] += weight(s, what);
    for (unsigned i = 0; i < s->settings; i++)
        if (together(what, &s->setting[i]))
            s->setting[i].shard = shard;
}

int shards_divide(struct shards *s, const struct plan *p, unsigned count, const json_t *last, struct pvb_error *e)
{
    unsigned pieces = 0;
    *s = (struct shards){.count = count, .setting = memory_zeroed(p->units + 1, sizeof(*s->setting))};
    gather(s, p, last);
    for (struct shard_setting *next; (next = longest_left(s)); pieces++)
        give(s, next, laziest(s));
    if (pieces >= count)
        return 0;
    shards_free(s);
    return pvb_fail(e, "%u shards: suite %s has %u part%s here that can be divided: %s; give %u at most", count,
                    p->suite->name, pieces, pieces == 1 ? "" : "s",
                    p->unit[0].machine->is_here ? "a hypervisor of a host is measured on one computer"
                                                : "a setting is one",
                    pieces);
}

void shards_free(struct shards *s)
{
    free(s->setting);
    *s = (struct shards){0};
}

void shards_take(const struct shards *s, struct plan *p, unsigned shard)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < p->units; i++) {
        char key[SETTING_KEY_SIZE];
        struct unit u = p->unit[i];
        setting_key(&u.setting, key, sizeof(key));
        const struct shard_setting *of = find((struct shards *)s, key);
        u.place = i;
        if (of && of->shard == shard)
            p->unit[kept++] = u;
    }
    p->units = kept;
}

double shards_longest(const struct shards *s)
{
    double longest = 0;
    for (unsigned i = 1; i <= s->count; i++)
        longest = s->seconds[i] > longest ? s->seconds[i] : longest;
    return longest;
}

json_t *shards_json(const struct shards *s)
{
    json_t *all = json_object();
    for (unsigned i = 0; i < s->settings; i++)
        json_object_set_new(all, s->setting[i].key, json_integer(s->setting[i].shard));
    return all;
}

int shards_read(const char *text, unsigned *shard, unsigned *count)
{
    int end = -1;
    if (sscanf(text, "%3u/%3u%n", shard, count, &end) != 2 || end < 0 || text[end] || *text < '0' || *text > '9')
        return -1;
    return *shard >= 1 && *shard <= *count && *count <= SHARDS_MAX ? 0 : -1;
}
