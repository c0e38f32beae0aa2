/// The edit distance between words, used to suggest the word that was probably meant.
package enum EditDistance {
  /// The candidate nearest to a word regardless of case, the first of equals; nil when none is near.
  ///
  /// Near means at most one edit, or at most one for every three letters of the longer word.
  package static func nearest(to word: String, among candidates: [String]) -> String? {
    let word = Array(word.lowercased().unicodeScalars)
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let other = Array(candidate.lowercased().unicodeScalars)
      let limit = max(1, max(word.count, other.count) / 3)
      guard let distance = between(word, other, limit: limit) else { continue }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.candidate
  }

  /// `the nearest is 'device'`: the hint of an error about an unknown word; nil when no candidate is near.
  package static func hint(to word: String, among candidates: [String]) -> String? {
    nearest(to: word, among: candidates).map { "the nearest is '\($0)'" }
  }

  /// The number of insertions, deletions, replacements and swaps of adjacent letters that turn one word into the other;
  /// nil when it exceeds `limit`.
  package static func between(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], limit: Int = .max) -> Int? {
    // The difference in length is a lower bound. The check avoids a large table for a word of hostile length.
    guard abs(left.count - right.count) <= limit else { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var next = [row + 1]
      for column in right.indices {
        let isSame = left[row] == right[column]
        var cost = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, next[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        next.append(cost)
      }
      guard let least = next.min(), least <= limit else { return nil }
      (beforeLast, last) = (last, next)
    }
    return last[right.count] <= limit ? last[right.count] : nil
  }
}
