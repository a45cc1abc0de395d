# The tests: cmocka programs, then the lab, then the system through its
# command. Every one speaks TAP; tests/run counts.

include tests/hostile/build.mk
include tests/stats/build.mk
include tests/lab/probes/build.mk
include tests/lab/inside/build.mk
include tests/fuzz/build.mk

UNIT_TESTS := $(sort $(wildcard tests/unit/test_*.c))
SYSTEM_TESTS += $(addprefix tests/system/,run_errors.sh suites.py traces.py completion.py faults.py house.py compare.py ci_recipe.py export.py shards.py domains.py guests.py expectations)
# Two at once, the long ones first: each keeps one processor busy, and nothing in them depends on time but their deadlines.
LAB_TESTS := $(addprefix tests/lab/,kvm xen linux minivisor_linux linux_portless) tests/system/build.sh tests/system/build_clang.sh tests/system/package.sh tests/system/fuzz_short.sh $(LAB_TESTS) $(addprefix tests/lab/,minivisor_hostile \
	minivisor_hostile_back minivisor_grub minivisor_pvgrub smp parts explain reproducible regression mitigations guests commits.py slurm.py kvm_expectations host xen_expectations)
# What compares results of tests before.
LAST_TESTS := tests/lab/xen_minivisor tests/lab/io

UNIT_PROGRAMS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_TESTS))

$(BUILD)/tests/%: tests/unit/%.c $$(ASAN_OBJS) $$(XEN_DOMAIN_ASAN) $(BUILD)/.said/pvbench | $(BUILD)/.setup-check
	@mkdir -p $(@D)
	$(ASAN_CC) -MMD -MP -MF $@.d $(filter %.c,$^) $(ASAN_OBJS) $(XEN_DOMAIN_ASAN) -lcmocka $(PVBENCH_LIBS) -o $@

# Of the Linux guest's program.
$(BUILD)/tests/test_guest_said: workloads/linux/said.c

# System calls that fail, signals at any moment, disks that fill up: an hour. A sample of it is in every check.
.PHONY: check-faults
check-faults: $(BUILD)/.setup-check all
	tests/faults/sweep $(SWEEP)

# Prometheus' own programs, which the test of exports asks (23 MB to fetch, once).
CHECK_NEEDS += $(BUILD)/tests/promtool $(BUILD)/tests/prometheus-node-exporter
$(BUILD)/tests/promtool: | $(BUILD)/.setup
	tests/fetch-program prometheus usr/bin/promtool $@
$(BUILD)/tests/prometheus-node-exporter: | $(BUILD)/.setup
	tests/fetch-program prometheus-node-exporter usr/bin/prometheus-node-exporter $@

# Valgrind's reader of profiles, a script that asks for nothing else of it (16 MB to fetch, once).
CHECK_NEEDS += $(BUILD)/tests/callgrind_annotate
$(BUILD)/tests/callgrind_annotate: | $(BUILD)/.setup
	tests/fetch-program valgrind usr/bin/callgrind_annotate $@

# GNU parallel, a script; its package would start a service that measures this computer beside us.
CHECK_NEEDS += $(BUILD)/tests/parallel
$(BUILD)/tests/parallel: | $(BUILD)/.setup
	tests/fetch-program parallel usr/bin/parallel $@

# Slurm with its daemons, for the test of contrib/slurm: unpacked, not installed (3 MB to fetch, once).
CHECK_NEEDS += $(BUILD)/tests/slurm
$(BUILD)/tests/slurm: | $(BUILD)/.setup
	tests/fetch-packages $@ munge libmunge2 slurmctld slurmd slurm-client slurm-wlm-basic-plugins libhwloc15 liblua5.1-0

# GRUB as a guest of Xen's, which is a guest of the minivisor's, too (1 MB to fetch, once).
CHECK_NEEDS += $(BUILD)/tests/pvgrub
$(BUILD)/tests/pvgrub: | $(BUILD)/.setup
	tests/fetch-program grub-xen-host usr/lib/grub-xen/grub-x86_64-xen.bin $@

# Xen of another release, from another Debian: not for every check, which must not depend on two of them.
.PHONY: check-xen-dist
check-xen-dist: $(BUILD)/.setup-check all lab-hosts
	tests/run tests/lab/xen_dist

# 32 guests on one processor, in PV and PVH, and guests saved and restored in all modes: some of them are in every check.
.PHONY: check-guests
check-guests: $(BUILD)/.setup-check all lab-hosts
	tests/lab/guests many

# kvm-unit-tests' x86/vmexit.flat of your own, in the folder KVM_UNIT_TESTS, on the lab's KVM beside our workloads.
.PHONY: check-kvm-unit-tests
check-kvm-unit-tests: $(BUILD)/.setup-check all lab-hosts
	tests/lab/beside_kvm_unit_tests

# Xen's Mini-OS of your own, in the folder MINI_OS, on the minivisor.
.PHONY: check-mini-os
check-mini-os: $(BUILD)/.setup-check all
	tests/lab/mini_os

# The Debian packages, installed in a Debian of their own: as root, with a mirror. What needs neither is in every check.
.PHONY: deb check-package
CHECK_NEEDS += $(BUILD)/.setup-package
deb: $(BUILD)/.setup-package
	setup/build-package $(BUILD)/deb
check-package: deb $(BUILD)/.setup-debootstrap
	tests/run tests/package/installed

# For the daily loop: the quick ones alone.
.PHONY: check-quick
check-quick: $(BUILD)/.setup-check all $(UNIT_PROGRAMS) $(BUILD)/asan/pvbench
	tests/run -j 2 $(UNIT_PROGRAMS) $(filter-out tests/stats/% tests/system/build% tests/system/images_reproducible.sh,$(SYSTEM_TESTS))

# The quick ones first: what they find is found soon.
check: $(BUILD)/.setup-check all $(UNIT_PROGRAMS) $(BUILD)/asan/pvbench $$(CHECK_NEEDS)
	tests/run -j 2 $(UNIT_PROGRAMS) $(SYSTEM_TESTS) $(LAB_TESTS) -j 1 $(LAST_TESTS)
