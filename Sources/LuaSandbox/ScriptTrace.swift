import CLuaSandbox

/// Records what one call reads and queries, in memory that a sandbox fills; created only when someone wants to know.
///
/// Bounded: entries that do not fit are dropped, and `isCut` reports it. The strings of rows are not copied, so use
/// `reads` before the rows get other strings.
package final class ScriptTrace {
  /// The maximum number of recorded reads and queries.
  package static let entryMax = 4096

  let raw: UnsafeMutablePointer<sandbox_trace>

  /// For calls with a set of `rows` rows.
  package init(rows: Int) {
    raw = .allocate(capacity: 1)
    var trace = sandbox_trace()
    trace.entry_max = UInt32(ScriptTrace.entryMax)
    trace.entries = .allocate(capacity: ScriptTrace.entryMax)
    trace.row_max = UInt32(ScriptTrace.entryMax + 8 * rows)
    trace.rows = .allocate(capacity: Int(trace.row_max))
    trace.byte_max = 1 << 16
    trace.bytes = .allocate(capacity: Int(trace.byte_max))
    trace.read_max = UInt32(rows + 1)
    trace.read = .allocate(capacity: rows + 1)
    raw.initialize(to: trace)
  }

  deinit {
    raw.pointee.entries.deallocate()
    raw.pointee.rows.deallocate()
    raw.pointee.bytes.deallocate()
    raw.pointee.read.deallocate()
    raw.deallocate()
  }

  /// Whether a hook ran.
  package var wasCalled: Bool { raw.pointee.was_called }

  /// Whether entries were dropped because they did not fit.
  package var isCut: Bool { raw.pointee.is_cut }

  /// The reads and queries of the last call, in order.
  package func reads(subject: RowSchema, set: RowSchema) -> [ScriptRead] {
    // The call wrote the first `entry_count` entries, and `row_count` rows.
    (0..<Int(raw.pointee.entry_count)).map { read(raw.pointee.entries[$0], subject, set) }
  }

  func read(_ entry: sandbox_trace_entry, _ subject: RowSchema, _ set: RowSchema) -> ScriptRead {
    let owner: ScriptRead.Owner = entry.of_subject ? .subject : .member(Int(entry.row))
    switch entry.kind {
    case SANDBOX_TRACE_FIELD:
      let field = (entry.of_subject ? subject : set).field(at: Int(entry.field))
      return .field(owner, field.name, value(entry, field.kind))
    case SANDBOX_TRACE_ITEM:
      let field = (entry.of_subject ? subject : set).field(at: Int(entry.field))
      let name = text(entry.text).map { "\(field.name).\($0)" } ?? "\(field.name)[\(entry.word)]"
      return .entry(owner, name, entry.has_item ? .text(words(entry.item)) : .none)
    case SANDBOX_TRACE_PLACE: return .place(entry.word, member: entry.row == UInt32.max ? nil : Int(entry.row))
    case SANDBOX_TRACE_TIME: return .time(ofSubject: entry.of_subject, entry.word)
    case SANDBOX_TRACE_COUNT: return .count(Int(entry.word))
    default: return .query(query(entry))
    }
  }

  private func query(_ entry: sandbox_trace_entry) -> ScriptQuery {
    let rows = (0..<Int(entry.row_count)).map { raw.pointee.rows[Int(entry.rows_start) + $0] }
    return ScriptQuery(
      kind: ScriptVocabulary.Query(entry.query), argument: text(entry.text), wanted: entry.word, tag: text(entry.tag),
      group: text(entry.group), except: entry.except < 0 ? nil : Int(entry.except),
      found: rows.filter { $0.result == SANDBOX_FILTER_FOUND }.map { Int($0.row) },
      missed: rows.compactMap { row in
        let condition: ScriptQuery.Condition? =
          switch row.result {
          case SANDBOX_FILTER_MISSED_EXCEPT: .except
          case SANDBOX_FILTER_MISSED_GROUP: .group
          case SANDBOX_FILTER_MISSED_TAG: .tag
          default: nil
          }
        return condition.map { .init(member: Int(row.row), by: $0) }
      })
  }

  private func value(_ entry: sandbox_trace_entry, _ kind: RowSchema.Kind) -> ScriptValue {
    switch kind {
    case .boolean: .text(entry.word != 0 ? "true" : "false")
    case .integer: entry.word == Int64.min ? .none : .text("\(entry.word)")
    case .number: .text("\(Double(bitPattern: UInt64(bitPattern: entry.word)))")
    case .text: text(entry.text).map(ScriptValue.text) ?? .none
    case .list: .text(scalars(entry.items).map(words).joined(separator: ", "))
    case .map: .text(scalars(entry.items).map { "\(text($0.name) ?? "")=\(words($0))" }.joined(separator: ", "))
    case .member: entry.word < 0 ? .none : .member(Int(entry.word))
    }
  }

  private func scalars(_ items: sandbox_items) -> [sandbox_scalar] {
    Array(UnsafeBufferPointer(start: items.items, count: Int(items.count)))
  }

  private func words(_ scalar: sandbox_scalar) -> String {
    switch scalar.kind {
    case SANDBOX_SCALAR_BOOL: scalar.integer != 0 ? "true" : "false"
    case SANDBOX_SCALAR_INT: "\(scalar.integer)"
    case SANDBOX_SCALAR_NUMBER: "\(scalar.number)"
    default: text(scalar.text) ?? ""
    }
  }

  private func text(_ text: sandbox_text) -> String? {
    text.bytes.map { String(decoding: UnsafeRawBufferPointer(start: $0, count: Int(text.length)), as: UTF8.self) }
  }
}

extension ScriptVocabulary.Query {
  fileprivate init(_ kind: sandbox_query_kind) {
    self = ScriptVocabulary.Query.allCases.first { $0.raw == kind } ?? .get
  }
}
