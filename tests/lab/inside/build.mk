# Programs that run inside of the lab's hosts and test there what pvbench does.
INSIDE := $(addprefix tests/lab/inside/,command.c command.h) $(addprefix tests/lab/probes/,tap.c tap.h)
LEFTOVERS := $(addprefix tests/lab/inside/,leftovers.c leftovers.h)
LAB_INSIDE := $(BUILD)/tests/lab-xen-failures $(BUILD)/tests/lab-xen-trace $(BUILD)/tests/lab-kvm-domains $(BUILD)/tests/lab-kvm-failures \
	$(BUILD)/tests/slow_kvm.so

$(BUILD)/tests/lab-xen-failures: tests/lab/inside/xen_failures.c tests/lab/inside/visitors.c tests/lab/inside/visitors.h \
		$(LEFTOVERS) $(INSIDE) $(XEN_DOMAIN_LIB) $(patsubst %.c,$(BUILD)/host/%.o,$(STATION_SRCS) collectors/device_counts.c collectors/words.c \
		common/inherited.c common/number_file.c)
	@mkdir -p $(@D)
	$(HOST_CC) $(LDFLAGS) $(filter %.c %.a %.o,$^) $(XEN_DOMAIN_LINK) -ljansson -o $@

$(BUILD)/tests/lab-xen-trace: tests/lab/inside/xen_trace.c $(INSIDE) $(XEN_DOMAIN_LIB) $(patsubst %.c,$(BUILD)/host/%.o,$(STATION_SRCS) \
		collectors/device_counts.c collectors/words.c common/inherited.c common/number_file.c)
	@mkdir -p $(@D)
	$(HOST_CC) $(LDFLAGS) $(filter %.c %.a %.o,$^) $(XEN_DOMAIN_LINK) -ljansson -o $@

$(BUILD)/tests/lab-kvm-%: tests/lab/inside/kvm_%.c $(LEFTOVERS) $(INSIDE)
	@mkdir -p $(@D)
	$(HOST_CC) $(LDFLAGS) $(filter %.c,$^) -ljansson -o $@

$(BUILD)/tests/slow_kvm.so: tests/lab/inside/slow_kvm.c
	@mkdir -p $(@D)
	$(CC) $(PVB_CFLAGS) -O2 -g -shared -fPIC $< -o $@

CHECK_NEEDS += $(LAB_INSIDE)
LAB_TESTS += tests/lab/xen_failures tests/lab/xen_trace tests/lab/kvm_domains tests/lab/kvm_failures
