// What the files of the sandbox share. Everything here that takes a lua_State may raise and is called only from
// within a protected call, unless it says otherwise.
#ifndef CLUASANDBOX_INTERNAL_H
#define CLUASANDBOX_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <string.h>

#include "CLuaSandbox.h"

enum {
    TEXT_MAX = 400,         // bytes of a reason, a note, a fault's message
    NOTE_MAX = 16,          // notes that a decision keeps
    VERDICT_SLOTS = 16,     // verdicts that one call may make
    PARAMETER_MAX = 64,     // parameters of a script
    HOOK_MAX = 16,          // hooks of a vocabulary
    SCHEMA_MAX = 8,         // kinds of rows of a vocabulary
    VERDICT_MAX = 8,        // verdicts of a vocabulary
    NAME_SLOTS = 256,       // for the names of all fields, half of them in use at most
    STRING_MAX = 4096,      // bytes of one string: keeps every uncounted byte loop of the interpreter short
    SLICE = 500,            // instructions between two looks at the clock
    SHORT_SLICE = 25,       // the same, while the script holds more than LARGE_MEMORY
    LARGE_MEMORY = 1 << 18, // bytes, beside the tables of the mirror
    CHARGE_SLICE = 10000,   // charges between two looks at the clock
    SOURCE_MAX = 1 << 16,   // bytes of a script: no hook can fire inside the compiler
    DATA_SOURCE_MAX = 1 << 20,  // bytes of a file of data, which operators write and nothing waits for
    COLLECTION_MAX = 8,     // emergency collections that one call may cause
    CONSTANT_MAX = 255,     // constants of a function beyond which Lua 5.4.4 may generate wrong code
};

typedef struct {
    uint32_t verdict;
    int64_t member;
    double seconds;
    bool has_seconds;
    uint32_t length;
    char text[TEXT_MAX + 1];
} verdict_slot;

typedef struct {
    uint32_t length;
    char text[TEXT_MAX + 1];
} bounded_text;

// A name that scripts index by, found by the address of its interned string: what it means in each kind of row.
typedef struct {
    const void *key;               // NULL: empty
    uint8_t field[SCHEMA_MAX];     // by the schema's place in the vocabulary: the field's index + 1, 0 for none
} name_slot;

// Where a loaded script's stack holds what each call needs.
enum { HANDLER_PLACE = 1, SET_PLACE = 2, HOOK_BASE = 3 };

// The declared parameters (or conditions) of a script, in memory of their own: only loading writes them, and few scripts
// have many.
typedef struct {
    sandbox_scalar *items;
    bounded_text *names, *texts;
    uint32_t count;
} parameter_list;

// The rows of a set as Lua tables, for a script that walks over it: see mirror.c.
enum { MIRROR_REFS = 3 };
typedef struct {
    // Of the script: whether it is to have one, and why.
    bool is_wanted, names_eligible, names_candidates, names_walk;
    uint64_t read[SCHEMA_MAX];  // by schema: the fields whose names are in the script's code, a bit each

    // Of the set that was shown last.
    bool is_made;     // the tables are there; not for a set that is too large
    uint64_t serial, edits, changes;  // of its rows, when the tables were last as they are; serial 0 is no set
    uint8_t fields[64];
    uint32_t field_count;
    uint64_t lacks;     // a bit for each of `fields`: some row's table may have been without it
    uint8_t *eligible;  // a byte for each row: whether it was when the tables were last as it is
    size_t bytes;       // of the interpreter's memory
    int refs[MIRROR_REFS];
    const void *set, *list;  // the addresses of the tables

    // The list of all eligible rows.
    bool has_list;  // it holds what it should
    uint32_t list_count;
    bool is_list_given;    // to the script, in this call
    bool is_list_touched;  // the script had it changed: it gets another one in the next call

    bool is_on;  // the call at hand shows it
} mirror_state;

// What a query of the set leaves out: every row but those with a tag, of a group, and other than one.
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
    int64_t room;  // what can be charged before the limits have to be looked at; less than 0 for nothing
    int slice;
    volatile int *hook_count;  // L's countdown; the word before it is what the countdown starts from
    int64_t cpu_deadline_ns;
    int64_t charged_at_look;  // charges when the clock was looked at last
    int64_t began_at_ns;  // the first look, by the clock on the wall; 0 for not yet

    size_t memory_used;
    uint32_t refused;  // allocations refused in a row
    uint32_t collections;  // caused by refusals in this call
    bool unwinding;    // a little more memory is given out, so that a failure can be reported
    bool exhausted;    // the next instruction ends the call: memory was refused for good
    bool clears_stack;  // the script may read registers that it never wrote: see limits_clear_stack

    sandbox_fault_kind fatal;    // cannot be caught
    sandbox_fault_kind pending;  // of the error being raised; a pcall clears it
    int32_t line;
    bounded_text message;

    const sandbox_request *request;
    sandbox_trace *trace;  // NULL: nobody wants to know what is read
    uint16_t generation;  // of handles: each call has its own
    uint64_t random_state;
    verdict_slot verdicts[VERDICT_SLOTS];
    uint32_t verdict_count;
    bounded_text *notes;  // NOTE_MAX of them, from the first note on
    uint32_t note_count;

    name_slot names[NAME_SLOTS];
    uint32_t name_count;
    // The kinds of the rows of the call at hand, by their places in the vocabulary.
    const sandbox_schema *subject_schema, *set_schema;
    uint32_t subject_place, set_place;
    const sandbox_schema *object_schema;
    uint32_t object_place;

    // Once a script is loaded, the bottom of the stack holds what each call pushes: the message handler, the set, then
    // a function (or nil) for each hook.
    bool is_loaded;
    bool has_open_globals;  // the script's code cannot write a global, so its functions may read them directly
    int32_t hook_lines[HOOK_MAX];
    int parameters_ref, names_ref, globals_ref, set_ref, set_metatable_ref;
    mirror_state mirror;
    uint32_t upvalue_count;  // assignable upvalues that are put back after each call
    int upvalues_ref;

    bounded_text script_name, script_description;
    bool flags[SANDBOX_FLAG_MAX];
    parameter_list parameters, conditions;
    uint32_t *heap;  // scratch of the candidates query
    size_t heap_size;
};

static inline sandbox *box_of(lua_State *L) { return *(sandbox **)lua_getextraspace(L); }

// -- memory.c
// As realloc, which never gets a size of 0.
void *memory_resize(void *block, size_t size);
void *memory_zeroed(size_t size);
void memory_release(void *block);

// -- limits.c
void *limits_allocate(void *context, void *block, size_t old_size, size_t new_size);
void limits_hook(lua_State *L, lua_Debug *record);
void limits_begin(sandbox *box);
// Clears what earlier calls left on the interpreter's stack, for scripts that could see it. Raises nothing.
void limits_clear_stack(sandbox *box);
static inline int64_t limits_used(const sandbox *box) {
    return box->vm_done + (box->slice - *box->hook_count) + box->charged;
}
// Ends the call when its time is over.
void limits_look(lua_State *L);
// Takes `units` from the budget before the work is done.
void limits_overcharge(lua_State *L, int64_t units);  // where a limit may be met
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
// Ends the call with a fault that no pcall catches.
int limits_fatal(lua_State *L, sandbox_fault_kind kind, const char *message);
void limits_memory_message(const sandbox *box, char *to, size_t size);
// Raises an error of a kind, with the script's line in front.
int limits_raise(lua_State *L, sandbox_fault_kind kind, const char *format, ...);
int limits_message_handler(lua_State *L);
bool limits_find_counter(sandbox *box);

// -- text.c
// Copies text so that it can be shown anywhere: cut at TEXT_MAX bytes, broken UTF-8 and control characters replaced.
uint32_t text_neutralise(char *to, const char *from, size_t length);
// The nearest of `names` within a third of the length, or NULL.
const char *text_nearest(const char *word, const char *(*name)(const void *context, uint32_t index), uint32_t count,
                         const void *context);
bool text_glob(const char *pattern, size_t pattern_length, const char *text, size_t length);

// -- environment.c
void environment_open(lua_State *L, sandbox *box);
// The content of the table at `index` pushed: of a protected one what it protects, else the table itself.
void environment_push_content(lua_State *L, int index);
// A list of the keys of the table at `index`, sorted as `pairs` visits them, pushed. They must have an order.
void environment_push_sorted_keys(lua_State *L, int index);
// Replaces the list at `table` by itself sorted as `pairs` visits keys; `scratch` is another table.
void environment_sort_keys(lua_State *L, int table, int scratch, lua_Integer count);
// Makes the table at the top read-only, with `noun` in its messages.
int environment_protect(lua_State *L);
void environment_freeze(lua_State *L, sandbox *box, bool has_open_globals);
void environment_show_parameters(lua_State *L, sandbox *box);
void environment_restore_upvalues(lua_State *L, sandbox *box);
// The smallest text key of the table at `index` that is none of `known`, or NULL; *others counts keys that are no text.
const char *environment_unknown_key(lua_State *L, int index, const char *(*known)(const void *, uint32_t),
                                    uint32_t count, const void *context, uint32_t *others);
const char *environment_type_name(lua_State *L, int index);

// -- library.c
extern const luaL_Reg library_string[], library_table[], library_math[], library_text[];
void library_open(lua_State *L);
// What reading the arguments from `first` to `last` as numbers costs, where they are text.
int64_t library_numerals(lua_State *L, int first, int last);

// -- views.c
typedef enum { HANDLE_SUBJECT = 1, HANDLE_MEMBER, HANDLE_ITEMS, HANDLE_VERDICT, HANDLE_OBJECT } handle_kind;
void views_open(lua_State *L, sandbox *box);
static inline void *views_handle(const sandbox *box, handle_kind kind, uint32_t detail, uint32_t index) {
    return (void *)((uint64_t)kind << 60 | (uint64_t)box->generation << 44 | (uint64_t)(detail & 0xFFF) << 32 | index);
}
// The kind of the handle at `index`, 0 when it is none; raises when it is of another call.
int views_check(lua_State *L, int index, uint32_t *detail, uint32_t *place);
// The handle at `index` as text for `tostring` pushed, or false.
bool views_push_text(lua_State *L, int index);
// The place of the member at `index`, given as handle or id; raises when it is not one.
int64_t views_member(lua_State *L, int index, const char *function);
// A field that is one word, of the row at `bytes`, pushed.
void views_push_word(lua_State *L, const uint8_t *bytes, const sandbox_field *field);
// The metatable of a mirror's rows pushed.
void views_push_metatable(lua_State *L);
bool views_items(lua_State *L, int index, sandbox_items *items);
void views_push_scalar(lua_State *L, const sandbox_scalar *scalar);
const char *views_noun(const sandbox *box);
// Pushes the set that hooks are called with; once for each interpreter.
void views_push_set(lua_State *L);
// What a filter makes of a row: its first condition that leaves the row out, or FOUND.
sandbox_fate views_fate(const row_filter *filter, const sandbox_rows *set, uint32_t row);

// -- trace.c: what the call at hand reads. Nothing here raises, allocates, or is paid for; each does nothing without a
// trace, and costs a look at a word then.
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
// TRACE(box, read, ...) calls trace_read(box, ...) when there is a trace.
#define TRACE(box, what, ...)                                                            \
    do {                                                                                 \
        if (__builtin_expect((box)->trace != NULL, 0)) trace_##what((box), __VA_ARGS__); \
    } while (0)

// -- bytecode.c
typedef struct {
    // Whether some function can write a global, or hands the table of globals on.
    bool may_write_globals;
    // Whether a function other than the chunk can write to a table which it has not just made.
    bool may_write_tables;
    bool has_loops;           // in a function other than the chunk
    uint32_t most_constants;  // of one function
} bytecode_facts;
// Is handed the constants of all functions that are text.
typedef void (*bytecode_visitor)(void *context, const char *text, size_t length);
// What the compiled function at the top of the stack can do, by its code. False when the code cannot be read; then
// nothing is known. Raises nothing.
bool bytecode_inspect(lua_State *L, bytecode_facts *facts, bytecode_visitor visit, void *context);

// -- mirror.c
void mirror_open(lua_State *L, sandbox *box);
// While a script is loaded: takes the words of its code, then decides whether it is shown the mirror.
void mirror_take_name(void *box, const char *name, size_t length);
void mirror_decide(sandbox *box, const bytecode_facts *facts);
// Makes the mirror be what the set is, or turns it off for this call. Raises nothing.
void mirror_begin(sandbox *box, const sandbox_rows *set);
// The set of the call at hand, and one of its rows, pushed. Neither allocates.
void mirror_push_set(lua_State *L, const sandbox *box);
void mirror_push_member(lua_State *L, const sandbox *box, uint32_t row);
// Whether the value at `index` is the mirror's set.
bool mirror_is_set(lua_State *L, const sandbox *box, int index);
// The row whose table is at `index`, -1 for every other value.
int64_t mirror_row(lua_State *L, const sandbox *box, int index);
static inline bool mirror_is_part(lua_State *L, const sandbox *box, int index) {
    return box->mirror.is_on && (mirror_is_set(L, box, index) || mirror_row(L, box, index) >= 0);
}
// Puts the handle into the place of the mirror at `index`, for functions that would write to a table, or read it.
void mirror_demote(lua_State *L, int index);
// The other way round, for the value at the top.
void mirror_promote(lua_State *L);
// Says that the table at `index` is about to be changed.
void mirror_touch(lua_State *L, int index);
// The list of all eligible rows pushed, once in a call; false when there is none to be had.
bool mirror_push_eligible(lua_State *L, sandbox *box, uint32_t *count);

// -- data.c
typedef struct {
    char *bytes;  // memory_resize
    size_t length, capacity;
} data_buffer;
// [value, buffer] -> []: writes the value as JSON; raises for what JSON cannot say.
int data_write(lua_State *L);

// -- operators.c
void operators_open(lua_State *L);
// What `#` gives for the value at `index`: of a table, a border that depends on its content alone.
lua_Integer operators_length(lua_State *L, int index);
// base ^ exponent, within a hair of half a unit in the last place, the same on every machine.
double operators_power(double base, double exponent);
// Fills the argument at place `argument`, the last, with the length of the table at 1 when it is left out.
void operators_fill_last(lua_State *L, int argument);
// table.insert and table.remove of the table at 1.
int operators_insert(lua_State *L);
int operators_remove(lua_State *L);

// -- verdicts.c
void verdicts_open(lua_State *L, sandbox *box);
// The interpreter, inside a hook; raises elsewhere.
sandbox *verdicts_in_call(lua_State *L, const char *function);

// -- clock.c
// local_time(subject): what the clocks on the wall show.
int clock_local_time(lua_State *L);

#endif
