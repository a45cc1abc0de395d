/*
 * ports.h: how a device of the board gets its I/O ports. Its file registers
 * them here, and nothing else knows the device:
 *
 *     PORT_DEVICE(pic, 0x20, 0x21, 1, pic_read, pic_write);
 */
#ifndef PORTS_H
#define PORTS_H

#include "types.h"

struct port_device {
    const char *name;
    u16 first, last;    /* ports; none is another device's, or the minivisor panics at start */
    unsigned int bytes; /* 1, 2 or 4: accesses of another width find nobody */
    /* Of what is read and written the lowest `bytes` bytes count. */
    u32 (*read)(u16 port);
    void (*write)(u16 port, u32 value);
};

#define PORT_DEVICE(device, first, last, bytes, read, write)                                                           \
    static const struct port_device device##_ports                                                                     \
        __attribute__((section(".port_devices"), used, aligned(8))) = {#device, first, last, bytes, read, write}

void ports_init(void);
void exit_ioio(void);

/* Of a device that cannot be written, as of ports without a device. */
void port_write_ignored(u16 port, u32 value);

#endif
