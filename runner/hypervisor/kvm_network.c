/* kvm_network.c: see kvm_network.h. */
#include "runner/hypervisor/kvm_network.h"
#include "runner/common/process.h"

#include "hypervisor-harness/station/say.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define VHOST "/dev/vhost-net"

_Static_assert(PROCESS_INHERITED == 3, "the words below name the descriptors");
static const char *const no_words[] = {NULL};
static const char *const by_qemu[] = {"-netdev", "tap,id=" KVM_NETDEV ",fd=3", NULL};
static const char *const by_vhost[] = {"-netdev", "tap,id=" KVM_NETDEV ",fd=3,vhost=on,vhostfd=4", NULL};

_Static_assert(sizeof(((struct launch *)0)->no_network) >= STATION_WHY, "a reason");

static int open_wire(struct launch *launch, bool vhost)
{
    char name[IFNAMSIZ], *why = launch->no_network;
    int fd = station_tap(name, why);
    if (fd < 0)
        return -1;
    launch->inherited[launch->inheriteds++] = fd;
    if (vhost && (fd = open(VHOST, O_RDWR | O_CLOEXEC)) < 0)
        return station_say_missing(why, VHOST, "vhost_net");
    if (vhost)
        launch->inherited[launch->inheriteds++] = fd;
    if (station_set_up(name, why) || station_start(&launch->station, name, why))
        return -1;
    snprintf(launch->interface, sizeof(launch->interface), "%s", name);
    return 0;
}

const char *const *kvm_network_open(struct launch *launch, enum kvm_network network)
{
    if (network == KVM_NETWORK_NONE)
        return no_words;
    if (open_wire(launch, network == KVM_NETWORK_VHOST) == 0)
        return network == KVM_NETWORK_VHOST ? by_vhost : by_qemu;
    while (launch->inheriteds)
        close(launch->inherited[--launch->inheriteds]);
    return no_words;
}
