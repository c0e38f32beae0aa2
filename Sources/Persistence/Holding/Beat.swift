import Routing
import Wire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The text of a `Heartbeat`: the process's number on the first line, JSON on the second.
package struct Beat: Equatable, Sendable {
  /// A hold that the process has seen.
  package struct Acknowledged: Equatable, Sendable {
    /// As `SendingHold.key`.
    package var key: String
    /// Messages in its scope that are with a gateway and cannot be recalled.
    package var withGateway: Int
  }

  package var process: Int32
  /// When the process was started, in the kernel's ticks since the boot: a number that is used again is another process.
  package var start: Int64?
  /// Milliseconds between two cycles; nil for a process that runs one.
  package var every: Int64?
  package var began: HeartbeatTime?
  /// The end of the last cycle that did not fail; it may have been another process's.
  package var ended: HeartbeatTime?
  package var holds: [Acknowledged] = []

  /// The first one of a process; the cycles of the one before it stay known.
  init(process: Int32, after last: Beat?) {
    self.process = process
    start = Beat.start(of: process)
    (began, ended) = (last?.began, last?.ended)
  }

  /// The 22nd field of `/proc/PID/stat`; nil where it cannot be read. The second field may hold anything but its last `)`.
  static func start(of process: Int32) -> Int64? {
    guard let text = StoreLock.text(of: "/proc/\(process)/stat"), let name = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: name)...].split(separator: " ")
    return fields.count > 19 ? Int64(fields[19]) : nil
  }
}

// MARK: - As text

extension Beat {
  private static let bytesMax = 1 << 20

  /// Nil when there is none, or one that is being written.
  init?(reading descriptor: CInt) {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while bytes.count < Beat.bytesMax {
      let count = pread(descriptor, &piece, piece.count, off_t(bytes.count))
      guard count > 0 else { break }
      bytes += piece.prefix(count)
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count == 3, let process = Int32(String(decoding: lines[0], as: UTF8.self)),
      case .object(let object)? = try? JSONParser.parse(Array(lines[1])),
      // Written first and last: a text of which one half is older has two different ones.
      let first = object["n"], first == object["end"]
    else { return nil }
    self.init(process: process, in: object)
  }

  private init(process: Int32, in object: JSONObject) {
    self.process = process
    start = Beat.whole(object["start"])
    every = Beat.whole(object["every_ms"])
    (began, ended) = (Beat.time(object["began"]), Beat.time(object["ended"]))
    guard case .array(let items)? = object["holds"] else { return }
    holds = items.compactMap { item in
      guard case .object(let hold) = item, case .string(let key)? = hold["key"],
        let count = Beat.whole(hold["with_gateway"])
      else { return nil }
      return Acknowledged(key: key, withGateway: Int(count))
    }
  }

  func write(to descriptor: CInt) {
    let number = JSONValue.integer(HeartbeatTime.now().uptime)
    let holds = holds.map { hold in
      JSONValue.object(
        JSONObject([("key", .string(hold.key)), ("with_gateway", .integer(Int64(hold.withGateway)))]))
    }
    let object = JSONObject([
      ("n", number), ("start", Beat.json(start)), ("every_ms", Beat.json(every)), ("began", Beat.json(began)),
      ("ended", Beat.json(ended)), ("holds", .array(holds)), ("end", number),
    ])
    let text = Array("\(process)\n\(JSONWriter().string(.object(object)))\n".utf8)
    // What follows the second line is of a longer text before; nobody reads it.
    _ = pwrite(descriptor, text, text.count, 0)
    _ = ftruncate(descriptor, off_t(text.count))
  }

  private static func whole(_ value: JSONValue?) -> Int64? {
    if case .integer(let number)? = value { number } else { nil }
  }

  private static func json(_ number: Int64?) -> JSONValue { number.map { .integer($0) } ?? .null }

  private static func time(_ value: JSONValue?) -> HeartbeatTime? {
    guard case .object(let object)? = value, let clock = whole(object["at"]), let uptime = whole(object["uptime"]),
      case .string(let boot)? = object["boot"]
    else { return nil }
    return HeartbeatTime(clock: Instant(milliseconds: clock), uptime: uptime, boot: boot)
  }

  private static func json(_ time: HeartbeatTime?) -> JSONValue {
    guard let time else { return .null }
    return .object(
      JSONObject([
        ("at", .integer(time.clock.milliseconds)), ("uptime", .integer(time.uptime)), ("boot", .string(time.boot)),
      ]))
  }
}
