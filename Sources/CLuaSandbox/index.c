// The order of the rows of a set: an 8-ary winner tree. Each node above the rows holds a copy of the least of its eight
// children, so a pick reads one node and an update follows one path. Ties go to the lower index, which makes the answer
// a pure function of the rows.
#include <math.h>

#include "CLuaSandbox.h"

enum { FAN = 8, FAN_SHIFT = 3 };
static const sandbox_node NOBODY = {INFINITY, INT64_MAX, UINT32_MAX};

static uint32_t level_size(uint32_t below) { return (below + FAN - 1) >> FAN_SHIFT; }

size_t sandbox_index_size(uint32_t count) {
    size_t size = count;
    for (uint32_t level = count; level > 1; level = level_size(level)) size += level_size(level);
    return size;
}

static bool less(const sandbox_node *a, const sandbox_node *b) {
    return a->major < b->major || (a->major == b->major && a->minor < b->minor);
}

static bool same(const sandbox_node *a, const sandbox_node *b) {
    return a->row == b->row && a->major == b->major && a->minor == b->minor;
}

// The number of nodes of a level: the rows that remain after `level` groupings.
static uint32_t level_count(const sandbox_rows *rows, uint32_t level) {
    uint32_t count = rows->count;
    while (level-- > 0) count = level_size(count);
    return count;
}

static sandbox_node winner(const sandbox_node *level, uint32_t count, uint32_t group) {
    uint32_t first = group << FAN_SHIFT;
    uint32_t end = first + FAN < count ? first + FAN : count;
    const sandbox_node *best = &level[first];
    for (uint32_t i = first + 1; i < end; i++) {
        if (level[i].row != UINT32_MAX && (best->row == UINT32_MAX || less(&level[i], best))) best = &level[i];
    }
    return *best;
}

void sandbox_index_clear(sandbox_rows *rows) {
    rows->level_count = 0;
    uint32_t start = 0, count = rows->count;
    while (count > 0) {
        rows->level_start[rows->level_count++] = start;
        for (uint32_t i = 0; i < count; i++) rows->nodes[start + i] = NOBODY;
        start += count;
        if (count == 1) break;
        count = level_size(count);
    }
}

void sandbox_index_set_leaf(sandbox_rows *rows, uint32_t row, double major, int64_t minor, bool eligible) {
    rows->nodes[row] = eligible ? (sandbox_node){major, minor, row} : NOBODY;
}

void sandbox_index_set(sandbox_rows *rows, uint32_t row, double major, int64_t minor, bool eligible) {
    sandbox_index_set_leaf(rows, row, major, minor, eligible);
    uint32_t count = rows->count, place = row;
    for (uint32_t level = 1; level < rows->level_count; level++) {
        sandbox_node *below = rows->nodes + rows->level_start[level - 1];
        place >>= FAN_SHIFT;
        sandbox_node *node = rows->nodes + rows->level_start[level] + place;
        sandbox_node best = winner(below, count, place);
        if (same(node, &best)) return;
        *node = best;
        count = level_size(count);
    }
}

void sandbox_index_build(sandbox_rows *rows) {
    for (uint32_t level = 1; level < rows->level_count; level++) {
        uint32_t below = level_count(rows, level - 1), count = level_size(below);
        for (uint32_t i = 0; i < count; i++) {
            rows->nodes[rows->level_start[level] + i] =
                winner(rows->nodes + rows->level_start[level - 1], below, i);
        }
    }
}

uint32_t sandbox_index_least(const sandbox_rows *rows) {
    if (rows->level_count == 0) return UINT32_MAX;
    return rows->nodes[rows->level_start[rows->level_count - 1]].row;
}

uint64_t sandbox_hash(const char *bytes, size_t length) {
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)bytes[i]) * 0x100000001B3u;
    hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBu;
    return hash ^ (hash >> 31);
}

uint64_t sandbox_next_serial(void) {
    static _Atomic uint64_t serial;
    return ++serial;
}
