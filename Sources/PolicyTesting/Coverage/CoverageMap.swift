import LuaSandbox
import LuaSyntax
import Policies

/// The code positions of a policy that coverage counts, and its source with a counter at each of them.
///
/// The source is rewritten from its syntax tree with all lines in place: calls of the sandbox's probes are inserted
/// before statements, around the conditions of branches, and in loops. It decides as the policy does.
package struct CoverageMap: Sendable {
  /// The indices of a position's counters; the sum of their values is how often the position was reached.
  typealias Counts = [Int]

  /// A statement, or the part of an expression on its own line.
  struct Spot: Sendable {
    let line: Int
    let counts: Counts
    let cause: Cause
    /// The branch arms that lead past it and may never be taken.
    var exits: [Arm] = []
  }

  /// What must happen before a spot is reached.
  enum Cause: Sendable {
    /// The file is loaded.
    case chunk
    /// A function is called.
    case function(Int)
    /// A branch takes one of its arms.
    case arm(Arm)
    /// The spot before it is reached and completes.
    case after(Int)
  }

  /// One of a branch's two arms: 0 is the arm taken when the condition is true.
  struct Arm: Hashable, Sendable {
    let branch: Int
    let way: Int
  }

  /// A position with two possible continuations.
  package struct Branch: Sendable {
    /// What selects the arm.
    package enum Kind: String, Sendable {
      /// The condition of `if`, `elseif` or `until`: true or false.
      case condition
      /// The left side of `and`: true (the right side is evaluated), or false.
      case and
      /// The left side of `or`: true, or false (the right side is evaluated).
      case or
      /// A loop: enters its body, or does not.
      case loop
    }

    /// Determines what the two arms mean; the first is true or entered.
    package let kind: Kind
    /// The line of the condition, of the operator `and` or `or`, or of the loop.
    package let line: Int
    /// In Unicode scalars of the line, from 1.
    package let column: Int
    /// The counters of both arms.
    let counts: [Int]
    /// The spot that contains it.
    let spot: Int
    /// False for an arm that the code rules out: `while true` always enters its body.
    let isPossible: [Bool]
  }

  /// A function of the file, including hooks and local functions.
  package struct Function: Sendable {
    /// The declared name, or else `function at line 3`; unique in the file.
    package let name: String
    /// The line where it begins, from 1.
    package let line: Int
    let count: Int
    /// A hook that cases do not call.
    let isUnaskedHook: Bool
  }

  /// Why coverage of a policy cannot be measured.
  package struct Refusal: Error, Sendable { package let message: String }

  /// The source with counters.
  let source: [UInt8]
  /// The number of counters.
  let countMax: Int
  let spots: [Spot]
  /// In the order of the source's traversal; reports sort them by position.
  package let branches: [Branch]
  /// In the order of the source's traversal.
  package let functions: [Function]

  /// Throws if the file cannot be parsed, or is too large with the counters.
  package init(_ source: [UInt8]) throws(Refusal) {
    for name in [ScriptProbes.reach, ScriptProbes.weigh, ScriptProbes.begin, ScriptProbes.enter]
    where source.firstRange(of: Array(name.utf8)) != nil {
      throw Refusal(message: "it uses the name '\(name)', which coverage needs; rename it")
    }
    let chunk: Chunk
    do throws(LuaSyntaxError) { chunk = try LuaParser.parse(source) } catch {
      throw Refusal(message: "line \(error.position.line): \(error.message)")
    }
    var writer = CoverageWriter(chunk)
    writer.write()
    self.source = writer.applied(to: source)
    guard self.source.count <= PolicyCatalog.sourceMax else {
      throw Refusal(
        message: "with coverage counters it has \(self.source.count) bytes; expected at most \(PolicyCatalog.sourceMax)"
      )
    }
    (countMax, spots, branches, functions) = (writer.countMax, writer.spots, writer.branches, writer.functions)
  }
}
