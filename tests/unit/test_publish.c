/* Files get their names when they are whole; what the dead left is told from what the living have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/publish.h"
#include "common/stale.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

static char dir[64];

static const char *in(const char *name)
{
    static char path[4][160];
    static unsigned next;
    char *into = path[next++ % 4];
    snprintf(into, sizeof(path[0]), "%s/%s", dir, name);
    return into;
}

static unsigned files(void)
{
    unsigned n = 0;
    DIR *d = opendir(dir);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2; /* . and .. */
}

static void holds(const char *name, const char *text)
{
    char bytes[100] = "";
    FILE *f = fopen(in(name), "r");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof(bytes) - 1, f);
    bytes[n] = 0;
    fclose(f);
    assert_string_equal(bytes, text);
}

static void whole_or_as_it_was(void **state)
{
    (void)state;
    struct rlimit limit, small;
    assert_null(publish(in("a"), "one", 3));
    holds("a", "one");
    chmod(in("a"), 0604);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 2;
    setrlimit(RLIMIT_FSIZE, &small);
    const char *why = publish(in("a"), "another", 7);
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_string_equal(why, strerror(EFBIG));
    holds("a", "one");
    assert_int_equal(files(), 1);
    assert_null(publish(in("a"), "another", 7));
    holds("a", "another");
    struct stat st;
    assert_int_equal(stat(in("a"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0604);
    assert_int_equal(files(), 1);
}

static void not_onto_an_input(void **state)
{
    (void)state;
    assert_null(publish(in("a"), "one", 3));
    assert_int_equal(link(in("a"), in("b")), 0);
    assert_int_equal(symlink("a", in("c")), 0);
    int fd = open(in("a"), O_RDONLY);
    publish_note_input(fd);
    close(fd);
    for (const char *const *name = (const char *const[]){"a", "b", "c", NULL}; *name; name++) {
        assert_non_null(strstr(publish(in(*name), "two", 3), "reads it"));
        assert_non_null(strstr(publish_try(in(*name)), "reads it"));
    }
    holds("a", "one");
    assert_int_equal(files(), 3);
}

static void links(void **state)
{
    (void)state;
    assert_int_equal(symlink("target", in("link")), 0);
    assert_null(publish(in("link"), "new", 3));
    holds("target", "new");
    assert_int_equal(symlink("round", in("round")), 0);
    assert_string_equal(publish(in("round"), "new", 3), strerror(ELOOP));
    assert_string_equal(publish(dir, "new", 3), strerror(EISDIR));
    assert_true(publish_in_place("/dev/full"));
    assert_false(publish_in_place(in("target")));
    assert_string_equal(publish("/dev/full", "new", 3), strerror(ENOSPC));
    assert_string_equal(publish("/dev/fd/999", "new", 3), strerror(EBADF));
    assert_int_equal(files(), 3);
}

/* What it left when it was killed; its number may be somebody else's by now. */
static void dies_with(void (*work)(void))
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        work();
        if (write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    unsigned left = files();
    assert_null(publish(in("other"), "x", 1));
    unlink(in("other"));
    assert_int_equal(files(), left); /* its owner lives */
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(ready[0]);
    close(ready[1]);
}

static void opens_a_temporary(void)
{
    char *name;
    if (temporary_open(in("a"), &name) < 0)
        _exit(1);
}

static void makes_a_folder(void)
{
    static struct work_folder w;
    if (work_folder_make(&w, dir, "pvbench-run-"))
        _exit(1);
}

static void what_the_dead_left(void **state)
{
    (void)state;
    dies_with(opens_a_temporary);
    assert_int_equal(files(), 1);
    assert_null(publish(in("b"), "x", 1));
    assert_int_equal(files(), 1);
    unlink(in("b"));
    dies_with(makes_a_folder);
    assert_int_equal(files(), 1);
    struct work_folder w;
    assert_int_equal(mkdir(in("pvbench-run-foreign"), 0700), 0); /* without a lock it is no work folder */
    assert_int_equal(work_folder_make(&w, dir, "pvbench-run-"), 0);
    assert_int_equal(files(), 2);
    assert_int_equal(work_folder_remove(&w), 0);
    assert_int_equal(files(), 1);
}

/* A folder whose lock is made, and not taken yet, looks like one of the dead's to whoever makes another at that moment.
 */
static void makes_many_folders(void)
{
    struct work_folder w;
    char inside[160];
    for (int i = 0; i < 400; i++) {
        if (work_folder_make(&w, dir, "pvbench-run-"))
            _exit(1);
        snprintf(inside, sizeof(inside), "%s/boot", w.path);
        if (mkdir(inside, 0700) || work_folder_remove(&w))
            _exit(2);
    }
    _exit(0);
}

static void nobody_takes_what_is_being_made(void **state)
{
    (void)state;
    enum { MAKERS = 8 };
    int status;
    for (int i = 0; i < MAKERS; i++)
        if (fork() == 0)
            makes_many_folders();
    for (int i = 0; i < MAKERS; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(files(), 0);
}

static void what_is_kept_is_no_work_any_more(void **state)
{
    (void)state;
    struct work_folder w, other;
    assert_int_equal(work_folder_make(&w, dir, "pvbench-run-"), 0);
    work_folder_keep(&w);
    assert_int_equal(work_folder_make(&other, dir, "pvbench-run-"), 0);
    assert_int_equal(files(), 2);
    assert_int_equal(work_folder_remove(&other), 0);
    assert_int_equal(files(), 1);
}

static void what_cannot_be_removed_is_told(void **state)
{
    (void)state;
    assert_int_not_equal(remove_tree("/proc/version"), 0);
    assert_int_equal(remove_tree(in("nothing")), 0);
}

static int enter(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/pvbench-test-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    return remove_tree(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whole_or_as_it_was, enter, leave),
        cmocka_unit_test_setup_teardown(not_onto_an_input, enter, leave),
        cmocka_unit_test_setup_teardown(links, enter, leave),
        cmocka_unit_test_setup_teardown(what_the_dead_left, enter, leave),
        cmocka_unit_test_setup_teardown(nobody_takes_what_is_being_made, enter, leave),
        cmocka_unit_test_setup_teardown(what_is_kept_is_no_work_any_more, enter, leave),
        cmocka_unit_test_setup_teardown(what_cannot_be_removed_is_told, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
