import CShippedRules

/// The policies and guards that the program carries inside: the files of the folder `Rules`.
package enum ShippedPolicies {
  /// In the order in which they are listed to users.
  package static let all: [(name: String, source: [UInt8])] = (0..<shipped_rule_count).map { index in
    file(shipped_rule_at(index).pointee)
  }

  /// Likewise; their names are those of guards, without the folder.
  package static let guards: [(name: String, source: [UInt8])] = (0..<shipped_guard_count).map { index in
    file(shipped_guard_at(index).pointee)
  }

  /// A guard has the name that its file has below the folder: `guards/quiet_hours`.
  package static func source(of name: String) -> [UInt8]? {
    let isGuard = name.hasPrefix(PolicyCatalog.guardFolder)
    let stem = isGuard ? String(name.dropFirst(PolicyCatalog.guardFolder.count)) : name
    return (isGuard ? guards : all).first { $0.name == stem }?.source
  }

  private static func file(_ rule: shipped_rule) -> (name: String, source: [UInt8]) {
    (String(cString: rule.name), Array(UnsafeBufferPointer(start: rule.bytes, count: rule.length)))
  }
}
