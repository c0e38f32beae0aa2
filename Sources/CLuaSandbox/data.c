// Lua tables as JSON text: how data files (test cases) leave the sandbox.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

enum { DATA_MAX = 16 << 20, DEPTH_MAX = 32 };

static void append(lua_State *L, data_buffer *buffer, const char *bytes, size_t length) {
    if (buffer->length + length > buffer->capacity) {
        size_t capacity = (buffer->length + length) * 2 + 256;
        if (capacity > DATA_MAX) limits_fatal(L, SANDBOX_FAULT_MEMORY, SANDBOX_CODE_MEMORY_CAP,
                                              "the data is larger than 8 MiB");
        char *bigger = memory_resize(buffer->bytes, capacity);
        if (bigger == NULL) limits_fatal(L, SANDBOX_FAULT_MEMORY, SANDBOX_CODE_OUT_OF_MEMORY, "no memory for the data");
        buffer->bytes = bigger;
        buffer->capacity = capacity;
    }
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
}

static void append_string(lua_State *L, data_buffer *buffer, int index) {
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    limits_charge(L, (int64_t)(length / 8) + 1);
    append(L, buffer, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        char escaped[8];
        unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\') {
            escaped[0] = '\\';
            escaped[1] = (char)byte;
            append(L, buffer, escaped, 2);
        } else if (byte < 0x20) {
            append(L, buffer, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", byte));
        } else {
            append(L, buffer, text + i, 1);
        }
    }
    append(L, buffer, "\"", 1);
}

static void append_value(lua_State *L, data_buffer *buffer, int depth);

// [table]: an array if its keys are exactly 1 to n.
static void append_table(lua_State *L, data_buffer *buffer, int depth) {
    int given = lua_gettop(L);
    luaL_checkstack(L, 12, "data");
    environment_push_content(L, given);
    int table = given + 1;
    lua_newtable(L);
    int keys = table + 1;
    lua_Integer count = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        int type = lua_type(L, -1);
        if (type != LUA_TSTRING && !lua_isinteger(L, -1))
            limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_INVALID_DATA,
                         "expected names as keys, found %s", environment_type_name(L, -1));
        limits_charge(L, 4);
        lua_pushvalue(L, -1);
        lua_rawseti(L, keys, ++count);
    }
    lua_createtable(L, (int)count, 0);
    environment_sort_keys(L, keys, keys + 1, count);
    bool is_array = count > 0 && operators_length(L, table) == count;
    append(L, buffer, is_array ? "[" : "{", 1);
    for (lua_Integer i = 1; i <= count; i++) {
        if (i > 1) append(L, buffer, ",", 1);
        lua_rawgeti(L, keys, i);
        if (!is_array) {
            if (lua_type(L, -1) != LUA_TSTRING)
                limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_INVALID_DATA,
                             "expected either a list or names as keys, found both");
            append_string(L, buffer, -1);
            append(L, buffer, ":", 1);
        }
        lua_rawget(L, table);
        append_value(L, buffer, depth + 1);
        lua_settop(L, keys + 1);
    }
    append(L, buffer, is_array ? "]" : "}", 1);
    lua_settop(L, given);
}

// [value]
static void append_value(lua_State *L, data_buffer *buffer, int depth) {
    if (depth > DEPTH_MAX) limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_INVALID_DATA,
                                        "tables are nested more than %d deep", DEPTH_MAX);
    char text[64];
    switch (lua_type(L, -1)) {
    case LUA_TNIL: append(L, buffer, "null", 4); break;
    case LUA_TBOOLEAN:
        if (lua_toboolean(L, -1))
            append(L, buffer, "true", 4);
        else
            append(L, buffer, "false", 5);
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, -1)) {
            append(L, buffer, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)lua_tointeger(L, -1)));
        } else {
            double number = lua_tonumber(L, -1);
            if (!isfinite(number)) limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_INVALID_DATA,
                                                "expected a finite number, found %f", number);
            append(L, buffer, text, (size_t)snprintf(text, sizeof text, "%.17g", number));
        }
        break;
    case LUA_TSTRING: append_string(L, buffer, -1); break;
    case LUA_TTABLE: append_table(L, buffer, depth); break;
    default: limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_INVALID_DATA,
                          "expected data, found %s", environment_type_name(L, -1));
    }
}

int data_write(lua_State *L) {
    data_buffer *buffer = lua_touserdata(L, 2);
    lua_settop(L, 1);
    if (!lua_istable(L, 1))
        return limits_raise(L, SANDBOX_FAULT_SYNTAX, SANDBOX_CODE_NO_TABLE_RETURNED,
                            "expected the file to return a table, found %s",
                            environment_type_name(L, 1));
    append_value(L, buffer, 0);
    return 0;
}
