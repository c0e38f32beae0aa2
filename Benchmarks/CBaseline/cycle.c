#define _GNU_SOURCE  // memmem
// The baseline of a cycle: the store's own statements on a store with the same schema, run from C, with a decision that
// costs nothing: it assigns the devices in rotation.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CBaseline.h"
#include "CLuaSandbox.h"

// Bytes with their length; the buffer grows and is reused.
typedef struct {
    char *bytes;
    size_t length, capacity;
} text_buffer;

// A due row, valid during its batch. Strings are offsets in the batch's buffer.
typedef struct {
    int64_t enrolment, sequence, step, due_at, attempts, assigned_device, last_device, last_decision;
    bool has_assigned_device, has_last_device, has_last_decision;
    size_t id, phone, name;
    uint32_t id_length, phone_length, name_length;
} due_row;

// The first step of a sequence, read once per batch.
typedef struct {
    int64_t sequence, ordinal, key;
    size_t content;
    uint32_t content_length;
} step_place;

enum { PLACE_MAX = 64 };

typedef struct {
    const baseline_cycle_request *request;
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *epoch, *due, *step, *device, *carrying, *revision, *decision, *message, *queue,
        *next_decision, *fleet, *extend_fleet;
    due_row *rows;
    text_buffer texts, content;
    step_place places[PLACE_MAX];
    uint32_t place_count;
    bool *is_device_read;
    uint32_t turn;  // the next device, by index
    int64_t last_decision;
    int64_t record;  // the id of the fleet record, 0 before the first batch
} cycle;

static bool fail(const cycle *cycle, char error[BASELINE_ERROR_MAX]) {
    snprintf(error, BASELINE_ERROR_MAX, "%s", cycle->db ? sqlite3_errmsg(cycle->db) : "no memory");
    return false;
}

static bool append(text_buffer *buffer, const void *bytes, size_t length) {
    if (buffer->length + length > buffer->capacity) {
        size_t capacity = (buffer->length + length) * 2 + 4096;
        char *moved = realloc(buffer->bytes, capacity);
        if (moved == NULL) return false;
        buffer->bytes = moved;
        buffer->capacity = capacity;
    }
    if (length > 0) memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    return true;
}

static bool keep_column(cycle *cycle, sqlite3_stmt *statement, int column, size_t *start, uint32_t *length) {
    const unsigned char *text = sqlite3_column_text(statement, column);
    *length = (uint32_t)sqlite3_column_bytes(statement, column);
    *start = cycle->texts.length;
    return append(&cycle->texts, text, *length);
}

// ---- Opening

static bool prepare(cycle *cycle, const char *sql, sqlite3_stmt **statement) {
    return sqlite3_prepare_v3(cycle->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) == SQLITE_OK;
}

static bool open_store(cycle *cycle) {
    const baseline_cycle_request *request = cycle->request;
    const baseline_sql *sql = &request->sql;
    char pragmas[200];
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
             "PRAGMA wal_autocheckpoint = %u",
             request->checkpoint_pages);
    // Without a mutex, like the connections that GRDB opens.
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    return sqlite3_open_v2(request->path, &cycle->db, flags, NULL) == SQLITE_OK &&
           sqlite3_exec(cycle->db, pragmas, NULL, NULL, NULL) == SQLITE_OK &&
           prepare(cycle, "BEGIN IMMEDIATE TRANSACTION", &cycle->begin) &&
           prepare(cycle, "COMMIT TRANSACTION", &cycle->commit) && prepare(cycle, sql->epoch, &cycle->epoch) &&
           prepare(cycle, sql->due, &cycle->due) && prepare(cycle, sql->step, &cycle->step) &&
           prepare(cycle, sql->device, &cycle->device) && prepare(cycle, sql->carrying, &cycle->carrying) &&
           prepare(cycle, sql->revision, &cycle->revision) && prepare(cycle, sql->decision, &cycle->decision) &&
           prepare(cycle, sql->message, &cycle->message) && prepare(cycle, sql->queue, &cycle->queue) &&
           prepare(cycle, sql->next_decision, &cycle->next_decision) && prepare(cycle, sql->fleet, &cycle->fleet) &&
           prepare(cycle, sql->extend_fleet, &cycle->extend_fleet);
}

static void close_store(cycle *cycle) {
    sqlite3_stmt *all[] = {cycle->begin,    cycle->commit,   cycle->epoch,    cycle->due,          cycle->step,
                           cycle->device,   cycle->carrying, cycle->revision, cycle->decision,     cycle->message,
                           cycle->queue,    cycle->fleet,    cycle->extend_fleet, cycle->next_decision};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) sqlite3_finalize(all[i]);
    sqlite3_close(cycle->db);
    free(cycle->rows);
    free(cycle->is_device_read);
    free(cycle->texts.bytes);
    free(cycle->content.bytes);
}

// ---- Reading a batch

static bool run(sqlite3_stmt *statement) {
    return sqlite3_step(statement) == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK;
}

static const step_place *find_place(cycle *cycle, int64_t sequence, int64_t ordinal) {
    for (uint32_t i = 0; i < cycle->place_count; i++) {
        if (cycle->places[i].sequence == sequence && cycle->places[i].ordinal == ordinal) return &cycle->places[i];
    }
    if (cycle->place_count == PLACE_MAX) return NULL;
    sqlite3_bind_int64(cycle->step, 1, sequence);
    sqlite3_bind_int64(cycle->step, 2, ordinal);
    if (sqlite3_step(cycle->step) != SQLITE_ROW) return NULL;
    step_place *place = &cycle->places[cycle->place_count++];
    place->sequence = sequence;
    place->ordinal = ordinal;
    place->key = sqlite3_column_int64(cycle->step, 0);
    bool is_kept = keep_column(cycle, cycle->step, 1, &place->content, &place->content_length);
    sqlite3_reset(cycle->step);
    return is_kept ? place : NULL;
}

static bool read_device(cycle *cycle, int64_t key) {
    if (key < 1 || key > cycle->request->device_count) return false;
    if (cycle->is_device_read[key]) return true;
    cycle->is_device_read[key] = true;
    sqlite3_bind_int64(cycle->device, 1, key);
    bool is_there = sqlite3_step(cycle->device) == SQLITE_ROW && sqlite3_column_text(cycle->device, 0) != NULL;
    sqlite3_reset(cycle->device);
    return is_there;
}

static bool is_carried(cycle *cycle, int64_t enrolment, int64_t step) {
    sqlite3_bind_int64(cycle->carrying, 1, enrolment);
    sqlite3_bind_int64(cycle->carrying, 2, step);
    bool is_there = sqlite3_step(cycle->carrying) == SQLITE_ROW;
    sqlite3_reset(cycle->carrying);
    return is_there;
}

static bool read_row(cycle *cycle, due_row *row) {
    sqlite3_stmt *due = cycle->due;
    row->enrolment = sqlite3_column_int64(due, 0);
    row->sequence = sqlite3_column_int64(due, 1);
    const step_place *place = find_place(cycle, row->sequence, sqlite3_column_int64(due, 2));
    if (place == NULL || is_carried(cycle, row->enrolment, place->key)) return false;
    row->step = place->key;
    row->has_assigned_device = sqlite3_column_type(due, 7) != SQLITE_NULL;
    row->assigned_device = sqlite3_column_int64(due, 7);
    if (row->has_assigned_device && !read_device(cycle, row->assigned_device)) return false;
    row->due_at = sqlite3_column_int64(due, 5);
    row->attempts = sqlite3_column_int64(due, 6);
    row->has_last_device = sqlite3_column_type(due, 8) != SQLITE_NULL;
    row->last_device = sqlite3_column_int64(due, 8);
    row->has_last_decision = sqlite3_column_type(due, 9) != SQLITE_NULL;
    row->last_decision = sqlite3_column_int64(due, 9);
    return keep_column(cycle, due, 3, &row->id, &row->id_length) &&
           keep_column(cycle, due, 4, &row->phone, &row->phone_length) &&
           keep_column(cycle, due, 11, &row->name, &row->name_length);
}

// Returns the number of rows, -1 after an error.
static int64_t read_batch(cycle *cycle) {
    const baseline_cycle_request *request = cycle->request;
    cycle->texts.length = 0;
    cycle->place_count = 0;
    memset(cycle->is_device_read, 0, request->device_count + 1);
    sqlite3_bind_int64(cycle->due, 1, request->tenant);
    sqlite3_bind_int64(cycle->due, 2, request->now_ms);
    sqlite3_bind_int64(cycle->due, 3, request->batch);
    int64_t count = 0;
    int code;
    while ((code = sqlite3_step(cycle->due)) == SQLITE_ROW) {
        if (!read_row(cycle, &cycle->rows[count])) return -1;
        count++;
    }
    sqlite3_reset(cycle->due);
    return code == SQLITE_DONE ? count : -1;
}

// ---- Writing a decision

static void bind_text(sqlite3_stmt *statement, int index, const char *text, size_t length) {
    sqlite3_bind_text(statement, index, text, (int)length, SQLITE_STATIC);
}

static void bind_optional(sqlite3_stmt *statement, int index, bool is_there, int64_t value) {
    if (is_there)
        sqlite3_bind_int64(statement, index, value);
    else
        sqlite3_bind_null(statement, index);
}

static bool insert_decision(cycle *cycle, const due_row *row, int64_t device, int64_t revision, int64_t record) {
    const baseline_cycle_request *request = cycle->request;
    sqlite3_stmt *insert = cycle->decision;
    sqlite3_bind_int64(insert, 1, request->tenant);
    sqlite3_bind_int64(insert, 2, row->enrolment);
    sqlite3_bind_int64(insert, 3, row->step);
    bind_optional(insert, 4, row->has_last_decision, row->last_decision);
    bind_text(insert, 5, "use", 3);
    sqlite3_bind_int64(insert, 6, device);
    bind_optional(insert, 7, row->has_assigned_device, row->assigned_device);
    bind_text(insert, 8, request->reason, strlen(request->reason));
    sqlite3_bind_int64(insert, 9, revision);
    // As many digits as Usher's seeds, so that the rows are as long.
    uint64_t seed = sandbox_hash(cycle->texts.bytes + row->id, row->id_length) >> 1;
    sqlite3_bind_int64(insert, 10, (int64_t)seed);
    sqlite3_bind_int64(insert, 11, request->instructions);
    for (int index = 12; index <= 15; index++) sqlite3_bind_null(insert, index);
    sqlite3_bind_int64(insert, 16, request->now_ms);
    sqlite3_bind_int64(insert, 17, record);
    sqlite3_bind_int64(insert, 18, row->due_at);
    sqlite3_bind_int64(insert, 19, row->attempts);
    bind_optional(insert, 20, row->has_last_device, row->last_device);
    return run(insert);
}

// The step's text with the placeholder replaced by the lead's name.
static bool render(cycle *cycle, const due_row *row) {
    const step_place *place = NULL;
    for (uint32_t i = 0; i < cycle->place_count && place == NULL; i++) {
        if (cycle->places[i].key == row->step) place = &cycle->places[i];
    }
    if (place == NULL) return false;
    const char *placeholder = cycle->request->placeholder;
    const char *text = cycle->texts.bytes + place->content;
    const char *found = memmem(text, place->content_length, placeholder, strlen(placeholder));
    cycle->content.length = 0;
    if (found == NULL) return append(&cycle->content, text, place->content_length);
    size_t before = (size_t)(found - text), after = before + strlen(placeholder);
    return append(&cycle->content, text, before) &&
           append(&cycle->content, cycle->texts.bytes + row->name, row->name_length) &&
           append(&cycle->content, text + after, place->content_length - after);
}

static bool insert_message(cycle *cycle, const due_row *row, int64_t device, int64_t decision) {
    sqlite3_stmt *insert = cycle->message;
    sqlite3_bind_int64(insert, 1, cycle->request->tenant);
    sqlite3_bind_int64(insert, 2, row->sequence);
    sqlite3_bind_int64(insert, 3, row->enrolment);
    sqlite3_bind_int64(insert, 4, row->step);
    sqlite3_bind_int64(insert, 5, decision);
    bind_text(insert, 6, cycle->texts.bytes + row->phone, row->phone_length);
    sqlite3_bind_int64(insert, 7, device);
    bind_text(insert, 8, cycle->content.bytes, cycle->content.length);
    sqlite3_bind_int64(insert, 9, cycle->request->now_ms);
    sqlite3_bind_int64(insert, 10, 1);
    return run(insert);
}

static bool write_row(cycle *cycle, const due_row *row, int64_t revision, int64_t record) {
    int64_t device = cycle->turn + 1;
    cycle->turn = (cycle->turn + 1) % cycle->request->device_count;
    if (!render(cycle, row) || !insert_decision(cycle, row, device, revision, record)) return false;
    int64_t decision = sqlite3_last_insert_rowid(cycle->db);
    cycle->last_decision = decision;
    if (!insert_message(cycle, row, device, decision)) return false;
    sqlite3_bind_int64(cycle->queue, 1, row->enrolment);
    sqlite3_bind_int64(cycle->queue, 2, decision);
    return run(cycle->queue) && sqlite3_changes(cycle->db) == 1;
}

static bool read_key(sqlite3_stmt *statement, int64_t *key) {
    bool is_there = sqlite3_step(statement) == SQLITE_ROW;
    if (is_there) *key = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return is_there;
}

// The first batch records the fleet; later batches record that their decisions used the same fleet.
static bool record_fleet(cycle *cycle, int64_t record, int64_t last_decision) {
    const baseline_cycle_request *request = cycle->request;
    if (record == cycle->record) {
        sqlite3_bind_int64(cycle->extend_fleet, 1, record);
        sqlite3_bind_int64(cycle->extend_fleet, 2, last_decision);
        return run(cycle->extend_fleet);
    }
    sqlite3_bind_int64(cycle->fleet, 1, record);
    sqlite3_bind_int64(cycle->fleet, 2, request->tenant);
    sqlite3_bind_int64(cycle->fleet, 3, 1);
    sqlite3_bind_int64(cycle->fleet, 4, request->now_ms);
    sqlite3_bind_null(cycle->fleet, 5);
    sqlite3_bind_int64(cycle->fleet, 6, last_decision);
    sqlite3_bind_blob(cycle->fleet, 7, request->fleet_body, (int)request->fleet_body_length, SQLITE_STATIC);
    sqlite3_bind_int64(cycle->fleet, 8, 0);
    cycle->record = record;
    return run(cycle->fleet);
}

// Runs one transaction. Returns the number of contacts, -1 after an error.
static int64_t decide_batch(cycle *cycle) {
    int64_t epoch = 0, revision = 0;
    if (!run(cycle->begin) || !read_key(cycle->epoch, &epoch) || epoch != cycle->request->epoch) return -1;
    int64_t count = read_batch(cycle);
    bind_text(cycle->revision, 1, cycle->request->revision, strlen(cycle->request->revision));
    if (count < 0 || !read_key(cycle->revision, &revision)) return -1;
    int64_t record = cycle->record;
    if (record == 0 && !read_key(cycle->next_decision, &record)) return -1;
    for (int64_t i = 0; i < count; i++) {
        if (!write_row(cycle, &cycle->rows[i], revision, record)) return -1;
    }
    if (count > 0 && !record_fleet(cycle, record, cycle->last_decision)) return -1;
    return run(cycle->commit) ? count : -1;
}

bool baseline_cycle(const baseline_cycle_request *request, baseline_cycle_result *result, char error[BASELINE_ERROR_MAX]) {
    cycle cycle = {.request = request};
    memset(result, 0, sizeof *result);
    cycle.rows = calloc(request->batch, sizeof *cycle.rows);
    cycle.is_device_read = calloc(request->device_count + 1, sizeof(bool));
    bool is_well = cycle.rows != NULL && cycle.is_device_read != NULL && open_store(&cycle);
    int64_t wall = baseline_wall_ns(), cpu = baseline_process_cpu_ns(), count = request->batch;
    while (is_well && count == request->batch) {
        count = decide_batch(&cycle);
        is_well = count >= 0;
        if (is_well) result->decided += count;
    }
    result->wall_ns = baseline_wall_ns() - wall;
    result->cpu_ns = baseline_process_cpu_ns() - cpu;
    if (!is_well) fail(&cycle, error);
    close_store(&cycle);
    return is_well;
}

bool baseline_read_row(const char *path, const char *sql, int64_t *values, uint32_t count, char error[BASELINE_ERROR_MAX]) {
    cycle cycle = {0};
    sqlite3_stmt *statement = NULL;
    bool is_well = sqlite3_open_v2(path, &cycle.db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
                   prepare(&cycle, sql, &statement) && sqlite3_step(statement) == SQLITE_ROW;
    if (is_well) {
        for (uint32_t i = 0; i < count; i++) values[i] = sqlite3_column_int64(statement, (int)i);
    } else {
        fail(&cycle, error);
    }
    sqlite3_finalize(statement);
    sqlite3_close(cycle.db);
    return is_well;
}

bool baseline_run(const char *path, const char *sql, char error[BASELINE_ERROR_MAX]) {
    cycle cycle = {0};
    bool is_well = sqlite3_open_v2(path, &cycle.db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
                   sqlite3_exec(cycle.db, sql, NULL, NULL, NULL) == SQLITE_OK;
    if (!is_well) fail(&cycle, error);
    sqlite3_close(cycle.db);
    return is_well;
}
