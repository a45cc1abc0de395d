/*
 * station.c: the process that answers a guest's frames, by a socket that sees those of our own type alone.
 *
 * The kernel sorts out what asks for nothing, so that a frame that is to be dropped wakes nobody.
 */
#include "hypervisor-harness/station/order.h"
#include "hypervisor-harness/station/say.h"

#include "common/inherited.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct station {
    int socket;
    uint8_t own[6];
    /* The last order and what answered it: a workload asks for the same again and again. */
    struct station_order order;
    uint8_t frame[PVB_NET_COUNT_MAX][PVB_NET_FRAME_MAX];
};

/* What stands behind the Ethernet head says what a frame is: those that ask are let in, whole. */
static int let_orders_in(int fd)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct pvb_net_frame, what)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PVB_NET_SEND, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, PVB_NET_FRAME_MAX + 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    const struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

/* It is bound last: nothing comes in before the filter is there. */
static int open_socket(struct station *s, const char *interface)
{
    struct ifreq r = {0};
    strncpy(r.ifr_name, interface, IFNAMSIZ - 1);
    if (ioctl(s->socket, SIOCGIFHWADDR, &r))
        return -1;
    memcpy(s->own, r.ifr_hwaddr.sa_data, sizeof(s->own));
    const struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(PVB_NET_TYPE), .sll_ifindex = (int)if_nametoindex(interface)};
    if (!address.sll_ifindex || let_orders_in(s->socket))
        return -1;
    return bind(s->socket, (const struct sockaddr *)&address, sizeof(address));
}

static void prepare_answer(struct station *s, const struct station_order *order)
{
    if (order->count == s->order.count && order->size == s->order.size)
        return;
    s->order = *order;
    for (unsigned i = 0; i < order->count; i++)
        station_order_fill(order, i, s->own, s->frame[i]);
}

/* All at once. A queue that is full empties while the guest reads; a wire that is gone has nobody who waits. */
static void send_answer(struct station *s)
{
    struct mmsghdr messages[PVB_NET_COUNT_MAX] = {0};
    struct iovec bytes[PVB_NET_COUNT_MAX];
    for (unsigned i = 0; i < s->order.count; i++) {
        bytes[i] = (struct iovec){s->frame[i], s->order.size};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &bytes[i], .msg_iovlen = 1};
    }
    for (unsigned sent = 0; sent < s->order.count;) {
        const int n = sendmmsg(s->socket, &messages[sent], s->order.count - sent, 0);
        if (n < 0 && errno != ENOBUFS && errno != EINTR)
            return;
        if (n < 0)
            sched_yield();
        sent += n > 0 ? (unsigned)n : 0;
    }
}

static void serve(struct station *s) __attribute__((noreturn));
static void serve(struct station *s)
{
    uint8_t frame[PVB_NET_FRAME_MAX + 1];
    struct station_order order;
    for (;;) {
        const ssize_t size = recv(s->socket, frame, sizeof(frame), 0);
        if (size < 0 && errno != EINTR && errno != ENETDOWN)
            _exit(1);
        if (size > 0 && station_order_read(frame, (size_t)size, &order)) {
            prepare_answer(s, &order);
            send_answer(s);
        }
    }
}

/* With nothing of its parent's but the socket: who waits for the end of a pipe must not wait for the station. */
static void keep_only(int fd)
{
    if (fd)
        close_range(0, (unsigned)fd - 1, 0);
    close_range((unsigned)fd + 1, ~0u, 0);
}

pid_t station_start(const char *interface, char why[STATION_WHY])
{
    static struct station s;
    s = (struct station){.socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)};
    if (s.socket < 0)
        return station_say(why, interface, "no packet socket");
    const pid_t parent = getpid();
    const pid_t pid = open_socket(&s, interface) ? -1 : fork();
    if (pid == 0) {
        inherited_begin_child(parent);
        keep_only(s.socket);
        serve(&s);
    }
    if (pid < 0)
        station_say(why, interface, "no station can be started");
    close(s.socket);
    return pid;
}

void station_end(pid_t station)
{
    if (station <= 0)
        return;
    kill(station, SIGKILL);
    while (waitpid(station, NULL, 0) < 0 && errno == EINTR)
        continue;
}
