# Xen's host in the lab: Debian's hypervisor, its first domain's kernel, and
# what makes domains. Unpacked under build/: installing them would change the
# computer's boot menu.
LAB_XEN := $(BUILD)/lab/xen
LAB_XEN_PACKAGES := xen-hypervisor-4.17-amd64 xen-utils-4.17 linux-image-amd64 qemu-system-xen seabios libjansson4 libmd0 \
	libbpf1 libelf1
LAB_XEN_ROOT := $(LAB_XEN)/debian/root

# Where Debian has what XEN_DIST (hypervisor-harness/xen-domain/build.mk) may have elsewhere: Xen itself, its daemons, the helpers and the device model
# that libxenlight starts by the paths that it was built with.
LAB_XEN_FILE = $(LAB_XEN_ROOT)/boot/xen-4.17-amd64.gz
LAB_XEN_TOOLS = $(addprefix /usr/lib/xen-4.17/bin/,$(LAB_XEN_SERVICES) libxl-save-helper) /usr/libexec/xen-qemu-system-i386
LAB_XEN_SERVICES := xenstored xen-init-dom0 xenconsoled
ifneq ($(XEN_DIST),)
xen_dist = $(patsubst $(XEN_DIST)/%,/%,$(firstword $(wildcard $(addprefix $(XEN_DIST)/,$(1)))))
xen_dist_program = $(call xen_dist,$(addsuffix /$(1),usr/local/lib/xen/bin usr/lib/xen/bin usr/lib/xen-*/bin usr/local/sbin usr/sbin))
LAB_XEN_TOOLS := $(foreach t,$(LAB_XEN_SERVICES) libxl-save-helper,$(or $(call xen_dist_program,$(t)),$(error XEN_DIST: \
	$(XEN_DIST_GIVEN) has no $(t)))) $(call xen_dist,usr/local/lib/xen/bin/qemu-system-i386 usr/lib/xen/bin/qemu-system-i386 \
	usr/libexec/xen-qemu-system-i386)
ifneq ($(call xen_dist,boot/xen-*.gz boot/xen.gz),)
LAB_XEN_FILE := $(XEN_DIST)$(call xen_dist,boot/xen-*.gz boot/xen.gz)
endif
endif
LAB_XEN_ROOTS := $(if $(XEN_DIST),$(XEN_DIST):)$(LAB_XEN_ROOT)

lab-hosts: $(LAB_XEN)/host.cpio $(LAB_XEN)/vmlinux $(LAB_XEN)/xen

$(BUILD)/lab/xen-services: $(LAB_HOST)/xen_services.c $(BUILD)/.setup $(BUILD)/.said/static
	@mkdir -p $(@D)
	$(STATIC_CC) $< -o $@

$(BUILD)/lab/xen-block: $(LAB_HOST)/xen_block.c $(BUILD)/.setup $(BUILD)/.said/host
	@mkdir -p $(@D)
	$(HOST_CC) $(LDFLAGS) $< $(XEN_DOMAIN_LINK) -lxenstore -o $@

$(LAB_XEN)/debian/packages: $(LAB_HOST)/fetch-packages $(BUILD)/.setup
	$(LAB_HOST)/fetch-packages $(@D) $(LAB_XEN_PACKAGES)

# Unpacked, so that no emulated processor has to do it.
$(LAB_XEN)/xen: $(LAB_XEN)/debian/packages $(XEN_DIST_SAID)
	gzip -dc $(LAB_XEN_FILE) >$@

$(LAB_XEN)/vmlinux: $(LAB_XEN)/debian/packages $(LAB_HOST)/unpack-kernel hypervisor-harness/lab/xen.mk
	$(LAB_HOST)/unpack-kernel $(LAB_XEN)/debian/root/boot/vmlinuz-* $@
	rm -rf $(LAB_XEN)/modules
	mkdir $(LAB_XEN)/modules
	find $(LAB_XEN)/debian/root/lib/modules '(' -name xen-evtchn.ko -o -name xen-privcmd.ko -o -name xen-gntdev.ko \
		-o -name xen-gntalloc.ko -o -name xenfs.ko -o -name loop.ko -o -name xen-blkback.ko -o -name xen-netback.ko -o -name tun.ko ')' -exec cp -t $(LAB_XEN)/modules {} +

# Guests that are Linux have the first domain's kernel, which has what every mode wants.
lab-hosts: $(BUILD)/guest-vmlinux
$(BUILD)/guest-vmlinux: $(LAB_XEN)/vmlinux
	ln -f $< $@

# libgcc_s: pthread_cancel looks for it when it is needed, so no file says so.
$(LAB_XEN)/host.cpio: $(LAB_XEN)/debian/packages $(BUILD)/lab/pack $(BUILD)/lab/init $(BUILD)/lab/xen-services $(BUILD)/lab/xen-block \
		$(BUILD)/pvbench $(BUILD)/pvbench-xen-domain $(LAB_HOST)/list-programs hypervisor-harness/lab/xen.mk $(XEN_DIST_SAID)
	$(OBJCOPY) --strip-all $(BUILD)/pvbench $(LAB_XEN)/pvbench
	$(OBJCOPY) --strip-all $(BUILD)/pvbench-xen-domain $(LAB_XEN)/pvbench-xen-domain
	{ $(LAB_HOST)/list-programs $(LAB_XEN_ROOTS) usr/bin/pvbench=$(LAB_XEN)/pvbench \
			usr/bin/pvbench-xen-domain=$(LAB_XEN)/pvbench-xen-domain \
			etc/xen/scripts/block=$(BUILD)/lab/xen-block $(LAB_XEN_TOOLS); \
		$(foreach t,$(LAB_XEN_SERVICES),echo "link usr/lib/pvbench/xen/$t $(filter %/$t,$(LAB_XEN_TOOLS))";) \
		echo "program init $(BUILD)/lab/init"; \
		echo "program usr/bin/xen-services $(BUILD)/lab/xen-services"; \
		$(LAB_HOST)/list-programs $(LAB_XEN_ROOTS) --library libgcc_s.so.1; \
		for f in usr/share/seabios/bios-256k.bin $(addprefix usr/share/qemu/,kvmvapic.bin \
				linuxboot.bin linuxboot_dma.bin multiboot.bin multiboot_dma.bin keymaps/en-us); do \
			$(LAB_HOST)/list-programs $(LAB_XEN_ROOTS) --file $$f; \
		done; } >$(LAB_XEN)/host.list
	$(BUILD)/lab/pack $@ <$(LAB_XEN)/host.list
	{ cat $(LAB_XEN)/debian/packages; $(if $(XEN_DIST),echo "XEN_DIST $$(basename $$(realpath $(XEN_DIST_LIB)libxenlight.so))";) } \
		>$(LAB_XEN)/packages
