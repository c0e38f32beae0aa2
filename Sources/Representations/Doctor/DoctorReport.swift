import Operations
import Terminal
import Wire

/// The findings of `usher doctor`: a row for each check.
package struct DoctorReport: ListedRepresentation {
  /// In the order in which they were found.
  package let listing: Listing

  /// A row for each finding of the answer.
  package init(_ answer: Examination.Answer) {
    var listing = Listing(["part", "check", "state", "found"])
    for finding in answer.findings {
      listing.add([finding.part, finding.check, finding.state, finding.found].map { .string($0) })
    }
    self.listing = listing
  }
}
