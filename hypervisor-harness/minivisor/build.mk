# The minivisor: build/minivisor.elf, an ELF64 file that any multiboot
# loader takes by the addresses in its header.

MINIVISOR := $(BUILD)/minivisor.elf
MV := hypervisor-harness/minivisor
MV_SRCS := $(wildcard $(MV)/*.[cS]) $(wildcard $(MV)/pv/*.[cS]) $(wildcard $(MV)/hvm/*.[cS])
MV_OBJS := $(patsubst %,$(BUILD)/%.o,$(MV_SRCS))
# It runs at one address, but far from the low 2 GiB: position-independent
# code with hidden symbols reaches everything relative to rip.
MV_FLAGS := $(CFLAGS_BARE) -fpie -mcmodel=small -fvisibility=hidden -include $(MV)/visibility.h \
	-D__XEN_INTERFACE_VERSION__=0x00040d00 -I$(MV) $(MV_EXTRA)
IMAGES += $(MINIVISOR)

$(BUILD)/$(MV)/%.o: $(MV)/% $(BUILD)/.setup $(MV)/build.mk VERSION
	@mkdir -p $(@D)
	$(CC) -Iinclude -DPVB_VERSION='"$(VERSION)"' $(MV_FLAGS) -MMD -MP -c $< -o $@

$(MINIVISOR): $(MV_OBJS) $(MV)/minivisor.lds
	$(CC) -nostdlib -static -no-pie -Wl,-T,$(MV)/minivisor.lds -Wl,--build-id=none -Wl,-z,max-page-size=0x1000 \
		-Wl,-z,noexecstack -Wl,--no-warn-rwx-segments $(MV_OBJS) -o $@
