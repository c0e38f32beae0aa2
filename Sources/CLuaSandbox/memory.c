// The sandbox's allocator, with simulated failures for tests.
#include <stdlib.h>

#include "internal.h"

#ifdef DEBUG

// Per thread, because tests run in parallel.
static _Thread_local uint64_t passing, failing, failed;
static _Thread_local int64_t held;

static bool fails(void) {
    if (passing > 0) {
        passing--;
        return false;
    }
    if (failing == 0) return false;
    failing--;
    failed++;
    return true;
}

static void count(int64_t blocks) { held += blocks; }

bool sandbox_fail_allocations(uint64_t after, uint64_t many) {
    passing = many > 0 ? after : 0;
    failing = many;
    failed = 0;
    return true;
}

uint64_t sandbox_failed_allocations(void) { return failed; }

int64_t sandbox_held_blocks(void) { return held; }

#else

static inline bool fails(void) { return false; }

static inline void count(int64_t blocks) { (void)blocks; }

bool sandbox_fail_allocations(uint64_t after, uint64_t many) {
    (void)after;
    (void)many;
    return false;
}

uint64_t sandbox_failed_allocations(void) { return 0; }

int64_t sandbox_held_blocks(void) { return 0; }

#endif

void *memory_resize(void *block, size_t size) {
    if (fails()) return NULL;
    void *moved = realloc(block, size);
    if (moved != NULL && block == NULL) count(1);
    return moved;
}

void *memory_zeroed(size_t size) {
    void *block = memory_resize(NULL, size);
    if (block != NULL) memset(block, 0, size);
    return block;
}

void memory_release(void *block) {
    if (block != NULL) count(-1);
    free(block);
}
