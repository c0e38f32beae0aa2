import Delivery
import Foundation
import Routing
import RoutingTestKit
import Testing
import Wire

struct LogGatewayTests {
  private let folder = TestFolder()
  private var path: String { folder.file("sent.jsonl") }
  private let clock = FixedClock(Instant(rfc3339: "2026-11-22T09:00:00Z")!)

  private func message(_ number: Int, content: String = "Hi \"you\"\n") -> Message {
    Message(
      key: MessageKey(Int64(number)), tenant: TenantID("acme")!, device: DeviceID("D1")!, deviceKey: DeviceKey(1),
      gateway: "log", recipient: PhoneNumber("+15550100001")!, content: content, sequence: "welcome", step: 1,
      contact: ContactID("welcome/L1")!, idempotencyKey: "acme-\(number)-1")
  }

  private var lines: [String] {
    get throws { try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init) }
  }

  @Test func `a message is one JSON line`() async throws {
    let gateway = try LogGateway(path: path, clock: clock)
    #expect(await gateway.send(message(1)) == .accepted(gatewayID: "acme-1-1"))
    #expect(await gateway.send(message(2)) == .accepted(gatewayID: "acme-2-1"))
    #expect(try lines.count == 2)
    let value = try JSONParser.parse(Array(try lines[0].utf8))
    guard case .object(let object) = value else { preconditionFailure("an object") }
    #expect(object.keys == ["at", "tenant", "device", "to", "content", "sequence", "step", "contact", "key"])
    #expect(object["content"] == "Hi \"you\"\n")
    #expect(object["at"] == "2026-11-22T09:00:00Z")
  }

  @Test func `after a crash the file shows which attempts were sent`() async throws {
    do {
      let gateway = try LogGateway(path: path, clock: clock)
      _ = await gateway.send(message(1))
    }
    let gateway = try LogGateway(path: path, clock: clock)
    #expect(await gateway.statuses(of: [message(1)]) == [.accepted(gatewayID: "acme-1-1")])
    #expect(await gateway.statuses(of: [message(11)]) == [.neverReceived])
    #expect(await gateway.statuses(of: [message(2)]) == [.neverReceived])
  }

  @Test func `a destination that keeps nothing cannot confirm an attempt`() async throws {
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "/dev/null")
    let gone = folder.file("moved-away.jsonl")
    for path in [nil, "/dev/null", "/dev/full", "/dev/stdout", folder.file("pipe"), folder.file("link"), gone] {
      let gateway = try LogGateway(path: path, clock: clock)
      #expect(await gateway.statuses(of: [message(1), message(2)]) == [.cannotTell, .cannotTell], "\(path ?? "-")")
    }
  }

  @Test func `an empty file from an earlier process proves that nothing was sent`() async throws {
    do { _ = try LogGateway(path: path, clock: clock) }
    #expect(await (try LogGateway(path: path, clock: clock)).statuses(of: [message(1)]) == [.neverReceived])
  }

  @Test func `standard output redirected to a file is not a sent file`() async throws {
    try Data().write(to: URL(fileURLWithPath: path))
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    let gateway = try LogGateway(path: "/dev/fd/\(descriptor)", clock: clock)
    #expect(await gateway.statuses(of: [message(1)]) == [.cannotTell])
  }

  @Test func `a truncated line does not count, and the next message begins on a new line`() async throws {
    _ = await (try LogGateway(path: path, clock: clock)).send(message(1))
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in [1, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      let gateway = try LogGateway(path: path, clock: clock)
      #expect(await gateway.statuses(of: [message(1)]) == [.neverReceived], "cut at \(length)")
      _ = await gateway.send(message(2))
      #expect(await gateway.statuses(of: [message(2)]) == [.accepted(gatewayID: "acme-2-1")])
      #expect(try lines.last?.hasPrefix("{\"at\"") == true)
    }
  }

  @Test func `a file that cannot be opened is rejected with its path`() throws {
    let error = #expect(throws: LogGateway.OpenError.self) {
      try LogGateway(path: folder.file("no/such/folder/sent.jsonl"), clock: clock)
    }
    #expect(error.map { "\($0)".contains("no/such/folder") } == true)
  }

  @Test func `a full disk pauses the device and returns the message to the queue`() async throws {
    let gateway = try LogGateway(path: "/dev/full", clock: clock)
    guard case .deviceFault(let reason, 30) = await gateway.send(message(1)) else {
      Issue.record("expected a fault of the device")
      return
    }
    #expect(reason.contains("No space left on device"))
  }
}
