/// How a chunk uses its names; every list is in source order.
package struct ScopeAnalysis: Equatable, Sendable {
  /// One use of a global name.
  package struct GlobalUse: Equatable, Sendable {
    /// The name in the source; no local with this name is in scope.
    package let name: String
    /// From its first byte to its last.
    package let range: SourceRange
    /// How it is used; the base of a member access or of a method call counts as read.
    package let access: Access

    /// The position of the name.
    package var position: SourcePosition { range.start }
  }

  /// One local variable or parameter, and how it is used.
  package struct LocalUsage: Equatable, Sendable {
    /// The declaration.
    package let variable: LocalVariable
    /// Whether its value is ever read; a call reads it.
    package internal(set) var isRead = false
    /// Whether it is ever assigned after its declaration.
    package internal(set) var isWritten = false
    /// The assignments to it from functions inside its own.
    package internal(set) var upvalueWrites: [SourcePosition] = []

    /// The position of its declaration.
    package var declaration: SourcePosition { variable.range.start }
    /// Whether a function inside its own assigns it.
    package var isWrittenFromNestedFunction: Bool { !upvalueWrites.isEmpty }
  }

  /// One assignment to a local of an enclosing function.
  package struct UpvalueWrite: Equatable, Sendable {
    /// The name of the local.
    package let name: String
    /// The name in the assignment.
    package let range: SourceRange
    /// The position of the local's declaration.
    package let declaration: SourcePosition
    /// Whether it is declared in the outermost block of the chunk.
    package let isTopLevel: Bool

    /// The position of the assignment.
    package var position: SourcePosition { range.start }
  }

  /// One occurrence of the identifier `_ENV`.
  package struct EnvironmentUse: Equatable, Sendable {
    /// The position of the identifier.
    package let position: SourcePosition
    /// How it is used; nil where it is declared, as a local or a parameter.
    package let access: Access?
  }

  /// One `<close>` attribute.
  package struct CloseAttribute: Equatable, Sendable {
    /// The name of the local.
    package let name: String
    /// The position of the word `close`.
    package let position: SourcePosition
  }

  /// One use of a member of a parameter, possibly from a function nested in the parameter's function.
  package struct ParameterMember: Equatable, Sendable {
    /// The use itself; its base is the parameter's name.
    package let member: MemberAccess
    /// The index of the argument that the parameter receives, from 0; an implicit `self` is argument 0.
    package let parameterIndex: Int
    /// The last name under which the parameter's function is stored: by `name = function` in a table, by `function
    /// t.name` or by `t.name = function`; nil for any other function.
    package let functionKey: String?
  }

  /// Every use of a global name, even where a local `_ENV` makes it a field of that local.
  package internal(set) var globals: [GlobalUse] = []
  /// Every local and parameter, in the order of declaration.
  package internal(set) var locals: [LocalUsage] = []
  /// Every assignment to a local of an enclosing function.
  package internal(set) var upvalueWrites: [UpvalueWrite] = []
  /// Every occurrence of `_ENV` as an identifier; fields and labels with that name are left out.
  package internal(set) var environmentUses: [EnvironmentUse] = []
  /// Every `<close>` attribute.
  package internal(set) var closeAttributes: [CloseAttribute] = []
  /// Every use of a member of a global.
  package internal(set) var globalMembers: [MemberAccess] = []
  /// Every use of a member of a parameter.
  package internal(set) var parameterMembers: [ParameterMember] = []

  /// Analyses a chunk in one walk.
  package init(_ chunk: Chunk) {
    var walker = ScopeWalker(chunk)
    walker.visit(chunk.block)
    self = walker.analysis
    locals.removeAll { $0.variable.role == .hidden }
    for variable in chunk.locals {
      if variable.name == "_ENV" {
        environmentUses.append(EnvironmentUse(position: variable.range.start, access: nil))
      }
      if variable.attribute == .close, let position = variable.attributePosition {
        closeAttributes.append(CloseAttribute(name: variable.name, position: position))
      }
    }
    environmentUses.sort { $0.position < $1.position }
  }

  /// An empty analysis with the locals of a chunk, all unused, at the indices that bindings use.
  init(unused locals: [LocalVariable]) {
    self.locals = locals.map { LocalUsage(variable: $0) }
  }
}
