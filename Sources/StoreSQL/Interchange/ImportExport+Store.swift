import Routing

extension SQLStore {
  /// Imports a file in one transaction: the whole file or, with `skipBad`, all lines that are valid.
  ///
  /// Throws the `ImportProblem` of the first bad line; then no line of the file is imported. A source that can be read
  /// again is checked before the transaction. Other writers wait while the rows are written.
  package func importFile(
    _ source: ByteSource, _ options: ImportOptions, progress: ImportProgress? = nil
  ) throws -> ImportResult {
    // The file may contain attempts, so the cached windows must be read again.
    defer { windows.withLock { $0 = nil } }
    let source = try ImportCheck(options).check(source)
    return try writing { db in try Importer.run(db, source, options, progress: progress) }
  }

  /// Exports everything, or one tenant, from one snapshot. Passes the file to `write` in chunks.
  ///
  /// Throws `ExportError` if the tenant does not exist.
  package func exportFile(
    _ format: ExportFormat = .jsonLines, tenant: TenantID? = nil, write: ([UInt8]) throws -> Void
  ) throws {
    try reading { db in try Exporter.run(db, format, tenant: tenant, write: write) }
  }
}
