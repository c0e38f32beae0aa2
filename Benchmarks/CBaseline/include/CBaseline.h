// The cost of a decision and of a cycle in plain C: the baselines that `usher bench` compares Usher with.
//
// This code has no protection: no sandbox, no admission, and no check of a script's results except those that keep the
// measurement from crashing.
#ifndef CFLOOR_H
#define CFLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- Clocks ---------------------------------------------------------------------------------------------------

int64_t baseline_thread_cpu_ns(void);
int64_t baseline_process_cpu_ns(void);
int64_t baseline_wall_ns(void);

// ---- Decisions ------------------------------------------------------------------------------------------------

enum { BASELINE_WINDOWS = 4, BASELINE_ERROR_MAX = 256 };

// A device before the first decision, with nothing queued.
typedef struct {
    int64_t limits[BASELINE_WINDOWS];  // minute, hour, day, queue; INT64_MAX is no limit
    int64_t sent[BASELINE_WINDOWS];    // in each window; 0 in the last
    bool is_online;
} baseline_device;

typedef struct {
    int64_t step;
    int64_t device;  // an index into the devices, -1 for none
} baseline_contact;

typedef struct baseline_decider baseline_decider;

// A plain Lua state with the policy `source`, over a copy of `devices`. NULL after an error, with the message in
// `error`.
baseline_decider *baseline_decider_create(const char *source, size_t length, const baseline_device *devices, uint32_t count,
                                    char error[BASELINE_ERROR_MAX]);
void baseline_decider_destroy(baseline_decider *decider);

// Cancels all reservations.
void baseline_decider_reset(baseline_decider *decider);

// Decides for each contact in order, reserves, and mixes each choice into `checksum` (see baseline_mix). False after an
// error of the policy, with the message in `error`.
bool baseline_decide(baseline_decider *decider, const baseline_contact *contacts, uint32_t count, uint64_t *checksum,
                  char error[BASELINE_ERROR_MAX]);

typedef enum { BASELINE_USE = 1, BASELINE_MOVE, BASELINE_WAIT, BASELINE_SKIP } baseline_outcome;

// Returns the checksum with one more choice mixed in: `device` is an index, or -1 if the outcome has none.
static inline uint64_t baseline_mix(uint64_t checksum, baseline_outcome outcome, int64_t device) {
    return checksum * 0x9E3779B97F4A7C15u + ((uint64_t)outcome << 32) + (uint64_t)(device + 1);
}

// ---- Scoring --------------------------------------------------------------------------------------------------

typedef struct baseline_scorer baseline_scorer;

// A plain Lua state with the policy `source`, over a list of plain tables made from a copy of `devices`, all online.
// NULL after an error, with the message in `error`.
baseline_scorer *baseline_scorer_create(const char *source, size_t length, const baseline_device *devices, uint32_t count,
                                  char error[BASELINE_ERROR_MAX]);
void baseline_scorer_destroy(baseline_scorer *scorer);

// Decides `count` times, reserves, and mixes each choice into `checksum`. False after an error of the policy.
bool baseline_score(baseline_scorer *scorer, uint32_t count, uint64_t *checksum, char error[BASELINE_ERROR_MAX]);

// ---- The heap -------------------------------------------------------------------------------------------------

// The allocations of one thread. Usher and Swift call malloc; Lua always calls realloc.
typedef struct {
    uint64_t allocations, reallocations, bytes;
} baseline_heap;

// Redirects the calls of `malloc` and related functions to counters. False if that is not possible. No other thread may
// load a library at the same time.
bool baseline_heap_watch(void);
void baseline_heap_unwatch(void);
// Starts counting at 0 on this thread; only while counters are installed.
void baseline_heap_start(void);
baseline_heap baseline_heap_stop(void);
// Returns free memory to the system.
void baseline_trim(void);

// ---- Cycles ---------------------------------------------------------------------------------------------------

// The store's statements of a cycle, with the store's parameters and columns.
typedef struct {
    const char *epoch, *due, *step, *device, *carrying, *revision, *decision, *message, *queue, *next_decision, *fleet,
        *extend_fleet;
} baseline_sql;

typedef struct {
    const char *path;
    baseline_sql sql;
    int64_t epoch;
    int64_t tenant;
    int64_t now_ms;
    uint32_t batch;               // contacts per transaction
    uint32_t device_count;        // their keys are 1 to this number
    uint32_t checkpoint_pages;    // of the write-ahead log, from which a checkpoint runs
    const char *revision;         // the digest of the deciding revision
    const char *reason;           // of each decision
    int64_t instructions;         // of each decision
    const char *placeholder;      // the placeholder in the steps' texts, replaced by the lead's name
    const void *fleet_body;       // the recorded form of the fleet
    uint32_t fleet_body_length;
} baseline_cycle_request;

typedef struct {
    int64_t decided;
    int64_t wall_ns, cpu_ns;  // from the first transaction to the last commit
} baseline_cycle_result;

// Decides all due contacts in order, assigning the devices in rotation, and commits batch by batch.
bool baseline_cycle(const baseline_cycle_request *request, baseline_cycle_result *result, char error[BASELINE_ERROR_MAX]);

// Reads the integers of a query's only row.
bool baseline_read_row(const char *path, const char *sql, int64_t *values, uint32_t count, char error[BASELINE_ERROR_MAX]);

// Runs statements that return no rows. Checks no foreign keys.
bool baseline_run(const char *path, const char *sql, char error[BASELINE_ERROR_MAX]);

#endif
