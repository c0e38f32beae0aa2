import Policies
import Routing

/// Finds a revision by the beginning of its digest.
package enum RevisionLookup {
  /// How many candidates an ambiguous beginning is answered with.
  private static let candidatesMax = 8
  /// Fewer digits would match too many revisions.
  private static let digitsMin = 4

  /// Throws if `text` is not the beginning of a digest, or matches no revision or several.
  package static func one(_ text: String, in store: any Store) throws -> PolicyRevision {
    guard isDigest(text) else {
      throw Problem(
        .invalidInput,
        "expected a revision, as sha256: and at least \(digitsMin) of its hexadecimal digits, found '\(text)'; "
          + "`usher policy history` lists them")
    }
    var found = try store.revisions(startingWith: text.lowercased(), limit: candidatesMax + 1)
    if found.isEmpty { found = try computed(text.lowercased(), in: store) }
    if let only = found.first, found.count == 1 { return only }
    if found.isEmpty {
      throw Problem(.revisionNotFound, "there is no revision \(text) in the store; `usher policy history` lists them")
    }
    let list = found.prefix(candidatesMax).map { "  \($0.digest)  \($0.policy)" }
    let more = found.count > candidatesMax ? ["  …"] : []
    throw Problem(
      .revisionAmbiguous,
      (["expected one revision, found several that begin with \(text); give more digits"] + list + more)
        .joined(separator: "\n"))
  }

  /// Revisions whose digest, as this version computes and prints it for a file, begins with `text`; they may be
  /// recorded under an earlier digest. Computes a digest for each recorded revision.
  private static func computed(_ text: String, in store: any Store) throws -> [PolicyRevision] {
    let prefix = text.hasPrefix("sha256:") ? text : "sha256:" + text
    return try store.revisions(startingWith: "", limit: .max).filter {
      CompiledPolicy.digest(of: $0).hasPrefix(prefix)
    }
  }

  /// Whether it can be the beginning of a digest: 4 to 64 hexadecimal digits, with or without `sha256:`.
  package static func isDigest(_ text: String) -> Bool {
    let digits = text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]
    return (digitsMin...64).contains(digits.utf8.count) && digits.allSatisfy(\.isHexDigit)
  }
}
