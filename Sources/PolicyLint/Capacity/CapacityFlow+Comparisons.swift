import LuaSyntax

extension CapacityFlow {
  /// The value of a comparison or of arithmetic.
  static func combine(_ operation: BinaryOperator, _ left: Value, _ right: Value) -> Value {
    var value = operation.isComparison ? compare(operation, left, right) : compute(operation, left, right)
    value.concerns.formUnion(left.concerns.union(right.concerns))
    return value
  }

  private static func compare(_ operation: BinaryOperator, _ left: Value, _ right: Value) -> Value {
    if left.isConstant, !right.isConstant { return compare(operation.mirrored, right, left) }
    if let value = equal(operation, left, right) { return value }
    let about = Value.unknown(left.subject.union(right.subject))
    switch (left.kind, right.kind) {
    case (.number(let one), .number(let other)): return Value(kind: .boolean(operation.holds(one, other)))
    case (.count(let query), .number(let number)):
      return operation.tells(whetherPositive: number).map { .fact(.found(query), $0) } ?? about
    case (.measure(.left, let device), .number(let number)):
      return operation.tells(whetherPositive: number).map { .fact(.accepts(device, by: "left"), $0) } ?? about
    case (.measure(.share, let device), .number(let number)):
      guard number == 1 else { return about }
      switch operation {
      case .less, .notEqual: return .fact(.accepts(device, by: "share"))
      case .greaterOrEqual, .equal, .greater: return .fact(.accepts(device, by: "share"), false)
      default: return about
      }
    case (.measure(.limit, _), .measure(.usage, _)): return compare(operation.mirrored, right, left)
    case (.measure(.usage, let one), .measure(.limit, let other)):
      guard one.key == other.key else { return about }
      switch operation {
      case .less, .lessOrEqual, .notEqual: return .fact(.accepts(one, by: "usage"))
      default: return .fact(.accepts(one, by: "usage"), false)
      }
    default: return about
    }
  }

  /// The value of `==` and `~=` with nil, a boolean or a text; nil for other comparisons.
  private static func equal(_ operation: BinaryOperator, _ left: Value, _ right: Value) -> Value? {
    guard operation == .equal || operation == .notEqual else { return nil }
    let isEqual = operation == .equal
    func truth(_ value: Value, _ isTrue: Bool) -> Value {
      isTrue == isEqual ? value : Value(kind: .not(value), concerns: value.concerns)
    }
    switch (left.kind, right.kind) {
    case (.nothing, .nothing): return Value(kind: .boolean(isEqual))
    case (.device, .nothing), (.unknown, .nothing), (.measure(.limit, _), .nothing): return truth(left, false)
    case (.not, .nothing), (.fact, .nothing), (.boolean, .nothing): return Value(kind: .boolean(!isEqual))
    case (_, .nothing) where left.isConstant || left.subject.isEmpty: return Value(kind: .boolean(!isEqual))
    case (.fact, .boolean(let value)), (.not, .boolean(let value)), (.boolean, .boolean(let value)),
      (.unknown, .boolean(let value)):
      return truth(left, value)
    case (.status(let device), .text("online")): return .fact(.accepts(device, by: "status"), isEqual)
    case (.status(let device), .text("offline")): return .fact(.accepts(device, by: "status"), !isEqual)
    case (.text(let one), .text(let other)): return Value(kind: .boolean((one == other) == isEqual))
    default: return nil
    }
  }

  private static func compute(_ operation: BinaryOperator, _ left: Value, _ right: Value) -> Value {
    let about = Value.unknown(left.subject.union(right.subject))
    func measure(_ measure: Value.Measure, _ device: CapacityDevice) -> Value {
      Value(kind: .measure(measure, device))
    }
    switch (operation, left.kind, right.kind) {
    case (.add, .number(let one), .number(let other)): return Value(kind: .number(one + other))
    case (.subtract, .number(let one), .number(let other)): return Value(kind: .number(one - other))
    case (.add, .measure(.usage, let one), .measure(.usage, let other)) where one.key == other.key: return left
    // One more message, or none.
    case (.add, .measure(.usage, _), .number(0)), (.add, .measure(.usage, _), .number(1)): return left
    case (.add, .number(0), .measure(.usage, _)), (.add, .number(1), .measure(.usage, _)): return right
    case (.add, .measure(.left, _), .measure(.left, _)), (.add, .measure(.left, _), .number(0)): return left
    case (.add, .number(0), .measure(.left, _)): return right
    case (.add, .count, .count), (.add, .count, .number(0)): return left
    case (.add, .number(0), .count): return right
    case (.subtract, .measure(.limit, let one), .measure(.usage, let other)) where one.key == other.key:
      return measure(.left, one)
    case (.subtract, .measure(.left, let one), .measure(.usage, let other)) where one.key == other.key: return left
    case (.divide, .measure(.usage, let one), .measure(.limit, let other)) where one.key == other.key:
      return measure(.share, one)
    default: return about
    }
  }

  /// The value of `math.min` or `math.max`.
  static func extreme(_ name: String, _ values: [Value]) -> Value? {
    guard let first = values.first, case .measure(let measure, let device) = first.kind else { return nil }
    guard measure == (name == "math.min" ? .left : .share) else { return nil }
    let isSame = values.allSatisfy { value in
      guard case .measure(measure, let other) = value.kind else { return false }
      return other.key == device.key
    }
    return isSame ? first : nil
  }
}

extension CapacityValue {
  fileprivate var isConstant: Bool {
    switch kind {
    case .nothing, .boolean, .number, .text: true
    default: false
    }
  }
}

extension BinaryOperator {
  /// The operator with its operands exchanged.
  fileprivate var mirrored: BinaryOperator {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    default: self
    }
  }

  fileprivate func holds(_ left: Double, _ right: Double) -> Bool {
    switch self {
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    case .notEqual: left != right
    default: left == right
    }
  }

  /// Whether `count OPERATOR number` says that a count is above 0 (true) or 0 (false); nil if neither.
  fileprivate func tells(whetherPositive number: Double) -> Bool? {
    switch (self, number) {
    case (.equal, 0), (.lessOrEqual, 0), (.less, 1): false
    case (.notEqual, 0), (.greater, 0), (.greaterOrEqual, 1): true
    default: nil
    }
  }
}
