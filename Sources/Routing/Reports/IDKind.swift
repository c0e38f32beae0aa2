/// A kind of row whose ids users type.
package enum IDKind: Sendable { case tenant, device, contact }
