#include "loops.h"

void loops_insert(const uint16_t *person, size_t count, uint64_t *bits) {
    for (size_t row = 0; row < count; row++) bits[person[row] >> 6] |= UINT64_C(1) << (person[row] & 63);
}

void loops_lower(const uint16_t *person, const uint16_t *start, size_t count, uint16_t *first) {
    for (size_t row = 0; row < count; row++) {
        uint16_t known = first[person[row]];
        first[person[row]] = start[row] < known ? start[row] : known;
    }
}

void loops_lower_within(const uint16_t *person, const uint16_t *start, size_t count, const uint32_t *windows, uint16_t *first) {
    for (size_t row = 0; row < count; row++) {
        uint32_t window = windows[person[row]];
        if (start[row] >= (window & 0xFFFF) && start[row] <= (window >> 16)) {
            uint16_t known = first[person[row]];
            first[person[row]] = start[row] < known ? start[row] : known;
        }
    }
}

void loops_mark(const uint16_t *person, const uint16_t *start, size_t count, const uint32_t *windows, uint64_t *bits) {
    for (size_t row = 0; row < count; row++) {
        uint32_t window = windows[person[row]];
        uint64_t inside = (uint64_t)(start[row] >= (window & 0xFFFF)) & (uint64_t)(start[row] <= (window >> 16));
        bits[person[row] >> 6] |= inside << (person[row] & 63);
    }
}

void loops_count(const uint16_t *person, const uint16_t *start, size_t count, const uint32_t *windows, uint8_t *counts) {
    for (size_t row = 0; row < count; row++) {
        uint32_t window = windows[person[row]];
        uint8_t inside = (uint8_t)((start[row] >= (window & 0xFFFF)) & (start[row] <= (window >> 16)));
        uint8_t known = counts[person[row]];
        counts[person[row]] = (uint8_t)(known + (known == 255 ? 0 : inside));
    }
}

uint64_t loops_sum(const uint64_t *words, size_t count) {
    uint64_t sum = 0;
    for (size_t word = 0; word < count; word++) sum += words[word];
    return sum;
}
