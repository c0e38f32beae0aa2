/// What a file is written for: it says which names are right for it.
package enum OutputUse: Sendable {
  /// A report, a page, a plan, a trace of coverage.
  case report
  /// A policy or cases.
  case lua
  /// What the gateway `log` is handed.
  case sentFile
  /// An archive of decisions.
  case archive
  /// A new store.
  case store

  /// Whether the file is extended, and not replaced: then all its names lead to what was written.
  var isAppended: Bool { self == .sentFile }

  /// The file of a store that it may be.
  var kind: StoreFiles.Kind? {
    switch self {
    case .sentFile: .sentFile
    case .archive: .archive
    case .report, .lua, .store: nil
    }
  }
}
