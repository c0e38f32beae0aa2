/// How a policy iterates over the fleet to score each device.
package enum ScoringForm: String, CaseIterable, Sendable {
  case available = "ipairs(fleet:available())"
  case places = "for i = 1, #fleet"

  var source: [UInt8] {
    let loop =
      switch self {
      case .available: "for _, device in ipairs(fleet:available()) do"
      case .places: "for i = 1, #fleet do\n      local device = fleet[i]"
      }
    let text = """
      return {
        select = function(contact, fleet)
          local best, most
          \(loop)
            if device.can_accept_more then
              local score = device.headroom * (1 - device.load)
              if best == nil or score > most then best, most = device, score end
            end
          end
          if best == nil then return wait("no device can accept more") end
          return use(best, "the highest score")
        end,
      }
      """
    return Array(text.utf8)
  }
}
