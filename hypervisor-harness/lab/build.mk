# The lab: how to start the emulated computer.
PVBENCH_SRCS += hypervisor-harness/lab/lab.c hypervisor-harness/lab/check.c
