/// One field of a device, a contact or a lead, as a row of the table of its entity: all that vocabulary, requests, properties of
/// policies, search, documentation and editor stub need to know of it.
///
/// Hot code (views, row decoding, the decision record) names its fields itself; tests compare it with the tables.
package struct Field<Owner: Sendable>: Sendable {
  /// Where the value is, and its form in requests. A value equal to its default is left out of a request.
  package enum Access: Sendable {
    /// The id, which a request must state. Read only: whoever makes the owner sets it.
    case id(@Sendable (Owner) -> String)
    case text(WritableKeyPath<Owner, String> & Sendable, otherwise: @Sendable (Owner) -> String)
    case optionalText(WritableKeyPath<Owner, String?> & Sendable)
    case status(WritableKeyPath<Owner, DeviceStatus> & Sendable)
    /// A whole number, `least` by default.
    case count(WritableKeyPath<Owner, Int> & Sendable, least: Int)
    /// A whole number from 0; nil is no limit.
    case limit(WritableKeyPath<Owner, Int?> & Sendable)
    case instant(WritableKeyPath<Owner, Instant?> & Sendable)
    case texts(WritableKeyPath<Owner, [String]> & Sendable)
    case scalars(WritableKeyPath<Owner, [Parameter]> & Sendable)
    case device(WritableKeyPath<Owner, DeviceID?> & Sendable)
    /// Minutes that clocks are ahead of UTC; nil where they are the tenant's.
    case utcOffset(WritableKeyPath<Owner, Int?> & Sendable)
    /// Computed from other fields and the decision's time.
    case derived(Kind, @Sendable (Owner, Instant) -> FieldValue?)
    /// A device of the fleet, as an object: shown to policies alone.
    case member(@Sendable (Owner) -> DeviceID?)
  }

  /// What a policy sees. Integers and texts can be nil.
  package enum Kind: Sendable { case boolean, integer, number, text, list, map, member }

  /// How a decision on record keeps the value.
  package enum Record: Sendable {
    /// In the record of the tenant's fleet.
    case fleet
    /// In a column of the decision.
    case decision
    /// In the current row, or in the history of its values if it changed since.
    case row
    /// Not kept: it follows from what is.
    case derived
    /// Not kept: decisions do not see it.
    case none
  }

  /// How often, in percent, and with what a request that is made up states the field.
  package struct Sample: Sendable {
    /// How a made-up value is chosen.
    package enum Content: Sendable {
      /// What suits the form: counts, limits, times before `now`, tags, attributes, words of the source.
      case usual
      /// A number below a bound.
      case below(Int)
      case phone, name, pause
      /// A time some days before `now`.
      case days
    }

    /// From 0 (never stated) to 100 (always).
    package let percent: Int
    /// Which values are plausible for this field.
    package let content: Content

    /// The form's usual values unless given.
    package init(_ percent: Int, _ content: Content = .usual) { (self.percent, self.content) = (percent, content) }

    /// For fields that only real requests state.
    package static var never: Sample { Sample(0) }
  }

  /// The key in requests and policies, in snake case; unique within its table.
  package let name: String
  /// How to read and set the value of an owner.
  package let access: Access
  /// The version that brought it, as the page of the field says.
  package let since: String
  /// Where a replay finds the value again.
  package let record: Record
  /// Whether policies and guards see it.
  package let isVisible: Bool
  /// Whether a request may state it.
  package let isStated: Bool
  /// What import and export call its column; nil for one that no import states.
  package let column: String?
  /// For made-up requests of searches; `never` by default.
  package let sample: Sample

  /// `column` is nil where import and export do not carry the field.
  package init(
    _ name: String, _ access: Access, since: String = "0.1.0", record: Record, isVisible: Bool = true,
    isStated: Bool = true, column: String? = nil, sample: Sample = .never
  ) {
    self.name = name
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
  /// What a policy sees. An instant is an integer there: milliseconds since 1970.
  package var kind: Kind {
    switch access {
    case .id, .text, .optionalText, .status, .device: .text
    case .count, .limit, .instant, .utcOffset: .integer
    case .texts: .list
    case .scalars: .map
    case .derived(let kind, _): kind
    case .member: .member
    }
  }

  /// The value at the time of a decision; nil where it has none, and for a member.
  package func value(of owner: Owner, at now: Instant) -> FieldValue? {
    switch access {
    case .id(let id): .text(id(owner))
    case .text(let path, _): .text(owner[keyPath: path])
    case .optionalText(let path): owner[keyPath: path].map(FieldValue.text)
    case .status(let path): .text(owner[keyPath: path].rawValue)
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

  /// Whether the owner has what a request that leaves the field out gives. True for what no request states.
  package func isDefault(in owner: Owner) -> Bool {
    switch access {
    case .id: false
    case .text(let path, let otherwise): owner[keyPath: path] == otherwise(owner)
    case .optionalText(let path): owner[keyPath: path] == nil
    case .status(let path): owner[keyPath: path] == .online
    case .count(let path, let least): owner[keyPath: path] == least
    case .limit(let path), .utcOffset(let path): owner[keyPath: path] == nil
    case .instant(let path): owner[keyPath: path] == nil
    case .texts(let path): owner[keyPath: path].isEmpty
    case .scalars(let path): owner[keyPath: path].isEmpty
    case .device(let path): owner[keyPath: path] == nil
    case .derived, .member: true
    }
  }

  /// Whether each request must state it: an id, which has no default.
  package var isRequired: Bool {
    if case .id = access { true } else { false }
  }

  /// Gives the field its default; an id stays.
  package func reset(in owner: inout Owner) {
    switch access {
    case .id, .derived, .member: break
    case .text(let path, let otherwise): owner[keyPath: path] = otherwise(owner)
    case .optionalText(let path): owner[keyPath: path] = nil
    case .status(let path): owner[keyPath: path] = .online
    case .count(let path, let least): owner[keyPath: path] = least
    case .limit(let path), .utcOffset(let path): owner[keyPath: path] = nil
    case .instant(let path): owner[keyPath: path] = nil
    case .texts(let path): owner[keyPath: path] = []
    case .scalars(let path): owner[keyPath: path] = []
    case .device(let path): owner[keyPath: path] = nil
    }
  }

  /// Gives `owner` the value that `other` has; an id stays.
  package func copy(from other: Owner, to owner: inout Owner) {
    switch access {
    case .id, .derived, .member: break
    case .text(let path, _): owner[keyPath: path] = other[keyPath: path]
    case .optionalText(let path): owner[keyPath: path] = other[keyPath: path]
    case .status(let path): owner[keyPath: path] = other[keyPath: path]
    case .count(let path, _): owner[keyPath: path] = other[keyPath: path]
    case .limit(let path), .utcOffset(let path): owner[keyPath: path] = other[keyPath: path]
    case .instant(let path): owner[keyPath: path] = other[keyPath: path]
    case .texts(let path): owner[keyPath: path] = other[keyPath: path]
    case .scalars(let path): owner[keyPath: path] = other[keyPath: path]
    case .device(let path): owner[keyPath: path] = other[keyPath: path]
    }
  }
}
