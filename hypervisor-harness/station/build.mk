# The station at the other end of a guest's wire: for pvbench itself, and for who makes Xen's domains.
STATION_SRCS := $(sort $(wildcard hypervisor-harness/station/*.c))
PVBENCH_SRCS += $(STATION_SRCS)
