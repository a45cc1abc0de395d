# The runner and the reader of command lines, which the reports' commands use too; and the installation.

PVB_CPPFLAGS += -I.
PVBENCH_SRCS += $(sort $(wildcard common/*.c)) $(filter-out command/main.c,$(sort $(wildcard command/*.c))) $(sort $(wildcard runner/*/*.c))
PVBENCH_LIBS += -ljansson -lmd -lz

# In apostrophes, whatever the folders are called.
INTO = $(call quoted,$(DESTDIR)$(PREFIX))
install: all
	install -d $(INTO)/bin $(INTO)/lib/pvbench $(INTO)/share/pvbench/suites $(INTO)/share/man/man1
	install -m 755 $(BUILD)/pvbench $(INTO)/bin/pvbench
	install -m 755 $(BUILD)/pvbench-xen-domain $(INTO)/lib/pvbench
	install -m 644 $(BUILD)/minivisor.elf $(BUILD)/guest-pv.elf $(BUILD)/guest-hvm.elf $(BUILD)/guest-linux.elf \
		$(BUILD)/workloads.sha256 \
		$(BUILD)/revision $(INTO)/lib/pvbench
	[ ! -f $(BUILD)/guest-vmlinux ] || install -m 644 $(BUILD)/guest-vmlinux $(INTO)/lib/pvbench
	for host in kvm xen; do \
		[ -f $(BUILD)/lab/$$host/host.cpio ] || continue; \
		install -d $(INTO)/lib/pvbench/lab/$$host/modules; \
		for file in xen vmlinux host.cpio packages; do \
			[ ! -f $(BUILD)/lab/$$host/$$file ] || \
				install -m 644 $(BUILD)/lab/$$host/$$file $(INTO)/lib/pvbench/lab/$$host; \
		done; \
		install -m 644 $(BUILD)/lab/$$host/modules/* $(INTO)/lib/pvbench/lab/$$host/modules; \
	done
	install -m 644 doc/pvbench.1 $(INTO)/share/man/man1
	install -m 644 workloads/suites/*.json $(INTO)/share/pvbench/suites
	install -m 644 VERSION $(INTO)/share/pvbench
	install -d $(INTO)/share/bash-completion/completions $(INTO)/share/zsh/site-functions
	$(BUILD)/pvbench completion bash | install -m 644 /dev/stdin $(INTO)/share/bash-completion/completions/pvbench
	$(BUILD)/pvbench completion zsh | install -m 644 /dev/stdin $(INTO)/share/zsh/site-functions/_pvbench

# What install puts there, and nothing that others did.
uninstall:
	rm -f $(INTO)/bin/pvbench $(INTO)/share/man/man1/pvbench.1 $(INTO)/share/bash-completion/completions/pvbench \
		$(INTO)/share/zsh/site-functions/_pvbench
	rm -rf $(INTO)/lib/pvbench $(INTO)/share/pvbench
