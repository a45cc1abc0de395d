# The collectors: what reads measurements, one file a source, and turns them into the result's JSON.
PVBENCH_SRCS += $(sort $(wildcard collectors/*.c))
# Static: its tables are data, and the hosts in the lab need no package for them.
PVBENCH_LIBS += -l:libpfm.a
