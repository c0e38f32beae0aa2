/// A local variable or parameter as it is declared.
package struct LocalVariable: Equatable, Sendable {
  /// How a local came to be.
  package enum Role: Hashable, Sendable {
    /// Declared by `local name`.
    case variable
    /// Declared by `local function name`.
    case function
    /// A control variable of a `for`.
    case loop
    /// A written parameter; the index counts arguments from 0, with the implicit `self` if there is one.
    case parameter(index: Int)
    /// The `self` that `function t:name()` adds, argument 0.
    case implicitSelf
    /// One of the nameless locals Lua keeps for a `for`; no name means it.
    case hidden
  }

  /// What stands in angle brackets after a name in a `local` statement.
  package enum Attribute: String, Hashable, Sendable {
    /// `<const>`: never assigned again.
    case const
    /// `<close>`: closed at the end of its scope, and never assigned again.
    case close
  }

  /// As the source spells it; `self` for the implicit parameter of a method.
  package let name: String
  /// Where the name stands; for an implicit `self`, where the method's name does.
  package let range: SourceRange
  /// How it was declared.
  package let role: Role
  /// The number of the function it belongs to; 0 is the main one.
  package let function: Int
  /// How many functions enclose the declaration; 0 in the main one.
  package let functionDepth: Int
  /// Whether it is declared in the outermost block of the chunk.
  package let isTopLevel: Bool
  /// The attribute, if one is written.
  package internal(set) var attribute: Attribute?
  /// Where the attribute's name stands, if one is written.
  package internal(set) var attributePosition: SourcePosition?
  /// Where names can mean it: from the token after which it is declared to the one that ends its block.
  package internal(set) var scope: SourceRange
  /// The local of the same name, by its index into `Chunk.locals`, that names meant until this one was declared.
  package internal(set) var shadowed: Int?
  /// Whether Lua replaces the variable by its value, so that closures need not capture it.
  var isCompileTimeConstant = false

  /// The index of the argument it receives, from 0, or nil for a local that is no parameter.
  package var parameterIndex: Int? {
    switch role {
    case .parameter(let index): index
    case .implicitSelf: 0
    case .variable, .function, .loop, .hidden: nil
    }
  }
}
