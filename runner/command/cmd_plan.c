/*
 * cmd_plan.c: `pvbench plan`: what each shard of a run would do, and how long it would take. A scheduler of whatever
 * kind asks it once, and then starts as many `pvbench run --shard I/N`.
 */
#include "common/json_text.h"
#include "common/text.h"
#include "common/usage.h"
#include "runner/command/commands.h"
#include "runner/command/run_options.h"
#include "runner/command/suite_named.h"

#include <math.h>
#include <stdlib.h>

struct planned {
    struct run_options options;
    struct suite suite;
    struct plan plan;
    struct shards shards;
};

static double tenths(double seconds)
{
    return round(seconds * 10) / 10;
}

static json_t *shard_of(const struct planned *p, unsigned shard)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < p->shards.settings; i++) {
        const struct shard_setting *s = &p->shards.setting[i];
        if (s->shard == shard)
            json_array_append_new(list, json_pack("{s:s, s:i, s:f, s:s}", "setting", s->key, "boots", (int)s->boots,
                                                  "seconds", tenths(s->seconds), "estimate",
                                                  s->recorded ? "recorded" : "usual"));
    }
    return json_pack("{s:i, s:f, s:o}", "shard", (int)shard, "seconds", tenths(p->shards.seconds[shard]), "settings",
                     list);
}

static void print_json(const struct planned *p)
{
    json_t *shards = json_array();
    for (unsigned i = 1; i <= p->shards.count; i++)
        json_array_append_new(shards, shard_of(p, i));
    json_print(json_pack("{s:s, s:s, s:s, s:s, s:o}", "schema", "pvbench.plan/1", "suite", p->suite.name, "machine",
                         p->options.narrowing.machine->name, "plan", p->plan.sha256, "shards", shards),
               JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15), stdout);
}

static void print_text(const struct planned *p)
{
    double all = 0;
    for (unsigned i = 1; i <= p->shards.count; i++)
        all += p->shards.seconds[i];
    text_print(stdout,
               "%s: %u boots of %u settings in %u shard%s; %.1f s in all, %.1f s the longest, one boot after the other",
               p->suite.name, p->plan.units, p->shards.settings, p->shards.count, p->shards.count == 1 ? "" : "s", all,
               shards_longest(&p->shards));
    for (unsigned shard = 1; shard <= p->shards.count; shard++) {
        printf("\nshard %u/%u%s, %.1f s\n", shard, p->shards.count,
               p->options.narrowing.machine->is_here ? ", alone on its computer" : "", p->shards.seconds[shard]);
        for (unsigned i = 0; i < p->shards.settings; i++) {
            const struct shard_setting *s = &p->shards.setting[i];
            if (s->shard == shard)
                printf("  %-32s %3u boot%s %8.1f s%s\n", s->key, s->boots, s->boots == 1 ? " " : "s", s->seconds,
                       s->recorded ? "" : " (usual)");
        }
    }
}

static int make(struct planned *p, struct pvb_error *e)
{
    if (suite_named(&p->suite, p->options.suite, &p->options.narrowing, e))
        return -1;
    if (plan_make(&p->plan, &p->suite, &p->options.narrowing, e))
        return -2;
    return shard_divide(&p->shards, &p->plan, &p->options.shard, e);
}

int pvb_cmd_plan(int argc, char **argv)
{
    struct planned *p = calloc(1, sizeof(*p));
    struct pvb_error e = {""};
    unsigned format = PLAN_TEXT;
    if (!p)
        return EXIT_ERROR;
    int status = plan_options_read(&p->options, &format, argc, argv);
    if (status < 0) {
        int bad = make(p, &e);
        if (bad)
            text_print(stderr, "pvbench: %s", e.text);
        else
            (format == PLAN_JSON ? print_json : print_text)(p);
        status = bad == -2 ? EXIT_USAGE : bad ? EXIT_ERROR : usage_finish(EXIT_GOOD);
        shards_free(&p->shards);
        plan_free(&p->plan);
    }
    free(p);
    return status;
}
