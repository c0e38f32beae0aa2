/// What a file is written for; decides which names are allowed.
package enum OutputUse: Sendable {
  /// A report, a page, a plan, a trace of coverage.
  case report
  /// A policy or cases.
  case lua
  /// The messages that the gateway `log` received.
  case sentFile
  /// An archive of decisions.
  case archive
  /// A new store.
  case store

  /// Whether the file is appended to, not replaced: then all its names show what was written.
  var isAppended: Bool { self == .sentFile }

  /// The kind of store file that this use may write.
  var kind: StoreFiles.Kind? {
    switch self {
    case .sentFile: .sentFile
    case .archive: .archive
    case .report, .lua, .store: nil
    }
  }
}
