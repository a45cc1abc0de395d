# What guests that are Linux have beside the kernel and our own loads: programs of Debian's, unpacked and not installed, and
# the modules for their disks and network cards, in an archive of their own. It travels with those loads alone that say that
# they need it.
LAB_GUEST := $(BUILD)/lab/guest
LAB_GUEST_PACKAGES := xz-utils sqlite3 rt-tests libaio1
LAB_GUEST_PROGRAMS := $(addprefix /usr/bin/,xz sqlite3 hackbench cyclictest fio iperf3)
LAB_GUEST_MODULES := xen-blkfront xen-netfront virtio_pci virtio_blk virtio_net ata_piix sd_mod 8139cp sdhci-pci mmc_block
# Clients of storage that no load has, which fio is linked with, and would bring 75 MB (stand-ins); what iperf3's library is
# linked with, 5 MB.
LAB_GUEST_STAND_INS := libgfapi.so.0 libnbd.so.0 libibverbs.so.1 librdmacm.so.1 librados.so.2 librbd.so.1 libpmemblk.so.1 \
	libpmem.so.1
LAB_GUEST_IPERF_STAND_INS := libcrypto.so.3 libsctp.so.1
LAB_GUEST_IPERF := $(addprefix $(LAB_GUEST)/iperf3/usr/,bin/iperf3 lib/x86_64-linux-gnu/libiperf.so.0)

lab-hosts: $(BUILD)/guest-programs.cpio

$(LAB_GUEST)/debian/packages: $(LAB_HOST)/fetch-packages hypervisor-harness/lab/guest.mk $(BUILD)/.setup
	$(LAB_HOST)/fetch-packages $(@D) $(LAB_GUEST_PACKAGES)

# By themselves: what else their packages depend on is what the stand-ins stand for.
$(LAB_GUEST)/fio/usr/bin/fio: $(LAB_GUEST)/debian/packages
	tests/fetch-program fio usr/bin/fio $@

$(LAB_GUEST)/iperf3/usr/bin/iperf3: $(LAB_GUEST)/debian/packages
	tests/fetch-program iperf3 usr/bin/iperf3 $@

$(LAB_GUEST)/iperf3/usr/lib/x86_64-linux-gnu/libiperf.so.0: $(LAB_GUEST)/debian/packages
	tests/fetch-program libiperf0 usr/lib/x86_64-linux-gnu/libiperf.so.0.0.0 $@

$(BUILD)/guest-programs.cpio: $(LAB_GUEST)/debian/packages $(LAB_GUEST)/fio/usr/bin/fio $(LAB_GUEST_IPERF) $(LAB_XEN)/vmlinux $(BUILD)/lab/pack \
		$(addprefix $(LAB_HOST)/,list-programs list-modules stand-ins)
	rm -rf $(LAB_GUEST)/stand-ins
	$(LAB_HOST)/stand-ins $(LAB_GUEST)/fio/usr/bin/fio $(LAB_GUEST)/stand-ins/lib/x86_64-linux-gnu $(LAB_GUEST_STAND_INS)
	$(LAB_HOST)/stand-ins $(lastword $(LAB_GUEST_IPERF)) $(LAB_GUEST)/stand-ins/lib/x86_64-linux-gnu $(LAB_GUEST_IPERF_STAND_INS)
	{ $(LAB_HOST)/list-programs $(LAB_GUEST)/stand-ins:$(LAB_GUEST)/debian/root:$(LAB_GUEST)/fio:$(LAB_GUEST)/iperf3 $(LAB_GUEST_PROGRAMS); \
		$(LAB_HOST)/list-modules $(LAB_XEN)/debian/root/lib/modules lib/pvbench $(LAB_GUEST)/order $(LAB_GUEST_MODULES); \
	} >$(LAB_GUEST)/programs.list
	$(BUILD)/lab/pack $@ <$(LAB_GUEST)/programs.list
