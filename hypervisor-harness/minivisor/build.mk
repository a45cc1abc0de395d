# The minivisor: build/minivisor.elf, an ELF64 file that any multiboot
# loader takes by the addresses in its header.

MINIVISOR := $(BUILD)/minivisor.elf
MV := hypervisor-harness/minivisor
MV_SRCS := $(wildcard $(MV)/*.[cS]) $(wildcard $(MV)/pv/*.[cS]) $(wildcard $(MV)/hvm/*.[cS]) $(wildcard $(MV)/device/*.c)
MV_OBJS := $(patsubst %,$(BUILD)/%.o,$(MV_SRCS))
# It runs at one address, but far from the low 2 GiB: position-independent
# code with hidden symbols reaches everything relative to rip.
MV_FLAGS := $(CFLAGS_BARE) -fpie -mcmodel=small -fvisibility=hidden -include $(MV)/visibility.h \
	-D__XEN_INTERFACE_VERSION__=0x00040d00 -I$(MV) $(MV_EXTRA)
MV_CC = $(HERE) $(CC) -Iinclude -DPVB_VERSION='"$(VERSION)"' $(MV_FLAGS)
IMAGES += $(MINIVISOR)

$(BUILD)/$(MV)/%.o: $(MV)/% $(BUILD)/.setup $(BUILD)/.said/minivisor
	@mkdir -p $(@D)
	$(MV_CC) -MMD -MP -c $< -o $@

# Of these, to this file.
MV_LINK = $(HERE) $(CC) -nostdlib -static $(if $(CC_IS_CLANG),,-no-pie) -Wl,-T,$(MV)/minivisor.lds -Wl,--build-id=none \
	-Wl,-z,max-page-size=0x1000 -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments $(1) -o $(2)

$(MINIVISOR): $(MV_OBJS) $(MV)/minivisor.lds $(BUILD)/.said/minivisor-sources
	$(call MV_LINK,$(MV_OBJS),$@)
	@$(RECORD_REVISION)

$(call say,minivisor,$(MV_CC))
$(call say,minivisor-sources,$(MV_SRCS))
