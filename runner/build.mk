# The runner and the reader of command lines, which the reports' commands use too; and the installation.

CPPFLAGS += -I.
PVBENCH_SRCS += $(addprefix command/,options.c usage.c text.c json_text.c memory.c) $(filter-out runner/xen/%,$(sort $(wildcard runner/*/*.c)))
PVBENCH_LIBS += -ljansson -lmd -lz
UNIT_TESTS += $(addprefix tests/unit/,test_suite.c test_plan.c test_image.c test_guest_log.c test_minivisor_log.c \
	test_summary.c test_run_json.c test_journal.c test_text.c)

include runner/xen/build.mk

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pvbench $(DESTDIR)$(PREFIX)/share/pvbench/suites
	install -m 755 $(BUILD)/pvbench $(DESTDIR)$(PREFIX)/bin/pvbench
	install -m 755 $(BUILD)/pvbench-xen-domain $(DESTDIR)$(PREFIX)/lib/pvbench
	install -m 644 $(BUILD)/minivisor.elf $(BUILD)/guest-pv.elf $(BUILD)/guest-hvm.elf $(BUILD)/workloads.sha256 \
		$(DESTDIR)$(PREFIX)/lib/pvbench
	for host in kvm xen; do \
		[ -f $(BUILD)/lab/$$host/host.cpio ] || continue; \
		install -d $(DESTDIR)$(PREFIX)/lib/pvbench/lab/$$host/modules; \
		for file in xen vmlinux host.cpio packages; do \
			[ ! -f $(BUILD)/lab/$$host/$$file ] || \
				install -m 644 $(BUILD)/lab/$$host/$$file $(DESTDIR)$(PREFIX)/lib/pvbench/lab/$$host; \
		done; \
		install -m 644 $(BUILD)/lab/$$host/modules/* $(DESTDIR)$(PREFIX)/lib/pvbench/lab/$$host/modules; \
	done
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 doc/pvbench.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 workloads/suites/*.json $(DESTDIR)$(PREFIX)/share/pvbench/suites
	install -m 644 VERSION $(DESTDIR)$(PREFIX)/share/pvbench
