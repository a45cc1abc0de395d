/* device_counts.c: see device_counts.h. */
#include "collectors/device_counts.h"
#include "common/number_file.h"

#include <inttypes.h>

const char *const device_count_names[DEVICE_COUNTS] = {"reads", "writes", "flushes", "sent", "received"};

bool device_counts_read(struct words *w, struct device_counts *into)
{
    bool any = false;
    for (unsigned i = 0; i < DEVICE_COUNTS; i++)
        if (words_number(w, device_count_names[i], UINT64_MAX, &into->count[i]))
            any = into->known[i] = true;
    return any && words_end(w);
}

void device_counts_write(const struct device_counts *c, FILE *out)
{
    for (unsigned i = 0; i < DEVICE_COUNTS; i++)
        if (c->known[i])
            fprintf(out, " %s=%" PRIu64, device_count_names[i], c->count[i]);
}

/* What comes in there is what the guest sent. */
void device_counts_of_interface(const char *name, struct device_counts *into)
{
    static const char *const files[] = {"rx_packets", "tx_packets"};
    char path[128];
    for (unsigned i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "/sys/class/net/%.32s/statistics/%s", name, files[i]);
        into->known[DEVICE_SENT + i] = number_file(path, &into->count[DEVICE_SENT + i]);
    }
}
