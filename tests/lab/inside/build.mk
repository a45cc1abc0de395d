# Programs that run inside of the lab's hosts and test there what pvbench does.
INSIDE := $(addprefix tests/lab/inside/,command.c command.h) $(addprefix tests/lab/probes/,tap.c tap.h)
LAB_INSIDE := $(BUILD)/tests/lab-xen-failures $(BUILD)/tests/lab-kvm-domains

$(BUILD)/tests/lab-xen-failures: tests/lab/inside/xen_failures.c tests/lab/inside/visitors.c tests/lab/inside/visitors.h \
		$(INSIDE) $(BUILD)/host/runner/xen/domain.o
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -I. $(CFLAGS_HOST) $(filter %.c %.o,$^) -lxenlight -lxentoollog -ljansson -o $@

$(BUILD)/tests/lab-kvm-domains: tests/lab/inside/kvm_domains.c $(INSIDE)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -I. $(CFLAGS_HOST) $(filter %.c,$^) -ljansson -o $@

CHECK_NEEDS += $(LAB_INSIDE)
SYSTEM_TESTS += tests/lab/xen_failures tests/lab/kvm_domains
