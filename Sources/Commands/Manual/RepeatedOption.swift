/// An option for a single value that is given more than once. The argument parser silently takes the last value: `usher
/// hold --tenant a --tenant b` would hold one tenant.
struct RepeatedOption {
  private let name: String

  /// Nil if no option is repeated. Consults the command's page only if a name occurs twice.
  init?(in arguments: [String], root: @autoclosure () -> CommandPage = .root) {
    let names = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }
    let repeated = Dictionary(grouping: names, by: \.self).filter { $0.value.count > 1 }
    guard !repeated.isEmpty, arguments.first?.hasPrefix("---") != true else { return nil }
    let page = root().page(for: arguments).page
    let single = Set(page.arguments.filter { $0.kind == .option && !$0.isRepeating }.flatMap(\.names))
    guard let name = names.first(where: { repeated[$0] != nil && single.contains($0) }) else { return nil }
    self.name = name
  }

  var message: String { "\(name): expected once, found more than once" }
}
