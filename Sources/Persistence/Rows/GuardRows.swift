internal import GRDB
import Routing

/// The operator's guards, as tenants have them: the list, and what is set for one tenant on top of what is set for all.
struct GuardRows {
  private let all: [GuardSetting]
  private let own: [Int64: [String: [Parameter]]]

  init(_ db: Database) throws {
    all = try Row.fetchAll(db.cachedStatement(sql: "SELECT guard, params FROM guards ORDER BY id")).map { row in
      GuardSetting(name: row[0], parameters: GuardRows.parameters(row[1]))
    }
    var own: [Int64: [String: [Parameter]]] = [:]
    for row in try Row.fetchAll(db.cachedStatement(sql: "SELECT tenant_id, guard, params FROM guard_params")) {
      own[row[0], default: [:]][row[1]] = GuardRows.parameters(row[2])
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
