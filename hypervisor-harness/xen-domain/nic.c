/* nic.c: see nic.h. */
#include "hypervisor-harness/xen-domain/nic.h"
#include "hypervisor-harness/xen-domain/device_model.h"

#include "pvbench/net.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xenstore.h>

static bool is_emulated(const char *kind)
{
    return strcmp(kind, "emulated") == 0;
}

bool nic_is_to_be_had(const char *kind, char *why, size_t size)
{
    const char *needs = is_emulated(kind) ? "/sys/class/misc/tun" : "/sys/bus/xen-backend/drivers/vif";
    if (access(needs, F_OK) == 0)
        return true;
    snprintf(why, size, "no network card for the domain: load the module %s",
             is_emulated(kind) ? "tun" : "xen-netback");
    return false;
}

static char *own_path(void)
{
    char path[PATH_MAX];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
    if (n < 0)
        return NULL;
    path[n] = 0;
    return strdup(path);
}

int nic_configure(const struct nic *n, libxl_domain_config *c)
{
    static const uint8_t mac[] = PVB_NET_GUEST_MAC;
    if (!n->kind)
        return 0;
    c->nics = calloc(1, sizeof(*c->nics));
    if (!c->nics)
        return -1;
    c->num_nics = 1;
    libxl_device_nic *nic = &c->nics[0];
    libxl_device_nic_init(nic);
    memcpy(nic->mac, mac, sizeof(nic->mac));
    nic->nictype = is_emulated(n->kind) ? LIBXL_NIC_TYPE_VIF_IOEMU : LIBXL_NIC_TYPE_VIF;
    nic->script = own_path();
    nic->model = strdup("rtl8139");
    if (!nic->script || !nic->model)
        return -1;
    /* So that the device model looks for no boot firmware of its card, which nobody would run. */
    return is_emulated(n->kind) ? device_model_words(&c->b_info, "-global", "rtl8139.romfile=") : 0;
}

static void interface_of(const struct nic *n, uint32_t domain, char name[IFNAMSIZ])
{
    snprintf(name, IFNAMSIZ, "vif%u.0%s", domain, is_emulated(n->kind) ? "-emu" : "");
}

int nic_start(struct nic *n, uint32_t domain, char *why, size_t size)
{
    char interface[IFNAMSIZ], reason[STATION_WHY];
    if (!n->kind)
        return 0;
    interface_of(n, domain, interface);
    if (station_set_up(interface, reason) == 0 && station_start(&n->station, interface, reason) == 0)
        return 0;
    snprintf(why, size, "%s", reason);
    return -1;
}

void nic_counts(const struct nic *n, uint32_t domain, struct device_counts *into)
{
    char interface[IFNAMSIZ];
    if (!n->kind || !is_emulated(n->kind))
        return;
    interface_of(n, domain, interface);
    device_counts_of_interface(interface, into);
}

void nic_end(struct nic *n)
{
    station_end(&n->station);
}

/* docs/misc/ of Xen has no page on it; tools/hotplug/Linux/vif-common.sh is what says it. */
bool nic_is_script(int argc, char **argv)
{
    return argc == 3 && strncmp(argv[2], "type_if=", strlen("type_if=")) == 0 && getenv("XENBUS_PATH");
}

int nic_script(char **argv)
{
    char path[256];
    if (strcmp(argv[1], "online") != 0)
        return 0;
    snprintf(path, sizeof(path), "%s/hotplug-status", getenv("XENBUS_PATH"));
    struct xs_handle *store = xs_open(0);
    const bool told = store && xs_write(store, XBT_NULL, path, "connected", strlen("connected"));
    if (store)
        xs_close(store);
    return told ? 0 : 1;
}
