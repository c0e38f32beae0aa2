import Files
import Foundation
import Routing
import Synchronization
import Wire

/// The gateway `log`: accepts every message and writes it as one JSON line to a file or to standard output.
///
/// A line is written with one call and ends with the attempt's key, so after a crash the file shows which attempts it has:
/// a truncated line does not count and is completed by a line break.
package final class LogGateway: Gateway {
  private struct Output: ~Copyable {
    let descriptor: Int32
    var isAtLineStart: Bool
  }

  private let isStandardOutput: Bool
  /// Whether the file has the lines of earlier processes. Without them, a missing line proves nothing.
  private let keepsEarlier: Bool
  private let clock: any Clock
  private let output: Mutex<Output>

  /// Whether every user of the machine could read the file until it was opened.
  package let wasOpenToOthers: Bool

  /// Opens the file for appending, or standard output for nil. `store`: the store whose messages are written; the file gets the
  /// same privacy. Throws `OpenError` if the file cannot be opened, or writing it would harm a store.
  package init(path: String?, clock: any Clock, store: String? = nil) throws {
    isStandardOutput = path == nil
    self.clock = clock
    guard let path else {
      output = Mutex(Output(descriptor: STDOUT_FILENO, isAtLineStart: true))
      (keepsEarlier, wasOpenToOthers) = (false, false)
      return
    }
    let file: AppendedFile
    do throws(FileProblem) {
      file = try AppendedFile(path, store: store)
    } catch {
      throw OpenError(message: "--sent: " + error.description)
    }
    let descriptor = file.descriptor
    (keepsEarlier, wasOpenToOthers) = (file.keepsEarlier, file.wasOpen)
    var last: UInt8 = UInt8(ascii: "\n")
    let size = lseek(descriptor, 0, SEEK_END)
    if size > 0 { _ = pread(descriptor, &last, 1, size - 1) }
    output = Mutex(Output(descriptor: descriptor, isAtLineStart: last == UInt8(ascii: "\n")))
  }

  deinit {
    guard !isStandardOutput else { return }
    _ = output.withLock { close($0.descriptor) }
  }

  /// The file cannot be opened, or must not be written.
  package struct OpenError: UsherError {
    package var code: ErrorCode { .gatewayUnusable }
    /// Begins with `--sent:`, the option that names the file.
    package let message: String
  }

  /// Makes one `write` call; a line that cannot be written whole pauses the device for 30 seconds.
  package func send(_ message: Message) async -> SendOutcome {
    var line: [UInt8] = []
    JSONWriter().append(
      .object(
        JSONObject([
          ("at", .string(clock.now().rfc3339)), ("tenant", .string(message.tenant.text)),
          ("device", .string(message.device.text)), ("to", .string(message.recipient.text)),
          ("content", .string(message.content)), ("sequence", .string(message.sequence)),
          ("step", .integer(Int64(message.step))), ("contact", .string(message.contact.text)),
          ("key", .string(message.idempotencyKey)),
        ])), to: &line)
    line.append(UInt8(ascii: "\n"))
    return output.withLock { output in
      if !output.isAtLineStart { line.insert(UInt8(ascii: "\n"), at: 0) }
      let written = write(output.descriptor, line, line.count)
      if written == line.count {
        output.isAtLineStart = true
        return .accepted(gatewayID: message.idempotencyKey)
      }
      if written > 0 { output.isAtLineStart = false }
      let reason = written < 0 ? String(cString: strerror(errno)) : "only \(written) of \(line.count) bytes"
      // Nothing, or only an incomplete line, was written, so the message was certainly not sent. The disk may be full for a while.
      return .deviceFault(reason: "the log of sent messages cannot be written: \(reason)", pauseSeconds: 30)
    }
  }

  /// Reads the end of the file: 8 MiB, and 16 KiB for each message. For standard output nothing is known.
  package func statuses(of messages: [Message]) async -> [AttemptStatus] {
    guard keepsEarlier,
      let tail = output.withLock({ LogGateway.tail(of: $0.descriptor, attempts: messages.count) })
    else {
      return messages.map { _ in .cannotTell }
    }
    let found = LogGateway.keys(in: tail)
    return messages.map { message in
      let key = message.idempotencyKey
      return found.contains(key) ? .accepted(gatewayID: key) : .neverReceived
    }
  }

  /// The end of a log, which contains the lines of an unfinished claim, since nothing was written after them: 8 MiB, and for each
  /// attempt the size of the longest message.
  private static func tail(of descriptor: CInt, attempts: Int) -> [UInt8]? {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard size >= 0 else { return nil }
    let length = min(size, (8 << 20) + attempts * 16_384)
    var tail = [UInt8](repeating: 0, count: length)
    var count = 0
    while count < length {
      let found = tail.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress! + count, length - count, off_t(size - length + count))
      }
      if found < 0, errno == EINTR { continue }
      guard found > 0 else { return nil }
      count += found
    }
    return tail
  }

  /// The keys of the complete lines. The key is the last member, so a truncated line has none.
  private static func keys(in log: [UInt8]) -> Set<String> {
    var keys: Set<String> = []
    log.withUnsafeBytes { bytes in
      guard var start = bytes.baseAddress else { return }
      let end = start + bytes.count
      while let lineEnd = memchr(start, 10, end - start).map({ UnsafeRawPointer($0) }) {
        if let key = key(from: start, to: lineEnd) { keys.insert(key) }
        start = lineEnd + 1
      }
    }
    return keys
  }

  /// The last member of a line's object. Quotes within a text are escaped in JSON, so the mark occurs once in a line; the search
  /// starts at the end, where the key is.
  private static func key(from start: UnsafeRawPointer, to lineEnd: UnsafeRawPointer) -> String? {
    let mark = Array("\"key\":".utf8)
    var value = lineEnd - 1
    guard value > start, value.load(as: UInt8.self) == UInt8(ascii: "}") else { return nil }
    while value - mark.count >= start {
      if memcmp(value - mark.count, mark, mark.count) == 0 {
        let text = UnsafeRawBufferPointer(start: value, count: lineEnd - 1 - value)
        guard case .string(let key)? = try? JSONParser.parse(text) else { return nil }
        return key
      }
      value -= 1
    }
    return nil
  }
}
