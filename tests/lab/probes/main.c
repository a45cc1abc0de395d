/* main.c: the program that runs on a KVM host in the lab, to test the probes where KVM is real. */
#include "modes.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } modes[] = {{"bench", probes_bench},     {"counts", probes_counts}, {"hosts", probes_hosts},
                 {"machine", probes_machine}, {"trace", probes_trace},   {"vcpus", probes_vcpus}};
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < argc; i++)
        for (size_t j = 0; j < sizeof(modes) / sizeof(modes[0]); j++)
            if (strcmp(argv[i], modes[j].name) == 0) {
                note("%s", modes[j].name);
                modes[j].run();
            }
    return tap_end();
}
