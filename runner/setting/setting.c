/* setting.c: the key of what was measured; setting.h says what it is for. */
#include "runner/setting/setting.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct setting setting_of(const char *hypervisor, const char *mode, const char *machine)
{
    return (struct setting){
        .hypervisor = hypervisor,
        .machine = machine,
        .guest[0] = {.carrier = SETTING_CARRIER, .mode = mode, .vcpus = SETTING_VCPUS},
        .guests = 1,
    };
}

static void append(char *key, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void append(char *key, size_t size, const char *format, ...)
{
    const size_t used = strlen(key);
    va_list args;
    va_start(args, format);
    vsnprintf(key + used, size - used, format, args);
    va_end(args);
}

void setting_guest_key(const struct guest_setting *g, char *key, size_t size)
{
    snprintf(key, size, "%s", g->mode);
    if (strcmp(g->carrier, SETTING_CARRIER) != 0)
        append(key, size, "+%s", g->carrier);
    if (*guest_devices(g))
        append(key, size, "+%s", guest_devices(g));
    if (g->vcpus != SETTING_VCPUS)
        append(key, size, "+%uvcpus", g->vcpus);
    if (g->neighbours)
        append(key, size, "+%uguests", g->neighbours + 1);
    if (g->neighbours && g->load)
        append(key, size, "-%s", g->load);
    if (g->neighbours && g->load_parameter)
        append(key, size, "-%lu", g->load_parameter);
    if (g->neighbours && g->load_nice)
        append(key, size, "-nice%u", g->load_nice);
    if (g->neighbours && g->weight)
        append(key, size, "-w%u", g->weight);
    if (g->neighbours && g->cap)
        append(key, size, "-c%u", g->cap);
    if (g->variant)
        append(key, size, "+%s", g->variant);
}

void setting_key(const struct setting *s, char *key, size_t size)
{
    char guest[SETTING_KEY_SIZE];
    snprintf(key, size, "%s", s->hypervisor);
    for (unsigned i = 0; i < s->guests; i++) {
        setting_guest_key(&s->guest[i], guest, sizeof(guest));
        append(key, size, "/%s", guest);
    }
    append(key, size, "@%s", s->machine);
}
