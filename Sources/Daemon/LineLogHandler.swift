import Foundation
import Logging
import Routing
import Wire

/// Log entries on standard error, one a line: `time level message key=value …`, or a JSON object.
struct LineLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info
  private let format: Daemon.LogFormat

  init(format: Daemon.LogFormat) { self.format = format }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    // Sorted: the order of a dictionary differs from run to run.
    let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }
      .map { ($0.key, "\($0.value)") }.sorted { $0.0 < $1.0 }
    let at = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)).rfc3339
    let line =
      switch format {
      case .text:
        ([at, event.level.rawValue, "\(event.message)"] + fields.map { "\($0.0)=\(quoted($0.1))" })
          .joined(separator: " ")
      case .json:
        "{"
          + ([("at", at), ("level", event.level.rawValue), ("message", "\(event.message)")] + fields)
          .map { "\(json($0.0)):\(json($0.1))" }.joined(separator: ",") + "}"
      }
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  private func quoted(_ text: String) -> String {
    text.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" || $0.isNewline }) ? json(text) : text
  }

  private func json(_ text: String) -> String { JSONWriter().string(.string(text)) }
}
