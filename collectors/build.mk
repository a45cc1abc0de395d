# The collectors: what reads measurements, one file a source.
PVBENCH_SRCS += collectors/words.c collectors/lines.c collectors/distribution.c collectors/observation.c \
	collectors/entry_names.c collectors/guest_log.c collectors/minivisor_log.c collectors/opinion.c collectors/first_domain.c collectors/xen_party.c collectors/lab_host_log.c collectors/kvm_ebpf.c collectors/kvm_names.c
PVBENCH_SRCS += collectors/pmu_events.c collectors/pmu_open.c collectors/pmu.c collectors/warm_up.c collectors/threads.c
# Static: its tables are data, and the hosts in the lab need no package for them.
PVBENCH_LIBS += -l:libpfm.a
