import Routing

extension PolicyRevision {
  /// Whether both have the same source and parameters, whatever their digests and names are.
  ///
  /// 3 and 3.0 are different parameters. Only a revision whose digest does not match its recorded content is compared
  /// without that difference, because 0.1.0 recorded 3.0 as 3. False for a file that could not be used, which has no
  /// source: only its digest identifies it. Computes digests only for revisions that differ in nothing else.
  package func isSame(as other: PolicyRevision) -> Bool {
    if digest == other.digest { return true }
    guard !source.isEmpty, source.utf8.elementsEqual(other.source.utf8),
      parameters.elementsEqual(other.parameters, by: { $0.name == $1.name && $0.value.equals($1.value) })
    else { return false }
    return parameters == other.parameters || !RevisionDigest.isExact(self) || !RevisionDigest.isExact(other)
  }
}

extension [PolicyRevision] {
  /// Whether both lists have the same revisions in the same order.
  package func isSame(as other: [PolicyRevision]) -> Bool { elementsEqual(other) { $0.isSame(as: $1) } }
}

extension Scalar {
  /// Whether both are equal in Lua, where 3 == 3.0.
  fileprivate func equals(_ other: Scalar) -> Bool {
    switch (self, other) {
    case (.integer(let whole), .number(let number)), (.number(let number), .integer(let whole)):
      Double(whole) == number
    default: self == other
    }
  }
}
