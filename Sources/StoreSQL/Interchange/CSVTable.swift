import Routing

extension CSVTable {
  /// What a column's cells are.
  enum Kind {
    case text, flag, whole, number
    /// Texts separated by `|`; one that belongs to a text is written `\|`, and a backslash `\\`.
    case list
    /// A text, number or flag; a text that reads like one of the others is in JSON's quotes.
    case scalar
  }

  /// Where a column's value stands in the JSON of a line.
  enum Place: Equatable {
    case key(String)
    case member(of: String, String)
    case element(of: String, Int)
  }

  struct Column {
    var name: String
    var kind: Kind
    var place: Place

    init(_ name: String, _ kind: Kind, _ place: Place? = nil) {
      (self.name, self.kind, self.place) = (name, kind, place ?? .key(name))
    }
  }

  /// What begins the name of a column that holds one attribute.
  static let attributePrefix = "attributes."

  /// The columns that a file may have, attributes aside, in the order of an export.
  var columns: [Column] {
    switch self {
    case .lead:
      [
        Column("tenant", .text), Column("id", .text), Column("phone", .text), Column("name", .text),
        Column("device", .text), Column("triggers", .list), Column("tags", .list), Column("opted_out", .flag),
        Column("opted_out_at", .text), Column("created_at", .text), Column("time_zone", .text),
      ]
    case .device:
      [
        Column("tenant", .text), Column("id", .text), Column("name", .text), Column("phone", .text),
        Column("status", .text), Column("gateway", .text), Column("platform", .text),
        Column("limit_minute", .whole, .member(of: "limits", "minute")),
        Column("limit_hour", .whole, .member(of: "limits", "hour")),
        Column("limit_day", .whole, .member(of: "limits", "day")),
        Column("limit_in_flight", .whole, .member(of: "limits", "in_flight")),
        Column("pace_min_s", .number, .element(of: "pace_s", 0)),
        Column("pace_max_s", .number, .element(of: "pace_s", 1)),
        Column("tags", .list), Column("paused_until", .text), Column("pause_reason", .text),
        Column("last_seen_at", .text), Column("last_sent_at", .text), Column("next_send_at", .text),
        Column("created_at", .text),
      ]
    }
  }
}
