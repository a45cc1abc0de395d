# Two images with the same workload objects. Every C file of micro/, io/, smp/ and
# guest/ is compiled once; only guest/pv/ and guest/hvm/ differ, at link time.

GUEST_GCC_ONLY := $(if $(CC_IS_CLANG),,-fno-tree-loop-distribute-patterns -fno-merge-constants)
GUEST_CFLAGS := $(CFLAGS_BARE) -fno-pic -fno-pie -mcmodel=small $(GUEST_GCC_ONLY) \
	-Iinclude -Iworkloads/guest -D__XEN_INTERFACE_VERSION__=0x00040e00
GUEST_ASFLAGS := $(filter-out -std=%,$(GUEST_CFLAGS)) -D__ASSEMBLY__ -DPVB_VERSION='"$(VERSION)"'
GUEST_LDFLAGS := -m elf_x86_64 -static -nostdlib --build-id=none -z max-page-size=4096 -z noexecstack \
	--no-warn-rwx-segments --orphan-handling=error --fatal-warnings

guest_objs = $(patsubst %,$(BUILD)/%.o,$(basename $(sort $(wildcard $(1)/*.c $(1)/*.S))))
WORKLOAD_OBJS := $(call guest_objs,workloads/micro) $(call guest_objs,workloads/io) $(call guest_objs,workloads/smp)
GUEST_OBJS := $(call guest_objs,workloads/guest) $(call guest_objs,workloads/guest/xenbus)
GUEST_OBJS_pv := $(call guest_objs,workloads/guest/pv)
GUEST_OBJS_hvm := $(call guest_objs,workloads/guest/hvm)
GUEST_ALL_OBJS := $(WORKLOAD_OBJS) $(GUEST_OBJS) $(GUEST_OBJS_pv) $(GUEST_OBJS_hvm)
.SECONDARY: $(GUEST_ALL_OBJS)
WORKLOADS_SHA256 := $(BUILD)/workloads.sha256

IMAGES += $(BUILD)/guest-pv.elf $(BUILD)/guest-hvm.elf $(WORKLOADS_SHA256) $(BUILD)/guest-linux.elf
SYSTEM_TESTS += $(sort $(wildcard tests/system/images_*.sh))
LINT_SRCS += $(wildcard workloads/micro/*.c workloads/io/*.c workloads/smp/*.c workloads/guest/*.c workloads/guest/*/*.c workloads/linux/*.c)

$(BUILD)/workloads/%.o: workloads/%.c $(BUILD)/.setup $(BUILD)/.said/guests
	@mkdir -p $(@D)
	$(HERE) $(CC) $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/workloads/%.o: workloads/%.S $(BUILD)/.setup $(BUILD)/.said/guests
	@mkdir -p $(@D)
	$(HERE) $(CC) $(GUEST_ASFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/guest-%.elf: workloads/guest/link.lds $(WORKLOAD_OBJS) $(GUEST_OBJS) $$(GUEST_OBJS_$$*) $(BUILD)/.said/guest-sources
	$(LD) $(GUEST_LDFLAGS) -Map=$(@:.elf=.map) -T $(filter %.lds %.o,$^) -o $@
	@$(RECORD_REVISION)

# The first process of guests that are Linux: the loads, their harness and the programs that they start, with no library
# of anybody's.
LINUX_LOADS := $(sort $(wildcard workloads/linux/*.c))
$(BUILD)/guest-linux.elf: $(LINUX_LOADS) $(wildcard workloads/linux/*.h include/pvbench/*.h) $(BUILD)/.setup $(BUILD)/.said/static
	$(STATIC_CC) $(LINUX_LOADS) -o $@

# One hash for all workload objects, the debug information left out: it names
# the compiler's options and the header files of the system.
$(WORKLOADS_SHA256): $(WORKLOAD_OBJS) $(BUILD)/.said/guest-sources
	@mkdir -p $(BUILD)/workloads/bare
	@for o in $(WORKLOAD_OBJS); do $(OBJCOPY) --strip-debug $$o $(BUILD)/workloads/bare/$$(basename $$o); done
	(cd $(BUILD)/workloads/bare && cat $(sort $(notdir $(WORKLOAD_OBJS)))) | sha256sum | cut -d' ' -f1 >$@

$(call say,guests,$(CC) $(GUEST_CFLAGS) $(GUEST_ASFLAGS))
$(call say,guest-sources,$(LD) $(GUEST_LDFLAGS) $(GUEST_ALL_OBJS))
