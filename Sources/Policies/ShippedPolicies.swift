import CShippedRules

/// The policies and guards built into the program: the files of the folder `Rules`.
package enum ShippedPolicies {
  /// In the order in which they are listed to users.
  package static let all: [(name: String, source: [UInt8])] = (0..<shipped_rule_count).map { index in
    file(shipped_rule_at(index).pointee)
  }

  /// The shipped guards, by their names without the folder, in listing order.
  package static let guards: [(name: String, source: [UInt8])] = (0..<shipped_guard_count).map { index in
    file(shipped_guard_at(index).pointee)
  }

  /// Looks up a shipped policy, or a guard by its path below the rules folder: `guards/quiet_hours`.
  package static func source(of name: String) -> [UInt8]? {
    let isGuard = name.hasPrefix(PolicyCatalog.guardFolder)
    let stem = isGuard ? String(name.dropFirst(PolicyCatalog.guardFolder.count)) : name
    return (isGuard ? guards : all).first { $0.name == stem }?.source
  }

  private static func file(_ rule: shipped_rule) -> (name: String, source: [UInt8]) {
    (String(cString: rule.name), Array(UnsafeBufferPointer(start: rule.bytes, count: rule.length)))
  }
}
