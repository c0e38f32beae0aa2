/// A kind of row whose ids people type.
package enum IDKind: Sendable { case tenant, device, contact }
