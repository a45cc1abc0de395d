/* station.c: the processes that serve a guest, one for each service. */
#include "hypervisor-harness/station/station.h"
#include "hypervisor-harness/station/say.h"
#include "hypervisor-harness/station/service.h"

#include "common/inherited.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct station_service *const services[STATION_SERVICES] = {&station_frames, &station_transactions,
                                                                         &station_iperf};

/* With nothing of its parent's but the socket: who waits for the end of a pipe must not wait for the station. */
static void keep_only(int fd)
{
    if (fd)
        close_range(0, (unsigned)fd - 1, 0);
    close_range((unsigned)fd + 1, ~0u, 0);
}

static pid_t start(const struct station_service *service, const char *interface, char why[STATION_WHY])
{
    const int fd = service->open(interface, why);
    if (fd < 0)
        return -1;
    const pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        inherited_begin_child(parent);
        keep_only(fd);
        service->serve(fd);
    }
    if (pid < 0)
        station_say(why, interface, "no station can be started");
    close(fd);
    return pid;
}

int station_start(struct station *s, const char *interface, char why[STATION_WHY])
{
    *s = (struct station){{0}};
    for (unsigned i = 0; i < STATION_SERVICES; i++) {
        s->service[i] = start(services[i], interface, why);
        if (s->service[i] < 0) {
            station_end(s);
            return -1;
        }
    }
    return 0;
}

void station_end(struct station *s)
{
    for (unsigned i = 0; i < STATION_SERVICES; i++)
        if (s->service[i] > 0)
            kill(s->service[i], SIGKILL);
    for (unsigned i = 0; i < STATION_SERVICES; i++) {
        while (s->service[i] > 0 && waitpid(s->service[i], NULL, 0) < 0 && errno == EINTR)
            continue;
        s->service[i] = 0;
    }
}
