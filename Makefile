# dynamo: DynamoDB inside PostgreSQL

EXTENSION = dynamo
MODULE_big = dynamo
DATA = dynamo--1.0.sql
PGFILEDESC = "dynamo - the DynamoDB API inside PostgreSQL"

SOURCES = $(wildcard src/*.c src/*/*.c)
GENERATED_C = src/expression/grammar.c src/expression/scanner.c
OBJS = $(sort $(SOURCES:.c=.o) $(GENERATED_C:.c=.o))

ISOLATION = $(patsubst test/specs/%.spec,%,$(wildcard test/specs/*.spec))
ISOLATION_OPTS = --inputdir=test
REGRESS = $(shell cat test/regress_schedule)
TAP_TESTS = 1
PROVE_TESTS = test/t/*.pl

# -I so that an include names its floor: "value/item.h"
PG_CPPFLAGS = -I$(srcdir)/src
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers
SHLIB_LINK = -lmicrohttpd -lz

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)
