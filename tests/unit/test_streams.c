/* The station's services over TCP: what they answer, and that no guest, rude or silent, ends them for the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hypervisor-harness/station/service.h"
#include "hypervisor-harness/station/stream.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in at;
static pid_t server;

/* On this computer's loopback, at a port that is free. */
static void serve(const struct station_service *service)
{
    socklen_t size = sizeof(at);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_true(fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 4) == 0 &&
                getsockname(fd, (struct sockaddr *)&at, &size) == 0);
    server = fork();
    if (server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        service->serve(fd);
    }
    assert_true(server > 0);
    close(fd);
}

static void end(void)
{
    assert_int_equal(waitpid(server, NULL, WNOHANG), 0);
    kill(server, SIGKILL);
    assert_int_equal(waitpid(server, NULL, 0), server);
}

static int call(void)
{
    const struct timeval patience = {.tv_sec = 3L * STREAM_PATIENCE_S};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
                connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0);
    return fd;
}

/* Without a farewell: the other end's next call fails. */
static void break_off(int fd)
{
    const struct linger none = {.l_onoff = 1};
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none)), 0);
    close(fd);
}

static void transact(int fd)
{
    for (unsigned i = 0; i < 256; i++) {
        const uint8_t request = (uint8_t)i;
        uint8_t answer = 0;
        assert_true(stream_write(fd, &request, 1) && stream_read(fd, &answer, 1));
        assert_int_equal(answer, request);
    }
}

static void each_byte_comes_back(void **state)
{
    (void)state;
    serve(&station_transactions);
    int fd = call();
    transact(fd);
    break_off(fd);
    fd = call();
    transact(fd);
    close(fd);
    end();
}

/* Who comes behind it has waited for so long as patience lasts. */
static void the_silent_are_hung_up_on(void **state)
{
    (void)state;
    serve(&station_transactions);
    const int silent = call(), next = call();
    char byte;
    transact(next);
    assert_int_equal(recv(silent, &byte, 1, 0), 0);
    close(silent);
    close(next);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_comes_back),
        cmocka_unit_test(the_silent_are_hung_up_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
