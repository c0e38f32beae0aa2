/// The variable that a name in an expression refers to.
package enum Binding: Hashable, Sendable {
  /// A free name: a field of the environment.
  case global
  /// The chunk's own `_ENV`, written by name.
  case environment
  /// A local of the same function, as an index into `Chunk.locals`.
  case local(Int)
  /// A local of an enclosing function, as an index into `Chunk.locals`.
  case upvalue(Int)

  /// The index into `Chunk.locals`, or nil for a name that is not local.
  package var localIndex: Int? {
    switch self {
    case .local(let index), .upvalue(let index): index
    case .global, .environment: nil
    }
  }
}
