// Analyses compiled code, as `lua_dump` writes it, for facts that are not otherwise visible: whether a script can write
// its globals or tables that it received, which names it uses, and how many constants its functions have. The format is
// that of every Lua 5.4 (ldump.c, lopcodes.h); it is tested on known sources before its results are used.
#include "internal.h"

// Opcodes of Lua 5.4: the low 7 bits of an instruction. A is bits 7 to 14, B bits 16 to 23, Bx the upper 17 bits, sJ the
// upper 25.
enum {
    OP_LFALSESKIP = 6, OP_GETUPVAL = 9, OP_SETUPVAL = 10, OP_SETTABUP = 15, OP_SETTABLE, OP_SETI, OP_SETFIELD, OP_NEWTABLE,
    OP_CONCAT = 53, OP_JMP = 56, OP_CALL = 68, OP_FORLOOP = 73, OP_FORPREP, OP_TFORPREP, OP_TFORCALL, OP_TFORLOOP,
    OP_SETLIST, OP_CLOSURE, OP_VARARG, OP_VARARGPREP, OP_EXTRAARG,
};

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

// ---- Reading. Every read is checked against the end: `is_well` is true if all of it was present.

typedef struct {
    const unsigned char *at, *end;
    bool is_well;
    bytecode_visitor visit;
    void *context;
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

// Seven bits per byte, the most significant first; the last byte is marked.
static size_t take_size(reader *in) {
    size_t value = 0;
    for (const unsigned char *byte; (byte = take(in, 1)) != NULL;) {
        if (value > SIZE_MAX >> 7) in->is_well = false;
        value = value << 7 | (*byte & 0x7F);
        if (*byte & 0x80) return value;
    }
    return 0;
}

// The bytes of a string and their number; NULL for no string.
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
    case 0x04: case 0x14: {
        const unsigned char *text = take_string(in, &length);
        if (text != NULL && in->visit != NULL) in->visit(in->context, (const char *)text, length);
        break;
    }
    default: in->is_well = false;
    }
}

enum { UPVALUE_LIMIT = 256, DEPTH_LIMIT = 220 };  // limits of Lua: 255 upvalues, and 200 C levels of the parser

// ---- Writes to tables
//
// A write is harmless if its table was just created by the function itself. The analysis follows instructions in
// sequence: it knows the registers that hold such a table from NEWTABLE on, until something else is stored in them, or
// until the code branches, is a jump target, or creates a function that might capture them.

typedef struct {
    const unsigned char *code;
    size_t count;
} function_code;

static uint32_t instruction_at(const function_code *code, size_t i) {
    uint32_t instruction;
    memcpy(&instruction, code->code + i * 4, 4);
    return instruction;
}

// The instruction to which this one can jump, other than the next one. False if it does not jump.
static bool jump_of(uint32_t instruction, size_t i, size_t *target) {
    size_t far = instruction >> 15;
    switch (instruction & 0x7F) {
    case OP_JMP: *target = i + 1 + (instruction >> 7) - 0xFFFFFF; return true;
    case OP_FORPREP: *target = i + far + 2; return true;
    case OP_TFORPREP: *target = i + far + 1; return true;
    case OP_FORLOOP:
    case OP_TFORLOOP: *target = i + 1 - far; return true;
    default: return false;
    }
}

// Whether the knowledge about registers stays valid after an instruction, except for the registers from A on.
static bool goes_on(uint32_t operation) {
    if (operation == OP_LFALSESKIP) return false;
    return operation <= OP_CONCAT || operation == OP_CALL || operation == OP_SETLIST || operation == OP_VARARG ||
           operation == OP_EXTRAARG;
}

// Whether an instruction writes no registers.
static bool only_reads(uint32_t operation) {
    return operation == OP_SETUPVAL || (operation >= OP_SETTABUP && operation <= OP_SETFIELD) ||
           operation == OP_SETLIST || operation == OP_EXTRAARG;
}

static bool may_write_tables(const function_code *code, const bool is_captured[256], uint8_t *is_target) {
    for (size_t i = 0; i < code->count; i++) {
        size_t target;
        if (!jump_of(instruction_at(code, i), i, &target)) continue;
        if (target >= code->count) return true;
        is_target[target] = 1;
    }
    // In ascending order.
    uint8_t made[256];
    int count = 0;
    for (size_t i = 0; i < code->count; i++) {
        uint32_t instruction = instruction_at(code, i);
        uint32_t operation = instruction & 0x7F, a = instruction >> 7 & 0xFF;
        if (is_target[i]) count = 0;
        if (operation == OP_SETTABUP) return true;
        if (operation >= OP_SETTABLE && operation <= OP_SETFIELD) {
            bool is_made = false;
            for (int k = 0; k < count && !is_made; k++) is_made = made[k] == a;
            if (!is_made) return true;
        }
        if (!goes_on(operation)) count = 0;
        if (!only_reads(operation))
            while (count > 0 && made[count - 1] >= a) count--;
        if (operation == OP_NEWTABLE && !is_captured[a]) made[count++] = (uint8_t)a;
    }
    return false;
}

static bool has_loops(const function_code *code) {
    for (size_t i = 0; i < code->count; i++) {
        size_t target;
        if (jump_of(instruction_at(code, i), i, &target) && target <= i) return true;
    }
    return false;
}

// Scratch memory for one function's code: a byte per instruction.
static void inspect_writes(reader *in, const function_code *code, const bool is_captured[256], bytecode_facts *facts) {
    uint8_t *is_target = memory_zeroed(code->count + 1);
    if (is_target == NULL)
        in->is_well = false;
    else if (may_write_tables(code, is_captured, is_target))
        facts->may_write_tables = true;
    memory_release(is_target);
}

// ---- Functions

// Sets `is_captured` for the registers of the enclosing function that this one captures.
static void inspect_function(reader *in, bytecode_facts *facts, int depth, bool is_captured_outside[256]) {
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
    const unsigned char *upvalue = take(in, upvalues <= UPVALUE_LIMIT ? upvalues * 3 : SIZE_MAX);
    for (size_t i = 0; i < upvalues && in->is_well; i++)
        if (upvalue[i * 3] != 0) is_captured_outside[upvalue[i * 3 + 1]] = true;
    size_t functions = take_size(in);
    bool is_captured[256] = {false};
    for (size_t i = 0; i < functions && in->is_well; i++) inspect_function(in, facts, depth + 1, is_captured);

    take(in, take_size(in));  // lines
    size_t line_count = take_size(in);
    for (size_t i = 0; i < line_count && in->is_well; i++) take_size(in), take_size(in);
    size_t locals = take_size(in);
    for (size_t i = 0; i < locals && in->is_well; i++) take_string(in, &length), take_size(in), take_size(in);

    // The globals are the upvalue named _ENV; no source may use that name for anything else.
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
        // A global is written through its upvalue, or, if its name is long or beyond the first 256 constants, through a
        // register that holds the table.
        if (operation == OP_SETTABUP && is_globals[a]) facts->may_write_globals = true;
        if (operation == OP_GETUPVAL && is_globals[b]) facts->may_write_globals = true;
    }
    // The chunk itself runs before it can see any rows.
    if (depth == 0 || !in->is_well) return;
    function_code functions_code = {code, code_count};
    if (has_loops(&functions_code)) facts->has_loops = true;
    if (!facts->may_write_tables) inspect_writes(in, &functions_code, is_captured, facts);
}

// "\x1BLua", version, format, 6 bytes of test data, 3 sizes, 2 numbers of test data, the number of upvalues.
enum { HEADER = 4 + 1 + 1 + 6 + 3 + sizeof(lua_Integer) + sizeof(lua_Number) + 1 };

static bool inspect(lua_State *L, bytecode_facts *facts, bytecode_visitor visit, void *context, bool *had_memory) {
    dump code = {NULL, 0, 0};
    *facts = (bytecode_facts){.most_constants = 0};
    bool is_well = lua_dump(L, append, &code, 0) == 0;
    *had_memory = is_well;
    if (is_well) {
        reader in = {code.bytes, code.bytes + code.length, true, visit, context};
        const unsigned char *header = take(&in, HEADER);
        is_well = header != NULL && header[4] == 0x54 && header[5] == 0 && header[12] == 4 &&
                  header[13] == sizeof(lua_Integer) && header[14] == sizeof(lua_Number);
        if (is_well) {
            bool is_captured[256] = {false};
            inspect_function(&in, facts, 0, is_captured);
            is_well = in.is_well && in.at == in.end;
        }
    }
    memory_release(code.bytes);
    return is_well;
}

// ---- Does this file read the code of the linked library correctly?

enum { UNTRIED, KNOWN, UNKNOWN };

// KNOWN if the analysis of the source gives the expected facts; UNTRIED if there is not enough memory.
static int finds(lua_State *L, const char *source, const bytecode_facts *expected) {
    bytecode_facts facts;
    bool had_memory = luaL_loadbufferx(L, source, strlen(source), "=probe", "t") != LUA_ERRMEM;
    bool is_so = had_memory && lua_isfunction(L, -1) && inspect(L, &facts, NULL, NULL, &had_memory) &&
                 facts.may_write_globals == expected->may_write_globals &&
                 facts.may_write_tables == expected->may_write_tables && facts.has_loops == expected->has_loops &&
                 facts.most_constants == expected->most_constants;
    lua_settop(L, 0);
    return is_so ? KNOWN : had_memory ? UNKNOWN : UNTRIED;
}

static int try_library(void) {
    // Expected: may write globals, may write tables, has loops, number of constants.
    static const struct {
        const char *source;
        bytecode_facts facts;
    } probes[] = {
        {"local t = {} ; local function f() t.x = y.z end ; return f", {false, true, false, 3}},
        {"x = 1", {true, false, false, 2}},
        {"return function() local a = b ; function c() end end", {true, true, false, 2}},
        // A name of more than 40 bytes is not a short string.
        {"return function() abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz = 1 end", {true, true, false, 2}},
        {"local a <const>, b = 1, 2.5 ; return function(...) return a, b, ..., 'x', 3.5, 1 << 40 end",
         {false, false, false, 3}},
        // Tables just created, and other tables.
        {"local t = {} ; t.a = 1 ; for i = 1, 2 do t[i] = i end ; return t", {false, false, false, 2}},
        {"return function(a, b, ...) local t = { x = a, [b] = { y = a(b), 2, ... }, [5] = -b } ; t.z = 1 return t end",
         {false, false, false, 4}},
        {"return function(a) a.x = 1 end", {false, true, false, 2}},
        {"return function(a) a[1] = 1 end", {false, true, false, 1}},
        {"return function(a, b) a[b] = b end", {false, true, false, 0}},
        {"return function(a, b) local t = {} ; if b then t = a end ; t[b] = b end", {false, true, false, 0}},
        {"return function(a, b) local t = {} ; repeat t[b] = b ; t = a until b end", {false, true, true, 0}},
        {"return function(a, b) local t = {} ; local function f() t = a end ; f() ; t[b] = b end",
         {false, true, false, 0}},
        {"return function(a) while a() do end end", {false, false, true, 0}},
        {"return function(a) for i = 1, 2 do a() end end", {false, false, true, 0}},
        {"return function(a) for i in a do a() end end", {false, false, true, 0}},
        {"return function(a) if a then return a end return 1 end", {false, false, false, 0}},
    };
    lua_State *L = luaL_newstate();
    if (L == NULL) return UNTRIED;
    int result = KNOWN;
    for (size_t i = 0; i < sizeof probes / sizeof *probes && result == KNOWN; i++)
        result = finds(L, probes[i].source, &probes[i].facts);
    lua_close(L);
    return result;
}

bool bytecode_inspect(lua_State *L, bytecode_facts *facts, bytecode_visitor visit, void *context) {
    static _Atomic int library;
    if (library == UNTRIED) library = try_library();
    bool had_memory;
    return library == KNOWN && inspect(L, facts, visit, context, &had_memory);
}
