/// Where the record of a tenant's fleet stands: what the next one is a difference to.
package struct FleetChain {
  /// So many differences follow a whole fleet at most, which bounds what it takes to read one.
  package static let differencesMax = 8192

  /// The last record: what the next difference refers to.
  package let record: Int64
  /// Of the fleet in `record`; finds the devices that differ next time.
  package let fingerprint: FleetFingerprint
  /// Bytes of the last whole fleet.
  package let keyframeBytes: Int
  /// Bytes of all differences since the last whole fleet.
  package let differenceBytes: Int
  /// How many they are.
  package let differences: Int

  /// All counts are as of `record`, which they include.
  package init(record: Int64, fingerprint: FleetFingerprint, keyframeBytes: Int, differenceBytes: Int, differences: Int)
  {
    (self.record, self.fingerprint, self.keyframeBytes) = (record, fingerprint, keyframeBytes)
    (self.differenceBytes, self.differences) = (differenceBytes, differences)
  }

  /// Whether the next record is to hold the whole fleet: the differences have outweighed it, or are many.
  package var isDue: Bool { differenceBytes > keyframeBytes || differences >= FleetChain.differencesMax }
}
