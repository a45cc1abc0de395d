# What is given to make: by whom calls it, by the environment, or the last time. Variables of other names are ours.

# --- what is built with ------------------------------------------------------
# `make install` alone installs what was built: it asks for nothing else than what that was built with.
INSTALLS_ONLY := $(and $(filter install uninstall,$(MAKECMDGOALS)),$(if $(filter-out install uninstall,$(MAKECMDGOALS)),,yes))
ifneq ($(INSTALLS_ONLY),)
-include $(BUILD)/.built-with
endif
ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS ?= -O2 -g
CPPFLAGS ?=
LDFLAGS ?=
WERROR ?= -Werror
MV_EXTRA ?=
XEN_DIST ?=
CC_IS_CLANG := $(findstring clang,$(shell $(CC) --version 2>/dev/null | head -n 1))

# --- folders -------------------------------------------------------------------
dollar := $$
open := (
empty :=
space := $(empty) $(empty)
define newline


endef
# For a shell: in apostrophes.
quoted = '$(subst ','\'',$(1))'

# Make's lists are parted by spaces, and a colon ends a target: such a folder is refused, or a link without them stands for it.
ifneq ($(words $(BUILD))$(findstring :,$(BUILD))$(findstring %,$(BUILD)),1)
$(error BUILD: "$(BUILD)" has a space, a colon or a per cent sign, which make cannot take; give another folder)
endif
# A single $ has been taken for a variable's already.
single_dollar = $(findstring $(dollar),$(subst $(dollar){,,$(subst $(dollar)$(open),,$(subst $(dollar)$(dollar),,$(value $(1))))))
$(foreach name,PREFIX DESTDIR XEN_DIST,$(if $(call single_dollar,$(name)),$(error $(name): "$(value $(name))" has a single \
	$(dollar), which make takes for a variable; write it twice)))
$(foreach name,PREFIX DESTDIR XEN_DIST,$(if $(findstring $(newline),$($(name))),$(error $(name): has a line break; give another folder)))

# --- what was said ---------------------------------------------------------------
# $(call say,NAME,TEXT): $(BUILD)/.said/NAME holds the text, and is new when that is another one than last time. So what
# depends on it is made anew when a flag changes, a file goes, or either is as it was before.
# (Stripped: make 4.3 leaves the last line's end, now and then, when it reads a file.)
same = $(call alike,x$(strip $(1)),x$(strip $(2)))
alike = $(if $(subst $(1),,$(2))$(subst $(2),,$(1)),,same)
put = $(if $(call same,$(file <$(1)),$(2)),,$(file >$(1),$(2)))
say = $(call put,$(BUILD)/.said/$(1),$(1): $(2))
$(shell mkdir -p $(BUILD)/.said)

# To be read as a part of a Makefile.
literal = $(subst \#,\\\#,$(subst $(dollar),$(dollar)$(dollar),$(1)))
define built_with
# What this folder was built with, for `make install`.
ifeq ($$(origin CC),default)
CC := $(call literal,$(CC))
endif
CFLAGS ?= $(call literal,$(CFLAGS))
CPPFLAGS ?= $(call literal,$(CPPFLAGS))
LDFLAGS ?= $(call literal,$(LDFLAGS))
WERROR ?= $(call literal,$(WERROR))
MV_EXTRA ?= $(call literal,$(MV_EXTRA))
XEN_DIST ?= $(call literal,$(XEN_DIST))
endef
$(call put,$(BUILD)/.built-with,$(built_with))
