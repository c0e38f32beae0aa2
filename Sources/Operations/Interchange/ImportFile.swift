import Policies
import Routing
import Synchronization

/// Imports a file in one transaction, and records its digest.
package struct ImportFile {
  private let source: ByteSource
  private let name: String
  private let format: ImportFormat
  private let skipsBadLines: Bool
  private let catalog: PolicyCatalog?

  /// `name`: the file as it was given, for the record; `-` for standard input. `skipsBadLines`: keeps the good lines of a
  /// file with bad ones, which refuses the whole file otherwise. The caller closes what `source` reads. `catalog`: the
  /// policies and guards whose ranges the parameters in the file must fit; nil accepts every value.
  package init(
    _ source: ByteSource, name: String, format: ImportFormat = .jsonLines, skipsBadLines: Bool = false,
    catalog: PolicyCatalog? = nil
  ) {
    (self.source, self.name, self.format, self.skipsBadLines) = (source, name, format, skipsBadLines)
    self.catalog = catalog
  }

  /// Reads and checks `source` first, if it can be read again (`ByteSource.input`): other writers wait only while the rows
  /// are written. Memory does not grow with the file. Throws `importRejected` at the first bad line, and what `source`
  /// throws; then nothing is kept. See `ImportResult.rejection` for lines that were skipped.
  package func run(
    into store: any InterchangeStore, by note: OperatorNote, progress: ImportProgress? = nil
  ) throws -> ImportResult {
    let digested = DigestedSource()
    let origin = ImportOrigin(
      actor: note.actor, reason: note.reason, file: name, digest: { digested.digest() })
    return try store.importFile(
      digested.passing(source),
      ImportOptions(
        format: format, skipBad: skipsBadLines, now: note.at, origin: origin, ranges: catalog.map(CatalogRanges.init)),
      progress: progress)
  }
}

extension ImportResult {
  /// `importRejected` if lines were left out; nil if all were accepted.
  package var rejection: Problem? {
    badLineCount == 0
      ? nil : Problem(.importRejected, "\(badLineCount) of \(lineCount) lines were not imported")
  }
}

/// Exports rows: everything as JSON Lines, or leads or devices as CSV.
package struct ExportRows {
  private let format: ExportFormat
  private let tenant: TenantID?

  /// `tenant` nil: of all tenants.
  package init(_ format: ExportFormat = .jsonLines, tenant: TenantID? = nil) {
    (self.format, self.tenant) = (format, tenant)
  }

  /// `write` gets the file in pieces of about 64 KiB, from one snapshot; memory does not grow with the store. Throws
  /// `tenantNotFound`, and what `write` throws.
  package func run(from store: any InterchangeStore, write: ([UInt8]) throws -> Void) throws {
    try store.exportFile(format, tenant: tenant, write: write)
  }
}

/// Computes the digest of bytes on their way to an import.
private final class DigestedSource: Sendable {
  private let stream = Mutex(DigestStream())

  /// Passes on the bytes of `source`. A source that can be read again is read twice; the digest is of the second time.
  func passing(_ source: ByteSource) -> ByteSource {
    if let again = source.again { return ByteSource(again: { self.counting(try again()) }, next: source.next) }
    return counting(source)
  }

  private func counting(_ source: ByteSource) -> ByteSource {
    ByteSource {
      guard let bytes = try source.next() else { return nil }
      self.stream.withLock { $0.append(bytes) }
      return bytes
    }
  }

  /// The digest of all bytes that passed. Call it once.
  func digest() -> String { stream.withLock { $0.finish() } }
}
