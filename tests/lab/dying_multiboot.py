"""Writes a multiboot file of one instruction, which ends the machine: a Xen that does not start.

    dying_multiboot.py FILE
"""

import struct
import sys

ADDRESS = 0x100000
SIZE = 0x200
INVALID = b"\x0f\x0b"  # UD2, with nobody to take the fault


def elf_header():
    fields = struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, ADDRESS + 0x6c, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    return b"\x7fELF\1\1\1" + bytes(9) + fields


def segment():
    return struct.pack("<IIIIIIII", 1, 0, ADDRESS, ADDRESS, SIZE, SIZE, 5, 4096)


def multiboot_header():
    magic = 0x1badb002
    return struct.pack("<III", magic, 0, -magic & 0xffffffff)


with open(sys.argv[1], "wb") as file:
    file.write((elf_header() + segment() + bytes(12) + multiboot_header() + INVALID).ljust(SIZE, b"\0"))
