# The lab: how to start the emulated computer, and the hosts that it boots
# for the hypervisors that need one: packages of Debian, unpacked and packed
# anew under build/, never installed.
PVBENCH_SRCS += $(addprefix hypervisor-harness/lab/,lab.c check.c cpio.c modules.c libraries.c)
LINT_SRCS += $(wildcard hypervisor-harness/lab/emulator/*.c hypervisor-harness/lab/plugin/*.c)

# Parts of pvbench, for its emulators.
LAB_LIBRARY := $(BUILD)/lab/emulator.so
LAB_LIBRARY_SRCS := $(sort $(wildcard hypervisor-harness/lab/emulator/*.c))
LAB_PLUGIN := $(BUILD)/lab/plugin.so
LAB_PLUGIN_SRCS := $(sort $(wildcard hypervisor-harness/lab/plugin/*.c))
PVB_CPPFLAGS += -DLAB_LIBRARY_FILE='"$(LAB_LIBRARY)"' -DLAB_PLUGIN_FILE='"$(LAB_PLUGIN)"'
# Linked with nothing, so that it can be loaded whatever the emulator is linked with.
$(LAB_LIBRARY): $(LAB_LIBRARY_SRCS) hypervisor-harness/lab/lab.h $(BUILD)/.setup $(BUILD)/.said/host
	@mkdir -p $(@D)
	$(HERE) $(CC) $(PVB_CPPFLAGS) -std=gnu11 $(WARN) $(REPRODUCIBLE) -O2 -fPIC -fno-stack-protector -shared -nostdlib \
		-Wl,--build-id=none -s $(LAB_LIBRARY_SRCS) -o $@
# What it calls is the emulator's.
$(LAB_PLUGIN): $(LAB_PLUGIN_SRCS) $(wildcard hypervisor-harness/lab/plugin/*.h) $(BUILD)/.setup $(BUILD)/.said/host
	@mkdir -p $(@D)
	$(HERE) $(CC) $(PVB_CPPFLAGS) -std=gnu11 $(WARN) $(REPRODUCIBLE) -O2 -fPIC -fvisibility=hidden -shared \
		-Wl,--build-id=none -s $(LAB_PLUGIN_SRCS) -o $@
$(foreach kind,host asan fuzz/objects,$(BUILD)/$(kind)/hypervisor-harness/lab/libraries.o): $(LAB_LIBRARY) $(LAB_PLUGIN)

LAB_HOST := hypervisor-harness/lab/host
LAB_KVM := $(BUILD)/lab/kvm
# What the host runs: the kernel, the virtual machine monitor, and the libraries of pvbench itself.
LAB_KVM_PACKAGES := linux-image-cloud-amd64 qemu-system-x86 qemu-system-data seabios libjansson4 libmd0 libbpf1
LAB_KVM_FIRMWARE := bios-256k.bin qboot.rom kvmvapic.bin pvh.bin linuxboot_dma.bin

include hypervisor-harness/lab/xen.mk
include hypervisor-harness/lab/guest.mk

.PHONY: lab-hosts
lab-hosts: $(LAB_KVM)/host.cpio $(LAB_KVM)/vmlinux
check: | lab-hosts
bench: | $(filter lab-hosts,$(MAKECMDGOALS))
# A host that was packed once holds a pvbench, which must not grow older than the one that starts it.
ifneq ($(wildcard $(LAB_KVM)/host.cpio),)
all: | lab-hosts
endif

$(BUILD)/lab/pack: $(LAB_HOST)/pack.c hypervisor-harness/lab/cpio.c hypervisor-harness/lab/cpio.h $(BUILD)/.setup $(BUILD)/.said/host
	@mkdir -p $(@D)
	$(HOST_CC) $(LDFLAGS) $(filter %.c,$^) -o $@

# Static, so that it runs whatever libraries the host has.
$(BUILD)/lab/init: $(LAB_HOST)/init.c $(LAB_HOST)/symbols.c $(LAB_HOST)/symbols.h $(BUILD)/.setup $(BUILD)/.said/static
	@mkdir -p $(@D)
	$(STATIC_CC) $(filter %.c,$^) -o $@

# Once; `make clean`, or taking the file away, fetches anew what the archive has by then.
$(LAB_KVM)/debian/packages: $(LAB_HOST)/fetch-packages $(BUILD)/.setup
	$(LAB_HOST)/fetch-packages $(@D) $(LAB_KVM_PACKAGES)

# The kernel's ELF file, and its modules without the debug information, which nobody reads there.
$(LAB_KVM)/vmlinux: $(LAB_KVM)/debian/packages $(LAB_HOST)/unpack-kernel hypervisor-harness/lab/build.mk
	$(LAB_HOST)/unpack-kernel $(LAB_KVM)/debian/root/boot/vmlinuz-* $@
	rm -rf $(LAB_KVM)/modules
	mkdir $(LAB_KVM)/modules
	find $(LAB_KVM)/debian/root/lib/modules '(' -name irqbypass.ko -o -name kvm.ko -o -name kvm-amd.ko \
		-o -name tun.ko -o -name tap.ko -o -name vhost.ko -o -name vhost_iotlb.ko -o -name vhost_net.ko ')' \
		-exec cp -t $(LAB_KVM)/modules {} +

$(LAB_KVM)/host.cpio: $(LAB_KVM)/debian/packages $(BUILD)/lab/pack $(BUILD)/lab/init $(BUILD)/pvbench \
		$(LAB_HOST)/list-programs hypervisor-harness/lab/build.mk
	$(OBJCOPY) --strip-all $(BUILD)/pvbench $(LAB_KVM)/pvbench
	{ $(LAB_HOST)/list-programs $(LAB_KVM)/debian/root usr/bin/pvbench=$(LAB_KVM)/pvbench /usr/bin/qemu-system-x86_64; \
		echo "program init $(BUILD)/lab/init"; \
		for f in $(LAB_KVM_FIRMWARE); do \
			echo "file usr/share/qemu/$$f $$(find -L $(LAB_KVM)/debian/root/usr/share/{seabios,qemu} -name $$f | head -n 1)"; \
		done; } >$(LAB_KVM)/host.list
	$(BUILD)/lab/pack $@ <$(LAB_KVM)/host.list
	cp $(LAB_KVM)/debian/packages $(LAB_KVM)/packages

$(call say,static,$(STATIC_CC))
