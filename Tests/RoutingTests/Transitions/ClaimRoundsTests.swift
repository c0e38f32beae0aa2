import Testing

@testable import Routing

struct ClaimRoundsTests {
  typealias Page = ClaimRounds.Page

  @Test(arguments: RoundsInput.facts)
  func `the rounds of a batch`(fact: TransitionFact<RoundsInput, RoundsInput.Course>) {
    #expect(fact.problem(of: RoundsInput.course) == nil)
  }

  @Test func `each mutant of the rounds fails a fact, and each fact catches a mutant`() {
    expectCaught(RoundsInput.mutants, by: RoundsInput.facts, atLeast: 12)
  }

  @Test func `a batch claims what it can, up to its limit and each allowance, and reads the pages of a plain loop`() {
    var random = SeededRandom(seed: 20_261_130)
    for _ in 0..<2000 {
      let input = RoundsInput.random(&random)
      let course = RoundsInput.course(input)
      let possible = zip(input.allowances, input.queues).map { allowance, queue in
        min(max(allowance, 0), queue.count { !$0 })
      }
      #expect(course.claimed.reduce(0, +) == min(input.limit, possible.reduce(0, +)), "\(input)")
      #expect(zip(course.claimed, possible).allSatisfy { $0 <= $1 }, "\(input)")
      #expect(course.pages.allSatisfy { $0.count > 0 }, "\(input)")
      #expect(course == RoundsInput.plain(input), "\(input)")
    }
  }
}

/// A limit, and for each device its allowance and its queue: true for a lead that opted out.
struct RoundsInput: Sendable {
  var limit: Int
  var allowances: [Int]
  var queues: [[Bool]]

  struct Course: Equatable, Sendable {
    var pages: [ClaimRounds.Page] = []
    var claimed: [Int]
  }

  init(limit: Int, allowances: [Int], queues: [[Bool]]) {
    (self.limit, self.allowances, self.queues) = (limit, allowances, queues)
  }

  /// Queues of messages to leads that did not opt out.
  init(limit: Int, _ devices: (allowance: Int, queue: Int)...) {
    self.init(
      limit: limit, allowances: devices.map(\.allowance),
      queues: devices.map { Array(repeating: false, count: $0.queue) })
  }

  static func random(_ random: inout SeededRandom) -> RoundsInput {
    let count = Int.random(in: 0...5, using: &random)
    return RoundsInput(
      limit: Int.random(in: 0...20, using: &random),
      allowances: (0..<count).map { _ in Int.random(in: 0...8, using: &random) },
      queues: (0..<count).map { _ in
        (0..<Int.random(in: 0...10, using: &random)).map { _ in Int.random(in: 0..<4, using: &random) == 0 }
      })
  }

  static func course(_ input: RoundsInput) -> Course { course(input) { ($0, $1) } }

  /// Reads the pages as a store does. `recorded` modifies the counts reported for a page; a modification that makes the
  /// rounds continue forever is stopped after 100 pages.
  static func course(_ input: RoundsInput, recorded: (_ read: Int, _ claimed: Int) -> (Int, Int)) -> Course {
    var rounds = ClaimRounds(limit: input.limit, allowances: input.allowances)
    var course = Course(claimed: input.allowances.map { _ in 0 })
    var queues = input.queues
    while course.pages.count < 100, let page = rounds.next() {
      course.pages.append(page)
      let rows = queues[page.sender].prefix(page.count)
      queues[page.sender].removeFirst(rows.count)
      let claimed = rows.count { !$0 }
      course.claimed[page.sender] += claimed
      let (read, reported) = recorded(rows.count, claimed)
      rounds.record(read: read, claimed: reported)
    }
    return course
  }
}

extension RoundsInput {
  /// The rounds written as a loop over rounds, devices and pages.
  static func plain(_ input: RoundsInput) -> Course {
    var course = Course(claimed: input.allowances.map { _ in 0 })
    var (allowances, queues) = (input.allowances, input.queues)
    var senders = allowances.indices.filter { allowances[$0] > 0 }
    var left = input.limit
    while left > 0, !senders.isEmpty {
      let share = max(1, left / senders.count)
      var drained: Set<Int> = []
      for sender in senders where left > 0 {
        var most = min(share, allowances[sender], left)
        while most > 0, !drained.contains(sender) {
          course.pages.append(ClaimRounds.Page(sender: sender, count: most))
          let rows = queues[sender].prefix(most)
          queues[sender].removeFirst(rows.count)
          if rows.count < most { drained.insert(sender) }
          let claimed = rows.count { !$0 }
          course.claimed[sender] += claimed
          allowances[sender] -= claimed
          most -= claimed
          left -= claimed
        }
      }
      senders.removeAll { drained.contains($0) || allowances[$0] == 0 }
    }
    return course
  }
}

// MARK: - Facts

extension RoundsInput {
  private static func course(_ claimed: [Int], _ pages: (Int, Int)...) -> Course {
    Course(pages: pages.map { ClaimRounds.Page(sender: $0.0, count: $0.1) }, claimed: claimed)
  }

  static let facts: [TransitionFact<RoundsInput, Course>] = [
    TransitionFact(
      "nobody claims without a limit, a device or an allowance",
      (RoundsInput(limit: 0, (5, 5)), course([0])), (RoundsInput(limit: 5), course([])),
      (RoundsInput(limit: 5, (0, 5)), course([0])), (RoundsInput(limit: -1, (5, 5)), course([0]))),
    TransitionFact(
      "one device claims up to the limit, its allowance and its queue",
      (RoundsInput(limit: 3, (9, 9)), course([3], (0, 3))), (RoundsInput(limit: 9, (3, 9)), course([3], (0, 3))),
      (RoundsInput(limit: 9, (9, 3)), course([3], (0, 9)))),
    TransitionFact(
      "each device gets an equal share",
      (RoundsInput(limit: 6, (6, 6), (6, 6)), course([3, 3], (0, 3), (1, 3))),
      (RoundsInput(limit: 6, (6, 6), (6, 6), (6, 6)), course([2, 2, 2], (0, 2), (1, 2), (2, 2)))),
    TransitionFact(
      "what is left over goes to the first devices of the next round",
      (RoundsInput(limit: 7, (9, 9), (9, 9)), course([4, 3], (0, 3), (1, 3), (0, 1)))),
    TransitionFact(
      "a share is one message at least",
      (RoundsInput(limit: 2, (9, 9), (9, 9), (9, 9)), course([1, 1, 0], (0, 1), (1, 1)))),
    TransitionFact(
      "what one device cannot use goes to the others",
      (RoundsInput(limit: 8, (1, 9), (9, 9)), course([1, 7], (0, 1), (1, 4), (1, 3))),
      (RoundsInput(limit: 8, (9, 1), (9, 9)), course([1, 7], (0, 4), (1, 4), (1, 3)))),
    TransitionFact(
      "a device without an allowance takes no share",
      (RoundsInput(limit: 6, (0, 9), (9, 9), (9, 9)), course([0, 3, 3], (1, 3), (2, 3)))),
    TransitionFact(
      "cancelled messages use up no share: the device reads on",
      (
        RoundsInput(limit: 4, allowances: [9, 9], queues: [[true, true, false, false], [false, false]]),
        course([2, 2], (0, 2), (0, 2), (1, 2))
      ),
      (
        RoundsInput(limit: 4, allowances: [9, 9], queues: [[true, false, true], [false, false, false]]),
        course([1, 3], (0, 2), (0, 1), (0, 1), (1, 2), (1, 1))
      )),
    TransitionFact(
      "a page that is not full ends the device's part",
      (RoundsInput(limit: 4, (4, 1), (4, 1)), course([1, 1], (0, 2), (1, 2)))),
  ]

  static var mutants: [Mutant<RoundsInput, Course>] {
    func misled(_ name: String, _ mislead: @escaping (inout RoundsInput) -> Void) -> Mutant<RoundsInput, Course> {
      Mutant(name) { input in
        var input = input
        mislead(&input)
        return course(input)
      }
    }
    func misreported(_ name: String, _ tell: @escaping (Int, Int) -> (Int, Int)) -> Mutant<RoundsInput, Course> {
      Mutant(name) { course($0, recorded: tell) }
    }
    func bent(_ name: String, _ bend: @escaping (inout Course) -> Void) -> Mutant<RoundsInput, Course> {
      Mutant(name) { input in
        var found = course(input)
        bend(&found)
        return found
      }
    }
    return [
      misled("one more than the limit") { $0.limit += 1 },
      misled("one less than the limit") { $0.limit -= 1 },
      misled("at least one") { $0.limit = max($0.limit, 1) },
      misled("no allowances") { $0.allowances = $0.allowances.map { _ in .max } },
      misled("one less than each allowance") { $0.allowances = $0.allowances.map { $0 - 1 } },
      misled("every device has an allowance") { $0.allowances = $0.allowances.map { max($0, 1) } },
      misreported("cancelled messages count as claimed") { read, _ in (read, read) },
      misreported("no page is short") { _, claimed in (Int.max, claimed) },
      misreported("every page is short") { _, claimed in (0, claimed) },
      misreported("an empty page is full") { read, claimed in (read == 0 ? .max : read, claimed) },
      misreported("a page with a cancelled message is short") { read, claimed in (min(read, claimed), claimed) },
      misreported("the limit counts rounds, not messages") { read, claimed in (read, min(claimed, 1)) },
      bent("the last page is left out") { if !$0.pages.isEmpty { $0.pages.removeLast() } },
      bent("the devices go in turn from the last") { $0.pages.reverse() },
      bent("pages of one message more") { $0.pages = $0.pages.map { .init(sender: $0.sender, count: $0.count + 1) } },
      Mutant("the first device claims as much as it can") { greedy($0) },
      Mutant("one round only") { input in
        var found = course(input)
        var seen: Set<Int> = []
        found.pages = found.pages.filter { seen.insert($0.sender).inserted }
        return found
      },
      Mutant("the share is not divided anew") { input in
        var one = input
        one.limit = input.allowances.isEmpty ? 0 : max(1, input.limit / input.allowances.count) * input.allowances.count
        return course(one)
      },
    ]
  }

  private static func greedy(_ input: RoundsInput) -> Course {
    var found = Course(claimed: input.allowances.map { _ in 0 })
    for sender in input.allowances.indices {
      var alone = input
      alone.limit -= found.claimed.reduce(0, +)
      alone.allowances = input.allowances.indices.map { $0 == sender ? input.allowances[$0] : 0 }
      let part = course(alone)
      found.pages += part.pages
      found.claimed[sender] += part.claimed[sender]
    }
    return found
  }
}
