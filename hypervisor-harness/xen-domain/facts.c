/* facts.c: libxenlight's and the console ring's words on the hypervisor, as JSON. */
#include "hypervisor-harness/xen-domain/facts.h"
#include "common/json_text.h"
#include "common/memory.h"
#include "common/xen_protections.h"
#include "hypervisor-harness/xen-domain/domain.h"

#include <stdlib.h>
#include <string.h>

/* All that Xen's ring still has, the caller's to free. libxenlight calls a line what is a piece of 16 KiB. */
static char *console(libxl_ctx *xl)
{
    char *text = NULL, *piece = NULL;
    size_t size = 0;
    FILE *all = memory_stream(&text, &size);
    libxl_xen_console_reader *reader = libxl_xen_console_read_start(xl, 0);
    while (reader && libxl_xen_console_read_line(xl, reader, &piece) > 0)
        fputs(piece, all);
    if (reader)
        libxl_xen_console_read_finish(xl, reader);
    fclose(all);
    return text;
}

/* The ring holds the start for as long as nobody has written it full. */
static json_t *protections(libxl_ctx *xl)
{
    struct xen_protections p = {.said = json_object()};
    char *text = console(xl), *rest = text, *line;
    while ((line = strsep(&rest, "\n")) && xen_protections_line(&p, line))
        continue;
    free(text);
    if (json_object_size(p.said))
        return p.said;
    json_decref(p.said);
    return json_null();
}

/* Cut where it is longer than any that is written by hand. */
static json_t *command_line(const char *text)
{
    char words[1024];
    snprintf(words, sizeof(words), "%s", text ? text : "");
    return json_text(words);
}

static json_t *nested_paging(libxl_ctx *xl)
{
    libxl_physinfo physical;
    libxl_physinfo_init(&physical);
    json_t *has = libxl_get_physinfo(xl, &physical) ? json_null() : json_boolean(physical.cap_hap);
    libxl_physinfo_dispose(&physical);
    return has;
}

int facts_print(FILE *out, char *why, size_t size)
{
    struct domain d;
    if (domain_connect(&d, why, size)) {
        domain_disconnect(&d);
        return -1;
    }
    const libxl_version_info *version = libxl_get_version_info(d.xl);
    const int scheduler = libxl_get_scheduler(d.xl);
    json_t *facts = json_pack("{s:o, s:o, s:o, s:o, s:o}", "version", json_text(d.version), "command_line",
                              command_line(version ? version->commandline : NULL), "scheduler",
                              scheduler < 0 ? json_null() : json_text(libxl_scheduler_to_string(scheduler)),
                              "nested_paging", nested_paging(d.xl), "protections", protections(d.xl));
    const int bad = !facts || json_dumpf(facts, out, JSON_COMPACT);
    if (bad)
        snprintf(why, size, "what Xen says of itself cannot be written");
    json_decref(facts);
    domain_disconnect(&d);
    return bad ? -1 : 0;
}
