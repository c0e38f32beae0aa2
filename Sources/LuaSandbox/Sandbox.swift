import CLuaSandbox

/// The resources that one script may use.
package struct SandboxLimits: Equatable, Sendable {
  /// Virtual machine instructions and charges of library functions, per call and for loading.
  package var instructions: Int64
  /// Bytes of the interpreter.
  package var memory: Int
  /// CPU time of the calling thread for one call, milliseconds. Checked every 500 instructions and 10,000 charges, more
  /// often while they are slow.
  package var cpuMilliseconds: Int64
  /// Bytes in addition to `memory` for a copy of the set in Lua tables, which a script that iterates over it reads
  /// faster; a larger set is read in place. No answer depends on it.
  package var mirror: Int

  /// Defaults: a million instructions, 4 MiB, 80 ms and a copy of the set of up to 1 MiB.
  package init(
    instructions: Int64 = 1_000_000, memory: Int = 4 << 20, cpuMilliseconds: Int64 = 80, mirror: Int = 1 << 20
  ) {
    (self.instructions, self.memory, self.cpuMilliseconds) = (instructions, memory, cpuMilliseconds)
    self.mirror = mirror
  }
}

/// Why a script gave no usable answer.
package struct ScriptFault: Error, Equatable, Sendable {
  /// The cause; `verdict` and `member` are answers that cannot be used.
  package enum Kind: Sendable { case syntax, runtime, budget, memory, timeout, verdict, member }
  /// Determines, with `isSpent`, what the caller does with the interpreter.
  package let kind: Kind
  /// At most 400 bytes without control characters.
  package let message: String
  /// The script's line, from 1; nil if unknown.
  package let line: Int?
  /// Whether the interpreter hit a limit and must be discarded.
  package let isSpent: Bool
  /// A stable name of the message, such as `unknown_field`; nil where the script wrote the message. No script can set it.
  package let code: String?

  /// `message` must already be short and without control characters.
  package init(kind: Kind, message: String, line: Int?, isSpent: Bool, code: String?) {
    (self.kind, self.message, self.line, self.isSpent) = (kind, message, line, isSpent)
    self.code = code
  }
}

/// The answer of a hook.
package enum ScriptReply: Equatable {
  /// `form` is an index into the vocabulary's verdicts, `member` an index into the set of the call. The reason is in
  /// `Sandbox.reason`.
  case verdict(form: Int, member: Int?, seconds: Double?)
  case none
  /// The fault is in `Sandbox.fault`.
  case fault
}

/// What the target of a verdict names. A member is an index into the set of the call.
package enum ScriptTarget: Equatable {
  case set
  case member(Int)
  /// A condition that is nil is absent; at least one is present.
  case filter(tag: String?, group: String?, except: Int?)
}

/// One interpreter with one script. Do not use it from two threads at the same time.
///
/// A script sees read-only rows and answers with a verdict. No state is kept between calls: the next call sees what the
/// first one saw, whatever this one did.
package final class Sandbox {
  /// Not enough memory, or an unexpected version of the linked Lua.
  package enum CreationError: Error { case failed }

  private let box: OpaquePointer
  private let name: UnsafePointer<CChar>
  private let reasons = TextCache()
  private let result: UnsafeMutablePointer<sandbox_result>
  /// Kept alive because the interpreter writes into it.
  private var probes: ScriptProbes?

  /// An interpreter without a script. Throws without memory, or when the linked Lua is not a 5.4 whose instruction
  /// counter can be read.
  package init(vocabulary: ScriptVocabulary, limits: SandboxLimits, scriptName: String) throws {
    var raw = sandbox_limits(
      instructions: limits.instructions, memory: limits.memory, mirror: limits.mirror,
      cpu_ns: limits.cpuMilliseconds * 1_000_000)
    guard let box = sandbox_create(vocabulary.raw, &raw) else { throw CreationError.failed }
    self.box = box
    result = .allocate(capacity: 1)
    result.initialize(to: sandbox_result())
    // Messages start with the name, cut at the first character that could be mistaken for the colon after it.
    name = copyOfName(scriptName)
  }

  deinit {
    sandbox_destroy(box)
    result.deallocate()
    name.deallocate()
  }

  /// Defines the functions that count into `probes`, in a sandbox that has not loaded anything.
  package func open(_ probes: ScriptProbes) throws {
    self.probes = probes
    guard sandbox_open_probes(box, probes.raw) else { throw CreationError.failed }
  }

  /// Compiles the script and runs its chunk, which must return a table of hooks.
  package func load(_ source: [UInt8]) throws(ScriptFault) {
    var result = sandbox_result()
    source.withUnsafeBytes { bytes in
      // An empty array may have no address, and C compares its bytes.
      let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? name
      sandbox_load(box, name, start, bytes.count, &result)
    }
    self.result.pointee.instructions = result.instructions
    if result.answer == SANDBOX_ANSWER_FAULT { throw fault(result) }
  }

  /// Compiles and runs a chunk that returns data, and returns the data as JSON: tables with keys 1 to n as arrays,
  /// others as objects with sorted keys, the empty table as `{}`. Only for a sandbox that has not loaded anything.
  package func loadData(_ source: [UInt8]) throws(ScriptFault) -> [UInt8] {
    var result = sandbox_result()
    var length = 0
    let json = source.withUnsafeBytes { bytes in
      let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? name
      return sandbox_load_data(box, name, start, bytes.count, &length, &result)
    }
    guard let json else { throw fault(result) }
    defer { sandbox_free_data(json) }
    return Array(UnsafeRawBufferPointer(start: json, count: length))
  }

  /// The name that the script declares; nil without one.
  package var scriptName: String? { nonEmpty(sandbox_script_name(box)) }
  /// The description that the script declares; nil without one. Read when the script is loaded.
  package var scriptDescription: String? { nonEmpty(sandbox_script_description(box)) }

  /// The parameters that the script declares, with their defaults, sorted by name.
  package var parameters: [(name: String, value: RowScalar)] { scalars(sandbox_script_parameters(box)) }

  /// The conditions under which the script wants to be called, sorted by name.
  package var conditions: [(name: String, value: RowScalar)] { scalars(sandbox_script_conditions(box)) }

  /// The ranges that the script declares for its parameters, sorted by name. `list` is nil for a range that is a text.
  package var ranges: [(name: String, list: [RowScalar]?, text: String?)] {
    let items = scalars(sandbox_script_ranges(box))
    var ranges: [(name: String, list: [RowScalar]?, text: String?)] = []
    var next = 0
    while next < items.count {
      let (name, value) = items[next]
      next += 1
      switch value {
      case .integer(let count):
        ranges.append((name, items[next..<next + Int(count)].map(\.value), nil))
        next += Int(count)
      case .text(let text): ranges.append((name, nil, text))
      case .boolean, .number: preconditionFailure("a range begins with a count or is a text")
      }
    }
    return ranges
  }

  private func scalars(_ items: sandbox_items) -> [(name: String, value: RowScalar)] {
    (0..<Int(items.count)).map { index in
      let item = items.items[index]
      let value: RowScalar =
        switch item.kind {
        case SANDBOX_SCALAR_BOOL: .boolean(item.integer != 0)
        case SANDBOX_SCALAR_INT: .integer(item.integer)
        case SANDBOX_SCALAR_NUMBER: .number(item.number)
        default: .text(text(item.text))
        }
      return (text(item.name), value)
    }
  }

  /// Sets what hooks read as `params`.
  package func setParameters(_ parameters: [(name: String, value: RowScalar)]) throws {
    let arena = TextArena()
    let scalars = arena.scalars(count: max(parameters.count, 1))
    for (index, parameter) in parameters.enumerated() {
      scalars[index] = arena.scalar(parameter.value)
      scalars[index].name = arena.copy(parameter.name)
    }
    guard sandbox_set_parameters(box, scalars, UInt32(parameters.count)) else { throw CreationError.failed }
  }

  /// Whether the script has the hook at this index of the vocabulary.
  package func hasHook(_ hook: Int) -> Bool { sandbox_has_hook(box, UInt32(hook)) }

  /// Whether the script sets the flag at this index of the vocabulary.
  package func hasFlag(_ flag: Int) -> Bool { sandbox_has_flag(box, UInt32(flag)) }

  /// Calls a hook with one row of `subject`, the first row of `object` if there is one, and all of `set`. The script
  /// reads `now` as `now`; its `random` numbers derive from `seed`. The other results of the call are in `reason`,
  /// `fault` and `notes` until the next call.
  package func ask(
    hook: Int, subject: RowTable, row: Int, object: RowTable? = nil, set: RowTable, now: Int64, seed: UInt64
  ) -> ScriptReply {
    var request = sandbox_request(
      hook: UInt32(truncatingIfNeeded: hook), subject: UnsafePointer(subject.raw),
      subject_row: UInt32(truncatingIfNeeded: row), object: object.map { UnsafePointer($0.raw) },
      set: UnsafePointer(set.raw), now: now, seed: seed)
    sandbox_call(box, &request, result)
    return reply
  }

  /// The reply of the last call.
  @inline(__always)
  package var reply: ScriptReply {
    switch result.pointee.answer {
    case SANDBOX_ANSWER_VERDICT:
      return .verdict(
        form: Int(result.pointee.verdict), member: result.pointee.member < 0 ? nil : Int(result.pointee.member),
        seconds: result.pointee.has_seconds ? result.pointee.seconds : nil)
    case SANDBOX_ANSWER_NONE: return .none
    default: return .fault
    }
  }

  /// The target of the last call's verdict; nil for a verdict without one.
  package var target: ScriptTarget? {
    let raw = result.pointee
    switch raw.target {
    case SANDBOX_TARGET_SET: return .set
    case SANDBOX_TARGET_MEMBER: return .member(Int(raw.member))
    case SANDBOX_TARGET_FILTER:
      return .filter(
        tag: raw.target_tag.bytes == nil ? nil : text(raw.target_tag),
        group: raw.target_group.bytes == nil ? nil : text(raw.target_group),
        except: raw.member < 0 ? nil : Int(raw.member))
    default: return nil
    }
  }

  /// The budget that the last call, or loading, used.
  package var instructions: Int64 { result.pointee.instructions }

  /// The reason of the last call's verdict: at most 400 bytes without control characters; nil without one.
  package var reason: String? { result.pointee.text.length == 0 ? nil : reasons.string(result.pointee.text) }

  /// Why the last call gave no usable answer.
  package var fault: ScriptFault { fault(result.pointee) }

  /// Whether the last call added notes.
  package var hasNotes: Bool { result.pointee.note_count > 0 }

  /// The notes of the last call, in order.
  package var notes: [String] {
    (0..<result.pointee.note_count).map { text(sandbox_note(box, $0)) }
  }

  /// Whether the last call raised an error of the sandbox's own, which the script may have caught.
  @inline(__always)
  package var hasRaised: Bool { result.pointee.raised_count > 0 }

  /// The first 15 different texts of those errors, and the last one, with their codes and without the script's position.
  package var raised: [(code: String, text: String)] {
    (0..<result.pointee.raised_count).map {
      let raised = sandbox_raised_text(box, $0)
      return (String(cString: sandbox_code_name(raised.code)), text(raised.text))
    }
  }

  /// Every code that a fault can have.
  package static var codes: [String] {
    (1..<SANDBOX_CODE_COUNT.rawValue).map { String(cString: sandbox_code_name(sandbox_code($0))) }
  }

  /// Whether the last call used a copy of the set. A script cannot detect it.
  package var showedMirror: Bool { sandbox_showed_mirror(box) }

  /// Records what later calls read and query; nil stops recording. It does not change any answer.
  package var trace: ScriptTrace? {
    didSet { sandbox_set_trace(box, trace?.raw) }
  }

  /// Bytes that the interpreter has allocated.
  package var memory: Int { sandbox_memory(box) }

  /// Every value that a script can reach by name, as `string.rep function`, in order.
  package var environment: [String] {
    final class Lines { var all: [String] = [] }
    let lines = Lines()
    sandbox_visit_environment(
      box,
      { context, path in
        // C calls this on the same thread, while `lines` below is alive.
        Unmanaged<Lines>.fromOpaque(context!).takeUnretainedValue().all.append(String(cString: path!))
      }, Unmanaged.passUnretained(lines).toOpaque())
    return withExtendedLifetime(lines) { lines.all }
  }

  /// The version of the linked interpreter: `Lua 5.4.4`.
  package static var luaVersion: String { String(cString: sandbox_lua_version()) }

  private func fault(_ result: sandbox_result) -> ScriptFault {
    let kind: ScriptFault.Kind =
      switch result.fault {
      case SANDBOX_FAULT_SYNTAX: .syntax
      case SANDBOX_FAULT_BUDGET: .budget
      case SANDBOX_FAULT_MEMORY: .memory
      case SANDBOX_FAULT_TIMEOUT: .timeout
      case SANDBOX_FAULT_VERDICT: .verdict
      case SANDBOX_FAULT_MEMBER: .member
      default: .runtime
      }
    return ScriptFault(
      kind: kind, message: text(result.text), line: result.line > 0 ? Int(result.line) : nil,
      isSpent: result.is_spent,
      code: result.code == SANDBOX_CODE_NONE ? nil : String(cString: sandbox_code_name(result.code)))
  }
}

private func copyOfName(_ name: String) -> UnsafePointer<CChar> {
  let bytes = Array(name.utf8.prefix(100).map { CChar(bitPattern: $0) }) + [0]
  let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
  copy.initialize(from: bytes, count: bytes.count)
  return UnsafePointer(copy)
}

private func text(_ text: sandbox_text) -> String {
  String(decoding: UnsafeRawBufferPointer(start: text.bytes, count: Int(text.length)), as: UTF8.self)
}

private func nonEmpty(_ value: sandbox_text) -> String? { value.length == 0 ? nil : text(value) }
