# Every target sets up what it needs from nothing. `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test lint format lock clean bench-ask bench-questions bench-retrieval bench-search bench-ingest bench-ocr bench-speed bench-kernel \
	bench-assist bench-gateway bench-screening bench-sentiment bench-translate soak-gateway

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.run ## install, pull the weights, start, load the samples and ask about them
	@$(BIN)/lionrock up --pull --demo

test: .venv/.dev ## set up and run every check and test
	@PYTHON=$(PYTHON) scripts/test

lint: .venv/.dev ## formatting, style, types, layers
	@scripts/lint

format: .venv/.dev ## format the source
	@$(BIN)/ruff check --fix --quiet src tests bench scripts; $(BIN)/ruff format src tests bench

lock: ## resolve the dependencies again (needs uv)
	@scripts/lock

bench-ask: .venv/.dev ## right, wrong and refused answers on the held-out questions
	@$(BIN)/python bench/ask.py

bench-questions: .venv/.dev ## right, wrong and refused on Hong Kong regulation, held-out questions; resumes
	@$(BIN)/python bench/regulatory.py $(ARGS)

bench-search: .venv/.dev ## search from 10,000 to a million passages: time, recall, memory, disk
	@$(BIN)/python bench/search_growth.py $(ARGS)

bench-retrieval: .venv/.dev ## what search finds: five public sets, and what each part of it adds
	@$(BIN)/python bench/retrieval.py $(ARGS)

bench-ingest: .venv/.dev ## pages a second and peak memory, beside the bare parser
	@$(BIN)/python bench/ingest.py

bench-sentiment: .venv/.dev ## sentiment on held-back rows: accuracy, calibration, abstention, texts a minute (some 20 minutes)
	@$(BIN)/python bench/sentiment.py $(ARGS)

bench-translate: .venv/.dev ## translation with terms: chrF2++, BLEU, term success, script, figures (some 40 minutes)
	@$(BIN)/python bench/translate.py $(ARGS)

bench-kernel: .venv/.dev ## audit log, encryption, egress guard, request overhead
	@for one in audit encryption egress overhead; do $(BIN)/python bench/$$one.py || exit 1; done

bench-ocr: .venv/.dev ## characters read from pictures of pages, Cantonese, seconds and memory, beside rapidocr
	@$(BIN)/python bench/ocr.py $(ARGS)

bench-speed: .venv/.dev ## time to evidence, first word and end; memory of each process
	@$(BIN)/python bench/speed.py

bench-assist: .venv/.dev ## what summaries state that their pages do not; ROUGE beside published ones; fields of receipts
	@cd bench && ../$(BIN)/python -m assist $(ARGS)

bench-gateway: .venv/.dev ## the gateway beside a bare relay and LiteLLM: processor time, times, memory
	@cd bench && ../$(BIN)/python -m gateway $(ARGS)

soak-gateway: .venv/.dev ## the gateway for 20 minutes under clients and engines of every kind
	@$(BIN)/python bench/soak.py $(ARGS)

bench-screening: .venv/.dev ## name screening: recall, false alarms, time, memory, beside two peers
	@cd bench && ../$(BIN)/python -m screening $(ARGS)

.venv/.run: requirements.lock pyproject.toml scripts/install
	@PYTHON=$(PYTHON) scripts/install requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml scripts/install
	@PYTHON=$(PYTHON) scripts/install requirements-dev.lock
	@touch $@ .venv/.run

clean: ## remove what was built here (not the documents in .lionrock)
	rm -rf .venv artefacts .mypy_cache .ruff_cache .pytest_cache .hypothesis
