import Foundation
import Logging
import Routing
import Wire

/// Log entries, one a line: `time level message key=value …`, or a JSON object. Fields are sorted by name. Only JSON has whole
/// digests.
struct LineLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info
  private let format: ServiceOptions.LogFormat
  private let clock: any Clock
  private let write: @Sendable (String) -> Void

  init(format: ServiceOptions.LogFormat, clock: any Clock, write: @escaping @Sendable (String) -> Void) {
    (self.format, self.clock, self.write) = (format, clock, write)
  }

  /// Writes a line with one call, so that lines of several threads do not mix.
  @Sendable static func writeToStandardError(_ line: String) {
    let bytes = Array(line.utf8)
    _ = Foundation.write(STDERR_FILENO, bytes, bytes.count)
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    // Sorted: the order of a dictionary differs from run to run.
    let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }
      .map { ($0.key, "\($0.value)") }.sorted { $0.0 < $1.0 }
    let at = clock.now().rfc3339
    let line =
      switch format {
      case .text:
        ([at, event.level.rawValue, "\(event.message)"]
          + fields.map { "\($0.0)=\(quoted(ShortDigests.shortening($0.1)))" })
          .joined(separator: " ")
      case .json:
        "{"
          + ([("at", at), ("level", event.level.rawValue), ("message", "\(event.message)")] + fields)
          .map { "\(json($0.0)):\(json($0.1))" }.joined(separator: ",") + "}"
      }
    write(line + "\n")
  }

  private func quoted(_ text: String) -> String {
    text.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" || $0.isNewline }) ? json(text) : text
  }

  private func json(_ text: String) -> String { JSONWriter().string(.string(text)) }
}
