/// Files into a store and out of it.
package protocol InterchangeStore: Sendable {
  /// Imports a file in one transaction: all of it, or with `skipBad` all but its bad lines. Other writers wait until
  /// the file has been read. `progress` hears of lines at most ten times a second.
  ///
  /// Throws the `ImportProblem` of the first bad line; then nothing of the file is kept. Importing the same file again
  /// writes nothing.
  func importFile(_ source: ByteSource, _ options: ImportOptions, progress: ImportProgress?) throws -> ImportResult

  /// Exports all rows, or those of one tenant, from one snapshot: types in the order of `InterchangeType`, rows of each
  /// in the order of their keys. `write` gets the file in pieces of about 64 KiB; what it throws is rethrown.
  ///
  /// Importing an export into a new store and exporting that gives the same bytes. Throws `ExportError` for an unknown
  /// tenant.
  func exportFile(_ format: ExportFormat, tenant: TenantID?, write: ([UInt8]) throws -> Void) throws
}

extension InterchangeStore {
  /// Imports without reporting progress.
  package func importFile(_ source: ByteSource, _ options: ImportOptions) throws -> ImportResult {
    try importFile(source, options, progress: nil)
  }

  /// As JSON Lines; all rows unless a tenant is named.
  package func exportFile(tenant: TenantID? = nil, write: ([UInt8]) throws -> Void) throws {
    try exportFile(.jsonLines, tenant: tenant, write: write)
  }
}
