// Declarations shared by the files of the sandbox. A function that takes a lua_State may raise a Lua error and is
// called only inside a protected call, unless its comment states otherwise.
#ifndef CLUASANDBOX_INTERNAL_H
#define CLUASANDBOX_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <string.h>

#include "CLuaSandbox.h"

enum {
    TEXT_MAX = 400,         // bytes of a reason, a note, a fault's message
    NOTE_MAX = 16,          // notes kept per decision
    VERDICT_SLOTS = 16,     // verdicts that one call may create
    PARAMETER_MAX = 64,     // parameters of a script
    RANGE_MAX = 256,        // numbers and texts in the ranges of a script
    HOOK_MAX = 16,          // hooks of a vocabulary
    SCHEMA_MAX = 8,         // kinds of rows of a vocabulary
    VERDICT_MAX = 8,        // verdicts of a vocabulary
    NAME_SLOTS = 256,       // for the names of all fields; at most half of them are used
    STRING_MAX = 4096,      // bytes of one string: limits every uncounted byte loop of the interpreter
    SLICE = 500,            // instructions between two checks of the clock
    SHORT_SLICE = 25,       // the same while the script holds more than LARGE_MEMORY
    LARGE_MEMORY = 1 << 18, // bytes, without the tables of the mirror
    CHARGE_SLICE = 10000,   // charges between two checks of the clock
    SOURCE_MAX = 1 << 16,   // bytes of a script: no hook can fire inside the compiler
    DATA_SOURCE_MAX = 1 << 20,  // bytes of a data file, which operators write and no cycle waits for
    RAISED_MAX = 16,        // texts of the sandbox's own errors that one call keeps
    COLLECTION_MAX = 8,     // emergency collections that one call may cause
    CONSTANT_MAX = 255,     // constants of a function beyond which Lua 5.4.4 may generate wrong code
};

typedef struct {
    uint32_t verdict;
    int64_t member;
    double seconds;
    bool has_seconds;
    sandbox_target target;
    uint32_t length;
    char text[TEXT_MAX + 1];
} verdict_slot;

typedef struct {
    uint32_t length;
    char text[TEXT_MAX + 1];
} bounded_text;

// The texts of a verdict's filter, copied: the script's own strings may be collected before the result is read.
typedef struct {
    bool has_tag, has_group;
    bounded_text tag, group;
} filter_texts;

// A text of one of the sandbox's own errors, without the script's position.
typedef struct {
    sandbox_code code;
    bounded_text text;
} raised_text;

// A name that scripts index by, found by the address of its interned string, with its meaning in each kind of row.
typedef struct {
    const void *key;               // NULL: empty
    uint8_t field[SCHEMA_MAX];     // by the schema's index in the vocabulary: the field's index + 1, 0 for none
} name_slot;

// Stack positions in a loaded script that each call uses.
enum { HANDLER_PLACE = 1, SET_PLACE = 2, HOOK_BASE = 3 };

// The declared parameters (or conditions, or ranges) of a script, allocated separately: only loading writes them, and few scripts
// have many.
typedef struct {
    sandbox_scalar *items;
    bounded_text *names, *texts;
    uint32_t count;
} parameter_list;

// The rows of a set as Lua tables, for a script that iterates over it: see mirror.c.
enum { MIRROR_REFS = 3 };
typedef struct {
    // About the script: whether it gets a mirror, and why.
    bool is_wanted, names_eligible, names_candidates, names_walk;
    uint64_t read[SCHEMA_MAX];  // by schema: a bit for each field whose name is in the script's code

    // About the last set that was shown.
    bool is_made;     // the tables exist; false for a set that is too large
    uint64_t serial, edits, changes;  // of its rows, when the tables last matched them; serial 0 is no set
    uint8_t fields[64];
    uint32_t field_count;
    uint64_t lacks;     // a bit for each of `fields` that may be missing in some row's table
    uint8_t *eligible;  // a byte for each row: whether it was eligible when the tables last matched
    size_t bytes;       // memory of the interpreter
    int refs[MIRROR_REFS];
    const void *set, *list;  // the addresses of the tables

    // The list of all eligible rows.
    bool has_list;  // the list is complete
    uint32_t list_count;
    bool is_list_given;    // shown to the script in this call
    bool is_list_touched;  // the script modified it: the next call creates another one

    bool is_on;  // the current call uses it
} mirror_state;

// What a query of the set excludes: all rows except those with a tag, of a group, and other than one row.
typedef struct {
    bool is_set;
    sandbox_text tag, group;
    int64_t except;
} row_filter;

typedef enum { PHASE_SETUP, PHASE_LOAD, PHASE_CALL, PHASE_IDLE } sandbox_phase;

struct sandbox {
    lua_State *L;
    const sandbox_vocabulary *vocabulary;
    sandbox_limits limits;
    const char *script;
    sandbox_phase phase;

    // Budget. Used = vm_done + (slice - *hook_count) + charged.
    int64_t vm_done, charged;
    int64_t room;  // units that can be charged before the limits must be checked; negative for none
    int slice;
    volatile int *hook_count;  // L's countdown; the word before it is its start value
    int64_t cpu_deadline_ns;
    int64_t charged_at_look;  // charges at the last check of the clock
    int64_t began_at_ns;  // the first check, in elapsed time; 0 before it

    size_t memory_used;
    uint32_t refused;  // consecutive refused allocations
    uint32_t collections;  // collections caused by refusals in this call
    bool unwinding;    // a little more memory is available, so that a failure can be reported
    bool exhausted;    // the next instruction ends the call: memory was refused for good
    bool clears_stack;  // the script may read registers that it never wrote: see limits_clear_stack

    sandbox_fault_kind fatal;    // the error cannot be caught
    sandbox_fault_kind pending;  // of the error being raised; a pcall clears it
    int32_t line;
    bounded_text message;
    sandbox_code code;  // of `message`; NONE where the script wrote it
    raised_text raised[RAISED_MAX];  // in this call, each text once
    uint32_t raised_count;
    lua_CFunction error_function, assert_function;  // Lua's own, with which scripts raise errors

    const sandbox_request *request;
    sandbox_trace *trace;  // NULL: reads are not recorded
    uint16_t generation;  // of handles: each call has its own
    uint64_t random_state;
    verdict_slot verdicts[VERDICT_SLOTS];
    uint32_t verdict_count;
    filter_texts *filters;  // VERDICT_SLOTS of them, allocated at the first verdict with a filter
    bounded_text *notes;  // NOTE_MAX of them, allocated at the first note
    uint32_t note_count;

    name_slot names[NAME_SLOTS];
    uint32_t name_count;
    // The schemas of the current call's rows, by their indices in the vocabulary.
    const sandbox_schema *subject_schema, *set_schema;
    uint32_t subject_place, set_place;
    const sandbox_schema *object_schema;
    uint32_t object_place;

    // After a script is loaded, the bottom of the stack holds the values that each call pushes: the message handler,
    // the set, then a function (or nil) for each hook.
    bool is_loaded;
    bool has_open_globals;  // the script's code cannot write a global, so its functions may read them directly
    int32_t hook_lines[HOOK_MAX];
    int parameters_ref, names_ref, globals_ref, set_ref, set_metatable_ref;
    mirror_state mirror;
    uint32_t upvalue_count;  // assignable upvalues, restored after each call
    int upvalues_ref;

    bounded_text script_name, script_description;
    bool flags[SANDBOX_FLAG_MAX];
    parameter_list parameters, conditions, ranges;
    uint32_t *heap;  // scratch memory of the candidates query
    size_t heap_size;
};

static inline sandbox *box_of(lua_State *L) { return *(sandbox **)lua_getextraspace(L); }

// -- memory.c
// Like realloc; never called with a size of 0.
void *memory_resize(void *block, size_t size);
void *memory_zeroed(size_t size);
void memory_release(void *block);

// -- limits.c
void *limits_allocate(void *context, void *block, size_t old_size, size_t new_size);
void limits_hook(lua_State *L, lua_Debug *record);
void limits_begin(sandbox *box);
// Clears the values that earlier calls left on the interpreter's stack, for scripts that could read them. Raises no
// error.
void limits_clear_stack(sandbox *box);
static inline int64_t limits_used(const sandbox *box) {
    return box->vm_done + (box->slice - *box->hook_count) + box->charged;
}
// Ends the call when its time is up.
void limits_look(lua_State *L);
// Takes `units` from the budget before the work is done.
void limits_overcharge(lua_State *L, int64_t units);  // slow path: a limit may be reached
static inline void limits_charge(lua_State *L, int64_t units) {
    sandbox *box = box_of(L);
    if (box->phase == PHASE_SETUP) return;
    if (units > box->room) {
        limits_overcharge(L, units);
        return;
    }
    box->room -= units;
    box->charged += units;
}
// Ends the call with a fault that pcall cannot catch.
int limits_fatal(lua_State *L, sandbox_fault_kind kind, sandbox_code code, const char *message);
void limits_memory_message(const sandbox *box, char *to, size_t size);
// Raises an error of the given kind, with the script's line in front.
int limits_raise(lua_State *L, sandbox_fault_kind kind, sandbox_code code, const char *format, ...);
int limits_message_handler(lua_State *L);
bool limits_find_counter(sandbox *box);

// -- text.c
// Copies text in a form that is safe to show: at most TEXT_MAX bytes, invalid UTF-8 and control characters replaced.
uint32_t text_neutralise(char *to, const char *from, size_t length);
// The nearest of `names` within an edit distance of a third of the length, or NULL.
const char *text_nearest(const char *word, const char *(*name)(const void *context, uint32_t index), uint32_t count,
                         const void *context);
bool text_glob(const char *pattern, size_t pattern_length, const char *text, size_t length);

// -- environment.c
void environment_open(lua_State *L, sandbox *box);
// Pushes the content of the table at `index`: for a protected table the table behind it, else the table itself.
void environment_push_content(lua_State *L, int index);
// Pushes a list of the keys of the table at `index`, sorted as `pairs` visits them. The keys must be sortable.
void environment_push_sorted_keys(lua_State *L, int index);
// Sorts the list at `table` in the order in which `pairs` visits keys; `scratch` is another table.
void environment_sort_keys(lua_State *L, int table, int scratch, lua_Integer count);
// Makes the table at the top read-only, with `noun` in its messages.
int environment_protect(lua_State *L);
void environment_freeze(lua_State *L, sandbox *box, bool has_open_globals);
void environment_show_parameters(lua_State *L, sandbox *box);
void environment_restore_upvalues(lua_State *L, sandbox *box);
// The smallest string key of the table at `index` that is not in `known`, or NULL; *others counts the keys that are not
// strings.
const char *environment_unknown_key(lua_State *L, int index, const char *(*known)(const void *, uint32_t),
                                    uint32_t count, const void *context, uint32_t *others);
const char *environment_type_name(lua_State *L, int index);

// -- library.c
extern const luaL_Reg library_string[], library_table[], library_math[], library_text[];
void library_open(lua_State *L);
// The cost of reading the arguments from `first` to `last` as numbers, if they are strings.
int64_t library_numerals(lua_State *L, int first, int last);

// -- views.c
typedef enum { HANDLE_SUBJECT = 1, HANDLE_MEMBER, HANDLE_ITEMS, HANDLE_VERDICT, HANDLE_OBJECT } handle_kind;
void views_open(lua_State *L, sandbox *box);
static inline void *views_handle(const sandbox *box, handle_kind kind, uint32_t detail, uint32_t index) {
    return (void *)((uint64_t)kind << 60 | (uint64_t)box->generation << 44 | (uint64_t)(detail & 0xFFF) << 32 | index);
}
// The kind of the handle at `index`, 0 if it is not a handle; raises an error if it belongs to another call.
int views_check(lua_State *L, int index, uint32_t *detail, uint32_t *place);
// Pushes the handle at `index` as text for `tostring`; false if it is not a handle.
bool views_push_text(lua_State *L, int index);
// The index of the member at `index`, given as a handle or an id; raises an error if it is neither.
int64_t views_member(lua_State *L, int index, const char *function);
// What the value at `index` names for a verdict: the set, a member (as a handle or an id) or a filter. For a member,
// *filter has its index in `except`; the texts of a filter belong to values on the stack. Raises an error for any other
// value.
sandbox_target views_target(lua_State *L, int index, const char *function, row_filter *filter);
// Pushes a one-word field of the row at `bytes`.
void views_push_word(lua_State *L, const uint8_t *bytes, const sandbox_field *field);
// Pushes the metatable of the mirror's rows.
void views_push_metatable(lua_State *L);
bool views_items(lua_State *L, int index, sandbox_items *items);
void views_push_scalar(lua_State *L, const sandbox_scalar *scalar);
const char *views_noun(const sandbox *box);
// Pushes the set that hooks are called with; called once per interpreter.
void views_push_set(lua_State *L);
// The result of a filter for a row: its first condition that excludes the row, or FOUND.
sandbox_filter_result views_filter_result(const row_filter *filter, const sandbox_rows *set, uint32_t row);

// -- trace.c: records what the current call reads. These functions raise no errors, allocate nothing and are not
// charged; without a trace each costs one test of a word.
void trace_begin(sandbox *box);
void trace_read(sandbox *box, bool of_subject, uint32_t row, uint32_t field);
void trace_item(sandbox *box, bool of_subject, uint32_t row, uint32_t field, const char *name, size_t length,
                int64_t place, const sandbox_scalar *found);
void trace_set(sandbox *box, sandbox_trace_kind kind, int64_t place, uint32_t row);
void trace_time(sandbox *box, bool of_subject, int64_t milliseconds);
void trace_query(sandbox *box, sandbox_query_kind kind, const row_filter *filter, const char *text, size_t length,
                 int64_t wanted);
void trace_found(sandbox *box, uint32_t row);
void trace_left_out(sandbox *box, const row_filter *filter);
// TRACE(box, read, ...) calls trace_read(box, ...) if there is a trace.
#define TRACE(box, what, ...)                                                            \
    do {                                                                                 \
        if (__builtin_expect((box)->trace != NULL, 0)) trace_##what((box), __VA_ARGS__); \
    } while (0)

// -- bytecode.c
typedef struct {
    // Whether some function can write a global, or passes the table of globals on.
    bool may_write_globals;
    // Whether a function other than the chunk can write to a table that it has not just created.
    bool may_write_tables;
    bool has_loops;           // in a function other than the chunk
    uint32_t most_constants;  // the maximum of one function
} bytecode_facts;
// Receives the string constants of all functions.
typedef void (*bytecode_visitor)(void *context, const char *text, size_t length);
// Analyses the code of the compiled function at the top of the stack. False if the code cannot be read; then nothing is
// known. Raises no error.
bool bytecode_inspect(lua_State *L, bytecode_facts *facts, bytecode_visitor visit, void *context);

// -- mirror.c
void mirror_open(lua_State *L, sandbox *box);
// While a script is loaded: collects the names in its code, then decides whether it gets the mirror.
void mirror_take_name(void *box, const char *name, size_t length);
void mirror_decide(sandbox *box, const bytecode_facts *facts);
// Updates the mirror to match the set, or turns it off for this call. Raises no error.
void mirror_begin(sandbox *box, const sandbox_rows *set);
// Pushes the set of the current call, or one of its rows. Neither allocates.
void mirror_push_set(lua_State *L, const sandbox *box);
void mirror_push_member(lua_State *L, const sandbox *box, uint32_t row);
// Whether the value at `index` is the mirror's set.
bool mirror_is_set(lua_State *L, const sandbox *box, int index);
// The row whose table is at `index`, -1 for any other value.
int64_t mirror_row(lua_State *L, const sandbox *box, int index);
static inline bool mirror_is_part(lua_State *L, const sandbox *box, int index) {
    return box->mirror.is_on && (mirror_is_set(L, box, index) || mirror_row(L, box, index) >= 0);
}
// Replaces the mirror table at `index` by its handle, for functions that would write to a table, or read it.
void mirror_demote(lua_State *L, int index);
// The reverse, for the value at the top.
void mirror_promote(lua_State *L);
// Records that the table at `index` is about to be modified.
void mirror_touch(lua_State *L, int index);
// Pushes the list of all eligible rows, once per call; false if it is not available.
bool mirror_push_eligible(lua_State *L, sandbox *box, uint32_t *count);

// -- data.c
typedef struct {
    char *bytes;  // allocated with memory_resize
    size_t length, capacity;
} data_buffer;
// [value, buffer] -> []: writes the value as JSON; raises an error for values that JSON cannot represent.
int data_write(lua_State *L);

// -- operators.c
void operators_open(lua_State *L);
// The result of `#` for the value at `index`: for a table, a border that depends only on its content.
lua_Integer operators_length(lua_State *L, int index);
// base ^ exponent, with an error of barely more than half a unit in the last place; the same on every machine.
double operators_power(double base, double exponent);
// If the last argument, number `argument`, is missing, adds the length of the table at 1.
void operators_fill_last(lua_State *L, int argument);
// table.insert and table.remove for the table at 1.
int operators_insert(lua_State *L);
int operators_remove(lua_State *L);

// -- verdicts.c
void verdicts_open(lua_State *L, sandbox *box);
// The interpreter, inside a hook; raises an error elsewhere.
sandbox *verdicts_in_call(lua_State *L, const char *function);

// -- clock.c
// local_time(subject): the local time of the subject.
int clock_local_time(lua_State *L);

#endif
