/* drivers.c: modules in the order that the build found (hypervisor-harness/lab/host/list-modules), and what they bring.
 */
#include "drivers.h"
#include "load.h"

#include <pvbench/net.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ORDER "/lib/pvbench/order"
#define CARD  "eth0"

enum { LOOKS = 500, LOOK_MS = 10 };

static const char of_another_kernel[] = "the guest's kernel does not take Debian's modules: it is another one";

static void settle(void)
{
    const struct timespec moment = {.tv_nsec = LOOK_MS * 1000000L};
    nanosleep(&moment, NULL);
}

static const char *load_one(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    must(fd >= 0, path);
    const long bad = syscall(SYS_finit_module, fd, "", 0);
    const int why = errno;
    close(fd);
    /* A kernel that has it built in, or of which a device's absence is an error. */
    if (bad == 0 || why == EEXIST || why == ENODEV)
        return NULL;
    errno = why;
    must(why == ENOEXEC, path);
    return of_another_kernel;
}

const char *drivers_load(void)
{
    static bool loaded;
    char path[128];
    const char *why = NULL;
    if (loaded)
        return NULL;
    FILE *order = fopen(ORDER, "re");
    must(order, ORDER);
    while (!why && fgets(path, sizeof(path), order)) {
        path[strcspn(path, "\n")] = 0;
        why = load_one(path);
    }
    fclose(order);
    loaded = !why;
    return why;
}

const char *drivers_disk(void)
{
    static const char *const disks[] = {"/dev/vda", "/dev/xvda", "/dev/sda", "/dev/mmcblk0"};
    for (unsigned look = 0; look < LOOKS; look++) {
        for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
            const int fd = open(disks[i], O_RDWR | O_CLOEXEC);
            if (fd < 0)
                continue;
            close(fd);
            return disks[i];
        }
        settle();
    }
    return NULL;
}

/* Nor would what IPv6 says of itself now and then be in a measurement. */
static void without_ipv6(void)
{
    const int fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    must(write(fd, "1", 1) == 1, "disable_ipv6");
    close(fd);
}

static void set_address(int s, struct ifreq *r, unsigned long what, uint32_t address)
{
    const struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {htonl(address)}};
    memcpy(&r->ifr_addr, &in, sizeof(in));
    must(ioctl(s, what, r) == 0, "the interface's address");
}

static const char *set_up(int s, struct ifreq *r)
{
    set_address(s, r, SIOCSIFADDR, PVB_NET_GUEST_IP);
    set_address(s, r, SIOCSIFNETMASK, ~0u << (32 - PVB_NET_PREFIX));
    for (unsigned look = 0; look < LOOKS; look++) {
        r->ifr_flags = 0;
        must(ioctl(s, SIOCGIFFLAGS, r) == 0, r->ifr_name);
        if (r->ifr_flags & IFF_RUNNING)
            return NULL;
        r->ifr_flags |= IFF_UP;
        must(ioctl(s, SIOCSIFFLAGS, r) == 0, r->ifr_name);
        settle();
    }
    return "the guest's network card finds nobody at the other end";
}

const char *drivers_network(void)
{
    without_ipv6();
    const char *why = drivers_load();
    const int s = why ? -1 : socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (why)
        return why;
    must(s >= 0, "a socket");
    why = "the guest has no network card";
    for (unsigned look = 0; look < LOOKS && !if_nametoindex(CARD); look++)
        settle();
    if (if_nametoindex(CARD)) {
        struct ifreq r = {.ifr_flags = 0};
        snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", CARD);
        why = set_up(s, &r);
    }
    close(s);
    return why;
}
