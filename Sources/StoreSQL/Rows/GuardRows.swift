import Routing

/// The operator's guards for each tenant: the list, with the tenant's parameters on top of the general ones.
struct GuardRows {
  private let all: [GuardSetting]
  private let own: [Int64: [String: [Parameter]]]

  init(_ db: any SQLConnection) throws {
    all = try db.all("SELECT guard, params FROM guards ORDER BY id") { row in
      GuardSetting(name: row["guard"], parameters: GuardRows.parameters(row["params"]))
    }
    var own: [Int64: [String: [Parameter]]] = [:]
    try db.each("SELECT tenant_id, guard, params FROM guard_params") { row in
      own[row["tenant_id"], default: [:]][row["guard"]] = GuardRows.parameters(row["params"])
    }
    self.own = own
  }

  func of(_ tenant: Int64) -> [GuardSetting] {
    guard let own = own[tenant] else { return all }
    return all.map { setting in
      var setting = setting
      for parameter in own[setting.name] ?? [] {
        setting.parameters.removeAll { $0.name == parameter.name }
        setting.parameters.append(parameter)
      }
      return setting
    }
  }

  private static func parameters(_ text: String) -> [Parameter] { (try? JSONText.parameters(text, "params")) ?? [] }
}
