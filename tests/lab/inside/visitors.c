/* visitors.c: made by a process that is gone, as another program's are. */
#include "visitors.h"
#include "leftovers.h"
#include "tests/lab/probes/tap.h"

#include "hypervisor-harness/xen-domain/domain.h"

#include <libxl_utils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xenstore.h>

static int create(const char *name)
{
    char why[256] = "", old[64];
    const struct disk no_disk = DISK_NONE;
    const struct nic no_nic = {0};
    struct domain d;
    if (domain_connect(&d, why, sizeof(why)) ||
        domain_create(&d, "pv", "/work/good/guest-pv.elf", &no_disk, &no_nic, why, sizeof(why))) {
        note("%s: %s", name, why);
        domain_destroy(&d);
        return 1;
    }
    snprintf(old, sizeof(old), DOMAIN_PREFIX "%d-pv", (int)getpid());
    return libxl_domain_rename(d.xl, d.id, old, name) != 0;
}

bool visitor_create(const char *name)
{
    int status = -1;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        int bad = create(name);
        fflush(stdout);
        _exit(bad);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

void visitor_pause(const char *name)
{
    char why[256];
    struct domain d;
    uint32_t id;
    if (domain_connect(&d, why, sizeof(why)) == 0 && libxl_name_to_domid(d.xl, name, &id) == 0)
        libxl_domain_pause(d.xl, id, NULL);
    domain_disconnect(&d);
}

void visitors_destroy(const char *prefix)
{
    char why[256];
    struct domain d;
    int count = 0;
    if (domain_connect(&d, why, sizeof(why)))
        return;
    libxl_dominfo *list = libxl_list_domain(d.xl, &count);
    for (int i = 0; list && i < count; i++) {
        char *name = libxl_domid_to_name(d.xl, list[i].domid);
        if (name && strncmp(name, prefix, strlen(prefix)) == 0)
            libxl_domain_destroy(d.xl, list[i].domid, NULL);
        free(name);
    }
    libxl_dominfo_list_free(list, count);
    domain_disconnect(&d);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_store(struct xs_handle *store, const char *path, FILE *out)
{
    unsigned count = 0;
    char **name = xs_directory(store, XBT_NULL, path, &count);
    if (name)
        qsort(name, count, sizeof(*name), by_name);
    for (unsigned i = 0; name && i < count; i++)
        fprintf(out, "%s/%s\n", path, name[i]);
    free(name);
}

char *visitors_traces(void)
{
    static const char *const paths[] = {"/local/domain", "/libxl", "/vm", "/local/domain/0/backend",
                                        "/local/domain/0/backend/vbd"};
    static const char *const folders[] = {
        "/tmp", "/run/xen", "/var/lib/xen", "/var/log/xen", "/sys/bus/xen-backend/devices", NULL};
    char *text = NULL, *files = names_in(folders);
    size_t size;
    struct xs_handle *store = xs_open(0);
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; store && out && i < sizeof(paths) / sizeof(paths[0]); i++)
        print_store(store, paths[i], out);
    if (out) {
        fputs(files ? files : "", out);
        fclose(out);
    }
    if (store)
        xs_close(store);
    free(files);
    return text;
}
