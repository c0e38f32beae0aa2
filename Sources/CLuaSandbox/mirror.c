// The mirror: the rows of a set as Lua tables, for scripts that iterate over it.
//
// Reading a field of a handle, or an index of the set, is a call from the interpreter into C. A script that scores
// every row spends most of its time on such calls, so it gets tables instead: one for each row with those of the row's
// numbers that the script's code names, and one for the set with the rows in its array part. All other accesses use the
// same functions as for a handle, and a script cannot distinguish the two.
//
// Existing keys of a table could be written, so a script gets the mirror only if its code has no instruction that
// writes to a table that it has not just created (bytecode.c); library functions that write tables receive the handle
// instead of the mirror. Whether a script gets a mirror depends only on its code, the limits and the number of rows.
//
// The tables are created when a set is first shown, and updated from its list of changed rows. Their memory is the
// host's: it is allocated outside the cap and added to it.
#include "internal.h"

// The key of a row's index in its table. Handles have a kind, so no script has this value.
static const void *const row_key = (const void *)8;

// The registry entries, in the order of box->mirror.refs.
enum { SET_TABLE, LIST_TABLE, WRITER };

// ---- Which scripts get a mirror

// Collects names in a script's code that show whether it iterates over the set.
void mirror_take_name(void *context, const char *name, size_t length) {
    sandbox *box = context;
    mirror_state *mirror = &box->mirror;
    const sandbox_vocabulary *vocabulary = box->vocabulary;
    for (uint32_t s = 0; s < vocabulary->schema_count && s < SCHEMA_MAX; s++) {
        const sandbox_schema *schema = vocabulary->schemas[s];
        for (uint32_t f = 0; f < schema->field_count && f < 64; f++) {
            const sandbox_field *field = &schema->fields[f];
            bool is_word = field->kind == SANDBOX_FIELD_BOOL || field->kind == SANDBOX_FIELD_INT ||
                           field->kind == SANDBOX_FIELD_NUMBER;
            if (is_word && strlen(field->name) == length && memcmp(field->name, name, length) == 0)
                mirror->read[s] |= (uint64_t)1 << f;
        }
    }
    for (uint32_t i = 0; i < vocabulary->query_count; i++) {
        const sandbox_query_spec *query = &vocabulary->queries[i];
        if (strlen(query->name) != length || memcmp(query->name, name, length) != 0) continue;
        if (query->kind == SANDBOX_QUERY_ELIGIBLE) mirror->names_eligible = true;
        if (query->kind == SANDBOX_QUERY_CANDIDATES) mirror->names_candidates = true;
    }
    static const char *const walks[] = {"ipairs", SANDBOX_OPERATOR_LENGTH};
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++)
        if (strlen(walks[i]) == length && memcmp(walks[i], name, length) == 0) mirror->names_walk = true;
}

// A script that only asks for the best few does not iterate over the set.
static bool walks(const mirror_state *mirror) {
    return mirror->names_eligible || (mirror->names_walk && !mirror->names_candidates);
}

void mirror_decide(sandbox *box, const bytecode_facts *facts) {
    box->mirror.is_wanted =
        walks(&box->mirror) && facts->has_loops && !facts->may_write_tables && facts->most_constants <= CONSTANT_MAX;
}

// An upper bound for the size of the tables of `rows` rows.
static size_t size_of(uint32_t rows, uint32_t fields) {
    enum { TABLE = 64, SLOT = 16, NODE = 32 };
    size_t nodes = 1;
    while (nodes < fields + 1) nodes *= 2;
    return (size_t)rows * (TABLE + nodes * NODE + 2 * SLOT) + 1024;
}

// ---- Creating and updating

static void note_eligible(mirror_state *mirror, const sandbox_rows *set, uint32_t row) {
    uint8_t is_eligible = set->nodes[row].row != UINT32_MAX;
    if (mirror->eligible[row] != is_eligible) mirror->has_list = false;
    mirror->eligible[row] = is_eligible;
}

// Upvalues: the names of the fields. Writes a row's numbers into its table at `table`.
static void write_row(lua_State *L, sandbox *box, const sandbox_rows *set, int table, uint32_t row) {
    mirror_state *mirror = &box->mirror;
    const uint8_t *bytes = set->rows + (size_t)row * set->stride;
    for (uint32_t i = 0; i < mirror->field_count; i++) {
        lua_pushvalue(L, lua_upvalueindex((int)i + 1));
        views_push_word(L, bytes, &set->schema->fields[mirror->fields[i]]);
        if (lua_isnil(L, -1)) mirror->lacks |= (uint64_t)1 << i;
        lua_rawset(L, table);
    }
    note_eligible(mirror, set, row);
}

static void push_ref(lua_State *L, const sandbox *box, int which) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, box->mirror.refs[which]);
}

// [value] -> []
static void set_ref(lua_State *L, const sandbox *box, int which) {
    lua_rawseti(L, LUA_REGISTRYINDEX, box->mirror.refs[which]);
}

// A list with space for every row, so that adding items does not allocate.
static void make_list(lua_State *L, sandbox *box, uint32_t count) {
    lua_createtable(L, (int)count, 0);
    box->mirror.list = lua_topointer(L, -1);
    set_ref(L, box, LIST_TABLE);
    box->mirror.list_count = 0;
    box->mirror.has_list = false;
    box->mirror.is_list_touched = false;
}

// Updates the rows that changed since the last use of the mirror.
static int follow(lua_State *L) {
    sandbox *box = box_of(L);
    mirror_state *mirror = &box->mirror;
    const sandbox_rows *set = box->request->set;
    if (mirror->is_list_touched) make_list(L, box, set->count);
    push_ref(L, box, SET_TABLE);
    int table = lua_gettop(L);
    bool is_all = set->changes - mirror->changes > SANDBOX_CHANGE_MAX;
    uint64_t end = is_all ? set->count : set->changes;
    for (uint64_t i = is_all ? 0 : mirror->changes; i < end; i++) {
        uint32_t row = is_all ? (uint32_t)i : set->changed[i % SANDBOX_CHANGE_MAX];
        lua_rawgeti(L, table, (lua_Integer)row + 1);
        write_row(L, box, set, table + 1, row);
        lua_settop(L, table);
    }
    return 0;
}

// Updates one row, whose table is at `table`, outside a protected call: a value replaces another one, which neither
// allocates nor raises an error. False if a number appears or disappears; everything written until then is correct.
static bool patch_row(lua_State *L, mirror_state *mirror, const sandbox_rows *set, int writer, int table, uint32_t row) {
    const uint8_t *bytes = set->rows + (size_t)row * set->stride;
    for (uint32_t i = 0; i < mirror->field_count; i++) {
        const sandbox_field *field = &set->schema->fields[mirror->fields[i]];
        lua_getupvalue(L, writer, (int)i + 1);
        bool is_there = field->kind != SANDBOX_FIELD_INT || *(const int64_t *)(bytes + field->offset) != INT64_MIN;
        if (!is_there || mirror->lacks >> i & 1) {
            lua_pushvalue(L, -1);
            bool was_there = lua_rawget(L, table) != LUA_TNIL;
            lua_pop(L, 1);
            if (was_there != is_there) return false;
            if (!is_there) {
                lua_pop(L, 1);
                continue;
            }
        }
        views_push_word(L, bytes, field);
        lua_rawset(L, table);
    }
    note_eligible(mirror, set, row);
    return true;
}

// Does the work of `follow` for the few rows that one or two decisions changed. False if `follow` has to do it.
static bool patch(sandbox *box, const sandbox_rows *set) {
    lua_State *L = box->L;
    mirror_state *mirror = &box->mirror;
    if (mirror->is_list_touched || set->changes - mirror->changes > SANDBOX_CHANGE_MAX) return false;
    int top = lua_gettop(L), writer = top + 1, table = top + 2;
    push_ref(L, box, WRITER);
    push_ref(L, box, SET_TABLE);
    bool is_well = true;
    for (uint64_t i = mirror->changes; is_well && i < set->changes; i++) {
        uint32_t row = set->changed[i % SANDBOX_CHANGE_MAX];
        lua_rawgeti(L, table, (lua_Integer)row + 1);
        is_well = patch_row(L, mirror, set, writer, table + 1, row);
        lua_settop(L, table);
    }
    lua_settop(L, top);
    return is_well;
}

// Upvalues: the names of the fields. Creates the tables of all rows.
static int make_rows(lua_State *L) {
    sandbox *box = box_of(L);
    mirror_state *mirror = &box->mirror;
    const sandbox_rows *set = box->request->set;
    lua_createtable(L, (int)set->count, 0);
    views_push_metatable(L);
    for (uint32_t row = 0; row < set->count; row++) {
        lua_createtable(L, 0, (int)mirror->field_count + 1);
        lua_pushinteger(L, row);
        lua_rawsetp(L, 3, row_key);
        write_row(L, box, set, 3, row);
        lua_pushvalue(L, 2);
        lua_setmetatable(L, 3);
        lua_rawseti(L, 1, (lua_Integer)row + 1);
    }
    lua_settop(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, box->set_metatable_ref);
    lua_setmetatable(L, 1);
    mirror->set = lua_topointer(L, 1);
    set_ref(L, box, SET_TABLE);
    make_list(L, box, set->count);
    return 0;
}

// [] -> []: creates the mirror of the current call's set.
static int make(lua_State *L) {
    sandbox *box = box_of(L);
    mirror_state *mirror = &box->mirror;
    const sandbox_rows *set = box->request->set;
    uint8_t *eligible = memory_resize(mirror->eligible, (size_t)set->count + 1);
    if (eligible == NULL) return luaL_error(L, "no memory");
    mirror->eligible = eligible;
    for (int function = 0; function < 2; function++) {
        luaL_checkstack(L, (int)mirror->field_count + 4, "fields");
        for (uint32_t i = 0; i < mirror->field_count; i++)
            lua_pushstring(L, set->schema->fields[mirror->fields[i]].name);
        lua_pushcclosure(L, function == 0 ? follow : make_rows, (int)mirror->field_count);
    }
    lua_insert(L, 1);  // make_rows below follow
    set_ref(L, box, WRITER);
    lua_call(L, 0, 0);
    return 0;
}

// Discards the tables. Writes only to existing places, so it raises no error.
static void drop(sandbox *box) {
    mirror_state *mirror = &box->mirror;
    for (int which = 0; which < MIRROR_REFS; which++) {
        lua_pushboolean(box->L, false);
        set_ref(box->L, box, which);
    }
    mirror->serial = 0;
    mirror->is_made = false;
    mirror->set = mirror->list = NULL;
    mirror->bytes = 0;
}

// Records which fields of the set the script reads.
static void choose_fields(sandbox *box, const sandbox_rows *set) {
    mirror_state *mirror = &box->mirror;
    mirror->field_count = 0;
    mirror->lacks = 0;
    for (uint32_t f = 0; f < set->schema->field_count && f < 64; f++)
        if (mirror->read[box->set_place] >> f & 1) mirror->fields[mirror->field_count++] = (uint8_t)f;
}

static bool call(sandbox *box) {
    sandbox_phase phase = box->phase;
    box->phase = PHASE_SETUP;
    bool is_well = lua_pcall(box->L, 0, 0, 0) == LUA_OK;
    if (!is_well) lua_pop(box->L, 1);
    box->phase = phase;
    return is_well;
}

// Creates the tables of another set. Garbage is collected first, so that the added memory is known exactly.
static void begin_anew(sandbox *box, const sandbox_rows *set) {
    mirror_state *mirror = &box->mirror;
    if (mirror->is_made) drop(box);
    choose_fields(box, set);
    mirror->serial = set->serial;
    mirror->edits = set->edits;
    mirror->changes = set->changes;
    if (mirror->field_count == 0 || size_of(set->count, mirror->field_count) > box->limits.mirror) return;
    lua_gc(box->L, LUA_GCCOLLECT);
    lua_gc(box->L, LUA_GCSTOP);
    size_t before = box->memory_used;
    lua_pushcfunction(box->L, make);
    mirror->is_made = call(box);
    if (mirror->is_made) {
        mirror->bytes = box->memory_used - before;
    } else {
        drop(box);
        lua_gc(box->L, LUA_GCCOLLECT);
    }
    lua_gc(box->L, LUA_GCRESTART);
}

void mirror_begin(sandbox *box, const sandbox_rows *set) {
    mirror_state *mirror = &box->mirror;
    mirror->is_on = false;
    mirror->is_list_given = false;
    if (set->serial == 0 || set->nodes == NULL) return;
    if (mirror->serial != set->serial || mirror->edits != set->edits) {
        begin_anew(box, set);
    } else if (mirror->is_made && (mirror->changes != set->changes || mirror->is_list_touched)) {
        if (!patch(box, set)) {
            push_ref(box->L, box, WRITER);
            if (!call(box)) drop(box);
        }
        mirror->changes = set->changes;
    }
    mirror->is_on = mirror->is_made;
}

void mirror_open(lua_State *L, sandbox *box) {
    for (int which = 0; which < MIRROR_REFS; which++) {
        lua_pushboolean(L, false);
        box->mirror.refs[which] = luaL_ref(L, LUA_REGISTRYINDEX);
    }
}

// ---- Use by scripts

void mirror_push_set(lua_State *L, const sandbox *box) { push_ref(L, box, SET_TABLE); }

void mirror_push_member(lua_State *L, const sandbox *box, uint32_t row) {
    push_ref(L, box, SET_TABLE);
    lua_rawgeti(L, -1, (lua_Integer)row + 1);
    lua_remove(L, -2);
}

bool mirror_is_set(lua_State *L, const sandbox *box, int index) {
    return box->mirror.is_on && lua_topointer(L, index) == box->mirror.set;
}

int64_t mirror_row(lua_State *L, const sandbox *box, int index) {
    if (!box->mirror.is_on || !lua_istable(L, index)) return -1;
    int64_t row = lua_rawgetp(L, index, row_key) == LUA_TNUMBER ? lua_tointeger(L, -1) : -1;
    lua_pop(L, 1);
    return row;
}

void mirror_demote(lua_State *L, int index) {
    sandbox *box = box_of(L);
    if (!box->mirror.is_on || lua_type(L, index) != LUA_TTABLE) return;
    int64_t row = mirror_row(L, box, index);
    if (row >= 0)
        lua_pushlightuserdata(L, views_handle(box, HANDLE_MEMBER, 0, (uint32_t)row));
    else if (mirror_is_set(L, box, index))
        lua_rawgeti(L, LUA_REGISTRYINDEX, box->set_ref);
    else
        return;
    lua_replace(L, index);
}

void mirror_promote(lua_State *L) {
    uint32_t detail, place;
    sandbox *box = box_of(L);
    if (!box->mirror.is_on) return;
    int type = lua_type(L, -1);
    if (type == LUA_TLIGHTUSERDATA && views_check(L, -1, &detail, &place) == HANDLE_MEMBER) {
        lua_pop(L, 1);
        mirror_push_member(L, box, place);
    } else if (type == LUA_TUSERDATA) {
        lua_pop(L, 1);
        mirror_push_set(L, box);
    }
}

void mirror_touch(lua_State *L, int index) {
    sandbox *box = box_of(L);
    if (box->mirror.is_on && lua_topointer(L, index) == box->mirror.list) box->mirror.is_list_touched = true;
}

// The list is the same table in each call. A script cannot notice: it sees the list once per call and keeps nothing of
// it, and functions that write to it record that.
bool mirror_push_eligible(lua_State *L, sandbox *box, uint32_t *count) {
    mirror_state *mirror = &box->mirror;
    if (!mirror->is_on || mirror->is_list_given || mirror->is_list_touched) return false;
    mirror->is_list_given = true;
    push_ref(L, box, LIST_TABLE);
    if (!mirror->has_list) {
        int list = lua_gettop(L);
        push_ref(L, box, SET_TABLE);
        uint32_t filled = 0;
        for (uint32_t row = 0; row < box->request->set->count; row++) {
            if (!mirror->eligible[row]) continue;
            lua_rawgeti(L, list + 1, (lua_Integer)row + 1);
            lua_rawseti(L, list, (lua_Integer)++filled);
        }
        for (uint32_t place = filled; place < mirror->list_count; place++) {
            lua_pushnil(L);
            lua_rawseti(L, list, (lua_Integer)place + 1);
        }
        mirror->list_count = filled;
        mirror->has_list = true;
        lua_settop(L, list);
    }
    *count = mirror->list_count;
    return true;
}
