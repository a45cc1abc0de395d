/* Guest images: good ones are filled in their parameter section only, damaged ones refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guest_image.h"
#include "runner/carrier/carrier.h"

#include <unistd.h>

/* Parses a copy of the first `size` bytes, in memory that ends where they end. */
static int parse(const struct guest_file *g, size_t size, struct pvb_error *e)
{
    struct image image = {.path = strdup("guest.elf")};
    image.file.bytes = malloc(size ? size : 1);
    image.file.size = size;
    memcpy(image.file.bytes, g, size);
    int result = image_parse(&image, e);
    image_free(&image);
    return result;
}

static void good_image(void **state)
{
    (void)state;
    struct pvb_error e = {""};
    struct guest_file *g = guest_file_new();
    struct image image = {.path = strdup("guest.elf"), .file = {(uint8_t *)g, sizeof(*g)}};
    assert_int_equal(image_parse(&image, &e), 0);
    assert_int_equal(image.names, 2);
    assert_true(image_has(&image, "walk"));
    assert_false(image_has(&image, "wal"));
    g->name[1].needs = PVB_NEEDS_PROGRAMS;
    assert_int_equal(image_needs(&image, "walk"), PVB_NEEDS_PROGRAMS);
    assert_int_equal(image_needs(&image, "empty"), 0);
    assert_int_equal(image_needs(&image, "wal"), 0);

    struct guest_file before = *g;
    const struct pvb_param_workload w[] = {{.name = "walk", .iterations = 5, .warmup = 1, .parameter = 9}};
    image_fill(&image, w, 1, 0);
    assert_int_equal(g->params.count, 1);
    assert_memory_equal(&g->params.workloads[0], &w[0], sizeof(w[0]));
    /* Nothing else was touched. */
    before.params = g->params;
    assert_memory_equal(&before, g, sizeof(before));
    image_free(&image);
}

/* Programs travel behind the first archive, as they are, and only where there are some. */
static void programs(void **state)
{
    (void)state;
    static const struct pvb_param_workload walk[] = {{.name = "walk", .iterations = 1}};
    char dir[] = "/tmp/pvbench-test-XXXXXX";
    struct pvb_error e = {""};
    struct image image = {.path = strdup("guest.elf"),
                          .file = {(uint8_t *)guest_file_new(), sizeof(struct guest_file)}};
    struct blob plain, with;
    assert_int_equal(image_parse(&image, &e), 0);
    assert_non_null(mkdtemp(dir));
    char *kernel = path_of("%s/" GUEST_FILE, dir), *archive = path_of("%s/" GUEST_ARCHIVE, dir);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(carrier_linux.write(&image, walk, 1, 0, dir, &e), 0);
        assert_int_equal(blob_read(i ? &with : &plain, archive, 1 << 20, &e), 0);
        assert_int_equal(unlink(kernel) | unlink(archive), 0);
        if (!i)
            image.programs = (struct blob){(uint8_t *)strdup("an archive"), 10};
    }
    assert_int_equal(rmdir(dir), 0);
    assert_int_equal(plain.size % 512, 0);
    assert_int_equal(with.size, plain.size + 10);
    assert_memory_equal(with.bytes, plain.bytes, plain.size);
    assert_memory_equal(with.bytes + plain.size, "an archive", 10);
    blob_free(&plain);
    blob_free(&with);
    free(kernel);
    free(archive);
    image_free(&image);
}

static void no_programs(void **state)
{
    (void)state;
    const struct paths paths = {.images = "no/such"};
    struct image image = {.path = NULL};
    struct pvb_error e = {""};
    assert_int_equal(carrier_linux.equip(&image, &paths, 0, &e), 0);
    assert_int_equal(image.programs.size, 0);
    assert_int_equal(carrier_linux.equip(&image, &paths, PVB_NEEDS_PROGRAMS, &e), -1);
    assert_non_null(strstr(e.text, "no/such/guest-programs.cpio: "));
    assert_non_null(strstr(e.text, "make lab-hosts"));
}

/* Wherever it is cut off: an error, in memory that the sanitizer watches. */
static void every_truncation(void **state)
{
    (void)state;
    struct guest_file *g = guest_file_new();
    for (size_t size = 0; size < sizeof(*g); size++) {
        struct pvb_error e = {""};
        if (parse(g, size, &e) != -1)
            fail_msg("cut off at %zu it was taken", size);
        assert_true(strncmp(e.text, "guest.elf: ", 11) == 0);
    }
    struct pvb_error e;
    assert_int_equal(parse(g, sizeof(*g), &e), 0);
    free(g);
}

#define REFUSED(change, word)                                                                                          \
    do {                                                                                                               \
        struct pvb_error e = {""};                                                                                     \
        struct guest_file *g = guest_file_new();                                                                       \
        change;                                                                                                        \
        if (parse(g, sizeof(*g), &e) != -1 || !strstr(e.text, word))                                                   \
            fail_msg("%s: %s", #change, e.text);                                                                       \
        free(g);                                                                                                       \
    } while (0)

static void damaged_images(void **state)
{
    (void)state;
    REFUSED(g->header.e_ident[0] = 0, "not an ELF file");
    REFUSED(g->header.e_ident[EI_CLASS] = ELFCLASS32, "x86-64");
    REFUSED(g->header.e_ident[EI_DATA] = ELFDATA2MSB, "x86-64");
    REFUSED(g->header.e_machine = EM_AARCH64, "x86-64");
    REFUSED(g->header.e_shnum = 0, "table of sections");
    REFUSED(g->header.e_shnum = 0xffff, "cut off");
    REFUSED(g->header.e_shentsize = 1, "table of sections");
    REFUSED(g->header.e_shstrndx = 99, "table of sections");
    REFUSED(g->header.e_shoff = UINT64_MAX, "cut off");
    REFUSED(g->header.e_shoff = UINT64_MAX - sizeof(Elf64_Shdr) * SECTION_COUNT + 1, "cut off");
    REFUSED(g->section[SECTION_STRINGS].sh_type = SHT_NOBITS, "section names");
    REFUSED(g->section[SECTION_STRINGS].sh_size = UINT64_MAX, "section names");
    REFUSED(g->section[SECTION_PARAMS].sh_name = UINT32_MAX, "no section .pvbench.params");
    REFUSED(g->section[SECTION_PARAMS].sh_offset = UINT64_MAX, "inside");
    REFUSED(g->section[SECTION_PARAMS].sh_offset = sizeof(*g) - 1, "inside");
    REFUSED(g->section[SECTION_PARAMS].sh_size = UINT64_MAX, "inside");
    REFUSED(g->section[SECTION_PARAMS].sh_size = 8, "too small");
    REFUSED(g->section[SECTION_PARAMS].sh_type = SHT_NOBITS, "inside");
    REFUSED(g->section[SECTION_NONE] = g->section[SECTION_PARAMS], "more than one");
    REFUSED(g->section[SECTION_NAMES].sh_size = 100, "odd size");
    REFUSED(g->section[SECTION_NAMES].sh_size = 0, "odd size");
    REFUSED(g->section[SECTION_NAMES].sh_name = 0, "no section .pvbench.names");
    REFUSED(g->section[SECTION_PARAMS].sh_offset = offsetof(struct guest_file, params) + 1, "magic");
    REFUSED(g->params.magic[0] = 'P', "magic");
    REFUSED(g->params.abi = 2, "version 2");
    REFUSED(g->params.size = 7, "7 bytes");
    REFUSED(g->params.count = 1, "filled");
    REFUSED(memset(g->name[1].name, 'a', PVB_NAME_SIZE), "malformed");
    REFUSED(memset(g->name[1].summary, 'a', PVB_SUMMARY_SIZE), "malformed");
    REFUSED(g->name[1].name[0] = 0, "malformed");
    REFUSED(strcpy(g->name[1].name, "a b"), "malformed");
    REFUSED(strcpy(g->name[1].summary, "a\x1b"), "malformed");
    REFUSED(memset(g->name[1].subsystem, 'a', PVB_SUBSYSTEM_SIZE), "malformed");
    REFUSED(strcpy(g->name[1].subsystem, "\x9b"), "malformed");
    REFUSED(strcpy(g->name[1].name, "empty"), "twice");
}

/* Parameters laid over the names would be written into them. */
static void overlap(void **state)
{
    (void)state;
    REFUSED(g->section[SECTION_NAMES].sh_offset = offsetof(struct guest_file, params.workloads);
            strcpy(g->params.workloads[0].name, "x");
            g->section[SECTION_NAMES].sh_size = sizeof(g->name[0]), "overlap");
}

static void missing_file(void **state)
{
    (void)state;
    struct image image;
    struct pvb_error e;
    assert_int_equal(image_load(&image, "no/such/guest.elf", &e), -1);
    assert_non_null(strstr(e.text, "make"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_image),  cmocka_unit_test(every_truncation), cmocka_unit_test(damaged_images),
        cmocka_unit_test(overlap),     cmocka_unit_test(missing_file),     cmocka_unit_test(programs),
        cmocka_unit_test(no_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
