// The constructors of verdicts, `note`, `random` and `local_time`: the functions by which a hook answers, and gets
// input other than its arguments.
#include <math.h>

#include "internal.h"

sandbox *verdicts_in_call(lua_State *L, const char *function) {
    sandbox *box = box_of(L);
    if (box->phase != PHASE_CALL)
        limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_ONLY_IN_HOOK,
                     "%s can only be called inside a hook", function);
    return box;
}

// The next verdict of the call, which has not been counted yet.
static inline verdict_slot *next_slot(lua_State *L, sandbox *box, uint32_t which, const char *name) {
    if (box->phase != PHASE_CALL) verdicts_in_call(L, name);
    limits_charge(L, 2);
    if (box->verdict_count == VERDICT_SLOTS)
        limits_raise(L, SANDBOX_FAULT_VERDICT, SANDBOX_CODE_TOO_MANY_VERDICTS,
                     "more than %d verdicts in one call; return the first one that fits", VERDICT_SLOTS);
    verdict_slot *slot = &box->verdicts[box->verdict_count];
    slot->verdict = which;
    slot->has_seconds = false;
    return slot;
}

// Reads the reason at `reason` and the seconds after it, and returns the verdict to the script.
static inline int finish_verdict(lua_State *L, sandbox *box, const sandbox_verdict_spec *spec, verdict_slot *slot,
                                 int reason) {
    int kind = lua_type(L, reason);
    size_t length = 0;
    const char *text = "";
    if (kind == LUA_TSTRING)
        text = lua_tolstring(L, reason, &length);
    else if (kind > LUA_TNIL)
        return limits_raise(L, SANDBOX_FAULT_VERDICT, SANDBOX_CODE_INVALID_REASON,
                            "%s: expected a reason as text, found %s", spec->name,
                            environment_type_name(L, reason));
    slot->length = text_neutralise(slot->text, text, length);

    int seconds = reason + 1;
    if (spec->takes_seconds && !lua_isnoneornil(L, seconds)) {
        if (lua_type(L, seconds) != LUA_TNUMBER)
            return limits_raise(L, SANDBOX_FAULT_VERDICT, SANDBOX_CODE_INVALID_SECONDS,
                                "%s: expected seconds as a number, found %s", spec->name,
                                environment_type_name(L, seconds));
        slot->seconds = lua_tonumber(L, seconds);
        slot->has_seconds = true;
        double most = box->vocabulary->seconds_max;
        if (!(slot->seconds >= 0 && slot->seconds <= most)) {
            const char *found = isnan(slot->seconds) ? "NaN" : slot->seconds < 0 ? "a negative number" : "a larger number";
            return limits_raise(L, SANDBOX_FAULT_VERDICT, SANDBOX_CODE_INVALID_SECONDS,
                                "%s: expected 0 to %I seconds, found %s", spec->name,
                                (LUAI_UACINT)most, found);
        }
    }
    lua_pushlightuserdata(L, views_handle(box, HANDLE_VERDICT, 0, box->verdict_count++));
    return 1;
}

static int make_verdict(lua_State *L, uint32_t which) {
    sandbox *box = box_of(L);
    const sandbox_verdict_spec *spec = &box->vocabulary->verdicts[which];
    verdict_slot *slot = next_slot(L, box, which, spec->name);
    slot->member = spec->takes_member ? views_member(L, 1, spec->name) : -1;
    slot->target = SANDBOX_TARGET_NONE;
    return finish_verdict(L, box, spec, slot, spec->takes_member ? 2 : 1);
}

// A filter's text outlives the call and is shown to people, so it is kept only if it needs no change for that.
static bool keep_text(lua_State *L, bounded_text *to, sandbox_text from, const char *function, const char *key) {
    to->length = 0;
    if (from.bytes == NULL) return false;
    to->length = text_neutralise(to->text, from.bytes, from.length);
    if (to->length != from.length || memcmp(to->text, from.bytes, from.length) != 0)
        limits_raise(L, SANDBOX_FAULT_VERDICT, SANDBOX_CODE_INVALID_WAITLIST,
                     "%s: %s: expected at most %d bytes of UTF-8 without control characters, found other text",
                     function, key, TEXT_MAX);
    return true;
}

// A verdict with a target: (target, reason, seconds).
static int make_targeted(lua_State *L, uint32_t which) {
    sandbox *box = box_of(L);
    const sandbox_verdict_spec *spec = &box->vocabulary->verdicts[which];
    verdict_slot *slot = next_slot(L, box, which, spec->name);
    lua_settop(L, 3);  // reading a filter leaves values above the arguments
    row_filter filter;
    slot->target = views_target(L, 1, spec->name, &filter);
    slot->member = filter.except;
    if (slot->target == SANDBOX_TARGET_FILTER) {
        if (box->filters == NULL) {
            box->filters = memory_resize(NULL, VERDICT_SLOTS * sizeof *box->filters);
            if (box->filters == NULL) return limits_fatal(L, SANDBOX_FAULT_MEMORY, SANDBOX_CODE_OUT_OF_MEMORY,
                                                          "no memory for a filter");
        }
        filter_texts *texts = &box->filters[box->verdict_count];
        texts->has_tag = keep_text(L, &texts->tag, filter.tag, spec->name, box->vocabulary->filter_tag);
        texts->has_group = keep_text(L, &texts->group, filter.group, spec->name, box->vocabulary->filter_group);
    }
    return finish_verdict(L, box, spec, slot, 2);
}

// One function per verdict of the vocabulary: an upvalue would have to be fetched in each decision.
#define VERDICT(place) \
    static int verdict_##place(lua_State *L) { return make_verdict(L, place); } \
    static int targeted_##place(lua_State *L) { return make_targeted(L, place); }
VERDICT(0) VERDICT(1) VERDICT(2) VERDICT(3) VERDICT(4) VERDICT(5) VERDICT(6) VERDICT(7)
static const lua_CFunction verdict_functions[VERDICT_MAX] = {verdict_0, verdict_1, verdict_2, verdict_3,
                                                             verdict_4, verdict_5, verdict_6, verdict_7};
static const lua_CFunction targeted_functions[VERDICT_MAX] = {targeted_0, targeted_1, targeted_2, targeted_3,
                                                              targeted_4, targeted_5, targeted_6, targeted_7};

static int make_note(lua_State *L) {
    sandbox *box = verdicts_in_call(L, "note");
    limits_charge(L, 4 + lua_gettop(L) / 4);
    size_t length;
    const char *text;
    if (lua_type(L, 1) == LUA_TSTRING) {
        text = lua_tolstring(L, 1, &length);
    } else {
        luaL_checkany(L, 1);
        lua_getfield(L, lua_upvalueindex(1), "tostring");
        lua_pushvalue(L, 1);
        lua_call(L, 1, 1);
        text = lua_tolstring(L, -1, &length);
    }
    // The first notes are kept: a loop must not displace the earlier notes.
    if (box->notes == NULL) {
        box->notes = memory_resize(NULL, NOTE_MAX * sizeof *box->notes);
        if (box->notes == NULL) return limits_fatal(L, SANDBOX_FAULT_MEMORY, SANDBOX_CODE_OUT_OF_MEMORY,
                                                    "no memory for a note");
    }
    if (box->note_count < NOTE_MAX) {
        bounded_text *note = &box->notes[box->note_count++];
        note->length = text_neutralise(note->text, text, length);
    }
    return 0;
}

// SplitMix64, as in the rest of the program: equal seeds give equal numbers.
static uint64_t next_random(sandbox *box) {
    uint64_t z = box->random_state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

// random(): 0 <= x < 1; random(n): 1 to n; random(m, n): m to n
static int make_random(lua_State *L) {
    sandbox *box = verdicts_in_call(L, "random");
    limits_charge(L, 1 + library_numerals(L, 1, 2));
    uint64_t bits = next_random(box);
    lua_Integer low = 1, high;
    switch (lua_gettop(L)) {
    case 0: lua_pushnumber(L, (lua_Number)(bits >> 11) * 0x1p-53); return 1;
    case 1: high = luaL_checkinteger(L, 1); break;
    default:
        low = luaL_checkinteger(L, 1);
        high = luaL_checkinteger(L, 2);
    }
    if (low > high)
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                            "random: expected a range that is not empty, found %I to %I", (LUAI_UACINT)low,
                            (LUAI_UACINT)high);
    uint64_t range = (uint64_t)high - (uint64_t)low + 1;  // 0 is the full range
    uint64_t offset = range == 0 ? bits : (uint64_t)(((unsigned __int128)bits * range) >> 64);
    lua_pushinteger(L, (lua_Integer)((uint64_t)low + offset));
    return 1;
}

void verdicts_open(lua_State *L, sandbox *box) {
    if (box->vocabulary->verdict_count > VERDICT_MAX) luaL_error(L, "too many verdicts");
    for (uint32_t i = 0; i < box->vocabulary->verdict_count; i++) {
        bool is_targeted = box->vocabulary->verdicts[i].takes_target;
        lua_pushcfunction(L, is_targeted ? targeted_functions[i] : verdict_functions[i]);
        lua_setfield(L, 1, box->vocabulary->verdicts[i].name);
    }
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, make_note, 1);
    lua_setfield(L, 1, "note");
    lua_pushcfunction(L, make_random);
    lua_setfield(L, 1, "random");
    lua_pushcfunction(L, clock_local_time);
    lua_setfield(L, 1, "local_time");
}
