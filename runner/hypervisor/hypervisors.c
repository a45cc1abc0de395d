/* hypervisors.c: the table of hypervisors, and the words that go with it. */
#include "runner/hypervisor/hypervisor.h"

#include <stdio.h>
#include <string.h>

#define ADDRESS(name) &hypervisor_##name,
const struct hypervisor *const hypervisors[] = {HYPERVISORS(ADDRESS) NULL};

const struct hypervisor *hypervisor_find(const char *name)
{
    for (size_t i = 0; hypervisors[i]; i++)
        if (strcmp(hypervisors[i]->name, name) == 0)
            return hypervisors[i];
    return NULL;
}

bool hypervisor_has_mode(const struct hypervisor *h, const char *mode)
{
    for (size_t i = 0; h->modes[i]; i++)
        if (strcmp(h->modes[i], mode) == 0)
            return true;
    return false;
}

static bool in_list(const char *const *list, const char *word)
{
    for (; list && *list; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

unsigned hypervisor_vcpus(const struct hypervisor *h, const struct guest_setting *guest)
{
    return h->vcpus && !guest_is_linux(guest) ? h->vcpus : SETTING_VCPUS;
}

bool mode_known(const char *mode)
{
    for (size_t i = 0; hypervisors[i]; i++)
        if (hypervisor_has_mode(hypervisors[i], mode))
            return true;
    return false;
}

bool hypervisor_has_devices(const struct hypervisor *h, const struct guest_setting *guest, const char *kind)
{
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "%.24s+%.32s", guest->mode, kind);
    return !*kind || in_list(guest_is_linux(guest) ? h->linux_devices : h->devices, wanted);
}

static const char *const device_kinds[] = {"pv", "iothread", "vhost", "emulated"};

bool devices_known(const char *kind)
{
    for (size_t i = 0; i < sizeof(device_kinds) / sizeof(device_kinds[0]); i++)
        if (strcmp(device_kinds[i], kind) == 0)
            return true;
    return false;
}

const char *status_name(enum status status)
{
    static const char *const names[STATUSES] = {"ok", "skipped", "error", "failed", "crashed", "timeout"};
    return names[status];
}

static void append(char *into, size_t size, const char *word)
{
    size_t used = strlen(into);
    snprintf(into + used, size - used, "%s%s", used ? ", " : "", word);
}

void hypervisors_list(char *into, size_t size)
{
    into[0] = 0;
    for (size_t i = 0; hypervisors[i]; i++)
        append(into, size, hypervisors[i]->name);
}

void modes_list(char *into, size_t size)
{
    static const char *const all[] = {"pv", "pvh", "hvm"};
    into[0] = 0;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (mode_known(all[i]))
            append(into, size, all[i]);
}

void devices_list(char *into, size_t size)
{
    into[0] = 0;
    for (size_t i = 0; i < sizeof(device_kinds) / sizeof(device_kinds[0]); i++)
        append(into, size, device_kinds[i]);
}

bool hypervisor_boots(const struct hypervisor *h, const struct guest_setting *guest)
{
    return in_list(guest_is_linux(guest) ? h->linux_modes : h->modes, guest->mode);
}

const char *guest_file_name(const struct hypervisor *h, const struct guest_setting *guest)
{
    const struct carrier *c = carrier_find(guest->carrier);
    return c && c->image ? c->image : guest_image_name(h, guest->mode);
}

const char *guest_image_name(const struct hypervisor *h, const char *mode)
{
    if (h->image)
        return h->image(mode);
    return strcmp(mode, "pv") == 0 ? "guest-pv.elf" : "guest-hvm.elf";
}
