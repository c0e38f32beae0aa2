/// The current end of a tenant's chain of fleet records: the next record is a difference to it.
package struct FleetChain {
  /// The maximum number of differences after a whole fleet; it bounds the cost of reading one record.
  package static let differencesMax = 8192

  /// The last record, to which the next difference refers.
  package let record: Int64
  /// Fingerprint of the fleet in `record`; used to find the devices that changed since.
  package let fingerprint: FleetFingerprint
  /// Bytes of the last whole fleet.
  package let keyframeBytes: Int
  /// Bytes of all differences since the last whole fleet.
  package let differenceBytes: Int
  /// The number of differences since the last whole fleet.
  package let differences: Int

  /// All counts include `record`.
  package init(record: Int64, fingerprint: FleetFingerprint, keyframeBytes: Int, differenceBytes: Int, differences: Int)
  {
    (self.record, self.fingerprint, self.keyframeBytes) = (record, fingerprint, keyframeBytes)
    (self.differenceBytes, self.differences) = (differenceBytes, differences)
  }

  /// Whether the next record should be a whole fleet: the differences are larger than the last one, or too many.
  package var isDue: Bool { differenceBytes > keyframeBytes || differences >= FleetChain.differencesMax }
}
