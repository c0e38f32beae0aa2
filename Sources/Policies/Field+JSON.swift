import LuaSandbox
import Routing
import Wire

// Uses the field tables for the rows that policies read and for requests as JSON.

extension RowSchema {
  /// The row of an entity as policies see it: the visible fields in order.
  convenience init<Owner>(noun: String, _ fields: [Routing.Field<Owner>]) {
    let visible = fields.filter(\.isVisible)
    self.init(
      noun: noun, fields: visible.map { .init($0.name, .init($0.kind)) },
      aliases: visible.compactMap { field in field.formerName.map { .init($0, of: field.name) } })
  }
}

extension RowSchema.Kind {
  fileprivate init<Owner>(_ kind: Routing.Field<Owner>.Kind) {
    switch kind {
    case .boolean: self = .boolean
    case .integer: self = .integer
    case .number: self = .number
    case .text: self = .text
    case .list: self = .list
    case .map: self = .map
    case .member: self = .member
    }
  }
}

extension Field {
  /// Reads the field from a request; an omitted field gets its default. The caller reads ids when it creates the owner.
  func read(_ reader: inout JSONReader, into owner: inout Owner) throws(FieldError) {
    switch access {
    case .id, .derived, .member: break
    case .text(let path, let otherwise):
      owner[keyPath: path] = try reader.optionalString(name) ?? otherwise(owner)
    case .optionalText(let path): owner[keyPath: path] = try reader.optionalString(name)
    case .status(let path): owner[keyPath: path] = try reader.optionalStatus(name) ?? .online
    case .priority(let path): owner[keyPath: path] = try reader.optionalPriority(name) ?? .normal
    case .count(let path, let least):
      owner[keyPath: path] = try reader.optionalCount(name, from: least) ?? least
    case .limit(let path): owner[keyPath: path] = try reader.optionalCount(name)
    case .utcOffset(let path): owner[keyPath: path] = try reader.optionalUTCOffset(name)
    case .instant(let path): owner[keyPath: path] = try reader.optionalInstant(name)
    case .texts(let path): owner[keyPath: path] = try reader.optionalStrings(name) ?? []
    case .scalars(let path): owner[keyPath: path] = try reader.optionalParameters(name) ?? []
    case .device(let path): owner[keyPath: path] = try reader.optionalID(name)
    }
  }
}

extension JSONObject {
  /// Writes the fields that a request needs: those that differ from their defaults.
  mutating func state<Owner>(_ fields: [Field<Owner>], of owner: Owner, at now: Instant) {
    for field in fields where field.isStated && !field.isDefault(in: owner) {
      self[field.name] = field.value(of: owner, at: now).map { JSONValue($0) }
    }
  }

  /// Writes every field that has a value, including those that requests omit; instants as policies see them.
  package mutating func show<Owner>(_ fields: [Field<Owner>], of owner: Owner, at now: Instant) {
    for field in fields {
      guard let value = field.value(of: owner, at: now) else { continue }
      self[field.name] =
        if case .instant(let instant) = value { .integer(instant.milliseconds) } else { JSONValue(value) }
    }
  }
}

extension JSONValue {
  /// Writes an instant as RFC 3339.
  fileprivate init(_ value: FieldValue) {
    switch value {
    case .boolean(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .text(let value): self = .string(value)
    case .instant(let value): self = .string(value.rfc3339)
    case .list(let texts): self = .array(texts.map(JSONValue.string))
    case .map(let parameters): self = .object(JSONObject(parameters.map { ($0.name, JSONValue($0.value)) }))
    }
  }
}

extension JSONReader {
  fileprivate mutating func optionalPriority(_ key: String) throws(FieldError) -> Priority? {
    guard let name = try optionalString(key) else { return nil }
    guard let known = Priority(name: name) else {
      throw failure(key, expected: "one of " + Priority.allCases.map(\.name).joined(separator: ", "))
    }
    return known
  }

  fileprivate mutating func optionalStatus(_ key: String) throws(FieldError) -> DeviceStatus? {
    guard let status = try optionalString(key) else { return nil }
    guard let known = DeviceStatus(rawValue: status) else {
      throw failure(key, expected: "one of " + DeviceStatus.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return known
  }
}
