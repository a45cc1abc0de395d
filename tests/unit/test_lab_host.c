/* Hosts in the lab: their words, the verdicts, the boot in their result; archives and modules; KVM's verdicts. */
#include "console.h"
#include "runner/document/run_json.h"
#include "runner/hypervisor/kvm_calibrate.h"
#include "runner/machine/lab_host.h"

#include "hypervisor-harness/lab/cpio.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct pvb_param_workload asked[] = {{.name = "cpuid", .iterations = 2, .warmup = 0}};
static const struct identity identity = {.sha256 = "aa", .version = "6.1-host"};
static const struct image image = {.sha256 = "bb"};
static const struct boot_order order = {.setting = {"kvm", "lab", {{"bare", "hvm", 1}}, 1},
                                        .hypervisor = &hypervisor_kvm,
                                        .machine = &machine_lab,
                                        .identity = &identity,
                                        .image = &image,
                                        .workloads_sha256 = "cc"};

#define GOOD_RUN                                                                                                       \
    "J "                                                                                                               \
    "{\"runs\":[{\"machine\":\"host\",\"status\":\"ok\",\"benchmarks\":[{\"name\":\"cpuid\",\"status\":\"ok\",\"cost"  \
    "\":\nJ {\"unit\":\"cycles\",\"class\":\"noisy\",\"distribution\":[[1,2]]},\"unavailable\":{\"pmu\":\"x\"}}]}]}\n"

static void line(void *context, const char *text, size_t size, bool cut)
{
    enum speaker who = lab_host_listener.speaker(&text, &size);
    sources_line(context, who, text, size, cut);
}

static struct observation *hear(const char *text)
{
    struct observation *o = console_open(&lab_host_listener, "hvm", asked, 1);
    struct lines *lines = calloc(1, sizeof(*lines));
    lines->line = line;
    lines->context = o;
    lines_feed(lines, text, strlen(text));
    lines_finish(lines);
    free(lines);
    return o;
}

/* What the host said, how the emulator ended, and the verdict's words ("": good). */
static void verdict(const char *text, int exit_status, const char *words)
{
    char reason[PVB_REASON_SIZE] = "";
    struct observation *o = hear(text);
    enum status status = lab_host_listener.judge(o, exit_status, reason, sizeof(reason));
    if (status != (*words ? STATUS_ERROR : STATUS_OK) || !strstr(reason, words))
        fail_msg("%s: status %s, %s; expected %s", text, status_name(status), reason, words);
    observation_free(o);
}

static void verdicts_on_the_host(void **state)
{
    (void)state;
    const int good = 1 << 8;
    verdict("H start release=6.1\n" GOOD_RUN "H exit status=0\n", good, "");
    verdict("H start release=6.1\n" GOOD_RUN "H exit status=1\n", good, ""); /* the run says what was lost */
    verdict("", good, "ended with status 1 before the lab's host started");
    verdict("", 9, "died of signal 9 before the lab's host started");
    verdict("H start release=6.1\nJ {\n", 9, "died of signal 9");
    verdict("H start release=6.1\n", 0, "stopped before its end");
    verdict("H start release=6.1\nH error reason=/work/x.ko: No such file\n", 3 << 8,
            "gave up: /work/x.ko: No such file");
    verdict("H start release=6.1\nE pvbench: /dev/kvm: no\nE \nH exit status=1\n", good,
            "ended with status 1: pvbench: /dev/kvm: no");
    verdict("H start release=6.1\nH exit status=1\n", good, "it said nothing");
    verdict("H start release=6.1\nH exit status=-1\n", good, "malformed");
    verdict("H start\nH exit status=1\n", good, "before the lab's host started");
    verdict("H start release=6.1\nH what\n", good, "malformed");
    verdict("G H start release=6.1\nx\n\n \nHH\n", good, "before the lab's host started");
}

static void the_boot_in_the_result(void **state)
{
    (void)state;
    struct observation *o = hear("H start release=6.1-lab\n" GOOD_RUN "H exit status=0\n");
    json_t *run = run_json(&order, o, STATUS_OK, "");
    json_t *hypervisor = json_object_get(run, "hypervisor");
    json_t *bench = json_array_get(json_object_get(run, "benchmarks"), 0), *cost = json_object_get(bench, "cost");
    assert_string_equal(json_string_value(json_object_get(run, "machine")), "lab");
    assert_null(json_object_get(run, "host"));
    assert_non_null(json_object_get(run, "lab"));
    assert_string_equal(json_string_value(json_object_get(hypervisor, "version")), "6.1-lab");
    assert_string_equal(json_string_value(json_object_get(hypervisor, "sha256")), "aa");
    assert_string_equal(json_string_value(json_object_get(cost, "unit")), "instructions");
    assert_string_equal(json_string_value(json_object_get(cost, "class")), "exact");
    assert_string_equal(json_string_value(json_object_get(json_object_get(bench, "unavailable"), "pmu")),
                        "no hardware PMU in the lab");
    json_decref(run);
    observation_free(o);
}

/* Whatever the text is, there is a run or there is none. */
static void no_boot_in_the_result(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "J nonsense\n",
                                        "J []\n",
                                        "J {\"runs\":7}\n",
                                        "J {\"runs\":[]}\n",
                                        "J {\"runs\":[{}]}\n",
                                        "J {\"runs\":[{\"status\":\"ok\",\"benchmarks\":[]}]}\n",
                                        "J {\"runs\":[{\"status\":1,\"benchmarks\":[1]}]}\n",
                                        "J {\"runs\":[{\"status\":\"ok\"\n"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct observation *o = hear(texts[i]);
        assert_null(machine_lab.take(&order, o));
        observation_free(o);
    }
}

static void verdicts_on_the_guest(void **state)
{
    (void)state;
    char reason[PVB_REASON_SIZE];
    struct observation *o = observation_new("hvm", asked, 1);
    const int done = 1 << 8, panic = 3 << 8;
#define JUDGE(exit_status) hypervisor_kvm.listener.judge(o, exit_status, reason, sizeof(reason))
    assert_int_equal(JUDGE(1 << 8), STATUS_ERROR);
    assert_non_null(strstr(reason, "status 1 before the guest started"));
    assert_int_equal(JUDGE(9), STATUS_ERROR);
    o->started = true;
    assert_int_equal(JUDGE(9), STATUS_CRASHED);
    assert_non_null(strstr(reason, "QEMU died of signal 9"));
    assert_int_equal(JUDGE(0), STATUS_CRASHED);
    assert_non_null(strstr(reason, "reset"));
    assert_int_equal(JUDGE(done), STATUS_CRASHED);
    o->done = true;
    assert_int_equal(JUDGE(done), STATUS_OK);
    assert_int_equal(JUDGE(panic), STATUS_CRASHED);
    snprintf(o->fault, sizeof(o->fault), "a lie");
    assert_int_equal(JUDGE(done), STATUS_ERROR);
    snprintf(o->panic, sizeof(o->panic), "help");
    assert_int_equal(JUDGE(panic), STATUS_FAILED);
    observation_free(o);
}

static void the_speed_of_kvm(void **state)
{
    (void)state;
    struct pvb_error e = {""};
    assert_int_equal(kvm_judge_speed(120000, 100000, &e), 0);
    assert_int_equal(kvm_judge_speed(9900000, 100000, &e), 0);
    assert_int_equal(kvm_judge_speed(100000000, 100000, &e), -1);
    assert_non_null(strstr(e.text, "takes 1000 times as long"));
    assert_int_equal(kvm_judge_speed(5, 0, &e), 0);
}

static void archives(void **state)
{
    (void)state;
    char *text;
    size_t size;
    struct cpio c;
    FILE *out = open_memstream(&text, &size);
    cpio_begin(&c, out);
    assert_int_equal(cpio_folder(&c, "work"), 0);
    assert_int_equal(cpio_file(&c, "work/a", 1, "hello", 5), 0);
    assert_int_equal(cpio_link(&c, "b", "work/a"), 0);
    assert_int_equal(cpio_end(&c), 0);
    fclose(out);
    assert_int_equal(size, 512);
    assert_memory_equal(text,
                        "070701"
                        "00000001"         /* inode */
                        "000041ED"         /* folder, 0755 */
                        "0000000000000000" /* nobody's */
                        "00000002"
                        "00000000" /* no time */
                        "00000000",
                        62);
    assert_memory_equal(text + 110, "work\0", 6);
    assert_non_null(memmem(text, size, "TRAILER!!!", 11));
    free(text);
}

/* A file that begins as an ELF file does, and says what it depends on. */
static void write_module(const char *dir, const char *name, const char *depends)
{
    char path[256], bytes[256];
    int used = snprintf(bytes, sizeof(bytes), "\177ELF....license=GPL%cdepends=%s%cname=x", 0, depends, 0);
    FILE *f;
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, (size_t)used, f), used);
    fclose(f);
}

static void modules(void **state)
{
    (void)state;
    static const char *const wanted[] = {"kvm_amd", "kvm", NULL}, *const packed[] = {"packed", NULL},
                             *const circle[] = {"one", NULL}, *const none[] = {"elsewhere", NULL};
    char dir[] = "/tmp/pvbench-modules-XXXXXX", deep[64], why[256] = "", depends[64];
    struct modules m;
    assert_non_null(mkdtemp(dir));
    snprintf(deep, sizeof(deep), "%s/deep", dir);
    assert_int_equal(mkdir(deep, 0700), 0);
    write_module(deep, "kvm-amd.ko", "kvm,irqbypass");
    write_module(dir, "kvm.ko", "irqbypass");
    write_module(dir, "irqbypass.ko", "");
    write_module(dir, "packed.ko.xz", "");
    write_module(dir, "one.ko", "two");
    write_module(dir, "two.ko", "one");
    assert_int_equal(modules_load(&m, dir, wanted, why, sizeof(why)), 0);
    assert_int_equal(m.count, 3);
    assert_string_equal(m.module[0].name, "irqbypass");
    assert_string_equal(m.module[1].name, "kvm");
    assert_string_equal(m.module[2].name, "kvm_amd");
    modules_free(&m);
    assert_int_equal(modules_load(&m, dir, none, why, sizeof(why)), 0); /* built in */
    assert_int_equal(m.count, 0);
    assert_int_equal(modules_load(&m, dir, packed, why, sizeof(why)), -1);
    assert_non_null(strstr(why, "is compressed"));
    assert_int_equal(modules_load(&m, dir, circle, why, sizeof(why)), -1);
    assert_non_null(strstr(why, "depend on one another"));
    module_depends((const uint8_t *)"\0depends=abc", 12, depends, 3);
    assert_string_equal(depends, "ab");
    module_depends((const uint8_t *)"no such key", 11, depends, sizeof(depends));
    assert_string_equal(depends, "");
    remove_tree(dir);
    assert_int_equal(modules_load(&m, dir, wanted, why, sizeof(why)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_on_the_host),
        cmocka_unit_test(the_boot_in_the_result),
        cmocka_unit_test(no_boot_in_the_result),
        cmocka_unit_test(verdicts_on_the_guest),
        cmocka_unit_test(the_speed_of_kvm),
        cmocka_unit_test(archives),
        cmocka_unit_test(modules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
