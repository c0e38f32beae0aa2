/// Imports files into a store and exports them from it.
package protocol InterchangeStore: Sendable {
  /// Imports a file in one transaction: all lines, or with `skipBad` all but the bad ones. Reads a source that can be read
  /// again once before the transaction, to check it; a source that cannot should not wait for its bytes, since other
  /// writers wait for it. Calls `progress` at most ten times a second. Changes that end waits make them due (`Wake`).
  ///
  /// Throws the `ImportProblem` of the first bad line; then no line of the file is imported. Importing the same file
  /// again writes nothing.
  func importFile(_ source: ByteSource, _ options: ImportOptions, progress: ImportProgress?) throws -> ImportResult

  /// Exports all rows, or those of one tenant, from one snapshot: types in the order of `InterchangeType`, rows of each
  /// type in order of their keys. Calls `write` with chunks of about 64 KiB and rethrows its errors.
  ///
  /// Importing an export into a new store and exporting that store gives the same bytes. Throws `ExportError` for an
  /// unknown tenant.
  func exportFile(_ format: ExportFormat, tenant: TenantID?, write: ([UInt8]) throws -> Void) throws
}

extension InterchangeStore {
  /// Imports without progress reports.
  package func importFile(_ source: ByteSource, _ options: ImportOptions) throws -> ImportResult {
    try importFile(source, options, progress: nil)
  }

  /// Exports JSON Lines; all rows unless a tenant is given.
  package func exportFile(tenant: TenantID? = nil, write: ([UInt8]) throws -> Void) throws {
    try exportFile(.jsonLines, tenant: tenant, write: write)
  }
}
