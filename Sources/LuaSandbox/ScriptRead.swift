/// Something that a call read of its rows, or asked of its set.
package enum ScriptRead: Equatable, Sendable {
  /// Whose row it was.
  package enum Owner: Hashable, Sendable {
    case subject
    /// A place in the set.
    case member(Int)
  }

  /// A field by its name, the first time that the call read it.
  case field(Owner, String, ScriptValue)
  /// An entry of a list (by its place, from 1) or of a map, as in `attributes.city`.
  case entry(Owner, String, ScriptValue)
  /// A row by its place, from 1; nil where there is none.
  case place(Int64, member: Int?)
  /// How many rows there are.
  case count(Int)
  /// The time on the wall, of the subject or else of the set: milliseconds since 1970 there.
  case time(ofSubject: Bool, Int64)
  case query(ScriptQuery)
}

/// A value as a script read it, in words.
package enum ScriptValue: Equatable, Sendable {
  case none
  case text(String)
  /// A place in the set.
  case member(Int)
}

/// A query that a call made, and what came of it.
package struct ScriptQuery: Equatable, Sendable {
  /// The first condition of a filter that left a row out.
  package enum Condition: Sendable { case except, group, tag }

  /// A member that a filter left out.
  package struct Missed: Equatable, Sendable {
    /// A place in the set.
    package let member: Int
    /// The first condition that it failed.
    package let by: Condition
  }

  /// Which function was called.
  package let kind: ScriptVocabulary.Query
  /// The id or the key that was asked for.
  package let argument: String?
  /// How many were asked for.
  package let wanted: Int64
  /// The tag that members must have; nil without this condition.
  package let tag: String?
  /// The group that members must be in; nil without this condition.
  package let group: String?
  /// A place in the set.
  package let except: Int?
  /// What it gave back, in that order.
  package let found: [Int]
  /// What its filter left out.
  package let missed: [Missed]
}
