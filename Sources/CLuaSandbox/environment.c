// The environment of scripts: an allow-list, read-only at every level.
//
// A protected table is an empty table whose metatable points at the content: a read falls through to the content at the
// cost of one more lookup in the interpreter, and every write calls __newindex. Scripts have no way to get or set a
// metatable.
#include <stdio.h>

#include "internal.h"

static const char *const base_names[] = {"assert", "error",    "ipairs",   "pairs", "pcall",
                                         "select", "tonumber", "tostring", "type"};
static const char *const value_names[] = {"now", "params"};

// Why a well-known name is missing, and the replacement.
static const struct {
    const char *name, *advice;
} missing[] = {
    {"os", "the time is `now`, in milliseconds since 1970"},
    {"io", "policies can only read their arguments"},
    {"print", "use note(text), which is kept with the decision"},
    {"require", "a policy is one file"},
    {"dofile", "a policy is one file"},
    {"load", "a policy is one file"},
    {"loadstring", "a policy is one file"},
    {"next", "use pairs(t), which visits keys in a fixed order"},
    {"xpcall", "use pcall"},
    {"setmetatable", "metatables are not available"},
    {"getmetatable", "metatables are not available"},
    {"rawset", "metatables are not available; use t[k] = v"},
    {"rawget", "metatables are not available; use t[k]"},
    {"rawequal", "metatables are not available; use a == b"},
    {"rawlen", "metatables are not available; use #t"},
    {"coroutine", "coroutines are not available"},
    {"debug", "use note(text), which is kept with the decision"},
    {"collectgarbage", "memory is managed for you"},
    {"_G", "globals are read-only; use local variables"},
    {"utf8", "names and tags are plain text; compare them as they are"},
    {"unpack", "use table.unpack"},
};

const char *environment_type_name(lua_State *L, int index) {
    uint32_t detail, place;
    switch (lua_type(L, index)) {
    case LUA_TNIL: return "nil";
    case LUA_TBOOLEAN: return "a boolean";
    case LUA_TNUMBER: return "a number";
    case LUA_TSTRING: return "text";
    case LUA_TTABLE:
        if (mirror_is_set(L, box_of(L), index)) return box_of(L)->vocabulary->set_noun;
        return mirror_row(L, box_of(L), index) >= 0 ? views_noun(box_of(L)) : "a table";
    case LUA_TFUNCTION: return "a function";
    case LUA_TUSERDATA: return box_of(L)->vocabulary->set_noun;
    case LUA_TLIGHTUSERDATA:
        switch (views_check(L, index, &detail, &place)) {
        case HANDLE_MEMBER: return views_noun(box_of(L));
        case HANDLE_VERDICT: return "a verdict";
        case HANDLE_ITEMS: return "a list";
        case HANDLE_SUBJECT: return box_of(L)->request->subject->schema->noun;
        case HANDLE_OBJECT: return box_of(L)->request->object->schema->noun;
        default: return "a value of an earlier decision";
        }
    default: return "nothing";
    }
}

// ---- Protected tables

void environment_push_content(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (lua_getmetatable(L, index)) {
        lua_pushliteral(L, "__index");
        lua_rawget(L, -2);
        lua_remove(L, -2);
        if (lua_istable(L, -1)) return;
        lua_pop(L, 1);
    }
    lua_pushvalue(L, index);
}

static int refuse_write(lua_State *L) {
    const char *noun = lua_tostring(L, lua_upvalueindex(1));
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    char bounded[TEXT_MAX + 1];
    limits_charge(L, 20);
    text_neutralise(bounded, key, strlen(key) > 40 ? 40 : strlen(key));
    return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_READ_ONLY,
                        "cannot set '%s': %s cannot be changed; use a local variable",
                        bounded, noun);
}

static int protected_length(lua_State *L) {
    lua_pushinteger(L, operators_length(L, 1));
    return 1;
}

// [content noun] -> [proxy]
int environment_protect(lua_State *L) {
    int noun = lua_gettop(L), content = noun - 1;
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 4);
    lua_pushvalue(L, content);
    lua_setfield(L, -2, "__index");
    lua_pushvalue(L, noun);
    lua_pushcclosure(L, refuse_write, 1);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, protected_length);
    lua_setfield(L, -2, "__len");
    lua_setmetatable(L, -2);
    lua_replace(L, content);
    lua_settop(L, content);
    return 1;
}

typedef struct {
    const char *names[128];
    uint32_t count;
} name_list;

static const char *name_at(const void *context, uint32_t index) { return ((const name_list *)context)->names[index]; }

// The string keys of the table at `index`, which must stay there while the list is used.
static void collect_names(lua_State *L, int index, name_list *list) {
    index = lua_absindex(L, index);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING && list->count < 128) list->names[list->count++] = lua_tostring(L, -1);
    }
    // `lua_next` visits keys in an unspecified order, on which the suggested name must not depend.
    for (uint32_t i = 1; i < list->count; i++) {
        const char *name = list->names[i];
        uint32_t j = i;
        for (; j > 0 && strcmp(list->names[j - 1], name) > 0; j--) list->names[j] = list->names[j - 1];
        list->names[j] = name;
    }
}

// Upvalues: the kind of the content ("string", "params", or "" for the globals).
static int miss(lua_State *L) {
    sandbox *box = box_of(L);
    const char *noun = lua_tostring(L, lua_upvalueindex(1));
    if (lua_type(L, 2) != LUA_TSTRING) {
        lua_pushnil(L);
        return 1;
    }
    const char *key = lua_tostring(L, 2);
    bool is_global = *noun == 0;
    if (is_global && box->phase == PHASE_CALL && strcmp(key, "now") == 0) {
        lua_pushinteger(L, (lua_Integer)box->request->now);
        return 1;
    }
    if (is_global && (strcmp(key, "now") == 0 || strcmp(key, "params") == 0))
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_ONLY_IN_HOOK,
                            "'%s' can only be read inside a hook", key);
    limits_charge(L, 40);
    for (size_t i = 0; is_global && i < sizeof missing / sizeof *missing; i++) {
        if (strcmp(missing[i].name, key) == 0)
            return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_UNAVAILABLE_NAME,
                                "'%s' is not available in policies: %s", key,
                                missing[i].advice);
    }
    limits_charge(L, 1000);  // the key is compared with every name
    name_list list = {.count = 0};
    collect_names(L, 1, &list);
    uint32_t named = 0;  // never suggest the functions that operators are compiled to
    for (uint32_t i = 0; i < list.count; i++)
        if (strncmp(list.names[i], "__", 2) != 0) list.names[named++] = list.names[i];
    list.count = named;
    if (is_global) {
        list.names[list.count++] = "now";
        list.names[list.count++] = "params";
    }
    const char *nearest = text_nearest(key, name_at, list.count, &list);
    char bounded[TEXT_MAX + 1];
    text_neutralise(bounded, key, strlen(key) > 40 ? 40 : strlen(key));
    if (is_global) {
        if (nearest == NULL) return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_UNKNOWN_GLOBAL,
                                                 "there is no global '%s'", bounded);
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_UNKNOWN_GLOBAL,
                            "there is no global '%s'; did you mean '%s'?", bounded, nearest);
    }
    if (nearest == NULL) return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_UNKNOWN_MEMBER,
                                             "%s has no '%s'", noun, bounded);
    return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_UNKNOWN_MEMBER,
                        "%s has no '%s'; did you mean '%s'?", noun, bounded, nearest);
}

// Gives the table at the top a handler for missing names.
static void add_miss(lua_State *L, const char *noun) {
    lua_createtable(L, 0, 1);
    lua_pushstring(L, noun);
    lua_pushcclosure(L, miss, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

// ---- Base functions

static int base_pcall(lua_State *L) {
    sandbox *box = box_of(L);
    luaL_checkany(L, 1);
    limits_charge(L, 10 + lua_gettop(L) / 4);
    int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    if (box->fatal != SANDBOX_FAULT_NONE) return limits_fatal(L, box->fatal, box->code, "");
    if (status == LUA_ERRMEM) return limits_fatal(L, SANDBOX_FAULT_MEMORY, SANDBOX_CODE_MEMORY_CAP,
                                                  "the memory limit is exceeded");
    if (status == LUA_ERRERR) return limits_fatal(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_ERROR_IN_ERROR_HANDLER,
                                                  "error in error handling");
    box->pending = SANDBOX_FAULT_NONE;
    // An error creates a message and cuts the stack back; afterwards the results are moved by one slot.
    limits_charge(L, (status == LUA_OK ? 0 : 50) + lua_gettop(L) / 4);
    lua_pushboolean(L, status == LUA_OK);
    lua_insert(L, 1);
    return lua_gettop(L);
}

static int base_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    limits_charge(L, lua_type(L, 1) == LUA_TNUMBER ? 40 : 4);
    switch (lua_type(L, 1)) {
    case LUA_TFUNCTION: lua_pushliteral(L, "function"); break;
    case LUA_TTABLE:
        if (!mirror_is_part(L, box_of(L), 1) || !views_push_text(L, 1)) lua_pushliteral(L, "table");
        break;
    case LUA_TLIGHTUSERDATA:
    case LUA_TUSERDATA:
        if (!views_push_text(L, 1)) lua_pushliteral(L, "handle");
        break;
    default: luaL_tolstring(L, 1, NULL);
    }
    return 1;
}

static int key_rank(lua_State *L, int index) {
    switch (lua_type(L, index)) {
    case LUA_TNUMBER: return 0;
    case LUA_TSTRING: return 1;
    case LUA_TBOOLEAN: return 2;
    case LUA_TLIGHTUSERDATA:
    case LUA_TUSERDATA: return 3;
    case LUA_TTABLE: return mirror_is_part(L, box_of(L), index) ? 3 : 4;
    default: return 4;
    }
}

// Orders the set before its members, and members by index, for handles and mirror tables alike.
static uintptr_t handle_order(lua_State *L, int index) {
    sandbox *box = box_of(L);
    if (lua_type(L, index) == LUA_TUSERDATA || mirror_is_set(L, box, index)) return 0;
    int64_t row = mirror_row(L, box, index);
    return (uintptr_t)(row >= 0 ? views_handle(box, HANDLE_MEMBER, 0, (uint32_t)row) : lua_touserdata(L, index));
}

// Numbers by value, then strings by bytes, then false and true, then handles by index.
static bool key_less(lua_State *L, int a, int b) {
    int rank_a = key_rank(L, a), rank_b = key_rank(L, b);
    if (rank_a != rank_b) return rank_a < rank_b;
    switch (rank_a) {
    case 0: return lua_compare(L, a, b, LUA_OPLT);
    case 1: {
        size_t length_a, length_b;
        const char *text_a = lua_tolstring(L, a, &length_a), *text_b = lua_tolstring(L, b, &length_b);
        int order = memcmp(text_a, text_b, length_a < length_b ? length_a : length_b);
        return order < 0 || (order == 0 && length_a < length_b);
    }
    case 2: return lua_toboolean(L, a) < lua_toboolean(L, b);
    default: return handle_order(L, a) < handle_order(L, b);
    }
}

// Upvalues: keys, content, index.
static int pairs_step(lua_State *L) {
    lua_Integer place = lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer count = (lua_Integer)lua_rawlen(L, lua_upvalueindex(1));
    while (place < count) {
        lua_rawgeti(L, lua_upvalueindex(1), ++place);
        lua_pushvalue(L, -1);
        lua_rawget(L, lua_upvalueindex(2));
        if (!lua_isnil(L, -1)) {
            lua_pushinteger(L, place);
            lua_replace(L, lua_upvalueindex(3));
            return 2;
        }
        lua_pop(L, 2);
        limits_charge(L, 1);
    }
    lua_pushnil(L);
    return 1;
}

void library_sort_range(lua_State *L, int table, int scratch, lua_Integer count,
                        bool (*less)(lua_State *L, int a, int b));

void environment_sort_keys(lua_State *L, int table, int scratch, lua_Integer count) {
    library_sort_range(L, table, scratch, count, key_less);
}

// Visiting an emptied table costs as much as its earlier content, which cannot be determined and may differ between
// processes. The budget cannot include it, so the clock is checked earlier.
static void charge_visit(lua_State *L) {
    box_of(L)->charged_at_look -= CHARGE_SLICE / 10;
    box_of(L)->room = -1;
    limits_charge(L, 10);
}

void environment_push_sorted_keys(lua_State *L, int index) {
    luaL_checkstack(L, 8, "keys");
    charge_visit(L);
    lua_newtable(L);
    int keys = lua_gettop(L);
    lua_Integer count = 0, unordered = 0;
    int64_t text = 0;  // units to compare the string keys once
    // All keys are visited and charged before any error about one of them, because the order of the visit differs
    // between processes.
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        limits_charge(L, 2);
        if (key_rank(L, -1) > 3) {
            unordered++;
            continue;
        }
        if (lua_type(L, -1) == LUA_TSTRING) text += (int64_t)(lua_rawlen(L, -1) / 16);
        lua_pushvalue(L, -1);
        lua_rawseti(L, keys, ++count);
    }
    // Sorting compares each key about once per halving of the list. The actual number depends on the initial order, so
    // the charge must not.
    int64_t rounds = 1;
    for (lua_Integer width = 1; width < count; width *= 2) rounds++;
    limits_charge(L, text * rounds);
    if (unordered > 0)
        limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_KEY_WITHOUT_ORDER,
                     "pairs: a key that is a table or a function has no fixed order; use an id or a number as the key");
    lua_createtable(L, (int)count, 0);
    environment_sort_keys(L, keys, keys + 1, count);
    lua_settop(L, keys);
}

const char *environment_unknown_key(lua_State *L, int index, const char *(*known)(const void *, uint32_t),
                                    uint32_t count, const void *context, uint32_t *others) {
    const char *smallest = NULL;
    charge_visit(L);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        limits_charge(L, 2);
        if (lua_type(L, -1) != LUA_TSTRING) {
            (*others)++;
            continue;
        }
        const char *key = lua_tostring(L, -1);
        bool is_known = false;
        for (uint32_t i = 0; i < count && !is_known; i++) is_known = strcmp(known(context, i), key) == 0;
        // The table holds the key, so the address stays valid.
        if (!is_known && (smallest == NULL || strcmp(key, smallest) < 0)) smallest = key;
    }
    return smallest;
}

static int base_pairs(lua_State *L) {
    bool is_part = mirror_is_part(L, box_of(L), 1);
    if (lua_type(L, 1) != LUA_TTABLE || is_part)
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                            "pairs: expected a table, found %s%s", environment_type_name(L, 1),
                            is_part || lua_isuserdata(L, 1) ? "; use ipairs" : "");
    lua_settop(L, 1);
    environment_push_content(L, 1);
    environment_push_sorted_keys(L, 2);
    lua_pushvalue(L, 2);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, pairs_step, 3);
    return 1;
}

// Like the stock functions, but each step is charged.
static int ipairs_step(lua_State *L) {
    limits_charge(L, 1);
    lua_Integer place = lua_tointeger(L, 2) + 1;
    lua_pushinteger(L, place);
    return lua_geti(L, 1, place) == LUA_TNIL ? 1 : 2;
}

static int base_ipairs(lua_State *L) {
    luaL_checkany(L, 1);
    limits_charge(L, 1);
    lua_pushcfunction(L, ipairs_step);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

// ---- Opening

void environment_open(lua_State *L, sandbox *box) {
    lua_settop(L, 0);
    lua_newtable(L);  // 1: content of the globals
    luaL_requiref(L, "_G", luaopen_base, 0);
    for (size_t i = 0; i < sizeof base_names / sizeof *base_names; i++) {
        lua_getfield(L, 2, base_names[i]);
        lua_setfield(L, 1, base_names[i]);
    }
    lua_pop(L, 1);
    lua_getfield(L, 1, "error");
    lua_getfield(L, 1, "assert");
    box->error_function = lua_tocfunction(L, -2);
    box->assert_function = lua_tocfunction(L, -1);
    lua_pop(L, 2);
    static const luaL_Reg own[] = {
        {"ipairs", base_ipairs}, {"pairs", base_pairs}, {"pcall", base_pcall},
                                   {"tostring", base_tostring}, {NULL, NULL}};
    lua_pushvalue(L, 1);
    luaL_setfuncs(L, own, 0);
    lua_pop(L, 1);
    library_open(L);  // wraps the charged functions; adds string, table, math and the text helpers to the table at 1
    operators_open(L);
    views_open(L, box);
    lua_settop(L, 1);
    verdicts_open(L, box);  // wraps the charged functions of this library
    lua_settop(L, 1);

    // Each library becomes a protected table that rejects unknown names.
    static const char *const libraries[] = {"string", "table", "math"};
    for (int i = 0; i < 3; i++) {
        lua_getfield(L, 1, libraries[i]);
        add_miss(L, libraries[i]);
        if (i == 0) {
            // `("x"):upper()` finds the same functions, and strings give access to nothing else.
            lua_pushliteral(L, "");
            lua_createtable(L, 0, 1);
            lua_pushvalue(L, -3);
            lua_setfield(L, -2, "__index");
            lua_setmetatable(L, -2);
            lua_pop(L, 1);
        }
        lua_pushstring(L, libraries[i]);
        environment_protect(L);
        lua_setfield(L, 1, libraries[i]);
    }
    lua_pushvalue(L, 1);
    box->globals_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    add_miss(L, "");
    lua_pushliteral(L, "the globals");
    environment_protect(L);

    // The protected globals replace the table that chunks get as their _ENV, and the entries that the stock libraries
    // left in the registry are removed.
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_createtable(L, 0, 0);
    add_miss(L, "params");
    lua_pushliteral(L, "params");
    environment_protect(L);
    box->parameters_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_settop(L, 0);
}

static int set_parameters(lua_State *L) {
    sandbox *box = box_of(L);
    const sandbox_items *items = lua_touserdata(L, 1);
    lua_createtable(L, 0, (int)items->count);
    for (uint32_t i = 0; i < items->count; i++) {
        lua_pushlstring(L, items->items[i].name.bytes, items->items[i].name.length);
        views_push_scalar(L, &items->items[i]);
        lua_rawset(L, -3);
    }
    add_miss(L, "params");
    lua_pushliteral(L, "params");
    environment_protect(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, box->parameters_ref);
    if (box->is_loaded) environment_show_parameters(L, box);
    return 0;
}

// `params` is a global of hooks, but undefined while the chunk runs.
void environment_show_parameters(lua_State *L, sandbox *box) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, box->globals_ref);
    lua_rawgeti(L, LUA_REGISTRYINDEX, box->parameters_ref);
    lua_setfield(L, -2, "params");
    lua_pop(L, 1);
}

bool sandbox_set_parameters(sandbox *box, const sandbox_scalar *items, uint32_t count) {
    sandbox_items list = {items, count};
    sandbox_phase phase = box->phase;
    box->phase = PHASE_SETUP;
    int top = lua_gettop(box->L);
    lua_pushcfunction(box->L, set_parameters);
    lua_pushlightuserdata(box->L, &list);
    int status = lua_pcall(box->L, 1, 0, 0);
    lua_settop(box->L, top);
    box->phase = phase;
    return status == LUA_OK;
}

// ---- No state is kept between calls

// Adds a table or a function to the work list. An iterator of `pairs` is rejected, because its state could not be
// restored.
static void freeze_later(lua_State *L, int index, int work, lua_Integer *work_count) {
    if (lua_tocfunction(L, index) == pairs_step)
        limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_ITERATOR_KEPT,
                     "the iterator of pairs(t) is kept outside its loop; write `for key, value in pairs(t) do`");
    if (!lua_istable(L, index) && (!lua_isfunction(L, index) || lua_iscfunction(L, index))) return;
    lua_pushvalue(L, index);
    lua_rawseti(L, work, ++*work_count);
}

// Moves the content of the table at the top behind a protection and adds the tables and functions in it to the work
// list. [table] -> []
static void freeze_table(lua_State *L, int work, lua_Integer *work_count) {
    int table = lua_gettop(L);
    if (lua_getmetatable(L, table)) {
        lua_settop(L, table - 1);
        return;
    }
    lua_newtable(L);
    int content = lua_gettop(L);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        freeze_later(L, lua_absindex(L, -2), work, work_count);
        freeze_later(L, lua_absindex(L, -1), work, work_count);
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, content);
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_pushnil(L);
        lua_rawset(L, table);  // clearing a field during a visit is allowed
    }
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, content);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "a table that outlives the decision");
    lua_pushcclosure(L, refuse_write, 1);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, protected_length);
    lua_setfield(L, -2, "__len");
    lua_setmetatable(L, table);
    lua_settop(L, table - 1);
}

// Whether the value on top is a key of the table at `seen`; adds it as a key. Leaves the stack unchanged.
static bool mark_seen(lua_State *L, int seen) {
    lua_pushvalue(L, -1);
    lua_rawget(L, seen);
    bool is_seen = lua_toboolean(L, -1);
    lua_pop(L, 1);
    if (is_seen) return true;
    lua_pushvalue(L, -1);
    lua_pushboolean(L, true);
    lua_rawset(L, seen);
    return false;
}

// Walks everything that the hooks can reach: tables become read-only, upvalues are saved with their values. The hooks
// (or nil for those that the script does not define) are the top values of the stack. With `has_open_globals`, the
// functions read the globals without the lookup through their protection.
void environment_freeze(lua_State *L, sandbox *box, bool has_open_globals) {
    int base = lua_gettop(L), first_hook = base - (int)box->vocabulary->hook_count + 1;
    lua_newtable(L);
    int work = base + 1;
    lua_newtable(L);
    int seen = base + 2;
    lua_newtable(L);
    int kept = base + 3;
    lua_Integer count = 0, done = 0;
    for (uint32_t i = 0; i < box->vocabulary->hook_count; i++) {
        if (lua_isnil(L, first_hook + (int)i)) continue;
        lua_pushvalue(L, first_hook + (int)i);
        lua_rawseti(L, work, ++count);
    }
    while (done < count) {
        lua_settop(L, kept);
        limits_charge(L, 5);
        lua_rawgeti(L, work, ++done);
        if (mark_seen(L, seen)) continue;
        if (lua_istable(L, -1)) {
            freeze_table(L, work, &count);
            continue;
        }
        int function = lua_gettop(L);
        const char *name;
        for (int i = 1; (name = lua_getupvalue(L, function, i)) != NULL; lua_settop(L, function), i++) {
            lua_pushlightuserdata(L, lua_upvalueid(L, function, i));
            lua_rawget(L, seen);
            bool is_known = lua_toboolean(L, -1);
            lua_pop(L, 1);
            if (is_known) continue;
            // _ENV cannot be assigned, because sources that contain the name are rejected. All functions of the script
            // share it.
            if (strcmp(name, "_ENV") == 0) {
                if (has_open_globals) {
                    lua_rawgeti(L, LUA_REGISTRYINDEX, box->globals_ref);
                    lua_setupvalue(L, function, i);
                }
                continue;
            }
            lua_pushlightuserdata(L, lua_upvalueid(L, function, i));
            lua_pushboolean(L, true);
            lua_rawset(L, seen);
            lua_Integer place = (lua_Integer)box->upvalue_count++ * 3;
            lua_pushvalue(L, function);
            lua_rawseti(L, kept, place + 1);
            lua_pushinteger(L, i);
            lua_rawseti(L, kept, place + 2);
            lua_pushvalue(L, function + 1);
            lua_rawseti(L, kept, place + 3);
            freeze_later(L, function + 1, work, &count);
        }
    }
    lua_settop(L, kept);
    box->upvalues_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_settop(L, base);
}

// Raises no error: called between protected calls.
void environment_restore_upvalues(lua_State *L, sandbox *box) {
    if (box->upvalue_count == 0) return;
    int base = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, box->upvalues_ref);
    for (uint32_t i = 0; i < box->upvalue_count; i++) {
        lua_rawgeti(L, base + 1, (lua_Integer)i * 3 + 1);
        lua_rawgeti(L, base + 1, (lua_Integer)i * 3 + 2);
        int upvalue = (int)lua_tointeger(L, -1);
        lua_pop(L, 1);
        lua_getupvalue(L, base + 2, upvalue);
        lua_rawgeti(L, base + 1, (lua_Integer)i * 3 + 3);
        if (!lua_rawequal(L, -1, -2)) lua_setupvalue(L, base + 2, upvalue);
        lua_settop(L, base + 1);
    }
    lua_settop(L, base);
}

// ---- The golden list

typedef struct {
    void (*visit)(void *context, const char *path);
    void *context;
} visitor;

static void visit_table(lua_State *L, int table, const char *prefix, const visitor *visitor) {
    name_list list = {.count = 0};
    collect_names(L, table, &list);
    for (uint32_t i = 0; i < list.count; i++) {
        lua_pushstring(L, list.names[i]);
        lua_rawget(L, table);
        char path[128];
        snprintf(path, sizeof path, "%s%s", prefix, list.names[i]);
        if (lua_istable(L, -1)) {
            char deeper[128];
            snprintf(deeper, sizeof deeper, "%s%s.", prefix, list.names[i]);
            environment_push_content(L, -1);
            visit_table(L, lua_gettop(L), deeper, visitor);
            lua_pop(L, 1);
        } else {
            char line[192];
            snprintf(line, sizeof line, "%s %s", path, luaL_typename(L, -1));
            visitor->visit(visitor->context, line);
        }
        lua_pop(L, 1);
    }
}

static int visit_all(lua_State *L) {
    const visitor *visitor = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, box_of(L)->globals_ref);
    visit_table(L, 2, "", visitor);
    for (size_t i = 0; i < 2; i++) {
        char line[64];
        snprintf(line, sizeof line, "%s value", value_names[i]);
        visitor->visit(visitor->context, line);
    }
    // The members of a string must be the string library and nothing else.
    lua_pushliteral(L, "");
    if (luaL_getmetafield(L, -1, "__index") == LUA_TTABLE) visit_table(L, lua_gettop(L), "''.", visitor);
    return 0;
}

void sandbox_visit_environment(sandbox *box, void (*visit)(void *context, const char *path), void *context) {
    visitor all = {visit, context};
    sandbox_phase phase = box->phase;
    box->phase = PHASE_SETUP;
    int top = lua_gettop(box->L);
    lua_pushcfunction(box->L, visit_all);
    lua_pushlightuserdata(box->L, &all);
    lua_pcall(box->L, 1, 0, 0);
    lua_settop(box->L, top);
    box->phase = phase;
}

sandbox_names sandbox_global_names(void) {
    static const char *names[64];
    static uint32_t count;
    if (count == 0) {
        uint32_t n = 0;
        for (size_t i = 0; i < sizeof base_names / sizeof *base_names; i++) names[n++] = base_names[i];
        for (const luaL_Reg *entry = library_text; entry->name; entry++) names[n++] = entry->name;
        names[n++] = "string";
        names[n++] = "table";
        names[n++] = "math";
        names[n++] = "note";
        names[n++] = "random";
        names[n++] = "local_time";
        names[n++] = "now";
        names[n++] = "params";
        count = n;
    }
    return (sandbox_names){names, count};
}

sandbox_names sandbox_member_names(const char *library) {
    static const char *names[3][40];
    static const char *const libraries[3] = {"string", "table", "math"};
    const luaL_Reg *const entries[3] = {library_string, library_table, library_math};
    for (int i = 0; i < 3; i++) {
        if (strcmp(library, libraries[i]) != 0) continue;
        uint32_t count = 0;
        for (const luaL_Reg *entry = entries[i]; entry->name; entry++) names[i][count++] = entry->name;
        if (i == 2) {
            static const char *const constants[] = {"huge", "maxinteger", "mininteger", "pi"};
            for (int k = 0; k < 4; k++) names[i][count++] = constants[k];
        }
        return (sandbox_names){names[i], count};
    }
    return (sandbox_names){NULL, 0};
}
