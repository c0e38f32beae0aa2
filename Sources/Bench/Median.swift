extension Array where Element == Double {
  /// The middle value, or the mean of the two middle ones. It is not affected by single rounds that other load on the
  /// machine disturbed. Traps when empty.
  var median: Double {
    let sorted = self.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
