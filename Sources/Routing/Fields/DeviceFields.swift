/// The fields of a device and its load, in the order in which requests and the rows that policies read contain them.
package enum DeviceFields {
  /// Order and names are part of the contract of requests and policies.
  package static let all: [Field<Fleet.Member>] = [
    .init("id", .id { $0.device.id.text }, record: .fleet, column: "id"),
    .init(
      "name", .text(\.device.name, otherwise: { $0.device.id.text }), record: .fleet, column: "name",
      sample: .init(30, .name)),
    .init("status", .status(\.device.status), record: .fleet, column: "status", sample: .init(100)),
    .init(
      "platform", .text(\.device.platform, otherwise: { _ in "" }), record: .fleet, column: "platform",
      sample: .init(50)),
    .init("tags", .texts(\.device.tags), record: .fleet, column: "tags", sample: .init(50)),
    .init(
      "attributes", .scalars(\.device.attributes), since: "Unreleased", record: .fleet, column: "attributes",
      sample: .init(30)),
    .init(
      "activated_at", .instant(\.device.activatedAt), since: "Unreleased", record: .fleet, isVisible: false,
      column: "activated_at", sample: .init(40, .days)),
    .init(
      "paused_until", .instant(\.device.pausedUntil), record: .fleet, isVisible: false, column: "paused_until",
      sample: .init(15, .pause)),
    .init(
      "last_sent_at", .instant(\.device.lastSentAt), record: .fleet, column: "last_sent_at", sample: .init(40)),
    .init(
      "last_seen_at", .instant(\.device.lastSeenAt), record: .fleet, column: "last_seen_at", sample: .init(40)),
    .init(
      "limit_minute", .limit(\.device.limits.minute), record: .fleet, column: "limit_minute", sample: .init(35)),
    .init("limit_hour", .limit(\.device.limits.hour), record: .fleet, column: "limit_hour", sample: .init(50)),
    .init("limit_day", .limit(\.device.limits.day), record: .fleet, column: "limit_day", sample: .init(45)),
    .init(
      "limit_queue", formerly: "limit_in_flight", .limit(\.device.limits.queue), record: .fleet, column: "limit_queue",
      sample: .init(35)),
    // The record has the times of sends; the counts are computed from them.
    .init("sent_minute", .count(\.load.sentMinute, least: 0), record: .derived, sample: .init(24, .below(5))),
    .init("sent_hour", .count(\.load.sentHour, least: 0), record: .derived, sample: .init(36)),
    .init("sent_day", .count(\.load.sentDay, least: 0), record: .derived, sample: .init(36)),
    .init("queued", .count(\.load.queued, least: 0), record: .fleet, sample: .init(36)),
    .init("in_flight", .count(\.load.inFlight, least: 0), record: .fleet, sample: .init(12, .below(4))),
    .init("failures_hour", .count(\.load.failuresHour, least: 0), record: .fleet, sample: .init(18)),
    .init(
      "online", .derived(.boolean) { member, _ in .boolean(member.device.status == .online) }, record: .derived,
      isStated: false),
    .init(
      "can_accept_more",
      .derived(.boolean) { member, now in
        .boolean(DeviceRefusal.first(for: member.device, load: member.load, at: now) == nil)
      }, record: .derived, isStated: false),
    .init(
      "headroom",
      .derived(.integer) { member, _ in .integer(Int64(member.load.headroom(under: member.device.limits))) },
      record: .derived, isStated: false),
    .init(
      "load", .derived(.number) { member, _ in .number(member.load.share(under: member.device.limits)) },
      record: .derived, isStated: false),
    .init(
      "age_days", .derived(.integer) { member, now in member.device.ageDays(at: now).map(FieldValue.integer) },
      since: "Unreleased", record: .derived, isStated: false),
  ]
}
