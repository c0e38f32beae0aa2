// What a decision and a cycle cost in C alone: the floors that `usher bench` measures Usher against.
//
// Nothing here protects anybody from anything: no sandbox, no admission, no check of what a script returns beyond what
// keeps the measurement alive.
#ifndef CFLOOR_H
#define CFLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- Clocks ---------------------------------------------------------------------------------------------------

int64_t floor_thread_cpu_ns(void);
int64_t floor_process_cpu_ns(void);
int64_t floor_wall_ns(void);

// ---- Decisions ------------------------------------------------------------------------------------------------

enum { FLOOR_WINDOWS = 4, FLOOR_ERROR_MAX = 256 };

// A device before the first decision. Nothing is queued on it.
typedef struct {
    int64_t limits[FLOOR_WINDOWS];  // minute, hour, day, in flight; INT64_MAX is no limit
    int64_t sent[FLOOR_WINDOWS];    // in each window; 0 in the last
    bool is_online;
} floor_device;

typedef struct {
    int64_t step;
    int64_t device;  // a place among the devices, -1 for none
} floor_contact;

typedef struct floor_decider floor_decider;

// A plain Lua state with the policy `source`, over a copy of `devices`. NULL after an error, with its text in `error`.
floor_decider *floor_decider_create(const char *source, size_t length, const floor_device *devices, uint32_t count,
                                    char error[FLOOR_ERROR_MAX]);
void floor_decider_destroy(floor_decider *decider);

// Takes back all reservations.
void floor_decider_reset(floor_decider *decider);

// Decides for each contact in turn, reserves, and mixes each choice into `checksum` (see floor_mix). False after an
// error of the policy, with its text in `error`.
bool floor_decide(floor_decider *decider, const floor_contact *contacts, uint32_t count, uint64_t *checksum,
                  char error[FLOOR_ERROR_MAX]);

typedef enum { FLOOR_USE = 1, FLOOR_MOVE, FLOOR_WAIT, FLOOR_SKIP } floor_outcome;

// The checksum with one more choice: `device` is a place, -1 where the outcome has none.
static inline uint64_t floor_mix(uint64_t checksum, floor_outcome outcome, int64_t device) {
    return checksum * 0x9E3779B97F4A7C15u + ((uint64_t)outcome << 32) + (uint64_t)(device + 1);
}

// ---- Scoring --------------------------------------------------------------------------------------------------

typedef struct floor_scorer floor_scorer;

// A plain Lua state with the policy `source`, over a list of plain tables made of a copy of `devices`, all online. NULL
// after an error, with its text in `error`.
floor_scorer *floor_scorer_create(const char *source, size_t length, const floor_device *devices, uint32_t count,
                                  char error[FLOOR_ERROR_MAX]);
void floor_scorer_destroy(floor_scorer *scorer);

// Decides `count` times, reserves, and mixes each choice into `checksum`. False after an error of the policy.
bool floor_score(floor_scorer *scorer, uint32_t count, uint64_t *checksum, char error[FLOOR_ERROR_MAX]);

// ---- The heap -------------------------------------------------------------------------------------------------

// What one thread took. Usher and Swift allocate; Lua, whatever it needs, reallocates.
typedef struct {
    uint64_t allocations, reallocations, bytes;
} floor_heap;

// Sends the calls of `malloc` and its kin through counters. False where that cannot be done. No other thread may be
// loading a library meanwhile.
bool floor_heap_watch(void);
void floor_heap_unwatch(void);
// Counts from 0 on this thread; only while watching.
void floor_heap_start(void);
floor_heap floor_heap_stop(void);
// Gives free memory back to the system.
void floor_trim(void);

// ---- Cycles ---------------------------------------------------------------------------------------------------

// The statements of a cycle, as the store has them. Parameters and columns are the store's.
typedef struct {
    const char *epoch, *due, *step, *device, *carrying, *revision, *decision, *message, *queue, *next_decision, *fleet,
        *extend_fleet;
} floor_sql;

typedef struct {
    const char *path;
    floor_sql sql;
    int64_t epoch;
    int64_t tenant;
    int64_t now_ms;
    uint32_t batch;               // contacts in one transaction
    uint32_t device_count;        // their keys are 1 to this
    uint32_t checkpoint_pages;    // of the log
    const char *revision;         // the digest that decides
    const char *reason;           // of each decision
    int64_t instructions;         // of each decision
    const char *placeholder;      // in the steps' texts, to be replaced by the lead's name
    const void *fleet_body;       // what is put on record of the fleet
    uint32_t fleet_body_length;
} floor_cycle_request;

typedef struct {
    int64_t decided;
    int64_t wall_ns, cpu_ns;  // from the first transaction to the last commit
} floor_cycle_result;

// Decides all due contacts in order, the devices in turn, and commits batch by batch.
bool floor_cycle(const floor_cycle_request *request, floor_cycle_result *result, char error[FLOOR_ERROR_MAX]);

// Reads the integers of the only row of a query.
bool floor_read_row(const char *path, const char *sql, int64_t *values, uint32_t count, char error[FLOOR_ERROR_MAX]);

#endif
