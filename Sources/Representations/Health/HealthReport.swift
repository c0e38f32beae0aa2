import Operations
import Policies
import Routing
import Terminal
import Wire

/// The checks of a store's health: a row for each; the JSON also states whether all passed.
package struct HealthReport: Representation {
  private let health: Health

  /// Shows the checks in the given order.
  package init(_ health: Health) { self.health = health }

  /// An object: `healthy`, and `checks` as an array.
  package var json: JSONValue {
    .object(JSONObject([("healthy", .bool(health.isHealthy)), ("checks", checks.json)]))
  }

  /// Only the checks.
  package var csv: String { checks.csv }
  /// Only the checks, without codes.
  package func table(columns: Int?) -> StyledText { checks.without(["code"]).table(columns: columns) }

  private var checks: Listing {
    var listing = Listing(["check", "state", "found", "code"])
    for check in health.checks {
      listing.add([.string(check.name), .string(check.state.rawValue), .string(check.found), check.code.json])
    }
    return listing
  }
}
