/*
 * linux.c: a kernel of Linux, and an archive whose /init is the program of loads (workloads/linux/), its parameter
 * section filled; behind it, where a load wants them, an archive of Debian's programs.
 *
 * The same two files in every mode and on every hypervisor, and on all computers: the archive's bytes depend on names
 * and contents alone (hypervisor-harness/lab/cpio.h). By which mode a guest was started the kernel's command line says,
 * which is the hypervisor's (runner/hypervisor/linux_guest.h).
 */
#include "runner/carrier/carrier.h"
#include "runner/carrier/kernel.h"

#include "hypervisor-harness/lab/cpio.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (1u << 30)

/* A host in the lab is given the hash with the file: to make it there takes longer than the guest's start. */
static void hash_file(const struct blob *file, const char *folder, const char *name, char into[SHA256_HEX])
{
    struct pvb_error none;
    struct blob given;
    char *path = path_of("%s/%s", folder, name);
    const bool known = blob_read(&given, path, SHA256_HEX, &none) == 0;
    free(path);
    if (known && given.size >= SHA256_HEX - 1)
        snprintf(into, SHA256_HEX, "%.64s", (const char *)given.bytes);
    else
        sha256_hex(file->bytes, file->size, into);
    if (known)
        blob_free(&given);
}

/* Of the folder of images. */
static int read_built(struct blob *file, const char *path, struct pvb_error *e)
{
    if (blob_read(file, path, FILE_MAX, e) == 0)
        return 0;
    const size_t used = strlen(e->text);
    snprintf(e->text + used, sizeof(e->text) - used, "; build it with make lab-hosts");
    return -1;
}

static int load_kernel(struct image *image, const struct paths *paths, struct pvb_error *e)
{
    char *path = paths->guest_kernel ? path_of("%s", paths->guest_kernel) : path_of("%s/" GUEST_KERNEL, paths->images);
    const int bad =
        (paths->guest_kernel ? blob_read(&image->kernel, path, FILE_MAX, e) : read_built(&image->kernel, path, e)) ||
        kernel_trim(&image->kernel, path, e);
    free(path);
    if (!bad)
        hash_file(&image->kernel, paths->images, GUEST_KERNEL_SHA256, image->kernel_sha256);
    return bad ? -1 : 0;
}

static int load(struct image *image, const struct paths *paths, const char *name, struct pvb_error *e)
{
    char *path = path_of("%s/%s", paths->images, name);
    int bad = image_load(image, path, e);
    free(path);
    if (!bad && load_kernel(image, paths, e)) {
        image_free(image);
        bad = -1;
    }
    return bad;
}

static int equip(struct image *image, const struct paths *paths, unsigned needs, struct pvb_error *e)
{
    if (!(needs & PVB_NEEDS_PROGRAMS))
        return 0;
    char *path = path_of("%s/" GUEST_PROGRAMS, paths->images);
    const int bad = read_built(&image->programs, path, e);
    free(path);
    if (!bad)
        hash_file(&image->programs, paths->images, GUEST_PROGRAMS_SHA256, image->programs_sha256);
    return bad;
}

/* The kernel takes one archive behind another for one. */
static int put_archive(FILE *out, const struct image *init)
{
    struct cpio c;
    cpio_begin(&c, out);
    return cpio_file(&c, "init", 1, init->file.bytes, init->file.size) || cpio_end(&c) ||
           (init->programs.size && fwrite(init->programs.bytes, 1, init->programs.size, out) != init->programs.size);
}

static int write_archive(const struct image *init, const char *path, struct pvb_error *e)
{
    FILE *out = fopen(path, "wbxe");
    int bad = !out || put_archive(out, init), saved = errno;
    if (out && fclose(out) && !bad) {
        bad = 1;
        saved = errno;
    }
    return bad ? pvb_fail(e, "%s: cannot be written: %s", path, strerror(saved)) : 0;
}

static int write_guest(const struct image *image, const struct pvb_param_workload *workloads, unsigned count,
                       uint32_t flags, const char *dir, struct pvb_error *e)
{
    char *kernel = path_of("%s/" GUEST_FILE, dir), *archive = path_of("%s/" GUEST_ARCHIVE, dir);
    struct image filled;
    int bad = write_new_file(kernel, image->kernel.bytes, image->kernel.size, e) ||
              image_copy_filled(&filled, image, workloads, count, flags, e);
    if (!bad) {
        bad = write_archive(&filled, archive, e);
        free(filled.file.bytes);
    }
    free(kernel);
    free(archive);
    return bad ? -1 : 0;
}

const struct carrier carrier_linux = {
    .name = "linux", .image = "guest-linux.elf", .load = load, .equip = equip, .write = write_guest};
