import LuaSandbox
import LuaSyntax
import Policies
import Routing
import Wire

/// The properties that a case file declares for its policy: `properties = { ['name'] = function(request, decision) … }`.
///
/// They run in their own sandbox, on a batch of requests at a time, with one budget per batch. They get copies, so that
/// they cannot change a decision.
package struct PolicyProperties: Sendable {
  /// A property that is violated by a request.
  package struct Broken: Equatable, Sendable {
    /// The property's key in the file.
    package let name: String
    /// The second value that the function returned.
    package let why: String?
  }

  private let file: String
  private let source: [UInt8]
  /// Sorted; the first violated property is reported.
  package let names: [String]

  /// Parses nothing yet: faults of the source are thrown by `broken`. `file` is its name in messages.
  package init(file: String, source: [UInt8], names: [String]) {
    (self.file, self.source, self.names) = (file, source, names)
  }

  /// The maximum number of requests in a batch.
  package static let batchMax = 32

  /// For each request the first violated property by name, or nil. Throws if a property itself fails, because the file is
  /// then at fault.
  package func broken(_ asked: [(DecideRequest, DecideAnswer)]) throws(PolicyCases.Failure) -> [Broken?] {
    precondition(asked.count <= PolicyProperties.batchMax)
    if names.isEmpty { return asked.map { _ in nil } }
    let json: JSONValue
    do throws(ScriptFault) {
      let sandbox = try CaseSandbox.open(file: file, memory: 32 << 20)
      let bytes = try sandbox.loadData(chunk(asked))
      json = (try? JSONParser.parse(bytes)) ?? .null
    } catch {
      throw PolicyCases.Failure(message: "its properties cannot be run: \(error.message)", line: error.line)
    }
    guard case .array(let results) = json, results.count == asked.count else {
      throw PolicyCases.Failure(message: "its properties returned no readable result", line: nil)
    }
    var broken: [Broken?] = []
    for result in results { broken.append(try first(result)) }
    return broken
  }

  private func first(_ result: JSONValue) throws(PolicyCases.Failure) -> Broken? {
    guard case .object(let object) = result else { return nil }
    for name in names {
      guard case .object(let found)? = object[name] else { continue }
      if case .string(let error)? = found["error"] {
        throw PolicyCases.Failure(message: "its property '\(name)' fails: \(error)", line: nil)
      }
      if case .string(let kind)? = found["kind"], kind != "boolean" {
        throw PolicyCases.Failure(
          message: "its property '\(name)': expected true or false, found \(kind)", line: nil)
      }
      if case .string(let why)? = found["why"] { return Broken(name: name, why: why) }
      return Broken(name: name, why: nil)
    }
    return nil
  }

  /// The file followed by code that calls its functions; the file's line numbers stay the same.
  private func chunk(_ asked: [(DecideRequest, DecideAnswer)]) -> [UInt8] {
    var text = Array("local file = (function(...) ".utf8) + source
    text += Array(
      """

      end)(...)
      local results = {}
      local function ask(request, decision)
        request.contact.tags = request.contact.tags or {}
        request.contact.attributes = request.contact.attributes or {}
        for _, device in ipairs(request.devices) do
          if device.id == request.contact.assigned_device then request.contact.device = device end
          if device.id == decision.device then decision.chosen = device end
        end
        local found = {}
        for name, property in pairs(file.properties) do
          local is_well, holds, why = pcall(property, request, decision)
          if not is_well then
            found[name] = { error = tostring(holds) }
          elseif holds ~= true then
            found[name] = { kind = type(holds), why = type(why) == 'string' and why or nil }
          end
        end
        results[#results + 1] = found
      end

      """.utf8)
    for (request, answer) in asked {
      text += Array("ask(\(LuaText.compact(.object(request.luaForm))), \(LuaText.compact(answer.luaForm)))\n".utf8)
    }
    return text + Array("return results\n".utf8)
  }

  /// The file with the properties' functions, which are not data, replaced by a list of their names.
  static func namesInstead(of source: [UInt8]) -> [UInt8] {
    guard source.firstRange(of: Array("properties".utf8)) != nil, (try? LuaParser.parse(source)) != nil else {
      return source
    }
    return Array("local file = (function(...) ".utf8) + source
      + Array(
        """

        end)(...)
        if type(file) == 'table' and type(file.properties) == 'table' then
          local names = {}
          for name, property in pairs(file.properties) do
            if type(name) ~= 'string' or type(property) ~= 'function' then
              error('properties: expected functions by their names, found ' .. type(property), 0)
            end
            names[#names + 1] = name
          end
          file.properties = names
        end
        return file
        """.utf8)
  }
}

extension DecideRequest {
  /// The request as a property sees it: with all defaults, and with the computed fields that policies read.
  var luaForm: JSONObject {
    var object = json
    object["now"] = .integer(fleet.now.milliseconds)
    object["tenant"] = .string(fleet.tenant.text)
    object["seed"] = .integer(Int64(bitPattern: seed))
    var shown = JSONObject()
    shown.show(ContactFields.all, of: ContactDraft(contact), at: fleet.now)
    object["contact"] = .object(shown)
    object["params"] = .object(JSONObject(parameters.map { ($0.name, JSONValue($0.value)) }))
    object["bulk_share"] = .integer(Int64(fleet.bulkShare))
    // Devices have the limits that the policy saw.
    let seen = fleet.seen(by: contact)
    object["devices"] = .array(seen.members.indices.map { .object(DecideRequest.luaForm(of: seen, device: $0)) })
    return object
  }

  private static func luaForm(of fleet: Fleet, device place: Int) -> JSONObject {
    var object = JSONObject()
    let member = Fleet.Member(device: fleet.members[place].device, load: fleet.load(place))
    object.show(DeviceFields.all, of: member, at: fleet.now)
    // Properties of earlier files read the former names.
    for field in DeviceFields.all {
      if let former = field.formerName { object[former] = object[field.name] }
    }
    return object
  }
}

extension DecideAnswer {
  /// The decision as a property sees it.
  fileprivate var luaForm: JSONValue {
    guard case .object(var object) = json else { preconditionFailure("an answer is an object") }
    object["considered"] = nil
    object["revision"] = nil
    if case .wait(let until) = decision.resolution { object["until"] = .integer(until.milliseconds) }
    return .object(object)
  }
}
