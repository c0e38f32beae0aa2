import Routing
import Wire

/// How many contacts of each tenant `usher contact wake` made due.
package struct WakeReport: ListedRepresentation {
  private let counts: [WakeCount]

  /// A row for each of `counts`.
  package init(_ counts: [WakeCount]) { self.counts = counts }

  /// Empty if no wait matched.
  package var listing: Listing {
    var listing = Listing(["tenant", "woken"])
    for line in counts { listing.add([.string(line.tenant.text), JSONValue(line.count)]) }
    return listing
  }
}
