extension SimulationStateReader {
  /// The positions of a lead's columns in a statement.
  struct LeadPlaces {
    let key, phone, name, tags, attributes, zone: Int

    init<Column: SQLColumn>(
      key: Column, phone: Column, name: Column, tags: Column, attributes: Column, zone: Column
    ) {
      (self.key, self.phone, self.name) = (key.rawValue, phone.rawValue, name.rawValue)
      (self.tags, self.attributes, self.zone) = (tags.rawValue, attributes.rawValue, zone.rawValue)
    }
  }

  /// Columns of an enrolment `c` with its lead `l`.
  enum EnrolmentColumn: Int, SQLColumn {
    case tenant, key, id, sequence, step, status, dueAt, nextAt, attempts, assignedDevice, lastDevice, phone, name,
      tags, attributes, optedOutAt, leadKey, zone, moves, waitlist, priority, faults

    static let lead = LeadPlaces(
      key: Self.leadKey, phone: .phone, name: .name, tags: .tags, attributes: .attributes, zone: .zone)

    var expression: String {
      switch self {
      case .tenant: "c.tenant_id"
      case .key: "c.id"
      case .id: "c.external_id"
      case .sequence: "c.sequence_id"
      case .step: "c.current_step"
      case .status: "c.status"
      case .dueAt: "c.due_at"
      case .nextAt: "c.next_at"
      case .attempts: "c.attempts"
      case .assignedDevice: "c.assigned_device_id"
      case .lastDevice: "c.last_device_id"
      case .phone: "c.contact_phone"
      case .name: "l.name"
      case .tags: "l.tags"
      case .attributes: "l.attributes"
      case .optedOutAt: "l.opted_out_at"
      case .leadKey: "l.id"
      case .zone: "l.time_zone"
      case .moves: "c.moves"
      case .waitlist: "c.waitlist_id"
      case .priority: "c.priority"
      case .faults: "c.faults"
      }
    }
  }

  /// Columns of a trigger `t` with its lead `l`.
  enum TriggerColumn: Int, SQLColumn {
    case tenant, name, createdAt, nextAt, leadKey, leadID, phone, leadName, tags, attributes, device, zone

    static let lead = LeadPlaces(
      key: Self.leadKey, phone: .phone, name: .leadName, tags: .tags, attributes: .attributes, zone: .zone)

    var expression: String {
      switch self {
      case .tenant: "t.tenant_id"
      case .name: "t.trigger"
      case .createdAt: "t.created_at"
      case .nextAt: "t.next_at"
      case .leadKey: "l.id"
      case .leadID: "l.external_id"
      case .phone: "l.phone"
      case .leadName: "l.name"
      case .tags: "l.tags"
      case .attributes: "l.attributes"
      case .device: "l.device_id"
      case .zone: "l.time_zone"
      }
    }
  }

  /// Columns of a lead `l` that serves as a sample of others.
  enum ModelColumn: Int, SQLColumn {
    case phone, name, tags, attributes, device, leadKey, zone

    static let lead = LeadPlaces(
      key: Self.leadKey, phone: .phone, name: .name, tags: .tags, attributes: .attributes, zone: .zone)

    var expression: String {
      switch self {
      case .phone: "l.phone"
      case .name: "l.name"
      case .tags: "l.tags"
      case .attributes: "l.attributes"
      case .device: "l.device_id"
      case .leadKey: "l.id"
      case .zone: "l.time_zone"
      }
    }
  }
}
