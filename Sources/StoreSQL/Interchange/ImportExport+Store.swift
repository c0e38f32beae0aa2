import Routing

extension SQLStore {
  /// Imports a file in one transaction: all of it, or with `skipBad` all but its bad lines.
  ///
  /// Throws the `ImportProblem` of the first bad line, and then nothing of the file is kept. Other writers
  /// wait until the file has been read.
  package func importFile(
    _ source: ByteSource, _ options: ImportOptions, progress: ImportProgress? = nil
  ) throws -> ImportResult {
    // A file may hold attempts: what was remembered of them is read again.
    defer { windows.withLock { $0 = nil } }
    return try writing { db in try Importer.run(db, source, options, progress: progress) }
  }

  /// Exports everything, or one tenant, from one snapshot. `write` gets the file piece by piece.
  ///
  /// Throws `ExportError` for a tenant that the store does not have.
  package func exportFile(
    _ format: ExportFormat = .jsonLines, tenant: TenantID? = nil, write: ([UInt8]) throws -> Void
  ) throws {
    try reading { db in try Exporter.run(db, format, tenant: tenant, write: write) }
  }
}
