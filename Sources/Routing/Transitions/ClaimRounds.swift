/// Divides the limit of one batch of claims among devices: which device's queue to read next, and how much of it.
///
/// In each round, every device gets an equal share of the remaining limit, so that a device without limits does not delay
/// the others (I-46). Devices with nothing left to claim drop out between rounds. The caller reads each page from where
/// the device's last page ended:
///
///     while let page = rounds.next() {
///       …
///       rounds.record(read: rows.count, claimed: leased)
///     }
package struct ClaimRounds: Sendable {
  /// The next messages of one device's queue.
  package struct Page: Equatable, Sendable {
    /// The device's index in the allowances.
    package var sender: Int
    /// How many messages to read, from 1.
    package var count: Int

    /// `count` must be at least 1.
    package init(sender: Int, count: Int) { (self.sender, self.count) = (sender, count) }
  }

  private struct Sender {
    let index: Int
    var allowance: Int
    var isDrained = false
  }

  private let limit: Int
  private var senders: [Sender]
  /// What each sender may claim in this round.
  private var share = 0
  /// The sender that is next.
  private var position = 0
  /// What the sender may still claim in this round; nil before its first page.
  private var left: Int?
  /// How many messages were leased, of `limit`.
  private var claimed = 0

  /// `allowances`: how many messages each device may send now.
  package init(limit: Int, allowances: [Int]) {
    self.limit = limit
    senders = allowances.indices.lazy.filter { allowances[$0] > 0 }.map { Sender(index: $0, allowance: allowances[$0]) }
    startRound()
  }

  /// The page to read next; nil when the limit is reached or no device may send more. Returns the same page until
  /// `record` is called.
  package mutating func next() -> Page? {
    while claimed < limit, !senders.isEmpty {
      if position < senders.count {
        let count = left ?? min(share, senders[position].allowance, limit - claimed)
        left = count
        return Page(sender: senders[position].index, count: count)
      }
      senders.removeAll { $0.isDrained || $0.allowance == 0 }
      startRound()
    }
    return nil
  }

  /// Records what the last page contained: `read` messages, of which `claimed` were leased. The others were cancelled. If
  /// `read` is less than the page's `count`, the device's queue is empty.
  package mutating func record(read: Int, claimed count: Int) {
    guard let page = left else { preconditionFailure("next() returns the page to record") }
    claimed += count
    senders[position].allowance -= count
    senders[position].isDrained = read < page
    if read < page || count == page {
      position += 1
      left = nil
    } else {
      left = page - count
    }
  }

  private mutating func startRound() {
    position = 0
    share = senders.isEmpty ? 0 : max(1, (limit - claimed) / senders.count)
  }
}
