/* kvm_monitor.c: see kvm_monitor.h. */
#include "runner/hypervisor/kvm_monitor.h"

#include <stdio.h>
#include <sys/socket.h>

const char *const *kvm_monitor_open(struct launch *launch, struct kvm_monitor *m)
{
    int ends[2];
    *m = (struct kvm_monitor){
        .words = {"-device", "pvpanic", "-action", "panic=none", "-mon", "chardev=monitor,mode=control", "-chardev",
                  m->socket, NULL},
    };
    if (launch->inheriteds == PROCESS_INHERITED_MAX || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
        m->words[0] = NULL;
        return m->words;
    }
    snprintf(m->socket, sizeof(m->socket), "socket,id=monitor,fd=%u", PROCESS_INHERITED + launch->inheriteds);
    launch->inherited[launch->inheriteds++] = ends[0];
    launch->monitor = ends[1];
    return m->words;
}
