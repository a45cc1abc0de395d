/*
 * xen_image.c: xen.gz or xen of a build of Xen. The lab's emulator starts it
 * by the Multiboot Specification (version 1, sections 3.1.1, 3.1.2) as a 32-bit ELF
 * file; it unpacks nothing, and says of other files little that helps.
 */
#include "runner/hypervisor/xen_image.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define FILE_MAX         (1u << 28)
#define MULTIBOOT_MAGIC  0x1badb002u
#define MULTIBOOT_WITHIN 8192u

/* The bytes of `packed` unpacked; more than FILE_MAX of them are no Xen. */
static int inflate_all(struct blob *b, z_stream *z)
{
    int state = Z_OK;
    size_t room = 0;
    while (state == Z_OK || (state == Z_BUF_ERROR && z->avail_out == 0)) {
        if (b->size == room) {
            room = room ? 2 * room : 1u << 22;
            uint8_t *more = room <= FILE_MAX ? realloc(b->bytes, room + 1) : NULL;
            if (!more)
                return -1;
            b->bytes = more;
        }
        z->next_out = b->bytes + b->size;
        z->avail_out = (uInt)(room - b->size);
        state = inflate(z, Z_NO_FLUSH);
        b->size = room - z->avail_out;
    }
    if (state != Z_STREAM_END)
        return -1;
    b->bytes[b->size] = 0;
    return 0;
}

static int unpack(struct blob *b, const struct blob *packed)
{
    const int gzip_alone = 15 + 16;
    z_stream z = {.next_in = packed->bytes, .avail_in = (uInt)packed->size};
    *b = (struct blob){0};
    if (inflateInit2(&z, gzip_alone) != Z_OK)
        return -1;
    int bad = inflate_all(b, &z);
    inflateEnd(&z);
    return bad;
}

/* NULL when it can be started. */
static const char *fault_of(const struct blob *b)
{
    uint32_t word;
    if (b->size >= 2 && memcmp(b->bytes, "MZ", 2) == 0)
        return "is for EFI firmware, which the lab has not";
    if (b->size < sizeof(Elf32_Ehdr) || memcmp(b->bytes, ELFMAG, SELFMAG) != 0)
        return "is no ELF file";
    if (b->bytes[EI_CLASS] != ELFCLASS32)
        return "is a 64-bit ELF file, which no multiboot loader starts";
    for (size_t at = 0; at + sizeof(word) <= b->size && at < MULTIBOOT_WITHIN; at += sizeof(word)) {
        memcpy(&word, b->bytes + at, sizeof(word));
        if (word == MULTIBOOT_MAGIC)
            return NULL;
    }
    return "has no multiboot header";
}

int xen_image_read(struct blob *b, const char *path, char sha256[SHA256_HEX], struct pvb_error *e)
{
    const char *fault = NULL;
    if (blob_read(b, path, FILE_MAX, e))
        return -1;
    sha256_hex(b->bytes, b->size, sha256);
    if (b->size > 2 && b->bytes[0] == 0x1f && b->bytes[1] == 0x8b) {
        struct blob packed = *b;
        if (unpack(b, &packed))
            fault = "is damaged: gzip cannot unpack it whole";
        blob_free(&packed);
    }
    fault = fault ? fault : fault_of(b);
    if (!fault)
        return 0;
    blob_free(b);
    return pvb_fail(e, "%s: %s; give xen.gz or xen of a build of Xen", path, fault);
}
