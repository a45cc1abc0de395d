/* stream.c: see stream.h. */
#include "hypervisor-harness/station/stream.h"
#include "hypervisor-harness/station/say.h"

#include "pvbench/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAITING_MAX = 4 };

unsigned stream_patience_s = 10;

int stream_listen(const char *interface, uint16_t port, char why[STATION_WHY])
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    const struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(PVB_NET_PEER_IP)};
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface)) == 0 &&
        bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, WAITING_MAX) == 0)
        return fd;
    station_say(why, interface, "no TCP connections can be taken");
    if (fd >= 0)
        close(fd);
    return -1;
}

/* One that is gone again before it is accepted is no error, and is not waited for. */
static int accept_within(int listener, int ms)
{
    struct pollfd p = {.fd = listener, .events = POLLIN};
    if (poll(&p, 1, ms) != 1)
        return -1;
    const struct timeval patience = {.tv_sec = stream_patience_s};
    const int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC), yes = 1;
    if (fd < 0 && (errno == EBADF || errno == EINVAL || errno == ENOTSOCK))
        _exit(1);
    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
                    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) ||
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)))) {
        close(fd);
        return -1;
    }
    return fd;
}

int stream_wait(int listener)
{
    int fd;
    while ((fd = accept_within(listener, -1)) < 0)
        continue;
    return fd;
}

int stream_accept(int listener)
{
    return accept_within(listener, (int)stream_patience_s * 1000);
}

bool stream_read(int fd, void *into, size_t size)
{
    return recv(fd, into, size, MSG_WAITALL) == (ssize_t)size;
}

bool stream_write(int fd, const void *bytes, size_t size)
{
    return send(fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size;
}
