/* tap.c: a TAP device, by which an emulator on this computer gives its guest a wire. */
#include "hypervisor-harness/station/say.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TUN "/dev/net/tun"

int station_tap(char name[IFNAMSIZ], char why[STATION_WHY])
{
    /* The kernel puts the first number that is free for "%d". */
    struct ifreq r = {.ifr_name = "pvbench%d", .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
    const int fd = open(TUN, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return station_say(why, TUN, "cannot be opened");
    if (ioctl(fd, TUNSETIFF, &r)) {
        station_say(why, TUN, "makes no TAP device");
        close(fd);
        return -1;
    }
    memcpy(name, r.ifr_name, IFNAMSIZ);
    return fd;
}
