# pvbench's one Makefile. Each folder has a build.mk that says what it adds;
# nothing is built outside build/.
#
#   make bench   install what is missing, build, run the micro suite and that of disks, report
#   make lab-hosts   fetch and pack the hosts of KVM and Xen, which bench then measures, too
#   make check   install what is missing, build, run every test
#   make check-quick   the same without the lab: for the daily loop
#   make         build
#   make lint    clang-format, clang-tidy, cppcheck
#   make deb     Debian packages, in build/deb; make check-package installs them in a Debian of their own (root, debootstrap)
#   make install PREFIX=/usr/local DESTDIR=
#   make uninstall PREFIX=/usr/local DESTDIR=
#   make CC=clang CFLAGS= CPPFLAGS= LDFLAGS=   with another compiler, with a distribution's flags
#   make XEN_DIST=DIR            with the toolstack of your own build of Xen (dist/install)
#   make fuzz FUZZ_SECONDS=600   fuzz the parsers for longer than check does
#   make check-faults            make system calls fail, end runs at any moment, fill disks: an hour

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
.DELETE_ON_ERROR:
.SECONDEXPANSION:
MAKEFLAGS += --no-builtin-rules
ifndef V # make V=1 shows every command
MAKEFLAGS += --silent
endif

BUILD := build
PREFIX ?= /usr/local
CLANG := clang
OBJCOPY := objcopy
FUZZ_SECONDS ?= 600

include setup/given.mk

# The version is in one file; the git revision goes into results only.
VERSION := $(shell cat VERSION)

WARN := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wvla $(WERROR) -Wno-error=cpp \
	$(if $(CC_IS_CLANG),-Wno-unused-command-line-argument -Wno-gnu)
# The same source gives the same bytes, wherever the tree lies: compilers take PWD for the folder's name when it is one.
REPRODUCIBLE := -ffile-prefix-map=/proc/self/cwd=. -fno-ident
HERE := PWD=/proc/self/cwd

# Ours; what a distribution gives (CPPFLAGS, CFLAGS, LDFLAGS) comes behind, for programs of the host alone.
PVB_CPPFLAGS := -Iinclude -D_GNU_SOURCE -DPVB_VERSION='"$(VERSION)"'
PVB_CFLAGS := -std=gnu11 $(WARN) -Wformat=2 -fstack-protector-strong $(REPRODUCIBLE)
HOST_CC = $(HERE) $(CC) $(PVB_CPPFLAGS) $(CPPFLAGS) $(PVB_CFLAGS) $(CFLAGS)
HOST_LD = $(HERE) $(CC) $(PVB_CFLAGS) $(CFLAGS) $(LDFLAGS)
# For the lab's hosts, with no library of theirs: how a distribution links its programs (-pie) is nothing for these.
STATIC_CC = $(HERE) $(CC) $(PVB_CPPFLAGS) $(PVB_CFLAGS) -O2 -g -static -no-pie -s
# For the tests.
CFLAGS_ASAN := -std=gnu11 -O1 -g $(WARN) -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
ASAN_CC = $(CC) $(PVB_CPPFLAGS) $(CFLAGS_ASAN)

# Code that runs on the bare (emulated) processor: integer registers only, and nothing that a compiler or its
# distribution adds on its own.
CFLAGS_BARE := -std=gnu11 -O2 -g $(WARN) -m64 -march=x86-64 -ffreestanding -fno-builtin -fno-stack-protector \
	-fno-stack-clash-protection -U_FORTIFY_SOURCE -fno-lto \
	-fno-asynchronous-unwind-tables -fcf-protection=none -mno-red-zone -mgeneral-regs-only \
	-fno-strict-aliasing -fno-common $(REPRODUCIBLE)

# Filled by the build.mk files:
PVBENCH_SRCS :=      # host C files of the pvbench command, without its main
PVBENCH_LIBS :=      # what they link with
SYSTEM_TESTS :=      # scripts under tests/, run in this order
FUZZERS :=           # C files with LLVMFuzzerTestOneInput
IMAGES :=            # what runs on the bare processor
LINT_SRCS :=         # files for clang-tidy and cppcheck beyond PVBENCH_SRCS

.PHONY: all bench check lint format install uninstall fuzz clean setup revision
all: images pvbench revision

RECORD_REVISION := setup/revision $(BUILD)/revision

include runner/build.mk
include collectors/build.mk
include probes/build.mk
include reports/build.mk
include workloads/build.mk
include hypervisor-harness/minivisor/build.mk
include hypervisor-harness/station/build.mk
include hypervisor-harness/xen-domain/build.mk
include hypervisor-harness/lab/build.mk
include tests/build.mk

.PHONY: images pvbench
images: $(IMAGES)
pvbench: $(BUILD)/pvbench

# --- the command -----------------------------------------------------------
HOST_OBJS := $(PVBENCH_SRCS:%.c=$(BUILD)/host/%.o)
ASAN_OBJS := $(PVBENCH_SRCS:%.c=$(BUILD)/asan/%.o)

$(BUILD)/host/%.o: %.c $(BUILD)/.setup $(BUILD)/.said/host
	@mkdir -p $(@D)
	$(HOST_CC) -MMD -MP -c $< -o $@

$(BUILD)/asan/%.o: %.c $(BUILD)/.setup $(BUILD)/.said/asan
	@mkdir -p $(@D)
	$(ASAN_CC) -MMD -MP -c $< -o $@

$(BUILD)/pvbench: $(HOST_OBJS) $(BUILD)/host/command/main.o $(BUILD)/.said/pvbench
	$(HOST_LD) $(filter %.o,$^) $(PVBENCH_LIBS) -o $@
	@$(RECORD_REVISION)

$(BUILD)/asan/pvbench: $(ASAN_OBJS) $(BUILD)/asan/command/main.o $(BUILD)/.said/pvbench
	$(ASAN_CC) $(filter %.o,$^) $(PVBENCH_LIBS) -o $@

$(call say,host,$(HOST_CC))
$(call say,asan,$(ASAN_CC))
$(call say,pvbench,$(HOST_LD) $(PVBENCH_SRCS) $(PVBENCH_LIBS))

-include $(shell find $(BUILD) -path $(BUILD)/lab -prune -o -name '*.d' -type f -print 2>/dev/null)

# --- set-up ----------------------------------------------------------------
# Says what is missing and installs it with apt-get; once per change of a list. Building and measuring need little of what
# tests do, so each has a list of its own.
setup: $(BUILD)/.setup
$(BUILD)/.setup: setup/packages setup/install-packages
	@mkdir -p $(@D)
	@setup/install-packages setup/packages
	@touch $@
$(BUILD)/.setup-%: setup/packages-% setup/install-packages $(BUILD)/.setup
	@setup/install-packages setup/packages-$*
	@touch $@

# --- the revision ------------------------------------------------------------
# What was built, for results: recorded when it is, whatever becomes of the sources afterwards. What is installed is
# what was built, by whomever.
revision: | $(BUILD)/.setup
ifeq ($(and $(INSTALLS_ONLY),$(wildcard $(BUILD)/revision)),)
	@$(RECORD_REVISION)
endif

# --- the two commands ------------------------------------------------------
# KVM and Xen, too, where their hosts have been fetched: by `make lab-hosts`, or `make check`.
BENCH_HYPERVISORS := native minivisor $(if $(or $(filter lab-hosts,$(MAKECMDGOALS)),$(wildcard $(BUILD)/lab/kvm/host.cpio)),kvm xen)
bench: all
	@mkdir -p results
	$(BUILD)/pvbench run micro $(addprefix --hypervisor ,$(BENCH_HYPERVISORS)) -o results/micro.json >$(BUILD)/bench.log
	$(BUILD)/pvbench figure results/micro.json -o results >>$(BUILD)/bench.log
	$(BUILD)/pvbench run io --hypervisor minivisor -o results/io.json >>$(BUILD)/bench.log
	$(BUILD)/pvbench report results/io.json
	@echo
	$(BUILD)/pvbench report results/micro.json
	@setup/bench-end $(BUILD)/pvbench $(BUILD)/bench.log $(BENCH_HYPERVISORS)

lint: $(BUILD)/.setup-lint
	tests/lint

# What was said is kept for the goals behind it.
clean:
ifeq ($(filter-out clean,$(MAKECMDGOALS)),)
	rm -rf $(BUILD)
else
	find $(BUILD) -mindepth 1 -maxdepth 1 ! -name .said ! -name .built-with -exec rm -rf {} +
endif
