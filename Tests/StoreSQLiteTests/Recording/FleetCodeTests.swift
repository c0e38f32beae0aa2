import Routing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// A recorded fleet reads back as it was, in everything that a decision can depend on.
struct FleetCodeTests {
  @Test(arguments: [(1, 0), (2, 1), (3, 4), (4, 12), (5, 40), (6, 100)] as [(UInt64, Int)])
  func `a chain of records restores each fleet exactly`(seed: UInt64, devices: Int) throws {
    var world = RandomFleet(seed: seed, devices: devices)
    var fingerprint: FleetFingerprint?
    var state: FleetCode.State?
    var differences = 0
    for round in 0..<300 {
      let fleet = world.fleet
      let recorded = state
      if let changes = try fingerprint?.changes(
        to: fleet, FleetFingerprint(fleet), recorded: { try #require(recorded) })
      {
        differences += 1
        try read(FleetCode.difference(fleet, changes), at: fleet.now, into: &state)
      } else {
        state = nil
        try read(FleetCode.keyframe(fleet), at: fleet.now, into: &state)
      }
      fingerprint = FleetFingerprint(fleet)
      expectSame(try #require(state), fleet, "seed \(seed), round \(round)")
      world.step()
    }
    #expect(devices > 0 ? differences > 100 : differences > 0)
  }

  @Test func `a new process continues the recorded chain as the old one would`() throws {
    var world = RandomFleet(seed: 7, devices: 30)
    var state: FleetCode.State?
    for round in 0..<200 {
      let fleet = world.fleet
      // From here on only the record is known.
      let recorded = state
      let fingerprint = recorded.map { FleetFingerprint($0.members, at: $0.at) }
      if let changes = try fingerprint?.changes(
        to: fleet, FleetFingerprint(fleet), recorded: { try #require(recorded) })
      {
        try read(FleetCode.difference(fleet, changes), at: fleet.now, into: &state)
      } else {
        state = nil
        try read(FleetCode.keyframe(fleet), at: fleet.now, into: &state)
      }
      expectSame(try #require(state), fleet, "round \(round)")
      world.step()
    }
  }

  @Test func `an unchanged fleet takes two bytes`() throws {
    let world = RandomFleet(seed: 8, devices: 100)
    let nothing: [FleetCode.Change]? = FleetFingerprint(world.fleet).changes(
      to: world.fleet, FleetFingerprint(world.fleet)
    ) {
      fatalError("not needed")
    }
    let changes = try #require(nothing)
    #expect(changes.isEmpty && FleetCode.difference(world.fleet, changes) == [2, 0])
  }

  @Test(arguments: 0..<8)
  func `random bytes are read or refused`(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    var world = RandomFleet(seed: UInt64(seed), devices: 8)
    for _ in 0..<20 { world.step() }
    let before = world.fleet
    world.step()
    let after = world.fleet
    let changes = FleetFingerprint(before).changes(to: after, FleetFingerprint(after)) {
      FleetCode.State(at: before.now, members: before.members)
    }
    let bodies = [FleetCode.keyframe(after)] + (changes.map { [FleetCode.difference(after, $0)] } ?? [])
    var read = 0
    for round in 0..<20_000 {
      var body =
        round % 3 == 0
        ? (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        : bodies[round % bodies.count]
      for _ in 0..<Int.random(in: 1...3, using: &random) where !body.isEmpty {
        let place = Int.random(in: body.indices, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: body[place] = UInt8.random(in: 0...255, using: &random)
        case 1: body.removeSubrange(place...)
        default: body.insert(UInt8.random(in: 0...255, using: &random), at: place)
        }
      }
      if round % 3 == 0, !body.isEmpty { body[0] = UInt8(round % 2 + 1) }
      var state: FleetCode.State? = body.first == 2 ? FleetCode.State(at: before.now, members: before.members) : nil
      guard (try? self.read(body, at: after.now, into: &state)) != nil, let state else { continue }
      read += 1
      // A record that can be read can be used.
      var fleet = state.fleet(of: after.tenant)
      _ = fleet.capacityAt()
      for position in 0..<fleet.count { _ = (fleet.roomAt(position), fleet.refusal(position)) }
    }
    #expect(read > 100)
  }

  @Test func `numbers of any size are restored, and longer ones are refused`() throws {
    let numbers: [Int64] = [0, 1, -1, 63, 64, -64, -65, 127, 128, 1 << 31, .max, .min, .max - 1, .min + 1]
    var writer = RecordWriter()
    for number in numbers {
      writer.signed(number)
      writer.number(UInt64(bitPattern: number))
      writer.difference(number, from: 1_795_000_000_000)
    }
    try reading(writer.bytes) { reader in
      for number in numbers {
        let (signed, plain) = (try reader.signed(), try reader.number())
        #expect(signed == number && plain == UInt64(bitPattern: number))
        let near = try reader.difference(from: 1_795_000_000_000)
        #expect(near == number)
      }
      #expect(reader.isAtEnd)
    }
    for bytes in [[UInt8](repeating: 0x80, count: 10) + [1], [UInt8](repeating: 0xFF, count: 9) + [2], []] {
      #expect(throws: UnreadableRecord.self) { try reading(bytes) { reader in _ = try reader.number() } }
    }
  }

  private func reading(_ bytes: [UInt8], _ body: (inout RecordReader) throws -> Void) throws {
    try bytes.withUnsafeBytes { bytes in
      var reader = RecordReader(bytes)
      try body(&reader)
    }
  }

  private func read(_ body: [UInt8], at now: Instant, into state: inout FleetCode.State?) throws {
    try body.withUnsafeBytes { bytes in try FleetCode.read(bytes, at: now, into: &state) }
  }

  private func expectSame(_ state: FleetCode.State, _ fleet: Fleet, _ place: Comment) {
    let found = state.fleet(of: fleet.tenant)
    guard found.count == fleet.count, found.now == fleet.now else {
      Issue.record("expected \(fleet.count) devices, found \(found.count), \(place)")
      return
    }
    for (a, b) in zip(found.members, fleet.members) {
      #expect(a.device == b.device, place)
      #expect(a.load == b.load, place)
      #expect(a.sends.day(at: fleet.now).elementsEqual(b.sends.day(at: fleet.now)), place)
    }
  }
}
