import Routing
import RoutingTestKit
import Testing

@testable import Sequencing

/// The window agrees with a list of all answers.
struct AnswerWindowTests {
  /// The last answers for different contacts, by definition.
  private struct Model {
    var answers: [PolicyStreak.Answer] = []

    mutating func add(_ contact: Int64, isFault: Bool) {
      answers.removeAll { $0.contact == contact }
      answers.append(PolicyStreak.Answer(contact: contact, isFault: isFault))
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func `it has the last answer of each of the last contacts`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let size = Int.random(in: 1...12, using: &random)
    let contacts = Int64.random(in: 1...30, using: &random)
    var (window, model) = (AnswerWindow(size: size), Model())
    for _ in 0..<2000 {
      let contact = Int64.random(in: 1...contacts, using: &random)
      let isFault = random.unit() < 0.2
      // The ring keeps the last `size` good answers, whoever they are for: with repetitions it may know fewer contacts.
      let isKnown = model.answers.suffix(size).contains { $0.contact == contact }
      if isKnown { _ = window.counts }
      if isFault { window.addFault(contact) } else { window.addGood(contact) }
      model.add(contact, isFault: isFault)
      guard random.unit() < 0.3 else { continue }
      let expected = Array(model.answers.suffix(size))
      #expect(window.answers == expected, "seed \(seed)")
      #expect(window.counts.faults == expected.count { $0.isFault } && window.counts.answers == expected.count)
    }
  }

  @Test(arguments: [(1, 100), (20, 100), (50, 100), (51, 102), (500, 1000), (1000, 2000), (1_000_000, 2000)])
  func `it has a hundred contacts, or twice the least number of faults`(least: Int, size: Int) {
    #expect(AnswerWindow.size(forLeast: least) == size)
  }

  @Test func `it continues from a record`() {
    var window = AnswerWindow([.init(contact: 1, isFault: true), .init(contact: 2, isFault: false)])
    window.addGood(1)
    #expect(window.answers == [.init(contact: 2, isFault: false), .init(contact: 1, isFault: false)])
    #expect(window.counts.faults == 0)
  }
}
