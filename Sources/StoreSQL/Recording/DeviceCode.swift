import Routing

/// Encodes a device of a fleet record: first the values that rarely change, then those that change with each message,
/// then its sends.
///
/// Omits the values on which no decision can depend: phone, gateway, pace.
enum DeviceCode {
  // MARK: - Values that rarely change

  static func appendFixed(_ device: Device, to writer: inout RecordWriter) {
    writer.text(device.id.text)
    writer.text(device.name)
    writer.text(device.platform)
    let limits = [device.limits.minute, device.limits.hour, device.limits.day, device.limits.queue]
    // Bits 4 and 5 were added later: earlier records never set them.
    writer.byte(mask(limits.map { $0 != nil } + [device.activatedAt != nil, !device.attributes.isEmpty]))
    for case let limit? in limits { writer.count(limit) }
    writer.count(device.tags.count)
    for tag in device.tags { writer.text(tag) }
    if let activatedAt = device.activatedAt { writer.signed(activatedAt.milliseconds) }
    if !device.attributes.isEmpty { append(device.attributes, to: &writer) }
  }

  static func readFixed(
    _ reader: inout RecordReader, key: DeviceKey, into device: inout Device
  ) throws(UnreadableRecord) {
    device.key = key
    device.id = DeviceID(stored: try reader.text())
    device.name = try reader.text()
    device.platform = try reader.text()
    let mask = try reader.byte()
    guard mask < 64 else { throw reader.failure("expected limits, found \(mask)") }
    device.limits.minute = mask & 1 == 0 ? nil : try reader.count()
    device.limits.hour = mask & 2 == 0 ? nil : try reader.count()
    device.limits.day = mask & 4 == 0 ? nil : try reader.count()
    device.limits.queue = mask & 8 == 0 ? nil : try reader.count()
    var tags: [String] = []
    for _ in 0..<(try reader.elements()) { tags.append(try reader.text()) }
    device.tags = tags
    device.activatedAt = mask & 16 == 0 ? nil : try reader.instant(from: Instant(milliseconds: 0))
    device.attributes = mask & 32 == 0 ? [] : try readAttributes(&reader)
  }

  private static func append(_ attributes: [Parameter], to writer: inout RecordWriter) {
    writer.count(attributes.count)
    for attribute in attributes {
      writer.text(attribute.name)
      switch attribute.value {
      case .boolean(let value): writer.byte(value ? 1 : 0)
      case .integer(let value):
        writer.byte(2)
        writer.signed(value)
      case .number(let value):
        writer.byte(3)
        writer.number(value.bitPattern)
      case .text(let value):
        writer.byte(4)
        writer.text(value)
      }
    }
  }

  private static func readAttributes(_ reader: inout RecordReader) throws(UnreadableRecord) -> [Parameter] {
    var attributes: [Parameter] = []
    for _ in 0..<(try reader.elements()) {
      let name = try reader.text()
      let kind = try reader.byte()
      let value: Scalar =
        switch kind {
        case 0: .boolean(false)
        case 1: .boolean(true)
        case 2: .integer(try reader.signed())
        case 3: .number(Double(bitPattern: try reader.number()))
        case 4: .text(try reader.text())
        default: throw reader.failure("expected an attribute, found one of kind \(kind)")
        }
      attributes.append(Parameter(name, value))
    }
    return attributes
  }

  // MARK: - Values that change often

  /// `lastSentAt` usually equals the time of the last send; one bit says so.
  static func appendMoving(_ member: Fleet.Member, at now: Instant, to writer: inout RecordWriter) {
    let device = member.device
    let lastSend = member.sends.day(at: now).last.map(Instant.init(milliseconds:))
    let isLastSend = lastSend != nil && device.lastSentAt == lastSend
    let moments = [
      device.pausedUntil, device.lastSeenAt, isLastSend ? nil : device.lastSentAt, device.nextSendAt,
    ]
    writer.byte(statusCode(device.status) << 5 | (isLastSend ? 16 : 0) | mask(moments.map { $0 != nil }))
    writer.count(member.load.queued)
    writer.count(member.load.inFlight)
    writer.count(member.load.failuresHour)
    for case let moment? in moments { writer.difference(moment.milliseconds, from: now.milliseconds) }
  }

  /// Read before the sends, which give the time of the last send; `member` fills it in.
  struct Moving {
    var queued = 0
    var inFlight = 0
    var failuresHour = 0
    var isLastSend = false
  }

  static func readMoving(
    _ reader: inout RecordReader, at now: Instant, into device: inout Device
  ) throws(UnreadableRecord) -> Moving {
    let mask = try reader.byte()
    guard Int(mask >> 5) < statuses.count else { throw reader.failure("expected a status, found \(mask >> 5)") }
    device.status = statuses[Int(mask >> 5)]
    let moving = Moving(
      queued: try reader.small(), inFlight: try reader.small(), failuresHour: try reader.small(),
      isLastSend: mask & 16 != 0)
    device.pausedUntil = mask & 1 == 0 ? nil : try reader.instant(from: now)
    device.lastSeenAt = mask & 2 == 0 ? nil : try reader.instant(from: now)
    device.lastSentAt = mask & 4 == 0 ? nil : try reader.instant(from: now)
    device.nextSendAt = mask & 8 == 0 ? nil : try reader.instant(from: now)
    return moving
  }

  // MARK: - Sends

  /// Times in ascending order.
  static func appendSends(_ moments: ArraySlice<Int64>, at now: Instant, to writer: inout RecordWriter) {
    writer.count(moments.count)
    var before = now.milliseconds
    for (index, moment) in moments.enumerated() {
      if index == 0 {
        writer.difference(moment, from: before)
      } else {
        writer.number(UInt64(bitPattern: moment &- before))
      }
      before = moment
    }
  }

  static func readSends(_ reader: inout RecordReader, at now: Instant) throws(UnreadableRecord) -> [Int64] {
    let count = try reader.elements()
    var moments: [Int64] = []
    moments.reserveCapacity(count)
    for index in 0..<count {
      if index == 0 {
        moments.append(try reader.instant(from: now).milliseconds)
      } else {
        let (moment, overflow) = moments[index - 1].addingReportingOverflow(Int64(clamping: try reader.number()))
        guard !overflow, moment <= Instant.latest.milliseconds else {
          throw reader.failure("expected a time within the supported range, found a later one")
        }
        moments.append(moment)
      }
    }
    return moments
  }

  // MARK: - Codes

  /// Records contain the index of a status in this list: append new statuses at the end.
  private static let statuses: [DeviceStatus] = [.online, .offline, .authFailed, .unknown, .retired]

  static func statusCode(_ status: DeviceStatus) -> UInt8 {
    switch status {
    case .online: 0
    case .offline: 1
    case .authFailed: 2
    case .unknown: 3
    case .retired: 4
    }
  }

  private static func mask(_ bits: [Bool]) -> UInt8 {
    bits.enumerated().reduce(0) { $1.element ? $0 | 1 << UInt8($1.offset) : $0 }
  }
}

extension RecordReader {
  /// A time in the supported range.
  mutating func instant(from now: Instant) throws(UnreadableRecord) -> Instant {
    let moment = Instant(milliseconds: try difference(from: now.milliseconds))
    guard moment >= .earliest, moment <= .latest else {
      throw failure("expected a time within the supported range, found an earlier or later one")
    }
    return moment
  }

  /// A count of messages, small enough that sums cannot overflow.
  fileprivate mutating func small() throws(UnreadableRecord) -> Int {
    let count = try count()
    guard count <= Int(Int32.max) else { throw failure("expected a count of messages, found \(count)") }
    return count
  }
}
