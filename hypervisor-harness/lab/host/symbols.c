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

static void say_kernel(void (*say)(uint64_t, const char *, const char *))
{
    char line[1024], type, name[512], module[64];
    uint64_t address;
    FILE *f = fopen("/proc/kallsyms", "re");
    while (f && fgets(line, sizeof(line), f)) {
        const int n = sscanf(line, "%lx %c %511s [%63[^]]]", &address, &type, name, module);
        if (n >= 3 && address && strchr("tTwW", type))
            say(address, name, n == 4 ? module : "kernel");
    }
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

static void say_xen(void (*say)(uint64_t, const char *, const char *))
{
    char name[512], type;
    uint64_t address;
    uint32_t number = 0;
    const int privcmd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
    while (privcmd >= 0 && next_of_xen(privcmd, &number, name, sizeof(name), &address, &type))
        if (type == 't' || type == 'T')
            say(address, name, "xen");
    if (privcmd >= 0)
        close(privcmd);
}

void symbols_say(void (*say)(uint64_t address, const char *name, const char *owner))
{
    say_kernel(say);
    say_xen(say);
}
