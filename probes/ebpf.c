/* ebpf.c: may probes be loaded, and why not; ebpf.h says for whom. */
#include "probes/ebpf.h"

#include <bpf/libbpf.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool ebpf_has_rights(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    if (syscall(SYS_capget, &header, data))
        return geteuid() == 0;
    uint64_t effective = data[0].effective | (uint64_t)data[1].effective << 32;
    uint64_t both = 1ull << CAP_BPF | 1ull << CAP_PERFMON;
    return effective >> CAP_SYS_ADMIN & 1 || (effective & both) == both;
}

static bool locked_down(void)
{
    char text[128] = "";
    FILE *f = fopen("/sys/kernel/security/lockdown", "re");
    if (!f)
        return false;
    bool got = fgets(text, sizeof(text), f);
    fclose(f);
    return got && strstr(text, "[confidentiality]");
}

/* The kernel's own number of this file (linux/proc_fs.h, PROC_PID_INIT_INO) when processes have their true numbers. */
static bool has_other_numbers(void)
{
    struct stat st;
    return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino != 0xeffffffc;
}

bool ebpf_allowed(char *why, size_t why_size, char *mend, size_t mend_size)
{
    if (!ebpf_has_rights()) {
        snprintf(why, why_size, "eBPF needs root, or CAP_BPF and CAP_PERFMON");
        snprintf(mend, mend_size, "sudo pvbench …");
        return false;
    }
    if (locked_down()) {
        snprintf(why, why_size, "the kernel is locked down (confidentiality): eBPF may not read its memory");
        snprintf(mend, mend_size, "boot with lockdown=integrity or without Secure Boot");
        return false;
    }
    if (has_other_numbers()) {
        snprintf(why, why_size, "in this PID namespace processes have other numbers than the kernel's own");
        snprintf(mend, mend_size, "run it outside of the container, or with --pid=host");
        return false;
    }
    return true;
}

/* What libbpf said first, and the verifier last: the reason that goes into the one line. */
static char first_word[160], verdict[160];

/* The verifier's log ends with the instruction that it refused, why, and "processed …". */
static void take_verdict(const char *log)
{
    const char *end = strstr(log, "\nprocessed "), *line = end;
    while (line && line > log && line[-1] != '\n')
        line--;
    if (line)
        snprintf(verdict, sizeof(verdict), ": %.*s", (int)(end - line), line);
}

static int listen_to_libbpf(enum libbpf_print_level level, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static int listen_to_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
    char *text = NULL;
    if (level != LIBBPF_WARN || vasprintf(&text, format, args) < 0)
        return 0;
    if (strstr(text, "BEGIN PROG LOAD LOG"))
        take_verdict(text);
    else if (!first_word[0])
        snprintf(first_word, sizeof(first_word), ": %.*s", (int)strcspn(text, "\n"), text);
    free(text);
    return 0;
}

void ebpf_listen(void)
{
    first_word[0] = verdict[0] = 0;
    libbpf_set_print(listen_to_libbpf);
}

const char *ebpf_words(void)
{
    static char words[sizeof(first_word) + sizeof(verdict)];
    snprintf(words, sizeof(words), "%s%s", first_word, verdict);
    return words;
}
