/* table.h: the commands that there are. */
#ifndef COMMAND_TABLE_H
#define COMMAND_TABLE_H

struct command {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is its name; the exit status */
    const char *summary;
};

extern const struct command commands[]; /* ends with one without a name */

#endif
