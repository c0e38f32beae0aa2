/// What the outside calls a row: non-empty text of at most 200 bytes without control characters, unique per tenant.
///
/// The entity is part of the type, so that a device's id cannot be passed where a lead's is meant.
package struct ExternalID<Entity>: Hashable, Comparable, Sendable, CustomStringConvertible {
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
  package static func < (a: Self, b: Self) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
}

/// The integer key of a row inside one store; never shown to the outside.
package struct RowKey<Entity>: Hashable, Comparable, Sendable {
  package let raw: Int64
  package init(_ raw: Int64) { self.raw = raw }
  package static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
}

package typealias TenantID = ExternalID<Tenant>
package typealias DeviceID = ExternalID<Device>
package typealias ContactID = ExternalID<Contact>
package typealias TenantKey = RowKey<Tenant>
package typealias DeviceKey = RowKey<Device>
package typealias EnrolmentKey = RowKey<Contact>
package typealias LeadKey = RowKey<Lead>
package typealias MessageKey = RowKey<Message>
package typealias RevisionKey = RowKey<PolicyRevision>
