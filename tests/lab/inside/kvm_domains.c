/* kvm_domains.c: `pvbench domains` on a KVM host in the lab, while pvbench runs a guest there. */
#include "command.h"
#include "tests/lab/probes/tap.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Waits for a virtual machine; a new reference to its row, or NULL. */
static json_t *machine(void)
{
    for (unsigned tries = 0; tries < 100; tries++) {
        json_t *all = domains_now(), *row = json_array_get(json_object_get(all, "domains"), 0);
        json_incref(row);
        json_decref(all);
        /* Its processor comes a little after it. */
        if (row && json_integer_value(json_object_get(row, "vcpus")))
            return row;
        json_decref(row);
        usleep(20000);
    }
    return NULL;
}

int main(void)
{
    struct said said;
    setvbuf(stdout, NULL, _IOLBF, 0);
    command_run(NULL, "domains", &said);
    check(said.status == 0 && said_words(&said, "no domain and no virtual machine runs"), "nothing runs: told so");
    pid_t run = command_start("/work/hostile", "run --machine host --repeats 1 -q -o /tmp/result.json /work/hang.json",
                              "/tmp/log");
    json_t *row = machine();
    const char *name = json_string_value(json_object_get(row, "name"));
    if (!check(name && strcmp(name, "pvbench") == 0 && json_integer_value(json_object_get(row, "vcpus")) == 1,
               "a guest of pvbench's is listed, by the name that QEMU was given, with one processor")) {
        command_run(NULL, "domains", &said);
        note("%s", said.text);
    }
    check(json_integer_value(json_object_get(row, "memory_kib")) > 4096, "with its memory");
    command_run(NULL, "domains", &said);
    check(said_words(&said, "\nkvm         pvbench "), "and in the table");
    note("%s", strtok(said.text, "\n"));
    for (char *line; (line = strtok(NULL, "\n"));)
        note("%s", line);
    kill(run, SIGTERM);
    command_wait(run, "/tmp/log", &said);
    json_decref(row);
    json_t *all = domains_now();
    check(json_array_size(json_object_get(all, "domains")) == 0, "and is gone with the run");
    json_decref(all);
    return tap_end();
}
