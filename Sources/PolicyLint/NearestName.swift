import Wire

/// Finds the name that was probably meant.
///
/// Returns the candidate with the fewest single changes (a scalar added, dropped, replaced, or swapped with its
/// neighbour), and the first of several equal ones. At most a third of the length of `name`, but always one change, is
/// allowed. Nil if every candidate needs more.
func nearestName(to name: String, among candidates: [String]) -> String? {
  let wanted = Array(name.unicodeScalars)
  var limit = max(1, wanted.count / 3)
  var best: String?
  for candidate in candidates {
    let distance = EditDistance.between(wanted, Array(candidate.unicodeScalars), limit: limit)
    guard let distance else { continue }
    best = candidate
    if distance == 0 { break }
    // Later candidates must be strictly better, so that the first of several equal ones is kept.
    limit = distance - 1
  }
  return best
}

/// The name that was meant, if it is unambiguous: the nearest one, if no other is as near and `name` has at least four
/// scalars. Nil in doubt, or if more than `most` changes are needed.
func certainName(for name: String, among candidates: [String], atMost most: Int = .max) -> String? {
  guard name.unicodeScalars.count >= 4, let nearest = nearestName(to: name, among: candidates), nearest != name else {
    return nil
  }
  // Of several equal candidates the first is the nearest, so another equal one is among the others.
  let others = candidates.filter { $0 != nearest }
  let wanted = Array(name.unicodeScalars)
  guard let distance = EditDistance.between(wanted, Array(nearest.unicodeScalars), limit: max(1, wanted.count / 3)),
    distance <= most
  else { return nil }
  let isAlone = others.allSatisfy { EditDistance.between(wanted, Array($0.unicodeScalars), limit: distance) == nil }
  return isAlone ? nearest : nil
}
