/* ours.c: a domain's name and UUID, written and read; ours.h says why there are both. */
#include "hypervisor-harness/xen-domain/ours.h"

#include <stdio.h>
#include <string.h>

#define NUMBER_AT 11
#define PID_AT    12 /* big-endian, to the end */

void ours_name(pid_t pid, const char *mode, unsigned number, char *name, size_t size)
{
    snprintf(name, size, number ? DOMAIN_PREFIX "%d-%s-%u" : DOMAIN_PREFIX "%d-%s", (int)pid, mode, number);
}

void ours_uuid(pid_t pid, unsigned number, uint8_t uuid[OURS_UUID_SIZE])
{
    static const uint8_t head[NUMBER_AT] = {0x70, 0x76, 0x62, 0x65, 0x6e, 0x63, 0x48, 0x00, 0x80, 0x00};
    memcpy(uuid, head, NUMBER_AT);
    uuid[NUMBER_AT] = (uint8_t)number;
    for (int i = PID_AT; i < OURS_UUID_SIZE; i++)
        uuid[i] = (uint8_t)((uint32_t)pid >> 8 * (OURS_UUID_SIZE - 1 - i));
}

static bool is_name(const char *name, pid_t pid, unsigned number)
{
    static const char *const modes[] = {"pv", "pvh", "hvm"};
    char ours[64];
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        ours_name(pid, modes[i], number, ours, sizeof(ours));
        if (strcmp(name, ours) == 0)
            return true;
    }
    return false;
}

pid_t ours_owner(const char *name, const uint8_t uuid[OURS_UUID_SIZE])
{
    uint8_t ours[OURS_UUID_SIZE];
    uint32_t pid = 0;
    for (int i = PID_AT; i < OURS_UUID_SIZE; i++)
        pid = pid << 8 | uuid[i];
    ours_uuid((pid_t)pid, uuid[NUMBER_AT], ours);
    if (!pid || pid > INT32_MAX || memcmp(uuid, ours, sizeof(ours)))
        return 0;
    return !name || !*name || is_name(name, (pid_t)pid, uuid[NUMBER_AT]) ? (pid_t)pid : 0;
}
