# What guests that are Linux have beside the kernel and our own loads: programs of Debian's, unpacked and not installed,
# in an archive of their own. It travels with those loads alone that say that they need it.
LAB_GUEST := $(BUILD)/lab/guest
LAB_GUEST_PACKAGES := xz-utils sqlite3 rt-tests
LAB_GUEST_PROGRAMS := $(addprefix /usr/bin/,xz sqlite3 hackbench cyclictest)

lab-hosts: $(BUILD)/guest-programs.cpio

$(LAB_GUEST)/debian/packages: $(LAB_HOST)/fetch-packages hypervisor-harness/lab/guest.mk $(BUILD)/.setup
	$(LAB_HOST)/fetch-packages $(@D) $(LAB_GUEST_PACKAGES)

$(BUILD)/guest-programs.cpio: $(LAB_GUEST)/debian/packages $(BUILD)/lab/pack $(LAB_HOST)/list-programs
	$(LAB_HOST)/list-programs $(LAB_GUEST)/debian/root $(LAB_GUEST_PROGRAMS) >$(LAB_GUEST)/programs.list
	$(BUILD)/lab/pack $@ <$(LAB_GUEST)/programs.list
