import CLua

/// The compiler of the linked Lua, which our parser is held against. It compiles and never runs anything.
final class LuaCompiler {
  /// What it says of a text that it does not take.
  struct Refusal: Equatable {
    let message: String
    /// Nil for what it gives no line for: nesting that is too deep, and compiled chunks.
    let line: Int?
  }

  private let state: OpaquePointer

  init() {
    guard let state = luaL_newstate() else { preconditionFailure("there is memory for an interpreter") }
    self.state = state
  }

  deinit { lua_close(state) }

  /// Nil for a text that it takes.
  func refusal(of source: [UInt8]) -> Refusal? {
    defer { lua_settop(state, 0) }
    guard load(source) != LUA_OK else { return nil }
    let message = lua_tolstring(state, -1, nil).map { String(cString: $0) } ?? ""
    // `t:3: what is wrong`
    let line = message.hasPrefix("t:") ? Int(message.dropFirst(2).prefix { $0 != ":" }) : nil
    return Refusal(message: message, line: line)
  }

  /// The code that it makes of a text, without what belongs to lines and names; nil for one that it does not take.
  func code(of source: String) -> [UInt8]? {
    defer { lua_settop(state, 0) }
    guard load(Array(source.utf8)) == LUA_OK else { return nil }
    var code: [UInt8] = []
    // Called while `code` is borrowed here, and not after.
    let isDumped = withUnsafeMutablePointer(to: &code) { target in
      lua_dump(
        state,
        { _, bytes, count, target in
          let all = UnsafeRawBufferPointer(start: bytes, count: count)
          target?.assumingMemoryBound(to: [UInt8].self).pointee += all
          return 0
        }, target, 1)
    }
    return isDumped == 0 ? code : nil
  }

  /// Leaves the function, or the message, on the stack: loading is protected, no error leaves it.
  private func load(_ source: [UInt8]) -> Int32 {
    source.withUnsafeBytes { bytes in
      luaL_loadbufferx(state, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, "=t", "t")
    }
  }
}
