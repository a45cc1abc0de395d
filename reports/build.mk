# The reports: what shows a result to people.
PVBENCH_SRCS += $(sort $(wildcard reports/*/*.c))
PVBENCH_LIBS += -lm
$(foreach kind,host asan fuzz/objects,$(BUILD)/$(kind)/reports/html/html_assets.o): reports/html/page.css reports/html/page.js
$(foreach kind,host asan fuzz/objects,$(BUILD)/$(kind)/reports/explain/flame.o): reports/explain/flame.css
SYSTEM_TESTS += tests/system/report_schema.py tests/system/report_figures.py tests/system/report_paper.py
SYSTEM_TESTS += tests/system/merge.py tests/system/filters.py tests/system/advise.py tests/system/terminal.py tests/system/findings.py tests/system/explain.py tests/system/text.py tests/system/report_errors.sh tests/system/report_html.py tests/system/history.py
FUZZERS += tests/fuzz/fuzz_result.c tests/fuzz/fuzz_mutants.c tests/fuzz/fuzz_explanation.c tests/fuzz/fuzz_load.c

# The table of expected entries is part of the program.
$(foreach kind,host asan fuzz/objects,$(BUILD)/$(kind)/reports/result/expectations.o): reports/result/expectations.tsv
$(foreach kind,host asan fuzz/objects,$(BUILD)/$(kind)/reports/result/groups.o): reports/result/groups.tsv

install: install-reports
.PHONY: install-reports
install-reports:
	install -d $(INTO)/share/pvbench
	install -m 644 reports/result/result-schema.json reports/result/trace-schema.json $(INTO)/share/pvbench
