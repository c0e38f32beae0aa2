/// What a chunk does with its names; every list is in source order.
package struct ScopeAnalysis: Equatable, Sendable {
  /// One use of a free name.
  package struct GlobalUse: Equatable, Sendable {
    /// As the source spells it; no local of this name is in scope.
    package let name: String
    /// From its first byte to its last.
    package let range: SourceRange
    /// How it is used; the base of a member access and of a method call is read.
    package let access: Access

    /// Where it stands.
    package var position: SourcePosition { range.start }
  }

  /// One local variable or parameter, and its fate.
  package struct LocalUsage: Equatable, Sendable {
    /// The declaration.
    package let variable: LocalVariable
    /// Whether its value is ever taken; a call takes it.
    package internal(set) var isRead = false
    /// Whether it is ever assigned after its declaration.
    package internal(set) var isWritten = false
    /// The assignments to it from functions inside its own.
    package internal(set) var upvalueWrites: [SourcePosition] = []

    /// Where it is declared.
    package var declaration: SourcePosition { variable.range.start }
    /// Whether a function inside its own assigns it.
    package var isWrittenFromNestedFunction: Bool { !upvalueWrites.isEmpty }
  }

  /// One assignment to a local of an enclosing function.
  package struct UpvalueWrite: Equatable, Sendable {
    /// The name of the local.
    package let name: String
    /// The name where it is assigned.
    package let range: SourceRange
    /// Where it is declared.
    package let declaration: SourcePosition
    /// Whether it is declared in the outermost block of the chunk.
    package let isTopLevel: Bool

    /// Where it is assigned.
    package var position: SourcePosition { range.start }
  }

  /// One appearance of the identifier `_ENV`.
  package struct EnvironmentUse: Equatable, Sendable {
    /// Where it stands.
    package let position: SourcePosition
    /// How it is used; nil where it is declared, as a local or a parameter.
    package let access: Access?
  }

  /// One `<close>`.
  package struct CloseAttribute: Equatable, Sendable {
    /// The name of the local.
    package let name: String
    /// Where the word `close` stands.
    package let position: SourcePosition
  }

  /// One use of a member of a parameter, perhaps from a function inside the parameter's own.
  package struct ParameterMember: Equatable, Sendable {
    /// The use itself; its base is the parameter's name.
    package let member: MemberAccess
    /// The argument the parameter receives, from 0; an implicit `self` is argument 0.
    package let parameterIndex: Int
    /// The last name the parameter's function is stored under: by `name = function` in a table, by
    /// `function t.name` or by `t.name = function`; nil for any other function.
    package let functionKey: String?
  }

  /// Every use of a free name, also where a local `_ENV` makes it a field of that.
  package internal(set) var globals: [GlobalUse] = []
  /// Every local and parameter, in the order of declaration.
  package internal(set) var locals: [LocalUsage] = []
  /// Every assignment to a local of an enclosing function.
  package internal(set) var upvalueWrites: [UpvalueWrite] = []
  /// Every appearance of `_ENV` as an identifier; a field or a label of that name is none.
  package internal(set) var environmentUses: [EnvironmentUse] = []
  /// Every `<close>` attribute.
  package internal(set) var closeAttributes: [CloseAttribute] = []
  /// Every use of a member of a free name.
  package internal(set) var globalMembers: [MemberAccess] = []
  /// Every use of a member of a parameter.
  package internal(set) var parameterMembers: [ParameterMember] = []

  /// Walks a chunk once.
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

  /// An analysis of nothing, with the locals of a chunk unused, at the indices their bindings have.
  init(unused locals: [LocalVariable]) {
    self.locals = locals.map { LocalUsage(variable: $0) }
  }
}
