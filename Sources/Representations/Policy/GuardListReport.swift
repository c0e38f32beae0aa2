import Operations
import Policies
import Routing
import Wire

/// The guards in order of evaluation: a row for each, followed by its troubles and its tenants' own parameters.
package struct GuardListReport: ListedRepresentation {
  private let list: GuardList

  /// Positions count from 1, in the order of `list`.
  package init(_ list: GuardList) { self.list = list }

  /// Rows of one guard have the same position.
  package var listing: Listing {
    var listing = Listing(["position", "guard", "tenant", "params", "ranges", "trouble", "code"])
    for (place, line) in list.guards.enumerated() {
      let start: [JSONValue] = [JSONValue(place + 1), .string(line.name)]
      listing.add(start + [.null, ParameterText.json(of: line.parameters), ranges(of: line), .null, .null])
      for trouble in list.troubles where trouble.guard == line.name {
        listing.add(start + [.string(trouble.tenant.text), .null, .null, .string(trouble.text), trouble.code.json])
      }
      for own in line.own {
        listing.add(start + [.string(own.tenant.text), ParameterText.json(of: own.parameters), .null, .null, .null])
      }
    }
    return listing
  }

  private func ranges(of line: GuardListing) -> JSONValue {
    list.ranges[line.name].map { ParameterText.json(of: $0) } ?? .null
  }

  /// Without the column of troubles if it is empty.
  package var tableListing: Listing { listing.without(["code"]).withoutEmptyColumns(keeping: 4) }
}
