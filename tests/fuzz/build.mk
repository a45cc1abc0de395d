# The fuzzers: one libFuzzer program a parser. `make fuzz` runs each for
# FUZZ_SECONDS; the checks run each for a bounded number of inputs.

FUZZERS += $(addprefix tests/fuzz/,fuzz_suite.c fuzz_guest_log.c fuzz_hypervisor_log.c fuzz_lab_host_log.c fuzz_image.c fuzz_kernel.c fuzz_kallsyms.c fuzz_journal.c fuzz_station.c fuzz_xentrace.c)
FUZZ_PROGRAMS = $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(FUZZERS))
FUZZ_OBJS = $(PVBENCH_SRCS:%.c=$(BUILD)/fuzz/objects/%.o)
CFLAGS_FUZZ := -std=gnu11 -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
CHECK_NEEDS += $(FUZZ_PROGRAMS)

$(BUILD)/fuzz/objects/%.o: %.c $(BUILD)/.setup-check $(BUILD)/.said/fuzz
	@mkdir -p $(@D)
	$(CLANG) $(PVB_CPPFLAGS) $(CFLAGS_FUZZ) -MMD -MP -c $< -o $@

$(BUILD)/fuzz/%: tests/fuzz/%.c $$(FUZZ_OBJS) $(BUILD)/.said/pvbench
	@mkdir -p $(@D)
	$(CLANG) $(PVB_CPPFLAGS) -Itests/fuzz $(CFLAGS_FUZZ) -fsanitize=fuzzer -MMD -MP -MF $@.d $< $(FUZZ_OBJS) \
		$(PVBENCH_LIBS) -o $@

# What they find new is kept in the build folder; crashes are left there with the input that does it.
fuzz: $$(FUZZ_PROGRAMS)
	failed=0; for program in $(FUZZ_PROGRAMS); do \
		name=$$(basename $$program); corpus=$(BUILD)/fuzz/corpus/$$name; mkdir -p $$corpus; \
		$$program -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -artifact_prefix=$(BUILD)/fuzz/ \
			$$corpus tests/fixtures/fuzz/$${name#fuzz_} || failed=1; \
	done; exit $$failed

fuzz_said = $(CLANG) $(PVB_CPPFLAGS) $(CFLAGS_FUZZ)
$(call say,fuzz,$(fuzz_said))
