/* wire.c: a connection that is there in time, or that nobody takes; wire.h. */
#include "wire.h"
#include "drivers.h"
#include "load.h"

#include <pvbench/net.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATIENCE_S = 10 };

const char *wire_connect(uint16_t port, int *fd)
{
    const struct sockaddr_in peer = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(PVB_NET_PEER_IP)}};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    const int yes = 1;
    const char *why = drivers_network();
    if (why)
        return why;
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(*fd >= 0 && setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
             setsockopt(*fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) == 0 &&
             setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) == 0,
         "a socket for TCP");
    if (connect(*fd, (const struct sockaddr *)&peer, sizeof(peer)) == 0)
        return NULL;
    /* Not within the time that a sender has; the others are what it is told. */
    must(errno == EINPROGRESS || errno == ECONNREFUSED || errno == ENOPROTOOPT, "a TCP connection to the wire's end");
    close(*fd);
    return "nobody at the other end of the wire speaks TCP";
}
