# The tests: cmocka programs, then the lab, then the system through its
# command. Every one speaks TAP; tests/run counts.

include tests/hostile/build.mk
include tests/stats/build.mk
include tests/lab/probes/build.mk
include tests/lab/inside/build.mk
UNIT_TESTS += tests/unit/test_lab_host.c tests/unit/test_xen_lab.c tests/unit/test_xen_perfc.c tests/unit/test_xen_trace.c
SYSTEM_TESTS += tests/lab/kvm tests/lab/kvm_expectations tests/lab/xen tests/lab/xen_expectations tests/lab/minivisor_hostile tests/lab/minivisor_grub tests/system/expectations tests/lab/reproducible

UNIT_PROGRAMS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_TESTS))

$(BUILD)/tests/%: tests/unit/%.c $$(ASAN_OBJS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -I. $(CFLAGS_ASAN) -MMD -MP -MF $@.d $< $(ASAN_OBJS) -lcmocka $(PVBENCH_LIBS) -o $@

check: all $$(UNIT_PROGRAMS) $(BUILD)/asan/pvbench $$(CHECK_NEEDS)
	tests/run $(UNIT_PROGRAMS) $(SYSTEM_TESTS)

include tests/fuzz/build.mk
SYSTEM_TESTS += tests/system/fuzz_short.sh tests/system/run_errors.sh
SYSTEM_TESTS += tests/system/compare.py tests/system/export.py tests/lab/regression
SYSTEM_TESTS += tests/system/domains.py
UNIT_TESTS += tests/unit/test_host.c tests/unit/test_warm_up.c
SYSTEM_TESTS += tests/lab/host
SYSTEM_TESTS += tests/lab/xen_minivisor
