# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
#	make deps	install what the other targets need (Debian 12)
#	make		build build/vmcsgen, check the spec, regenerate out/
#	make check	check the spec, and compare it with that of HEAD
#	make test	run every test; EVERY=1 for all damaged inputs, RANDOM=400 for more
#			random specs
#	make core	build the part that a kernel tree contains; each function needs a caller
#	make bench	compare the speed of generated code with the kernel's own
#	make bench-kernel	count the instructions of VMX operations in patched kernels
#	make coverage	measure what the tests reach of gen/
#	make coverage-kernel	measure what the boots of patched kernels reach of KVM
#	make fuzz	let fuzzers look for faults in gen/: MINUTES in all
#	make mutants	put faults into gen/ and see which ones the tests find
#	make kernel	build a Linux whose nested VMX goes by the spec: KVER=6.12 or another of
#			Debian's, or KSRC, a tree; REVISIONS=0 for one revision of vmcs12;
#			LAYOUT=linux or evmcs-first; CONFIG, a fragment; UNPATCHED=1 for the
#			same without the glue, and FIXES=1 with what mends the audit's findings; CC
#	make audit	hold an unpatched kernel, KVER or KSRC, against the spec: with BASE, a
#			revision of KSRC, only what was added since; OPTIONS of kernel-glue/audit/audit
#	make port	say what the spec needs for a kernel that is new to it, KSRC or KVER: a draft,
#			and what a person has to decide; RULES=1 runs the rules, too
#	make test-kernel	build and boot patched kernels, and test them; KVERS=6.12 for
#			one of them alone; what passed before is not run again with the
#			same kernels and programs, but with FRESH=1
#	make mutants-kernel	see whether the boot tests notice faults in a patched kernel
#	make kernel-series	write the changes to it as patches for review; SHIPPED=1 with the
#			generated layouts instead of the generator
#	make boot	run a kernel's selftests, or PROGRAMS, in an emulated CPU: MODEL
#	make install	PREFIX=/usr/local, DESTDIR=
#	make dist	write what is committed to a tarball, which builds without git
#	make deb	build a package for Debian from it

VERSION	:= 0.1
PREFIX	?= /usr/local
DATA	:= $(PREFIX)/share/vmcsgen

# Everything is built below B, except out/, which is committed.
B	?= build

FLEX	?= flex
BISON	?= bison
# A template may have the name of a source: no rule but these makes anything.
MAKEFLAGS += --no-builtin-rules

CFLAGS	?= -O2 -g
ALL_CFLAGS := -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Igen -I$(B)/gen \
	-DVERSION='"$(VERSION)"' -DDATA_FOLDER='"$(DATA)"' $(CPPFLAGS) $(CFLAGS)

VMCSGEN	:= $(B)/vmcsgen
SPEC	:= spec/vmcs.vmcs
# libbpf reads compiled files; LIBBPF=0 builds without it, and without import and verify.
LIBBPF	?= 1
LIBRARIES := $(if $(filter 1,$(LIBBPF)),-lbpf -lelf)
WITHOUT	:= $(if $(LIBRARIES),,gen/import/btf.c gen/import/elf_symbol.c)

# The storeys, from the lowest up: a file includes those of its own and of those below.
STOREYS	:= base language check emit compare image import command
GEN_SOURCES	:= $(filter-out $(WITHOUT),gen/main.c $(wildcard $(STOREYS:%=gen/%/*.c)))
# As Kbuild calls what bison and flex write.
PARSER	:= $(B)/gen/language/parser.tab
LEXER	:= $(B)/gen/language/lexer.lex
OBJECTS	:= $(GEN_SOURCES:gen/%.c=$(B)/gen/%.o) $(PARSER).o $(LEXER).o

# The part that a kernel tree contains: it needs only libc, and has at most CORE_LINES lines.
CORE	:= $(wildcard $(addprefix gen/,$(shell sed 's/\#.*//' gen/core.list)))
CORE_LINES := 14050

PACKAGES := gcc gcc-multilib clang make flex bison perl git \
	sparse dwarves cpio xz-utils linux-source-6.1 linux-source-6.12 \
	bochs bochsbios qemu-system-x86 grub-common grub-pc-bin xorriso busybox-static \
	coccinelle bc ccache libelf-dev libbpf-dev rsync patch \
	valgrind chromium python3 mandoc gcovr locales libclang-rt-14-dev universal-ctags clang-format \
	debhelper lintian

all: $(B)/out.stamp

deps:
	./.ci/deps $(PACKAGES)

# The committed spec is a promise, so the spec is compared with it.
check: $(VMCSGEN)
	@if git cat-file -e HEAD:./$(SPEC) 2>/dev/null; then \
		against='--against HEAD'; \
	else \
		echo 'git has no HEAD:$(SPEC), so the spec is checked by itself'; \
	fi; \
	set -x; $(VMCSGEN) check -s $(SPEC) $$against

$(B)/out.stamp: $(VMCSGEN)
	$(VMCSGEN) gen -s $(SPEC) -o out -MD -MP -MT $@ -MF $(B)/out.d
	@touch $@

$(VMCSGEN): $(OBJECTS) $(B)/libraries
	$(CC) $(LDFLAGS) -o $@ $(OBJECTS) $(LIBRARIES)

$(B)/gen/%.o: gen/%.c | $(B)/gen
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The program contains its place of installation, so another PREFIX rebuilds it, and so do other
# libraries.
ifneq ($(PREFIX),$(file <$(B)/prefix))
$(shell mkdir -p $(B) && echo '$(PREFIX)' >$(B)/prefix)
endif
ifneq ($(or $(LIBRARIES),none),$(file <$(B)/libraries))
$(shell mkdir -p $(B) && echo '$(or $(LIBRARIES),none)' >$(B)/libraries)
endif
$(B)/gen/command/options.o: $(B)/prefix

# flex and bison write code that is not ours to warn about.
$(PARSER).o $(LEXER).o: %.o: %.c
	$(CC) $(ALL_CFLAGS) -Wno-unused-function -MMD -MP -c -o $@ $<

$(PARSER).c $(PARSER).h &: gen/language/parser.y | $(B)/gen
	$(BISON) -Wall -Werror -o $(PARSER).c --header=$(PARSER).h $<

$(LEXER).c $(LEXER).h &: gen/language/lexer.l | $(B)/gen
	$(FLEX) --header-file=$(LEXER).h -o $(LEXER).c $<

$(LEXER).o: $(PARSER).h
$(B)/gen/command/dump.o: $(PARSER).h $(LEXER).h

$(B)/gen:
	mkdir -p $@/language

# `make -j deps all` must not build before the compiler is there.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(B)/gen: | deps
endif

# The linker drops functions without a caller; code of flex and bison has some.
CORE_OBJECTS := $(patsubst gen/%.c,$(B)/core/gen/%.o,$(filter %.c,$(CORE))) \
	$(patsubst %,$(B)/core/gen/language/%.o,parser.tab lexer.lex)
FUNCTIONS := sed -n 's/.* [Tt] //p' | LC_ALL=C sort -u

core:
	$(MAKE) B=$(B)/core GEN_SOURCES="$(filter %.c,$(CORE))" LIBRARIES= \
		CFLAGS="-g -ffunction-sections" LDFLAGS=-Wl,--gc-sections $(B)/core/vmcsgen
	@nm $(B)/core/vmcsgen | $(FUNCTIONS) >$(B)/core/called
	@! nm $(CORE_OBJECTS) | $(FUNCTIONS) | LC_ALL=C comm -23 - $(B)/core/called | \
		grep -v -x 'yy.*' | sed 's/^/nothing calls /' | grep .
	@lines=$$(cat $(CORE) | wc -l); echo "the core has $$lines lines"; \
		[ $$lines -le $(CORE_LINES) ]

test: all
	prove -j2 tests/*.t tests/kernel-glue

bench: all
	./tests/bench/run
	./tests/bench/generator

coverage:
	./tests/coverage

# Fuzzers run the whole program, main() included, under sanitizers.
FUZZ	:= $(B)/fuzz
FUZZERS	:= spec template page state object question text
MINUTES	?= 20
FUZZ_FLAGS := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=address,undefined
FUZZ_OBJECTS := $(OBJECTS:$(B)/%=$(FUZZ)/%)

fuzz: all
	$(MAKE) B=$(FUZZ) CC=clang CFLAGS="$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -Dmain=program_main" \
		$(FUZZ_OBJECTS)
	$(MAKE) $(addprefix $(FUZZ)/,$(FUZZERS))
	./tests/fuzz/run $(FUZZ) $(MINUTES) $(FUZZERS)

$(addprefix $(FUZZ)/,$(FUZZERS)): $(FUZZ)/%: tests/fuzz/%.c $(wildcard tests/fuzz/*.[ch]) $(FUZZ_OBJECTS)
	clang -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $< \
		tests/fuzz/base.c $(if $(filter state object,$*),,tests/fuzz/mutate.c) $(FUZZ_OBJECTS) \
		$(LIBRARIES)

mutants: all
	./tests/mutants

install: $(VMCSGEN)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(DATA)
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 755 $(VMCSGEN) $(DESTDIR)$(PREFIX)/bin/vmcsgen
	install -m 644 gen/vmcsgen.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 gen/vmcsgen-spec.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	install -m 644 gen/completion.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/vmcsgen
	cp -r --no-preserve=ownership spec templates $(DESTDIR)$(DATA)/
	install -d $(DESTDIR)$(PREFIX)/share/vim/vimfiles
	cp -r --no-preserve=ownership vim/syntax vim/ftdetect $(DESTDIR)$(PREFIX)/share/vim/vimfiles/

DIST	:= vmcsgen-$(VERSION)

dist:
	@mkdir -p $(B)
	git archive --prefix=$(DIST)/ -o $(B)/$(DIST).tar.gz HEAD

# The package is built by variables of its own, whatever this make was given.
deb: dist
	rm -rf $(B)/deb
	mkdir $(B)/deb
	tar -C $(B)/deb -xf $(B)/$(DIST).tar.gz
	cd $(B)/deb/$(DIST) && env -u B -u PREFIX -u DESTDIR -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
		dpkg-buildpackage -us -uc -b

# A patched Linux.
KVER	?= 6.12

kernel: all
	KVER=$(KVER) B=$(B) VMCSGEN=$(abspath $(VMCSGEN)) \
		FIXES=$(if $(FIXES),1,0) \
		kernel-glue/kernel $(if $(UNPATCHED)$(FIXES),pristine,patched)

port: all
	$(if $(KSRC),,@KVER=$(KVER) B=$(B) kernel-glue/kernel source)
	@VMCSGEN=$(abspath $(VMCSGEN)) kernel-glue/port $(if $(filter 1,$(RULES)),--rules) \
		$(or $(KSRC),$(B)/linux-$(KVER)/pristine)

# OPTIONS are those of kernel-glue/audit/audit.
audit: all
	@KVER=$(KVER) B=$(B) VMCSGEN=$(abspath $(VMCSGEN)) kernel-glue/audit/audit-kernel $(OPTIONS)

ifeq ($(SHIPPED),1)
kernel-series: all
	$(MAKE) kernel KVER=$(KVER) UNPATCHED=1
	kernel-glue/make-series --shipped $(addprefix $(B)/linux-$(KVER)/,pristine series-shipped)
else
kernel-series: kernel
	kernel-glue/make-series $(addprefix $(B)/linux-$(KVER)/,pristine patched series)
endif

# The boot lab: BZIMAGE in Bochs, as CPU MODEL, running PROGRAMS.
LAB	:= kernel-glue/lab
MODEL	?= corei7_haswell_4770
OBJECTS_OF := objects-$(if $(filter 0,$(REVISIONS)),off,$(or $(LAYOUT),linux))
# Where kernel-glue/kernel has the trees of KSRC, or of KVER.
TREES	= $(if $(KSRC),$(shell B=$(B) kernel-glue/kernel folder),$(B)/linux-$(KVER))
BZIMAGE	?= $(TREES)/patched/$(OBJECTS_OF)/arch/x86/boot/bzImage

# Without PROGRAMS the selftests that the kernel's list of expectations names.
boot: $(if $(PROGRAMS),,selftests)
	programs='$(PROGRAMS)'; trees=$(TREES); version=$${trees##*/linux-}; \
	[ "$$programs" ] || programs=$$($(LAB)/select $${version%-*} $(MODEL) $$trees/selftests) && \
	$(LAB)/boot --model $(MODEL) --directory $(B)/boot/$$version-$(MODEL) $(BZIMAGE) $$programs

# The programs for it that are not the kernel's: each has a folder, and all share a tiny VM.
MACHINE	:= $(wildcard $(LAB)/programs/machine/*.[cS])
LAB_PROGRAMS := $(patsubst $(LAB)/programs/%/,$(B)/%,$(wildcard $(LAB)/programs/vmcs12_*/))

.SECONDEXPANSION:
$(LAB_PROGRAMS): $(B)/%: $$(wildcard $(LAB)/programs/$$*/*.[cS]) $(MACHINE) $$(wildcard \
		$(LAB)/programs/$$*/*.h) $(wildcard $(LAB)/programs/machine/*.h) $(B)/out.stamp
	$(CC) -std=gnu11 $(CFLAGS) -Wall -Wextra -Werror -static -Iout/linux -o $@ \
		$(filter %.c %.S,$^)

# What an L1's operations cost in each kernel.
COSTS	:= $(B)/boot/costs-$(KVER)
COST	= $(LAB)/boot --directory $(COSTS)-$(1) $(B)/linux-$(KVER)/$(2)/arch/x86/boot/bzImage \
	$(B)/vmcs12_cost

bench-kernel: all $(B)/vmcs12_cost
	$(MAKE) kernel KVER=$(KVER) UNPATCHED=1
	$(MAKE) kernel KVER=$(KVER) REVISIONS=0
	$(MAKE) kernel KVER=$(KVER) LAYOUT=linux
	$(MAKE) kernel KVER=$(KVER) LAYOUT=evmcs-first
	$(call COST,unpatched,pristine/objects)
	$(call COST,off,patched/objects-off)
	$(call COST,linux,patched/objects-linux)
	$(call COST,evmcs-first,patched/objects-evmcs-first)
	$(LAB)/costs --json $(B)/bench-kernel.json $(foreach kernel,unpatched off linux evmcs-first, \
		$(kernel)=$(COSTS)-$(kernel)/log.txt)

# What they and the lab's programs reach of KVM's code.
coverage-kernel: all $(LAB_PROGRAMS)
	KVER=$(KVER) B=$(B) VMCSGEN=$(abspath $(VMCSGEN)) $(LAB)/coverage \
		$(filter-out %/vmcs12_migrate,$(LAB_PROGRAMS)) "$(B)/vmcs12_migrate save --evmcs"

selftests:
	trees=$(TREES) && $(LAB)/selftests $$trees/patched $$trees/selftests

# Builds and boots of whole kernels, one version after the other, so that each passes for
# itself.  What passed leaves a stamp below build/passed.
KVERS	?= 6.12 6.1

test-kernel: all
	$(if $(FRESH),rm -rf build/passed)
	status=0; for version in $(KVERS); do \
		KVERS=$$version prove -j2 tests/boot || status=1; \
	done; exit $$status

mutants-kernel: all
	tests/boot/mutants $(B)/mutants-kernel.txt

clean:
	rm -rf $(B)

.PHONY: all audit deps check core test bench bench-kernel coverage coverage-kernel fuzz mutants kernel port kernel-series boot selftests test-kernel mutants-kernel install dist deb clean
.DELETE_ON_ERROR:

-include $(OBJECTS:.o=.d) $(B)/out.d
