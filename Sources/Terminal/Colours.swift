/// Whether output is coloured: by default only on a terminal.
package struct Colours: Equatable, Sendable {
  /// The values of `--color`.
  package enum Choice: String, CaseIterable, Sendable { case auto, always, never }

  /// Whether colour sequences may be written.
  package let areOn: Bool

  /// Plain text, whatever the output is.
  package static let off = Colours(areOn: false)
  /// For tests and for `--color always`.
  package static let on = Colours(areOn: true)

  private init(areOn: Bool) { self.areOn = areOn }

  /// In order of precedence: the choice, `NO_COLOR` (https://no-color.org), `CLICOLOR_FORCE`, and whether the output is a terminal
  /// that is not dumb. An empty variable has no effect, and neither has a `CLICOLOR_FORCE` of 0.
  package init(_ choice: Choice, environment: [String: String], isTerminal: Bool) {
    switch choice {
    case .always: areOn = true
    case .never: areOn = false
    case .auto:
      let says = { (name: String) in environment[name].map { !$0.isEmpty } ?? false }
      if says("NO_COLOR") {
        areOn = false
      } else if says("CLICOLOR_FORCE"), environment["CLICOLOR_FORCE"] != "0" {
        areOn = true
      } else {
        areOn = isTerminal && says("TERM") && environment["TERM"] != "dumb"
      }
    }
  }
}
