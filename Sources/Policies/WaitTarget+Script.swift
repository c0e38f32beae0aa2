import LuaSandbox
import Routing

extension WaitTarget {
  /// The target that a script gave to `wait_for`.
  init(_ target: ScriptTarget) {
    switch target {
    case .set: self = .fleet
    case .member(let device): self = .device(device)
    case .filter(let tag, let platform, let except): self = .filter(tag: tag, platform: platform, except: except)
    }
  }
}
