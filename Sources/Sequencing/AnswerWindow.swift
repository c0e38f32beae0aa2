import Routing

/// The last answers of one revision for different contacts: a contact's answer replaces its earlier one.
///
/// Answers without a fault are only collected, which costs some nanoseconds; they are sorted in with the next fault.
struct AnswerWindow {
  /// The number of contacts.
  static let standardSize = 100
  /// The size for the largest limit that is still useful.
  private static let sizeMax = 2000

  /// The number of contacts for a least number of faults: 100, or enough that `least` faults can be half of them.
  static func size(forLeast least: Int) -> Int { least > sizeMax / 2 ? sizeMax : max(standardSize, 2 * least) }

  /// Oldest first, without those that are only collected.
  private var sorted: [PolicyStreak.Answer]
  /// The number of faults, including the answers that are only collected.
  private var faultsOfSorted: Int
  /// Contacts of answers without a fault, a ring that begins at `start` when it is full. May name a contact twice.
  private var collected: [Int64] = []
  private var start = 0
  private let size: Int

  init(_ answers: [PolicyStreak.Answer] = [], size: Int = AnswerWindow.standardSize) {
    sorted = Array(answers.suffix(size))
    faultsOfSorted = sorted.count { $0.isFault }
    self.size = size
  }

  /// Whether any answer may be a fault: false is certain.
  var mayHaveFaults: Bool { faultsOfSorted > 0 }

  /// Whether there may be more answers than that; false is certain.
  func mayExceed(_ count: Int) -> Bool { count < size && (sorted.count > count || !collected.isEmpty) }

  /// The answers, oldest first, at most `size`.
  var answers: [PolicyStreak.Answer] {
    mutating get {
      sort()
      return sorted
    }
  }

  /// The number of faults and of answers.
  var counts: (faults: Int, answers: Int) {
    mutating get {
      sort()
      return (faultsOfSorted, sorted.count)
    }
  }

  var isFull: Bool { sorted.count == size }

  mutating func addGood(_ contact: Int64) {
    if collected.count < size { return collected.append(contact) }
    collected[start] = contact
    start = start + 1 == size ? 0 : start + 1
  }

  mutating func addFault(_ contact: Int64) {
    sort()
    replace(contact, isFault: true)
  }

  private mutating func sort() {
    guard !collected.isEmpty else { return }
    for index in collected.indices { replace(collected[(start + index) % collected.count], isFault: false) }
    collected.removeAll(keepingCapacity: true)
    start = 0
  }

  private mutating func replace(_ contact: Int64, isFault: Bool) {
    let earlier = sorted.firstIndex { $0.contact == contact } ?? (sorted.count == size ? 0 : nil)
    if let earlier, sorted.remove(at: earlier).isFault { faultsOfSorted -= 1 }
    sorted.append(PolicyStreak.Answer(contact: contact, isFault: isFault))
    if isFault { faultsOfSorted += 1 }
  }
}
