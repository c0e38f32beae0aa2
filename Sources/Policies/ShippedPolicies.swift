import CShippedRules

/// The policies that the program carries inside: the files of the folder `Rules`.
package enum ShippedPolicies {
  /// In the order in which they are listed to users.
  package static let all: [(name: String, source: [UInt8])] = (0..<shipped_rule_count).map { index in
    let rule = shipped_rule_at(index).pointee
    return (String(cString: rule.name), Array(UnsafeBufferPointer(start: rule.bytes, count: rule.length)))
  }

  package static func source(of name: String) -> [UInt8]? { all.first { $0.name == name }?.source }
}
