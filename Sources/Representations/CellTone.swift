import Terminal
import Wire

/// The colour of a table cell. The text says the same without colour.
enum CellTone {
  static func of(_ value: JSONValue, in column: String) -> Tone {
    let text = if case .string(let text) = value { text } else { "" }
    switch column {
    case "available": return text.hasPrefix("no") || value == .bool(false) ? .warning : .good
    case "holds": return value == .bool(false) ? .bad : .plain
    case "violations": return value == .integer(0) ? .good : .bad
    case "refused", "last_fault", "suspended_at": return value == .null ? .plain : .bad
    case "severity": return text == "error" ? .bad : .warning
    case "verdict": return text == "chosen" ? .good : text == "rejected" ? .warning : .plain
    case "faults", "failed", "messages_failed", "messages_unknown": return isSome(value) ? .bad : .plain
    case "status", "state":
      return ["failed", "unknown", "offline", "auth_failed"].contains(text) ? .bad : .plain
    case "part" where text == "mismatch" || text == "different": return .strong
    default: return .plain
    }
  }

  private static func isSome(_ value: JSONValue) -> Bool {
    if case .integer(let count) = value { count > 0 } else { false }
  }
}
