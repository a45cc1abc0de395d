#!/bin/bash
# Proves that both images hold the very same workload objects.
#
# Every allocated section of every workload object is relinked here: its
# bytes, with each relocation computed anew from the image's own symbols, must
# be the image's bytes. So a workload that was compiled twice, changed, left
# out or replaced in one image fails, and so does a byte changed behind the
# linker's back; the last tests do just that.
cd "$(dirname "$0")/../.." || exit 1
exec python3 - <<'EOF'
import glob, hashlib, os, re, struct, sys

BUILD = "build"
number = failures = 0

def check(good, what):
    global number, failures
    number += 1
    failures += not good
    print("%sok %d - %s" % ("" if good else "not ", number, what))

class Elf:
    """Just enough of ELF64 little-endian: sections, symbols, relocations."""
    def __init__(self, data):
        self.data = data
        off, = struct.unpack_from("<Q", data, 40)
        size, count, names = struct.unpack_from("<HHH", data, 58)
        raw = [struct.unpack_from("<IIQQQQIIQQ", data, off + i * size) for i in range(count)]
        self.sections = [dict(zip("name type flags addr offset size link info align entsize".split(), r)) for r in raw]
        table = self.sections[names]["offset"]
        for s in self.sections:
            s["name"] = self.text(table + s["name"])
    def text(self, at):
        return self.data[at:self.data.index(0, at)].decode()
    def content(self, s):
        return self.data[s["offset"]:s["offset"] + s["size"]] if s["type"] != 8 else bytes(s["size"])
    def symbols(self):
        for s in self.sections:
            if s["type"] == 2:
                strings = self.sections[s["link"]]["offset"]
                for at in range(s["offset"], s["offset"] + s["size"], 24):
                    name, info, _, section, value, _ = struct.unpack_from("<IBBHQQ", self.data, at)
                    yield self.text(strings + name), info, section, value
    def relocations(self, index):
        for s in self.sections:
            if s["type"] == 4 and s["info"] == index:
                for at in range(s["offset"], s["offset"] + s["size"], 24):
                    offset, info, addend = struct.unpack_from("<QQq", self.data, at)
                    yield offset, info & 0xffffffff, info >> 32, addend
    def at(self, address, size):
        for s in self.sections:
            if s["flags"] & 2 and s["addr"] <= address and address + size <= s["addr"] + s["size"]:
                return self.content(s)[address - s["addr"]:address - s["addr"] + size]

def linked_sections(image):
    """{object: {section: (address, size)}} of the workloads, from the link map."""
    text = open("%s/guest-%s.map" % (BUILD, image)).read()
    text = text[text.index("Linker script and memory map"):]
    found = {}
    for name, addr, size, obj in re.findall(
            r"^ (\.\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S*workloads/(?:micro|io|smp)/\S+\.o)$", text, re.M):
        found.setdefault(obj, {})[name] = (int(addr, 16), int(size, 16))
    return found

def differs(obj, image, places):
    """Relinks one object; returns what differs, or None."""
    globals_ = {n: v for n, i, s, v in image.symbols() if n and s and i >> 4}
    symbols = list(obj.symbols())
    compared = 0
    for index, s in enumerate(obj.sections):
        if not s["flags"] & 2 or not s["size"]:
            continue
        if s["name"] not in places:
            return "section %s is not in the link map" % s["name"]
        base, size = places[s["name"]]
        if size != s["size"]:
            return "section %s has %d bytes in place of %d" % (s["name"], size, s["size"])
        want = bytearray(obj.content(s))
        for offset, kind, symbol, addend in obj.relocations(index):
            name, info, section, value = symbols[symbol]
            if section:
                target = places[obj.sections[section]["name"]][0] + value
            elif name in globals_:
                target = globals_[name]
            else:
                return "symbol %s is not in the image" % name
            if kind == 1:
                struct.pack_into("<Q", want, offset, target + addend)
            elif kind in (2, 4):
                struct.pack_into("<i", want, offset, target + addend - base - offset)
            elif kind in (10, 11):
                struct.pack_into("<I" if kind == 10 else "<i", want, offset, target + addend)
            else:
                return "relocation of kind %d" % kind
        if image.at(base, size) != bytes(want):
            return "section %s has other bytes" % s["name"]
        compared += size
    return None if compared else "nothing was compared"

sources = sorted(glob.glob("workloads/micro/*.c") + glob.glob("workloads/io/*.c") + glob.glob("workloads/smp/*.c"))
objects = {"%s/%s.o" % (BUILD, s[:-2]): s for s in sources}
images = {m: Elf(open("%s/guest-%s.elf" % (BUILD, m), "rb").read()) for m in ("pv", "hvm")}
maps = {m: linked_sections(m) for m in images}
loaded = {o: Elf(open(o, "rb").read()) for o in objects}

check(len(sources) >= 22, "there are %d workloads" % len(sources))
for m in images:
    check(sorted(maps[m]) == sorted(objects), "the %s image is linked from the workload objects, each once" % m)
for m in images:
    bad = ["%s: %s" % (o, d) for o in objects if (d := differs(loaded[o], images[m], maps[m].get(o, {})))]
    check(not bad, "every byte of the workloads in the %s image comes from their objects%s" % (m, "".join("\n# " + b for b in bad)))

fixed = (".text", ".rodata", ".pvbench.names", ".pvbench.workloads")
moved = [o for o in objects for n in maps["pv"][o] if n.startswith(fixed) and maps["pv"][o][n] != maps["hvm"][o].get(n)]
check(not moved, "code and constants of the workloads lie at the same addresses in both images %s" % " ".join(moved))

named = lambda e: next(e.content(s) for s in e.sections if s["name"] == ".pvbench.names")
names = [named(images["pv"])[i:i + 32].rstrip(b"\0").decode() for i in range(0, len(named(images["pv"])), 128)]
check(named(images["pv"]) == named(images["hvm"]), "both images list the same names and summaries")
check(sorted(names) == sorted(os.path.basename(s)[:-2] for s in sources), "a workload is named as its file")

seen = [s for s in sources if re.findall(r'^\s*#\s*(?!include "(?:guest|smp)\.h"|define|undef)', open(s).read(), re.M)]
check(not seen, "workloads include guest.h or smp.h alone and have no conditional code %s" % " ".join(seen))

said = open("%s/workloads.sha256" % BUILD).read()
check(re.fullmatch(r"[0-9a-f]{64}\n", said), "workloads.sha256 is one line of hexadecimal")

# The proof must fail when it should.
victim = "%s/workloads/micro/compute.o" % BUILD
place = maps["hvm"][victim][".text"][0]
section = next(s for s in images["hvm"].sections if s["name"] == ".pvbench.text")
broken = bytearray(images["hvm"].data)
broken[section["offset"] + place - section["addr"] + 3] ^= 1
check(differs(loaded[victim], Elf(bytes(broken)), maps["hvm"][victim]), "one bit of code changed in an image is noticed")
text = next(s for s in loaded[victim].sections if s["name"].startswith(".text") and s["size"])
other = bytearray(loaded[victim].data)
other[text["offset"] + 3] ^= 1
check(differs(Elf(bytes(other)), images["pv"], maps["pv"][victim]), "another object than the one linked is noticed")
caller = "%s/workloads/micro/syscall.o" % BUILD
text = next((i, s) for i, s in enumerate(loaded[caller].sections) if s["name"].startswith(".text") and s["size"])
site = next(loaded[caller].relocations(text[0]))[0]
broken = bytearray(images["pv"].data)
section = next(s for s in images["pv"].sections if s["name"] == ".pvbench.text")
broken[section["offset"] + maps["pv"][caller][text[1]["name"]][0] - section["addr"] + site] ^= 1
check(differs(loaded[caller], Elf(bytes(broken)), maps["pv"][caller]), "a call that goes elsewhere is noticed")
print("1..%d" % number)
sys.exit(failures != 0)
EOF
