# The reports: what shows a result to people.
PVBENCH_SRCS += $(sort $(wildcard reports/*/*.c))
PVBENCH_LIBS += -lm
UNIT_TESTS += tests/unit/test_report.c
SYSTEM_TESTS += tests/system/report_schema.py tests/system/report_figures.py tests/system/report_errors.sh
FUZZERS += tests/fuzz/fuzz_result.c

install: install-reports
.PHONY: install-reports
install-reports:
	install -d $(DESTDIR)$(PREFIX)/share/pvbench
	install -m 644 reports/result/result-schema.json $(DESTDIR)$(PREFIX)/share/pvbench
