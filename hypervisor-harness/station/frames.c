/*
 * frames.c: the answers to a guest's frames of our own type, by a socket that sees those alone.
 *
 * The kernel sorts out what asks for nothing, so that a frame that is to be dropped wakes nobody.
 */
#include "hypervisor-harness/station/order.h"
#include "hypervisor-harness/station/say.h"
#include "hypervisor-harness/station/service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct frames {
    int socket;
    uint8_t own[6];
    /* The last order and what answered it: a workload asks for the same again and again. */
    struct station_order order;
    uint8_t frame[PVB_NET_COUNT_MAX][PVB_NET_FRAME_MAX];
} frames;

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
static int open_socket(struct frames *f, const char *interface)
{
    struct ifreq r = {0};
    strncpy(r.ifr_name, interface, IFNAMSIZ - 1);
    if (ioctl(f->socket, SIOCGIFHWADDR, &r))
        return -1;
    memcpy(f->own, r.ifr_hwaddr.sa_data, sizeof(f->own));
    const struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(PVB_NET_TYPE), .sll_ifindex = (int)if_nametoindex(interface)};
    if (!address.sll_ifindex || let_orders_in(f->socket))
        return -1;
    return bind(f->socket, (const struct sockaddr *)&address, sizeof(address));
}

static void prepare_answer(struct frames *f, const struct station_order *order)
{
    if (order->count == f->order.count && order->size == f->order.size)
        return;
    f->order = *order;
    for (unsigned i = 0; i < order->count; i++)
        station_order_fill(order, i, f->own, f->frame[i]);
}

/* All at once. A queue that is full empties while the guest reads; a wire that is gone has nobody who waits. */
static void send_answer(struct frames *f)
{
    struct mmsghdr messages[PVB_NET_COUNT_MAX] = {0};
    struct iovec bytes[PVB_NET_COUNT_MAX];
    for (unsigned i = 0; i < f->order.count; i++) {
        bytes[i] = (struct iovec){f->frame[i], f->order.size};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &bytes[i], .msg_iovlen = 1};
    }
    for (unsigned sent = 0; sent < f->order.count;) {
        const int n = sendmmsg(f->socket, &messages[sent], f->order.count - sent, 0);
        if (n < 0 && errno != ENOBUFS && errno != EINTR)
            return;
        if (n < 0)
            sched_yield();
        sent += n > 0 ? (unsigned)n : 0;
    }
}

static void serve(int fd) __attribute__((noreturn));
static void serve(int fd)
{
    uint8_t frame[PVB_NET_FRAME_MAX + 1];
    struct station_order order;
    for (;;) {
        const ssize_t size = recv(fd, frame, sizeof(frame), 0);
        if (size < 0 && errno != EINTR && errno != ENETDOWN)
            _exit(1);
        if (size > 0 && station_order_read(frame, (size_t)size, &order)) {
            prepare_answer(&frames, &order);
            send_answer(&frames);
        }
    }
}

static int open_frames(const char *interface, char why[STATION_WHY])
{
    frames = (struct frames){.socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)};
    if (frames.socket < 0)
        return station_say(why, interface, "no packet socket");
    if (open_socket(&frames, interface) == 0)
        return frames.socket;
    station_say(why, interface, "no frames can be received");
    close(frames.socket);
    return -1;
}

const struct station_service station_frames = {open_frames, serve};
