/*
 * interface.c: the station's interface, so that its stack has nothing to say but answers: no IPv6, and no question
 * for the guest's address.
 */
#include "hypervisor-harness/station/say.h"
#include "pvbench/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if_arp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void set_address(struct sockaddr *at, uint32_t ip)
{
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(ip)};
    memcpy(at, &address, sizeof(address));
}

/* A kernel without IPv6 has no such file. */
static int without_ipv6(const char *interface, char why[STATION_WHY])
{
    char path[64 + IFNAMSIZ];
    snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%.*s/disable_ipv6", IFNAMSIZ - 1, interface);
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : station_say(why, path, "cannot be opened");
    const bool good = write(fd, "1", 1) == 1;
    if (!good)
        station_say(why, path, "cannot be written");
    close(fd);
    return good ? 0 : -1;
}

static bool is_stations(const struct sockaddr *a)
{
    struct sockaddr_in address;
    if (!a || a->sa_family != AF_INET)
        return false;
    memcpy(&address, a, sizeof(address));
    return ntohl(address.sin_addr.s_addr) == PVB_NET_PEER_IP;
}

/* An answer would take the way of the first that has it. */
static bool is_taken(void)
{
    struct ifaddrs *all = NULL;
    bool taken = false;
    if (getifaddrs(&all))
        return false;
    for (const struct ifaddrs *a = all; a && !taken; a = a->ifa_next)
        taken = is_stations(a->ifa_addr);
    freeifaddrs(all);
    return taken;
}

static struct ifreq request(const char *interface)
{
    struct ifreq r = {0};
    snprintf(r.ifr_name, sizeof(r.ifr_name), "%.*s", IFNAMSIZ - 1, interface);
    return r;
}

static int give_address(int fd, const char *interface, char why[STATION_WHY])
{
    struct ifreq r = request(interface);
    set_address(&r.ifr_addr, PVB_NET_PEER_IP);
    if (ioctl(fd, SIOCSIFADDR, &r))
        return station_say(why, interface, "takes no address");
    set_address(&r.ifr_netmask, ~0u << (32 - PVB_NET_PREFIX));
    return ioctl(fd, SIOCSIFNETMASK, &r) ? station_say(why, interface, "takes no network mask") : 0;
}

static int bring_up(int fd, const char *interface, char why[STATION_WHY])
{
    struct ifreq r = request(interface);
    if (ioctl(fd, SIOCGIFFLAGS, &r))
        return station_say(why, interface, "has no flags");
    r.ifr_flags |= IFF_UP;
    return ioctl(fd, SIOCSIFFLAGS, &r) ? station_say(why, interface, "cannot be brought up") : 0;
}

/* For good, so that the kernel never asks who has the guest's address. */
static int know_guest(int fd, const char *interface, char why[STATION_WHY])
{
    static const uint8_t guest[] = PVB_NET_GUEST_MAC;
    struct arpreq r = {.arp_ha.sa_family = ARPHRD_ETHER, .arp_flags = ATF_PERM | ATF_COM};
    set_address(&r.arp_pa, PVB_NET_GUEST_IP);
    memcpy(r.arp_ha.sa_data, guest, sizeof(guest));
    snprintf(r.arp_dev, sizeof(r.arp_dev), "%.*s", IFNAMSIZ - 1, interface);
    return ioctl(fd, SIOCSARP, &r) ? station_say(why, interface, "takes no neighbour") : 0;
}

int station_set_up(const char *interface, char why[STATION_WHY])
{
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return station_say(why, interface, "no socket");
    int bad = 0;
    if (is_taken()) {
        errno = EADDRINUSE;
        bad = station_say(why, interface, "another guest's wire has the station's address");
    }
    bad = bad || without_ipv6(interface, why) || give_address(fd, interface, why) || bring_up(fd, interface, why) ||
          know_guest(fd, interface, why);
    close(fd);
    return bad ? -1 : 0;
}
