import Testing

/// A fact about a transition: what it returns for given inputs.
struct TransitionFact<Input: Sendable, Output: Equatable & Sendable>: Sendable, CustomTestStringConvertible {
  let name: String
  let examples: [Example]

  struct Example: Sendable {
    let input: Input
    let output: Output
  }

  init(_ name: String, _ examples: (Input, Output)...) { self.init(name, examples) }

  init(_ name: String, _ examples: [(Input, Output)]) {
    self.name = name
    self.examples = examples.map(Example.init)
  }

  var testDescription: String { name }

  /// What is wrong with a transition; nil if the fact holds.
  func problem(of transition: (Input) -> Output) -> String? {
    for example in examples {
      let found = transition(example.input)
      if found != example.output { return "\(example.input): expected \(example.output), found \(found)" }
    }
    return nil
  }
}

/// A wrong variant of a transition: the real one with its inputs or its result modified in one way.
struct Mutant<Input, Output> {
  let name: String
  let transition: (Input) -> Output

  init(_ name: String, _ transition: @escaping (Input) -> Output) { (self.name, self.transition) = (name, transition) }
}

/// Expects each mutant to violate at least one fact, and each fact to be violated by at least one mutant.
func expectCaught<Input, Output>(
  _ mutants: [Mutant<Input, Output>], by facts: [TransitionFact<Input, Output>], atLeast count: Int,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(mutants.count >= count, sourceLocation: sourceLocation)
  var idle = Set(facts.map(\.name))
  for mutant in mutants {
    let failing = facts.filter { $0.problem(of: mutant.transition) != nil }.map(\.name)
    if failing.isEmpty { Issue.record("no fact catches the mutant: \(mutant.name)", sourceLocation: sourceLocation) }
    idle.subtract(failing)
  }
  #expect(idle == [], "these facts catch no mutant", sourceLocation: sourceLocation)
}

// MARK: - Bends

/// A modification that makes a result wrong. It changes every result to which it is applied.
struct Bend<Value> {
  let name: String
  let apply: (inout Value) -> Void

  init(_ name: String, _ apply: @escaping (inout Value) -> Void) { (self.name, self.apply) = (name, apply) }

  /// Clears an optional field, or sets it to `other` if it is nil.
  static func toggle<Field>(_ name: String, _ path: WritableKeyPath<Value, Field?>, _ other: Field) -> [Bend] {
    [Bend("\(name) cleared or set") { $0[keyPath: path] = $0[keyPath: path] == nil ? other : nil }]
  }

  /// Sets a field to each of the other cases.
  static func cases<Field: CaseIterable & Equatable>(_ name: String, _ path: WritableKeyPath<Value, Field>) -> [Bend] {
    let all = Array(Field.allCases)
    return (1..<all.count).map { offset in
      Bend("\(name) \(offset) cases on") { value in
        let index = all.firstIndex(of: value[keyPath: path])!
        value[keyPath: path] = all[(index + offset) % all.count]
      }
    }
  }

  static func increment(_ name: String, _ path: WritableKeyPath<Value, Int>) -> [Bend] {
    [Bend("\(name) one more") { $0[keyPath: path] += 1 }, Bend("\(name) one less") { $0[keyPath: path] -= 1 }]
  }

  /// Modifications of a field's value if it is not nil; otherwise sets it to `other`.
  static func within<Field>(
    _ name: String, _ path: WritableKeyPath<Value, Field?>, _ other: Field, _ bends: [Bend<Field>]
  ) -> [Bend] {
    toggle(name, path, other)
      + bends.map { bend in
        Bend("\(name): \(bend.name)") { value in
          if var field = value[keyPath: path] {
            bend.apply(&field)
            value[keyPath: path] = field
          } else {
            value[keyPath: path] = other
          }
        }
      }
  }

  static func within<Field>(_ name: String, _ path: WritableKeyPath<Value, Field>, _ bends: [Bend<Field>]) -> [Bend] {
    bends.map { bend in Bend("\(name): \(bend.name)") { bend.apply(&$0[keyPath: path]) } }
  }
}

/// The real transition with each modification, separately for each kind of input.
func mutants<Input, Output, Kind: CaseIterable & Equatable>(
  of transition: @escaping (Input) -> Output, by kind: @escaping (Input) -> Kind, _ bends: [Bend<Output>]
) -> [Mutant<Input, Output>] {
  Kind.allCases.flatMap { wrong in
    bends.map { bend in
      Mutant("\(wrong): \(bend.name)") { input in
        var output = transition(input)
        if kind(input) == wrong { bend.apply(&output) }
        return output
      }
    }
  }
}
