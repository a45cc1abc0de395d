/* console.h: printing lines of the minivisor's own, and its guest's. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "types.h"

#include <pvbench/log.h>

/* What the guest has begun to say, and not yet ended. */
struct guest_line {
    char text[PVB_LINE_MAX];
    unsigned int length;
};

void console_init(void);

/* True when the lab's debug console answers. */
bool console_in_lab(void);

void print(const char *format, ...) printf_like(1, 2);
void vprint(const char *format, va_list args);

/* A character from the guest; lines come out whole, with "G " in front. */
void console_guest_char(char c);

/* Prints what the guest began and did not end with a newline. */
void console_guest_flush(void);

#endif
