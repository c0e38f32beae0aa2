import Operations
import Terminal
import Wire

/// What `usher doctor` found: a row for each thing that was looked at.
package struct DoctorReport: Representation {
  private let listing: Listing

  package init(_ answer: Examination.Answer) {
    var listing = Listing(["part", "check", "state", "found"])
    for finding in answer.findings {
      listing.add([finding.part, finding.check, finding.state, finding.found].map { .string($0) })
    }
    self.listing = listing
  }

  package var json: JSONValue { listing.json }
  package var csv: String { listing.csv }
  package func table(columns: Int?) -> StyledText { listing.table(columns: columns) }
}
