// Handles: a script's references to the caller's rows. A handle is a light userdata, 64 bits by value: it needs no
// allocation, it compares and hashes by the row it refers to, and it can neither be forged nor outlive its call,
// because it contains the call's generation.
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

enum { SUBJECT_BIT = 0x800 };  // in the detail of HANDLE_ITEMS: a field of the subject, not of a member

static handle_kind unpack(const sandbox *box, const void *handle, uint32_t *detail, uint32_t *index) {
    uint64_t bits = (uint64_t)handle;
    *detail = (uint32_t)(bits >> 32) & 0xFFF;
    *index = (uint32_t)bits;
    if ((uint16_t)(bits >> 44) != box->generation || box->phase != PHASE_CALL) return 0;
    return (handle_kind)(bits >> 60);
}

int views_check(lua_State *L, int index, uint32_t *detail, uint32_t *place) {
    sandbox *box = box_of(L);
    if (box->mirror.is_on) {
        int64_t row = mirror_row(L, box, index);
        *detail = 0;
        *place = (uint32_t)row;
        if (row >= 0) return HANDLE_MEMBER;
    }
    // NULL and the addresses of full userdata have no kind.
    return unpack(box, lua_touserdata(L, index), detail, place);
}

const char *views_noun(const sandbox *box) {
    return box->request && box->request->set ? box->request->set->schema->noun : "row";
}

static const sandbox_head *head_at(const sandbox_rows *set, uint32_t row) {
    return (const sandbox_head *)(set->rows + (size_t)row * set->stride);
}

static bool is_eligible(const sandbox_rows *set, uint32_t row) { return set->nodes[row].row != UINT32_MAX; }

// ---- Names

static uint32_t first_slot(const void *interned) {
    uint64_t bits = (uint64_t)interned;
    return (uint32_t)((bits >> 4) ^ (bits >> 12)) & (NAME_SLOTS - 1);
}

// The slot of the name with this address, or the empty slot where it would be.
static name_slot *slot_of(sandbox *box, const void *interned) {
    for (uint32_t i = first_slot(interned);; i = (i + 1) & (NAME_SLOTS - 1)) {
        name_slot *slot = &box->names[i];
        if (slot->key == interned || slot->key == NULL) return slot;
    }
}

// The slot of a name; the string stays in the table at the top of the stack, so its address does not change.
static name_slot *add_name(lua_State *L, sandbox *box, const char *name) {
    lua_pushstring(L, name);
    const void *interned = lua_topointer(L, -1);
    name_slot *slot = slot_of(box, interned);
    if (slot->key == NULL) {
        // Longer strings are not interned, so their addresses do not identify them.
        if (++box->name_count > NAME_SLOTS / 2 || strlen(name) > 40) luaL_error(L, "too many names");
        slot->key = interned;
    }
    lua_pushboolean(L, true);
    lua_rawset(L, -3);
    return slot;
}

static const char *field_name(const void *context, uint32_t index) {
    return ((const sandbox_schema *)context)->fields[index].name;
}

static const char *query_name(const void *context, uint32_t index) {
    return ((const sandbox_vocabulary *)context)->queries[index].name;
}

// ---- Reading fields

void views_push_scalar(lua_State *L, const sandbox_scalar *scalar) {
    switch (scalar->kind) {
    case SANDBOX_SCALAR_BOOL: lua_pushboolean(L, scalar->integer != 0); break;
    case SANDBOX_SCALAR_INT: lua_pushinteger(L, scalar->integer); break;
    case SANDBOX_SCALAR_NUMBER: lua_pushnumber(L, scalar->number); break;
    case SANDBOX_SCALAR_TEXT: lua_pushlstring(L, scalar->text.bytes, scalar->text.length); break;
    }
}

static int push_member(lua_State *L, const sandbox *box, uint32_t row) {
    if (row == UINT32_MAX)
        lua_pushnil(L);
    else if (box->mirror.is_on)
        mirror_push_member(L, box, row);
    else
        lua_pushlightuserdata(L, views_handle(box, HANDLE_MEMBER, 0, row));
    return 1;
}

static inline void push_word(lua_State *L, const uint8_t *at, sandbox_field_kind kind) {
    if (kind == SANDBOX_FIELD_NUMBER)
        lua_pushnumber(L, *(const double *)at);
    else if (kind == SANDBOX_FIELD_BOOL)
        lua_pushboolean(L, *(const int64_t *)at != 0);
    else if (*(const int64_t *)at == INT64_MIN)
        lua_pushnil(L);
    else
        lua_pushinteger(L, *(const int64_t *)at);
}

void views_push_word(lua_State *L, const uint8_t *bytes, const sandbox_field *field) {
    push_word(L, bytes + field->offset, field->kind);
}

static int push_field(lua_State *L, sandbox *box, const uint8_t *row, const sandbox_field *field, uint32_t detail,
                      uint32_t place) {
    const uint8_t *at = row + field->offset;
    switch (field->kind) {
    case SANDBOX_FIELD_BOOL:
    case SANDBOX_FIELD_INT:
    case SANDBOX_FIELD_NUMBER: push_word(L, at, field->kind); break;
    case SANDBOX_FIELD_TEXT: {
        const sandbox_text *text = (const sandbox_text *)at;
        if (text->bytes == NULL)
            lua_pushnil(L);
        else
            lua_pushlstring(L, text->bytes, text->length);
        break;
    }
    case SANDBOX_FIELD_LIST:
    case SANDBOX_FIELD_MAP: lua_pushlightuserdata(L, views_handle(box, HANDLE_ITEMS, detail, place)); break;
    case SANDBOX_FIELD_MEMBER: {
        int64_t member = *(const int64_t *)at;
        push_member(L, box, member < 0 ? UINT32_MAX : (uint32_t)member);
        break;
    }
    }
    return 1;
}

static int unknown_field(lua_State *L, const char *noun, const char *key, const char *(*name)(const void *, uint32_t),
                         uint32_t count, const void *context) {
    limits_charge(L, 500);  // the key is compared with every name
    char bounded[TEXT_MAX + 1];
    text_neutralise(bounded, key, strlen(key) > 40 ? 40 : strlen(key));
    const char *nearest = text_nearest(key, name, count, context);
    if (nearest == NULL)
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_UNKNOWN_FIELD,
                            "a %s has no field '%s'", noun, bounded);
    return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_UNKNOWN_FIELD,
                        "a %s has no field '%s'; did you mean '%s'?", noun, bounded, nearest);
}

static int unknown_row_field(lua_State *L, const sandbox_schema *schema) {
    if (lua_type(L, 2) != LUA_TSTRING)
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_FIELD_NOT_A_NAME,
                            "a %s has fields with names; found %s as a key",
                            schema->noun, environment_type_name(L, 2));
    return unknown_field(L, schema->noun, lua_tostring(L, 2), field_name,
                         schema->field_count - schema->alias_count, schema);
}

// Pushes the field named at 2 of a row of the current call. Most of the cost of a policy is here.
static int push_row_field(lua_State *L, sandbox *box, const sandbox_rows *rows, uint32_t schema, uint32_t row,
                          uint32_t owner_bit) {
    // NULL for numbers and similar values, whose slot is an empty one.
    uint32_t field = slot_of(box, lua_topointer(L, 2))->field[schema];
    if (field == 0) return unknown_row_field(L, rows->schema);
    TRACE(box, read, owner_bit != 0, row, field - 1);
    return push_field(L, box, rows->rows + (size_t)row * rows->stride, &rows->schema->fields[field - 1],
                      (field - 1) | owner_bit, row);
}

// Pushes a field of the object, which has neither lists nor maps, and is not traced.
static int push_object_field(lua_State *L, sandbox *box) {
    const sandbox_rows *rows = box->request->object;
    uint32_t field = slot_of(box, lua_topointer(L, 2))->field[box->object_place];
    if (field == 0) return unknown_row_field(L, rows->schema);
    return push_field(L, box, rows->rows, &rows->schema->fields[field - 1], 0, 0);
}

static const sandbox_field *items_field(const sandbox *box, uint32_t detail, uint32_t row, const sandbox_items **items) {
    const sandbox_rows *rows = detail & SUBJECT_BIT ? box->request->subject : box->request->set;
    const sandbox_field *field = &rows->schema->fields[detail & ~(uint32_t)SUBJECT_BIT];
    *items = (const sandbox_items *)(rows->rows + (size_t)row * rows->stride + field->offset);
    return field;
}

bool views_items(lua_State *L, int index, sandbox_items *items) {
    uint32_t detail, place;
    if (views_check(L, index, &detail, &place) != HANDLE_ITEMS) return false;
    const sandbox_items *found;
    items_field(box_of(L), detail, place, &found);
    *items = *found;
    return true;
}

static int push_item(lua_State *L, sandbox *box, uint32_t detail, uint32_t row) {
    const sandbox_items *items;
    const sandbox_field *field = items_field(box, detail, row, &items);
    bool of_subject = detail & SUBJECT_BIT;
    uint32_t which = detail & ~(uint32_t)SUBJECT_BIT;
    limits_charge(L, (int64_t)(items->count / 4) + 1);
    if (field->kind == SANDBOX_FIELD_MAP) {
        size_t length;
        if (lua_type(L, 2) == LUA_TSTRING) {
            const char *key = lua_tolstring(L, 2, &length);
            for (uint32_t i = 0; i < items->count; i++) {
                if (items->items[i].name.length == length && memcmp(items->items[i].name.bytes, key, length) == 0) {
                    TRACE(box, item, of_subject, row, which, key, length, 0, &items->items[i]);
                    views_push_scalar(L, &items->items[i]);
                    return 1;
                }
            }
            TRACE(box, item, of_subject, row, which, key, length, 0, NULL);
        }
        lua_pushnil(L);
        return 1;
    }
    if (lua_type(L, 2) == LUA_TSTRING)
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_LIST_HAS_NO_FIELDS,
                            "%s is a list: use contains(list, text), ipairs(list) or list[1]", field->name);
    lua_Integer place = lua_tointeger(L, 2);
    const sandbox_scalar *found = place >= 1 && place <= items->count ? &items->items[place - 1] : NULL;
    TRACE(box, item, of_subject, row, which, NULL, 0, place, found);
    if (found != NULL)
        views_push_scalar(L, found);
    else
        lua_pushnil(L);
    return 1;
}

// ---- Queries over the set

// The vocabulary's name for a query.
static const char *query_label(const sandbox *box, sandbox_query_kind kind) {
    for (uint32_t i = 0; i < box->vocabulary->query_count; i++) {
        if (box->vocabulary->queries[i].kind == kind) return box->vocabulary->queries[i].name;
    }
    return "query";
}

// The set is one object for the life of the interpreter: it stands for the rows of the current call.
static sandbox *set_of(lua_State *L, sandbox_query_kind kind) {
    sandbox *box = box_of(L);
    if (lua_type(L, 1) != LUA_TUSERDATA && !mirror_is_set(L, box, 1))
        limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_CALL_WITH_COLON,
                     "%s: call it with a colon, as in %s:%s(...)", query_label(box, kind),
                     box->vocabulary->set_noun, query_label(box, kind));
    return box;
}

static int64_t find_member(lua_State *L, const sandbox_rows *set, const char *id, size_t length) {
    limits_charge(L, (int64_t)(set->count / 4 + length / 4) + 1);
    uint64_t hash = sandbox_hash(id, length);
    for (uint32_t i = 0; i < set->count; i++) {
        const sandbox_head *head = head_at(set, i);
        if (head->id_hash == hash && head->id.length == length && memcmp(head->id.bytes, id, length) == 0) return i;
    }
    return -1;
}

static const char *filter_key(const void *context, uint32_t index) {
    const sandbox_vocabulary *vocabulary = context;
    return index == 0 ? vocabulary->filter_tag : index == 1 ? vocabulary->filter_group : vocabulary->filter_except;
}

static sandbox_text filter_text(lua_State *L, const char *function, const char *key) {
    sandbox_text text;
    size_t length;
    if (lua_type(L, -1) != LUA_TSTRING)
        limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                     "%s: %s: expected text, found %s", function, key,
                     environment_type_name(L, -1));
    text.bytes = lua_tolstring(L, -1, &length);
    text.length = (uint32_t)length;
    return text;
}

// The filter's value under a name, left on the stack so that its bytes stay valid; false if the filter has none.
static bool push_filter_value(lua_State *L, int filter, const char *name) {
    lua_pushstring(L, name);
    lua_rawget(L, filter);
    return !lua_isnil(L, -1);
}

static row_filter read_filter(lua_State *L, int index, const sandbox *box, const char *function) {
    row_filter result = {false, {NULL, 0}, {NULL, 0}, -1};
    if (lua_isnoneornil(L, index)) return result;
    if (!lua_istable(L, index) || mirror_is_part(L, box, index))
        limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                     "%s: expected a filter as a table, found %s", function,
                     environment_type_name(L, index));
    const sandbox_vocabulary *vocabulary = box->vocabulary;
    result.is_set = true;
    // A protected table (one created outside the hook) is read through its protection.
    if (lua_getmetatable(L, index)) {
        lua_pushliteral(L, "__index");
        lua_rawget(L, -2);
        lua_replace(L, index);
        lua_pop(L, 1);
    }
    uint32_t others = 0;
    const char *unknown = environment_unknown_key(L, index, filter_key, 3, vocabulary, &others);
    if (unknown != NULL || others > 0) {
        const char *nearest = unknown ? text_nearest(unknown, filter_key, 3, vocabulary) : NULL;
        char bounded[TEXT_MAX + 1] = "?";
        if (unknown != NULL) text_neutralise(bounded, unknown, strlen(unknown) > 40 ? 40 : strlen(unknown));
        limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_UNKNOWN_FILTER,
                     "%s: unknown filter key '%s'; expected %s, %s or %s%s%s%s", function, bounded,
                     vocabulary->filter_tag, vocabulary->filter_group, vocabulary->filter_except,
                     nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    }
    if (push_filter_value(L, index, vocabulary->filter_tag))
        result.tag = filter_text(L, function, vocabulary->filter_tag);
    if (push_filter_value(L, index, vocabulary->filter_group))
        result.group = filter_text(L, function, vocabulary->filter_group);
    if (push_filter_value(L, index, vocabulary->filter_except)) {
        uint32_t detail, place;
        if (views_check(L, -1, &detail, &place) == HANDLE_MEMBER) {
            result.except = place;
        } else {
            sandbox_text id = filter_text(L, function, vocabulary->filter_except);
            result.except = find_member(L, box->request->set, id.bytes, id.length);
        }
    }
    return result;
}

static bool same_text(sandbox_text a, sandbox_text b) {
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

sandbox_filter_result views_filter_result(const row_filter *filter, const sandbox_rows *set, uint32_t row) {
    if (!filter->is_set) return SANDBOX_FILTER_FOUND;
    const sandbox_head *head = head_at(set, row);
    if (row == filter->except) return SANDBOX_FILTER_MISSED_EXCEPT;
    if (filter->group.bytes != NULL && !(head->group.bytes != NULL && same_text(head->group, filter->group)))
        return SANDBOX_FILTER_MISSED_GROUP;
    if (filter->tag.bytes == NULL) return SANDBOX_FILTER_FOUND;
    for (uint32_t i = 0; i < head->tags.count; i++) {
        if (same_text(head->tags.items[i].text, filter->tag)) return SANDBOX_FILTER_FOUND;
    }
    return SANDBOX_FILTER_MISSED_TAG;
}

static bool passes(lua_State *L, const row_filter *filter, const sandbox_rows *set, uint32_t row) {
    if (!filter->is_set) return true;
    sandbox_filter_result result = views_filter_result(filter, set, row);
    // The filter has examined the row's tags.
    if (filter->tag.bytes != NULL && (result == SANDBOX_FILTER_FOUND || result == SANDBOX_FILTER_MISSED_TAG))
        limits_charge(L, head_at(set, row)->tags.count / 4);
    return result == SANDBOX_FILTER_FOUND;
}

// Best first through the winner tree: the nodes to be opened are in a heap, with the least on top.
typedef struct {
    uint32_t level, place;
} tree_node;

static const sandbox_node *node_at(const sandbox_rows *set, tree_node at) {
    return &set->nodes[set->level_start[at.level] + at.place];
}

static bool node_less(const sandbox_rows *set, tree_node a, tree_node b) {
    const sandbox_node *x = node_at(set, a), *y = node_at(set, b);
    if (x->major != y->major) return x->major < y->major;
    if (x->minor != y->minor) return x->minor < y->minor;
    return x->row != y->row ? x->row < y->row : a.level < b.level;
}

typedef struct {
    sandbox *box;
    const sandbox_rows *set;
    tree_node *nodes;
    uint32_t count;
} tree_heap;

static void heap_push(lua_State *L, tree_heap *heap, tree_node node) {
    if (node_at(heap->set, node)->row == UINT32_MAX) return;
    if ((heap->count + 1) * sizeof(tree_node) > heap->box->heap_size) {
        size_t size = heap->box->heap_size ? heap->box->heap_size * 2 : 4096;
        void *bigger = memory_resize(heap->box->heap, size);
        if (bigger == NULL) limits_fatal(L, SANDBOX_FAULT_MEMORY, SANDBOX_CODE_OUT_OF_MEMORY,
                                         "no memory for the candidates");
        heap->box->heap = bigger;
        heap->box->heap_size = size;
        heap->nodes = bigger;
    }
    uint32_t i = heap->count++;
    for (; i > 0 && node_less(heap->set, node, heap->nodes[(i - 1) / 2]); i = (i - 1) / 2)
        heap->nodes[i] = heap->nodes[(i - 1) / 2];
    heap->nodes[i] = node;
}

static tree_node heap_pop(tree_heap *heap) {
    tree_node top = heap->nodes[0], last = heap->nodes[--heap->count];
    uint32_t i = 0;
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= heap->count) break;
        if (child + 1 < heap->count && node_less(heap->set, heap->nodes[child + 1], heap->nodes[child])) child++;
        if (!node_less(heap->set, heap->nodes[child], last)) break;
        heap->nodes[i] = heap->nodes[child];
        i = child;
    }
    heap->nodes[i] = last;
    return top;
}

static tree_heap heap_begin(lua_State *L, sandbox *box) {
    tree_heap heap = {box, box->request->set, (tree_node *)box->heap, 0};
    if (heap.set->level_count > 0) heap_push(L, &heap, (tree_node){heap.set->level_count - 1, 0});
    return heap;
}

// The next row in the order of the index, UINT32_MAX at the end.
static uint32_t heap_next(lua_State *L, tree_heap *heap) {
    while (heap->count > 0) {
        tree_node top = heap_pop(heap);
        limits_charge(L, 2);
        if (top.level == 0) return top.place;
        uint32_t below = top.level - 1;
        uint32_t size = (top.level == 1 ? heap->set->count : heap->set->level_start[top.level] - heap->set->level_start[below]);
        for (uint32_t child = top.place * 8; child < top.place * 8 + 8 && child < size; child++)
            heap_push(L, heap, (tree_node){below, child});
    }
    return UINT32_MAX;
}

static int query_get(lua_State *L) {
    sandbox *box = set_of(L, SANDBOX_QUERY_GET);
    size_t length;
    if (lua_type(L, 2) != LUA_TSTRING)
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                            "%s: expected an id as text, found %s",
                            query_label(box, SANDBOX_QUERY_GET), environment_type_name(L, 2));
    const char *id = lua_tolstring(L, 2, &length);
    int64_t row = find_member(L, box->request->set, id, length);
    TRACE(box, query, SANDBOX_QUERY_GET, NULL, id, length, 0);
    TRACE(box, found, row < 0 ? UINT32_MAX : (uint32_t)row);
    return push_member(L, box, row < 0 ? UINT32_MAX : (uint32_t)row);
}

static int query_least(lua_State *L) {
    sandbox *box = set_of(L, SANDBOX_QUERY_LEAST);
    const sandbox_rows *set = box->request->set;
    if (lua_isnoneornil(L, 2)) {
        limits_charge(L, 1);
        TRACE(box, query, SANDBOX_QUERY_LEAST, NULL, NULL, 0, 0);
        TRACE(box, found, sandbox_index_least(set));
        return push_member(L, box, sandbox_index_least(set));
    }
    row_filter filter = read_filter(L, 2, box, query_label(box, SANDBOX_QUERY_LEAST));
    tree_heap heap = heap_begin(L, box);
    uint32_t row;
    do row = heap_next(L, &heap);
    while (row != UINT32_MAX && !passes(L, &filter, set, row));
    TRACE(box, query, SANDBOX_QUERY_LEAST, &filter, NULL, 0, 0);
    TRACE(box, found, row);
    TRACE(box, left_out, &filter);
    return push_member(L, box, row);
}

static int query_first(lua_State *L) {
    sandbox *box = set_of(L, SANDBOX_QUERY_FIRST);
    const sandbox_rows *set = box->request->set;
    row_filter filter = read_filter(L, 2, box, query_label(box, SANDBOX_QUERY_FIRST));
    uint32_t row = 0;
    for (; row < set->count; row++) {
        if (row % 16 == 0) limits_charge(L, 2);
        if (is_eligible(set, row) && passes(L, &filter, set, row)) break;
    }
    if (row == set->count) row = UINT32_MAX;
    TRACE(box, query, SANDBOX_QUERY_FIRST, &filter, NULL, 0, 0);
    TRACE(box, found, row);
    TRACE(box, left_out, &filter);
    return push_member(L, box, row);
}

static int query_eligible(lua_State *L) {
    sandbox *box = set_of(L, SANDBOX_QUERY_ELIGIBLE);
    const sandbox_rows *set = box->request->set;
    limits_charge(L, 10);
    row_filter filter = read_filter(L, 2, box, query_label(box, SANDBOX_QUERY_ELIGIBLE));
    lua_settop(L, 2);
    uint32_t found;
    if (!filter.is_set && mirror_push_eligible(L, box, &found)) {
        limits_charge(L, (int64_t)(set->count + 15) / 16 * 2 + (int64_t)found * 2);
        return 1;
    }
    lua_createtable(L, 0, 0);
    TRACE(box, query, SANDBOX_QUERY_ELIGIBLE, &filter, NULL, 0, 0);
    lua_Integer count = 0;
    for (uint32_t row = 0; row < set->count; row++) {
        if (row % 16 == 0) limits_charge(L, 2);
        if (!is_eligible(set, row) || !passes(L, &filter, set, row)) continue;
        limits_charge(L, 2);
        TRACE(box, found, row);
        push_member(L, box, row);
        lua_rawseti(L, 3, ++count);
    }
    TRACE(box, left_out, &filter);
    return 1;
}

static int query_candidates(lua_State *L) {
    sandbox *box = set_of(L, SANDBOX_QUERY_CANDIDATES);
    limits_charge(L, 10 + library_numerals(L, 2, 2));
    lua_Integer wanted = luaL_checkinteger(L, 2);
    if (wanted < 1) return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                                        "%s: expected 1 or more, found %I",
                            query_label(box, SANDBOX_QUERY_CANDIDATES), (LUAI_UACINT)wanted);
    row_filter filter = read_filter(L, 3, box, query_label(box, SANDBOX_QUERY_CANDIDATES));
    lua_settop(L, 3);
    lua_createtable(L, 0, 0);
    TRACE(box, query, SANDBOX_QUERY_CANDIDATES, &filter, NULL, 0, wanted);
    tree_heap heap = heap_begin(L, box);
    for (lua_Integer count = 0; count < wanted;) {
        uint32_t row = heap_next(L, &heap);
        if (row == UINT32_MAX) break;
        if (!passes(L, &filter, box->request->set, row)) continue;
        limits_charge(L, 2);
        TRACE(box, found, row);
        push_member(L, box, row);
        lua_rawseti(L, 4, ++count);
    }
    TRACE(box, left_out, &filter);
    return 1;
}

// Rendezvous hashing (Thaler and Ravishankar, 1998): each row gets a number derived from the key, and the highest wins,
// so a key changes its row only when that row is removed.
static int query_hash(lua_State *L) {
    sandbox *box = set_of(L, SANDBOX_QUERY_HASH);
    const sandbox_rows *set = box->request->set;
    size_t length;
    if (lua_type(L, 2) != LUA_TSTRING)
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                            "%s: expected a key as text, found %s",
                            query_label(box, SANDBOX_QUERY_HASH), environment_type_name(L, 2));
    const char *key = lua_tolstring(L, 2, &length);
    limits_charge(L, (int64_t)(length / 4) + 1);
    uint64_t seed = sandbox_hash(key, length), best = 0;
    row_filter filter = read_filter(L, 3, box, query_label(box, SANDBOX_QUERY_HASH));
    uint32_t winner = UINT32_MAX;
    for (uint32_t row = 0; row < set->count; row++) {
        if (row % 8 == 0) limits_charge(L, 2);
        if (!passes(L, &filter, set, row)) continue;
        uint64_t draw = (head_at(set, row)->id_hash ^ seed) * 0x9E3779B97F4A7C15u;
        draw = (draw ^ (draw >> 29)) * 0xBF58476D1CE4E5B9u;
        draw ^= draw >> 32;
        if (winner == UINT32_MAX || draw > best) {
            winner = row;
            best = draw;
        }
    }
    TRACE(box, query, SANDBOX_QUERY_HASH, &filter, key, length, 0);
    TRACE(box, found, winner);
    TRACE(box, left_out, &filter);
    return push_member(L, box, winner);
}

static const lua_CFunction query_functions[] = {query_get,      query_least,      query_first,
                                                query_eligible, query_candidates, query_hash};

// ---- The set

// Called for keys that are not methods: indices and unknown names.
static int set_index(lua_State *L) {
    sandbox *box = box_of(L);
    const sandbox_rows *set = box->request->set;
    int is_whole = 0;
    lua_Integer place = lua_type(L, 2) == LUA_TNUMBER ? lua_tointegerx(L, 2, &is_whole) : 0;
    if (is_whole) {
        uint32_t row = place >= 1 && place <= set->count ? (uint32_t)(place - 1) : UINT32_MAX;
        TRACE(box, set, SANDBOX_TRACE_PLACE, place, row);
        return push_member(L, box, row);
    }
    if (lua_type(L, 2) != LUA_TSTRING)
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                            "%s[...]: expected a whole number, found %s",
                            box->vocabulary->set_noun, environment_type_name(L, 2));
    return unknown_field(L, box->vocabulary->set_noun, lua_tostring(L, 2), query_name, box->vocabulary->query_count,
                         box->vocabulary);
}

static int set_newindex(lua_State *L) {
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    char bounded[TEXT_MAX + 1];
    text_neutralise(bounded, key, strlen(key) > 40 ? 40 : strlen(key));
    return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_READ_ONLY,
                        "cannot set '%s': the arguments of a hook are read-only", bounded);
}

static int set_length(lua_State *L) {
    sandbox *box = box_of(L);
    TRACE(box, set, SANDBOX_TRACE_COUNT, box->request->set->count, UINT32_MAX);
    lua_pushinteger(L, box->request->set->count);
    return 1;
}

// Sets the name by which the interpreter's messages call the objects shown to a hook, for handles and mirror tables
// alike. [metatable] -> [metatable]
static void set_type_name(lua_State *L) {
    lua_pushliteral(L, "userdata");
    lua_setfield(L, -2, "__name");
}

// An empty full userdata: the interpreter finds its methods itself, without a call into C.
void views_push_set(lua_State *L) {
    const sandbox_vocabulary *vocabulary = box_of(L)->vocabulary;
    static const luaL_Reg metamethods[] = {{"__newindex", set_newindex}, {"__len", set_length}, {NULL, NULL}};
    lua_newuserdatauv(L, 0, 0);
    lua_newtable(L);
    luaL_setfuncs(L, metamethods, 0);
    set_type_name(L);
    lua_pushvalue(L, -1);
    box_of(L)->set_metatable_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    for (uint32_t i = 0; i < vocabulary->query_count; i++) {
        lua_pushcfunction(L, query_functions[vocabulary->queries[i].kind]);
        lua_setfield(L, -2, vocabulary->queries[i].name);
    }
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, set_index);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    box_of(L)->set_ref = luaL_ref(L, LUA_REGISTRYINDEX);
}

// ---- The metatable of handles

static int stale(lua_State *L) {
    return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_STALE_VALUE,
                        "a value of an earlier decision is not valid in this one");
}

static int handle_index(lua_State *L) {
    uint32_t detail, place;
    sandbox *box = box_of(L);
    switch (unpack(box, lua_touserdata(L, 1), &detail, &place)) {
    case HANDLE_MEMBER: return push_row_field(L, box, box->request->set, box->set_place, place, 0);
    case HANDLE_SUBJECT: return push_row_field(L, box, box->request->subject, box->subject_place, place, SUBJECT_BIT);
    case HANDLE_OBJECT: return push_object_field(L, box);
    case HANDLE_ITEMS: return push_item(L, box, detail, place);
    case HANDLE_VERDICT: return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_VERDICT_HAS_NO_FIELDS,
                                             "a verdict has no fields; return it");
    default: return stale(L);
    }
}

// Called for fields that a row's table does not contain.
static int mirror_index(lua_State *L) {
    sandbox *box = box_of(L);
    int64_t row = mirror_row(L, box, 1);
    return row >= 0 ? push_row_field(L, box, box->request->set, box->set_place, (uint32_t)row, 0) : stale(L);
}

static int handle_newindex(lua_State *L) {
    uint32_t detail, place;
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    char bounded[TEXT_MAX + 1];
    text_neutralise(bounded, key, strlen(key) > 40 ? 40 : strlen(key));
    if (views_check(L, 1, &detail, &place) == 0) return stale(L);
    return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_READ_ONLY,
                        "cannot set '%s': the arguments of a hook are read-only", bounded);
}

static int handle_length(lua_State *L) {
    uint32_t detail, place;
    sandbox_items items;
    switch (views_check(L, 1, &detail, &place)) {
    case HANDLE_ITEMS:
        views_items(L, 1, &items);
        lua_pushinteger(L, items.count);
        return 1;
    case 0: return stale(L);
    default:
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_OPERAND,
                            "attempt to get the length of %s", environment_type_name(L, 1));
    }
}

bool views_push_text(lua_State *L, int index) {
    uint32_t detail, place;
    sandbox *box = box_of(L);
    if (lua_type(L, index) == LUA_TUSERDATA || mirror_is_set(L, box, index)) {
        lua_pushstring(L, box->vocabulary->set_noun);
        return true;
    }
    const sandbox_text *id;
    switch (views_check(L, index, &detail, &place)) {
    case HANDLE_MEMBER:
        id = &head_at(box->request->set, place)->id;
        lua_pushlstring(L, id->bytes, id->length);
        return true;
    case HANDLE_SUBJECT: lua_pushstring(L, box->request->subject->schema->noun); return true;
    case HANDLE_OBJECT: lua_pushstring(L, box->request->object->schema->noun); return true;
    case HANDLE_ITEMS: lua_pushliteral(L, "list"); return true;
    case HANDLE_VERDICT: lua_pushliteral(L, "verdict"); return true;
    default: return false;
    }
}

int64_t views_member(lua_State *L, int index, const char *function) {
    uint32_t detail, place;
    sandbox *box = box_of(L);
    if (views_check(L, index, &detail, &place) == HANDLE_MEMBER) return place;
    const char *noun = views_noun(box);
    if (lua_type(L, index) == LUA_TSTRING) {
        size_t length;
        const char *id = lua_tolstring(L, index, &length);
        int64_t row = find_member(L, box->request->set, id, length);
        if (row >= 0) return row;
        char bounded[TEXT_MAX + 1];
        text_neutralise(bounded, id, length > 80 ? 80 : length);
        return limits_raise(L, SANDBOX_FAULT_MEMBER, SANDBOX_CODE_DEVICE_OF_ANOTHER_FLEET,
                            "%s: '%s' is not a %s of this %s", function, bounded, noun,
                            box->vocabulary->set_noun);
    }
    if (lua_islightuserdata(L, index) && views_check(L, index, &detail, &place) == 0) return stale(L);
    return limits_raise(L, SANDBOX_FAULT_MEMBER, SANDBOX_CODE_NOT_A_DEVICE,
                        "%s: expected a %s, found %s", function, noun,
                        environment_type_name(L, index));
}

// Whether the table at `index` has a first element: a list, not a filter.
static bool is_list(lua_State *L, int index) {
    environment_push_content(L, index);
    bool has_first = lua_rawgeti(L, -1, 1) != LUA_TNIL;
    lua_pop(L, 2);
    return has_first;
}

static int not_a_target(lua_State *L, int index, const sandbox *box, const char *function) {
    char advice[TEXT_MAX] = "";
    const char *found = environment_type_name(L, index);
    if (lua_isnoneornil(L, index)) {
        snprintf(advice, sizeof advice, "; write %s(%s, 'why') to wait for any %s", function,
                 box->vocabulary->set_noun, views_noun(box));
    } else if (lua_istable(L, index) || strcmp(found, "a list") == 0) {
        found = "a list";
        snprintf(advice, sizeof advice, "; name one %s, or write a filter that selects them", views_noun(box));
    }
    return limits_raise(L, SANDBOX_FAULT_VERDICT, SANDBOX_CODE_INVALID_WAITLIST,
                        "%s: expected a %s, the %s or a filter such as { %s = 'vip' }, found %s%s", function,
                        views_noun(box), box->vocabulary->set_noun, box->vocabulary->filter_tag, found, advice);
}

sandbox_target views_target(lua_State *L, int index, const char *function, row_filter *filter) {
    uint32_t detail, place;
    sandbox *box = box_of(L);
    *filter = (row_filter){false, {NULL, 0}, {NULL, 0}, -1};
    if (lua_type(L, index) == LUA_TUSERDATA || mirror_is_set(L, box, index)) return SANDBOX_TARGET_SET;
    handle_kind kind = views_check(L, index, &detail, &place);
    if (kind == HANDLE_MEMBER) {
        filter->except = place;
        return SANDBOX_TARGET_MEMBER;
    }
    if (lua_type(L, index) == LUA_TSTRING) {
        size_t length;
        const char *id = lua_tolstring(L, index, &length);
        filter->except = find_member(L, box->request->set, id, length);
        if (filter->except >= 0) return SANDBOX_TARGET_MEMBER;
        const char *set = box->vocabulary->set_noun;
        if (length == strlen(set) && memcmp(id, set, length) == 0) {
            return limits_raise(L, SANDBOX_FAULT_MEMBER, SANDBOX_CODE_DEVICE_OF_ANOTHER_FLEET,
                                "%s: '%s' is not a %s of this %s; write %s without quotes", function, set,
                                views_noun(box), set, set);
        }
        char bounded[TEXT_MAX + 1];
        text_neutralise(bounded, id, length > 80 ? 80 : length);
        return limits_raise(L, SANDBOX_FAULT_MEMBER, SANDBOX_CODE_DEVICE_OF_ANOTHER_FLEET,
                            "%s: '%s' is not a %s of this %s; a %s is written { %s = '%s' }", function, bounded,
                            views_noun(box), box->vocabulary->set_noun, box->vocabulary->filter_tag,
                            box->vocabulary->filter_tag, bounded);
    }
    if (lua_islightuserdata(L, index) && kind == 0) return stale(L);
    if (!lua_istable(L, index) || is_list(L, index)) return not_a_target(L, index, box, function);
    limits_charge(L, 10);
    *filter = read_filter(L, index, box, function);
    bool is_empty = filter->tag.bytes == NULL && filter->group.bytes == NULL && filter->except < 0;
    return is_empty ? SANDBOX_TARGET_SET : SANDBOX_TARGET_FILTER;
}

void views_open(lua_State *L, sandbox *box) {
    // All names that scripts may index by, referenced so that their addresses do not change.
    lua_newtable(L);
    const sandbox_vocabulary *vocabulary = box->vocabulary;
    if (vocabulary->schema_count > SCHEMA_MAX) luaL_error(L, "too many kinds of rows");
    for (uint32_t s = 0; s < vocabulary->schema_count; s++) {
        if (vocabulary->schemas[s]->field_count >= UINT8_MAX) luaL_error(L, "too many fields");
        for (uint32_t f = 0; f < vocabulary->schemas[s]->field_count; f++)
            add_name(L, box, vocabulary->schemas[s]->fields[f].name)->field[s] = (uint8_t)(f + 1);
    }
    box->names_ref = luaL_ref(L, LUA_REGISTRYINDEX);

    static const luaL_Reg metamethods[] = {
        {"__index", handle_index}, {"__newindex", handle_newindex}, {"__len", handle_length}, {NULL, NULL}};
    lua_pushlightuserdata(L, box);
    lua_newtable(L);
    luaL_setfuncs(L, metamethods, 0);
    set_type_name(L);
    lua_setmetatable(L, -2);  // of all light userdata
    lua_pop(L, 1);
    mirror_open(L, box);
}

void views_push_metatable(lua_State *L) {
    static const luaL_Reg metamethods[] = {
        {"__index", mirror_index}, {"__newindex", handle_newindex}, {"__len", handle_length}, {NULL, NULL}};
    lua_newtable(L);
    luaL_setfuncs(L, metamethods, 0);
    set_type_name(L);
}
