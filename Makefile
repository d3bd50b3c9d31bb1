# dynamo: DynamoDB inside PostgreSQL

EXTENSION = dynamo
MODULE_big = dynamo
DATA = dynamo--1.0.sql
PGFILEDESC = "dynamo - the DynamoDB API inside PostgreSQL"

GENERATED = src/expression/grammar.c src/expression/scanner.c
SOURCES = $(filter-out $(GENERATED),$(wildcard src/*.c src/*/*.c)) $(GENERATED)
OBJS = $(SOURCES:.c=.o)
EXTRA_CLEAN = $(GENERATED) src/expression/grammar.h

REGRESS = $(shell cat test/regress_schedule)
ISOLATION = $(patsubst test/specs/%.spec,%,$(wildcard test/specs/*.spec))
ISOLATION_OPTS = --inputdir=test
TAP_TESTS = 1
PROVE_TESTS = test/t/*.pl

# -I so that an include names its floor: "value/item.h"
PG_CPPFLAGS = -I$(srcdir)/src '-DDYNAMO_VERSION="$(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(srcdir)/dynamo.control)"'
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers
SHLIB_LINK = -lmicrohttpd -lgnutls -lz

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# What a change of a header rebuilds: every object depends on every header,
# which is coarse, but right.
HEADERS = $(wildcard src/*/*.h)
$(OBJS): $(HEADERS) src/expression/grammar.h
src/expression/grammar.h: src/expression/grammar.c ;
src/expression/grammar.c: BISONFLAGS += -d

lint:
	script/lint

.PHONY: lint
