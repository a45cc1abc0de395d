/* command.c: fork, exec, wait; a log file holds what was said. */
#include "command.h"
#include "tests/lab/probes/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PVBENCH "/usr/bin/pvbench"

pid_t command_start(const char *images, const char *arguments, const char *log)
{
    char text[512], *argv[32] = {PVBENCH};
    size_t n = 1;
    /* A test's result is its own: one of other guests would not be written over. */
    if (strstr(arguments, "/tmp/result.json"))
        unlink("/tmp/result.json");
    pid_t pid = fork();
    if (pid)
        return pid;
    snprintf(text, sizeof(text), "%s", arguments);
    for (char *word = strtok(text, " "); word && n < 31; word = strtok(NULL, " "))
        argv[n++] = word;
    int out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    if (images)
        setenv("PVBENCH_IMAGES", images, 1);
    execv(argv[0], argv);
    _exit(127);
}

void command_wait(pid_t pid, const char *log, struct said *said)
{
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    said->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    FILE *f = fopen(log, "re");
    size_t n = f ? fread(said->text, 1, sizeof(said->text) - 1, f) : 0;
    said->text[n] = 0;
    if (f)
        fclose(f);
}

void command_run(const char *images, const char *arguments, struct said *said)
{
    static const char log[] = "/tmp/command.log";
    command_wait(command_start(images, arguments, log), log, said);
}

unsigned said_lines(const struct said *said)
{
    unsigned lines = 0;
    for (const char *c = said->text; *c; c++)
        lines += *c == '\n';
    return lines;
}

bool said_words(const struct said *said, const char *words)
{
    return strstr(said->text, words);
}

json_t *domains_now(void)
{
    struct said said;
    command_run(NULL, "domains --json", &said);
    return json_loads(said.text, 0, NULL);
}

json_t *domain_named(const json_t *all, const char *name)
{
    size_t i;
    json_t *d;
    json_array_foreach(json_object_get(all, "domains"), i, d)
    {
        const char *is = json_string_value(json_object_get(d, "name"));
        if (is && strcmp(is, name) == 0)
            return d;
    }
    return NULL;
}

pid_t domain_of_ours(char *name, size_t size)
{
    long pid = 0;
    for (unsigned tries = 0; tries < 200 && !pid; tries++) {
        size_t i;
        json_t *d, *all = domains_now();
        json_array_foreach(json_object_get(all, "domains"), i, d)
        {
            const char *is = json_string_value(json_object_get(d, "name"));
            const char *state = json_string_value(json_object_get(d, "state"));
            if (is && state && strncmp(is, "pvbench-", 8) == 0 && strcmp(state, "paused")) {
                snprintf(name, size, "%s", is);
                pid = strtol(is + 8, NULL, 10);
            }
        }
        json_decref(all);
        usleep(50000);
    }
    return (pid_t)pid;
}

int domain_runs(const char *name)
{
    for (unsigned tries = 0; tries < 200; tries++) {
        json_t *all = domains_now(), *d = domain_named(all, name);
        const char *state = json_string_value(json_object_get(d, "state"));
        const int id = state && strcmp(state, "paused") ? (int)json_integer_value(json_object_get(d, "id")) : -1;
        json_decref(all);
        if (id >= 0)
            return id;
        usleep(50000);
    }
    return -1;
}

void check_neighbour(const struct said *said, const char *status, const char *end, const char *what)
{
    json_t *result = json_load_file("/tmp/result.json", 0, NULL);
    const json_t *run = json_array_get(json_object_get(result, "runs"), 0);
    const json_t *bench = json_array_get(json_object_get(run, "benchmarks"), 0);
    const json_t *beside = json_array_get(json_object_get(run, "guests"), 0);
    const char *is = json_string_value(json_object_get(beside, "status"));
    const char *ended = json_string_value(json_object_get(beside, "end"));
    const char *measured = json_string_value(json_object_get(bench, "status"));
    bool good = is && strcmp(is, status) == 0 && ended && strcmp(ended, end) == 0 &&
                json_is_string(json_object_get(beside, "reason")) && measured && strcmp(measured, "ok") == 0 &&
                json_integer_value(json_object_get(bench, "entries_total")) > 0;
    if (!check(said->status == 0 && good, what)) {
        char *text = json_dumps(run ? run : json_null(), JSON_ENCODE_ANY);
        note("status %d: %s %s", said->status, said->text, text ? text : "");
    }
    json_decref(result);
}
