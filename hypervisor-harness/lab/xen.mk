# Xen's host in the lab: Debian's hypervisor, its first domain's kernel, and
# what makes domains. Unpacked under build/: installing them would change the
# computer's boot menu.
LAB_XEN := $(BUILD)/lab/xen
LAB_XEN_PACKAGES := xen-hypervisor-4.17-amd64 xen-utils-4.17 linux-image-amd64 qemu-system-xen seabios libjansson4 libmd0 \
	libbpf1 libelf1
LAB_XEN_TOOLS := /usr/lib/xen-4.17/bin

lab-hosts: $(LAB_XEN)/host.cpio $(LAB_XEN)/vmlinux $(LAB_XEN)/xen

$(BUILD)/lab/xen-services: $(LAB_HOST)/xen_services.c $(BUILD)/.setup
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_HOST) -static -s $< -o $@

$(LAB_XEN)/debian/packages: $(LAB_HOST)/fetch-packages $(BUILD)/.setup
	$(LAB_HOST)/fetch-packages $(@D) $(LAB_XEN_PACKAGES)

# Unpacked, so that no emulated processor has to do it.
$(LAB_XEN)/xen: $(LAB_XEN)/debian/packages
	gzip -dc $(LAB_XEN)/debian/root/boot/xen-4.17-amd64.gz >$@

$(LAB_XEN)/vmlinux: $(LAB_XEN)/debian/packages $(LAB_HOST)/unpack-kernel
	$(LAB_HOST)/unpack-kernel $(LAB_XEN)/debian/root/boot/vmlinuz-* $@
	rm -rf $(LAB_XEN)/modules
	mkdir $(LAB_XEN)/modules
	find $(LAB_XEN)/debian/root/lib/modules '(' -name xen-evtchn.ko -o -name xen-privcmd.ko -o -name xen-gntdev.ko \
		-o -name xen-gntalloc.ko -o -name xenfs.ko ')' -exec cp -t $(LAB_XEN)/modules {} +

# libgcc_s: pthread_cancel looks for it when it is needed, so no file says so.
$(LAB_XEN)/host.cpio: $(LAB_XEN)/debian/packages $(BUILD)/lab/pack $(BUILD)/lab/init $(BUILD)/lab/xen-services \
		$(BUILD)/pvbench $(BUILD)/pvbench-xen-domain $(LAB_HOST)/list-programs hypervisor-harness/lab/xen.mk
	$(OBJCOPY) --strip-all $(BUILD)/pvbench $(LAB_XEN)/pvbench
	$(OBJCOPY) --strip-all $(BUILD)/pvbench-xen-domain $(LAB_XEN)/pvbench-xen-domain
	{ $(LAB_HOST)/list-programs $(LAB_XEN)/debian/root usr/bin/pvbench=$(LAB_XEN)/pvbench \
			usr/bin/pvbench-xen-domain=$(LAB_XEN)/pvbench-xen-domain $(addprefix $(LAB_XEN_TOOLS)/,xenstored xenconsoled \
			xen-init-dom0 libxl-save-helper) /usr/libexec/xen-qemu-system-i386; \
		echo "program init $(BUILD)/lab/init"; \
		echo "program usr/bin/xen-services $(BUILD)/lab/xen-services"; \
		echo "file lib/x86_64-linux-gnu/libgcc_s.so.1 $(LAB_XEN)/debian/root/lib/x86_64-linux-gnu/libgcc_s.so.1"; \
		echo "file usr/share/seabios/bios-256k.bin $(LAB_XEN)/debian/root/usr/share/seabios/bios-256k.bin"; \
		for f in kvmvapic.bin linuxboot.bin linuxboot_dma.bin multiboot.bin multiboot_dma.bin keymaps/en-us; do \
			echo "file usr/share/qemu/$$f $(LAB_XEN)/debian/root/usr/share/qemu/$$f"; \
		done; } >$(LAB_XEN)/host.list
	$(BUILD)/lab/pack $@ <$(LAB_XEN)/host.list
	cp $(LAB_XEN)/debian/packages $(LAB_XEN)/packages
