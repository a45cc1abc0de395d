/* groups.c: reads the table of groups; groups.h says why. */
#include "reports/result/groups.h"

#include "common/text.h"

#include <stdint.h>
#include <string.h>

__asm__(".pushsection .rodata\n"
        "groups_table: .incbin \"reports/result/groups.tsv\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char groups_table[];

/* The first row that has these words: where a group begins is its place. */
static size_t place_of(const char *field, size_t size)
{
    for (const char *line = groups_table; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *words = line + strcspn(line, "\t\n");
        if (*words == '\t' && strncmp(words + 1, field, size) == 0 && words[1 + size] == '\n')
            return (size_t)(line - groups_table);
    }
    return SIZE_MAX;
}

size_t group_of(const char *workload, char words[GROUP_WORDS])
{
    const size_t size = strlen(workload);
    for (const char *line = groups_table; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, workload, size) != 0 || line[size] != '\t')
            continue;
        const char *field = line + size + 1;
        text_format(words, GROUP_WORDS, "%.*s", (int)strcspn(field, "\n"), field);
        return place_of(field, strcspn(field, "\n"));
    }
    text_format(words, GROUP_WORDS, "%s", workload);
    return SIZE_MAX;
}
