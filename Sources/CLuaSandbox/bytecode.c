// Reads compiled code, as `lua_dump` writes it, for what cannot be seen from outside: whether a script can write its
// globals, and how many constants its functions have. The form is that of every Lua 5.4 (ldump.c, lopcodes.h); it is
// tried on known sources before it is believed.
#include "internal.h"

// Opcodes of Lua 5.4: the low 7 bits of an instruction. A is bits 7 to 14, B bits 16 to 23.
enum { OP_GETUPVAL = 9, OP_SETTABUP = 15 };

typedef struct {
    unsigned char *bytes;
    size_t length, capacity;
} dump;

static int append(lua_State *L, const void *piece, size_t length, void *context) {
    (void)L;
    dump *to = context;
    if (length > to->capacity - to->length) {
        size_t capacity = (to->capacity + length) * 2;
        unsigned char *bigger = memory_resize(to->bytes, capacity);
        if (bigger == NULL) return 1;
        to->bytes = bigger;
        to->capacity = capacity;
    }
    memcpy(to->bytes + to->length, piece, length);
    to->length += length;
    return 0;
}

// ---- Reading. Everything is checked against the end: `is_well` says whether it all was there.

typedef struct {
    const unsigned char *at, *end;
    bool is_well;
} reader;

static const unsigned char *take(reader *in, size_t length) {
    if (!in->is_well || length > (size_t)(in->end - in->at)) {
        in->is_well = false;
        return NULL;
    }
    const unsigned char *start = in->at;
    in->at += length;
    return start;
}

// Seven bits a byte, the most significant first, the last byte marked.
static size_t take_size(reader *in) {
    size_t value = 0;
    for (const unsigned char *byte; (byte = take(in, 1)) != NULL;) {
        if (value > SIZE_MAX >> 7) in->is_well = false;
        value = value << 7 | (*byte & 0x7F);
        if (*byte & 0x80) return value;
    }
    return 0;
}

// The bytes of a string and their number; NULL for none.
static const unsigned char *take_string(reader *in, size_t *length) {
    size_t size = take_size(in);
    *length = size > 0 ? size - 1 : 0;
    return size > 0 ? take(in, *length) : NULL;
}

static void skip_constant(reader *in) {
    const unsigned char *kind = take(in, 1);
    if (kind == NULL) return;
    size_t length;
    switch (*kind) {
    case 0x00: case 0x01: case 0x11: break;                             // nil, false, true
    case 0x03: take(in, sizeof(lua_Integer)); break;
    case 0x13: take(in, sizeof(lua_Number)); break;
    case 0x04: case 0x14: take_string(in, &length); break;
    default: in->is_well = false;
    }
}

enum { UPVALUE_LIMIT = 256, DEPTH_LIMIT = 220 };  // of Lua: 255 upvalues, and 200 C levels of the parser

static void inspect_function(reader *in, bytecode_facts *facts, int depth) {
    size_t length;
    if (depth > DEPTH_LIMIT) in->is_well = false;
    take_string(in, &length);  // source
    take_size(in);             // first line
    take_size(in);             // last line
    take(in, 3);               // parameters, varargs, registers

    size_t code_count = take_size(in);
    const unsigned char *code = code_count <= SIZE_MAX / 4 ? take(in, code_count * 4) : NULL;
    if (code == NULL) in->is_well = false;
    size_t constants = take_size(in);
    if (constants > facts->most_constants) facts->most_constants = (uint32_t)constants;
    for (size_t i = 0; i < constants && in->is_well; i++) skip_constant(in);
    size_t upvalues = take_size(in);
    take(in, upvalues <= UPVALUE_LIMIT ? upvalues * 3 : SIZE_MAX);
    size_t functions = take_size(in);
    for (size_t i = 0; i < functions && in->is_well; i++) inspect_function(in, facts, depth + 1);

    take(in, take_size(in));  // lines
    size_t line_count = take_size(in);
    for (size_t i = 0; i < line_count && in->is_well; i++) take_size(in), take_size(in);
    size_t locals = take_size(in);
    for (size_t i = 0; i < locals && in->is_well; i++) take_string(in, &length), take_size(in), take_size(in);

    // The globals are the upvalue with the name _ENV, which no source may use for anything else.
    bool is_globals[UPVALUE_LIMIT] = {false};
    size_t names = take_size(in);
    if (names != upvalues) in->is_well = false;
    for (size_t i = 0; i < names && in->is_well; i++) {
        const unsigned char *name = take_string(in, &length);
        is_globals[i] = name == NULL || (length == 4 && memcmp(name, "_ENV", 4) == 0);
    }
    for (size_t i = 0; i < code_count && in->is_well; i++) {
        uint32_t instruction;
        memcpy(&instruction, code + i * 4, 4);
        uint32_t operation = instruction & 0x7F, a = instruction >> 7 & 0xFF, b = instruction >> 16 & 0xFF;
        // A global is written through its upvalue, or the table goes into a register first: when its name is long, or
        // beyond the first 256 constants.
        if (operation == OP_SETTABUP && is_globals[a]) facts->may_write_globals = true;
        if (operation == OP_GETUPVAL && is_globals[b]) facts->may_write_globals = true;
    }
}

// "\x1BLua", version, format, 6 bytes of test data, 3 sizes, 2 numbers of test data, the number of upvalues.
enum { HEADER = 4 + 1 + 1 + 6 + 3 + sizeof(lua_Integer) + sizeof(lua_Number) + 1 };

static bool inspect(lua_State *L, bytecode_facts *facts, bool *had_memory) {
    dump code = {NULL, 0, 0};
    *facts = (bytecode_facts){false, 0};
    bool is_well = lua_dump(L, append, &code, 0) == 0;
    *had_memory = is_well;
    if (is_well) {
        reader in = {code.bytes, code.bytes + code.length, true};
        const unsigned char *header = take(&in, HEADER);
        is_well = header != NULL && header[4] == 0x54 && header[5] == 0 && header[12] == 4 &&
                  header[13] == sizeof(lua_Integer) && header[14] == sizeof(lua_Number);
        if (is_well) {
            inspect_function(&in, facts, 0);
            is_well = in.is_well && in.at == in.end;
        }
    }
    memory_release(code.bytes);
    return is_well;
}

// ---- Is the linked library's code what this file reads?

enum { UNTRIED, KNOWN, UNKNOWN };

// KNOWN when the source is found to be what it is; UNTRIED without memory for it.
static int finds(lua_State *L, const char *source, bool writes, uint32_t constants) {
    bytecode_facts facts;
    bool had_memory = luaL_loadbufferx(L, source, strlen(source), "=probe", "t") != LUA_ERRMEM;
    bool is_so = had_memory && lua_isfunction(L, -1) && inspect(L, &facts, &had_memory) &&
                 facts.may_write_globals == writes && facts.most_constants == constants;
    lua_settop(L, 0);
    return is_so ? KNOWN : had_memory ? UNKNOWN : UNTRIED;
}

static int try_library(void) {
    static const struct {
        const char *source;
        bool writes;
        uint32_t constants;
    } probes[] = {
        {"local t = {} ; local function f() t.x = y.z end ; return f", false, 3},
        {"x = 1", true, 2},
        {"return function() local a = b ; function c() end end", true, 2},
        // A name of more than 40 bytes is no short string.
        {"return function() abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz = 1 end", true, 2},
        {"local a <const>, b = 1, 2.5 ; return function(...) return a, b, ..., 'x', 3.5, 1 << 40 end", false, 3},
    };
    lua_State *L = luaL_newstate();
    if (L == NULL) return UNTRIED;
    int result = KNOWN;
    for (size_t i = 0; i < sizeof probes / sizeof *probes && result == KNOWN; i++)
        result = finds(L, probes[i].source, probes[i].writes, probes[i].constants);
    lua_close(L);
    return result;
}

bool bytecode_inspect(lua_State *L, bytecode_facts *facts) {
    static _Atomic int library;
    if (library == UNTRIED) library = try_library();
    bool had_memory;
    return library == KNOWN && inspect(L, facts, &had_memory);
}
