/// An id that users give to a row: non-empty text of at most 200 bytes without control characters, unique in its tenant.
///
/// The entity is a type parameter, so that a device's id cannot be passed as a lead's.
package struct ExternalID<Entity>: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// At most 200 bytes of UTF-8; compared byte by byte, so case matters.
  package let text: String

  /// Returns nil for invalid ids: empty, over 200 bytes, or with a control character.
  package init?(_ text: String) {
    guard !text.isEmpty, text.utf8.count <= 200,
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    else { return nil }
    self.text = text
  }

  /// For text that was checked before it was stored.
  package init(stored text: String) { self.text = text }

  package var description: String { text }
  /// Byte order, as in SQLite's BINARY collation.
  package static func < (a: Self, b: Self) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
}

/// The integer key of a row in one store. Users never see it.
package struct RowKey<Entity>: Hashable, Comparable, Sendable {
  /// The rowid; 0 for a row that is in no store.
  package let raw: Int64
  /// Not checked: any number can be a key.
  package init(_ raw: Int64) { self.raw = raw }
  /// The order in which rows were inserted.
  package static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
}

/// A tenant's id in commands; unique in its store.
package typealias TenantID = ExternalID<Tenant>
/// A device's id in commands; unique in its tenant.
package typealias DeviceID = ExternalID<Device>
/// A contact's id in commands: `sequence/lead`.
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
  /// The id of a lead's contact in a sequence, `SEQUENCE/LEAD`. Two pairs have the same id if a name contains a slash; a
  /// store refuses the second.
  package init(sequence: String, lead: String) { self.init(stored: "\(sequence)/\(lead)") }

  /// The lead's part of a contact id that a user typed: everything after the last slash. Without a slash the whole text,
  /// which may be a lead's id.
  package static func lead(in text: String) -> String { text.split(separator: "/").last.map(String.init) ?? text }
}
