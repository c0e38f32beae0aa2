/// One field of a device, a contact or a lead: everything that the vocabulary, requests, policy properties, the search,
/// the documentation and the editor stub need to know about it.
///
/// Hot code (views, row decoding, the decision record) names its fields itself; tests compare it with these tables.
package struct Field<Owner: Sendable>: Sendable {
  /// How to reach the value, and its form in requests. A request omits a value that equals its default.
  package enum Access: Sendable {
    /// The id, which every request must give. Read-only: it is set when the owner is created.
    case id(@Sendable (Owner) -> String)
    case text(WritableKeyPath<Owner, String> & Sendable, otherwise: @Sendable (Owner) -> String)
    case optionalText(WritableKeyPath<Owner, String?> & Sendable)
    case status(WritableKeyPath<Owner, DeviceStatus> & Sendable)
    /// `normal` by default.
    case priority(WritableKeyPath<Owner, Priority> & Sendable)
    /// A whole number, `least` by default.
    case count(WritableKeyPath<Owner, Int> & Sendable, least: Int)
    /// A whole number, 0 or more; nil means no limit.
    case limit(WritableKeyPath<Owner, Int?> & Sendable)
    case instant(WritableKeyPath<Owner, Instant?> & Sendable)
    case texts(WritableKeyPath<Owner, [String]> & Sendable)
    case scalars(WritableKeyPath<Owner, [Parameter]> & Sendable)
    case device(WritableKeyPath<Owner, DeviceID?> & Sendable)
    /// Minutes by which local time is ahead of UTC; nil if the tenant's offset applies.
    case utcOffset(WritableKeyPath<Owner, Int?> & Sendable)
    /// Computed from other fields and the time of the decision.
    case derived(Kind, @Sendable (Owner, Instant) -> FieldValue?)
    /// A device of the fleet, as an object. Only policies see it.
    case member(@Sendable (Owner) -> DeviceID?)
  }

  /// The type that a policy sees. Integers and texts can be nil.
  package enum Kind: Sendable { case boolean, integer, number, text, list, map, member }

  /// Where a recorded decision keeps the value.
  package enum Record: Sendable {
    /// In the record of the tenant's fleet.
    case fleet
    /// In a column of the decision.
    case decision
    /// In the current row, or in its history if the value has changed since.
    case row
    /// Not kept: it can be computed from recorded values.
    case derived
    /// Not kept: decisions do not see it.
    case none
  }

  /// How often a generated request contains the field, and with which values.
  package struct Sample: Sendable {
    /// How a value is generated.
    package enum Content: Sendable {
      /// The usual values of the field's form: counts, limits, times before `now`, tags, attributes, words from the
      /// policy's source.
      case usual
      /// A number below a bound.
      case below(Int)
      case phone, name, pause
      /// A time some days before `now`.
      case days
    }

    /// From 0 (never) to 100 (always).
    package let percent: Int
    /// Which values are plausible for this field.
    package let content: Content

    /// Uses the form's usual values by default.
    package init(_ percent: Int, _ content: Content = .usual) { (self.percent, self.content) = (percent, content) }

    /// For fields that generated requests leave out.
    package static var never: Sample { Sample(0) }
  }

  /// The key in requests and policies, in snake case; unique within its table.
  package let name: String
  /// Its name in an earlier version, which requests may still use and policies still read; nil where it had no other.
  package let formerName: String?
  /// How to read the value of an owner and set it.
  package let access: Access
  /// The version that introduced the field, as on the field's page.
  package let since: String
  /// Where a replay finds the recorded value.
  package let record: Record
  /// Whether policies and guards see it.
  package let isVisible: Bool
  /// Whether a request may contain it.
  package let isStated: Bool
  /// Its column in import and export; nil if an import cannot contain it.
  package let column: String?
  /// For the requests that the search generates; `never` by default.
  package let sample: Sample

  /// `column` is nil if import and export omit the field.
  package init(
    _ name: String, formerly formerName: String? = nil, _ access: Access, since: String = "0.1.0", record: Record,
    isVisible: Bool = true,
    isStated: Bool = true, column: String? = nil, sample: Sample = .never
  ) {
    self.name = name
    self.formerName = formerName
    self.access = access
    self.since = since
    self.record = record
    self.isVisible = isVisible
    self.isStated = isStated
    self.column = column
    self.sample = sample
  }
}

/// A value of a field, detached from its owner.
package enum FieldValue: Equatable, Sendable {
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case text(String)
  case instant(Instant)
  case list([String])
  case map([Parameter])
}

extension Field {
  /// The type that a policy sees. An instant is an integer there: milliseconds since 1970.
  package var kind: Kind {
    switch access {
    case .id, .text, .optionalText, .status, .priority, .device: .text
    case .count, .limit, .instant, .utcOffset: .integer
    case .texts: .list
    case .scalars: .map
    case .derived(let kind, _): kind
    case .member: .member
    }
  }

  /// The value at the time of a decision; nil if there is no value, and for a member.
  package func value(of owner: Owner, at now: Instant) -> FieldValue? {
    switch access {
    case .id(let id): .text(id(owner))
    case .text(let path, _): .text(owner[keyPath: path])
    case .optionalText(let path): owner[keyPath: path].map(FieldValue.text)
    case .status(let path): .text(owner[keyPath: path].rawValue)
    case .priority(let path): .text(owner[keyPath: path].name)
    case .count(let path, _): .integer(Int64(owner[keyPath: path]))
    case .limit(let path), .utcOffset(let path): owner[keyPath: path].map { .integer(Int64($0)) }
    case .instant(let path): owner[keyPath: path].map(FieldValue.instant)
    case .texts(let path): .list(owner[keyPath: path])
    case .scalars(let path): .map(owner[keyPath: path])
    case .device(let path): owner[keyPath: path].map { .text($0.text) }
    case .derived(_, let value): value(owner, now)
    case .member: nil
    }
  }

  /// Whether the owner's value is the one that a request gets by omitting the field. True for fields that no request
  /// contains.
  package func isDefault(in owner: Owner) -> Bool {
    switch access {
    case .id: false
    case .text(let path, let otherwise): owner[keyPath: path] == otherwise(owner)
    case .optionalText(let path): owner[keyPath: path] == nil
    case .status(let path): owner[keyPath: path] == .online
    case .priority(let path): owner[keyPath: path] == .normal
    case .count(let path, let least): owner[keyPath: path] == least
    case .limit(let path), .utcOffset(let path): owner[keyPath: path] == nil
    case .instant(let path): owner[keyPath: path] == nil
    case .texts(let path): owner[keyPath: path].isEmpty
    case .scalars(let path): owner[keyPath: path].isEmpty
    case .device(let path): owner[keyPath: path] == nil
    case .derived, .member: true
    }
  }

  /// Whether every request must contain it: only true for an id, which has no default.
  package var isRequired: Bool {
    if case .id = access { true } else { false }
  }

  /// Sets the field to its default; an id is left unchanged.
  package func reset(in owner: inout Owner) {
    switch access {
    case .id, .derived, .member: break
    case .text(let path, let otherwise): owner[keyPath: path] = otherwise(owner)
    case .optionalText(let path): owner[keyPath: path] = nil
    case .status(let path): owner[keyPath: path] = .online
    case .priority(let path): owner[keyPath: path] = .normal
    case .count(let path, let least): owner[keyPath: path] = least
    case .limit(let path), .utcOffset(let path): owner[keyPath: path] = nil
    case .instant(let path): owner[keyPath: path] = nil
    case .texts(let path): owner[keyPath: path] = []
    case .scalars(let path): owner[keyPath: path] = []
    case .device(let path): owner[keyPath: path] = nil
    }
  }

  /// Copies the value of `other` to `owner`; an id is left unchanged.
  package func copy(from other: Owner, to owner: inout Owner) {
    switch access {
    case .id, .derived, .member: break
    case .text(let path, _): owner[keyPath: path] = other[keyPath: path]
    case .optionalText(let path): owner[keyPath: path] = other[keyPath: path]
    case .status(let path): owner[keyPath: path] = other[keyPath: path]
    case .priority(let path): owner[keyPath: path] = other[keyPath: path]
    case .count(let path, _): owner[keyPath: path] = other[keyPath: path]
    case .limit(let path), .utcOffset(let path): owner[keyPath: path] = other[keyPath: path]
    case .instant(let path): owner[keyPath: path] = other[keyPath: path]
    case .texts(let path): owner[keyPath: path] = other[keyPath: path]
    case .scalars(let path): owner[keyPath: path] = other[keyPath: path]
    case .device(let path): owner[keyPath: path] = other[keyPath: path]
    }
  }
}
