/* programs.h: what the program is by other names than /init: those that loads start. */
#ifndef WORKLOADS_LINUX_PROGRAMS_H
#define WORKLOADS_LINUX_PROGRAMS_H

#define PROGRAM_FILE  "/init"
#define PROGRAM_HELLO "hello" /* writes a line to where its output goes, as lmbench's own does */
#define PROGRAM_SHELL "sh"    /* "-c COMMAND": finds it and runs it in a process of its own */

/* Exit status of the program that argv[0] names. */
int program_run(int argc, char **argv);

#endif
