/// A kind of value that a field can have: its name in error messages, and the conversion from JSON.
struct FieldKind<Value> {
  let name: String
  /// The converted value, or nil when the JSON value is of another kind.
  let convert: (JSONValue) -> Value?
}

extension FieldKind<String> {
  static var text: Self {
    Self(name: "a text") { if case .string(let text) = $0 { text } else { nil } }
  }
}

extension FieldKind<Int> {
  static var whole: Self {
    Self(name: "a whole number") { if case .integer(let number) = $0 { Int(exactly: number) } else { nil } }
  }
}

extension FieldKind<Double> {
  static var number: Self {
    Self(name: "a number") {
      switch $0 {
      case .integer(let number): Double(number)
      case .number(let number): number
      default: nil
      }
    }
  }
}

extension FieldKind<Bool> {
  static var flag: Self {
    Self(name: "true or false") { if case .bool(let flag) = $0 { flag } else { nil } }
  }
}

extension FieldKind<JSONObject> {
  static var object: Self {
    Self(name: "an object") { if case .object(let object) = $0 { object } else { nil } }
  }
}

extension FieldKind<[JSONValue]> {
  static var array: Self { Self.named("an array") }
  static var texts: Self { Self.named("an array of texts") }
  static var objects: Self { Self.named("an array of objects") }

  private static func named(_ name: String) -> Self {
    Self(name: name) { if case .array(let elements) = $0 { elements } else { nil } }
  }
}
