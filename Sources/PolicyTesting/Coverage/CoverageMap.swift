import LuaSandbox
import LuaSyntax
import Policies

/// Where a policy's code can be come by, and its source with a count at each of these places.
///
/// The source is written anew from its syntax tree, line by line where it was: calls of the sandbox's probes stand before
/// statements, around what a branch depends on, and in loops. It decides what the policy decides.
package struct CoverageMap: Sendable {
  /// The counts that tell how often a place was come by: their sum.
  typealias Counts = [Int]

  /// A statement, or the part of an expression that stands on a line of its own.
  struct Spot: Sendable {
    let line: Int
    let counts: Counts
    let cause: Cause
    /// The ways past it, where it has some that may never be gone: arms of branches.
    var exits: [Arm] = []
  }

  /// What has to happen for a spot to be reached.
  enum Cause: Sendable {
    /// The file is loaded.
    case chunk
    /// A function is called.
    case function(Int)
    /// A branch goes one of its ways.
    case arm(Arm)
    /// The spot before it is reached, and goes on.
    case after(Int)
  }

  /// One of a branch's two ways: 0 is the one that is gone when it holds.
  struct Arm: Hashable, Sendable {
    let branch: Int
    let way: Int
  }

  /// A place where the code goes one of two ways.
  package struct Branch: Sendable {
    /// What chooses between the two ways.
    package enum Kind: String, Sendable {
      /// The condition of `if`, `elseif`, `until`: true or false.
      case condition
      /// The left side of `and`: true, and the right side is worked out, or not.
      case and
      /// The left side of `or`: true, or not, and the right side is worked out.
      case or
      /// A loop comes to its body, or not at all.
      case loop
    }

    /// Says what the two ways mean, true or entered first.
    package let kind: Kind
    /// Where the condition begins, where the word `and` or `or` stands, where the loop begins.
    package let line: Int
    /// In Unicode scalars of the line, from 1.
    package let column: Int
    /// Where it is counted, for both ways.
    let counts: [Int]
    /// The spot whose code it is.
    let spot: Int
    /// False for a way that the code itself rules out: `while true` always comes to its body.
    let isPossible: [Bool]
  }

  /// A function of the file, hooks and local ones included.
  package struct Function: Sendable {
    /// As it is declared, else `function at line 3`; no two are called the same.
    package let name: String
    /// On which it begins, from 1.
    package let line: Int
    let count: Int
    /// A hook that cases do not ask.
    let isUnaskedHook: Bool
  }

  /// Why a policy cannot be watched.
  package struct Refusal: Error, Sendable { package let message: String }

  /// The source that counts.
  let source: [UInt8]
  /// How many counts it has.
  let countMax: Int
  let spots: [Spot]
  /// In the order in which the writer meets them; reports sort them by place.
  package let branches: [Branch]
  /// In the order in which the writer meets them.
  package let functions: [Function]

  /// Throws where the file cannot be parsed, or grows too large with the counts in it.
  package init(_ source: [UInt8]) throws(Refusal) {
    for name in [ScriptProbes.reach, ScriptProbes.weigh, ScriptProbes.begin, ScriptProbes.enter]
    where source.firstRange(of: Array(name.utf8)) != nil {
      throw Refusal(message: "it uses the name '\(name)', which the counting needs; rename it")
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
        message: "with its counts it is \(self.source.count) bytes, and the most is \(PolicyCatalog.sourceMax)")
    }
    (countMax, spots, branches, functions) = (writer.countMax, writer.spots, writer.branches, writer.functions)
  }
}
