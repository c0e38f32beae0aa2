// The library functions that scripts get. Each is charged for its work before it does it, because the instruction hook
// cannot run inside C. If the stock function is safe once it is charged, it is called; `sort` is our own, because the
// stock one chooses pivots by the clock.
#include <stdio.h>

#include "internal.h"

static int call_original(lua_State *L) { return lua_tocfunction(L, lua_upvalueindex(1))(L); }

static int64_t units(size_t bytes) { return (int64_t)(bytes / 16) + 1; }

// A string that represents a number is read digit by digit, and more than once.
int64_t library_numerals(lua_State *L, int first, int last) {
    int64_t bytes = 0;
    if (last > lua_gettop(L)) last = lua_gettop(L);
    for (int i = first; i <= last; i++) {
        if (lua_type(L, i) == LUA_TSTRING) bytes += (int64_t)lua_rawlen(L, i);
    }
    return bytes / 4;
}

static int flat(lua_State *L) {
    limits_charge(L, 1 + lua_gettop(L) / 4);
    return call_original(L);
}

static int base_type(lua_State *L) {
    if (lua_type(L, 1) != LUA_TTABLE || !mirror_is_part(L, box_of(L), 1)) return flat(L);
    limits_charge(L, 1 + lua_gettop(L) / 4);
    lua_pushliteral(L, "userdata");
    return 1;
}

// All arguments are numbers, or strings to be read as numbers.
static int numeric(lua_State *L) {
    int count = lua_gettop(L);
    limits_charge(L, 1 + count / 4 + library_numerals(L, 1, count));
    return call_original(L);
}

// Only the first argument is.
static int by_first(lua_State *L) {
    limits_charge(L, 1 + lua_gettop(L) / 4 + library_numerals(L, 1, 1));
    return call_original(L);
}

// The stock function walks up one frame per level.
static int base_error(lua_State *L) {
    lua_Integer level = lua_tointeger(L, 2);
    limits_charge(L, 1 + library_numerals(L, 2, 2) + (level < 0 ? 0 : level > INT32_MAX ? INT32_MAX : level) / 2);
    return call_original(L);
}

// The first argument is a string of which every byte is read.
static int by_length(lua_State *L) {
    size_t length = 0;
    if (lua_type(L, 1) == LUA_TSTRING) lua_tolstring(L, 1, &length);
    limits_charge(L, units(length) + library_numerals(L, 2, 3));
    return call_original(L);
}

// ---- string

static int string_byte(lua_State *L) {
    limits_charge(L, library_numerals(L, 2, 3));
    lua_Integer first = luaL_optinteger(L, 2, 1), last = luaL_optinteger(L, 3, first);
    size_t length;
    luaL_checklstring(L, 1, &length);
    limits_charge(L, first == last ? 1 : (int64_t)length + 1);
    return call_original(L);
}

static int string_char(lua_State *L) {
    limits_charge(L, lua_gettop(L) + 1 + library_numerals(L, 1, lua_gettop(L)));
    return call_original(L);
}

static int string_rep(lua_State *L) {
    size_t length, separator;
    luaL_checklstring(L, 1, &length);
    limits_charge(L, library_numerals(L, 2, 2));
    lua_Integer count = luaL_checkinteger(L, 2);
    luaL_optlstring(L, 3, "", &separator);
    if (count > 0 && length + separator > 0 && count > STRING_MAX / (lua_Integer)(length + separator)) {
        char message[120];
        snprintf(message, sizeof message, "string.rep: the result would have more than %d bytes", STRING_MAX);
        return limits_fatal(L, SANDBOX_FAULT_MEMORY, SANDBOX_CODE_MEMORY_CAP, message);
    }
    // The stock loop runs `count` times even for empty strings.
    if (count > 0 && length + separator == 0) {
        lua_settop(L, 0);
        lua_pushliteral(L, "");
        return 1;
    }
    // Each piece is copied separately.
    limits_charge(L, count > 0 ? units((size_t)count * (length + separator)) + count / 4 : 1);
    return call_original(L);
}

// `%p` and the text form of tables would show addresses, which differ between runs.
static int string_format(lua_State *L) {
    size_t length;
    const char *format = luaL_checklstring(L, 1, &length);
    limits_charge(L, units(length));
    int argument = 1;
    for (size_t i = 0; i < length; i++) {
        if (format[i] != '%') continue;
        if (++i >= length) break;
        if (format[i] == '%') continue;
        while (i < length && strchr("-+ #0123456789.", format[i]) != NULL && format[i] != 0) i++;
        argument++;
        if (i >= length) break;
        limits_charge(L, strchr("aAeEfFgG", format[i]) ? 1500 : 40);  // formatting a float may take 30 microseconds
        if (format[i] == 'p') return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                                                  "string.format: %%p is not available");
        if (format[i] == 's' || format[i] == 'q') {
            size_t text_length = 0;
            switch (lua_type(L, argument)) {
            case LUA_TSTRING: lua_tolstring(L, argument, &text_length); break;
            case LUA_TNUMBER:
            case LUA_TBOOLEAN:
            case LUA_TNIL:
            case LUA_TNONE: break;
            default:
                return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                                    "string.format: argument %d is %s; convert it with tostring", argument,
                                    environment_type_name(L, argument));
            }
            limits_charge(L, units(text_length) * (format[i] == 'q' ? 64 : 1));
        } else {
            limits_charge(L, library_numerals(L, argument, argument));
        }
    }
    return call_original(L);
}

const luaL_Reg library_string[] = {
    {"byte", string_byte}, {"char", string_char},   {"format", string_format}, {"len", flat},        {"lower", by_length},
    {"rep", string_rep},   {"reverse", by_length}, {"sub", by_length},        {"upper", by_length}, {NULL, NULL}};

// ---- table

// The number of positions from `first` to `last`, which may be any integers.
static int64_t span(lua_Integer first, lua_Integer last) {
    if (first > last) return 0;
    uint64_t count = (uint64_t)last - (uint64_t)first;
    return count > INT32_MAX ? INT32_MAX : (int64_t)count + 1;
}

// Replaces a row or set by its handle, and records which table is about to be modified.
static void begin_writing(lua_State *L, int index) {
    mirror_demote(L, index);
    mirror_touch(L, index);
}

static int table_concat(lua_State *L) {
    mirror_demote(L, 1);
    luaL_checktype(L, 1, LUA_TTABLE);
    operators_fill_last(L, 4);
    size_t separator, total = 0;
    luaL_optlstring(L, 2, "", &separator);
    limits_charge(L, 1 + library_numerals(L, 3, 4));
    lua_Integer first = luaL_optinteger(L, 3, 1), last = luaL_checkinteger(L, 4);
    limits_charge(L, span(first, last) * 4);
    for (lua_Integer i = first; i <= last; i++) {
        size_t length = 0;
        lua_geti(L, 1, i);
        if (lua_type(L, -1) == LUA_TSTRING) lua_tolstring(L, -1, &length);
        if (lua_type(L, -1) == LUA_TNUMBER) limits_charge(L, 30);  // its digits are written out
        lua_pop(L, 1);
        total += length + separator;
        if (total > 2 * STRING_MAX) break;
        if (i == LUA_MAXINTEGER) break;
    }
    if (total > STRING_MAX + separator) {
        char message[120];
        snprintf(message, sizeof message, "table.concat: the result would have more than %d bytes", STRING_MAX);
        return limits_fatal(L, SANDBOX_FAULT_MEMORY, SANDBOX_CODE_MEMORY_CAP, message);
    }
    limits_charge(L, units(total));
    // The message of the stock function for a handle; it would call the mirror's table a table.
    for (lua_Integer i = first; box_of(L)->mirror.is_on && i <= last; i++) {
        int type = lua_geti(L, 1, i);
        if (mirror_is_part(L, box_of(L), -1))
            return luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", "userdata", (LUAI_UACINT)i);
        lua_pop(L, 1);
        if ((type != LUA_TSTRING && type != LUA_TNUMBER) || i == LUA_MAXINTEGER) break;
    }
    return call_original(L);
}

static int table_insert(lua_State *L) {
    begin_writing(L, 1);
    limits_charge(L, 2 + library_numerals(L, 2, lua_gettop(L) == 3 ? 2 : 0));
    // A position may also be a float or a string with the value of a whole number.
    if (lua_istable(L, 1) && lua_gettop(L) == 3)
        limits_charge(L, span(luaL_checkinteger(L, 2), operators_length(L, 1)) * 2);
    return lua_istable(L, 1) ? operators_insert(L) : call_original(L);
}

static int table_remove(lua_State *L) {
    begin_writing(L, 1);
    limits_charge(L, 2 + library_numerals(L, 2, 2));
    if (lua_istable(L, 1) && lua_gettop(L) > 1)
        limits_charge(L, span(luaL_checkinteger(L, 2), operators_length(L, 1)) * 2);
    return lua_istable(L, 1) ? operators_remove(L) : call_original(L);
}

static int table_move(lua_State *L) {
    limits_charge(L, 2 + library_numerals(L, 2, 4));
    limits_charge(L, span(luaL_checkinteger(L, 2), luaL_checkinteger(L, 3)) * 4);
    bool has_target = lua_gettop(L) >= 5 && !lua_isnil(L, 5);
    mirror_demote(L, 1);
    begin_writing(L, has_target ? 5 : 1);
    int count = call_original(L);
    mirror_promote(L);
    return count;
}

static int table_pack(lua_State *L) {
    limits_charge(L, lua_gettop(L) * 2 + 4);
    return call_original(L);
}

static int table_unpack(lua_State *L) {
    mirror_demote(L, 1);
    if (lua_type(L, 1) != LUA_TTABLE && !lua_isuserdata(L, 1)) luaL_checktype(L, 1, LUA_TTABLE);
    limits_charge(L, 2 + library_numerals(L, 2, 3));
    operators_fill_last(L, 3);
    lua_Integer first = luaL_optinteger(L, 2, 1), last = luaL_opt(L, luaL_checkinteger, 3, luaL_len(L, 1));
    limits_charge(L, span(first, last) * 2);
    return call_original(L);
}

// Compares strings by bytes, like `<` in the C locale, at a cost that depends on the length.
static bool by_order(lua_State *L, int a, int b) {
    if (lua_type(L, a) != LUA_TSTRING || lua_type(L, b) != LUA_TSTRING) return lua_compare(L, a, b, LUA_OPLT);
    size_t length_a, length_b;
    const char *text_a = lua_tolstring(L, a, &length_a), *text_b = lua_tolstring(L, b, &length_b);
    size_t shorter = length_a < length_b ? length_a : length_b;
    limits_charge(L, units(shorter));
    int order = memcmp(text_a, text_b, shorter);
    return order < 0 || (order == 0 && length_a < length_b);
}

// The comparison function is at index 2 of the caller's frame.
static bool by_function(lua_State *L, int a, int b) {
    lua_pushvalue(L, 2);
    lua_pushvalue(L, a);
    lua_pushvalue(L, b);
    lua_call(L, 2, 1);
    bool is_less = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return is_less;
}

// Bottom-up merge sort between two tables: stable, so equal values keep their order, and n log n whatever the
// comparison returns. The result is in `table`.
void library_sort_range(lua_State *L, int table, int scratch, lua_Integer count,
                        bool (*less)(lua_State *L, int a, int b)) {
    int from = table, to = scratch;
    luaL_checkstack(L, 8, "sort");
    for (lua_Integer width = 1; width < count; width *= 2) {
        for (lua_Integer start = 0; start < count; start += 2 * width) {
            lua_Integer middle = start + width < count ? start + width : count;
            lua_Integer end = middle + width < count ? middle + width : count;
            lua_Integer left = start, right = middle;
            limits_charge(L, (end - start) * 4);
            for (lua_Integer k = start; k < end; k++) {
                bool takes_left = left < middle;
                if (takes_left && right < end) {
                    lua_rawgeti(L, from, left + 1);
                    lua_rawgeti(L, from, right + 1);
                    int top = lua_gettop(L);
                    takes_left = !less(L, top, top - 1);
                    lua_settop(L, top - 2);
                }
                lua_rawgeti(L, from, (takes_left ? left++ : right++) + 1);
                lua_rawseti(L, to, k + 1);
            }
        }
        int other = from;
        from = to;
        to = other;
    }
    for (lua_Integer i = 1; from != table && i <= count; i++) {
        lua_rawgeti(L, from, i);
        lua_rawseti(L, table, i);
    }
}

static int table_sort(lua_State *L) {
    begin_writing(L, 1);
    luaL_checktype(L, 1, LUA_TTABLE);
    if (lua_getmetatable(L, 1))
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_READ_ONLY,
                            "table.sort: this table cannot be changed; sort a copy of it");
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_Integer count = operators_length(L, 1);
    limits_charge(L, count * 4);
    lua_createtable(L, (int)count, 0);
    lua_createtable(L, (int)count, 0);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, 3, i);
    }
    library_sort_range(L, 3, 4, count, lua_isnil(L, 2) ? by_order : by_function);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, 3, i);
        lua_rawseti(L, 1, i);
    }
    return 0;
}

const luaL_Reg library_table[] = {{"concat", table_concat}, {"insert", table_insert}, {"move", table_move},
                                  {"pack", table_pack},     {"remove", table_remove}, {"sort", table_sort},
                                  {"unpack", table_unpack}, {NULL, NULL}};

// ---- math: functions with identical results everywhere (IEEE 754 requires that here, but not of sin, exp or pow)

// The C library's fmod takes one step per bit of difference between the exponents.
static int fmod_of(lua_State *L) {
    limits_charge(L, 40);
    return numeric(L);
}

const luaL_Reg library_math[] = {{"abs", numeric}, {"ceil", numeric}, {"floor", numeric}, {"fmod", fmod_of},
                                 {"max", numeric}, {"min", numeric},  {"modf", numeric},  {"sqrt", numeric},
                                 {"ult", numeric}, {"type", flat},    {"tointeger", numeric}, {NULL, NULL}};

// ---- Text helpers: plain comparisons instead of patterns, whose cost is unbounded

static const char *check_text(lua_State *L, int index, const char *function, size_t *length) {
    if (lua_type(L, index) != LUA_TSTRING)
        limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                     "%s: expected text, found %s", function, environment_type_name(L, index));
    return lua_tolstring(L, index, length);
}

static int text_starts_with(lua_State *L) {
    size_t length, prefix_length;
    const char *text = check_text(L, 1, "starts_with", &length);
    const char *prefix = check_text(L, 2, "starts_with", &prefix_length);
    limits_charge(L, units(prefix_length));
    lua_pushboolean(L, prefix_length <= length && memcmp(text, prefix, prefix_length) == 0);
    return 1;
}

static int text_ends_with(lua_State *L) {
    size_t length, suffix_length;
    const char *text = check_text(L, 1, "ends_with", &length);
    const char *suffix = check_text(L, 2, "ends_with", &suffix_length);
    limits_charge(L, units(suffix_length));
    lua_pushboolean(L, suffix_length <= length && memcmp(text + length - suffix_length, suffix, suffix_length) == 0);
    return 1;
}

// Finds `piece` in `text`: the first byte by memchr, the rest by comparison; charges the product of the lengths.
static const char *find(const char *text, size_t length, const char *piece, size_t piece_length) {
    if (piece_length == 0) return text;
    const char *end = text + length;
    while ((size_t)(end - text) >= piece_length) {
        const char *hit = memchr(text, piece[0], (size_t)(end - text) - piece_length + 1);
        if (hit == NULL) return NULL;
        if (memcmp(hit, piece, piece_length) == 0) return hit;
        text = hit + 1;
    }
    return NULL;
}

static int text_contains(lua_State *L) {
    sandbox_items items;
    size_t length, piece_length;
    if (views_items(L, 1, &items)) {
        const char *piece = check_text(L, 2, "contains", &piece_length);
        limits_charge(L, (int64_t)items.count + 1);
        bool found = false;
        for (uint32_t i = 0; i < items.count && !found; i++) {
            found = items.items[i].kind == SANDBOX_SCALAR_TEXT && items.items[i].text.length == piece_length &&
                    memcmp(items.items[i].text.bytes, piece, piece_length) == 0;
        }
        lua_pushboolean(L, found);
        return 1;
    }
    const char *text = check_text(L, 1, "contains", &length);
    const char *piece = check_text(L, 2, "contains", &piece_length);
    limits_charge(L, (int64_t)(length / 2 * (piece_length / 16 + 1)) + 1);
    lua_pushboolean(L, find(text, length, piece, piece_length) != NULL);
    return 1;
}

// glob(text, pattern)
static int text_glob_function(lua_State *L) {
    size_t length, pattern_length;
    const char *text = check_text(L, 1, "glob", &length);
    const char *pattern = check_text(L, 2, "glob", &pattern_length);
    limits_charge(L, (int64_t)((length + 1) * (pattern_length + 1) / 4) + 1);
    lua_pushboolean(L, text_glob(pattern, pattern_length, text, length));
    return 1;
}

// split(text, separator): the pieces between the separators, at least one.
static int text_split(lua_State *L) {
    size_t length, separator_length;
    const char *text = check_text(L, 1, "split", &length);
    const char *separator = check_text(L, 2, "split", &separator_length);
    if (separator_length == 0) return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                                                   "split: the separator is empty");
    limits_charge(L, (int64_t)(length / 2 * (separator_length / 16 + 1)) + 1);
    lua_settop(L, 2);
    lua_createtable(L, 4, 0);
    const char *end = text + length;
    for (lua_Integer i = 1;; i++) {
        limits_charge(L, 4);
        const char *next = find(text, (size_t)(end - text), separator, separator_length);
        lua_pushlstring(L, text, (size_t)((next ? next : end) - text));
        lua_rawseti(L, 3, i);
        if (next == NULL) return 1;
        text = next + separator_length;
    }
}

const luaL_Reg library_text[] = {{"contains", text_contains}, {"ends_with", text_ends_with},
                                 {"glob", text_glob_function}, {"split", text_split},
                                 {"starts_with", text_starts_with}, {NULL, NULL}};

// ---- Opening

// Fills the table at the top with the charged functions, each with its stock original from the table below it.
static void wrap(lua_State *L, const luaL_Reg *entries) {
    for (; entries->name != NULL; entries++) {
        lua_getfield(L, -2, entries->name);
        lua_pushcclosure(L, entries->func, 1);
        lua_setfield(L, -2, entries->name);
    }
}

void library_open(lua_State *L) {
    luaL_requiref(L, "string", luaopen_string, 0);
    lua_newtable(L);
    wrap(L, library_string);
    lua_setfield(L, 1, "string");
    luaL_requiref(L, "table", luaopen_table, 0);
    lua_newtable(L);
    wrap(L, library_table);
    lua_setfield(L, 1, "table");
    luaL_requiref(L, "math", luaopen_math, 0);
    lua_newtable(L);
    wrap(L, library_math);
    static const char *const constants[] = {"huge", "maxinteger", "mininteger", "pi"};
    for (int i = 0; i < 4; i++) {
        lua_getfield(L, -2, constants[i]);
        lua_setfield(L, -2, constants[i]);
    }
    lua_setfield(L, 1, "math");
    lua_settop(L, 1);
    // The base functions whose cost depends on their arguments.
    static const luaL_Reg charged[] = {{"select", by_first}, {"tonumber", by_first}, {"error", base_error},
                                       {"assert", flat},     {"type", base_type},    {NULL, NULL}};
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 1);
    wrap(L, charged);
    lua_settop(L, 1);
    luaL_setfuncs(L, library_text, 0);
    lua_settop(L, 1);
}
