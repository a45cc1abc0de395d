# The reports: what shows a result to people.
PVBENCH_SRCS += $(sort $(wildcard reports/*.c))
PVBENCH_LIBS += -lm
