/*
 * reserved_words.h
 *	  The words that cannot be attribute names in an expression.
 */
#ifndef DYNAMO_RESERVED_WORDS_H
#define DYNAMO_RESERVED_WORDS_H

#include "base/compat.h"

/* Whether it is one, in upper or lower case. */
extern bool IsReservedWord(const char *word, int len);

#endif							/* DYNAMO_RESERVED_WORDS_H */
