# The program that tests the KVM probes on a host in the lab, and what they cost.
LAB_PROBES_SRCS := $(wildcard tests/lab/probes/*.c)
LAB_PROBES := $(BUILD)/tests/lab-probes

$(LAB_PROBES): $(LAB_PROBES_SRCS) $(wildcard tests/lab/probes/*.h) $(patsubst %.c,$(BUILD)/host/%.o,$(filter probes/%,$(PVBENCH_SRCS)))
	@mkdir -p $(@D)
	$(HOST_CC) $(LDFLAGS) $(filter %.c %.o,$^) -ljansson -lbpf -o $@

CHECK_NEEDS += $(LAB_PROBES)
LAB_TESTS += tests/lab/kvm_probes

.PHONY: bench-probes
bench-probes: $(LAB_PROBES) all lab-hosts
	tests/lab/kvm_probes bench
