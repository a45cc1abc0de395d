/* firmware.h: what the firmware's parts know of one another. */
#ifndef XEN_DOMAIN_FIRMWARE_FIRMWARE_H
#define XEN_DOMAIN_FIRMWARE_FIRMWARE_H

/* Where a PC's own firmware lies, and Linux looks for what it left. */
#define PC_FIRMWARE     0xf0000ul
#define PC_FIRMWARE_END 0x100000ul

/* Leaves there what is to be known of processor and interrupts. */
void mp_table_write(void);

/* Lets the computer's IDE controller, if it has one, answer. */
void ide_enable(void);

#endif
