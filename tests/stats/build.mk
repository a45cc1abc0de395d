# The statistics against an independent implementation, and what their
# verdicts are worth: two helper programs and the scripts that use them.
STATS_PROGRAMS := $(BUILD)/tests/stats_tool $(BUILD)/tests/stats_simulate
CHECK_NEEDS += $(STATS_PROGRAMS)
SYSTEM_TESTS += tests/stats/agreement.py tests/stats/simulation.py tests/stats/changes.py

$(STATS_PROGRAMS): $(BUILD)/tests/%: tests/stats/%.c $$(HOST_OBJS) $(BUILD)/.said/pvbench
	@mkdir -p $(@D)
	$(HOST_CC) $(LDFLAGS) -MMD -MP -MF $@.d $< $(HOST_OBJS) $(PVBENCH_LIBS) -o $@
FUZZERS += tests/fuzz/fuzz_compare.c
