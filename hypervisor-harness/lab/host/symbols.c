/*
 * symbols.c: see symbols.h. The kernel's table is /proc/kallsyms, with its modules'; Xen's is asked for symbol by
 * symbol (XENPF_get_symbol, xen/include/public/platform.h).
 */
#include "symbols.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <xen/platform.h>
#include <xen/sys/privcmd.h>

enum { LINE = 800, NAME_MAX_LENGTH = 400 };

static struct {
    void (*say)(const char *line);
    char text[LINE + 1], owner[64];
    size_t used;
    uint64_t address;
} line;

static void end_line(void)
{
    line.text[line.used] = 0;
    if (line.used)
        line.say(line.text);
    line.used = 0;
}

static void add_word(char mark, const char *word, size_t length)
{
    if (line.used + length + 2 > LINE)
        end_line();
    if (line.used)
        line.text[line.used++] = ' ';
    if (mark)
        line.text[line.used++] = mark;
    memcpy(line.text + line.used, word, length);
    line.used += length;
}

/* printf() would take a third of the time in which a host starts. */
static void add_number(uint64_t number)
{
    char digits[16];
    size_t at = sizeof(digits);
    do {
        digits[--at] = "0123456789abcdef"[number & 15];
        number >>= 4;
    } while (number);
    add_word('+', digits + at, sizeof(digits) - at);
}

static void add_symbol(uint64_t address, const char *name, size_t length, const char *owner, size_t owner_length)
{
    if (!length || length > NAME_MAX_LENGTH || *name == '+' || *name == '@' || owner_length >= sizeof(line.owner))
        return;
    if (strlen(line.owner) != owner_length || memcmp(line.owner, owner, owner_length) != 0) {
        memcpy(line.owner, owner, owner_length);
        line.owner[owner_length] = 0;
        add_word('@', owner, owner_length);
    }
    if (address != line.address)
        add_number(address - line.address);
    line.address = address;
    add_word(0, name, length);
}

static uint64_t take_number(const char **at)
{
    uint64_t number = 0;
    for (;; (*at)++) {
        const char c = **at;
        if (c >= '0' && c <= '9')
            number = number << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            number = number << 4 | (uint64_t)(c - 'a' + 10);
        else
            return number;
    }
}

/* "ffffffff81000000 T startup_64", and behind a tab "[kvm]" where it is a module's. */
static void take_line(const char *at)
{
    const uint64_t address = take_number(&at);
    const char type = *at ? at[1] : 0;
    if (!address || !type || !strchr("tTwW", type) || at[2] != ' ')
        return;
    const char *name = at + 3, *module = name + strcspn(name, "\t\n");
    const size_t length = (size_t)(module - name);
    if (module[0] == '\t' && module[1] == '[')
        add_symbol(address, name, length, module + 2, strcspn(module + 2, "]\n"));
    else
        add_symbol(address, name, length, "kernel", strlen("kernel"));
}

static void say_kernel(void)
{
    char text[1024];
    FILE *f = fopen("/proc/kallsyms", "re");
    while (f && fgets(text, sizeof(text), f))
        take_line(text);
    if (f)
        fclose(f);
}

/* One that is a function's; `number` goes on to the next. False: there is none. */
static int next_of_xen(int privcmd, uint32_t *number, char *name, uint32_t size, uint64_t *address, char *type)
{
    struct xen_platform_op op = {.cmd = XENPF_get_symbol, .interface_version = XENPF_INTERFACE_VERSION};
    const struct privcmd_hypercall call = {.op = __HYPERVISOR_platform_op, .arg = {(uintptr_t)&op}};
    const uint32_t asked = *number;
    memset(name, 0, size);
    op.u.symdata.symnum = asked;
    op.u.symdata.namelen = size - 1;
    op.u.symdata.name = name;
    if (ioctl(privcmd, IOCTL_PRIVCMD_HYPERCALL, &call) || op.u.symdata.symnum == asked)
        return 0;
    *number = op.u.symdata.symnum;
    *address = op.u.symdata.address;
    *type = op.u.symdata.type;
    return 1;
}

static void say_xen(void)
{
    char name[512], type;
    uint64_t address;
    uint32_t number = 0;
    const int privcmd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
    while (privcmd >= 0 && next_of_xen(privcmd, &number, name, sizeof(name), &address, &type))
        if (type == 't' || type == 'T')
            add_symbol(address, name, strlen(name), "xen", strlen("xen"));
    if (privcmd >= 0)
        close(privcmd);
}

void symbols_say(void (*say)(const char *text))
{
    line.say = say;
    say_kernel();
    say_xen();
    end_line();
}
