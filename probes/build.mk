# The eBPF probes: compiled for the kernel's virtual machine, and put into
# the command as a skeleton, so that nothing must be found at run time.
# bpftool's linker leaves the debug information out, which names folders.

BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 -Wall -Wextra -Werror -Wno-unused-parameter -ffile-prefix-map=$(CURDIR)=. \
	-Iinclude -Iprobes -idirafter /usr/include/x86_64-linux-gnu
BPFTOOL := PATH=$$PATH:/usr/sbin bpftool

CPPFLAGS += -I$(BUILD)
PVBENCH_SRCS += $(sort $(filter-out %.bpf.c,$(wildcard probes/*.c)))
PVBENCH_LIBS += -lbpf

$(BUILD)/probes/%.bpf.o: probes/%.bpf.c probes/build.mk $(BUILD)/.setup
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -MMD -MP -c $< -o $@.whole -MF $@.d -MT $@
	$(BPFTOOL) gen object $@ $@.whole

$(BUILD)/probes/%.skel.h: $(BUILD)/probes/%.bpf.o
	{ echo '#pragma GCC system_header'; $(BPFTOOL) gen skeleton $< name $*_bpf; } | \
		sed 's/^\treturn err;/& \/* NOLINT: libbpf has freed it *\//' >$@

lint: $(BUILD)/probes/kvm.skel.h $(BUILD)/probes/pmu.skel.h $(BUILD)/probes/xen.skel.h

$(BUILD)/host/probes/kvm_probes.o $(BUILD)/asan/probes/kvm_probes.o: $(BUILD)/probes/kvm.skel.h
.SECONDARY: $(BUILD)/probes/kvm.bpf.o
UNIT_TESTS += tests/unit/test_kvm_ebpf.c

$(BUILD)/host/probes/pmu_marks.o $(BUILD)/asan/probes/pmu_marks.o: $(BUILD)/probes/pmu.skel.h
.SECONDARY: $(BUILD)/probes/pmu.bpf.o

$(BUILD)/host/probes/xen_probes.o $(BUILD)/asan/probes/xen_probes.o: $(BUILD)/probes/xen.skel.h
.SECONDARY: $(BUILD)/probes/xen.bpf.o
