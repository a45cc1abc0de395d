/*
 * text.h: text that comes from elsewhere may be anything: what a result says
 * and how its keys are called, paths, words of a command line, what another
 * program answered. Here, and nowhere else, it is made fit to be shown: to a
 * terminal, and to formats that hold no more than UTF-8 without controls.
 */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Replaces byte by byte with '?', in place, what could command a terminal (C0
 * and C1 controls, DEL), what turns the order of a line or ends it (bidirectional
 * marks, overrides, isolates; U+2028, U+2029), what is no character
 * (U+FFFE and its like, which XML cannot hold), and what is no UTF-8.
 */
void text_clean(char *text);

/* text_clean() has nothing to do. */
bool text_is_clean(const char *text);

/* A clean copy, the caller's to free. Ends the program when out of memory. */
char *text_clean_copy(const char *text);

/* A name: 1 to 63 of the characters a-z A-Z 0-9 _ . + - and none of .-+ in front: no file is hidden, no option given,
 * no spreadsheet begins to calculate. */
bool text_is_name(const char *text);

/* It is a word of a NULL-ended list. */
bool text_is_any(const char *text, const char *const *list);

/*
 * printf() into an array of `size` bytes, one clean line; what finds no room is cut off between two characters.
 * So it is where a precision ("%.40s") cut within one: the arguments of text_format() and text_append() are clean.
 */
void text_format(char *into, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
void text_vformat(char *into, size_t size, const char *format, va_list args) __attribute__((format(printf, 3, 0)));

/* The same for text that was formatted already. */
void text_mend(char *text);

/* Adds to what stands there. */
void text_append(char *into, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As text_vformat(), of anything, such as paths: a byte that is no character is shown as '?'. For error.h and its like.
 */
void text_vline(char *into, size_t size, const char *format, va_list args) __attribute__((format(printf, 3, 0)));
void text_line(char *into, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* printf() of anything as one clean line, and its end. For what is printed without a report around it. */
void text_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
