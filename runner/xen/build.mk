# The program that makes Xen's domains. Apart from pvbench, which must start
# where Xen's libraries are missing.
XEN_DOMAIN_SRCS := $(sort $(wildcard runner/xen/*.c)) collectors/xen_trace.c collectors/xen_perfc.c collectors/xen_code.c collectors/xen_books.c collectors/xen_host.c collectors/xen_party.c collectors/lines.c \
	collectors/entry_names.c probes/xen_probes.c probes/ebpf.c
LINT_SRCS += $(wildcard runner/xen/*.c)

$(BUILD)/pvbench-xen-domain: $(XEN_DOMAIN_SRCS:%.c=$(BUILD)/host/%.o)
	$(CC) $(CFLAGS_HOST) $^ -lxenlight -lxenctrl -lxenevtchn -lxentoollog -ljansson -lbpf -o $@

pvbench: $(BUILD)/pvbench-xen-domain

# The test of failures links the domain alone.
$(BUILD)/tests/lab-xen-failures: $(addprefix $(BUILD)/host/runner/xen/,ours.o words.o)
UNIT_TESTS += tests/unit/test_xen_ours.c tests/unit/test_xen_ring.c
