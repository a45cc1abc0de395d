/* expectations.c: reads the table of expected entries; expectations.h says why. */
#include "reports/result/expectations.h"
#include "reports/result/result.h"
#include "reports/result/vcpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__asm__(".pushsection .rodata\n"
        "expectations_table: .incbin \"reports/result/expectations.tsv\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char expectations_table[];

/* One of the four classes by its name. */
static bool class_of(const char *name, size_t size, enum pvb_class *class)
{
    for (int i = 0; i < PVB_CLASSES; i++) {
        const char *known = result_classes[i];
        if (strlen(known) == size && strncmp(known, name, size) == 0) {
            *class = (enum pvb_class)i;
            return true;
        }
    }
    return false;
}

/* "2N-1" of 16 is 31; of one that says nothing of N, itself. */
static double number_of(const char *text, unsigned n)
{
    char *end;
    double value = strtod(text, &end);
    if (*end != 'N')
        return value;
    if (end == text)
        value = 1;
    return value * n + strtod(end + 1, NULL);
}

/* "hypercall:iret=1 exit:HLT=0..1"; the table is ours, and a test reads all of it. */
static bool read_kinds(const char *field, size_t size, unsigned n, struct expectation *into)
{
    char text[256], *save = NULL;
    *into = (struct expectation){.applicable = true};
    snprintf(text, sizeof(text), "%.*s", (int)size, field);
    if (strcmp(text, "n/a") == 0)
        into->applicable = false;
    if (strcmp(text, "-") == 0 || !into->applicable)
        return true;
    for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        char *colon = strchr(word, ':'), *equals = strchr(word, '=');
        if (!colon || !equals || into->kinds == EXPECTED_KINDS ||
            !class_of(word, (size_t)(colon - word), &into->kind[into->kinds].class))
            return false;
        *equals = 0;
        snprintf(into->kind[into->kinds].name, sizeof(into->kind[0].name), "%s", colon + 1);
        const char *range = strstr(equals + 1, "..");
        into->kind[into->kinds].least = number_of(equals + 1, n);
        into->kind[into->kinds].most = number_of(range ? range + 2 : equals + 1, n);
        into->total += into->kind[into->kinds++].least;
    }
    return true;
}

bool expectation_of(const char *workload, const char *hypervisor, const char *mode, struct expectation *into)
{
    char key[160], rest[VCPUS_MODE];
    const unsigned n = vcpus_of(mode, rest);
    size_t size =
        (size_t)snprintf(key, sizeof(key), "%s\t%s\t%s%s\t", workload, hypervisor, rest, n > 1 ? "+Nvcpus" : "");
    for (const char *line = expectations_table; line && size < sizeof(key); line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, size) == 0)
            return read_kinds(line + size, strcspn(line + size, "\t\n"), n, into);
    }
    return false;
}
