/* number_file.h: the number with which a file of the kernel's begins, as those of /proc and /sys do. */
#ifndef COMMON_NUMBER_FILE_H
#define COMMON_NUMBER_FILE_H

#include <stdbool.h>
#include <stdint.h>

/* False, with errno where the file cannot be read: there is none, and `number` is as it was. */
bool number_file(const char *path, uint64_t *number);

#endif
