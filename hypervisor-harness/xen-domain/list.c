/* list.c: what libxenlight knows of all domains, as JSON. */
#include "hypervisor-harness/xen-domain/list.h"
#include "hypervisor-harness/xen-domain/domain.h"

#include <jansson.h>
#include <libxl_utils.h>
#include <stdlib.h>
#include <string.h>

static const char *state_of(const libxl_dominfo *d)
{
    if (d->dying)
        return "dying";
    if (d->shutdown)
        return d->shutdown_reason == LIBXL_SHUTDOWN_REASON_CRASH ? "crashed" : "shutdown";
    return d->paused ? "paused" : d->running ? "running" : d->blocked ? "blocked" : "ready";
}

/* Xen knows a PVH domain as an HVM one; what libxenlight made it as is in its configuration. */
static const char *mode_of(libxl_ctx *xl, const libxl_dominfo *d)
{
    libxl_domain_config config;
    libxl_domain_type type = d->domain_type;
    libxl_domain_config_init(&config);
    if (type == LIBXL_DOMAIN_TYPE_HVM && libxl_retrieve_domain_configuration(xl, d->domid, &config, NULL) == 0)
        type = config.c_info.type;
    libxl_domain_config_dispose(&config);
    return libxl_domain_type_to_string(type);
}

/* Whoever made the domain chose its name. */
static json_t *clean_name(const char *name)
{
    char clean[256];
    snprintf(clean, sizeof(clean), "%s", name ? name : "(unknown)");
    for (char *c = clean; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return json_string(clean);
}

int list_domains(FILE *out, char *why, size_t size)
{
    struct domain d;
    int count = 0;
    if (domain_connect(&d, why, size)) {
        domain_disconnect(&d);
        return -1;
    }
    libxl_dominfo *list = libxl_list_domain(d.xl, &count);
    json_t *domains = json_array();
    for (int i = 0; list && i < count; i++) {
        char *name = libxl_domid_to_name(d.xl, list[i].domid);
        json_array_append_new(
            domains, json_pack("{s:s, s:o, s:i, s:s, s:I, s:i, s:s, s:f}", "hypervisor", "xen", "name",
                               clean_name(name), "id", (int)list[i].domid, "mode", mode_of(d.xl, &list[i]),
                               "memory_kib", (json_int_t)list[i].current_memkb, "vcpus", (int)list[i].vcpu_online,
                               "state", state_of(&list[i]), "cpu_seconds", (double)list[i].cpu_time / 1e9));
        free(name);
    }
    int bad = !list || json_dumpf(domains, out, JSON_COMPACT);
    if (bad)
        snprintf(why, size, list ? "the list cannot be written" : "Xen lists no domains; be root in the first domain");
    if (list)
        libxl_dominfo_list_free(list, count);
    json_decref(domains);
    domain_disconnect(&d);
    return bad ? -1 : 0;
}
