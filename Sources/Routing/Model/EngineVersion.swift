/// The engine that made a decision: it is on record with the decisions of each cycle, so that a replay can tell whether this
/// program has the same one.
package struct EngineVersion: Hashable, Sendable {
  /// Counts up with each change after which a revision could give another answer to the same request.
  package var number: Int
  /// The version of the Lua library, as in `5.4.6`.
  package var lua: String

  /// `lua` without the word `Lua`.
  package init(number: Int, lua: String) { (self.number, self.lua) = (number, lua) }

  /// As in `engine 3 with Lua 5.4.6`.
  package var text: String { "engine \(number) with Lua \(lua)" }
}
