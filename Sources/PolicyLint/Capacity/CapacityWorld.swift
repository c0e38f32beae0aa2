import LuaSyntax

/// One way through the hook: the values of its locals, and what the conditions on the way here have shown.
struct CapacityWorld: Hashable {
  enum Status: Hashable {
    /// No condition on the way here matters.
    case open
    /// The last condition was about something else than capacity, or found capacity.
    case aside
    /// There was no device to test, or none that a loop wants.
    case partly
    /// The last test of capacity failed.
    case failed
  }

  var values: [Int: CapacityValue] = [:]
  var facts: [CapacityAtom: Bool] = [:]
  /// Whether locals with unknown values turned out to be true.
  var refined: [Int: Bool] = [:]
  var status = Status.open
  var causes: Set<CapacityCause> = []
  /// What the conditions were about since the last reset.
  var seen: CapacityConcerns = []
  /// Whether the statement is inside an `if` about the time.
  var isTimed = false

  // About the expression that is being evaluated.

  /// Whether a part of it is about something else than capacity.
  private(set) var isOther = false
  /// Whether a test of capacity failed in it.
  private(set) var isFresh = false
  /// The device that it found missing.
  private(set) var missing: String?

  /// Begins an expression, or ends one without regard to what it was about.
  mutating func begin() { (isOther, isFresh, missing) = (false, false, nil) }

  /// Ends a condition.
  mutating func conclude() {
    if isOther { status = .aside }
    begin()
  }

  /// Ends the condition of a `repeat`, whose other parts only count.
  mutating func concludeLoop() {
    if isFresh { status = .failed }
    begin()
  }

  /// Goes on with the expression that called a function, whose conditions matter only through what it returned.
  mutating func resume(_ caller: CapacityWorld) {
    let failed = status == .failed && causes.count > caller.causes.count
    (isOther, isFresh, missing) = (caller.isOther, caller.isFresh || failed, caller.missing)
    seen = caller.seen
    isTimed = caller.isTimed
    if status == .aside { status = caller.status }
  }

  mutating func assign(_ value: CapacityValue, to local: Int) {
    values[local] = value
    refined[local] = nil
  }

  /// Learns whether a fact holds; nil if the opposite is known. `isSure`: the policy has `wait_for` elsewhere, so a `wait`
  /// for one reason of several is deliberate.
  func learning(_ atom: CapacityAtom, _ holds: Bool, isSure: Bool, _ concerns: CapacityConcerns = []) -> CapacityWorld?
  {
    var world = self
    if let known = facts[atom] {
      guard known == holds else { return nil }
      if !concerns.isEmpty { world.meet(concerns, isSure: isSure) }
      return world
    }
    world.facts[atom] = holds
    switch atom {
    case .found(let query): holds ? world.pass() : world.fail(.query(query))
    case .accepts(let device, let name):
      world.facts[.exists(device)] = true
      if holds {
        world.pass()
      } else if isSure, name == "status", status == .failed, !isFresh {
        world.meet(.state, isSure: true)
      } else {
        world.fail(.device(device.key))
      }
    case .exists(let device):
      guard !holds else { break }
      world.missing = device.key
      if !isFresh { world.status = .aside }
    case .isLimited: break
    }
    return world
  }

  /// Notes a condition about something else than capacity.
  mutating func meet(_ concerns: CapacityConcerns, isSure: Bool) {
    seen.formUnion(concerns)
    if concerns.isDisjoint(with: [.time, .state]) {
      if concerns.contains(.filter) {
        if status != .failed { status = .partly }
        return
      }
      if concerns == .params, !isSure { return }
    }
    isOther = true
    status = .aside
  }

  /// Notes that a device was missing only in a test of its capacity: `own and own.can_accept_more`.
  mutating func excuse() {
    if status == .aside, !isOther { status = .partly }
  }

  private mutating func pass() { status = .aside }

  private mutating func fail(_ cause: CapacityCause) {
    causes.insert(cause)
    status = .failed
    isFresh = true
  }
}
