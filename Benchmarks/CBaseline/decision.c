// The baseline of a decision: the policy in a plain Lua state over C arrays, called in a loop.
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CBaseline.h"
#include "CLuaSandbox.h"

// A row of the index: the index's own fields first, then the device.
typedef struct {
    sandbox_head head;
    baseline_device device;
    int64_t queued;
    double load;
    bool can_accept_more;
} device_row;

struct baseline_decider {
    lua_State *L;
    device_row *devices;
    sandbox_rows rows;  // the index over `devices`
    const baseline_contact *contact;
    // The names that policies read, as the addresses of their interned strings.
    const char *name_device, *name_step, *name_accepts, *name_load, *name_queued;
    // The verdict of the current call.
    baseline_outcome outcome;
    device_row *chosen;
    const void *awaited;  // a device, the fleet or a filter; NULL unless the outcome is wait_for
    const char *reason;
    double seconds;
};

static baseline_decider *decider_of(lua_State *L) { return *(baseline_decider **)lua_getextraspace(L); }

// ---- Devices

static void write_load(baseline_decider *decider, device_row *row, bool is_building) {
    double load = 0;
    for (int window = 0; window < BASELINE_WINDOWS; window++) {
        int64_t limit = row->device.limits[window], used = row->device.sent[window] + row->queued;
        if (limit == INT64_MAX) continue;
        double share = used >= limit ? 1 : (double)used / (double)limit;
        if (share > load) load = share;
    }
    row->load = load;
    row->can_accept_more = row->device.is_online && load < 1;
    uint32_t place = (uint32_t)(row - decider->devices);
    // The same order as Usher's: by load, then by queued messages and messages sent today, then by index.
    int64_t minor = row->queued << 24 | row->device.sent[2];
    if (is_building)
        sandbox_index_set_leaf(&decider->rows, place, load, minor, row->can_accept_more);
    else
        sandbox_index_set(&decider->rows, place, load, minor, row->can_accept_more);
}

void baseline_decider_reset(baseline_decider *decider) {
    for (uint32_t i = 0; i < decider->rows.count; i++) {
        decider->devices[i].queued = 0;
        write_load(decider, &decider->devices[i], true);
    }
    sandbox_index_build(&decider->rows);
}

// ---- What the policy sees

static int contact_index(lua_State *L) {
    baseline_decider *decider = decider_of(L);
    const char *key = lua_tostring(L, 2);
    if (key == decider->name_device) {
        if (decider->contact->device < 0)
            lua_pushnil(L);
        else
            lua_pushlightuserdata(L, &decider->devices[decider->contact->device]);
    } else if (key == decider->name_step) {
        lua_pushinteger(L, decider->contact->step);
    } else {
        lua_pushnil(L);
    }
    return 1;
}

static int device_index(lua_State *L) {
    baseline_decider *decider = decider_of(L);
    const device_row *row = lua_touserdata(L, 1);
    const char *key = lua_tostring(L, 2);
    if (key == decider->name_accepts)
        lua_pushboolean(L, row->can_accept_more);
    else if (key == decider->name_load)
        lua_pushnumber(L, row->load);
    else if (key == decider->name_queued)
        lua_pushinteger(L, row->queued);
    else
        lua_pushnil(L);
    return 1;
}

static int fleet_least_loaded(lua_State *L) {
    baseline_decider *decider = decider_of(L);
    uint32_t place = sandbox_index_least(&decider->rows);
    if (place == UINT32_MAX)
        lua_pushnil(L);
    else
        lua_pushlightuserdata(L, &decider->devices[place]);
    return 1;
}

static int choose(lua_State *L, baseline_outcome outcome) {
    baseline_decider *decider = decider_of(L);
    decider->outcome = outcome;
    decider->chosen = lua_touserdata(L, 1);
    decider->reason = lua_tostring(L, 2);
    if (decider->chosen == NULL) return luaL_error(L, "expected a device");
    return 0;
}

static int verdict_use(lua_State *L) { return choose(L, BASELINE_USE); }
static int verdict_move(lua_State *L) { return choose(L, BASELINE_MOVE); }

static int verdict_wait(lua_State *L) {
    baseline_decider *decider = decider_of(L);
    decider->outcome = BASELINE_WAIT;
    decider->chosen = NULL;
    decider->reason = lua_tostring(L, 1);
    decider->seconds = lua_tonumber(L, 2);
    return 0;
}

static int verdict_wait_for(lua_State *L) {
    baseline_decider *decider = decider_of(L);
    decider->outcome = BASELINE_WAIT;
    decider->chosen = NULL;
    decider->awaited = lua_topointer(L, 1);
    decider->reason = lua_tostring(L, 2);
    decider->seconds = luaL_optnumber(L, 3, 86400);
    if (decider->awaited == NULL) return luaL_error(L, "expected a device, the fleet or a filter");
    return 0;
}

static int verdict_skip(lua_State *L) {
    baseline_decider *decider = decider_of(L);
    decider->outcome = BASELINE_SKIP;
    decider->chosen = NULL;
    decider->reason = lua_tostring(L, 1);
    return 0;
}

// ---- Setting up

// Keeps a name in the registry, so that its address does not change.
static const char *intern(lua_State *L, const char *name) {
    const char *address = lua_pushstring(L, name);
    luaL_ref(L, LUA_REGISTRYINDEX);
    return address;
}

// [table of the policy] -> [hook, contact, fleet]
static void push_arguments(lua_State *L) {
    lua_getfield(L, 1, "params");
    lua_setglobal(L, "params");
    lua_getfield(L, 1, "select");
    lua_replace(L, 1);

    lua_newuserdatauv(L, 0, 0);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, contact_index);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);

    lua_newuserdatauv(L, 0, 0);
    lua_createtable(L, 0, 1);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, fleet_least_loaded);
    lua_setfield(L, -2, "least_loaded");
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

static int set_up(lua_State *L) {
    baseline_decider *decider = decider_of(L);
    luaL_openlibs(L);
    lua_register(L, "use", verdict_use);
    lua_register(L, "move", verdict_move);
    lua_register(L, "wait", verdict_wait);
    lua_register(L, "wait_for", verdict_wait_for);
    lua_register(L, "skip", verdict_skip);
    decider->name_device = intern(L, "device");
    decider->name_step = intern(L, "step");
    decider->name_accepts = intern(L, "can_accept_more");
    decider->name_load = intern(L, "load");
    decider->name_queued = intern(L, "queued");

    lua_pushlightuserdata(L, decider);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, device_index);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);  // of all light userdata
    return 0;
}

static bool load_policy(lua_State *L, const char *source, size_t length) {
    lua_pushcfunction(L, set_up);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) return false;
    if (luaL_loadbufferx(L, source, length, "=policy", "t") != LUA_OK || lua_pcall(L, 0, 1, 0) != LUA_OK) return false;
    if (lua_istable(L, 1)) push_arguments(L);
    if (lua_isfunction(L, 1)) return true;
    lua_pushliteral(L, "expected a policy that returns a table with select");
    return false;
}

static void keep_error(lua_State *L, char error[BASELINE_ERROR_MAX]) {
    const char *text = lua_tostring(L, -1);
    snprintf(error, BASELINE_ERROR_MAX, "%s", text ? text : "an error without text");
}

baseline_decider *baseline_decider_create(const char *source, size_t length, const baseline_device *devices, uint32_t count,
                                    char error[BASELINE_ERROR_MAX]) {
    snprintf(error, BASELINE_ERROR_MAX, "no memory");
    baseline_decider *decider = calloc(1, sizeof *decider);
    if (decider == NULL) return NULL;
    decider->devices = calloc(count > 0 ? count : 1, sizeof *decider->devices);
    decider->rows.nodes = calloc(sandbox_index_size(count) + 1, sizeof *decider->rows.nodes);
    decider->L = luaL_newstate();
    if (decider->devices == NULL || decider->rows.nodes == NULL || decider->L == NULL) {
        baseline_decider_destroy(decider);
        return NULL;
    }
    *(baseline_decider **)lua_getextraspace(decider->L) = decider;
    decider->rows.rows = (uint8_t *)decider->devices;
    decider->rows.stride = sizeof *decider->devices;
    decider->rows.count = count;
    for (uint32_t i = 0; i < count; i++) decider->devices[i].device = devices[i];
    sandbox_index_clear(&decider->rows);
    baseline_decider_reset(decider);
    if (!load_policy(decider->L, source, length)) {
        keep_error(decider->L, error);
        baseline_decider_destroy(decider);
        return NULL;
    }
    return decider;
}

void baseline_decider_destroy(baseline_decider *decider) {
    if (decider == NULL) return;
    if (decider->L != NULL) lua_close(decider->L);
    free(decider->rows.nodes);
    free(decider->devices);
    free(decider);
}

// ---- Deciding

bool baseline_decide(baseline_decider *decider, const baseline_contact *contacts, uint32_t count, uint64_t *checksum,
                  char error[BASELINE_ERROR_MAX]) {
    lua_State *L = decider->L;
    for (uint32_t i = 0; i < count; i++) {
        decider->contact = &contacts[i];
        decider->outcome = BASELINE_WAIT;
        decider->chosen = NULL;
        decider->awaited = NULL;
        lua_pushvalue(L, 1);
        lua_pushvalue(L, 2);
        lua_pushvalue(L, 3);
        if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
            keep_error(L, error);
            lua_settop(L, 3);
            return false;
        }
        int64_t place = -1;
        if (decider->chosen != NULL) {
            place = decider->chosen - decider->devices;
            decider->chosen->queued++;
            write_load(decider, decider->chosen, false);
        }
        *checksum = baseline_mix(*checksum, decider->outcome, place);
    }
    return true;
}
