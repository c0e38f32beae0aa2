// The life cycle of an interpreter: create, load a script, call, destroy.
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

// Lua calls this for an error outside a protected call. All code that can raise errors runs in a protected call, so
// this indicates a bug of ours: stop with a message instead of running in a broken state.
static int panic(lua_State *L) {
    (void)L;
    fputs("usher: an error left the Lua sandbox; this is a defect, please report it\n", stderr);
    abort();
}

static int open_all(lua_State *L) {
    environment_open(L, box_of(L));
    return 0;
}

sandbox *sandbox_create(const sandbox_vocabulary *vocabulary, const sandbox_limits *limits) {
    sandbox *box = memory_zeroed(sizeof *box);
    if (box == NULL) return NULL;
    box->vocabulary = vocabulary;
    box->limits = *limits;
    box->phase = PHASE_SETUP;
    box->script = "policy";
    box->L = vocabulary->hook_count <= HOOK_MAX ? lua_newstate(limits_allocate, box) : NULL;
    if (box->L == NULL) {
        sandbox_destroy(box);
        return NULL;
    }
    lua_atpanic(box->L, panic);
    *(sandbox **)lua_getextraspace(box->L) = box;
    bool is_open = lua_checkstack(box->L, HOOK_BASE + HOOK_MAX + LUA_MINSTACK) && limits_find_counter(box);
    if (is_open) {
        lua_pushcfunction(box->L, open_all);
        is_open = lua_pcall(box->L, 0, 0, 0) == LUA_OK;
        lua_settop(box->L, 0);
    }
    if (!is_open) {
        sandbox_destroy(box);
        return NULL;
    }
    box->phase = PHASE_IDLE;
    return box;
}

static void release_list(parameter_list *list) {
    memory_release(list->items);
    memory_release(list->names);
    memory_release(list->texts);
}

void sandbox_destroy(sandbox *box) {
    if (box == NULL) return;
    box->phase = PHASE_SETUP;
    if (box->L != NULL) lua_close(box->L);
    release_list(&box->parameters);
    release_list(&box->conditions);
    release_list(&box->ranges);
    memory_release(box->notes);
    memory_release(box->filters);
    memory_release(box->heap);
    memory_release(box->mirror.eligible);
    memory_release(box);
}

// ---- Results

static void set_text(sandbox_result *result, const char *text, uint32_t length) {
    result->text.bytes = text;
    result->text.length = length;
}

static void clear_result(sandbox_result *result) {
    memset(result, 0, sizeof *result);
    result->member = -1;
    set_text(result, "", 0);
}

static void fill_fault(sandbox *box, int status, sandbox_result *result) {
    lua_State *L = box->L;
    result->answer = SANDBOX_ANSWER_FAULT;
    result->member = -1;
    result->has_seconds = false;
    if (box->fatal == SANDBOX_FAULT_NONE && status == LUA_ERRMEM) {
        box->fatal = SANDBOX_FAULT_MEMORY;
        box->code = SANDBOX_CODE_MEMORY_CAP;
        limits_memory_message(box, box->message.text, sizeof box->message.text);
        box->message.length = (uint32_t)strlen(box->message.text);
    }
    if (box->fatal != SANDBOX_FAULT_NONE) {
        result->fault = box->fatal;
        result->is_spent = true;
    } else if (status == LUA_ERRSYNTAX || (box->message.length == 0 && lua_type(L, -1) == LUA_TSTRING)) {
        // From the compiler, which calls no message handler.
        result->fault = SANDBOX_FAULT_SYNTAX;
        box->code = SANDBOX_CODE_SYNTAX_ERROR;
        size_t length = 0;
        const char *text = lua_tolstring(L, -1, &length);
        box->line = 0;
        // "NAME:12: message"
        size_t name = strlen(box->script);
        if (text != NULL && length > name + 1 && strncmp(text, box->script, name) == 0 && text[name] == ':') {
            char *rest;
            box->line = (int32_t)strtol(text + name + 1, &rest, 10);
            if (rest[0] == ':' && rest[1] == ' ') rest += 2;
            length -= (size_t)(rest - text);
            text = rest;
        }
        box->message.length = text_neutralise(box->message.text, text ? text : "", length);
    } else {
        result->fault = box->pending != SANDBOX_FAULT_NONE ? box->pending : SANDBOX_FAULT_RUNTIME;
        if (status == LUA_ERRERR && box->message.length == 0) {
            box->code = SANDBOX_CODE_ERROR_IN_ERROR_HANDLER;
            box->message.length = text_neutralise(box->message.text, "error in error handling", 23);
        }
    }
    result->code = box->code;
    result->line = box->line;
    set_text(result, box->message.text, box->message.length);
}

static void fault_of(sandbox *box, sandbox_fault_kind kind, sandbox_code code, int32_t line, const char *message,
                     sandbox_result *result) {
    box->message.length = text_neutralise(box->message.text, message, strlen(message));
    result->answer = SANDBOX_ANSWER_FAULT;
    result->fault = kind;
    result->code = code;
    result->line = line;
    set_text(result, box->message.text, box->message.length);
}

// ---- Loading

static void keep_text(lua_State *L, const char *key, bounded_text *to) {
    lua_getfield(L, 1, key);
    if (!lua_isnil(L, -1)) {
        size_t length;
        if (lua_type(L, -1) != LUA_TSTRING)
            limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_INVALID_PART,
                         "%s: expected text, found %s", key, environment_type_name(L, -1));
        const char *text = lua_tolstring(L, -1, &length);
        to->length = text_neutralise(to->text, text, length);
    }
    lua_pop(L, 1);
}

static const char RANGES[] = "ranges";

static sandbox_code code_of(const char *key) {
    return key == RANGES ? SANDBOX_CODE_INVALID_RANGES : SANDBOX_CODE_INVALID_PARAMETERS;
}

// Stores the value on top in `scalar`; a string is copied into `text`. `name` is its name in the table under `key`.
static void keep_scalar(lua_State *L, const char *key, const bounded_text *name, sandbox_scalar *scalar,
                        bounded_text *text) {
    switch (lua_type(L, -1)) {
    case LUA_TBOOLEAN:
        scalar->kind = SANDBOX_SCALAR_BOOL;
        scalar->integer = lua_toboolean(L, -1);
        break;
    case LUA_TNUMBER:
        scalar->kind = lua_isinteger(L, -1) ? SANDBOX_SCALAR_INT : SANDBOX_SCALAR_NUMBER;
        scalar->integer = lua_tointeger(L, -1);
        scalar->number = lua_tonumber(L, -1);
        if (scalar->number - scalar->number != 0)
            limits_raise(L, SANDBOX_FAULT_SYNTAX, code_of(key),
                         "%s: %s is not a finite number", key, name->text);
        break;
    case LUA_TSTRING: {
        size_t length;
        const char *bytes = lua_tolstring(L, -1, &length);
        if (length > TEXT_MAX)
            limits_raise(L, SANDBOX_FAULT_SYNTAX, code_of(key),
                         "%s: %s is longer than %d bytes", key, name->text, TEXT_MAX);
        text->length = text_neutralise(text->text, bytes, length);
        scalar->kind = SANDBOX_SCALAR_TEXT;
        scalar->text = (sandbox_text){text->text, text->length};
        break;
    }
    default:
        limits_raise(L, SANDBOX_FAULT_SYNTAX, code_of(key),
                     "%s: %s: expected a number, text or a boolean, found %s", key, name->text,
                     environment_type_name(L, -1));
    }
}

static void reserve_list(lua_State *L, parameter_list *list, lua_Integer count) {
    list->items = memory_zeroed(((size_t)count + 1) * sizeof *list->items);
    list->names = memory_zeroed(((size_t)count + 1) * sizeof *list->names);
    list->texts = memory_zeroed(((size_t)count + 1) * sizeof *list->texts);
    if (list->items == NULL || list->names == NULL || list->texts == NULL)
        limits_fatal(L, SANDBOX_FAULT_MEMORY, SANDBOX_CODE_OUT_OF_MEMORY, "no memory for the parameters");
}

// Pushes the table under `key` and its sorted keys, which must be names. Returns how many there are, or -1 and pushes
// nothing if the script has no such table.
static lua_Integer push_named(lua_State *L, const char *key) {
    lua_getfield(L, 1, key);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return -1;
    }
    if (!lua_istable(L, -1))
        limits_raise(L, SANDBOX_FAULT_SYNTAX, code_of(key),
                     "%s: expected a table, found %s", key, environment_type_name(L, -1));
    int table = lua_gettop(L);
    uint32_t others = 0;
    environment_unknown_key(L, table, NULL, 0, NULL, &others);
    if (others > 0) limits_raise(L, SANDBOX_FAULT_SYNTAX, code_of(key), "%s: every key must be a name", key);
    // In the order of their names, so that the first invalid one is the same in every process.
    environment_push_sorted_keys(L, table);
    lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
    if (count > PARAMETER_MAX)
        limits_raise(L, SANDBOX_FAULT_SYNTAX, code_of(key),
                     "%s: more than %d parameters", key, PARAMETER_MAX);
    return count;
}

// Appends an entry with the name on top, which it pops.
static uint32_t add_named(lua_State *L, parameter_list *list) {
    size_t length;
    const char *name = lua_tolstring(L, -1, &length);
    uint32_t i = list->count++;
    bounded_text *copy = &list->names[i];
    copy->length = text_neutralise(copy->text, name, length);
    list->items[i].name = (sandbox_text){copy->text, copy->length};
    lua_pop(L, 1);
    return i;
}

// The scalars of the table under `key`, sorted by name.
static void keep_scalars(lua_State *L, const char *key, parameter_list *list) {
    lua_Integer count = push_named(L, key);
    if (count < 0) return;
    int keys = lua_gettop(L), table = keys - 1;
    reserve_list(L, list, count);
    for (lua_Integer place = 1; place <= count; place++) {
        lua_rawgeti(L, keys, place);
        lua_pushvalue(L, -1);
        uint32_t i = add_named(L, list);
        lua_rawget(L, table);
        keep_scalar(L, key, &list->names[i], &list->items[i], &list->texts[i]);
        lua_settop(L, keys);
    }
    lua_settop(L, table - 1);
}

// How many entries the range on top needs: one for a text, and one more than its items for a list. `name` is its name.
static lua_Integer count_range(lua_State *L, const char *name) {
    if (lua_type(L, -1) == LUA_TSTRING) return 1;
    if (!lua_istable(L, -1))
        limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_INVALID_RANGES,
                     "ranges: %s: expected a list such as { 0, 100 } or { 'a', 'b' }, found %s", name,
                     environment_type_name(L, -1));
    uint32_t others = 0;
    lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
    const char *unknown = environment_unknown_key(L, lua_gettop(L), NULL, 0, NULL, &others);
    bool is_list = unknown == NULL && others == count;
    for (lua_Integer i = 1; i <= count && is_list; i++) {
        is_list = lua_rawgeti(L, -1, i) != LUA_TNIL;
        lua_pop(L, 1);
    }
    if (!is_list)
        limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_INVALID_RANGES,
                     "ranges: %s: expected a list such as { 0, 100 } or { 'a', 'b' }, found a table with other keys",
                     name);
    return count + 1;
}

// The table `ranges`, sorted by name. A text is one entry. A list is an integer, the number of its items, followed by
// the items.
static void keep_ranges(lua_State *L, parameter_list *list) {
    lua_Integer count = push_named(L, RANGES);
    if (count < 0) return;
    int keys = lua_gettop(L), table = keys - 1;
    lua_Integer entries = 0;
    for (lua_Integer place = 1; place <= count; place++) {
        bounded_text name;
        size_t length;
        lua_rawgeti(L, keys, place);
        const char *key = lua_tolstring(L, -1, &length);
        name.length = text_neutralise(name.text, key, length);
        lua_rawget(L, table);
        entries += count_range(L, name.text);
        lua_settop(L, keys);
    }
    if (entries > RANGE_MAX)
        limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_INVALID_RANGES,
                     "ranges: more than %d values", RANGE_MAX);
    reserve_list(L, list, entries);
    for (lua_Integer place = 1; place <= count; place++) {
        lua_rawgeti(L, keys, place);
        lua_pushvalue(L, -1);
        lua_rawget(L, table);
        int value = lua_gettop(L);
        lua_Integer items = lua_istable(L, value) ? (lua_Integer)lua_rawlen(L, value) : 0;
        lua_pushvalue(L, value - 1);
        uint32_t i = add_named(L, list);
        if (lua_istable(L, value))
            list->items[i] = (sandbox_scalar){.name = list->items[i].name, .kind = SANDBOX_SCALAR_INT, .integer = items};
        else
            keep_scalar(L, RANGES, &list->names[i], &list->items[i], &list->texts[i]);
        for (lua_Integer item = 1; item <= items; item++) {
            lua_pushvalue(L, value - 1);
            i = add_named(L, list);
            lua_rawgeti(L, value, item);
            keep_scalar(L, RANGES, &list->names[i], &list->items[i], &list->texts[i]);
            lua_pop(L, 1);
        }
        lua_settop(L, keys);
    }
    lua_settop(L, table - 1);
}

static void keep_flags(lua_State *L, sandbox *box) {
    const sandbox_vocabulary *vocabulary = box->vocabulary;
    for (uint32_t i = 0; i < vocabulary->flag_count; i++) {
        lua_getfield(L, 1, vocabulary->flags[i]);
        if (!lua_isnil(L, -1) && !lua_isboolean(L, -1))
            limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_INVALID_PART,
                         "%s: expected true or false, found %s", vocabulary->flags[i],
                         environment_type_name(L, -1));
        box->flags[i] = lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
}

static const char *script_key(const void *context, uint32_t index) {
    const sandbox_vocabulary *vocabulary = context;
    static const char *const others[] = {"name", "description", "params", RANGES};
    if (index < 4) return others[index];
    index -= 4;
    if (index < vocabulary->hook_count) return vocabulary->hooks[index].name;
    index -= vocabulary->hook_count;
    return index < vocabulary->flag_count ? vocabulary->flags[index] : vocabulary->conditions;
}

// [chunk's value, whether the globals are open] -> [set, hooks]: reads the table of hooks.
static int keep_script(lua_State *L) {
    sandbox *box = box_of(L);
    bool has_open_globals = lua_toboolean(L, 2);
    lua_settop(L, 1);
    const sandbox_vocabulary *vocabulary = box->vocabulary;
    if (!lua_istable(L, 1))
        return limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_NO_TABLE_RETURNED,
                            "expected the file to return a table with %s, found %s",
                            vocabulary->hooks[0].name, environment_type_name(L, 1));
    uint32_t others = 0;
    uint32_t count = 4 + vocabulary->hook_count + vocabulary->flag_count + (vocabulary->conditions != NULL);
    const char *unknown = environment_unknown_key(L, 1, script_key, count, vocabulary, &others);
    if (others > 0)
        return limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_INVALID_PART,
                            "expected names as keys of the table, found %d keys of other types", (int)others);
    if (unknown != NULL) {
        const char *nearest = text_nearest(unknown, script_key, count, vocabulary);
        return limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_UNKNOWN_PART,
                            "unknown key '%s' in the table of a %s%s%s%s", unknown,
                            vocabulary->script_noun, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                            nearest ? "'?" : "");
    }
    keep_text(L, "name", &box->script_name);
    keep_text(L, "description", &box->script_description);
    keep_scalars(L, "params", &box->parameters);
    keep_ranges(L, &box->ranges);
    if (vocabulary->conditions != NULL) keep_scalars(L, vocabulary->conditions, &box->conditions);
    keep_flags(L, box);
    luaL_checkstack(L, HOOK_MAX + 8, "hooks");
    views_push_set(L);
    for (uint32_t i = 0; i < vocabulary->hook_count; i++) {
        lua_getfield(L, 1, vocabulary->hooks[i].name);
        if (lua_isnil(L, -1)) {
            if (vocabulary->hooks[i].required)
                return limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_MISSING_HOOK,
                                    "the hook '%s' is missing; add %s = function(...) ... end",
                                    vocabulary->hooks[i].name, vocabulary->hooks[i].name);
            continue;
        }
        if (!lua_isfunction(L, -1) || lua_iscfunction(L, -1))
            return limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_INVALID_PART,
                                "%s: expected a function, found %s", vocabulary->hooks[i].name,
                                environment_type_name(L, -1));
        lua_Debug record;
        lua_pushvalue(L, -1);
        lua_getinfo(L, ">S", &record);
        box->hook_lines[i] = record.linedefined;
    }
    environment_freeze(L, box, has_open_globals);
    environment_show_parameters(L, box);
    return (int)vocabulary->hook_count + 1;
}

// Rejects sources that must not reach the compiler. True if the source may be compiled.
static bool check_source(sandbox *box, const char *source, size_t length, size_t most, sandbox_result *result) {
    if (length > most) {
        char message[80];
        snprintf(message, sizeof message, "the file is larger than %zu KiB", most / 1024);
        fault_of(box, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_FILE_TOO_LARGE, 0, message, result);
        return false;
    }
    if (length > 0 && source[0] == 0x1B) {
        fault_of(box, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_NOT_SOURCE_TEXT, 1,
                 "the file is compiled Lua; expected Lua source text", result);
        return false;
    }
    int32_t line = 1;
    for (size_t i = 0; i < length; i++) {
        line += source[i] == '\n';
        if (source[i] == 0) {
            fault_of(box, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_NOT_SOURCE_TEXT, line,
                     "the file contains a zero byte; expected Lua source text", result);
            return false;
        }
        // Without its name, a script cannot replace the table of globals.
        if (source[i] == '_' && length - i >= 4 && memcmp(source + i, "_ENV", 4) == 0) {
            fault_of(box, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_UNAVAILABLE_NAME, line,
                     "the name '_ENV' is not available in policies", result);
            return false;
        }
    }
    return true;
}

typedef struct {
    const char *bytes;
    size_t length, done;
} source_reader;

// Passes the source to the compiler in pieces. No hook can run inside the compiler, so the clock is checked between
// pieces.
static const char *read_source(lua_State *L, void *context, size_t *length) {
    enum { PIECE = 256 };
    source_reader *reader = context;
    limits_look(L);
    const char *piece = reader->bytes + reader->done;
    *length = reader->length - reader->done < PIECE ? reader->length - reader->done : PIECE;
    reader->done += *length;
    return piece;
}

// Compiles and runs the chunk. Leaves the message handler at 1 and, on success, the chunk's result at 2. Analyses the
// code in between; if that fails, assumes the worst.
static int run_chunk(sandbox *box, const char *name, const char *source, size_t length) {
    lua_State *L = box->L;
    char chunk[120];
    snprintf(chunk, sizeof chunk, "=%s", name);
    box->phase = PHASE_LOAD;
    limits_begin(box);
    lua_settop(L, 0);
    lua_pushcfunction(L, limits_message_handler);
    source_reader reader = {source, length, 0};
    int status = lua_load(L, read_source, &reader, chunk, "t");
    if (status != LUA_OK) return status;
    bytecode_facts facts;
    if (bytecode_inspect(L, &facts, mirror_take_name, box))
        mirror_decide(box, &facts);
    else
        facts = (bytecode_facts){.may_write_globals = true, .most_constants = UINT32_MAX};
    box->has_open_globals = !facts.may_write_globals;
    box->clears_stack = facts.most_constants > CONSTANT_MAX;
    return lua_pcall(L, 0, 1, 1);
}

static void end_load(sandbox *box, int status, sandbox_result *result) {
    if (status != LUA_OK) fill_fault(box, status, result);
    result->instructions = limits_used(box);
    box->phase = PHASE_IDLE;
}

void sandbox_load(sandbox *box, const char *name, const char *source, size_t length, sandbox_result *result) {
    clear_result(result);
    result->answer = SANDBOX_ANSWER_NONE;
    box->script = name;
    if (!check_source(box, source, length, SOURCE_MAX, result)) return;
    int status = run_chunk(box, name, source, length);
    if (status == LUA_OK) {
        lua_pushcfunction(box->L, keep_script);
        lua_insert(box->L, 2);
        lua_pushboolean(box->L, box->has_open_globals);
        status = lua_pcall(box->L, 2, (int)box->vocabulary->hook_count + 1, 1);
        // An error about the file as a whole has no line.
        if (status != LUA_OK && box->pending == SANDBOX_FAULT_SYNTAX) box->line = 0;
    }
    end_load(box, status, result);
    box->is_loaded = status == LUA_OK;
    if (!box->is_loaded) lua_settop(box->L, 0);
}

char *sandbox_load_data(sandbox *box, const char *name, const char *source, size_t length, size_t *json_length,
                        sandbox_result *result) {
    clear_result(result);
    result->answer = SANDBOX_ANSWER_NONE;
    box->script = name;
    if (!check_source(box, source, length, DATA_SOURCE_MAX, result)) return NULL;
    data_buffer buffer = {NULL, 0, 0};
    int status = run_chunk(box, name, source, length);
    if (status == LUA_OK) {
        lua_pushcfunction(box->L, data_write);
        lua_insert(box->L, 2);
        lua_pushlightuserdata(box->L, &buffer);
        status = lua_pcall(box->L, 2, 0, 1);
        if (status != LUA_OK && box->pending == SANDBOX_FAULT_SYNTAX) box->line = 0;
    }
    end_load(box, status, result);
    lua_settop(box->L, 0);
    if (status != LUA_OK) {
        memory_release(buffer.bytes);
        return NULL;
    }
    *json_length = buffer.length;
    return buffer.bytes;
}

void sandbox_free_data(char *json) { memory_release(json); }

// ---- Calling

static void refuse_answer(sandbox *box, const sandbox_request *request, sandbox_result *result) {
    lua_State *L = box->L;
    char message[TEXT_MAX];
    const char *hook = box->vocabulary->hooks[request->hook].name;
    int written = snprintf(message, sizeof message, "%s: expected a verdict (", hook);
    for (uint32_t i = 0; i < box->vocabulary->verdict_count; i++)
        written += snprintf(message + written, sizeof message - (size_t)written, "%s%s", i ? ", " : "",
                            box->vocabulary->verdicts[i].name);
    snprintf(message + written, sizeof message - (size_t)written, ") or nil, found %s", environment_type_name(L, -1));
    fault_of(box, SANDBOX_FAULT_VERDICT, SANDBOX_CODE_NOT_A_VERDICT, box->hook_lines[request->hook], message, result);
}

static void read_answer(sandbox *box, const sandbox_request *request, sandbox_result *result) {
    uint32_t detail, place;
    if (views_check(box->L, -1, &detail, &place) == HANDLE_VERDICT) {
        const verdict_slot *slot = &box->verdicts[place];
        result->answer = SANDBOX_ANSWER_VERDICT;
        result->verdict = slot->verdict;
        result->member = slot->member;
        result->target = slot->target;
        if (slot->target == SANDBOX_TARGET_FILTER) {
            const filter_texts *texts = &box->filters[place];
            result->target_tag = (sandbox_text){texts->has_tag ? texts->tag.text : NULL, texts->tag.length};
            result->target_group = (sandbox_text){texts->has_group ? texts->group.text : NULL, texts->group.length};
        }
        result->has_seconds = slot->has_seconds;
        result->seconds = slot->seconds;
        set_text(result, slot->text, slot->length);
    } else if (lua_isnil(box->L, -1)) {
        result->answer = SANDBOX_ANSWER_NONE;
    } else {
        refuse_answer(box, request, result);
    }
}

// The schemas of a request's rows, as indices in the vocabulary; they seldom change between calls.
static void find_schemas(sandbox *box, const sandbox_request *request) {
    box->subject_schema = request->subject->schema;
    box->set_schema = request->set->schema;
    box->object_schema = request->object != NULL ? request->object->schema : NULL;
    for (uint32_t i = 0; i < box->vocabulary->schema_count; i++) {
        if (box->vocabulary->schemas[i] == box->subject_schema) box->subject_place = i;
        if (box->vocabulary->schemas[i] == box->set_schema) box->set_place = i;
        if (box->vocabulary->schemas[i] == box->object_schema) box->object_place = i;
    }
}

static void refuse_call(sandbox *box, sandbox_result *result) {
    clear_result(result);
    fault_of(box, box->fatal != SANDBOX_FAULT_NONE ? box->fatal : SANDBOX_FAULT_RUNTIME,
             SANDBOX_CODE_INTERPRETER_UNUSABLE, 0,
             box->fatal != SANDBOX_FAULT_NONE ? "this interpreter exceeded a limit and cannot be used again"
                                              : "this interpreter has no script with this hook",
             result);
    result->is_spent = box->fatal != SANDBOX_FAULT_NONE;
}

void sandbox_call(sandbox *box, const sandbox_request *request, sandbox_result *result) {
    lua_State *L = box->L;
    if (box->fatal != SANDBOX_FAULT_NONE || !sandbox_has_hook(box, request->hook)) {
        refuse_call(box, result);
        return;
    }
    result->note_count = 0;
    result->raised_count = 0;
    result->is_spent = false;
    result->fault = SANDBOX_FAULT_NONE;
    result->line = 0;
    if (box->clears_stack) limits_clear_stack(box);
    if (request->subject->schema != box->subject_schema || request->set->schema != box->set_schema ||
        (request->object != NULL && request->object->schema != box->object_schema))
        find_schemas(box, request);
    box->request = request;
    box->generation++;
    box->random_state = request->seed;
    box->verdict_count = 0;
    box->note_count = 0;
    // Reads of tables cannot be recorded, so a traced call gets no mirror.
    if (__builtin_expect(box->trace != NULL, 0))
        trace_begin(box);
    else if (box->mirror.is_wanted)
        mirror_begin(box, request->set);
    box->phase = PHASE_CALL;
    limits_begin(box);

    // None of these pushes allocates, so none of them raises an error.
    lua_pushvalue(L, HOOK_BASE + (int)request->hook);
    lua_pushlightuserdata(L, views_handle(box, HANDLE_SUBJECT, 0, request->subject_row));
    int arguments = 2;
    if (request->object != NULL) {
        lua_pushlightuserdata(L, views_handle(box, HANDLE_OBJECT, 0, 0));
        arguments = 3;
    }
    if (box->mirror.is_on)
        mirror_push_set(L, box);
    else
        lua_pushvalue(L, SET_PLACE);
    int status = lua_pcall(L, arguments, 1, HANDLER_PLACE);

    result->instructions = limits_used(box);
    if (status == LUA_OK)
        read_answer(box, request, result);
    else
        fill_fault(box, status, result);
    result->note_count = box->note_count;
    result->raised_count = box->raised_count;
    lua_settop(L, HOOK_BASE + (int)box->vocabulary->hook_count - 1);
    if (box->upvalue_count > 0) environment_restore_upvalues(L, box);
    box->phase = PHASE_IDLE;
    box->request = NULL;
    box->mirror.is_on = false;
}

bool sandbox_has_hook(const sandbox *box, uint32_t hook) {
    return box->is_loaded && hook < box->vocabulary->hook_count && box->hook_lines[hook] > 0;
}

bool sandbox_has_flag(const sandbox *box, uint32_t flag) {
    return box->is_loaded && flag < box->vocabulary->flag_count && box->flags[flag];
}

bool sandbox_showed_mirror(const sandbox *box) { return box->mirror.is_made; }

sandbox_text sandbox_script_name(const sandbox *box) {
    return (sandbox_text){box->script_name.text, box->script_name.length};
}

sandbox_text sandbox_script_description(const sandbox *box) {
    return (sandbox_text){box->script_description.text, box->script_description.length};
}

sandbox_items sandbox_script_parameters(const sandbox *box) {
    return (sandbox_items){box->parameters.items, box->parameters.count};
}

sandbox_items sandbox_script_conditions(const sandbox *box) {
    return (sandbox_items){box->conditions.items, box->conditions.count};
}

sandbox_items sandbox_script_ranges(const sandbox *box) {
    return (sandbox_items){box->ranges.items, box->ranges.count};
}

sandbox_text sandbox_note(const sandbox *box, uint32_t index) {
    if (index >= box->note_count) return (sandbox_text){"", 0};
    return (sandbox_text){box->notes[index].text, box->notes[index].length};
}

sandbox_raised sandbox_raised_text(const sandbox *box, uint32_t index) {
    if (index >= box->raised_count) return (sandbox_raised){SANDBOX_CODE_NONE, {"", 0}};
    const raised_text *raised = &box->raised[index];
    return (sandbox_raised){raised->code, {raised->text.text, raised->text.length}};
}

const char *sandbox_code_name(sandbox_code code) {
    static const char *const names[] = {
#define NAME(constant, text) text,
        "", SANDBOX_CODES(NAME)
#undef NAME
    };
    return (unsigned)code < SANDBOX_CODE_COUNT ? names[code] : "";
}

size_t sandbox_memory(const sandbox *box) { return box->memory_used; }

const char *sandbox_lua_version(void) {
    // The header states the version compiled against; the library itself states the linked one: "$LuaVersion: Lua 5.4.4
    // ...".
    static char version[32];
    if (version[0] == 0) {
        static const char start[] = "$LuaVersion: ";
        const char *text = lua_ident;
        if (strncmp(text, start, sizeof start - 1) != 0) return LUA_RELEASE;
        text += sizeof start - 1;
        char copy[sizeof version];
        size_t length = strcspn(text, " ");
        length += strcspn(text + length + 1, " ") + 1;
        if (length >= sizeof copy) return LUA_RELEASE;
        memcpy(copy, text, length);
        copy[length] = 0;
        memcpy(version, copy, length + 1);
    }
    return version;
}
