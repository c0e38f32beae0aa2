/// What the outside calls a row: non-empty text of at most 200 bytes without control characters, unique per tenant.
///
/// The entity is part of the type, so that a device's id cannot be passed where a lead's is meant.
package struct ExternalID<Entity>: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// At most 200 bytes of UTF-8; compared byte by byte, case included.
  package let text: String

  /// Returns nil for text that may not be an id (empty, over 200 bytes, or with a control character).
  package init?(_ text: String) {
    guard !text.isEmpty, text.utf8.count <= 200,
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    else { return nil }
    self.text = text
  }

  /// For text that was an id when it was stored.
  package init(stored text: String) { self.text = text }

  package var description: String { text }
  /// By bytes, as SQLite's BINARY collation orders them.
  package static func < (a: Self, b: Self) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
}

/// The integer key of a row inside one store; never shown to the outside.
package struct RowKey<Entity>: Hashable, Comparable, Sendable {
  /// The rowid; 0 stands for a row that is in no store.
  package let raw: Int64
  /// Not checked: any number may be the key of a row.
  package init(_ raw: Int64) { self.raw = raw }
  /// In the order in which rows were made.
  package static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
}

/// A tenant as commands name it; unique in its store.
package typealias TenantID = ExternalID<Tenant>
/// A device as commands name it; unique in its tenant.
package typealias DeviceID = ExternalID<Device>
/// A contact as commands name it: `sequence/lead`.
package typealias ContactID = ExternalID<Contact>
/// A row of `tenants`.
package typealias TenantKey = RowKey<Tenant>
/// A row of `user_devices`.
package typealias DeviceKey = RowKey<Device>
/// A row of `sequence_contacts`.
package typealias EnrolmentKey = RowKey<Contact>
/// A row of `leads`.
package typealias LeadKey = RowKey<Lead>
/// A row of `broadcast_messages`.
package typealias MessageKey = RowKey<Message>
/// A row of `policy_revisions`.
package typealias RevisionKey = RowKey<PolicyRevision>

extension ContactID {
  /// The id of a lead's contact in a sequence, `SEQUENCE/LEAD`. Two pairs make the same id when one of the names contains a
  /// slash; a store refuses the second.
  package init(sequence: String, lead: String) { self.init(stored: "\(sequence)/\(lead)") }

  /// The lead's part of what somebody gave as a contact's id: all after the last slash. Without a slash the whole text,
  /// which may be a lead's id.
  package static func lead(in text: String) -> String { text.split(separator: "/").last.map(String.init) ?? text }
}
