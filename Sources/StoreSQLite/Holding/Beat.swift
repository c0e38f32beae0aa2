import Routing
import StoreSQL
import Wire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Beat {
  /// The first heartbeat of a process; keeps the cycle times of the previous process.
  init(process: Int32, after last: Beat?) {
    self.init(process: process, start: Beat.start(of: process), began: last?.began, ended: last?.ended)
    number = last?.number ?? 0
  }

  /// The 22nd field of `/proc/PID/stat`; nil if it cannot be read. The second field may contain anything, so fields are
  /// counted from the last `)`.
  static func start(of process: Int32) -> Int64? {
    guard let text = StoreLock.text(of: "/proc/\(process)/stat"), let name = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: name)...].split(separator: " ")
    return fields.count > 19 ? Int64(fields[19]) : nil
  }
}

// MARK: - Text format: the process id on the first line, JSON on the second

extension Beat {
  private static let bytesMax = 1 << 20

  /// Nil if the file does not contain a complete heartbeat.
  init?(reading descriptor: CInt) {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while bytes.count < Beat.bytesMax {
      let count = pread(descriptor, &piece, piece.count, off_t(bytes.count))
      guard count > 0 else { break }
      bytes += piece.prefix(count)
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count == 3, let process = Int32(String(decoding: lines[0], as: UTF8.self)), process > 0,
      case .object(let object)? = try? JSONParser.parse(Array(lines[1])),
      // Written first and last: the two differ if one half of the text is older.
      case .integer(let number)? = object["n"], object["end"] == .integer(number)
    else { return nil }
    self.init(process: process, in: object)
    self.number = number
  }

  private init(process: Int32, in object: JSONObject) {
    self.init(
      process: process, start: Beat.whole(object["start"]),
      every: Beat.whole(object["every_ms"], in: 0...Beat.millisecondsMax), began: Beat.time(object["began"]),
      ended: Beat.time(object["ended"]))
    guard case .array(let items)? = object["holds"] else { return }
    holds = items.compactMap { item in
      guard case .object(let hold) = item, case .string(let key)? = hold["key"],
        let count = Beat.whole(hold["with_gateway"], in: 0...Int64(Int32.max))
      else { return nil }
      return Acknowledged(key: key, withGateway: Int(count))
    }
  }

  /// Returns the error number if it cannot be written; nil on success.
  @discardableResult
  mutating func write(to descriptor: CInt) -> CInt? {
    // A counter instead of a time: several heartbeats can be written within a millisecond.
    number &+= 1
    let number = JSONValue.integer(number)
    let holds = holds.map { hold in
      JSONValue.object(
        JSONObject([("key", .string(hold.key)), ("with_gateway", .integer(Int64(hold.withGateway)))]))
    }
    let object = JSONObject([
      ("n", number), ("start", Beat.json(start)), ("every_ms", Beat.json(every)), ("began", Beat.json(began)),
      ("ended", Beat.json(ended)), ("holds", .array(holds)), ("end", number),
    ])
    let text = Array("\(process)\n\(JSONWriter().string(.object(object)))\n".utf8)
    // Bytes after the second line remain from an earlier, longer text; they are ignored.
    let count = pwrite(descriptor, text, text.count, 0)
    guard count == text.count else { return count < 0 ? errno : ENOSPC }
    _ = ftruncate(descriptor, off_t(text.count))
    return nil
  }

  /// About 35,000 years; a larger value comes from a damaged file.
  private static let millisecondsMax: Int64 = 1 << 50

  /// Nil for a number out of range: the file may be damaged.
  private static func whole(_ value: JSONValue?, in range: ClosedRange<Int64> = 0...Int64.max) -> Int64? {
    guard case .integer(let number)? = value, range.contains(number) else { return nil }
    return number
  }

  private static func json(_ number: Int64?) -> JSONValue { number.map { .integer($0) } ?? .null }

  private static func time(_ value: JSONValue?) -> HeartbeatTime? {
    guard case .object(let object)? = value,
      let clock = whole(object["at"], in: Instant.earliest.milliseconds...Instant.latest.milliseconds),
      let uptime = whole(object["uptime"], in: 0...millisecondsMax), case .string(let boot)? = object["boot"]
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
