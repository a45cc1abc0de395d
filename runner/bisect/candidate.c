/* candidate.c: builds with a command of the user's or our own, measures with pvbench itself; candidate.h says why. */
#include "runner/bisect/candidate.h"
#include "common/patience.h"
#include "common/text.h"
#include "runner/bisect/child.h"
#include "runner/common/files.h"
#include "runner/session/session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN_SECONDS 7200
#define WORDS_MAX   80
#define RESULT_MAX  (64u << 20)

/* Of Xen without its developers' checks, as a release is built: else a commit that turns them on or off is what is
 * found. */
#define BUILD_XEN                                                                                                      \
    "printf '# CONFIG_DEBUG is not set\n' >xen/.config && make -C xen olddefconfig && make -C xen -j$(nproc)"

/*
 * Of Linux what the lab's host needs and no more, all of it built in, since it has no modules of this kernel and no
 * disk: from nothing a tenth of what x86_64_defconfig takes. The lines: the processor and the machine; the first
 * process and its archive, devices and file systems; what QEMU and pvbench call; the virtual machine monitor and its
 * back ends; probes, with the types of what they look at; as distributions compile.
 */
#define BUILD_LINUX                                                                                                    \
    "make tinyconfig && scripts/config"                                                                                \
    " -e 64BIT -e SMP -e ACPI -e PCI -e HYPERVISOR_GUEST -e PARAVIRT -e PVH -e KVM_GUEST -e X86_IOPL_IOPERM"           \
    " -e PRINTK -e TTY -e SERIAL_8250 -e SERIAL_8250_CONSOLE -e BLK_DEV_INITRD -e BINFMT_ELF -e BINFMT_SCRIPT"         \
    " -e MULTIUSER -e PROC_FS -e PROC_SYSCTL -e SYSFS -e DEVTMPFS -e SHMEM -e TMPFS -e MODULES"                        \
    " -e MEMFD_CREATE -e FUTEX -e EPOLL -e SIGNALFD -e TIMERFD -e EVENTFD -e AIO -e ADVISE_SYSCALLS -e MEMBARRIER"     \
    " -e FILE_LOCKING -e POSIX_TIMERS -e HIGH_RES_TIMERS -e NO_HZ_IDLE -e RSEQ -e NET -e UNIX -e INET"                 \
    " -e VIRTUALIZATION -e KVM -e KVM_AMD -e NETDEVICES -e NET_CORE -e TUN -e VHOST_MENU -e VHOST_NET"                 \
    " -e KALLSYMS -e KALLSYMS_ALL -e DEBUG_KERNEL -e DEBUG_FS -e FTRACE -e KPROBES -e KPROBE_EVENTS -e UPROBE_EVENTS"  \
    " -e PERF_EVENTS -e BPF_SYSCALL -e BPF_EVENTS -e DEBUG_INFO_DWARF5 -e DEBUG_INFO_BTF"                              \
    " -e KERNEL_GZIP -d KERNEL_XZ -e CC_OPTIMIZE_FOR_PERFORMANCE -d CC_OPTIMIZE_FOR_SIZE"                              \
    " && make olddefconfig && make -j$(nproc) bzImage"

const struct product_kind product_kinds[] = {
    {"pvbench", "hypervisor-harness/minivisor", "make -j$(nproc) images", "build/", NULL},
    {"Xen", "xen/include/public/xen.h", BUILD_XEN, "xen/xen.gz", "--xen"},
    {"Linux", "arch/x86/kvm/svm/svm.c", BUILD_LINUX, "arch/x86/boot/bzImage", "--kernel"},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct product_kind *product_kind_of(const char *tree)
{
    for (const struct product_kind *k = product_kinds; k->name; k++) {
        char *mark = path_of("%s/%s", tree, k->mark);
        const bool there = access(mark, F_OK) == 0;
        free(mark);
        if (there)
            return k;
    }
    return NULL;
}

/* --- what decides a number beside the build ------------------------------------------ */

static void add_file(char **text, const char *folder, const char *name)
{
    struct blob file;
    struct pvb_error ignored;
    char *path = path_of("%s/%s", folder, name), *longer;
    if (blob_read(&file, path, 1 << 20, &ignored) == 0) {
        longer = path_of("%s%s: %s\n", *text, name, (char *)file.bytes);
        free(*text);
        *text = longer;
        blob_free(&file);
    }
    free(path);
}

int candidates_open(struct candidates *all, struct pvb_error *e)
{
    const char *emulator = getenv("PVBENCH_QEMU");
    char hash[SHA256_HEX], *inside = path_of("%s/.", all->cache);
    char *text = path_of("%s|%s|%s|%s|%s|%s/%lld|%s|%s\n", PVB_VERSION, all->build, all->product,
                         all->modules ? all->modules : "", all->metric->key, all->metric->workload,
                         (long long)all->metric->parameter, all->suite, emulator ? emulator : "");
    add_file(&text, all->images, "workloads.sha256");
    add_file(&text, all->images, "revision");
    sha256_hex(text, strlen(text), hash);
    text_format(all->key, sizeof(all->key), "%.16s", hash);
    free(text);
    int bad = make_parents(inside, e);
    free(inside);
    return bad;
}

/* --- the folder of results -------------------------------------------------------------- */

static int read_value(const struct candidates *all, struct candidate *c, struct pvb_error *e)
{
    json_t *document = json_load_file(c->result, JSON_REJECT_DUPLICATES, NULL);
    int bad = document ? metric_value(all->metric, document, &c->value, e) : pvb_fail(e, "%s: is no result", c->result);
    json_decref(document);
    return bad;
}

/* A tree's name stands for the build that it gave: several trees may give one. */
static char *link_path(const struct candidates *all, const char *tree_hash)
{
    return path_of("%s/%s-%s.tree", all->cache, tree_hash, all->key);
}

static bool is_build_name(const char *name)
{
    return strlen(name) == 16 && strspn(name, "0123456789abcdef") == 16;
}

static void set_result(const struct candidates *all, const char *build, struct candidate *c)
{
    text_format(c->build, sizeof(c->build), "%s", build);
    snprintf(c->result, sizeof(c->result), "%s/%s-%s.json", all->cache, build, all->key);
}

int candidate_of_build(const struct candidates *all, const char *build, struct candidate *c, struct pvb_error *e)
{
    if (!is_build_name(build))
        return pvb_fail(e, "%.40s: is no name of a build", build);
    set_result(all, build, c);
    return read_value(all, c, e);
}

bool candidate_find(const struct candidates *all, const char *tree_hash, struct candidate *c)
{
    char build[32] = "", *path = link_path(all, tree_hash);
    struct pvb_error ignored;
    FILE *in = fopen(path, "re");
    free(path);
    if (!in)
        return false;
    const bool read = fscanf(in, "%16s", build) == 1;
    fclose(in);
    set_result(all, build, c);
    c->cached = read && is_build_name(build) && read_value(all, c, &ignored) == 0;
    return c->cached;
}

static void remember(const struct candidates *all, const char *tree_hash, const char *build)
{
    char *path = link_path(all, tree_hash), *line = path_of("%s\n", build);
    publish(path, line, strlen(line)); /* else it is built once more */
    free(path);
    free(line);
}

/* --- building ------------------------------------------------------------------------------ */

static char *product_path(const struct candidates *all)
{
    return path_of("%s/%s", all->tree, all->product);
}

/* What an earlier commit left is not measured in the place of one that does not build. */
static void take_away(const char *product)
{
    struct stat st;
    if (lstat(product, &st) == 0 && S_ISREG(st.st_mode))
        unlink(product);
}

/* 0; 1: it does not build; -1. */
static int build(const struct candidates *all, const char *product, struct pvb_error *e)
{
    struct pvb_error why = {""};
    char shell[] = "sh", dash_c[] = "-c", words[300], *log = path_of("%s/build.log", all->work);
    char *command = path_of("%s", all->build), *argv[] = {shell, dash_c, command, NULL}, *elf = NULL;
    const struct child_order order = {argv, all->tree, log, all->deadline_s};
    /* Of a folder it is the hypervisor in it. */
    elf = product[strlen(product) - 1] == '/' ? path_of("%sminivisor.elf", product) : path_of("%s", product);
    take_away(elf);
    int status = child_run(&order, NULL, &why);
    child_last_words(log, words, sizeof(words));
    if (status > 0)
        pvb_fail(e, "does not build: status %d%s%s", status, *words ? ": " : "", words);
    else if (status == 0 && access(elf, R_OK))
        status = pvb_fail(e, "%s: was not built; name what your command builds with --product", elf);
    else if (status < 0)
        pvb_fail(e, "the build: %s", why.text);
    free(command);
    free(elf);
    free(log);
    return status < 0 ? -1 : status > 0;
}

/* The name of what was built: its hash. */
static int hash_product(const char *product, char name[17], struct pvb_error *e)
{
    static const char *const parts[] = {"minivisor.elf", "guest-pv.elf", "guest-hvm.elf"};
    const bool folder = product[strlen(product) - 1] == '/';
    char all[3 * SHA256_HEX] = "", hash[SHA256_HEX];
    for (size_t i = 0; i < (folder ? 3 : 1); i++) {
        struct blob file;
        char *path = folder ? path_of("%s%s", product, parts[i]) : path_of("%s", product);
        const bool optional = i > 0 && access(path, F_OK) != 0;
        int bad = optional ? 0 : blob_read(&file, path, RESULT_MAX, e);
        free(path);
        if (bad)
            return -1;
        if (optional)
            continue;
        sha256_hex(file.bytes, file.size, hash);
        strncat(all, hash, sizeof(all) - strlen(all) - 1);
        blob_free(&file);
    }
    sha256_hex(all, strlen(all), hash);
    text_format(name, 17, "%.16s", hash);
    return 0;
}

/* --- measuring ---------------------------------------------------------------------------------- */

static void link_images(const char *from, const char *const *names, const char *into)
{
    for (; *names; names++) {
        char *target = path_of("%s/%s", from, *names), *place = path_of("%s/%s", into, *names);
        if (access(target, F_OK) == 0 && symlink(target, place) && errno != EEXIST)
            fprintf(stderr, "pvbench: %s: cannot be created: %s\n", place, strerror(errno));
        free(target);
        free(place);
    }
}

/* A folder of images with this hypervisor in it: what the build does not bring is pvbench's own. To be freed. */
static char *images_with(const struct candidates *all, const char *product, struct pvb_error *e)
{
    static const char *const hypervisor[] = {"minivisor.elf", NULL};
    static const char *const guests[] = {"guest-pv.elf", "guest-hvm.elf", "workloads.sha256", "revision", NULL};
    struct stat st;
    char *folder = path_of("%s/images", all->work), *real = realpath(product, NULL);
    if (!real || stat(real, &st) || remove_tree(folder) || mkdir(folder, 0777)) {
        pvb_fail(e, "%s: cannot be used: %s", real ? folder : product, strerror(errno));
        free(real);
        free(folder);
        return NULL;
    }
    if (S_ISDIR(st.st_mode)) {
        link_images(real, hypervisor, folder);
        link_images(real, guests, folder);
    } else {
        char *place = path_of("%s/minivisor.elf", folder);
        if (symlink(real, place))
            fprintf(stderr, "pvbench: %s: cannot be created: %s\n", place, strerror(errno));
        free(place);
    }
    link_images(all->images, guests, folder);
    free(real);
    return folder;
}

struct run_words {
    char *word[WORDS_MAX], *owned[WORDS_MAX];
    size_t words, owneds;
};

static void add(struct run_words *w, const char *word)
{
    if (w->words < WORDS_MAX - 1)
        w->word[w->words++] = (char *)word;
}

static void add_owned(struct run_words *w, char *word)
{
    w->owned[w->owneds++] = word;
    add(w, word);
}

static void choose(struct run_words *w, const struct candidates *all, const char *product, const char *result)
{
    const struct metric *m = all->metric;
    add_owned(w, path_of("--hypervisor=%s", m->hypervisor));
    if (*m->mode)
        add_owned(w, path_of("--mode=%s", m->mode));
    if (*m->devices)
        add_owned(w, path_of("--devices=%s", m->devices));
    if (*m->workload)
        add_owned(w, path_of("--workload=%s", m->workload));
    add_owned(w, path_of("--output=%s", result));
    if (all->kind && all->kind->option)
        add_owned(w, path_of("%s=%s", all->kind->option, product));
    if (all->modules)
        add_owned(w, path_of("--modules=%s", all->modules));
    add(w, "--explain");
    add(w, "--force");
    add(w, "--quiet");
}

int candidate_measure(const struct candidates *all, const char *product, const char *result, char *const *more,
                      struct pvb_error *e)
{
    struct run_words w = {.words = 0};
    char self[PATH_MAX] = "", words[300], *log = path_of("%s/run.log", all->work), *images = NULL;
    if (readlink("/proc/self/exe", self, sizeof(self) - 1) <= 0)
        return pvb_fail(e, "/proc/self/exe: cannot be read; mount /proc");
    if ((!all->kind || !all->kind->option) && !(images = images_with(all, product, e)))
        return -1;
    add(&w, self);
    add(&w, "run");
    choose(&w, all, product, result);
    for (; more && *more; more++)
        add(&w, *more);
    add(&w, all->suite);
    if (images)
        setenv("PVBENCH_IMAGES", images, 1);
    /* The consoles of what does not boot are of no use to anybody. */
    setenv("TMPDIR", all->work, 1);
    const struct child_order order = {w.word, ".", log, RUN_SECONDS};
    int status = child_run(&order, NULL, e);
    setenv("PVBENCH_IMAGES", all->images, 1);
    child_last_words(log, words, sizeof(words));
    if (status > 0)
        pvb_fail(e, "%s", *words ? words : "pvbench run failed and said nothing");
    for (size_t i = 0; i < w.owneds; i++)
        free(w.owned[i]);
    free(images);
    free(log);
    return status < 0 ? -1 : status > 0;
}

/* --- one boot a build, whoever has built it --------------------------------------------------- */

/*
 * A byte of one file stands for a build: who holds it measures. It is given back when its holder ends, however that
 * is, and by the computers of a network file system to each other. -1: nobody can be asked, and the worst is a boot
 * more.
 */
static int hold(const struct candidates *all, const char *build, struct pvb_error *e)
{
    char *path = path_of("%s/lock", all->cache);
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    struct flock byte = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    byte.l_start = (off_t)(strtoull(build, NULL, 16) >> 2);
    const long long limit = now_ms() + RUN_SECONDS * 1000LL;
    while (fd >= 0 && fcntl(fd, F_OFD_SETLK, &byte) && (errno == EAGAIN || errno == EACCES)) {
        if (session_signal || now_ms() > limit) {
            close(fd);
            pvb_fail(e, session_signal ? "interrupted" : "%s: is held by another pvbench for more than %d s", path,
                     RUN_SECONDS);
            free(path);
            return -2;
        }
        child_pause(100);
    }
    free(path);
    return fd;
}

static int measure_once(const struct candidates *all, const char *product, const char *build, struct candidate *c,
                        struct pvb_error *e)
{
    const int held = hold(all, build, e);
    if (held < -1)
        return -1;
    set_result(all, build, c);
    c->cached = read_value(all, c, e) == 0;
    int bad = c->cached ? 0 : candidate_measure(all, product, c->result, NULL, e);
    if (held >= 0)
        close(held);
    return bad ? bad : read_value(all, c, e) ? 1 : 0;
}

int candidate_make(const struct candidates *all, const char *tree_hash, struct candidate *c, struct pvb_error *e)
{
    char name[17], *product = product_path(all);
    int bad = build(all, product, e);
    if (!bad)
        bad = hash_product(product, name, e);
    if (!bad)
        bad = measure_once(all, product, name, c, e);
    free(product);
    if (!bad)
        remember(all, tree_hash, name);
    return bad;
}
