// Functions that an instrumented script calls to record its execution. They are globals only in an interpreter that was
// given memory for the counts. They charge nothing, allocate nothing, and raise no errors.
#include "internal.h"

static sandbox_probes *probes_of(lua_State *L) { return lua_touserdata(L, lua_upvalueindex(1)); }

static void count(sandbox_probes *probes, lua_Integer place) {
    if (place >= 0 && place < probes->count) probes->counts[place]++;
}

// Identifies the call of the Lua function that called us, for the duration of that call. A later call may get the same
// value, so if a recorded value occurs again, its earlier call has ended.
static const void *frame_of(lua_State *L) {
    lua_Debug record;
    return lua_getstack(L, 1, &record) ? (const void *)record.i_ci : NULL;
}

static sandbox_awaited *find_awaited(sandbox_probes *probes, const void *frame, lua_Integer place) {
    for (uint32_t i = probes->awaited_count; i-- > 0;)
        if (probes->awaited[i].frame == frame && probes->awaited[i].place == place) return &probes->awaited[i];
    return NULL;
}

static void forget(sandbox_probes *probes, sandbox_awaited *awaited) {
    *awaited = probes->awaited[--probes->awaited_count];
}

// __reach(n)
static int reach(lua_State *L) {
    count(probes_of(L), lua_tointeger(L, 1));
    return 0;
}

// __weigh(n, value): increments counter n if the value counts as true, else n + 1. Returns the value, nil if missing.
static int weigh(lua_State *L) {
    lua_settop(L, 2);
    count(probes_of(L), lua_tointeger(L, 1) + (lua_toboolean(L, 2) ? 0 : 1));
    return 1;
}

// __await(n, ...): a loop begins. Returns the arguments after n.
static int await(lua_State *L) {
    sandbox_probes *probes = probes_of(L);
    lua_Integer place = lua_tointeger(L, 1);
    const void *frame = frame_of(L);
    // The same loop of the same call begins again: the previous time, it ended without entering its body.
    if (find_awaited(probes, frame, place) != NULL)
        count(probes, place + 1);
    else if (probes->awaited_count < SANDBOX_AWAITED_MAX)
        probes->awaited[probes->awaited_count++] = (sandbox_awaited){frame, place};
    else
        probes->is_cut = true;
    return lua_gettop(L) - 1;
}

// __enter(n): a loop's body begins; increments counter n the first time after the loop began.
static int enter(lua_State *L) {
    sandbox_probes *probes = probes_of(L);
    lua_Integer place = lua_tointeger(L, 1);
    sandbox_awaited *awaited = find_awaited(probes, frame_of(L), place);
    if (awaited == NULL) return 0;
    forget(probes, awaited);
    count(probes, place);
    return 0;
}

void sandbox_finish_probes(sandbox_probes *probes) {
    for (uint32_t i = 0; i < probes->awaited_count; i++) count(probes, probes->awaited[i].place + 1);
    probes->awaited_count = 0;
}

static int open_probes(lua_State *L) {
    static const luaL_Reg functions[] = {{SANDBOX_PROBE_REACH, reach},
                                         {SANDBOX_PROBE_WEIGH, weigh},
                                         {SANDBOX_PROBE_AWAIT, await},
                                         {SANDBOX_PROBE_ENTER, enter}};
    lua_rawgeti(L, LUA_REGISTRYINDEX, box_of(L)->globals_ref);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        lua_pushstring(L, functions[i].name);
        lua_pushvalue(L, 1);
        lua_pushcclosure(L, functions[i].func, 1);
        lua_rawset(L, 2);
    }
    return 0;
}

bool sandbox_open_probes(sandbox *box, sandbox_probes *probes) {
    sandbox_phase phase = box->phase;
    box->phase = PHASE_SETUP;
    int top = lua_gettop(box->L);
    lua_pushcfunction(box->L, open_probes);
    lua_pushlightuserdata(box->L, probes);
    bool is_open = lua_pcall(box->L, 1, 0, 0) == LUA_OK;
    lua_settop(box->L, top);
    box->phase = phase;
    return is_open;
}
