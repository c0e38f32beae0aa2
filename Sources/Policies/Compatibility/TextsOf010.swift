import Routing

/// The texts that Usher 0.1.0 wrote itself, with the codes that later versions gave them: decisions recorded by 0.1.0
/// have no codes.
///
/// Never edit the tables: they describe texts in existing stores, independent of this version's wording. `{}` matches
/// any bytes, `{int}` for a whole number, `{name}` for bytes without an apostrophe, `{word}` for a name with dots, and
/// the others for one of `choices`.
package enum TextsOf010 {
  private static let patterns: [(code: ReasonCode, pattern: TextPattern)] = table.map { ($0, TextPattern($1, choices)) }

  /// The length of a reason that 0.1.0 recorded, in bytes; an import may have longer ones.
  private static let textMax = 2000

  /// The code of a whole text; nil for a text that 0.1.0 did not write.
  package static func code(of text: String) -> ReasonCode? {
    let bytes = Array(text.utf8)
    return patterns.first { $0.pattern.end(in: bytes, from: 0, whole: true) != nil }?.code
  }

  /// Whether a text is the reason that 0.1.0 would have given for a decision, as far as the code of its reason tells. False for a
  /// decision whose reason a script wrote.
  package static func isReason(_ text: String, of decision: Decision) -> Bool {
    guard let own = decision.code, own.isOwnWording else { return false }
    guard let fault = decision.fault else { return code(of: text) == own }
    // Kind, file and line come before the message, in the same form as then.
    let heading = decision.reason.utf8.dropLast(fault.message.utf8.count)
    guard text.utf8.starts(with: heading) else { return false }
    return code(of: String(decoding: text.utf8.dropFirst(heading.count), as: UTF8.self)) == own
  }

  /// The texts of 0.1.0 within a longer one, from left to right, the longest where several begin. None in a text of more than
  /// `textMax` bytes: the cost grows with the square of the length.
  package static func caught(in text: String) -> [CaughtText] {
    guard text.utf8.count <= textMax else { return [] }
    let bytes = Array(text.utf8)
    var found: [CaughtText] = []
    var place = 0
    while place < bytes.count {
      let ends = patterns.compactMap { code, pattern in
        pattern.end(in: bytes, from: place, whole: false).map { (code, $0) }
      }
      guard let longest = ends.max(by: { $0.1 < $1.1 }) else {
        place += 1
        continue
      }
      found.append(CaughtText(longest.0, String(decoding: bytes[place..<longest.1], as: UTF8.self)))
      place = longest.1
    }
    return found
  }

  /// Whether a decision's reason says that the policy or guard of this file was suspended.
  package static func isSuspension(_ reason: String, of file: String) -> Bool {
    let isGuard = file.hasPrefix(PolicyCatalog.guardFolder)
    let name = isGuard ? String(file.dropFirst(PolicyCatalog.guardFolder.count)) : file
    let heading = "\(isGuard ? "guard" : "policy") '\(name)' is suspended: it failed "
    return reason.utf8.starts(with: heading.utf8)
  }

  private static let choices: [String: [String]] = [
    "type": [
      "nil", "a boolean", "a number", "text", "a table", "a function", "fleet", "device", "a verdict", "a list",
      "contact",
      "lead", "choice", "a value of an earlier decision", "nothing",
    ],
    "noun": ["contact", "device", "lead", "choice", "fleet"],
    "library": ["string", "table", "math", "params"],
    "query": ["get", "least_loaded", "first_available", "available", "candidates", "hash"],
    "advice": [
      "the time is `now`, in milliseconds since 1970", "policies read nothing but their arguments",
      "use note(text), which is kept with the decision", "a policy is one file",
      "use pairs(t), which visits keys in a fixed order", "use pcall", "metatables are not available",
      "metatables are not available, so t[k] = v does the same", "metatables are not available, so t[k] does the same",
      "metatables are not available, so a == b does the same", "metatables are not available, so #t does the same",
      "coroutines are not available", "memory is not a policy's business",
      "globals cannot be changed, and local variables do not need it",
      "names and tags are plain text; compare them as they are", "use table.unpack",
    ],
  ]

  private static let table: [(ReasonCode, String)] = [
    (.noOpinion, "no policy had an opinion"),
    (.noReason, "no reason given"),
    (.emptyText, "the step's text is empty for this contact"),
    (.policySuspended, "policy '{}' is suspended: it failed {int} times in a row, last with: {}"),
    (.policySuspended, "guard '{}' is suspended: it failed {int} times in a row, last with: {}"),
    (.instructionBudget, "the instruction budget of {int} is used up"),
    (.memoryCap, "the memory cap of {int} KiB, or of {int} KiB for one text, is used up"),
    (.memoryCap, "the memory cap is used up"),
    (.memoryCap, "string.rep: a text of more than {int} bytes is asked for"),
    (.memoryCap, "table.concat: a text of more than {int} bytes is asked for"),
    (.timeLimit, "the time limit of {int} ms is used up"),
    (.outOfMemory, "no memory for a note"),
    (.outOfMemory, "no memory for the parameters"),
    (.outOfMemory, "no memory for the candidates"),
    (.errorInErrorHandler, "error in error handling"),
    (.interpreterUnusable, "this interpreter hit a limit and cannot be used again"),
    (.interpreterUnusable, "this interpreter has no script with this hook"),
    (.errorNotText, "the error value is {type}, not text"),
    (.errorWithoutMessage, "the error has no message"),
    (.unknownField, "a {noun} has no field '{name}'; the nearest is '{name}'"),
    (.unknownField, "a {noun} has no field '{name}'"),
    (.fieldNotAName, "a {noun} has no field of this kind; fields are named by text"),
    (.listHasNoFields, "{name} is a list: use contains(list, text), ipairs(list) or list[1]"),
    (.verdictHasNoFields, "a verdict has no fields; return it"),
    (.unknownGlobal, "there is no global '{name}'; the nearest is '{name}'"),
    (.unknownGlobal, "there is no global '{name}'"),
    (.unknownMember, "{library} has no '{name}'; the nearest is '{name}'"),
    (.unknownMember, "{library} has no '{name}'"),
    (.unknownFilter, "{query}: a filter has no '{name}'; it knows tag, platform and except; the nearest is {word}"),
    (.unknownFilter, "{query}: a filter has no '{name}'; it knows tag, platform and except"),
    (.unavailableName, "'{name}' is not available in policies: {advice}"),
    (.onlyInHook, "'{name}' can be read inside a hook only"),
    (.onlyInHook, "{word} can be called inside a hook only"),
    (.readOnly, "cannot set '{name}': what a hook is shown can be read only"),
    (.readOnly, "cannot set '{name}': the globals cannot be changed; use a local variable"),
    (.readOnly, "cannot set '{name}': {library} cannot be changed; use a local variable"),
    (.readOnly, "cannot set '{name}': {} cannot be changed; use a local variable"),
    (.readOnly, "table.sort: this table cannot be changed; sort a copy of it"),
    (.staleValue, "a value of an earlier decision cannot be used in this one"),
    (.callWithColon, "{query}: call it with a colon, as in fleet:{query}(...)"),
    (.invalidArgument, "local_time: expected the {noun} or nothing, found {type}"),
    (.invalidArgument, "{query}: expected an id as text, found {type}"),
    (.invalidArgument, "{query}: expected a key as text, found {type}"),
    (.invalidArgument, "{query}: expected 1 or more, found {int}"),
    (.invalidArgument, "{query}: expected a filter as a table, found {type}"),
    (.invalidArgument, "{query}: {word}: expected text, found {type}"),
    (.invalidArgument, "fleet[...]: expected a whole number, found {type}"),
    (.invalidArgument, "{word}: expected text, found {type}"),
    (.invalidArgument, "split: the separator is empty"),
    (.invalidArgument, "random: no number from {int} to {int}"),
    (.invalidArgument, "string.format: %p is not available"),
    (.invalidArgument, "string.format: argument {int} is {type}; use tostring"),
    (.invalidArgument, "pairs: expected a table, found {type}; use ipairs"),
    (.invalidArgument, "pairs: expected a table, found {type}"),
    (.invalidOperand, "attempt to get length of {type}"),
    (.invalidOperand, "attempt to get the length of {type}"),
    (.invalidOperand, "attempt to perform arithmetic on {type}"),
    (
      .keyWithoutOrder,
      "pairs: a key that is a table or a function has no fixed order; use an id or a number as the key"
    ),
    (.notAVerdict, "{word}: expected a verdict ({}) or nil, found {type}"),
    (.tooManyVerdicts, "more than {int} verdicts were made; return the first that fits"),
    (.invalidReason, "{word}: expected a reason as text, found {type}"),
    (.invalidSeconds, "{word}: expected seconds as a number, found {type}"),
    (.invalidSeconds, "{word}: expected 0 to {int} seconds, found not a number"),
    (.invalidSeconds, "{word}: expected 0 to {int} seconds, found less than 0"),
    (.invalidSeconds, "{word}: expected 0 to {int} seconds, found more"),
    (.notADevice, "{word}: expected a device, found {type}"),
    (.deviceOfAnotherFleet, "{word}: '{}' is not a device of this fleet"),
    (.deviceOfAnotherFleet, "the device is not one of this fleet"),
    (.policyUnusable, "the policy cannot be used"),
    (.policyUnusable, "the guard cannot be used"),
    (.parametersTooLarge, "the parameters do not fit into the memory cap"),
  ]
}
