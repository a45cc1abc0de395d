/*
 * ide.c: what a PC's firmware does for its IDE controller: it lets it answer at its ports. Linux takes one that does
 * not for one that the maker of the board has switched off, and leaves the disk alone.
 *
 * The device model's is the PIIX3's, function 1 of device 1 (Intel, 82371SB, 2.3: IDETIM).
 */
#include "firmware.h"

#include <stdint.h>

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define IDE            (1u << 31 | 1u << 11 | 1u << 8)
#define PIIX3_IDE      0x70108086u
#define TIMINGS        0x40u       /* of both channels, 16 bits each */
#define DECODE         0x80008000u /* of both: it answers */

static void select(uint32_t what)
{
    __asm__ volatile("outl %0, %w1" : : "a"(what), "Nd"(CONFIG_ADDRESS));
}

static uint32_t read_selected(void)
{
    uint32_t value;
    __asm__ volatile("inl %w1, %0" : "=a"(value) : "Nd"(CONFIG_DATA));
    return value;
}

void ide_enable(void)
{
    select(IDE);
    if (read_selected() != PIIX3_IDE)
        return;
    select(IDE | TIMINGS);
    __asm__ volatile("outl %0, %w1" : : "a"(DECODE), "Nd"(CONFIG_DATA));
}
