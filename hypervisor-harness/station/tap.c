/* tap.c: a TAP device, by which an emulator on this computer gives its guest a wire. */
#include "hypervisor-harness/station/say.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TUN "/dev/net/tun"

static int open_tun(char why[STATION_WHY])
{
    const int fd = open(TUN, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    return fd < 0 ? station_say_missing(why, TUN, "tun") : fd;
}

int station_possible(char why[STATION_WHY])
{
    const int tun = open_tun(why), packets = tun < 0 ? -1 : socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (tun < 0)
        return -1;
    if (packets < 0)
        station_say(why, "a packet socket", "cannot be opened");
    else
        close(packets);
    close(tun);
    return packets < 0 ? -1 : 0;
}

int station_tap(char name[IFNAMSIZ], char why[STATION_WHY])
{
    /* The kernel puts the first number that is free for "%d". */
    struct ifreq r = {.ifr_name = "pvbench%d", .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
    const int fd = open_tun(why);
    if (fd < 0)
        return -1;
    if (ioctl(fd, TUNSETIFF, &r)) {
        station_say(why, TUN, "makes no TAP device");
        close(fd);
        return -1;
    }
    memcpy(name, r.ifr_name, IFNAMSIZ);
    return fd;
}
