// Instruction budget, memory cap, CPU time: the three limits that can stop a script.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "internal.h"

// ---- Memory

// Reporting a failure needs memory: after the cap is reached, this much more is available in small pieces.
enum { SLACK = 65536, SLACK_PIECE = 4096 };

// Lua's own start value of the countdown is this much above any slice. The hook corrects it; if Lua cannot call the
// hook because it lacks stack, the value shows that a whole slice has passed.
enum { UNSEEN = 1 << 24 };

static void count_down(sandbox *box) {
    *box->hook_count = box->slice;
    box->hook_count[-1] = UNSEEN + box->slice;
}

// Makes the hook run after the current instruction. Safe anywhere: `lua_sethook` is designed for signal handlers.
static void fire_next(sandbox *box) {
    if (box->hook_count == NULL) return;
    bool is_unseen = *box->hook_count >= UNSEEN;
    box->vm_done += is_unseen ? box->slice : box->slice - *box->hook_count;
    box->slice = 1;
    box->room = -1;
    lua_sethook(box->L, limits_hook, LUA_MASKCOUNT, 1);
}

// Limits the countdown to the remaining budget, so that the place where a script is stopped depends only on what it
// used, not on when the clock was checked. Returns the units that can be charged until this must be done again. Safe
// anywhere.
static void cap_countdown(sandbox *box) {
    int64_t left = box->limits.instructions - limits_used(box);
    if (*box->hook_count > left + 1) {
        box->vm_done += box->slice - *box->hook_count;
        box->slice = left < 0 ? 1 : (int)left + 1;
        lua_sethook(box->L, limits_hook, LUA_MASKCOUNT, box->slice);
        count_down(box);
    }
    int64_t before_look = CHARGE_SLICE - (box->charged - box->charged_at_look);
    box->room = left + 1 - *box->hook_count;
    if (before_look < box->room) box->room = before_look;
}

// Lua calls this for every block. It never raises an error: after a refusal Lua collects all garbage and tries again,
// and a second refusal is LUA_ERRMEM, which our `pcall` does not let a script catch.
void *limits_allocate(void *context, void *block, size_t old_size, size_t new_size) {
    sandbox *box = context;
    if (new_size == 0) {
        if (block != NULL) box->memory_used -= old_size;
        memory_release(block);
        return NULL;
    }
    size_t held = block != NULL ? old_size : 0;
    if (new_size > held && box->phase != PHASE_SETUP) {
        size_t cap = box->limits.memory + box->mirror.bytes;
        bool is_string = block == NULL && old_size == LUA_TSTRING;
        if (box->unwinding && new_size <= SLACK_PIECE) cap += SLACK;
        if (box->memory_used - held + new_size > cap || (is_string && new_size > STRING_MAX + 64)) {
            if (++box->refused == 1 && ++box->collections > COLLECTION_MAX) box->refused = 2;
            if (box->refused >= 2 && !box->exhausted) {
                // The script is lost even if the interpreter can continue without the memory: no pcall continues from
                // here. `lua_getinfo` with "l" only reads, and every allocation saves the program counter first, so the
                // line is available here and nowhere later.
                box->unwinding = true;
                box->exhausted = true;
                lua_Debug record;
                for (int level = 0; box->line == 0 && lua_getstack(box->L, level, &record); level++) {
                    if (lua_getinfo(box->L, "l", &record) && record.currentline > 0) box->line = record.currentline;
                }
                fire_next(box);
            }
            return NULL;
        }
    }
    void *moved = memory_resize(block, new_size);
    if (moved == NULL) return NULL;
    // One instruction copies all bytes of a long string. They are charged by length, and only once, although Lua
    // retries a refused allocation. Short strings are not charged, because whether one is allocated depends on earlier
    // decisions.
    if (block == NULL && old_size == LUA_TSTRING && new_size > 128 && box->phase != PHASE_SETUP) {
        box->charged += (int64_t)(new_size / 32);
        if (!box->exhausted) cap_countdown(box);
    }
    box->refused = 0;
    box->memory_used += new_size - held;
    return moved;
}

// ---- Instructions

// The count hook keeps its countdown in `lua_State`, which offers no way to read it, but exact counts make
// `instructions` the same on every machine. In all of 5.4, lua_State has `basehookcount` and `hookcount` next to each
// other, so this code finds them by a number that it sets itself, and uses them only if the second one then counts
// down. The main state is the head of a block of more than a kilobyte: the search stays inside it.
bool limits_find_counter(sandbox *box) {
    const int magic = 0x2A5B7C01;
    lua_sethook(box->L, limits_hook, LUA_MASKCOUNT, magic);
    int *words = (int *)box->L;
    volatile int *found = NULL;
    for (int i = 1; i < 64; i++) {
        if (words[i - 1] == magic && words[i] == magic) {
            if (found != NULL) return false;
            found = &words[i];
        }
    }
    if (found == NULL) return false;
    box->hook_count = found;
    box->slice = magic;
    box->vm_done = 0;
    // Runs `return`, which is one or two instructions in every Lua 5.4.
    if (luaL_loadbufferx(box->L, "", 0, "=probe", "t") != LUA_OK) return false;
    if (lua_pcall(box->L, 0, 0, 0) != LUA_OK) return false;
    int spent = magic - *found;
    return words[found - words - 1] == magic && spent >= 1 && spent <= 4;
}

static int64_t now_ns(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

// One instruction can move as many values as the stack holds, and the budget counts it as one. So with much memory in
// use the clock is checked more often. This must depend on what the script did, never on elapsed time: Lua may need
// more stack to call the hook, so the end of a slice can change which allocations are refused.
static int longest_slice(const sandbox *box) {
    return box->memory_used > box->mirror.bytes + LARGE_MEMORY ? SHORT_SLICE : SLICE;
}

// `before` is the value from which the countdown restarted, 0 if it cannot be continued.
static void arm(sandbox *box, int64_t left, int before) {
    int most = before > 0 ? longest_slice(box) : SLICE;
    box->slice = left < most ? (int)(left < 1 ? 1 : left) : most;
    if (box->slice != before) lua_sethook(box->L, limits_hook, LUA_MASKCOUNT, box->slice);
    count_down(box);
}

void limits_begin(sandbox *box) {
    box->vm_done = 0;
    box->charged = 0;
    box->cpu_deadline_ns = 0;
    box->charged_at_look = 0;
    box->began_at_ns = 0;
    box->refused = 0;
    box->collections = 0;
    box->unwinding = false;
    box->exhausted = false;
    box->pending = SANDBOX_FAULT_NONE;
    box->line = 0;
    box->code = SANDBOX_CODE_NONE;
    box->raised_count = 0;
    box->message.length = 0;
    // If it is armed with a full slice, the hook stays armed between calls: only the countdown has to be set.
    if (box->slice == SLICE && box->limits.instructions >= SLICE)
        *box->hook_count = SLICE;
    else
        arm(box, box->limits.instructions + 1, 0);
    int64_t room = box->limits.instructions + 1 - box->slice;
    box->room = room < CHARGE_SLICE ? room : CHARGE_SLICE;
}

// For a function with more than 255 constants, Lua 5.4.4 can generate code that reads a register before it is written
// (fixed in 5.4.5): such a script would see values of an earlier call. A full collection clears the unused part of the
// stack.
void limits_clear_stack(sandbox *box) {
    lua_gc(box->L, LUA_GCCOLLECT);
}

static int raise_fatal(lua_State *L) {
    // No allocation: the sandbox holds the kind, and the error value is only a marker.
    lua_sethook(L, limits_hook, LUA_MASKCOUNT, 1);
    box_of(L)->slice = 1;
    lua_pushnil(L);
    return lua_error(L);
}

int limits_fatal(lua_State *L, sandbox_fault_kind kind, sandbox_code code, const char *message) {
    sandbox *box = box_of(L);
    if (box->fatal == SANDBOX_FAULT_NONE) {
        // The counter is invalid from here on: the usage is what was used until now.
        box->vm_done = limits_used(box) - box->charged;
        box->slice = *box->hook_count;
        box->fatal = kind;
        box->code = code;
        box->message.length = text_neutralise(box->message.text, message, strlen(message));
        box->unwinding = true;
        lua_Debug record;
        for (int level = 0; box->line == 0 && lua_getstack(L, level, &record); level++) {
            if (lua_getinfo(L, "l", &record) && record.currentline > 0) box->line = record.currentline;
        }
    }
    return raise_fatal(L);
}

static int over_budget(lua_State *L) {
    sandbox *box = box_of(L);
    char message[120];
    snprintf(message, sizeof message, "the instruction budget of %lld is exhausted", (long long)box->limits.instructions);
    return limits_fatal(L, SANDBOX_FAULT_BUDGET, SANDBOX_CODE_INSTRUCTION_BUDGET, message);
}

static int out_of_memory(lua_State *L) {
    char message[120];
    limits_memory_message(box_of(L), message, sizeof message);
    return limits_fatal(L, SANDBOX_FAULT_MEMORY, SANDBOX_CODE_MEMORY_CAP, message);
}

static int out_of_time(lua_State *L) {
    char message[120];
    snprintf(message, sizeof message, "the time limit of %lld ms is exceeded",
             (long long)(box_of(L)->limits.cpu_ns / 1000000));
    return limits_fatal(L, SANDBOX_FAULT_TIMEOUT, SANDBOX_CODE_TIME_LIMIT, message);
}

// The time limit starts at the first check: most decisions end before it, and need no clock.
//
// Reading the thread's CPU clock is a system call, about twenty times as expensive as the elapsed-time clock. CPU time
// of a thread never exceeds elapsed time, so the CPU clock is read only after a millisecond has elapsed. The time until
// then counts as used, up to an eighth of the limit, because the machine may have run something else.
static bool is_late(sandbox *box) {
    int64_t now = now_ns(CLOCK_MONOTONIC), eighth = box->limits.cpu_ns / 8;
    box->charged_at_look = box->charged;
    if (box->began_at_ns == 0) box->began_at_ns = now;
    int64_t passed = now - box->began_at_ns;
    if (passed < 1000000 && passed < eighth) return false;
    int64_t cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
    if (box->cpu_deadline_ns == 0)
        box->cpu_deadline_ns = cpu + box->limits.cpu_ns - (passed < eighth ? passed : eighth);
    return cpu > box->cpu_deadline_ns;
}

void limits_look(lua_State *L) {
    if (is_late(box_of(L))) out_of_time(L);
}

void limits_memory_message(const sandbox *box, char *to, size_t size) {
    snprintf(to, size, "the memory limit of %zu KiB, or of %d KiB for one text, is exceeded", box->limits.memory / 1024,
             STRING_MAX / 1024);
}

void limits_hook(lua_State *L, lua_Debug *record) {
    (void)record;
    sandbox *box = box_of(L);
    if (box->phase == PHASE_SETUP) {
        count_down(box);
        return;
    }
    if (box->fatal != SANDBOX_FAULT_NONE) {
        raise_fatal(L);
        return;
    }
    int before = box->slice;
    box->vm_done += before;
    // Lua restarted the countdown before this call; it is not valid until it is armed below.
    box->slice = *box->hook_count;
    int64_t used = box->vm_done + box->charged;
    if (used > box->limits.instructions) {
        over_budget(L);
        return;
    }
    if (box->exhausted) {
        out_of_memory(L);
        return;
    }
    if (is_late(box)) {
        out_of_time(L);
        return;
    }
    arm(box, box->limits.instructions + 1 - used, before);
    cap_countdown(box);
}

void limits_overcharge(lua_State *L, int64_t units) {
    sandbox *box = box_of(L);
    int64_t left = box->limits.instructions - limits_used(box);
    box->charged += units <= left ? units : left + 1;
    if (units > left) over_budget(L);
    if (box->exhausted) out_of_memory(L);
    if (box->charged - box->charged_at_look > CHARGE_SLICE && is_late(box)) out_of_time(L);
    cap_countdown(box);
}

// ---- Errors

static bool is_same_text(const bounded_text *a, const bounded_text *b) {
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

// The code of a text that the sandbox raised in this call, or NONE for any other text.
static sandbox_code raised_code(const sandbox *box, const bounded_text *text) {
    for (uint32_t i = 0; i < box->raised_count; i++) {
        if (is_same_text(&box->raised[i].text, text)) return box->raised[i].code;
    }
    return SANDBOX_CODE_NONE;
}

// Keeps a text of this call, each once: a script may catch it, and then show it or raise it again. When there is no room
// the last one makes way, so that the text raised last is always there.
static void keep_raised(sandbox *box, sandbox_code code, const char *text, size_t length) {
    if (box->raised_count == RAISED_MAX) box->raised_count--;
    raised_text *raised = &box->raised[box->raised_count];
    raised->code = code;
    raised->text.length = text_neutralise(raised->text.text, text, length);
    if (raised_code(box, &raised->text) == SANDBOX_CODE_NONE) box->raised_count++;
}

int limits_raise(lua_State *L, sandbox_fault_kind kind, sandbox_code code, const char *format, ...) {
    sandbox *box = box_of(L);
    box->pending = kind;
    va_list arguments;
    va_start(arguments, format);
    luaL_where(L, 1);
    const char *text = lua_pushvfstring(L, format, arguments);
    va_end(arguments);
    keep_raised(box, code, text, strlen(text));
    lua_concat(L, 2);
    return lua_error(L);
}

// Whether the function that raised the error at hand is one with which a script raises its own errors.
static bool is_raised_by_script(lua_State *L) {
    lua_Debug record;
    if (!lua_getstack(L, 1, &record) || !lua_getinfo(L, "f", &record)) return false;
    lua_CFunction function = lua_tocfunction(L, -1);
    // Both are wrapped, to be charged for: the wrapper holds the function.
    if (function != NULL && lua_getupvalue(L, -1, 1) != NULL) {
        if (lua_iscfunction(L, -1)) function = lua_tocfunction(L, -1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    const sandbox *box = box_of(L);
    return function != NULL && (function == box->error_function || function == box->assert_function);
}

// Runs where the error is raised: the only place that knows the line.
int limits_message_handler(lua_State *L) {
    sandbox *box = box_of(L);
    if (box->fatal != SANDBOX_FAULT_NONE) return 1;
    lua_Debug record;
    box->line = 0;
    for (int level = 1; box->line == 0 && lua_getstack(L, level, &record); level++) {
        if (lua_getinfo(L, "l", &record) && record.currentline > 0) box->line = record.currentline;
    }
    size_t length;
    const char *text;
    char other[80];
    sandbox_code code = SANDBOX_CODE_NONE;
    if (lua_type(L, 1) == LUA_TSTRING) {
        text = lua_tolstring(L, 1, &length);
        // "NAME:12: message": the position is returned in its own field.
        size_t name = strlen(box->script);
        if (length > name + 1 && strncmp(text, box->script, name) == 0 && text[name] == ':') {
            const char *rest = text + name + 1;
            while (*rest >= '0' && *rest <= '9') rest++;
            if (rest[0] == ':' && rest[1] == ' ') {
                length -= (size_t)(rest + 2 - text);
                text = rest + 2;
            }
        }
    } else {
        snprintf(other, sizeof other, "expected text as the error value, found %s", environment_type_name(L, 1));
        text = other;
        length = strlen(other);
        code = SANDBOX_CODE_ERROR_NOT_TEXT;
    }
    // Without a message, an error of the script could not be distinguished from one of the compiler.
    if (length == 0) {
        text = "the error has no message";
        length = strlen(text);
        code = SANDBOX_CODE_ERROR_WITHOUT_MESSAGE;
    }
    box->message.length = text_neutralise(box->message.text, text, length);
    if (code == SANDBOX_CODE_NONE) code = raised_code(box, &box->message);
    // What is left was written by the script or by Lua itself.
    if (code == SANDBOX_CODE_NONE && !is_raised_by_script(L)) code = SANDBOX_CODE_LUA_ERROR;
    box->code = code;
    return 1;
}
