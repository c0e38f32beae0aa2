/// Where the record of a tenant's fleet stands: what the next one is a difference to.
struct FleetChain {
  /// So many differences follow a whole fleet at most, which bounds what it takes to read one.
  static let differencesMax = 8192

  let record: Int64
  let marks: FleetMarks
  /// Bytes of the last whole fleet, and of the differences since.
  let keyframeBytes: Int
  let differenceBytes: Int
  let differences: Int

  /// Whether the next record is to hold the whole fleet: the differences have outweighed it, or are many.
  var isDue: Bool { differenceBytes > keyframeBytes || differences >= FleetChain.differencesMax }
}
