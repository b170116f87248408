/*
 * The CSV of a listing, by itself because every entry of a large bundle passes through
 * it.
 */
#pragma once

#include "report/facts.h"

void list_csv(struct report *report, const struct entry_set *set, const bool *hits);
