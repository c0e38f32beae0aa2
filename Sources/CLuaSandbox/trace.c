// Records what a call reads of its rows and queries of its set. It never affects the call: it raises no errors,
// allocates nothing, and uses none of the budget.
#include "internal.h"

void sandbox_set_trace(sandbox *box, sandbox_trace *trace) { box->trace = trace; }

void trace_begin(sandbox *box) {
    sandbox_trace *trace = box->trace;
    trace->entry_count = trace->row_count = trace->byte_count = 0;
    trace->is_cut = trace->takes_rows = false;
    trace->was_called = true;
    memset(trace->read, 0, trace->read_max * sizeof *trace->read);
}

// A new entry, or NULL if the memory is full.
static sandbox_trace_entry *add_entry(sandbox_trace *trace, sandbox_trace_kind kind) {
    if (trace->entry_count == trace->entry_max) {
        trace->is_cut = true;
        return NULL;
    }
    sandbox_trace_entry *entry = &trace->entries[trace->entry_count++];
    *entry = (sandbox_trace_entry){.kind = kind, .row = UINT32_MAX, .except = -1, .rows_start = trace->row_count};
    return entry;
}

// Copies a script's string, which does not outlive the call; truncated if it does not fit.
static sandbox_text keep_text(sandbox_trace *trace, const char *bytes, size_t length) {
    if (bytes == NULL) return (sandbox_text){NULL, 0};
    size_t room = trace->byte_max - trace->byte_count;
    if (length > room) {
        trace->is_cut = true;
        length = room;
    }
    char *copy = trace->bytes + trace->byte_count;
    memcpy(copy, bytes, length);
    trace->byte_count += (uint32_t)length;
    return (sandbox_text){copy, (uint32_t)length};
}

// Whether this is the call's first read of this field of this row.
static bool is_first(sandbox_trace *trace, bool of_subject, uint32_t row, uint32_t field) {
    uint64_t place = of_subject ? 0 : (uint64_t)row + 1;
    if (place >= trace->read_max || field >= 64) return true;
    uint64_t bit = (uint64_t)1 << field;
    if (trace->read[place] & bit) return false;
    trace->read[place] |= bit;
    return true;
}

void trace_read(sandbox *box, bool of_subject, uint32_t row, uint32_t field) {
    sandbox_trace *trace = box->trace;
    if (!is_first(trace, of_subject, row, field)) return;
    sandbox_trace_entry *entry = add_entry(trace, SANDBOX_TRACE_FIELD);
    if (entry == NULL) return;
    entry->of_subject = of_subject;
    entry->row = row;
    entry->field = field;
    const sandbox_rows *rows = of_subject ? box->request->subject : box->request->set;
    const sandbox_field *spec = &rows->schema->fields[field];
    const uint8_t *at = rows->rows + (size_t)row * rows->stride + spec->offset;
    switch (spec->kind) {
    case SANDBOX_FIELD_TEXT: entry->text = *(const sandbox_text *)at; break;
    case SANDBOX_FIELD_LIST:
    case SANDBOX_FIELD_MAP: entry->items = *(const sandbox_items *)at; break;
    default: entry->word = *(const int64_t *)at;
    }
}

void trace_item(sandbox *box, bool of_subject, uint32_t row, uint32_t field, const char *name, size_t length,
                int64_t place, const sandbox_scalar *found) {
    sandbox_trace_entry *entry = add_entry(box->trace, SANDBOX_TRACE_ITEM);
    if (entry == NULL) return;
    entry->of_subject = of_subject;
    entry->row = row;
    entry->field = field;
    entry->word = place;
    entry->text = keep_text(box->trace, name, length);
    entry->has_item = found != NULL;
    if (found != NULL) entry->item = *found;
}

void trace_set(sandbox *box, sandbox_trace_kind kind, int64_t place, uint32_t row) {
    sandbox_trace_entry *entry = add_entry(box->trace, kind);
    if (entry == NULL) return;
    entry->word = place;
    entry->row = row;
}

void trace_time(sandbox *box, bool of_subject, int64_t milliseconds) {
    sandbox_trace_entry *entry = add_entry(box->trace, SANDBOX_TRACE_TIME);
    if (entry == NULL) return;
    entry->of_subject = of_subject;
    entry->word = milliseconds;
}

void trace_query(sandbox *box, sandbox_query_kind kind, const row_filter *filter, const char *text, size_t length,
                 int64_t wanted) {
    sandbox_trace_entry *entry = add_entry(box->trace, SANDBOX_TRACE_QUERY);
    box->trace->takes_rows = entry != NULL;
    if (entry == NULL) return;
    entry->query = kind;
    entry->word = wanted;
    entry->text = keep_text(box->trace, text, length);
    if (filter == NULL || !filter->is_set) return;
    entry->has_filter = true;
    entry->tag = keep_text(box->trace, filter->tag.bytes, filter->tag.length);
    entry->group = keep_text(box->trace, filter->group.bytes, filter->group.length);
    entry->except = filter->except;
}

static void add_row(sandbox_trace *trace, uint32_t row, sandbox_filter_result result) {
    if (!trace->takes_rows) return;
    if (trace->row_count == trace->row_max) {
        trace->is_cut = true;
        return;
    }
    trace->rows[trace->row_count++] = (sandbox_traced_row){row, result};
    trace->entries[trace->entry_count - 1].row_count++;
}

void trace_found(sandbox *box, uint32_t row) {
    if (row != UINT32_MAX) add_row(box->trace, row, SANDBOX_FILTER_FOUND);
}

void trace_left_out(sandbox *box, const row_filter *filter) {
    if (!filter->is_set) return;
    for (uint32_t row = 0; row < box->request->set->count; row++) {
        sandbox_filter_result result = views_filter_result(filter, box->request->set, row);
        if (result != SANDBOX_FILTER_FOUND) add_row(box->trace, row, result);
    }
}
