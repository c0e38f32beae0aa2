import Wire

/// Finds the name somebody probably meant.
///
/// The answer is the candidate with the fewest single changes away (a scalar added, dropped, replaced, or
/// swapped with its neighbour), at most a third of the length of `name` and at least one allowed; the first
/// of several equals. Nil when every candidate is further.
func nearestName(to name: String, among candidates: [String]) -> String? {
  let wanted = Array(name.unicodeScalars)
  var limit = max(1, wanted.count / 3)
  var best: String?
  for candidate in candidates {
    let distance = EditDistance.between(wanted, Array(candidate.unicodeScalars), limit: limit)
    guard let distance else { continue }
    best = candidate
    if distance == 0 { break }
    // Only a strictly better candidate may follow, so that the first of several equals stays.
    limit = distance - 1
  }
  return best
}

/// The name that somebody certainly meant: the nearest one when no other is as near, and `name` is long enough to tell
/// names apart by it. Nil in doubt, and when it is more than `most` single changes away.
func certainName(for name: String, among candidates: [String], atMost most: Int = .max) -> String? {
  guard name.unicodeScalars.count >= 4, let nearest = nearestName(to: name, among: candidates), nearest != name else {
    return nil
  }
  // Of several equals the first is the nearest, so an equal one stands behind it.
  let others = candidates.filter { $0 != nearest }
  let wanted = Array(name.unicodeScalars)
  guard let distance = EditDistance.between(wanted, Array(nearest.unicodeScalars), limit: max(1, wanted.count / 3)),
    distance <= most
  else { return nil }
  let isAlone = others.allSatisfy { EditDistance.between(wanted, Array($0.unicodeScalars), limit: distance) == nil }
  return isAlone ? nearest : nil
}
