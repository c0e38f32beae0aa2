// A Lua 5.4 interpreter for untrusted scripts.
//
// A script is a chunk that returns a table of hooks. A hook is called with up to two views of memory that the caller
// owns: a subject (one row of named fields) and a set (many rows of named fields with an order among them). It answers
// with a verdict made by one of the constructors that the vocabulary names. The caller defines the meaning of rows and
// verdicts.
//
// Each function here is safe to call from code that must not be skipped by a longjmp: everything that can raise a Lua
// error runs in one protected call, and only plain values are returned.
#ifndef CLUASANDBOX_H
#define CLUASANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- Rows -----------------------------------------------------------------------------------------------------

// Bytes of UTF-8 that must outlive the row; NULL means absent.
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

// A list or a map of scalars; the items must outlive the row.
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
    SANDBOX_FIELD_MAP,       // sandbox_items; a missing name reads as nil
    SANDBOX_FIELD_MEMBER,    // int64_t: an index into the set of the same call, -1 is absent
} sandbox_field_kind;

typedef struct {
    const char *name;  // must outlive every sandbox that uses it
    sandbox_field_kind kind;
    uint32_t offset;  // from the start of the row
} sandbox_field;

typedef struct {
    const char *noun;  // the name of a row in messages: "device"
    const sandbox_field *fields;
    uint32_t field_count;
    uint32_t alias_count;  // the last of `fields`: earlier names, which messages do not suggest
} sandbox_schema;

// The head of each row of a set; the schema's fields follow.
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

// Rows in one block. A set has an index: an 8-ary winner tree over (major, minor, index) of the eligible rows. A row is
// eligible for "least", "first" and "eligible" queries if its own node is not empty.
typedef struct {
    const sandbox_schema *schema;
    uint8_t *rows;
    size_t stride;
    uint32_t count;
    sandbox_node *nodes;  // NULL for rows that are only subjects; level 0 (the rows) first
    uint32_t level_count;
    uint32_t level_start[SANDBOX_LEVEL_MAX];
    // Which rows changed, for interpreters that keep a copy. The serial is unique in this process; 0 means that changes
    // are not recorded, and that no interpreter may keep a copy.
    uint64_t serial;
    uint64_t edits;    // counts all changes except those passed to sandbox_tell_change
    uint64_t changes;  // the number of recorded changes; the last ones are in `changed`
    uint32_t changed[SANDBOX_CHANGE_MAX];
    // The UTC offset of the local time of the people whom the rows are about, in minutes.
    int64_t utc_offset;
} sandbox_rows;

// A serial that has not been used before.
uint64_t sandbox_next_serial(void);
// Records that fields of a row, or its position in the order, have changed.
static inline void sandbox_tell_change(sandbox_rows *rows, uint32_t row) {
    rows->changed[rows->changes++ % SANDBOX_CHANGE_MAX] = row;
}

// The number of nodes of the index over `count` rows.
size_t sandbox_index_size(uint32_t count);
// Lays out the levels over `nodes`, with all rows ineligible.
void sandbox_index_clear(sandbox_rows *rows);
// Puts a row at its position in the order, or removes it from the order. Costs the depth of the tree.
void sandbox_index_set(sandbox_rows *rows, uint32_t row, double major, int64_t minor, bool eligible);
// Sets only the leaf, for bulk changes; call sandbox_index_build when all leaves are set.
void sandbox_index_set_leaf(sandbox_rows *rows, uint32_t row, double major, int64_t minor, bool eligible);
void sandbox_index_build(sandbox_rows *rows);
// The least eligible row, UINT32_MAX if there is none.
uint32_t sandbox_index_least(const sandbox_rows *rows);
static inline void sandbox_prefetch_line(const void *address) { __builtin_prefetch(address); }
// Prefetches the memory that a decision about a row touches: its fields after the head, its leaf with the siblings
// (nodes begin at a cache line), and the node above.
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
    bool takes_target;   // (target, reason): a member, the set or a filter
    bool takes_seconds;  // (reason, seconds)
} sandbox_verdict_spec;

typedef enum {
    SANDBOX_QUERY_GET,         // (id): the row with this id, or nil
    SANDBOX_QUERY_LEAST,       // (filter): the least eligible row, or nil
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

// All strings and arrays must outlive every sandbox created with them.
typedef struct {
    const char *const *flags;  // names that a script may set to true next to its hooks
    uint32_t flag_count;       // at most SANDBOX_FLAG_MAX
    const char *set_noun;  // "fleet"
    const char *script_noun;  // the name of a script's table in messages: "policy"
    // The key under which a script may list the conditions for being called; NULL if scripts may not have conditions.
    const char *conditions;
    const char *filter_tag, *filter_group, *filter_except;
    double seconds_max;  // the longest wait that a verdict may request
    const sandbox_hook_spec *hooks;
    uint32_t hook_count;
    const sandbox_verdict_spec *verdicts;
    uint32_t verdict_count;
    const sandbox_query_spec *queries;
    uint32_t query_count;
    const sandbox_schema *const *schemas;  // every schema that a call may use
    uint32_t schema_count;
} sandbox_vocabulary;

// ---- Sandbox --------------------------------------------------------------------------------------------------

typedef struct {
    int64_t instructions;  // virtual machine instructions and charges, for one call and for loading
    size_t memory;         // bytes of one interpreter
    size_t mirror;         // additional bytes for a copy of the set, for scripts that iterate over it; 0 for none
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

// Names of the texts that the sandbox itself writes; a script cannot give one to a text of its own. LUA_ERROR and
// SYNTAX_ERROR stand for texts of the Lua library.
#define SANDBOX_CODES(X) \
    X(INSTRUCTION_BUDGET, "instruction_budget") \
    X(MEMORY_CAP, "memory_cap") \
    X(TIME_LIMIT, "time_limit") \
    X(OUT_OF_MEMORY, "out_of_memory") \
    X(ERROR_IN_ERROR_HANDLER, "error_in_error_handler") \
    X(INTERPRETER_UNUSABLE, "interpreter_unusable") \
    X(LUA_ERROR, "lua_error") \
    X(ERROR_NOT_TEXT, "error_not_text") \
    X(ERROR_WITHOUT_MESSAGE, "error_without_message") \
    X(UNKNOWN_FIELD, "unknown_field") \
    X(FIELD_NOT_A_NAME, "field_not_a_name") \
    X(LIST_HAS_NO_FIELDS, "list_has_no_fields") \
    X(VERDICT_HAS_NO_FIELDS, "verdict_has_no_fields") \
    X(UNKNOWN_GLOBAL, "unknown_global") \
    X(UNKNOWN_MEMBER, "unknown_member") \
    X(UNKNOWN_FILTER, "unknown_filter") \
    X(UNAVAILABLE_NAME, "unavailable_name") \
    X(ONLY_IN_HOOK, "only_in_hook") \
    X(READ_ONLY, "read_only") \
    X(STALE_VALUE, "stale_value") \
    X(CALL_WITH_COLON, "call_with_colon") \
    X(INVALID_ARGUMENT, "invalid_argument") \
    X(INVALID_OPERAND, "invalid_operand") \
    X(KEY_WITHOUT_ORDER, "key_without_order") \
    X(NOT_A_VERDICT, "not_a_verdict") \
    X(TOO_MANY_VERDICTS, "too_many_verdicts") \
    X(INVALID_REASON, "invalid_reason") \
    X(INVALID_SECONDS, "invalid_seconds") \
    X(INVALID_WAITLIST, "invalid_waitlist") \
    X(NOT_A_DEVICE, "not_a_device") \
    X(DEVICE_OF_ANOTHER_FLEET, "device_of_another_fleet") \
    X(SYNTAX_ERROR, "syntax_error") \
    X(FILE_TOO_LARGE, "file_too_large") \
    X(NOT_SOURCE_TEXT, "not_source_text") \
    X(NO_TABLE_RETURNED, "no_table_returned") \
    X(UNKNOWN_PART, "unknown_part") \
    X(MISSING_HOOK, "missing_hook") \
    X(INVALID_PART, "invalid_part") \
    X(INVALID_PARAMETERS, "invalid_parameters") \
    X(INVALID_RANGES, "invalid_ranges") \
    X(ITERATOR_KEPT, "iterator_kept") \
    X(INVALID_DATA, "invalid_data")

typedef enum {
#define SANDBOX_CODE(constant, text) SANDBOX_CODE_##constant,
    SANDBOX_CODE_NONE,
    SANDBOX_CODES(SANDBOX_CODE) SANDBOX_CODE_COUNT,
#undef SANDBOX_CODE
} sandbox_code;

// "unknown_field"; empty for NONE. Static memory.
const char *sandbox_code_name(sandbox_code code);

typedef enum { SANDBOX_ANSWER_VERDICT, SANDBOX_ANSWER_NONE, SANDBOX_ANSWER_FAULT } sandbox_answer;

// What a verdict with `takes_target` names.
typedef enum {
    SANDBOX_TARGET_NONE,    // the verdict takes no target
    SANDBOX_TARGET_SET,     // the set, or a filter without a condition
    SANDBOX_TARGET_MEMBER,  // `member` of the result
    SANDBOX_TARGET_FILTER,  // rows with `tag`, of `group`, other than `member`; each condition may be absent
} sandbox_target;

typedef struct {
    sandbox_answer answer;
    uint32_t verdict;  // index into the vocabulary's verdicts
    int64_t member;    // index into the set, -1 if the verdict names no member
    sandbox_target target;
    // Of SANDBOX_TARGET_FILTER; a condition that is absent has no bytes. Valid until the next call.
    sandbox_text target_tag, target_group;
    double seconds;
    bool has_seconds;
    // The reason, or the fault's message: valid UTF-8 of at most 400 bytes without control characters; valid until the
    // next call.
    sandbox_text text;
    sandbox_fault_kind fault;
    sandbox_code code;  // of a fault's message; NONE where the script wrote it
    int32_t line;  // 0 if unknown
    int64_t instructions;
    uint32_t note_count;
    uint32_t raised_count;  // texts of the sandbox's own errors that the call raised, caught ones too; see sandbox_raised_text
    // After a fault of budget, memory or time the interpreter must be discarded: further calls fail.
    bool is_spent;
} sandbox_result;

typedef struct sandbox sandbox;

// Creates an interpreter without a script. NULL without enough memory, or if the instruction counter of the linked
// library cannot be read.
sandbox *sandbox_create(const sandbox_vocabulary *vocabulary, const sandbox_limits *limits);
void sandbox_destroy(sandbox *box);

// The globals for the operators `#` and `^`: a loaded source calls these instead of using the operators, so that the
// results depend only on the operands.
#define SANDBOX_OPERATOR_LENGTH "__length"
#define SANDBOX_OPERATOR_POWER "__power"

// Compiles and runs a chunk, once per sandbox. `name` is used in messages and must outlive the sandbox. The answer is
// NONE or FAULT.
void sandbox_load(sandbox *box, const char *name, const char *source, size_t length, sandbox_result *result);

// Compiles and runs a chunk that returns data, in a sandbox that has not loaded anything, and returns the data as JSON
// text: tables with keys 1 to n as arrays, with string keys as objects (keys sorted by bytes), the empty table as {}.
// NULL after a fault; otherwise the caller releases the bytes with sandbox_free_data. The answer is NONE or FAULT.
char *sandbox_load_data(sandbox *box, const char *name, const char *source, size_t length, size_t *json_length,
                        sandbox_result *result);
void sandbox_free_data(char *json);

// The contents of the script's table.
bool sandbox_has_hook(const sandbox *box, uint32_t hook);
bool sandbox_has_flag(const sandbox *box, uint32_t flag);
sandbox_text sandbox_script_name(const sandbox *box);
sandbox_text sandbox_script_description(const sandbox *box);
sandbox_items sandbox_script_parameters(const sandbox *box);  // sorted by name
sandbox_items sandbox_script_conditions(const sandbox *box);  // sorted by name
// Sorted by name. A text is one item. A list is an integer, the number of its items, followed by that many items with
// the same name.
sandbox_items sandbox_script_ranges(const sandbox *box);

// Sets the values that hooks read as `params`. Returns false without enough memory.
bool sandbox_set_parameters(sandbox *box, const sandbox_scalar *items, uint32_t count);

typedef struct {
    uint32_t hook;
    const sandbox_rows *subject;
    uint32_t subject_row;
    // The first row of another kind, passed between subject and set; NULL for none. Its fields are words and strings.
    const sandbox_rows *object;
    const sandbox_rows *set;
    int64_t now;
    uint64_t seed;
} sandbox_request;

// Calls a hook. No memory or time is used for anything but the script: no Lua table is created.
void sandbox_call(sandbox *box, const sandbox_request *request, sandbox_result *result);

// ---- Trace ----------------------------------------------------------------------------------------------------

// What a call read and queried, to explain its answer. Answers, instructions and memory of the interpreter are the same
// with and without a trace.

typedef enum {
    SANDBOX_TRACE_FIELD,  // a field of a row, at its first read in the call
    SANDBOX_TRACE_ITEM,   // an entry of a list or a map, by its name or index
    SANDBOX_TRACE_PLACE,  // a row of the set, by its index
    SANDBOX_TRACE_COUNT,  // the number of rows of the set
    SANDBOX_TRACE_TIME,   // the local time of the subject or the set, as milliseconds since 1970 in that time zone
    SANDBOX_TRACE_QUERY,
} sandbox_trace_kind;

typedef enum {
    SANDBOX_FILTER_FOUND,         // the query returned it
    SANDBOX_FILTER_MISSED_EXCEPT,  // the filter excluded it: the first condition that did
    SANDBOX_FILTER_MISSED_GROUP,
    SANDBOX_FILTER_MISSED_TAG,
} sandbox_filter_result;

// A row, and the result of a query for it.
typedef struct {
    uint32_t row;
    sandbox_filter_result result;
} sandbox_traced_row;

typedef struct {
    sandbox_trace_kind kind;
    // One read. The strings of rows are not copied: they are valid as long as the rows keep them.
    bool of_subject;    // false: of a row of the set
    uint32_t row;       // UINT32_MAX for an index outside the set
    uint32_t field;     // the field's index in the schema
    int64_t word;       // the raw word of a one-word field; an index; the k of a query
    sandbox_text text;  // the value of a string field; the name of an entry; the id or key of a query
    sandbox_items items;  // the value of a list or map field
    bool has_item;
    sandbox_scalar item;  // the value of an entry; absent without has_item
    // A query: its kind, its filter, and its rows, first those found, in the order returned.
    sandbox_query_kind query;
    bool has_filter;
    sandbox_text tag, group;  // NULL for none
    int64_t except;           // a row, -1 for none
    uint32_t rows_start, row_count;
} sandbox_trace_entry;

// Memory of the caller, which a call fills from the start. Entries that do not fit are dropped, and `is_cut` is set.
typedef struct {
    sandbox_trace_entry *entries;
    uint32_t entry_max, entry_count;
    sandbox_traced_row *rows;
    uint32_t row_max, row_count;
    char *bytes;  // for strings of the script
    uint32_t byte_max, byte_count;
    uint64_t *read;  // a word for the subject, then one for each row of the set: a bit for each field that was read
    uint32_t read_max;
    bool is_cut;
    bool takes_rows;  // the last entry is of the current query
    bool was_called;  // by any call since the memory was zero
} sandbox_trace;

// Makes later calls fill `trace`, which must outlive them; NULL stops that. Each call discards the earlier entries.
void sandbox_set_trace(sandbox *box, sandbox_trace *trace);

// ---- Probes ---------------------------------------------------------------------------------------------------

// Execution counts for an instrumented source that calls these globals at the places to be counted. The script gives
// the same answers as without them; it uses more instructions.
#define SANDBOX_PROBE_REACH "__reach"  // __reach(n): counts[n]
#define SANDBOX_PROBE_WEIGH "__weigh"  // __weigh(n, value): counts[n] if the value counts as true, else counts[n + 1]
#define SANDBOX_PROBE_AWAIT "__await"  // __await(n, ...): a loop begins; returns the arguments after n
#define SANDBOX_PROBE_ENTER "__enter"  // __enter(n): counts[n] if the loop enters its body, else counts[n + 1] at its end

enum { SANDBOX_AWAITED_MAX = 256 };

// A loop that has begun but not entered its body, with the function call that it belongs to.
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
    bool is_cut;  // more loops were open at once than fit: their counts are missing
} sandbox_probes;

// Defines these globals in an interpreter without a script. They count into `probes`, which must outlive it. Returns
// false without enough memory.
bool sandbox_open_probes(sandbox *box, sandbox_probes *probes);
// Counts the loops that ended without entering their bodies; call it after a call or after loading.
void sandbox_finish_probes(sandbox_probes *probes);

// Note `index` of the last call.
sandbox_text sandbox_note(const sandbox *box, uint32_t index);

// The text of an error that the sandbox raised, without the script's position, and its code.
typedef struct {
    sandbox_code code;
    sandbox_text text;
} sandbox_raised;
// Error `index` that the last call raised, whether the script caught it or not: the first 15 different texts and the last.
sandbox_raised sandbox_raised_text(const sandbox *box, uint32_t index);
// Bytes that the interpreter has allocated.
size_t sandbox_memory(const sandbox *box);
// The version of the linked library: "Lua 5.4.4".
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

// Of the next allocations on this thread, the first `after` succeed, the following `many` fail, and the rest succeed.
// Replaces an earlier request. False in a release build, where no failures can be simulated and nothing is counted, so
// that this costs nothing.
bool sandbox_fail_allocations(uint64_t after, uint64_t many);
// The number of failures since then.
uint64_t sandbox_failed_allocations(void);
// Whether the last call used a mirror of the set.
bool sandbox_showed_mirror(const sandbox *box);
// The number of blocks that the sandboxes of this thread hold.
int64_t sandbox_held_blocks(void);

#endif
