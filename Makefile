# pvbench's one Makefile. Each folder has a build.mk that says what it adds;
# nothing is built outside build/.
#
#   make bench   install what is missing, build, run the micro suite, report
#   make check   install what is missing, build, run every test
#   make         build
#   make lint    clang-format, clang-tidy, cppcheck
#   make install PREFIX=/usr/local DESTDIR=
#   make XEN_DIST=DIR            with the toolstack of your own build of Xen (dist/install)
#   make fuzz FUZZ_SECONDS=600   fuzz the parsers for longer than check does

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
CC := gcc
CLANG := clang
OBJCOPY := objcopy
FUZZ_SECONDS ?= 600

# The version is in one file; the git revision goes into results only.
VERSION := $(shell cat VERSION)

WARN := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wvla
# The same source gives the same bytes, wherever the tree lies.
REPRODUCIBLE := -ffile-prefix-map=$(CURDIR)=. -fno-ident

CPPFLAGS := -Iinclude -D_GNU_SOURCE -DPVB_VERSION='"$(VERSION)"'
CFLAGS_HOST := -std=gnu11 -O2 -g $(WARN) -Wformat=2 -fstack-protector-strong $(REPRODUCIBLE)
CFLAGS_ASAN := -std=gnu11 -O1 -g $(WARN) -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer

# Code that runs on the bare (emulated) processor: integer registers only.
CFLAGS_BARE := -std=gnu11 -O2 -g $(WARN) -m64 -march=x86-64 -ffreestanding -fno-builtin -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fcf-protection=none -mno-red-zone -mgeneral-regs-only \
	-fno-strict-aliasing -fno-common $(REPRODUCIBLE)

# Filled by the build.mk files:
PVBENCH_SRCS :=      # host C files of the pvbench command, without its main
PVBENCH_LIBS :=      # what they link with
UNIT_TESTS :=        # C files under tests/unit, each a cmocka program
SYSTEM_TESTS :=      # scripts under tests/, run in this order
FUZZERS :=           # C files with LLVMFuzzerTestOneInput
IMAGES :=            # what runs on the bare processor
LINT_SRCS :=         # files for clang-tidy and cppcheck beyond PVBENCH_SRCS

.PHONY: all bench check lint format install fuzz clean setup
all: images pvbench

include runner/build.mk
include collectors/build.mk
include probes/build.mk
include reports/build.mk
include workloads/build.mk
include hypervisor-harness/minivisor/build.mk
include hypervisor-harness/lab/build.mk
include tests/build.mk

.PHONY: images pvbench
images: $(IMAGES)
pvbench: $(BUILD)/pvbench

# --- the command -----------------------------------------------------------
HOST_OBJS := $(PVBENCH_SRCS:%.c=$(BUILD)/host/%.o)
ASAN_OBJS := $(PVBENCH_SRCS:%.c=$(BUILD)/asan/%.o)

$(BUILD)/host/%.o: %.c $(BUILD)/.setup
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_HOST) -MMD -MP -c $< -o $@

$(BUILD)/asan/%.o: %.c $(BUILD)/.setup
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_ASAN) -MMD -MP -c $< -o $@

$(BUILD)/pvbench: $(HOST_OBJS) $(BUILD)/host/command/main.o
	$(CC) $(CFLAGS_HOST) $^ $(PVBENCH_LIBS) -o $@

$(BUILD)/asan/pvbench: $(ASAN_OBJS) $(BUILD)/asan/command/main.o
	$(CC) $(CFLAGS_ASAN) $^ $(PVBENCH_LIBS) -o $@

-include $(shell find $(BUILD) -path $(BUILD)/lab -prune -o -name '*.d' -type f -print 2>/dev/null)

# --- set-up ----------------------------------------------------------------
# Says what is missing and installs it with apt-get; once per change of the list.
setup: $(BUILD)/.setup
$(BUILD)/.setup: setup/packages setup/install-packages
	@mkdir -p $(@D)
	@setup/install-packages setup/packages
	@touch $@

# --- the two commands ------------------------------------------------------
bench: all
	@mkdir -p results
	$(BUILD)/pvbench run micro --hypervisor minivisor --hypervisor kvm --hypervisor xen -o results/micro.json
	$(BUILD)/pvbench report results/micro.json
	$(BUILD)/pvbench figure results/micro.json -o results

lint: $(BUILD)/.setup
	tests/lint

clean:
	rm -rf $(BUILD)
