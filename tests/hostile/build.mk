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

# With the ordinary workloads beside the hostile ones: a guest that is measured, and one beside it that misbehaves.
MIXED := $(BUILD)/tests/mixed-hvm.elf
CHECK_NEEDS += $(MIXED)
$(MIXED): workloads/guest/link.lds $(HOSTILE_OBJS_hvm) $(WORKLOAD_OBJS) $(GUEST_OBJS) $(GUEST_OBJS_hvm) $(BUILD)/.said/hostile
	@mkdir -p $(@D)
	$(LD) $(GUEST_LDFLAGS) -T $(filter %.lds %.o,$^) -o $@

$(call say,hostile,$(LD) $(GUEST_LDFLAGS) $(HOSTILE_OBJS_pv) $(HOSTILE_OBJS_hvm) $(GUEST_ALL_OBJS))

# And a minivisor whose back ends are hostile: the product's own objects, with seams between them (tests/hostile/back/).
HOSTILE_BACK := $(BUILD)/tests/hostile-back.elf
CHECK_NEEDS += $(HOSTILE_BACK)
HOSTILE_BACK_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/hostile/back/*.c))
HOSTILE_SEAMS := limit_init devices_init block_serve net_serve store_serve do_sched_op do_event_channel_op \
	hvm_device_hypercall
HOSTILE_BACK_CC = $(MV_CC) -Itests/hostile/back

$(BUILD)/tests/hostile/back/%.o: tests/hostile/back/%.c $(BUILD)/.setup $(BUILD)/.said/minivisor
	@mkdir -p $(@D)
	$(HOSTILE_BACK_CC) -MMD -MP -c $< -o $@

$(HOSTILE_BACK): $(HOSTILE_BACK_OBJS) $(MV_OBJS) $(MV)/minivisor.lds $(BUILD)/.said/hostile-back
	$(call MV_LINK,$(HOSTILE_BACK_OBJS) $(MV_OBJS) $(addprefix -Xlinker --wrap=,$(HOSTILE_SEAMS)),$@)

$(call say,hostile-back,$(HOSTILE_BACK_CC) $(HOSTILE_SEAMS) $(HOSTILE_BACK_OBJS) $(MV_SRCS))
