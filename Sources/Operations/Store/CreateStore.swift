import Files
import Routing
import Stores

/// Creates a store at a free path, records who did it, and imports sample data if given.
package struct CreateStore {
  /// The result of creating a store.
  package struct Result {
    /// Files of an earlier store with the same name, which the new store takes over.
    package let leftovers: [String]
    /// Lines of sample data; nil without any.
    package let sampleLines: Int?

    /// Whether a hold file is among the leftovers: the new store is on hold.
    package var isOnHold: Bool { leftovers.contains { $0.hasSuffix(StoreFiles.hold) } }
  }

  private let path: String
  private let isGroupReadable: Bool
  private let sample: [UInt8]?

  /// `sample`: JSON Lines that are imported into the new store; nil for none.
  package init(at path: String, isGroupReadable: Bool = false, sample: [UInt8]? = nil) {
    (self.path, self.isGroupReadable, self.sample) = (path, isGroupReadable, sample)
  }

  /// Throws `storeUnusable` if the path is not free.
  package func run(by note: OperatorNote) throws -> Result {
    let leftovers = StoreFiles.existing(of: path).dropFirst()
    let store = try Stores.create(path, isGroupReadable: isGroupReadable)
    try store.recordCreation(by: note, isSample: sample != nil)
    let imported = try sample.map { try store.importFile(ByteSource($0), ImportOptions(now: note.at)) }
    return Result(leftovers: Array(leftovers), sampleLines: imported?.lineCount)
  }
}

/// Upgrades a store or an archive of an earlier version to the newest one.
package struct UpgradeStore {
  /// The result of an upgrade.
  package struct Result {
    /// The version of the schema that the file had.
    package let versionBefore: Int
    /// The version that it has now; equal if no upgrade was needed.
    package let version: Int
    /// Sentences for the person who runs the program.
    package let notices: [String]
  }

  private let path: String

  /// `path`: a store or an archive.
  package init(at path: String) { self.path = path }

  /// Calls `waits` if another process is upgrading the store. Throws `storeUnusable`; then the file is unchanged.
  /// Needs as much free space as the file is large.
  package func run(by note: OperatorNote, waits: (String) -> Void) throws -> Result {
    let (before, notices) = try Stores.upgrade(path, by: note, waits: waits)
    return Result(versionBefore: before, version: Stores.version, notices: notices)
  }
}
