/* materials.c: the files of a plan; materials.h says which. */
#include "runner/plan/materials.h"
#include "common/memory.h"
#include "runner/machine/lab_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct image *find_image(const struct materials *m, const char *name)
{
    for (unsigned i = 0; i < m->images; i++)
        if (strcmp(m->image_name[i], name) == 0)
            return &m->image[i];
    return NULL;
}

static const char *image_name(const struct unit *u)
{
    return guest_file_name(u->hypervisor, &u->setting.guest[0]);
}

const struct image *materials_image(const struct materials *m, const struct unit *u)
{
    const struct image *image = find_image(m, image_name(u));
    if (!image)
        out_of_memory();
    return image;
}

const struct identity *materials_identity(const struct materials *m, const struct hypervisor *h)
{
    for (unsigned i = 0; i < m->identities; i++)
        if (m->hypervisor[i] == h)
            return &m->identity[i];
    out_of_memory();
}

static int load_image(struct materials *m, const struct plan *plan, const struct unit *u, struct pvb_error *e)
{
    const char *name = image_name(u);
    if (find_image(m, name))
        return 0;
    struct image *image = &m->image[m->images];
    const struct carrier *carrier = carrier_find(u->setting.guest[0].carrier);
    unsigned needs = 0;
    if (carrier->load(image, &m->paths, name, e))
        return -1;
    m->image_name[m->images++] = name;
    for (unsigned i = 0; i < plan->workloads; i++) {
        if (!image_has(image, plan->workload[i].name))
            return pvb_fail(e, "%s: has no workload %s, though another image has; build the images again with make",
                            image->path, plan->workload[i].name);
        needs |= image_needs(image, plan->workload[i].name);
    }
    return carrier->equip ? carrier->equip(image, &m->paths, needs, e) : 0;
}

static int load_identity(struct materials *m, const struct unit *u, struct pvb_error *e)
{
    for (unsigned i = 0; i < m->identities; i++)
        if (m->hypervisor[i] == u->hypervisor)
            return 0;
    m->hypervisor[m->identities] = u->hypervisor;
    return u->machine->identify(&m->identity[m->identities++], u->hypervisor, &m->paths, e);
}

/* Written by the build: one hash over all workload objects, whichever image they are in. */
static int load_workloads_hash(struct materials *m, struct pvb_error *e)
{
    char *path = path_of("%s/workloads.sha256", m->paths.images);
    struct blob file;
    int result = blob_read(&file, path, 4096, e);
    if (!result) {
        const char *text = (const char *)file.bytes;
        size_t digits = strspn(text, "0123456789abcdef");
        if (digits == SHA256_HEX - 1 && (text[digits] == '\n' || text[digits] == 0))
            snprintf(m->workloads_sha256, sizeof(m->workloads_sha256), "%.64s", text);
        else
            result = pvb_fail(e, "%s: is not one SHA-256 in hex; build it again with make", path);
        blob_free(&file);
    }
    free(path);
    return result;
}

int materials_load(struct materials *m, const struct plan *plan, struct pvb_error *e)
{
    *m = (struct materials){0};
    if (paths_find(&m->paths, e))
        return -1;
    m->paths.kernel = plan->kernel;
    m->paths.modules = plan->modules;
    m->paths.xen = plan->xen;
    m->paths.guest_kernel = plan->guest_kernel;
    for (unsigned i = 0; i < plan->units; i++)
        if (load_image(m, plan, &plan->unit[i], e) || load_identity(m, &plan->unit[i], e))
            return -1;
    return load_workloads_hash(m, e);
}

void materials_free(struct materials *m)
{
    for (unsigned i = 0; i < m->images; i++)
        image_free(&m->image[i]);
    for (unsigned i = 0; i < m->identities; i++)
        identity_free(&m->identity[i]);
    paths_free(&m->paths);
}

json_t *materials_lab_hosts(const struct materials *m)
{
    json_t *hosts = NULL;
    for (unsigned i = 0; i < m->identities; i++)
        if (m->identity[i].host) {
            hosts = hosts ? hosts : json_object();
            json_object_set_new(hosts, m->hypervisor[i]->name, lab_host_provenance(m->identity[i].host));
        }
    return hosts;
}

/* A plan may have more than one host in the lab, each with files of its own. */
static void set_for(json_t *images, const char *what, const struct hypervisor *h, const char *sha256)
{
    char key[96];
    snprintf(key, sizeof(key), "%s of %s", what, h->name);
    json_object_set_new(images, key, json_string(sha256));
}

json_t *materials_json(const struct materials *m)
{
    json_t *images = json_object();
    for (unsigned i = 0; i < m->images; i++)
        json_object_set_new(images, m->image_name[i], json_string(m->image[i].sha256));
    for (unsigned i = 0; i < m->images; i++)
        if (m->image[i].kernel.size)
            json_object_set_new(images, "the guests' kernel", json_string(m->image[i].kernel_sha256));
    for (unsigned i = 0; i < m->images; i++)
        if (m->image[i].programs.size)
            json_object_set_new(images, "the guests' programs", json_string(m->image[i].programs_sha256));
    for (unsigned i = 0; i < m->identities; i++)
        json_object_set_new(images, m->hypervisor[i]->name, json_string(m->identity[i].sha256));
    for (unsigned i = 0; i < m->identities; i++)
        if (m->identity[i].host)
            set_for(images, "the lab's host", m->hypervisor[i], m->identity[i].host->sha256);
    for (unsigned i = 0; i < m->identities; i++)
        if (m->identity[i].host && m->identity[i].host->kernel_sha256[0])
            set_for(images, "the kernel of the lab's host", m->hypervisor[i], m->identity[i].host->kernel_sha256);
    json_object_set_new(images, "workloads.sha256", json_string(m->workloads_sha256));
    return images;
}
