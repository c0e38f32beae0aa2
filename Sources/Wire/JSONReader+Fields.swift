extension JSONReader {
  /// The string of a key; throws when it is absent, null or of another kind.
  package mutating func string(_ key: String) throws(FieldError) -> String {
    try required(key, .text)
  }

  /// The string of a key, or nil when it is absent or null; throws when it is of another kind.
  package mutating func optionalString(_ key: String) throws(FieldError) -> String? {
    try optional(key, .text)
  }

  /// The whole number of a key; throws when it is absent, null or of another kind.
  ///
  /// A number written with a fraction or an exponent, such as `3.0`, is rejected.
  package mutating func int(_ key: String) throws(FieldError) -> Int {
    try required(key, .whole)
  }

  /// The whole number of a key, or nil when it is absent or null; throws when it is of another kind.
  package mutating func optionalInt(_ key: String) throws(FieldError) -> Int? {
    try optional(key, .whole)
  }

  /// The number of a key; throws when it is absent, null or of another kind.
  ///
  /// Whole numbers are accepted; beyond 2^53 they are rounded to the nearest `Double`.
  package mutating func double(_ key: String) throws(FieldError) -> Double {
    try required(key, .number)
  }

  /// The number of a key, or nil when it is absent or null; throws when it is of another kind.
  package mutating func optionalDouble(_ key: String) throws(FieldError) -> Double? {
    try optional(key, .number)
  }

  /// The boolean of a key; throws when it is absent, null or of another kind.
  package mutating func bool(_ key: String) throws(FieldError) -> Bool {
    try required(key, .flag)
  }

  /// The boolean of a key, or nil when it is absent or null; throws when it is of another kind.
  package mutating func optionalBool(_ key: String) throws(FieldError) -> Bool? {
    try optional(key, .flag)
  }

  /// The values of the array of a key; throws when it is absent, null or of another kind.
  package mutating func array(_ key: String) throws(FieldError) -> [JSONValue] {
    try required(key, .array)
  }

  /// The values of the array of a key, or nil when it is absent or null; throws when it is of another kind.
  package mutating func optionalArray(_ key: String) throws(FieldError) -> [JSONValue]? {
    try optional(key, .array)
  }

  /// The strings of the array of a key; throws when it is not an array or an element is not a string.
  package mutating func strings(_ key: String) throws(FieldError) -> [String] {
    try texts(try required(key, .texts), key)
  }

  /// The strings of the array of a key, or nil when it is absent or null; throws when it is of another kind.
  package mutating func optionalStrings(_ key: String) throws(FieldError) -> [String]? {
    guard let elements = try optional(key, .texts) else { return nil }
    return try texts(elements, key)
  }

  /// A reader of the object of a key; throws when it is absent, null or of another kind.
  ///
  /// The caller must also call `finish()` on that reader.
  package mutating func object(_ key: String) throws(FieldError) -> JSONReader {
    JSONReader(try required(key, .object), path: path(of: key))
  }

  /// A reader of the object of a key, or nil when it is absent or null; throws when it is of another kind.
  package mutating func optionalObject(_ key: String) throws(FieldError) -> JSONReader? {
    try optional(key, .object).map { JSONReader($0, path: path(of: key)) }
  }

  /// Readers of the objects of the array of a key; throws when it is not an array or an element is not an object.
  ///
  /// The caller must also call `finish()` on those readers.
  package mutating func objects(_ key: String) throws(FieldError) -> [JSONReader] {
    try readers(try required(key, .objects), key)
  }

  /// Readers of the objects of the array of a key, or nil when it is absent or null.
  ///
  /// Throws when it is not an array or an element is not an object. The caller must also call `finish()` on those
  /// readers.
  package mutating func optionalObjects(_ key: String) throws(FieldError) -> [JSONReader]? {
    guard let elements = try optional(key, .objects) else { return nil }
    return try readers(elements, key)
  }

  private mutating func required<Value>(
    _ key: String, _ kind: FieldKind<Value>
  ) throws(FieldError) -> Value {
    guard let value = take(key) else {
      throw FieldError(
        path: path(of: key), expected: kind.name, found: Self.absence, hint: "add the key '\(key)'")
    }
    guard let result = kind.convert(value) else { throw mismatch(kind.name, value, path(of: key)) }
    return result
  }

  private mutating func optional<Value>(
    _ key: String, _ kind: FieldKind<Value>
  ) throws(FieldError) -> Value? {
    guard let value = take(key), value != .null else { return nil }
    guard let result = kind.convert(value) else { throw mismatch(kind.name, value, path(of: key)) }
    return result
  }

  private func texts(_ elements: [JSONValue], _ key: String) throws(FieldError) -> [String] {
    var result: [String] = []
    for (index, element) in elements.enumerated() {
      guard case .string(let text) = element else {
        throw mismatch(FieldKind.text.name, element, "\(path(of: key))[\(index)]")
      }
      result.append(text)
    }
    return result
  }

  private func readers(_ elements: [JSONValue], _ key: String) throws(FieldError) -> [JSONReader] {
    var result: [JSONReader] = []
    for (index, element) in elements.enumerated() {
      result.append(try JSONReader(value: element, path: "\(path(of: key))[\(index)]"))
    }
    return result
  }

  private func mismatch(_ expected: String, _ value: JSONValue, _ path: String) -> FieldError {
    let hint: String?
    switch value {
    case .number(let number) where expected == FieldKind.whole.name && JSONWriter.whole(number) != nil:
      hint = "write it without a fraction or exponent"
    case .string(let text) where expected == FieldKind.whole.name && Int64(text) != nil:
      hint = "remove the quotes"
    default: hint = nil
    }
    return FieldError(path: path, expected: expected, found: value.briefly, hint: hint)
  }
}
