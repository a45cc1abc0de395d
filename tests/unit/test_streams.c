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
#include <string.h>
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
    const struct timeval patience = {.tv_sec = 30L};
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

/* --- iperf3's server: its client's side, step by step, as the real one does it (tests/lab/linux has that one) ----- */

static const char cookie[37] = "a cookie of thirty-six characters...";

static bool hear(int fd, char step)
{
    char said = 0;
    return stream_read(fd, &said, 1) && said == step;
}

static void say(int fd, char step)
{
    assert_true(stream_write(fd, &step, 1));
}

static void say_text(int fd, const char *text)
{
    const uint32_t size = htonl((uint32_t)strlen(text));
    assert_true(stream_write(fd, &size, sizeof(size)) && stream_write(fd, text, strlen(text)));
}

/* A test up to where its second connection is called for. */
static int begin_test(void)
{
    const int control = call();
    assert_true(stream_write(control, cookie, sizeof(cookie)) && hear(control, 9));
    say_text(control, "{\"tcp\":true,\"num\":1000}");
    assert_true(hear(control, 10));
    return control;
}

/* Up to where the bytes come. */
static int begin_stream(int control)
{
    const int stream = call();
    assert_true(stream_write(stream, cookie, sizeof(cookie)) && hear(control, 1) && hear(control, 2));
    return stream;
}

/* The last bytes come when the client has said already that it has sent them all. */
static void measure(void)
{
    static const char bytes[1000];
    char text[600] = "";
    uint32_t size = 0;
    const int control = begin_test(), stream = begin_stream(control);
    assert_true(stream_write(stream, bytes, 600));
    say(control, 4);
    assert_true(hear(control, 13));
    say_text(control, "{\"streams\":[{\"id\":1,\"bytes\":1000}]}");
    assert_true(stream_write(stream, bytes, 400));
    assert_true(stream_read(control, &size, sizeof(size)) && ntohl(size) < sizeof(text) &&
                stream_read(control, text, ntohl(size)));
    assert_non_null(strstr(text, "\"id\":1,\"bytes\":1000,"));
    assert_true(hear(control, 14));
    say(control, 16);
    close(stream);
    close(control);
}

static void is_hung_up(int fd)
{
    char byte;
    assert_true(recv(fd, &byte, 1, 0) <= 0);
    close(fd);
}

static void bytes_are_counted_when_all_are_there(void **state)
{
    (void)state;
    serve(&station_iperf);
    measure();
    measure();
    end();
}

static void the_rude_are_hung_up_on(void **state)
{
    (void)state;
    static const char bytes[37];
    const uint32_t sizes[] = {htonl(8193), htonl(0x80000000), 0xffffffff};
    serve(&station_iperf);
    break_off(call());
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) { /* a text that has no room */
        const int control = call();
        assert_true(stream_write(control, cookie, sizeof(cookie)) && hear(control, 9) &&
                    stream_write(control, &sizes[i], sizeof(sizes[i])));
        is_hung_up(control);
    }
    int control = begin_test(), stream = call(); /* another cookie */
    assert_true(stream_write(stream, bytes, sizeof(bytes)));
    is_hung_up(control);
    close(stream);
    control = begin_test(), stream = begin_stream(control); /* a word that is none */
    say(control, 99);
    is_hung_up(control);
    close(stream);
    control = begin_test(), stream = begin_stream(control); /* bytes that never come */
    say(control, 4);
    assert_true(hear(control, 13));
    say_text(control, "{\"bytes\":18446744073709551615}");
    break_off(stream);
    is_hung_up(control);
    control = begin_test(), stream = begin_stream(control); /* a text that does not say how many */
    say(control, 4);
    assert_true(hear(control, 13));
    say_text(control, "");
    is_hung_up(control);
    close(stream);
    measure();
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_comes_back),
        cmocka_unit_test(the_silent_are_hung_up_on),
        cmocka_unit_test(bytes_are_counted_when_all_are_there),
        cmocka_unit_test(the_rude_are_hung_up_on),
    };
    stream_patience_s = 1; /* of the services, which are children */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
