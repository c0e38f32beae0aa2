// The baseline of scoring: a policy in a plain Lua state that iterates over plain tables, filled from C.
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CBaseline.h"

// The stack contains the hook, an empty table for the contact, and the fleet: a list of devices.
struct baseline_scorer {
    lua_State *L;
    baseline_device *devices;
    int64_t *queued;
    uint32_t count;
    int64_t chosen;  // an index, -1 for none
};

static baseline_scorer *scorer_of(lua_State *L) { return *(baseline_scorer **)lua_getextraspace(L); }

// [device] -> [device], with the fields that the score uses.
static void write_fields(lua_State *L, const baseline_scorer *scorer, uint32_t place) {
    const baseline_device *device = &scorer->devices[place];
    double load = 0;
    int64_t headroom = INT64_MAX;
    for (int window = 0; window < BASELINE_WINDOWS; window++) {
        int64_t limit = device->limits[window], used = device->sent[window] + scorer->queued[place];
        if (limit == INT64_MAX) continue;
        double share = used >= limit ? 1 : (double)used / (double)limit;
        if (share > load) load = share;
        if (limit - used < headroom) headroom = limit - used;
    }
    lua_pushnumber(L, load);
    lua_setfield(L, -2, "load");
    lua_pushinteger(L, headroom > 0 ? headroom : 0);
    lua_setfield(L, -2, "headroom");
    lua_pushboolean(L, device->is_online && headroom > 0);
    lua_setfield(L, -2, "can_accept_more");
}

static int verdict_use(lua_State *L) {
    lua_getfield(L, 1, "place");
    scorer_of(L)->chosen = lua_tointeger(L, -1);
    return 0;
}

static int verdict_wait(lua_State *L) {
    scorer_of(L)->chosen = -1;
    return 0;
}

// Returns all devices: in the measurement none is offline and none becomes full.
static int fleet_available(lua_State *L) {
    lua_settop(L, 1);
    return 1;
}

// [hook] -> [hook, contact, fleet]
static void push_arguments(lua_State *L, const baseline_scorer *scorer) {
    lua_createtable(L, 0, 0);
    lua_createtable(L, (int)scorer->count, 0);
    for (uint32_t place = 0; place < scorer->count; place++) {
        lua_createtable(L, 0, 4);
        lua_pushinteger(L, place);
        lua_setfield(L, -2, "place");
        write_fields(L, scorer, place);
        lua_rawseti(L, 3, (lua_Integer)place + 1);
    }
    lua_createtable(L, 0, 1);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, fleet_available);
    lua_setfield(L, -2, "available");
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, 3);
}

static int set_up(lua_State *L) {
    luaL_openlibs(L);
    lua_register(L, "use", verdict_use);
    lua_register(L, "wait", verdict_wait);
    return 0;
}

static bool load_policy(baseline_scorer *scorer, const char *source, size_t length) {
    lua_State *L = scorer->L;
    lua_pushcfunction(L, set_up);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) return false;
    if (luaL_loadbufferx(L, source, length, "=policy", "t") != LUA_OK || lua_pcall(L, 0, 1, 0) != LUA_OK) return false;
    if (lua_istable(L, 1)) {
        lua_getfield(L, 1, "select");
        lua_replace(L, 1);
        push_arguments(L, scorer);
        if (lua_isfunction(L, 1)) return true;
    }
    lua_pushliteral(L, "expected a policy that returns a table with select");
    return false;
}

static void keep_error(lua_State *L, char error[BASELINE_ERROR_MAX]) {
    const char *text = lua_tostring(L, -1);
    snprintf(error, BASELINE_ERROR_MAX, "%s", text ? text : "an error without text");
}

baseline_scorer *baseline_scorer_create(const char *source, size_t length, const baseline_device *devices, uint32_t count,
                                  char error[BASELINE_ERROR_MAX]) {
    snprintf(error, BASELINE_ERROR_MAX, "no memory");
    baseline_scorer *scorer = calloc(1, sizeof *scorer);
    if (scorer == NULL) return NULL;
    scorer->devices = calloc(count > 0 ? count : 1, sizeof *scorer->devices);
    scorer->queued = calloc(count > 0 ? count : 1, sizeof *scorer->queued);
    scorer->count = count;
    scorer->L = luaL_newstate();
    if (scorer->devices == NULL || scorer->queued == NULL || scorer->L == NULL) {
        baseline_scorer_destroy(scorer);
        return NULL;
    }
    *(baseline_scorer **)lua_getextraspace(scorer->L) = scorer;
    for (uint32_t i = 0; i < count; i++) scorer->devices[i] = devices[i];
    if (!load_policy(scorer, source, length)) {
        keep_error(scorer->L, error);
        baseline_scorer_destroy(scorer);
        return NULL;
    }
    return scorer;
}

void baseline_scorer_destroy(baseline_scorer *scorer) {
    if (scorer == NULL) return;
    if (scorer->L != NULL) lua_close(scorer->L);
    free(scorer->queued);
    free(scorer->devices);
    free(scorer);
}

bool baseline_score(baseline_scorer *scorer, uint32_t count, uint64_t *checksum, char error[BASELINE_ERROR_MAX]) {
    lua_State *L = scorer->L;
    for (uint32_t i = 0; i < count; i++) {
        scorer->chosen = -1;
        lua_pushvalue(L, 1);
        lua_pushvalue(L, 2);
        lua_pushvalue(L, 3);
        if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
            keep_error(L, error);
            lua_settop(L, 3);
            return false;
        }
        int64_t place = scorer->chosen;
        if (place >= 0) {
            scorer->queued[place]++;
            lua_rawgeti(L, 3, place + 1);
            write_fields(L, scorer, (uint32_t)place);
            lua_settop(L, 3);
        }
        *checksum = baseline_mix(*checksum, place >= 0 ? BASELINE_USE : BASELINE_WAIT, place);
    }
    return true;
}
