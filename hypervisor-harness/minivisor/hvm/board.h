/*
 * board.h: the state of the devices on the board of a fully virtualized
 * guest, a member of struct guest (guest.h). A device's file is the only one
 * that looks into its own.
 */
#ifndef HVM_BOARD_H
#define HVM_BOARD_H

#include "types.h"

struct pic {
    u8 irr, isr, mask, lines, base;
    u8 level;     /* inputs that ask as long as they are high; the others when they become so */
    u8 init_step; /* next initialization word, 0: initialized */
    bool wants_icw4, auto_eoi, read_isr;
};

struct pit {
    struct pit_channel {
        u64 start;  /* TSC at which the count was loaded */
        u32 reload; /* 1 to 65536; 0: not loaded */
        u8 mode, access, write_low, latch_bytes;
        u16 latch;
        bool high_next_write, high_next_read;
    } channel[3];
    u8 speaker;         /* port 0x61, bits 0 (gate of channel 2) and 1 */
    u64 next_interrupt; /* TSC; 0: none */
};

struct uart {
    u8 ier, lcr, mcr, scratch, fifo;
    u16 divisor;
    bool transmit_interrupt;
};

enum pci_function { PCI_IDE, PCI_CARD, PCI_DOORBELL, PCI_FUNCTIONS };

struct pci {
    u32 address; /* as it was written: what the data port shows */
    u32 command[PCI_FUNCTIONS];
};

struct rtl8139 {
    u32 tx_status[4], tx_address[4], rx_buffer, tx_settings, rx_settings;
    u16 taken, filled; /* of the ring: how far the driver is, and the card */
    u16 interrupts_on, happened;
    u8 command, power;
};

enum doorbell_place { DOORBELL_NONE, DOORBELL_PORTS, DOORBELL_MEMORY };

struct doorbell {
    enum doorbell_place place; /* where the test was started */
    u32 count;
};

struct ide {
    u8 registers[7]; /* by their place in the channel's ports; 0 is not used */
    u8 status, control;
};

struct bus_master {
    u8 command, status;
    u32 table;      /* guest-physical */
    u8 *bytes;      /* of the disk: what its drive is still to send or to receive */
    u64 size;       /* 0: nothing */
    bool to_memory; /* sends */
};

struct board {
    struct pic pic[2];
    struct pit pit;
    struct uart uart;
    struct pci pci;
    struct ide ide;
    struct bus_master bus_master;
    struct rtl8139 rtl8139;
    struct doorbell doorbell;
    u8 rtc_index;
};

#endif
