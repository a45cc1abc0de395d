/* files.c: small services around files; every failure names file and cause. */
#include "runner/common/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sha256.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int blob_read(struct blob *b, const char *path, size_t max, struct pvb_error *e)
{
    *b = (struct blob){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd >= 0)
        publish_note_input(fd);
    if (fd < 0)
        return pvb_fail(e, "%s: cannot be read: %s", path, strerror(errno));
    if (fstat(fd, &st) || S_ISDIR(st.st_mode)) {
        close(fd);
        return pvb_fail(e, "%s: is a directory, not a file", path);
    }
    /* Sizes of pipes and of files that grow are not known beforehand. */
    size_t room = 65536;
    for (;;) {
        uint8_t *bytes = realloc(b->bytes, room + 1);
        if (!bytes) {
            pvb_fail(e, "%s: out of memory", path);
            break;
        }
        b->bytes = bytes;
        ssize_t n = read(fd, b->bytes + b->size, room - b->size);
        if (n == 0) {
            b->bytes[b->size] = 0;
            close(fd);
            return 0;
        }
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            pvb_fail(e, "%s: cannot be read: %s", path, strerror(errno));
            break;
        }
        b->size += (size_t)n;
        if (b->size > max) {
            pvb_fail(e, "%s: is larger than %zu bytes", path, max);
            break;
        }
        if (b->size == room)
            room *= 2;
    }
    close(fd);
    blob_free(b);
    return -1;
}

const void *blob_piece(const struct blob *b, uint64_t offset, uint64_t size)
{
    return offset > b->size || size > b->size - offset ? NULL : b->bytes + offset;
}

void blob_free(struct blob *b)
{
    free(b->bytes);
    *b = (struct blob){0};
}

void sha256_hex(const void *bytes, size_t size, char hex[SHA256_HEX])
{
    SHA256Data(bytes, size, hex);
}

void sha256_hex_blobs(const struct blob *blobs, size_t count, char hex[SHA256_HEX])
{
    SHA2_CTX context;
    SHA256Init(&context);
    for (size_t i = 0; i < count; i++)
        SHA256Update(&context, blobs[i].bytes, blobs[i].size);
    SHA256End(&context, hex);
}

int write_new_file(const char *path, const void *bytes, size_t size, struct pvb_error *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return pvb_fail(e, "%s: cannot be created: %s", path, strerror(errno));
    if (write_all(fd, bytes, size)) {
        int saved = errno;
        close(fd);
        return pvb_fail(e, "%s: cannot be written: %s", path, strerror(saved));
    }
    if (close(fd))
        return pvb_fail(e, "%s: cannot be written: %s", path, strerror(errno));
    return 0;
}

int make_parents(const char *path, struct pvb_error *e)
{
    char *copy = path_of("%s", path);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(copy, 0777) && errno != EEXIST) {
            pvb_fail(e, "%s: cannot be created: %s", copy, strerror(errno));
            free(copy);
            return -1;
        }
        *slash = '/';
    }
    free(copy);
    return 0;
}

char *path_of(const char *format, ...)
{
    char *path;
    va_list args;
    va_start(args, format);
    if (vasprintf(&path, format, args) < 0) {
        fputs("pvbench: out of memory\n", stderr);
        exit(1);
    }
    va_end(args);
    return path;
}
