// A Lua 5.4 interpreter for untrusted scripts.
//
// A script is a chunk that returns a table of hooks. A hook is called with up to two views of memory that the caller
// owns: a subject (one row of named fields) and a set (many rows of named fields with an order among them), and
// answers with a verdict made by one of the constructors that the vocabulary names. What the rows and the verdicts
// mean is the caller's business.
//
// Each function here is safe to call from code that must not be jumped over: whatever can raise inside Lua runs in
// one protected call, and only plain values come back.
#ifndef CLUASANDBOX_H
#define CLUASANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- Rows -----------------------------------------------------------------------------------------------------

// Bytes of UTF-8 that outlive the row; NULL means absent.
typedef struct {
    const char *bytes;
    uint32_t length;
} sandbox_text;

typedef enum {
    SANDBOX_SCALAR_BOOL,
    SANDBOX_SCALAR_INT,
    SANDBOX_SCALAR_NUMBER,
    SANDBOX_SCALAR_TEXT,
} sandbox_scalar_kind;

typedef struct {
    sandbox_text name;  // empty in a list
    sandbox_scalar_kind kind;
    int64_t integer;  // also a boolean, 0 or 1
    double number;
    sandbox_text text;
} sandbox_scalar;

// A list or a map of scalars; items outlive the row.
typedef struct {
    const sandbox_scalar *items;
    uint32_t count;
} sandbox_items;

typedef enum {
    SANDBOX_FIELD_BOOL,      // int64_t, 0 or 1
    SANDBOX_FIELD_INT,       // int64_t, INT64_MIN is absent
    SANDBOX_FIELD_NUMBER,    // double
    SANDBOX_FIELD_TEXT,      // sandbox_text
    SANDBOX_FIELD_LIST,      // sandbox_items
    SANDBOX_FIELD_MAP,       // sandbox_items; a name that it lacks reads as nil
    SANDBOX_FIELD_MEMBER,    // int64_t: a place in the set of the same call, -1 is absent
} sandbox_field_kind;

typedef struct {
    const char *name;  // outlives every sandbox that sees it
    sandbox_field_kind kind;
    uint32_t offset;  // from the start of the row
} sandbox_field;

typedef struct {
    const char *noun;  // "device": what messages call a row
    const sandbox_field *fields;
    uint32_t field_count;
} sandbox_schema;

// What each row of a set begins with; the schema's fields follow.
typedef struct {
    sandbox_text id;
    sandbox_text group;
    sandbox_items tags;
    uint64_t id_hash;  // sandbox_hash of the id
} sandbox_head;

// A node of the index: the least eligible row below it.
typedef struct {
    double major;
    int64_t minor;
    uint32_t row;  // UINT32_MAX when there is none
} sandbox_node;

#define SANDBOX_LEVEL_MAX 11
#define SANDBOX_CHANGE_MAX 64

// Rows in one block. A set has an index: an 8-ary winner tree over (major, minor, place), ineligible rows left out: a
// row is eligible for "least", "first" and "eligible" queries when its own node is not empty.
typedef struct {
    const sandbox_schema *schema;
    uint8_t *rows;
    size_t stride;
    uint32_t count;
    sandbox_node *nodes;  // NULL for rows that are only subjects; level 0 (the rows) first
    uint32_t level_count;
    uint32_t level_start[SANDBOX_LEVEL_MAX];
    // Which rows changed, for interpreters that keep a copy. The serial is no other rows' in this process; 0 says that
    // changes are not told, and that nobody may keep one.
    uint64_t serial;
    uint64_t edits;    // counts changes of any kind, but those told by sandbox_tell_change
    uint64_t changes;  // how many were told; the last ones are in `changed`
    uint32_t changed[SANDBOX_CHANGE_MAX];
    // How far the clocks on the wall of those whom the rows are about are from UTC, in minutes.
    int64_t utc_offset;
} sandbox_rows;

// A serial that was not given out before.
uint64_t sandbox_next_serial(void);
// Says that fields of a row, or its place in the order, are others than before.
static inline void sandbox_tell_change(sandbox_rows *rows, uint32_t row) {
    rows->changed[rows->changes++ % SANDBOX_CHANGE_MAX] = row;
}

// How many nodes the index over `count` rows has.
size_t sandbox_index_size(uint32_t count);
// Lays the levels out over `nodes`, all rows ineligible.
void sandbox_index_clear(sandbox_rows *rows);
// Puts a row at its place in the order, or takes it out of it. Costs the depth of the tree.
void sandbox_index_set(sandbox_rows *rows, uint32_t row, double major, int64_t minor, bool eligible);
// The same for many: sets the leaf alone; call sandbox_index_build when all are set.
void sandbox_index_set_leaf(sandbox_rows *rows, uint32_t row, double major, int64_t minor, bool eligible);
void sandbox_index_build(sandbox_rows *rows);
// The least eligible row, UINT32_MAX when there is none.
uint32_t sandbox_index_least(const sandbox_rows *rows);
static inline void sandbox_prefetch_line(const void *address) { __builtin_prefetch(address); }
// Asks the processor for the memory that a decision about a row touches: its fields behind the head, its leaf with
// the siblings (nodes begin at a cache line), and the node above.
static inline void sandbox_prefetch(const sandbox_rows *rows, uint32_t row) {
    const uint8_t *start = rows->rows + (size_t)row * rows->stride;
    __builtin_prefetch(start + 64, 1);
    __builtin_prefetch(start + 128, 1);
    __builtin_prefetch(&rows->nodes[row & ~7u], 1);
    __builtin_prefetch((const uint8_t *)&rows->nodes[row & ~7u] + 64, 1);
    __builtin_prefetch((const uint8_t *)&rows->nodes[row & ~7u] + 128, 1);
    if (rows->level_count > 1) __builtin_prefetch(&rows->nodes[rows->level_start[1] + (row >> 3)], 1);
}
// A 64-bit hash that is the same on every machine (FNV-1a, mixed).
uint64_t sandbox_hash(const char *bytes, size_t length);

// ---- Vocabulary -----------------------------------------------------------------------------------------------

typedef struct {
    const char *name;
    bool takes_member;   // (member, reason)
    bool takes_seconds;  // (reason, seconds)
} sandbox_verdict_spec;

typedef enum {
    SANDBOX_QUERY_GET,         // (id): the row with this id or nil
    SANDBOX_QUERY_LEAST,       // (filter): the least eligible row or nil
    SANDBOX_QUERY_FIRST,       // (filter): the first eligible row in the order of the set
    SANDBOX_QUERY_ELIGIBLE,    // (filter): all eligible rows in the order of the set
    SANDBOX_QUERY_CANDIDATES,  // (k, filter): the k least eligible rows, least first
    SANDBOX_QUERY_HASH,        // (key, filter): rendezvous hashing over all rows, eligible or not
} sandbox_query_kind;

typedef struct {
    const char *name;
    sandbox_query_kind kind;
} sandbox_query_spec;

typedef struct {
    const char *name;
    bool required;
} sandbox_hook_spec;

#define SANDBOX_FLAG_MAX 8

// All text and arrays outlive every sandbox made with them.
typedef struct {
    const char *const *flags;  // names that a script may set to true beside its hooks
    uint32_t flag_count;       // at most SANDBOX_FLAG_MAX
    const char *set_noun;  // "fleet"
    const char *script_noun;  // "policy": what messages call a script's table
    // What a script may call the conditions on which it wants to be called at all; NULL when it may have none.
    const char *conditions;
    const char *filter_tag, *filter_group, *filter_except;
    double seconds_max;  // the longest wait that a verdict may ask for
    const sandbox_hook_spec *hooks;
    uint32_t hook_count;
    const sandbox_verdict_spec *verdicts;
    uint32_t verdict_count;
    const sandbox_query_spec *queries;
    uint32_t query_count;
    const sandbox_schema *const *schemas;  // every schema that a call may show
    uint32_t schema_count;
} sandbox_vocabulary;

// ---- Sandbox --------------------------------------------------------------------------------------------------

typedef struct {
    int64_t instructions;  // virtual machine instructions and charges, for one call and for loading
    size_t memory;         // bytes of one interpreter
    size_t mirror;         // bytes beside them for a copy of the set, for scripts that walk over it; 0 for none
    int64_t cpu_ns;        // CPU time of the calling thread for one call
} sandbox_limits;

typedef enum {
    SANDBOX_FAULT_NONE,
    SANDBOX_FAULT_SYNTAX,
    SANDBOX_FAULT_RUNTIME,
    SANDBOX_FAULT_BUDGET,
    SANDBOX_FAULT_MEMORY,
    SANDBOX_FAULT_TIMEOUT,
    SANDBOX_FAULT_VERDICT,
    SANDBOX_FAULT_MEMBER,
} sandbox_fault_kind;

typedef enum { SANDBOX_ANSWER_VERDICT, SANDBOX_ANSWER_NONE, SANDBOX_ANSWER_FAULT } sandbox_answer;

typedef struct {
    sandbox_answer answer;
    uint32_t verdict;  // index into the vocabulary's verdicts
    int64_t member;    // place in the set, -1 when the verdict takes none
    double seconds;
    bool has_seconds;
    // The reason, or the fault's message: valid UTF-8 of at most 400 bytes without control characters, until the next
    // call.
    sandbox_text text;
    sandbox_fault_kind fault;
    int32_t line;  // 0 when none can be named
    int64_t instructions;
    uint32_t note_count;
    // After a fault of budget, memory or time the interpreter must be thrown away: calls are refused.
    bool is_spent;
} sandbox_result;

typedef struct sandbox sandbox;

// An interpreter without a script; NULL when there is no memory for it or the linked library is not one that the
// instruction counter knows how to read.
sandbox *sandbox_create(const sandbox_vocabulary *vocabulary, const sandbox_limits *limits);
void sandbox_destroy(sandbox *box);

// The globals that stand for the operators `#` and `^`: a source is loaded with calls of these in their place, so that
// their answers follow from their operands alone.
#define SANDBOX_OPERATOR_LENGTH "__length"
#define SANDBOX_OPERATOR_POWER "__power"

// Compiles and runs a chunk, once for each sandbox. `name` is what messages call it; it outlives the sandbox.
// The answer is NONE or FAULT.
void sandbox_load(sandbox *box, const char *name, const char *source, size_t length, sandbox_result *result);

// Compiles and runs a chunk that returns data, in a sandbox that has loaded nothing else, and gives what it returned as
// JSON text: tables with keys 1 to n as arrays, with text keys as objects (keys sorted by bytes), the empty table as {}.
// The bytes are NULL after a fault, and else the caller's to give to sandbox_free_data. The answer is NONE or FAULT.
char *sandbox_load_data(sandbox *box, const char *name, const char *source, size_t length, size_t *json_length,
                        sandbox_result *result);
void sandbox_free_data(char *json);

// What the script's table says beside its hooks.
bool sandbox_has_hook(const sandbox *box, uint32_t hook);
bool sandbox_has_flag(const sandbox *box, uint32_t flag);
sandbox_text sandbox_script_name(const sandbox *box);
sandbox_text sandbox_script_description(const sandbox *box);
sandbox_items sandbox_script_parameters(const sandbox *box);  // sorted by name
sandbox_items sandbox_script_conditions(const sandbox *box);  // likewise

// Sets what hooks read as `params`. Returns false when there is no memory for it.
bool sandbox_set_parameters(sandbox *box, const sandbox_scalar *items, uint32_t count);

typedef struct {
    uint32_t hook;
    const sandbox_rows *subject;
    uint32_t subject_row;
    // The first row of another kind, shown between subject and set; NULL for none. Its fields are words and text.
    const sandbox_rows *object;
    const sandbox_rows *set;
    int64_t now;
    uint64_t seed;
} sandbox_request;

// Calls a hook. Without memory or time spent on anything but the script: no Lua table is made.
void sandbox_call(sandbox *box, const sandbox_request *request, sandbox_result *result);

// ---- Trace ----------------------------------------------------------------------------------------------------

// What a call read and asked, for whoever wants to know why it answered as it did. Answers, instructions and memory of
// the interpreter are the same with a trace and without one.

typedef enum {
    SANDBOX_TRACE_FIELD,  // a field of a row, the first time that the call read it
    SANDBOX_TRACE_ITEM,   // an entry of a list or a map, by its name or place
    SANDBOX_TRACE_PLACE,  // a row of the set by its place
    SANDBOX_TRACE_COUNT,  // how many rows the set has
    SANDBOX_TRACE_TIME,   // the time on the wall, in milliseconds since 1970: the subject's or the set's
    SANDBOX_TRACE_QUERY,
} sandbox_trace_kind;

typedef enum {
    SANDBOX_FATE_FOUND,         // the query gave it back
    SANDBOX_FATE_MISSED_EXCEPT,  // the filter left it out: its first condition that did
    SANDBOX_FATE_MISSED_GROUP,
    SANDBOX_FATE_MISSED_TAG,
} sandbox_fate;

// A row and what a query made of it.
typedef struct {
    uint32_t row;
    sandbox_fate fate;
} sandbox_traced_row;

typedef struct {
    sandbox_trace_kind kind;
    // What was read. The texts of rows are not copied: they are good for as long as the rows have them.
    bool of_subject;    // else of a row of the set
    uint32_t row;       // UINT32_MAX for a place outside of the set
    uint32_t field;     // by its place in the schema
    int64_t word;       // of a field that is one word, as it lies in the row; a place; the k of a query
    sandbox_text text;  // of a field that is text; the name of an entry; the id or key of a query
    sandbox_items items;  // of a field that is a list or a map
    bool has_item;
    sandbox_scalar item;  // of an entry; absent without has_item
    // A query: what it is, its filter, and its rows, those found first and in the order given.
    sandbox_query_kind query;
    bool has_filter;
    sandbox_text tag, group;  // NULL for none
    int64_t except;           // a row, -1 for none
    uint32_t rows_start, row_count;
} sandbox_trace_entry;

// Memory of the caller, which a call fills from the start. What finds no room is left out, and `is_cut` says so.
typedef struct {
    sandbox_trace_entry *entries;
    uint32_t entry_max, entry_count;
    sandbox_traced_row *rows;
    uint32_t row_max, row_count;
    char *bytes;  // for texts of the script
    uint32_t byte_max, byte_count;
    uint64_t *read;  // a word for the subject, then one for each row of the set: a bit for each field that was read
    uint32_t read_max;
    bool is_cut;
    bool takes_rows;  // the last entry is of the query at hand
    bool was_called;  // by anybody, since the memory was zero
} sandbox_trace;

// From now on calls fill `trace`, which outlives them; NULL ends it. Each call forgets what the one before it left.
void sandbox_set_trace(sandbox *box, sandbox_trace *trace);

// ---- Probes ---------------------------------------------------------------------------------------------------

// Counts of where a script comes by, for a source in which calls of these globals stand at the places in question. The
// script answers what it would without them; it uses more instructions.
#define SANDBOX_PROBE_REACH "__reach"  // __reach(n): counts[n]
#define SANDBOX_PROBE_WEIGH "__weigh"  // __weigh(n, value): counts[n] when it counts as true, else counts[n + 1]
#define SANDBOX_PROBE_AWAIT "__await"  // __await(n, ...): a loop begins; gives what stands behind n
#define SANDBOX_PROBE_ENTER "__enter"  // __enter(n): counts[n] for a loop that gets to its body; else, once it is over, counts[n + 1]

enum { SANDBOX_AWAITED_MAX = 256 };

// A loop that has begun and not come to its body: in which call of a function.
typedef struct {
    const void *frame;
    int64_t place;
} sandbox_awaited;

// Memory of the caller.
typedef struct {
    uint64_t *counts;
    uint32_t count;
    uint32_t awaited_count;
    sandbox_awaited awaited[SANDBOX_AWAITED_MAX];
    bool is_cut;  // more loops were open at once than there is room for: their counts are missing
} sandbox_probes;

// Gives an interpreter without a script these globals. They count into `probes`, which outlives it. Returns false when
// there is no memory for it.
bool sandbox_open_probes(sandbox *box, sandbox_probes *probes);
// Counts the loops that ended without their bodies; to be called when a call is over, or loading.
void sandbox_settle_probes(sandbox_probes *probes);

// Note `index` of the last call.
sandbox_text sandbox_note(const sandbox *box, uint32_t index);
// Bytes that the interpreter holds.
size_t sandbox_memory(const sandbox *box);
// "Lua 5.4.4": the linked library.
const char *sandbox_lua_version(void);
// Visits every value that a script can reach by name, as "string.rep function", in order; for the golden list.
void sandbox_visit_environment(sandbox *box, void (*visit)(void *context, const char *path), void *context);
// The names that a script may use as globals, and the members of one of them that is a library.
typedef struct {
    const char *const *names;
    uint32_t count;
} sandbox_names;
sandbox_names sandbox_global_names(void);
sandbox_names sandbox_member_names(const char *library);

// ---- For tests ------------------------------------------------------------------------------------------------

// Of the allocations to come on this thread, the first `after` are made, `many` then fail, and the others are made.
// Forgets what was asked for before. False in a release build, where this costs nothing since nothing can be made to
// fail and nothing is counted.
bool sandbox_fail_allocations(uint64_t after, uint64_t many);
// How many failed since then.
uint64_t sandbox_failed_allocations(void);
// Whether the last call was shown the set in tables of its own.
bool sandbox_showed_mirror(const sandbox *box);
// Blocks that the sandboxes of this thread hold.
int64_t sandbox_held_blocks(void);

#endif
