/// Finds the name somebody probably meant.
///
/// The answer is the candidate with the fewest single changes away (a scalar added, dropped, replaced, or
/// swapped with its neighbour), at most a third of the length of `name` and at least one allowed; the first
/// of several equals. Nil when every candidate is further.
package func nearestName(to name: String, among candidates: [String]) -> String? {
  let wanted = Array(name.unicodeScalars)
  var limit = max(1, wanted.count / 3)
  var best: String?
  for candidate in candidates {
    let distance = editDistance(wanted, Array(candidate.unicodeScalars), limit: limit)
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
package func certainName(for name: String, among candidates: [String], atMost most: Int = .max) -> String? {
  guard name.unicodeScalars.count >= 4, let nearest = nearestName(to: name, among: candidates), nearest != name else {
    return nil
  }
  // Of several equals the first is the nearest, so an equal one stands behind it.
  let others = candidates.filter { $0 != nearest }
  let wanted = Array(name.unicodeScalars)
  guard let distance = editDistance(wanted, Array(nearest.unicodeScalars), limit: max(1, wanted.count / 3)),
    distance <= most
  else { return nil }
  let isAlone = others.allSatisfy { editDistance(wanted, Array($0.unicodeScalars), limit: distance) == nil }
  return isAlone ? nearest : nil
}

/// The number of changes between two names, or nil when it is more than `limit`.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], limit: Int) -> Int? {
  guard abs(left.count - right.count) <= limit else { return nil }
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for (row, scalar) in left.enumerated() {
    var current = [row + 1]
    for (column, other) in right.enumerated() {
      var distance = min(last[column + 1] + 1, current[column] + 1, last[column] + (scalar == other ? 0 : 1))
      if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == other {
        distance = min(distance, beforeLast[column - 1] + 1)
      }
      current.append(distance)
    }
    guard let smallest = current.min(), smallest <= limit else { return nil }
    (beforeLast, last) = (last, current)
  }
  return last[right.count] <= limit ? last[right.count] : nil
}
