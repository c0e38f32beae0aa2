import CLua

/// The compiler of the linked Lua, with which our parser is compared. It compiles and never executes.
final class LuaCompiler {
  /// The compiler's message for a source that it rejects.
  struct Refusal: Equatable {
    let message: String
    /// Nil if the message has no line: for nesting that is too deep, and for compiled chunks.
    let line: Int?
  }

  private let state: OpaquePointer

  init() {
    guard let state = luaL_newstate() else { preconditionFailure("there is memory for an interpreter") }
    self.state = state
  }

  deinit { lua_close(state) }

  /// Nil for a source that it accepts.
  func refusal(of source: [UInt8]) -> Refusal? {
    defer { lua_settop(state, 0) }
    guard load(source) != LUA_OK else { return nil }
    let message = lua_tolstring(state, -1, nil).map { String(cString: $0) } ?? ""
    // `t:3: message`
    let line = message.hasPrefix("t:") ? Int(message.dropFirst(2).prefix { $0 != ":" }) : nil
    return Refusal(message: message, line: line)
  }

  /// The code compiled from a source, without lines and names; nil for a source that it rejects.
  func code(of source: String) -> [UInt8]? {
    defer { lua_settop(state, 0) }
    guard load(Array(source.utf8)) == LUA_OK else { return nil }
    var code: [UInt8] = []
    // Called only while `code` is borrowed here.
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

  /// Leaves the function, or the message, on the stack. Loading is protected, so no error escapes.
  private func load(_ source: [UInt8]) -> Int32 {
    source.withUnsafeBytes { bytes in
      luaL_loadbufferx(state, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, "=t", "t")
    }
  }
}
