# Images of hostile guests: the ordinary guest library with other workloads.
HOSTILE_FLAGS := $(GUEST_CFLAGS) -Itests/hostile
HOSTILE_IMAGES := $(BUILD)/tests/hostile-pv.elf $(BUILD)/tests/hostile-hvm.elf
CHECK_NEEDS += $(HOSTILE_IMAGES)
LINT_SRCS += $(wildcard tests/hostile/*/*.c)
hostile_objs = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/hostile/$(1)/*.c tests/hostile/both/*.c)))
HOSTILE_OBJS_pv := $(call hostile_objs,pv)
HOSTILE_OBJS_hvm := $(call hostile_objs,hvm)
.SECONDARY: $(HOSTILE_OBJS_pv) $(HOSTILE_OBJS_hvm)

$(BUILD)/tests/hostile/%.o: tests/hostile/%.c $(BUILD)/.setup $(BUILD)/.said/guests
	@mkdir -p $(@D)
	$(HERE) $(CC) $(HOSTILE_FLAGS) -MMD -MP -c $< -o $@

$(BUILD)/tests/hostile-%.elf: workloads/guest/link.lds $$(HOSTILE_OBJS_$$*) $(GUEST_OBJS) $$(GUEST_OBJS_$$*) \
		$(BUILD)/.said/hostile
	@mkdir -p $(@D)
	$(LD) $(GUEST_LDFLAGS) -T $(filter %.lds %.o,$^) -o $@

$(call say,hostile,$(LD) $(GUEST_LDFLAGS) $(HOSTILE_OBJS_pv) $(HOSTILE_OBJS_hvm) $(GUEST_ALL_OBJS))
