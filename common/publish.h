/*
 * publish.h: how a file gets its name: with all that belongs in it, or not at all.
 *
 * What is written goes to a new file beside the place, with a name that nobody can
 * foresee, is on the disk before it is called what was asked for, and takes
 * the place of what was there in one step. Whoever reads that name finds the
 * old content or the new one, whatever happens meanwhile. A link is written
 * through; pipes, devices and descriptors (/dev/stdout) are written in place.
 * What a dead process left of it is removed by the next one in the same folder.
 *
 * Runner and reports share it, each with errors of its own: a function gives NULL, or the
 * reason in words, for the end of "FILE: cannot be written: ".
 */
#ifndef COMMON_PUBLISH_H
#define COMMON_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>

/* All of it, whatever the number of write() calls; -1 with errno. */
int write_all(int fd, const void *bytes, size_t size);

const char *publish(const char *path, const void *bytes, size_t size);

/* Whether publish() would do it now, as far as that can be known; nothing is left of the trial. */
const char *publish_try(const char *path);

/* A file of the same file system, written by somebody else, gets its place. */
const char *publish_file(const char *from, const char *path);

/* It is written in place: a pipe, a device, a descriptor. */
bool publish_in_place(const char *path);

/* What a command reads is never what it writes over. */
void publish_note_input(int fd);

/* A descriptor is closed and buffers are in the file, or -1 with errno. */
int sync_and_close(int fd);

#endif
