import Policies
import Terminal
import Wire

/// The answer to one request, as `usher decide` prints it.
package struct DecideReport: Representation {
  private let answer: DecideAnswer

  /// Takes the answer as it is.
  package init(_ answer: DecideAnswer) { self.answer = answer }

  /// The answer as an object, with its keys in the order of the contract.
  package var json: JSONValue { answer.json }
  /// Compact, since an answer is a line of JSON Lines.
  package var jsonStyle: JSONWriter.Style { .compact }
  /// A row for each key of the JSON object.
  package var csv: String { listing.csv }
  /// A line for each key of the JSON object.
  package func table(columns: Int?) -> StyledText { listing.table(columns: columns) }

  private var listing: Listing {
    var listing = Listing(["what", "value"])
    guard case .object(let object) = json else { return listing }
    for member in object.members { listing.add([.string(member.key), member.value]) }
    return listing
  }
}
