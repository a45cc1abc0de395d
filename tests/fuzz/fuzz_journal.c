/*
 * Any bytes as a journal, as they are and with right seals on their lines: refused in one line that names the
 * file, or taken as boots that the rest of a run can live with.
 */
#include "runner/document/run_json.h"
#include "runner/session/journal_read.h"

#include <stdlib.h>
#include <string.h>

#define UNITS 2

/* What becomes of a run in a result must be there. */
static void check_run(const json_t *run)
{
    size_t i;
    json_t *bench;
    if (!json_string_value(json_object_get(run, "status")) || !json_string_value(json_object_get(run, "mode")))
        abort();
    json_array_foreach(json_object_get(run, "benchmarks"), i, bench)
    {
        const char *status = json_string_value(json_object_get(bench, "status"));
        if (!status || !json_string_value(json_object_get(bench, "name")) ||
            (strcmp(status, "ok") != 0 && !json_string_value(json_object_get(bench, "reason"))))
            abort();
    }
}

static void read_it(const char *text, size_t size)
{
    static char path[] = "o.json.journal";
    struct journal j = {.path = path, .fd = -1};
    struct pvb_error e = {""};
    json_t *header = json_pack("{s:s, s:{s:s}}", "plan", "p", "images", "guest-pv.elf", "i"), *runs = json_array(),
           *run;
    size_t good = 0, i, k;
    for (i = 0; i < UNITS; i++)
        json_array_append_new(runs, json_array());
    if (journal_read(&j, text, size, header, runs, &good, &e)) {
        if (strncmp(e.text, path, strlen(path)) != 0 || strchr(e.text, '\n'))
            abort();
    } else if (good > size || (good && text[good - 1] != '\n')) {
        abort();
    }
    for (i = 0; i < UNITS; i++)
        json_array_foreach(json_array_get(runs, i), k, run) check_run(run);
    json_decref(header);
    json_decref(runs);
}

/* Each line without its last byte, with a seal. */
static void read_sealed(const char *text, size_t size)
{
    char seal[SHA256_HEX] = "", *whole = NULL;
    size_t whole_size = 0;
    FILE *f = open_memstream(&whole, &whole_size);
    const char *at = text, *end = text + size, *newline;
    while (f && at < end && (newline = memchr(at, '\n', (size_t)(end - at)))) {
        size_t body = newline > at ? (size_t)(newline - at) - 1 : 0;
        journal_seal(seal, at, body);
        fwrite(at, 1, body, f);
        fprintf(f, JOURNAL_SEAL "%s\"}\n", seal);
        at = newline + 1;
    }
    if (!f || fclose(f))
        abort();
    read_it(whole, whole_size);
    free(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    read_it((const char *)bytes, size);
    read_sealed((const char *)bytes, size);
    return 0;
}
