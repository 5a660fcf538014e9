// The loops of the fast path in C, to measure Swift against. Nothing that is shipped uses them.
#ifndef DURE_BENCH_LOOPS_H
#define DURE_BENCH_LOOPS_H

#include <stddef.h>
#include <stdint.h>

// Sets the bit of every person.
void loops_insert(const uint16_t *person, size_t count, uint64_t *bits);
// Lowers every person's day.
void loops_lower(const uint16_t *person, const uint16_t *start, size_t count, uint16_t *first);
// The same for the rows inside their person's window (first day in the lower half, last day in the upper).
void loops_lower_within(const uint16_t *person, const uint16_t *start, size_t count, const uint32_t *windows, uint16_t *first);
// Sets the bit of every person with a row inside the window.
void loops_mark(const uint16_t *person, const uint16_t *start, size_t count, const uint32_t *windows, uint64_t *bits);
// Counts every person's rows inside the window, up to 255.
void loops_count(const uint16_t *person, const uint16_t *start, size_t count, const uint32_t *windows, uint8_t *counts);
// Adds up words: what memory can be read at.
uint64_t loops_sum(const uint64_t *words, size_t count);

#endif
