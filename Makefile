# Every target sets up what it needs; see README for what each is for.
PYTHON := .venv/bin/python
STORE ?= var/demo
CASES ?= 50000
SHOT ?= var/desk.png
export EDESK_PASSPHRASE ?= demonstration

SEEDS ?= 2000
# One more than the two cores it is measured on: tests of windows and servers wait for half a core.
WORKERS ?= 3

.PHONY: run test check bench simulate storm deb screenshots setup clean

setup:
	@sh installer/setup.sh

run: setup
	@mkdir -p var
	@if [ -n "$$DISPLAY" ] || [ -n "$$WAYLAND_DISPLAY" ]; then \
		$(PYTHON) -m desktop --demo --store $(STORE) --cases $(CASES); \
	else \
		echo "No screen here: the desk runs under a virtual one."; \
		xvfb-run -a -s "-screen 0 1920x1080x24" \
			$(PYTHON) -m desktop --demo --store $(STORE) --cases $(CASES) --screenshot $(SHOT) && \
		echo "Screenshot: $(abspath $(SHOT))"; \
	fi

check: setup
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy & types=$$!; .venv/bin/lint-imports; layers=$$?; \
		wait $$types && exit $$layers

test: check
	sh tests/in_memory.sh $(PYTHON) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

simulate: setup
	EDESK_SEEDS=$(SEEDS) sh tests/in_memory.sh $(PYTHON) -m pytest -q tests/simulation -k seed \
		-n 2 --dist loadfile --no-loadscope-reorder

bench: setup
	$(PYTHON) -m benchmarks

storm: setup
	$(PYTHON) -m benchmarks storm

deb: setup
	sh installer/build_deb.sh

screenshots: setup
	sh installer/screenshots.sh

clean:
	rm -rf build dist var .mypy_cache .ruff_cache .import_linter_cache
