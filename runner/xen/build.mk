# The program that makes Xen's domains. Apart from pvbench, which must start
# where Xen's libraries are missing.
XEN_DOMAIN_SRCS := $(sort $(wildcard runner/xen/*.c)) collectors/xen_trace.c collectors/xen_perfc.c collectors/xen_code.c collectors/xen_books.c collectors/xen_host.c collectors/xen_party.c collectors/lines.c \
	collectors/entry_names.c probes/xen_probes.c probes/ebpf.c \
	common/inherited.c
LINT_SRCS += $(wildcard runner/xen/*.c)

# A toolstack and its Xen are of one release. XEN_DIST=DIR: of your own build of Xen, whose `make dist` leaves it in
# dist/install; / for one that is installed on this computer. Without: Debian's.
XEN_DIST_LIB := .
ifneq ($(XEN_DIST),)
# A link stands for it, whose name has nothing that make or the list of roots would take for something else.
XEN_DIST_GIVEN := $(XEN_DIST)
override XEN_DIST := $(BUILD)/xen-dist
$(shell ln -sfn "$$(realpath -m -- $(call quoted,$(XEN_DIST_GIVEN)))" $(XEN_DIST))
XEN_DIST_INCLUDE := $(firstword $(dir $(wildcard $(addprefix $(XEN_DIST)/usr/,local/include/libxl.h include/libxl.h))))
XEN_DIST_LIB := $(firstword $(dir $(wildcard $(addprefix $(XEN_DIST)/usr/,$(addsuffix /libxenlight.so,local/lib local/lib64 lib \
	lib64 lib/x86_64-linux-gnu)))))
ifeq ($(and $(XEN_DIST_INCLUDE),$(XEN_DIST_LIB)),)
$(error XEN_DIST: $(XEN_DIST_GIVEN)/usr has no libxl.h and libxenlight.so; give the folder dist/install of a tree of Xen after `make dist`)
endif
XEN_DOMAIN_FLAGS := -isystem $(XEN_DIST_INCLUDE)
XEN_DOMAIN_LINK := -L$(XEN_DIST_LIB) -Wl,-rpath-link,$(XEN_DIST_LIB) -Wl,--allow-shlib-undefined
endif
XEN_DOMAIN_LINK += -lxenlight -lxenctrl -lxenevtchn -lxentoollog
# Another toolstack than last time is another program.
XEN_DIST_SAID := $(BUILD)/.said/xen-dist
$(call say,xen-dist,$(XEN_DIST_GIVEN))
$(patsubst %.c,$(BUILD)/host/%.o,$(filter runner/xen/%,$(XEN_DOMAIN_SRCS))): $(XEN_DIST_SAID)
$(patsubst %.c,$(BUILD)/host/%.o,$(filter runner/xen/%,$(XEN_DOMAIN_SRCS))): PVB_CPPFLAGS := $(XEN_DOMAIN_FLAGS) $(PVB_CPPFLAGS)

$(BUILD)/pvbench-xen-domain: $(XEN_DOMAIN_SRCS:%.c=$(BUILD)/host/%.o) $(BUILD)/.said/xen-domain
	$(HOST_LD) $(filter %.o,$^) $(XEN_DOMAIN_LINK) -ljansson -lbpf -o $@
$(call say,xen-domain,$(HOST_LD) $(XEN_DOMAIN_SRCS) $(XEN_DOMAIN_LINK))

pvbench: $(BUILD)/pvbench-xen-domain

# The test of failures links the domain alone.
$(BUILD)/tests/lab-xen-failures: $(addprefix $(BUILD)/host/runner/xen/,ours.o release.o words.o)
UNIT_TESTS += tests/unit/test_xen_ours.c tests/unit/test_xen_ring.c
