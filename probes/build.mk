# The eBPF probes: compiled for the kernel's virtual machine, and put into
# the command as a skeleton, so that nothing must be found at run time.
# bpftool's linker leaves the debug information out, which names folders.

BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 -Wall -Wextra -Werror -Wno-unused-parameter -ffile-prefix-map=/proc/self/cwd=. \
	-Iinclude -Iprobes -idirafter /usr/include/x86_64-linux-gnu
BPFTOOL := PATH=$$PATH:/usr/sbin bpftool

PVB_CPPFLAGS += -I$(BUILD)
PVBENCH_SRCS += $(sort $(filter-out %.bpf.c,$(wildcard probes/*.c)))
PVBENCH_LIBS += -lbpf

$(BUILD)/probes/%.bpf.o: probes/%.bpf.c $(BUILD)/.setup $(BUILD)/.said/probes
	@mkdir -p $(@D)
	$(HERE) $(CLANG) $(BPF_CFLAGS) -MMD -MP -c $< -o $@.whole -MF $@.d -MT $@
	$(BPFTOOL) gen object $@ $@.whole

$(BUILD)/probes/%.skel.h: $(BUILD)/probes/%.bpf.o
	{ echo '#pragma GCC system_header'; $(BPFTOOL) gen skeleton $< name $*_bpf; } | \
		sed 's/^\treturn err;/& \/* NOLINT: libbpf has freed it *\//' >$@

# Which file has which skeleton in it: object:skeleton.
PROBES := kvm_object:kvm kvm_object:kvm_classic pmu_marks:pmu xen_probes:xen
define has_skeleton
$(foreach kind,host asan fuzz/objects,$(BUILD)/$(kind)/probes/$(1).o): $(BUILD)/probes/$(2).skel.h
lint: $(BUILD)/probes/$(2).skel.h
.SECONDARY: $(BUILD)/probes/$(2).bpf.o
endef
$(foreach pair,$(PROBES),$(eval $(call has_skeleton,$(word 1,$(subst :, ,$(pair))),$(word 2,$(subst :, ,$(pair))))))

$(call say,probes,$(CLANG) $(BPF_CFLAGS))

