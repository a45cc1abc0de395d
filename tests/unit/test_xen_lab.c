/* The user's files for Xen's host in the lab: what is a hypervisor, what is a kernel; and what a Xen that died said. */
#include "console.h"
#include "runner/machine/lab_kernel.h"
#include "runner/hypervisor/xen_image.h"
#include "runner/hypervisor/xen_recipe.h"

#include <elf.h>
#include <jansson.h>
#include <unistd.h>
#include <zlib.h>

static char folder[] = "/tmp/pvbench-test-XXXXXX";

static void put(const char *name, const void *bytes, size_t size)
{
    struct pvb_error e;
    char *path = path_of("%s/%s", folder, name);
    unlink(path);
    assert_int_equal(write_new_file(path, bytes, size, &e), 0);
    free(path);
}

/* "": good. */
static void xen(const void *bytes, size_t size, const char *words)
{
    struct pvb_error e = {""};
    struct blob b = {0};
    char hash[SHA256_HEX], expected[SHA256_HEX];
    char *path = path_of("%s/x", folder);
    put("x", bytes, size);
    int bad = xen_image_read(&b, path, hash, &e);
    if (bad != (*words ? -1 : 0) || !strstr(e.text, words) || (*words && !strstr(e.text, "xen.gz")))
        fail_msg("%s: expected %s", e.text, words);
    if (!bad) {
        assert_memory_equal(b.bytes, ELFMAG, SELFMAG);
        sha256_hex(bytes, size, expected);
        assert_string_equal(hash, expected);
    }
    blob_free(&b);
    free(path);
}

static size_t gzip(uint8_t *into, size_t room, const void *bytes, size_t size)
{
    z_stream z = {.next_in = (Bytef *)bytes, .avail_in = (uInt)size, .next_out = into, .avail_out = (uInt)room};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

static void hypervisors_of_the_user(void **state)
{
    (void)state;
    static uint8_t image[100000], packed[100000];
    const uint32_t magic = 0x1badb002;
    memcpy(image, ELFMAG, SELFMAG); /* NOLINT(bugprone-not-null-terminated-result): a magic number is no string */
    image[EI_CLASS] = ELFCLASS32;
    xen(image, sizeof(image), "no multiboot header");
    memcpy(image + 8192, &magic, sizeof(magic));
    xen(image, sizeof(image), "no multiboot header");
    memcpy(image + 136, &magic, sizeof(magic));
    xen(image, sizeof(image), "");
    size_t n = gzip(packed, sizeof(packed), image, sizeof(image));
    xen(packed, n, "");
    xen(packed, n - 1, "damaged");
    xen(packed, 3, "damaged");
    packed[n / 2] ^= 0xff;
    xen(packed, n, "damaged");
    xen(packed, gzip(packed, sizeof(packed), "a text", 6), "is no ELF file");
    image[EI_CLASS] = ELFCLASS64;
    xen(image, sizeof(image), "64-bit ELF");
    xen("MZ", 2, "EFI");
    xen("", 0, "is no ELF file");
}

/* A few kilobytes that unpack to more than any Xen has. */
static void a_bomb(void **state)
{
    (void)state;
    const size_t size = 300u << 20, room = 1u << 20;
    uint8_t *zeros = calloc(1, size), *packed = malloc(room);
    assert_non_null(zeros);
    assert_non_null(packed);
    xen(packed, gzip(packed, room, zeros, size), "damaged");
    free(zeros);
    free(packed);
}

static void kernel(const void *bytes, size_t size, bool good)
{
    struct pvb_error e = {""};
    struct blob b = {(uint8_t *)bytes, size};
    assert_int_equal(lab_kernel_check(&b, "FILE", &e), good ? 0 : -1);
    if (!good)
        assert_string_equal(e.text, "FILE: is no kernel for x86-64; give a vmlinux (ELF) or a bzImage");
}

static void kernels_of_the_user(void **state)
{
    (void)state;
    uint8_t image[0x300] = {0};
    Elf64_Ehdr head = {.e_machine = EM_X86_64, .e_phnum = 3};
    memcpy(head.e_ident, ELFMAG, SELFMAG);
    head.e_ident[EI_CLASS] = ELFCLASS64;
    kernel(&head, sizeof(head), true);
    kernel(&head, sizeof(head) - 1, false);
    head.e_machine = EM_AARCH64;
    kernel(&head, sizeof(head), false);
    kernel(image, sizeof(image), false);
    memcpy(image + 0x202, "HdrS", 4); /* NOLINT(bugprone-not-null-terminated-result) */
    kernel(image, sizeof(image), true);
    kernel(image, 0x206, false);
}

static void words(const char *log, const char *expected)
{
    char into[80] = "before", *path = path_of("%s/xen.log", folder);
    put("xen.log", log, strlen(log));
    xen_last_words(path, into, sizeof(into));
    free(path);
    assert_string_equal(into, expected);
}

static void last_words(void **state)
{
    (void)state;
    words("(XEN) ****\n(XEN) Panic on CPU 0:\n(XEN) Could not construct domain 0\n(XEN) ***\n(XEN) \n(XEN) Reboot in "
          "five\n",
          "Xen panicked: Could not construct domain 0");
    words("(XEN) [2026-01-01] Panic on CPU 0:\r\n(XEN) [2026-01-01] no memory\r\n", "Xen panicked: no memory");
    words("(XEN) x\n[    0.1] Kernel panic - not syncing: VFS\n[    0.2] CPU: 0\n", "Kernel panic - not syncing: VFS");
    words("(XEN) one\n(XEN) two\n(XEN)\n\n", "two");
    words("", "its console said nothing");
    words("(XEN) Panic on CPU 0:\n", "its console said nothing");
    /* A console may say anything, at any length. */
    char *hostile = malloc(100001);
    memset(hostile, '[', 100000);
    hostile[100000] = 0;
    char into[80], *path = path_of("%s/xen.log", folder);
    put("xen.log", hostile, 100000);
    xen_last_words(path, into, sizeof(into));
    free(path);
    assert_true(strlen(into) < sizeof(into));
    free(hostile);
}

static void protections_are(const char *log, const char *expected)
{
    char *path = path_of("%s/log", folder);
    put("log", log, strlen(log));
    json_t *all = xen_protections(path);
    char *text = json_dumps(all, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
    json_decref(all);
    free(path);
}

/* What Xen says of how it protects itself: as it is on its console, with moments before it, or with nonsense in it. */
static void protections(void **state)
{
    (void)state;
    char many[4000] = "(XEN) Speculative mitigation facilities:\n";
    protections_are("", "{}");
    protections_are("(XEN) Xen version 4.17\r\n(XEN) Speculative mitigation facilities:\r\n(XEN)   Hardware hints:\r\n"
                    "(XEN)   Xen settings: BTI-Thunk: RETPOLINE, Other: DIV\r\n(XEN)   Support for PV VMs: RSB\r\n"
                    "(XEN) Using scheduler: credit2\r\n(XEN)   Not: this\r\n",
                    "{\"Xen settings\":\"BTI-Thunk: RETPOLINE, Other: DIV\",\"Support for PV VMs\":\"RSB\"}");
    protections_are("(XEN) [    0.5] Speculative mitigation facilities:\n(XEN) [    0.5]   XPTI: Dom0 enabled\n",
                    "{\"XPTI\":\"Dom0 enabled\"}");
    protections_are("(XEN) Speculative mitigation facilities:\n(XEN)   \x1b[31m\xff: \x9b\n(XEN) [\n",
                    "{\"?[31m?\":\"?\"}");
    for (int i = 0; i < 100; i++)
        snprintf(many + strlen(many), sizeof(many) - strlen(many), "(XEN)   a%d: b\n", i);
    char *path = path_of("%s/log", folder);
    put("log", many, strlen(many));
    json_t *all = xen_protections(path);
    assert_int_equal(json_object_size(all), 32);
    json_decref(all);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hypervisors_of_the_user),
        cmocka_unit_test(a_bomb),
        cmocka_unit_test(kernels_of_the_user),
        cmocka_unit_test(last_words),
        cmocka_unit_test(protections),
    };
    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove_tree(folder);
    return failed;
}
