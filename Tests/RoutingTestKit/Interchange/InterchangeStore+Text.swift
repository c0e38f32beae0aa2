import Routing

extension InterchangeStore {
  /// Imports lines of text.
  @discardableResult
  package func importing(
    _ text: String, skipBad: Bool = false, at now: Instant = StoreFixture.now
  ) throws -> ImportResult {
    try importFile(ByteSource(Array(text.utf8)), ImportOptions(format: .jsonLines, skipBad: skipBad, now: now))
  }

  /// The export of all rows, or of a tenant's.
  package func exported(tenant: String? = nil) throws -> String {
    String(decoding: try exportedBytes(tenant: tenant), as: UTF8.self)
  }

  /// The bytes of the export, as a file would contain them.
  package func exportedBytes(tenant: String? = nil) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try exportFile(tenant: tenant.map(TenantID.init(stored:))) { bytes += $0 }
    return bytes
  }
}
