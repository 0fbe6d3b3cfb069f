# The library, the command line, generated headers, data sets and trained models. Paths are from the top.
# SPDX-License-Identifier: Apache-2.0

AXF_LIB := $(BUILD)/libaxflow.a
AXFLOW := $(BUILD)/axflow
NETS := $(sort $(patsubst sw/nets/%.net,%,$(wildcard sw/nets/*.net)))

sw_object = $(patsubst sw/%.c,$(BUILD)/obj/%.o,$(1))
CLI_OBJECTS := $(call sw_object,$(wildcard sw/cli/*.c))
LIB_OBJECTS := $(call sw_object,$(filter-out sw/cli/%,$(wildcard sw/*/*.c)))

.PHONY: all build
all: build ## Build the library and the axflow command.
build: $(AXF_LIB) $(AXFLOW)

# The same compiler and flags as last time, or everything is made anew.
FLAGS_NOW := $(CC) $(CPPFLAGS) $(CFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS_NOW)' | cmp -s - $@ || echo '$(FLAGS_NOW)' >$@

$(BUILD)/obj/%.o: sw/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(EXTRA) $(CFLAGS) -MMD -MP -c $< -o $@

# The revision that results are marked with is in one object only, remade when the revision changes.
$(BUILD)/git-rev: FORCE | $(BUILD)/flags # one after the other: where nothing can be written, one sentence
	@mkdir -p $(@D)
	@rev=$$(git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown); \
	  echo "$$rev" | cmp -s - $@ || echo "$$rev" >$@
$(BUILD)/obj/core/json.o: $(BUILD)/git-rev
$(BUILD)/obj/core/json.o: EXTRA = -DAXF_GIT_REV='"'$$(cat $(BUILD)/git-rev)'"'

$(AXF_LIB): $(LIB_OBJECTS)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $^
$(AXFLOW): $(CLI_OBJECTS) $(AXF_LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@
-include $(CLI_OBJECTS:.o=.d) $(LIB_OBJECTS:.o=.d)

.PHONY: FORCE
FORCE:

.PHONY: isa
isa: ## Regenerate the C header, the Verilog header and the page of the instruction set from sw/isa/axflow.isa.
	sw/isa/generate.sh

.PHONY: data
data: ## Download the original data sets into BUILD/data, checked against pinned sha256 (SETS="mnist ..." for some).
	sw/datasets/download.sh $(BUILD)/data $(SETS)

# DATA=auto resolved once, when a recipe needs it, so that model file and data always belong together.
DATA_NAME = $(shell NET='$(NET)' sw/datasets/which.sh '$(DATA)' '$(DATA_DIR)' '$(BUILD)/data')
# What to call network and data in the names of files: NET and DATA may also be paths, DATA a whole description.
NET_NAME = $(basename $(notdir $(NET)))
DATA_LABEL = $(shell sw/datasets/label.sh '$(DATA_NAME)')
# Files of a training run: the float model and the quantised one.
FLOAT_MODEL = $(BUILD)/models/$(NET_NAME)-$(DATA_LABEL).float.axm
BUILT_MODEL = $(BUILD)/models/$(NET_NAME)-$(DATA_LABEL).axm
SHIPPED_MODEL = sw/models/$(NET_NAME)-$(DATA_LABEL).axm

.PHONY: train
train: $(AXFLOW) ## Train NET on DATA and quantise it into BUILD/models; an interrupted run is continued.
	@mkdir -p $(BUILD)/models
	$(AXFLOW) train --net '$(NET)' --data '$(DATA_NAME)' --out '$(FLOAT_MODEL)' $(TRAIN_OPTIONS)
	$(AXFLOW) quantize --model '$(FLOAT_MODEL)' --data '$(DATA_NAME)' --out '$(BUILT_MODEL)' $(QUANTIZE_OPTIONS)
	@if [ ! -e '$(SHIPPED_MODEL)' ]; then echo 'there is no $(SHIPPED_MODEL) to compare with'; \
	elif cmp -s '$(BUILT_MODEL)' '$(SHIPPED_MODEL)'; then echo '$(BUILT_MODEL) has the same bytes as $(SHIPPED_MODEL)'; \
	else echo '$(BUILT_MODEL) differs from $(SHIPPED_MODEL)'; fi

# For maintainers: the models that ship. One network on one data set after the other, for every network of both kinds.
.PHONY: models
models: $(AXFLOW) ## Train every network on its data set, or on mnist (if found) and digits, and copy the results to sw/models.
	@for net in $(NETS); do \
	  for data in $$(for d in auto $$([ -e "sw/datasets/$$net.set" ] || echo digits); do \
	    NET=$$net sw/datasets/which.sh $$d '$(DATA_DIR)' '$(BUILD)/data'; done | sort -u); do \
	    $(MAKE) --no-print-directory train NET=$$net DATA=$$data && cp $(BUILD)/models/$$net-$$data.axm sw/models/ || exit 1; \
	  done; \
	done
