# The program that makes Xen's domains. Apart from pvbench, which must start
# where Xen's libraries are missing.
XEN_DOMAIN := hypervisor-harness/xen-domain
# All of the folder but its main is a library, for the program and for the tests. What it shares with pvbench is beside it.
XEN_DOMAIN_SRCS := $(filter-out %/main.c,$(sort $(wildcard $(XEN_DOMAIN)/*.c)))
XEN_DOMAIN_SHARED := $(addprefix collectors/,xen_party.c lines.c words.c device_counts.c distribution.c books.c entry_names.c \
	hypervisor_log_write.c) probes/xen_probes.c probes/ebpf.c common/inherited.c common/json_text.c common/text.c common/memory.c common/number_file.c common/xen_protections.c $(STATION_SRCS)
XEN_DOMAIN_LIB := $(BUILD)/host/xen-domain.a
XEN_DOMAIN_ASAN := $(BUILD)/asan/xen-domain.a
LINT_SRCS += $(wildcard $(XEN_DOMAIN)/*.c $(XEN_DOMAIN)/firmware/*.c)

# A toolstack and its Xen are of one release. XEN_DIST=DIR: of your own build of Xen, whose `make dist` leaves it in
# dist/install; / for one that is installed on this computer. Without: Debian's.
XEN_DIST_LIB := .
ifneq ($(XEN_DIST),)
# A link stands for it, whose name has nothing that make or the list of roots would take for something else.
XEN_DIST_GIVEN := $(XEN_DIST)
override XEN_DIST := $(BUILD)/xen-dist
$(shell ln -sfn "$$(realpath -m -- $(call quoted,$(XEN_DIST_GIVEN)))" $(XEN_DIST))
XEN_DIST_INCLUDE := $(firstword $(dir $(wildcard $(addprefix $(XEN_DIST)/usr/,local/include/libxl.h include/libxl.h))))
XEN_DIST_LIB := $(firstword $(dir $(wildcard $(addprefix $(XEN_DIST)/usr/,$(addsuffix /libxenlight.so,local/lib local/lib64 lib \
	lib64 lib/x86_64-linux-gnu)))))
ifeq ($(and $(XEN_DIST_INCLUDE),$(XEN_DIST_LIB)),)
$(error XEN_DIST: $(XEN_DIST_GIVEN)/usr has no libxl.h and libxenlight.so; give the folder dist/install of a tree of Xen after `make dist`)
endif
XEN_DOMAIN_FLAGS := -isystem $(XEN_DIST_INCLUDE)
XEN_DOMAIN_LINK := -L$(XEN_DIST_LIB) -Wl,-rpath-link,$(XEN_DIST_LIB) -Wl,--allow-shlib-undefined
endif
XEN_DOMAIN_LINK += -lxenlight -lxenctrl -lxenevtchn -lxentoollog -lxenstore
# Another toolstack than last time is another program.
XEN_DIST_SAID := $(BUILD)/.said/xen-dist
$(call say,xen-dist,$(XEN_DIST_GIVEN))
XEN_DOMAIN_OBJS := $(foreach kind,host asan,$(patsubst %.c,$(BUILD)/$(kind)/%.o,$(XEN_DOMAIN_SRCS) $(XEN_DOMAIN)/main.c))
$(XEN_DOMAIN_OBJS): $(XEN_DIST_SAID)

# What enters Linux in an HVM guest: for the bare processor, and in the program as it lies in memory.
XEN_FIRMWARE := $(BUILD)/$(XEN_DOMAIN)/firmware.bin
XEN_FIRMWARE_OBJS := $(patsubst %,$(BUILD)/%.o,$(wildcard $(XEN_DOMAIN)/firmware/*.[cS]))
XEN_FIRMWARE_CC = $(HERE) $(CC) $(CFLAGS_BARE) -fno-pic -fno-pie
$(BUILD)/$(XEN_DOMAIN)/firmware/%.o: $(XEN_DOMAIN)/firmware/% $(BUILD)/.setup $(BUILD)/.said/xen-firmware
	@mkdir -p $(@D)
	$(XEN_FIRMWARE_CC) -MMD -MP -c $< -o $@
$(XEN_FIRMWARE): $(XEN_DOMAIN)/firmware/firmware.lds $(XEN_FIRMWARE_OBJS)
	$(LD) -m elf_x86_64 -static -nostdlib --build-id=none -z noexecstack --no-warn-rwx-segments --orphan-handling=error --fatal-warnings \
		-T $^ -o $(@:.bin=.elf)
	$(OBJCOPY) -O binary $(@:.bin=.elf) $@
$(call say,xen-firmware,$(XEN_FIRMWARE_CC))
XEN_FIRMWARE_IN := $(BUILD)/host/$(XEN_DOMAIN)/firmware.o $(BUILD)/asan/$(XEN_DOMAIN)/firmware.o
$(XEN_FIRMWARE_IN): $(XEN_FIRMWARE)
$(XEN_DOMAIN_OBJS): PVB_CPPFLAGS := $(XEN_DOMAIN_FLAGS) $(PVB_CPPFLAGS) -DXEN_FIRMWARE_FILE='"$(XEN_FIRMWARE)"'
$(call say,xen-domain-objects,$(XEN_DOMAIN_SRCS))

$(XEN_DOMAIN_LIB) $(XEN_DOMAIN_ASAN): $(BUILD)/.said/xen-domain-objects
	@rm -f $@
	$(AR) rcs $@ $(filter %.o,$^)
$(XEN_DOMAIN_LIB): $(XEN_DOMAIN_SRCS:%.c=$(BUILD)/host/%.o)
$(XEN_DOMAIN_ASAN): $(XEN_DOMAIN_SRCS:%.c=$(BUILD)/asan/%.o)

$(BUILD)/pvbench-xen-domain: $(BUILD)/host/$(XEN_DOMAIN)/main.o $(XEN_DOMAIN_LIB) $(XEN_DOMAIN_SHARED:%.c=$(BUILD)/host/%.o) \
		$(BUILD)/.said/xen-domain
	$(HOST_LD) $(filter %.o %.a,$^) $(XEN_DOMAIN_LINK) -ljansson -lbpf -o $@
$(call say,xen-domain,$(HOST_LD) $(XEN_DOMAIN_SHARED) $(XEN_DOMAIN_LINK))

pvbench: $(BUILD)/pvbench-xen-domain
