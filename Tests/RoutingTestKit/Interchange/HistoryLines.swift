/// Export lines for the history of the enrolment of L1 in `welcome`.
package enum HistoryLines {
  /// A tenant `acme`: devices D1 and D2, the sequence `welcome` of two steps, and the lead L1.
  package static let acme = """
    {"type":"tenant","id":"acme","name":"Acme","time_zone":"Asia/Kuala_Lumpur"}
    {"type":"device","tenant":"acme","id":"D1","limits":{"hour":80}}
    {"type":"device","tenant":"acme","id":"D2"}
    {"type":"sequence","tenant":"acme","id":"welcome","trigger":"NEW","steps":[{"delay_s":0,"content":"Hi"},{"delay_s":60,"content":"Still there?"}]}
    {"type":"lead","tenant":"acme","id":"L1","phone":"+601110000001","device":"D1","triggers":["NEW"]}
    """

  package static let digest = "sha256:" + String(repeating: "ab", count: 32)
  package static let enrolment = #""tenant":"acme","sequence":"welcome","lead":"L1""#
  package static let revision =
    #"{"type":"policy_revision","id":"\#(digest)","policy":"assigned","source":"return {}\n","params":{"w":900,"f":3.0},"created_at":"2026-11-22T08:00:00Z"}"#

  package static func decision(_ number: Int, step: Int, device: String) -> String {
    #"{"type":"decision",\#(enrolment),"number":\#(number),"step":\#(step),"outcome":"use","device":"\#(device)","#
      + #""reason":"owner","revision":"\#(digest)","seed":7,"instructions":12,"at":"2026-11-22T09:00:01Z"}"#
  }

  package static func message(step: Int, decision: Int, device: String, status: String = "pending") -> String {
    #"{"type":"message",\#(enrolment),"step":\#(step),"decision":\#(decision),"phone":"+601110000001","#
      + #""device":"\#(device)","content":"Hi","status":"\#(status)","attempts":0,"created_at":"2026-11-22T09:00:01Z"}"#
  }
}
