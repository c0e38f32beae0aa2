/// The fields of a contact, in the order in which requests and the rows that policies read contain them.
package enum ContactFields {
  /// Order and names are part of the contract of requests and policies.
  package static let all: [Field<ContactDraft>] = [
    .init("id", .id { $0.id.text }, record: .row),
    .init("phone", .optionalText(\.phone), record: .row, sample: .init(60, .phone)),
    .init("name", .optionalText(\.name), record: .row, sample: .init(50, .name)),
    .init("sequence", .text(\.sequence, otherwise: { _ in "" }), record: .row, sample: .init(50)),
    .init("step", .count(\.step, least: 1), record: .decision, sample: .init(50)),
    .init("device", .member { $0.assignedDevice }, record: .decision, isStated: false),
    .init("assigned_device", .device(\.assignedDevice), record: .decision, sample: .init(100)),
    .init("due_at", .instant(\.dueAt), record: .decision, sample: .init(60)),
    .init("attempts", .count(\.attempts, least: 0), record: .decision, sample: .init(40)),
    .init("last_device", .device(\.lastDevice), record: .decision, sample: .init(40)),
    .init("tags", .texts(\.tags), record: .row, sample: .init(60)),
    .init("attributes", .scalars(\.attributes), record: .row, sample: .init(60)),
    .init("messages_day", .count(\.messagesDay, least: 0), record: .decision, sample: .init(20, .below(5))),
    .init("moves", .count(\.moves, least: 0), record: .decision, sample: .init(20, .below(4))),
    .init("priority", .priority(\.priority), since: "Unreleased", record: .decision, sample: .init(25)),
    .init("utc_offset_minutes", .utcOffset(\.utcOffsetMinutes), record: .decision, isVisible: false),
  ]
}

/// The fields of a lead that a trigger is about to enrol. They appear in no request and in no recorded decision.
package enum LeadFields {
  /// In the order of the rows that policies read.
  package static let all: [Field<Lead>] = [
    .init("id", .id { $0.id }, record: .none, isStated: false, column: "id"),
    .init("phone", .optionalText(\.phone), record: .none, isStated: false, column: "phone"),
    .init("name", .optionalText(\.name), record: .none, isStated: false, column: "name"),
    .init("sequence", .text(\.sequence, otherwise: { _ in "" }), record: .none, isStated: false),
    .init("trigger", .text(\.trigger, otherwise: { _ in "" }), record: .none, isStated: false),
    .init("device", .member { $0.device }, record: .none, isStated: false),
    .init("assigned_device", .device(\.device), record: .none, isStated: false, column: "device"),
    .init("tags", .texts(\.tags), record: .none, isStated: false, column: "tags"),
    .init("attributes", .scalars(\.attributes), record: .none, isStated: false, column: "attributes"),
  ]
}
