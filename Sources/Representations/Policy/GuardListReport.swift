import Operations
import Routing
import Wire

/// The guards in the order in which they are asked: a row for each, followed by its troubles and its tenants' own parameters.
package struct GuardListReport: ListingReport {
  private let list: GuardList

  package init(_ list: GuardList) { self.list = list }

  package var listing: Listing {
    var listing = Listing(["position", "guard", "tenant", "params", "trouble"])
    for (place, line) in list.guards.enumerated() {
      let start: [JSONValue] = [JSONValue(place + 1), .string(line.name)]
      listing.add(start + [.null, ParameterText.json(of: line.parameters), .null])
      for trouble in list.troubles where trouble.guard == line.name {
        listing.add(start + [.string(trouble.tenant.text), .null, .string(trouble.text)])
      }
      for own in line.own {
        listing.add(start + [.string(own.tenant.text), ParameterText.json(of: own.parameters), .null])
      }
    }
    return listing
  }

  package var tableListing: Listing { listing.withoutEmptyColumns(keeping: 4) }
}
