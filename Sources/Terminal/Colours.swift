/// Whether text is shown in colours: on a terminal alone, unless somebody asks otherwise.
package struct Colours: Equatable, Sendable {
  /// What `--color` says.
  package enum Choice: String, CaseIterable, Sendable { case auto, always, never }

  /// Whether sequences for colours may be written.
  package let areOn: Bool

  /// Plain text, whatever the output is.
  package static let off = Colours(areOn: false)
  /// For tests and for `--color always`.
  package static let on = Colours(areOn: true)

  private init(areOn: Bool) { self.areOn = areOn }

  /// The choice first, then `NO_COLOR` (https://no-color.org), then `CLICOLOR_FORCE`, then whether it is a terminal that is
  /// not dumb. A variable that is empty says nothing, and neither does a `CLICOLOR_FORCE` of 0.
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
