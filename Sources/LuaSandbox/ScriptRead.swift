/// One read of a row by a call, or one query of its set.
package enum ScriptRead: Equatable, Sendable {
  /// The row that was read.
  package enum Owner: Hashable, Sendable {
    case subject
    /// An index into the set.
    case member(Int)
  }

  /// A field by its name, recorded at its first read in the call.
  case field(Owner, String, ScriptValue)
  /// An entry of a list (by its index, from 1) or of a map, as in `attributes.city`.
  case entry(Owner, String, ScriptValue)
  /// A row by its index, from 1; nil if there is no such row.
  case place(Int64, member: Int?)
  /// The number of rows in the set.
  case count(Int)
  /// The local time of the subject or else of the set, as milliseconds since 1970 in that time zone.
  case time(ofSubject: Bool, Int64)
  case query(ScriptQuery)
}

/// A value that a script read.
package enum ScriptValue: Equatable, Sendable {
  case none
  case text(String)
  /// An index into the set.
  case member(Int)
}

/// A query that a call made, and its result.
package struct ScriptQuery: Equatable, Sendable {
  /// The first condition of a filter that left a row out.
  package enum Condition: Sendable { case except, group, tag }

  /// A member that a filter excluded.
  package struct Missed: Equatable, Sendable {
    /// An index into the set.
    package let member: Int
    /// The first condition that the member failed.
    package let by: Condition
  }

  /// The query function that was called.
  package let kind: ScriptVocabulary.Query
  /// The id or the key in the query.
  package let argument: String?
  /// The number of members requested.
  package let wanted: Int64
  /// The tag that members must have; nil without this condition.
  package let tag: String?
  /// The group that members must be in; nil without this condition.
  package let group: String?
  /// The index of the excluded member; nil without this condition.
  package let except: Int?
  /// The members returned, in that order.
  package let found: [Int]
  /// The members that its filter excluded.
  package let missed: [Missed]
}
