/// A declared local variable or parameter.
package struct LocalVariable: Equatable, Sendable {
  /// How a local is declared.
  package enum Role: Hashable, Sendable {
    /// Declared by `local name`.
    case variable
    /// Declared by `local function name`.
    case function
    /// A control variable of a `for`.
    case loop
    /// A written parameter; the index counts arguments from 0, including the implicit `self`.
    case parameter(index: Int)
    /// The `self` that `function t:name()` adds, argument 0.
    case implicitSelf
    /// One of the unnamed locals that Lua keeps for a `for`; no name refers to it.
    case hidden
  }

  /// The attribute in angle brackets after a name in a `local` statement.
  package enum Attribute: String, Hashable, Sendable {
    /// `<const>`: never assigned again.
    case const
    /// `<close>`: closed at the end of its scope, and never assigned again.
    case close
  }

  /// The name in the source; `self` for the implicit parameter of a method.
  package let name: String
  /// The range of the name; for an implicit `self`, of the method's name.
  package let range: SourceRange
  /// How it was declared.
  package let role: Role
  /// The number of the function it belongs to; 0 is the main one.
  package let function: Int
  /// The number of functions that enclose the declaration; 0 in the main one.
  package let functionDepth: Int
  /// Whether it is declared in the outermost block of the chunk.
  package let isTopLevel: Bool
  /// The attribute, if one is written.
  package internal(set) var attribute: Attribute?
  /// The position of the attribute's name, if one is written.
  package internal(set) var attributePosition: SourcePosition?
  /// Where names can refer to it: from the token after its declaration to the token that ends its block.
  package internal(set) var scope: SourceRange
  /// The local with the same name that this one hides, as an index into `Chunk.locals`.
  package internal(set) var shadowed: Int?
  /// Whether Lua replaces the variable by its value, so that closures do not capture it.
  var isCompileTimeConstant = false

  /// The index of the argument it receives, from 0; nil for a local that is not a parameter.
  package var parameterIndex: Int? {
    switch role {
    case .parameter(let index): index
    case .implicitSelf: 0
    case .variable, .function, .loop, .hidden: nil
    }
  }
}
