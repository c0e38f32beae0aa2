extension Array where Element == Double {
  /// The middle value, or the mean of the two middle ones. Of rounds that were measured in turns, it shrugs off the ones
  /// that something else on the machine got in the way of. Traps when empty.
  var median: Double {
    let sorted = self.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
